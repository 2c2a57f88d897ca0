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

_LEFT, _START, _END, _RIGHT = 372, 392, 624, 640
"""Where the names end, the lines begin and end, and what is gained begins."""

_ROW, _GAP = 40, 12
"""The height of what is gained, of two lines of text, and the room below it."""

_NAME, _END_TO_END = 30, 16
"""The least distance of two names on the left, and of the ends of two lines."""

_LONGEST_NAME, _LONGEST_WHAT = 44, 60
"""Characters that are shown of a name on the left, and of a line on the right."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One line, from a name to a thing, which it reaches at the height `end`."""

    path: str
    x: int
    end: int
    kind: StrandKind


@dataclass(frozen=True, slots=True)
class Name:
    """Who: text that ends at a point. `full` is the whole of it, `text` what there is room for."""

    text: str
    full: str
    y: int
    x: int = _LEFT


@dataclass(frozen=True, slots=True)
class Thing:
    """What: two lines of text."""

    actions: str
    resources: str
    full: str
    y: int
    x: int = _RIGHT


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
    """The gravest of the strands, laid out: above all that is gained, below what is lost."""
    unique = list(dict.fromkeys(strands))
    gravest = sorted(unique, key=lambda strand: GRAVITY[strand.kind])[:MOST]
    gained = [each for each in gravest if each.kind is not StrandKind.LOST]
    lost = [each for each in gravest if each.kind is StrandKind.LOST]
    above = _laid_out(gained, 0)
    below = _laid_out(lost, above.height + _GAP if gained and lost else above.height)
    return Picture(
        above.names + below.names,
        above.things + below.things,
        above.curves + below.curves,
        below.height,
        len(unique) - len(gravest),
    )


def _laid_out(strands: Sequence[Strand], top: int) -> Picture:
    """Some strands, below a height, in the order in which the first of each name comes."""
    order = {who: place for place, who in enumerate(dict.fromkeys(s.who for s in strands))}
    drawn = sorted(strands, key=lambda strand: order[strand.who])
    ends: dict[tuple[str, str], list[Strand]] = {}
    for strand in drawn:
        ends.setdefault((strand.actions, strand.resources), []).append(strand)
    things: list[Thing] = []
    at: dict[Strand, int] = {}  # the height at which each line ends: none on another
    y = top
    for (actions, resources), own in ends.items():
        height = max(_ROW, _END_TO_END * len(own))
        middle = y + height // 2
        for place, strand in enumerate(own):
            at[strand] = middle + (2 * place - len(own) + 1) * _END_TO_END // 2
        full = f"{actions} on {resources}"
        on = _cut(f"on {resources}", _LONGEST_WHAT)
        things.append(Thing(_cut(actions, _LONGEST_WHAT), on, full, middle))
        y += height + _GAP
    names = _beside(drawn, at, top)
    bottom = max([y, *(height + _NAME // 2 for height in names.values())]) if drawn else top
    return Picture(
        tuple(Name(_cut(who, _LONGEST_NAME), who, height) for who, height in names.items()),
        tuple(things),
        tuple(
            Curve(_curve(names[each.who], at[each]), _END, at[each], each.kind) for each in drawn
        ),
        bottom,
        0,
    )


def _beside(drawn: Iterable[Strand], at: dict[Strand, int], top: int) -> dict[str, int]:
    """The names, each as near as can be to the middle of what it has, and none on another."""
    wanted: dict[str, list[int]] = {}
    for strand in drawn:
        wanted.setdefault(strand.who, []).append(at[strand])
    places: dict[str, int] = {}
    above = top - _NAME // 2
    for who, heights in wanted.items():
        above = places[who] = max(above + _NAME, (min(heights) + max(heights)) // 2)
    return places


def _curve(start: int, end: int) -> str:
    bend = (_END - _START) * 9 // 20
    return f"M{_START} {start}C{_START + bend} {start} {_END - bend} {end} {_END} {end}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
