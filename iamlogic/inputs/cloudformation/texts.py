"""Policies that a template writes as JSON text, also in pieces: `!Sub |` with JSON below it.

The pieces of the text remember where they come from, so that every node of the policy, and every
mistake in it, has its place in the file: to the line in a block, to the character in a JSON string.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.nodes import arguments, as_call, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import is_absent
from iamlogic.inputs.unresolved.embedded import Origin
from iamlogic.syntax.json_tree import JsonList, JsonString, JsonValue

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_HEADER = re.compile(r"[|>][^\n]*\n")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, and where each of its characters comes from."""

    text: str
    origin: Origin


def pieces(resolver: Resolver, node: JsonValue, scope: Scope) -> list[Piece] | None:
    """The pieces of an expression that gives a text; None for one that gives something else."""
    call = as_call(node)
    if call is None:
        if not isinstance(node, JsonString):
            return None
        return [_literal(resolver, node)]
    parts = arguments(call.argument)
    match call.function:
        case "Fn::Sub" if parts and isinstance(parts[0], JsonString):
            return list(_substituted(resolver, parts, scope))
        case "Fn::Join" if len(parts) == 2 and isinstance(parts[1], JsonList):
            return _joined(resolver, text_of(parts[0]) or "", parts[1], scope)
        case "Ref" | "Fn::ImportValue" | "Fn::GetAtt" | "Fn::FindInMap" | "Fn::Select":
            value = resolver.resolve(node, scope)
            if isinstance(value, JsonString):
                return [_fixed(value.value, node.position)]
    return None


def text_and_origin(found: list[Piece]) -> tuple[str, Origin]:
    """The whole text, and the origin of its characters."""
    starts = []
    length = 0
    for piece in found:
        starts.append(length)
        length += len(piece.text)

    def origin(position: int) -> int:
        number = max(bisect_right(starts, position) - 1, 0)
        return found[number].origin(position - starts[number])

    return "".join(piece.text for piece in found), origin


def _fixed(text: str, position: int) -> Piece:
    return Piece(text, lambda _: position)


def _literal(resolver: Resolver, node: JsonString) -> Piece:
    resolved = resolver.text(node.value, node.position)
    if resolved.value != node.value:
        return _fixed(resolved.value, node.position)
    return Piece(node.value, scalar_origin(resolver.document.text or "", node))


def _substituted(resolver: Resolver, parts: tuple[JsonValue, ...], scope: Scope) -> Iterator[Piece]:
    from iamlogic.inputs.cloudformation.functions import as_text, sub_pieces, sub_value

    template = parts[0]
    assert isinstance(template, JsonString)
    origin = scalar_origin(resolver.document.text or "", template)
    given = parts[1] if len(parts) > 1 else None
    at = 0
    for literal, name in sub_pieces(template.value):
        start = origin(at)
        if name:
            value = sub_value(resolver, name, given, template.position, scope)
            yield _fixed(as_text(resolver, value, name, template.position), start)
        elif template.value.startswith(literal, at):
            yield Piece(literal, _shifted(origin, at))
        else:  # `${!so}`, which has lost its mark
            yield _fixed(literal, start)
            at += 1
        at += len(literal)


def _shifted(origin: Origin, by: int) -> Origin:
    return lambda position: origin(position + by)


def _joined(
    resolver: Resolver, delimiter: str, items: JsonList, scope: Scope
) -> list[Piece] | None:
    from iamlogic.inputs.cloudformation.functions import as_text

    found: list[Piece] = []
    for item in items.items:
        inner = pieces(resolver, item, scope)
        if inner is None:
            value = resolver.resolve(item, scope)
            if is_absent(value):
                continue
            text = as_text(resolver, value, "Join", item.position)
            inner = [_fixed(text, item.position)]
        if found and delimiter:
            found.append(_fixed(delimiter, item.position))
        found += inner
    return found


def scalar_origin(source: str, node: JsonString) -> Origin:
    """Where the characters of a text stand that is written in `source` at the node's position.

    The text is laid beside its source: a character stands where it is found next, after whatever
    only writes it (indentation, line breaks, the backslash of an escape).
    """
    offsets: list[int] = []

    def laid() -> list[int]:
        if not offsets:
            offsets.extend(_offsets(source, node))
        return offsets

    return lambda position: laid()[max(0, min(position, len(laid()) - 1))]


def _offsets(source: str, node: JsonString) -> Iterator[int]:
    quote = source[node.position : node.position + 1]
    header = _HEADER.match(source, node.position) if quote in "|>" else None
    if header is not None:
        at, quote = header.end(), ""
    elif quote in "\"'":
        at = node.position + 1
    else:
        at, quote = node.position, ""
    for character in node.value:
        at = _next(source, at, character, quote)
        yield at
        at += _width(source, at, quote)
    yield at


def _next(source: str, at: int, character: str, quote: str) -> int:
    """Where a character of the text stands, from `at` on; `at` itself if that cannot be told."""
    if character.isspace():
        return at
    here = at
    while here < len(source):
        found = source[here]
        if found == character or (found == "\\" and quote == '"'):
            continued = source[here + 1 : here + 2] in "\r\n"
            if found == character or not continued:
                return here
        elif not found.isspace():
            return at
        here += 1
    return at


def _width(source: str, at: int, quote: str) -> int:
    if quote == '"' and source[at : at + 1] == "\\":
        found = _ESCAPE.match(source, at)
        return len(found[0]) if found else 1
    return 2 if quote == "'" and source[at : at + 2] == "''" else 1
