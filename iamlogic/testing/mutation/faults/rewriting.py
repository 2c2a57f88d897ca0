"""What faults are made of: entries of a member and conditions, changed in the form they have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from iamlogic.semantics.explain import printable

Statement = dict[str, Any]
Faults = Iterator[tuple[list[Statement], str]]
"""What stands in the place of a statement, and in words what was done to it."""


@dataclass(frozen=True, slots=True)
class FaultOperator:
    """A kind of fault: its name, what it does in a sentence, and the faults of a statement."""

    name: str
    sentence: str
    on: Callable[[Statement], Faults]


def texts(value: object) -> Iterator[tuple[int, str]]:
    """The entries of a value that are texts, with their places: one value is a list of one."""
    every = value if isinstance(value, list) else [value]
    return ((place, each) for place, each in enumerate(every) if isinstance(each, str))


def with_entry(value: object, place: int, new: object) -> object:
    """The value with another entry at a place."""
    if not isinstance(value, list):
        return new
    return [*value[:place], new, *value[place + 1 :]]


def without_entry(value: list[object], place: int) -> list[object]:
    """The list without the entry at a place."""
    return [*value[:place], *value[place + 1 :]]


def renamed(members: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """The object with another name for one of its members, in its place."""
    return {(new if name == old else name): value for name, value in members.items()}


def without(members: dict[str, Any], name: str) -> dict[str, Any]:
    """The object without one of its members."""
    return {each: value for each, value in members.items() if each != name}


def tests(statement: Statement) -> Iterator[tuple[str, str, Any]]:
    """Operator, key and value of each condition of a statement."""
    block = statement.get("Condition")
    for operator, keys in block.items() if isinstance(block, dict) else ():
        for key, value in keys.items() if isinstance(keys, dict) else ():
            yield operator, key, value


def with_value(statement: Statement, operator: str, key: str, value: object) -> Statement:
    """The statement with another value of one condition."""
    block = statement["Condition"]
    return statement | {"Condition": block | {operator: block[operator] | {key: value}}}


def without_test(statement: Statement, operator: str, key: str) -> Statement:
    """The statement without one condition; what is empty then goes with it."""
    block = statement["Condition"]
    keys = without(block[operator], key)
    rest = block | {operator: keys} if keys else without(block, operator)
    return statement | {"Condition": rest} if rest else without(statement, "Condition")


def with_operator(statement: Statement, old: str, key: str, new: str) -> Statement | None:
    """The statement with another operator for one condition; None if that speaks of the key."""
    block = statement["Condition"]
    if len(block[old]) == 1 and new not in block:
        return statement | {"Condition": renamed(block, old, new)}
    if key in block.get(new, {}):
        return None
    moved = {new: {**block.get(new, {}), key: block[old][key]}}
    rest = without_test(statement, old, key).get("Condition", {})
    return statement | {"Condition": rest | moved}


def said(value: object) -> str:
    """A value in words."""
    return printable(str(value))
