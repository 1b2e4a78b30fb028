"""This release reads, finishes and continues what an earlier release has kept."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.config import LateAnswers
from simulator import pushes, replies, saved_conversations
from simulator.envelopes import open_reply
from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import Browser, Page, People

from .account import routes
from .kept import FOLDER, FRIEND, LATER, LISTENER, MING, READER, Kept, written


def releases() -> list[Any]:
    """The file of each release, and what today's code would write."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.json"))}
    return [
        *(pytest.param(Kept.read(text), id=release) for release, text in files.items()),
        pytest.param(None, id="today"),
    ]


@pytest.fixture(params=releases())
def kept(request: pytest.FixtureRequest) -> Kept:
    left: Kept | None = request.param
    return left or written()


@pytest.fixture
def door(kept: Kept) -> Iterator[Door]:
    with kept.laid_out() as door:
        yield door


def says(door: Door, text: str, openid: str = READER) -> str:
    """What a user reads at once."""
    push = pushes.text(text).by(openid)
    document = open_reply(door.account, door.push(push).body.encode())
    return str(replies.read(document, door.account, push))


def test_what_it_wrote_is_the_same_after_a_file(kept: Kept) -> None:
    again = json.loads(kept.to_json())
    assert json.loads(Kept.read(json.dumps(again)).to_json()) == again


def test_its_jobs_are_done(kept: Kept, door: Door) -> None:
    door.work()
    assert [each["text"]["content"] for each in door.wechat.received(READER)] == ["slow answer"]
    received = [each["text"]["content"] for each in door.wechat.received(FRIEND)]
    assert received == ["a message", *["from a task"] * len(kept.long_jobs)]


def test_an_answer_that_it_kept_for_the_queue_is_sent(door: Door) -> None:
    door.work()
    sent = [each["text"]["content"] for each in door.wechat.received("oLong")]
    assert sent == ["part 1", "part 2"]


def test_its_streams_go_on_from_what_they_have_said(kept: Kept, door: Door) -> None:
    door.work()
    under_way = any(LISTENER in job["body"] for job in kept.jobs)
    read = [each["text"]["content"] for each in door.wechat.received(LISTENER)]
    assert read == ["part 2 after part 1"] * under_way


def test_a_redelivery_of_what_it_answered_gets_the_first_answer(kept: Kept, door: Door) -> None:
    sealed = kept.pushes["count"]
    response = door.post(sealed.query, sealed.body)
    assert "count 1" in open_reply(door.account, response.body.encode()).decode()


def test_its_sessions_go_on(door: Door) -> None:
    assert "count 2" in says(door, "count")


def test_what_waits_for_a_user_is_read(kept: Kept) -> None:
    with kept.laid_out(LateAnswers.PASSIVE) as door:
        assert "part 1" in says(door, "count")


def test_what_waits_for_a_user_is_sent_after_a_switch(kept: Kept) -> None:
    with kept.laid_out() as door:
        door.table.items.update(kept.passive)
        door.push(pushes.text("继续").by(READER))
        door.work()
        read = "".join(each["text"]["content"] for each in door.wechat.received(READER))
        assert read.index("part 1") < read.index("part 2")


def test_a_visitor_who_signed_in_is_still_signed_in(kept: Kept, door: Door) -> None:
    profile = Browser(cookies=kept.signed_in).visits(door)
    assert profile is not None
    assert (profile.openid, profile.nickname) == (MING.openid, MING.nickname)


def test_a_visitor_that_it_sent_to_wechat_comes_back(kept: Kept, door: Door) -> None:
    browser, people = Browser(cookies=kept.sent_to_wechat), People(door)
    sent = Page(302, "", {"Location": kept.authorize_url}, [])
    assert browser.get(browser.consents(people, MING, sent)).status == 302
    assert browser.visits(door) is not None


def test_its_links_bind(kept: Kept, door: Door) -> None:
    browser, people = Browser(), People(door)
    page = browser.get(browser.sign_in(people, MING, kept.bind_link).location)
    assert browser.post("/oauth/bind", **page.form).status == 303
    assert door.profiles.bound_to("42") == MING.openid


def test_its_sealed_tokens_renew_a_profile(kept: Kept, door: Door) -> None:
    people = People(door)
    people.refresh_tokens[kept.refresh_token] = MING
    people.end_access_tokens()
    door.clock.sleep(7200 - LATER)
    door.renewal.renew(MING.openid)
    assert door.profiles.granted(MING.openid)["refresh_token_at"] == door.clock.now


def test_its_saved_conversations_are_read(kept: Kept) -> None:
    (step,) = saved_conversations.steps(kept.conversation)
    assert step.push["Content"] == "你好"


class TestALaterRelease:
    """What was written by a release that is gone waits until it returns."""

    def test_its_jobs_end_whole_in_the_dead_letter_queue(self, open_door: OpenDoor) -> None:
        door = open_door(routes=routes)
        door.push(pushes.text("slow").by(READER))
        (waiting,) = door.queue.waiting()
        body = json.dumps({**json.loads(waiting["body"]), "format": 99})
        door.queue.send(body, FRIEND, "a later release")
        door.work(seconds=120)
        assert door.queue.dead == [body]
        assert "deploy that release again" in door.log_text

    def test_its_sessions_are_not_overwritten(self, open_door: OpenDoor) -> None:
        door = open_door(routes=routes)
        says(door, "count")
        key = f"session#{READER}"
        door.table.items[key] = later = {**door.table.items[key], "format": 99}
        assert door.push(pushes.text("count").by(READER)).body == "success"
        door.work(seconds=120)
        assert door.table.items[key] == later
