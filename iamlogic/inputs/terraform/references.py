"""`References`: what `var.x`, `local.x` and the attributes of resources are before the deployment.

A variable has the value that the user gives, that of the `*.tfvars`, or its default. A resource
that does not exist yet has a name if its block says so, and an ARN of a known form; what AWS makes
up is a placeholder inside of it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from iamlogic.catalog.terraform_arns import NamedResource, named_resource
from iamlogic.inputs.terraform.declarations import Module
from iamlogic.inputs.terraform.decoding import decoded, placed
from iamlogic.inputs.terraform.evaluation import ALL, Evaluator, TooMuch
from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.hcl import (
    Block,
    Call,
    Chunk,
    Expression,
    Span,
    Template,
    Variable,
    plain_text,
)
from iamlogic.inputs.terraform.native import read_expression, read_string
from iamlogic.inputs.terraform.scope import MODULE, Scope
from iamlogic.inputs.terraform.templates import BadTemplate
from iamlogic.inputs.terraform.values import (
    Either,
    Entry,
    Null,
    Number,
    Open,
    Sequence,
    Table,
    Text,
    Truth,
    Value,
    as_text,
    text_of,
)
from iamlogic.inputs.unresolved.placeholders import Placeholders

DocumentReader = Callable[[str, Block, Scope], Value | None]
"""Makes the value of a `data "aws_iam_policy_document"` of its address and block."""

_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_DOCUMENT = "data.aws_iam_policy_document."
_SCALARS = ("string", "number", "bool", "any")


class References:
    """What the declarations of one module come to; everything is evaluated once, when asked for."""

    def __init__(
        self, module: Module, placeholders: Placeholders, read_document: DocumentReader
    ) -> None:
        self.module = module
        self.placeholders = placeholders
        self.evaluator = Evaluator(module, placeholders, self.resolve, self.call)
        self._read_document = read_document
        self._known: dict[str, Value] = {}
        self._active: set[str] = set()

    def resolve(
        self, node: Expression, root: Variable, steps: list[str | Expression], scope: Scope
    ) -> Value:
        """What a reference is whose first name is not bound where it stands."""
        names = [step for step in steps if isinstance(step, str)]
        match root.name:
            case "var" | "local" if steps and isinstance(steps[0], str):
                found = self._named(node, root.name, steps[0], scope)
                return self.evaluator.followed(node, found, steps[1:], scope)
            case "data" if len(names) >= 2 and steps[:2] == names[:2]:
                address = f"data.{names[0]}.{names[1]}"
                return self._resource(node, address, names[0], steps[2:], scope)
            case "path" if names == ["module"] or (names == ["root"] and self.module.is_root):
                return text_of(self.module.folder or ".", root.span.start)
            case "module":
                return self.evaluator.open(node, scope, "what another module gives")
            case "each" | "count" | "self":
                return self.evaluator.open(node, scope, "another value for each instance")
            case "terraform" | "path":
                return self.evaluator.open(node, scope, "known when Terraform runs")
        if steps and isinstance(steps[0], str):
            address = f"{root.name}.{steps[0]}"
            return self._resource(node, address, root.name, steps[1:], scope)
        return self.evaluator.open(node, scope, "a name that this module does not have")

    # Variables and locals

    def _named(self, node: Expression, kind: str, name: str, scope: Scope) -> Value:
        key = f"{kind}.{name}"
        if key in self._known:
            return self._known[key]
        with self._busy(key) as is_free:
            if not is_free:
                return self.evaluator.open(node, scope, "made of itself")
            read = self._variable if kind == "var" else self._local
            found = read(node, name)
        self._known[key] = found
        return found

    def _local(self, node: Expression, name: str) -> Value:
        value = self.module.locals.get(name)
        if value is None:
            return self.evaluator.open(node, MODULE, self._undeclared("a local"))
        return self.evaluator.evaluate(value, MODULE)

    def _variable(self, node: Expression, name: str) -> Value:
        block = self.module.variables.get(name)
        kind = self._type_of(block)
        given = self.placeholders.deployment.parameters.get(name)
        if given is not None:
            value = self._given(given, kind, node)
        elif name in self.module.values:
            value = self.evaluator.evaluate(self.module.values[name], MODULE)
        elif block is None:
            return self.evaluator.open(node, MODULE, self._undeclared("a variable"))
        elif "default" in block.body.attributes:
            value = self.evaluator.evaluate(block.body.attributes["default"], MODULE)
        else:
            return self.evaluator.open(node, MODULE, "a variable without a default")
        converted = _converted(value, kind)
        if converted is None:
            return self.evaluator.open(node, MODULE, f"a variable of the type {kind}")
        return converted

    def _type_of(self, block: Block | None) -> str:
        """The type of a variable as it is written, empty if it has none."""
        kind = block.body.attributes.get("type") if block else None
        if kind is None:
            return ""
        text = plain_text(kind)  # an old way, and that of JSON
        if text is None:
            text = (self.module.document.text or "")[kind.span.start : kind.span.end]
        return "".join(text.split())

    def _given(self, given: str, kind: str, node: Expression) -> Value:
        """A value as the user gives it: a text, or an expression if the type is no scalar's."""
        start = node.span.start
        if not kind or kind in _SCALARS:
            return text_of(given, start)
        try:
            found = self.evaluator.evaluate(read_expression(given, start), MODULE)
            return placed(found, start)
        except BadTemplate:
            return text_of(given, start)

    def _undeclared(self, what: str) -> str:
        if self.module.is_whole:
            return f"{what} that this folder does not declare"
        return f"{what} that this folder does not declare, or in a file that could not be read"

    @contextmanager
    def _busy(self, key: str) -> Iterator[bool]:
        """Whether what is asked for is not being made already."""
        if key in self._active:
            yield False
            return
        self._active.add(key)
        try:
            yield True
        finally:
            self._active.discard(key)

    # Resources

    def _resource(
        self,
        node: Expression,
        address: str,
        type_: str,
        steps: list[str | Expression],
        scope: Scope,
    ) -> Value:
        block = self.module.resources.get(address)
        if block is None:
            return self.evaluator.open(node, scope, self._undeclared("a resource"))
        is_many = bool({"count", "for_each"} & block.body.attributes.keys())
        if is_many and steps and steps[0] is ALL:
            return self._all_instances(node, address, block, steps[1:], scope)
        owner = Scope(address) if is_many else Scope(address, varying=frozenset())
        if steps and not isinstance(steps[0], str):
            owner = self._instance(address, block, steps[0], scope)
            steps = steps[1:]
        if not steps or not isinstance(steps[0], str):
            return self.evaluator.open(node, scope, "a resource as a whole")
        found = self._attribute(node, address, type_, block, steps[0], owner, scope)
        return self.evaluator.followed(node, found, steps[1:], scope)

    def _all_instances(
        self,
        node: Expression,
        address: str,
        block: Block,
        steps: list[str | Expression],
        scope: Scope,
    ) -> Value:
        """`aws_x.y[*].name`, of a count that is known."""
        count = block.body.attributes.get("count")
        if count is None or not steps or not isinstance(steps[0], str):
            return self.evaluator.open(node, scope, "of as many resources as there will be")
        number = self.evaluator.evaluate(count, MODULE)
        return self._counted(node, address, block, number, steps, scope)

    def _counted(
        self,
        node: Expression,
        address: str,
        block: Block,
        number: Value,
        steps: list[str | Expression],
        scope: Scope,
    ) -> Value:
        if isinstance(number, Either):
            yes, no = (
                self._counted(node, address, block, each, steps, scope)
                for each in (number.if_true, number.if_false)
            )
            return Either(number.condition, yes, no, number.position)
        text = known_text(number)
        if text is None or not text.isdigit() or len(text) > 2:
            return self.evaluator.open(node, scope, "of as many resources as there will be")
        start = node.span.start
        items = []
        for index in range(int(text)):
            owner = _counted(address, Number(str(index), start))
            name = steps[0]
            assert isinstance(name, str)
            found = self._attribute(node, address, block.labels[0], block, name, owner, scope)
            items.append(self.evaluator.followed(node, found, steps[1:], scope))
        return Sequence(tuple(items), start)

    def _instance(self, address: str, block: Block, key: Expression, scope: Scope) -> Scope:
        """The scope of the instance with that key."""
        value = self.evaluator.evaluate(key, scope)
        if isinstance(value, Number):
            return _counted(address, value)
        text = known_text(value)
        if text is None:
            source = (self.module.document.text or "")[key.span.start : key.span.end]
            return Scope(f"{address}[{scope.name(source)}]")
        each = block.body.attributes.get("for_each")
        turns = self.evaluator.turns(self.evaluator.evaluate(each, MODULE)) if each else None
        for name, item in turns or ():
            shown = known_text(item) if isinstance(name, Number) else known_text(name)
            if shown == text:
                entries = _each(text_of(text, key.span.start), item)
                return Scope(f'{address}["{text}"]').bind({"each": entries})
        return Scope(f'{address}["{text}"]')

    def _attribute(
        self,
        node: Expression,
        address: str,
        type_: str,
        block: Block,
        name: str,
        owner: Scope,
        scope: Scope,
    ) -> Value:
        if address.startswith(_DOCUMENT) and name in {"json", "minified_json"}:
            return self._document(node, address, block, owner, scope)
        special = self._special(node, type_, block, name)
        if special is not None:
            return special
        if address.startswith("data.template_file.") and name == "rendered":
            return self._rendered(node, block, owner)
        kind = named_resource(type_)
        if kind is not None and name not in block.body.attributes:
            if name in kind.arns or (name == "id" and kind.id == "arn"):
                form = kind.arns["arn" if name == "id" else name]
                return self._arn(node, kind, block, form, owner)
            if name in {kind.name, "id"} and (name != "id" or kind.id == "name"):
                return Text(tuple(self._own_name(node, kind, block, owner)), node.span.start)
        written = block.body.attributes.get(name)
        if written is not None:
            return self._written(node, f"{owner.owner}.{name}", written, owner, scope)
        return self.evaluator.open(node, scope, "known after the deployment")

    def _written(
        self, node: Expression, key: str, written: Expression, owner: Scope, scope: Scope
    ) -> Value:
        with self._busy(key) as is_free:
            if not is_free:
                return self.evaluator.open(node, scope, "made of itself")
            return self.evaluator.evaluate(written, owner)

    def document(self, address: str, block: Block, owner: Scope) -> Value:
        """The policy that a document of this module makes."""
        node = Variable(Span(block.position, block.position), address)
        try:
            return self._document(node, address, block, owner, owner)
        except (TooMuch, RecursionError):
            return self.evaluator.named(address, "too much to be followed", block.position)

    def _document(
        self, node: Expression, address: str, block: Block, owner: Scope, scope: Scope
    ) -> Value:
        key = f"{address}|{owner.owner}"
        if key in self._known:
            return self._known[key]
        with self._busy(key) as is_free:
            if not is_free:
                return self.evaluator.open(node, scope, "made of itself")
            made = self._read_document(address, block, owner)
        if made is None:
            reason = "merged from documents that are not known"
            made = self.evaluator.named(address, reason, block.position)
        self._known[key] = made
        return made

    def _special(self, node: Expression, type_: str, block: Block, name: str) -> Value | None:
        """What AWS is asked for: the account, the partition, the region."""
        deployment = self.placeholders.deployment
        start = node.span.start
        if block.type != "data" or "provider" in block.body.attributes:
            return None
        match type_, name:
            case "aws_caller_identity", "account_id" | "id":
                return Text((self._account(start),), start)
            case "aws_partition", "partition" | "id":
                return text_of(deployment.partition, start)
            case "aws_partition", "dns_suffix":
                suffix = _SUFFIXES.get(deployment.partition)
                return text_of(suffix, start) if suffix else None
            case "aws_region", "name" | "id" | "region" if not (
                {"name", "region", "endpoint"} & block.body.attributes.keys()
            ):
                return Text((self._region(start),), start)
        return None

    def _account(self, position: int) -> Chunk:
        where = self.module.document.where(position, ())
        text = self.placeholders.account("the account", where)
        is_open = self.placeholders.deployment.account is None
        return Chunk(text, position, fixed=True, is_open=is_open)

    def _region(self, position: int) -> Chunk:
        text = self.placeholders.region("region", self.module.document.where(position, ()))
        is_open = self.placeholders.deployment.region is None
        return Chunk(text, position, fixed=True, is_open=is_open)

    def _arn(
        self, node: Expression, kind: NamedResource, block: Block, form: str, owner: Scope
    ) -> Value:
        """The ARN, with placeholders for what is not known of it."""
        start = node.span.start
        is_elsewhere = "provider" in block.body.attributes or "region" in block.body.attributes
        is_placed = "{region}" in form or "{account}" in form
        is_found = block.type != "data" or self._is_of_the_account(kind, block, form, owner)
        if (is_elsewhere and is_placed) or not is_found:
            return self.evaluator.open(node, owner, "known after the deployment")
        chunks: list[Chunk] = []
        for part in _pieces(form):
            match part:
                case "{name}":
                    chunks += _after(kind.without, self._own_name(node, kind, block, owner))
                case "{account}":
                    chunks.append(self._account(start))
                case "{region}":
                    chunks.append(self._region(start))
                case "{partition}":
                    partition = self.placeholders.deployment.partition
                    chunks.append(Chunk(partition, start, fixed=True))
                case "{path}":
                    chunks += self._path(block, owner, start)
                case _:
                    chunks.append(Chunk(part, start, fixed=True))
        return Text(tuple(chunks), start)

    def _is_of_the_account(
        self, kind: NamedResource, block: Block, form: str, owner: Scope
    ) -> bool:
        """Whether data are certainly of a resource of this form in the account.

        They are of what exists already: the path of a role is not in the block, and what looks for
        a resource by its ARN can find it in another account.
        """
        name = block.body.attributes.get(kind.name or "")
        text = known_text(self.evaluator.evaluate(name, owner)) if name is not None else None
        return text is not None and ":" not in text and "{path}" not in form

    def _path(self, block: Block, owner: Scope, position: int) -> list[Chunk]:
        written = block.body.attributes.get("path")
        value = self.evaluator.evaluate(written, owner) if written is not None else None
        if value is None or isinstance(value, Null):
            return [Chunk("/", position, fixed=True)]
        text = as_text(value)
        if text is None:
            return self._made_up(owner, position)
        return list(text.chunks)

    def _own_name(
        self, node: Expression, kind: NamedResource, block: Block, owner: Scope
    ) -> list[Chunk]:
        """The name of a resource: as its block has it, or with a placeholder for what AWS adds."""
        start = node.span.start
        attributes = block.body.attributes
        if kind.name is not None and kind.name in attributes:
            key = f"{owner.owner}.{kind.name}"
            value = self._written(node, key, attributes[kind.name], owner, owner)
            text = as_text(value)
            if text is not None:
                return list(text.chunks)
            if not isinstance(value, Null):
                return self._made_up(owner, start)
        prefix = attributes.get("bucket_prefix") or attributes.get("name_prefix")
        before = as_text(self.evaluator.evaluate(prefix, owner)) if prefix is not None else None
        return [*(before.chunks if before else ()), *self._made_up(owner, start)]

    def _made_up(self, owner: Scope, position: int) -> list[Chunk]:
        where = self.module.document.where(position, ())
        name = owner.owner
        text = self.placeholders.text(name, "a name that is given by the deployment", where)
        return [Chunk(text, position, fixed=True, is_open=True)]

    # Files

    def call(self, node: Call, scope: Scope) -> Value | None:
        """What `file`, `templatefile` and `jsondecode` give, None of any other function."""
        if node.name == "jsondecode" and len(node.arguments) == 1:
            value = self.evaluator.evaluate(node.arguments[0], scope)
            return decoded(value, self.placeholders)
        if node.name not in {"file", "templatefile"} or not node.arguments:
            return None
        path = known_text(self.evaluator.evaluate(node.arguments[0], scope))
        found = self._file(path) if path is not None else None
        if found is None:
            return self.evaluator.open(node, scope, "a file that is not at hand")
        start = self.module.document.start_of(found)
        text = self.module.files[found]
        if node.name == "file":
            return Text((Chunk(text, start),), start)
        return self._template_file(node, text, start, scope)

    def _template_file(self, node: Call, text: str, start: int, scope: Scope) -> Value:
        given = self.evaluator.evaluate(node.arguments[1], scope) if node.arguments[1:] else None
        if not isinstance(given, Table) or not given.exact:
            return self.evaluator.open(node, scope, "a template with values that are not known")
        written = Text((Chunk(text, start),), start)
        return self._filled(node, written, given, scope)

    def _rendered(self, node: Expression, block: Block, owner: Scope) -> Value:
        """What the old `data "template_file"` makes of its template."""
        attributes = block.body.attributes
        if "template" not in attributes:
            return self.evaluator.open(node, owner, "a template that is not at hand")
        written = self.evaluator.evaluate(attributes["template"], owner)
        given: Value = Table((), block.position)
        if "vars" in attributes:
            given = self.evaluator.evaluate(attributes["vars"], owner)
        if not isinstance(written, Text) or written.is_open or not isinstance(given, Table):
            return self.evaluator.open(node, owner, "a template that is not known")
        return self._filled(node, written, given, owner)

    def _filled(self, node: Expression, written: Text, given: Table, scope: Scope) -> Value:
        """A template with its values, each letter at the place where it is written."""
        try:
            template: Template = read_string(written.value, written.origin(0))
        except BadTemplate as error:
            return self.evaluator.open(node, scope, f"a template in which {error.message}")
        bindings = {entry.name: entry.value for entry in given.entries}
        return self.evaluator.evaluate(template, scope.bind(bindings))

    def _file(self, path: str) -> str | None:
        """The file at a path as Terraform writes it: of the module, or where it is run."""
        inner = posixpath.normpath(posixpath.join(self.module.folder, path))
        whole = posixpath.normpath(path)
        return next((name for name in (whole, inner) if name in self.module.files), None)


def _pieces(form: str) -> list[str]:
    """The form of an ARN, its names in braces apart."""
    return [part for part in form.replace("{", "\0{").replace("}", "}\0").split("\0") if part]


def _after(beginning: str, chunks: list[Chunk]) -> list[Chunk]:
    """A name without what it begins with."""
    if not chunks or not beginning or not chunks[0].text.startswith(beginning):
        return chunks
    first = chunks[0]
    cut = len(beginning)
    start = first.position if first.fixed else first.position + cut
    return [replace(first, text=first.text[cut:], position=start), *chunks[1:]]


def _counted(address: str, index: Number) -> Scope:
    count = Table((_entry("index", index),), index.position)
    return Scope(f"{address}[{index.text}]").bind({"count": count})


def _each(key: Text, value: Value) -> Table:
    return Table((_entry("key", key), _entry("value", value)), key.position)


def _entry(name: str, value: Value) -> Entry:
    return Entry(name, value.position, value)


def _converted(value: Value, kind: str) -> Value | None:
    """The value of a variable as its type takes it; None where that adds what is not written."""
    if isinstance(value, Open | Null):
        return value
    if "optional(" in kind:
        return _inexact(value)
    if kind == "string":
        return as_text(value)
    if kind == "number" and isinstance(value, Text):
        text = value.value
        return Number(text, value.position) if text.lstrip("-").isdigit() else None
    if kind == "bool" and isinstance(value, Text):
        is_truth = value.value in {"true", "false"}
        return Truth(value.value == "true", value.position) if is_truth else None
    if kind.startswith("set(") and isinstance(value, Sequence):
        return Sequence(value.items, value.position, value.exact, is_set=True)
    return value


def _inexact(value: Value) -> Value:
    """A value whose objects have members by their type that are not written."""
    match value:
        case Table(entries, at):
            inner = (Entry(each.name, each.position, _inexact(each.value)) for each in entries)
            return Table(tuple(inner), at, exact=False)
        case Sequence(items, at, exact, is_set):
            return Sequence(tuple(map(_inexact, items)), at, exact, is_set)
    return value
