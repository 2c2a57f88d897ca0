"""The intrinsic functions, one by one: what each gives of arguments that are resolved.

A function that cannot say gives None, and the resolver leaves the call open under its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from iamlogic.inputs.cloudformation.attributes import attribute, reference, referred
from iamlogic.inputs.cloudformation.conditions import SUB_VARIABLE, Scope
from iamlogic.inputs.cloudformation.forks import Arguments
from iamlogic.inputs.cloudformation.mappings import find_in_map
from iamlogic.inputs.cloudformation.nodes import Call, arguments, expression, get, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import is_absent
from iamlogic.inputs.unresolved.placing import content_of
from iamlogic.syntax.json_tree import JsonList, JsonNumber, JsonString, JsonValue

Function = Callable[[Resolver, Call, Scope], JsonValue | None]

MOST_PARTS = 10_000
"""Parts that Fn::Split gives at the most."""


def _ref(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    name = text_of(resolver.resolve(call.argument, scope))  # language extensions compute names
    return None if name is None else reference(resolver, name, call.position, scope)


def _get_att(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    if isinstance(call.argument, JsonString):
        resource, _, name = call.argument.value.partition(".")
        return attribute(resolver, resource, name, call.position, scope)
    names = [text_of(resolver.resolve(each, scope)) for each in arguments(call.argument)]
    known = [name for name in names if name is not None]
    if len(known) < 2 or len(known) < len(names):
        return None
    return attribute(resolver, known[0], ".".join(known[1:]), call.position, scope)


def _sub(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    parts = arguments(call.argument)
    text = text_of(parts[0]) if parts else None
    if text is None:
        return None
    given = parts[1] if len(parts) > 1 else None
    pieces = list(sub_pieces(text))
    values = [
        sub_value(resolver, piece[1], given, call.position, scope) for piece in pieces if piece[1]
    ]

    def substituted(resolved: Arguments) -> JsonValue:
        following = iter(resolved)
        texts = [
            as_text(resolver, next(following), name, call.position) if name else literal
            for literal, name in pieces
        ]
        return resolver.text("".join(texts), call.position)

    return resolver.each(tuple(values), substituted, call.position, expression(parts[0]))


def sub_pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces of a text of Fn::Sub as they are written: a literal, or a variable's name."""
    end = 0
    for found in SUB_VARIABLE.finditer(text):
        yield text[end : found.start()], ""
        end = found.end()
        if found[1]:
            yield f"${{{found[2]}}}", ""
        elif _is_policy_variable(found[2]):
            yield found[0], ""
        else:
            yield found[0], found[2]
    yield text[end:], ""


def _is_policy_variable(name: str) -> bool:
    # Fn::Sub refuses such a name, so that nobody can deploy it; IAM's variable is what is meant.
    return not name or (":" in name and not name.startswith("AWS::"))


def sub_value(
    resolver: Resolver, name: str, given: JsonValue | None, position: int, scope: Scope
) -> JsonValue:
    """The value of a variable of Fn::Sub: from the map that stands beside, or the template."""
    own = get(given, name)
    if own is not None:
        return resolver.resolve(own, scope)
    return referred(resolver, name, position, scope)


def as_text(resolver: Resolver, value: JsonValue, name: str, position: int) -> str:
    """The text of a value inside another text; a placeholder if it is none."""
    text = text_of(value)
    if text is None and is_absent(value):
        return ""
    if text is None:
        return resolver.open(name, "no text, but stands inside one", position).value
    return text


def _join(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    parts = arguments(call.argument)
    delimiter = text_of(parts[0]) if len(parts) == 2 else None
    if delimiter is None:
        return None
    values = resolver.resolve(parts[1], scope)
    name = expression(parts[1])

    def joined(resolved: Arguments) -> JsonValue:
        (items,) = resolved
        if not isinstance(items, JsonList):  # an open list, joined: any text
            return JsonString(as_text(resolver, items, name, call.position), call.position)
        texts = [
            as_text(resolver, item, name, call.position)
            for item in items.items
            if not is_absent(item)
        ]
        return resolver.text(delimiter.join(texts), call.position)

    return resolver.each((values,), joined, call.position, name)


def _select(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    parts = arguments(call.argument)
    if len(parts) != 2:
        return None
    values = tuple(resolver.resolve(each, scope) for each in parts)
    name = expression(JsonList(parts, call.position))

    def selected(resolved: Arguments) -> JsonValue:
        index, items = text_of(resolved[0]), resolved[1]
        if isinstance(items, JsonList) and index is not None and re.fullmatch("[0-9]+", index):
            left = [item for item in items.items if not is_absent(item)]
            if int(index) < len(left):
                return left[int(index)]
        label = f"{expression(parts[1])}[{index or '?'}]"
        return resolver.open(
            label, "a part of what is not known", call.position, content_of(call.argument)
        )

    return resolver.each(values, selected, call.position, name)


def _split(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    parts = arguments(call.argument)
    delimiter = text_of(parts[0]) if len(parts) == 2 else None
    if not delimiter:
        return None
    value = resolver.resolve(parts[1], scope)
    name = expression(parts[1])

    def split(resolved: Arguments) -> JsonValue:
        text = text_of(resolved[0])
        is_open = text is None or any(
            "<" in each.text for each in resolver.placeholders.inside(text)
        )
        if text is None or is_open or text.count(delimiter) > MOST_PARTS:
            return resolver.open(
                name,
                "split into parts that are not known",
                call.position,
                content_of(call.argument),
            )
        items = (JsonString(part, call.position) for part in text.split(delimiter))
        return JsonList(tuple(items), call.position)

    return resolver.each((value,), split, call.position, name)


def _length(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    items = resolver.resolve(call.argument, scope)
    if isinstance(items, JsonList):
        return JsonNumber(str(len(items.items)), call.position)
    return None


def _import(resolver: Resolver, call: Call, scope: Scope) -> JsonValue:
    name = text_of(resolver.resolve(call.argument, scope)) or expression(call.argument)
    plain = re.sub("[<>]", "", name)
    return resolver.open(plain, "imported from another stack", call.position, "import")


def _conditional(resolver: Resolver, call: Call, scope: Scope) -> JsonValue | None:
    return resolver.conditional(call, scope)


FUNCTIONS: Mapping[str, Function] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": find_in_map,
    "Fn::If": _conditional,
    "Fn::ImportValue": _import,
    "Fn::Length": _length,
}
"""What is resolved. All others (GetAZs, Cidr, Base64, Transform, …) are known at the deployment."""
