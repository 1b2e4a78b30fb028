"""Whether the alarms of a stage reach anybody.

AWS mails a link to a new address, and sends it alarms once somebody has opened that. A link that
nobody opens for three days is void, and with it the subscription.
"""

from collections.abc import Iterator
from typing import NamedTuple

import boto3

from . import alarm_address, terminal
from .findings import Finding, Patient, fail, ok, warn
from .target import Target


class Subscription(NamedTuple):
    """Who gets alarms, or will when they have confirmed it."""

    endpoint: str
    confirmed: bool


def note_unconfirmed(target: Target, address: str | None) -> None:
    """Says what the address of a stage has to do, if it gets no alarms yet."""
    topic = _topic(target)
    if topic and Subscription(str(address), confirmed=False) in _subscriptions(topic):
        terminal.show(f"AWS has mailed a link to {address}: alarms get there once it is opened.")


def examine(patient: Patient) -> Iterator[Finding]:
    """Alarms that reach nobody are a failure where users rely on the stage.

    They are not where the team has said `none`, or on dev.
    """
    target = patient.target
    topic, address = _topic(target), alarm_address.configured(target)
    if topic is None:
        return  # which the examination of the stack tells
    found, up = _subscriptions(topic), f"python -m ops up --stage {target.stage}"
    told = fail if target.is_production and address != alarm_address.NONE else warn
    for each in found:
        if not each.confirmed:
            yield told("alarm mail", f"{each.endpoint} gets no alarms yet", _link(topic, each))
    if address not in (None, alarm_address.NONE, *(each.endpoint for each in found)):
        yield told("alarm mail", f"{address} is not subscribed to alarms", up)
    elif not found and target.is_production:
        yield told("alarm mail", "alarms reach nobody", f"{up} --alarm-email ADDRESS")
    elif confirmed := sum(each.confirmed for each in found):
        yield ok("alarm mail", f"{confirmed} subscribed to alarms")


def _link(topic: str, waiting: Subscription) -> str:
    return (
        "Open the link that AWS has mailed there. For another one: aws sns subscribe "
        f"--topic-arn {topic} --protocol email --notification-endpoint {waiting.endpoint}"
    )


def _topic(target: Target) -> str | None:
    """The ARN of the topic of alarms; None before `up`."""
    pages = boto3.client("sns").get_paginator("list_topics").paginate()
    topics = (each["TopicArn"] for page in pages for each in page["Topics"])
    name = f":{target.stack}-alarms"
    return next((each for each in topics if each.endswith(name)), None)


def _subscriptions(topic: str) -> list[Subscription]:
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic")
    return [
        Subscription(each["Endpoint"], each["SubscriptionArn"].startswith("arn:"))
        for page in pages.paginate(TopicArn=topic)
        for each in page["Subscriptions"]
    ]
