"""Does a guardrail catch what its author meant? It is tried on the examples given with it.

A request that it must catch has to lie in its scope, be one that AWS sends (proofs are about no
others), and be made by somebody whom its types of policies can say anything to: then a policy that
allows exactly this request breaks the guardrail. A request that it must not catch lies outside.
A scope that holds no request at all keeps nothing safe, whatever its examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.questions.answer import Verdict
from iamlogic.questions.guardrail import NAMELESS, Demand, Guardrail
from iamlogic.semantics.reasons import findings
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.world import (
    broken_facts,
    can_exist,
    is_compared,
    with_usual_context,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, PolicyKind


@dataclass(frozen=True, slots=True)
class WrongExample:
    """An example that a guardrail does not treat as it should; `number` counts from 1."""

    request: Request
    must_catch: bool
    number: int
    reason: str

    @property
    def title(self) -> str:
        return f"{'catches' if self.must_catch else 'passes'} {self.number}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What comes of a guardrail's examples, and of the guardrail by itself.

    `empty` says why the scope holds no request, or why that is not known (`is_unknown`).
    """

    guardrail: Guardrail
    wrong: tuple[WrongExample, ...]
    empty: str | None = None
    is_unknown: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.wrong or (self.empty and not self.is_unknown):
            return Verdict.FAILS
        return Verdict.UNKNOWN if self.is_unknown else Verdict.HOLDS

    @property
    def examples(self) -> int:
        return len(self.guardrail.caught) + len(self.guardrail.passed)


def try_guardrail(guardrail: Guardrail, *, timeout: float | None = None) -> Trial:
    """The guardrail held against its examples. `timeout` is in seconds."""
    from iamlogic.questions.permits import can  # loads z3

    answer = can(_anything(guardrail), guardrail.scope, timeout=timeout)
    empty = None if answer.verdict is Verdict.HOLDS else answer.reason
    unknown = answer.verdict is Verdict.UNKNOWN
    return Trial(guardrail, tuple(_wrong(guardrail)), empty, unknown)


def _anything(guardrail: Guardrail) -> Policy:
    """A policy that allows everything to everybody to whom the guardrail's policies speak."""
    text: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if _kind(guardrail) is PolicyKind.RESOURCE:
        text["Principal"] = "*"
    from iamlogic.syntax.documents import parse

    return parse({"Version": "2012-10-17", "Statement": [text]})


def _kind(guardrail: Guardrail) -> PolicyKind:
    nameless = bool(guardrail.types) and NAMELESS.issuperset(guardrail.types)
    return PolicyKind.IDENTITY if nameless else PolicyKind.RESOURCE


def _wrong(guardrail: Guardrail) -> Iterator[WrongExample]:
    for number, request in enumerate(guardrail.caught, 1):
        reason = _why_not_caught(guardrail, request)
        if reason is not None:
            yield WrongExample(request, must_catch=True, number=number, reason=reason)
    for number, request in enumerate(guardrail.passed, 1):
        if statement_matches(guardrail.scope.statement, request):
            demand = "is never to be" if guardrail.demand is Demand.NEVER else "is always to be"
            reason = f"it lies in the scope, of which everything {demand} allowed"
            yield WrongExample(request, must_catch=False, number=number, reason=reason)


def _why_not_caught(guardrail: Guardrail, request: Request) -> str | None:
    """Why a policy that decides about exactly this request would not break the guardrail."""
    scope = guardrail.scope.statement
    missed = [each for each in findings(scope, request) if not each.holds]
    if missed:
        reasons = "; ".join(f"{each.element}: {each.reason}" for each in missed)
        return f"it lies outside of the scope: {reasons}"
    kind = _kind(guardrail)
    is_role = request.requester.kind is RequesterKind.ROLE  # which stands for its sessions
    if not is_role and not is_compared(request, kind):
        who = request.requester.kind.value
        return f"a policy of its types says nothing to a requester of the kind {who}"
    asked = frozenset(fold(each.key) for each in scope.conditions)
    whole = with_usual_context(request, asked | {fold(key) for key in request.context})
    if not can_exist(whole, multivalued_keys([Policy((scope,))])):
        return "there is no such request: its action, resource or keys have not the form of any"
    broken = broken_facts(whole)
    if broken:
        facts = "; ".join(fact.value for fact in broken)
        return f"AWS never sends it, and no proof is about it: {facts}"
    return None
