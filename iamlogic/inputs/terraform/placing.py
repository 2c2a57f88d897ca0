"""`Placer`: values that are policies become policies in their places.

What was found is remembered by where it is written, so that a document which one search has placed
is not found once more by the next. A text that should be JSON and is none is an error, unless it
may be one once its placeholders are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamlogic.errors import PolicyReadError, PolicySyntaxError
from iamlogic.inputs.terraform.module_document import ModuleDocument
from iamlogic.inputs.terraform.values import (
    Either,
    Encoded,
    Nothing,
    Null,
    Open,
    Sequence,
    Table,
    Text,
    Value,
    json_in,
    to_tree,
)
from iamlogic.inputs.unresolved.choices import absent, as_choice, choice, is_absent
from iamlogic.inputs.unresolved.embedded import read_embedded
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue
from iamlogic.syntax.policy_types import PolicyType

MAX_DEPTH = 12
"""Objects in objects that are looked through for policies: inputs of modules are seldom deeper."""


@dataclass(frozen=True, slots=True)
class Place:
    """What people call a place, and what it says of the policy there."""

    name: str
    type: PolicyType | None = None
    target: str | None = None
    attached: frozenset[str] = frozenset()
    condition: str = ""


class Placer:
    """What was found in a module, in the order of the files and their lines."""

    def __init__(self, document: ModuleDocument, placeholders: Placeholders) -> None:
        self._document = document
        self._placeholders = placeholders
        self._found: list[tuple[int, PlacedPolicy | Unread]] = []
        self._nodes: set[int] = set()

    def found(self) -> Found:
        """All of it."""
        ordered = [each for _, each in sorted(self._found, key=lambda pair: pair[0])]
        policies = (each for each in ordered if isinstance(each, PlacedPolicy))
        return Found(tuple(policies), tuple(each for each in ordered if isinstance(each, Unread)))

    def place(self, value: Value, place: Place) -> None:
        """The policy that a value is, unless it is null or empty: then there is none."""
        at = value.position
        try:
            tree = self._tree(value)
        except PolicySyntaxError as error:
            is_open = isinstance(value, Text) and value.is_open
            file = self._document.file_at(at)
            where = self._document.where(at, ())
            content = self._document.block_from(at)
            self._found.append((at, Unread(file, place.name, where, error, is_open, content)))
            return
        except RecursionError:
            self._refuse(at, place.name, "the policy stands too deep in itself to be read")
            return
        if not is_absent(tree):
            self._place(tree, place)

    def _refuse(self, at: int, name: str, reason: str) -> None:
        file = self._document.file_at(at)
        where = self._document.where(at, ())
        error = PolicyReadError(f"{file}: {name}", reason)
        content = self._document.block_from(at)
        self._found.append((at, Unread(file, name, where, error, content=content)))

    def _place(self, tree: JsonValue, place: Place) -> None:
        at = tree.position
        found = place_policy(
            tree,
            self._document.about(at),
            self._placeholders,
            name=place.name,
            type_=place.type,
            resource_type=place.target,
        )
        if isinstance(found, PlacedPolicy):
            found = replace(found, attached=place.attached, condition=place.condition)
        self._found.append((at, found))
        self._nodes.update(each.position for each in _objects(tree))

    def place_shaped(self, name: str, value: Value) -> None:
        """The policies in a value that are so by their shape, but for those that are placed."""
        for inner, policy in _shaped(name, value, MAX_DEPTH, set()):
            if not self.has_all(policy):
                self.place(policy, Place(inner))

    def has_all(self, value: Value) -> bool:
        """Whether all statements of a policy stand in policies that are placed."""
        try:
            tree = self._tree(value)
        except (PolicySyntaxError, RecursionError):
            return False
        statements = [each.position for each in _statements(tree)]
        return bool(statements) and self._nodes.issuperset(statements)

    def _tree(self, value: Value) -> JsonValue:
        """The tree of a policy. Raises `PolicySyntaxError` for a text that is no JSON."""
        match value:
            case Encoded(root, _):
                return to_tree(root)
            case Text() if not value.value.strip():
                return absent(value.position)
            case Text():
                text, origin = json_in(value)
                return read_embedded(text, origin, self._document.about(value.position))
            case Either(condition, if_true, if_false, at):
                return choice(condition, self._tree(if_true), self._tree(if_false), at)
            case Null(at) | Nothing(at):
                return absent(at)
            case Open(text, at):
                return JsonString(text, at)
        return to_tree(value)


def _shaped(name: str, value: Value, depth: int, seen: set[int]) -> Iterator[tuple[str, Value]]:
    """The policies in a value, and their names; one that several places share is found once."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if _is_shaped(value):
        yield name, value
    elif depth == 0:
        return
    elif isinstance(value, Table):
        for entry in value.entries:
            yield from _shaped(f'{name}["{entry.name}"]', entry.value, depth - 1, seen)
    elif isinstance(value, Sequence):
        for number, item in enumerate(value.items):
            yield from _shaped(f"{name}[{number}]", item, depth - 1, seen)


def _is_shaped(value: Value) -> bool:
    """Whether a value is a policy by its shape: it has statements, and those an effect."""
    match value:
        case Encoded(root, _):
            return _is_shaped(root)
        case Text():
            return '"Statement"' in value.value and value.value.lstrip().startswith("{")
        case Either(_, if_true, if_false, _):
            return _is_shaped(if_true) or _is_shaped(if_false)
        case Table():
            statement = value.get("Statement")
            items = statement.items if isinstance(statement, Sequence) else (statement,)
            return any(isinstance(each, Table) and each.get("Effect") for each in items)
    return False


def _objects(tree: JsonValue) -> Iterator[JsonObject]:
    """All objects of a tree."""
    pending = [tree]
    while pending:
        node = pending.pop()
        match node:
            case JsonObject(members, _):
                yield node
                pending += (member.value for member in members)
            case JsonList(items, _):
                pending += items


def _statements(tree: JsonValue) -> Iterator[JsonObject]:
    """The statements of a policy, under conditions or not."""
    found = as_choice(tree)
    if found is not None:
        yield from _statements(found.if_true)
        yield from _statements(found.if_false)
    elif isinstance(tree, JsonObject):
        for member in tree.members:
            if member.name == "Statement":
                yield from _items(member.value)


def _items(node: JsonValue) -> Iterator[JsonObject]:
    found = as_choice(node)
    if found is not None:
        yield from _items(found.if_true)
        yield from _items(found.if_false)
    elif isinstance(node, JsonList):
        for item in node.items:
            yield from _items(item)
    elif isinstance(node, JsonObject) and not is_absent(node):
        yield node
