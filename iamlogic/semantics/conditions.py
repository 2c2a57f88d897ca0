"""When the conditions of a statement hold for a request (R-C1 to R-C23).

`condition_holds` says what an operator does with the request's values and the policy's: any, all,
none, or an absent key. `value_matches` says when one value of the request matches one of the
policy. A value that is not of the operator's type matches nothing, whatever it is (R-C20).
"""

from __future__ import annotations

import operator as order
from collections.abc import Callable
from decimal import Decimal

from iamlogic.errors import InternalError
from iamlogic.semantics.addresses import lies_in
from iamlogic.semantics.binary import decoded
from iamlogic.semantics.dates import instant
from iamlogic.semantics.globs import arn_matches, glob_matches
from iamlogic.semantics.numbers import number
from iamlogic.semantics.request import Request
from iamlogic.semantics.variables import arn_pattern_of, glob_of, plain
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Base, Comparison, Family, Operator, SetPrefix
from iamlogic.syntax.policy import Condition, Statement, Text

TRUTH_VALUES = {"true": True, "false": False}


def conditions_hold(statement: Statement, request: Request) -> bool:
    """R-C1: every (operator, key) pair is true; without any the statement is unconditional."""
    return all(condition_holds(condition, request) for condition in statement.conditions)


def condition_holds(condition: Condition, request: Request) -> bool:
    """Whether one operator holds for one key (R-K7: the key's case does not matter)."""
    operator = condition.operator
    values = request.values(condition.key)
    if operator.base.family is Family.NULL:
        return null_holds(condition, is_absent=not values)
    if not values:
        return holds_when_absent(operator)
    satisfied = (value_satisfies(condition, value, request) for value in values)
    return all(satisfied) if asks_all(operator) else any(satisfied)


def holds_when_absent(operator: Operator) -> bool:
    """R-C3, R-C22: what an operator says of a key that the request does not have."""
    if operator.if_exists:
        return True
    match operator.set_prefix:
        case SetPrefix.FOR_ALL_VALUES:
            return True
        case SetPrefix.FOR_ANY_VALUE:
            return False
        case None:
            return operator.base.negated  # R-C17, R-C21


def asks_all(operator: Operator) -> bool:
    """R-C5: whether every value must satisfy the operator, or one; R-C6 for one without prefix."""
    if operator.set_prefix is None:
        return operator.base.negated
    return operator.set_prefix is SetPrefix.FOR_ALL_VALUES


def value_satisfies(condition: Condition, value: str, request: Request) -> bool:
    """R-C2: one value of the request matches one of the policy's or, negated, none."""
    base = condition.operator.base
    matched = any(value_matches(base, wanted, value, request) for wanted in condition.values)
    return matched is not base.negated


def null_holds(condition: Condition, *, is_absent: bool) -> bool:
    """R-C23: `"true"` asks for an absent key, `"false"` for a present one."""
    return any(TRUTH_VALUES.get(fold(value.text)) is is_absent for value in condition.values)


def value_matches(base: Base, wanted: Text, value: str, request: Request) -> bool:
    """Whether `value`, of the request, matches `wanted`, of the policy; negation left aside.

    R-V6: an unresolved `wanted` is None and matched by nothing.
    """
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:
            return value == plain(wanted, request)  # R-C7: `*` and `?` are themselves
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:
            text = plain(wanted, request)
            return text is not None and fold(value) == fold(text)  # R-C8
        case Family.STRING, Comparison.LIKE:
            pattern = glob_of(wanted, request)
            return pattern is not None and glob_matches(pattern, value)  # R-C9
        case Family.ARN, Comparison.LIKE:
            segments = arn_pattern_of(wanted, request)
            return segments is not None and arn_matches(segments, value)  # R-C13
        case Family.NUMERIC, comparison:
            return compares(comparison, number(value), number(wanted.text))  # R-C10
        case Family.DATE, comparison:
            return compares(comparison, instant(value), instant(wanted.text))  # R-C11, R-C16
        case Family.BOOL, Comparison.EQUALS:
            truth = TRUTH_VALUES.get(fold(value))  # R-C17
            return truth is not None and truth is TRUTH_VALUES.get(fold(wanted.text))
        case Family.BINARY, Comparison.EQUALS:
            content = decoded(value)  # R-C19
            return content is not None and content == decoded(wanted.text)
        case Family.IP, Comparison.IN_BLOCK:
            return lies_in(value, wanted.text)  # R-C18
        case _:
            raise InternalError(f"{base.name} has no meaning")


_ORDERS: dict[Comparison, Callable[[Decimal, Decimal], bool]] = {
    Comparison.EQUALS: order.eq,
    Comparison.LESS: order.lt,
    Comparison.LESS_EQUAL: order.le,
    Comparison.GREATER: order.gt,
    Comparison.GREATER_EQUAL: order.ge,
}


def compares(comparison: Comparison, value: Decimal | None, wanted: Decimal | None) -> bool:
    """The request's value on the left; None, which is of another type, compares with nothing."""
    return value is not None and wanted is not None and _ORDERS[comparison](value, wanted)
