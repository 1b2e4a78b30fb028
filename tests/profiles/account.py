"""An account with handlers that read profiles, and one of its users."""

from chalicelib.router import Context, Router, Routes
from chalicelib.users.profile import Profile
from chalicelib.wechat.messages import TextMessage
from tests.door import Door
from tests.visitors import People, Person

MING = Person("oMING-0123456789-0123456789", shows={"city": "深圳"})
router = Router("test")
known: list[Profile] = []


@router.on(TextMessage, content="who", idempotent=True)
def who(message: TextMessage, ctx: Context) -> str:
    known.append(ctx.profile)
    return "you"


@router.on(TextMessage, content="who where", idempotent=True)
def who_where(message: TextMessage, ctx: Context) -> str:
    return f"{ctx.profile.nickname} {ctx.profile.city}"


@router.on(TextMessage, content="hi", idempotent=True)
def hi(message: TextMessage, ctx: Context) -> str:
    return "hello"


@router.on(TextMessage, content="slow", slow=True)
def slow(message: TextMessage, ctx: Context) -> str:
    known.append(ctx.profile)
    return "you"


routes = Routes(router)


def profile(door: Door) -> Profile:
    found = door.profiles.get(MING.openid)
    assert found is not None
    return found


def renamed(people: People) -> None:
    """They take another name, which WeChat will tell whoever asks."""
    MING.nickname = "大明"
    people.calls.clear()
