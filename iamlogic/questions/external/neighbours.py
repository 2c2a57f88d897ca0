"""Which of many grants may hold requests of some boxes: an index, so that not all are compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iamlogic.questions.external.area import Box, Part
from iamlogic.questions.external.grants import Grant
from iamlogic.symbolic.index import PatternIndex


class Neighbours:
    """Some grants, by the actions and the resources that they are about."""

    def __init__(self, grants: Sequence[Grant]) -> None:
        self._grants = grants
        self._actions = _index([box.actions for box in grant.boxes] for grant in grants)
        self._resources = _index([box.resources for box in grant.boxes] for grant in grants)

    def of(self, boxes: Iterable[Box]) -> list[Grant]:
        """The grants that may have something in common with the boxes; the others certainly not."""
        near = 0
        for box in boxes:
            near |= _reach(self._actions, box.actions) & _reach(self._resources, box.resources)
        return [grant for number, grant in enumerate(self._grants) if near >> number & 1]


def _index(parts: Iterable[Iterable[Part]]) -> PatternIndex:
    return PatternIndex(
        [[pattern.language for part in some for pattern in part.within] for some in parts]
    )


def _reach(index: PatternIndex, part: Part) -> int:
    found = 0
    for pattern in part.within:
        found |= index.reach(pattern.language).some
    return found
