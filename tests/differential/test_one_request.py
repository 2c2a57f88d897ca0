"""The evaluator and the formula say the same of every single request.

`fixed` also checks that the formula says exactly one of "allowed" and "not allowed": definitions
that contradict a real request would make it say neither.
"""

from __future__ import annotations

from hypothesis import given

from iamlogic.semantics import Request, allows
from iamlogic.symbolic.reference import fixed
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING, KEYS, MULTIVALUED, PRINCIPALS
from iamlogic.testing.strategies.policies import policies
from tests.differential.oracle import share
from tests.strategies.edge_requests import with_request


@share(100)
@given(with_request(policies(COLLIDING, kind=PolicyKind.IDENTITY)))
def test_identity_policies_mean_the_same_in_both(drawn: tuple[Policy, Request]) -> None:
    policy, request = drawn
    assert fixed(policy, request) == allows(policy, request)


@share(100)
@given(with_request(policies(COLLIDING, kind=PolicyKind.RESOURCE)))
def test_resource_policies_mean_the_same_in_both(drawn: tuple[Policy, Request]) -> None:
    policy, request = drawn
    assert fixed(policy, request) == allows(policy, request)


@share(500)
@given(with_request(policies(PRINCIPALS, kind=PolicyKind.RESOURCE, max_statements=2), PRINCIPALS))
def test_principals_mean_the_same_in_both(drawn: tuple[Policy, Request]) -> None:
    policy, request = drawn
    assert fixed(policy, request) == allows(policy, request)


@share(500)
@given(with_request(policies(KEYS, max_statements=2), KEYS))
def test_conditions_mean_the_same_in_both(drawn: tuple[Policy, Request]) -> None:
    policy, request = drawn
    assert fixed(policy, request) == allows(policy, request)


@share(100)
@given(with_request(policies(MULTIVALUED), MULTIVALUED))
def test_unqualified_operators_on_several_values_mean_the_same_in_both(
    drawn: tuple[Policy, Request],
) -> None:
    policy, request = drawn
    assert fixed(policy, request) == allows(policy, request)  # R-C6
