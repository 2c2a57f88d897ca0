"""Terraform's language as data: expressions, bodies and blocks, each at its place.

`start` and `end` are offsets in the text of the module. What is written as a string, quoted or as a
heredoc, is a `Template`: chunks of text that stand in the source letter by letter, and expressions
between them. The same data is made from native syntax and from JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text at its place: letter by letter, unless it is `fixed` (an escape, a computed text).

    `is_open` says that it is the text of a placeholder.
    """

    text: str
    position: int
    fixed: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Where an expression stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A number (its text), a truth or null."""

    span: Span
    value: str | bool | None


@dataclass(frozen=True, slots=True)
class Template:
    """A string."""

    span: Span
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class IfPart:
    """`%{ if … }`."""

    condition: Expression
    if_true: tuple[Part, ...]
    if_false: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class ForPart:
    """`%{ for … }`."""

    key: str | None
    value: str
    collection: Expression
    body: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TupleExpression:
    """`[a, b]`."""

    span: Span
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ObjectExpression:
    """`{ a = b }`; a name that is written without quotes is a template of one chunk."""

    span: Span
    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """`name(a, b...)`."""

    span: Span
    name: str
    arguments: tuple[Expression, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """The first name of a reference: `var` of `var.x`, or a variable of a loop."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class GetAttribute:
    """`target.name`."""

    span: Span
    target: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`target[key]`."""

    span: Span
    target: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat:
    """`target[*]` with the steps after it, names and keys."""

    span: Span
    target: Expression
    steps: tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`condition ? a : b`."""

    span: Span
    condition: Expression
    if_true: Expression
    if_false: Expression


@dataclass(frozen=True, slots=True)
class Operation:
    """`left operator right`; `left` is None where the operator has one side."""

    span: Span
    operator: str
    left: Expression | None
    right: Expression


@dataclass(frozen=True, slots=True)
class ForExpression:
    """`[for k, v in collection : value if condition]`; with a `key` it makes an object."""

    span: Span
    names: tuple[str, ...]
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    groups: bool = False


Expression = (
    Literal
    | Template
    | TupleExpression
    | ObjectExpression
    | Call
    | Variable
    | GetAttribute
    | Index
    | Splat
    | Conditional
    | Operation
    | ForExpression
)
Part = Chunk | Expression | IfPart | ForPart


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between the braces of a block; `position` is where that begins.

    In JSON nobody sees whether a member is an attribute or a block: `is_json` says to look at both.
    """

    position: int
    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    is_json: bool = False

    def inner(self, type_: str) -> list[Block]:
        """The blocks of that type, in their order."""
        found = [each for each in self.blocks if each.type == type_]
        if self.is_json and type_ in self.attributes:
            found += _as_blocks(type_, self.attributes[type_])
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """`type "label" { … }`."""

    type: str
    labels: tuple[str, ...]
    body: Body
    position: int


def _as_blocks(type_: str, value: Expression) -> list[Block]:
    items = value.items if isinstance(value, TupleExpression) else (value,)
    return [
        Block(type_, (), body, each.span.start)
        for each in items
        if isinstance(each, ObjectExpression) and (body := as_body(each)) is not None
    ]


def as_body(node: ObjectExpression) -> Body | None:
    """An object of JSON as the body of a block; None where a name is not plain."""
    attributes: dict[str, Expression] = {}
    for key, value in node.items:
        name = plain_text(key)
        if name is None:
            return None
        attributes[name] = value
    return Body(node.span.start, attributes, is_json=True)


def plain_text(node: Expression) -> str | None:
    """The text of a string without expressions, None of anything else."""
    if not isinstance(node, Template):
        return None
    texts = [part.text for part in node.parts if isinstance(part, Chunk)]
    return "".join(texts) if len(texts) == len(node.parts) else None
