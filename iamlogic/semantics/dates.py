"""The instant that a text writes, exactly, in seconds since 1970 (R-C16).

A text of four digits is a year; any other number is a count of seconds. In the W3C forms missing
parts are the least possible and a missing zone is UTC. Fractions of a second are kept whole: they
are added with as many digits as they have.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Context, Decimal

from iamlogic.syntax.literals import is_date

_W3C = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]+))?)?"
    r"(?:Z|(?P<zone>[+-][0-9]{2}):(?P<zone_minute>[0-9]{2}))?)?)?)?"
)
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097
"""The calendar repeats after these."""
_WHOLE_DIGITS = 20
"""More than a count of seconds has before its decimal point."""


def instant(text: str) -> Decimal | None:
    """The instant that `text` writes; None if it writes none (R-C20)."""
    if not is_date(text):
        return None
    written = _W3C.fullmatch(text)
    if written is None:
        return Decimal(text)
    part = written["part"] or "0"
    exact = Context(prec=_WHOLE_DIGITS + len(part))
    return exact.add(Decimal(_whole_seconds(written)), Decimal(f"0.{part}"))


def _whole_seconds(written: re.Match[str]) -> int:
    def field(name: str, least: int) -> int:
        return int(written[name]) if written[name] else least

    day = _day(field("year", 0), field("month", 1), field("day", 1))
    minutes = (day * 24 + field("hour", 0)) * 60 + field("minute", 0)
    ahead = field("zone", 0) * 60
    beyond = field("zone_minute", 0)
    ahead += -beyond if (written["zone"] or "").startswith("-") else beyond
    return (minutes - ahead) * 60 + field("second", 0)


def _day(year: int, month: int, day: int) -> int:
    """Days since 1970; `date` has no year 0, which is like the year 400."""
    if year == 0:
        return _day(_CYCLE_YEARS, month, day) - _CYCLE_DAYS
    return dt.date(year, month, day).toordinal() - _EPOCH_DAY
