"""The instants of a policy, and the days of the calendar around them, as whole numbers (R-C16).

A text of a policy is read once, here: as seconds since 1970 and the digits of what is left. Days
are counted from the year 0 on, and written again as the fields that a request's text may begin
with. Years beyond four digits, which zones and counts of seconds lead to, have no such fields.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MINUTES, _SECONDS = 1440, 86_400
"""Of a day."""
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
"""The calendar repeats after these."""
_FIRST_OF_CYCLE = dt.date(2000, 1, 1).toordinal()
_LAST_YEAR = 9999


@dataclass(frozen=True, slots=True)
class Instant:
    """Seconds since 1970, rounded down, and the digits of what is left, no zero at their end."""

    seconds: int
    parts: str

    @property
    def day(self) -> int:
        """Days since the year 0."""
        return self.seconds // _SECONDS + _day(1970, 1, 1)

    @property
    def minute(self) -> int:
        """Of the day."""
        return self.seconds % _SECONDS // 60

    @property
    def size(self) -> tuple[int, str]:
        """The whole seconds between it and 1970, and the digits of what is left."""
        if self.seconds >= 0 or not self.parts:
            return abs(self.seconds), self.parts
        return -self.seconds - 1, _complement(self.parts)


def _complement(parts: str) -> str:
    """The digits of 1 - 0.`parts`, which does not end in 0. Digit by digit: there may be many."""
    return "".join(str(9 - int(d)) for d in parts[:-1]) + "".join(
        str(10 - int(d)) for d in parts[-1:]
    )


_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?"
    r"(?:Z|([+-]\d\d):(\d\d))?)?)?)?"
)


def instant(text: str) -> Instant:
    """The policy's date."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        whole, _, parts = text.removeprefix("-").partition(".")
        parts = parts.rstrip("0")
        if not text.startswith("-"):
            return Instant(int(whole), parts)
        return Instant(-int(whole) - bool(parts), _complement(parts))
    year, month, day, hour, minute, second, parts, shift, shift_minute = written.groups(default="")
    days = _day(int(year), int(month or 1), int(day or 1)) - _day(1970, 1, 1)
    ahead = int(shift or 0) * 60 + int(f"{shift[:1]}{shift_minute or 0}")
    minutes = days * _MINUTES + int(hour or 0) * 60 + int(minute or 0) - ahead
    return Instant(minutes * 60 + int(second or 0), parts.rstrip("0"))


def _day(year: int, month: int, day: int) -> int:
    cycle, year_of_cycle = divmod(year, _CYCLE_YEARS)
    date = dt.date(2000 + year_of_cycle, month, day)
    return cycle * _CYCLE_DAYS + date.toordinal() - _FIRST_OF_CYCLE


def fields_of(day: int) -> tuple[str, str, str] | None:
    """Year, month and day as a text writes them; None beyond what four digits can."""
    cycle, day_of_cycle = divmod(day, _CYCLE_DAYS)
    date = dt.date.fromordinal(day_of_cycle + _FIRST_OF_CYCLE)
    year = date.year - 2000 + cycle * _CYCLE_YEARS
    return (f"{year:04}", f"{date:%m}", f"{date:%d}") if 0 <= year <= _LAST_YEAR else None


def near_days(wanted: Instant) -> Iterator[tuple[int, int]]:
    """The dates that a zone can move to `wanted`, in order, and its minute from their midnight."""
    for away in (-1, 0, 1):
        yield wanted.day + away, wanted.minute - away * _MINUTES
