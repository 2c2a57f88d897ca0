"""Decoded JSON → JSON tree: what `json.loads` gives, read as strictly as text.

Numbers become the text that `json.dumps` would write: an `int` its digits, a `float` its shortest
form that reads back the same (`1.0`, `1e+16`), a `Decimal` its own text. What JSON cannot write
(other types, other than text as a member's name, NaN, a cycle, a lone surrogate) is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal

from iamlogic.errors import Path
from iamlogic.syntax.json_tree import (
    MAX_DEPTH,
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)

MAX_VALUES = 2_000_000
"""Values and names in a decoded document: lists that share their members can stand for far more
than memory holds."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class NotDecodedJson(Exception):
    """The value has no JSON text; says where and why."""

    def __init__(self, path: Path, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.path, self.message, self.hint = path, message, hint


def read_decoded_json(value: object) -> JsonValue:
    """The tree of a decoded JSON value. Raises `NotDecodedJson`."""
    return _Reader().read(value, (), 0)


class _Reader:
    """Counts the nodes while it walks: a node's position is its number."""

    def __init__(self) -> None:
        self._count = -1

    def _next(self, path: Path) -> int:
        self._count += 1
        if self._count > MAX_VALUES:
            raise NotDecodedJson(path, f"there are more than {MAX_VALUES:,} values")
        return self._count

    def read(self, value: object, path: Path, depth: int) -> JsonValue:
        position = self._next(path)
        match value:
            case str():
                return JsonString(_text(value, path), position)
            case bool():
                return JsonBool(value, position)
            case int() | float() | Decimal():
                return JsonNumber(_number(value, path), position)
            case None:
                return JsonNull(position)
            case Mapping() | list() | tuple():
                if depth >= MAX_DEPTH:
                    message = f"objects and lists stand more than {MAX_DEPTH} deep in each other"
                    raise NotDecodedJson(path, message)
        match value:
            case Mapping():
                members = [self._member(name, inner, path, depth) for name, inner in value.items()]
                return JsonObject(tuple(members), position)
            case list() | tuple():
                items = [self.read(item, (*path, i), depth + 1) for i, item in enumerate(value)]
                return JsonList(tuple(items), position)
        raise NotDecodedJson(
            path,
            f"found a Python value of type {type(value).__name__}, which JSON does not have",
            "parse takes what json.loads gives: dict, list, str, int, float, bool, None",
        )

    def _member(self, name: object, value: object, path: Path, depth: int) -> Member:
        if not isinstance(name, str):
            message = f"a member's name is a Python {type(name).__name__}, expected text"
            raise NotDecodedJson(path, message)
        position = self._next(path)
        text = _text(name, path)
        return Member(text, position, self.read(value, (*path, text), depth + 1))


def _text(value: str, path: Path) -> str:
    if not value.isascii() and (lone := _SURROGATE.search(value)):
        message = f"a lone surrogate (U+{ord(lone[0]):04X}) stands in a text: it is no character"
        raise NotDecodedJson(path, message)
    return value if type(value) is str else str.__str__(value)


def _number(value: float | Decimal, path: Path) -> str:
    if isinstance(value, int):
        try:
            return int.__repr__(value)
        except ValueError:  # Python's own bound on the length of a number's text
            raise NotDecodedJson(path, "found a number with too many digits to write") from None
    if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
        raise NotDecodedJson(path, f"found {value}, but JSON has no such number")
    return str(value) if isinstance(value, Decimal) else float.__repr__(value)
