"""The number that a text writes, exactly (R-C10).

A number is a decimal with or without exponent, in a policy and in a request alike. Nothing is
rounded: `Decimal` is made from the text and only ever compared, which takes time in proportion to
the digits that are written, however large the exponent.
"""

from __future__ import annotations

from decimal import Decimal

from iamlogic.syntax.literals import is_number


def number(text: str) -> Decimal | None:
    """The number that `text` writes; None if it writes none (R-C20)."""
    return Decimal(text) if is_number(text) else None
