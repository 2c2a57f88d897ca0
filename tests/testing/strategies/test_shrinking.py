"""What examples shrink to: the plainest thing that still has what the test is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import find, settings
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import Condition, Effect
from iamlogic.testing.strategies import (
    accounts,
    action_patterns,
    actions,
    arns,
    conditions,
    documents,
    ip_networks,
    own_policies,
    policies,
    policy_pairs,
    principals,
    scopes,
    stacks,
    statement_documents,
    statements,
)

_Drawn = TypeVar("_Drawn")
HERE = "111122223333"
PLAINEST = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::reports/*",
}


def smallest(
    strategy: SearchStrategy[_Drawn], having: Callable[[_Drawn], bool] = lambda _: True
) -> _Drawn:
    patient = settings(max_examples=2_000, database=None, derandomize=True, deadline=None)
    return find(strategy, having, settings=patient)


def written(policy: il.Policy) -> list[object]:
    found: list[object] = json.loads(il.format(policy))["Statement"]
    return found


SMALLEST: dict[str, tuple[SearchStrategy[object], object]] = {
    "accounts": (accounts(), HERE),
    "actions": (actions(), "s3:GetObject"),
    "action_patterns": (action_patterns(), "s3:GetObject"),
    "arns": (arns(), "arn:aws:s3:::reports"),
    "arns, patterns": (arns("sns", patterns=True), f"arn:aws:sns:eu-west-1:{HERE}:alarms"),
    "ip_networks": (ip_networks(), "10.0.0.0/8"),
    "principals": (principals(), "*"),
    "conditions": (conditions(), {}),
    "conditions, one": (
        conditions(min_size=1),
        {"StringEquals": {"aws:PrincipalOrgID": ["o-exampleorgid"]}},
    ),
    "documents": (documents(), {"Version": "2012-10-17", "Statement": [PLAINEST]}),
    "statement_documents": (
        statement_documents(),
        {name: value if name == "Effect" else [value] for name, value in PLAINEST.items()},
    ),
    "stacks": (stacks(), il.PolicySet()),
}


@pytest.mark.parametrize("name", SMALLEST)
def test_the_smallest_draw(name: str) -> None:
    strategy, expected = SMALLEST[name]
    assert smallest(strategy) == expected


def test_a_strategy_has_a_short_name() -> None:
    # hypothesis warns of long ones, and it writes them in its own messages
    assert max(len(repr(strategy)) for strategy, _ in SMALLEST.values()) < 10_000


def test_the_smallest_policy_is_one_plain_statement() -> None:
    policy = smallest(policies())
    assert written(policy) == [PLAINEST]
    assert (policy.statements[0],) == (smallest(statements()),)


@pytest.mark.parametrize("kind", il.PolicyKind)
def test_a_policy_shrinks_to_the_part_that_matters(kind: il.PolicyKind) -> None:
    # Between the kinds hypothesis does not always find its way.
    everybody = {"Principal": "*"} if kind is il.PolicyKind.RESOURCE else {}

    def denies_under_a_condition(policy: il.Policy) -> bool:
        return any(s.effect is Effect.DENY and s.conditions for s in policy.statements)

    *others, denying = written(smallest(policies(kind=kind), denies_under_a_condition))
    assert others in ([], [PLAINEST | everybody])  # a plain one before it can stay
    assert denying == (
        PLAINEST
        | everybody
        | {
            "Effect": "Deny",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
        }
    )


def test_a_condition_shrinks_to_the_first_key_that_takes_its_operator() -> None:
    def compares_addresses(condition: Condition) -> bool:
        return str(condition.operator) == "ForAnyValue:NotIpAddressIfExists"

    found = smallest(
        policies(), lambda p: any(compares_addresses(c) for s in p.statements for c in s.conditions)
    )
    assert written(found) == [
        PLAINEST
        | {"Condition": {"ForAnyValue:NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}}}
    ]


def test_the_smallest_scope_is_one_action_on_one_resource() -> None:
    assert smallest(scopes()) == il.Scope({k: v for k, v in PLAINEST.items() if k != "Effect"})


def test_the_smallest_policy_of_a_requester_allows_everything() -> None:
    assert written(smallest(own_policies())) == [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}
    ]


def test_a_stack_shrinks_to_the_layer_that_matters() -> None:
    found = smallest(
        stacks(layers=["identity", "boundary"]), lambda stack: stack.boundary is not None
    )
    assert found == il.PolicySet(boundary=smallest(own_policies()))


def test_a_pair_shrinks_to_one_difference() -> None:
    before, after = smallest(policy_pairs(), lambda pair: pair[0] != pair[1])
    alike = [written(policy) for policy in (before, after)]
    assert sorted(alike, key=str) == [[PLAINEST], [PLAINEST | {"Effect": "Deny"}]]
