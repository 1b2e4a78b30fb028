"""What Lambda tells a function besides its event."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """The context that Lambda passes: it kills the function at `deadline`, in epoch seconds."""

    function_name: str
    deadline: float

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - time.time()) * 1000))
