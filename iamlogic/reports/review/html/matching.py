"""What of two rows of things is the same, and which of the rest belong together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

_T = TypeVar("_T")

_PAIRED = 48
"""Things among which the best pairs are sought, which takes the square of it. Where there are more,
each belongs to the one in its place."""

_POPULAR = 500
"""Things from which on those that occur often are no anchors: they are what takes difflib long."""

WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
"""A word, blanks, or any other character."""


def matched(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[bool, range, range]]:
    """Ranges of both that are the same, and what stands between those."""
    autojunk = min(len(old), len(new)) > _POPULAR
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk).get_opcodes():
        yield tag == "equal", range(i, i_end), range(j, j_end)


def partners(
    old: Sequence[_T], new: Sequence[_T], likeness: Callable[[_T, _T], float]
) -> Iterator[tuple[_T | None, _T | None]]:
    """The pairs that are most alike taken together, in the order of both sides; the rest alone."""
    i = j = 0
    for i_next, j_next in (*_best_pairs(old, new, likeness), (len(old), len(new))):
        yield from ((each, None) for each in old[i:i_next])
        yield from ((None, each) for each in new[j:j_next])
        if i_next < len(old) and j_next < len(new):
            yield old[i_next], new[j_next]
        i, j = i_next + 1, j_next + 1


def _best_pairs(
    old: Sequence[_T], new: Sequence[_T], likeness: Callable[[_T, _T], float]
) -> list[tuple[int, int]]:
    if max(len(old), len(new)) > _PAIRED:
        return list(zip(range(len(old)), range(len(new)), strict=False))
    alike = [[likeness(a, b) for b in new] for a in old]
    # best[i][j]: the most that what comes from i and from j on can have in common.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = best[i + 1][j + 1] + alike[i][j]
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found


def in_common(text: str, other: str) -> float:
    """The part of the words that two texts share, of 1."""
    words, others = (
        Counter(word for word in WORD.findall(each) if word.isalnum()) for each in (text, other)
    )
    return 2 * (words & others).total() / ((words.total() + others.total()) or 1)
