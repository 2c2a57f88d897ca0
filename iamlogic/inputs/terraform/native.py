"""Native syntax → data, by python-hcl2: its tree of tokens, each with its offset in the text.

python-hcl2 parses, and nothing of its own reading of values is used: that has no places. What it
cannot parse is one error, with line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from iamlogic.errors import IamlogicError, PolicySyntaxError, Problem
from iamlogic.inputs.terraform.hcl import (
    Block,
    Body,
    Call,
    Chunk,
    Conditional,
    Expression,
    ForExpression,
    GetAttribute,
    Index,
    Literal,
    ObjectExpression,
    Operation,
    Part,
    Span,
    Splat,
    Template,
    TupleExpression,
    Variable,
)
from iamlogic.inputs.terraform.templates import BadTemplate, Marker, nested, scan
from iamlogic.syntax.problems import Document

if TYPE_CHECKING:
    from lark import Token, Tree

    Node = Tree[Token] | Token

MAX_FILE = 1024 * 1024
"""Characters of one file of HCL that are read: some fifty times the longest that people write."""

_RULE = "R-P1"
_HEREDOC = re.compile(r"<<(-?)([a-zA-Z][\w.-]*)\r?\n(.*?)[ \t\r]*\2\r?\n?", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_DOTTED = re.compile(r"\s*([a-zA-Z_][\w-]*(?:\.[a-zA-Z_][\w-]*)*)\s*")


class MissingParser(IamlogicError):
    """python-hcl2 is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "reading Terraform's files needs python-hcl2: pip install 'iamlogic[review]'"
        )


def read_body(text: str, offset: int, document: Document) -> Body:
    """The body that a file of HCL is, whose text begins at `offset` of `document`.

    Raises `PolicySyntaxError`.
    """
    if len(text) > MAX_FILE:
        message = f"the file has more than the {MAX_FILE:,} characters that are read"
        raise _error(document, offset, message)
    tree = _parse(text, offset, document)
    try:
        return _Reading(text, offset).body(_first(tree, "body"))
    except BadTemplate as error:
        raise _error(document, error.position, error.message) from None
    except RecursionError:
        message = "blocks and expressions stand too deep in each other to be read"
        raise _error(document, offset, message) from None


def read_expression(text: str, position: int) -> Expression:
    """The expression that a text is. Raises `BadTemplate`."""
    if plain := _DOTTED.fullmatch(text):
        return _dotted(plain[1], position + plain.start(1))
    start = "x = ("
    source = f"{start}{text}\n)\n"
    from lark.exceptions import LarkError

    try:
        tree = _tree(source)
    except LarkError:
        raise BadTemplate("this is no expression", position) from None
    body = _Reading(source, position - len(start)).body(_first(tree, "body"))
    if list(body.attributes) != ["x"] or body.blocks:
        raise BadTemplate("this is no expression", position)
    return body.attributes["x"]


def read_string(text: str, position: int) -> Template:
    """The template that a text is which has no escapes of its own. Raises `BadTemplate`."""
    parts = nested(scan(text, position, read_expression), position)
    return Template(Span(position, position + len(text)), parts)


def _dotted(text: str, position: int) -> Expression:
    first, *rest = text.split(".")
    at = position + len(first)
    words = {"true": True, "false": False, "null": None}
    found: Expression = Variable(Span(position, at), first)
    if first in words:
        found = Literal(Span(position, at), words[first])
    for name in rest:
        at += 1 + len(name)
        found = GetAttribute(Span(position, at), found, name)
    return found


def _tree(text: str) -> Tree[Token]:
    try:
        import hcl2
    except ImportError:
        raise MissingParser from None
    return hcl2.parses_to_tree(text)


def _parse(text: str, offset: int, document: Document) -> Tree[Token]:
    try:
        from lark.exceptions import LarkError, UnexpectedInput

        return _tree(text)
    except UnexpectedInput as error:
        at = getattr(error, "pos_in_stream", None)
        at = len(text) if at is None or at < 0 else min(at, len(text))
        message = "this is not Terraform's language: a part of it was not expected here"
        if at == len(text):
            message = "this is not Terraform's language: the text ends too early"
        raise _error(document, offset + at, message) from None
    except (LarkError, RecursionError) as error:
        first = str(error).partition("\n")[0]
        raise _error(document, offset, f"this is not Terraform's language: {first}") from None


def _error(document: Document, position: int, message: str) -> PolicySyntaxError:
    where = document.where(position, ())
    line = document.source_line(position)
    return PolicySyntaxError((Problem(message, where, None, _RULE, line),))


def _is_tree(node: Node) -> bool:
    return hasattr(node, "children")


def _children(node: Node) -> Iterator[Node]:
    """The children without line breaks and comments."""
    for child in getattr(node, "children", ()):
        if not (_is_tree(child) and child.data == "new_line_or_comment"):
            yield child


def _trees(node: Node) -> list[Tree[Token]]:
    return [child for child in _children(node) if _is_tree(child)]  # type: ignore[misc]


def _first(node: Node, name: str) -> Tree[Token]:
    return next(child for child in _trees(node) if child.data == name)


def _tokens(node: Node) -> Iterator[Token]:
    pending = [node]
    while pending:
        each = pending.pop()
        if _is_tree(each):
            pending += reversed(getattr(each, "children", ()))
        else:
            yield each  # type: ignore[misc]


def _ends(node: Node) -> tuple[int, int]:
    """The offsets of the first token and behind the last one."""
    meta = getattr(node, "meta", None)
    if meta is not None and not meta.empty:
        return meta.start_pos, meta.end_pos
    tokens = list(_tokens(node))
    return (tokens[0].start_pos or 0, tokens[-1].end_pos or 0) if tokens else (0, 0)


class _Reading:
    """One text, which begins at `offset` of the document."""

    def __init__(self, text: str, offset: int) -> None:
        self._text = text
        self._offset = offset

    def body(self, node: Node) -> Body:
        start, _ = self._span(node)
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        for child in _trees(node):
            if child.data == "attribute":
                name, value = self._attribute(child)
                if name in attributes:
                    raise BadTemplate(f"{name} is set twice in one block", self._span(child)[0])
                attributes[name] = value
            elif child.data == "block":
                blocks.append(self._block(child))
        return Body(start, attributes, tuple(blocks))

    def _attribute(self, node: Tree[Token]) -> tuple[str, Expression]:
        name, *_, value = _trees(node)
        return str(next(_tokens(name))), self.expression(value)

    def _block(self, node: Tree[Token]) -> Block:
        labels: list[str] = []
        for child in _trees(node):
            if child.data == "body":
                start, _ = self._span(node)
                return Block(labels[0], tuple(labels[1:]), self.body(child), start)
            text = self._text[slice(*_ends(child))]
            labels.append(text.strip('"'))
        raise AssertionError("python-hcl2 gave a block without a body")

    def _span(self, node: Node) -> tuple[int, int]:
        start, end = _ends(node)
        return start + self._offset, end + self._offset

    def expression(self, node: Node) -> Expression:
        """The expression of any rule of the grammar that is one."""
        span = Span(*self._span(node))
        inner = _trees(node)
        match getattr(node, "data", ""):
            case "expr_term":
                return self.expression(inner[0])
            case "int_lit" | "float_lit":
                return Literal(span, "".join(_tokens(node)))
            case "literal_value":
                return Literal(span, {"true": True, "false": False}.get(str(next(_tokens(node)))))
            case "identifier" | "keyword":
                return Variable(span, str(next(_tokens(node))))
            case "string":
                return Template(span, nested(self._string_parts(node), span.start))
            case "heredoc_template" | "heredoc_template_trim":
                return Template(span, nested(self._heredoc(node), span.start))
            case "template_string":
                return Template(span, (Chunk(str(next(_tokens(node)))[2:-2], span.start + 2),))
            case "tuple":
                return TupleExpression(span, tuple(map(self.expression, inner)))
            case "object":
                return ObjectExpression(span, tuple(map(self._element, inner)))
            case "function_call":
                return self._call(node, span)
            case "get_attr_expr_term":
                return GetAttribute(span, self.expression(inner[0]), self._name(inner[1]))
            case "index_expr_term":
                return Index(span, self.expression(inner[0]), self._key(inner[1]))
            case "full_splat_expr_term" | "attr_splat_expr_term":
                steps = tuple(map(self._step, _trees(inner[1])))
                return Splat(span, self.expression(inner[0]), steps)
            case "conditional":
                condition, yes, no = map(self.expression, inner)
                return Conditional(span, condition, yes, no)
            case "binary_op":
                operator, right = _trees(inner[1])
                sides = (self.expression(inner[0]), self.expression(right))
                return Operation(span, str(next(_tokens(operator))), *sides)
            case "unary_op":
                return Operation(span, str(next(_tokens(node))), None, self.expression(inner[0]))
            case "for_tuple_expr" | "for_object_expr":
                return self._for(node, span)
        raise BadTemplate("this kind of expression is not known", span.start)

    def _name(self, node: Node) -> str:
        """The name in `.name`."""
        return str(list(_tokens(node))[-1])

    def _key(self, node: Node) -> Expression:
        """The key in `[key]`, or in `.0`."""
        inner = _trees(node)
        if inner:
            return self.expression(inner[0])
        return Literal(Span(*self._span(node)), self._name(node))

    def _step(self, node: Tree[Token]) -> str | Expression:
        return self._name(node) if node.data == "get_attr" else self._key(node)

    def _element(self, node: Tree[Token]) -> tuple[Expression, Expression]:
        key, value = _trees(node)
        return self._element_key(_trees(key)[0]), self.expression(value)

    def _element_key(self, node: Tree[Token]) -> Expression:
        """A key: a bare name is a text, and no variable, unless it stands in parentheses."""
        found = self.expression(node)
        is_bare = not any(str(token) == "(" for token in _children(node) if not _is_tree(token))
        if isinstance(found, Variable) and is_bare:
            return Template(found.span, (Chunk(found.name, found.span.start),))
        return found

    def _call(self, node: Node, span: Span) -> Call:
        name = "::".join(self._name(each) for each in _trees(node) if each.data == "identifier")
        arguments = [each for each in _trees(node) if each.data == "arguments"]
        if not arguments:
            return Call(span, name, ())
        expands = any(str(each) == "..." for each in _children(arguments[0]) if not _is_tree(each))
        return Call(span, name, tuple(map(self.expression, _trees(arguments[0]))), expands)

    def _for(self, node: Node, span: Span) -> ForExpression:
        intro, *rest = _trees(node)
        *names, collection = _trees(intro)
        condition = None
        if rest and rest[-1].data == "for_cond":
            condition = self.expression(_trees(rest.pop())[0])
        values = list(map(self.expression, rest))
        return ForExpression(
            span,
            tuple(str(next(_tokens(name))) for name in names),
            self.expression(collection),
            values[0] if len(values) > 1 else None,
            values[-1],
            condition,
            groups=any(str(each) == "..." for each in _children(node) if not _is_tree(each)),
        )

    def _string_parts(self, node: Node) -> Iterator[Part | Marker]:
        for part in _trees(node):
            child = next(_children(part))
            if not _is_tree(child):
                yield from self._letters(str(child), self._span(child)[0])
                continue
            inner = _trees(child)
            kind = getattr(child, "data", "")
            if kind == "interpolation":
                yield self.expression(inner[0])
            elif kind == "template_for_start":
                *names, collection = inner
                words = tuple(str(next(_tokens(name))) for name in names)
                yield Marker("for", self._span(child)[0], words, self.expression(collection))
            elif kind == "template_if_start":
                yield Marker("if", self._span(child)[0], (), self.expression(inner[0]))
            else:
                word = {"template_else": "else", "template_endif": "endif"}.get(kind, "endfor")
                yield Marker(word, self._span(child)[0])

    def _letters(self, source: str, position: int) -> Iterator[Chunk]:
        """What a part of a quoted string says, its escapes taken out."""
        if source.startswith(("$${", "%%{")):
            yield Chunk(source[0], position, fixed=True)
            source, position = source[2:], position + 2
        at = 0
        for found in _ESCAPE.finditer(source):
            if found.start() > at:
                yield Chunk(source[at : found.start()], position + at)
            digits, plain = found[1] or found[2], found[3]
            text = _character(digits) if digits else _PLAIN_ESCAPES.get(plain, plain)
            yield Chunk(text, position + found.start(), fixed=True)
            at = found.end()
        if at < len(source):
            yield Chunk(source[at:], position + at)

    def _heredoc(self, node: Node) -> Iterator[Part | Marker]:
        token = next(iter(_tokens(node)))
        found = _HEREDOC.fullmatch(str(token))
        start, _ = self._span(token)
        if found is None:
            raise BadTemplate("this heredoc is not closed", start)
        body, position = found[3], start + found.start(3)
        parts = scan(body, position, read_expression)
        return _unindented(parts, _indent(body)) if found[1] else parts


def _character(digits: str) -> str:
    """The character of a code, which may be none."""
    code = int(digits, 16)
    is_character = code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else "\ufffd"


def _indent(body: str) -> int:
    """How far all lines of a heredoc are indented."""
    lines = [line for line in body.split("\n") if line.strip()]
    return min((len(line) - len(line.lstrip(" \t")) for line in lines), default=0)


def _unindented(parts: Iterable[Part | Marker], indent: int) -> Iterator[Part | Marker]:
    """The parts of a `<<-` heredoc, whose lines stand further left than they are written."""
    at_start = True
    for part in parts:
        if not isinstance(part, Chunk) or part.fixed:
            yield part
            at_start = False
            continue
        position = part.position
        for line in part.text.splitlines(keepends=True):
            cut = min(indent, len(line) - len(line.lstrip(" \t"))) if at_start else 0
            if line[cut:]:
                yield Chunk(line[cut:], position + cut)
            position += len(line)
            at_start = line.endswith("\n")
