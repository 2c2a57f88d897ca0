"""`iamlogic guardrails test` and `check`: from settings and policies to reports and exit codes."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlogic.cli import commands

Json = dict[str, Any]
FORMATS = ("text", "json", "markdown")

GUARDRAIL = """
[[guardrail]]
name = "no-pass-role"
message = "nobody passes a role"
never.Action = "iam:PassRole"
"""
RIGHT = """
[[guardrail.catches]]
principal = "arn:aws:iam::111122223333:user/alice"
action = "iam:PassRole"
resource = "arn:aws:iam::111122223333:role/admin"
[[guardrail.passes]]
principal = "arn:aws:iam::111122223333:user/alice"
action = "iam:GetRole"
resource = "arn:aws:iam::111122223333:role/admin"
"""
WRONG = RIGHT.replace("GetRole", "PassRole")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["guardrails", *map(str, arguments)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(text: str, name: str = "iamlogic.toml") -> None:
    Path(name).write_text(text)


def policy(file: str, *actions: str, **further: object) -> None:
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*", **further}
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


# test


@pytest.mark.parametrize("output", FORMATS)
def test_right_examples_leave_with_0(output: str) -> None:
    settings(GUARDRAIL + RIGHT)
    result = run("test", "--format", output)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    if output == "json":
        told = json.loads(result.stdout)
        assert (told["schema"], told["verdict"]) == ("iamlogic/guardrails-test/1", "holds")
        (each,) = told["guardrails"]
        assert (each["catches"], each["passes"], each["wrong"]) == (1, 1, [])
    else:
        assert "right: 1 guardrail on 2 examples" in result.stdout
        assert "warning" not in result.stdout


@pytest.mark.parametrize("output", FORMATS)
def test_a_wrong_example_leaves_with_1_and_says_why(output: str) -> None:
    settings(GUARDRAIL + WRONG)
    result = run("test", "--format", output)
    assert result.exit_code == 1, result.output
    assert "it lies in the scope, of which everything is never to be allowed" in result.stdout
    assert "passes 1" in result.stdout
    assert "no-pass-role" in result.stdout


def test_a_guardrail_that_can_catch_nothing_leaves_with_1() -> None:
    settings(GUARDRAIL + 'never.Resource = "arn:aws:iam"\n' + RIGHT.replace("catches", "passes"))
    result = run("test")
    assert result.exit_code == 1
    assert "the scope holds no request: it guards nothing" in result.stdout


def test_what_is_doubtful_about_a_guardrail_is_told(folder: Path) -> None:
    (folder / ".git").mkdir()
    policy(".github/policies/a.json", "s3:*")
    settings(GUARDRAIL + 'files = [".github/policies/*.json"]\n' + RIGHT)
    assert "warning" not in run("test").stdout
    settings(GUARDRAIL + 'files = ["polices/*.json"]\n')
    result = run("test")
    assert result.exit_code == 0
    assert "warning: it has no example of what it must catch" in result.stdout
    assert "warning: it has no example of what it must not" in result.stdout
    assert f"warning: its files match nothing below {folder.name}" in result.stdout
    told = json.loads(run("test", "--format", "json").stdout)
    assert len(told["guardrails"][0]["warnings"]) == 3


def test_globs_start_at_the_root_of_the_repository(folder: Path) -> None:
    (folder / ".git").mkdir()
    policy("infra/policies/a.json", "iam:*")
    text = GUARDRAIL + 'files = ["infra/policies/*.json"]\n' + RIGHT
    Path("infra/iamlogic.toml").write_text(text)
    assert "warning" not in run("test", "--settings", "infra/iamlogic.toml").stdout
    assert run("check", "infra", "--settings", "infra/iamlogic.toml").exit_code == 1
    (folder / ".git").rmdir()  # then it is the folder of the settings
    assert "match nothing" in run("test", "--settings", "infra/iamlogic.toml").stdout
    assert run("check", "infra", "--settings", "infra/iamlogic.toml").exit_code == 0


@pytest.mark.parametrize("command", [("test",), ("check", "a.json")])
def test_settings_without_guardrails_leave_with_2(command: tuple[str, ...]) -> None:
    policy("a.json", "s3:*")
    result = run(*command)
    assert result.exit_code == 2
    assert "iamlogic.toml: cannot be read: no such file here" in result.stderr
    settings("[zone]\n")
    result = run(*command)
    assert result.exit_code == 2
    assert "there is no [[guardrail]] in it" in result.stderr
    settings(GUARDRAIL.replace("name", "named"))
    result = run(*command)
    assert result.exit_code == 2
    assert 'iamlogic.toml:3:1: there is no "named" here' in result.stderr


def test_settings_may_be_yaml() -> None:
    settings("guardrail: [{name: a, message: b, never: {Action: iam:PassRole}}]\n", "iamlogic.yaml")
    policy("a.json", "iam:*")
    assert run("test").exit_code == 0
    assert run("check", "a.json").exit_code == 1
    settings(GUARDRAIL)
    assert run("test").exit_code == 2  # which of the two?


# check


def test_kept_broken_possible_and_unreadable_have_their_codes() -> None:
    settings(GUARDRAIL)
    policy("kept.json", "s3:*")
    policy("broken.json", "iam:*")
    Path("possible.yaml").write_text(TEMPLATE)
    Path("unreadable.json").write_text('{"Version": "2012-10-17", "Statement": [{"Effect": 1}]}')
    for files, code, told in (
        (["kept.json"], 0, "kept: 1 guardrail by 1 policy"),
        (["broken.json"], 1, "1 of 1 guardrail broken, by 1 of 1 policy"),
        (["kept.json", "broken.json"], 1, "1 of 1 guardrail broken, by 1 of 2 policies"),
        (["possible.yaml"], 3, "1 of 1 guardrail not known to be kept, by 1 of 1 policy"),
        (["possible.yaml", "broken.json"], 1, "broken, by 2 of 2 policies"),
        (["unreadable.json", "broken.json"], 2, "by 1 of 1 policy; 1 could not be read"),
    ):
        for output in FORMATS:
            result = run("check", *files, "--format", output)
            assert result.exit_code == code, result.output
            assert output == "json" or told in result.stdout


TEMPLATE = """\
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Sub "iam:${What}", Resource: "*"}]
Parameters:
  What: {Type: String}
"""


def test_what_a_template_leaves_open_can_be_settled() -> None:
    settings(GUARDRAIL)
    Path("possible.yaml").write_text(TEMPLATE)
    result = run("check", "possible.yaml")
    assert "possible.yaml: Policy" in result.stdout
    assert "possibly broken, which depends on What" in result.stdout
    told = json.loads(run("check", "possible.yaml", "--format", "json").stdout)
    (breach,) = told["breaches"]
    assert (told["verdict"], breach["depends_on"]) == ("unknown", ["What"])
    settings(GUARDRAIL + '[parameters]\nWhat = "GetRole"\n')
    assert run("check", "possible.yaml").exit_code == 0
    settings(GUARDRAIL + '[parameters]\nWhat = "P*"\n')
    assert run("check", "possible.yaml").exit_code == 1


@pytest.mark.parametrize("severity", ["warning", "note"])
def test_only_errors_fail_a_check(severity: str) -> None:
    settings(GUARDRAIL + f'severity = "{severity}"\n')
    policy("broken.json", "iam:*")
    result = run("check", "broken.json")
    assert result.exit_code == 0
    assert f"{severity} no-pass-role: nobody passes a role" in result.stdout


def test_the_printed_example_shows_what_is_said() -> None:
    settings(GUARDRAIL)
    policy("broken.json", "s3:*", "iam:*")
    text = run("check", "broken.json").stdout
    shown = text[text.index("iamlogic evaluate") :].replace("\\\n", " ")
    assert CliRunner().invoke(commands, shlex.split(shown)[1:]).exit_code == 0


def test_a_folder_may_hold_other_files_but_must_hold_a_policy() -> None:
    settings(GUARDRAIL)
    policy("policies/deep/a.json", "iam:*")
    Path("policies/package.json").write_text('{"name": "web"}')
    Path("policies/broken.json").write_text("{ // a comment\n}")
    result = run("check", "policies")
    assert result.exit_code == 1
    assert result.stderr == ""
    result = run("check", "policies/package.json")
    assert result.exit_code == 2
    assert "policies/package.json: cannot be read: there is no policy in it" in result.stderr
    Path("empty").mkdir()
    result = run("check", "empty")
    assert result.exit_code == 2
    assert "empty: cannot be read: there is no policy in it" in result.stderr
    assert run("check", "policies", "empty").exit_code == 2
    twice = run("check", "policies", "policies/deep/a.json", "policies/deep")
    assert (twice.exit_code, twice.stderr) == (1, "")
    assert "by 1 of 1 policy" in twice.stdout
    assert run("check", "nowhere.json").exit_code == 2


def test_a_policy_that_a_template_leaves_open_as_a_whole_is_unknown() -> None:
    settings(GUARDRAIL)
    document = TEMPLATE[: TEMPLATE.index("        Version")].rstrip() + " !Ref Document\n"
    Path("open.yaml").write_text(document + "Parameters:\n  Document: {Type: String}\n")
    for output in FORMATS:
        result = run("check", "open.yaml", "--format", output)
        assert result.exit_code == 3, result.output
        assert "unknown: open.yaml" in result.stderr
        told = "kept as far as it is known: 1 guardrail by 0 policies; 1 left open as a whole"
        assert output == "json" or told in result.stdout


def test_what_the_review_ignores_is_looked_at_only_if_it_is_named() -> None:
    settings(GUARDRAIL + '[review]\nignore = ["fixtures/"]\n')
    policy("tests/fixtures/a.json", "iam:*")
    policy("tests/b.json", "s3:*")
    assert run("check", "tests").exit_code == 0
    assert run("check", "tests", "tests/fixtures/a.json").exit_code == 1


def test_a_guardrail_that_is_for_no_policy_is_told() -> None:
    settings(GUARDRAIL + 'types = ["resource policy"]\n')
    policy("a.json", "iam:*")
    result = run("check", "a.json")
    assert result.exit_code == 0
    assert "the guardrail no-pass-role is for none of these policies" in result.stderr


def test_no_glob_exempts_a_file_outside_of_the_repository(folder: Path) -> None:
    Path("inside").mkdir()
    settings(GUARDRAIL + 'files = ["policies/*.json"]\n', "inside/iamlogic.toml")
    policy("policies/a.json", "iam:*")
    result = run("check", "policies", "--settings", "inside/iamlogic.toml")
    assert result.exit_code == 1
    assert f"lies outside of {folder / 'inside'}" in result.stderr


HOSTILE = "\x1b[31mred\u202e`<b>`\r\n"


@pytest.mark.parametrize("output", FORMATS)
def test_nothing_of_policies_or_settings_can_steer_the_terminal(output: str) -> None:
    text = GUARDRAIL.replace("nobody passes a role", json.dumps(HOSTILE)[1:-1])
    settings(text + WRONG.replace("role/admin", f"role/{json.dumps(HOSTILE)[1:-1]}"))
    policy("\x1b]0;t\x07.json", "iam:*", Sid=HOSTILE, Principal="*")
    for result in (run("check", ".", "--format", output), run("test", "--format", output)):
        assert result.exit_code == 1, result.output
        lines = (result.stdout + result.stderr).split("\n")
        assert [line for line in lines if not line.isprintable()] == []
