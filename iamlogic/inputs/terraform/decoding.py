"""JSON texts → values again, with what is left open in them: `jsondecode`, and merged policies."""

from __future__ import annotations

import re

from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.terraform.hcl import Chunk
from iamlogic.inputs.terraform.values import (
    Either,
    Encoded,
    Entry,
    Nothing,
    Null,
    Number,
    Open,
    Sequence,
    Table,
    Text,
    Truth,
    Value,
    json_in,
    text_of,
)
from iamlogic.inputs.unresolved.choices import as_choice, is_absent
from iamlogic.inputs.unresolved.embedded import read_embedded
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
)
from iamlogic.syntax.problems import Document


def decoded(value: Value, placeholders: Placeholders) -> Value | None:
    """The value whose JSON a text is; None if it is none, or not known to be."""
    match value:
        case Encoded(root, _):
            return root
        case Text():
            text, origin = json_in(value)
            try:
                tree = read_embedded(text, origin, Document(None, None))
            except PolicySyntaxError:
                return None
            return from_tree(tree, placeholders)
    return None


def from_tree(node: JsonValue, placeholders: Placeholders) -> Value:
    """The value of a tree of JSON, with the placeholders in it found again."""
    choice = as_choice(node)
    if choice is not None:
        yes, no = (from_tree(each, placeholders) for each in (choice.if_true, choice.if_false))
        return Either(choice.condition, yes, no, node.position)
    if is_absent(node):
        return Nothing(node.position)
    match node:
        case JsonString(text, at):
            return _text(text, at, placeholders)
        case JsonNumber(text, at):
            return Number(text, at)
        case JsonBool(truth, at):
            return Truth(truth, at)
        case JsonNull(at):
            return Null(at)
        case JsonList(items, at):
            return Sequence(tuple(from_tree(each, placeholders) for each in items), at)
        case JsonObject(members, at):
            entries = (
                Entry(each.name, each.position, from_tree(each.value, placeholders))
                for each in members
            )
            return Table(tuple(entries), at)


def _text(text: str, position: int, placeholders: Placeholders) -> Value:
    inside = placeholders.inside(text)
    if not inside:
        return text_of(text, position)
    if inside[0].text == text:
        return Open(text, position, inside[0].reason)
    known = {each.text for each in inside}
    pattern = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    parts = re.split(f"({pattern})", text)
    chunks = (Chunk(part, position, fixed=True, is_open=part in known) for part in parts if part)
    return Text(tuple(chunks), position)


def placed(value: Value, position: int) -> Value:
    """A value that stands nowhere, at a place."""
    match value:
        case Text():
            return text_of(value.value, position)
        case Number(text, _):
            return Number(text, position)
        case Truth(truth, _):
            return Truth(truth, position)
        case Sequence(items, _, exact, is_set):
            moved = tuple(placed(each, position) for each in items)
            return Sequence(moved, position, exact, is_set)
        case Table(entries, _, exact):
            moved_entries = (
                Entry(each.name, position, placed(each.value, position)) for each in entries
            )
            return Table(tuple(moved_entries), position, exact)
    return value
