"""Template messages and subscribe messages, and the templates that an account has for them."""

from typing import Any

import pytest

from chalicelib.wechat.templates import TemplateMessage
from simulator import pushes
from simulator.events import USER
from simulator.platform.world import Template
from simulator.pushes import Push
from tests.simulated_api.setting import Setting, refusal

TEMPLATE, ADD = "/cgi-bin/message/template/send", "/cgi-bin/template/api_add_template"
SUBSCRIBED, ONCE = "/cgi-bin/message/subscribe/bizsend", "/cgi-bin/message/template/subscribe"
NEW = "/wxaapi/newtmpl/"
DATA = {"thing1": {"value": "剪发"}}
WORDS = {
    "touser": USER,
    "template_id": "t",
    "scene": "1000",
    "title": "开业",
    "data": {"content": {"value": "明天开业"}},
}


def chosen(name: str, template_id: str, status: str) -> Push:
    """What the user chose on WeChat's page or in the settings."""
    event = {"popup": "SubscribeMsgPopupEvent", "change": "SubscribeMsgChangeEvent"}[name]
    listed = {"TemplateId": template_id, "SubscribeStatusString": status}
    return pushes.event(f"subscribe_msg_{name}_event", **{event: {"List": listed}})


def agree(played: Setting, template_id: str) -> None:
    played.side.world.arrived(chosen("popup", template_id, "accept"))


def subscribed(template_id: str, **more: Any) -> dict[str, Any]:
    return {"touser": USER, "template_id": template_id, "data": DATA, **more}


def added(played: Setting, tid: int, kids: list[int]) -> str:
    body = {"tid": str(tid), "kidList": kids, "sceneDesc": "预约"}
    return str(played.api.call("POST", f"{NEW}addtemplate", body=body)["priTmplId"])


# --- Template messages ------------------------------------------------------------------------


def test_a_template_message_needs_no_window(played: Setting) -> None:
    played.side.world.arrived(pushes.view("https://example.com/"))
    message = TemplateMessage("t1", {"thing1": "包裹"}, "https://example.com/")
    assert played.api.send_template(USER, message)
    assert played.said == [Template("t1", {"thing1": "包裹"}, "https://example.com/")]


def test_a_template_is_added_used_listed_and_deleted(played: Setting) -> None:
    body = {"template_id_short": "47123", "keyword_name_list": ["时间", "地点"]}
    template_id = played.api.call("POST", ADD, body=body)["template_id"]
    (listed,) = played.api.call("GET", "/cgi-bin/template/get_all_private_template")[
        "template_list"
    ]
    assert listed["content"] == "时间:{{thing1.DATA}}\n地点:{{thing2.DATA}}"
    played.api.send_template(USER, TemplateMessage(template_id, {"thing1": "三点", "thing2": "店"}))
    lacking = {"touser": USER, "template_id": template_id, "data": DATA}
    assert refusal(played, TEMPLATE, lacking) == 47003
    delete = "/cgi-bin/template/del_private_template"
    played.api.call("POST", delete, body={"template_id": template_id})
    assert refusal(played, TEMPLATE, lacking) == 40037
    assert refusal(played, delete, {"template_id": template_id}) == 40037


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (ADD, {"template_id_short": "OPENTM1", "keyword_name_list": ["时间"]}, 40247),
        (ADD, {"template_id_short": "1", "keyword_name_list": []}, 40246),
        (TEMPLATE, {"touser": "oNobody", "template_id": "t", "data": DATA}, 40003),
        (TEMPLATE, {"touser": USER, "template_id": "", "data": DATA}, 40037),
        (TEMPLATE, {"touser": USER, "template_id": "t", "data": {}}, 47003),
        (SUBSCRIBED, subscribed("t"), 43101),
        (SUBSCRIBED, subscribed("t", miniprogram={"appid": "wx1"}), 41030),
        (ONCE, {**WORDS, "title": "长" * 16}, 47003),
        (ONCE, {**WORDS, "scene": "10001"}, 47003),
        (ONCE, WORDS, 43101),
        (f"{NEW}addtemplate", {"tid": 1, "kidList": [1, 2]}, 200014),
        (f"{NEW}addtemplate", {"tid": 1001, "kidList": [1]}, 200020),
        (f"{NEW}addtemplate", {"tid": 1001, "kidList": [1, 9]}, 200020),
        (f"{NEW}addtemplate", {"tid": 1001, "kidList": [1, 2], "sceneDesc": "长" * 16}, 200021),
        (f"{NEW}deltemplate", {"priTmplId": "t"}, 20001),
    ],
    ids=str,
)
def test_what_wechat_refuses_is_refused(
    untouched: Setting, path: str, body: dict[str, Any], errcode: int
) -> None:
    assert refusal(untouched, path, body) == errcode


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("thing1", ""),
        ("thing1", "这是一段超过二十个字的内容所以微信会拒绝它"),
        ("number2", "三"),
        ("character_string3", "单号"),
        ("time4", "下午"),
        ("date5", "明天"),
        ("amount6", "九十九元"),
        ("phone_number7", "没有"),
        ("phrase8", "ok"),
        ("name9", "十一个汉字的名字太长了呀"),
    ],
)
def test_a_value_has_the_form_of_its_keyword(untouched: Setting, name: str, value: str) -> None:
    body = {"touser": USER, "template_id": "t", "data": {name: {"value": value}}}
    assert refusal(untouched, TEMPLATE, body) == 47003


# --- Subscribe messages -----------------------------------------------------------------------


def test_each_consent_is_for_one_message(played: Setting) -> None:
    agree(played, "t")
    played.api.call("POST", SUBSCRIBED, body=subscribed("t", page="https://example.com/"))
    assert played.said == [Template("t", {"thing1": "剪发"}, "https://example.com/", "订阅通知")]
    assert refusal(played, SUBSCRIBED, subscribed("t")) == 43101
    played.side.world.arrived(chosen("popup", "t", "reject"))
    assert refusal(played, SUBSCRIBED, subscribed("t")) == 43101


def test_who_changes_their_mind_gets_none(played: Setting) -> None:
    agree(played, "t")
    played.side.world.arrived(chosen("change", "t", "reject"))
    assert refusal(played, SUBSCRIBED, subscribed("t")) == 43101


def test_a_long_term_subscription_lasts(played: Setting) -> None:
    template_id = added(played, 1003, [1, 2])
    agree(played, template_id)
    data = {"thing1": {"value": "居住证"}, "phrase2": {"value": "已受理"}}
    for _ in range(2):
        played.api.call("POST", SUBSCRIBED, body=subscribed(template_id, data=data))
    assert len(played.said) == 2


def test_one_who_has_agreed_once_gets_one_without_following(played: Setting) -> None:
    agree(played, "t")
    played.side.world.arrived(pushes.unfollow())
    played.api.call("POST", ONCE, body=WORDS)
    assert played.said == [Template("t", {"开业": "明天开业"}, "", "订阅通知")]
    assert refusal(played, ONCE, WORDS) == 43101


def test_a_template_comes_from_the_library_of_the_category(played: Setting) -> None:
    (category,) = played.api.call("GET", f"{NEW}getcategory")["data"]
    query = {"ids": str(category["id"]), "start": "0", "limit": "1"}
    titles = played.api.call("GET", f"{NEW}getpubtemplatetitles", query)
    (title,) = titles["data"]
    assert titles["count"] > 1
    keywords = played.api.call("GET", f"{NEW}getpubtemplatekeywords", {"tid": str(title["tid"])})[
        "data"
    ]
    template_id = added(played, title["tid"], [each["kid"] for each in keywords][:2])
    (own,) = played.api.call("GET", f"{NEW}gettemplate")["data"]
    assert (own["priTmplId"], own["title"], own["type"]) == (template_id, title["title"], 2)
    assert own["content"] == "预约项目:{{thing1.DATA}}\n预约时间:{{time2.DATA}}"
    assert refusal(played, TEMPLATE, subscribed(template_id)) == 40037  # of the other kind
    played.api.call("POST", f"{NEW}deltemplate", body={"priTmplId": template_id})
    assert refusal(played, SUBSCRIBED, subscribed(template_id)) == 40037
