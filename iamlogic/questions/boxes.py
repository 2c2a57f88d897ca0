"""Few boxes for many cells: every combination of some actions, some resources, some principals.

Cells are grouped exactly first, actions with the same cells together and then resources with the
same principals; that is how a person would tell them. Where it takes too many boxes, those whose
hull adds least are merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import or_
from typing import TypeVar

from iamlogic.questions.source import Grid

_T = TypeVar("_T", int, tuple[tuple[int, ...], int])


@dataclass(frozen=True, slots=True)
class Box:
    """Every combination of these actions, resources and principals, by their numbers."""

    actions: frozenset[int]
    resources: frozenset[int]
    principals: frozenset[int]

    @property
    def size(self) -> int:
        return len(self.actions) * len(self.resources) * len(self.principals)

    def __or__(self, other: Box) -> Box:
        return Box(
            self.actions | other.actions,
            self.resources | other.resources,
            self.principals | other.principals,
        )

    def meets(self, grid: Grid) -> bool:
        """Whether some cell of the grid lies in the box."""
        return (
            grid.principal in self.principals
            and not self.actions.isdisjoint(grid.actions)
            and not self.resources.isdisjoint(grid.resources)
        )


def boxes(grids: Iterable[Grid], limit: int) -> list[Box]:
    """At most `limit` boxes that hold all cells of the grids, exact ones if that many suffice."""
    by_action: dict[int, set[tuple[tuple[int, ...], int]]] = {}
    for grid in grids:
        for action in grid.actions:
            by_action.setdefault(action, set()).add((grid.resources, grid.principal))
    planes: dict[frozenset[tuple[int, int]], set[int]] = {}
    for actions, rows in _grouped(by_action):  # equal rows first: they are equal planes
        plane = frozenset((n, principal) for resources, principal in rows for n in resources)
        planes.setdefault(plane, set()).update(actions)
    exact = [
        Box(frozenset(actions), resources, principals)
        for plane, actions in planes.items()
        for resources, principals in _grouped(_columns(sorted(plane)))
    ]
    return _merged(exact, limit)


def _columns(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    columns: dict[int, set[int]] = {}
    for left, right in pairs:
        columns.setdefault(left, set()).add(right)
    return columns


def _grouped(sets: dict[int, set[_T]]) -> list[tuple[frozenset[int], frozenset[_T]]]:
    """Keys with equal values together."""
    groups: dict[frozenset[_T], set[int]] = {}
    for key, values in sets.items():
        groups.setdefault(frozenset(values), set()).add(key)
    return [(frozenset(keys), values) for values, keys in groups.items()]


_MANY = 64
"""Boxes among which the best pair is looked for; the search is cubic in their number."""


def _merged(exact: list[Box], limit: int) -> list[Box]:
    """Merge the two boxes whose hull adds least, until there are few enough."""
    left = exact
    if len(left) > _MANY:
        left = sorted(left, key=lambda box: (sorted(box.resources), sorted(box.actions)))
        share = -(-len(left) // _MANY)
        left = [reduce(or_, left[at : at + share]) for at in range(0, len(left), share)]
    while len(left) > limit:
        one, other = min(
            combinations(left, 2),
            key=lambda pair: (pair[0] | pair[1]).size - pair[0].size - pair[1].size,
        )
        left = [box for box in left if box is not one and box is not other]
        left.append(one | other)
    return left
