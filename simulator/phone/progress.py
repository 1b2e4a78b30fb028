"""How far the answer to a push is, in one word for the page, and how long its user waited.

    delivering   WeChat is still waiting for the backend
    working      a job will answer                    retrying   its last try has failed
    answered     the connection brought the answer    sent       messages have brought it
    held         it waits in the user's line          carried    it has left the line later
    dropped      WeChat never takes it                dead       the job is a dead letter
    fault        the user has read the fault text     unread     the user has unfollowed
    silent       the handler has nothing to say       agent      an agent has the user
    unrouted     no route fits                        unneeded   and WeChat would show no answer

Only what the user has got counts as answered or sent, whatever the record says.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.wechat.parsing import kind_of
from simulator.pushes import Push

from .backend_view import BackendView
from .conversation import Late, Turn

_STILL_OPEN = ("delivering", "working", "retrying")
_WITHOUT_TIME = ("held", "carried", "dropped", "dead")
"""States in which only messages that came have a time; the reply before them is no answer."""


def progress(turn: Turn, late: Sequence[Late], backend: BackendView) -> dict[str, Any]:
    """The state of a turn, the milliseconds until its last part, or None, and how many parts
    wait in the line and have arrived late.
    """
    state = _state(turn, late, backend)
    return {
        "state": state,
        "milliseconds": _milliseconds(turn, late, state),
        "held": backend.held[turn.identity],
        "parts": len(late),
    }


def expects_reply(push: Push) -> bool:
    """Whether WeChat shows a reply to it, now or later. After most events it does not."""
    kind = kind_of({name: str(push.fields.get(name)) for name in ("MsgType", "Event")})
    return kind.reply_window is not None


def _state(turn: Turn, late: Sequence[Late], backend: BackendView) -> str:
    log = backend.log_summaries.get(turn.identity, {})
    if turn.outcome is None:
        return "delivering"
    if turn.outcome.agent:
        return "agent"
    if turn.outcome.fault:
        return "fault"
    return (
        _of_job(turn, log, backend) or _of_line(turn, log, backend) or _of_answer(turn, late, log)
    )


def _of_job(turn: Turn, log: Mapping[str, Any], backend: BackendView) -> str:
    """The state of a push whose job is not done, or empty."""
    places = [seen.what["where"] for seen in backend.jobs.get(turn.identity, [])]
    waits = places[-1:] == ["jobs"]
    resent = waits and "dead" in places
    if places[-1:] == ["dead"] or (log.get("outcome") == "dead" and not resent):
        return "dead"
    if waits or backend.is_under_way(turn.identity):
        return "retrying" if _problem(log) == "failed" else "working"
    return ""


def _of_line(turn: Turn, log: Mapping[str, Any], backend: BackendView) -> str:
    """The state of an answer that WeChat has not taken, or empty."""
    if turn.identity in backend.held:
        return "held"
    if _problem(log) == "waiting":
        return "carried" if backend.tables_shown["there"] else "held"
    return "dropped" if _problem(log) == "dropped" else ""


def _problem(log: Mapping[str, Any]) -> str:
    """The name of what is wrong, or empty."""
    return str((log.get("problem") or {}).get("name", ""))


def _of_answer(turn: Turn, late: Sequence[Late], log: Mapping[str, Any]) -> str:
    """The state of a push for which nothing more can come."""
    if late:
        return "sent"
    if turn.outcome and turn.outcome.unread:
        return "unread"
    if turn.outcome and turn.outcome.reply:
        return "answered"
    if not expects_reply(turn.push):
        return "unneeded"
    return "unrouted" if log.get("outcome") == "unanswered" else "silent"


def _milliseconds(turn: Turn, late: Sequence[Late], state: str) -> int | None:
    if state in _STILL_OPEN:
        return None
    ends = [each.at for each in late]
    if state not in _WITHOUT_TIME:
        ends += [each.at + each.milliseconds / 1000 for each in turn.exchanges]
    return round((max(ends) - turn.at) * 1000) if ends else None
