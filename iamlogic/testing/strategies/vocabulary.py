"""The words that drawn policies and requests are made of: what a vocabulary is.

`everyday` has the words that users' tests start with, `colliding` those of our own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from iamlogic.syntax.literals import CHECKS
from iamlogic.syntax.operators import BASES, OPERATORS, Family, SetPrefix
from iamlogic.testing.strategies.errors import StrategyError

HERE = "111122223333"
THERE = "444455556666"
NOBODY = "AIDAQ3EGTZEXAMPLE1234"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

_PREFIXES = ("", *(f"{prefix.value}:" for prefix in SetPrefix))


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key: how it is written, with what it is compared and how.

        Key(("aws:PrincipalTag/team",), ("StringEquals", "StringLike"), ("blue", "red", "b*"))

    `spellings` are the cases that the key is written in, `operators` base names (`StringEquals`),
    `prefixes` the set prefixes that these are drawn with (`""`, `"ForAllValues:"`,
    `"ForAnyValue:"`). `IfExists` and `Null` are drawn for every key. An operator is drawn with
    those of `values` that can stand under it.
    """

    spellings: tuple[str, ...]
    operators: tuple[str, ...]
    values: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ("",)

    def __post_init__(self) -> None:
        if not self.spellings:
            raise StrategyError("a key needs one spelling at least")
        name = self.spellings[0]
        _known(name, "operators", self.operators, [base.name for base in BASES])
        _known(name, "prefixes", self.prefixes, _PREFIXES)
        for operator in self.operators:
            if operator != "Null" and not self.values_for(operator):
                expected = CHECKS.get(OPERATORS[operator.lower()].base.family, ("", "a value"))[1]
                raise StrategyError(
                    f"no value of {name} can stand under {operator}: expected {expected}"
                )

    def values_for(self, operator: str) -> tuple[str, ...]:
        """Those values that can stand under the operator of this name, without its modifiers."""
        return tuple(value for value in self.values if is_legal(operator, value))


def _known(name: str, what: str, given: Sequence[str], known: Sequence[str]) -> None:
    if not given:
        raise StrategyError(f"{name} has no {what}, expected some of {', '.join(map(repr, known))}")
    for each in given:
        if each not in known:
            close = get_close_matches(each, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            raise StrategyError(f"{each!r} among the {what} of {name} is not known: {hint}")


def is_legal(operator: str, value: str) -> bool:
    """Whether the value can stand under the operator (R-P24), and says something there."""
    family = OPERATORS[operator.lower()].base.family
    if family is Family.ARN:
        return value == "*" or value.count(":") >= 5
    return family not in CHECKS or CHECKS[family][0](value)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What policies and requests are drawn from; what stands first is what examples shrink to.

        replace(EVERYDAY, actions=("sqs:SendMessage", "sqs:*"))

    `actions`, `resources` and the values of `keys` are patterns as policies have them, with
    variables if you like. `principals` are the members of `Principal` objects: type and value
    (`("AWS", "111122223333")`). `requesters` are pairs of a principal and the `aws:PrincipalArn`
    that its request's context gives (None: the context lacks it). When a request is made from a
    pattern, `fillings` stand for wildcards and `substitutes` for variables; `referred` are keys
    that variables name, `multivalued` keys that get lists, both in lower case.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    requesters: tuple[tuple[str, str | None], ...]
    accounts: tuple[str, ...]
    keys: tuple[Key, ...]
    fillings: tuple[str, ...] = ("", "a", "b", "/b", ":", "x:y", "*")
    substitutes: tuple[str, ...] = ("alice", "a", "b", "*", HERE)
    referred: tuple[str, ...] = ()
    multivalued: frozenset[str] = frozenset({"aws:tagkeys"})

    def __post_init__(self) -> None:
        needed: dict[str, Collection[object]] = {
            "actions": self.actions,
            "resources": self.resources,
            "principals": self.principals,
            "requesters": self.requesters,
            "accounts": self.accounts,
        }
        for name, words in needed.items():
            if not words or isinstance(words, str):
                raise StrategyError(f"{name} of a vocabulary is {words!r}, expected some words")


STRING = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
ARN = ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")
ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
NUMERIC = tuple(f"Numeric{comparison}" for comparison in ORDERED)
DATE = tuple(f"Date{comparison}" for comparison in ORDERED)
IP = ("IpAddress", "NotIpAddress")
SETS = ("", "ForAllValues:", "ForAnyValue:")
