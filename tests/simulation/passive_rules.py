"""The rules of accounts without the customer service API, whose pushes fetch what waits."""

from chalicelib.delivery import fetching
from chalicelib.delivery.fetching import Fetching
from chalicelib.delivery.line import Line
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.putting import Putting
from chalicelib.delivery.recorded import RecordedPushes

from .breaks import FAILING, STUCK
from .mutants import mutant

_QUICK = ("kind:fast", "kind:list", "kind:slow")

PASSIVE = (
    mutant(
        "passive: the first redelivery stays silent",
        RecordedPushes._take_over,
        "if first:",
        "if False:",
    ),
    mutant(
        "passive: only the first redelivery stays silent",
        RecordedPushes._take_over,
        "if first:",
        "if True:",
    ),
    mutant(
        "passive: slow routes are recorded",
        Pushes._dispatch,
        "if queued and not self._passive and",
        "if route.slow and",
    ),
    mutant(
        "passive: a handler has 14 seconds",
        RecordedPushes._patience,
        "passive if self._passive else DEADLINE",
        "DEADLINE",
    ),
    mutant(
        "passive: an answer beside what another delivery fetched is kept",
        RecordedPushes._stored,
        "known.fetched is None",
        "True",
    ),
    mutant(
        "passive: an answer and the line in one transaction",
        Fetching.answer,
        "item = self._table.write(answer, *changes)",
        "item = [self._table.write(each) for each in (*changes, answer)][-1]",
        weather=(*FAILING, *_QUICK),
    ),
    mutant(
        "passive: what is fetched and the line in one transaction",
        Fetching._taken,
        "self._table.write(*fetch.writes)",
        "[self._table.write(each) for each in reversed(fetch.writes)]",
        weather=(*FAILING, *_QUICK),
    ),
    mutant(
        "passive: what was fetched goes back to the head",
        Putting.answer,
        "at_head=at_head",
        "at_head=False",
        weather=("table:UNCONFIRMED", "kind:list", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: what goes back has a name of its own",
        Putting.answer,
        'f"{job.identity}.fetched" if at_head else job.identity',
        "job.identity",
        weather=("table:UNCONFIRMED", "kind:list", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: only a delivery in time fetches",
        Fetching._looked,
        "if late:",
        "if False:",
        weather=("handlers:SLOW", *STUCK, "table:SLOW", *_QUICK),
    ),
    mutant(
        "passive: a late delivery lets no earlier fetch be done after it",
        Fetching._looked,
        "Fetch((), (nothing,)) if redelivered else ()",
        "()",
        weather=("table:LATE", "request:SLOW", "past:SLOW", "deliveries:4"),
    ),
    mutant(
        "passive: not sure of a fetch, silence",
        Fetching.fetch,
        "raise Unsure",
        "return ()",
        weather=("table:UNCONFIRMED", "table:LATE", *_QUICK),
    ),
    mutant(
        "passive: a delivered push says again what it fetched",
        RecordedPushes._again,
        'return self._with_line(routed, PushOutcome("answered_before"), found)',
        'return PushOutcome("answered_before")',
        weather=("response:UNCONFIRMED", *_QUICK),
    ),
    mutant(
        "switch: a door says again what one of the other mode fetched",
        RecordedPushes._with_line,
        "looks = self._passive or (found is not None and found.fetched is not None)",
        "looks = self._passive",
        weather=("switch:SLOW", "past:SLOW", "response:UNCONFIRMED", "kind:fast", "handlers:SLOW"),
    ),
    mutant(
        "passive: nobody fetches from a line that is held",
        fetching._spoken,
        "if line.held_by_other(NOBODY, now):",
        "if False:",
        weather=("switch:SLOW", "past:SLOW", "api:SLOW", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: a door counts a doubt, too",
        fetching._count,
        "counts.repeated(spoken.repeated)",
        "pass",
        weather=("switch:SLOW", "api:UNCONFIRMED", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: a door knows what a dead holder was sending",
        fetching._spoken,
        "line.taken_over()",
        "line",
        weather=("switch:SLOW", "api:KILLED_AFTER", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: what only a message can carry blocks nothing",
        fetching._spoken,
        "while rest.parts and _passive(rest.parts[0]) is None:",
        "while False:",
        weather=("kind:options", "kind:fast"),
    ),
    mutant(
        "passive: what no reply can carry is counted",
        fetching._count,
        'counts.dropped("only a customer service message can carry it", spoken.dropped)',
        "pass",
        weather=("kind:options", "kind:fast"),
    ),
    mutant(
        "passive: a transfer fetches nothing",
        Fetching._answered,
        " or _is_transfer(own)",
        "",
        weather=("kind:transfer", "kind:series", "response:UNCONFIRMED"),
    ),
    mutant(
        "passive: an answer asks for the line as it was read",
        Line._unchanged,
        'equal("version", self.version)',
        'absent("nothing")',
        weather=("kind:fast", "kind:list", "handlers:SLOW"),
    ),
)
