"""The statements of a tree with choices: one of each kind that a deployment can make of it.

A condition that nobody knows yet multiplies what depends on it: a statement that names one bucket
or another becomes two statements, each under its guard. That is exact, whatever the conditions are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from iamlogic.inputs.unresolved.choices import as_choice, is_absent
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonValue, Member

Guards = Mapping[str, bool]
"""Which conditions hold, and which do not, by the texts of their placeholders."""

MOST_CONDITIONS = 6
"""Unknown conditions inside one statement: 64 statements come of it, and nobody writes more."""


class TooOpen(Exception):
    """So much of a policy is left open that nothing is said of it; the reason in words."""


def alternatives(node: JsonValue) -> Iterator[tuple[Guards, JsonValue]]:
    """What a node can be, choices at its own place taken; nothing where it can be absent."""
    yield from _alternatives(node, {})


def _alternatives(node: JsonValue, known: Guards) -> Iterator[tuple[Guards, JsonValue]]:
    found = as_choice(node)
    if found is None:
        if not is_absent(node):
            yield known, node
        return
    for holds, branch in ((True, found.if_true), (False, found.if_false)):
        if known.get(found.condition, holds) == holds:
            yield from _alternatives(branch, {**known, found.condition: holds})


def variants(node: JsonValue, known: Guards) -> Iterator[tuple[Guards, JsonValue]]:
    """What a node can be, with all choices in it taken. Raises `TooOpen`."""
    conditions = sorted(_conditions(node) - known.keys())
    if len(conditions) > MOST_CONDITIONS:
        raise TooOpen(f"one statement hangs on {len(conditions)} conditions that are not known")
    for values in product((True, False), repeat=len(conditions)):
        guards = {**known, **dict(zip(conditions, values, strict=True))}
        taken = _taken(node, guards)
        if taken is not None:
            yield guards, taken


def _conditions(node: JsonValue) -> set[str]:
    found = as_choice(node)
    if found is not None:
        inner = _conditions(found.if_true) | _conditions(found.if_false)
        return {found.condition} | inner
    match node:
        case JsonList(items, _):
            return {each for item in items for each in _conditions(item)}
        case JsonObject(members, _):
            return {each for member in members for each in _conditions(member.value)}
    return set()


def _taken(node: JsonValue, guards: Guards) -> JsonValue | None:
    """The node where these conditions hold; None where nothing is left of it."""
    found = as_choice(node)
    if found is not None:
        return _taken(found.if_true if guards[found.condition] else found.if_false, guards)
    if is_absent(node):
        return None
    match node:
        case JsonList(items, position):
            taken = (_taken(item, guards) for item in items)
            return JsonList(tuple(each for each in taken if each is not None), position)
        case JsonObject(members, position):
            kept = [(member, _taken(member.value, guards)) for member in members]
            return JsonObject(
                tuple(Member(m.name, m.position, value) for m, value in kept if value is not None),
                position,
            )
    return node
