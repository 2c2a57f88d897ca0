"""Small questions to the tree of a template: members, texts, intrinsic functions."""

from __future__ import annotations

from typing import NamedTuple

from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)


class Call(NamedTuple):
    """A call of an intrinsic function: `{"Fn::Sub": argument}`, `{"Ref": name}`."""

    function: str
    argument: JsonValue
    position: int


def get(node: JsonValue | None, name: str) -> JsonValue | None:
    """The last member of that name, which is the one that counts; None if there is none."""
    if not isinstance(node, JsonObject):
        return None
    return next((each.value for each in reversed(node.members) if each.name == name), None)


def text_of(node: JsonValue | None) -> str | None:
    """A text, a number or a truth as the text that CloudFormation makes of it; else None."""
    match node:
        case JsonString(text, _) | JsonNumber(text, _):
            return text
        case JsonBool(truth, _):
            return "true" if truth else "false"
    return None


def as_call(node: JsonValue | None) -> Call | None:
    """The call of an intrinsic function that a node is, if it is one."""
    match node:
        case JsonObject((Member(name, _, argument),), position):
            if name == "Ref" or name.startswith(("Fn::", "!")):
                return Call(name, argument, position)
    return None


def arguments(node: JsonValue) -> tuple[JsonValue, ...]:
    """The arguments of a call that takes a list of them; a single one may stand alone."""
    return node.items if isinstance(node, JsonList) else (node,)


def expression(node: JsonValue) -> str:
    """A name for the value of an expression, as short as people recognise."""
    call = as_call(node)
    if call is None:
        match node:
            case JsonList(items, _):
                return ", ".join(map(expression, items[:4]))
            case JsonObject():
                return text_of(get(node, "Name")) or "object"
        plain = text_of(node)
        return "null" if plain is None else plain
    match call.function, arguments(call.argument):
        case "Ref" | "Fn::ImportValue" | "Fn::Sub", (inner, *_):
            return expression(inner)
        case "Fn::GetAtt", parts:
            return ".".join(map(expression, parts))
        case "Fn::FindInMap", (name, *keys):
            return expression(name) + "".join(f"[{expression(key)}]" for key in keys[:2])
        case "Fn::Select", (index, values):
            return f"{expression(values)}[{expression(index)}]"
        case "Fn::Split", (_, text):
            return expression(text)
        case name, parts:
            return f"{name.removeprefix('Fn::')}({', '.join(map(expression, parts[:3]))})"
