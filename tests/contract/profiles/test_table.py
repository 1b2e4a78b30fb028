"""What the table of profiles in DynamoDB and the one in memory have in common."""

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.adapters.dynamodb import DynamoDbProfiles
from chalicelib.conditions import absent, equal
from chalicelib.ports import ConditionFailed, ProfileTable, Unavailable, Write
from chalicelib.users.profiles import Profiles
from tests.contract.profiles.values import ALWAYS, OPENID


class TestTheTable:
    def test_lists_come_back_as_they_were(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"privilege": ("a", "b"), "none": ()}))
        assert table.get(OPENID) == {"privilege": ("a", "b"), "none": ()}

    def test_defaults_are_set_once(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0}, {"created": 1.0}))
        table.write(Write(OPENID, ALWAYS, {"a": 2.0}, {"created": 2.0}))
        assert table.get(OPENID) == {"a": 2.0, "created": 1.0}

    def test_what_is_removed_is_gone(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0, "b": 1.0}))
        written = table.write(Write(OPENID, equal("a", 1.0), {"c": 1.0}, removes=("a", "never")))
        assert written == {"b": 1.0, "c": 1.0} == table.get(OPENID)

    def test_a_user_of_the_site_is_found(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"user_id": "42"}))
        assert table.openid_of("42") == OPENID
        assert table.openid_of("43") is None

    def test_a_refused_write_does_nothing(self, table: ProfileTable) -> None:
        table.write(Write(OPENID, ALWAYS, {"a": 1.0}))
        with pytest.raises(ConditionFailed):
            table.write(Write(OPENID, absent("a"), {"b": 1.0}, {"created": 1.0}, ("a",)))
        assert table.get(OPENID) == {"a": 1.0}


def test_transactions_that_meet_are_a_trouble_and_no_refusal(aws: str) -> None:
    client = boto3.client("dynamodb")
    reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    with Stubber(client) as stubbed:
        stubbed.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": reasons},
        )
        with pytest.raises(Unavailable, match="TransactionCanceled"):
            Profiles(DynamoDbProfiles("profiles", client)).bind(OPENID, "42", "m***")
