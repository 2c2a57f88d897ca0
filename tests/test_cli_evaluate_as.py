"""`iamlogic evaluate --as`: the request in another form, and nothing decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import iamlogic as il
from iamlogic.cli import commands

EXAMPLES = Path(__file__).parents[1] / "examples"
POLICY = EXAMPLES / "office-network" / "policy.json"
REQUEST = il.Request(
    principal="arn:aws:iam::111122223333:user/alice",
    action="s3:GetObject",
    resource="arn:aws:s3:::acme-reports/a",
    context={"aws:SourceIp": "203.0.113.7"},
)


def written(*arguments: str | Path, request: il.Request = REQUEST) -> Result:
    options = ["evaluate", *map(str, arguments), "--request", request.to_json()]
    return CliRunner().invoke(commands, options)


def test_as_python_prints_what_the_library_gives() -> None:
    result = written(POLICY, "--as", "python")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == REQUEST.to_python() + "\n"


def test_as_aws_cli_prints_what_the_library_gives() -> None:
    result = written(POLICY, "--as", "aws-cli")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == REQUEST.to_aws_cli(il.load(POLICY)) + "\n"


@pytest.mark.parametrize("form", ["python", "aws-cli"])
def test_a_denied_request_is_written_too(form: str) -> None:
    denied = il.Request(REQUEST.principal, "s3:PutObject", REQUEST.resource)
    assert written(POLICY, "--as", form, request=denied).exit_code == 0
    assert written(POLICY, request=denied).exit_code == 1


def test_what_the_simulator_cannot_be_asked_is_an_error_and_no_command() -> None:
    asked = il.Request("anonymous", "s3:GetObject", "arn:aws:s3:::acme-artifacts/a")
    bucket = EXAMPLES / "artifact-bucket" / "after.json"
    result = written(bucket, "--as", "aws-cli", request=asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: AWS's policy simulator cannot be asked this: ")
    assert written(bucket, "--as", "python", request=asked).exit_code == 0


@pytest.mark.parametrize("other", [("--explain",), ("--format", "json"), ("--format", "markdown")])
def test_options_of_a_decision_do_not_go_with_it(other: tuple[str, ...]) -> None:
    result = written(POLICY, "--as", "python", *other)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--as decides nothing: leave --explain and --format out" in result.stderr
