"""What the log says of a job."""

from chalicelib.delivery.outgoing import OutgoingMessages
from chalicelib.wechat.replies import Article, News
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, say


class TestTheLog:
    """One line a try, with what an operator needs and nothing of what was said."""

    def test_it_names_the_job_its_kind_route_outcome_try_and_time(self, door: Door) -> None:
        say(door, "slow")
        door.work()
        (pushed, job) = door.log
        assert job["identity"] == pushed["identity"]
        assert (job["kind"], job["route"]) == ("TextMessage", "test.slow")
        assert (job["outcome"], job["tries"]) == ("sent", 1)
        assert job["JobMilliseconds"] >= 0

    def test_a_message_of_our_own_is_named_as_that_with_the_kinds_of_what_it_says(
        self, door: Door
    ) -> None:
        say(door, "hello")
        news = News(Article("Autumn", "three new teas"))
        OutgoingMessages(door.queue, "seed", door.clock).send(ALICE, ["4", "5", news])
        door.work()
        job = door.log[-1]
        assert (job["kind"], job["route"], job["outcome"]) == ("text, news", ":message", "sent")

    def test_a_failure_says_the_same_and_why(self, door: Door) -> None:
        say(door, "broken")
        door.work(seconds=150)
        tries = [line for line in door.log if "tries" in line]
        assert [line["outcome"] for line in tries] == ["failed"] * 4 + ["dead"]
        for line in tries:
            assert (line["kind"], line["route"]) == ("TextMessage", "test.broken")
            assert line["JobMilliseconds"] >= 0
            assert line["cause"]

    def test_it_tells_whether_the_worker_has_just_started(self, door: Door) -> None:
        worker = door.worker()
        for text in ("slow", "long"):
            say(door, text)
            message = door.queue.receive()
            assert message is not None
            worker.work(message, door.clock.now + 65)
            door.queue.delete(message)
        assert [line["cold"] for line in door.log if line["event"] == "job"] == [True, False]

    def test_it_holds_no_openid_and_no_word_of_a_user(self, door: Door) -> None:
        for text in ("slow", "broken"):
            say(door, text)
        door.work(seconds=150)
        for private in (ALICE, "slow answer", "<xml>", door.account.token):
            assert private not in door.log_text
