"""`Expansion`: the blocks of a type inside another, those that `dynamic` blocks make among them.

Over a collection that is known each item makes a block. Over one that is not, one block stands for
all of them, with a placeholder for whatever hangs on the item, and under the condition that there
is one: a placeholder stands for every value that an item has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from iamlogic.inputs.terraform.evaluation import Evaluator
from iamlogic.inputs.terraform.hcl import Block, Expression
from iamlogic.inputs.terraform.scope import Scope
from iamlogic.inputs.terraform.values import Either, Entry, Nothing, Table, Value

BlockReader = Callable[[Block, Scope], Value]
"""Makes the value of one block, in its scope."""


class Expansion:
    """Reads nested blocks."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def nested(
        self,
        block: Block,
        type_: str,
        scope: Scope,
        read: BlockReader,
    ) -> Iterator[Value]:
        """What the blocks of a type are, those that a `dynamic` block makes among them."""
        body = block.body
        listed = [
            (each.position, each)
            for each in (*body.inner(type_), *body.inner("dynamic"))
            if each.type == type_ or each.labels == (type_,) or body.is_json
        ]
        for _, each in sorted(listed, key=lambda pair: pair[0]):
            if each.type == type_:
                yield read(each, scope)
            elif body.is_json and not each.labels:
                for inner in each.body.inner(type_):
                    yield from self._dynamic(replace(inner, labels=(type_,)), scope, read)
            else:
                yield from self._dynamic(each, scope, read)

    def _dynamic(self, block: Block, scope: Scope, read: BlockReader) -> Iterator[Value]:
        contents = block.body.inner("content")
        written = block.body.attributes.get("for_each")
        if not contents or written is None:
            return
        iterator = block.body.attributes.get("iterator")
        name = block.labels[0]
        if iterator is not None:
            source = self._evaluator.module.document.text or ""
            name = source[iterator.span.start : iterator.span.end].strip('"')
        yield from self._turns(name, written, contents[0], scope, read)

    def _turns(
        self,
        name: str,
        written: Expression,
        content: Block,
        scope: Scope,
        read: BlockReader,
    ) -> Iterator[Value]:
        value = self._evaluator.evaluate(written, scope)
        yield from self._turns_of(value, name, written, content, scope, read)

    def _turns_of(
        self,
        value: Value,
        name: str,
        written: Expression,
        content: Block,
        scope: Scope,
        read: BlockReader,
    ) -> Iterator[Value]:
        if isinstance(value, Either):
            nothing = Nothing(content.position)
            for branch, is_true in ((value.if_true, True), (value.if_false, False)):
                for made in self._turns_of(branch, name, written, content, scope, read):
                    yes, no = (made, nothing) if is_true else (nothing, made)
                    yield Either(value.condition, yes, no, content.position)
            return
        turns = self._evaluator.turns(value)
        if turns is not None:
            for key, item in turns:
                each = Table(
                    (Entry("key", key.position, key), Entry("value", item.position, item)),
                    item.position,
                )
                yield read(content, scope.bind({name: each}))
            return
        yield self._unknown_turns(name, written, content, scope, read)

    def _unknown_turns(
        self,
        name: str,
        written: Expression,
        content: Block,
        scope: Scope,
        read: BlockReader,
    ) -> Value:
        """One turn for all of them, which may not be there at all."""
        start = written.span.start
        source = " ".join(self._evaluator.source(written).split())
        owner = f"{scope.owner}[{name} in {source}]"
        reason = "another value for each item of a collection that is not known"
        evaluator = self._evaluator
        parts = (
            Entry(part, start, evaluator.named(f"{owner}.{part}", reason, start))
            for part in ("key", "value")
        )
        inner = replace(scope, owner=owner).bind({name: Table(tuple(parts), start)}, varies=True)
        text = evaluator.named_condition(f"any {owner}", "a collection that is not known", start)
        return Either(text, read(content, inner), Nothing(content.position), content.position)
