"""How many calls to WeChat a stranger can cause with states of ours and made-up codes."""

import pytest

from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import Browser, Page, People
from tests.wechat_api import json_answer

EXCHANGE = "/sns/oauth2/access_token"


def tries_a_code(address: str, people: People) -> Page:
    """A stranger's request: a state of our own, and a code that they made up."""
    stranger = Browser(address=address)
    callback = stranger.consents(people, MING, stranger.get("/oauth/authorize"))
    people.codes.clear()
    return stranger.get(callback)


class TestAFlood:
    def test_two_hundred_made_up_codes_of_one_address_are_five_calls(self, people: People) -> None:
        pages = [tries_a_code("198.51.100.1", people) for _ in range(200)]
        assert people.calls == [EXCHANGE] * 5
        assert [page.status for page in pages] == [200] * 5 + [429] * 195
        assert is_page(pages[-1], 429, "请稍后再试")

    def test_what_waits_costs_no_call_to_aws(self, people: People, door: Door) -> None:
        for _ in range(5):
            tries_a_code("198.51.100.1", people)
        writes, reads = len(door.table.items), door.parameters.reads
        tries_a_code("198.51.100.1", people)
        assert (len(door.table.items), door.parameters.reads) == (writes, reads)

    def test_two_hundred_of_many_addresses_are_sixty_calls(self, people: People) -> None:
        for number in range(200):
            tries_a_code(f"198.51.100.{number}", people)
        assert people.calls == [EXCHANGE] * 60

    def test_other_addresses_sign_in_meanwhile(self, people: People) -> None:
        for _ in range(20):
            tries_a_code("198.51.100.1", people)
        assert Browser(address="198.51.100.2").sign_in(people, MING).status == 302

    def test_it_is_over_after_a_minute(self, people: People, door: Door) -> None:
        for _ in range(20):
            tries_a_code("198.51.100.1", people)
        door.clock.sleep(61)
        assert Browser(address="198.51.100.1").sign_in(people, MING).status == 302

    @pytest.mark.parametrize("errcode", [-1, 40125, 40164, 45009, 99999])
    def test_an_account_that_wechat_refuses_is_no_way_around_it(
        self, people: People, errcode: int
    ) -> None:
        people.answers[EXCHANGE] = json_answer(errcode=errcode, errmsg="no")
        for _ in range(20):
            tries_a_code("198.51.100.1", people)
        assert people.calls.count(EXCHANGE) == 5

    def test_visitors_who_consent_share_an_address_without_limit(self, people: People) -> None:
        pages = [Browser().sign_in(people, MING) for _ in range(80)]
        assert {page.status for page in pages} == {302}

    def test_each_that_waits_is_counted(self, people: People, door: Door) -> None:
        for _ in range(8):
            tries_a_code("198.51.100.1", people)
        assert door.counted("CallbackRefused") == 3
