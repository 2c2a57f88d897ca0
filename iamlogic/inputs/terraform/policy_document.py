"""A `data "aws_iam_policy_document"` → the policy that it makes, as the AWS provider makes it.

Sources come first, then the block's own statements, then the overrides; a statement with the Sid of
an earlier one takes its place. `&{…}` becomes `${…}` where the provider does that, and no text of a
condition is sorted. Each statement stays where it is written, also when it comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from json import dumps

from iamlogic.inputs.terraform.dynamic import Expansion
from iamlogic.inputs.terraform.evaluation import Evaluator
from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.hcl import Block, Expression
from iamlogic.inputs.terraform.merging import documents_in, merged, policy_in
from iamlogic.inputs.terraform.scope import Scope
from iamlogic.inputs.terraform.statements import BLOCKS, DEFAULT_VERSION, statement
from iamlogic.inputs.terraform.values import (
    Encoded,
    Entry,
    Null,
    Sequence,
    Table,
    Value,
    plain,
    text_of,
)

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_policy_documents", "override_json")


def read_policy_document(block: Block, scope: Scope, evaluator: Evaluator) -> Value | None:
    """The text of the policy; None where what it is merged from is not known well enough."""
    return _Document(scope, evaluator).read(block)


class _Document:
    def __init__(self, scope: Scope, evaluator: Evaluator) -> None:
        self._scope = scope
        self._evaluator = evaluator
        self._expansion = Expansion(evaluator)

    def read(self, block: Block) -> Value | None:
        attributes = block.body.attributes
        own = Table(
            (
                *self._text("Version", attributes.get("version"), DEFAULT_VERSION, block.position),
                *self._text("Id", attributes.get("policy_id"), None, block.position),
                Entry("Statement", block.position, self._statements(block)),
            ),
            block.position,
        )
        whole: Table | None = None
        for each in (*self._others(block, _SOURCES), own, *self._others(block, _OVERRIDES)):
            if each is None:
                return None
            whole = each if whole is None else merged(whole, each)
            if whole is None:
                return None
        assert whole is not None
        return Encoded(replace(whole, position=block.position), block.position)

    def _text(
        self, name: str, written: Expression | None, otherwise: str | None, position: int
    ) -> Iterator[Entry]:
        value: Value = Null(position)
        if written is not None:
            value = self._evaluator.evaluate(written, self._scope)
        if isinstance(value, Null) and otherwise is not None:
            value = text_of(otherwise, position)
        if not isinstance(value, Null) and known_text(value) != "":
            yield Entry(name, value.position, value)

    # Other documents

    def _others(self, block: Block, names: tuple[str, ...]) -> Iterator[Table | None]:
        """The documents that are merged in; None for one that is not known."""
        for name in names:
            written = block.body.attributes.get(name)
            if written is None:
                continue
            value = self._evaluator.evaluate(written, self._scope)
            for item in documents_in(value):
                if not isinstance(item, Null) and known_text(item) != "":
                    yield policy_in(item, self._evaluator.placeholders)

    # Statements

    def _statements(self, block: Block) -> Sequence:
        items = self._expansion.nested(block, "statement", self._scope, self._statement)
        return Sequence(tuple(items), block.position)

    def _statement(self, block: Block, scope: Scope) -> Value:
        entries = [
            Entry(name, written.span.start, self._evaluator.evaluate(written, scope))
            for name, written in block.body.attributes.items()
            if name not in BLOCKS
        ]
        for name, attributes in BLOCKS.items():

            def read(inner: Block, its_scope: Scope, names: tuple[str, ...] = attributes) -> Value:
                return self._members(inner, its_scope, names)

            found = tuple(self._expansion.nested(block, name, scope, read))
            if found:
                at = found[0].position
                entries.append(Entry(name, at, Sequence(found, at)))
        return statement(Table(tuple(entries), block.position), self._open_member)

    def _members(self, block: Block, scope: Scope, names: tuple[str, ...]) -> Value:
        """A nested block as an object."""
        entries = (
            Entry(name, written.span.start, self._evaluator.evaluate(written, scope))
            for name in names
            if (written := block.body.attributes.get(name)) is not None
        )
        return Table(tuple(entries), block.position)

    def _open_member(self, name: str, found: list[Value]) -> Value:
        # Called by what the blocks say, and not by their lines, which the next change moves.
        content = dumps([plain(each) for each in found])
        reason = "made of blocks of which the type, the operator or the key is not known"
        position = found[0].position
        return self._evaluator.named(f"{self._scope.owner}.{name}: {content}", reason, position)
