"""The two policies of a change as the page shows them: rows of marked-up words, some folded.

Both are canonical text (`readable`), in which nothing is invisible. The words that differ
and the placeholders are set off; a statement that gained or lost something carries a link to what
it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from iamlogic.questions.review.review import ReviewedChange
from iamlogic.reports.review.html.alignment import (
    Line,
    Mark,
    Pair,
    Part,
    side_by_side,
    statement_lines,
)
from iamlogic.reports.review.html.folding import Stretch, stretches
from iamlogic.reports.review.html.readable import readable
from iamlogic.reports.review.html.words import Piece
from iamlogic.reports.wording import statement_number
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Effect, Policy, Statement

MOST_ROWS = 2_000
"""Rows of one change that are shown; AWS's largest policies have a few hundred lines."""


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a line, and how it is set off: `differs`, `placeholder`, both, or not at all."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The mark of a statement: that it `gains` or `loses` something, and where that is told.

    `style` is one for both what is certain and what is possible. A statement that `moved` leads
    nowhere: that means nothing.
    """

    word: str
    anchor: str
    style: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a row."""

    number: int
    words: tuple[Word, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Two cells side by side."""

    before: Cell | None
    after: Cell | None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that follow one another; `style` says what they are, empty where both are alike."""

    rows: tuple[Row, ...]
    style: str


@dataclass(frozen=True, slots=True)
class Folding:
    """Groups that follow one another; with a `title`, they are folded under it."""

    groups: tuple[Group, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands side by side. With one side only, the other policy does not exist.

    `left_out` counts the rows that there was no room for.
    """

    parts: tuple[Folding, ...]
    has_before: bool
    has_after: bool
    left_out: int

    @property
    def length(self) -> int:
        """How many rows there are."""
        return sum(len(group.rows) for part in self.parts for group in part.groups)


def sides_of(change: ReviewedChange, tags: Mapping[Request, Tag]) -> Sides:
    """Both policies of a change; `tags` are those of its differences, by their examples."""
    texts = ["" if each is None else readable(each) for each in (change.before, change.after)]
    marked = _Marked(change, texts, tags)
    aligned = side_by_side(*texts)
    found = list(stretches(aligned, marked.is_tagged))
    marked.tag_moved(aligned)
    parts, left_out = _bounded(found)
    return Sides(
        tuple(Folding(marked.groups(each.pairs), _title(each)) for each in parts),
        change.before is not None,
        change.after is not None,
        left_out,
    )


def _bounded(found: Iterable[Stretch]) -> tuple[list[Stretch], int]:
    """As many rows as there is room for, and how many more there are."""
    kept: list[Stretch] = []
    room, left_out = MOST_ROWS, 0
    for each in found:
        shown = each.pairs[:room]
        if shown:
            kept.append(replace(each, pairs=shown))
        room -= len(shown)
        left_out += len(each.pairs) - len(shown)
    return kept, left_out


def _title(stretch: Stretch) -> str:
    if not stretch.is_folded:
        return ""
    lines = f"{len(stretch.pairs)} lines alike"
    if not stretch.statements:
        return lines
    count = stretch.statements
    title = f"{count} statement{'' if count == 1 else 's'} alike, {len(stretch.pairs)} lines"
    return f"{title}, {stretch.moved} moved" if stretch.moved else title


def _line_of(statement: Statement, policy: Policy | None, text: str) -> int:
    """The line at which a statement of a policy begins in its canonical text."""
    assert policy is not None
    return statement_lines(text)[statement_number(statement, policy) - 1]


class _Marked:
    """What is set off in the lines of a change."""

    def __init__(
        self, change: ReviewedChange, texts: list[str], tags: Mapping[Request, Tag]
    ) -> None:
        placeholders = {
            each.text
            for side in (change.before, change.after)
            if side is not None
            for each in side.placeholders
        }
        longest_first = sorted(placeholders, key=lambda text: (-len(text), text))
        self._placeholder = (
            re.compile("|".join(map(re.escape, longest_first))) if placeholders else None
        )
        self._tags: tuple[dict[int, list[Tag]], dict[int, list[Tag]]] = ({}, {})
        policies = [None if each is None else each.policy for each in (change.before, change.after)]
        for is_gain, differences in (
            (True, change.comparison.gained),
            (False, change.comparison.lost),
        ):
            for difference in differences:
                statement, tag = difference.statement, tags.get(difference.witness)
                if statement is None or tag is None:
                    continue
                # What is gained stands in an Allow now or stood in a Deny before; lost: mirrored.
                side = is_gain == (statement.effect is Effect.ALLOW)
                line = _line_of(statement, policies[side], texts[side])
                there = self._tags[side].setdefault(line, [])
                if all(each.word != tag.word for each in there):  # one for all of its regions
                    there.append(tag)

    def tag_moved(self, parts: Iterable[Part]) -> None:
        """What only moved is not in view for that: it is marked afterwards."""
        for part in parts:
            first = part.pairs[0].after
            if part.has_moved and first is not None:
                self._tags[1].setdefault(first.number, []).append(Tag("moved", "", "moved"))

    def is_tagged(self, pair: Pair) -> bool:
        lines = (pair.before, pair.after)
        return any(
            line is not None and line.number in tags
            for line, tags in zip(lines, self._tags, strict=True)
        )

    def groups(self, pairs: Iterable[Pair]) -> tuple[Group, ...]:
        return tuple(
            Group(tuple(map(self._row, alike)), "" if mark is Mark.SAME else mark.value)
            for mark, alike in groupby(pairs, key=lambda pair: pair.mark)
        )

    def _row(self, pair: Pair) -> Row:
        before, after = (
            self._cell(line, tags)
            for line, tags in zip((pair.before, pair.after), self._tags, strict=True)
        )
        return Row(before, after)

    def _cell(self, line: Line | None, tags: dict[int, list[Tag]]) -> Cell | None:
        if line is None:
            return None
        # A line that differs as a whole is marked as one, not word by word.
        by_word = not all(piece.differs for piece in line.pieces)
        words = tuple(word for piece in line.pieces for word in self._words(piece, by_word=by_word))
        return Cell(line.number, words, tuple(tags.get(line.number, ())))

    def _words(self, piece: Piece, *, by_word: bool) -> Iterator[Word]:
        style = "differs" if by_word and piece.differs else ""
        if self._placeholder is None:
            yield Word(piece.text, style)
            return
        at = 0
        for found in self._placeholder.finditer(piece.text):
            if found.start() > at:
                yield Word(piece.text[at : found.start()], style)
            yield Word(found[0], f"{style} placeholder".strip())
            at = found.end()
        if at < len(piece.text):
            yield Word(piece.text[at:], style)
