"""A request as Python: the text of an expression that makes it, laid out as ruff and black do.

    il.Request(
        principal="arn:aws:iam::111122223333:user/alice",
        …
    )

The text goes into a file that people read and diff, and a request's texts are hostile: whatever
cannot be seen (controls, marks of direction, odd spaces) is written as an escape. Members that have
their default are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from iamlogic.semantics.context import Context
    from iamlogic.semantics.request import Request

_COLUMNS = 100
_INDENT = "    "
_ENDLESS = sys.maxsize

_Value = str | list[str] | dict[str, str | list[str]]
_Entry = tuple[str, _Value]
"""What stands before a value, such as `principal=`, and the value."""


def request_python(request: Request) -> str:
    """The expression; in its scope `il` is iamlogic."""
    entries: list[_Entry] = [
        ("principal=", request.principal),
        ("action=", request.action),
        ("resource=", request.resource),
    ]
    if request.context:
        entries.append(("context=", cast("Context", request.context).to_dict()))
    if request.resource_account is not None:
        entries.append(("resource_account=", request.resource_account))
    return _bracketed("il.Request(", entries, ")", depth=0, room=_COLUMNS)


def _bracketed(opening: str, entries: Iterable[_Entry], closing: str, depth: int, room: int) -> str:
    """On one line if that has `room`, else with one entry a line."""
    entries = list(entries)
    flat = ", ".join(before + _value(value, depth, _ENDLESS) for before, value in entries)
    if len(opening + flat + closing) <= room:
        return opening + flat + closing
    inner = _INDENT * (depth + 1)
    lines = [
        f"{inner}{before}{_value(value, depth + 1, _COLUMNS - len(inner + before) - len(','))},"
        for before, value in entries
    ]
    return "\n".join([opening, *lines, _INDENT * depth + closing])


def _value(value: _Value, depth: int, room: int) -> str:
    match value:
        case str():
            return _literal(value)
        case list():
            return _bracketed("[", [("", each) for each in value], "]", depth, room)
        case dict():
            entries = [(f"{_literal(key)}: ", each) for key, each in value.items()]
            return _bracketed("{", entries, "}", depth, room)


def _literal(text: str) -> str:
    """In double quotes, unless single ones save escapes: what formatters leave alone."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(character, quote) for character in text) + quote


def _escaped(character: str, quote: str) -> str:
    if character in {quote, "\\"}:
        return f"\\{character}"
    # repr knows Python's escapes, and gives one to what is not printable only.
    return character if character.isprintable() else repr(character)[1:-1]
