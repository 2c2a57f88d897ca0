"""`Decision.explain(in_full=True)`: every part and every condition, why, and by which rule."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.semantics import Request, evaluate
from iamlogic.semantics.reasons import findings
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.documents import parse
from iamlogic.syntax.policy import Policy
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.policies import policies
from tests.strategies.edge_requests import requests

REQUEST = Request(
    principal="arn:aws:iam::111122223333:user/alice",
    action="s3:GetObject",
    resource="arn:aws:s3:::home/alice/a",
    context={"x:one": "b", "x:many": ["a", "c"], "x:age": "7", "aws:SourceIp": "10.1.2.3"},
)
ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def account(statement: dict[str, Any]) -> list[str]:
    decision = evaluate(parse({"Version": "2012-10-17", "Statement": [statement]}), REQUEST)
    return decision.explain(in_full=True).splitlines()


CONDITIONS: list[tuple[str, str, Any, str, str]] = [
    ("StringNotEquals", "x:no", "a", "yes", "key absent, so a negated operator holds (R-C3)"),
    ("StringEquals", "x:no", "a", "no ", "key absent, so a positive operator does not hold (R-C3)"),
    ("BoolIfExists", "x:no", True, "yes", "key absent, so IfExists holds (R-C3)"),
    (
        "ForAllValues:StringLike",
        "x:no",
        "a",
        "yes",
        "ForAllValues on an absent key holds (R-C3)",
    ),
    (
        "ForAnyValue:StringNotLike",
        "x:no",
        "a",
        "no ",
        "ForAnyValue on an absent key does not hold (R-C3)",
    ),
    ("Null", "x:no", "false", "no ", 'key absent, so "false" does not hold (R-C23)'),
    ("StringEquals", "x:one", "b", "yes", '"b" equals "b" (R-C7)'),
    ("StringEquals", "x:one", ["a", "c"], "no ", '"b" equals none of ["a", "c"] (R-C7)'),
    (
        "StringNotLike",
        "x:one",
        "?",
        "no ",
        '"b" matches "?", so a negated operator does not hold (R-C9)',
    ),
    ("NumericLessThan", "x:age", 10, "yes", '"7" is less than "10" (R-C10)'),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", "yes", '"10.1.2.3" lies in "10.0.0.0/8" (R-C18)'),
    (
        "ForAllValues:StringLike",
        "x:many",
        ["a*", "b*"],
        "no ",
        'every value must satisfy it; "c" matches none of ["a*", "b*"] (R-C5, R-C9)',
    ),
    (
        "ForAnyValue:StringEquals",
        "x:many",
        "b",
        "no ",
        'one value must satisfy it; none of ["a", "c"] does (R-C5, R-C7)',
    ),
    (
        "StringNotEquals",
        "x:many",
        "b",
        "yes",
        'every value must satisfy it; all of ["a", "c"] do (R-C6, R-C7)',
    ),
    ("StringEquals", "x:one", [], "no ", "no values are listed, so it does not hold (R-C4)"),
]


@pytest.mark.parametrize(("operator", "key", "values", "sign", "reason"), CONDITIONS)
def test_a_condition_has_its_reason(
    operator: str, key: str, values: str | list[str], sign: str, reason: str
) -> None:
    lines = account({**ALLOW, "Condition": {operator: {key: values}}})
    assert lines[5] == f"  {sign}  Condition  {operator} on {key}: {reason}"


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("a${aws:username}", 'variable ${aws:username} is "alice" (R-V1)'),
        ("${x:no, 'none'}", 'variable ${x:no} has its default "none" (R-V7)'),
        ("${x:no}", "variable ${x:no} is unresolved: this entry matches nothing (R-V6)"),
        (
            "${x:many}",
            (
                "variable ${x:many} has 2 values and so is unresolved: this entry matches nothing"
                " (R-V6)"
            ),
        ),
    ],
)
def test_what_a_variable_became_stands_below(written: str, note: str) -> None:
    lines = account({**ALLOW, "Condition": {"StringLike": {"x:one": written}}})
    assert lines[6].strip() == note


def test_a_value_of_another_type_is_named() -> None:
    lines = account({**ALLOW, "Condition": {"NumericNotEquals": {"x:one": "1"}}})
    assert lines[6].strip() == '"b": not a number, so it matches nothing (R-C20)'


def test_an_account_is_aligned_and_has_every_part() -> None:
    statement = {
        "Sid": "home",
        "Effect": "Deny",
        "NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"},
        "NotAction": "s3:Get*",
        "NotResource": ["arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::x"],
    }
    _, *lines = account(statement)
    assert lines == [
        'Deny statement 1 "home" (Statement[0]): does not match',
        (
            "  yes  NotPrincipal  arn:aws:iam::111122223333:user/alice is not wholly listed in "
            '"arn:aws:iam::111122223333:root" (R-M11)'
        ),
        '  no   NotAction     s3:GetObject matches "s3:Get*", so it is excluded (R-M2)',
        (
            "  no   NotResource   arn:aws:s3:::home/alice/a matches "
            '"arn:aws:s3:::home/${aws:username}/*", so it is excluded (R-M5)'
        ),
        '                     variable ${aws:username} is "alice" (R-V1)',
    ]


@given(st.data())
def test_a_statement_matches_exactly_if_every_finding_holds(data: st.DataObject) -> None:
    policy: Policy = data.draw(policies(COLLIDING))
    request = data.draw(requests(policy))
    for statement in policy.statements:
        holds = all(finding.holds for finding in findings(statement, request))
        assert holds is statement_matches(statement, request)


def test_nothing_in_an_account_can_steer_a_terminal() -> None:
    hostile = "\x1b[2J\u202e\n"
    request = Request(REQUEST.principal, f"s3:{hostile}", f"arn:{hostile}", {"x:y": hostile})
    condition = {"StringEquals": {"x:y": ["a", hostile, "${x:y}"]}, "NumericEquals": {"x:y": 1}}
    policy = parse({"Version": "2012-10-17", "Statement": [{**ALLOW, "Condition": condition}]})
    text = evaluate(policy, request).explain(in_full=True)
    assert text.replace("\n", "").isprintable()
