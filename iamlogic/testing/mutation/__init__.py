"""Operators that mutate a policy, with the relation that the two policies must then have.

The relation is known by construction, never by asking iamlogic: an operator changes one part in a
known direction, and applies only where `certainty` says that the change must show in the whole.
`OPERATORS` maps each name to a function from a policy (decoded JSON) to pairs of policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from .certainty import can_match, own_action, visible
from .conditions import ITEM_OPERATORS, ItemOperator
from .documents import Change, Document, Item, items, replaced, statements, with_items
from .parts import PART_OPERATORS, conditions_for
from .rewriting import REWRITING_OPERATORS
from .sentences import REWRITINGS, SENTENCES
from .spelling import SPELLING_OPERATORS, StatementOperator
from .structure import STRUCTURE_OPERATORS, PolicyOperator
from .values import VALUE_OPERATORS, ValueOperator
from .variables import OWN_VARIABLE_OPERATORS, PLANTED_OPERATORS

__all__ = [
    "OPERATORS",
    "REWRITINGS",
    "SENTENCES",
    "Change",
    "Document",
    "Mutant",
    "with_a_condition",
]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy, its mutation, and how the second is related to the first."""

    before: Document
    after: Document
    expected: Change


Operator = Callable[[Document], Iterator[Mutant]]


def _of_policy(operator: PolicyOperator, document: Document) -> Iterator[Mutant]:
    for after, change in operator(document):
        yield Mutant(document, after, change)


def _of_statement(operator: StatementOperator, document: Document) -> Iterator[Mutant]:
    for index, statement in enumerate(statements(document)):
        for new, change in operator(statement):
            if change is Change.SAME or visible(document, index):
                yield _mutant(document, index, new, change)


def _of_item(operator: ItemOperator, document: Document) -> Iterator[Mutant]:
    for index, statement in enumerate(statements(document)):
        block = items(statement)
        if not block or not visible(document, index):
            continue
        for place, item in enumerate(block):
            for new, change in operator(item):
                mutated = with_items(statement, [*block[:place], *new, *block[place + 1 :]])
                yield _mutant(document, index, mutated, change)


def _of_values(operator: ValueOperator, document: Document) -> Iterator[Mutant]:
    def on_item(item: Item) -> Iterator[tuple[list[Item], Change]]:
        for values, change in operator(item):
            negated = item.operator.base.negated
            yield [Item(item.name, item.key, values)], change.inverse if negated else change

    yield from _of_item(on_item, document)


def _mutant(document: Document, index: int, new: dict[str, object], change: Change) -> Mutant:
    """What makes an Allow wider makes the policy wider; a Deny, narrower."""
    allows = statements(document)[index]["Effect"] == "Allow"
    return Mutant(document, replaced(document, index, new), change if allows else change.inverse)


def _of_pairs(
    operator: Callable[[Document], Iterator[tuple[Document, Document, Change]]],
    document: Document,
) -> Iterator[Mutant]:
    for before, after, change in operator(document):
        yield Mutant(before, after, change)


OPERATORS: dict[str, Operator] = {
    **{
        name: partial(_of_policy, each)
        for name, each in (STRUCTURE_OPERATORS | REWRITING_OPERATORS).items()
    },
    **{
        name: partial(_of_statement, each)
        for name, each in (PART_OPERATORS | SPELLING_OPERATORS).items()
    },
    **{name: partial(_of_item, each) for name, each in ITEM_OPERATORS.items()},
    **{name: partial(_of_values, each) for name, each in VALUE_OPERATORS.items()},
    **{name: partial(_of_policy, each) for name, each in OWN_VARIABLE_OPERATORS.items()},
    **{name: partial(_of_pairs, each) for name, each in PLANTED_OPERATORS.items()},
}
"""All operators by name."""


def with_a_condition(document: Document) -> Iterator[Document]:
    """The policy with one more condition in a statement that shows: more for operators to do."""
    for index, statement in enumerate(statements(document)):
        if own_action(document, index) and can_match(document, index):
            for longer in conditions_for(statement):
                yield replaced(document, index, longer)
