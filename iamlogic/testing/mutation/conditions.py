"""Mutations of one condition as a whole: its operator, its modifiers, its key, its presence.

Each takes an open condition (`certainty.is_open`) of a statement and gives what stands in its
place, with what that does to the requests that pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamlogic.syntax.operators import Comparison, Family, SetPrefix

from .certainty import free_key
from .documents import Change, Item

Mutations = Iterator[tuple[list[Item], Change]]
ItemOperator = Callable[[Item], Mutations]


def _renamed(item: Item, old: str, new: str) -> Item:
    return replace(item, name=item.name.replace(old, new))


def _is_null(item: Item) -> bool:
    return item.operator.base.family is Family.NULL


def _may_be_absent(item: Item) -> bool:
    key = free_key(item.key)
    return key is not None and not key.always


def _many_valued(item: Item) -> bool | None:
    """Whether the key is multivalued in a question that uses it with a set prefix."""
    key = free_key(item.key)
    return None if key is None else key.multivalued is not False


def _prefixed(item: Item, prefix: SetPrefix | None) -> Item:
    bare = item.name.partition(":")[2] if item.operator.set_prefix else item.name
    return replace(item, name=f"{prefix.value}:{bare}" if prefix else bare)


def _passes_absent(item: Item) -> bool:
    """R-C3."""
    operator = item.operator
    if operator.if_exists or operator.set_prefix is SetPrefix.FOR_ALL_VALUES:
        return True
    return operator.base.negated and operator.set_prefix is None


def _condition_dropped(_: Item) -> Mutations:
    yield [], Change.WIDER


def _if_exists_added(item: Item) -> Mutations:
    """R-C3, R-C22."""
    if not _is_null(item) and not item.operator.if_exists:
        added = replace(item, name=item.name + "IfExists")
        if _passes_absent(item):
            yield [added], Change.SAME
        elif _may_be_absent(item):
            yield [added], Change.WIDER


def _if_exists_removed(item: Item) -> Mutations:
    if item.operator.if_exists:
        bare = replace(item, name=item.name[: -len("IfExists")])
        if _passes_absent(bare):
            yield [bare], Change.SAME
        elif _may_be_absent(item):
            yield [bare], Change.NARROWER


def _presence_demanded(item: Item) -> Mutations:
    """R-C23: `Null: false` beside the condition."""
    if not _is_null(item) and _may_be_absent(item):
        present = Item("Null", item.key, ("false",))
        yield [item, present], Change.NARROWER if _passes_absent(item) else Change.SAME


def _absence_demanded(item: Item) -> Mutations:
    if not _is_null(item) and _may_be_absent(item) and _passes_absent(item):
        yield [item, Item("Null", item.key, ("true",))], Change.NARROWER
        yield [Item("Null", item.key, ("true",))], Change.NARROWER


def _negated(item: Item) -> Mutations:
    """R-C2: unqualified, they are complements; neither is empty."""
    if item.operator.set_prefix or item.operator.if_exists:
        return
    for positive, negative in (
        ("String", "StringNot"),
        ("Arn", "ArnNot"),
        ("IpAddress", "NotIpAddress"),
        ("NumericEquals", "NumericNotEquals"),
        ("DateEquals", "DateNotEquals"),
    ):
        if item.operator.base.negated:
            other = _renamed(item, negative, positive)
        else:
            other = _renamed(item, positive, negative)
        if other != item:
            yield [other], Change.INCOMPARABLE


def _equals_becomes_like(item: Item) -> Mutations:
    """R-C9: without wildcards a pattern is itself."""
    base = item.operator.base
    plain = not any(char in value for value in item.values for char in "*?")
    if base.family is Family.STRING and base.comparison is Comparison.EQUALS and plain:
        yield [_renamed(item, "Equals", "Like")], Change.SAME


def _case_ignored(item: Item) -> Mutations:
    base = item.operator.base
    if base.family is not Family.STRING or base.comparison is not Comparison.EQUALS:
        return
    other = [value.swapcase() for value in item.values if value.isascii()]
    if any(value not in item.values for value in other):
        wider = _renamed(item, "Equals", "EqualsIgnoreCase")
        yield [wider], Change.NARROWER if base.negated else Change.WIDER


def _arn_operator_by_its_other_name(item: Item) -> Mutations:
    """R-C13."""
    if item.operator.base.family is Family.ARN:
        old, new = ("Equals", "Like") if "Equals" in item.name else ("Like", "Equals")
        yield [_renamed(item, old, new)], Change.SAME


def _bound_included(item: Item) -> Mutations:
    """`<` becomes `<=`, `>` becomes `>=`."""
    if item.operator.base.comparison in (Comparison.LESS, Comparison.GREATER):
        name = item.name.removesuffix("IfExists")
        end = item.name[len(name) :]
        yield [replace(item, name=f"{name}Equals{end}")], Change.WIDER


def _bound_excluded(item: Item) -> Mutations:
    if item.operator.base.comparison in (Comparison.LESS_EQUAL, Comparison.GREATER_EQUAL):
        yield [_renamed(item, "ThanEquals", "Than")], Change.NARROWER


def _set_prefix_exchanged(item: Item) -> Mutations:
    """R-C5: on several values neither prefix implies the other, nor on an absent key."""
    others = {
        SetPrefix.FOR_ALL_VALUES: SetPrefix.FOR_ANY_VALUE,
        SetPrefix.FOR_ANY_VALUE: SetPrefix.FOR_ALL_VALUES,
    }
    prefix = item.operator.set_prefix
    if (
        prefix
        and not item.operator.if_exists
        and _many_valued(item)
        and not item.operator.base.negated
    ):
        yield [_prefixed(item, others[prefix])], Change.INCOMPARABLE


def _unqualified_spelled_with_its_prefix(item: Item) -> Mutations:
    """R-C6: positive is as ForAnyValue, negated as ForAllValues, also for an absent key."""
    if item.operator.set_prefix is None and not item.operator.if_exists and not _is_null(item):
        negative = item.operator.base.negated
        prefix = SetPrefix.FOR_ALL_VALUES if negative else SetPrefix.FOR_ANY_VALUE
        yield [_prefixed(item, prefix)], Change.SAME


def _for_all_values_put_before(item: Item) -> Mutations:
    """R-C3, R-C6: on one value no difference, and true of an absent key."""
    operator = item.operator
    if _is_null(item) or operator.set_prefix or operator.if_exists or operator.base.negated:
        return
    if _may_be_absent(item) and operator.base.family in (Family.STRING, Family.ARN):
        change = Change.INCOMPARABLE if _many_valued(item) else Change.WIDER
        yield [_prefixed(item, SetPrefix.FOR_ALL_VALUES)], change


def _key_in_other_case(item: Item) -> Mutations:
    """R-K7."""
    yield [replace(item, key=item.key.swapcase())], Change.SAME


def _key_exchanged(item: Item) -> Mutations:
    """The same condition on another key, which nothing else speaks of."""
    if _many_valued(item) is False and not _passes_absent(item) and not _is_null(item):
        for start in ("aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"):
            if item.key.startswith(start):
                yield [replace(item, key=start + "zz-iamlogic")], Change.INCOMPARABLE


ITEM_OPERATORS: dict[str, ItemOperator] = {
    "condition dropped": _condition_dropped,
    "IfExists added": _if_exists_added,
    "IfExists removed": _if_exists_removed,
    "Null: false put beside": _presence_demanded,
    "Null: true put beside or in its place": _absence_demanded,
    "operator negated": _negated,
    "StringEquals becomes StringLike": _equals_becomes_like,
    "StringEquals becomes …IgnoreCase": _case_ignored,
    "ArnEquals for ArnLike": _arn_operator_by_its_other_name,
    "bound included": _bound_included,
    "bound excluded": _bound_excluded,
    "ForAllValues for ForAnyValue": _set_prefix_exchanged,
    "unqualified operator with its prefix": _unqualified_spelled_with_its_prefix,
    "ForAllValues put before": _for_all_values_put_before,
    "key in other letter case": _key_in_other_case,
    "key exchanged": _key_exchanged,
}
"""Name to mutation of one condition, for all open conditions (`certainty`)."""
