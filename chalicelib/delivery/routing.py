"""Chooses the route of a push, once: when the push comes again, its user's state may have moved on.

The door chooses, and the push's claim keeps the route. Redeliveries and jobs go by that. A state
that the door cannot read is left to the worker: it chooses the route of such a job before it takes
the push.
"""

from dataclasses import replace

from ..ports import Unavailable
from ..router.context import Context
from ..router.continuing import match, named
from ..router.route import Route
from ..router.routes import Match, Routes
from ..router.session import Session
from ..wechat.messages import Push
from ..wechat.parsing import from_fields
from .claiming import answering
from .jobs import UNDECIDED, Job
from .record import Record


class UnknownRoute(Unavailable):
    """This release does not know the job's route; during a deploy the next try may know it."""


def _answers_later(_push: Push, _ctx: Context) -> None:
    """The worker runs the route that it chooses instead."""


UNDECIDED_ROUTE = Route(
    name=UNDECIDED,
    kind=Push,
    patterns={},
    state=None,
    handler=_answers_later,
    slow=True,
    idempotent=False,
    ack=None,
    apology=None,
)
"""The route of a push whose user's state could not be read."""


def chosen(routes: Routes, push: Push, session: Session) -> Match | None:
    """The route that answers `push`, None if none does. Raises Unavailable."""
    return match(routes, push, lambda: session.state)


def decided(routes: Routes, job: Job, session: Session) -> Job:
    """The job with a route; it stays undecided if no route answers its push. Raises Unavailable."""
    if job.push is None or job.route != UNDECIDED:
        return job
    matched = chosen(routes, from_fields(job.push), session)
    return replace(job, route=matched.route.name) if matched else job


def route_of(routes: Routes, job: Job, taken: Record) -> Route | None:
    """The route that the push's claim or its job names; a message of our own has none.

    If the push is over the route's limit, it answers with the text of that.
    Raises UnknownRoute.
    """
    if job.push is None:
        return None
    route = named(routes, taken.route or job.route)
    if route is None:
        raise UnknownRoute(
            "no handler has this route, because it was renamed or removed: bring it back and "
            "redrive the job, or drop it"
        )
    return answering(route, taken)
