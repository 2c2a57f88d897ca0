"""`pytest --guardrails`: each guardrail held against each policy is a test, told for reviewers.

What a failure says is kept in `snapshots`; `ACCEPT_SNAPSHOTS=1` writes the new ones, to be read.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SNAPSHOTS = Path(__file__).with_name("snapshots")

SETTINGS = """\
[[guardrail]]
name = "no-new-users"
message = "people come in by single sign-on"
never.Action = "iam:CreateUser"

[[guardrail.catches]]
principal = "arn:aws:iam::111122223333:user/alice"
action = "iam:CreateUser"
resource = "arn:aws:iam::111122223333:user/bob"
"""
READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
CREATES = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
TEMPLATE = """\
Parameters:
  What: {Type: String}
Resources:
  Open:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: !Sub "iam:${What}", Resource: "*"}]
  Kept:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]
"""
MODULE = """\
resource "aws_iam_policy" "%s" {
  name   = "%s"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "%s", Resource = "*" }]
  })
}
"""


@pytest.fixture
def folder(pytester: pytest.Pytester) -> Path:
    settings(pytester.path, SETTINGS)
    return pytester.path


def settings(folder: Path, text: str) -> None:
    (folder / "iamlogic.toml").write_text(text)


def policy(folder: Path, file: str, *statements: dict[str, str]) -> None:
    place = folder / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2))


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return start(pytester, "--guardrails", "iamlogic.toml", *arguments)


def start(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    # The filters of our own run, under which every warning is an error, are not theirs.
    usual = ("-p", "no:benchmark", "-W", "always::pytest.PytestWarning")
    return pytester.runpytest(*usual, *arguments)


def told(result: pytest.RunResult) -> str:
    """The failures, without the lines around them."""
    text = result.stdout.str()
    first = text.index("\n", text.index("= FAILURES")) + 1
    end = re.search(r"(?m)^(=|-)+ (guardrails|warnings summary|short test summary)", text)
    assert end is not None
    return text[first : end.start()].rstrip()


def agrees(name: str, text: str) -> bool:
    """Whether the text is as it was when somebody last read it as a user would."""
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        file.write_text(text + "\n", encoding="utf-8", newline="\n")
    assert text + "\n" == file.read_text(encoding="utf-8")
    return True


def test_each_guardrail_on_each_policy_is_a_test(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "policies/a.json", READS)
    policy(folder, "policies/b.json", CREATES)
    result = run(pytester, "policies", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "guardrails: 1 in iamlogic.toml",
            "policies/a.json::guardrail no-new-users PASSED*",
            "policies/b.json::guardrail no-new-users FAILED*",
        ]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert agrees("guardrail_broken", told(result))


def test_without_the_option_policies_are_no_tests(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "policies/b.json", CREATES)
    result = start(pytester)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_policies_in_templates_go_by_their_names(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "web.yaml").write_text(TEMPLATE)
    result = run(pytester, "web.yaml", "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "web.yaml::guardrail no-new-users?Open.PolicyDocument? FAILED*",
            "web.yaml::guardrail no-new-users?Kept.PolicyDocument? PASSED*",
        ]
    )
    assert agrees("guardrail_possibly_broken", told(result))
    named = "web.yaml::guardrail no-new-users[Kept.PolicyDocument]"
    run(pytester, named).assert_outcomes(passed=1)
    run(pytester, "web.yaml::guardrail no-new-users").assert_outcomes(passed=1, failed=1)


def test_the_files_of_a_terraform_module_have_their_own_policies(
    pytester: pytest.Pytester, folder: Path
) -> None:
    (folder / "a.tf").write_text(MODULE % ("a", "a", "s3:*"))
    (folder / "b.tf").write_text(MODULE % ("b", "b", "iam:*"))
    result = run(pytester, "-v")
    result.assert_outcomes(passed=2, failed=1)  # one of them the examples
    result.stdout.fnmatch_lines(
        [
            "a.tf::guardrail no-new-users?aws_iam_policy.a.policy? PASSED*",
            "b.tf::guardrail no-new-users?aws_iam_policy.b.policy? FAILED*",
        ]
    )


def test_a_policy_that_cannot_be_read_fails(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "bad.json", {"Effect": "Alow", "Action": "s3:*", "Resource": "*"})
    result = run(pytester, "bad.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["FAILED bad.json::policy can be read*"])
    assert agrees("guardrail_unread", told(result))


@pytest.mark.parametrize("path", ["package.json", "./package.json", "policies/../package.json"])
def test_a_file_that_is_named_and_holds_no_policy_is_an_error(
    pytester: pytest.Pytester, folder: Path, path: str
) -> None:
    (folder / "package.json").write_text("{}")
    result = run(pytester, path)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["package.json: there is no policy in it"])
    policy(folder, "a.json", READS)
    run(pytester, "a.json", ".").assert_outcomes(passed=2)  # with the examples


@pytest.mark.parametrize("severity", ["warning", "note"])
def test_what_is_no_error_is_a_warning(
    pytester: pytest.Pytester, folder: Path, severity: str
) -> None:
    settings(folder, SETTINGS.replace("never", f'severity = "{severity}"\nnever', 1))
    policy(folder, "b.json", CREATES)
    result = run(pytester, "b.json")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            f"*PolicyWarning: {severity} no-new-users: people come in by single sign-on",
            "*b.json: broken",
            "*iamlogic evaluate b.json *",
        ]
    )
    strict = run(pytester, "b.json", "-W", "error::iamlogic.testing.PolicyWarning")
    strict.assert_outcomes(failed=1)
    assert "Traceback" not in strict.stdout.str()


def test_doubts_about_a_policy_are_warnings(pytester: pytest.Pytester, folder: Path) -> None:
    doubtful = {**READS, "Condition": {"StringEquals": {"aws:TagKeys": "team"}}}
    policy(folder, "a.json", doubtful)  # type: ignore[arg-type]  # a condition is no text
    result = run(pytester, "a.json")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*PolicyWarning: a.json:*aws:TagKeys has many values*"])


def test_the_examples_of_guardrails_are_tests_of_the_settings(
    pytester: pytest.Pytester, folder: Path
) -> None:
    result = run(pytester, "iamlogic.toml", "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["iamlogic.toml::examples of no-new-users PASSED*"])
    settings(folder, SETTINGS.replace('"iam:CreateUser"\nresource', '"iam:DeleteUser"\nresource'))
    result = run(pytester, "iamlogic.toml")
    result.assert_outcomes(failed=1)
    assert agrees("guardrail_examples", told(result))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SETTINGS.replace("name", "named", 1), 'iamlogic.toml:2:1: there is no "named" here'),
        ("[zone]\n", "iamlogic.toml: cannot be read: there is no [[guardrail]] in it"),
    ],
)
def test_mistakes_in_the_settings_are_errors_of_usage(
    pytester: pytest.Pytester, folder: Path, text: str, says: str
) -> None:
    settings(folder, text)
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: --guardrails: {says}" in result.stderr.str()


def test_settings_that_are_missing_are_an_error_of_usage(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "iamlogic.toml: cannot be read: no such file" in result.stderr.str()


def test_the_settings_are_looked_for_here_and_then_at_the_root(
    pytester: pytest.Pytester, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\naddopts = --guardrails iamlogic.toml")
    policy(folder, "policies/b.json", CREATES)
    monkeypatch.chdir(folder / "policies")
    start(pytester).assert_outcomes(failed=1)
    settings(folder / "policies", SETTINGS.replace("CreateUser", "DeleteUser"))
    result = start(pytester, "b.json")
    result.stdout.fnmatch_lines(["*--action iam:DeleteUser*"])


def test_python_tests_stay_tests(pytester: pytest.Pytester, folder: Path) -> None:
    pytester.makepyfile("def test_it(): pass")
    policy(folder, "a.json", READS)
    run(pytester).assert_outcomes(passed=3)


def test_policies_and_guardrails_that_do_not_meet_are_told(
    pytester: pytest.Pytester, folder: Path
) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester)
    result.stdout.fnmatch_lines(["no policy was found in what was collected: *"])
    policy(folder, "a.json", READS)
    assert "no policy was found" not in run(pytester).stdout.str()
    settings(folder, SETTINGS + '[[guardrail]]\nname = "b"\nmessage = "c"\n'
             'never.Action = "s3:*"\ntypes = ["role trust policy"]\n')  # fmt: skip
    result = run(pytester)
    result.stdout.fnmatch_lines(["the guardrail b is for none of the policies"])
    assert "no-new-users is for none" not in result.stdout.str()


def test_what_the_settings_ignore_is_no_test_unless_it_is_named(
    pytester: pytest.Pytester, folder: Path
) -> None:
    policy(folder, "fixtures/b.json", CREATES)
    settings(folder, SETTINGS + '[review]\nignore = ["fixtures/"]\n')
    run(pytester).assert_outcomes(passed=1)
    run(pytester, "fixtures/b.json").assert_outcomes(failed=1)


def test_files_outside_of_the_repository_are_told(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "a.json", READS)
    (folder / "team").mkdir()
    settings(folder / "team", SETTINGS)
    result = start(pytester, "--guardrails", "team/iamlogic.toml", "a.json")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*PolicyWarning: a.json lies outside of *"])


def test_workers_share_the_tests_and_tell_the_same(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "a.json", READS)
    policy(folder, "b.json", CREATES)
    result = run(pytester, "-n", "2", "--junitxml", "report.xml", "a.json", "b.json")
    result.assert_outcomes(passed=1, failed=1)
    assert "broken" in told(result)
    assert "b.json: broken" in (folder / "report.xml").read_text()
    assert "no policy was found" not in result.stdout.str()


def test_tests_are_chosen_by_their_names(pytester: pytest.Pytester, folder: Path) -> None:
    policy(folder, "a.json", READS)
    policy(folder, "b.json", CREATES)
    run(pytester, "-k", "a.json").assert_outcomes(passed=1, deselected=2)
    result = run(pytester, "--collect-only", "-q")
    result.stdout.fnmatch_lines(["a.json::guardrail no-new-users", "b.json::guardrail *"])
