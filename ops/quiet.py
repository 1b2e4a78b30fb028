"""After how many hours without a push a stage raises an alarm."""

from .errors import Failed
from .target import Target

SETTING = "hours_without_pushes"
"""Of a stage in .chalice/config.json; 0 switches the alarm off."""

_MOST = 24


def hours(target: Target) -> int:
    """One, and none on dev, unless the configuration says otherwise. Raises Failed."""
    found = target.stage_config.get(SETTING, int(target.is_production))
    if type(found) is int and 0 <= found <= _MOST:
        return found
    raise Failed(
        f"{target.config_file}: {SETTING} of {target.stage} is {found!r}. Write a number of hours "
        f"up to {_MOST}, or 0 for no alarm."
    )
