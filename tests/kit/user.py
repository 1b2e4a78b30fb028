"""A user of the account: what they do in WeChat, what they read, and what they open."""

from urllib.parse import parse_qs, urlsplit

from chalicelib.wechat.replies import Reply
from simulator import pushes, replies
from simulator.envelopes import open_reply
from simulator.platform import messages
from simulator.pushes import Push
from tests.door import OPEN_URL, Door
from tests.visitors import SITE, Browser, Page, People, Person

_REDIRECTS = 10


class User:
    """Somebody with WeChat; `browser` is the one inside it, and keeps their cookies."""

    def __init__(self, door: Door, people: People, openid: str, nickname: str) -> None:
        self.openid = openid
        self.nickname = nickname
        self.browser = Browser(app=door.app, host=urlsplit(SITE).netloc)
        self._door = door
        self._people = people

    def says(self, text: str) -> Reply | None:
        """Sends a text, and returns what the user reads at once: a reply, or None for silence."""
        return self.does(pushes.text(text))

    def does(self, push: Push) -> Reply | None:
        """Does anything else: `simulator.pushes` has what users can do."""
        done = push.by(self.openid)
        response = self._door.push(done)
        assert response.status == 200, response.body
        if response.body == "success":
            return None
        document = open_reply(self._door.account, response.body.encode())
        return replies.read(document, self._door.account, done)

    @property
    def received(self) -> list[Reply]:
        """What reached the user later, as customer service messages, in order."""
        return [messages.read(each) for each in self._door.wechat.received(self.openid)]

    def opens(self, path: str, *, allows: bool = True) -> Page:
        """Opens a page of the site, and follows it wherever it leads.

        When WeChat asks who they are, the user `allows` it or not. A redirect to another site
        is returned as it is.
        """
        page = self.browser.get(path)
        for _ in range(_REDIRECTS):
            address = page.location
            if address.startswith(OPEN_URL):
                address = self._asked(page, allows=allows)
            if not address.startswith(("/", self.browser.site)):
                return page
            page = self.browser.get(address)
        raise AssertionError(f"{path} redirects for ever")

    def _asked(self, page: Page, *, allows: bool) -> str:
        """The address to which WeChat sends the user back."""
        if not allows:
            return self.browser.refuses(page)
        (scope,) = parse_qs(urlsplit(page.location).query)["scope"]
        person = Person(self.openid, self.nickname, scope)
        return self.browser.consents(self._people, person, page)
