"""What `status` shows of a stage, part by part."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import boto3
from botocore.exceptions import ClientError

from chalicelib import __version__
from chalicelib.wechat.errors import ApiError

from . import (
    alarm_states,
    crashes,
    frames,
    jobs,
    logs,
    presence,
    reasons,
    rolled_back,
    secret_store,
    wechat,
    wording,
)
from .errors import EXPECTED, permission, refused_as, sentence
from .region import region
from .target import Target

ERRORS = 5
"""The kinds of errors that fit on the screen."""

_STARTED = '{ $.event = "process started" }'
_ERROR = '{ $.level = "ERROR" }'
_TURNED_AWAY = '{ $.event = "pushes turned away" }'
_QUOTAS = (
    "/cgi-bin/message/custom/send",
    "/cgi-bin/message/custom/typing",
    "/cgi-bin/message/template/send",
)
_MAY_NOT_ASK = (48001, 76021, 76022)
_LOW = 10
"""A quota is low when less than one in so many calls is left."""


class Glance(NamedTuple):
    """One part of the screen: its lines, what it is as JSON, and whether somebody should look."""

    lines: Sequence[str]
    value: Any
    worries: bool = False


def of(target: Target, since: float) -> Iterator[tuple[str, Glance]]:
    """Each part by its name, with errors `since` then (epoch seconds). One may fail alone.

    Permissions that are missing are a part of their own.
    """
    refused: dict[str, str] = {}
    for name, look in _PARTS.items():
        try:
            yield name, look(target, since)
        except EXPECTED as error:
            told, missing = sentence(error), permission(error)
            if missing:
                refused[name] = missing
            yield name, Glance([] if missing else [told], {"error": told}, worries=True)
    if refused:
        yield "permissions", _permissions(target, refused)


def _permissions(target: Target, refused: Mapping[str, str]) -> Glance:
    missing = sorted({*refused.values()})
    lines = [
        f"you lack {', '.join(missing)}, so some is not shown: {', '.join(refused)}",
        f"→ python -m ops deploy-policy --stage {target.stage} prints what whoever deploys needs",
    ]
    return Glance(lines, missing, worries=True)


def _version(target: Target, _: float) -> Glance:
    found = {
        name: _release(group) for group in logs.groups(target) if (name := group.rpartition("/")[2])
    }
    lines, back = [], {name: rolled_back.told(name) for name, (_, there) in found.items() if there}
    for name, (release, changed) in found.items():
        lines.append(f"{name}  {_told_release(release, changed)}")
        lines += [f"  {words} (deploy --previous)"] if (words := back.get(name)) else []
    value = {
        name: {"version": release, **({"back": words} if (words := back.get(name)) else {})}
        for name, (release, _) in found.items()
    }
    known = {release for release, _ in found.values() if release}
    if known - {__version__}:
        lines.append(f"This checkout is {__version__}.")
    deployed = any(changed for _, changed in found.values())
    if not deployed:
        lines = [
            f"{target.stage} is not deployed in {region()}: is that the right region (AWS_REGION)?",
            f"→ python -m ops deploy --stage {target.stage}",
        ]
    return Glance(lines, value, worries=len(known) > 1 or not deployed or any(back.values()))


def _told_release(release: str | None, changed: float) -> str:
    if not changed:
        return "not deployed"
    ago = f"changed {wording.age(time.time() - changed)} ago"
    return f"{release}  {ago}" if release else f"{ago}; no process has started since then"


def _release(group: str) -> tuple[str | None, float]:
    """The release that a function runs, by its log, and when it was changed; 0 if it is missing."""
    name = group.rpartition("/")[2]
    try:
        found = boto3.client("lambda").get_function_configuration(FunctionName=name)
    except ClientError as error:
        if refused_as(error, "ResourceNotFoundException"):
            return None, 0
        raise
    changed = datetime.fromisoformat(found["LastModified"]).timestamp()
    started = (line.fields for line in logs.lines(group, _STARTED, changed))
    releases = (each["version"] for each in started if each.get("event") == "process started")
    return next(releases, None), changed


def _resources(target: Target, _: float) -> Glance:
    """What somebody has deleted by hand of all that the templates describe."""
    stacks = [*presence.standing(target)]
    if not stacks:
        lines = [
            f"{target.stack} has none in {region()}, or is being changed",
            f"→ python -m ops doctor --stage {target.stage}",
        ]
        return Glance(lines, [], worries=True)
    gone = [each for text, name in stacks for each in presence.gone(text, target, name)]
    lines = [
        f"{each.name or each.logical} ({each.kind.rpartition('::')[2]}) is gone" for each in gone
    ]
    lines += [f"→ python -m ops doctor --stage {target.stage}"] if gone else []
    value = [each.name or each.logical for each in gone]
    return Glance(lines or ["all are there"], value, worries=bool(gone))


def _alarms(target: Target, _: float) -> Glance:
    found = alarm_states.on(target)
    lines = [f"{name}: {reason}" for name, reason in found.items()] or ["none is on"]
    return Glance(lines, dict(found), worries=bool(found))


def _errors(target: Target, since: float) -> Glance:
    """The newest of each kind: its function, event, route and errcode."""
    kinds: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for group in logs.groups(target):
        ours = (line.fields for line in logs.lines(group, _ERROR, since))
        errors = (fields for fields in ours if fields.get("level") == "ERROR")
        for fields in (*errors, *crashes.found(group, since)):
            named = (str(fields.get(each, "")) for each in ("event", "route", "errcode"))
            kinds.setdefault((group.rpartition("/")[2], *named), []).append(fields)
    newest = sorted(kinds.items(), key=lambda kind: kind[1][-1]["time"], reverse=True)[:ERRORS]
    value = [
        {
            "function": function,
            "event": event,
            "route": route,
            "times": len(found),
            "time": found[-1]["time"],
            "reason": str(found[-1].get("reason", "")),
            "cause": frames.shown(found[-1].get("cause", [])),
        }
        for (function, event, route, _), found in newest
    ]
    return Glance([*_told(value)] or ["none"], value, worries=bool(value))


def _told(errors: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in errors:
        words = (each["function"], each["event"], each["route"], wording.times(each["times"]))
        ago = wording.age(time.time() - each["time"])
        yield "  ".join([f"{ago} ago", *filter(None, words)])
        if each["reason"]:
            yield f"  {reasons.in_words(each['reason'])}"
        for line in each["cause"]:
            yield from (f"  {part}" for part in line.splitlines())


def _pushes(target: Target, since: float) -> Glance:
    """Why the door turned pushes away: all of them, for example, while its token is wrong."""
    door, *_ = logs.groups(target)
    counts, last = Counter[str](), 0.0
    for fields in (line.fields for line in logs.lines(door, _TURNED_AWAY, since)):
        for code, each in fields.get("reasons", {}).items():
            if not reasons.is_of_doctor(code):
                counts[code] += each
                last = fields["time"]
    if not counts:
        return Glance(["none was turned away"], {"turned_away": {}})
    ago = wording.age(time.time() - last)
    told = [f"{counts.total()} turned away, the last one {ago} ago"]
    told += [f"  {reasons.in_words(code)} ({each})" for code, each in counts.most_common()]
    return Glance(told, {"turned_away": dict(counts)}, worries=True)


def _queues(target: Target, _: float) -> Glance:
    """What waits, what is being tried, and what is dead; a queue that is gone hides no other."""
    dead, waiting, tried, gone = 0, dict[str, int](), dict[str, int](), list[str]()
    for queue in target.queues:
        if found := jobs.counted(target, queue.name):
            waiting[queue.name], tried[queue.name] = found
        if letters := jobs.counted(target, queue.dead_letters):
            dead += sum(letters)
        names = {queue.name: found, queue.dead_letters: letters}
        gone += [name for name, there in names.items() if there is None]
    lines = [wording.count(dead, "dead letter")]
    for name, count in waiting.items():
        lines.append(f"{name}: {count} wait" + _being_tried(tried[name]))
    if gone:
        lines += [f"gone: {', '.join(gone)}", f"→ python -m ops up --stage {target.stage}"]
    value = {"dead": dead, "waiting": waiting, "tried": tried, "gone": gone}
    return Glance(lines, value, worries=dead > 0 or bool(gone))


def _being_tried(count: int) -> str:
    return f", {count} {'is' if count == 1 else 'are'} being tried" if count else ""


def _secrets(target: Target, _: float) -> Glance:
    found, wanted = secret_store.listed(target), secret_store.wanted(target)
    missing = [name for name in wanted if name not in found]
    ages = [f"{name} {wording.age(each.age)}" for name, each in found.items()]
    value = {name: {"version": each.version, "age": each.age} for name, each in found.items()}
    lines = [" · ".join(ages)] if ages else []
    lines += [f"missing: {', '.join(missing)}"] if missing else []
    return Glance(lines, value, worries=bool(missing))


def _quota(target: Target, _: float) -> Glance:
    """WeChat's count of the day; not of a call about which the account may not ask."""
    api, found = wechat.api(target), dict[str, Any]()
    for path in _QUOTAS:
        try:
            answer = api.call("POST", "/cgi-bin/openapi/quota/get", body={"cgi_path": path})
        except ApiError as error:
            if error.errcode not in _MAY_NOT_ASK:
                raise
        else:
            found[path] = answer["quota"]
    lines = [
        f"{path.removeprefix('/cgi-bin/')}: {each['remain']} of {each['daily_limit']} left today"
        for path, each in found.items()
    ]
    low = any(each["remain"] * _LOW < each["daily_limit"] for each in found.values())
    return Glance(lines or ["WeChat tells none to this account"], found, worries=low)


_Look: TypeAlias = Callable[[Target, float], Glance]
_PARTS: Mapping[str, _Look] = {
    "version": _version,
    "resources": _resources,
    "alarms": _alarms,
    "errors": _errors,
    "pushes": _pushes,
    "queues": _queues,
    "secrets": _secrets,
    "quota": _quota,
}
