"""`Evaluator`: what an expression of a module comes to before the deployment.

Whatever cannot be known becomes a placeholder that is called by the expression's own text; nothing
here fails. Values that a few lines would blow up beyond all bounds are placeholders as well, and so
is what refers to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from iamlogic.errors import IamlogicError
from iamlogic.inputs.terraform.attachment import looked_up
from iamlogic.inputs.terraform.declarations import Module
from iamlogic.inputs.terraform.functions import FUNCTIONS, known_text, same_value
from iamlogic.inputs.terraform.hcl import (
    Call,
    Chunk,
    Conditional,
    Expression,
    ForExpression,
    ForPart,
    GetAttribute,
    IfPart,
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
from iamlogic.inputs.terraform.scope import Scope
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
    as_text,
    is_open,
    text_of,
    weight,
)
from iamlogic.inputs.unresolved.placeholders import Placeholders

MAX_WEIGHT = 300_000
"""Values and letters in the value of one expression; no policy of AWS has as many letters."""

MAX_STEPS = 100_000
"""Expressions that are looked at for one module: loops in loops are cut off, as placeholders."""

MAX_BRANCHES = 16
"""Ways that one value can come out, by conditions that nobody knows."""

Reference = tuple[Variable, list["str | Expression"]]
"""A reference taken apart: its first name, and the names and keys after it."""

ALL = Literal(Span(0, 0), "*")
"""The step `[*]`: the steps after it are taken for every item."""


class TooMuch(IamlogicError):
    """An expression is too large to be followed."""


class Evaluator:
    """The values of one module; `resolve` knows what references to anything declared are."""

    def __init__(
        self,
        module: Module,
        placeholders: Placeholders,
        resolve: Callable[[Expression, Variable, list[str | Expression], Scope], Value],
        call: Callable[[Call, Scope], Value | None],
    ) -> None:
        self.module = module
        self.placeholders = placeholders
        self._resolve = resolve
        self._call_other = call
        self._steps = 0

    def open(self, node: Expression, scope: Scope, reason: str, *, missing: bool = False) -> Open:
        """The placeholder for an expression, which is not known since it is …"""
        start = node.span.start
        found = self.named(scope.name(self.source(node)), reason, start)
        return Open(found.text, start, reason, missing)

    def named(self, name: str, reason: str, position: int) -> Open:
        """The placeholder of that name."""
        where = self.module.document.where(position, ())
        text = self.placeholders.text(name or "value", reason, where, looked_up(self.module, name))
        return Open(text, position, reason)

    def condition(self, node: Expression, scope: Scope, reason: str) -> str:
        """The text of the placeholder for a condition that is not known."""
        return self.named_condition(scope.name(self.source(node)), reason, node.span.start)

    def named_condition(self, name: str, reason: str, position: int) -> str:
        """The text of the placeholder for the condition of that name."""
        where = self.module.document.where(position, ())
        return self.placeholders.condition(name, reason, where, looked_up(self.module, name))

    def source(self, node: Expression) -> str:
        """An expression as it is written."""
        return (self.module.document.text or "")[node.span.start : node.span.end]

    def value(self, node: Expression, scope: Scope) -> Value:
        """What an expression comes to, a placeholder if it is too much to follow."""
        try:
            return self.evaluate(node, scope)
        except (TooMuch, RecursionError):
            return self.open(node, scope, "too much to be followed")

    def evaluate(self, node: Expression, scope: Scope) -> Value:
        """What an expression comes to. Raises `TooMuch`."""
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooMuch
        found = self._evaluate(node, scope)
        is_made = isinstance(found, Text | Sequence | Table | Encoded | Either)
        if is_made and weight(found, MAX_WEIGHT) > MAX_WEIGHT:
            return self.open(node, scope, "too large to be followed")
        return found

    def _evaluate(self, node: Expression, scope: Scope) -> Value:
        start = node.span.start
        match node:
            case Literal(_, value):
                return _literal(value, start)
            case Template(_, parts):
                return self._template(node, parts, scope)
            case TupleExpression(_, items):
                return Sequence(tuple(self.evaluate(each, scope) for each in items), start)
            case ObjectExpression(_, items):
                return self._object(node, items, scope)
            case Call():
                return self._call(node, scope)
            case Variable() | GetAttribute() | Index() | Splat():
                return self._reference(node, scope)
            case Conditional(_, condition, if_true, if_false):
                chosen = self.evaluate(condition, scope)
                return self._chosen(condition, chosen, scope, if_true, if_false)
            case Operation():
                return self._operation(node, scope)
            case ForExpression():
                return self._for(node, scope)

    # Texts

    def _template(self, node: Expression, parts: tuple[Part, ...], scope: Scope) -> Value:
        if len(parts) == 1 and not isinstance(parts[0], Chunk | IfPart | ForPart):
            return self.evaluate(parts[0], scope)
        values = self._parts(node, parts, scope)
        if values is None:
            return self.open(node, scope, "made of parts that are not known")
        return self._joined(node, values, scope)

    def _parts(
        self, node: Expression, parts: Iterable[Part], scope: Scope
    ) -> list[Value | Chunk] | None:
        """The values of a template's parts, its loops run; None where that is not possible."""
        found: list[Value | Chunk] = []
        for part in parts:
            match part:
                case Chunk():
                    found.append(part)
                case IfPart(condition, if_true, if_false):
                    chosen = self.evaluate(condition, scope)
                    span = node.span
                    yes, no = Template(span, if_true), Template(span, if_false)
                    found.append(self._chosen(condition, chosen, scope, yes, no))
                case ForPart(key, value, collection, body):
                    turns = self.turns(self.evaluate(collection, scope))
                    if turns is None:
                        return None
                    for each_key, each_value in turns:
                        bound = {value: each_value, **({key: each_key} if key else {})}
                        inner = self._parts(node, body, scope.bind(bound))
                        if inner is None:
                            return None
                        found += inner
                case _:
                    found.append(self.evaluate(part, scope))
            if len(found) > MAX_WEIGHT:
                raise TooMuch
        return found

    def _joined(self, node: Expression, parts: list[Value | Chunk], scope: Scope) -> Value:
        """The text of the parts; an alternative in it becomes an alternative of texts."""
        chunks: list[Chunk] = []
        for number, part in enumerate(parts):
            if isinstance(part, Chunk):
                chunks.append(part)
                continue
            if isinstance(part, Either):
                if sum(isinstance(each, Either) for each in parts) > 3:
                    return self.open(node, scope, "made of many alternatives")
                before, after = parts[:number], parts[number + 1 :]
                yes = self._joined(node, [*before, part.if_true, *after], scope)
                no = self._joined(node, [*before, part.if_false, *after], scope)
                return Either(part.condition, yes, no, part.position)
            text = as_text(part)
            if text is None:
                return self.open(node, scope, "made of what is no text")
            chunks += text.chunks
        if sum(len(chunk.text) for chunk in chunks) > MAX_WEIGHT:
            raise TooMuch
        return Text(tuple(chunks), node.span.start)

    # Objects, calls and loops

    def _object(
        self, node: Expression, items: Iterable[tuple[Expression, Expression]], scope: Scope
    ) -> Value:
        entries: dict[str, Entry] = {}
        for key, value in items:
            name = known_text(self.evaluate(key, scope))
            if name is None:
                return self.open(node, scope, "an object with a name that is not known")
            entries.pop(name, None)
            entries[name] = Entry(name, key.span.start, self.evaluate(value, scope))
        return Table(tuple(entries.values()), node.span.start)

    def _call(self, node: Call, scope: Scope) -> Value:
        if node.name in {"try", "can"}:
            return self._try(node, scope)
        other = self._call_other(node, scope)
        if other is not None:
            return other
        function = FUNCTIONS.get(node.name.removeprefix("core::"))
        if function is None:
            return self.open(node, scope, f"made by {node.name}, which is not computed here")
        arguments = [self.evaluate(each, scope) for each in node.arguments]
        if node.expands:
            last = arguments.pop() if arguments else None
            if not isinstance(last, Sequence) or not last.exact:
                return self.open(node, scope, "made of a list that is not known")
            arguments += last.items
        return self._applied(node, arguments, scope, MAX_BRANCHES)

    def _applied(self, node: Call, arguments: list[Value], scope: Scope, branches: int) -> Value:
        """The call with these arguments; of an argument that is one of two, with each of them."""
        for number, each in enumerate(arguments):
            if isinstance(each, Either) and node.name not in {"jsonencode", "concat", "flatten"}:
                if branches <= 1:
                    return self.open(node, scope, "made of many alternatives")
                yes, no = (
                    self._applied(
                        node,
                        [*arguments[:number], branch, *arguments[number + 1 :]],
                        scope,
                        branches // 2,
                    )
                    for branch in (each.if_true, each.if_false)
                )
                return Either(each.condition, yes, no, each.position)
        if node.name in {"concat", "flatten"}:
            arguments = [_spread(each) for each in arguments]
        found = FUNCTIONS[node.name.removeprefix("core::")](arguments, node.span.start)
        if found is not None:
            return found
        return self.open(node, scope, _reason(arguments, f"made by {node.name}"))

    def _try(self, node: Call, scope: Scope) -> Value:
        """`try` passes over what is certainly an error, and `can` says so."""
        for each in node.arguments:
            value = self.evaluate(each, scope)
            is_missing = isinstance(value, Open) and value.missing
            if node.name == "can":
                if isinstance(value, Open) and not is_missing:
                    break
                return Truth(not is_missing, node.span.start)
            if isinstance(value, Open) and not is_missing:
                break  # nobody knows whether it is one
            if not is_missing:
                return value
        return self.open(node, scope, "what of several can be had")

    def turns(self, value: Value) -> list[tuple[Value, Value]] | None:
        """The keys and values of a collection, None where it is not known how many there are."""
        match value:
            case Sequence(items, at) if value.is_counted:
                if value.is_set:
                    return [(each, each) for each in items]
                return [(Number(str(n), at), each) for n, each in enumerate(items)]
            case Table(entries, _, True):
                ordered = sorted(entries, key=lambda entry: entry.name)
                return [(text_of(each.name, each.position), each.value) for each in ordered]
            case Null():
                return []
        return None

    def _for(self, node: ForExpression, scope: Scope) -> Value:
        turns = self.turns(self.evaluate(node.collection, scope))
        if turns is None:
            return self.open(node, scope, "made of a collection that is not known")
        found: list[tuple[str, Value]] = []
        for number, (key, value) in enumerate(turns):
            names = node.names if len(node.names) > 1 else ("", *node.names)
            bound = {names[0]: key, names[1]: value}
            inner = scope.bind({name: each for name, each in bound.items() if name})
            made = self._turn(node, inner, number)
            if made is None:
                return self.open(node, scope, "made of what is not known")
            found += made
        if node.key is None:
            return Sequence(tuple(value for _, value in found), node.span.start)
        return self._grouped(node, found)

    def _turn(
        self, node: ForExpression, scope: Scope, number: int
    ) -> list[tuple[str, Value]] | None:
        """What one turn of a loop adds, with the name that it has in an object."""
        kept: Value | None = None
        if node.condition is not None:
            kept = self.evaluate(node.condition, scope)
            if isinstance(kept, Truth) and not kept.value:
                return []
        name: str | None = ""
        if node.key is not None:
            name = known_text(self.evaluate(node.key, scope))
        if name is None:
            return None
        value = self.evaluate(node.value, scope)
        if node.condition is not None and not isinstance(kept, Truth):
            if node.key is not None:
                return None
            # It is another condition in each turn, so it is called by the turn as well.
            collection = " ".join(self.source(node.collection).split())
            source = scope.name(self.source(node.condition))
            name_of = f"{source} for {number} of {collection}"
            at = node.condition.span.start
            text = self.named_condition(name_of, "a condition that is not known", at)
            value = Either(text, value, Nothing(value.position), value.position)
        return [(name, value)]

    def _grouped(self, node: ForExpression, found: list[tuple[str, Value]]) -> Value:
        start = node.span.start
        grouped: dict[str, list[Value]] = {}
        for name, value in found:
            grouped.setdefault(name, []).append(value)
        entries = (
            Entry(
                name,
                values[-1].position,
                Sequence(tuple(values), start) if node.groups else values[-1],
            )
            for name, values in grouped.items()
        )
        return Table(tuple(entries), start)

    # Conditions and operators

    def _chosen(
        self,
        condition: Expression,
        chosen: Value,
        scope: Scope,
        if_true: Expression,
        if_false: Expression,
    ) -> Value:
        text = known_text(chosen)
        if text in {"true", "false"}:
            return self.evaluate(if_true if text == "true" else if_false, scope)
        yes, no = self.evaluate(if_true, scope), self.evaluate(if_false, scope)
        if same_value(yes, no):
            return yes
        if isinstance(chosen, Either):
            sides = [known_text(each) for each in (chosen.if_true, chosen.if_false)]
            if sides == ["true", "false"]:
                return Either(chosen.condition, yes, no, condition.span.start)
        reason = "a condition that is not known before the deployment"
        return Either(self.condition(condition, scope, reason), yes, no, condition.span.start)

    def _operation(self, node: Operation, scope: Scope) -> Value:
        start = node.span.start
        right = self.evaluate(node.right, scope)
        if node.left is None:
            if node.operator == "!" and isinstance(right, Truth):
                return Truth(not right.value, start)
            if node.operator == "-" and isinstance(right, Number):
                text = right.text
                return Number(text[1:] if text.startswith("-") else f"-{text}", start)
            return self.open(node, scope, _reason([right], "computed"))
        left = self.evaluate(node.left, scope)
        found = _operated(node.operator, left, right, start)
        return found or self.open(node, scope, _reason([left, right], "computed"))

    # References

    def _reference(self, node: Expression, scope: Scope) -> Value:
        root, steps = taken_apart(node)
        if not isinstance(root, Variable):
            return self.followed(node, self.evaluate(root, scope), steps, scope)
        if root.name in scope.bindings:
            return self.followed(node, scope.bindings[root.name], steps, scope)
        return self._resolve(node, root, steps, scope)

    def followed(
        self, node: Expression, value: Value, steps: list[str | Expression], scope: Scope
    ) -> Value:
        """The value that the steps lead to from another."""
        for number, step in enumerate(steps):
            if step is ALL:
                return self._splat(node, value, steps[number + 1 :], scope)
            value = self._step(node, value, step, scope)
        return value

    def _splat(
        self, node: Expression, value: Value, steps: list[str | Expression], scope: Scope
    ) -> Value:
        match value:
            case Sequence(items, at):
                found = (self.followed(node, each, steps, scope) for each in items)
                return Sequence(tuple(found), at, value.exact, value.is_set)
            case Null(at):
                return Sequence((), at)
            case Open() | Either() | Nothing():
                return self.open(node, scope, _reason([value], "a list that is not known"))
        return Sequence((self.followed(node, value, steps, scope),), value.position)

    def _step(self, node: Expression, value: Value, step: str | Expression, scope: Scope) -> Value:
        if isinstance(value, Either):
            yes = self._step(node, value.if_true, step, scope)
            no = self._step(node, value.if_false, step, scope)
            return Either(value.condition, yes, no, value.position)
        key = step if isinstance(step, str) else known_text(self.evaluate(step, scope))
        match value:
            case Table(_, _, exact) if key is not None:
                found = value.get(key)
                if found is not None:
                    return found
                return self.open(node, scope, "a member that is not there", missing=exact)
            case Sequence(items, _) if key is not None and value.is_counted:
                if key.isdigit() and int(key) < len(items):
                    return items[int(key)]
                return self.open(node, scope, "an item that is not there", missing=True)
            case Null() | Text() | Number() | Truth() | Encoded():
                known = not (isinstance(value, Text) and value.is_open)
                return self.open(node, scope, "a part of what has none", missing=known)
        return self.open(node, scope, _reason([value], "a part of what is not known"))


def taken_apart(node: Expression) -> tuple[Expression, list[str | Expression]]:
    """What a reference begins with, and the steps from there; `ALL` is the step `[*]`."""
    steps: list[str | Expression] = []
    while True:
        match node:
            case GetAttribute(_, target, name):
                steps.append(name)
                node = target
            case Index(_, target, key):
                steps.append(key)
                node = target
            case Splat(_, target, inner):
                steps += [*reversed(inner), ALL]
                node = target
            case _:
                return node, steps[::-1]


def _spread(value: Value) -> Value:
    """A list that is one of two, as the items of both, each under its condition."""
    if not isinstance(value, Either):
        return value
    sides = [_spread(value.if_true), _spread(value.if_false)]
    if not all(isinstance(each, Sequence) for each in sides):
        return value
    nothing = Nothing(value.position)
    yes, no = (each.items if isinstance(each, Sequence) else () for each in sides)
    return Sequence(
        (
            *(Either(value.condition, item, nothing, item.position) for item in yes),
            *(Either(value.condition, nothing, item, item.position) for item in no),
        ),
        value.position,
    )


def _literal(value: str | bool | None, position: int) -> Value:  # noqa: FBT001 (a truth is one)
    match value:
        case None:
            return Null(position)
        case bool():
            return Truth(value, position)
        case str():
            return Number(value, position)


def _reason(arguments: Iterable[Value], otherwise: str) -> str:
    """Why something made of these is not known: as the first of them that is not."""
    return next(
        (f"{otherwise} of what is not known" for each in arguments if is_open(each)), otherwise
    )


def _operated(operator: str, left: Value, right: Value, position: int) -> Value | None:
    truth = None
    match operator:
        case "==" | "!=":
            same = same_value(left, right)
            truth = None if same is None else same == (operator == "==")
        case "&&" | "||":
            sides = [each.value for each in (left, right) if isinstance(each, Truth)]
            decides = operator == "||"
            if decides in sides or len(sides) == 2:
                truth = decides if decides in sides else not decides
        case "<" | ">" | "<=" | ">=":
            if isinstance(left, Number) and isinstance(right, Number):
                low, high = float(left.text), float(right.text)
                low, high = (low, high) if operator.startswith("<") else (high, low)
                truth = low < high or (operator.endswith("=") and low == high)
        case "+" | "-" | "*" | "%":
            return _computed(operator, left, right, position)
    return None if truth is None else Truth(truth, position)


def _computed(operator: str, left: Value, right: Value, position: int) -> Value | None:
    sides = [each.text for each in (left, right) if isinstance(each, Number)]
    if len(sides) != 2 or not all(side.lstrip("-").isdigit() and len(side) < 16 for side in sides):
        return None
    a, b = map(int, sides)
    if operator == "%" and (a < 0 or b <= 0):
        return None  # signs are Go's there
    found = {"+": a + b, "-": a - b, "*": a * b, "%": a % b if b else 0}[operator]
    return Number(str(found), position)
