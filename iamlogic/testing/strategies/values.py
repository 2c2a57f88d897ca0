"""Values of condition keys on the edges of what conditions say: true, false, and the key absent.

A candidate is made from a value of the policy: itself, the number, date or address just below, at
and just above it, another case, a wildcard filled or missed. Which candidates make the conditions
hold is asked of the evaluator; that only says how often which one is drawn, so that an evaluator
which is wrong hides nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from iamlogic.semantics.conditions import asks_all, holds_when_absent, null_holds, value_satisfies
from iamlogic.semantics.dates import instant
from iamlogic.semantics.globs import Chunk
from iamlogic.semantics.numbers import number
from iamlogic.semantics.request import Request
from iamlogic.semantics.usual import NOW, NOW_IN_SECONDS
from iamlogic.syntax.global_keys import KEY_FAMILIES
from iamlogic.syntax.literals import is_address_block, is_base64, is_date, is_number
from iamlogic.syntax.operators import Comparison, Family
from iamlogic.syntax.policy import Condition, Escape, Text
from iamlogic.testing.strategies.words import Pattern, filled_words

Values = tuple[str, ...]
"""What a request has of one key; none is the key's absence."""

ABSENT: Values = ()


@dataclass(frozen=True, slots=True)
class KeyEdges:
    """What to draw for one key: values with which all of its conditions hold, and others."""

    holding: tuple[Values, ...]
    failing: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How values are made: `free` says which words nothing in the policy gives.

    `sent`: only requests that AWS sends, with values of its types (R-K14).
    """

    fillings: tuple[str, ...]
    free: tuple[str, ...]
    sent: bool


@lru_cache(maxsize=1 << 12)
def key_edges(
    key: str,
    conditions: tuple[Condition, ...],
    manner: Manner,
    *,
    multivalued: bool,
    also: Values = (),
) -> KeyEdges:
    """Of the folded `key`, of which all the `conditions` are; variables in them are replaced.

    `also` are values that a wrong evaluator could put for a variable.
    """
    made = (*_candidates(key, conditions, manner), *also)
    singles = [value for value in dict.fromkeys(made) if _fits(key, value, manner)]
    options: list[Values] = [ABSENT, *((value,) for value in singles)]
    if multivalued and len(singles) > 1:
        first, *others = singles
        options += [(first, other) for other in others]
        options += [(other, singles[-1]) for other in others[:-1]]
        options.append(tuple(singles[:3]))
    holding = [values for values in options if all(_holds(c, values) for c in conditions)]
    failing = [values for values in options if values not in holding]
    return KeyEdges(_weighed(holding), _weighed(failing))


def _weighed(options: list[Values]) -> tuple[Values, ...]:
    """Absence is one option among many, but as worthy as all the others: it stands repeatedly."""
    extra = (len(options) - 1) // 3 if ABSENT in options else 0
    return (*(ABSENT,) * extra, *options)


def _holds(condition: Condition, values: Values) -> bool:
    operator = condition.operator
    if operator.base.family is Family.NULL:
        return null_holds(condition, is_absent=not values)
    if not values:
        return holds_when_absent(operator)
    satisfied = [value_satisfies(condition, value, _NOBODY) for value in values]
    return all(satisfied) if asks_all(operator) else any(satisfied)


_NOBODY = Request("anonymous", "a:b", "*")
"""What variables are still there have no value."""


def _candidates(key: str, conditions: tuple[Condition, ...], manner: Manner) -> tuple[str, ...]:
    made = [
        word
        for condition in conditions
        for value in condition.values
        for word in _about(condition, value, manner)
    ]
    return tuple(dict.fromkeys(made)) or _usual(key, manner)


def _usual(key: str, manner: Manner) -> tuple[str, ...]:
    families = KEY_FAMILIES.get(key, ())
    return _USUAL[families[-1]] if families else manner.free


_USUAL = {
    Family.BOOL: ("true", "false"),
    Family.DATE: (NOW,),
    Family.NUMERIC: ("60", NOW_IN_SECONDS),
    Family.IP: ("203.0.113.7",),
}


def _fits(key: str, value: str, manner: Manner) -> bool:
    if not manner.sent:
        return True
    families = KEY_FAMILIES.get(key, ())
    if key in ("aws:sourcearn", "aws:principalarn"):
        return value.startswith("arn:") and value.count(":") >= 5
    return all(_IS_SENT[family](value) for family in families)


_IS_SENT = {
    Family.BOOL: lambda value: value in ("true", "false"),
    Family.DATE: lambda value: instant(value) is not None,
    Family.NUMERIC: lambda value: (number(value) or Decimal(-1)) >= 0,
    Family.IP: lambda value: "/" not in value and is_address_block(value),
}


def _about(condition: Condition, value: Text, manner: Manner) -> Iterator[str]:
    """Words about one value under one operator, the plainest first."""
    base = condition.operator.base
    match base.family, base.comparison:
        case Family.STRING | Family.ARN, Comparison.LIKE:
            yield from _like(pattern_of(value), base.family, manner)
        case Family.STRING, _:
            text = "".join(chunk.text for chunk in pattern_of(value))
            yield from (text, text[:-1], text + "a", text.swapcase(), text.upper(), text.lower())
            yield from filled_words((Chunk(text),), manner.fillings)[:3]
        case Family.NUMERIC, _:
            yield from _numbers(value.text)
        case Family.DATE, _:
            yield from _dates(value.text)
        case Family.IP, _:
            yield from _addresses(value.text)
        case Family.BOOL, _:
            yield from (value.text, *("true", "false"), value.text.upper(), "a")
        case Family.BINARY, _:
            yield from _bytes(value.text)
        case _:
            return


def pattern_of(text: Text) -> Pattern:
    """The chunks of a text; a variable that is still there is what it is written as."""
    if text.template is None:
        return (Chunk(text.text),)
    return tuple(
        Chunk(part)
        if isinstance(part, str)
        else Chunk(part.character, literal=True)
        if isinstance(part, Escape)
        else Chunk(f"${{{part.key}}}", literal=True)
        for part in text.template
    )


def _like(pattern: Pattern, family: Family, manner: Manner) -> Iterator[str]:
    words = filled_words(pattern, manner.fillings)
    if family is Family.ARN:
        if pattern == (Chunk("*"),):
            yield from ("arn:aws:s3:::a", "arn:aws:s3:::a:b", "a:a:a:a:a:a", "arn:aws:s3::a")
        yield from (words[0], words[0] + ":b", words[0].partition(":")[2])
    yield from words


def _numbers(text: str) -> Iterator[str]:
    if not is_number(text):
        return
    at = number(text)
    assert at is not None
    yield text
    if abs(at.adjusted()) < 20:
        steps = (at + 1, at - 1, at + Decimal("0.5"), at - Decimal("0.5"))
        yield from (format(step.normalize(), "f") for step in steps)
        plain = format(at.normalize(), "f")
        yield from (plain, f"{plain}.0" if "." not in plain else f"{plain}0")
    yield "a"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _dates(text: str) -> Iterator[str]:
    if not is_date(text):
        return
    at = instant(text)
    assert at is not None
    yield text
    try:
        moment = _EPOCH + timedelta(seconds=int(at))
        shifted = [moment + timedelta(seconds=step) for step in (0, -1, 1)]
        zoned = moment.astimezone(timezone(timedelta(hours=1)))
    except OverflowError:
        shifted, zoned = [], _EPOCH
    yield from (each.isoformat().replace("+00:00", "Z") for each in shifted)
    if shifted:
        yield from (zoned.isoformat(), f"{moment.year:04d}")
        yield zoned.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    yield f"{int(at)}.0"
    yield f"{int(at)}.5"
    yield str(int(at))
    yield "a"


def _addresses(text: str) -> Iterator[str]:
    if not is_address_block(text):
        return
    block = ipaddress.ip_network(text, strict=False)
    first, last = block[0], block[-1]
    made = type(first)
    yield str(first)
    yield str(last)
    if int(first) > 0:
        yield str(made(int(first) - 1))
    if int(last) < (1 << first.max_prefixlen) - 1:
        yield str(made(int(last) + 1))
    written = text.partition("/")[0]
    yield written
    if first.version == 4:
        yield f"::ffff:{first}"
        yield "2001:db8::1"
    else:
        yield "203.0.113.7"
    yield text


def _bytes(text: str) -> Iterator[str]:
    if not is_base64(text):
        return
    yield text
    if text.endswith("="):
        # The last letter has bits that no byte holds: another letter writes the same bytes.
        body = text.rstrip("=")
        yield body[:-1] + _NEXT[body[-1]] + "=" * (len(text) - len(body))
    yield from ("QQ==", "QUI=", "a")


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NEXT = dict(zip(_ALPHABET, _ALPHABET[1:] + "A", strict=True))


def is_key(name: str) -> bool:
    """Whether a request can have a key of this name (R-K17)."""
    prefix, colon, rest = name.partition(":")
    return bool(prefix and colon and rest)
