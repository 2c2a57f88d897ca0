"""What came out of mutation testing: data, which `report` puts into words."""

from __future__ import annotations

from dataclasses import dataclass

from iamlogic.testing.mutating.mutants import Mutant, Telling
from iamlogic.testing.mutation.effect import MutationEffect

_GRAVITY = (MutationEffect.WIDENED, MutationEffect.BOTH, MutationEffect.NARROWED)
"""What is granted and should not be is worse than what is missing."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant on which the tests pass, and a request that tells it from the original."""

    mutant: Mutant
    telling: Telling | None


@dataclass(frozen=True, slots=True)
class Results:
    """Every mutant that was made, and what became of it.

    `drawn_from` is the number of changes of which a sample was drawn, None if all were looked at.
    `unknown` are mutants of which it is not proved whether they mean something else: they were not
    run. `untouched` is what could not be mutated.
    """

    files: tuple[str, ...]
    command: str
    survivors: tuple[Survivor, ...]
    killed: int
    timed_out: int
    equivalent: int
    malformed: int
    unknown: tuple[Mutant, ...]
    untouched: tuple[str, ...]
    drawn_from: int | None

    @property
    def run(self) -> int:
        """How many mutants the tests were run on."""
        return len(self.survivors) + self.killed + self.timed_out

    @property
    def is_whole(self) -> bool:
        """Whether no survivor can have been missed, but for those that were not drawn."""
        return self.run > 0 and not self.unknown and not self.untouched


def by_gravity(survivors: list[Survivor]) -> tuple[Survivor, ...]:
    """What grants something more comes first; the order is otherwise that of the faults."""
    return tuple(sorted(survivors, key=lambda each: _GRAVITY.index(each.mutant.effect)))
