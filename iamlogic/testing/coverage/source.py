"""The text of a policy with its parts marked as they were touched.

The text is the policy's own file, if the policy still reads the same from it; of a template it is
the lines of the policy. Where there is no such text (any more) it is the canonical one, in which
the same parts stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import iamlogic as il
from iamlogic.errors import IamlogicError
from iamlogic.semantics.explain import printable
from iamlogic.syntax.documents import decode_text, read_file
from iamlogic.syntax.policy import Policy
from iamlogic.testing.coverage.parts import BRANCHES, Element, Part, text_of, where_of
from iamlogic.testing.coverage.tally import Covered


class State(Enum):
    """What touched a part; the value is what it is called."""

    REQUESTS = "by requests"
    PROOFS = "by proofs alone"
    MISSING = "by nothing"
    UNKNOWN = "not known"
    IMPOSSIBLE = "impossible"

    @property
    def css(self) -> str:
        """The class of the mark."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line, and what touched it if it is a part."""

    text: str
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """What there is no text for: whether the statement matched, and the branches of a condition."""

    text: str
    state: State


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text with its number."""

    number: int
    pieces: tuple[Piece, ...]
    chips: tuple[Chip, ...]


def state_of(covered: Covered, part: Part) -> State:
    """What touched a part: requests count for more than proofs."""
    if part in covered.by_requests:
        return State.REQUESTS
    if part in covered.by_proofs:
        return State.PROOFS
    if part in covered.unknown:
        return State.UNKNOWN
    return State.IMPOSSIBLE if part in covered.impossible else State.MISSING


def marked_lines(covered: Covered) -> list[Line]:
    """The lines of the policy's text."""
    text, policy, shown = _text(covered)
    parts = [*covered.parts, *covered.impossible]
    placed: dict[int, list[Part]] = {}
    for part in sorted(parts, key=_order):
        placed.setdefault(where_of(policy, part).line or 0, []).append(part)
    lines = text.splitlines()
    return [
        _line(lines[number - 1], number, placed.get(number, []), covered, policy)
        for number in shown
        if number <= len(lines)
    ]


def _order(part: Part) -> tuple[int, int, int]:
    return part.statement, list(Element).index(part.element), part.index


def _text(covered: Covered) -> tuple[str, Policy, range]:
    """A text, the policy with its places in there, and the lines in which it stands."""
    if covered.file is not None:
        try:
            text = decode_text(read_file(covered.file), covered.file)
            if not covered.name and il.parse(text) == covered.policy:
                return text, covered.policy, range(1, len(text.splitlines()) + 1)
            lines = [where_of(covered.policy, part).line or 0 for part in covered.parts]
            if covered.name and lines and min(lines) > 0:
                return text, covered.policy, range(min(lines), max(lines) + 1)
        except IamlogicError:
            pass  # it is no more what it was when the test read it
    text = il.format(covered.policy)
    return text, il.parse(text), range(1, len(text.splitlines()) + 1)


def _line(text: str, number: int, parts: list[Part], covered: Covered, policy: Policy) -> Line:
    marks: list[tuple[int, int, State]] = []
    chips: list[Chip] = []
    for part in parts:
        state = state_of(covered, part)
        if part.element is Element.STATEMENT:
            chips.append(Chip("statement matched", state))
        elif part.element in BRANCHES:
            chips.append(Chip(BRANCHES[part.element], state))
        else:
            start = (where_of(policy, part).column or 1) - 1
            marks.append((start, _end(text, start, text_of(policy, part)), state))
    return Line(
        number, tuple(_pieces(text, sorted(marks, key=lambda each: each[:2]))), tuple(chips)
    )


_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


def _end(line: str, start: int, text: str) -> int:
    """Where a value ends that starts there: a text in quotes, as written, or else the line."""
    quoted = _QUOTED.match(line, start)
    if quoted is not None:
        return quoted.end()
    return start + len(text) if line.startswith(text, start) else len(line)


def _pieces(line: str, marks: list[tuple[int, int, State]]) -> Iterator[Piece]:
    at = 0
    for start, end, state in marks:
        if start < at:
            continue  # two parts at one place: the first is shown
        if start > at:
            yield Piece(printable(line[at:start]))
        yield Piece(printable(line[start:end]), state)
        at = end
    yield Piece(printable(line[at:]))
