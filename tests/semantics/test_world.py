"""Which requests can exist (R-K8, R-E20, R-E21), as far as this version says."""

from __future__ import annotations

import pytest

from iamlogic.semantics import Request, can_send
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.world import is_compared
from iamlogic.syntax.policy import PolicyKind

A = "111122223333"
ALICE = f"arn:aws:iam::{A}:user/alice"


def sent(
    action: str = "s3:GetObject",
    resource: str = "*",
    context: dict[str, ContextValue] | None = None,
) -> bool:
    return can_send(Request(ALICE, action, resource, context or {}))


@pytest.mark.parametrize("action", ["s3:GetObject", "s:x", "a:b:c", "::x", "Ω:?"])
def test_actions_have_a_prefix_and_a_name(action: str) -> None:
    assert sent(action=action)


@pytest.mark.parametrize("action", ["s3", "s3:", ":GetObject", "*", ":"])
def test_other_texts_are_no_actions(action: str) -> None:
    assert not sent(action=action)


@pytest.mark.parametrize(
    "resource", ["*", "arn:aws:s3:::b", "arn:aws:sqs:eu-west-1:111122223333:q", "arn:a:b:c:d:e:f"]
)
def test_resources_are_arns_or_the_star(resource: str) -> None:
    assert sent(resource=resource)


@pytest.mark.parametrize(
    "resource", ["arn:aws:s3:::", "arn:aws:s3::b", "arn::s3:::b", "arn:aws::::", "b", "**"]
)
def test_other_texts_are_no_resources(resource: str) -> None:
    assert not sent(resource=resource)


def test_a_single_valued_key_has_one_value() -> None:
    assert sent(context={"AWS:tagkeys": ["a", "b"], "aws:SourceIp": "203.0.113.9"})
    assert not sent(context={"aws:SourceIp": ["203.0.113.9", "203.0.113.10"]})


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
