"""What was to come after a message that a user read, which it has to tell."""

from . import facts
from .crowd import CANCELLABLE, STREAMS, Push
from .happenings import Read, Work
from .world import World


def goes_on(world: World, read: Read) -> bool:
    """Whether the stream that this message is part of said more later."""
    assert read.process is not None
    work = world.story.facts[read.process]
    push = world.pushes[work.push]
    later = (put for put in world.story.lines.put(push.user) if put.at > read.at)
    return push.kind in STREAMS and any(put.mark.push == push.number for put in later)


def expects(world: World, read: Read) -> bool:
    """Whether a stream or long work was to answer a later push when this message was sent.

    Later than the one whose job brought it, or, if a message of a handler did, than the latest one
    that a job had brought.
    """

    def arrived(push: Push) -> float:  # the network may change the order of two pushes
        came = (each.arrived for each in facts.deliveries(world, push) if each.arrived)
        return min(came, default=push.at)

    assert read.process is not None
    work = world.story.facts[read.process]
    brought = [work]
    if isinstance(work, Work) and work.mail:
        works = (each for each in world.story.works if each.user == read.user and not each.mail)
        brought = [each for each in works if each.began < read.at]
    since = max((arrived(world.pushes[each.push]) for each in brought), default=0.0)
    own = (push for push in world.pushes if push.user == read.user and push.kind in CANCELLABLE)
    return any(since < arrived(push) < read.at for push in own)


def asked(world: World, read: Read) -> float:
    """When the push was sent whose job brought this message; 0 if a message of a handler did."""
    assert read.process is not None
    work = world.story.facts[read.process]
    return 0.0 if isinstance(work, Work) and work.mail else world.pushes[work.push].at
