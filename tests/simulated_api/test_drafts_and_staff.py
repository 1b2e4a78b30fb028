"""Drafts, which can be read, and the customer service staff."""

from typing import Any

import httpx
import pytest

from simulator.faults import API_UNAUTHORIZED
from tests.patience import PATIENCE
from tests.simulated_api.setting import Setting, refusal, stable_token

BATCH, GET = "/cgi-bin/draft/batchget", "/cgi-bin/draft/get"
ADD, UPDATE = "/customservice/kfaccount/add", "/customservice/kfaccount/update"
INVITE = "/customservice/kfaccount/inviteworker"
WANG = {"kf_account": "wang@shop", "nickname": "小王"}


def listed(played: Setting, account: str) -> dict[str, Any]:
    """What is known of that account, or nothing."""
    found = played.api.call("GET", "/cgi-bin/customservice/getkflist")["kf_list"]
    return next((each for each in found if each["kf_account"] == account), {})


def online(played: Setting) -> list[str]:
    found = played.api.call("GET", "/cgi-bin/customservice/getonlinekflist")["kf_online_list"]
    return [each["kf_account"] for each in found]


def test_drafts_are_counted_listed_and_read(untouched: Setting) -> None:
    total = untouched.api.call("GET", "/cgi-bin/draft/count")["total_count"]
    page = untouched.api.call("POST", BATCH, body={"offset": 0, "count": 20, "no_content": 1})
    assert (page["total_count"], page["item_count"]) == (total, total)
    draft = page["item"][0]
    (article,) = draft["content"]["news_item"]
    assert "content" not in article
    read = untouched.api.call("POST", GET, body={"media_id": draft["media_id"]})["news_item"]
    assert (read[0]["title"], "content" in read[0]) == (article["title"], True)
    assert refusal(untouched, GET, {"media_id": "invented"}) == 40007
    assert refusal(untouched, BATCH, {"offset": 0, "count": 21}) == 47003


def test_an_account_of_the_staff_is_made_used_renamed_and_deleted(played: Setting) -> None:
    played.api.call("POST", ADD, body=WANG)
    assert listed(played, "wang@shop")["kf_nick"] == "小王"
    assert "wang@shop" not in online(played)
    played.api.call("POST", INVITE, body={"kf_account": "wang@shop", "invite_wx": "wang88"})
    assert listed(played, "wang@shop")["kf_wx"] == "wang88"
    assert "wang@shop" in online(played)
    played.api.call("POST", UPDATE, body={**WANG, "nickname": "老王"})
    assert listed(played, "wang@shop")["kf_nick"] == "老王"
    played.api.call("GET", "/customservice/kfaccount/del", {"kf_account": "wang@shop"})
    assert listed(played, "wang@shop") == {}


def test_an_account_of_the_staff_has_a_picture(played: Setting) -> None:
    played.api.call("POST", ADD, body=WANG)
    query = {"access_token": str(stable_token(played)["access_token"]), "kf_account": "wang@shop"}
    answer = httpx.post(
        f"{played.side.address}/customservice/kfaccount/uploadheadimg",
        params=query,
        files={"media": ("w.jpg", b"face")},
        timeout=PATIENCE,
    )
    assert answer.json()["errcode"] == 0
    picture = listed(played, "wang@shop")["kf_headimgurl"]
    assert httpx.get(picture, timeout=PATIENCE).content == b"face"


def test_an_account_and_a_person_belong_to_each_other(played: Setting) -> None:
    for account in ("wang@shop", "li@shop"):
        played.api.call("POST", ADD, body={**WANG, "kf_account": account})
    assert refusal(played, ADD, WANG) == 65406
    played.api.call("POST", INVITE, body={"kf_account": "wang@shop", "invite_wx": "wang88"})
    assert refusal(played, INVITE, {"kf_account": "wang@shop", "invite_wx": "li77"}) == 65412
    assert refusal(played, INVITE, {"kf_account": "li@shop", "invite_wx": "wang88"}) == 65407


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (ADD, {**WANG, "kf_account": "wang"}, 65404),
        (ADD, {**WANG, "kf_account": "elevenchars@shop"}, 65404),
        (ADD, {**WANG, "nickname": ""}, 65403),
        (ADD, {**WANG, "nickname": "长" * 17}, 65403),
        (UPDATE, {**WANG, "kf_account": "nobody@shop"}, 65401),
        (INVITE, {"kf_account": "nobody@shop", "invite_wx": "w"}, 65401),
    ],
    ids=str,
)
def test_what_wechat_refuses_is_refused(
    untouched: Setting, path: str, body: dict[str, Any], errcode: int
) -> None:
    assert refusal(untouched, path, body) == errcode


def test_an_unverified_account_has_no_staff(played: Setting) -> None:
    played.side.world.faults.turn_on(API_UNAUTHORIZED)
    assert refusal(played, ADD, WANG) == 48001
