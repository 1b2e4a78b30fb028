"""Access tokens, which the simulated API gives out and ends."""

from dataclasses import replace

import httpx
import pytest

from chalicelib.wechat.errors import SecretRefused, TokenRefused
from simulator import pushes
from simulator.events import USER
from tests.patience import PATIENCE
from tests.simulated import client_of, client_with, parameters_of
from tests.simulated_api.setting import ACCOUNT, Setting, stable_token


def with_token(wechat: Setting, token: object) -> int:
    url = f"{wechat.side.address}/cgi-bin/menu/delete?access_token={token}"
    return int(httpx.get(url, timeout=PATIENCE).json()["errcode"])


def test_every_caller_gets_the_same_token_until_shortly_before_its_end(wechat: Setting) -> None:
    first = stable_token(wechat)
    assert first["expires_in"] == 7200
    wechat.clock.now += 6899
    assert stable_token(wechat) == {**first, "expires_in": 301}
    wechat.clock.now += 1
    second = stable_token(wechat)
    assert second["access_token"] != first["access_token"]
    assert [with_token(wechat, each["access_token"]) for each in (first, second)] == [0, 0]
    wechat.clock.now += 300
    assert with_token(wechat, first["access_token"]) == 42001
    assert with_token(wechat, second["access_token"]) == 0


def test_a_forced_token_ends_the_one_before(wechat: Setting) -> None:
    first = stable_token(wechat)["access_token"]
    second = stable_token(wechat, force_refresh=True)["access_token"]
    assert (with_token(wechat, first), with_token(wechat, second)) == (42001, 0)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "password"}, 40002),
    ],
)
def test_a_token_is_for_who_knows_the_secret(
    wechat: Setting, changes: dict[str, object], errcode: int
) -> None:
    assert stable_token(wechat, **changes)["errcode"] == errcode


def test_calls_want_a_token(wechat: Setting) -> None:
    assert with_token(wechat, "") == 41001
    assert with_token(wechat, "invented") == 40001


def test_a_client_follows_a_secret_that_was_made_again(wechat: Setting) -> None:
    parameters = parameters_of(ACCOUNT)
    api = client_with(wechat.side.address, parameters)
    wechat.side.world.arrived(pushes.text("hi"))
    api.user_info(USER)
    wechat.side.world.load = lambda: replace(ACCOUNT, app_secret="made-again")
    with pytest.raises(SecretRefused):
        api.user_info(USER)
    parameters.put("app-secret", "made-again")
    fresh = client_with(wechat.side.address, parameters)
    fresh.user_info(USER)


def test_a_wrong_app_id_is_the_operators_business(wechat: Setting) -> None:
    api = client_of(wechat.side.address, replace(ACCOUNT, app_id="wx0"))
    with pytest.raises(TokenRefused) as raised:
        api.user_info(USER)
    assert raised.value.errcode == 40013
