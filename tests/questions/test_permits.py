"""never_allows, always_allows, can: verdicts, witnesses, reasons, and whom they range over."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

import iamlogic as il

ACCOUNT, OTHER = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/app"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BUCKET = "arn:aws:s3:::b/*"
QUESTIONS = (il.never_allows, il.always_allows, il.can)


def policy(*statements: dict[str, Any]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str = "*", **further: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(action: str | list[str], resource: str = "*", **further: object) -> dict[str, Any]:
    return {**allow(action, resource, **further), "Effect": "Deny"}


DEV = policy(allow(["s3:*", "iam:*"]))
FULL = policy(allow("*"))
NO_IAM = policy(allow("*"), deny("iam:*"))
ONLY_GET = policy(allow("s3:Get*"))
STACK = il.PolicySet(identity=[DEV], boundary=FULL, scps=[[NO_IAM]])


def scope(action: str, resource: str = "*", **further: object) -> il.Scope:
    return il.Scope({"Action": action, "Resource": resource, **further})


def test_never_holds_by_proof_and_names_the_denials_it_needs() -> None:
    answer = il.never_allows(STACK, scope("iam:PassRole"))
    assert (answer.verdict, answer.witness) == (il.Verdict.HOLDS, None)
    assert answer.statements == (NO_IAM.statements[1],)
    assert answer.reason == "what would be allowed is denied"
    assert bool(answer)


def test_never_fails_with_a_request_that_is_allowed() -> None:
    answer = il.never_allows(STACK, scope("s3:GetObject", BUCKET))
    assert answer.verdict is il.Verdict.FAILS
    assert answer.witness is not None
    assert answer.witness.action == "s3:GetObject"
    assert answer.witness.resource.startswith("arn:aws:s3:::b/")
    assert il.evaluate(STACK, answer.witness).outcome is il.Outcome.ALLOWED
    assert answer.decision is not None
    assert answer.statements == answer.decision.statements
    assert "the identity policy" in answer.reason
    assert not answer


def test_always_holds_or_fails_with_a_request_that_is_refused() -> None:
    app = {"principal": ROLE, "resource_account": ACCOUNT}
    assert il.always_allows(STACK, scope("s3:GetObject"), **app).verdict is il.Verdict.HOLDS
    answer = il.always_allows(STACK, il.Scope({"Action": ["s3:*", "iam:GetUser"]}), **app)
    assert answer.verdict is il.Verdict.FAILS
    assert answer.witness is not None
    assert il.evaluate(STACK, answer.witness).outcome is il.Outcome.EXPLICITLY_DENIED
    assert answer.statements == (NO_IAM.statements[1],)


def test_can_is_the_opposite_of_never() -> None:
    for action, verdict in (("s3:GetObject", il.Verdict.HOLDS), ("iam:GetUser", il.Verdict.FAILS)):
        answer = il.can(STACK, scope(action))
        assert answer.verdict is verdict
        assert (answer.witness is not None) is (verdict is il.Verdict.HOLDS)


def test_a_lone_policy_stands_for_itself() -> None:
    assert il.never_allows(NO_IAM, scope("iam:*")).verdict is il.Verdict.HOLDS
    assert il.can(DEV, scope("iam:CreateUser")).verdict is il.Verdict.HOLDS
    bucket = policy(allow("s3:GetObject", BUCKET, Principal={"AWS": OTHER}))
    assert il.can(bucket, scope("s3:GetObject"), principal=ALICE).verdict is il.Verdict.FAILS
    foreign = f"arn:aws:iam::{OTHER}:user/eve"
    assert il.can(bucket, scope("s3:GetObject"), principal=foreign).verdict is il.Verdict.HOLDS


def test_the_reason_tells_silence_from_denial_and_from_an_empty_scope() -> None:
    silent = il.never_allows(il.PolicySet(identity=[ONLY_GET]), scope("s3:PutObject"))
    assert (silent.reason, silent.statements) == ("nothing allows a request of the scope", ())
    none = {"Condition": {"StringEquals": {"aws:PrincipalType": "Nobody"}}}
    for question in QUESTIONS:
        assert question(STACK, scope("*", **none)).reason == "the scope holds no request"


def test_only_the_denials_that_a_proof_needs_are_named() -> None:
    guarded = policy(allow("*"), deny("ec2:*"), deny("iam:PassRole"), deny("iam:Pass*"))
    answer = il.never_allows(il.PolicySet(identity=[guarded]), scope("iam:PassRole"))
    assert len(answer.statements) == 1
    assert answer.statements[0] in guarded.statements[2:]


# Whom and what a question is about


@pytest.mark.parametrize(
    ("stack", "kinds"),
    [
        (il.PolicySet(identity=[FULL]), "User Role"),
        (il.PolicySet(boundary=FULL), "User Role"),
        (il.PolicySet(identity=[FULL], session=FULL), "Role Federated"),
        (il.PolicySet(identity=[FULL], scps=[[FULL]]), "User Role"),
        (il.PolicySet(scps=[[FULL]]), "User Role Root"),
        (il.PolicySet(), "User Role Root"),
        (
            il.PolicySet(identity=[FULL], resource=policy(allow("*", Principal="*"))),
            "User Role Federated Service Anonymous Provider",
        ),
        (
            il.PolicySet(resource=policy(allow("*", Principal="*"))),
            "User Role Federated Service Anonymous Provider Root",
        ),
    ],
)
def test_whom_a_question_about_a_stack_ranges_over(stack: il.PolicySet, kinds: str) -> None:
    types = {
        "User": {"StringEquals": {"aws:PrincipalType": "User"}},
        "Role": {"StringEquals": {"aws:PrincipalType": "AssumedRole"}},
        "Federated": {"StringEquals": {"aws:PrincipalType": "FederatedUser"}},
        "Root": {"StringEquals": {"aws:PrincipalType": "Account"}},
        "Service": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
        "Anonymous": {"StringEquals": {"aws:PrincipalType": "Anonymous"}},
        "Provider": {
            "Null": {"aws:PrincipalType": "true", "aws:PrincipalIsAWSService": "true"},
        },
    }
    found = {
        name
        for name, condition in types.items()
        if _ranges_over(stack, il.Scope({"Action": "s3:GetObject", "Condition": condition}))
    }
    assert found == set(kinds.split())


def _ranges_over(stack: il.PolicySet, asked: il.Scope) -> bool:
    """Whether the question holds such requests, before it falls back on everybody."""
    from iamlogic.questions.inquiry import About, Inquiry

    inquiry = Inquiry([stack], About(asked))
    return inquiry.find(inquiry.in_scope(inquiry.compiler())) is not None


def test_a_root_user_is_asked_about_when_the_scope_holds_no_one_else() -> None:
    root = {"Condition": {"StringEquals": {"aws:PrincipalArn": ROOT}}}
    answer = il.can(il.PolicySet(identity=[ONLY_GET]), scope("ec2:StopInstances", **root))
    assert answer.verdict is il.Verdict.HOLDS
    assert answer.witness is not None
    assert answer.witness.principal == ROOT


@pytest.mark.parametrize("principal", [ALICE, ROLE, ROOT, "anonymous", "lambda.amazonaws.com"])
def test_a_fixed_principal_is_asked_about_whoever_it_is(principal: str) -> None:
    answer = il.always_allows(STACK, scope("ec2:StopInstances"), principal=principal)
    assert answer.witness is None or answer.witness.requester.principal_arn in (None, principal)


def test_a_service_linked_role_is_asked_about_by_name_only() -> None:
    denied = il.PolicySet(identity=[FULL], scps=[[policy(deny("*"))]])
    assert il.never_allows(denied, scope("s3:GetObject")).verdict is il.Verdict.HOLDS
    linked = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    answer = il.never_allows(denied, scope("s3:GetObject"), principal=linked)
    assert answer.verdict is il.Verdict.FAILS


def test_accounts_decide_which_policies_are_needed() -> None:
    stack = il.PolicySet(identity=[FULL])
    get = scope("s3:GetObject", "arn:aws:s3:::b/x")
    own = il.can(stack, get, principal=ALICE, resource_account=ACCOUNT)
    foreign = il.can(stack, get, principal=ALICE, resource_account=OTHER)
    assert (own.verdict, foreign.verdict) == (il.Verdict.HOLDS, il.Verdict.FAILS)
    queue = scope("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{OTHER}:q")
    assert il.can(stack, queue, principal=ALICE).verdict is il.Verdict.FAILS  # R-K22
    as_given = il.can(stack, queue, principal=ALICE, all_requests=True)
    assert as_given.verdict is il.Verdict.HOLDS


def test_a_request_to_a_stack_with_an_endpoint_policy_comes_through_the_endpoint() -> None:
    inside = policy(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}))
    anybody = policy(allow("*", Principal="*"))
    for endpoint, verdict in ((None, il.Verdict.HOLDS), (anybody, il.Verdict.FAILS)):
        stack = il.PolicySet(identity=[inside], vpc_endpoint=endpoint)
        assert il.can(stack, scope("s3:GetObject")).verdict is verdict


def test_a_canonical_user_leaves_open_only_what_it_could_do() -> None:
    user = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    granted = policy(allow("s3:*", Principal={"CanonicalUser": user}))
    stack = il.PolicySet(resource=granted)
    assert il.never_allows(stack, scope("s3:GetObject")).verdict is il.Verdict.UNKNOWN
    named = scope("s3:GetObject", Principal={"AWS": ALICE})
    for answer in (
        il.never_allows(stack, scope("s3:GetObject"), principal=ALICE),
        il.never_allows(stack, named, resource_account=OTHER),
        il.never_allows(granted, scope("s3:GetObject"), principal="anonymous"),
    ):
        assert answer.verdict is il.Verdict.HOLDS
    mapped = il.PolicySet(resource=granted, canonical_users={user: OTHER})
    assert il.can(mapped, scope("s3:GetObject")).verdict is il.Verdict.HOLDS


# Three values, and errors


def test_an_unknown_answer_is_neither_yes_nor_no() -> None:
    answer = il.never_allows(STACK, scope("s3:*"), timeout=1e-9)
    assert answer.verdict is il.Verdict.UNKNOWN
    assert answer.reason
    with pytest.raises(il.UnknownAnswer, match="unknown"):
        bool(answer)


@pytest.mark.parametrize("also", ["a", "k", "z"])
@pytest.mark.parametrize("ends", [("a", "a"), ("a", "z"), ("z", "a"), ("z", None), (None, "a")])
def test_an_example_lists_services_in_the_order_of_the_calls(
    also: str, ends: tuple[str | None, str | None]
) -> None:  # R-K11
    keys = zip(("aws:CalledViaFirst", "aws:CalledViaLast"), ends, strict=True)
    called = {
        "ForAnyValue:StringEquals": {"aws:CalledVia": also},
        "StringEquals": {key: end for key, end in keys if end},
    }
    answer = il.can(policy(allow("*", Condition=called)), scope("s3:GetObject"))
    assert answer.witness is not None
    values = answer.witness.values("aws:CalledVia")
    first, last = (values[at] if end else None for at, end in zip((0, -1), ends, strict=True))
    assert (first, last) == ends
    assert also in values


NAMES_AS_NUMBERS = {
    "a number": ({"NumericEquals": {"aws:username": "10"}}, "user/10", "user/11"),
    "a number with a path": ({"NumericEquals": {"aws:username": "10"}}, "user/p/10", "user/10/p"),
    "no number": ({"NumericNotEquals": {"aws:username": "10"}}, "user/alice", "user/10.0"),
    "a date": ({"DateLessThan": {"aws:username": "2020"}}, "user/2019-12-31", "user/2020"),
    "an address": ({"IpAddress": {"aws:username": "10.0.0.0/8"}}, "user/10.1.2.3", "user/10"),
}


@pytest.mark.parametrize(("condition", "fits", "fails"), NAMES_AS_NUMBERS.values())
def test_a_user_s_name_is_read_as_what_it_is_compared_with(
    condition: dict[str, Any], fits: str, fails: str
) -> None:  # R-C20
    subject = policy(allow("*", Condition=condition))
    everything = scope("s3:GetObject")
    named = {"aws:PrincipalType": "User"}
    found = il.can(subject, scope("s3:GetObject", Condition={"StringEquals": named}))
    assert found.witness is not None
    assert il.can(subject, everything, principal=f"arn:aws:iam::{ACCOUNT}:{fits}")
    assert il.never_allows(subject, everything, principal=f"arn:aws:iam::{ACCOUNT}:{fails}")
    for name, question in ((fits, il.can), (fails, il.never_allows)):
        whom = {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:{name}"}
        assert question(subject, scope("s3:GetObject", Condition={"StringEquals": whom}))


def test_a_service_s_name_is_read_as_what_it_is_compared_with() -> None:  # R-C20
    subject = policy(
        allow("*", Principal="*", Condition={"NumericLessThan": {"aws:PrincipalServiceName": "2"}})
    )
    answer = il.can(subject, scope("s3:GetObject"))
    assert answer.witness is not None
    assert float(answer.witness.principal) < 2
    assert il.never_allows(subject, scope("s3:GetObject"), principal="ec2.amazonaws.com")


@pytest.mark.parametrize("key", ["kms:CallerAccount", "aws:SourceOwner"])
def test_every_value_is_the_caller_s_account(key: str) -> None:  # R-K23
    listed = {"ForAnyValue:StringLike": {key: ["1*"]}, "ForAllValues:StringNotLike": {key: "4*"}}
    answer = il.can(policy(allow("*", Condition=listed)), scope("s3:GetObject"))
    assert answer.witness is not None
    assert answer.witness.values(key) == (answer.witness.requester.account,)
    other = {"ForAnyValue:StringNotLike": {key: ACCOUNT}}
    subject = policy(allow("*", Condition=other))
    assert il.never_allows(subject, scope("s3:GetObject"), principal=ALICE)


def test_an_answer_can_be_pickled() -> None:
    answer = il.never_allows(STACK, scope("s3:GetObject"))
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301


@pytest.mark.parametrize("question", QUESTIONS)
def test_wrong_arguments_are_told_in_words(question: Callable[..., il.Answer]) -> None:
    anything = il.Scope({"Action": "*"})
    for principal in ("alice", 5, "*"):
        with pytest.raises(il.RequestError):
            question(STACK, anything, principal=principal)
    for account in ("1111", 111122223333, "a" * 12):
        with pytest.raises(il.RequestError, match="resource_account"):
            question(STACK, anything, resource_account=account)
    with pytest.raises(TypeError, match="write Scope"):
        question(STACK, {"Action": "*"})
    with pytest.raises(TypeError, match=r"iamlogic\.parse"):
        question({"Statement": []}, anything)


def test_an_identity_provider_under_service_names_nobody() -> None:
    statement = allow("s3:*", BUCKET, Principal={"Service": "cognito-identity.amazonaws.com"})
    assert il.never_allows(policy(statement), scope("s3:GetObject")).verdict is il.Verdict.HOLDS
    assert il.compare(policy(), policy(statement)).relation is il.Relation.EQUIVALENT
