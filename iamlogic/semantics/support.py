"""Which policies this version gives a meaning to: `require_supported`.

A policy is refused as a whole, before any request is looked at: whether it can be answered must
not hang on how far an evaluation happens to get. Refused are, with their place: the operators of
the Numeric, Date, Binary and Ip families, the prefixes ForAllValues: and ForAnyValue:, and texts
with policy variables or escapes (`${…}`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iamlogic.errors import Unsupported
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Policy, Statement, Text

SUPPORTED_FAMILIES = frozenset({Family.STRING, Family.ARN, Family.BOOL, Family.NULL})


@lru_cache(maxsize=1024)
def require_supported(policy: Policy) -> None:
    """Raises `Unsupported` at the first part of the policy whose meaning is not modelled yet."""
    for statement in policy.statements:
        for text in _texts(statement):
            if text.template is not None:
                raise Unsupported(f"the policy variable in {text.text!r}", text.where)
        for condition in statement.conditions:
            _require_operator(condition)


def _require_operator(condition: Condition) -> None:
    operator = condition.operator
    if operator.set_prefix is not None:
        raise Unsupported(f"the set prefix of {operator}", condition.where)
    if operator.base.family not in SUPPORTED_FAMILIES:
        raise Unsupported(f"the operator {operator}", condition.where)


def _texts(statement: Statement) -> Iterator[Text]:
    yield from statement.actions.patterns
    if statement.resources is not None:
        yield from statement.resources.patterns
    for condition in statement.conditions:
        yield from condition.values
