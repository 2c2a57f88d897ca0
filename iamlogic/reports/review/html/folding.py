"""Which lines of two policies side by side are in view: what is alike, and far off, is folded.

Whole statements that are alike on both sides are folded together, and so is what is far from every
difference within one. What is folded is still there, a click away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from iamlogic.reports.review.html.alignment import Mark, Pair, Part


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that follow one another; out of the way, being alike, if it is folded.

    `statements` is how many whole statements they are, 0 for lines within one, and `moved` how many
    of those stood elsewhere before.
    """

    pairs: tuple[Pair, ...]
    is_folded: bool = False
    statements: int = 0
    moved: int = 0


_CONTEXT = 3
"""Lines without a difference that stay in view around one, within a statement."""

_WORTH_FOLDING = 4
"""Lines that a fold must hide at least, or it is no gain."""


def stretches(parts: Sequence[Part], in_view: Callable[[Pair], bool]) -> Iterator[Stretch]:
    """The parts in stretches: what has no difference, and nothing to be `in_view`, is folded.

    Whole statements are folded together, and what is far from every difference within one.
    """
    if parts and all(part.is_alike and not any(map(in_view, part.pairs)) for part in parts):
        yield _folded(parts)
        return
    alike: list[Part] = []
    shown: list[Pair] = []
    for part in (*parts, Part((), is_statement=False)):
        if part.is_statement and part.is_alike and not any(map(in_view, part.pairs)):
            alike.append(part)
            continue
        together = _folded(alike)
        if len(together.pairs) < _WORTH_FOLDING:
            shown += together.pairs
        else:
            yield from _inside(shown, in_view)
            yield together
            shown = []
        alike = []
        shown += part.pairs
    yield from _inside(shown, in_view)


def _folded(parts: Sequence[Part]) -> Stretch:
    return Stretch(
        tuple(pair for part in parts for pair in part.pairs),
        is_folded=True,
        statements=sum(part.is_statement for part in parts),
        moved=sum(part.has_moved for part in parts),
    )


def _inside(pairs: Sequence[Pair], in_view: Callable[[Pair], bool]) -> Iterator[Stretch]:
    """Lines that are shown, but for long runs without a difference."""
    start = 0
    for begin, end in _alike_runs(pairs, in_view):
        low, high = begin + _CONTEXT, end - _CONTEXT
        if high - low >= _WORTH_FOLDING:
            yield Stretch(tuple(pairs[start:low]))
            yield Stretch(tuple(pairs[low:high]), is_folded=True)
            start = high
    if start < len(pairs):
        yield Stretch(tuple(pairs[start:]))


def _alike_runs(
    pairs: Sequence[Pair], in_view: Callable[[Pair], bool]
) -> Iterator[tuple[int, int]]:
    """The longest runs without a difference, as ranges."""
    begin = 0
    for place, pair in enumerate((*pairs, None)):
        if pair is None or pair.mark is not Mark.SAME or in_view(pair):
            if place > begin:
                yield begin, place
            begin = place + 1
