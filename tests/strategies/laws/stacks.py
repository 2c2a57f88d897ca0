"""Laws of how layers combine (section 6): two stacks, and which relations the law leaves open.

A law draws `Related` stacks. What it says of the relation holds of every single request as well:
if nothing may be gained, no request that the first refuses is allowed by the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import iamlogic as il
from iamlogic.syntax.policy import Effect, Policy, PolicyKind, Statement
from iamlogic.testing.strategies.stacks import (
    FULL_ACCESS,
    FULL_ACCESS_FOR_ALL,
    endpoint_policies,
    guarded_policies,
    levels_of_rcps,
    levels_of_scps,
    own_policies,
    rcps,
    resource_policies,
    stacks,
)
from iamlogic.testing.strategies.vocabulary import CANONICAL, HERE, THERE
from tests.strategies.stacked import STACKED


@dataclass(frozen=True, slots=True)
class Related:
    """Two stacks of which the second may gain, or lose, only if that is said."""

    before: il.PolicySet
    after: il.PolicySet
    may_gain: bool = False
    may_lose: bool = False


Law = Callable[[DrawFn], Related]


def a_stack_is_itself(draw: DrawFn) -> Related:
    stack = draw(stacks(STACKED))
    return Related(stack, replace(stack, file="another.json"))


def fewer_denies_of_scps_never_lose(draw: DrawFn) -> Related:  # R-E1
    stack = replace(draw(stacks(STACKED)), scps=draw(levels_of_scps(STACKED)))
    allowing = [[_only(policy, Effect.ALLOW) for policy in level] for level in stack.scps]
    return Related(stack, replace(stack, scps=allowing), may_gain=True)


def one_more_level_never_gains(draw: DrawFn) -> Related:  # R-E4, R-E5
    stack = draw(stacks(STACKED))
    if draw(st.booleans()):
        level = draw(st.lists(own_policies(STACKED), max_size=2))
        return Related(stack, replace(stack, scps=[*stack.scps, level]), may_lose=True)
    level = draw(st.lists(rcps(STACKED), max_size=2))
    return Related(stack, replace(stack, rcps=[*stack.rcps, level]), may_lose=True)


def a_level_that_allows_all_says_nothing(draw: DrawFn) -> Related:  # R-E4
    stack = draw(stacks(STACKED))
    place = draw(st.integers(0, len(stack.scps)))
    levels = [*stack.scps[:place], (FULL_ACCESS,), *stack.scps[place:]]
    return Related(stack, replace(stack, scps=levels))


def allows_of_rcps_say_nothing(draw: DrawFn) -> Related:  # R-E5
    stack = draw(stacks(STACKED))
    return Related(
        stack, replace(stack, rcps=[[*ps, FULL_ACCESS_FOR_ALL] for ps in stack.rcps] or [()])
    )


def neither_levels_nor_policies_have_an_order(draw: DrawFn) -> Related:  # R-E18
    stack = draw(stacks(STACKED))
    shuffled = {
        name: [
            draw(st.permutations(level)) for level in draw(st.permutations(getattr(stack, name)))
        ]
        for name in ("scps", "rcps")
    }
    return Related(
        stack, replace(stack, identity=draw(st.permutations(stack.identity)), **shuffled)
    )


def policies_of_a_layer_are_one(draw: DrawFn) -> Related:  # R-E2
    stack = draw(stacks(STACKED))
    merged = {
        "identity": [_merged(stack.identity)],
        "scps": [[_merged(level)] for level in stack.scps],
    }
    return Related(stack, replace(stack, **merged))


def a_boundary_never_gains(draw: DrawFn) -> Related:  # R-E7, R-E16, R-M12
    stack = draw(stacks(STACKED))
    boundary = draw(own_policies(STACKED))
    return Related(replace(stack, boundary=None), replace(stack, boundary=boundary), may_lose=True)


def a_wider_boundary_never_loses(draw: DrawFn) -> Related:  # R-E16
    stack, boundary = draw(stacks(STACKED)), draw(own_policies(STACKED))
    wider = _merged([boundary, _only(draw(own_policies(STACKED)), Effect.ALLOW)])
    return Related(replace(stack, boundary=boundary), replace(stack, boundary=wider), may_gain=True)


def an_endpoint_policy_never_gains(draw: DrawFn) -> Related:  # R-E17
    stack, policy = draw(stacks(STACKED)), draw(endpoint_policies(STACKED))
    before, after = (replace(stack, vpc_endpoint=each) for each in (None, policy))
    return Related(before, after, may_lose=True)


def one_more_allow_never_loses(draw: DrawFn) -> Related:  # R-E1, R-E2
    stack = draw(stacks(STACKED))
    if draw(st.booleans()):
        more = _only(draw(own_policies(STACKED)), Effect.ALLOW)
        return Related(stack, replace(stack, identity=[*stack.identity, more]), may_gain=True)
    more = _only(draw(resource_policies(STACKED)), Effect.ALLOW)
    policy = _merged([stack.resource or SILENT, more])
    return Related(stack, _with_resource(stack, policy), may_gain=True)


def one_more_deny_never_gains(draw: DrawFn) -> Related:  # R-E1
    stack = draw(stacks(STACKED))
    name = draw(st.sampled_from(["identity", "boundary", "session", "resource", "vpc_endpoint"]))
    policy = getattr(stack, name)
    if name == "identity":
        more = _only(draw(guarded_policies(STACKED, kind=PolicyKind.IDENTITY)), Effect.DENY)
        return Related(stack, replace(stack, identity=[*policy, more]), may_lose=True)
    if policy is None:
        return Related(stack, stack)
    more = _only(draw(guarded_policies(STACKED, kind=policy.kind)), Effect.DENY)
    if name == "resource":
        return Related(stack, _with_resource(stack, _merged([policy, more])), may_lose=True)
    return Related(stack, replace(stack, **{name: _merged([policy, more])}), may_lose=True)


def the_management_account_is_not_controlled(draw: DrawFn) -> Related:  # R-E3
    stack = replace(
        draw(stacks(STACKED)),
        scps=draw(levels_of_scps(STACKED)),
        rcps=draw(levels_of_rcps(STACKED)),
        management_account=True,
    )
    return Related(stack, replace(stack, scps=(), rcps=(), management_account=False))


def a_canonical_user_is_its_account(draw: DrawFn) -> Related:  # R-M8
    stack = replace(draw(stacks(STACKED)), canonical_users={})
    account = draw(st.sampled_from([HERE, THERE]))
    effect, element = draw(
        st.sampled_from([("Allow", "Principal"), ("Deny", "Principal"), ("Deny", "NotPrincipal")])
    )

    def naming(type_: str, *names: str) -> Policy:
        statement = {
            "Effect": effect,
            element: {type_: list(names), "Service": "ec2.amazonaws.com"},
            "Action": "*",
        }
        return il.parse({"Version": "2012-10-17", "Statement": statement})

    before = replace(
        stack, resource=naming("CanonicalUser", CANONICAL), canonical_users={CANONICAL: account}
    )
    return Related(before, replace(stack, resource=naming("AWS", account)))


def a_silent_layer_is_none(draw: DrawFn) -> Related:  # R-E2; not so a boundary, nor a level
    stack = draw(stacks(STACKED))
    if stack.resource is None and draw(st.booleans()):
        return Related(stack, replace(stack, identity=[*stack.identity, SILENT]))
    return Related(stack, replace(stack, rcps=[*stack.rcps, (SILENT_FOR_ALL,)]))


SILENT = il.parse({"Version": "2012-10-17", "Statement": []})

SILENT_FOR_ALL = il.parse(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Deny", "Principal": "*", "Action": "x:Y", "Resource": []},
    }
)


LAWS: tuple[Law, ...] = (
    a_stack_is_itself,
    fewer_denies_of_scps_never_lose,
    one_more_level_never_gains,
    a_level_that_allows_all_says_nothing,
    allows_of_rcps_say_nothing,
    neither_levels_nor_policies_have_an_order,
    policies_of_a_layer_are_one,
    a_boundary_never_gains,
    a_wider_boundary_never_loses,
    an_endpoint_policy_never_gains,
    one_more_allow_never_loses,
    one_more_deny_never_gains,
    the_management_account_is_not_controlled,
    a_canonical_user_is_its_account,
    a_silent_layer_is_none,
)


def _only(policy: Policy, effect: Effect) -> Policy:
    return replace(policy, statements=tuple(s for s in policy.statements if s.effect is effect))


def _merged(some: list[Policy] | tuple[Policy, ...]) -> Policy:
    kinds = [policy.kind for policy in some if policy.statements]
    statements: list[Statement] = [s for policy in some for s in policy.statements]
    kind = kinds[0] if kinds else PolicyKind.IDENTITY
    return replace(SILENT, statements=tuple(statements), kind=kind)


def _with_resource(stack: il.PolicySet, policy: Policy) -> il.PolicySet:
    """With a resource policy, or as it is where that would be a role's with resources (R-P6)."""
    try:
        return replace(stack, resource=policy)
    except il.PolicySyntaxError:
        return stack
