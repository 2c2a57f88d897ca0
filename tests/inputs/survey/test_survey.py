"""The survey on a small scale: a file in the manner of each kind of content that it is made on.

The files were written for this test, after what the packages in benchmarks/survey/corpora.py hold.
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from benchmarks.survey.reading import Tally, review, survey
from benchmarks.survey.second_count import left_over, occurrences, reason
from iamlogic.inputs.places.files import policies_in
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}

CONTENT = {
    "linter/role.yaml": """\
        Resources:
          Reader:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument:
                Version: "2012-10-17"
                Statement:
                  - {Effect: Allow, Principal: {Service: lambda.amazonaws.com},
                     Action: sts:AssumeRole}
              Policies:
                - PolicyName: read
                  PolicyDocument:
                    # Statement: this is none
                    Statement:
                      Effect: Allow
                      Action: s3:GetObject
                      Resource: !Sub "${Logs.Arn}/*"
          Logs:
            Type: AWS::S3::Bucket
        """,
    "cdk/tree.json": json.dumps(
        {
            "tree": {
                "props": {
                    **POLICY,
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "s3:GetObject",
                            "Resource": {"Fn::GetAtt": ["A", "Arn"]},
                        }
                    ],
                }
            }
        }
    ),
    "cdk/web-acl.template.json": json.dumps(
        {
            "Resources": {
                "Acl": {
                    "Type": "AWS::WAFv2::WebACL",
                    "Properties": {
                        "Rules": [
                            {"Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS"}}}
                        ]
                    },
                }
            }
        }
    ),
    "serverless/template.yaml": """\
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Function:
            Type: AWS::Serverless::Function
            Properties:
              Policies:
                - Statement:
                    - {Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt Queue.Arn}
          Queue: {Type: AWS::SQS::Queue}
        """,
    "policies/details.json": json.dumps(
        {
            "Policies": [
                {"PolicyVersionList": [{"Document": POLICY}, {"Document": json.dumps(POLICY)}]}
            ]
        }
    ),
    "schema/policy.json": '{"definitions": {"Statement": {"type": "array"}}}',
    "module/main.tf": """\
        variable "bucket" {}
        data "aws_iam_policy_document" "read" {
          statement {
            actions   = ["s3:GetObject"]
            resources = ["arn:aws:s3:::${var.bucket}/*"]
          }
          dynamic "statement" {
            for_each = toset(["a", "b"])
            content {
              actions   = ["s3:ListBucket"]
              resources = ["arn:aws:s3:::${statement.value}"]
            }
          }
        }
        resource "aws_iam_policy" "read" {
          policy = data.aws_iam_policy_document.read.json
        }
        resource "aws_iam_policy" "inline" {
          policy = jsonencode({
            Version   = "2012-10-17"
            Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }]
          })
        }
        """,
    "plan/plan.json": json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.9.0",
            "planned_values": {
                "root_module": {
                    "resources": [
                        {"address": "aws_iam_policy.a", "values": {"policy": json.dumps(POLICY)}}
                    ]
                }
            },
            "resource_changes": [
                {
                    "address": "aws_iam_policy.a",
                    "mode": "managed",
                    "type": "aws_iam_policy",
                    "name": "a",
                    "change": {
                        "actions": ["create"],
                        "before": None,
                        "after": {"policy": json.dumps(POLICY)},
                        "after_unknown": {},
                    },
                }
            ],
        }
    ),
    "notes/README.md": '```json\n{"Statement": []}\n```\n',
}


@pytest.fixture
def tally(tmp_path: Path) -> Tally:
    for name, text in CONTENT.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text))
    tally = Tally()
    survey(tmp_path, tally)
    return tally


def test_each_policy_is_found(tally: Tally) -> None:
    found = sorted(Path(each.file).name for each in tally.policies)
    assert found == [
        *["details.json"] * 2,
        *["main.tf"] * 2,
        "plan.json",
        *["role.yaml"] * 2,
        "template.yaml",
        "tree.json",
    ]
    assert tally.unread == []
    assert tally.crashes == []


def test_a_place_that_is_no_policy_has_a_reason(tally: Tally) -> None:
    assert sorted(why for _, why in tally.left) == [
        "a comment",
        "a plan says its changes again",
        "a rule of a web ACL",
        "a schema of policies",
    ]


def test_files_that_are_not_read_are_counted_by_their_kind(tally: Tally) -> None:
    assert tally.elsewhere == {".md": 1}


def test_each_policy_is_reviewed(tally: Tally) -> None:
    review(tally)
    assert tally.crashes == tally.slow == tally.unknown == []


def test_a_policy_that_was_passed_over_is_left_over() -> None:
    text = json.dumps({"a": POLICY, "b": POLICY}, indent=1)
    found = policies_in(text.encode(), "a.json", Deployment())
    places = occurrences(text, "a.json")
    assert left_over(places, found) == []
    for number in range(2):
        without = Found(tuple(found.policies[i] for i in range(2) if i != number))
        assert left_over(places, without) == [places[number]]


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "x", "Statement": [{"Effect": "Allow", "type": "string"}]}',
        '{"description": "x", "Statement": {"Effect": "Deny", "Action": "s3:*"}}',
        "Statement:\n  - RuleSet: x\n    Effect: Allow",
    ],
)
def test_what_is_a_statement_has_no_reason_to_be_left_over(text: str) -> None:
    (place,) = occurrences(text, "a.json")
    assert reason(place, text, Found()) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            r'{"description": "such as {\"Statement\": {\"Effect\": \"Deny\"}}"}',
            "a text for people",
        ),
        ('run: |\n  grep -q "Statement:" a.yaml', "a program in a text"),
        ("# Statement:", "a comment"),
    ],
)
def test_what_is_written_for_people_or_shells_is_no_policy(text: str, why: str) -> None:
    (place,) = occurrences(text, "a.yaml")
    assert reason(place, text, Found()) == why


@pytest.mark.parametrize(
    "text",
    [
        '"Statement": [',
        "Statement :",
        "  - Statement:",
        r'"{\"Statement\": [',
        r"\\\"Statement\\\":",
        "Statement = [",
        "statement {",
        'dynamic "statement" {',
        '{"Statement":{',
    ],
)
def test_the_second_count_sees_the_name_however_it_is_written(text: str) -> None:
    assert len(occurrences(text, "")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "PreparedStatement:",
        '"ManagedRuleGroupStatement": {',
        "statement_id = 1",
        "Statement ==",
        "a statement.",
    ],
)
def test_the_second_count_takes_no_other_name_for_it(text: str) -> None:
    assert occurrences(text, "") == []
