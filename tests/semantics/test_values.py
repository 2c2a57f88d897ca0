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
    """One condition of a policy, and the values that a request has."""

    rule: str
    operator: str
    key: str
    wanted: str
    context: Context


HOLD = [
    Case("R-C5", "ForAnyValue:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a", "b"]}),
    Case("R-C5", "ForAnyValue:StringNotLike", "aws:TagKeys", "a*", {"aws:TagKeys": ["a", "b"]}),
    Case("R-C15", "StringLike", "s3:prefix", "a?", {"s3:prefix": "ab"}),
    Case("R-C16", "DateLessThan", "s3:when", "2020-01-01T00:00:00Z", {"s3:when": "12021"}),
    Case("R-C16", "DateEquals", "s3:when", "2021", {"s3:when": "2021-01-01T00:00:00Z"}),
    Case("R-C16", "DateEquals", "s3:when", "1970-01-01T01:00:00+01:00", {"s3:when": "0"}),
    Case("R-C16", "DateEquals", "s3:when", "1970-01-01T01:00:00-01:00", {"s3:when": "7200.0"}),
    Case("R-C18", "NotIpAddress", "s3:from", "10.0.0.0/8", {"s3:from": "::ffff:10.0.0.1"}),
    Case("R-C18", "IpAddress", "s3:from", "10.1.2.3/8", {"s3:from": "10.0.0.1"}),
    Case("R-C18", "IpAddress", "s3:from", "2001:db8::1/32", {"s3:from": "2001:db8::"}),
    Case("R-C19", "BinaryEquals", "s3:blob", "YQ==", {"s3:blob": "YR=="}),
    Case("R-C19", "BinaryEquals", "s3:blob", "YWI=", {"s3:blob": "YWJ="}),
    Case("R-C20", "NumericNotEquals", "s3:max-keys", "10", {"s3:max-keys": "ten"}),
    Case("R-C20", "NumericNotEquals", "s3:max-keys", "10", {"s3:max-keys": ""}),
    Case("R-C20", "DateNotEquals", "s3:when", "2020-01-01", {"s3:when": "soon"}),
    Case("R-C20", "NotIpAddress", "s3:from", "0.0.0.0/0", {"s3:from": "here"}),
    Case("R-V4", "ArnLike", "s3:arn", _REGION, {"s3:x": "a", "s3:arn": "arn:aws:s3:a:1:b"}),
    Case("R-V4", "ArnLike", "s3:arn", _NAME, {"s3:x": "a:b", "s3:arn": "arn:aws:s3:::a:b"}),
    Case("R-V5", "StringNotEquals", "s3:prefix", "${s3:x}", {"s3:prefix": ""}),
    Case("R-V12", "StringEquals", "s3:prefix", "${s3:x}", {"s3:x": "", "s3:prefix": ""}),
    Case("R-V8", "StringLike", "s3:prefix", "a${*}b", {"s3:prefix": "a*b"}),
]

FAIL = [
    Case("R-C5", "ForAnyValue:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a"]}),
    Case("R-C5", "ForAnyValue:StringNotLike", "aws:TagKeys", "*", {"aws:TagKeys": ["a", "b"]}),
    Case("R-C5", "ForAllValues:StringNotEquals", "aws:TagKeys", "a", {"aws:TagKeys": ["a"]}),
    Case("R-C15", "StringLike", "s3:prefix", "a?", {"s3:prefix": "a"}),
    Case("R-C15", "StringLike", "s3:prefix", "a?*", {"s3:prefix": "a"}),
    Case("R-C15", "StringLike", "s3:prefix", "*?a", {"s3:prefix": "a"}),
    Case("R-C16", "DateLessThan", "s3:when", "2020-01-01T00:00:00Z", {"s3:when": "2021"}),
    Case("R-C16", "DateEquals", "s3:when", "2021", {"s3:when": "2021.0"}),
    Case("R-C18", "IpAddress", "s3:from", "10.0.0.0/8", {"s3:from": "::ffff:10.0.0.1"}),
    Case("R-C18", "IpAddress", "s3:from", "::ffff:10.0.0.0/104", {"s3:from": "10.0.0.1"}),
    Case("R-C18", "IpAddress", "s3:from", "0.0.0.0/0", {"s3:from": "2001:db8::1"}),
    Case("R-C18", "IpAddress", "s3:from", "::/0", {"s3:from": "10.0.0.1"}),
    Case("R-C18", "IpAddress", "s3:from", "10.1.2.3/8", {"s3:from": "11.0.0.1"}),
    Case("R-C19", "BinaryEquals", "s3:blob", "YQ==", {"s3:blob": "Yg=="}),
    Case("R-C20", "NumericLessThanIfExists", "s3:max-keys", "10", {"s3:max-keys": "ten"}),
    Case("R-V4", "ArnLike", "s3:arn", _REGION, {"s3:x": "a:1", "s3:arn": "arn:aws:s3:a:1:1:b"}),
    Case("R-V4", "StringLike", "s3:prefix", "${s3:x}", {"s3:x": "*", "s3:prefix": "a"}),
    Case("R-V5", "StringEquals", "s3:prefix", "${s3:x}", {"s3:prefix": ""}),
    Case("R-V5", "StringLike", "s3:prefix", "a${s3:x}*", {"s3:prefix": "ab"}),
    Case("R-V5", "StringEquals", "s3:prefix", "${s3:x}-${s3:x, 'd'}", {"s3:prefix": "-d"}),
    Case("R-V8", "StringLike", "s3:prefix", "a${*}b", {"s3:prefix": "axb"}),
    Case("R-V8", "StringLike", "s3:prefix", "a${?}b", {"s3:prefix": "axb"}),
]

each_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{case.rule}-{case.operator}-{case.wanted}-{number}")
        for number, case in enumerate([*HOLD, *FAIL])
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
    assert allows(_policy(case), _request(case.context)) is (case in HOLD)


@each_case
def test_the_formula_says_the_same(case: Case) -> None:
    assert symbolically_allows(_policy(case), _request(case.context)) is (case in HOLD)
