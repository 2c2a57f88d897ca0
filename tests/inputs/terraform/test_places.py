"""Where policies are in Terraform's files, and of which types."""

from dataclasses import replace

import pytest

from iamlogic.catalog.resource_types import resource_type
from iamlogic.catalog.terraform_policies import (
    PolicyAttribute,
    other_attributes,
    policies_of,
    policy_attributes,
)
from iamlogic.syntax.policy_types import PolicyType
from tests.inputs.terraform.modules import HERE, one, policies, read, resource, statement, unread

_BODIES = {
    PolicyType.IDENTITY: '{ Effect = "Allow", Action = "s3:*", Resource = "*" }',
    PolicyType.RESOURCE: '{ Effect = "Allow", Action = "s3:*", Resource = "*", Principal = "*" }',
    PolicyType.TRUST: '{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }',
}
_BODIES[PolicyType.SESSION] = _BODIES[PolicyType.SCP] = _BODIES[PolicyType.IDENTITY]
_BODIES[PolicyType.ENDPOINT] = _BODIES[PolicyType.RESOURCE]


def _encoded(kind: PolicyType) -> str:
    return f'jsonencode({{ Version = "2012-10-17", Statement = [{_BODIES[kind]}] }})'


def _resource(row: PolicyAttribute) -> str:
    attribute = f"{row.path[-1]} = {_encoded(row.type or PolicyType.SCP)}"
    for block in row.path[:-2]:
        if block != "*":
            attribute = f'{block} {{\n name = "n"\n {attribute}\n}}'
    return f'resource "{row.resource}" "x" {{\n{attribute}\n}}'


@pytest.mark.parametrize("row", policy_attributes(), ids=lambda row: f"{row.resource}.{row.dotted}")
def test_every_attribute_of_the_table_is_found(row: PolicyAttribute) -> None:
    placed = one(_resource(row))
    assert placed.name == f"{row.resource}.x.{row.dotted}".replace("[*]", "[n]")
    assert placed.type is (row.type or PolicyType.SCP)
    assert placed.resource_type == row.target


def test_the_targets_of_the_table_are_types_of_the_catalog() -> None:
    targets = {row.target for row in policy_attributes() if row.target}
    assert {resource_type(each).name for each in targets} == targets


def test_no_attribute_is_listed_twice() -> None:
    rows = [(row.resource, row.path) for row in (*policy_attributes(), *other_attributes())]
    assert len(set(rows)) == len(rows)
    assert policies_of("aws_new_thing") == ()


@pytest.mark.parametrize("row", other_attributes(), ids=lambda row: row.resource)
def test_what_only_looks_like_a_policy_is_left_alone(row: PolicyAttribute) -> None:
    found = read(
        f'resource "{row.resource}" "x" {{\n{row.path[0]} = {_encoded(PolicyType.SCP)}\n}}'
    )
    assert found.policies == found.unread == ()


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ('"SERVICE_CONTROL_POLICY"', PolicyType.SCP),
        ('"TAG_POLICY"', None),
        ("var.kind", PolicyType.SCP),
    ],
)
def test_a_policy_of_an_organization_is_what_its_type_says(
    kind: str, type_: PolicyType | None
) -> None:
    code = (
        'variable "kind" {}\nresource "aws_organizations_policy" "x" {\n'
        f"type = {kind}\ncontent = {_encoded(PolicyType.SCP)}\n}}"
    )
    assert [each.type for each in read(code).policies] == ([type_] if type_ else [])


NET = [
    (f'resource "new_thing" "x" {{\n rules = {_encoded(PolicyType.SCP)}\n}}', "new_thing.x.rules"),
    (
        f'resource "new_thing" "x" {{\n inner {{\n rules = {_encoded(PolicyType.SCP)}\n}}\n}}',
        "new_thing.x.inner[0].rules",
    ),
    (f'module "m" {{\n policy = {_encoded(PolicyType.SCP)}\n}}', "module.m.policy"),
    (
        f'module "m" {{\n policies = {{ a = [{_encoded(PolicyType.SCP)}] }}\n}}',
        'module.m.policies["a"][0]',
    ),
    (f'output "o" {{\n value = {_encoded(PolicyType.SCP)}\n}}', "output.o.value"),
    (f"locals {{\n p = {_encoded(PolicyType.SCP)}\n}}", "local.p"),
    (
        'locals {\n p = { Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] }\n}',
        "local.p",
    ),
    (
        """
resource "new_thing" "x" {
  rules = <<EOF
{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
EOF
}
""",
        "new_thing.x.rules",
    ),
]


@pytest.mark.parametrize(("code", "name"), NET, ids=[name for _, name in NET])
def test_below_the_table_policies_are_found_by_their_shape(code: str, name: str) -> None:
    placed = one(code)
    assert (placed.name, placed.type) == (name, None)


def test_a_heredoc_keeps_its_lines() -> None:
    code = """resource "aws_iam_policy" "p" {
  policy = <<-EOF
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${var.a}"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": ${jsonencode(var.b)}}
      ]
    }
  EOF
}
"""
    placed = one(code)
    assert [str(each.where) for each in placed.policy.statements] == ["main.tf:6:9", "main.tf:7:9"]
    resources = [each.resources for each in placed.policy.statements]
    assert [each.where.column for each in resources if each] == [47, 46]


def test_jsonencode_keeps_its_lines() -> None:
    code = """resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:*", Resource = "*" },
    ]
  })
}
"""
    placed = one(code)
    assert str(placed.where) == "main.tf:2:23"
    assert str(placed.policy.statements[0].where) == "main.tf:5:7"


def test_json_syntax_is_read_as_native_syntax() -> None:
    code = """{
  "variable": {"name": {"default": "logs"}},
  "data": {"aws_iam_policy_document": {"d": {
    "statement": [{
      "actions": ["s3:GetObject"],
      "resources": ["arn:aws:s3:::${var.name}/*"],
      "condition": {"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}
    }]
  }}},
  "resource": {"aws_iam_policy": {"p": {
    "policy": "${data.aws_iam_policy_document.d.json}"
  }}}
}
"""
    files = {"main.tf.json": code}
    assert statement(files) == {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::logs/*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    assert str(one(files).policy.statements[0].where) == "main.tf.json:4:19"


def test_variables_have_the_last_value_that_is_given() -> None:
    code = 'variable "a" { default = "default" }\n'
    files = {"main.tf": code + resource('"arn:aws:s3:::${var.a}"')}
    assert statement(files)["Resource"] == "arn:aws:s3:::default"
    files["terraform.tfvars"] = 'a = "tfvars"'
    assert statement(files)["Resource"] == "arn:aws:s3:::tfvars"
    files["z.auto.tfvars.json"] = '{"a": "auto"}'
    assert statement(files)["Resource"] == "arn:aws:s3:::auto"
    given = replace(HERE, parameters={"a": "given"})
    assert statement(files, given)["Resource"] == "arn:aws:s3:::given"


def _queue(policy: str) -> str:
    return f'resource "aws_sqs_queue" "q" {{\n policy = {policy}\n}}'


def test_an_override_file_has_the_last_word() -> None:
    files = {
        "main.tf": _queue(_encoded(PolicyType.RESOURCE)),
        "override.tf": _queue("null"),
    }
    assert read(files).policies == ()


def test_a_policy_under_a_condition_is_open_as_a_whole_only_if_there_may_be_none() -> None:
    code = (
        'variable "on" { type = bool }\nresource "aws_sqs_queue" "q" {\n'
        f" policy = var.on ? {_encoded(PolicyType.RESOURCE)} : null\n}}"
    )
    placed = one(code)
    assert [each.name for each in placed.placeholders] == ["var.on"]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("var.policy", "a variable without a default"),
        ("module.m.policy", "what another module gives"),
        ('file("missing.json")', "a file that is not at hand"),
        ('replace(data.aws_iam_policy_document.d.json, var.policy, "")', "replace"),
        ("aws_iam_policy.other.policy", "a resource that this folder does not declare"),
    ],
)
def test_a_policy_that_is_not_known_is_open_and_says_why(expression: str, reason: str) -> None:
    found = unread(
        f'variable "policy" {{}}\nresource "aws_iam_policy" "p" {{\n policy = {expression}\n}}'
    )
    assert found.is_open
    assert found.name == "aws_iam_policy.p.policy"
    assert reason in str(found.error)


def test_a_text_that_is_no_json_is_an_error() -> None:
    found = unread('resource "aws_iam_policy" "p" {\n policy = "{ no json"\n}')
    assert (found.is_open, found.where.line) == (False, 2)


def test_a_lambda_permission_is_the_statement_that_lambda_makes_of_it() -> None:
    code = """resource "aws_lambda_permission" "p" {
  statement_id   = "FromBucket"
  function_name  = "thumbnails"
  action         = "lambda:InvokeFunction"
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::pictures"
  source_account = "111122223333"
}
"""
    assert statement(code, HERE) == {
        "Sid": "FromBucket",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:thumbnails",
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::pictures"},
            "StringEquals": {"AWS:SourceAccount": "111122223333"},
        },
    }
    assert one(code).resource_type == "AWS::Lambda::Function"


@pytest.mark.parametrize(
    ("principal", "said"),
    [
        ("*", "*"),
        ("111122223333", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("arn:aws:iam::111122223333:role/r", {"AWS": "arn:aws:iam::111122223333:role/r"}),
        ("events.amazonaws.com", {"Service": "events.amazonaws.com"}),
    ],
)
def test_a_permission_is_for_whom_its_principal_says(principal: str, said: object) -> None:
    code = (
        'resource "aws_lambda_permission" "p" {\n function_name = "f"\n'
        f' action = "lambda:InvokeFunction"\n principal = "{principal}"\n}}'
    )
    assert statement(code)["Principal"] == said


def test_a_file_that_is_no_terraform_says_where_and_the_others_are_read() -> None:
    files = {
        "bad.tf": 'resource "aws_sqs_queue" "q" {\n  name = = 1\n}\n',
        "good.tf": _queue(_encoded(PolicyType.RESOURCE)),
    }
    found = read(files)
    assert [each.name for each in found.policies] == ["aws_sqs_queue.q.policy"]
    (bad,) = found.unread
    assert (bad.title, bad.where.line, bad.where.column) == ("bad.tf", 2, 10)


def test_a_folder_without_policies_has_none() -> None:
    assert policies('resource "aws_vpc" "v" {\n cidr_block = "10.0.0.0/16"\n}') == {}


def test_an_attribute_that_is_set_twice_is_told() -> None:
    found = unread('resource "aws_sqs_queue" "q" {\n  policy = "{}"\n  policy = "{}"\n}\n')
    assert (found.where.line, found.where.column) == (3, 3)
