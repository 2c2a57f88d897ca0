"""The tally of a record: of each policy what requests touched, what proofs did, what nobody did.

Requests and proofs are kept apart: a proof over everything touches everything, and says nothing of
whether anybody ever tried a request. A branch that no request can take, such as the absence of a
key that every request has, is no part of the count.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from iamlogic.syntax.policy import Policy, Statement
from iamlogic.testing.coverage.parts import BRANCHES, Part, parts_of
from iamlogic.testing.coverage.proofs import Question, touched_by_proofs
from iamlogic.testing.coverage.recording import Asked, Key, Record

PATIENCE = 30.0
"""Seconds that it may take in all to find out what proofs touch. What is left over is unknown."""


@dataclass(frozen=True, slots=True)
class Covered:
    """One policy, with its parts as they were touched. `file` is None for one without.

    `unknown` are parts that no request touched, and of which it was not found out whether a proof
    does. `number` tells policies without a file apart, from 1.
    """

    policy: Policy
    file: str | None
    name: str
    number: int
    parts: tuple[Part, ...]
    by_requests: frozenset[Part]
    by_proofs: frozenset[Part]
    unknown: frozenset[Part]
    impossible: frozenset[Part]

    @property
    def touched(self) -> frozenset[Part]:
        return self.by_requests | self.by_proofs

    @property
    def missing(self) -> tuple[Part, ...]:
        """What neither a request nor a proof touched; that includes what is unknown."""
        return tuple(part for part in self.parts if part not in self.touched)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All policies; `left_out` is of how many without a file nothing was kept."""

    policies: tuple[Covered, ...]
    left_out: int = 0


def tally(record: Record, seconds: float = PATIENCE) -> Coverage:
    """What it all comes to. `seconds` is the time that proofs may take here, all together."""
    end = time.monotonic() + seconds
    numbered = 0
    found = []
    for key, asked in record.policies():
        numbered += key.file is None
        found.append(_covered(key, asked, numbered, end))
    return Coverage(tuple(found), len(record.left_out))


def _covered(key: Key, asked: Asked, number: int, end: float) -> Covered:
    parts = tuple(parts_of(key.policy))
    proofs = touched_by_proofs(key.policy, asked.questions, parts, end - time.monotonic())
    touched = asked.by_requests | proofs.parts
    open_ = {number for number, each in enumerate(key.policy.statements) if _is_open(each, asked)}
    unknown = {*proofs.unknown, *(part for part in parts if part.statement in open_)}
    impossible = _impossible(key.policy, parts, touched, open_, end)
    return Covered(
        policy=key.policy,
        file=key.file,
        name=asked.name,
        number=number,
        parts=tuple(part for part in parts if part not in impossible),
        by_requests=frozenset(asked.by_requests),
        by_proofs=proofs.parts,
        unknown=frozenset(unknown - touched if asked.questions else ()),
        impossible=impossible,
    )


def _is_open(statement: Statement, asked: Asked) -> bool:
    """Whether what a statement matches hangs on a value that nobody knows yet.

    A text that stands for the value is no value: that no request matches it says nothing.
    """
    texts = [*(statement.resources.patterns if statement.resources else ())]
    texts += statement.actions.patterns
    texts += (value for condition in statement.conditions for value in condition.values)
    names = [each.text for each in texts]
    names += (each.text for each in (statement.principals.entries if statement.principals else ()))
    return any(text in name for text in asked.left_open for name in names)


def _impossible(
    policy: Policy, parts: Iterable[Part], touched: set[Part], open_: set[int], end: float
) -> frozenset[Part]:
    """Branches that no request at all can take, in statements that somebody cared about."""
    cared = {part.statement for part in touched} - open_
    doubtful = {
        part
        for part in parts
        if part.element in BRANCHES and part.statement in cared and part not in touched
    }
    anything = touched_by_proofs(policy, [Question()], doubtful, end - time.monotonic())
    return frozenset(doubtful - anything.parts - anything.unknown)


def per_cent(touched: int, of: int) -> int:
    """Rounded such that 0 is nothing at all and 100 is everything; nothing of nothing is all."""
    if touched in {0, of}:
        return 100 if touched == of else 0
    return min(99, max(1, round(100 * touched / of)))
