"""Logs one line of JSON for each thing that happens, with its metrics inside.

CloudWatch reads the metrics from the line (embedded metric format), so that counting needs no
call. A line never holds a secret, an openid or a user's words. Exceptions are logged as type and
frames, because their messages often quote the data that caused them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import TextIO

from .ports import Unavailable
from .wechat.errors import ApiError, OperatorMustAct

NAMESPACE = "wechalice"
DEEPEST = 8
"""Exceptions logged from one chain, because a chain may be a circle."""

_LOGGERS = ("wechalice", "chalicelib")
_encode = json.JSONEncoder(ensure_ascii=False, default=repr).encode


def configure(stage: str, stream: TextIO | None = None, *, quotes_errors: bool = False) -> None:
    """Sends our lines, and those of the handlers' own loggers, to `stream` or standard output.

    `quotes_errors` adds the messages of exceptions; use it only on a developer's machine.
    """
    _lines.stage = stage
    _lines.quotes_errors = quotes_errors
    _lines.stream = stream or sys.stdout
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [_lines]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def write(
    event: str,
    metrics: Mapping[str, float] | None = None,
    cause: BaseException | None = None,
    level: int = logging.INFO,
    /,
    **fields: object,
) -> None:
    """Writes one line; `metrics` are counts, or milliseconds if the name ends in Milliseconds.

    A line with a `cause` is an error that somebody should look at.
    """
    now = time.time()
    if metrics:
        fields.update(metrics)
    level = logging.ERROR if cause else level
    _lines.put(now, level, event, cause, fields, _embedded(metrics, now) if metrics else "")


def error(
    event: str,
    metrics: Mapping[str, float] | None = None,
    cause: BaseException | None = None,
    /,
    **fields: object,
) -> None:
    """Writes one line that somebody should look at."""
    write(event, metrics, cause, logging.ERROR, **fields)


class _Lines(logging.Handler):
    """Writes all lines. Ours skip logging's LogRecord, which costs as much as AES does."""

    stage = ""
    quotes_errors = False
    stream: TextIO = sys.stdout

    def emit(self, record: logging.LogRecord) -> None:
        cause = record.exc_info[1] if record.exc_info else None
        try:
            event = record.getMessage()
        except (TypeError, ValueError):
            event = str(record.msg)  # its arguments do not fit; that must not prevent an answer
        self.put(record.created, record.levelno, event, cause, reason(cause))

    def put(
        self,
        created: float,
        level: int,
        event: str,
        cause: BaseException | None,
        fields: Mapping[str, object],
        embedded: str = "",
    ) -> None:
        line = {
            "time": round(created, 3),
            "level": logging.getLevelName(level),
            "event": event,
            "Stage": self.stage,
            **fields,
        }
        if cause:
            line["cause"] = _described(cause, quoted=self.quotes_errors)
        try:
            self._print(f"{_encode(line)[:-1]}{embedded}}}\n")
        except (OSError, ValueError):
            return  # a closed log must not prevent an answer either

    def _print(self, line: str) -> None:
        try:
            self.stream.write(line)
        except UnicodeEncodeError:
            self.stream.write(line.encode("ascii", "backslashreplace").decode())
        self.stream.flush()


_lines = _Lines()


def reason(error: BaseException | None) -> dict[str, str]:
    """The message of one of our own errors, which hold nothing private; empty for others."""
    return {"reason": str(error)} if isinstance(error, ApiError | Unavailable) else {}


@contextmanager
def telling_operators() -> Iterator[None]:
    """Logs, counts and passes on each error that an operator must fix; the line says how."""
    try:
        yield
    except OperatorMustAct as refusal:
        metrics = {"OperatorMustAct": 1}
        error(
            "calls to WeChat fail until an operator acts",
            metrics,
            errcode=refusal.errcode,
            **reason(refusal),
        )
        raise


def _embedded(metrics: Mapping[str, float], created: float) -> str:
    declared = _declared(*metrics)
    return f', "_aws": {{"Timestamp": {int(created * 1000)}, "CloudWatchMetrics": {declared}}}'


@cache
def _declared(*names: str) -> str:
    """JSON that declares which fields are metrics; cached, because it is a third of a line."""
    named = [
        {"Name": name, "Unit": "Milliseconds" if name.endswith("Milliseconds") else "Count"}
        for name in names
    ]
    return _encode([{"Namespace": NAMESPACE, "Dimensions": [["Stage"]], "Metrics": named}])


def _described(error: BaseException, *, quoted: bool) -> list[str]:
    """The exception and its causes, outermost first, each as type and frames."""
    described: list[str] = []
    for each in islice(_causes(error), DEEPEST):
        described.append(f"{type(each).__name__}: {each}" if quoted else type(each).__name__)
        described += [line.rstrip() for line in traceback.format_tb(each.__traceback__)]
    return described


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Rejections:
    """Counts pushes turned away, in at most one line a second, because they may come in floods."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._written = float("-inf")
        self._metrics: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def add(self, metric: str, reason: str) -> None:
        self._metrics[metric] += 1
        self._reasons[reason] += 1
        self.write()

    def write(self) -> None:
        """Writes the counts, unless a line was written within the last second."""
        now = self._clock()
        if self._reasons and now - self._written >= 1:
            self._written = now
            write("pushes turned away", dict(self._metrics), reasons=dict(self._reasons))
            self._metrics.clear()
            self._reasons.clear()
