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

from iamlogic.questions.source import Cell

_T = TypeVar("_T", int, tuple[int, int])


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

    def __contains__(self, cell: Cell) -> bool:
        return (
            cell.action in self.actions
            and cell.resource in self.resources
            and cell.principal in self.principals
        )


def boxes(cells: Iterable[Cell], limit: int) -> list[Box]:
    """At most `limit` boxes that hold all the cells, exact ones if that many suffice."""
    by_action: dict[int, set[tuple[int, int]]] = {}
    for cell in cells:
        by_action.setdefault(cell.action, set()).add((cell.resource, cell.principal))
    exact = [
        Box(actions, resources, principals)
        for actions, planes in _grouped(by_action)
        for resources, principals in _grouped(_columns(planes))
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
