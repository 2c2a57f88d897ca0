"""Policies with expressions of CloudFormation where no template is around them."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest

from iamlogic.inputs.places.files import policies_in
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.review.placed import Found, PlacedPolicy

ROLE: dict[str, object] = {
    "policyDocument": {
        "Statement": [
            {
                "Action": "sqs:SendMessage",
                "Effect": "Allow",
                "Resource": {"Fn::GetAtt": ["Queue4A7E3555", "Arn"]},
            },
            {
                "Action": "s3:GetObject",
                "Effect": "Allow",
                "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::logs/*"]]},
            },
        ],
        "Version": "2012-10-17",
    },
    "roles": [{"Ref": "RoleBFDDF811"}],
}


def tree_of_constructs(properties: dict[str, object]) -> str:
    """What the CDK writes beside its templates, with one policy in it."""
    resource = {
        "id": "Resource",
        "attributes": {
            "aws:cdk:cloudformation:type": "AWS::IAM::Policy",
            "aws:cdk:cloudformation:props": properties,
        },
    }
    children = {"Stack": {"id": "Stack", "children": {"Resource": resource}}}
    return json.dumps({"version": "tree-0.1", "tree": {"id": "App", "children": children}})


def read(text: str, file: str = "cdk.out/tree.json") -> Found:
    return policies_in(text.encode(), file, Deployment())


def only(found: Found) -> PlacedPolicy:
    assert found.unread == ()
    (placed,) = found.policies
    return placed


def test_an_attribute_in_the_cdks_tree_of_constructs_is_a_placeholder() -> None:
    placed = only(read(tree_of_constructs(ROLE)))
    assert [each.name for each in placed.placeholders] == ["Queue4A7E3555.Arn"]


def test_what_is_made_of_pseudo_parameters_alone_is_resolved() -> None:
    placed = only(read(tree_of_constructs(ROLE)))
    (resource,) = placed.policy.statements[1].resources.patterns  # type: ignore[union-attr]
    assert resource.text == "arn:aws:s3:::logs/*"


def test_a_policy_in_the_tree_has_the_way_to_it_as_its_name() -> None:
    placed = only(read(tree_of_constructs(ROLE)))
    assert placed.name.endswith("attributes.aws:cdk:cloudformation:props.policyDocument")


@pytest.mark.parametrize(
    "expression", ["!GetAtt Logs.Arn", "!Sub '${Logs.Arn}'", "{Fn::GetAtt: [Logs, Arn]}"]
)
def test_short_forms_are_read_in_a_file_that_a_template_includes(expression: str) -> None:
    text = f"""\
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
            - {{Effect: Allow, Action: "s3:GetObject", Resource: {expression}}}
        """
    placed = only(read(dedent(text), "include.yaml"))
    assert [each.name for each in placed.placeholders] == ["Logs.Arn"]


def test_both_branches_of_a_condition_that_is_declared_elsewhere_are_read() -> None:
    text = """\
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: s3:GetObject
            Resource: "*"
          - !If
            - IsProduction
            - {Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}
            - !Ref AWS::NoValue
        """
    placed = only(read(dedent(text), "include.yaml"))
    assert len(placed.policy.statements) == 2
    assert [each.name for each in placed.placeholders] == ["IsProduction"]


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ("${self:custom.arn}", "self:custom.arn"),
        ("arn:aws:s3:::${self:a.${opt:stage, 'dev'}}/*", "self:a.${opt:stage, 'dev'}"),
        ("arn:aws:s3:::${file(./names.yml):logs}", "file(./names.yml):logs"),
        ("arn:aws:s3:::${ssm:/names/logs}", "ssm:/names/logs"),
        ("arn:aws:s3:::${cf.eu-west-1:stack.Bucket}", "cf.eu-west-1:stack.Bucket"),
    ],
)
def test_a_variable_of_serverless_is_a_placeholder(resource: str, name: str) -> None:
    service = {"service": "logs", "resources": {"Roles": {"Document": document(resource)}}}
    placed = only(read(json.dumps(service), "serverless.json"))
    assert [each.name for each in placed.placeholders] == [name]
    (shown,) = placed.policy.statements[0].resources.patterns  # type: ignore[union-attr]
    assert "${" not in shown.text


@pytest.mark.parametrize("variable", ["aws:username", "ssm:resourceTag/team", "s3:prefix"])
def test_a_policy_variable_is_none_of_serverless(variable: str) -> None:
    placed = only(read(json.dumps(document(f"arn:aws:s3:::logs/${{{variable}}}")), "policy.json"))
    assert placed.placeholders == ()


@pytest.mark.parametrize(
    "malformed", ['"Type": "AWS::SQS::Queue",}', '"Type": "AWS::SQS::Queue" } # x']
)
def test_a_template_in_json_may_have_what_yaml_allows(malformed: str) -> None:
    policies = json.dumps(
        {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document("*")}}
    )
    queue = malformed if malformed.endswith("}") else malformed + "\n"
    text = f'{{"Resources": {{"Read": {policies}, "Queue": {{{queue}}}}}'
    assert len(read(text, "template.json").policies) == 1


def test_a_template_that_is_neither_json_nor_yaml_is_told_by_its_first_mistake() -> None:
    text = '{"Resources": {"A": {"Type" "AWS::IAM::Role", "Statement": }}}'
    (unread,) = read(text, "template.json").unread
    assert "expected" in str(unread.error)
    assert unread.where.column == 29


def document(resource: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}],
    }
