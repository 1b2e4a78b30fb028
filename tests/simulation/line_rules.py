"""The rules of the line: what each write asks for, and how it is sent from."""

from chalicelib.delivery import message, parts
from chalicelib.delivery.drain import Drain
from chalicelib.delivery.line import Line
from chalicelib.delivery.putting import Putting

from .breaks import FAILING, LATE, TRUE, TWICE
from .mutants import mutant

_FLOOD = ("kind:series", "kind:list", "kind:mail")
_PUT = "push, *(change.writes if change else ()), *changes"

LINE = (
    mutant(
        "put: one transaction, delivered first",
        Putting._put,
        _PUT,
        "*([self._table.write(push)][:0] or (change.writes if change else (push,)))",
        weather=(*FAILING, "kind:series"),
    ),
    mutant(
        "put: one transaction, the line first",
        Putting._put,
        _PUT,
        "*([change and self._table.write(*change.writes)][:0] or (push,))",
        weather=(*FAILING, "kind:series"),
    ),
    mutant(
        "line: unchanged since it was read",
        Line._unchanged,
        'equal("version", self.version)',
        TRUE,
        weather=(*_FLOOD, *TWICE, *LATE),
    ),
    mutant(
        "line: nothing waits where nothing is known",
        Line._unchanged,
        'equal("parts", parts.to_json(()))',
        TRUE,
        weather=(*_FLOOD, "others:REFUSED"),
    ),
    mutant("line: what has expired is gone", Line._read, 'float(item["expires"]) > now', "True"),
    mutant(
        "1.0.0: an expired outbox is gone",
        Line._with_outbox,
        "not outbox.waits(item, now)",
        'item["waiting"] == "[]"',
    ),
    mutant(
        "1.0.0: an outbox is emptied by who puts it into the line",
        Line.writes,
        "changes.append(outbox.emptied(self.openid, self.left_over))",
        "pass",
    ),
    mutant(
        "1.0.0: an outbox is looked for",
        Line.writes,
        "changes.append(outbox.still_empty(self.openid, now))",
        "pass",
    ),
    mutant(
        "line: it has a limit", Line.put, "if oldest is None:", "break\n        if oldest is None:"
    ),
    mutant(
        "hold: one sender at a time",
        Line.held_by_other,
        "return self.holder not in (NOBODY, me) and self.until > now",
        "return False",
        weather=(*_FLOOD, *TWICE, "api:STALLED"),
    ),
    mutant(
        "hold: a dead holder leaves a doubt",
        Line.taken_over,
        "self.let_go(self.sending)",
        "self.let_go()",
        weather=("api:KILLED_AFTER", "table:KILLED_BEFORE", "kind:series"),
    ),
    mutant(
        "gone: after some tries only the message is in doubt",
        Drain._written,
        "if attempt == CONFIRMING_TRIES:",
        "if True:",
        weather=("table:REFUSED", "table:UNCONFIRMED", "kind:series"),
    ),
    mutant(
        "gone: counts",
        Drain._gone,
        ".has_sent(self._clock())",
        "",
        weather=("past:SLOW", "kind:series"),
    ),
    mutant(
        "gone: what is not confirmed is in doubt",
        Drain._gone,
        "names if refusal is None else ()",
        "()",
        weather=("table:REFUSED", "table:UNCONFIRMED", "table:HANGING", "kind:series"),
    ),
    mutant(
        "let go: with what is in doubt",
        Drain.drain,
        "self._let_go(line, turn, message.names)",
        "self._let_go(line, turn)",
        weather=("api:UNCONFIRMED", "kind:series"),
    ),
    mutant(
        "let go: at once",
        Drain.drain,
        "self._waits(drained, self._let_go(line, turn), error)",
        "self._waits(drained, line, error)",
        weather=(*_FLOOD, "others:REFUSED"),
    ),
    mutant(
        "a doubt is counted",
        Drain._asked,
        "if name in line.doubt",
        "if False",
        weather=("api:UNCONFIRMED", "kind:series"),
    ),
    mutant(
        "a held line is waited for",
        Drain._held,
        "self._sleep(LOOK)\n        return self._look(turn)",
        "return line.without(tuple(part.name for part in line.parts))",
        weather=(*_FLOOD, *TWICE, "api:STALLED", "others:REFUSED", "api closes:REFUSED"),
    ),
    mutant(
        "not now: nothing is dropped",
        Drain._asked,
        "except MessageRefused as error:",
        "except (NotNow, MessageRefused) as error:",
        weather=("others:REFUSED", "kind:series"),
    ),
    mutant(
        "not now: WeChat is asked, whatever was counted",
        Drain.drain,
        "while line.parts and",
        "while line.parts and line.used < turn.messages and",
        weather=("kind:series", "kind:mail", "past:SLOW"),
    ),
    mutant(
        "an errcode that nobody knows is final at last",
        Drain._asked,
        "if turn.last and type(error) in (ApiError, UnknownKind):",
        "if False:",
    ),
    mutant(
        "a user who is gone gets nothing more",
        Drain._asked,
        "tuple(part.name for part in line.parts)",
        "message.names",
        weather=("api gone:REFUSED", *_FLOOD),
    ),
    mutant(
        "a bad message takes no other with it",
        Drain._asked,
        "return Asked(message.names, str(error))\n    except Final",
        "return Asked(tuple(part.name for part in line.parts), '')\n    except Final",
        weather=("api final:REFUSED", *_FLOOD),
    ),
    mutant(
        "what is dropped is counted",
        Drain._gone,
        "counts.dropped(refusal, names)",
        "pass",
    ),
    mutant(
        "a later push opens messages again",
        Line.asked_by,
        "arrival <= self.since",
        "True",
    ),
    mutant(
        "what was sent since a push came has used its messages",
        Line.asked_by,
        "tuple(at for at in self.sent if at > arrival)",
        "()",
        weather=_FLOOD,
    ),
    mutant(
        "line: nothing was sent since the push came where nothing is known",
        Line._unchanged,
        'any_of(absent("latest"), at_most("latest", since))',
        TRUE,
        weather=_FLOOD,
    ),
    mutant(
        "the last message says that more waits",
        message.next_message,
        "likely == 1 and stays",
        "False",
        weather=("past:SLOW", "kind:series"),
    ),
    mutant(
        "only the last message says so",
        message.next_message,
        "likely == 1 and stays",
        "stays",
    ),
    mutant(
        "parts keep their order",
        parts.parts_of,
        "for number, piece in enumerate(pieces, first)",
        "for number, piece in reversed(list(enumerate(pieces, first)))",
    ),
)
