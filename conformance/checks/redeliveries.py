"""WeChat delivers again what was not answered in five seconds, up to three times in all."""

import time
from concurrent.futures import ThreadPoolExecutor

from .. import pushes
from ..backend import Backend, Failed, said
from ..check import check
from ..delivery import DELIVERIES, Answer, Envelope, sealed
from ..pushes import Push


def _counted(backend: Backend) -> tuple[str, Envelope]:
    user = pushes.openid()
    return user, backend.seal(pushes.text(backend.options.counter or ""), user)


def _said(backend: Backend, answer: Answer) -> str | None:
    reply = backend.read(answer)
    return None if reply is None else said(reply)


@check("counter")
def a_redelivery_gets_the_same_answer(backend: Backend) -> str:
    """A push that is delivered again gets the first answer again.

    WeChat delivers again only after it threw the first answer away.
    """
    _, envelope = _counted(backend)
    answers = [_said(backend, backend.wire.post(envelope)) for _ in range(3)]
    if set(answers) != {"1"}:
        raise Failed(f"three deliveries were answered {answers}")
    return "three deliveries, each answered 1"


@check("counter")
def a_redelivery_has_no_second_effect(backend: Backend) -> str:
    """A push that is delivered again does not run its handler again.

    The second booking, payment or e-mail is worse than a missing answer.
    """
    user, envelope = _counted(backend)
    for _ in range(DELIVERIES):
        backend.wire.post(envelope)
    answered = backend.says(backend.options.counter or "", user)
    if answered != "2":
        raise Failed(f"after three deliveries the next push is number {answered}")
    return "after three deliveries the next push is number 2"


@check("counter")
def two_deliveries_at_once_have_one_effect(backend: Backend) -> str:
    """Two deliveries of a push at the same moment run its handler once.

    A proxy that tries again, or a slow start, brings them together.
    """
    user, envelope = _counted(backend)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(backend.wire.post, [envelope] * 4))
    answered = backend.says(backend.options.counter or "", user)
    if answered != "2":
        raise Failed(f"after four deliveries at once the next push is number {answered}")
    return "after four deliveries at once the next push is number 2"


@check("counter")
def two_users_may_have_one_msg_id(backend: Backend) -> str:
    """Two users whose messages have the same MsgId are both answered.

    MsgId alone is no identity; it can repeat across users.
    """
    fields = pushes.text(backend.options.counter or "")
    for user in (pushes.openid(), pushes.openid()):
        reply = backend.does(fields, user)
        if reply is None or said(reply) != "1" or reply["ToUserName"] != user:
            raise Failed("one of them was not answered 1 in their own name")
    return "both were answered 1"


@check("counter")
def the_same_words_again_are_a_new_push(backend: Backend) -> str:
    """The same text typed twice within a second is two pushes.

    Who tells redeliveries by text, or by user and second, swallows the second one.
    """
    user, now = pushes.openid(), int(time.time())
    answers = []
    for _ in range(2):
        push = Push(user, pushes.text(backend.options.counter or ""), now)
        answers.append(_first(backend, sealed(backend.account, push)))
    if answers != ["1", "2"]:
        raise Failed(f"they were answered {answers}")
    return "they were answered 1 and 2"


def _first(backend: Backend, envelope: Envelope) -> str | None:
    return _said(backend, backend.wire.post(envelope))


@check()
def two_events_of_a_second_are_both_taken(backend: Backend) -> str:
    """Two taps on different buttons within a second are both taken.

    Events have no MsgId; user and time alone do not tell them apart.
    """
    user, now = pushes.openid(), int(time.time())
    for key in ("A", "B"):
        push = Push(user, pushes.event("CLICK", EventKey=key), now)
        backend.deliver(sealed(backend.account, push))
    return "both were taken"


@check("slow")
def while_the_first_runs_the_second_waits(backend: Backend) -> str:
    """A push whose handler takes longer than WeChat waits never ends in the fault.

    Each delivery is answered in time, or the last one is; silence on all three is the fault.
    """
    user = pushes.openid()
    if backend.api:
        backend.api.wrote(user)
    conversation = backend.deliver(backend.seal(pushes.text(backend.options.slow or ""), user))
    times = ", ".join(f"{each.seconds:.1f} s" for each in conversation.answers)
    return f"deliveries took {times}"


@check("slow", "api")
def a_slow_answer_comes_once(backend: Backend) -> str:
    """A slow push that is delivered three times gets one answer, at once or late.

    Who starts the handler on each delivery sends the answer three times.
    """
    user = pushes.openid()
    backend.heard.wrote(user)
    envelope = backend.seal(pushes.text(backend.options.slow or ""), user)
    replies = []
    for _ in range(DELIVERIES):
        answer = backend.wire.post(envelope)
        if answer.status:
            replies.append(_said(backend, answer))
    read = {each for each in replies if each}
    if not backend.eventually(lambda: bool(backend.heard.messages[user]) or bool(read)):
        raise Failed("no answer came")
    time.sleep(backend.wire.patience)
    messages = len(backend.heard.messages[user])
    if messages > 1:
        raise Failed(f"{messages} messages came")
    return f"{messages} message, and {len(read)} replies"
