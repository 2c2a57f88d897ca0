"""A document is the policy that the AWS provider makes of it.

data/documents.json is what version 5.100.0 of the provider made of data/documents/ when Terraform
1.11 planned it; nothing in it is written by hand.
"""

import json
from pathlib import Path

import pytest

from iamlogic.inputs.terraform.module import read_module
from iamlogic.questions.review.placed import PlaceholderKind
from iamlogic.syntax.documents import parse
from iamlogic.syntax.formatter import format as formatted
from tests.inputs.terraform.modules import (
    NOWHERE,
    names_open,
    one,
    policies,
    read,
    said,
    statement,
    unordered,
    unread,
)

DATA = Path(__file__).parent / "data"
FILES = {
    path.name: path.read_text(encoding="utf-8") for path in sorted((DATA / "documents").iterdir())
}
MADE = json.loads((DATA / "documents.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("address", MADE)
def test_a_document_is_what_the_provider_makes_of_it(address: str) -> None:
    name = address.rpartition(".")[2]
    use = f'resource "aws_kms_key" "k" {{ policy = {address}.json }}'
    files = {**FILES, "use.tf": use.replace("aws_kms_key", "unknown_thing")}
    (placed,) = (
        each
        for each in read_module(files, NOWHERE).policies
        if each.name == "unknown_thing.k.policy"
    )
    expected = json.loads(formatted(parse(MADE[address])))
    assert unordered(said(placed)) == unordered(expected), name


DOCUMENT = """
variable "open" {}
variable "list" { type = list(any) }
data "aws_iam_policy_document" "d" {
%s
}
"""


def _document(body: str) -> str:
    return DOCUMENT % body


def test_a_document_that_nothing_uses_stands_on_its_own() -> None:
    body = 'statement {\n actions = ["s3:*"]\n resources = ["*"]\n}'
    assert list(policies(_document(body))) == ["data.aws_iam_policy_document.d"]


def test_a_document_is_found_once_at_what_uses_it() -> None:
    body = 'statement {\n actions = ["s3:*"]\n resources = ["*"]\n}'
    code = _document(body) + (
        'resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }\n'
        'output "o" { value = data.aws_iam_policy_document.d.json }\n'
        "locals { d = data.aws_iam_policy_document.d.json }\n"
    )
    assert list(policies(code)) == ["aws_iam_policy.p.policy"]


def test_a_source_is_found_once_in_what_it_is_merged_into() -> None:
    code = """
data "aws_iam_policy_document" "a" {
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "b" {
  source_policy_documents = [data.aws_iam_policy_document.a.json]
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.b.json }
"""
    assert list(policies(code)) == ["aws_iam_policy.p.policy"]


def test_statements_stand_where_they_are_written_also_in_other_files() -> None:
    files = {
        "a.tf": 'data "aws_iam_policy_document" "a" {\n  statement {\n    actions = ["s3:*"]\n'
        '    resources = ["*"]\n  }\n}\n',
        "b.tf": 'data "aws_iam_policy_document" "b" {\n'
        "  source_policy_documents = [data.aws_iam_policy_document.a.json]\n"
        '  statement {\n    actions = ["sqs:*"]\n    resources = ["*"]\n  }\n}\n',
        "c.tf": 'resource "aws_iam_policy" "p" {\n'
        "  policy = data.aws_iam_policy_document.b.json\n}\n",
    }
    placed = one(files)
    assert placed.title == "b.tf: aws_iam_policy.p.policy"
    places = [str(each.where) for each in placed.policy.statements]
    assert places == ["a.tf:2:3", "b.tf:3:3"]
    assert [str(each.actions.patterns[0].where) for each in placed.policy.statements] == [
        "a.tf:3:16",
        "b.tf:4:16",
    ]


def test_an_unknown_dynamic_statement_may_be_there_or_not() -> None:
    code = _document(
        'dynamic "statement" {\n for_each = var.list\n content {\n actions = ["s3:Get*"]\n'
        ' resources = ["arn:aws:s3:::${statement.value}/*"]\n}\n}'
    )
    found = statement(code)
    item = "data.aws_iam_policy_document.d[statement_in_var.list]"
    assert found["Resource"] == f"arn:aws:s3:::<{item}.value>/*"
    kinds = {each.name: each.kind for each in one(code).placeholders}
    assert kinds["any data.aws_iam_policy_document.d[statement in var.list]"] is (
        PlaceholderKind.CONDITION
    )


def test_an_unknown_dynamic_condition_may_be_absent() -> None:
    code = _document(
        'statement {\n actions = ["s3:Get*"]\n resources = ["*"]\n'
        'dynamic "condition" {\n for_each = var.list\n content {\n test = "StringEquals"\n'
        ' variable = "aws:PrincipalTag/a"\n values = ["b"]\n}\n}\n}'
    )
    (policy,) = policies(code).values()
    assert isinstance(policy, dict)
    keys = [set(each["Condition"]) for each in policy["Statement"]]
    assert [("StringEquals" in each) for each in keys] == [True, False]


def test_a_source_that_is_not_known_may_say_anything() -> None:
    code = _document(
        "source_policy_documents = [var.open]\n"
        'statement {\n sid = "A"\n actions = ["s3:Get*"]\n resources = ["*"]\n}'
    )
    (policy,) = policies(code).values()
    assert isinstance(policy, dict)
    said_of = [(each["Effect"], each["Action"]) for each in policy["Statement"]]
    assert said_of == [("Allow", "*"), ("Deny", "*"), ("Allow", "s3:Get*")]
    assert "var.open" in names_open(code)


def test_an_override_that_is_not_known_leaves_open_what_has_a_sid() -> None:
    code = _document(
        "override_policy_documents = [var.open]\n"
        'statement {\n sid = "A"\n actions = ["s3:Get*"]\n resources = ["*"]\n}'
    )
    assert unread(code).is_open


def test_a_source_under_a_condition_leaves_only_itself_open() -> None:
    code = """
variable "on" { type = bool }
data "aws_iam_policy_document" "extra" {
  count = var.on ? 1 : 0
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "all" {
  source_policy_documents = compact([join("", data.aws_iam_policy_document.extra[*].json)])
  statement {
    actions   = ["sqs:*"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.all.json }
"""
    (policy,) = policies(code).values()
    assert isinstance(policy, dict)
    first, second = policy["Statement"]
    assert (first["Action"], "Condition" in first) == ("s3:*", True)
    assert (second["Action"], "Condition" in second) == ("sqs:*", False)


def test_a_principal_of_a_type_that_is_not_known_is_open() -> None:
    code = _document(
        'statement {\n actions = ["s3:Get*"]\n resources = ["*"]\n'
        ' principals {\n type = var.open\n identifiers = ["x"]\n}\n}'
    )
    (name,) = names_open(code)
    assert name.startswith("data.aws_iam_policy_document.d.principals: ")
    assert names_open("# a line more\n" + code) == [name]


def test_a_document_that_is_made_of_itself_is_open() -> None:
    code = _document("source_policy_documents = [data.aws_iam_policy_document.d.json]")
    found = read(code)
    assert not found.unread
    assert [each.name for each in found.policies] == ["data.aws_iam_policy_document.d"]
    assert found.policies[0].placeholders
