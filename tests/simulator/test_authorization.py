"""Web authorization in the simulator: codes, profiles and tokens."""

from dataclasses import replace

import httpx
import pytest

from simulator import faults, pushes
from simulator.events import USER
from simulator.faults import Fault
from simulator.platform.profiles import Profile
from tests.simulator.commands import ACCOUNT
from tests.simulator.visits import BASE, EXCHANGE, USERINFO, Setting, of_user

DAY = 24 * 3600


# --- Codes ------------------------------------------------------------------------------------


def test_a_code_gives_tokens_once(wechat: Setting) -> None:
    code = wechat.code()
    tokens = wechat.exchange(code)
    assert set(tokens) == {"access_token", "expires_in", "refresh_token", "openid", "scope"}
    assert (tokens["expires_in"], tokens["openid"], tokens["scope"]) == (7200, USER, USERINFO)
    assert wechat.exchange(code)["errcode"] == 40163
    assert wechat.userinfo(tokens)["openid"] == USER


def test_a_code_lives_five_minutes(wechat: Setting) -> None:
    one, other = wechat.code(), wechat.code()
    wechat.clock.now += 299
    assert "access_token" in wechat.exchange(one)
    wechat.clock.now += 1
    assert wechat.exchange(other)["errcode"] == 42003


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
        ({"code": "invented"}, 40029),
        ({"code": ""}, 41008),
    ],
)
def test_a_code_is_not_spent_by_a_call_that_is_wrong(
    wechat: Setting, changes: dict[str, str], errcode: int
) -> None:
    code = wechat.code()
    assert wechat.exchange(code, changes)["errcode"] == errcode
    assert "access_token" in wechat.exchange(code)


def test_a_snapshot_user_is_anonymous(wechat: Setting) -> None:
    first, second = (wechat.exchange(wechat.code(choice="snapshot")) for _ in range(2))
    assert first["is_snapshotuser"] == 1
    assert len({USER, first["openid"], second["openid"]}) == 3
    assert wechat.userinfo(first)["nickname"] == "微信用户"


def test_an_account_with_unionids_gets_them(wechat: Setting) -> None:
    wechat.side.world.profiles[USER] = Profile(unionid="u1")
    tokens = wechat.exchange(wechat.code())
    assert (tokens["unionid"], wechat.userinfo(tokens)["unionid"]) == ("u1", "u1")
    assert "unionid" not in wechat.exchange(wechat.code(BASE))


# --- Profiles ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nickname", ["小明😀", "<b>&amp;\"'", "a\x00\x14\x1b\x7f\r\n\tb", "\\u0014 \\\\u0014 \\n", ""]
)
def test_a_nickname_arrives_unchanged(wechat: Setting, nickname: str) -> None:
    wechat.side.world.profiles[USER] = Profile(nickname, privilege=("chinaunicom",))
    assert wechat.userinfo(wechat.exchange(wechat.code())) == {
        "openid": USER,
        "nickname": nickname,
        "sex": 0,
        "province": "",
        "city": "",
        "country": "",
        "headimgurl": "",
        "privilege": ["chinaunicom"],
        "language": "zh_CN",
    }


def test_control_characters_stand_unescaped_in_an_answer(wechat: Setting) -> None:
    wechat.side.world.profiles[USER] = Profile("a\x14b😀")
    tokens = wechat.exchange(wechat.code())
    answer = wechat.browser.get("/sns/userinfo", params=of_user(tokens))
    assert "a\x14b😀".encode() in answer.content


def test_a_changed_nickname_is_returned_from_then_on(wechat: Setting) -> None:
    profiles = wechat.side.world.profiles
    tokens = wechat.exchange(wechat.code())
    profiles[USER] = replace(profiles[USER], nickname="大明")
    assert wechat.userinfo(tokens)["nickname"] == "大明"


def test_userinfo_requires_its_scope(wechat: Setting) -> None:
    tokens = wechat.exchange(wechat.code(BASE))
    assert wechat.userinfo(tokens)["errcode"] == 48001
    assert wechat.auth(tokens) == {"errcode": 0, "errmsg": "ok"}


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"access_token": "invented"}, 40001),
        ({"access_token": ""}, 41001),
        ({"openid": "oAlice"}, 40003),
        ({"openid": ""}, 41009),
    ],
)
def test_a_token_is_of_one_user(wechat: Setting, changes: dict[str, str], errcode: int) -> None:
    tokens = wechat.exchange(wechat.code())
    assert wechat.userinfo({**tokens, **changes})["errcode"] == errcode
    assert wechat.auth({**tokens, **changes})["errcode"] == errcode


# --- Tokens -----------------------------------------------------------------------------------


def test_an_access_token_lives_two_hours(wechat: Setting) -> None:
    tokens = wechat.exchange(wechat.code())
    wechat.clock.now += 7199
    assert wechat.auth(tokens)["errcode"] == 0
    wechat.clock.now += 1
    assert (wechat.auth(tokens)["errcode"], wechat.userinfo(tokens)["errcode"]) == (42001, 42001)


def test_a_refresh_extends_a_valid_token_and_replaces_an_expired_one(wechat: Setting) -> None:
    first = wechat.exchange(wechat.code())
    wechat.clock.now += 7199
    assert wechat.refresh(first["refresh_token"]) == first
    wechat.clock.now += 7199
    assert wechat.auth(first)["errcode"] == 0
    wechat.clock.now += 1
    second = wechat.refresh(first["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]
    assert wechat.auth(second)["errcode"] == 0
    assert wechat.auth(first)["errcode"] == 42001


def test_a_refresh_token_lives_thirty_days(wechat: Setting) -> None:
    refresh_token = wechat.exchange(wechat.code())["refresh_token"]
    wechat.clock.now += 30 * DAY - 1
    assert "access_token" in wechat.refresh(refresh_token)
    wechat.clock.now += 1
    assert wechat.refresh(refresh_token)["errcode"] == 42002


def test_all_refresh_tokens_can_be_ended(wechat: Setting) -> None:
    tokens = wechat.exchange(wechat.code())
    wechat.side.world.authorizations.end_refresh_tokens()
    assert wechat.refresh(tokens["refresh_token"])["errcode"] == 42002
    assert "access_token" in wechat.refresh(wechat.exchange(wechat.code())["refresh_token"])


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"grant_type": "authorization_code"}, 40002),
        ({"refresh_token": "invented"}, 40030),
        ({"refresh_token": ""}, 41003),
    ],
)
def test_a_wrong_refresh_is_refused(wechat: Setting, changes: dict[str, str], errcode: int) -> None:
    tokens = wechat.exchange(wechat.code())
    assert wechat.refresh(tokens["refresh_token"], changes)["errcode"] == errcode


@pytest.mark.parametrize("name", ["user_authorization_revoke", "user_authorization_cancellation"])
def test_what_a_user_withdraws_ends_until_they_allow_it_again(wechat: Setting, name: str) -> None:
    tokens, unspent = wechat.exchange(wechat.code()), wechat.code()
    wechat.side.world.arrived(pushes.event(name).by("oAlice"))
    assert wechat.auth(tokens)["errcode"] == 0
    wechat.side.world.arrived(pushes.event(name))
    assert wechat.refresh(tokens["refresh_token"])["errcode"] == 42007
    assert wechat.userinfo(tokens)["errcode"] == 42007
    assert wechat.exchange(unspent)["errcode"] == 40029
    assert "nickname" in wechat.userinfo(wechat.exchange(wechat.code()))


# --- Faults and recorded calls ----------------------------------------------------------------


def test_a_busy_system_refuses_every_call(wechat: Setting) -> None:
    code = wechat.code()
    tokens = wechat.exchange(wechat.code())
    wechat.side.world.faults.turn_on(faults.SYSTEM_BUSY)
    assert wechat.exchange(code)["errcode"] == -1
    assert wechat.refresh(tokens["refresh_token"])["errcode"] == -1
    assert wechat.userinfo(tokens)["errcode"] == -1
    wechat.side.world.faults.turn_off(faults.SYSTEM_BUSY)
    assert "access_token" in wechat.exchange(code)


def test_the_whitelist_applies_and_the_quota_does_not(wechat: Setting) -> None:
    wechat.side.world.faults.turn_on(faults.QUOTA_EXHAUSTED)
    tokens = wechat.exchange(wechat.code())
    assert "nickname" in wechat.userinfo(tokens)
    wechat.side.world.faults.turn_on(faults.IP_NOT_WHITELISTED)
    assert wechat.exchange(wechat.code())["errcode"] == 40164
    assert wechat.userinfo(tokens)["errcode"] == 40164


def test_a_rotated_secret_exchanges_nothing(wechat: Setting) -> None:
    wechat.side.world.faults.turn_on(faults.SECRET_ROTATED)
    assert wechat.exchange(wechat.code())["errcode"] == 40125


@pytest.mark.parametrize(
    ("fault", "spent"), [(faults.API_CUT_BEFORE, False), (faults.API_CUT_AFTER, True)]
)
def test_an_exchange_that_is_cut_may_have_spent_its_code(
    wechat: Setting, fault: Fault, spent: bool
) -> None:
    code = wechat.code()
    wechat.side.world.faults.turn_on(fault)
    with pytest.raises(httpx.TransportError):
        wechat.exchange(code)
    wechat.side.world.faults.turn_off(fault)
    assert (wechat.exchange(code).get("errcode") == 40163) is spent


def test_latency_makes_an_impatient_exchange_fail(wechat: Setting) -> None:
    code = wechat.code()
    wechat.side.world.faults.turn_on(faults.API_LATENCY, 1)
    wechat.browser.timeout = 0.2
    with pytest.raises(httpx.TimeoutException):
        wechat.exchange(code)


def test_calls_are_listed_without_their_secrets(wechat: Setting) -> None:
    code = wechat.code()
    tokens = wechat.exchange(code)
    wechat.exchange(code)
    wechat.userinfo(tokens)
    calls = wechat.side.world.calls
    assert [(call.path, call.errcode) for call in calls] == [
        (EXCHANGE, 0),
        (EXCHANGE, 40163),
        ("/sns/userinfo", 0),
    ]
    shown = wechat.browser.get("/conversation").text + repr(calls)
    for secret in (code, tokens["access_token"], tokens["refresh_token"], ACCOUNT.app_secret):
        assert secret not in shown
