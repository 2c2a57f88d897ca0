"""Vocabularies: words of one's own, and what is told when they cannot be drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.testing.strategies import (
    EVERYDAY,
    Key,
    StrategyError,
    action_patterns,
    arns,
    conditions,
    ip_networks,
    policies,
    principals,
    stacks,
    statements,
    vocabulary_of,
)

OWN = il.parse(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::777788889999:role/ci/release"},
                "Action": ["sqs:SendMessage", "sqs:*"],
                "Resource": "arn:aws:sqs:eu-west-1:777788889999:${aws:username}",
                "Condition": {
                    "StringLike": {"aws:PrincipalTag/stage": ["prod", "test*"]},
                    "ForAllValues:StringEquals": {"aws:TagKeys": "stage"},
                    "Null": {"sqs:MessageAttribute": "true"},
                },
            },
            {"Effect": "Deny", "Principal": "*", "NotAction": "sqs:*", "Resource": "*"},
        ],
    }
)


def test_the_words_of_policies_are_those_that_they_have() -> None:
    words = vocabulary_of(OWN)
    assert words.actions == ("sqs:SendMessage", "sqs:*")
    assert words.resources == ("arn:aws:sqs:eu-west-1:777788889999:${aws:username}", "*")
    assert words.principals == (("AWS", "arn:aws:iam::777788889999:role/ci/release"),)
    assert words.requesters[0] == (
        "arn:aws:sts::777788889999:assumed-role/release/session",
        "arn:aws:iam::777788889999:role/ci/release",
    )
    assert words.accounts[0] == "777788889999"
    assert words.referred == ("aws:username",)
    tag, keys, null = words.keys
    assert (tag.values, tag.prefixes) == (("prod", "test*"), ("",))
    assert "StringNotEqualsIgnoreCase" in tag.operators
    assert (keys.spellings, keys.prefixes) == (("aws:TagKeys",), ("ForAllValues:",))
    assert null.operators == ("Null",)


def test_what_policies_lack_is_of_everyday_or_of_what_is_given() -> None:
    plain = il.parse({"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}})
    assert vocabulary_of(plain).principals == EVERYDAY.principals
    other = replace(EVERYDAY, principals=(("AWS", "*"),))
    assert vocabulary_of(plain, otherwise=other).principals == other.principals


def test_the_words_of_a_stack_are_those_of_all_its_policies() -> None:
    plain = il.parse({"Statement": {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}})
    stack = il.PolicySet(identity=(plain,), resource=OWN)
    assert set(vocabulary_of(stack).actions) == {"sns:*", "sqs:SendMessage", "sqs:*"}


@given(st.data(), policies())
def test_policies_are_drawn_from_the_words_of_policies(
    data: st.DataObject, policy: il.Policy
) -> None:
    words = vocabulary_of(policy)
    again = data.draw(policies(words, kind=policy.kind))
    known = {pattern.text for s in policy.statements for pattern in s.actions.patterns}
    assert {pattern.text for s in again.statements for pattern in s.actions.patterns} <= known


MISTAKES: list[tuple[Callable[[], object], str]] = [
    (
        lambda: Key(("aws:SourceIp",), ("IpAdress",), ("10.0.0.0/8",)),
        "'IpAdress' among the operators of aws:SourceIp is not known: did you mean 'IpAddress'?",
    ),
    (
        lambda: Key(("aws:SourceIp",), ("IpAddress",), ("10.*",)),
        "no value of aws:SourceIp can stand under IpAddress: expected an IP address or CIDR block",
    ),
    (
        lambda: Key(("aws:TagKeys",), ("StringLike",), ("a",), ("ForAnyValues:",)),
        "'ForAnyValues:' among the prefixes of aws:TagKeys is not known: did you mean 'ForAny",
    ),
    (
        lambda: Key(("aws:TagKeys",), ()),
        "aws:TagKeys has no operators, expected some of 'StringEquals'",
    ),
    (lambda: Key((), ("Bool",)), "a key needs one spelling at least"),
    (
        lambda: replace(EVERYDAY, actions=()),
        "actions of a vocabulary is (), expected some words",
    ),
    (
        lambda: replace(EVERYDAY, actions="s3:*"),  # type: ignore[arg-type]
        "actions of a vocabulary is 's3:*', expected some words",
    ),
    (
        lambda: policies(replace(EVERYDAY, actions=("s3.GetObject",))),
        "no policy can be drawn from the vocabulary:\nStatement[0].Action[0]: found",
    ),
    (
        lambda: policies(min_statements=3, max_statements=2),
        "min_statements is 3, more than max_statements, which is 2",
    ),
    (lambda: policies(max_statements=-1), "max_statements is -1, expected 0 or more"),
    (
        lambda: statements(replace(EVERYDAY, actions=("s3:*",)), kind=il.PolicyType.TRUST),
        "the vocabulary has no action that a role trust policy can speak of",
    ),
    (
        lambda: conditions(replace(EVERYDAY, keys=()), min_size=1),
        "min_size is 1, and the vocabulary has no keys",
    ),
    (
        lambda: principals(types=["Aws"]),
        "the vocabulary has no principals of types ['Aws']: it has AWS, Federated, Service",
    ),
    (
        lambda: stacks(layers=["scp"]),
        "'scp' is no layer of a stack: did you mean 'scps'?",
    ),
    (lambda: stacks(layers="scps"), "layers is the text 'scps', expected a list: ['scps']"),
    (lambda: arns("S3 "), "'S3 ' is no service: expected the prefix of its actions, such as 's3'"),
    (lambda: arns("s3", account="111122223333"), "ARNs of s3 name no account: leave account out"),
    (lambda: arns(account="1111"), "'1111' is no account: expected 12 digits as a text"),
    (
        lambda: arns(partition="aws-eu"),
        "partition 'aws-eu' is not known: aws, aws-us-gov, aws-cn",
    ),
    (lambda: action_patterns("s3:"), "'s3:' is no service"),
    (lambda: ip_networks(5), "version is 5, expected 4 or 6"),  # type: ignore[arg-type]
    (lambda: ip_networks(within="10.0.0.1/8"), "within is no network: 10.0.0.1/8 has host bits"),
    (
        lambda: ip_networks(6, within="10.0.0.0/8"),
        "10.0.0.0/8 is a network of IPv4, not 6",
    ),
    (lambda: vocabulary_of(il.parse({"Statement": []})), "the policies have no statements"),
]


@pytest.mark.parametrize(("mistaken", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_a_mistake_is_told_where_it_is_made(mistaken: Callable[[], object], said: str) -> None:
    with pytest.raises(StrategyError) as caught:
        mistaken()
    assert str(caught.value).startswith(said)


def test_every_error_of_a_strategy_is_one_of_iamlogic() -> None:
    assert issubclass(StrategyError, il.IamlogicError)
