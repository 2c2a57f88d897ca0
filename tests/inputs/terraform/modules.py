"""Modules of Terraform for the tests: their policies by name, written as JSON says them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from iamlogic.inputs.terraform.module import read_module
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.syntax.formatter import format as formatted

NOWHERE = Deployment()
ACCOUNT = "111122223333"
HERE = Deployment(account=ACCOUNT, region="eu-west-1")


def read(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> Found:
    """What is found in a module of these files, or of one with that code."""
    files = {"main.tf": code} if isinstance(code, str) else code
    return read_module(files, deployment)


def policies(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> dict[str, object]:
    """The policies by their names, as decoded JSON; nothing else may have been found."""
    found = read(code, deployment)
    assert found.unread == ()
    return {each.name: said(each) for each in found.policies}


def statement(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> dict[str, object]:
    """The only statement of the only policy."""
    (policy,) = policies(code, deployment).values()
    assert isinstance(policy, dict)
    found = policy["Statement"]
    (only,) = found if isinstance(found, list) else [found]
    assert isinstance(only, dict)
    return only


def said(placed: PlacedPolicy) -> object:
    """A policy as decoded JSON."""
    return json.loads(formatted(placed.policy))


def one(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> PlacedPolicy:
    """The only policy."""
    (placed,) = read(code, deployment).policies
    return placed


def unread(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> Unread:
    """The only thing found, which could not be read."""
    found = read(code, deployment)
    assert found.policies == ()
    (only,) = found.unread
    return only


def names_open(code: str | Mapping[str, str], deployment: Deployment = NOWHERE) -> list[str]:
    """The names of the placeholders in the only policy."""
    return [each.name for each in one(code, deployment).placeholders]


def resource(expression: str) -> str:
    """A module with one policy, whose only resource is an expression."""
    return f"""
resource "aws_iam_policy" "p" {{
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = {{ Effect = "Allow", Action = "s3:GetObject", Resource = {expression} }}
  }})
}}
"""


def unordered(policy: object) -> object:
    """A policy whose sets have no order, as the provider's have none that matters."""
    if isinstance(policy, dict):
        return {name: unordered(value) for name, value in policy.items()}
    if isinstance(policy, list):
        items = [unordered(each) for each in policy]
        return sorted(items) if all(isinstance(each, str) for each in items) else items
    return policy
