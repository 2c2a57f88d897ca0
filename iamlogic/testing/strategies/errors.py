"""What is told to somebody who asks a strategy for what cannot be drawn."""

from __future__ import annotations

from iamlogic.errors import IamlogicError


class StrategyError(IamlogicError):
    """A strategy cannot draw what its arguments ask for; the message says what to change."""


def check_sizes(least: int, most: int, *, named: str) -> None:
    """Raise `StrategyError` unless sizes between `least` and `most` exist."""
    for side, size in (("min", least), ("max", most)):
        if size < 0:
            raise StrategyError(f"{side}_{named} is {size}, expected 0 or more")
    if least > most:
        raise StrategyError(f"min_{named} is {least}, more than max_{named}, which is {most}")
