"""YAML text → the JSON tree that policies are read from, every node at its place in the text.

PyYAML parses (its C parser where it has one); of its events the tree is made here, so that nothing
is ever constructed: no tag runs code, and a date stays the text that was written. A node with a tag
of its own is the object that AWS's long form is: `!Sub x` is `{"Fn::Sub": "x"}`.

Hostile texts are bounded: in size, in depth, and in the nodes that aliases unfold to. A name that
occurs twice in a mapping stays twice: whoever reads the mapping says what that means (R-P11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from iamlogic.errors import IamlogicError
from iamlogic.syntax.json_tree import (
    MAX_DEPTH,
    MAX_TEXT,
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)
from iamlogic.syntax.problems import Document, Problems

if TYPE_CHECKING:
    import yaml

MAX_NODES = 1_000_000
"""Nodes of a text, those that its aliases repeat counted as often as they do. A template of AWS's
largest size, 1 MB, has less than a tenth of them."""

_STANDARD = "tag:yaml.org,2002:"
_LONG_NAMES = {"!Ref": "Ref", "!Condition": "Condition"}
"""Short forms that are not `Fn::` and the same name."""

_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s+|#[^\n]*\n)+)+")
"""A node's tag and anchor, and what separates them from its content."""
_TRUE = {"true", "yes", "on", "y"}


class YamlMissing(IamlogicError):
    """PyYAML, which the extra `review` brings, is not installed."""

    def __init__(self) -> None:
        super().__init__("YAML is read by PyYAML: pip install 'iamlogic[review]'")


def read_yaml(text: str, document: Document) -> tuple[JsonValue, ...]:
    """The tree of each YAML document of a text; positions are offsets in it.

    Raises `PolicySyntaxError` for a text that is no YAML, or goes beyond the bounds.
    """
    try:
        import yaml  # noqa: F401 (whether it is there)
    except ImportError:
        raise YamlMissing from None
    return _Reading(text, document).documents()


def content_start(source: str, position: int) -> int:
    """Where the content of the node at `position` starts, after its tag and anchor."""
    found = _PROPERTIES.match(source, position) if source[position : position + 1] in "!&" else None
    return found.end() if found else position


class _Anchored(NamedTuple):
    """What an anchor stands for, how many nodes that is, and how deep they go."""

    node: JsonValue
    size: int
    height: int


@dataclass(slots=True)
class _Reading:
    """The reading of one text, as far as it has come."""

    text: str
    document: Document
    shift: int = 0
    nodes: int = 0
    deepest: int = 0
    """How deep the node that is being read goes, as far as it has been read."""
    anchors: dict[str, _Anchored] = field(default_factory=dict)

    def documents(self) -> tuple[JsonValue, ...]:
        import yaml

        self._check_text()
        try:
            events = self._events()
            roots = []
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self.anchors.clear()
                    roots.append(self._node(next(events), events, 1))
            return tuple(roots)
        except yaml.MarkedYAMLError as error:
            at = self._offset(error.problem_mark or error.context_mark)
            raise self._failure(at, *_explained(error, self.text, at)) from None
        except yaml.YAMLError as error:
            raise self._failure(0, f"this is no YAML: {error}") from None

    def _check_text(self) -> None:
        from yaml.reader import Reader

        if len(self.text) > MAX_TEXT:
            message = f"the text has {len(self.text):,} characters, more than the {MAX_TEXT:,}"
            raise self._failure(0, f"{message} allowed")
        self.shift = 1 if self.text.startswith("\ufeff") else 0
        odd = Reader.NON_PRINTABLE.search(self.text, self.shift)
        if odd is not None:
            message = f"the character U+{ord(odd[0]):04X} must not stand in YAML"
            raise self._failure(odd.start(), message)

    def _events(self) -> Iterator[yaml.Event]:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        events: Iterator[yaml.Event] = yaml.parse(self.text[self.shift :], Loader=loader)
        return events

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> JsonValue:
        import yaml

        at = self._offset(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, at, depth)
        if not isinstance(event, yaml.NodeEvent):
            raise self._failure(at, "this is no YAML")
        count, deepest = self.nodes, self.deepest
        self.deepest = 0
        node = self._own_node(event, events, depth, at)
        if event.anchor is not None:
            height = max(self.deepest, depth) - depth
            self.anchors[event.anchor] = _Anchored(node, self.nodes - count, height)
        self.deepest = max(self.deepest, deepest)
        return node

    def _own_node(
        self, event: yaml.NodeEvent, events: Iterator[yaml.Event], depth: int, at: int
    ) -> JsonValue:
        import yaml

        self._count(1, depth, at)
        start = content_start(self.text, at)
        match event:
            case yaml.ScalarEvent():
                return self._scalar(event, at, start)
            case yaml.SequenceStartEvent():
                items = self._items(events, depth)
                return _tagged(event.tag, JsonList(items, start), at)
            case yaml.MappingStartEvent():
                members = self._members(events, depth)
                return _tagged(event.tag, JsonObject(members, start), at)
        raise self._failure(at, "this is no YAML")

    def _items(self, events: Iterator[yaml.Event], depth: int) -> tuple[JsonValue, ...]:
        import yaml

        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return tuple(items)

    def _members(self, events: Iterator[yaml.Event], depth: int) -> tuple[Member, ...]:
        import yaml

        members: list[Member] = []
        merged: list[Member] = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            is_plain = isinstance(event, yaml.ScalarEvent) and event.implicit[0]
            key = self._node(event, events, depth + 1)
            at = self._offset(event.start_mark)
            value = self._node(next(events), events, depth + 1)
            if is_plain and key == JsonString("<<", key.position):
                merged += self._merged(value)
            else:
                members.append(Member(self._name(key, at), content_start(self.text, at), value))
        own = {each.name for each in members}
        added: dict[str, Member] = {}
        for each in merged:  # what is written here wins, then what is merged first
            if each.name not in own:
                added.setdefault(each.name, each)
        return (*members, *added.values())

    def _merged(self, value: JsonValue) -> tuple[Member, ...]:
        match value:
            case JsonObject(members, _):
                return members
            case JsonList(items, _):
                return tuple(member for each in items for member in self._merged(each))
        raise self._failure(value.position, "<< merges mappings, and this is none")

    def _name(self, key: JsonValue, at: int) -> str:
        match key:
            case JsonString(text, _) | JsonNumber(text, _):
                return text
            case JsonBool() | JsonNull():  # as it is written: `on: push` is no truth
                found = re.compile(r"[A-Za-z~]*").match(self.text, at)
                return found[0] if found else ""
        raise self._failure(at, "a name in a mapping must be a text")

    def _alias(self, anchor: str | None, at: int, depth: int) -> JsonValue:
        known = self.anchors.get(anchor or "")
        if known is None:
            raise self._failure(at, f"there is no anchor &{anchor} before this alias")
        self._count(known.size, depth + known.height, at)
        return known.node

    def _scalar(self, event: yaml.ScalarEvent, at: int, start: int) -> JsonValue:
        tag, text = event.tag, event.value
        if tag is None or tag == "!":
            is_plain = tag is None and event.implicit[0]
            return _plain(text, start) if is_plain else JsonString(text, start)
        if tag in {_STANDARD + "str", _STANDARD + "binary"}:
            return JsonString(text, start)
        if tag.startswith(_STANDARD):
            return _plain(text, start)
        return _tagged(tag, JsonString(text, start), at)

    def _count(self, nodes: int, depth: int, at: int) -> None:
        self.nodes += nodes
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            raise self._failure(at, f"mappings and lists stand more than {MAX_DEPTH} deep")
        if self.nodes > MAX_NODES:
            hint = "aliases repeat what they stand for"
            raise self._failure(at, f"there are more than the {MAX_NODES:,} nodes allowed", hint)

    def _offset(self, mark: object) -> int:
        index = getattr(mark, "index", 0)  # the C parser's marks are of a class of their own
        return index + self.shift if isinstance(index, int) else 0

    def _failure(self, at: int, message: str, hint: str | None = None) -> IamlogicError:
        problems = Problems(self.document)
        problems.error(at, (), message, "R-P1", hint)
        return problems.failure()


def _tagged(tag: str | None, content: JsonValue, at: int) -> JsonValue:
    """The long form of a node with a tag of its own."""
    if tag is None or tag == "!" or tag.startswith(_STANDARD):
        return content
    name = _LONG_NAMES.get(tag) or (f"Fn::{tag[1:]}" if tag[:1] == "!" else tag)
    if name == "Fn::GetAtt" and isinstance(content, JsonString):
        content = _attribute(content)
    return JsonObject((Member(name, at, content),), at)


def _attribute(content: JsonString) -> JsonList:
    """`!GetAtt Resource.Attribute.Part` as a list: the name of a resource has no dot."""
    resource, _, attribute = content.value.partition(".")
    parts = (JsonString(resource, content.position), JsonString(attribute, content.position))
    return JsonList(parts, content.position)


def _plain(text: str, at: int) -> JsonValue:
    """What a scalar without quotes is. Dates, and numbers that JSON has not, stay texts."""
    match _kind(text):
        case "bool":
            return JsonBool(text.lower() in _TRUE, at)
        case "null":
            return JsonNull(at)
        case "int" | "float" if _JSON_NUMBER.fullmatch(text):
            return JsonNumber(text, at)
    return JsonString(text, at)


def _kind(text: str) -> str:
    import yaml

    tag = _resolver().resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return str(tag).removeprefix(_STANDARD)


@cache
def _resolver() -> yaml.resolver.Resolver:
    from yaml.resolver import Resolver

    return Resolver()


def _explained(error: yaml.MarkedYAMLError, text: str, at: int) -> tuple[str, str | None]:
    """What the parser says, as a sentence, and the likely fix."""
    problem = error.problem or "this cannot be parsed"
    context = f", {error.context}" if error.context else ""
    hint = None
    if text[at : at + 1] == "\t":
        problem, hint = "a tab stands where YAML is indented", "indent with spaces"
    elif text[at : at + 1] in {"%", "`", "@"} or "{{" in (text[at - 1 : at + 2]):
        hint = (
            "quote the text, or render the template first if the file is one of Jinja or the like"
        )
    return f"this is no YAML: {problem}{context}", hint
