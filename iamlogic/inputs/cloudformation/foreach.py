"""`Fn::ForEach`: what it repeats, written out before anything else is read.

A collection that is not known is repeated once, with a placeholder for its item: what stands in the
loop is read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.nodes import as_call, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import as_choice
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member

_LOOP = "Fn::ForEach::"

MAX_ITEMS = 1_000
"""Items of a collection that are written out; CloudFormation allows 100 resources or so."""

MAX_LOOPS = 5
"""Loops inside each other: the bound of CloudFormation."""


def expanded(resolver: Resolver, root: JsonObject) -> JsonObject:
    """The template without loops."""
    if "Fn::ForEach" not in (resolver.document.text or ""):
        return root
    result = _expanded(resolver, root, 0)
    assert isinstance(result, JsonObject)
    return result


def _expanded(resolver: Resolver, node: JsonValue, depth: int) -> JsonValue:
    match node:
        case JsonObject(members, position):
            inner = (each for member in members for each in _member(resolver, member, depth))
            return JsonObject(tuple(inner), position)
        case JsonList(items, position):
            return JsonList(tuple(_expanded(resolver, item, depth) for item in items), position)
    return node


def _member(resolver: Resolver, member: Member, depth: int) -> Iterator[Member]:
    loop = member.value
    if not member.name.startswith(_LOOP) or depth == MAX_LOOPS:
        yield Member(member.name, member.position, _expanded(resolver, loop, depth))
        return
    match loop:
        case JsonList((JsonString(name, _), collection, JsonObject() as body), _):
            for item in _items(resolver, collection, name):
                repeated = _substituted(resolver, body, name, item)
                assert isinstance(repeated, JsonObject)
                for each in repeated.members:
                    yield from _member(resolver, each, depth + 1)
        case _:
            yield member


def _items(resolver: Resolver, collection: JsonValue, name: str) -> Iterator[str]:
    resolved = resolver.resolve(collection, Scope())
    found = as_choice(resolved)
    options = [resolved] if found is None else [found.if_true, found.if_false]
    texts: dict[str, None] = {}
    for option in options:
        items = option.items if isinstance(option, JsonList) else ()
        texts |= dict.fromkeys(text for item in items if (text := text_of(item)) is not None)
    if not texts or len(texts) > MAX_ITEMS:
        reason = "an item of a collection that is not known"
        yield resolver.open(name, reason, collection.position).value
        return
    yield from texts


def _substituted(resolver: Resolver, node: JsonValue, name: str, value: str) -> JsonValue:
    """The body of a loop for one item."""
    resolver.step(node.position)
    call = as_call(node)
    if call and call.function == "Ref" and text_of(call.argument) == name:
        return JsonString(value, call.position)
    match node:
        case JsonString(text, position):
            return JsonString(_in_text(text, name, value), position)
        case JsonList(items, position):
            return JsonList(
                tuple(_substituted(resolver, item, name, value) for item in items), position
            )
        case JsonObject(members, position):
            changed = (
                Member(
                    _in_text(member.name, name, value),
                    member.position,
                    _substituted(resolver, member.value, name, value),
                )
                for member in members
            )
            return JsonObject(tuple(changed), position)
    return node


def _in_text(text: str, name: str, value: str) -> str:
    if name not in text:
        return text
    plain = "".join(character for character in value if character.isalnum())
    return text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", plain)
