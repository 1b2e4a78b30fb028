"""The rules of a push's life, each with the lines of the code that keep it, and those broken."""

from .mutants import Mutant

MUTANTS: tuple[Mutant, ...] = ()
SPARE: tuple[Mutant, ...] = ()
