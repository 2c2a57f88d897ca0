"""A guardrail tried on its examples: what it must catch, what it must not, and what it can."""

from __future__ import annotations

from typing import Any

import pytest

import iamlogic as il

Json = dict[str, Any]

ALICE = "arn:aws:iam::111122223333:user/alice"
OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
SCOPE = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll-*/*", "Condition": OUTSIDE}
READ = il.Request(ALICE, "s3:GetObject", "arn:aws:s3:::payroll-1/a")
INSIDE = il.Request(
    ALICE, "s3:GetObject", "arn:aws:s3:::payroll-1/a", {"aws:PrincipalOrgID": "o-exampleorgid"}
)
WRITE = il.Request(ALICE, "s3:PutObject", "arn:aws:s3:::payroll-1/a")


def tried(
    scope: Json,
    caught: tuple[il.Request, ...] = (),
    passed: tuple[il.Request, ...] = (),
    demand: il.Demand = il.Demand.NEVER,
    types: tuple[il.PolicyType, ...] = (),
) -> il.Trial:
    given = il.Guardrail(
        "one", demand, il.Scope(scope), "why", types=types, caught=caught, passed=passed
    )
    return il.try_guardrail(given)


@pytest.mark.parametrize("demand", il.Demand)
def test_right_examples_are_right(demand: il.Demand) -> None:
    trial = tried(SCOPE, (READ,), (INSIDE, WRITE), demand)
    assert (trial.verdict, trial.wrong, trial.empty) == (il.Verdict.HOLDS, (), None)
    assert trial.examples == 3


def test_wrong_examples_are_told_with_their_reasons() -> None:
    trial = tried(SCOPE, (READ, INSIDE, WRITE), (WRITE, READ))
    assert trial.verdict is il.Verdict.FAILS
    assert [each.title for each in trial.wrong] == ["catches 2", "catches 3", "passes 2"]
    reasons = [each.reason for each in trial.wrong]
    assert reasons[0].startswith("it lies outside of the scope: Condition: StringNotEquals on aws")
    assert 'Action: s3:PutObject does not match "s3:GetObject"' in reasons[1]
    assert "StringNotEquals" not in reasons[1]  # that part holds
    assert reasons[2] == "it lies in the scope, of which everything is never to be allowed"


@pytest.mark.parametrize(
    ("scope", "request_", "reason"),
    [
        (
            {"Action": "s3:*", "Condition": {"Null": {"aws:SecureTransport": "true"}}},
            READ,
            "AWS never sends it, and no proof is about it: aws:SecureTransport",
        ),
        ({"Action": "s3:*"}, il.Request(ALICE, "s3:GetObject", "payroll"), "there is no such"),
        (
            {"Action": "s3:*"},
            il.Request(
                ALICE, "s3:GetObject", "*", {"aws:PrincipalOrgID": ["o-exampleorgid", "o-b"]}
            ),
            "there is no such",
        ),
    ],
)
def test_what_is_no_request_is_never_caught(scope: Json, request_: il.Request, reason: str) -> None:
    (wrong,) = tried(scope, (request_,)).wrong
    assert wrong.reason.startswith(reason)


def test_an_identity_policy_never_catches_a_service() -> None:
    service = il.Request("logging.s3.amazonaws.com", "s3:GetObject", "arn:aws:s3:::payroll-1/a")
    assert not tried(SCOPE, (service,)).wrong
    (wrong,) = tried(SCOPE, (service,), types=(il.PolicyType.IDENTITY,)).wrong
    assert wrong.reason == "a policy of its types says nothing to a requester of the kind service"


def test_a_role_stands_for_its_sessions() -> None:
    role = il.Request(
        "arn:aws:iam::111122223333:role/dev", "s3:GetObject", "arn:aws:s3:::payroll-1/a"
    )
    assert not tried(SCOPE, (role,)).wrong


@pytest.mark.parametrize(
    "scope",
    [
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3"},
        {"Action": []},
        {"Action": "*", "Condition": {"StringEquals": {"aws:PrincipalType": "Nobody"}}},
    ],
)
def test_a_scope_without_requests_guards_nothing(scope: Json) -> None:
    trial = tried(scope)
    assert (trial.verdict, trial.empty) == (il.Verdict.FAILS, "the scope holds no request")


def test_a_scope_of_services_is_empty_for_identity_policies() -> None:
    scope = {"Action": "*", "Principal": {"Service": "logging.s3.amazonaws.com"}}
    assert tried(scope).verdict is il.Verdict.HOLDS
    assert tried(scope, types=(il.PolicyType.IDENTITY,)).verdict is il.Verdict.FAILS


def test_a_policy_that_allows_exactly_the_example_is_caught() -> None:
    """What the trial decides by the scope is what the proofs decide about policies."""
    for request in (READ, INSIDE, WRITE):
        only = {
            "Effect": "Allow",
            "Principal": {"AWS": request.principal},
            "Action": request.action,
            "Resource": request.resource,
            "Condition": {
                "StringEquals": {key: list(request.values(key)) for key in request.context},
                "Null": {} if request.context else {"aws:PrincipalOrgID": "true"},
            },
        }
        policy = il.parse({"Version": "2012-10-17", "Statement": [only]})
        assert il.evaluate(policy, request).outcome is il.Outcome.ALLOWED
        given = il.Guardrail("one", il.Demand.NEVER, il.Scope(SCOPE), "why")
        is_caught = not tried(SCOPE, (request,)).wrong
        assert bool(il.check_guardrails(policy, [given])) is is_caught
