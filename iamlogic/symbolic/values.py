"""A value for one key, from languages of every form: texts, numbers, instants, addresses.

Where only texts are compared, `automata` decides. Where intervals are, a value is of one of few
*sorts*, by the scales on which it has a reading: none, one, or, for a count of seconds, two. For
each sort the intervals give exact spans to choose from. Where texts and intervals meet on one key,
addresses of IPv4 are spelled out as texts, which is exact; of the other scales some points are
tried, and what they leave open is bounded from above by the shape of all their texts. Between the
two bounds the question stays undecided, never answered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as Row
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from iamlogic.symbolic.automata import find_word
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import CharSet, Glob, Language, Word, matches, sequence
from iamlogic.symbolic.scales import (
    CALENDAR,
    COUNTED,
    WHOLE,
    Interval,
    Scale,
    Span,
    common,
    joined,
    points,
    spellings,
    without,
)

Rows = Row[Row[Language]]


def find_value(rows: Rows, outside: Row[Language], deadline: Deadline) -> str | None:
    """A value in one language of each row and in none of `outside`; None if there is none."""
    for row in rows:
        if len(row) == 1 and isinstance(row[0], Word):
            word = row[0].text
            return word if fits(word, rows, outside) else None
    rows = [
        [part for part in row if not any(covers(wide, part) for wide in outside)]
        if len(row) > 1
        else row
        for row in rows
    ]
    for part in min(rows, key=len, default=()):
        if isinstance(part, Word | Glob):
            word = part.text.replace("*", "").replace("?", "a")
            if fits(word, rows, outside):
                return word
    if not any(isinstance(part, Interval) for row in (*rows, outside) for part in row):
        return find_word(rows, outside, deadline)
    return _Mixed(rows, outside, deadline).value()


def fits(word: str, rows: Rows, outside: Iterable[Language]) -> bool:
    """Whether the word lies in one language of each row and in none of `outside`."""
    return all(any(matches(part, word) for part in row) for row in rows) and not any(
        matches(part, word) for part in outside
    )


def smallest_conflict(
    domain: Rows, inside: Row[Language], outside: Row[Language], deadline: Deadline
) -> tuple[list[Language], list[Language]]:
    """Of languages that no value of the domain satisfies, a subset of which each one is needed."""
    kept_in, kept_out = list(inside), list(outside)

    def impossible(inside: list[Language], outside: list[Language]) -> bool:
        try:
            return find_value([*domain, *([part] for part in inside)], outside, deadline) is None
        except TimeoutExpired:
            raise
        except Undecided:
            return False

    for part in outside:
        rest = [other for other in kept_out if other is not part]
        if impossible(kept_in, rest):
            kept_out = rest
    for part in inside:
        rest = [other for other in kept_in if other is not part]
        if impossible(rest, kept_out):
            kept_in = rest
    return kept_in, kept_out


_SORTS: tuple[tuple[Scale, ...], ...] = (
    (Scale.IPV4,),
    (Scale.IPV6,),
    (Scale.NUMBER, Scale.INSTANT),
    (Scale.NUMBER,),
    (Scale.INSTANT,),
)
"""The sorts of values with a reading: no text is on other combinations of scales."""

_SPANS, _POINTS = 16, 3
"""How many spans, and points of each, are tried where texts are compared as well."""


@dataclass(frozen=True, slots=True)
class _Mixed:
    """One search for a value; see the module."""

    rows: Rows
    outside: Row[Language]
    deadline: Deadline

    def value(self) -> str | None:
        is_open = False
        for sort in (*_SORTS, None):
            self.deadline.check()
            try:
                word = self._unread() if sort is None else self._read(sort)
            except TimeoutExpired:
                raise
            except Undecided:
                is_open = True
                continue
            if word is not None:
                return word
        if is_open:
            raise Undecided("one key is compared as a text and as a number, date or address")
        return None

    def _read(self, sort: tuple[Scale, ...]) -> str | None:
        """A value that has a reading on the scales of the sort, and on no other."""
        spans = self._spans(sort)
        if not all(spans.values()):
            return None
        for candidate in self._candidates(sort, spans):
            if fits(candidate, self.rows, self.outside):
                return candidate
        if self._exact(sort):
            return None
        rows = [row for row in map(_texts, self.rows) if row is not None]
        word = find_word([*rows, _shape(sort, spans)], self._banned_texts, self.deadline)
        if word is None or fits(word, self.rows, self.outside):
            return word
        raise Undecided

    def _spans(self, sort: tuple[Scale, ...]) -> dict[Scale, list[Span]]:
        """The readings that no interval rules out.

        A row of intervals of one scale rules out what it leaves; one that has a text, or intervals
        of both scales of the sort, can be satisfied in other ways and rules out nothing.
        """
        allowed = {scale: [WHOLE[scale]] for scale in sort}
        if sort == (Scale.INSTANT,):  # other instants are written as counts of seconds alone
            allowed[Scale.INSTANT] = [CALENDAR]
        for row in self.rows:
            here = {part.scale for part in row if isinstance(part, Interval)} & {*sort}
            if len(here) > 1 or not all(isinstance(part, Interval) for part in row):
                continue
            for scale in here or sort:  # no interval of the sort: no value of the sort
                parts = (part for part in row if isinstance(part, Interval))
                allowed[scale] = common(allowed[scale], joined(parts, scale))
        banned = [part for part in self.outside if isinstance(part, Interval)]
        return {scale: without(allowed[scale], joined(banned, scale), scale) for scale in sort}

    def _exact(self, sort: tuple[Scale, ...]) -> bool:
        """The spans say all: texts are not compared, nor either of two scales alternatively."""
        for row in (*self.rows, *([part] for part in self.outside)):
            here = {part.scale for part in row if isinstance(part, Interval)} & {*sort}
            if len(here) > 1 or not all(isinstance(part, Interval) for part in row):
                return False
        return True

    @property
    def _banned_texts(self) -> list[Language]:
        return [part for part in self.outside if not isinstance(part, Interval)]

    def _candidates(self, sort: tuple[Scale, ...], spans: dict[Scale, list[Span]]) -> Iterator[str]:
        """Values to try first; where the spans say all, one of them fits if any value does."""
        if len(sort) > 1:  # a count of seconds is one point of both scales
            both = common(common(*spans.values()), [COUNTED])
            spans = dict.fromkeys(sort, both)
        for scale in sort:
            alternatives = [part for row in self.rows for part in row if isinstance(part, Interval)]
            likely = common(spans[scale], joined(alternatives, scale))
            for span in islice((*likely, *spans[scale]), _SPANS):
                for point in islice(points(span), _POINTS):
                    yield from spellings(scale, point)
        if len(sort) > 1:
            yield from _YEARS

    def _unread(self) -> str | None:
        """A value that is no number, date or address."""
        rows = [row for row in map(_texts, self.rows) if row is not None]
        if len(rows) < len(self.rows):
            return None
        word = find_word(rows, self._banned_texts, self.deadline)
        if word is None or fits(word, self.rows, self.outside):
            return word
        shapes = [part for sort in _SORTS for part in _shape(sort, None)]
        word = find_word(rows, [*self._banned_texts, *shapes], self.deadline)
        if word is None:
            raise Undecided
        return word


_YEARS = tuple(f"{year:04}" for year in range(10_000))
"""Four digits are a number and, as a date, a year (R-C16)."""


def _texts(row: Row[Language]) -> list[Language] | None:
    """The row without its intervals; None where it has nothing else."""
    texts: list[Language] = [part for part in row if not isinstance(part, Interval)]
    return texts or None


# The shapes of readings


def _set(text: str) -> CharSet:
    return CharSet(frozenset(text))


_DIGITS = _set("0123456789")
_HEX = _set("0123456789abcdefABCDEF:")
_HEX_TAIL = _set("0123456789abcdefABCDEF:.")
_SHAPES: dict[Scale, Language] = {
    Scale.IPV6: sequence(((_HEX,), ":", (_HEX,), ":", (_HEX_TAIL,))),
    Scale.NUMBER: sequence(((_set("0123456789+-.eE"),), _DIGITS, (_set("0123456789+-.eE"),))),
    Scale.INSTANT: sequence(((_set("0123456789+-.:TZ"),), _DIGITS, (_set("0123456789+-.:TZ"),))),
}
"""What includes every text that is read on the scale."""


def _shape(sort: tuple[Scale, ...], spans: dict[Scale, list[Span]] | None) -> list[Language]:
    """Languages of which one holds each value of the sort whose readings lie in the spans."""
    scale = sort[0]
    if scale is not Scale.IPV4:
        return [_SHAPES[scale]]
    chosen = [WHOLE[scale]] if spans is None else spans[scale]
    return list(_ipv4_texts(tuple(chosen)))


_MOST_FORMS = 20_000
"""Rows of letters for a set of IPv4 addresses: one block takes at most 625."""


@lru_cache(maxsize=64)
def _ipv4_texts(spans: tuple[Span, ...]) -> tuple[Language, ...]:
    """Exactly the addresses of the spans, in the one spelling that they have."""
    forms: list[Language] = []
    for (low, _), (high, _) in spans:
        first, last = ipaddress.IPv4Address(int(low)), ipaddress.IPv4Address(int(high) - 1)
        for network in ipaddress.summarize_address_range(first, last):
            ends = zip(
                network.network_address.packed, network.broadcast_address.packed, strict=True
            )
            octets = [_octet_forms(low, high) for low, high in ends]
            for one, two, three, four in product(*octets):
                forms.append(sequence((*one, ".", *two, ".", *three, ".", *four)))
            if len(forms) > _MOST_FORMS:
                raise Undecided("too many address blocks are compared as texts")
    return tuple(forms)


@lru_cache(maxsize=1 << 10)
def _octet_forms(low: int, high: int) -> tuple[tuple[CharSet, ...], ...]:
    """The decimals from `low` to `high` as rows of digits: few rows, most have a free digit."""
    by_tens: dict[str, str] = {}
    for number in range(low, high + 1):
        tens, ones = str(number)[:-1], str(number)[-1]
        by_tens[tens] = by_tens.get(tens, "") + ones
    by_hundreds: dict[tuple[str, str], str] = {}
    rows: list[tuple[CharSet, ...]] = []
    for tens, ones in by_tens.items():
        if not tens:
            rows.append((_set(ones),))
        else:
            group = (tens[:-1], ones)
            by_hundreds[group] = by_hundreds.get(group, "") + tens[-1]
    for (hundreds, ones), tens in by_hundreds.items():
        rows.append((*map(_set, hundreds), _set(tens), _set(ones)))
    return tuple(rows)
