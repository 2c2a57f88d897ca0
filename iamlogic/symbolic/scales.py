"""Numbers, instants and IP addresses: texts that are read as points of a scale.

An `Interval` is a language like any other, the texts whose reading lies between two points (R-C10,
R-C11, R-C18); a text without a reading lies in none (R-C20). Intervals of one scale have an exact
algebra: sorted, disjoint *spans* between cuts. A cut stands just before or just after a point, so
open and closed ends need no cases.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import Enum
from functools import lru_cache

from iamlogic.syntax.operators import Comparison


class Scale(Enum):
    """What a text is read as. IPv4 and IPv6 share no address (R-C18)."""

    NUMBER = "number"
    INSTANT = "instant"
    IPV4 = "IPv4 address"
    IPV6 = "IPv6 address"


Point = Decimal | int
"""A number, seconds since 1970, or an address as a number."""

Cut = tuple[Point, int]
"""Just before the point (0) or just after it (1). Between whole numbers only the former is used."""

Span = tuple[Cut, Cut]
"""The points behind the first cut and before the second."""

_LEAST, _GREATEST = Decimal("-Infinity"), Decimal("Infinity")

WHOLE: dict[Scale, Span] = {
    Scale.NUMBER: ((_LEAST, 1), (_GREATEST, 0)),
    Scale.INSTANT: ((_LEAST, 1), (_GREATEST, 0)),
    Scale.IPV4: ((0, 0), (1 << 32, 0)),
    Scale.IPV6: ((0, 0), (1 << 128, 0)),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """The texts whose reading on the scale lies in the span."""

    scale: Scale
    span: Span

    def holds(self, text: str) -> bool:
        point = read(self.scale, text)
        return point is not None and within(point, self.span)

    def includes(self, other: Interval) -> bool:
        return (
            self.scale is other.scale
            and self.span[0] <= other.span[0]
            and other.span[1] <= self.span[1]
        )


def every(scale: Scale) -> Interval:
    """All texts with a reading on the scale."""
    return Interval(scale, WHOLE[scale])


def compared(scale: Scale, comparison: Comparison, text: str) -> Interval:
    """What a Numeric or Date operator takes: the request's value OP the policy's (R-C10, R-C11)."""
    point = read(scale, text)
    assert point is not None  # R-P24 has refused the text otherwise
    low, high = WHOLE[scale]
    before, after = (point, 0), (point, 1)
    match comparison:
        case Comparison.LESS:
            return Interval(scale, (low, before))
        case Comparison.LESS_EQUAL:
            return Interval(scale, (low, after))
        case Comparison.GREATER:
            return Interval(scale, (after, high))
        case Comparison.GREATER_EQUAL:
            return Interval(scale, (before, high))
        case _:
            return Interval(scale, (before, after))


def block(text: str) -> Interval:
    """The addresses of a CIDR block, or the one address; host bits do not matter (R-C18)."""
    network = ipaddress.ip_network(text, strict=False)
    scale = Scale.IPV4 if network.version == 4 else Scale.IPV6
    first = int(network.network_address)
    return Interval(scale, ((first, 0), (first + network.num_addresses, 0)))


# Reading


_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_EPOCH = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
_YEAR = re.compile(r"[0-9]{4}")
_DATE = re.compile(
    r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2})(?:T([01][0-9]|2[0-3]):([0-5][0-9])"
    r"(?::([0-5][0-9](?:\.[0-9]+)?))?(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))?)?)?)?"
)
_DAYS_BEFORE_MONTH = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


@lru_cache(maxsize=1 << 14)
def read(scale: Scale, text: str) -> Point | None:
    """The point that a text is on the scale; None if it is none."""
    match scale:
        case Scale.NUMBER:
            return Decimal(text) if _NUMBER.fullmatch(text) else None
        case Scale.INSTANT:
            if _EPOCH.fullmatch(text) and not _YEAR.fullmatch(text):  # R-C16: four digits: a year
                return Decimal(text)
            return _read_date(text)
        case Scale.IPV4 | Scale.IPV6:
            return _read_address(scale, text)


def _read_date(text: str) -> Decimal | None:
    """R-C16: parts that are missing are the least possible, a missing zone is UTC."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = _DAYS_BEFORE_MONTH[month] - _DAYS_BEFORE_MONTH[month - 1] + (leap and month == 2)
    if not 1 <= day <= length:
        return None
    years = year - 1  # whole years since the year 1, of which 719,162 days end in 1969
    days = 365 * years + years // 4 - years // 100 + years // 400 - 719_162
    days += _DAYS_BEFORE_MONTH[month - 1] + (leap and month > 2) + day - 1
    minutes = int(found[4] or 0) * 60 + int(found[5] or 0)
    if found[7]:
        offset = int(found[8]) * 60 + int(found[9])
        minutes -= offset if found[7] == "+" else -offset
    seconds = Decimal(found[6] or 0)
    return _exactly(seconds).add(Decimal(days * 86_400 + minutes * 60), seconds)


def _exactly(*operands: Decimal) -> Context:
    """A context in which sums, halves and differences of the operands are not rounded."""
    span = sum(len(each.as_tuple().digits) + abs(_exponent(each)) for each in operands)
    return Context(prec=span + 40)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


_ADDRESS_CHARACTERS = re.compile(r"[0-9A-Fa-f:.]{2,45}")


def _read_address(scale: Scale, text: str) -> int | None:
    if _ADDRESS_CHARACTERS.fullmatch(text) is None:
        return None
    try:
        if scale is Scale.IPV4:
            return int(ipaddress.IPv4Address(text))
        return int(ipaddress.IPv6Address(text))
    except ValueError:
        return None


# The algebra of spans


def within(point: Point, span: Span) -> bool:
    """Whether the point lies in the span."""
    return span[0] <= (point, 0) and (point, 1) <= span[1]


def joined(intervals: Iterable[Interval], scale: Scale) -> list[Span]:
    """The union of the intervals of one scale: sorted, disjoint and not touching."""
    spans: list[Span] = []
    for low, high in sorted(each.span for each in intervals if each.scale is scale):
        if spans and low <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], high))
        elif low < high:
            spans.append((low, high))
    return spans


def common(left: list[Span], right: list[Span]) -> list[Span]:
    """The intersection of two unions."""
    spans: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low < high:
            spans.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return spans


def without(spans: list[Span], banned: list[Span], scale: Scale) -> list[Span]:
    """What is left of a union when another is taken away."""
    low, end = WHOLE[scale]
    gaps: list[Span] = []
    for first, last in banned:
        if low < first:
            gaps.append((low, first))
        low = last
    if low < end:
        gaps.append((low, end))
    return common(spans, gaps)


def points(span: Span) -> Iterator[Point]:
    """A few points of a span, the plainest first; one at least."""
    (low, _), (high, _) = span
    if isinstance(low, int) and isinstance(high, int):
        candidates: tuple[Point, ...] = (low + 1, low, low + (high - low) // 2, high - 1)
    else:
        candidates = tuple(_decimal_points(Decimal(low), Decimal(high)))
    seen = set()
    for point in candidates:
        if point not in seen and within(point, span):
            seen.add(point)
            yield point


def _decimal_points(low: Decimal, high: Decimal) -> Iterator[Decimal]:
    one, half = Decimal(1), Decimal("0.5")
    if low.is_infinite() and high.is_infinite():
        yield from (one, Decimal(0), Decimal(1_700_000_000))
        return
    if low.is_infinite():
        exact = _exactly(high)
        yield from (high, exact.subtract(high, one), exact.subtract(high, Decimal(86_400)))
    elif high.is_infinite():
        exact = _exactly(low)
        yield from (low, exact.add(low, one), exact.add(low, Decimal(86_400)))
    else:
        exact = _exactly(low, high)
        yield from (low, exact.add(low, one), exact.multiply(exact.add(low, high), half), high)


_FIRST_YEAR, _LAST_YEAR = Decimal(-62_167_219_200), Decimal(253_402_300_800)
CALENDAR: Span = ((_FIRST_YEAR, 0), (_LAST_YEAR, 0))
"""The instants that a date of four-digit years can write."""
COUNTED: Span = ((Decimal(-(10**15)), 1), (Decimal(10**15), 0))
"""The instants that a count of seconds can write."""


def spellings(scale: Scale, point: Point) -> Iterator[str]:
    """Texts that are read as the point, the usual one first."""
    match scale:
        case Scale.NUMBER:
            text = format(point, "f")
            yield text
            yield f"{text}0" if "." in text else f"{text}.0"  # no year, whatever its digits
            yield f"{text}e0"  # no count of seconds
        case Scale.INSTANT:
            number = Decimal(point)
            if within(number, CALENDAR):
                yield _date_text(number)
            if within(number, COUNTED):
                text = format(number, "f")
                yield text if not _YEAR.fullmatch(text) else f"{text}.0"
        case Scale.IPV4:
            yield str(ipaddress.IPv4Address(int(point)))
        case Scale.IPV6:
            address = ipaddress.IPv6Address(int(point))
            yield from dict.fromkeys((str(address), address.exploded, str(address).upper()))


def _date_text(seconds: Decimal) -> str:
    exact = _exactly(seconds, Decimal(86_400))
    days = exact.divide_int(exact.subtract(seconds, _FIRST_YEAR), Decimal(86_400))
    rest = exact.subtract(exact.subtract(seconds, _FIRST_YEAR), days * 86_400)
    year, day = _year_and_day(int(days))
    month = next(m for m in range(12, 0, -1) if day >= _days_before(year, m))
    whole = int(rest)
    fraction = format(exact.subtract(rest, Decimal(whole)), "f")[1:]
    date = f"{year:04}-{month:02}-{day - _days_before(year, month) + 1:02}"
    clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{date}T{clock}{fraction if fraction.strip('.0') else ''}Z"


def _days_before(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _DAYS_BEFORE_MONTH[month - 1] + (leap and month > 2)


def _year_and_day(days: int) -> tuple[int, int]:
    """The year, and the day in it, of a count of days since the year 0 began."""
    year = days * 400 // 146_097
    while _year_begin(year) > days:
        year -= 1
    while _year_begin(year + 1) <= days:
        year += 1
    return year, days - _year_begin(year)


def _year_begin(year: int) -> int:
    earlier = year - 1
    leaps = earlier // 4 - earlier // 100 + earlier // 400
    return 365 * year + leaps + 1  # the year 0 is a leap year itself
