"""The context of a request: condition keys and their values, in one canonical form.

Names of keys are compared without case (R-K7), values are texts: what a program hands in as a
Boolean, a number or a moment is written as AWS would send it. Every key has one value or more; an
empty list is the key's absence (R-K9) and is dropped. A `Context` is immutable and hashable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import final

from iamlogic.errors import RequestError
from iamlogic.syntax.letter_case import fold

Scalar = str | bool | int | float | Decimal | datetime
ContextValue = Scalar | Sequence[Scalar]
"""What a key can be given: one value or a list (or tuple) of values."""

NUMBER_DIGITS = 400
"""Bound on a number's digits: `Decimal("1e999999999")` is short, its decimal text is not."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def check_name(what: str, text: object) -> str:
    """`text`, if it is a text of one character or more (R-K17)."""
    if not isinstance(text, str):
        raise RequestError(f"{what} must be a text, not {type(text).__name__}")
    if not text:
        raise RequestError(f"{what} is empty")
    if _SURROGATE.search(text):
        raise RequestError(f"{what} has a lone surrogate: {text!a}")
    return text


@final
class Context(Mapping[str, tuple[str, ...]]):
    """An immutable, hashable mapping from condition keys to their values, names without case.

    Iteration gives the names as they were written. A context equals another, or the mapping that
    one could be made from, if both have the same keys, case ignored, with the same values.
    """

    __slots__ = ("_entries",)

    def __init__(self, given: Mapping[str, ContextValue]) -> None:
        entries: dict[str, tuple[str, tuple[str, ...]]] = {}
        for name, value in given.items():
            folded = fold(_check_key(name))
            if folded in entries:  # R-K7
                raise RequestError(
                    f"the context names one key twice: {entries[folded][0]!r} and {name!r} "
                    "differ only in case"
                )
            entries[folded] = (name, _values(name, value))
        self._entries = {k: entry for k, entry in entries.items() if entry[1]}  # R-K9

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return self._entries[fold(key)][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Context):
            return self.folded() == other.folded()
        if not isinstance(other, Mapping):
            return NotImplemented
        try:
            return self == Context(other)
        except RequestError:
            return False

    def __hash__(self) -> int:
        return hash(frozenset(self.folded().items()))

    def __repr__(self) -> str:
        return repr(self.to_dict())

    def folded(self) -> dict[str, tuple[str, ...]]:
        """The values by the folded names of their keys."""
        return {folded: values for folded, (_, values) in self._entries.items()}

    def to_dict(self) -> dict[str, str | list[str]]:
        """The JSON form: one value as a text, several as a list."""
        return {
            name: values[0] if len(values) == 1 else list(values)
            for name, values in self._entries.values()
        }


def _check_key(name: object) -> str:
    key = check_name("a condition key", name)
    prefix, colon, rest = key.partition(":")
    if not (prefix and colon and rest):  # R-K17
        raise RequestError(
            f"{key!r} is no condition key: expected PREFIX:NAME, such as aws:SourceIp"
        )
    return key


def _values(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(_text(key, element) for element in value)
    return (_text(key, value),)


def _text(key: str, value: object) -> str:
    """The text that AWS would send for `value` (R-K18)."""
    match value:
        case str():
            if _SURROGATE.search(value):
                raise RequestError(f"the value of {key} has a lone surrogate: {value!a}")
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return _decimal_text(key, value)
        case datetime():
            return _moment_text(key, value)
        case _:
            raise RequestError(
                f"the value of {key} is of type {type(value).__name__}: expected a text, a "
                "Boolean, a number, a datetime or a list of them"
            )


def _decimal_text(key: str, value: float | Decimal) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise RequestError(f"the value of {key} is no decimal number: {value}")
    _, digits, exponent = number.as_tuple()
    if len(digits) + abs(int(exponent)) > NUMBER_DIGITS:
        raise RequestError(f"the value of {key} is a number of more than {NUMBER_DIGITS} digits")
    return format(number, "f")


def _moment_text(key: str, value: datetime) -> str:
    if value.tzinfo is None:
        raise RequestError(
            f"the value of {key} is a moment without time zone: {value}\n"
            "    hint: datetime(..., tzinfo=timezone.utc)"
        )
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise RequestError(f"the value of {key} lies outside of the calendar: {value}") from None
    return utc.isoformat().replace("+00:00", "Z")
