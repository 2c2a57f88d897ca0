"""The condition operators: the one table of what exists (R-P22, R-C7 to R-C13, R-C21).

An operator name is `[ForAllValues:|ForAnyValue:]BASE[IfExists]`, compared without case. The table
says of each base which family it belongs to and whether it is negated; what a *match* means is
written twice on purpose, in `semantics` and in `symbolic`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What an operator compares, and so which values it takes."""

    STRING = "string"
    ARN = "ARN"
    NUMERIC = "number"
    DATE = "date"
    BOOL = "Boolean"
    BINARY = "base64"
    IP = "IP address"
    NULL = "presence"


class Comparison(Enum):
    """How one value of the request is compared with one value of the policy."""

    EQUALS = "equals"
    EQUALS_IGNORE_CASE = "equals, ignoring case"
    LIKE = "matches"
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    IN_BLOCK = "lies in"
    IS_ABSENT = "is absent"


class SetPrefix(Enum):
    """How an operator treats the several values of a multivalued key (R-C5)."""

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


@dataclass(frozen=True, slots=True)
class Base:
    """One row of the table: `StringNotLike` is (STRING, LIKE, negated)."""

    name: str
    family: Family
    comparison: Comparison
    negated: bool = False


BASES: tuple[Base, ...] = (
    Base("StringEquals", Family.STRING, Comparison.EQUALS),
    Base("StringNotEquals", Family.STRING, Comparison.EQUALS, negated=True),
    Base("StringEqualsIgnoreCase", Family.STRING, Comparison.EQUALS_IGNORE_CASE),
    Base("StringNotEqualsIgnoreCase", Family.STRING, Comparison.EQUALS_IGNORE_CASE, negated=True),
    Base("StringLike", Family.STRING, Comparison.LIKE),
    Base("StringNotLike", Family.STRING, Comparison.LIKE, negated=True),
    Base("NumericEquals", Family.NUMERIC, Comparison.EQUALS),
    Base("NumericNotEquals", Family.NUMERIC, Comparison.EQUALS, negated=True),
    Base("NumericLessThan", Family.NUMERIC, Comparison.LESS),
    Base("NumericLessThanEquals", Family.NUMERIC, Comparison.LESS_EQUAL),
    Base("NumericGreaterThan", Family.NUMERIC, Comparison.GREATER),
    Base("NumericGreaterThanEquals", Family.NUMERIC, Comparison.GREATER_EQUAL),
    Base("DateEquals", Family.DATE, Comparison.EQUALS),
    Base("DateNotEquals", Family.DATE, Comparison.EQUALS, negated=True),
    Base("DateLessThan", Family.DATE, Comparison.LESS),
    Base("DateLessThanEquals", Family.DATE, Comparison.LESS_EQUAL),
    Base("DateGreaterThan", Family.DATE, Comparison.GREATER),
    Base("DateGreaterThanEquals", Family.DATE, Comparison.GREATER_EQUAL),
    Base("Bool", Family.BOOL, Comparison.EQUALS),
    Base("BinaryEquals", Family.BINARY, Comparison.EQUALS),
    Base("IpAddress", Family.IP, Comparison.IN_BLOCK),
    Base("NotIpAddress", Family.IP, Comparison.IN_BLOCK, negated=True),
    # R-C13: ArnEquals and ArnLike are one operator under two names.
    Base("ArnEquals", Family.ARN, Comparison.LIKE),
    Base("ArnNotEquals", Family.ARN, Comparison.LIKE, negated=True),
    Base("ArnLike", Family.ARN, Comparison.LIKE),
    Base("ArnNotLike", Family.ARN, Comparison.LIKE, negated=True),
    Base("Null", Family.NULL, Comparison.IS_ABSENT),
)


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator with its modifiers; `str()` gives AWS's spelling of its name."""

    base: Base
    set_prefix: SetPrefix | None = None
    if_exists: bool = False

    def __str__(self) -> str:
        prefix = f"{self.set_prefix.value}:" if self.set_prefix else ""
        return f"{prefix}{self.base.name}{'IfExists' if self.if_exists else ''}"


def _legal_operators() -> list[Operator]:
    operators = []
    for base in BASES:
        if base.family is Family.NULL:  # R-P22: Null takes neither prefix nor IfExists
            operators.append(Operator(base))
            continue
        operators += [
            Operator(base, prefix, if_exists)
            for prefix in (None, *SetPrefix)
            for if_exists in (False, True)
        ]
    return operators


OPERATORS: dict[str, Operator] = {str(op).lower(): op for op in _legal_operators()}
"""Every legal operator by its lower-case name (R-P22: names are compared without case)."""
