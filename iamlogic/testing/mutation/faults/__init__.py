"""Faults: what people get wrong in a policy, each a small change of one statement.

What a fault does to the meaning is not known here, and never assumed: whoever uses one has it
proved (`effect_of`). Faults work on decoded JSON, and leave whatever they do not change as it was
written: a text stays a text, a list a list. Entries that are no texts, such as the functions of a
template, are removed or replaced, never looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iamlogic.testing.mutation.faults.conditions import CONDITION_FAULTS
from iamlogic.testing.mutation.faults.entries import ENTRY_FAULTS
from iamlogic.testing.mutation.faults.principals import PRINCIPAL_FAULTS
from iamlogic.testing.mutation.faults.rewriting import FaultOperator
from iamlogic.testing.mutation.faults.values import VALUE_FAULTS
from iamlogic.testing.mutation.faults.whole import STATEMENT_FAULTS

__all__ = ["FAULTS", "Fault", "FaultOperator", "faults_of"]

FAULTS: dict[str, FaultOperator] = {
    each.name: each
    for each in (
        *STATEMENT_FAULTS,
        *ENTRY_FAULTS,
        *PRINCIPAL_FAULTS,
        *CONDITION_FAULTS,
        *VALUE_FAULTS,
    )
}
"""All kinds of faults by name; the gravest come first, by which drawn mutations shrink."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A policy with one fault.

    `statement` is the place of the statement that was changed, from 0; `words` say what was done up
    to the statement's name: "removed the condition Bool aws:SecureTransport of".
    """

    operator: str
    document: dict[str, Any]
    statement: int
    words: str


def faults_of(document: dict[str, Any], operator: FaultOperator) -> Iterator[Fault]:
    """The policy with each fault of a kind; the policy itself is left as it is."""
    given = document["Statement"]
    every = given if isinstance(given, list) else [given]
    for index, statement in enumerate(every):
        if not isinstance(statement, dict) or "Effect" not in statement:
            continue  # what a template's function makes of it, nobody knows
        for new, words in operator.on(statement):
            if new == [statement]:
                continue
            changed: object = [*every[:index], *new, *every[index + 1 :]]
            if not isinstance(given, list) and len(new) == 1:
                changed = new[0]
            yield Fault(operator.name, document | {"Statement": changed}, index, words)
