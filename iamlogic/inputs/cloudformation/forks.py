"""Functions of values that may be choices: the choice moves out, exactly.

`Sub` of a text and a name that is one thing in production and another elsewhere is one text in
production and another elsewhere. A condition that occurs twice is decided once.
"""

from __future__ import annotations

from collections.abc import Callable

from iamlogic.inputs.unresolved.choices import as_choice, choice
from iamlogic.syntax.json_tree import JsonList, JsonValue

MOST_FORKS = 5
"""Conditions that one text may hang on; 32 texts come of it. Beyond it the text is left open."""

Arguments = tuple[JsonValue, ...]


class TooManyForks(Exception):
    """A value hangs on too many conditions to be written out."""


def forked(
    values: Arguments, apply: Callable[[Arguments], JsonValue], position: int, depth: int = 0
) -> JsonValue:
    """`apply` of values among which, or in lists among which, there may be choices."""
    condition = next(filter(None, map(_condition, values)), None)
    if condition is None:
        return apply(values)
    if depth == MOST_FORKS:
        raise TooManyForks
    yes, no = (
        forked(tuple(_taken(each, condition, holds) for each in values), apply, position, depth + 1)
        for holds in (True, False)
    )
    return choice(condition, yes, no, position)


def _condition(node: JsonValue) -> str | None:
    found = as_choice(node)
    if found is not None:
        return found.condition
    if isinstance(node, JsonList):
        return next(filter(None, map(_condition, node.items)), None)
    return None


def _taken(node: JsonValue, condition: str, holds: bool) -> JsonValue:  # noqa: FBT001 (a value)
    found = as_choice(node)
    if found is not None:
        branch = found.if_true if holds else found.if_false
        if found.condition == condition:
            return _taken(branch, condition, holds)
        yes, no = (_taken(each, condition, holds) for each in (found.if_true, found.if_false))
        return choice(found.condition, yes, no, node.position)
    if isinstance(node, JsonList):
        items = tuple(_taken(each, condition, holds) for each in node.items)
        return JsonList(items, node.position)
    return node
