"""Two canonical policies side by side: which line stands beside which, and what differs within it.

Statements are matched first, then the lines of those that belong together, last their words. So a
statement that is new stands alone, from its brace to its brace. The order of statements means
nothing: one that stands elsewhere now is shown where it is now, both sides of it, and is known to
have moved. A comma at the end of a line, which depends on what follows, is no difference. Nothing
is ever left out here: that is for whoever shows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from iamlogic.reports.review.html.matching import in_common, matched, partners
from iamlogic.reports.review.html.words import Piece, pieces_of

_BEGIN, _END = "    {", "    }"
"""The lines of canonical text between which a statement stands, the last with or without comma."""

_CLOSE = 0.6
"""What two statements have in common that are one, changed: of 1. With different Sids, more."""

_CLOSE_UNDER_OTHER_NAME = 0.85

_KEY = re.compile(r'\s*("[^"\\]*":)?')
_SID = re.compile(r'      "Sid": (.*),')


class Mark(Enum):
    """What a line is, compared with the other side."""

    SAME = "same"
    DIFFERS = "differs"


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
    has_moved: bool = False

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


_Both = tuple[_Block | None, _Block | None]


def side_by_side(before: str, after: str) -> list[Part]:
    """All of both, in the order of what is now. An empty text has nothing."""
    old, new = _blocks(before), _blocks(after)
    found: list[_Both] = []
    for same, i, j in matched([each.content for each in old], [each.content for each in new]):
        if same:
            found += zip((old[k] for k in i), (new[k] for k in j), strict=True)
        else:
            together = partners([old[k] for k in i], [new[k] for k in j], _nearness)
            found += together
    moved = _moved(found)
    return [
        Part(
            tuple(_lines(moved.get(right, left), right)),
            any(each is not None and each.is_statement for each in (left, right)),
            right in moved,
        )
        for left, right in found
        if right is not None or left not in moved.values()
    ]


def _moved(found: list[_Both]) -> dict[_Block | None, _Block | None]:
    """Of the statements now what they were elsewhere before: the same, or one of their name."""
    gone = [left for left, right in found if left and not right and left.is_statement]
    come = [right for left, right in found if right and not left and right.is_statement]
    moved: dict[_Block | None, _Block | None] = {}
    tests: tuple[Callable[[_Block, _Block], bool], ...] = (
        lambda one, other: one.content == other.content,
        lambda one, other: _sid(one) is not None and _sid(one) == _sid(other),
    )
    for is_one in tests:
        for now in come:
            then = next((each for each in gone if is_one(each, now)), None)
            if now not in moved and then is not None:
                moved[now] = then
                gone.remove(then)
    return moved


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


def _nearness(one: _Block, other: _Block) -> float:
    """How much one statement has of another; nothing, if they are not one that changed."""
    if one.is_statement != other.is_statement:
        return 0.0
    common = in_common("\n".join(one.content), "\n".join(other.content))
    if not one.is_statement or _sid(one) == _sid(other) is not None:
        return 1.0 + common
    named = _sid(one) is not None and _sid(other) is not None
    return common if common >= (_CLOSE_UNDER_OTHER_NAME if named else _CLOSE) else 0.0


def _sid(block: _Block) -> str | None:
    found = _SID.fullmatch(block.lines[1])
    return found[1] if found else None


def _lines(old: _Block | None, new: _Block | None) -> Iterator[Pair]:
    """The lines of one block, or of two that belong together."""
    match old, new:
        case _Block(), None:
            yield from (Pair(line, None, Mark.DIFFERS) for line in _alone(old))
        case None, _Block():
            yield from (Pair(None, line, Mark.DIFFERS) for line in _alone(new))
        case _Block(), _Block():
            yield from _changed(old, new)


def _alone(block: _Block) -> list[Line]:
    return [
        Line(number, (Piece(line, differs=True),))
        for number, line in enumerate(block.lines, block.start)
    ]


def _changed(old: _Block, new: _Block) -> Iterator[Pair]:
    for same, i, j in matched(old.content, new.content):
        before, after = [old.lines[k] for k in i], [new.lines[k] for k in j]
        if same:
            for k, one, other in zip(range(len(before)), before, after, strict=True):
                left = Line(old.start + i.start + k, (Piece(one),))
                right = Line(new.start + j.start + k, (Piece(other),))
                yield Pair(left, right, Mark.SAME)
            continue
        pieces = pieces_of(before, after)
        mine = [Line(old.start + k, found) for k, found in zip(i, pieces[0], strict=True)]
        yours = [Line(new.start + k, found) for k, found in zip(j, pieces[1], strict=True)]
        for one_line, other_line in partners(mine, yours, _line_likeness):
            yield Pair(one_line, other_line, Mark.DIFFERS)


def _line_likeness(one: Line, other: Line) -> float:
    """How much a line has of another; nothing, if they say what has nothing to do with it."""
    text, other_text = ("".join(each.text for each in line.pieces) for line in (one, other))
    key, other_key = _KEY.match(text), _KEY.match(other_text)
    assert key is not None
    assert other_key is not None
    if key[0] != other_key[0]:
        return 0.0
    if key[1]:
        return 1.0
    common = in_common(text, other_text)
    return common if common > 1 / 3 else 0.0
