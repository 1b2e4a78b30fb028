"""An errcode becomes the error that says what to do, and tells the operator without secrets."""

from itertools import product

import pytest

from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import (
    ApiError,
    AuthorizeAgain,
    Call,
    Final,
    MessageRefused,
    NotNow,
    NotPermitted,
    OperatorMustAct,
    Repeated,
    SecretRefused,
    SendingNotPermitted,
    TokenRefused,
    TokenRejected,
    TryLater,
    Uncertain,
    UserGone,
    api_error,
)

EVERY = (Call.TOKEN, Call.SEND, Call.OTHER)
NO_TOKEN = (Call.SEND, Call.OTHER)
SETUP = [40164, 40243, 45009, 48004, 50004, 61004, 89503]
TOO_MUCH = [45001, 45002, 45003, 45004, 45005, 45006, 45007, 45008]
REFUSED = [40007, 40008, 40037, 43101, 44004, 45080, 45081, 47003, 61452, 70000, *TOO_MUCH]


@pytest.mark.parametrize(
    ("kind", "calls", "errcodes"),
    [
        (TokenRejected, EVERY, [40001, 40014, 42001]),
        (TryLater, EVERY, [-1, 45011]),
        (NotNow, EVERY, [45015, 45047]),
        (SendingNotPermitted, (Call.SEND,), [48001]),
        (NotPermitted, (Call.TOKEN, Call.OTHER), [48001]),
        (UserGone, EVERY, [40003, 43004, 43019, 48002]),
        (MessageRefused, EVERY, REFUSED),
        (MessageRefused, NO_TOKEN, [40013]),
        (TokenRefused, (Call.TOKEN,), [40013, *SETUP]),
        (OperatorMustAct, NO_TOKEN, SETUP),
        (SecretRefused, EVERY, [40125]),
        (AuthorizeAgain, EVERY, [40030, 42002, 42007]),
        (Repeated, EVERY, [40163, 42003, 40029]),
        (ApiError, EVERY, [46003, 47001, 99999]),
    ],
)
def test_each_errcode_says_what_to_do(
    kind: type[ApiError], calls: tuple[Call, ...], errcodes: list[int]
) -> None:
    for call, errcode in product(calls, errcodes):
        error = api_error(errcode, "an errmsg", call)
        assert type(error) is kind
        assert error.errcode == errcode
        assert f"({errcode} an errmsg)" in str(error)


def test_what_may_have_been_done_is_tried_again_like_what_was_not() -> None:
    assert issubclass(Uncertain, TryLater)


def test_a_call_for_a_user_who_is_gone_is_never_made_again() -> None:
    assert issubclass(UserGone, Final)
    assert not issubclass(UserGone, OperatorMustAct)


def test_a_refused_secret_is_for_the_operator_and_leaves_no_token() -> None:
    assert issubclass(SecretRefused, TokenRefused)
    assert issubclass(TokenRefused, OperatorMustAct)
    assert "app-secret" in str(api_error(40125, "invalid appsecret"))


def test_a_wrong_appid_is_the_accounts_for_a_token_and_a_mini_programs_elsewhere() -> None:
    assert "app-id" in str(api_error(40013, "invalid appid", Call.TOKEN))
    assert "mini program" in str(api_error(40013, "invalid appid", Call.SEND))


def test_an_api_that_is_not_permitted_takes_no_message_and_is_for_the_operator() -> None:
    assert issubclass(NotPermitted, Final)
    assert issubclass(NotPermitted, OperatorMustAct)


def test_an_account_that_may_send_nothing_keeps_its_messages_and_the_operator_is_told() -> None:
    assert issubclass(SendingNotPermitted, NotNow)
    assert issubclass(SendingNotPermitted, OperatorMustAct)
    assert not issubclass(SendingNotPermitted, Final)


def test_the_address_to_whitelist_is_named() -> None:
    errmsg = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1-2-3"
    assert "203.0.113.7" in str(api_error(40164, errmsg))


def test_a_request_id_is_kept_for_wechats_support() -> None:
    assert "rid: 6572f6c7-2ca1a5a6-0b5a4f3d" in str(
        api_error(40001, "invalid credential rid: 6572f6c7-2ca1a5a6-0b5a4f3d")
    )


@pytest.mark.parametrize(
    "secret",
    [
        "oPUOlw7yvucjUrZhzG6gd8VdILa4",
        "0123456789abcdef0123456789abcdef",
        "75_kL-x_Zq" + "aB3-_" * 25,
    ],
    ids=["openid", "secret", "token"],
)
def test_what_looks_like_a_secret_is_left_out(secret: str) -> None:
    assert secret not in str(api_error(40003, f"invalid {secret}, see rid: 1-2-3"))


def test_an_account_without_the_api_learns_of_passive_mode() -> None:
    assert "LATE_ANSWERS=passive" in str(api_error(48001, "api unauthorized", Call.SEND))
    assert "LATE_ANSWERS" not in str(api_error(48001, "api unauthorized"))


def test_an_answer_without_what_it_should_hold_is_an_error_of_the_api() -> None:
    with pytest.raises(Uncertain, match="WECHAT_API_URL"):
        ApiResponse(200, "application/json", b"{}").read()["access_token"]
