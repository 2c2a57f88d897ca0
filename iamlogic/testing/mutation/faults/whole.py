"""Faults of a whole statement, and of its elements turned around."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from iamlogic.testing.mutation.faults.rewriting import (
    FaultOperator,
    Faults,
    Statement,
    renamed,
    without,
)


def _removed(_: Statement) -> Faults:
    yield [], "removed"


def _flipped(statement: Statement) -> Faults:
    match statement["Effect"]:
        case "Allow":
            yield [statement | {"Effect": "Deny"}], "made a Deny of"
        case "Deny":
            yield [statement | {"Effect": "Allow"}], "made an Allow of"


def _without_conditions(statement: Statement) -> Faults:
    """One condition that goes is a fault of its own."""
    block = statement.get("Condition")
    if isinstance(block, dict) and sum(map(_size, block.values())) > 1:
        yield [without(statement, "Condition")], "removed all conditions of"


def _size(keys: object) -> int:
    return len(keys) if isinstance(keys, dict) else 1


def _turned(statement: Statement, *, element: str) -> Faults:
    for old, new in ((element, f"Not{element}"), (f"Not{element}", element)):
        if old in statement and new not in statement:
            yield [renamed(statement, old, new)], f"turned {old} into {new} in"


def _turn(element: str) -> Callable[[Statement], Faults]:
    return partial(_turned, element=element)


STATEMENT_FAULTS = (
    FaultOperator("statement removed", "A statement is gone.", _removed),
    FaultOperator("effect flipped", "An Allow becomes a Deny, or a Deny an Allow.", _flipped),
    FaultOperator(
        "all conditions removed", "A statement loses its whole Condition.", _without_conditions
    ),
    FaultOperator("Action for NotAction", "Action and NotAction are mixed up.", _turn("Action")),
    FaultOperator(
        "Resource for NotResource", "Resource and NotResource are mixed up.", _turn("Resource")
    ),
    FaultOperator(
        "Principal for NotPrincipal", "Principal and NotPrincipal are mixed up.", _turn("Principal")
    ),
)
