"""`.pre-commit-hooks.yaml`, run by the real pre-commit at real commits; and plain hooks of git.

To install iamlogic for each test would take long, so the hooks run the `iamlogic` under test
(`language: system`); one test installs them as pre-commit does for everybody.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integrations.scratch import OF_ACCOUNT, PUBLIC, READS, TOP, WRITES, Scratch

HOOKS: list[dict[str, Any]] = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
FILE = "policies/bucket.json"
PLAIN = "#!/bin/sh\nexec iamlogic review --staged\n"


def with_pre_commit(scratch: Scratch, *names: str) -> None:
    """The hooks of these names as they are described, but for how they are installed."""
    described = [
        {
            **{name: value for name, value in hook.items() if name != "additional_dependencies"},
            "language": "system",
        }
        for hook in HOOKS
        if hook["id"] in names
    ]
    config = {"repos": [{"repo": "local", "hooks": described}]}
    scratch.commit({".pre-commit-config.yaml": yaml.safe_dump(config)})
    done = scratch.run(sys.executable, "-m", "pre_commit", "install")
    assert done.returncode == 0, done.stdout + done.stderr


def with_plain_hook(scratch: Scratch) -> None:
    """One line of shell, without pre-commit."""
    hook = scratch.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(PLAIN)
    hook.chmod(0o755)


@pytest.fixture(params=["pre-commit", "plain hook"])
def guarded(request: pytest.FixtureRequest, plain: Scratch) -> Scratch:
    """A repository in which `iamlogic review --staged` runs before each commit, by either."""
    if request.param == "pre-commit":
        (plain.root / ".git" / "hooks" / "pre-commit").unlink()
        with_pre_commit(plain, "iamlogic-review")
    return plain


@pytest.fixture
def plain(tmp_path: Path) -> Scratch:
    """A repository in which a plain hook runs it."""
    scratch = Scratch.made(tmp_path / "repository")
    scratch.commit({})
    with_plain_hook(scratch)
    return scratch


@pytest.fixture
def hooked(tmp_path: Path) -> Scratch:
    """A repository with all three hooks."""
    scratch = Scratch.made(tmp_path / "repository")
    with_pre_commit(scratch, *(hook["id"] for hook in HOOKS))
    return scratch


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))


def commits(scratch: Scratch, *arguments: str) -> str | None:
    """What was said instead of committing; None if it was committed."""
    before = scratch.git("rev-parse", "HEAD")
    done = scratch.run("git", "commit", "--message=a change", *arguments)
    committed = scratch.git("rev-parse", "HEAD") != before
    assert committed == (done.returncode == 0), done.stdout + done.stderr
    return None if committed else done.stdout + done.stderr


def test_a_policy_that_lets_everybody_in_is_not_committed(guarded: Scratch) -> None:
    guarded.write(FILE, OF_ACCOUNT)
    guarded.git("add", "--all")
    assert commits(guarded) is None
    guarded.write(FILE, PUBLIC)
    guarded.git("add", "--all")
    said = commits(guarded)
    assert said is not None
    assert f"{FILE}, changed: " in said


def test_what_is_staged_counts_and_not_what_lies_beside_it(guarded: Scratch) -> None:
    guarded.write(FILE, PUBLIC)
    guarded.git("add", "--all")
    guarded.write(FILE, OF_ACCOUNT)
    assert commits(guarded) is not None
    guarded.git("add", "--all")
    guarded.write(FILE, PUBLIC)
    assert commits(guarded) is None
    assert (guarded.root / FILE).read_text() == PUBLIC


def test_a_part_of_a_file_is_staged(guarded: Scratch) -> None:
    harmless = OF_ACCOUNT.replace("2012-10-17", "2008-10-17")
    guarded.write(FILE, OF_ACCOUNT)
    guarded.git("add", "--all")
    assert commits(guarded) is None
    guarded.write(FILE, PUBLIC.replace("2012-10-17", "2008-10-17"))
    patch = guarded.git("diff", "--unified=0")
    first, *_ = patch.partition("@@ -8")[0:1]
    (guarded.root.parent / "first.patch").write_text(first)
    guarded.git("apply", "--cached", "--unidiff-zero", "../first.patch")
    assert guarded.git("show", f":{FILE}") == harmless
    assert commits(guarded) is None
    assert commits(guarded, "--all") is not None


def test_commit_all_counts_what_is_not_staged_yet(guarded: Scratch) -> None:
    guarded.write(FILE, OF_ACCOUNT)
    guarded.git("add", "--all")
    assert commits(guarded) is None
    guarded.write(FILE, PUBLIC)
    said = commits(guarded, "--all")
    assert said is not None
    assert f"{FILE}, changed: " in said


def test_a_commit_of_one_file_is_not_stopped_by_another(guarded: Scratch) -> None:
    guarded.commit({FILE: OF_ACCOUNT, "policies/other.json": READS})
    guarded.write(FILE, PUBLIC)
    guarded.write("policies/other.json", WRITES)
    guarded.git("add", "--all")
    assert commits(guarded, "--", "policies/other.json") is None
    assert commits(guarded) is not None


def test_a_commit_may_come_from_a_folder_below(plain: Scratch) -> None:
    plain.commit({FILE: OF_ACCOUNT})
    plain.write(FILE, PUBLIC)
    below = Scratch(plain.root / "policies")
    assert commits(below, "--all") is not None
    assert commits(below, "--", "bucket.json") is not None


def test_another_working_tree_of_the_repository_is_guarded_too(
    plain: Scratch, tmp_path: Path
) -> None:
    plain.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    other = Scratch(tmp_path / "other")
    other.write(FILE, PUBLIC)
    other.git("add", "--all")
    assert commits(other) is not None
    assert commits(plain, "--allow-empty") is None


def test_a_policy_that_cannot_be_read_is_not_committed(plain: Scratch) -> None:
    plain.write(FILE, READS.replace("Allow", "Alow"))
    plain.git("add", "--all")
    said = commits(plain)
    assert said is not None
    assert "Alow" in said


def test_a_policy_may_be_removed(plain: Scratch) -> None:
    plain.commit({FILE: PUBLIC})
    plain.git("rm", "--quiet", FILE)
    assert commits(plain) is None


def test_the_first_commit_of_all_is_guarded(tmp_path: Path) -> None:
    scratch = Scratch.made(tmp_path / "repository")
    with_plain_hook(scratch)
    scratch.write(FILE, PUBLIC)
    scratch.git("add", "--all")
    assert scratch.run("git", "commit", "--message=first").returncode == 1
    scratch.write(FILE, OF_ACCOUNT)
    scratch.git("add", "--all")
    assert scratch.run("git", "commit", "--message=first").returncode == 0


def test_a_policy_in_another_form_is_not_committed(hooked: Scratch) -> None:
    hooked.write(FILE, READS.replace("\n", ""))
    hooked.write("package.json", "{}")
    hooked.git("add", "--all")
    said = commits(hooked)
    assert said is not None
    assert f"{FILE} is not canonical" in said
    assert "package.json" not in said
    assert hooked.run("iamlogic", "format", "--write", FILE).returncode == 0
    hooked.git("add", "--all")
    assert commits(hooked) is None


def test_guardrails_that_catch_too_little_are_not_committed(hooked: Scratch) -> None:
    settings = (TOP / "examples" / "guardrails" / "iamlogic.toml").read_text()
    hooked.write("iamlogic.toml", settings)
    hooked.git("add", "--all")
    assert commits(hooked) is None
    hooked.write("iamlogic.toml", settings.replace("arn:aws:s3:::payroll-*", "arn:aws:s3:::p/*"))
    hooked.git("add", "--all")
    said = commits(hooked)
    assert said is not None
    assert "payroll-stays-inside" in said


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_says_what_it_is_for_and_leaves_the_rest_to_the_command(
    hook: dict[str, Any],
) -> None:
    assert hook["language"] == "python"
    assert hook["entry"].split()[0] == "iamlogic"
    assert hook["description"]


@pytest.mark.slow
def test_pre_commit_installs_the_hooks_from_this_repository(tmp_path: Path) -> None:
    source = Scratch.made(tmp_path / "iamlogic")
    for name in ("iamlogic", "grammar"):
        shutil.copytree(
            TOP / name, source.root / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(TOP / name, source.root / name)
    source.commit({})
    user = Scratch.made(tmp_path / "user")
    user.write("iamlogic.yaml", "zone:\n  accounts: ['111122223333']\n")
    user.write(FILE, PUBLIC)
    user.git("add", "--all")
    try_ = ("pre_commit", "try-repo", "../iamlogic", "iamlogic-review", "--verbose")
    done = user.run(sys.executable, "-m", *try_)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{FILE}, new: " in done.stdout, done.stdout + done.stderr
