"""What AWS asks for what a stage uses, in USD, by region, as published at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Item(Enum):
    """What has a price, and the unit that it is the price of."""

    GATEWAY = "API Gateway, a million requests"
    INVOCATIONS = "Lambda, a million requests"
    SECONDS = "Lambda, a million GB-seconds on arm64"
    WRITES = "DynamoDB, a million writes of up to 1 KB"
    READS = "DynamoDB, a million reads of up to 4 KB"
    STORED = "DynamoDB, a GB stored for a month"
    BACKED_UP = "DynamoDB, a GB with point-in-time recovery for a month"
    QUEUE = "SQS FIFO, a million requests"
    LOGGED = "CloudWatch Logs, a GB"
    ALARMS = "CloudWatch, an alarm for a month"
    METRICS = "CloudWatch, a metric for a month"
    DASHBOARDS = "CloudWatch, a dashboard for a month"
    SENT = "Data out, a GB"
    NAT_HOURS = "NAT gateway, an hour"
    ADDRESS_HOURS = "Public address, an hour"


@dataclass(frozen=True, slots=True)
class Prices:
    """Those of one region; free tiers are left out."""

    published: str
    usd: Mapping[Item, float]


PRICES: Mapping[str, Prices] = {
    "us-east-1": Prices(
        published="2025",
        usd={
            Item.GATEWAY: 3.50,
            Item.INVOCATIONS: 0.20,
            Item.SECONDS: 13.3334,
            Item.WRITES: 0.625,
            Item.READS: 0.125,
            Item.STORED: 0.25,
            Item.BACKED_UP: 0.20,
            Item.QUEUE: 0.50,
            Item.LOGGED: 0.50,
            Item.ALARMS: 0.10,
            Item.METRICS: 0.30,
            Item.DASHBOARDS: 3.00,
            Item.SENT: 0.09,
            Item.NAT_HOURS: 0.045,
            Item.ADDRESS_HOURS: 0.005,
        },
    ),
    "ap-northeast-1": Prices(
        published="2025",
        usd={
            Item.GATEWAY: 4.25,
            Item.INVOCATIONS: 0.20,
            Item.SECONDS: 13.3334,
            Item.WRITES: 0.715,
            Item.READS: 0.1425,
            Item.STORED: 0.285,
            Item.BACKED_UP: 0.228,
            Item.QUEUE: 0.50,
            Item.LOGGED: 0.76,
            Item.ALARMS: 0.10,
            Item.METRICS: 0.30,
            Item.DASHBOARDS: 3.00,
            Item.SENT: 0.114,
            Item.NAT_HOURS: 0.062,
            Item.ADDRESS_HOURS: 0.005,
        },
    ),
}
