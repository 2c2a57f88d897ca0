"""Whether a condition holds of the values of a request: the edges of each rule, by both meanings.

Conformance cases say what AWS documents; these are what is left to get wrong beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

import iamlogic as il
from iamlogic.semantics import Request, allows
from tests.differential.fixing import symbolically_allows

Context = Mapping[str, str | Sequence[str]]
_REGION, _NAME = "arn:aws:s3:${s3:x}:1:b", "arn:aws:s3:::${s3:x}"


class Case(NamedTuple):
    """One condition of a policy, the values that a request has, and whether it holds of them."""

    rule: str
    operator: str
    key: str
    wanted: str
    context: Context
    holds: bool


CASES = [
    Case(
        "R-C5", "ForAnyValue:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a", "b"]}, True
    ),
    Case("R-C5", "ForAnyValue:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a"]}, False),
    Case(
        "R-C5", "ForAnyValue:StringNotLike", "aws:TagKeys", "a*", {"aws:TagKeys": ["a", "b"]}, True
    ),
    Case(
        "R-C5", "ForAnyValue:StringNotLike", "aws:TagKeys", "*", {"aws:TagKeys": ["a", "b"]}, False
    ),
    Case("R-C5", "ForAllValues:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a"]}, False),
    Case("R-C15", "StringLike", "s3:prefix", "a?", {"s3:prefix": "a"}, False),
    Case("R-C15", "StringLike", "s3:prefix", "a?", {"s3:prefix": "ab"}, True),
    Case("R-C15", "StringLike", "s3:prefix", "a?*", {"s3:prefix": "a"}, False),
    Case("R-C15", "StringLike", "s3:prefix", "*?a", {"s3:prefix": "a"}, False),
    Case("R-C16", "DateLessThan", "s3:when", "2020-01-01T00:00:00Z", {"s3:when": "2021"}, False),
    Case("R-C16", "DateLessThan", "s3:when", "2020-01-01T00:00:00Z", {"s3:when": "12021"}, True),
    Case("R-C16", "DateEquals", "s3:when", "2021", {"s3:when": "2021-01-01T00:00:00Z"}, True),
    Case("R-C16", "DateEquals", "s3:when", "2021", {"s3:when": "2021.0"}, False),
    Case("R-C16", "DateEquals", "s3:when", "1970-01-01T01:00:00+01:00", {"s3:when": "0"}, True),
    Case(
        "R-C16", "DateEquals", "s3:when", "1970-01-01T01:00:00-01:00", {"s3:when": "7200.0"}, True
    ),
    Case("R-C18", "IpAddress", "s3:from", "10.0.0.0/8", {"s3:from": "::ffff:10.0.0.1"}, False),
    Case("R-C18", "NotIpAddress", "s3:from", "10.0.0.0/8", {"s3:from": "::ffff:10.0.0.1"}, True),
    Case("R-C18", "IpAddress", "s3:from", "::ffff:10.0.0.0/104", {"s3:from": "10.0.0.1"}, False),
    Case("R-C18", "IpAddress", "s3:from", "0.0.0.0/0", {"s3:from": "2001:db8::1"}, False),
    Case("R-C18", "IpAddress", "s3:from", "::/0", {"s3:from": "10.0.0.1"}, False),
    Case("R-C18", "IpAddress", "s3:from", "10.1.2.3/8", {"s3:from": "10.0.0.1"}, True),
    Case("R-C18", "IpAddress", "s3:from", "10.1.2.3/8", {"s3:from": "11.0.0.1"}, False),
    Case("R-C18", "IpAddress", "s3:from", "2001:db8::1/32", {"s3:from": "2001:db8::"}, True),
    Case("R-C19", "BinaryEquals", "s3:blob", "YQ==", {"s3:blob": "YR=="}, True),
    Case("R-C19", "BinaryEquals", "s3:blob", "YWI=", {"s3:blob": "YWJ="}, True),
    Case("R-C19", "BinaryEquals", "s3:blob", "YQ==", {"s3:blob": "Yg=="}, False),
    Case("R-C20", "NumericNotEquals", "s3:max-keys", "10", {"s3:max-keys": "ten"}, True),
    Case("R-C20", "NumericNotEquals", "s3:max-keys", "10", {"s3:max-keys": ""}, True),
    Case("R-C20", "DateNotEquals", "s3:when", "2020-01-01", {"s3:when": "soon"}, True),
    Case("R-C20", "NotIpAddress", "s3:from", "0.0.0.0/0", {"s3:from": "here"}, True),
    Case("R-C20", "NumericLessThanIfExists", "s3:max-keys", "10", {"s3:max-keys": "ten"}, False),
    Case("R-V4", "ArnLike", "s3:arn", _REGION, {"s3:x": "a", "s3:arn": "arn:aws:s3:a:1:b"}, True),
    Case(
        "R-V4", "ArnLike", "s3:arn", _REGION, {"s3:x": "a:1", "s3:arn": "arn:aws:s3:a:1:1:b"}, False
    ),
    Case("R-V4", "ArnLike", "s3:arn", _NAME, {"s3:x": "a:b", "s3:arn": "arn:aws:s3:::a:b"}, True),
    Case("R-V4", "StringLike", "s3:prefix", "${s3:x}", {"s3:x": "*", "s3:prefix": "a"}, False),
    Case("R-V5", "StringEquals", "s3:prefix", "${s3:x}", {"s3:prefix": ""}, False),
    Case("R-V5", "StringNotEquals", "s3:prefix", "${s3:x}", {"s3:prefix": ""}, True),
    Case("R-V5", "StringLike", "s3:prefix", "a${s3:x}*", {"s3:prefix": "ab"}, False),
    Case("R-V12", "StringEquals", "s3:prefix", "${s3:x}", {"s3:x": "", "s3:prefix": ""}, True),
    Case("R-V8", "StringLike", "s3:prefix", "a${*}b", {"s3:prefix": "axb"}, False),
    Case("R-V8", "StringLike", "s3:prefix", "a${*}b", {"s3:prefix": "a*b"}, True),
    Case("R-V8", "StringLike", "s3:prefix", "a${?}b", {"s3:prefix": "axb"}, False),
]

each_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.rule}-{case.operator}-{case.wanted}-{number}")
        for number, case in enumerate(CASES)
    ],
)


def _policy(case: Case) -> il.Policy:
    statement = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "*",
        "Condition": {case.operator: {case.key: case.wanted}},
    }
    return il.parse({"Version": "2012-10-17", "Statement": statement})


def _request(context: Context) -> Request:
    user = "arn:aws:iam::111122223333:user/alice"
    return Request(user, "s3:ListBucket", "arn:aws:s3:::logs", context)


@each_case
def test_a_condition_holds_or_not(case: Case) -> None:
    assert allows(_policy(case), _request(case.context)) is case.holds


@each_case
def test_the_formula_says_the_same(case: Case) -> None:
    assert symbolically_allows(_policy(case), _request(case.context)) is case.holds
