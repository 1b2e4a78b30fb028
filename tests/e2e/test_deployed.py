"""The deployed system, used as WeChat and its users do, and operated at the same time."""

import dataclasses
import random
import time
from concurrent.futures import ThreadPoolExecutor

import boto3

from chalicelib.credentials.refreshed import PAUSE
from ops import throttling
from simulator import delivery
from tests.e2e.browser import Browser
from tests.e2e.deployment import ONCE, Deployment, somebody, traffic
from tests.patience import wait_until


def test_wechat_verifies_the_address(deployment: Deployment) -> None:
    account = deployment.side.world.load()
    assert delivery.verify(account, f"{deployment.site}/wechat", ONCE)


def test_a_pure_answer_comes_at_once(deployment: Deployment) -> None:
    assert deployment.write("pure", somebody()).reply == "pure"


def test_a_recorded_answer_comes_at_once(deployment: Deployment) -> None:
    wait_until(lambda: deployment.write("fast", somebody()).reply == "fast 1")


def test_a_slow_answer_comes_by_the_queue_and_the_worker(deployment: Deployment) -> None:
    user = somebody()
    assert deployment.write("slow", user).reply == "a moment"
    wait_until(lambda: deployment.heard(user) == ["slow"])


def test_a_long_answer_comes_by_the_long_queue_and_the_long_worker(
    deployment: Deployment,
) -> None:
    user = somebody()
    written = deployment.write(f"think {somebody()}", user)
    wait_until(lambda: deployment.heard(user) == ["done"])
    assert deployment.logged("wechalice-dev-long_worker", written.identity)


def test_a_visitor_signs_in_and_sees_their_page(deployment: Deployment) -> None:
    browser = Browser()
    page = browser.consents(browser.get(f"{deployment.site}/me"))
    assert page.url == f"{deployment.site}/me"
    assert "小明" in page.text


def test_wechat_finds_the_file_that_proves_the_domain(deployment: Deployment) -> None:
    found = boto3.client("ssm").get_parameter(
        Name="/wechalice/dev/domain-verification", WithDecryption=True
    )
    code = found["Parameter"]["Value"]
    assert Browser().get(f"{deployment.site}/MP_verify_{code}.txt").text == code


def test_pushes_may_come_as_fast_as_they_like_and_visitors_may_not(deployment: Deployment) -> None:
    stage = boto3.client("apigateway").get_stage(restApiId=deployment.api(), stageName="api")
    found = {path.lstrip("/~1"): each for path, each in stage["methodSettings"].items()}
    rates = {path: each["throttlingRateLimit"] for path, each in found.items()}
    assert rates == {path.lstrip("/~1"): rate for path, (rate, _) in throttling.RATES.items()}


def test_doctor_finds_nothing_wrong(deployment: Deployment) -> None:
    found = deployment.asks("doctor", "--live")
    states = {each["state"] for each in found}
    assert "ok" in states
    assert "fail" not in states
    live = {each["check"]: each["state"] for each in found if each["check"].startswith("live ")}
    assert {*live.values()} == {"ok"}
    assert live.keys() >= {"live push", "live forgery", "live plaintext"}


def test_no_push_is_refused_while_the_token_is_rotated(deployment: Deployment) -> None:
    world = deployment.side.world
    old = world.load()
    with traffic(deployment, "pure") as written:
        deployment.ops("secrets", "generate", "token", "--yes")
        changed = time.time()
        new = dataclasses.replace(old, token=current_token())
        # "A minute from now", when every process may look again, the platform is changed, too.
        wait_until(lambda: time.time() > changed + PAUSE)
        world.load = lambda: random.choice([old, new])
        before = len(written)
        wait_until(lambda: len(written) >= before + 40)
    world.load = lambda: new
    assert {each.account.token for each in written} == {old.token, new.token}
    statuses = {exchange.status for each in written for exchange in each.outcome.exchanges}
    assert 403 not in statuses
    assert {each.reply for each in written} == {"pure"}


def current_token() -> str:
    found = boto3.client("ssm").get_parameter(Name="/wechalice/dev/token", WithDecryption=True)
    return found["Parameter"]["Value"]


def test_nothing_is_lost_by_a_deploy_from_another_checkout(deployment: Deployment) -> None:
    api = deployment.api()
    deployment.configure(release=2)
    (deployment.project / ".chalice" / "deployed" / "dev.json").unlink()
    with traffic(deployment, "fast") as written:
        told = deployment.ops("deploy")
        wait_until(lambda: written[-1].reply == "fast 2")
    assert f"{deployment.site}/wechat" in told
    assert deployment.api() == api
    wait_until(lambda: all(each.answers() for each in written))
    answers = [each.answers() for each in written]
    assert {len(each) for each in answers} == {1}
    assert {text for each in answers for text in each} == {"fast 1", "fast 2"}


def test_an_alarm_brings_back_what_ran_before_and_nothing_is_lost(deployment: Deployment) -> None:
    before = deployment.write("fast", somebody()).reply
    deployment.configure(release=3)
    with ThreadPoolExecutor() as operator, traffic(deployment, "fast") as written:
        deploying = operator.submit(deployment.fails, "deploy", "--watch", "10m")
        wait_until(lambda: (written and written[-1].reply == "fast 3") or deploying.done())
        boto3.client("cloudwatch").set_alarm_state(
            AlarmName="wechalice-dev-job-failed", StateValue="ALARM", StateReason="5 > 4"
        )
        assert "wechalice-dev-job-failed" in deploying.result()
        wait_until(lambda: written[-1].reply == before)
    wait_until(lambda: all(len(each.answers()) == 1 for each in written))


def test_what_ended_in_the_dead_letter_queue_is_answered_when_it_is_fixed(
    deployment: Deployment,
) -> None:
    user = somebody()
    written = deployment.write("broken", user)
    wait_until(lambda: deployment.heard(user) == ["sorry"])
    wait_until(lambda: written.identity in dead_letters(deployment))
    deployment.fixed.touch()
    deployment.ops("dead-letters", "redrive", written.identity, "--yes")
    wait_until(lambda: deployment.heard(user) == ["sorry", "fixed"])
    assert written.identity not in dead_letters(deployment)


def dead_letters(deployment: Deployment) -> list[str]:
    return [each["identity"] for each in deployment.asks("dead-letters", "list")]
