"""Strings with `${…}` and `%{…}`, cut into chunks and expressions.

python-hcl2 leaves a heredoc whole, and strings in JSON and template files are no HCL at all: their
expressions are found here and read by the same parser. What is between them stands in the source
letter by letter, which is how a policy in a heredoc keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamlogic.inputs.terraform.hcl import Chunk, Expression, ForPart, IfPart, Part

ExpressionReader = Callable[[str, int], Expression]
"""Reads the expression that a text is, whose first character stands at the position."""

_MARK = re.compile(r"\$\$\{|%%\{|\$\{|%\{")
_FOR = re.compile(r"\s*for\s+([\w-]+)\s*(?:,\s*([\w-]+)\s*)?in\s(.*)", re.DOTALL)
_IF = re.compile(r"\s*if\s(.*)", re.DOTALL)
_WORD = re.compile(r"\s*(else|endif|endfor)\s*")


class BadTemplate(Exception):
    """A template that is not closed, or has a part that is none; and where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message, self.position = message, position


@dataclass(frozen=True, slots=True)
class Marker:
    """One `%{…}` before the parts are nested: its word, and what follows it."""

    word: str
    position: int
    names: tuple[str, ...] = ()
    expression: Expression | None = None


def scan(text: str, position: int, read: ExpressionReader) -> Iterator[Part | Marker]:
    """The parts of a template without escapes of its own, which stands at `position`."""
    at, strips = 0, False
    while found := _MARK.search(text, at):
        literal = text[at : found.start()]
        if found[0] in {"$${", "%%{"}:
            yield from _literal(literal, position + at, strips_start=strips)
            yield Chunk(found[0][1:], position + found.start(), fixed=True)
            at, strips = found.end(), False
            continue
        end = _closing(text, found.end(), position)
        inner, start = text[found.end() : end], found.end()
        before, after = inner.startswith("~"), inner.endswith("~")
        inner, start = inner[before : len(inner) - after], start + before
        yield from _literal(literal, position + at, strips_start=strips, strips_end=before)
        if found[0] == "${":
            yield read(inner, position + start)
        else:
            yield _marker(inner, position + start, read)
        at, strips = end + 1, after
    yield from _literal(text[at:], position + at, strips_start=strips)


def _literal(
    text: str, position: int, *, strips_start: bool = False, strips_end: bool = False
) -> Iterator[Chunk]:
    if strips_start:
        stripped = text.lstrip()
        position += len(text) - len(stripped)
        text = stripped
    if strips_end:
        text = text.rstrip()
    if text:
        yield Chunk(text, position)


def _marker(inner: str, position: int, read: ExpressionReader) -> Marker:
    if found := _FOR.fullmatch(inner):
        names = (found[1], found[2]) if found[2] else (found[1],)
        return Marker("for", position, names, read(found[3], position + found.start(3)))
    if found := _IF.fullmatch(inner):
        return Marker("if", position, (), read(found[1], position + found.start(1)))
    if found := _WORD.fullmatch(inner):
        return Marker(found[1], position)
    raise BadTemplate("this is no directive of a template", position)


def _closing(text: str, at: int, position: int) -> int:
    """Where the brace stands that closes what is open before `at`, strings left out."""
    opened = ["{"]
    start = at
    while at < len(text):
        letter = text[at]
        if opened[-1] == '"':
            if letter == "\\":
                at += 1
            elif letter == '"':
                opened.pop()
            elif text.startswith(("${", "%{"), at) and not text.startswith(("$${", "%%{"), at - 1):
                opened.append("{")
                at += 1
        elif letter in '{"':
            opened.append(letter)
        elif letter == "}":
            opened.pop()
            if not opened:
                return at
        at += 1
    raise BadTemplate("the expression that begins here is not closed", position + start)


def nested(parts: Iterator[Part | Marker], position: int) -> tuple[Part, ...]:
    """The parts with those between directives put inside of them."""
    pending = list(parts)[::-1]
    found, stopped = _until(pending, position)
    if stopped is not None:
        raise BadTemplate(f"there is no {stopped.word} to begin here", stopped.position)
    return found


def _until(pending: list[Part | Marker], position: int) -> tuple[tuple[Part, ...], Marker | None]:
    """The parts up to a word that ends them."""
    found: list[Part] = []
    while pending:
        part = pending.pop()
        if not isinstance(part, Marker):
            found.append(part)
        elif part.word == "if":
            found.append(_if(part, pending, position))
        elif part.word == "for":
            body, stopped = _until(pending, position)
            if stopped is None or stopped.word != "endfor" or part.expression is None:
                raise BadTemplate("this for is not ended", part.position)
            key = part.names[0] if len(part.names) > 1 else None
            found.append(ForPart(key, part.names[-1], part.expression, body))
        else:
            return tuple(found), part
    return tuple(found), None


def _if(marker: Marker, pending: list[Part | Marker], position: int) -> IfPart:
    if_true, stopped = _until(pending, position)
    if_false: tuple[Part, ...] = ()
    if stopped is not None and stopped.word == "else":
        if_false, stopped = _until(pending, position)
    if stopped is None or stopped.word != "endif" or marker.expression is None:
        raise BadTemplate("this if is not ended", marker.position)
    return IfPart(marker.expression, if_true, if_false)
