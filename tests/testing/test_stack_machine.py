"""A stack that is edited at random: what every edit, comparison and answer must keep.

Policies are attached to, detached from and changed in each layer. After each edit the comparison
with the stack before is held against what such an edit can do at all, and its examples against the
evaluator.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

import iamlogic as il
from iamlogic.semantics.requester import RequesterKind
from iamlogic.syntax.policy import Effect
from iamlogic.testing.strategies import own_policies, rcps, requests, resource_policies

SECONDS = 5.0
NEVER_GAINS = {il.Relation.EQUIVALENT, il.Relation.LESS_PERMISSIVE, il.Relation.UNKNOWN}
NEVER_LOSES = {il.Relation.EQUIVALENT, il.Relation.MORE_PERMISSIVE, il.Relation.UNKNOWN}
SAME = {il.Relation.EQUIVALENT, il.Relation.UNKNOWN}
ANYTHING = set(il.Relation)
ASKING = {RequesterKind.USER, RequesterKind.ROLE_SESSION}

denies = own_policies().map(
    lambda policy: replace(
        policy, statements=tuple(replace(s, effect=Effect.DENY) for s in policy.statements)
    )
)


def has_denies(policy: il.Policy) -> bool:
    return any(statement.effect is Effect.DENY for statement in policy.statements)


class StackMachine(RuleBasedStateMachine):
    """The stack, and the rules by which it is edited."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = il.PolicySet()

    def becomes(self, after: il.PolicySet, possible: set[il.Relation]) -> None:
        """The stack is edited: the comparison is possible, and its examples are confirmed."""
        before, self.stack = self.stack, after
        comparison = il.compare(before, after, timeout=SECONDS)
        assert comparison.relation in possible
        for earlier, later, account in (
            (before, after, comparison.gained),
            (after, before, comparison.lost),
        ):
            for difference in account:
                assert il.evaluate(later, difference.witness).outcome is il.Outcome.ALLOWED
                assert il.evaluate(earlier, difference.witness).outcome is not il.Outcome.ALLOWED

    @rule(policy=own_policies())
    def an_identity_policy_without_deny_takes_nothing_away(self, policy: il.Policy) -> None:
        after = replace(self.stack, identity=(*self.stack.identity, policy))
        # Whom a stack without identity policies is about, one with them need not be (R-E24).
        is_first = not self.stack.identity
        self.becomes(after, ANYTHING if has_denies(policy) or is_first else NEVER_LOSES)

    @rule(policy=denies)
    @precondition(lambda self: self.stack.identity)
    def an_identity_policy_that_denies_gives_nothing(self, policy: il.Policy) -> None:
        after = replace(self.stack, identity=(*self.stack.identity, policy))
        self.becomes(after, NEVER_GAINS)

    @rule(data=st.data())
    @precondition(lambda self: self.stack.identity)
    def an_identity_policy_is_detached_and_attached_again(self, data: st.DataObject) -> None:
        policy = data.draw(st.sampled_from(self.stack.identity))
        rest = list(self.stack.identity)
        rest.remove(policy)
        before, detached = self.stack, replace(self.stack, identity=tuple(rest))
        possible = ANYTHING if has_denies(policy) or not rest else NEVER_GAINS
        self.becomes(detached, possible)
        again = il.compare(before, replace(detached, identity=(policy, *rest)), timeout=SECONDS)
        assert again.relation in SAME
        if data.draw(st.booleans()):
            self.stack = before

    @rule(policy=own_policies())
    @precondition(lambda self: self.stack.boundary is None)
    def a_boundary_grants_nothing(self, policy: il.Policy) -> None:
        self.becomes(replace(self.stack, boundary=policy), self.if_there_are_own(NEVER_GAINS))

    @rule()
    @precondition(lambda self: self.stack.boundary is not None)
    def without_its_boundary_nothing_is_lost(self) -> None:
        self.becomes(replace(self.stack, boundary=None), self.if_there_are_own(NEVER_LOSES))

    def if_there_are_own(self, possible: set[il.Relation]) -> set[il.Relation]:
        """Whom a stack is about depends on whether it has policies of a requester (R-E24)."""
        return possible if self.stack.identity else ANYTHING

    @rule(policy=own_policies())
    def a_level_of_scps_grants_nothing(self, policy: il.Policy) -> None:
        self.becomes(replace(self.stack, scps=(*self.stack.scps, (policy,))), NEVER_GAINS)

    @rule(data=st.data(), policy=denies)
    @precondition(lambda self: self.stack.scps)
    def an_scp_that_denies_grants_nothing(self, data: st.DataObject, policy: il.Policy) -> None:
        levels = list(self.stack.scps)
        place = data.draw(st.integers(0, len(levels) - 1))
        levels[place] = (*levels[place], policy)
        self.becomes(replace(self.stack, scps=tuple(levels)), NEVER_GAINS)

    @rule(data=st.data())
    @precondition(lambda self: self.stack.scps)
    def without_a_level_of_scps_nothing_is_lost(self, data: st.DataObject) -> None:
        levels = list(self.stack.scps)
        del levels[data.draw(st.integers(0, len(levels) - 1))]
        self.becomes(replace(self.stack, scps=tuple(levels)), NEVER_LOSES)

    @rule(policy=rcps())
    def an_rcp_grants_nothing(self, policy: il.Policy) -> None:
        self.becomes(replace(self.stack, rcps=(*self.stack.rcps, (policy,))), NEVER_GAINS)

    @rule(policy=st.none() | resource_policies())
    def the_policy_of_the_resource_changes(self, policy: il.Policy | None) -> None:
        self.becomes(replace(self.stack, resource=policy), ANYTHING)

    @rule(data=st.data())
    def a_request_that_is_allowed_is_in_no_proof_of_never(self, data: st.DataObject) -> None:
        request = data.draw(requests(for_policy=self.stack))
        is_writable = request.action.count(":") == 1  # R-P16: of a scope's actions
        if request.requester.kind not in ASKING or not is_writable:
            return
        allowed = il.evaluate(self.stack, request).outcome is il.Outcome.ALLOWED
        scope = il.Scope({"Action": request.action, "Resource": request.resource})
        about = {"principal": request.principal, "resource_account": request.resource_owner}
        never = il.never_allows(self.stack, scope, **about, timeout=SECONDS)
        always = il.always_allows(self.stack, scope, **about, timeout=SECONDS)
        wrong = never if allowed else always
        assert wrong.verdict is not il.Verdict.HOLDS


NIGHTLY = settings.get_current_profile_name() == "nightly"

TestStackMachine = StackMachine.TestCase
TestStackMachine.settings = settings(
    max_examples=200 if NIGHTLY else 10,
    stateful_step_count=12 if NIGHTLY else 6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
