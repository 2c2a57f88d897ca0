"""What a policy denies, whatever it allows: it may only be there to overrule others.

Two policies that allow the same may deny other requests, which others allow: an SCP, or an identity
policy beside further ones. Beside an Allow of everything the Denies alone decide, so that what they
deny is compared as what is allowed then.
"""

from __future__ import annotations

from dataclasses import replace

from iamlogic.questions.compare import Comparison, compare
from iamlogic.syntax.policy import (
    Actions,
    Effect,
    Policy,
    PolicyKind,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Resources,
    Statement,
    Text,
)


def allowing_all(policy: Policy) -> Policy:
    """The policy beside an Allow of everything, so that its Denies alone decide."""
    every = (Text("*"),)
    statement = Statement(Effect.ALLOW, Actions(every), Resources(every))
    if policy.kind is PolicyKind.RESOURCE:
        everybody = Principal(PrincipalType.ANY, PrincipalForm.EVERYONE, "*")
        statement = Statement(Effect.ALLOW, Actions(every), None, Principals((everybody,)))
    return replace(policy, statements=(*policy.statements, statement))


def compare_denials(
    before: Policy, after: Policy, *, timeout: float | None = None
) -> Comparison | None:
    """The comparison of what is denied; None where both have the same Denies."""
    denies = [[s for s in side.statements if s.effect is Effect.DENY] for side in (before, after)]
    if denies[0] == denies[1] and before.version == after.version:
        return None
    return compare(allowing_all(before), allowing_all(after), timeout=timeout)
