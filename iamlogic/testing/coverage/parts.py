"""The parts of a policy that a test can touch.

A statement is touched if it matches. An entry of one of its lists is touched if it decides: the
request has it and every other part of the statement matches; of a negated list (`NotAction`) it is
the exception that keeps the statement from matching. A condition has up to three branches: it held,
it did not hold, its key was absent; each is touched if all else in the statement matches.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import Where
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Policy, Statement


class Element(Enum):
    """What kind of part it is; the value is what people call several of them."""

    STATEMENT = "statements"
    ACTION = "actions"
    RESOURCE = "resources"
    PRINCIPAL = "principals"
    HELD = "conditions that held"
    NOT_HELD = "conditions that did not hold"
    ABSENT = "conditions without their key"


BRANCHES = {Element.HELD: "held", Element.NOT_HELD: "not held", Element.ABSENT: "key absent"}
"""How the branches of conditions are called beside their condition."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part by its place: the statement's, and the entry's or condition's there, from 0."""

    statement: int
    element: Element
    index: int = 0


def parts_of(policy: Policy) -> Iterator[Part]:
    """All parts of a policy, in the order of its statements."""
    for number, statement in enumerate(policy.statements):
        yield from parts_of_statement(statement, number)


def parts_of_statement(statement: Statement, number: int) -> Iterator[Part]:
    """The statement itself first."""
    yield Part(number, Element.STATEMENT)
    lists = {
        Element.PRINCIPAL: statement.principals.entries if statement.principals else (),
        Element.ACTION: statement.actions.patterns,
        Element.RESOURCE: statement.resources.patterns if statement.resources else (),
    }
    for element, entries in lists.items():
        yield from (Part(number, element, index) for index in range(len(entries)))
    for index, condition in enumerate(statement.conditions):
        yield from (Part(number, branch, index) for branch in branches_of(condition))


def branches_of(condition: Condition) -> tuple[Element, ...]:
    """Null asks of the key itself, so that its absence is no branch of its own."""
    if condition.operator.base.family is Family.NULL:
        return Element.HELD, Element.NOT_HELD
    return Element.HELD, Element.NOT_HELD, Element.ABSENT


def where_of(policy: Policy, part: Part) -> Where:
    """Where a part stands; the branches of a condition stand at its key."""
    statement = policy.statements[part.statement]
    match part.element:
        case Element.STATEMENT:
            return statement.where
        case Element.ACTION:
            return statement.actions.patterns[part.index].where
        case Element.RESOURCE:
            assert statement.resources is not None
            return statement.resources.patterns[part.index].where
        case Element.PRINCIPAL:
            assert statement.principals is not None
            return statement.principals.entries[part.index].where
        case Element.HELD | Element.NOT_HELD | Element.ABSENT:
            return statement.conditions[part.index].where


def text_of(policy: Policy, part: Part) -> str:
    """What is written there, of a condition its key."""
    statement = policy.statements[part.statement]
    match part.element:
        case Element.STATEMENT:
            return statement.sid or f"statement {part.statement + 1}"
        case Element.ACTION:
            return statement.actions.patterns[part.index].text
        case Element.RESOURCE:
            assert statement.resources is not None
            return statement.resources.patterns[part.index].text
        case Element.PRINCIPAL:
            assert statement.principals is not None
            return statement.principals.entries[part.index].text
        case Element.HELD | Element.NOT_HELD | Element.ABSENT:
            return statement.conditions[part.index].key
