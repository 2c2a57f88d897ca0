"""Policies that a plan does not know yet, rebuilt from the documents that they will be made from.

A plan says `(known after apply)` of a whole policy if one ARN in it is not known. It does say what
is known of the `data "aws_iam_policy_document"` itself, and which document the policy's expression
speaks of. If that is one document and nothing else, its policy is made here, with placeholders for
what is not known. What the expression does with the document a plan does not say: that it takes its
JSON as it is, as all but all expressions do, is taken for granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamlogic.inputs.terraform.decoding import from_tree
from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.merging import merged, policy_in
from iamlogic.inputs.terraform.plan_tree import (
    Change,
    Configuration,
    Side,
    index,
    is_true,
    item,
    member,
    references,
)
from iamlogic.inputs.terraform.statements import DEFAULT_VERSION, statement
from iamlogic.inputs.terraform.values import (
    Encoded,
    Entry,
    Null,
    Open,
    Sequence,
    Table,
    Value,
    text_of,
)
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonValue
from iamlogic.syntax.problems import Document

_DOCUMENT = re.compile(
    r"(data\.aws_iam_policy_document\.[\w-]+)((?:\[.*\])?)(?:\.(?:minified_)?json)?"
)
_OUTPUT = re.compile(r"module\.([\w-]+)((?:\[.*?\])?)\.([\w-]+)")
_VARIABLE = re.compile(r"var\.([\w-]+)")
_TURN = re.compile(r"(each|count)\..*")

MAX_STEPS = 24
"""Modules and documents that are followed one from another."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Where an expression stands: its modules, by their names and as an address, and its key."""

    modules: tuple[str, ...]
    address: str
    key: str


class PlannedDocuments:
    """The documents of one plan."""

    def __init__(
        self,
        changes: list[Change],
        configuration: Configuration,
        placeholders: Placeholders,
        document: Document,
    ) -> None:
        self._documents = index(iter(changes))
        self._configuration = configuration
        self._placeholders = placeholders
        self._document = document

    def open(self, name: str, waits_for: tuple[str, ...], position: int) -> Open:
        """The placeholder for what is known after the deployment only."""
        reason = "known after the deployment only"
        if waits_for:
            reason += f", from {', '.join(waits_for[:4])}"
        where = self._document.where(position, ())
        return Open(self._placeholders.text(name, reason, where), position, reason)

    def overlaid(self, values: JsonValue | None, unknown: JsonValue | None, name: str) -> Value:
        """A value of a plan, with placeholders for what of it is not known."""
        return self._overlaid(values, unknown, name, None, 0)

    def _overlaid(
        self,
        values: JsonValue | None,
        unknown: JsonValue | None,
        name: str,
        expression: JsonValue | None,
        position: int,
    ) -> Value:
        position = values.position if values is not None else position
        if is_true(unknown):
            return self.open(name, references(expression), position)
        if isinstance(values, JsonObject):
            names = dict.fromkeys(
                each.name
                for node in (values, unknown)
                if isinstance(node, JsonObject)
                for each in node.members
            )
            entries = (
                Entry(
                    each,
                    position,
                    self._overlaid(
                        member(values, each),
                        member(unknown, each),
                        f"{name}.{each}",
                        member(expression, each) or expression,
                        position,
                    ),
                )
                for each in names
            )
            return Table(tuple(entries), position)
        if isinstance(values, JsonList):
            inner = expression if isinstance(expression, JsonList) else None
            is_same = inner is not None and len(inner.items) == len(values.items)
            items = (
                self._overlaid(
                    each,
                    item(unknown, number),
                    f"{name}[{number}]",
                    item(inner, number) if is_same else (expression if inner is None else None),
                    position,
                )
                for number, each in enumerate(values.items)
            )
            return Sequence(tuple(items), position)
        if values is None:
            return Null(position)
        return from_tree(values, self._placeholders)

    def policy(self, expression: JsonValue | None, place: Instance) -> Value | None:
        """The policy that an expression will come to; None if that cannot be told."""
        return self._policy(references(expression), place, MAX_STEPS)

    def _policy(self, names: tuple[str, ...], place: Instance, steps: int) -> Value | None:
        names = tuple(each for each in names if not _TURN.fullmatch(each))
        if len(names) != 1 or steps == 0:
            return None
        (name,) = names
        if found := _DOCUMENT.fullmatch(name):
            return self._made(found[1], found[2], place, steps)
        if (found := _VARIABLE.fullmatch(name)) and place.modules:
            call = self._configuration.call(place.modules)
            given = references(member(member(call, "expressions"), found[1]))
            outer, _, last = place.address.rpartition("module.")
            _, bracket, key = last.partition("[")
            return self._policy(
                given, Instance(place.modules[:-1], outer.rstrip("."), bracket + key), steps - 1
            )
        if found := _OUTPUT.fullmatch(name):
            return self._output(found[1], found[2], found[3], place, steps)
        return None

    def _output(
        self, module: str, key: str, output: str, place: Instance, steps: int
    ) -> Value | None:
        inner = (*place.modules, module)
        declared = self._configuration.module(inner)
        expression = member(member(member(declared, "outputs"), output), "expression")
        key = place.key if key in {"[each.key]", "[count.index]"} else key
        address = f"{place.address}.module.{module}{key}".lstrip(".")
        return self._policy(references(expression), Instance(inner, address, ""), steps - 1)

    def _made(self, declared: str, key: str, place: Instance, steps: int) -> Value | None:
        instances = self._documents.get((place.address, declared), [])
        wanted = {key, place.key} if key else {place.key, ""}
        found = [each for each in instances if each.key in wanted]
        if len(found) != 1 or found[0].after is None:
            return None
        return self._document_of(found[0], found[0].after, place, steps)

    def _document_of(self, change: Change, side: Side, place: Instance, steps: int) -> Value | None:
        expressions = self._configuration.expressions(place.modules, change.declared)
        position = side.values.position
        given = self._overlaid(side.values, side.unknown, change.address, expressions, position)
        assert isinstance(given, Table)
        own = Table(tuple(self._own(given, change.address)), position)
        whole: Table | None = None
        there = Instance(place.modules, change.module_address, change.key)
        for each in (
            *self._others(given, "source_policy_documents", expressions, there, steps),
            own,
            *self._others(given, "override_policy_documents", expressions, there, steps),
        ):
            if each is None:
                return None
            whole = each if whole is None else merged(whole, each)
            if whole is None:
                return None
        return None if whole is None else Encoded(replace(whole, position=position), position)

    def _own(self, given: Table, address: str) -> Iterator[Entry]:
        """The policy of the document's own blocks."""
        at = given.position
        version = given.get("version")
        if version is None or isinstance(version, Null):
            version = text_of(DEFAULT_VERSION, at)
        yield Entry("Version", at, version)
        id_ = given.get("policy_id")
        if id_ is not None and not isinstance(id_, Null) and known_text(id_) != "":
            yield Entry("Id", at, id_)
        blocks = given.get("statement")
        items: tuple[Value, ...] = ()
        if isinstance(blocks, Sequence):
            items = tuple(
                statement(each, self._open_member(f"{address}.statement[{number}]"))
                if isinstance(each, Table)
                else each
                for number, each in enumerate(blocks.items)
            )
        elif isinstance(blocks, Open):
            items = (blocks,)
        yield Entry("Statement", at, Sequence(items, at))

    def _open_member(self, address: str) -> _OpenMember:
        return _OpenMember(self, address)

    def _others(
        self,
        given: Table,
        name: str,
        expressions: JsonValue | None,
        place: Instance,
        steps: int,
    ) -> Iterator[Table | None]:
        """The documents that are merged in; one that is not known is made, or is anything."""
        listed = given.get(name)
        if listed is None or isinstance(listed, Null):
            return
        items = listed.items if isinstance(listed, Sequence) else (listed,)
        names = references(member(expressions, name))
        unknown = [each for each in items if isinstance(each, Open)]
        made = [self._policy((each,), place, steps - 1) for each in names]
        is_paired = isinstance(listed, Sequence) and len(made) == len(unknown) and all(made)
        for each in items:
            found = made[unknown.index(each)] if is_paired and each in unknown else None
            if not isinstance(each, Null) and known_text(each) != "":
                yield policy_in(found or each, self._placeholders)


@dataclass(frozen=True, slots=True)
class _OpenMember:
    """Gives the placeholder for blocks of which too little is known."""

    documents: PlannedDocuments
    address: str

    def __call__(self, name: str, found: list[Value]) -> Value:
        return self.documents.open(f"{self.address}.{name}", (), found[0].position)
