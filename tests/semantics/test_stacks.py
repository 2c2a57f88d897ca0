"""Stacks, concretely: what the decision table and the cases do not show."""

from __future__ import annotations

from typing import Any

import pytest

import iamlogic as il

ACCOUNT = "111122223333"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BUCKET = "arn:aws:s3:::b/x"


def policy(*statements: dict[str, Any], file: str | None = None) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)}, file=file)


def allow(action: str, **further: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **further}


def deny(action: str, **further: object) -> dict[str, Any]:
    return {**allow(action, **further), "Effect": "Deny"}


DEV = policy(allow("s3:*"), allow("iam:*"), file="dev.json")
FULL = policy(allow("*"), file="full.json")
NO_IAM = policy(allow("*"), deny("iam:*"), file="org.json")
ONLY_EC2 = policy(allow("ec2:*"), file="unit.json")


@pytest.mark.parametrize(
    ("path", "outcome"),
    [("aws-service-role/x.amazonaws.com/", "ALLOWED"), ("service-role/", "IMPLICITLY_DENIED")],
)
def test_a_path_makes_a_role_service_linked(path: str, outcome: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/{path}app"
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s"
    stack = il.PolicySet(identity=[DEV], scps=[[ONLY_EC2]])
    for principal, context in ((role, {}), (session, {"aws:PrincipalArn": role})):
        request = il.Request(principal, "s3:GetObject", BUCKET, context)
        assert il.evaluate(stack, request).outcome.name == outcome


def test_the_sentence_names_what_allows_and_what_does_not() -> None:
    stack = il.PolicySet(identity=[DEV], scps=[[FULL], [ONLY_EC2]])
    decision = il.evaluate(stack, il.Request(ALICE, "iam:CreateUser", "*"))
    assert decision.outcome is il.Outcome.IMPLICITLY_DENIED
    assert decision.statements == ()
    assert decision.reason == (
        "allowed by the identity policy (dev.json: Statement[1]), but no service control policy "
        "of level 2 (unit.json) allows iam:CreateUser"
    )
    (silent,) = decision.deciding
    assert (silent.layer.type, silent.layer.level) == (il.PolicyType.SCP, 1)


def test_a_deny_is_told_with_its_layer_whatever_else_allows() -> None:
    stack = il.PolicySet(identity=[DEV], boundary=FULL, scps=[[NO_IAM]])
    decision = il.evaluate(stack, il.Request(ALICE, "iam:CreateUser", "*"))
    assert decision.reason == (
        "denied by the service control policy of level 1 (org.json: Statement[1])"
    )
    assert decision.statements == (NO_IAM.statements[1],)


def test_what_let_it_pass_is_told_when_it_is_allowed() -> None:
    stack = il.PolicySet(identity=[DEV], boundary=FULL)
    decision = il.evaluate(stack, il.Request(ALICE, "s3:GetObject", BUCKET))
    assert decision.statements == (DEV.statements[0], FULL.statements[0])
    assert decision.reason == (
        "allowed by the identity policy (dev.json: Statement[0]) and the permissions boundary "
        "(full.json: Statement[0])"
    )
    assert il.evaluate(
        il.PolicySet(), il.Request(f"arn:aws:iam::{ACCOUNT}:root", "s3:GetObject", BUCKET)
    ).reason.startswith("allowed: the root user needs no policy")


def test_an_explanation_goes_layer_by_layer() -> None:
    stack = il.PolicySet(identity=[DEV], resource=None, scps=[[FULL], [NO_IAM]])
    decision = il.evaluate(stack, il.Request(ALICE, "iam:CreateUser", "*"))
    unmatched = 'does not match: action iam:CreateUser is not in Action "s3:*"'
    assert decision.explain().split("\n") == [
        f"EXPLICITLY_DENIED: iam:CreateUser on * by {ALICE}",
        "denied by the service control policy of level 2 (org.json: Statement[1])",
        "identity policy (dev.json): allows",
        f"  Allow statement 1 (dev.json: Statement[0]): {unmatched}",
        "  Allow statement 2 (dev.json: Statement[1]): matches",
        "resource policy (there is none): is silent, which does not count here",
        "service control policy of level 1 (full.json): allows",
        "  Allow statement 1 (full.json: Statement[0]): matches",
        "service control policy of level 2 (org.json): denies",
        "  Allow statement 1 (org.json: Statement[0]): matches",
        "  Deny statement 2 (org.json: Statement[1]): matches",
    ]
    assert "  yes  Action" in decision.explain(in_full=True)


def test_a_lone_decision_has_a_sentence_too() -> None:
    request = il.Request(ALICE, "iam:CreateUser", "*")
    assert il.evaluate(DEV, request).reason == "allowed by dev.json: Statement[1]"
    assert il.evaluate(NO_IAM, request).reason == "denied by org.json: Statement[1]"
    assert il.evaluate(ONLY_EC2, request).reason == "no statement allows iam:CreateUser"
    assert il.evaluate(DEV, request).findings == ()
