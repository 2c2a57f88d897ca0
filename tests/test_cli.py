"""The commands end to end, on the examples that ship and on files that nobody should write."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import iamlogic as il
from iamlogic.cli import commands

EXAMPLES = Path(__file__).parents[1] / "examples"
PROGRAM = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
ALICE = "arn:aws:iam::111122223333:user/alice"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments], input=stdin)


def pair(name: str) -> tuple[Path, Path]:
    return EXAMPLES / name / "before.json", EXAMPLES / name / "after.json"


def a_policy(folder: Path, name: str, *statements: dict[str, object]) -> Path:
    path = folder / name
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return path


ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}


@pytest.mark.parametrize(
    ("example", "code", "verdict"),
    [
        ("artifact-bucket", 1, "more permissive: "),
        ("developer-guardrail", 1, "more permissive: "),
        ("deploy-role", 0, "equivalent: "),
        ("log-reader", 0, "less permissive: "),
    ],
)
def test_compare_says_its_verdict_first_and_by_exit_code(
    example: str, code: int, verdict: str
) -> None:
    result = run("compare", *pair(example))
    assert result.exit_code == code, result.output
    assert result.stdout.startswith(verdict)
    assert result.stderr == ""


def test_a_comparison_that_goes_both_ways_is_a_finding(tmp_path: Path) -> None:
    before = a_policy(tmp_path, "a.json", ALLOW)
    after = a_policy(tmp_path, "b.json", {**ALLOW, "Action": "s3:PutObject"})
    result = run("compare", before, after)
    assert result.exit_code == 1
    assert result.stdout.startswith("incomparable: ")
    assert "\nGained, " in result.stdout
    assert "\nLost, " in result.stdout


@pytest.mark.parametrize("example", ["artifact-bucket", "developer-guardrail", "log-reader"])
@pytest.mark.parametrize("member", ["gained", "lost"])
def test_the_commands_that_compare_prints_show_what_it_says(example: str, member: str) -> None:
    before, after = pair(example)
    document = json.loads(run("compare", before, after, "--format", "json").stdout)
    allowing, other = (after, before) if member == "gained" else (before, after)
    for difference in document[member]:
        witness = json.dumps(difference["witness"])
        assert run("evaluate", allowing, "--request", witness).exit_code == 0
        assert run("evaluate", other, "--request", witness).exit_code == 1


def test_the_printed_command_runs_in_a_shell(tmp_path: Path) -> None:
    before = a_policy(tmp_path, "it's before.json")
    condition = {"StringEquals": {"aws:RequestTag/a=b": "$(touch x) 'q' \u202e"}}
    after = a_policy(tmp_path, "it's after.json", {**ALLOW, "Condition": condition})
    text = run("compare", before, after).stdout
    start = text.index("iamlogic evaluate")
    command = text[start : text.index("\n\n", start)]
    shell = (
        f'iamlogic() {{ "{sys.executable}" -c "from iamlogic.cli import main; main()" "$@"; }}\n'
    )
    result = subprocess.run(
        ["bash", "-c", shell + command], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (result.returncode, result.stdout[:8]) == (0, "ALLOWED:"), result.stderr
    assert not (tmp_path / "x").exists()


def test_evaluate_takes_the_request_as_options_file_text_or_standard_input(tmp_path: Path) -> None:
    policy = a_policy(
        tmp_path,
        "policy.json",
        {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}},
    )
    request = {
        "principal": ALICE,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::logs/a",
        "context": {"aws:PrincipalTag/team": "blue"},
    }
    file = tmp_path / "request.json"
    file.write_text(json.dumps(request))
    options = ["--principal", ALICE, "--action", "s3:GetObject", "--resource", request["resource"]]
    tag = ["--context", "aws:PrincipalTag/team=blue"]
    results = [
        run("evaluate", policy, *map(str, options), *tag),
        run("evaluate", policy, "--request", file),
        run("evaluate", policy, "--request", json.dumps(request)),
        run("evaluate", policy, "--request", "-", stdin=json.dumps(request)),
    ]
    assert {(result.exit_code, result.stdout) for result in results} == {
        (0, results[0].stdout),
    }
    denied = run("evaluate", policy, *map(str, options))
    assert (denied.exit_code, denied.stdout.split(":")[0]) == (1, "IMPLICITLY_DENIED")


def test_a_repeated_context_option_is_a_key_with_several_values(tmp_path: Path) -> None:
    policy = a_policy(tmp_path, "policy.json", ALLOW)
    options = [
        "--principal",
        ALICE,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::logs/a",
    ]
    tags = ["--context", "aws:TagKeys=a", "--context", "aws:TagKeys=b=c"]
    result = run("evaluate", policy, *options, *tags, "--format", "json")
    assert json.loads(result.stdout)["request"]["context"] == {"aws:TagKeys": ["a", "b=c"]}


def test_the_resource_account_is_part_of_a_request(tmp_path: Path) -> None:
    owner = {"StringEquals": {"aws:ResourceAccount": "444455556666"}}
    policy = a_policy(tmp_path, "policy.json", {**ALLOW, "Condition": owner})
    options = [
        "--principal",
        ALICE,
        "--action",
        "s3:GetObject",
        "--resource",
        "arn:aws:s3:::logs/a",
    ]
    assert run("evaluate", policy, *options).exit_code == 1
    assert run("evaluate", policy, *options, "--resource-account", "444455556666").exit_code == 0


@pytest.mark.parametrize("output", ["text", "markdown"])
def test_explain_says_why_condition_by_condition(output: str, tmp_path: Path) -> None:
    condition = {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}
    policy = a_policy(tmp_path, "policy.json", {**ALLOW, "Condition": condition})
    options = ["--principal", ALICE, "--action", "s3:GetObject", "--resource", "*"]
    short = run("evaluate", policy, *options, "--format", output)
    full = run("evaluate", policy, *options, "--format", output, "--explain")
    assert full.exit_code == short.exit_code
    reason = (
        "Condition  StringNotEquals on aws:PrincipalTag/team: "
        "key absent, so a negated operator holds (R-C3)"
    )
    assert reason in full.stdout
    assert "R-C3" not in short.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("compare", "-", "-"),
        ("evaluate", "-", "--request", "-"),
        ("evaluate", "-", "--action", "s3:GetObject"),
        ("evaluate", "-", "--request", "{}", "--explain", "--format", "json"),
        ("evaluate", "-", "--request", "{}", "--action", "s3:GetObject"),
        ("evaluate", "-", "--principal", "a", "--action", "b", "--resource", "c", "--context", "k"),
        ("format", "--check", "--write", "x"),
        ("format", "--write", "-"),
        ("compare", "-"),
        ("compare", "--timeout", "0", "a", "b"),
        ("compare", "--format", "xml", "a", "b"),
    ],
)
def test_a_misused_command_is_unreadable_input(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, stdin='{"Statement": []}')
    assert result.exit_code == 2
    assert "Usage:" in result.stderr
    assert result.stdout == ""


def test_every_mistake_of_a_file_is_told_with_its_place() -> None:
    result = run("compare", EXAMPLES / "mistakes/policy.json", EXAMPLES / "mistakes/policy.json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("error: ") == 3
    assert 'policy.json:5:7: "Efect"' in result.stderr
    assert 'hint: did you mean "StringEquals"?' in result.stderr
    assert "\n          ^\n" in result.stderr


@pytest.mark.parametrize("content", ["", "{", "[]", '{"Statement": [{}]}', "\x00", "null"])
@pytest.mark.parametrize("command", ["compare", "smt", "evaluate", "format"])
def test_what_is_no_policy_leaves_with_2(command: str, content: str) -> None:
    rest = {
        "compare": ["-", pair("log-reader")[0]],
        "smt": [pair("log-reader")[0], "-"],
        "evaluate": ["-", "--request", f'{{"principal":"{ALICE}","action":"a:b","resource":"*"}}'],
        "format": ["-"],
    }[command]
    result = run(command, *rest, stdin=content)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith("error: <stdin>")


@pytest.mark.parametrize("name", ["missing.json", "."])
@pytest.mark.parametrize("command", [["format"], ["compare", "-"]])
def test_a_file_that_cannot_be_read_leaves_with_2(
    command: list[str], name: str, tmp_path: Path
) -> None:
    result = run(*command, tmp_path / name, stdin='{"Statement": []}')
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


@pytest.mark.parametrize(
    "request_text",
    [
        "{",
        '{"principal": "x"}',
        "no-such-file.json",
        '{"principal":"x","action":"y","resource":"z"}',
    ],
)
def test_what_is_no_request_leaves_with_2(request_text: str) -> None:
    result = run("evaluate", pair("log-reader")[0], "--request", request_text)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def test_an_identity_policy_and_a_resource_policy_are_not_compared() -> None:
    result = run("compare", pair("log-reader")[0], pair("artifact-bucket")[0])
    assert result.exit_code == 2
    assert "is an identity policy" in result.stderr


OFFICE = EXAMPLES / "office-network/policy.json"


def test_a_policy_of_addresses_is_compared_with_itself() -> None:
    result = run("compare", OFFICE, OFFICE)
    assert result.exit_code == 0
    assert result.stdout.startswith("equivalent")


BEYOND = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::\U000e0001",
    },
}
"""What has no place in SMT-LIB: a character beyond U+2FFFF."""


def test_what_is_not_modelled_is_unknown_with_its_place() -> None:
    result = run("smt", "-", pair("log-reader")[0], stdin=json.dumps(BEYOND))
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.startswith("unknown: <stdin>:1:")
    assert "beyond U+2FFFF" in result.stderr


def test_a_bound_that_is_hit_is_unknown() -> None:
    many = "".join(f"${{aws:PrincipalTag/{n}}}" for n in range(20))
    condition = {"ArnLike": {"aws:SourceArn": f"{many}:aws:s3:::b"}}
    statement = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*", "Condition": condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    result = run("compare", "-", pair("log-reader")[0], stdin=policy)
    assert result.exit_code == 3
    assert "too many variables stand before the first colon of an ARN" in result.stdout


SECURE = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "*",
        "Condition": {"Null": {"aws:SecureTransport": "false"}},
    },
}


def test_what_aws_sends_is_assumed_and_said_unless_all_requests_are_asked_for(
    tmp_path: Path,
) -> None:
    plain = {**SECURE["Statement"], "Condition": {}}  # type: ignore[dict-item]
    after = tmp_path / "after.json"
    after.write_text(json.dumps({**SECURE, "Statement": plain}))
    sent = run("compare", "-", after, stdin=json.dumps(SECURE))
    assert sent.exit_code == 0
    assert "are in every request (R-K12)" in sent.stdout
    document = run("compare", "-", after, "--format", "json", stdin=json.dumps(SECURE)).stdout
    assert [f["fact"] for f in json.loads(document)["assumptions"]] == ["ALWAYS_PRESENT"]
    assert run("compare", "-", after, "--all-requests", stdin=json.dumps(SECURE)).exit_code == 1


def test_a_timeout_that_is_hit_is_unknown_with_its_reason() -> None:
    result = run("compare", *pair("developer-guardrail"), "--timeout", "0.0000001")
    assert result.exit_code == 3
    assert result.stdout.startswith("unknown: the timeout")


def test_errors_are_json_too_where_json_is_asked_for() -> None:
    mistakes = EXAMPLES / "mistakes/policy.json"
    result = run("compare", mistakes, mistakes, "--format", "json")
    document = json.loads(result.stdout)
    assert result.exit_code == 2
    assert (document["schema"], document["error"]) == ("iamlogic/error/1", "PolicySyntaxError")
    assert [problem["line"] for problem in document["problems"]] == [5, 6, 8]


def test_warnings_go_to_standard_error_and_leave_the_answer_alone() -> None:
    result = run(
        "compare", "-", pair("log-reader")[0], "--format", "json", stdin='{"Statement":[]}'
    )
    assert result.stderr.startswith("warning: <stdin>:1:14: ")
    assert json.loads(result.stdout)["relation"] == "MORE_PERMISSIVE"


def test_smt_prints_the_question_for_another_solver() -> None:
    before, after = pair("log-reader")
    result = run("smt", before, after)
    assert result.exit_code == 0
    assert result.stdout == il.to_smtlib(il.load(before), il.load(after)).rstrip("\n") + "\n"


def test_format_prints_canonical_text() -> None:
    before = pair("artifact-bucket")[0]
    result = run("format", before)
    assert result.exit_code == 0
    assert result.stdout == il.format(il.load(before))
    assert run("format", "-", stdin=before.read_text()).stdout == result.stdout


def test_format_check_names_what_is_not_canonical_and_changes_nothing(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", a_policy(tmp_path, "bad.json", ALLOW)
    good.write_text(il.format(il.load(bad)))
    content = bad.read_bytes()
    assert run("format", "--check", good).exit_code == 0
    result = run("format", "--check", good, bad)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{bad} is not canonical\n"
    assert bad.read_bytes() == content


def test_format_write_replaces_the_file_and_keeps_its_mode_and_links(tmp_path: Path) -> None:
    policy = a_policy(tmp_path, "policy.json", ALLOW)
    policy.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(policy)
    expected = il.format(il.load(policy))
    assert run("format", "--write", link).exit_code == 0
    assert link.is_symlink()
    assert policy.read_text() == expected
    assert stat.S_IMODE(policy.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "policy.json"]


def test_format_does_the_good_files_and_says_which_are_not_policies(tmp_path: Path) -> None:
    good, bad = a_policy(tmp_path, "good.json", ALLOW), tmp_path / "bad.json"
    bad.write_text("{")
    expected = il.format(il.load(good))
    result = run("format", "--write", bad, good)
    assert result.exit_code == 2
    assert "bad.json" in result.stderr
    assert bad.read_text() == "{"
    assert good.read_text() == expected


HOSTILE = "\x1b[31mred\x1b[0m\u202eltr\u200b\x9b2J\r\n"


@pytest.mark.parametrize("output", ["text", "json", "markdown"])
def test_nothing_of_a_policy_can_steer_the_terminal(output: str, tmp_path: Path) -> None:
    name = "\x1b]0;title\x07.json"
    statement = {
        **ALLOW,
        "Sid": HOSTILE,
        "Principal": "*",
        "Resource": "arn:aws:s3:::\u202eltr\u200b`|<b>",
        "Condition": {"StringEquals": {"aws:PrincipalTag/\u202e": HOSTILE}},
    }
    hostile = a_policy(tmp_path, name, statement)
    result = run("compare", a_policy(tmp_path, "empty.json"), hostile, "--format", output)
    assert result.exit_code == 1, result.output
    lines = (result.stdout + result.stderr).split("\n")
    assert [line for line in lines if not line.isprintable()] == []


def test_colour_is_for_terminals_only() -> None:
    assert "\x1b" not in run("compare", *pair("artifact-bucket")).stdout


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_ctrl_c_leaves_at_once_with_130() -> None:
    with start("compare", "-", pair("log-reader")[0]) as process:
        time.sleep(1.5)  # until it waits for its input
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE")
def test_a_reader_that_goes_away_ends_the_command_quietly(tmp_path: Path) -> None:
    large = a_policy(
        tmp_path, "large.json", *({**ALLOW, "Resource": f"arn:aws:s3:::{n}"} for n in range(4_000))
    )
    with start("format", large) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(timeout=60) != 0
        assert process.stderr.read() == b""


def test_a_crash_is_never_a_verdict() -> None:
    program = (
        "import iamlogic as il, iamlogic.cli as cli\n"
        "def crash(*_): raise ZeroDivisionError\n"
        "il.parse = crash\n"
        "cli.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, "format", "-"],
        input=b"{}",
        capture_output=True,
        check=False,
    )
    assert result.returncode == 3
    assert b"please report it" in result.stderr
