"""Fn::FindInMap: one row where the keys are known, else a choice between the few that can be.

A key that a parameter's default gives is not known: the other rows are there for other deployments.
"""

from __future__ import annotations

from collections.abc import Mapping

from iamlogic.inputs.cloudformation.conditions import Scope, defaults_in
from iamlogic.inputs.cloudformation.nodes import Call, arguments, as_call, expression, get, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import choice
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue

MOST_ROWS = 4
"""Different values that a choice is made of; of more the value is left open."""


def find_in_map(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    """The value of a mapping, or its default value."""
    parts = arguments(call.argument)
    if len(parts) < 3:
        return None
    name = text_of(resolver.resolve(parts[0], scope))
    rows = resolver.template.mappings.get(name or "")
    default = get(parts[3], "DefaultValue") if len(parts) > 3 else None
    keys = [text_of(resolver.resolve(part, scope)) for part in parts[1:3]]
    if rows is None or as_call(rows) is not None or keys[1] is None:
        return None
    fixed = [_is_fixed(resolver, part, scope) for part in parts[1:3]]
    if not fixed[1]:
        return None
    if fixed[0]:
        found = get(get(rows, keys[0] or ""), keys[1])
        if found is not None:
            return _placed(found, call.position)
        return None if default is None else resolver.resolve(default, scope)
    values = _by_value(rows, keys[1])
    if not values or len(values) > MOST_ROWS or default is not None:
        return None
    return _chosen(resolver, values, expression(parts[1]), call.position)


def _is_fixed(resolver: Resolver, key: JsonValue, scope: Scope) -> bool:
    value = text_of(resolver.resolve(key, scope))
    if value is None or resolver.placeholders.inside(value):
        return False
    deployment = resolver.placeholders.deployment
    return not defaults_in(key, resolver.template, deployment, scope)


def _by_value(rows: JsonValue, key: str) -> Mapping[tuple[str, ...], tuple[list[str], JsonValue]]:
    """The values that rows have under a key, each with the names of its rows."""
    values: dict[tuple[str, ...], tuple[list[str], JsonValue]] = {}
    members = rows.members if isinstance(rows, JsonObject) else ()
    for each in members:
        value = get(each.value, key)
        if value is not None:
            values.setdefault(_identity(value), ([], value))[0].append(each.name)
    return values


def _identity(value: JsonValue) -> tuple[str, ...]:
    items = value.items if isinstance(value, JsonList) else (value,)
    return tuple(text_of(item) or "" for item in items)


def _chosen(
    resolver: Resolver,
    values: Mapping[tuple[str, ...], tuple[list[str], JsonValue]],
    key: str,
    position: int,
) -> JsonValue:
    *others, (_, last) = values.values()
    result = _placed(last, position)
    for names, value in reversed(others):
        condition = f"{key}={'+'.join(names[:3])}"
        where = resolver.document.where(position, ())
        reason = "a choice of Fn::FindInMap"
        text = resolver.placeholders.condition(condition, reason, where, "+".join(names))
        result = choice(text, _placed(value, position), result, position)
    return result


def _placed(value: JsonValue, position: int) -> JsonValue:
    """A value of a mapping, where the call stands."""
    if isinstance(value, JsonList):
        return JsonList(tuple(_placed(item, position) for item in value.items), position)
    text = text_of(value)
    return value if text is None else JsonString(text, position)
