"""What a request must be like for a grant to hold: one condition with one value each.

A condition with several values is as many grants, each of which somebody may accept or not; so
lists are taken apart where they are alternatives. What a Deny leaves over is a condition as well:
"deny unless the request comes from this network" narrows as "allow from this network" does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from iamlogic.symbolic.inclusion import may_overlap
from iamlogic.symbolic.languages import EVERYTHING
from iamlogic.symbolic.lowering import Lowered, Test, lower_condition, lower_value
from iamlogic.syntax.operators import BASES, Base, Comparison, Family, Operator, SetPrefix
from iamlogic.syntax.policy import Condition, Text


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A condition in normal form, and as it is written for people."""

    test: Test
    condition: Condition = field(compare=False)


Narrowings = frozenset[Narrowing]


def in_order(narrowings: Iterable[Narrowing]) -> list[Narrowing]:
    """The same always, in whatever order a set has them."""
    return sorted(narrowings, key=_place)


def _place(narrowing: Narrowing) -> tuple[object, ...]:
    condition = narrowing.condition
    values = [value.text for value in condition.values]
    return (narrowing.test.key, str(condition.operator), values)


_MOST_GRANTS = 256
"""Grants that one statement's conditions are taken apart into; longer lists stay whole."""


def alternatives(statement: Lowered) -> list[Narrowings]:
    """The statement's conditions, in every choice of one value of each.

    Together they hold what the conditions hold. Beyond `_MOST_GRANTS` choices, the longest lists
    are kept as they are: first those that say nothing of who it is.
    """
    choices: list[tuple[Narrowing, ...]] = []
    for condition in statement.statement.conditions:
        found = values_of(condition)
        if not found:
            return []  # no value can be met: the statement matches nothing
        if not any(_is_always_true(each.test) for each in found):
            choices.append(found)
    while prod(map(len, choices)) > _MOST_GRANTS:
        longest = max(range(len(choices)), key=lambda n: (len(choices[n]), n))
        choices[longest] = (_whole(choices[longest]),)
    return list(dict.fromkeys(map(frozenset, product(*choices))))


def values_of(condition: Condition) -> tuple[Narrowing, ...]:
    """The condition's alternatives; itself, where its values are none."""
    test = lower_condition(condition)
    if test.negated or test.outside or condition.operator.base.family is Family.NULL:
        return (Narrowing(test, condition),)
    if test.if_absent and not condition.values:  # R-C3: …IfExists of no values asks for absence
        return (Narrowing(test, condition),)
    found = []
    for value in condition.values:
        languages = lower_value(condition, value)
        if languages or test.if_absent:
            own = replace(test, languages=languages)
            found.append(Narrowing(own, replace(condition, values=(value,))))
    return tuple(dict.fromkeys(found))


def _whole(values: Sequence[Narrowing]) -> Narrowing:
    """Several alternatives of one condition as one."""
    first = values[0]
    languages = tuple(dict.fromkeys(part for each in values for part in each.test.languages))
    texts = tuple(text for each in values for text in each.condition.values)
    return Narrowing(
        replace(first.test, languages=languages), replace(first.condition, values=texts)
    )


def _is_always_true(test: Test) -> bool:
    return test.if_absent and not test.negated and not test.outside and EVERYTHING in test.languages


def left_over(condition: Condition) -> tuple[Narrowing, ...] | None:
    """What a request that fails the condition must be like, where that is to have some value.

    None: it need not have one, as where it lacks a key. So a Deny with the condition leaves over
    the requests of these narrowings, or more than can be said.
    """
    test = lower_condition(condition)
    if not test.if_absent:
        return None
    base = condition.operator.base
    if base.family is Family.NULL:  # Null true denies those without the key
        return () if test.languages else (_presence(condition),)
    if not test.negated:  # …IfExists: denies those without the key, and those with these values
        return None
    if test.outside:  # ForAllValues: denies unless some value is none of these
        return None
    positive = Operator(
        _POSITIVE[base], None if condition.operator.set_prefix is None else SetPrefix.FOR_ANY_VALUE
    )
    return values_of(replace(condition, operator=positive))


def excludes(one: Narrowing, other: Narrowing, multivalued: Collection[str]) -> bool:
    """Whether no request is of both: the values of one key, of which it has one, lie apart."""
    a, b = one.test, other.test
    if a.key != b.key or a.key in multivalued:
        return False
    positive = not (a.negated or b.negated or a.outside or b.outside)
    return (
        positive
        and not (a.if_absent and b.if_absent)
        and not any(may_overlap(left, right) for left in a.languages for right in b.languages)
    )


def _presence(condition: Condition) -> Narrowing:
    present = replace(condition, values=(Text("false"),))
    return Narrowing(lower_condition(present), present)


_BY_MEANING: dict[tuple[Family, Comparison], Base] = {}
for _base in BASES:
    if not _base.negated:
        _BY_MEANING.setdefault((_base.family, _base.comparison), _base)
_POSITIVE = {base: _BY_MEANING[base.family, base.comparison] for base in BASES}
"""The operator that is true where the negated one is false, of one value."""
