"""What expressions of Terraform come to, seen in the resource of a policy."""

import pytest

from tests.inputs.terraform.modules import ACCOUNT, HERE, names_open, resource, statement

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "logs"\n}\n'
SETTINGS = """
variable "name"  { default = "logs" }
variable "other" {}
variable "names" { default = ["a", "b"] }
variable "on"    { type = bool }
locals {
  arn   = "arn:aws:s3:::${var.name}"
  table = { a = "arn:aws:s3:::a", b = "arn:aws:s3:::b" }
  loop  = local.loop
}
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
data "aws_region" "here" {}
resource "aws_s3_bucket" "b" { bucket = "logs" }
resource "aws_s3_bucket" "made" {}
resource "aws_s3_bucket" "many" {
  count  = 2
  bucket = "part-${count.index}"
}
resource "aws_s3_bucket" "each" {
  for_each = { x = "long" }
  bucket   = "${each.key}-${each.value}"
}
resource "aws_sqs_queue" "q" { name = "jobs" }
resource "aws_iam_role" "r" {
  name = "deploy"
  path = "/ci/"
}
"""

KNOWN = [
    ('"arn:aws:s3:::a"', "arn:aws:s3:::a"),
    ('"arn:aws:s3:::${var.name}/*"', "arn:aws:s3:::logs/*"),
    ('"arn:aws:s3:::a/$${aws:username}"', "arn:aws:s3:::a/${aws:username}"),
    ("local.arn", "arn:aws:s3:::logs"),
    ("local.table.a", "arn:aws:s3:::a"),
    ('local.table["b"]', "arn:aws:s3:::b"),
    ("values(local.table)", ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    ('[for n in var.names : "arn:aws:s3:::${n}"]', ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    ('[for n in var.names : "arn:aws:s3:::${n}" if n != "a"]', "arn:aws:s3:::b"),
    ('formatlist("arn:aws:s3:::%s", var.names)', ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    ('format("arn:aws:s3:::%s/*", var.name)', "arn:aws:s3:::logs/*"),
    ('join("", ["arn:aws:s3:::", var.name])', "arn:aws:s3:::logs"),
    ('concat([local.arn], ["*"])', ["arn:aws:s3:::logs", "*"]),
    ('flatten([[local.arn], [["*"]]])', ["arn:aws:s3:::logs", "*"]),
    ('compact(["", local.arn, null])', "arn:aws:s3:::logs"),
    ('merge(local.table, { a = "*" }).a', "*"),
    ('lookup(local.table, "c", "*")', "*"),
    ('try(local.table.c, "*")', "*"),
    ('coalesce("", "*")', "*"),
    ('"arn:aws:s3:::${lower("LOGS")}"', "arn:aws:s3:::logs"),
    ('"arn:aws:s3:::${upper(replace("a-b", "-", "_"))}"', "arn:aws:s3:::A_B"),
    ('split(",", "arn:aws:s3:::a,arn:aws:s3:::b")', ["arn:aws:s3:::a", "arn:aws:s3:::b"]),
    ('element(["*", "x"], 2)', "*"),
    ('var.name == "logs" ? "*" : "x"', "*"),
    ('length(var.names) > 1 ? "*" : "x"', "*"),
    ('jsondecode("{\\"a\\": \\"*\\"}").a', "*"),
    ("aws_s3_bucket.b.arn", "arn:aws:s3:::logs"),
    ('"arn:aws:s3:::${aws_s3_bucket.b.id}"', "arn:aws:s3:::logs"),
    ('"arn:aws:s3:::${aws_s3_bucket.b.bucket}"', "arn:aws:s3:::logs"),
    ("aws_s3_bucket.many[1].arn", "arn:aws:s3:::part-1"),
    ("aws_s3_bucket.many[*].arn", ["arn:aws:s3:::part-0", "arn:aws:s3:::part-1"]),
    ("aws_s3_bucket.many.*.arn", ["arn:aws:s3:::part-0", "arn:aws:s3:::part-1"]),
    ('aws_s3_bucket.each["x"].arn', "arn:aws:s3:::x-long"),
    ("aws_sqs_queue.q.arn", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"),
    ("aws_iam_role.r.arn", f"arn:aws:iam::{ACCOUNT}:role/ci/deploy"),
    (
        '"arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x"',
        f"arn:aws:iam::{ACCOUNT}:role/x",
    ),
    (
        '"arn:${data.aws_partition.here.partition}:sqs:${data.aws_region.here.name}:x"',
        "arn:aws:sqs:eu-west-1:x",
    ),
    ('"arn:aws:s3:::%{ if true }a%{ else }b%{ endif }"', "arn:aws:s3:::a"),
    ('"arn:aws:s3:::%{ for n in var.names }${n}%{ endfor }"', "arn:aws:s3:::ab"),
]


@pytest.mark.parametrize(("expression", "value"), KNOWN, ids=[each for each, _ in KNOWN])
def test_what_can_be_known_is_known(expression: str, value: object) -> None:
    assert statement(SETTINGS + resource(expression), HERE)["Resource"] == value


OPEN = [
    ('"arn:aws:s3:::${var.other}/*"', "arn:aws:s3:::<var.other>/*", "var.other"),
    ("aws_s3_bucket.made.arn", "arn:aws:s3:::<aws_s3_bucket.made>", "aws_s3_bucket.made"),
    (
        '"arn:aws:s3:::${lower(var.other)}"',
        "arn:aws:s3:::<lower(var.other)>",
        "lower(var.other)",
    ),
    (
        '"arn:aws:s3:::${uuid()}"',
        "arn:aws:s3:::<uuid()>",
        "uuid()",
    ),
    (
        '"arn:aws:s3:::${local.loop}"',
        "arn:aws:s3:::<local.loop>",
        "local.loop",
    ),
    (
        '"arn:aws:s3:::${module.m.bucket}"',
        "arn:aws:s3:::<module.m.bucket>",
        "module.m.bucket",
    ),
]


@pytest.mark.parametrize(("expression", "value", "name"), OPEN, ids=[each for each, _, _ in OPEN])
def test_what_is_not_known_is_called_by_the_expression(
    expression: str, value: str, name: str
) -> None:
    code = SETTINGS + resource(expression)
    assert statement(code, HERE)["Resource"] == value
    assert names_open(code, HERE) == [name]
