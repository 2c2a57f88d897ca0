"""What a policy says to a request: the whole evaluator.

A statement matches when its principal, action, resource and condition parts all match. A policy
denies if a Deny statement matches, else allows if an Allow statement does, else denies by silence
(R-E20). The order of statements does not matter. `Decision` keeps which statements decided.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.semantics.conditions import conditions_hold
from iamlogic.semantics.explain import explain_request, explain_statements
from iamlogic.semantics.matching import actions_match, resources_match
from iamlogic.semantics.principals import Strength, principal_strength
from iamlogic.semantics.reasons import explain_parts
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Effect, Policy, Statement


class Outcome(Enum):
    """What comes of a request (R-E1)."""

    ALLOWED = "ALLOWED"
    EXPLICITLY_DENIED = "EXPLICITLY_DENIED"
    IMPLICITLY_DENIED = "IMPLICITLY_DENIED"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one request under one policy.

    `statements` are those that decided, in the order of the policy: the Deny statements that
    matched, else the Allow statements that did; none if the policy is silent.
    """

    outcome: Outcome
    statements: tuple[Statement, ...]
    policy: Policy = field(repr=False)
    request: Request = field(repr=False)

    def explain(self, *, in_full: bool = False) -> str:
        """For people: the outcome, and of each statement whether it matched and, if not, why.

        In full, every part and every condition of a statement has its reason and rule.
        """
        headline = f"{self.outcome.value}: {explain_request(self.request)}"
        explained = explain_parts if in_full else explain_statements
        return "\n".join([headline, *explained(self.policy, self.request)])


def evaluate(policy: Policy, request: Request) -> Decision:
    """What `policy`, alone, says to `request`."""
    matching = [s for s in policy.statements if statement_matches(s, request)]
    denials = tuple(s for s in matching if s.effect is Effect.DENY)
    if denials:
        return Decision(Outcome.EXPLICITLY_DENIED, denials, policy, request)
    if matching:
        return Decision(Outcome.ALLOWED, tuple(matching), policy, request)
    return Decision(Outcome.IMPLICITLY_DENIED, (), policy, request)


def allows(policy: Policy, request: Request) -> bool:
    """Whether `policy`, alone, allows `request` (R-E20)."""
    return evaluate(policy, request).outcome is Outcome.ALLOWED


def statement_matches(statement: Statement, request: Request) -> bool:
    """Whether all four parts of a statement match, at any strength (R-M10, R-E20)."""
    return (
        actions_match(statement.actions, request)
        and resources_match(statement.resources, request)
        and principal_strength(statement, request.requester) is not Strength.NONE
        and conditions_hold(statement, request)
    )
