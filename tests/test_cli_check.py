"""`iamlogic check`, from files, folders and patterns to results and exit codes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlogic.cli import commands

Json = dict[str, Any]

EXAMPLES = Path(__file__).parents[1] / "examples" / "custom-checks"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments], input=stdin)


def allow(action: object, resource: object = "*", **further: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(action: object, resource: object = "*", **further: object) -> Json:
    return {**allow(action, resource, **further), "Effect": "Deny"}


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def written(path: Path, *statements: Json) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document(*statements))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Policies that allow s3, iam and nothing, in an order that no file system promises."""
    written(tmp_path / "b.json", allow("s3:*", Sid="Storage"))
    written(tmp_path / "a" / "z.json")
    written(tmp_path / "a" / "c.json", allow("iam:*", Sid="People"))
    written(tmp_path / ".git" / "hidden.json", allow("*"))
    written(tmp_path / ".hidden.json", allow("*"))
    (tmp_path / "README.md").write_text("no policy")
    return tmp_path


# Results, and AWS's words for them


def test_json_has_the_members_of_aws_s_answer(tmp_path: Path) -> None:
    existing = written(tmp_path / "old.json", allow("s3:Get*"))
    new = written(tmp_path / "new.json", allow("s3:Get*"), allow("s3:Put*", Sid="Write"))
    result = run("check", "no-new-access", existing, new, "--format", "json")
    assert result.exit_code == 1, result.output
    told = json.loads(result.stdout)
    assert told["schema"] == "iamlogic/check/1"
    assert told["check"] == "no-new-access"
    assert told["result"] == "FAIL"
    assert told["message"] == "the new policy allows what the existing one does not"
    (reason,) = told["reasons"]
    assert (reason["statementIndex"], reason["statementId"]) == (1, "Write")
    assert "s3:Put" in reason["description"]
    assert (reason["file"], reason["line"], reason["path"]) == (str(new), 1, "Statement[1]")
    assert told["witness"] == reason["witness"]
    assert told["witness"]["action"].startswith("s3:Put")
    (each,) = told["policies"]
    assert (each["file"], each["result"], each["witness"]) == (str(new), "FAIL", told["witness"])
    assert [statement["sid"] for statement in each["statements"]] == ["Write"]


def test_what_passes_has_no_reasons_and_no_witness(tmp_path: Path) -> None:
    guarded = written(tmp_path / "p.json", allow("*"), deny("iam:*", Sid="NoPeople"))
    arguments = ("check", "access-not-granted", guarded, "--action", "iam:PassRole")
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["result"], told["reasons"], told["witness"]) == ("PASS", [], None)
    assert [each["sid"] for each in told["policies"][0]["statements"]] == ["NoPeople"]
    text = run(*arguments).stdout
    assert text.startswith("PASS: the policy denies what it would allow of the access\n")
    assert 'Deny statement 2 "NoPeople"' in text


def test_the_worst_of_several_policies_decides(tmp_path: Path) -> None:
    passes = written(tmp_path / "passes.json", allow("ec2:*", Principal="*"))
    fails = written(tmp_path / "fails.json", allow("s3:*", Principal="*"))
    user = {"CanonicalUser": CANONICAL}
    unknown = written(tmp_path / "unknown.json", allow("s3:*", Principal=user))
    asked = ("--action", "s3:GetObject")
    for files, code, result, message in (
        ([passes], 0, "PASS", "the policy allows nothing of the access"),
        ([passes, f"{tmp_path}/./passes.json"], 0, "PASS", "the policy allows nothing"),
        ([passes, unknown], 3, "UNKNOWN", "none of 2 policies fails, 1 is unknown"),
        ([unknown], 3, "UNKNOWN", "the answer hangs on"),
        ([passes, fails], 1, "FAIL", "1 of 2 policies fails"),
        ([unknown, passes, fails], 1, "FAIL", "1 of 3 policies fails, 1 is unknown"),
    ):
        for output in ("text", "json", "markdown"):
            told = run("check", "access-not-granted", *files, *asked, "--format", output)
            assert told.exit_code == code, told.output
            assert result in told.stdout
            assert message in told.stdout
        told = run("check", "access-not-granted", *files, *asked, "--format", "json")
        assert json.loads(told.stdout)["result"] == result


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_only_what_does_not_pass_is_told_of_many(output: str, folder: Path) -> None:
    result = run("check", "access-not-granted", folder, "--action", "s3:*", "--format", output)
    assert result.exit_code == 1, result.output
    assert "b.json" in result.stdout
    assert "Storage" in result.stdout
    assert "c.json" not in result.stdout


def test_the_printed_example_shows_what_is_said() -> None:
    policies = EXAMPLES / "policies"
    text = run("check", "no-new-access", EXAMPLES / "reference.json", policies).stdout
    command = text[text.index("iamlogic evaluate") :].replace("\\\n", " ")
    arguments = shlex.split(command)[1:]
    assert run(*arguments).exit_code == 0
    assert arguments[1].endswith("deploy.json")
    arguments[1] = str(EXAMPLES / "reference.json")
    assert run(*arguments).exit_code == 1


HOSTILE = "\x1b[31mred\u202e`<b>`\r\n"


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_nothing_of_a_policy_can_steer_the_terminal(output: str, tmp_path: Path) -> None:
    hostile = written(tmp_path / "\x1b]0;t\x07.json", deny("s3:*", Principal="*", Sid=HOSTILE))
    everything = written(tmp_path / "new.json", allow("s3:*", Principal="*", Sid=HOSTILE))
    for arguments in (
        ("no-new-access", hostile, everything, hostile),
        ("access-not-granted", everything, hostile, "--resource", f"arn:aws:s3:::{HOSTILE}"),
    ):
        result = run("check", *arguments, "--format", output)
        assert result.exit_code == 1, result.output
        lines = (result.stdout + result.stderr).split("\n")
        assert [line for line in lines if not line.isprintable()] == []


# Access


@pytest.mark.parametrize(
    "access",
    [
        '[{"actions": ["s3:GetObject", "ec2:RunInstances"], "resources": ["arn:aws:s3:::a/x"]}]',
        '{"actions": "s3:GetObject", "resources": "arn:aws:s3:::a/*"}',
        "actions=s3:GetObject,ec2:RunInstances,resources=arn:aws:s3:::b/y,arn:aws:s3:::a/x",
        "resources=arn:aws:s3:::a/x",
    ],
)
def test_access_is_read_as_aws_s_command_line_reads_it(access: str, tmp_path: Path) -> None:
    granting = written(tmp_path / "p.json", allow("s3:Get*", "arn:aws:s3:::a/*"))
    other = written(tmp_path / "q.json", allow("s3:Get*", "arn:aws:s3:::c/*"))
    file = tmp_path / "access"
    file.write_text(access)
    given = [(access, None)]
    if access.startswith(("[", "{")):
        given += [(str(file), None), ("-", access)]
    for argument, stdin in given:
        arguments = ("check", "access-not-granted", "--access", argument)
        assert run(*arguments, granting, stdin=stdin).exit_code == 1
        assert run(*arguments, other, stdin=stdin).exit_code == 0


@pytest.mark.parametrize(
    ("access", "message"),
    [
        ('[{"actions": "s3:*", "actions": "x"}]', 'the name "actions" is there twice'),
        ('{"actions": "s3:*", "actions": "x"}', 'the name "actions" is there twice'),
        ("[1", "no JSON"),
        ("[]", "access is empty"),
        ('[{"actions": [5]}]', "found the number 5"),
        ('[{"Action": "s3:*"}]', '"Action"'),
        ("nowhere.json", "nowhere.json: cannot be read"),
        ("actions=", 'found ""'),
    ],
)
def test_what_is_no_access_leaves_with_2(access: str, message: str, tmp_path: Path) -> None:
    result = run("check", "access-not-granted", written(tmp_path / "p.json"), "--access", access)
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_access_that_is_not_text_leaves_with_2(tmp_path: Path) -> None:
    (tmp_path / "access").write_bytes(b"\xff[]")
    policy = written(tmp_path / "p.json")
    result = run("check", "access-not-granted", policy, "--access", tmp_path / "access")
    assert result.exit_code == 2
    assert "not UTF-8" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("access-not-granted", "p.json"),
        ("access-not-granted", "--action", "s3:*"),
        ("access-not-granted", "p.json", "--action", "s3:*", "--access", "[]"),
        ("access-not-granted", "-", "-", "--action", "s3:*"),
        ("access-not-granted", "-", "--access", "-"),
        ("no-new-access", "p.json"),
        ("no-new-access", "-", "-"),
        ("no-new-access", "p.json", "p.json", "--policy-type", "SCP"),
    ],
)
def test_a_misused_command_leaves_with_2(arguments: tuple[str, ...]) -> None:
    result = run("check", *arguments, stdin="{}")
    assert result.exit_code == 2, result.output
    assert "Usage" in result.stderr


# Types of policies


def test_a_policy_of_another_type_leaves_with_2(tmp_path: Path) -> None:
    own = written(tmp_path / "own.json", allow("s3:*"))
    bucket = written(tmp_path / "bucket.json", allow("s3:*", Principal="*"))
    for arguments, message in (
        (("no-new-access", own, bucket), "own.json is of the type identity policy"),
        (("no-new-access", own, own, "--policy-type", "RESOURCE_POLICY"), "names no Principal"),
        (
            ("access-not-granted", bucket, "--action", "*", "--policy-type", "IDENTITY_POLICY"),
            "its type is RESOURCE_POLICY",
        ),
    ):
        result = run("check", *arguments)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
    stack = tmp_path / "stack.json"
    stack.write_text('{"identity": ["own.json"]}')
    result = run("check", "access-not-granted", stack, "--action", "*", "--format", "json")
    assert result.exit_code == 2
    assert "it is a stack" in json.loads(result.stdout)["problems"][0]["message"]
