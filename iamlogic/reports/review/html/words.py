"""Which words differ where lines of JSON gave way to others.

What is compared is the row of JSON's tokens, wherever the lines break: a value that becomes a list
with that value in it is the same value. Texts that are alike are compared word by word. Blanks and
the comma at the end of a line, which depend on what stands around, are no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from iamlogic.reports.review.html.matching import WORD, in_common, matched, partners

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s",]+')
"""A string of JSON, or marks between strings."""

_ALIKE = 1 / 3
"""What two texts have in common at least to be compared word by word: of 1."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: one that the other side has too, or one that differs."""

    text: str
    differs: bool = False


Pieces = tuple[Piece, ...]


def pieces_of(before: Sequence[str], after: Sequence[str]) -> tuple[list[Pieces], list[Pieces]]:
    """The lines of both sides in pieces."""
    old, new = (
        [token for line in side for token in _TOKEN.findall(line)] for side in (before, after)
    )
    left: list[Pieces] = []
    right: list[Pieces] = []
    for same, i, j in matched(old, new):
        mine, yours = [old[k] for k in i], [new[k] for k in j]
        if same:
            left += ((Piece(token),) for token in mine)
            right += ((Piece(token),) for token in yours)
            continue
        for one, other in partners(mine, yours, _likeness):
            of_one, of_other = _compared(one, other)
            left += of_one
            right += of_other
    return list(_by_line(before, left)), list(_by_line(after, right))


def _likeness(one: str, other: str) -> float:
    if not one.startswith('"') or not other.startswith('"'):
        return 0.0
    common = in_common(one, other)
    return common if common > _ALIKE else 0.0


def _compared(one: str | None, other: str | None) -> tuple[list[Pieces], list[Pieces]]:
    """Two tokens word by word; a token alone differs as a whole."""
    if one is None or other is None or not _likeness(one, other):
        return _whole(one), _whole(other)
    words, others = WORD.findall(one), WORD.findall(other)
    old: list[Piece] = []
    new: list[Piece] = []
    for same, i, j in matched(words, others):
        old += (Piece(words[k], not same) for k in i)
        new += (Piece(others[k], not same) for k in j)
    return [tuple(old)], [tuple(new)]


def _whole(token: str | None) -> list[Pieces]:
    return [] if token is None else [(Piece(token, differs=True),)]


def _by_line(lines: Sequence[str], tokens: Sequence[Pieces]) -> Iterator[Pieces]:
    """The tokens back in their lines, with what stands between them."""
    rest = iter(tokens)
    for line in lines:
        found: list[Piece] = []
        at = 0
        for token in _TOKEN.finditer(line):
            found.append(Piece(line[at : token.start()]))
            found += next(rest)
            at = token.end()
        found.append(Piece(line[at:]))
        yield tuple(
            Piece("".join(piece.text for piece in alike), differs)
            for differs, alike in groupby(found, key=lambda piece: piece.differs)
            if differs or any(piece.text for piece in found)
        )
