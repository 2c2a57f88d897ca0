"""Faults of one condition as a whole: it is gone, or its operator is another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from iamlogic.syntax.operators import OPERATORS
from iamlogic.testing.mutation.faults.rewriting import (
    FaultOperator,
    Faults,
    Statement,
    said,
    tests,
    with_operator,
    without_test,
)

Renamed = Callable[[str], Iterator[str]]
"""Other operators for the name of an operator."""


def _removed(statement: Statement) -> Faults:
    for operator, key, _ in tests(statement):
        rest = without_test(statement, operator, key)
        yield [rest], f"removed the condition {said(operator)} {said(key)} of"


def _renaming(renamed: Renamed) -> Callable[[Statement], Faults]:
    return partial(_with_other_operators, renamed=renamed)


def _with_other_operators(statement: Statement, *, renamed: Renamed) -> Faults:
    for operator, key, _ in tests(statement):
        for new in renamed(operator):
            changed = with_operator(statement, operator, key, new) if _is_known(new) else None
            if changed is not None:
                words = f"turned {said(operator)} {said(key)} into {said(new)} in"
                yield [changed], words


def _is_known(operator: str) -> bool:
    return operator.lower() in OPERATORS


_END = "IfExists"
_PREFIXES = ("ForAllValues:", "ForAnyValue:")


def _if_exists_added(operator: str) -> Iterator[str]:
    if not operator.endswith(_END):
        yield operator + _END


def _if_exists_removed(operator: str) -> Iterator[str]:
    if operator.endswith(_END):
        yield operator.removesuffix(_END)


def _negated(operator: str) -> Iterator[str]:
    for positive, negative in (
        ("StringEquals", "StringNotEquals"),
        ("StringLike", "StringNotLike"),
        ("ArnEquals", "ArnNotEquals"),
        ("ArnLike", "ArnNotLike"),
        ("NumericEquals", "NumericNotEquals"),
        ("DateEquals", "DateNotEquals"),
        ("IpAddress", "NotIpAddress"),
    ):
        if negative in operator:
            yield operator.replace(negative, positive)
            return
        if positive in operator:
            yield operator.replace(positive, negative)
            return


def _set_prefix_exchanged(operator: str) -> Iterator[str]:
    for old, new in (_PREFIXES, _PREFIXES[::-1]):
        if operator.startswith(old):
            yield new + operator.removeprefix(old)


def _set_prefix_added(operator: str) -> Iterator[str]:
    """ForAllValues holds for a key that is absent."""
    if not operator.startswith(_PREFIXES):
        yield f"ForAllValues:{operator}"


def _set_prefix_dropped(operator: str) -> Iterator[str]:
    if operator.startswith(_PREFIXES):
        yield operator.partition(":")[2]


def _like_for_equals(operator: str) -> Iterator[str]:
    """A wildcard then is one, or is none any more."""
    for old, new in (
        ("StringEquals", "StringLike"),
        ("StringLike", "StringEquals"),
        ("StringNotEquals", "StringNotLike"),
        ("StringNotLike", "StringNotEquals"),
    ):
        if old in operator and "IgnoreCase" not in operator:
            yield operator.replace(old, new)


def _case_ignored(operator: str) -> Iterator[str]:
    if "String" in operator and "Equals" in operator and "IgnoreCase" not in operator:
        yield operator.replace("Equals", "EqualsIgnoreCase")


def _bound_moved(operator: str) -> Iterator[str]:
    if "ThanEquals" in operator:
        yield operator.replace("ThanEquals", "Than")
    elif "Than" in operator:
        yield operator.replace("Than", "ThanEquals")


def _bound_turned(operator: str) -> Iterator[str]:
    if "LessThan" in operator:
        yield operator.replace("LessThan", "GreaterThan")
    elif "GreaterThan" in operator:
        yield operator.replace("GreaterThan", "LessThan")


CONDITION_FAULTS = (
    FaultOperator("condition removed", "A condition is gone.", _removed),
    FaultOperator("operator negated", "StringEquals for StringNotEquals.", _renaming(_negated)),
    FaultOperator(
        "IfExists added",
        "A condition passes requests without its key.",
        _renaming(_if_exists_added),
    ),
    FaultOperator(
        "IfExists left out",
        "A condition stops requests without its key.",
        _renaming(_if_exists_removed),
    ),
    FaultOperator(
        "ForAllValues mixed up",
        "ForAllValues for ForAnyValue, or the other way round.",
        _renaming(_set_prefix_exchanged),
    ),
    FaultOperator(
        "ForAllValues put before",
        "A condition gets the prefix ForAllValues, which passes requests without its key.",
        _renaming(_set_prefix_added),
    ),
    FaultOperator(
        "prefix left out", "A condition loses its set prefix.", _renaming(_set_prefix_dropped)
    ),
    FaultOperator(
        "Like for Equals",
        "StringLike for StringEquals, or the other way round.",
        _renaming(_like_for_equals),
    ),
    FaultOperator(
        "letter case ignored",
        "StringEquals becomes StringEqualsIgnoreCase.",
        _renaming(_case_ignored),
    ),
    FaultOperator(
        "bound included or excluded",
        "A bound is included that was not, or the other way round.",
        _renaming(_bound_moved),
    ),
    FaultOperator("bound turned around", "GreaterThan for LessThan.", _renaming(_bound_turned)),
)
