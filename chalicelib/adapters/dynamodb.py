"""Tables in DynamoDB; every write is conditional, and `expires` is the time to live."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from ..conditions import Absent, AllOf, AnyOf, Compared, Condition, Item, Value
from ..ports import ConditionFailed, Write
from . import aws
from .aws import FAILURES, Reads, unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Attribute: TypeAlias = dict[str, Any]
"""A value in DynamoDB's format, such as {"S": "text"}."""

_SHOW_WHAT_FAILED: Any = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def client() -> "DynamoDBClient":
    """A client that several tables may share."""
    made: DynamoDBClient = aws.client("dynamodb")
    return made


class DynamoDbTable:
    """The state table `name`, with the key `id`."""

    key: ClassVar = "id"

    def __init__(self, name: str, shared: "DynamoDBClient | None" = None) -> None:
        self._table = name
        self._client = shared or client()
        self._reads = Reads(self._client)

    def get(self, key: str) -> Item | None:
        """GetItem, consistent; see `ports.Table`."""
        try:
            answer = self._reads(
                lambda: self._client.get_item(
                    TableName=self._table, Key=self._key(key), ConsistentRead=True
                )
            )
        except FAILURES as error:
            raise unavailable("DynamoDB", error) from error
        return self._item(answer.get("Item"))

    def write(self, *writes: Write) -> Item:
        """UpdateItem, or TransactWriteItems for several writes; see `ports.Table`."""
        try:
            if len(writes) == 1:
                return self._write_one(writes[0])
            self._client.transact_write_items(TransactItems=[*map(self._step, writes)])
        except FAILURES as error:
            raise self._translated(error, writes) from error
        return {}

    def _write_one(self, write: Write) -> Item:
        answer = self._client.update_item(
            **self._update(write), **_SHOW_WHAT_FAILED, ReturnValues="ALL_NEW"
        )
        return self._item(answer["Attributes"]) or {}

    def _step(self, write: Write) -> Any:
        """A write in a transaction."""
        return {"Update": {**self._update(write), **_SHOW_WHAT_FAILED}}

    def _update(self, write: Write) -> Any:
        """What UpdateItem and the steps of a transaction have in common."""
        names: dict[str, str] = {}
        values: dict[str, Attribute] = {}
        return {
            "TableName": self._table,
            "Key": self._key(write.key),
            "UpdateExpression": _changes(write, names, values),
            "ConditionExpression": _expression(write.condition, names, values),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _translated(self, error: BotoCoreError | ClientError, writes: Sequence[Write]) -> Exception:
        response: Any = error.response if isinstance(error, ClientError) else {}
        code = response.get("Error", {}).get("Code")
        if code == "ConditionalCheckFailedException":
            return ConditionFailed({writes[0].key: self._item(response.get("Item"))})
        if code == "TransactionCanceledException":
            reasons = zip(writes, response["CancellationReasons"], strict=True)
            failed = {
                write.key: self._item(reason.get("Item"))
                for write, reason in reasons
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if failed:
                return ConditionFailed(failed)
        return unavailable("DynamoDB", error)

    def _key(self, key: str) -> Mapping[str, Attribute]:
        return {self.key: {"S": key}}

    def _item(self, attributes: Mapping[str, Any] | None) -> Item | None:
        if not attributes:
            return None
        return {name: _read(value) for name, value in attributes.items() if name != self.key}


class DynamoDbProfiles(DynamoDbTable):
    """The profiles table `name`, whose key is `openid`, with an index on `user_id`."""

    key = "openid"

    def openid_of(self, user_id: str) -> str | None:
        """Query; see `ports.ProfileTable`. An index lags a moment behind its table."""
        try:
            answer = self._reads(
                lambda: self._client.query(
                    TableName=self._table,
                    IndexName="user_id",
                    KeyConditionExpression="user_id = :user_id",
                    ExpressionAttributeValues={":user_id": {"S": user_id}},
                    ProjectionExpression=self.key,
                )
            )
        except FAILURES as error:
            raise unavailable("DynamoDB", error) from error
        return next((item[self.key]["S"] for item in answer["Items"]), None)


def _changes(write: Write, names: dict[str, str], values: dict[str, Attribute]) -> str:
    sets = [f"{_name(name, names)} = {_value(value, values)}" for name, value in write.sets.items()]
    for name, value in write.defaults.items():
        placeholder = _name(name, names)
        sets.append(f"{placeholder} = if_not_exists({placeholder}, {_value(value, values)})")
    removes = [_name(name, names) for name in write.removes]
    adds = [f"{_name(name, names)} {_value(value, values)}" for name, value in write.adds.items()]
    parts = {"SET": sets, "REMOVE": removes, "ADD": adds}
    return " ".join(f"{verb} {', '.join(each)}" for verb, each in parts.items() if each)


def _expression(condition: Condition, names: dict[str, str], values: dict[str, Attribute]) -> str:
    match condition:
        case Absent(name):
            return f"attribute_not_exists({_name(name, names)})"
        case Compared(name, relation, value):
            return f"{_name(name, names)} {relation} {_value(value, values)}"
        case AllOf(parts):
            return "(" + " AND ".join(_expression(each, names, values) for each in parts) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(_expression(each, names, values) for each in parts) + ")"


def _name(name: str, names: dict[str, str]) -> str:
    """A placeholder, because DynamoDB reserves many plain words, such as `owner`."""
    names[f"#{name}"] = name
    return f"#{name}"


def _value(value: Value, values: dict[str, Attribute]) -> str:
    placeholder = f":v{len(values)}"
    values[placeholder] = _attribute(value)
    return placeholder


def _attribute(value: Value) -> Attribute:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case tuple():
            return {"L": [{"S": each} for each in value]}
        case _:
            return {"N": repr(value)}


def _read(attribute: Attribute) -> Value:
    ((kind, value),) = attribute.items()
    if kind == "L":
        return tuple(each["S"] for each in value)
    plain: Value = float(value) if kind == "N" else value
    return plain
