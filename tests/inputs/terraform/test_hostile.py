"""Whatever a file holds, reading it ends, and says what it could not follow."""

import pytest

from iamlogic.inputs.terraform.native import MAX_FILE
from tests.inputs.terraform.modules import names_open, read, resource, unread


def _chain(first: str, form: str, count: int) -> str:
    """Locals of which each is made of the one before."""
    lines = [f"a{n} = {form.replace('@', f'local.a{n - 1}')}" for n in range(1, count)]
    return "locals {\n" + "\n".join([f"a0 = {first}", *lines]) + "\n}\n"


TOO_DEEP = [
    f"x = {'[' * 2000}{']' * 2000}",
    f"x = {'(' * 2000}1{')' * 2000}",
    "x = " + '"${' * 300 + "1" + '}"' * 300,
    "x = <<EOF\n" + '${"' * 500 + "x" + '"}' * 500 + "\nEOF\n",
]


@pytest.mark.parametrize("code", TOO_DEEP, ids=["lists", "parentheses", "templates", "heredoc"])
def test_what_stands_too_deep_is_told(code: str) -> None:
    found = unread(f'resource "aws_iam_policy" "p" {{\n{code}\n}}\n')
    assert (found.name, found.is_open) == ("", False)


def test_a_file_that_is_too_large_is_told() -> None:
    assert "more than" in str(unread("# a line\n" * (MAX_FILE // 9 + 1)).error)


OPEN = [
    _chain('["x", "y"]', "[@, @, @]", 30) + resource("flatten(local.a29)"),
    _chain('"xxxxxxxxxx"', '"${@}${@}"', 40) + resource("local.a39"),
    _chain('"x"', "@", 2000) + resource("local.a1999"),
    resource("[for a in range(900): [for b in range(900): [for c in range(900): a]]]"),
]


@pytest.mark.parametrize("code", OPEN, ids=["lists", "texts", "chain", "loops"])
def test_what_a_few_lines_blow_up_is_left_open(code: str) -> None:
    found = read(code)
    assert len(found.policies) + len(found.unread) == 1
    assert all(each.placeholders for each in found.policies)
    assert all(each.is_open for each in found.unread)


CYCLES = [
    ("locals {\n a = local.b\n b = local.a\n}\n" + resource("local.a"), "local.a"),
    (
        'resource "aws_s3_bucket" "a" { bucket = aws_s3_bucket.b.id }\n'
        'resource "aws_s3_bucket" "b" { bucket = aws_s3_bucket.a.id }\n'
        + resource("aws_s3_bucket.a.arn"),
        "aws_s3_bucket.a",
    ),
]


@pytest.mark.parametrize(("code", "name"), CYCLES, ids=["locals", "resources"])
def test_what_is_made_of_itself_is_left_open(code: str, name: str) -> None:
    (found,) = names_open(code)
    assert found.startswith(name)


def test_many_blocks_that_may_be_there_are_one_placeholder() -> None:
    blocks = "".join(
        f'dynamic "condition" {{\n for_each = var.c{n}\n content {{\n test = "StringEquals"\n'
        f' variable = "aws:PrincipalTag/t{n}"\n values = ["a"]\n}}\n}}\n'
        for n in range(25)
    )
    document = f'statement {{\n actions = ["s3:*"]\n resources = ["*"]\n{blocks}}}\n'
    (name,) = names_open(f'data "aws_iam_policy_document" "d" {{\n{document}}}\n')
    assert name.startswith("data.aws_iam_policy_document.d.condition: ")
