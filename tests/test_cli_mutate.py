"""`iamlogic mutate` as people and pipelines run it: what it prints, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
]}
"""
CHECK = "import json; policy = json.load(open('policy.json'))\n"
STATEMENT = "(statement,) = policy['Statement']\n"
NOTICES_ALL = CHECK + f"assert policy == {json.loads(POLICY)!r}\n"
NOTICES_ACTIONS = CHECK + STATEMENT + "assert statement.get('Action') == 's3:GetObject'\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "copies").mkdir()
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "policy.json").write_text(POLICY, encoding="utf-8")
    return folder


def environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(tree.parent / "copies")}


def mutate(
    tree: Path, check: str, *options: str, policy: str = "policy.json"
) -> subprocess.CompletedProcess[str]:
    (tree / "check.py").write_text(check, encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} check.py"
    done = subprocess.run(
        [*PROGRAM, "mutate", policy, "--run", command, *options],
        cwd=tree,
        env=environment(tree),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert list((tree.parent / "copies").iterdir()) == []
    return done


def test_no_survivor_is_exit_0(tree: Path) -> None:
    done = mutate(tree, NOTICES_ALL)
    assert done.stdout == ("none survived: the tests noticed 11 of 11 mutants of policy.json\n"), (
        done.stderr
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_survivors_are_exit_1_with_a_command_that_can_be_tried(tree: Path) -> None:
    done = mutate(tree, NOTICES_ACTIONS, "--jobs", "2")
    assert done.returncode == 1
    first = done.stdout.splitlines()[2:8]
    assert first == [
        '  1. widened: changed arn:aws:s3:::logs/* to * in Resource of Allow statement 1 "Read" (policy.json:2:3)',  # noqa: E501 (as it is printed)
        "     iamlogic evaluate policy.json \\",
        "       --principal arn:aws:iam::111122223333:user/alice \\",
        "       --action s3:GetObject \\",
        "       --resource arn:aws:s3:::example/a",
        "     # the policy: IMPLICITLY_DENIED, the mutant: ALLOWED",
    ]
    arguments = shlex.split(" ".join(first[1:5]).replace("\\", ""))[1:]
    tried = subprocess.run(
        [*PROGRAM, *arguments], cwd=tree, capture_output=True, text=True, check=False
    )
    assert tried.stdout.startswith("IMPLICITLY_DENIED")


def test_json_says_what_the_text_does(tree: Path) -> None:
    done = mutate(tree, NOTICES_ACTIONS, "--format", "json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["mutants"] == said["killed"] + len(said["survivors"]) == 11
    assert said["equivalent"] == 0
    survivor = said["survivors"][0]
    assert survivor["effect"] == "widened"
    assert survivor["original"] == "IMPLICITLY_DENIED"
    assert survivor["mutant"] == "ALLOWED"
    assert survivor["request"]["resource"] == "arn:aws:s3:::example/a"


def test_markdown_shows_hostile_names_as_code(tree: Path) -> None:
    (tree / "policy.json").write_text(
        POLICY.replace('"Read"', '"Read"').replace("logs/*", "lo`gs<b>/*"), encoding="utf-8"
    )
    done = mutate(tree, NOTICES_ACTIONS, "--format", "markdown")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].startswith("**")
    assert any("lo`gs<b>" in line and "``" in line for line in lines)


def test_tests_that_fail_at_first_are_exit_2(tree: Path) -> None:
    done = mutate(tree, "raise SystemExit('broken today')")
    assert done.returncode == 2
    assert "must pass before mutants are made" in done.stderr
    assert "broken today" in done.stderr


def test_files_that_cannot_be_mutated_are_exit_2(tree: Path) -> None:
    (tree / "main.tf").write_text("", encoding="utf-8")
    done = mutate(tree, NOTICES_ALL, policy="main.tf")
    assert done.returncode == 2
    assert "Terraform's files cannot be mutated" in done.stderr


def test_a_policy_of_which_no_mutant_is_known_is_exit_3(tree: Path) -> None:
    (tree / "policy.json").write_text(
        '{"Version": "2012-10-17", "Statement": []}', encoding="utf-8"
    )
    done = mutate(tree, CHECK)
    assert done.returncode == 3
    assert done.stdout.startswith("not tested:")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_with_all_that_runs_and_no_copy_left(
    tree: Path, number: signal.Signals
) -> None:
    (tree / "check.py").write_text(
        f"import os, time; open({str(tree.parent / 'started')!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(600)\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [
            *PROGRAM,
            "mutate",
            "policy.json",
            "--run",
            f"exec {shlex.quote(sys.executable)} check.py",
        ],
        cwd=tree,
        env=environment(tree),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        started = tree.parent / "started"
        until = time.monotonic() + 60
        while not (started.exists() and started.read_text(encoding="utf-8")):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(number)
        try:
            assert process.wait(timeout=10) == 130
        finally:
            process.kill()
    assert list((tree.parent / "copies").iterdir()) == []
    pid = int(started.read_text(encoding="utf-8"))
    assert is_gone(pid)


def is_gone(pid: int) -> bool:
    """Whether a process ends within ten seconds; whoever adopts it may leave it a zombie."""
    for _ in range(200):
        try:
            text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return True
        if text.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_pytest_itself_can_be_what_runs(tree: Path) -> None:
    (tree / "tests").mkdir()
    (tree / "tests" / "test_policy.py").write_text(
        "import json, pathlib\n"
        "def test_actions():\n"
        "    text = (pathlib.Path(__file__).parents[1] / 'policy.json').read_text()\n"
        "    (statement,) = json.loads(text)['Statement']\n"
        "    assert statement['Action'] == 's3:GetObject'\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *PROGRAM, "mutate", "../policy.json", "--max-mutants", "4",
            "--run", f"{shlex.quote(sys.executable)} -m pytest -q",
        ],
        cwd=tree / "tests",
        env=environment(tree),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    # Without git the tree is the folder that the command runs in.
    assert done.returncode == 2
    assert "does not lie in" in done.stderr
    subprocess.run(["git", "init", "--quiet"], cwd=tree, check=True)
    again = subprocess.run(
        done.args,
        cwd=tree / "tests",
        env=environment(tree),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert again.returncode == 1, again.stderr
    assert "A sample, always the same: 4 mutants, of 11 changes." in again.stdout
