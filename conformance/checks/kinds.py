"""Every kind of push is taken: what a backend does not know is no reason for an error."""

from functools import partial

from .. import pushes
from ..backend import Backend, Failed, said
from ..check import add, check
from ..documents import Document

_WHY = (
    "What is answered with an error status, or with neither success nor XML, shows the user"
    " 该公众号提供的服务出现故障."
)


def _is_taken(make: "partial[Document]", backend: Backend) -> str:
    user = pushes.openid()
    fields = {**make()}
    if "OpenID" in fields:
        fields |= {"OpenID": user, "AppID": backend.account.app_id}
    reply = backend.does(fields, user)
    return "silence" if reply is None else f"a reply of type {reply['MsgType']}"


def _register(sort: str, name: str, make: "partial[Document]") -> None:
    words = "".join(each if each.isalnum() else "-" for each in name)
    text = f"The {sort} `{name}` is taken: success, nothing, or a reply.\n\n{_WHY}"
    add(f"{sort}-{words}", "kinds", text, (), partial(_is_taken, make))


for _name, _fields in pushes.MESSAGES.items():
    _kind = {"a kind that is new": "a_new_kind", "tap in a message menu": "text"}.get(_name)
    _register("message", _name, partial(pushes.message, _kind or _name.split()[0], **_fields))

for _name, (_event, _fields) in pushes.EVENTS.items():
    _register("event", _name, partial(pushes.event, _event, **_fields))


@check()
def fields_that_are_new_do_no_harm(backend: Backend) -> str:
    """A text with fields that nobody knows is answered like any other.

    WeChat adds fields to old kinds: MsgDataId and Idx came so, and MediaId16K.
    """
    new: Document = {
        "NewField": "新的",
        "NewList": [{"A": "1"}, {"A": "2"}],
        "NewDeep": {"B": {"C": "3"}},
    }
    reply = backend.does({**pushes.text(backend.options.ask), **new})
    return "silence" if reply is None else f"a reply of type {reply['MsgType']}"


@check()
def an_event_with_empty_fields_is_taken(backend: Backend) -> str:
    """An event whose fields are empty elements is taken.

    Menu events without a key, and pictures that nobody has chosen, come so.
    """
    reply = backend.does(pushes.event("CLICK", EventKey="", MenuId=""))
    return "silence" if reply is None else f"a reply of type {reply['MsgType']}"


@check("counter")
def ids_are_not_numbers(backend: Backend) -> str:
    """Two MsgIds of 64 bits that differ in their last digit are two messages.

    Read as a float they would be one, and the second message would be swallowed.
    """
    user, first = pushes.openid(), pushes.msg_id() // 10 * 10
    answers = []
    for msg_id in (first, first + 1):
        reply = backend.does({**pushes.text(backend.options.counter or ""), "MsgId": msg_id}, user)
        answers.append(None if reply is None else said(reply))
    if answers != ["1", "2"]:
        raise Failed(f"they were answered {answers}")
    return "they were answered 1 and 2"
