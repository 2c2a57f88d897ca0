"""What is told to somebody who asks a strategy for what cannot be drawn."""

from __future__ import annotations

from iamlogic.errors import IamlogicError
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import PolicyType


class StrategyError(IamlogicError):
    """A strategy cannot draw what its arguments ask for; the message says what to change."""


def check_sizes(least: int, most: int, *, named: str) -> None:
    """Raise `StrategyError` unless sizes between `least` and `most` exist."""
    for side, size in (("min", least), ("max", most)):
        if size < 0:
            raise StrategyError(f"{side}_{named} is {size}, expected 0 or more")
    if least > most:
        raise StrategyError(f"min_{named} is {least}, more than max_{named}, which is {most}")


def check_kind(given: object) -> None:
    """Raise `StrategyError` unless it is a side of policies, or a type of them."""
    if not isinstance(given, PolicyKind | PolicyType):
        expected = ", ".join(map(str, (*PolicyKind, *PolicyType)))
        raise StrategyError(f"kind is {given!r}, expected one of {expected}")


def check_policy(given: object, *, named: str, stack: bool = True) -> None:
    """Raise `StrategyError` unless it is a policy, or a stack where one may be."""
    if isinstance(given, Policy) or (stack and isinstance(given, PolicySet)):
        return
    what = "a Policy or PolicySet" if stack else "one Policy"
    raise StrategyError(
        f"{named} is a {type(given).__name__}, expected {what}\n"
        "    hint: read it with iamlogic.load or iamlogic.parse"
    )


def check_type(given: object, expected: type[object], *, named: str) -> None:
    """Raise `StrategyError` unless it is of that type."""
    if not isinstance(given, expected):
        found = type(given).__name__
        raise StrategyError(f"{named} is a {found}, expected a {expected.__name__}")
