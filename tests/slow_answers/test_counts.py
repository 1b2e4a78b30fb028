"""What nobody will read is counted once, however often its write is tried."""

import pytest

from chalicelib.conditions import Item
from chalicelib.delivery.line import Line
from chalicelib.delivery.parts import Counts, parts_of
from chalicelib.ports import Write
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.replies import Reply, Text, WxCard
from tests.door import Door
from tests.fakes import Request
from tests.slow_answers.deliveries import ALICE, SEND, say, texts
from tests.wechat_api import json_answer


def test_a_refused_message_that_cannot_be_taken_out_is_neither_counted_nor_in_doubt(
    door: Door,
) -> None:
    respond = door.wechat.transport.respond
    outages = [3]

    def refusing_images(request: Request) -> ApiResponse:
        if request.path == SEND and request.fields["msgtype"] == "image":
            door.table.lost_writes = outages.pop() if outages else 0
            return json_answer(errcode=40007, errmsg="invalid media_id")
        return respond(request)

    door.wechat.transport.respond = refusing_images
    say(door, "mixed")
    door.work(seconds=10)
    assert texts(door) == ["one", "three"]
    assert door.counted("JobFailed") == 1
    assert (door.counted("AnswerDropped"), door.counted("PartRepeated")) == (1, 0)


def test_a_reply_that_is_written_again_counts_what_it_drops_once(
    passive: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = passive.table.write

    def overtaken(*writes: Write) -> Item:
        if len(writes) > 1:
            monkeypatch.setattr(passive.table, "write", write)
            waits(passive, "another", Text("two"))
        return write(*writes)

    waits(passive, "one", WxCard("card"))
    monkeypatch.setattr(passive.table, "write", overtaken)
    assert "two\n\nfast answer" in say(passive, "fast").body
    assert passive.counted("AnswerDropped") == 1


def waits(door: Door, name: str, reply: Reply) -> None:
    """Puts a reply into Alice's line, as a worker does."""
    line = Line.look(door.table, ALICE, door.clock.now)
    own = parts_of(name, (reply,), door.clock.now, Counts())
    door.table.write(*line.writes(line.put(own, Counts()), door.clock.now).writes)
