"""What a policy, or a stack of policies, says to a request: the door to the evaluator.

A lone policy denies if a Deny statement matches, else allows if an Allow statement does, else
denies by silence (R-E20). The order of statements does not matter. How the policies of a stack
decide together is in `stacks`.
"""

from __future__ import annotations

from iamlogic.semantics.decision import Decision, Outcome
from iamlogic.semantics.request import Request
from iamlogic.semantics.stacks import decide
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.policy import Effect, Policy
from iamlogic.syntax.policy_set import PolicySet


def evaluate(policy: Policy | PolicySet, request: Request) -> Decision:
    """What comes of `request`, under one policy alone or under a stack of them."""
    if isinstance(policy, PolicySet):
        return decide(policy, request)
    matching = [s for s in policy.statements if statement_matches(s, request)]
    denials = tuple(s for s in matching if s.effect is Effect.DENY)
    if denials:
        return Decision(Outcome.EXPLICITLY_DENIED, denials, policy, request)
    if matching:
        return Decision(Outcome.ALLOWED, tuple(matching), policy, request)
    return Decision(Outcome.IMPLICITLY_DENIED, (), policy, request)


def allows(policy: Policy | PolicySet, request: Request) -> bool:
    """Whether `request` is allowed by `policy`, alone (R-E20) or as a stack (R-E1)."""
    return evaluate(policy, request).outcome is Outcome.ALLOWED
