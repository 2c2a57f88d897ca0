"""Which requests can exist (R-K8, R-E20, R-E21), and which AWS can send."""

from __future__ import annotations

import pytest

from iamlogic.semantics import Request, broken_facts, can_exist, can_send, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.world import is_compared
from iamlogic.syntax.documents import parse
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import PolicyKind

A = "111122223333"
ALICE = f"arn:aws:iam::{A}:user/alice"


def exists(
    action: str = "s3:GetObject",
    resource: str = "*",
    context: dict[str, ContextValue] | None = None,
) -> bool:
    return can_exist(Request(ALICE, action, resource, context or {}))


@pytest.mark.parametrize("action", ["s3:GetObject", "s:x", "a:b:c", "::x", "Ω:?"])
def test_actions_have_a_prefix_and_a_name(action: str) -> None:
    assert exists(action=action)


@pytest.mark.parametrize("action", ["s3", "s3:", ":GetObject", "*", ":"])
def test_other_texts_are_no_actions(action: str) -> None:
    assert not exists(action=action)


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:s3:::b", "arn:aws:sqs:eu-west-1:111122223333:q", "arn:a:b:c:d:e:f"]
)
def test_resources_are_arns_or_the_star(resource: str) -> None:
    assert exists(resource=resource)


@pytest.mark.parametrize(
    "resource", ["arn:aws:s3:::", "arn:aws:s3::b", "arn::s3:::b", "arn:aws::::", "b", "**"]
)
def test_other_texts_are_no_resources(resource: str) -> None:
    assert not exists(resource=resource)


def test_a_single_valued_key_has_one_value() -> None:
    assert exists(context={"AWS:tagkeys": ["a", "b"], "aws:SourceIp": "203.0.113.9"})
    assert not exists(context={"aws:SourceIp": ["203.0.113.9", "203.0.113.10"]})


def test_another_key_has_several_values_where_a_policy_of_the_question_says_so() -> None:
    condition = {"ForAnyValue:StringLike": {"X:Y": "a", "aws:SourceIp": "*", "aws:username": "*"}}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}
    multivalued = multivalued_keys([parse({"Version": "2012-10-17", "Statement": allow})])
    many = Request(ALICE, "s3:GetObject", "*", {"x:y": ["a", "b"]})
    assert "x:y" in multivalued
    assert not multivalued & {"aws:sourceip", "aws:username"}
    assert can_exist(many, multivalued)
    assert not can_exist(many)


REQUESTERS = [
    ALICE,
    f"arn:aws:sts::{A}:assumed-role/app/s1",
    f"arn:aws:iam::{A}:role/app",
    f"arn:aws:sts::{A}:federated-user/bob",
    f"arn:aws:iam::{A}:root",
    f"arn:aws:iam::{A}:saml-provider/corp",
    "lambda.amazonaws.com",
    "anonymous",
]


@pytest.mark.parametrize("principal", REQUESTERS)
def test_aws_sends_no_bare_request_but_one_with_its_usual_context(principal: str) -> None:
    bare = Request(principal, "s3:GetObject", "arn:aws:s3:::b")
    assert can_exist(bare)
    assert not can_send(bare)
    assert can_send(with_usual_context(bare, ()))


PARTIAL: list[dict[str, ContextValue]] = [
    {"aws:CurrentTime": "1969-12-31T23:59:59.75+01:30"},
    {"aws:CurrentTime": "1970-01-01T00:20:34Z"},  # 1234 seconds, which four digits do not say
    {"aws:EpochTime": "12.50"},
    {"aws:PrincipalOrgID": "o-1"},
    {"aws:PrincipalOrgPaths": ["o-1/r/", "o-1/r/ou/"]},
    {"aws:ResourceOrgPaths": "o-1/r/"},
    {"aws:VpcSourceIp": "10.0.0.1"},
    {"aws:CalledVia": ["athena.amazonaws.com", "glue.amazonaws.com"]},
    {"aws:CalledViaFirst": "athena.amazonaws.com"},
    {"aws:CalledViaFirst": "a.amazonaws.com", "aws:CalledViaLast": "b.amazonaws.com"},
    {"aws:RequestTag/Team": "blue", "aws:RequestTag/": "x"},
    {"aws:TagKeys": ["Team", "team", "cost"]},
    {"aws:MultiFactorAuthAge": "5"},
    {"aws:MultiFactorAuthPresent": "true"},
]


@pytest.mark.parametrize("context", PARTIAL)
def test_the_usual_context_fits_what_is_there(context: dict[str, ContextValue]) -> None:
    request = Request(ALICE, "s3:GetObject", "arn:aws:sqs:eu-west-1:111122223333:q", context)
    whole = with_usual_context(request, ())
    assert broken_facts(whole) == ()
    assert all(whole.values(key) == request.values(key) for key in context)


def test_keys_that_a_policy_mentions_stay_absent() -> None:
    mentioned = {"aws:sourceip", "aws:securetransport"}
    whole = with_usual_context(Request(ALICE, "s3:GetObject", "*"), mentioned)
    assert not whole.values("aws:SourceIp")
    assert not whole.values("aws:SecureTransport")
    assert [fact.name for fact in broken_facts(whole)] == ["ALWAYS_PRESENT"]


@pytest.mark.parametrize(
    ("principal", "identity", "resource"),
    [
        (ALICE, True, True),
        (f"arn:aws:sts::{A}:assumed-role/app/s1", True, True),
        (f"arn:aws:sts::{A}:federated-user/bob", True, True),
        (f"arn:aws:iam::{A}:root", False, True),
        (f"arn:aws:iam::{A}:saml-provider/corp", False, True),
        ("lambda.amazonaws.com", False, True),
        ("anonymous", False, True),
        (f"arn:aws:iam::{A}:role/app", False, False),
    ],
)
def test_over_whom_lone_policies_are_compared(
    principal: str, *, identity: bool, resource: bool
) -> None:
    request = Request(principal, "s3:GetObject", "*")
    assert is_compared(request, PolicyKind.IDENTITY) is identity
    assert is_compared(request, PolicyKind.RESOURCE) is resource
