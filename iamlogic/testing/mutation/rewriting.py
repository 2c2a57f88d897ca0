"""Policies of other statements that mean the same: split, or said by a Deny (De Morgan)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamlogic.syntax.operators import Family

from .documents import (
    Change,
    Document,
    Statement,
    items,
    listed,
    replaced,
    statements,
    with_items,
    without,
)

Mutations = Iterator[tuple[Document, Change]]
PolicyOperator = Callable[[Document], Mutations]


# Splitting: a statement is the union of its parts


_SPLIT_AT_MOST = 40


def _split_by_actions(document: Document) -> Mutations:
    yield from _split(document, "Action")


def _split_by_resources(document: Document) -> Mutations:
    yield from _split(document, "Resource")


def _split(document: Document, member: str) -> Mutations:
    for index, statement in enumerate(statements(document)):
        values = listed(statement.get(member, []))
        if 1 < len(values) <= _SPLIT_AT_MOST:
            parts = [statement | {member: value} for value in values]
            yield replaced(document, index, *parts), Change.SAME


def _split_by_values(document: Document) -> Mutations:
    """R-C2: alternatives of a positive operator."""
    for index, statement in enumerate(statements(document)):
        block = items(statement)
        for place, item in enumerate(block):
            operator = item.operator
            plain = not operator.set_prefix and not operator.base.negated
            if plain and operator.base.family is not Family.NULL and len(item.values) > 1:
                parts = []
                for value in item.values:
                    one = replace(item, values=(value,))
                    parts.append(with_items(statement, [*block[:place], one, *block[place + 1 :]]))
                yield replaced(document, index, *parts), Change.SAME


# De Morgan: what a statement leaves out can be denied, where no other speaks of its actions


def _sole(document: Document, index: int) -> bool:
    """No other statement speaks of any action of this one: their services are different."""
    every = statements(document)
    services = _services(every[index])
    if services is None or every[index]["Effect"] != "Allow" or "NotPrincipal" in every[index]:
        return False
    others = [_services(other) for place, other in enumerate(every) if place != index]
    return all(other is not None and services.isdisjoint(other) for other in others)


def _services(statement: Statement) -> set[str] | None:
    """The prefixes of its actions; None for all of them. A prefix has no wildcard (R-P16)."""
    if "Action" not in statement:
        return None
    prefixes = {action.partition(":")[0].lower() for action in listed(statement["Action"])}
    return None if "*" in prefixes else prefixes


def _resources_by_a_deny(document: Document) -> Mutations:
    for index, statement in enumerate(statements(document)):
        for member, other in (("Resource", "NotResource"), ("NotResource", "Resource")):
            if (
                member in statement
                and _sole(document, index)
                and not _everything(statement[member])
            ):
                wide = without(statement, member) | {"Resource": "*"}
                rest = without(statement, member, "Sid", "Condition")
                deny = rest | {"Effect": "Deny", other: statement[member]}
                yield replaced(document, index, wide, deny), Change.SAME


def _everything(patterns: object) -> bool:
    return "*" in listed(patterns)


_COMPLEMENTS = (
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("IpAddress", "NotIpAddress"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
)
_NEGATIONS = {
    **{name: no for pair in _COMPLEMENTS for name, no in (pair, pair[::-1])},
    **{  # R-C5: neither prefix's negated operator is its own positive one's complement
        f"{prefix}:{name}": f"{other}:{no}"
        for pair in _COMPLEMENTS
        for name, no in (pair, pair[::-1])
        for prefix, other in (("ForAllValues", "ForAnyValue"), ("ForAnyValue", "ForAllValues"))
    },
}


def _condition_by_a_deny(document: Document) -> Mutations:
    """R-C2, R-C5: the complement of a condition, denied."""
    for index, statement in enumerate(statements(document)):
        block = items(statement)
        for place, item in enumerate(block):
            if item.name in _NEGATIONS and item.values and _sole(document, index):
                wide = with_items(statement, block[:place] + block[place + 1 :])
                fails = replace(item, name=_NEGATIONS[item.name])
                deny = with_items(without(statement, "Sid"), [fails]) | {"Effect": "Deny"}
                yield replaced(document, index, wide, deny), Change.SAME


REWRITING_OPERATORS: dict[str, PolicyOperator] = {
    "split by actions": _split_by_actions,
    "split by resources": _split_by_resources,
    "split by values": _split_by_values,
    "resources by a Deny (De Morgan)": _resources_by_a_deny,
    "condition by a Deny (De Morgan)": _condition_by_a_deny,
}
"""Name to rewriting of a policy."""
