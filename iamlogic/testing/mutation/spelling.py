"""Mutations of how a statement is written, which leave its meaning alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .documents import Change, Statement, has_variable, listed, sample

Mutations = Iterator[tuple[Statement, Change]]
StatementOperator = Callable[[Statement], Mutations]

_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def _lists_reordered(statement: Statement) -> Mutations:
    for member in _LISTS:
        values = listed(statement.get(member, []))
        if len(values) > 1:
            yield statement | {member: values[::-1]}, Change.SAME


def _entries_repeated(statement: Statement) -> Mutations:
    for member in _LISTS:
        values = listed(statement.get(member, []))
        if values:
            yield statement | {member: [*values, values[0]]}, Change.SAME


def _single_values_as_lists(statement: Statement) -> Mutations:
    for member in _LISTS:
        if isinstance(statement.get(member), str):
            yield statement | {member: [statement[member]]}, Change.SAME


def _action_in_other_case(statement: Statement) -> Mutations:
    for member in ("Action", "NotAction"):
        if member in statement:
            values = [value.swapcase() for value in listed(statement[member])]
            yield statement | {member: values}, Change.SAME


def _stars_doubled(statement: Statement) -> Mutations:
    for member in _LISTS:
        values = listed(statement.get(member, []))
        if any("*" in value for value in values) and not has_variable(values):
            doubled = [v if v in ("*", "*:*") else v.replace("*", "**") for v in values]
            yield statement | {member: doubled}, Change.SAME


def _covered_entry_added(statement: Statement) -> Mutations:
    for member in _LISTS:
        values = listed(statement.get(member, []))
        for value in values:
            if value.strip("*") and "*" in value and not has_variable(value) and value != "*:*":
                added = sample(value, star="*ZzQ")
                yield statement | {member: [*values, added]}, Change.SAME


def _operators_in_other_case(statement: Statement) -> Mutations:
    """R-P22."""
    if "Condition" in statement:
        block = {name.swapcase(): keys for name, keys in statement["Condition"].items()}
        yield statement | {"Condition": block}, Change.SAME


SPELLING_OPERATORS: dict[str, StatementOperator] = {
    "lists reordered": _lists_reordered,
    "entries repeated": _entries_repeated,
    "single values as lists": _single_values_as_lists,
    "actions in other letter case": _action_in_other_case,
    "stars doubled": _stars_doubled,
    "entry added that another covers": _covered_entry_added,
    "operators in other letter case": _operators_in_other_case,
}
"""Name to another spelling of one statement."""
