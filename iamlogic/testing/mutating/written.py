"""JSON and YAML as they are written: every node with its first and last character.

The trees that policies are read from know where a node starts; who changes a text in place needs
its end, too. What a template works out (`!Sub …`, `{"Ref": …}`) is an `Expression`: it can be moved
or dropped as a whole, and is never looked into.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iamlogic.errors import Path
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
)

if TYPE_CHECKING:
    import yaml


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text, a number (as its text), a truth value or null."""

    value: str | bool | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One `name: value` of an object, and where the name stands."""

    name: str
    start: int
    end: int
    value: Written


@dataclass(frozen=True, slots=True)
class Entries:
    """An object."""

    members: tuple[Entry, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Written, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Expression:
    """What a template works out; `tag` is YAML's, such as `!Sub`."""

    content: Written
    tag: str | None
    start: int
    end: int

    def __str__(self) -> str:
        """Its function, and what that works on where it is a text: `!Sub ${Logs.Arn}/*`."""
        content, function = self.content, self.tag
        if function is None and isinstance(content, Entries):
            function, content = content.members[0].name, content.members[0].value
        return f"{function} {content.value if isinstance(content, Leaf) else '…'}"


Written = Leaf | Entries | Items | Expression


def plain(node: Written) -> object:
    """The node as decoded JSON, in which expressions stand for themselves."""
    match node:
        case Leaf(value=value):
            return value
        case Items(items=items):
            return [plain(each) for each in items]
        case Entries(members=members):
            return {each.name: plain(each.value) for each in members}
        case Expression():
            return node


def node_at(node: Written, path: Path) -> Written | None:
    """The node that a path leads to; None where it leads through an expression or an alias."""
    here: Written | None = node
    for step in path:
        match here, step:
            case Entries(members=members), str():
                here = next((each.value for each in members if each.name == step), None)
            case Items(items=items), int() if step < len(items):
                here = items[step]
            case _:
                return None
    return here


def is_in_place(node: Written) -> bool:
    """Whether all in a node is written there: an alias of YAML stands for what is elsewhere."""
    match node:
        case Items(items=items):
            parts: tuple[Written, ...] = items
        case Entries(members=members):
            parts = tuple(each.value for each in members)
        case Expression(content=content):
            parts = (content,)
        case Leaf():
            parts = ()
    end = node.start
    for part in parts:
        if not end <= part.start <= part.end <= node.end:
            return False
        end = part.end
    return all(map(is_in_place, parts))


def _or_expression(found: Entries) -> Entries | Expression:
    if any(each.name.startswith("Fn::") for each in found.members) or (
        len(found.members) == 1 and found.members[0].name == "Ref"
    ):
        return Expression(found, None, found.start, found.end)
    return found


# JSON


def json_written(text: str) -> Written:
    """The tree of a JSON text. Raises `NotJson`."""
    return _of_json(read_json_text(text), text)


_DECODER = json.JSONDecoder(strict=False)


def _end(text: str, start: int) -> int:
    """Where the value at `start` ends; the text is known to be JSON."""
    return _DECODER.raw_decode(text, start)[1]


def _of_json(node: JsonValue, text: str) -> Written:
    start = node.position
    match node:
        case JsonString(value, _) | JsonBool(value, _):
            return Leaf(value, start, _end(text, start))
        case JsonNumber(value, _):
            return Leaf(value, start, start + len(value))
        case JsonNull():
            return Leaf(None, start, _end(text, start))
        case JsonList(items, _):
            return Items(tuple(_of_json(each, text) for each in items), start, _end(text, start))
        case JsonObject(members, _):
            found = tuple(
                Entry(name, at, _end(text, at), _of_json(value, text))
                for name, at, value in members
            )
            return _or_expression(Entries(found, start, _end(text, start)))


# YAML


def yaml_written(text: str) -> tuple[Written, ...]:
    """The tree of each document of a YAML text, which `read_yaml` has read before."""
    import yaml

    shift = 1 if text.startswith("\ufeff") else 0
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    roots = yaml.compose_all(text[shift:], Loader=loader)
    return tuple(_of_yaml(each, text, shift) for each in roots)


_STANDARD = "tag:yaml.org,2002:"
_TRUE = {"true", "yes", "on", "y"}


def _of_yaml(node: yaml.Node, text: str, shift: int) -> Written:
    import yaml

    start, end = node.start_mark.index + shift, node.end_mark.index + shift
    found: Written
    match node:
        case yaml.ScalarNode(tag=tag, value=value, style=style):
            if style in {"|", ">"}:  # its mark is where the next node may start
                end = start + len(text[start:end].rstrip())
            found = Leaf(_scalar(tag, value), start, end)
        case yaml.SequenceNode(value=value):
            items = tuple(_of_yaml(each, text, shift) for each in value)
            found = Items(items, start, end if node.flow_style or not items else items[-1].end)
        case yaml.MappingNode(value=value):
            members = tuple(_member(name, each, text, shift) for name, each in value)
            last = members[-1].value.end if members else end
            found = _or_expression(Entries(members, start, end if node.flow_style else last))
        case _:
            raise AssertionError(f"YAML has no node of the type {type(node).__name__}")
    if not node.tag.startswith(_STANDARD):
        return Expression(found, node.tag, start, found.end)
    return found


def _member(name: yaml.Node, value: yaml.Node, text: str, shift: int) -> Entry:
    key = _of_yaml(name, text, shift)
    called = name.value if isinstance(name.value, str) else ""
    return Entry(called, key.start, key.end, _of_yaml(value, text, shift))


def _scalar(tag: str, value: str) -> str | bool | None:
    match tag.removeprefix(_STANDARD):
        case "bool":
            return value.lower() in _TRUE
        case "null":
            return None
        case _:
            return value
