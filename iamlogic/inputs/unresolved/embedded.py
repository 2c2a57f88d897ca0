"""Policies that are texts inside another text: their positions are those of the outer one."""

from __future__ import annotations

from collections.abc import Callable

from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)
from iamlogic.syntax.problems import Document, Problems

Origin = Callable[[int], int]
"""Where a character of the inner text stands in the outer one, as an offset in it."""


class TemplateDocument(Document):
    """A text whose strings are not written as in JSON, so that no place inside one is counted."""

    def inside(self, position: int, offset: int) -> int:  # noqa: ARG002 (as its base asks for)
        return position


def read_embedded(text: str, origin: Origin, document: Document) -> JsonValue:
    """The JSON tree of an inner text, each node at its place in the outer `document`.

    Raises `PolicySyntaxError`, likewise.
    """
    from iamlogic.syntax.json_text import NotJson, read_json_text  # loads lark

    try:
        return moved(read_json_text(text), origin)
    except NotJson as error:
        mistake = error.mistake
        problems = Problems(document)
        problems.error(origin(mistake.position), (), mistake.message, "R-P1", mistake.hint)
        raise problems.failure() from None


def moved(node: JsonValue, origin: Origin) -> JsonValue:
    """The tree of an inner text with every node at its place in the outer one."""
    match node:
        case JsonString(value, position):
            return JsonString(value, origin(position))
        case JsonNumber(text, position):
            return JsonNumber(text, origin(position))
        case JsonBool(truth, position):
            return JsonBool(truth, origin(position))
        case JsonNull(position):
            return JsonNull(origin(position))
        case JsonList(items, position):
            return JsonList(tuple(moved(each, origin) for each in items), origin(position))
        case JsonObject(members, position):
            changed = (
                Member(each.name, origin(each.position), moved(each.value, origin))
                for each in members
            )
            return JsonObject(tuple(changed), origin(position))


def escaped_origin(source: str, start: int) -> Origin:
    """The origin of what a JSON string says, whose opening quote stands at `start` in `source`."""
    offsets = [start + 1]
    at = start + 1
    while at < len(source) and source[at] != '"':
        at += (6 if source[at + 1 : at + 2] == "u" else 2) if source[at] == "\\" else 1
        offsets.append(at)
    return lambda position: offsets[min(position, len(offsets) - 1)]
