"""Terraform's language written as JSON (`*.tf.json`) → the same data as from native syntax.

Every text is a template. What is an attribute and what a block is not seen in JSON: a body keeps
all members as attributes, and whoever asks for blocks finds them there.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.errors import PolicySyntaxError, Problem
from iamlogic.inputs.terraform.hcl import (
    Block,
    Body,
    Chunk,
    Expression,
    Literal,
    ObjectExpression,
    Part,
    Span,
    Template,
    TupleExpression,
    as_body,
)
from iamlogic.inputs.terraform.native import read_expression
from iamlogic.inputs.terraform.templates import BadTemplate, Marker, nested, scan
from iamlogic.inputs.unresolved.embedded import Origin, escaped_origin, read_embedded
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

_LABELS = {
    "variable": 1,
    "output": 1,
    "module": 1,
    "resource": 2,
    "data": 2,
    "locals": 0,
    "provider": 1,
    "terraform": 0,
}


def read_json_blocks(text: str, offset: int, document: Document) -> Iterator[Block]:
    """The blocks that a file declares, whose text begins at `offset` of `document`.

    Raises `PolicySyntaxError`.
    """
    root = read_embedded(text, lambda position: position + offset, document)
    reading = _Reading(document, is_template=True)
    for item in root.items if isinstance(root, JsonList) else (root,):
        for member in item.members if isinstance(item, JsonObject) else ():
            count = _LABELS.get(member.name)
            if count is not None:
                yield from reading.blocks(member.name, (), count, member.value, member.position)


def read_json_values(text: str, offset: int, document: Document) -> dict[str, Expression]:
    """The values of a file `*.tfvars.json`, whose texts are no templates."""
    root = read_embedded(text, lambda position: position + offset, document)
    reading = _Reading(document, is_template=False)
    members = root.members if isinstance(root, JsonObject) else ()
    return {each.name: reading.expression(each.value) for each in members}


class _Reading:
    def __init__(self, document: Document, *, is_template: bool) -> None:
        self._document = document
        self._is_template = is_template

    def blocks(
        self, type_: str, labels: tuple[str, ...], count: int, node: JsonValue, position: int
    ) -> Iterator[Block]:
        """The blocks under a member: one for each label, and for each item of a list."""
        if isinstance(node, JsonList):
            for item in node.items:
                yield from self.blocks(type_, labels, count, item, position)
        elif isinstance(node, JsonObject) and count == 0:
            value = self.expression(node)
            assert isinstance(value, ObjectExpression)
            body = as_body(value) or Body(node.position)
            yield Block(type_, labels, body, position)
        elif isinstance(node, JsonObject):
            for member in node.members:
                inner = (*labels, member.name)
                yield from self.blocks(type_, inner, count - 1, member.value, member.position)

    def expression(self, node: JsonValue) -> Expression:
        """The expression that a value of JSON is."""
        span = Span(node.position, node.position + 1)
        match node:
            case JsonString():
                return self._template(node)
            case JsonNumber(text, _):
                return Literal(span, text)
            case JsonBool(truth, _):
                return Literal(span, truth)
            case JsonNull():
                return Literal(span, None)
            case JsonList(items, _):
                return TupleExpression(span, tuple(map(self.expression, items)))
            case JsonObject(members, _):
                pairs = (
                    (_name(each.name, each.position), self.expression(each.value))
                    for each in members
                    if each.name != "//"
                )
                return ObjectExpression(span, tuple(pairs))

    def _template(self, node: JsonString) -> Expression:
        source = self._document.text or ""
        origin = escaped_origin(source, node.position)
        end = origin(len(node.value)) + 1
        if not self._is_template:
            return Template(Span(node.position, end), _letters(node.value, origin))
        try:
            parts = tuple(nested(_moved(node.value, origin), node.position))
        except BadTemplate as error:
            where = self._document.where(node.position, ())
            line = self._document.source_line(node.position)
            raise PolicySyntaxError((Problem(error.message, where, None, "R-P1", line),)) from None
        return Template(Span(node.position, end), parts)


def _name(text: str, position: int) -> Expression:
    chunk = Chunk(text, position, fixed=True)
    return Template(Span(position, position + len(text) + 2), (chunk,))


def _letters(text: str, origin: Origin, start: int = 0) -> tuple[Chunk, ...]:
    """A part of a string of JSON in chunks that stand in the file letter by letter."""
    chunks: list[Chunk] = []
    first = 0
    for at in range(1, len(text) + 1):
        here = origin(start + first) + at - first
        if at == len(text) or origin(start + at) != here:
            chunks.append(Chunk(text[first:at], origin(start + first)))
            first = at
    return tuple(chunks)


def _moved(text: str, origin: Origin) -> Iterator[Part | Marker]:
    """The parts of a text, each where it stands in the file."""
    for part in scan(text, 0, lambda inner, position: read_expression(inner, origin(position))):
        if isinstance(part, Chunk):
            yield from _letters(part.text, origin, part.position)
        else:
            yield part
