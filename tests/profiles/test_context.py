"""Handlers get the profile of who writes, and it is read only for them."""

from chalicelib.users.profile import Profile
from simulator import pushes
from tests.door import Door
from tests.profiles.account import MING, known, profile
from tests.visitors import People


class TestTheContext:
    def test_it_gives_the_profile(self, door: Door, people: People) -> None:
        door.push(pushes.text("who").by(MING.openid))
        door.push(pushes.text("slow").by(MING.openid))
        door.work()
        assert known == [profile(door), profile(door)]

    def test_of_a_stranger_it_knows_the_openid_alone(self, door: Door) -> None:
        door.push(pushes.text("who").by("oSTRANGER"))
        assert known == [Profile("oSTRANGER")]

    def test_nobody_is_asked_to_write_a_handler_for_what_the_backend_does(self, door: Door) -> None:
        door.push(pushes.event("user_authorization_revoke"))
        door.push(pushes.event("kf_create_session"))
        assert ["write" in line for line in door.log if line["event"] == "push"] == [False, True]

    def test_it_is_read_only_when_asked_for(self, door: Door) -> None:
        door.push(pushes.text("hi"))
        assert door.profile_table.reads == 0
        door.push(pushes.text("who"))
        assert door.profile_table.reads == 1

    def test_it_is_read_once_however_often_it_is_asked(self, door: Door, people: People) -> None:
        before = door.profile_table.reads
        door.push(pushes.text("who where").by(MING.openid))
        assert door.profile_table.reads == before + 1
