"""The picture of who gains what: those who do on the left, what on the right, a line between.

It is laid out here, in the units of its own drawing, and drawn by a template. It holds what a
reader can take in at once; what is left out of it is counted, and in the table beside it. Colour is
never alone: each kind has its own stroke and its own end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iamlogic.reports.review.html.strands import GRAVITY, Strand, StrandKind

MOST = 24
"""Lines that the picture has at the most, the gravest."""

WIDTH = 1120
"""Units of the drawing across: with 40 characters on the left, 60 on the right, and the lines."""

_LEFT, _RIGHT = 372, 640
"""Where names on the left end, and those on the right begin."""

_ROW, _GAP, _TOP = 40, 12, 8
"""The height of what is gained, of two lines of text; the room between two; and above all."""

_NAME = 30
"""The least distance of two names on the left."""

_LONGEST_NAME, _LONGEST_WHAT = 44, 60
"""Characters that are shown of a name on the left, and of a line on the right."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line, from a name to a thing, which it reaches at the height `end`."""

    path: str
    end: int
    kind: StrandKind


@dataclass(frozen=True, slots=True)
class Name:
    """Who: text that ends at a point. `full` is the whole of it, `text` what there is room for."""

    text: str
    full: str
    y: int


@dataclass(frozen=True, slots=True)
class Thing:
    """What: two lines of text."""

    actions: str
    resources: str
    full: str
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and how many lines are not."""

    names: tuple[Name, ...]
    things: tuple[Thing, ...]
    curves: tuple[Curve, ...]
    height: int
    left_out: int
    width: int = WIDTH

    @property
    def kinds(self) -> list[StrandKind]:
        """Those that occur, for the legend."""
        there = {curve.kind for curve in self.curves}
        return [kind for kind in StrandKind if kind in there]


def draw(strands: Sequence[Strand]) -> Picture:
    """The gravest of the strands, laid out."""
    unique = list(dict.fromkeys(strands))
    gravest = sorted(unique, key=lambda strand: GRAVITY[strand.kind])[:MOST]
    # Those of one name stand together, where the gravest of them stands.
    order = {who: place for place, who in enumerate(dict.fromkeys(s.who for s in gravest))}
    drawn = sorted(gravest, key=lambda strand: order[strand.who])
    rows = {what: place for place, what in enumerate(dict.fromkeys(map(_what, drawn)))}
    right = {what: _TOP + _ROW // 2 + place * (_ROW + _GAP) for what, place in rows.items()}
    left = _beside(drawn, right, order)
    bottom = max([0, *right.values(), *left.values()])
    return Picture(
        tuple(Name(_cut(who, _LONGEST_NAME), who, y) for who, y in left.items()),
        tuple(
            Thing(
                _cut(actions, _LONGEST_WHAT),
                _cut(f"on {resources}", _LONGEST_WHAT),
                f"{actions} on {resources}",
                y,
            )
            for (actions, resources), y in right.items()
        ),
        tuple(
            Curve(_curve(left[each.who], right[_what(each)]), right[_what(each)], each.kind)
            for each in drawn
        ),
        bottom + _ROW // 2 + _TOP,
        len(unique) - len(gravest),
    )


def _what(strand: Strand) -> tuple[str, str]:
    return strand.actions, strand.resources


def _beside(
    drawn: Iterable[Strand], right: dict[tuple[str, str], int], order: dict[str, int]
) -> dict[str, int]:
    """The names, each as near as can be to the middle of what it has, and none on another."""
    wanted: dict[str, list[int]] = {who: [] for who in order}
    for strand in drawn:
        wanted[strand.who].append(right[_what(strand)])
    places: dict[str, int] = {}
    above = _TOP + _ROW // 2 - _NAME
    for who, heights in wanted.items():
        middle = (min(heights) + max(heights)) // 2
        above = places[who] = max(above + _NAME, middle)
    return places


def _curve(start: int, end: int) -> str:
    x0, x1 = _LEFT + 14, _RIGHT - 18
    bend = (x1 - x0) * 9 // 20
    return f"M{x0} {start}C{x0 + bend} {start} {x1 - bend} {end} {x1} {end}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
