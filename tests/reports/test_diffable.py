"""Policies as lines: what means the same reads the same, and what reads the same means the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.reports.diffable import diffable, shown
from iamlogic.syntax.policy import PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.pairs import policy_pairs
from iamlogic.testing.strategies.policies import documents


def test_every_part_of_a_statement_is_a_line_with_its_element() -> None:
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Id": "Logs",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com", "AWS": ["222233334444", "*"]},
                    "Action": ["s3:Put*", "s3:Get*", "s3:Put*"],
                    "NotResource": "arn:aws:s3:::logs/*",
                    "Condition": {
                        "StringLike": {"aws:PrincipalTag/team": ["b", "a"]},
                        "Bool": {"aws:SecureTransport": "true"},
                    },
                },
                {"Effect": "Deny", "NotPrincipal": {}, "NotAction": [], "Resource": "*"},
            ],
        }
    )
    assert diffable(policy) == (
        "Version: 2012-10-17\n"
        "Id: Logs\n"
        "\n"
        "Allow Read\n"
        "  Principal AWS: *\n"
        "  Principal AWS: 222233334444\n"
        "  Principal Service: ec2.amazonaws.com\n"
        "  Action: s3:Get*\n"
        "  Action: s3:Put*\n"
        "  NotResource: arn:aws:s3:::logs/*\n"
        "  Condition Bool aws:SecureTransport: true\n"
        "  Condition StringLike aws:PrincipalTag/team: a\n"
        "  Condition StringLike aws:PrincipalTag/team: b\n"
        "\n"
        "Deny\n"
        "  NotPrincipal: (none)\n"
        "  NotAction: (none)\n"
        "  Resource: *\n"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("s3:Get*", "s3:Get*"),
        ("Zoë", "Zoë"),
        ("", '""'),
        (" a", '" a"'),
        ("(none)", '"(none)"'),
        ('"a"', '"\\"a\\""'),
        ("a\n  Action: *", '"a\\n  Action: *"'),
        ("a\\n", '"a\\\\n"'),
        ("\u202eabc", '"\\u202eabc"'),
    ],
)
def test_a_text_is_one_line_that_no_other_text_is(text: str, line: str) -> None:
    assert shown(text) == line


@given(st.text(), st.text())
def test_two_texts_have_two_lines(one: str, other: str) -> None:
    assert (shown(one) == shown(other)) == (one == other)
    assert len(shown(one).splitlines()) == 1


@given(st.sampled_from(PolicyKind).flatmap(lambda kind: documents(COLLIDING, kind=kind)))
def test_the_order_of_members_and_values_does_not_show(document: Json) -> None:
    assert diffable(il.parse(json.dumps(turned(document)))) == diffable(
        il.parse(json.dumps(document))
    )


def turned(value: Json, name: str = "") -> Json:
    """The same with its members and lists turned round, but for the list of the statements."""
    match value:
        case dict():
            return {each: turned(inner, each) for each, inner in reversed(value.items())}
        case list():
            inner = [turned(each) for each in value]
            return inner if name == "Statement" else inner[::-1]
        case str():
            return value


@given(policy_pairs(COLLIDING))
def test_policies_that_read_the_same_mean_the_same(pair: tuple[il.Policy, il.Policy]) -> None:
    before, after = pair
    if diffable(before) == diffable(after):
        assert il.compare(before, after).relation is il.Relation.EQUIVALENT
