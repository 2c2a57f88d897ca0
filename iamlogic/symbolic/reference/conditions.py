"""When the conditions of a statement hold for the symbolic request (R-C1 to R-C23).

`holds` says what an operator asks of a key's values: some, all, or what it says of an absent key.
`_matches` says when one value of the request matches one of the policy. Values are texts, whatever
they are compared as, so one key may well be compared as a text and as a number.
"""

from __future__ import annotations

from iamlogic.errors import InternalError
from iamlogic.symbolic.reference import dates, numbers
from iamlogic.symbolic.reference.addresses import lies_in
from iamlogic.symbolic.reference.binary import decodes_alike
from iamlogic.symbolic.reference.keys import Keys
from iamlogic.symbolic.reference.patterns import (
    equals,
    equals_ignoring_case,
    matches_arn,
    matches_glob,
    truth,
)
from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Word,
    all_of,
    any_of,
    both,
    implies,
    member,
    negation,
)
from iamlogic.symbolic.reference.variables import pattern_of, resolved
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Base, Comparison, Family, Operator, SetPrefix
from iamlogic.syntax.policy import Condition, Text


def holds(condition: Condition, keys: Keys) -> Formula:
    """One operator holds for one key."""
    key, operator = keys[fold(condition.key)], condition.operator
    if operator.base.family is Family.NULL:  # R-C23
        absent = negation(key.present)
        return any_of(absent if _is_true(v) else key.present for v in condition.values)
    satisfied = [_satisfies(condition, element, keys) for element in key.elements]
    present = all_of(satisfied) if _asks_all(operator) else any_of(satisfied)
    if _holds_when_absent(operator):
        return implies(key.present, present)
    return both(key.present, present)


def _asks_all(operator: Operator) -> bool:
    """R-C5; R-C6 of an operator without prefix."""
    if operator.set_prefix is None:
        return operator.base.negated
    return operator.set_prefix is SetPrefix.FOR_ALL_VALUES


def _holds_when_absent(operator: Operator) -> bool:
    """R-C3: as "all values" holds of none and "some value" does not; R-C22."""
    return operator.if_exists or _asks_all(operator)


def _satisfies(condition: Condition, element: Word, keys: Keys) -> Formula:
    """R-C2: one value of the request matches one of the policy's or, negated, none."""
    base = condition.operator.base
    matched = any_of(
        both(resolved(value, keys), _matches(base, element, value, keys))
        for value in condition.values
    )
    return negation(matched) if base.negated else matched


def _matches(base: Base, word: Word, value: Text, keys: Keys) -> Formula:
    """`word`, of the request, matches `value`, of the policy; negation left aside."""
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:
            return equals(word, pattern_of(value, keys))
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:
            return equals_ignoring_case(word, pattern_of(value, keys))
        case Family.STRING, Comparison.LIKE:  # R-C9
            return matches_glob(word, pattern_of(value, keys))
        case Family.ARN, Comparison.LIKE:
            return matches_arn(word, pattern_of(value, keys))
        case Family.NUMERIC, comparison:  # R-C10
            is_less, is_same = (
                numbers.is_below(word, value.text),
                numbers.is_equal(word, value.text),
            )
            return _compares(comparison, numbers.is_number(word), is_less, is_same)
        case Family.DATE, comparison:  # R-C11
            is_less, is_same = dates.is_before(word, value.text), dates.is_equal(word, value.text)
            return _compares(comparison, dates.is_date(word), is_less, is_same)
        case Family.BOOL, Comparison.EQUALS:
            return member(word, truth(value=_is_true(value)))
        case Family.BINARY, Comparison.EQUALS:
            return decodes_alike(word, value.text)
        case Family.IP, Comparison.IN_BLOCK:
            return lies_in(word, value.text)
        case _:
            raise InternalError(f"{base.name} has no encoding")


def _compares(
    comparison: Comparison, is_typed: Formula, is_less: Formula, is_same: Formula
) -> Formula:
    """The request's value on the left. R-C20: one of another type compares with nothing."""
    match comparison:
        case Comparison.EQUALS:
            return is_same
        case Comparison.LESS:
            return is_less
        case Comparison.LESS_EQUAL:
            return any_of([is_less, is_same])
        case Comparison.GREATER:
            return both(is_typed, negation(any_of([is_less, is_same])))
        case Comparison.GREATER_EQUAL:
            return both(is_typed, negation(is_less))
        case _:
            raise InternalError(f"{comparison.value} is no order")


def _is_true(value: Text) -> bool:
    """R-P24: a value under Bool or Null is `true` or `false`, in any case."""
    return value.text.lower() == "true"
