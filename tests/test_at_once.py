"""Several requests of one user at once, on real tables."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.users.profiles import Profiles
from chalicelib.users.renewal import Renewal
from chalicelib.web.callback import Callback
from chalicelib.web.http import Request as Visit
from chalicelib.web.http import Response as Page
from chalicelib.web.login import Logins
from chalicelib.web.oauth import Authorization
from chalicelib.web.signing import SiteKeys
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.authorization import Scope
from tests.conftest import OpenDoor
from tests.door import OPEN_URL, Door
from tests.dynamodb import profiles_table, state_table
from tests.fakes import Request
from tests.visitors import ADDRESS, SITE, People, Person

MING = Person("oMING-0123456789-0123456789")


class Site:
    """Web authorization on DynamoDB and real time, with WeChat in memory."""

    def __init__(self, door: Door) -> None:
        self.people = People(door)
        self.profiles = Profiles(profiles_table())
        self.oauth_api, self.sealer = door.oauth_api, door.sealer
        keys = SiteKeys(door.parameters)
        self.authorization = Authorization(OPEN_URL, keys, door.oauth_api)
        self.callback = Callback(
            self.authorization,
            state_table(),
            door.oauth_api,
            Renewal(self.profiles, door.oauth_api, door.sealer),
            self.profiles,
            Logins(keys, self.profiles),
        )
        self._transport = door.wechat.transport

    def comes_back(self, person: Person) -> Visit:
        """The request of a browser that WeChat sends back with a code."""
        sent = self.authorization.send_to_wechat(
            Visit(SITE, ADDRESS, {}, {}, {}), "/me", Scope.USERINFO
        )
        cookie, _, value = sent.headers["Set-Cookie"][0].partition(";")[0].partition("=")
        (state,) = parse_qs(urlsplit(str(sent.headers["Location"])).query)["state"]
        query = {"state": state, "code": self.people.code(person)}
        return Visit(SITE, ADDRESS, query, {}, {cookie: value})

    def meeting(self, path: str, callers: int) -> None:
        """From now on nobody is answered at `path` before so many have asked."""
        barrier, respond = Barrier(callers), self._transport.respond

        def respond_together(request: Request) -> ApiResponse:
            answer = respond(request)
            if request.path == path:
                barrier.wait(60)
            return answer

        self._transport.respond = respond_together


@pytest.fixture
def site(open_door: OpenDoor, aws: str) -> Site:
    return Site(open_door())


def test_two_callbacks_at_once_and_an_event_in_the_middle_leave_one_right_profile(
    site: Site,
) -> None:
    visits = [site.comes_back(MING) for _ in range(2)]
    site.meeting("/sns/userinfo", callers=3)

    def followed() -> None:
        site.profiles.subscribed(MING.openid, time.time(), "shop")
        site.people.access_tokens["mine"] = MING
        site.oauth_api.userinfo("mine", MING.openid)  # meets the other two

    with ThreadPoolExecutor() as threads:
        pages = [threads.submit(site.callback.answer, visit) for visit in visits]
        threads.submit(followed).result()
        assert [page.result().status for page in pages] == [302, 302]
    profile = site.profiles.get(MING.openid)
    assert profile is not None
    assert (profile.nickname, profile.subscribed, profile.scene) == ("小明", True, "shop")
    granted = site.profiles.granted(MING.openid)
    tokens = {
        name: site.sealer.open(granted[name], MING.openid, name)
        for name in ("access_token", "refresh_token")
    }
    assert int(tokens["refresh_token"][-4:]) == int(tokens["access_token"][-4:]) + 1


def test_one_callback_requested_twice_at_once_is_one_sign_in(site: Site) -> None:
    visit = site.comes_back(MING)
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(site.callback.answer, visit) for _ in range(4)]
        pages: list[Page] = [each.result() for each in asked]
    assert [page.status for page in pages] == [302] * 4
    assert len({str(page.headers["Set-Cookie"]) for page in pages}) == 1
    assert site.people.calls.count("/sns/oauth2/access_token") == 1


def test_of_two_users_who_bind_at_once_one_is_bound(site: Site) -> None:
    openids = [f"oUSER{number}" for number in range(4)]

    def bound(openid: str) -> bool:
        try:
            site.profiles.bind(openid, "42", "m***")
        except Exception:  # noqa: BLE001 - a conflict or a refusal, one of them only wins
            return False
        return True

    with ThreadPoolExecutor() as threads:
        assert list(threads.map(bound, openids)).count(True) == 1
    holders = [each for each in openids if (found := site.profiles.get(each)) and found.user_id]
    assert holders == [site.profiles.bound_to("42")]
