"""`action.yml`: its scripts run, in bash, in repositories as GitHub checks them out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integrations.actions import ACTION, EXPRESSION, STEPS, Runner
from tests.integrations.scratch import OF_ACCOUNT, PUBLIC, READS, TOP, WRITES, Scratch

MARK = "<!-- iamlogic-review -->"
FILE = "policies/bucket.json"


@dataclass
class PullRequest:
    """A branch `change` that left `main`, which has gone on since; `merge` is both together."""

    origin: Scratch
    base: str
    head: str
    merge: str

    @property
    def event(self) -> dict[str, str]:
        return {
            "github.event_name": "pull_request",
            "github.event.pull_request.base.sha": self.base,
            "github.event.pull_request.head.sha": self.head,
            "github.sha": self.merge,
        }


@pytest.fixture
def pull_request(tmp_path: Path) -> PullRequest:
    """The change makes a bucket public; main has made another policy wider meanwhile."""
    return changed(tmp_path, {FILE: OF_ACCOUNT}, {FILE: PUBLIC})


def changed(tmp_path: Path, before: dict[str, str], after: dict[str, str]) -> PullRequest:
    origin = Scratch.made(tmp_path / "origin")
    origin.commit({**before, "policies/other.json": READS})
    origin.commit({"README.md": "so that the clone of one commit lacks the one they share"})
    origin.git("switch", "--quiet", "--create", "change")
    head = origin.commit(after)
    origin.git("switch", "--quiet", "main")
    base = origin.commit({"policies/other.json": WRITES})
    origin.git("switch", "--quiet", "--detach", "main")
    origin.git("merge", "--quiet", "--no-edit", head)
    merge = origin.git("rev-parse", "HEAD").strip()
    origin.git("update-ref", "refs/pull/1/merge", merge)
    origin.git("switch", "--quiet", "main")
    return PullRequest(origin, base, head, merge)


def checked_out(tmp_path: Path, pull_request: PullRequest, *options: str) -> Runner:
    """As actions/checkout does it: the merge, detached, and with `--depth=1` nothing else."""
    scratch = Scratch.made(tmp_path / "workspace")
    scratch.git("remote", "add", "origin", pull_request.origin.root.as_uri())
    wanted = [f"+{pull_request.merge}:refs/remotes/pull/1/merge"]
    if not options:
        wanted.append("+refs/heads/*:refs/remotes/origin/*")
    scratch.git("fetch", "--quiet", "--no-tags", *options, "origin", *wanted)
    scratch.git("checkout", "--quiet", "--force", "refs/remotes/pull/1/merge")
    (tmp_path / "temp").mkdir()
    return Runner(scratch.root, tmp_path / "temp", pull_request.event)


def test_a_pull_request_that_makes_a_bucket_public_fails_after_its_reports_are_written(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    done = checked_out(tmp_path, pull_request).use()
    assert done.code == 1, done.log
    assert done.outputs["exit-code"] == "1"
    assert done.summary.startswith(MARK)
    assert Path(done.outputs["markdown"]).read_text() == done.summary
    assert FILE in done.summary
    sarif = json.loads(Path(done.outputs["sarif"]).read_text())
    (run,) = sarif["runs"]
    assert "public-access" in {each["ruleId"] for each in run["results"]}
    assert "<html" in Path(done.outputs["html"]).read_text()
    assert json.loads(Path(done.outputs["json"]).read_text())
    assert "<testsuites" in Path(done.outputs["junit"]).read_text()


def test_what_others_have_done_on_the_base_is_not_the_pull_request_s(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    done = checked_out(tmp_path, pull_request).use()
    assert "other.json" not in done.summary


def test_a_clone_of_one_commit_fetches_what_it_lacks(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    done = checked_out(tmp_path, pull_request, "--depth=1").use()
    assert done.code == 1, done.log
    assert FILE in done.summary
    assert "other.json" not in done.summary


def test_a_clone_that_can_fetch_nothing_says_what_to_do(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    runner = checked_out(tmp_path, pull_request, "--depth=1")
    pull_request.origin.root.rename(tmp_path / "gone")
    done = runner.use()
    assert done.code == 2, done.log
    assert "fetch-depth: 0" in done.log
    assert done.outputs["sarif"] == ""


def test_a_base_that_is_fetched_leaves_a_whole_clone_whole(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    runner = checked_out(tmp_path, pull_request)
    pull_request.origin.git("switch", "--quiet", "--create", "later")
    later = pull_request.origin.commit({"notes.md": "later"})
    done = runner.use(base=later)
    assert done.code == 1, done.log
    assert not (runner.workspace / ".git" / "shallow").exists()


def test_a_base_can_be_a_branch_of_the_origin(tmp_path: Path, pull_request: PullRequest) -> None:
    done = checked_out(tmp_path, pull_request).use(base="main")
    assert done.code == 1, done.log
    assert "other.json" not in done.summary


def test_a_harmless_change_passes(tmp_path: Path) -> None:
    harmless = changed(tmp_path, {FILE: PUBLIC}, {FILE: OF_ACCOUNT})
    done = checked_out(tmp_path, harmless).use()
    assert (done.code, done.outputs["exit-code"]) == (0, "0"), done.log
    assert done.summary.startswith(MARK)


def test_what_counts_is_an_input(tmp_path: Path) -> None:
    wider = changed(tmp_path, {"policies/dev.json": READS}, {"policies/dev.json": WRITES})
    runner = checked_out(tmp_path, wider)
    assert runner.use().code == 0
    assert runner.use(fail_on="gained, public").code == 1
    assert runner.use(fail_on="public\nunknown").code == 0


def test_what_counts_must_be_something_that_there_is(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    done = checked_out(tmp_path, pull_request).use(fail_on="everything")
    assert done.code == 2, done.log
    assert "everything" in done.log


def test_a_policy_that_no_longer_parses_is_2(tmp_path: Path) -> None:
    broken = changed(tmp_path, {FILE: OF_ACCOUNT}, {FILE: OF_ACCOUNT.replace("Allow", "Alow")})
    done = checked_out(tmp_path, broken).use()
    assert (done.code, done.outputs["exit-code"]) == (2, "2"), done.log
    assert FILE in done.summary


def test_settings_that_cannot_be_read_leave_no_reports(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    done = checked_out(tmp_path, pull_request).use(settings="missing.toml")
    assert done.code == 2, done.log
    assert "the log says why" in done.summary
    assert done.outputs["markdown"] == done.outputs["sarif"] == ""


def test_reports_of_an_earlier_review_are_not_taken_for_this_one_s(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    runner = checked_out(tmp_path, pull_request)
    assert runner.use(reports="out").outputs["sarif"] == str(runner.workspace / "out/review.sarif")
    done = runner.use(reports="out", settings="missing.toml")
    assert (done.code, done.outputs["sarif"]) == (2, "")


def test_a_push_is_compared_with_what_was_there_before_it(
    tmp_path: Path, pull_request: PullRequest
) -> None:
    runner = checked_out(tmp_path, pull_request)
    before = pull_request.origin.git("rev-parse", "main~1").strip()
    runner.event = {
        "github.event_name": "push",
        "github.event.before": before,
        "github.sha": pull_request.base,
    }
    done = runner.use(fail_on="gained")
    assert done.code == 1, done.log
    assert "other.json" in done.summary
    assert FILE not in done.summary


@pytest.mark.parametrize("before", ["0" * 40, ""])
def test_a_push_with_nothing_before_it_asks_for_a_base(
    tmp_path: Path, pull_request: PullRequest, before: str
) -> None:
    runner = checked_out(tmp_path, pull_request)
    runner.event = {
        "github.event_name": "push",
        "github.event.before": before,
        "github.sha": pull_request.head,
    }
    done = runner.use()
    assert done.code == 2, done.log
    assert "give the input base" in done.log
    assert runner.use(base="main").code == 1


def test_what_a_hostile_policy_says_is_no_command_to_the_runner(tmp_path: Path) -> None:
    hostile = PUBLIC.replace('"Effect"', '"Sid": "x\\n::add-mask::a\\n", "Effect"', 1)
    done = checked_out(tmp_path, changed(tmp_path, {FILE: OF_ACCOUNT}, {FILE: hostile})).use()
    stopped, token, rest = re.split(r"::stop-commands::(\w{64})\n", done.log)
    told, resumed, after = rest.partition(f"::{token}::\n")
    assert FILE in told
    assert resumed
    for outside in (stopped, after):
        commands = re.findall("^::.*", outside, re.MULTILINE)
        assert all(each.startswith("::error title=iamlogic review::") for each in commands)


@pytest.mark.parametrize(
    "name", ["$(touch owned)", "`touch owned`", '"; touch owned; "', "--output=owned", "-x"]
)
def test_a_hostile_name_is_no_script(tmp_path: Path, pull_request: PullRequest, name: str) -> None:
    runner = checked_out(tmp_path, pull_request)
    for inputs in ({"base": name}, {"head": name}, {"fail_on": name}, {"settings": name}):
        assert runner.use(**inputs).code == 2
    assert runner.use(parameters=name).code == (1 if "=" in name else 2)
    assert not list(tmp_path.rglob("owned"))


def test_no_expression_stands_in_a_script() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    assert len(scripts) == 4
    assert not any(EXPRESSION.search(script) for script in scripts)


def test_what_others_have_written_is_pinned_by_its_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used)


def test_the_action_is_valid_by_the_published_schema() -> None:
    schema = "vendor.github-actions"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, "action.yml"]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_input_is_read_and_an_output_is_written_for_each_that_is_described() -> None:
    text = (TOP / "action.yml").read_text()
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    (review,) = (step for step in STEPS if step.get("id") == "review")
    for name, described in ACTION["outputs"].items():
        assert described["value"] == f"${{{{ steps.review.outputs.{name} }}}}"
        assert f"{name}=" in review["run"]


@pytest.mark.slow
def test_the_install_step_installs_the_checkout_with_its_extra(tmp_path: Path) -> None:
    (install,) = (step for step in STEPS if step["name"] == "Install")
    runner = Runner(tmp_path, tmp_path, {"steps.python.outputs.python-path": sys.executable})
    code, log = runner.step(install, tmp_path / "summary.md")
    assert code == 0, log
    done = subprocess.run(
        [tmp_path / "iamlogic" / "bin" / "iamlogic", "review", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "--staged" in done.stdout
