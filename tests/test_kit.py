"""What the kit for a team's tests does with an account."""

import re

import pytest
from chalice.app import Chalice, Response

from chalicelib import bootstrap, doors
from chalicelib.config import LateAnswers
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ImageMessage, TextMessage
from chalicelib.wechat.replies import Reply, Text
from chalicelib.wechat.templates import TemplateMessage
from simulator import pushes
from tests.door import APP
from tests.kit import OpenAccount

TEMPLATE = "/cgi-bin/message/template/send"
router = Router("shop", apology="sorry")


@router.on(TextMessage, content="broken", slow=True)
def broken(message: TextMessage, ctx: Context) -> Reply:
    raise LookupError


@router.on(TextMessage, content="slow", slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text("done")


@router.on(ImageMessage, slow=True)
def fetch(message: ImageMessage, ctx: Context) -> Reply:
    return Text(str(len(ctx.api.download_media(message.media_id))))


@router.on(TextMessage, content="invite", slow=True)
def invite(message: TextMessage, ctx: Context) -> Reply:
    return Text(ctx.api.create_qr_code("poster", seconds=60).ticket)


ROUTES = Routes(router)


def test_jobs_that_fail_are_tried_again_as_time_passes(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP)
    alice = account.user()
    alice.says("broken")
    account.work()
    assert alice.received == []
    account.work(120)
    assert alice.received == [Text("sorry")]
    assert account.counted("JobDead") == 1


def test_what_wechat_refuses_reaches_nobody(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP)
    alice = account.user()
    account.let_api_answer("/cgi-bin/message/custom/send", errcode=45015, errmsg="no window")
    alice.says("slow")
    account.work()
    assert alice.received == []
    assert account.counted("AnswerWaiting") == 1


@pytest.mark.parametrize(
    ("push", "write"),
    [
        (pushes.image(), 'let_api_send("/cgi-bin/media/get", "image/jpeg"'),
        (pushes.text("invite"), 'let_api_answer("/cgi-bin/qrcode/create", ticket=…)'),
    ],
    ids=["a file", "a field"],
)
def test_what_a_test_must_tell_of_wechats_answer_is_said(
    open_account: OpenAccount, push: pushes.Push, write: str
) -> None:
    account = open_account(ROUTES, APP)
    account.user().does(push)
    with pytest.raises(pytest.fail.Exception, match=re.escape(write)):
        account.work()


def test_users_do_not_read_what_is_for_others(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP)
    alice, bob = account.user("oAlice"), account.user("oBob")
    alice.says("slow")
    account.work()
    assert (alice.received, bob.received) == ([Text("done")], [])


def test_an_account_without_customer_service_answers_the_push(open_account: OpenAccount) -> None:
    account = open_account(ROUTES, APP, LateAnswers.PASSIVE)
    assert account.user().says("slow") == Text("done")


@pytest.fixture
def shop() -> Chalice:
    """An app with routes of a team's own."""
    app = Chalice(app_name="wechalice", configure_logs=False)
    doors.mount(app)

    @app.route("/items/{name}")
    def item(name: str) -> Response:
        return Response(name, {"Content-Type": "text/plain"})

    @app.route("/away")
    def away() -> Response:
        return Response("", {"Location": "https://elsewhere.example/"}, 302)

    @app.route("/greeting")
    def greeting() -> Response:
        return Response(bootstrap.secret("greeting"), {"Content-Type": "text/plain"})

    @app.route("/remind")
    def remind() -> Response:
        bootstrap.api().send_template("oAlice", TemplateMessage("t1", {"thing1": "还书"}))
        return Response("reminded", {"Content-Type": "text/plain"})

    @app.route("/circle")
    def circle() -> Response:
        return Response("", {"Location": "/circle"}, 302)

    return app


def test_pages_with_names_in_their_path_are_found(open_account: OpenAccount, shop: Chalice) -> None:
    assert open_account(ROUTES, shop).user().opens("/items/tea").body == "tea"


def test_routes_read_the_secrets_of_the_account(open_account: OpenAccount, shop: Chalice) -> None:
    account = open_account(ROUTES, shop)
    account.put_secret("own/greeting", "hello")
    assert account.user().opens("/greeting").body == "hello"


def test_routes_call_wechats_api(open_account: OpenAccount, shop: Chalice) -> None:
    account = open_account(ROUTES, shop)
    account.let_api_answer(TEMPLATE, msgid=7)
    assert account.user().opens("/remind").body == "reminded"
    (call,) = account.api_calls(TEMPLATE)
    assert call.fields["data"] == {"thing1": {"value": "还书"}}


def test_a_redirect_to_another_site_is_not_followed(
    open_account: OpenAccount, shop: Chalice
) -> None:
    page = open_account(ROUTES, shop).user().opens("/away")
    assert (page.status, page.location) == (302, "https://elsewhere.example/")


def test_redirects_without_an_end_are_an_error(open_account: OpenAccount, shop: Chalice) -> None:
    with pytest.raises(AssertionError, match="/circle redirects for ever"):
        open_account(ROUTES, shop).user().opens("/circle")
