"""What of a stage's secrets has to be written here when the stage moves from another region."""

from chalicelib.users.sealing import REFRESH_TOKEN_KEY

from . import secret_store
from .errors import Failed
from .region import region
from .target import Target


def missing(target: Target, source: str) -> dict[str, list[str]]:
    """The values that `source` has and this region has not, by secret, oldest first. Raises Failed.

    Older values of a token or a key are left out, because SSM would call them new, and the backend
    would accept them for another day.
    """
    theirs, ours = secret_store.values(target, source), secret_store.values(target)
    if not theirs:
        raise Failed(f"{source} has no secrets of {target.stage}: is that the right region?")
    found = {
        name: [each.value]
        for name, each in theirs.items()
        if name not in ours or ours[name].value != each.value
    }
    if REFRESH_TOKEN_KEY in theirs:
        known = (
            secret_store.versions(target, REFRESH_TOKEN_KEY) if REFRESH_TOKEN_KEY in ours else []
        )
        found[REFRESH_TOKEN_KEY] = _sealing_keys(target, source, known)
    return {name: values for name, values in found.items() if values}


def _sealing_keys(target: Target, source: str, ours: list[secret_store.Version]) -> list[str]:
    """All versions, because a sealed token names the one that sealed it.

    SSM forgets all but the last hundred; the oldest that is left takes their numbers.
    """
    theirs = secret_store.versions(target, REFRESH_TOKEN_KEY, source)
    values = {each.version: each.value for each in theirs}
    if any(values.get(each.version, each.value) != each.value for each in ours):
        path = f"{target.settings.parameter_path}/{REFRESH_TOKEN_KEY}"
        raise Failed(
            f"{region()} has a {REFRESH_TOKEN_KEY} of its own, which opens nothing that {source} "
            "has sealed, so nothing was copied. Delete it, and run this again: "
            f"aws ssm delete-parameter --region {region()} --name {path}"
        )
    first = max((each.version for each in ours), default=0) + 1
    return [values[max(number, min(values))] for number in range(first, max(values) + 1)]
