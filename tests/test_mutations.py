"""Policies against their mutations: the relation that an operator promises is the one found.

The operators are those of the benchmark (`iamlogic/testing/mutation`), which knows each relation by
construction; here they mutate a few policies, drawn the same way in every run.
"""

from __future__ import annotations

import random
from itertools import islice

import pytest

import iamlogic as il
from iamlogic.testing.mutation import OPERATORS, Change, Document, Mutant

POLICIES: list[Document] = [
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:Get*", "s3:ListBucket"],
                "Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::logs"],
                "Condition": {
                    "StringLike": {"s3:prefix": ["home/*", "public"]},
                    "StringEqualsIfExists": {"aws:PrincipalTag/team": ["blue", "red"]},
                },
            },
            {
                "Effect": "Allow",
                "Action": "sqs:*",
                "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs-*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:RunInstances"], "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": "ec2:RunInstances",
                "Resource": "*",
                "Condition": {
                    "StringNotEquals": {"ec2:Region": ["eu-west-1", "eu-west-2"]},
                    "ArnLike": {"ec2:Subnet": "arn:aws:ec2:*:111122223333:subnet/*"},
                },
            },
        ],
    },
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]},
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::acme/*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-acme123456"}},
            },
            {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"},
        ],
    },
    {
        "Statement": [
            {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::secret/*"},
            {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"},
        ]
    },
]


def _mutants() -> list[object]:
    rng = random.Random(1)  # noqa: S311  (a sample, no secret)
    found = []
    for name, operator in OPERATORS.items():
        some = [m for policy in POLICIES for m in islice(operator(policy), 50)]
        if some:
            found.append(pytest.param(rng.choice(some), id=name))
    return found


@pytest.mark.parametrize("mutant", _mutants())
def test_a_mutation_relates_to_its_policy_as_it_was_made_to(mutant: Mutant) -> None:
    before, after = il.parse(mutant.before), il.parse(mutant.after)
    there, back = il.compare(before, after), il.compare(after, before)
    assert there.relation.value == mutant.expected.value
    assert back.relation.value == mutant.expected.inverse.value


def test_the_sample_has_every_relation() -> None:
    expected = [param.values[0].expected for param in _mutants()]  # type: ignore[attr-defined]
    assert len(expected) >= 40
    assert set(expected) == set(Change)
