"""The evaluator as a whole: what decides, what never matters (R-E20)."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from iamlogic.semantics import Outcome, Request, allows, evaluate
from iamlogic.syntax.documents import parse

REQUEST = Request(
    principal="arn:aws:iam::111122223333:user/alice",
    action="s3:GetObject",
    resource="arn:aws:s3:::logs/a.txt",
)
NEVER = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}


def policy_with(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statements_of(draws: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    statement = st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Deny"]),
            "Action": st.lists(draws.map("s3:".__add__), min_size=1, max_size=3),
            "Resource": st.lists(draws.map("arn:aws:s3:::".__add__), min_size=1, max_size=3),
        }
    )
    return st.lists(statement, max_size=4)


policies = statements_of(st.sampled_from(["*", "Get*", "GetObject", "Put*", "logs/*", "l?gs/a*"]))


@given(policies, st.randoms(use_true_random=False))
def test_the_order_of_statements_and_values_never_matters(
    statements: list[dict[str, Any]], random: Random
) -> None:
    shuffled = [
        {k: random.sample(v, len(v)) if isinstance(v, list) else v for k, v in s.items()}
        for s in random.sample(statements, len(statements))
    ]
    before = evaluate(parse(policy_with(*statements)), REQUEST)
    assert evaluate(parse(policy_with(*shuffled)), REQUEST).outcome is before.outcome


@given(policies, policies)
def test_an_allow_never_loses_access_and_a_deny_never_gains(
    statements: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    before = allows(parse(policy_with(*statements)), REQUEST)
    grown = [*statements, *({**s, "Effect": "Allow"} for s in more)]
    shrunk = [*statements, *({**s, "Effect": "Deny"} for s in more)]
    assert allows(parse(policy_with(*grown)), REQUEST) >= before
    assert allows(parse(policy_with(*shrunk)), REQUEST) <= before


@given(policies)
def test_the_statements_that_decided_are_those_of_the_outcomes_effect(
    statements: list[dict[str, Any]],
) -> None:
    policy = parse(policy_with(*statements))
    decision = evaluate(policy, REQUEST)
    alone = [replace(policy, statements=(s,)) for s in decision.statements]
    assert all(evaluate(p, REQUEST).outcome is decision.outcome for p in alone)
    assert bool(decision.statements) is (decision.outcome is not Outcome.IMPLICITLY_DENIED)


def test_the_denying_statements_decide_though_others_allow() -> None:
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    policy = parse(policy_with(allow, {**allow, "Effect": "Deny"}, NEVER))
    decision = evaluate(policy, REQUEST)
    assert decision.outcome is Outcome.EXPLICITLY_DENIED
    assert decision.statements == (policy.statements[1],)


def test_a_decision_is_a_value() -> None:
    policy = parse(policy_with(NEVER))
    decision = evaluate(policy, REQUEST)
    copy = pickle.loads(pickle.dumps(decision))  # noqa: S301 (our own bytes)
    assert copy == decision == evaluate(policy, REQUEST)
    assert hash(decision) == hash(evaluate(policy, REQUEST))


def test_a_small_policy_is_evaluated_in_milliseconds() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}
    allow = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::l*"}
    policy = parse(policy_with({**allow, "Condition": condition}, NEVER))
    start = time.process_time()
    for _ in range(1_000):
        evaluate(policy, REQUEST)
    assert time.process_time() - start < 6  # a tenth of that on a quiet machine
