"""The way along a path of properties, through lists and through conditions on it.

What stands behind `Fn::If` is found in both branches, each with what is known there; a name says
which. Anything else on the way that only the deployment knows is found as it stands, and `is_end`
says that the path does not lead to its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.nodes import arguments, as_call, get, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import is_absent
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a template on its way: `steps` in the tree, `name` as people say it."""

    node: JsonValue
    steps: Steps
    name: str
    scope: Scope
    is_end: bool = True

    def down(self, step: str | int, node: JsonValue, name: str = "") -> Place:
        return replace(self, node=node, steps=(*self.steps, step), name=self.name + name)


def walk(resolver: Resolver, place: Place, path: tuple[str, ...]) -> Iterator[Place]:
    """All places that a path leads to from a place."""
    call = as_call(place.node)
    if call is not None and path:
        if is_absent(place.node):
            return
        branches = list(branches_of(resolver, place))
        if not branches:
            yield replace(place, is_end=False)
        for branch in branches:
            yield from walk(resolver, branch, path)
        return
    if not path:
        yield place
        return
    step, *rest = path
    if step == "*":
        for item in items_of(resolver, place):
            yield from walk(resolver, item, tuple(rest))
    elif isinstance(place.node, JsonObject):
        for number, member in enumerate(place.node.members):
            if member.name == step:
                is_last = get(place.node, step) is member.value
                name = f".{step}" if is_last else f".{step} ({number + 1})"
                yield from walk(resolver, place.down(step, member.value, name), tuple(rest))


def branches_of(resolver: Resolver, place: Place) -> Iterator[Place]:
    """The branches of `Fn::If` at a place, whichever of them is taken."""
    call = as_call(place.node)
    parts = arguments(call.argument) if call and call.function == "Fn::If" else ()
    condition = text_of(parts[0]) if len(parts) == 3 else None
    if call is None or condition is None:
        return
    taken = resolver.branch(condition, place.scope, call.position)
    for number, holds, scope in ((1, True, taken.yes), (2, False, taken.no)):
        if taken.holds in {None, holds}:
            named = f" (if {condition})" if holds else f" (unless {condition})"
            down = place.down("Fn::If", parts[number], "" if taken.holds is holds else named)
            yield replace(down, steps=(*down.steps, number), scope=scope)


def items_of(resolver: Resolver, place: Place) -> Iterator[Place]:
    """The items of a list, or the node that stands alone in the place of one."""
    node = place.node
    if not isinstance(node, JsonList):
        yield place
        return
    names = [_own_name(resolver, item, place.scope) for item in node.items]
    for number, (item, name) in enumerate(zip(node.items, names, strict=True)):
        label = name if name is not None and names.count(name) == 1 else str(number)
        yield place.down(number, item, f"[{label}]")


def _own_name(resolver: Resolver, item: JsonValue, scope: Scope) -> str | None:
    """The name that a policy in a list has of its own, by which it is known wherever it moves."""
    name = get(item, "PolicyName")
    if name is None:
        return None
    resolved = resolver.resolve(name, scope)
    return resolved.value if isinstance(resolved, JsonString) else None
