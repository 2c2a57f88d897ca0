"""`Decision.explain`: the outcome, then each statement with the first part that did not match."""

from __future__ import annotations

from typing import Any

import pytest

from iamlogic.semantics import Request, evaluate
from iamlogic.syntax.documents import parse

REQUEST = Request(
    principal="arn:aws:iam::111122223333:user/alice",
    action="s3:GetObject",
    resource="arn:aws:s3:::logs/a.txt",
    context={"aws:PrincipalTag/team": "blue", "aws:TagKeys": ["a", "b"]},
)
ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def without(name: str, **members: object) -> dict[str, Any]:
    return {k: v for k, v in {**ALLOW, **members}.items() if k != name}


def reason(statement: dict[str, Any], request: Request = REQUEST) -> str:
    decision = evaluate(parse({"Version": "2012-10-17", "Statement": [statement]}), request)
    _, line = decision.explain().splitlines()
    return line.partition("): ")[2]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (ALLOW, "matches"),
        ({**ALLOW, "Action": "s3:Put*"}, 'action s3:GetObject is not in Action "s3:Put*"'),
        (
            without("Action", NotAction=["s3:Get*", "ec2:*"]),
            'action s3:GetObject is excluded by NotAction ["s3:Get*", "ec2:*"]',
        ),
        (
            {**ALLOW, "Resource": [f"arn:aws:s3:::{name}" for name in "abcde"]},
            (
                'resource arn:aws:s3:::logs/a.txt is not in Resource ["arn:aws:s3:::a", '
                '"arn:aws:s3:::b", "arn:aws:s3:::c", … 2 more]'
            ),
        ),
        (
            without("Resource", NotResource="*"),
            'resource arn:aws:s3:::logs/a.txt is excluded by NotResource "*"',
        ),
        (
            {**ALLOW, "Principal": {"AWS": "444455556666"}},
            'principal arn:aws:iam::111122223333:user/alice is not in Principal "444455556666"',
        ),
        (
            without("Principal", NotPrincipal={"AWS": "111122223333"}),
            (
                "principal arn:aws:iam::111122223333:user/alice is excluded by "
                'NotPrincipal "111122223333"'
            ),
        ),
        (
            {**ALLOW, "Condition": {"StringEquals": {"aws:principaltag/team": ["red", "tan"]}}},
            'aws:principaltag/team is "blue", which fails StringEquals ["red", "tan"]',
        ),
        (
            {**ALLOW, "Condition": {"StringNotLike": {"aws:TagKeys": "a*"}}},
            'aws:TagKeys is ["a", "b"], which fails StringNotLike "a*"',
        ),
        (
            {**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": True}}},
            'the request has no aws:SecureTransport (Bool "true")',
        ),
        (
            {**ALLOW, "Condition": {"Null": {"aws:username": "true"}}},
            'aws:username is present (Null "true")',
        ),
        (
            {**ALLOW, "Condition": {"Null": {"aws:SourceIp": "false"}}},
            'aws:SourceIp is absent (Null "false")',
        ),
    ],
)
def test_the_first_part_that_does_not_match_is_named(
    statement: dict[str, Any], expected: str
) -> None:
    assert reason(statement).removeprefix("does not match: ") == expected


def test_an_explanation_starts_with_the_outcome_and_numbers_the_statements() -> None:
    statements = [{**ALLOW, "Sid": "one"}, {**ALLOW, "Effect": "Deny", "Action": "ec2:*"}]
    decision = evaluate(parse({"Version": "2012-10-17", "Statement": statements}), REQUEST)
    assert decision.explain().splitlines() == [
        "ALLOWED: s3:GetObject on arn:aws:s3:::logs/a.txt by arn:aws:iam::111122223333:user/alice",
        'Allow statement 1 "one" (Statement[0]): matches',
        (
            "Deny statement 2 (Statement[1]): does not match: action s3:GetObject is not in Action "
            '"ec2:*"'
        ),
    ]


def test_an_explanation_of_a_text_names_its_lines() -> None:
    text = '{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "ec2:*",\n'
    decision = evaluate(parse(text + ' "Resource": "*"}}'), REQUEST)
    assert "Allow statement 1 (line 2, column 15): does not" in decision.explain()


def test_nothing_in_an_explanation_can_steer_a_terminal() -> None:
    hostile = Request(
        REQUEST.principal, "s3:\u202eGet", "arn:aws:s3:::\u2066x", {"x:y": "\x1b[2J\x9b\n"}
    )
    statement = {**ALLOW, "Condition": {"StringEquals": {"x:y": "\x1b]0;\x07"}}}
    text = evaluate(parse({"Version": "2012-10-17", "Statement": [statement]}), hostile).explain()
    assert text.replace("\n", "").isprintable()
    assert len(text.splitlines()) == 2
