"""The net below the table of places: whatever in a template has the shape of a policy.

A `Statement` whose items have an `Effect`, as an object or as JSON text, at any depth. A custom
resource, the code of a macro or a property that AWS added last week may hold one; what type of
policy it is nobody can tell, and so none is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.nodes import arguments, as_call
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.template import looks_like_template
from iamlogic.inputs.cloudformation.texts import pieces, text_and_origin
from iamlogic.inputs.cloudformation.walking import Place
from iamlogic.inputs.unresolved.embedded import Origin, moved, read_embedded
from iamlogic.inputs.yaml_tree import read_yaml
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue
from iamlogic.syntax.problems import Document

_STATEMENT = "Statement"
_BODY = "TemplateBody"
"""The property of stack sets and conformance packs that holds a template as text."""
_TEXTS = {"Fn::Sub", "Fn::Join"}

MAX_NESTED_TEXTS = 3
"""JSON texts inside JSON texts that are looked into."""


def has_policy_shape(node: JsonValue) -> bool:
    """Whether a node is an object with a `Statement` of which an item has an `Effect`."""
    if not isinstance(node, JsonObject):
        return False
    return any(
        member.name == _STATEMENT and any(map(_is_statement, _alternatives(member.value)))
        for member in node.members
    )


def _is_statement(node: JsonValue) -> bool:
    return isinstance(node, JsonObject) and any(each.name == "Effect" for each in node.members)


def _alternatives(node: JsonValue) -> Iterator[JsonValue]:
    """The items that a list has or may have, through conditions."""
    call = as_call(node)
    if call is not None and call.function == "Fn::If":
        for branch in arguments(call.argument)[1:]:
            yield from _alternatives(branch)
    elif isinstance(node, JsonList):
        for item in node.items:
            yield from _alternatives(item)
    else:
        yield node


def shapes(
    resolver: Resolver, at: Place, known: frozenset[tuple[str | int, ...]], depth: int = 0
) -> Iterator[Place]:
    """Where policies stand, or templates that stand in a text, apart from the places known.

    Of a policy in a text the place's node is the tree that is read of it.
    """
    if at.steps in known:
        return
    if has_policy_shape(at.node) and (*at.steps, _STATEMENT) not in known:
        yield at
        return
    call = as_call(at.node)
    if call is not None and call.function in _TEXTS:
        yield from _in_text(resolver, at, depth)
        return
    match at.node:
        case JsonString() if call is None:
            yield from _in_text(resolver, at, depth)
        case JsonList(items, _):
            for number, item in enumerate(items):
                yield from shapes(resolver, at.down(number, item, f"[{number}]"), known, depth)
        case JsonObject(members, _):
            for member in members:
                name = member.name if not at.name else f".{member.name}"
                yield from shapes(resolver, at.down(member.name, member.value, name), known, depth)


def _in_text(resolver: Resolver, at: Place, depth: int) -> Iterator[Place]:
    """The policies in a text that is JSON."""
    if depth == MAX_NESTED_TEXTS or not _may_hold_one(at.node):
        return
    if depth == 0:
        found = pieces(resolver, at.node, at.scope) or []
        text, origin = text_and_origin(found)
    elif isinstance(at.node, JsonString):  # a text inside of one: all of it stands where that does
        text, position = at.node.value, at.node.position
        origin = lambda _: position  # noqa: E731 (as its neighbours are)
    else:
        return
    if at.steps[-1:] == (_BODY,) and not _is_json(text):
        yield from _templates(at, text, origin)
        return
    if not _is_json(text):
        return
    try:
        root = read_embedded(text, origin, resolver.document)
    except PolicySyntaxError:
        if '"Effect"' in text:  # whoever reads it says what is wrong
            yield at
        return
    inner = Place(root, at.steps, at.name, Scope())
    if looks_like_template(root):
        yield inner
    else:
        yield from shapes(resolver, inner, frozenset(), depth + 1)


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _templates(at: Place, text: str, origin: Origin) -> Iterator[Place]:
    """The templates in YAML that a text holds; the place itself, if it cannot be read."""
    try:
        roots = read_yaml(text, Document(text, None))
    except PolicySyntaxError:
        yield at
        return
    for root in roots:
        if looks_like_template(root):
            yield Place(moved(root, origin), at.steps, at.name, Scope())


def _may_hold_one(node: JsonValue) -> bool:
    """Whether the word occurs in the texts of an expression."""
    match node:
        case JsonString(text, _):
            return _STATEMENT in text
        case JsonList(items, _):
            return any(map(_may_hold_one, items))
        case JsonObject(members, _):
            return any(_may_hold_one(member.value) for member in members)
    return False
