"""The functions of the backend: doors that answer deliveries, workers that do jobs."""

from functools import partial
from typing import NoReturn, TypeVar

from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.delivery.drain import Drain
from chalicelib.delivery.line import cancel
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.verifier import Delivery as Request
from chalicelib.delivery.verifier import PushVerifier
from chalicelib.delivery.worker import Worker
from chalicelib.ports import Queues
from chalicelib.users.effects import Effects
from chalicelib.users.profiles import Profiles
from chalicelib.wechat.envelopes import Opened
from tests.fakes import FakeParameters

from .account import Account
from .crowd import Push
from .kernel import Kernel, Killed, Process
from .own_process import OwnProcess
from .ports import Ports
from .story import Story
from .weather import Fate, Weather
from .wechat import Connection
from .workers import Starting, Workers

T = TypeVar("T")

DOOR_SECONDS = 30.0
"""How long a function may run that answers a delivery."""


class Known(PushVerifier):
    """Every push proves itself; a body is its number."""

    def __init__(self, pushes: list[Push]) -> None:
        self._pushes = pushes

    def open(self, delivery: Request, deadline: float) -> Opened:
        return self._pushes[int(delivery.body)].opened


class Functions:
    """Doors and workers, each with the processes that stand by."""

    def __init__(
        self,
        kernel: Kernel,
        weather: Weather,
        story: Story,
        pushes: list[Push],
        ports: Ports,
        *,
        passive: bool,
    ) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._pushes = pushes
        self._table = ports.table
        self._jobs = ports.jobs
        self._transport = ports.transport
        self._passive = passive
        self._long_jobs = ports.long_jobs
        self._account = Account(pushes, weather, self._think)
        self._account.ran, self._account.goes_on = story.ran, story.goes_on
        self._effects = Effects(Profiles(ports.profiles, kernel), proven=True)
        self._doors: list[Pushes] = []
        self._starting = Starting(kernel, weather, self._account)
        self._workers = [
            Workers(
                kernel,
                weather,
                story,
                self._table,
                jobs,
                self._starting,
                partial(self._new_worker, long=jobs is ports.long_jobs),
            )
            for jobs in (ports.jobs, ports.long_jobs)
        ]
        self._tell_workers()
        self._parameters = FakeParameters(kernel)
        self._parameters.put("app-id", "app")
        self._parameters.put("app-secret", "secret")

    def switch(self) -> None:
        """LATE_ANSWERS changes: new processes take the place of those that stand by."""
        self._passive = not self._passive
        self._doors = []
        self._tell_workers()
        self._story.switched = True
        self._story.tell("operator", "switches LATE_ANSWERS")

    # --- The door -----------------------------------------------------------------------------

    def delivered(self, connection: Connection) -> None:
        delivery = connection.delivery
        name = f"door {delivery.push}/{delivery.number}"
        process = self._starting.process(name, delivery.push, lambda: self._answer(connection))
        delivery.process = process
        self._story.facts[process] = delivery
        process.wake()

    def _answer(self, connection: Connection) -> None:
        delivery, arrival = connection.delivery, self._kernel.now
        delivery.arrived, delivery.passive, doors = arrival, self._passive, self._doors
        try:
            pushes = doors.pop() if doors else self._starting.cold(self._new_door())
            lease = self._starting.limited(DOOR_SECONDS)
            request = Request({}, str(delivery.push).encode(), arrival, lease)
            try:
                response = pushes.answer(request)
            except Exception as error:
                self._story.problems.append(f"never_an_error: {delivery.name}: {error!r}")
                raise Killed from error
            doors.append(pushes)
            connection.answer(response)
        except Killed:
            connection.die()

    def _new_door(self) -> Pushes:
        return Pushes(
            Known(self._pushes),
            self._runner(None),
            self._table,
            Queues(self._jobs, self._long_jobs),
            self._effects,
            self._kernel,
            self._kernel.sleep,
            passive=self._passive,
        )

    # --- The worker ---------------------------------------------------------------------------

    def _tell_workers(self) -> None:
        for workers in self._workers:
            workers.passive = self._passive
            workers.replace()

    def poll(self) -> None:
        """Looks for jobs in all queues."""
        for workers in self._workers:
            workers.poll_in(0)

    def _new_worker(self, *, long: bool) -> Worker:
        secrets = AppSecrets(self._parameters, "test", self._kernel)
        api = Api(DirectCalls(self._transport, secrets, self._kernel), self._kernel)
        drain = Drain(api, self._table, self._kernel, self._kernel.sleep)
        return Worker(
            self._runner(api),
            self._table,
            self._effects,
            None if self._passive else drain,
            OwnProcess(self._kernel),
            self._kernel,
            self._kernel.sleep,
            long_queue=None if long else self._long_jobs,
        )

    # --- Both ---------------------------------------------------------------------------------

    def _runner(self, api: Api | None) -> HandlerRunner:
        return HandlerRunner(
            self._account.routes,
            self._jobs,
            self._effects.profile,
            _no_secret,
            api,
            self._kernel,
            cancel=partial(cancel, self._table, self._kernel),
        )

    def _think(self, seconds: float) -> None:
        process = Process.current()
        process.handling += seconds
        if self._weather.fate("handler") is not Fate.FINE:
            self._kernel.sleep(seconds * self._weather.random.random())
            self._story.tell(process.name, "killed in its handler")
            process.die()
        self._kernel.sleep(seconds)
        self._story.tell(process.name, f"handler took {seconds:.2f} s")


def _no_secret(name: str) -> NoReturn:
    raise LookupError(f"nobody here has a secret {name}")
