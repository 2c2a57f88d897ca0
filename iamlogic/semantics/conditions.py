"""When the conditions of a statement hold for a request (R-C1 to R-C23).

`condition_holds` says what an operator does with the request's values and the policy's: any, none,
or an absent key. `value_matches` says when one value of the request matches one of the policy.
Operators whose meaning is not given here never get so far: `support.require_supported` stops them.
"""

from __future__ import annotations

from iamlogic.errors import InternalError
from iamlogic.semantics.matching import arn_matches, glob_matches
from iamlogic.semantics.request import Request
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Base, Comparison, Family
from iamlogic.syntax.policy import Condition, Statement

TRUTH_VALUES = {"true": True, "false": False}


def conditions_hold(statement: Statement, request: Request) -> bool:
    """R-C1: every (operator, key) pair is true; without any the statement is unconditional."""
    return all(condition_holds(condition, request) for condition in statement.conditions)


def condition_holds(condition: Condition, request: Request) -> bool:
    """Whether one operator holds for one key (R-K7: the key's case does not matter)."""
    operator, base = condition.operator, condition.operator.base
    values = request.values(condition.key)
    if base.family is Family.NULL:
        return null_holds(condition, is_absent=not values)
    if not values:
        return operator.if_exists or base.negated  # R-C3, R-C17, R-C21, R-C22
    matched = any(matches_any(condition, value) for value in values)  # R-C2, R-C4, R-C6
    return matched is not base.negated


def matches_any(condition: Condition, value: str) -> bool:
    """R-C2: whether one value of the request matches one of the policy's."""
    return any(value_matches(condition.operator.base, v.text, value) for v in condition.values)


def null_holds(condition: Condition, *, is_absent: bool) -> bool:
    """R-C23: `"true"` asks for an absent key, `"false"` for a present one."""
    return any(TRUTH_VALUES.get(fold(value.text)) is is_absent for value in condition.values)


def value_matches(base: Base, wanted: str, value: str) -> bool:
    """Whether `value`, of the request, matches `wanted`, of the policy; negation left aside."""
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:
            return value == wanted  # R-C7: `*` and `?` are themselves
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:
            return fold(value) == fold(wanted)  # R-C8
        case Family.STRING, Comparison.LIKE:
            return glob_matches(wanted, value)  # R-C9
        case Family.ARN, Comparison.LIKE:
            return arn_matches(wanted, value)  # R-C13
        case Family.BOOL, Comparison.EQUALS:
            truth = TRUTH_VALUES.get(fold(value))  # R-C17; R-C20: None matches nothing
            return truth is not None and truth is TRUTH_VALUES.get(fold(wanted))
        case _:
            raise InternalError(f"{base.name} has no meaning here and was not refused")
