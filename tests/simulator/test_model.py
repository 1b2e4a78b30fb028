"""The stand-in for a language model: an OpenAI-compatible endpoint that behaves as it is told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from simulator.model import texts
from simulator.model.behaviour import Behaviour, Thoughts
from simulator.model.endpoint import Model, running
from tests.patience import PATIENCE

QUESTION = "怎么泡茶？"
WHOLE = texts.text(QUESTION, 600)


@pytest.fixture(scope="module")
def serving() -> Iterator[Model]:
    with running(Behaviour(speed=0)) as model:
        yield model


@pytest.fixture
def model(serving: Model) -> Model:
    """At once, unless a test or a question says otherwise."""
    serving.behaviour = Behaviour(speed=0)
    return serving


def posted(
    model: Model, question: str = QUESTION, /, patience: float = PATIENCE, **fields: Any
) -> httpx.Response:
    asked = {"model": "any", "messages": [{"role": "user", "content": question}], **fields}
    with httpx.Client(trust_env=False, timeout=patience) as client:
        headers = {"Authorization": "Bearer k"}
        return client.post(f"{model.url}/chat/completions", json=asked, headers=headers)


def deltas(response: httpx.Response) -> list[dict[str, str]]:
    """What a whole stream says."""
    events = response.text.removesuffix("\n\n").split("\n\n")
    assert events.pop() == "data: [DONE]"
    chunks = [json.loads(event.removeprefix("data: "))["choices"][0] for event in events]
    assert [each["finish_reason"] for each in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    return [each["delta"] for each in chunks]


def said(response: httpx.Response, field: str = "content") -> str:
    return "".join(delta.get(field, "") for delta in deltas(response))


def test_an_answer_comes_token_by_token_or_as_one_message(model: Model) -> None:
    streamed = posted(model, stream=True)
    assert streamed.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert len(deltas(streamed)) > 300
    message = posted(model).json()["choices"][0]["message"]
    assert said(streamed) == message["content"] == WHOLE


def test_the_same_question_and_seed_get_the_same_answer_of_the_length_that_is_asked_for(
    model: Model,
) -> None:
    assert len(WHOLE) == 600
    long = said(posted(model, f"{QUESTION} length=1000", stream=True))
    assert len(long) == 1000
    assert long[:400] == WHOLE[:400]
    model.behaviour = replace(model.behaviour, seed=1)
    assert said(posted(model, stream=True)) not in (WHOLE, said(posted(model, "?", stream=True)))


def test_as_many_tokens_come_in_a_second_as_the_speed_says(model: Model) -> None:
    answer = posted(model, f"{QUESTION} length=30 speed=200", stream=True)
    assert len([each for each in deltas(answer) if each.get("content")]) == 20
    assert answer.elapsed.total_seconds() >= 0.1


@pytest.mark.parametrize("flag", ["prefix", "partial"])
@pytest.mark.parametrize("place", [0, 1, 37, 200, 599, 600])
def test_it_goes_on_from_what_the_assistant_said_last(model: Model, flag: str, place: int) -> None:
    begun = {"role": "assistant", "content": WHOLE[:place], flag: True}
    messages = [{"role": "user", "content": QUESTION}, begun]
    assert WHOLE[:place] + said(posted(model, messages=messages, stream=True)) == WHOLE


def test_it_goes_on_from_a_text_without_marks_too_but_from_no_other(model: Model) -> None:
    marked = "**要点**\n\n- 茶\n\n```python\nx = 1\n```\n\n后面"
    plain = "要点\n\n• 茶\n\n```\nx = 1\n```\n\n"
    assert texts.rest(marked, plain) == "后面"
    assert texts.rest(marked, plain.removesuffix("\n```\n\n")) == "\n```\n\n后面"
    assert texts.rest(marked, plain + "前面") is None
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": "别的", "prefix": True},
    ]
    assert posted(model, messages=messages).status_code == 400


def test_an_answer_that_is_not_to_be_continued_begins_again(model: Model) -> None:
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": WHOLE[:100]},
    ]
    assert said(posted(model, messages=messages, stream=True)) == WHOLE


def test_it_shows_its_thoughts_as_deepseek_does_or_in_tags_or_not_at_all(model: Model) -> None:
    model.behaviour = replace(model.behaviour, think=0.01)
    assert said(posted(model, stream=True)) == WHOLE
    reasoned = posted(model, f"{QUESTION} thoughts=reasoning", stream=True)
    assert "先想一想" in said(reasoned, "reasoning_content")
    assert "先想一想" not in said(reasoned)
    model.behaviour = replace(model.behaviour, thoughts=Thoughts.TAGS)
    thought, _, answer = said(posted(model, stream=True)).partition("</think>\n\n")
    assert thought.startswith("<think>\n")
    assert answer == WHOLE


@pytest.mark.parametrize("status", [429, 500])
def test_it_refuses_when_it_is_asked_to(model: Model, status: int) -> None:
    refused = posted(model, f"{QUESTION} fail={status}", stream=True)
    assert refused.status_code == status
    assert refused.json()["error"]["code"] == status
    assert posted(model, stream=True).status_code == 200


def test_it_hangs_up_in_the_middle(model: Model) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        posted(model, f"{QUESTION} cut=100", stream=True)


def test_it_falls_silent_and_does_not_keep_the_server_from_ending() -> None:
    with running(Behaviour(speed=0, hang=3)) as model, pytest.raises(httpx.ReadTimeout):
        posted(model, patience=0.1, stream=True)


def test_a_request_without_a_key_or_messages_is_refused(model: Model) -> None:
    assert posted(model, messages=[]).status_code == 400
    unsigned = httpx.post(f"{model.url}/chat/completions", json={}, trust_env=False)
    assert unsigned.status_code == 401
