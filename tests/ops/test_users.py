"""`user` and `bind-link`: what is kept about a user, and who they are on the site."""

import json
import re
import time
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.adapters.dynamodb import DynamoDbProfiles, DynamoDbTable
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.router.session import Session
from chalicelib.users.profiles import Profiles
from chalicelib.web.signing import Signer, SiteKeys
from chalicelib.web.tickets import PURPOSE, open_ticket
from chalicelib.wechat.authorization import SnsUserInfo
from tests.ops.operator import Operator

OPENID = "oABCD1234"
SEALED = "3:sealedsealed"


@pytest.fixture
def profiles(standing: Operator) -> Profiles:
    """The profiles of the operator's stage, which know one user."""
    profiles = Profiles(DynamoDbProfiles(standing.target.settings.profiles_table))
    now = time.time()
    grant = {
        "scope": "snsapi_userinfo",
        "refresh_token": SEALED,
        "refresh_token_at": now,
        "access_token": SEALED,
        "access_token_ends": now + 7200,
    }
    shown = SnsUserInfo.read({"openid": OPENID, "nickname": "小明"})
    profiles.authorized(OPENID, grant, shown, now)
    profiles.bind(OPENID, "42", "a***@example.com")
    state = DynamoDbTable(standing.target.settings.state_table)
    session = Session(state, OPENID, time.time)
    session["asked"] = "天气"
    state.write(*session.writes())
    return profiles


def test_a_profile_is_shown_without_any_token(operator: Operator, profiles: Profiles) -> None:
    result = operator.types("user", "show", OPENID)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("openid")
    assert "小明" in result.stdout
    assert "sealed" not in result.stdout


def test_the_times_of_a_profile_are_shown_as_dates(operator: Operator, profiles: Profiles) -> None:
    profiles.subscribed(OPENID, time.time(), "")
    shown = operator.types("user", "show", OPENID).stdout
    for name in ("allowed_at", "created", "since", "updated"):
        assert re.search(rf"^{name} +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC", shown, re.MULTILINE)
    assert isinstance(operator.reads("user", "show", OPENID)["since"], float)


def test_a_user_is_found_by_the_sites_own_name_for_them(
    operator: Operator, profiles: Profiles
) -> None:
    assert operator.reads("user", "show", "--user-id", "42")["openid"] == OPENID


def test_all_that_is_kept_is_exported_except_tokens(operator: Operator, profiles: Profiles) -> None:
    result = operator.types("user", "export", OPENID)
    exported = json.loads(result.stdout)
    assert exported["profile"]["nickname"] == "小明"
    assert exported["profile"]["user_id"] == "42"
    assert json.loads(exported["session"]["data"]) == {"asked": "天气"}
    assert "sealed" not in result.stdout


def test_a_user_is_forgotten_only_after_a_yes(operator: Operator, profiles: Profiles) -> None:
    assert operator.types("user", "forget", OPENID, answers="n\n").exit_code == 1
    assert operator.types("user", "show", OPENID).exit_code == 0


def test_who_is_forgotten_leaves_nothing_behind(operator: Operator, profiles: Profiles) -> None:
    table = operator.target.settings.state_table
    for kept in ("waiting", "outbox"):
        item = {DynamoDbTable.key: {"S": f"{kept}#{OPENID}"}}
        boto3.client("dynamodb").put_item(TableName=table, Item=item)
    result = operator.types("user", "forget", "--user-id", "42", "--yes")
    assert result.exit_code == 0, result.output
    gone = operator.types("user", "show", OPENID)
    assert gone.exit_code == 1
    assert "Nothing is known" in gone.stderr
    assert profiles.bound_to("42") is None
    state = DynamoDbTable(table)
    assert state.get(f"session#{OPENID}") is None
    assert state.get(f"waiting#{OPENID}") is None
    assert state.get(f"outbox#{OPENID}") is None
    known = profiles.get(OPENID)
    assert known is not None
    assert known.valid_from, "their sessions on the site have ended"


def test_a_user_who_has_only_written_is_known_by_their_conversation(
    operator: Operator, profiles: Profiles
) -> None:
    state = DynamoDbTable(operator.target.settings.state_table)
    session = Session(state, "oWriter", time.time)
    session["asked"] = "天气"
    state.write(*session.writes())
    exported = json.loads(operator.types("user", "export", "oWriter").stdout)
    assert exported["profile"] == {}
    assert json.loads(exported["session"]["data"]) == {"asked": "天气"}
    assert operator.types("user", "forget", "oWriter", "--yes").exit_code == 0
    assert state.get("session#oWriter") is None


@pytest.mark.parametrize("words", [["oNobody"], ["--user-id", "7"], ["user#42"]])
def test_who_is_not_known_is_told(operator: Operator, profiles: Profiles, words: list[str]) -> None:
    assert operator.types("user", "show", *words).exit_code == 1


@pytest.mark.parametrize("words", [[], [OPENID, "--user-id", "42"]])
def test_one_user_has_to_be_named(operator: Operator, profiles: Profiles, words: list[str]) -> None:
    assert operator.types("user", "show", *words).exit_code == 2


def test_a_bind_link_opens_with_the_stages_key(operator: Operator) -> None:
    operator.types("secrets", "generate", "cookie-key", "ticket-key", "--yes")
    words = ["42", "--label", "a***@example.com", "--url", "https://example.com/api"]
    result = operator.types("bind-link", *words)
    assert result.exit_code == 0, result.output
    link = urlsplit(result.stdout.strip())
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://example.com/api/oauth/bind"
    keys = SiteKeys(SsmParameters(operator.target.settings.parameter_path))
    ticket = open_ticket(Signer(keys, "ticket-key", PURPOSE), parse_qs(link.query)["ticket"][0])
    assert (ticket.user_id, ticket.label) == ("42", "a***@example.com")


def test_a_bind_link_wants_a_key(operator: Operator) -> None:
    result = operator.types("bind-link", "42", "--label", "a", "--url", "https://example.com")
    assert result.exit_code == 1
    assert "secrets generate ticket-key" in result.stderr


def test_a_bind_link_leads_to_where_the_stage_is_deployed(operator: Operator) -> None:
    operator.types("secrets", "generate", "ticket-key", "--yes")
    nowhere = operator.types("bind-link", "42", "--label", "a")
    assert nowhere.exit_code == 1
    assert "deploy" in nowhere.stderr
    operator.configure(PUBLIC_URL="https://shop.example")
    assert operator.types("bind-link", "42", "--label", "a").stdout.startswith(
        "https://shop.example/oauth/bind?ticket="
    )


def test_a_bind_link_leads_to_an_address(operator: Operator) -> None:
    operator.types("secrets", "generate", "ticket-key", "--yes")
    result = operator.types("bind-link", "42", "--label", "a", "--url", "shop.example")
    assert result.exit_code == 2
    assert "https://" in result.stderr
