"""What is left of policies where a scope is asked about: what decides its requests, no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

import iamlogic as il
from iamlogic.questions.narrowing import Shelf
from iamlogic.symbolic.lowering import lower

Json = dict[str, Any]

BUCKET = "arn:aws:s3:::b"


def statement(**members: object) -> Json:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **members}


def policy(*statements: Json) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def left(policies: list[il.Policy], **scope: object) -> list[list[Json]]:
    """The statements that are left of each policy, as they are written."""
    narrowed = Shelf(policies).narrowed(lower(il.Scope(scope).statement))
    return [json.loads(il.format(narrowed(each)))["Statement"] for each in policies]


@pytest.mark.parametrize(
    ("written", "scope", "expected"),
    [
        ({"Action": ["s3:Get*", "ec2:*", "s3:*"]}, {"Action": "s3:GetObject"}, ["s3:Get*", "s3:*"]),
        ({"Action": ["s3:Put*", "ec2:*"]}, {"Action": "s3:GetObject"}, None),
        ({"Action": ["S3:GETobject", "s3:*Acl"]}, {"Action": "s3:get*t"}, "S3:GETobject"),
        ({"Action": ["s3:*", "s3:GetObject"]}, {"Action": ["ec2:*", "s3:Get*"]}, ...),
        ({"Action": ["s3:*", "ec2:*"]}, {"NotAction": "s3:*"}, ...),
        ({"Action": ["s3:Get*", "S3:get*", "ec2:*"]}, {"Action": "s3:*"}, "s3:Get*"),
    ],
)
def test_of_actions_those_are_left_that_the_scope_shares(
    written: Json, scope: Json, expected: object
) -> None:
    ((*found,),) = left([policy(statement(**written))], **scope)
    wanted = written["Action"] if expected is ... else expected
    assert found == ([] if wanted is None else [statement(Action=wanted)])


@pytest.mark.parametrize(
    ("written", "scope", "expected"),
    [
        ([BUCKET, f"{BUCKET}/*", "arn:aws:s3:::c"], {"Resource": f"{BUCKET}/x"}, f"{BUCKET}/*"),
        ([BUCKET, "arn:aws:s3:::c"], {"Resource": f"{BUCKET}/*"}, None),
        ([f"{BUCKET}/a*", f"{BUCKET}/b*"], {"Resource": f"{BUCKET}/*"}, ...),
        ([f"{BUCKET}/*a", f"{BUCKET}/*b"], {"Resource": f"{BUCKET}/*zb"}, f"{BUCKET}/*b"),
        ([f"{BUCKET}/${{aws:username}}", BUCKET], {"Resource": f"{BUCKET}/*"}, 0),
        ([BUCKET, "arn:aws:s3:::c"], {"Resource": f"{BUCKET}/${{aws:username}}"}, ...),
        ([BUCKET, "arn:aws:s3:::c"], {"NotResource": BUCKET}, ...),
        ([BUCKET, "arn:aws:s3:::c"], {}, ...),
        ([BUCKET, "arn:aws:s3:::c"], {"Resource": "*"}, ...),
    ],
)
def test_of_resources_those_are_left_that_the_scope_shares(
    written: list[str], scope: Json, expected: object
) -> None:
    ((*found,),) = left([policy(statement(Resource=written))], Action="*", **scope)
    wanted = written[expected] if isinstance(expected, int) else expected
    wanted = written if wanted is ... else wanted
    assert found == ([] if wanted is None else [statement(Resource=wanted)])


def test_what_a_list_leaves_out_is_left_as_far_as_the_scope_shares_it() -> None:
    written = {
        "Effect": "Deny",
        "NotAction": ["s3:Get*", "ec2:*"],
        "NotResource": [BUCKET, "arn:aws:s3:::c"],
    }
    asked = {"Action": "s3:*", "Resource": f"{BUCKET}*"}
    ((*found,),) = left([policy(written)], **asked)
    assert found == [{"Effect": "Deny", "NotAction": "s3:Get*", "NotResource": BUCKET}]
    ((*found,),) = left([policy(written)], Action="lambda:*", Resource="arn:aws:lambda:*:a")
    assert found == [{"Effect": "Deny", "NotAction": [], "NotResource": []}]
    assert left([policy(written)], Action="s3:GetObject") == [[]]  # which is in Get*
    assert left([policy(written)], Action="s3:*", Resource=BUCKET) == [[]]


def test_a_statement_needs_to_share_both_actions_and_resources() -> None:
    both = statement(Action="s3:*", Resource=f"{BUCKET}/*")
    policies = [
        policy(statement(Action="s3:*", Resource="arn:aws:s3:::c"), both),
        policy(statement(Action="ec2:*", Resource=f"{BUCKET}/*")),
        policy(both, both),
    ]
    found = left(policies, Action="s3:GetObject", Resource=f"{BUCKET}/x")
    assert found == [[both], [], [both, both]]


def test_conditions_principals_and_statements_without_resource_stay_as_they_are() -> None:
    condition = {"StringEquals": {"aws:username": ["ann"]}}
    trusting = {
        "Sid": "Trust",
        "Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com"]},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }
    (found,) = left([policy(trusting)], Action="sts:AssumeRole", Resource="arn:aws:iam::*:role/r")
    (kept,) = found
    assert kept["Action"] == "sts:AssumeRole"
    assert kept["Sid"] == "Trust"
    assert "Resource" not in kept
    assert list(kept["Condition"]["StringEquals"]) == ["aws:username"]


def test_what_is_left_keeps_its_places_and_its_file() -> None:
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [statement(Action="ec2:*"), statement()]}
    )
    whole = il.parse(text, file="policy.json")
    part = Shelf([whole]).narrowed(lower(il.Scope({"Action": "s3:*"}).statement))(whole)
    assert part.file == "policy.json"
    assert part.statements == whole.statements[1:]
    assert part.statements[0].where == whole.statements[1].where
    assert part.version is whole.version
