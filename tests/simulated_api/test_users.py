"""Followers, their tags and remarks."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.wechat.api_responses import Followers
from chalicelib.wechat.errors import ApiError
from simulator import pushes
from simulator.events import USER
from simulator.platform import user_calls
from tests.simulated_api.setting import Setting, refusal

CREATE, TAG, UNTAG = (
    "/cgi-bin/tags/create",
    "/cgi-bin/tags/members/batchtagging",
    "/cgi-bin/tags/members/batchuntagging",
)
REMARK, INFOS = "/cgi-bin/user/info/updateremark", "/cgi-bin/user/info/batchget"


def tags(played: Setting) -> dict[str, int]:
    """How many followers have each tag."""
    found = played.api.call("GET", "/cgi-bin/tags/get")["tags"]
    return {each["name"]: each["count"] for each in found}


def created(played: Setting, name: str) -> int:
    return int(played.api.call("POST", CREATE, body={"tag": {"name": name}})["tag"]["id"])


def give(played: Setting, tag: int, openids: Sequence[str]) -> None:
    played.api.call("POST", TAG, body={"tagid": tag, "openid_list": openids})


def tags_of(played: Setting, openid: str) -> list[int]:
    answer = played.api.call("POST", "/cgi-bin/tags/getidlist", body={"openid": openid})
    found: list[int] = answer["tagid_list"]
    return found


def test_a_follower_is_known_since_their_first_push(played: Setting) -> None:
    played.side.world.arrived(pushes.text("hi"))
    info = played.api.user_info(USER)
    assert (info.openid, info.subscribe, info.subscribe_time) == (USER, True, 1_700_000_000)


def test_followers_are_listed_page_by_page(
    played: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_calls, "FOLLOWERS_A_PAGE", 2)
    world, before = played.side.world, played.api.followers().openids
    for openid in ("o1", "o2", "o3"):
        world.arrived(pushes.text("hi").by(openid))
    world.arrived(pushes.unfollow().by("o2"))
    assert played.api.followers() == Followers(4, before, before[1])
    assert played.api.followers(before[1]) == Followers(4, ("o1", "o3"), "o3")
    assert played.api.followers("o2") == Followers(4, ("o3",), "o3")
    assert played.api.followers("o3") == Followers(4, (), "")
    with pytest.raises(ApiError) as raised:
        played.api.followers("oNobody")
    assert raised.value.errcode == 40003


def test_a_tag_is_made_given_taken_renamed_and_deleted(played: Setting) -> None:
    other = played.api.followers().openids[1]
    member = created(played, "会员")
    give(played, member, [USER, other])
    assert (tags(played)["会员"], tags_of(played, USER)) == (2, [member])
    assert played.api.call("GET", "/cgi-bin/user/info", {"openid": USER})["tagid_list"] == [member]
    tagged = played.api.call("POST", "/cgi-bin/user/tag/get", body={"tagid": member})
    assert (tagged["count"], tagged["data"]["openid"]) == (2, [USER, other])
    body: dict[str, Any] = {"tagid": member, "next_openid": USER}
    assert played.api.call("POST", "/cgi-bin/user/tag/get", body=body)["count"] == 1
    played.api.call("POST", UNTAG, body={"tagid": member, "openid_list": [other]})
    assert tags_of(played, other) == []
    renamed = {"tag": {"id": member, "name": "老会员"}}
    played.api.call("POST", "/cgi-bin/tags/update", body=renamed)
    assert tags(played) == {"星标组": 0, "老会员": 1}
    played.api.call("POST", "/cgi-bin/tags/delete", body={"tag": {"id": member}})
    assert (tags(played), tags_of(played, USER)) == ({"星标组": 0}, [])


def test_who_unfollows_comes_back_without_tags(played: Setting) -> None:
    give(played, created(played, "会员"), [USER])
    for push in (pushes.unfollow(), pushes.follow()):
        played.side.world.arrived(push)
    assert tags_of(played, USER) == []


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (CREATE, {"tag": {"name": ""}}, 45157),
        (CREATE, {"tag": {"name": "星标组"}}, 45157),
        (CREATE, {"tag": {"name": "十一个汉字超过三十字节"}}, 45158),
        (CREATE, {"name": "会员"}, 47001),
        ("/cgi-bin/tags/update", {"tag": {"id": 2, "name": "会员"}}, 45058),
        ("/cgi-bin/tags/update", {"tag": {"id": 99, "name": "会员"}}, 45159),
        ("/cgi-bin/tags/delete", {"tag": {"id": 1}}, 45058),
        (TAG, {"tagid": 99, "openid_list": [USER]}, 45159),
        (TAG, {"tagid": 2, "openid_list": []}, 40032),
        (TAG, {"tagid": 2, "openid_list": [USER] * 51}, 40032),
        (TAG, {"tagid": 2, "openid_list": ["oNobody"]}, 40003),
        (UNTAG, {"tagid": 2, "openid_list": ["oNobody"]}, 40003),
        ("/cgi-bin/tags/getidlist", {"openid": "oNobody"}, 40003),
        ("/cgi-bin/user/tag/get", {"tagid": 99}, 45159),
        (REMARK, {"openid": "oNobody", "remark": "老张"}, 40003),
        (REMARK, {"openid": USER, "remark": "十个汉字就有三十字节"}, 47003),
        (INFOS, {"user_list": []}, 40032),
        (INFOS, {"user_list": [{"openid": USER}] * 101}, 40032),
        (INFOS, {"user_list": [{"openid": "oNobody"}]}, 40003),
    ],
    ids=str,
)
def test_what_wechat_refuses_is_refused(
    untouched: Setting, path: str, body: dict[str, Any], errcode: int
) -> None:
    assert refusal(untouched, path, body) == errcode


def test_an_account_has_a_hundred_tags_and_a_user_twenty(played: Setting) -> None:
    made = [created(played, f"标签{number}") for number in range(100)]
    assert refusal(played, CREATE, {"tag": {"name": "一个太多"}}) == 45056
    for tag in made[:20]:
        give(played, tag, [USER])
    assert refusal(played, TAG, {"tagid": made[20], "openid_list": [USER]}) == 45059
    give(played, made[0], [USER])  # which they have already
    assert len(tags_of(played, USER)) == 20


def test_a_remark_is_told_with_what_is_known_of_several_followers(played: Setting) -> None:
    played.side.world.arrived(pushes.unfollow().by("oGone"))
    played.api.call("POST", REMARK, body={"openid": USER, "remark": "老张"})
    body = {"user_list": [{"openid": USER, "lang": "en"}, {"openid": "oGone"}]}
    known, gone = played.api.call("POST", INFOS, body=body)["user_info_list"]
    assert (known["remark"], known["language"], known["subscribe"]) == ("老张", "en", 1)
    assert gone == {"subscribe": 0, "openid": "oGone"}
