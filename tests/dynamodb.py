"""Tables of their own in the session's AWS."""

import uuid

import boto3

from chalicelib.adapters.dynamodb import DynamoDbProfiles, DynamoDbTable


def state_table() -> DynamoDbTable:
    name = f"state-{uuid.uuid4().hex}"
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoDbTable(name)


def profiles_table() -> DynamoDbProfiles:
    name = f"profiles-{uuid.uuid4().hex}"
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "openid", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "openid", "AttributeType": "S"},
            {"AttributeName": "user_id", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "user_id",
                "KeySchema": [{"AttributeName": "user_id", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoDbProfiles(name)
