"""Literal condition values: is this text of the operator's type (R-P24)?

Only the form is decided here, and only for the families that have one: numbers, dates, Booleans,
base64, IP addresses. What a value means is for `semantics` and, independently, `symbolic`.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable

from iamlogic.syntax.operators import Family

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_EPOCH = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
    r"(?:Z|[+-]([0-9]{2}):([0-9]{2}))?)?)?)?"
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BLOCK = re.compile(r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?")


def is_number(text: str) -> bool:
    """R-C10: an exact decimal."""
    return _NUMBER.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """R-C16: a W3C date, or seconds since 1970. Four digits are a year."""
    found = _DATE.fullmatch(text)
    if found is None:
        return _EPOCH.fullmatch(text) is not None
    year, month, day, hour, minute, second, zone_hour, zone_minute = (
        int(group) if group else None for group in found.groups()
    )
    try:
        # Year 0000 is legal in ISO 8601, and 2000 is a leap year like it.
        dt.date(year or 2000, 1 if month is None else month, 1 if day is None else day)
        dt.time(hour or 0, minute or 0, second or 0)
        dt.time(zone_hour or 0, zone_minute or 0)
    except ValueError:
        return False
    return True


def is_boolean(text: str) -> bool:
    """R-C17, R-C23: `true` or `false`, in any case."""
    return text.lower() in ("true", "false")


def is_base64(text: str) -> bool:
    """R-C19: groups of four, padded at the end."""
    return _BASE64.fullmatch(text) is not None


def is_address_block(text: str) -> bool:
    """R-C18: an IPv4 or IPv6 address, alone or with the length of a prefix."""
    if _BLOCK.fullmatch(text) is None:  # ipaddress also takes netmasks and scopes
        return False
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


CHECKS: dict[Family, tuple[Callable[[str], bool], str]] = {
    Family.NUMERIC: (is_number, "a number such as 10 or 0.5"),
    Family.DATE: (is_date, "a date such as 2020-04-01T00:00:00Z, or seconds since 1970"),
    Family.BOOL: (is_boolean, '"true" or "false"'),
    Family.NULL: (is_boolean, '"true" (the key is absent) or "false" (it is present)'),
    Family.BINARY: (is_base64, "base64"),
    Family.IP: (is_address_block, "an IP address or CIDR block such as 203.0.113.0/24"),
}
"""For each family whose values have a form: the check, and what to expect instead."""
