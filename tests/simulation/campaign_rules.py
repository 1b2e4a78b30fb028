"""The rules of tasks, each with the line of code that keeps it, and what breaks it."""

from chalicelib.delivery.starting import Starting
from chalicelib.delivery.tasks import Tasks

from .mutants import mutant

TASKS = (
    mutant(
        "tasks: once for a name, an identity and arguments",
        Starting._job,
        "[name, identity, arguments]",
        "[name, identity, arguments, sender]",
    ),
    mutant(
        "tasks: what is done is written down",
        Tasks._write_done,
        "self._table.write(put)",
        "pass",
    ),
    mutant(
        "tasks: a lost word that it is done is written again",
        Tasks._write_done,
        "if number == CONFIRMING_TRIES:",
        "if True:",
    ),
    mutant(
        "tasks: no more than half of the worker",
        Starting._job,
        " % self._lanes",
        "",
    ),
)
