"""Each world fact of R-K10 to R-K12 decides a comparison: what no request has, grants nothing.

Over all requests (R-K16) the same policies differ, so it is the fact that decides.
"""

from __future__ import annotations

import pytest

import iamlogic as il

NEVER = [
    ("R-K11", {"Null": {"aws:SourceIp": "false", "aws:SourceVpce": "false"}}),
    ("R-K11", {"Null": {"aws:SourceIp": "false", "aws:SourceVpc": "false"}}),
    ("R-K11", {"Null": {"aws:SourceIp": "false", "aws:VpcSourceIp": "false"}}),
    (
        "R-K11",
        {
            "Null": {
                "aws:SourceIp": "true",
                "aws:SourceVpce": "true",
                "aws:SourceVpc": "true",
                "aws:VpcSourceIp": "true",
            }
        },
    ),
    ("R-K11", {"Null": {"aws:CalledVia": "false"}, "Bool": {"aws:ViaAWSService": "false"}}),
    ("R-K11", {"Null": {"aws:CalledViaFirst": "false", "aws:CalledVia": "true"}}),
    (
        "R-K11",
        {
            "Null": {"aws:MultiFactorAuthAge": "false"},
            "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
        },
    ),
    ("R-K11", {"Null": {"aws:PrincipalOrgPaths": "false", "aws:PrincipalOrgID": "true"}}),
    (
        "R-K11",
        {
            "StringEquals": {"aws:PrincipalOrgID": "o-a"},
            "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-b/*"},
        },
    ),
    (
        "R-K11",
        {
            "Null": {"aws:RequestTag/team": "false"},
            "ForAllValues:StringNotEquals": {"aws:TagKeys": ["team", "Team", "TEAM"]},
            "ForAllValues:StringNotLike": {"aws:TagKeys": ["*a*", "*A*"]},
        },
    ),
    ("R-K11", {"Null": {"aws:SourceArn": "false"}}),
    (
        "R-K23",
        {"StringEquals": {"kms:CallerAccount": "1" * 12, "aws:PrincipalAccount": "2" * 12}},
    ),
    (
        "R-K23",
        {
            "StringLike": {"aws:SourceOwner": "1*", "aws:PrincipalAccount": "2*"},
        },
    ),
    ("R-K12", {"Null": {"aws:SecureTransport": "true"}}),
    ("R-K12", {"Null": {"aws:RequestedRegion": "true"}}),
    ("R-K14", {"StringNotEquals": {"aws:SecureTransport": ["true", "false"]}}),
]


@pytest.mark.parametrize(("rule", "condition"), NEVER)
def test_what_no_request_has_grants_nothing(rule: str, condition: dict[str, object]) -> None:
    head = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    nothing = il.parse({"Statement": []})
    granted = il.parse({"Statement": head | {"Condition": condition}})
    assert il.compare(nothing, granted).relation is il.Relation.EQUIVALENT, rule
    everything = il.compare(nothing, granted, all_requests=True)
    assert everything.relation is il.Relation.MORE_PERMISSIVE, rule
