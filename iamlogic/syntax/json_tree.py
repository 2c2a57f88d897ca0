"""JSON values as the policy reader sees them: the same tree from text and from decoded JSON.

`position` orders the nodes of one document as they are written. Read from text it is the offset of
the value's first character; in decoded JSON it counts the nodes. Only `Document` turns a position
into a line and a column. Numbers keep their text: `10` and `10.0` are different values (R-P14).
"""

from __future__ import annotations

from typing import NamedTuple

MAX_TEXT = 4 * 1024 * 1024
"""Characters of a text, and bytes of a file, that are read: 50 times the largest policy that AWS
itself publishes, and the worst text of that size is still a matter of seconds."""

MAX_DEPTH = 64
"""Objects and lists that may stand inside each other. A policy needs 6; the bound keeps every later
walk over the tree shallow, whatever the input."""


class JsonString(NamedTuple):
    """A text, with its escapes resolved."""

    value: str
    position: int


class JsonNumber(NamedTuple):
    """A number, as written."""

    text: str
    position: int


class JsonBool(NamedTuple):
    """`true` or `false`."""

    value: bool
    position: int


class JsonNull(NamedTuple):
    """`null`."""

    position: int


class JsonList(NamedTuple):
    """A list."""

    items: tuple[JsonValue, ...]
    position: int


class Member(NamedTuple):
    """One `name: value` of an object; `position` is the name's."""

    name: str
    position: int
    value: JsonValue


class JsonObject(NamedTuple):
    """An object, its members in order; a name may occur twice (R-P11 is for the reader)."""

    members: tuple[Member, ...]
    position: int


JsonValue = JsonString | JsonNumber | JsonBool | JsonNull | JsonList | JsonObject

_SHOWN = 60
"""Characters of a user's text that a message repeats."""


def quote(text: str) -> str:
    """`text` in double quotes for a message: on one line, without control characters, clipped."""
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + '"'


def describe(value: JsonValue) -> str:
    """What was found, for a message: `the number 5`, `an empty list`."""
    match value:
        case JsonString(text, _):
            return f"the text {quote(text)}"
        case JsonNumber(text, _):
            return f"the number {text[:_SHOWN]}"
        case JsonBool(truth, _):
            return "true" if truth else "false"
        case JsonNull():
            return "null"
        case JsonList(items, _):
            return "a list" if items else "an empty list"
        case JsonObject(members, _):
            return "an object" if members else "an empty object"
