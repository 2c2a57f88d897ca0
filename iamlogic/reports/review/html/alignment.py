"""Two canonical policies side by side: which line stands beside which, and what differs within it.

Statements are matched first, then the lines of those that belong together, last the words of lines
that belong together. So a statement that is new stands alone, from its brace to its brace, and one
that only moved is known for that. A comma at the end of a line, which depends on what follows, is
no difference. Nothing is ever left out here: that is for whoever shows it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum
from typing import TypeVar

_BEGIN, _END = "    {", "    }"
"""The lines of canonical text between which a statement stands, the last with or without comma."""

_PAIRED = 48
"""Replaced statements, or lines, among which the best pairs are sought, which takes the square of
it. Where there are more, each stands beside the one in its place."""

_CLOSE = 0.6
"""What two statements have in common that are one, changed: of 1. With different Sids, more."""

_CLOSE_UNDER_OTHER_NAME = 0.85

_POPULAR = 500
"""Lines from which on those that occur often are no anchors: they are what takes difflib long."""

_WORD = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_KEY = re.compile(r'\s*("[^"\\]*":)?')
_SID = re.compile(r'      "Sid": (.*),')


_T = TypeVar("_T")


class Mark(Enum):
    """What a line is, compared with the other side."""

    SAME = "same"
    DIFFERS = "differs"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line: one that the other side's line has too, or one that differs."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one side with its number, from 1."""

    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands side by side; on one side there can be nothing."""

    before: Line | None
    after: Line | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of a statement, or of what stands before or after all of them."""

    pairs: tuple[Pair, ...]
    is_statement: bool

    @property
    def is_alike(self) -> bool:
        return all(pair.mark is Mark.SAME for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: a statement, or what stands before and after them all."""

    start: int  # the number of its first line
    lines: tuple[str, ...]

    @property
    def content(self) -> tuple[str, ...]:
        return tuple(map(_content, self.lines))

    @property
    def is_statement(self) -> bool:
        return self.lines[0] == _BEGIN


def side_by_side(before: str, after: str) -> list[Part]:
    """All of both, in the order of both. An empty text has nothing."""
    old, new = _blocks(before), _blocks(after)
    pairs: list[tuple[_Block | None, _Block | None]] = []
    for same, i, j in _matched([each.content for each in old], [each.content for each in new]):
        if same:
            pairs += zip((old[k] for k in i), (new[k] for k in j), strict=True)
        else:
            partners = _partners([old[k] for k in i], [new[k] for k in j], _nearness)
            pairs += partners
    gone = {left.content for left, right in pairs if left and not right and left.is_statement}
    come = {right.content for left, right in pairs if right and not left and right.is_statement}
    moved = gone & come
    return [
        Part(tuple(_lines(left, right, moved)), any(b and b.is_statement for b in (left, right)))
        for left, right in pairs
    ]


def statement_lines(text: str) -> list[int]:
    """The numbers of the lines at which the statements begin, in their order."""
    return [block.start for block in _blocks(text) if block.is_statement]


def _content(line: str) -> str:
    return line.removesuffix(",")


def _blocks(text: str) -> list[_Block]:
    """A policy in parts: its head, each statement, its end."""
    blocks: list[_Block] = []
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line == _BEGIN and lines:
            blocks.append(_Block(number - len(lines), tuple(lines)))
            lines = []
        lines.append(line)
        if _content(line) == _END:
            blocks.append(_Block(number - len(lines) + 1, tuple(lines)))
            lines = []
    if lines:
        blocks.append(_Block(len(text.splitlines()) - len(lines) + 1, tuple(lines)))
    return blocks


def _matched(old: Sequence[object], new: Sequence[object]) -> Iterator[tuple[bool, range, range]]:
    """Ranges of both that are the same, and what stands between those."""
    autojunk = min(len(old), len(new)) > _POPULAR
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk).get_opcodes():
        yield tag == "equal", range(i, i_end), range(j, j_end)


def _partners(
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


def _nearness(one: _Block, other: _Block) -> float:
    """How much one statement has of another; nothing, if they are not one that changed."""
    if one.is_statement != other.is_statement:
        return 0.0
    common = _in_common("\n".join(one.content), "\n".join(other.content))
    if not one.is_statement or _sid(one) == _sid(other) is not None:
        return 1.0 + common
    named = _sid(one) is not None and _sid(other) is not None
    return common if common >= (_CLOSE_UNDER_OTHER_NAME if named else _CLOSE) else 0.0


def _sid(block: _Block) -> str | None:
    found = _SID.fullmatch(block.lines[1])
    return found[1] if found else None


def _lines(old: _Block | None, new: _Block | None, moved: set[tuple[str, ...]]) -> Iterator[Pair]:
    """The lines of one block, or of two that belong together."""
    match old, new:
        case _Block(), None:
            mark = Mark.MOVED if old.content in moved else Mark.DIFFERS
            yield from (Pair(line, None, mark) for line in _whole(old, mark))
        case None, _Block():
            mark = Mark.MOVED if new.content in moved else Mark.DIFFERS
            yield from (Pair(None, line, mark) for line in _whole(new, mark))
        case _Block(), _Block():
            yield from _changed(old, new)


def _whole(block: _Block, mark: Mark) -> list[Line]:
    differs = mark is Mark.DIFFERS
    return [
        Line(number, (Piece(line, differs),))
        for number, line in enumerate(block.lines, block.start)
    ]


def _changed(old: _Block, new: _Block) -> Iterator[Pair]:
    left, right = _whole(old, Mark.SAME), _whole(new, Mark.SAME)
    for same, i, j in _matched(old.content, new.content):
        before, after = [left[k] for k in i], [right[k] for k in j]
        if same:
            for one, other in zip(before, after, strict=True):
                yield Pair(one, other, Mark.SAME)
        else:
            for mine, yours in _partners(before, after, _line_likeness):
                yield _within(mine, yours)


def _line_likeness(one: Line, other: Line) -> float:
    """How much a line has of another; nothing, if they say what has nothing to do with it."""
    text, other_text = one.pieces[0].text, other.pieces[0].text
    key, other_key = _KEY.match(text), _KEY.match(other_text)
    assert key is not None
    assert other_key is not None
    if key[0] != other_key[0]:
        return 0.0
    if key[1]:
        return 1.0
    common = _in_common(text, other_text)
    return common if common > 1 / 3 else 0.0


def _in_common(text: str, other: str) -> float:
    """The part of the words that two texts share, of 1."""
    words, others = (
        Counter(word for word in _WORD.findall(each) if word.isalnum()) for each in (text, other)
    )
    return 2 * (words & others).total() / ((words.total() + others.total()) or 1)


def _within(old: Line | None, new: Line | None) -> Pair:
    """Two lines word by word, or a line alone."""
    if old is None or new is None:
        before, after = (
            None
            if each is None
            else replace(each, pieces=(Piece(each.pieces[0].text, differs=True),))
            for each in (old, new)
        )
        return Pair(before, after, Mark.DIFFERS)
    text, other = old.pieces[0].text, new.pieces[0].text
    words, others = _WORD.findall(_content(text)), _WORD.findall(_content(other))
    left: list[Piece] = []
    right: list[Piece] = []
    for same, i, j in _matched(words, others):
        for pieces, found in ((left, words[i.start : i.stop]), (right, others[j.start : j.stop])):
            if found:
                pieces.append(Piece("".join(found), not same))
    for pieces, whole in ((left, text), (right, other)):
        if whole != _content(whole):
            pieces.append(Piece(","))
    return Pair(Line(old.number, tuple(left)), Line(new.number, tuple(right)), Mark.DIFFERS)
