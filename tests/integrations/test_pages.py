"""The pages about integrations: what is to be copied from them is valid, and runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from iamlogic.cli import Exit
from tests.integrations.actions import ACTION
from tests.integrations.scratch import SCRIPTS, TOP, environment
from tests.integrations.test_gitlab_ci import JOB
from tests.integrations.test_pre_commit import HOOKS

DOCS = TOP / "docs"
STAND_IN = Path(__file__).parent / "stand_in_gh.py"
MARK = "<!-- iamlogic-review -->"


def page(name: str) -> str:
    return (DOCS / name).read_text()


def blocks(name: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)


def rows(name: str) -> set[str]:
    """What stands as code in the first column of the page's tables."""
    return set(re.findall(r"^\| `([\w-]+)` \|", page(name), re.MULTILINE))


WORKFLOW: dict[str, Any] = yaml.safe_load(blocks("how-to/github.md")[0])
STEPS: dict[str, dict[str, Any]] = {
    each.get("name", each.get("uses")): each for each in WORKFLOW["jobs"]["review"]["steps"]
}


@pytest.mark.parametrize(
    ("name", "number", "schema"),
    [
        ("how-to/github.md", 0, ["vendor.github-workflows"]),
        ("how-to/gitlab.md", 0, ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_what_is_to_be_copied_is_valid_by_the_published_schema(
    tmp_path: Path, name: str, number: int, schema: list[str]
) -> None:
    file = tmp_path / "copied.yml"
    file.write_text(blocks(name)[number])
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", *schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflows_of_this_repository_are_valid_by_the_published_schema() -> None:
    files = sorted(map(str, (TOP / ".github" / "workflows").glob("*.yml")))
    assert files
    schema = ("--builtin-schema", "vendor.github-workflows")
    command = [sys.executable, "-m", "check_jsonschema", *schema, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_configuration_of_pre_commit_is_valid_and_names_the_hooks(tmp_path: Path) -> None:
    (text,) = blocks("how-to/pre-commit.md")
    file = tmp_path / "config.yaml"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (repository,) = yaml.safe_load(text)["repos"]
    assert {each["id"] for each in repository["hooks"]} == {hook["id"] for hook in HOOKS}
    assert rows("how-to/pre-commit.md") == {hook["id"] for hook in HOOKS}


def test_the_settings_of_a_git_lab_job_are_those_of_the_template() -> None:
    job, warning = (yaml.safe_load(text)["iamlogic-review"] for text in blocks("how-to/gitlab.md"))
    assert job["variables"].keys() <= JOB["variables"].keys()
    assert rows("how-to/gitlab.md") == JOB["variables"].keys() - {"GIT_DEPTH"}
    assert warning["allow_failure"]["exit_codes"] == [int(Exit.UNKNOWN)]


def test_every_input_of_the_action_is_described() -> None:
    assert rows("how-to/github.md") == ACTION["inputs"].keys()
    outputs = page("how-to/github.md").split("Outputs: ")[1].split("\n")[0]
    assert set(re.findall(r"`([\w-]+)`", outputs)) == ACTION["outputs"].keys()


def test_the_workflow_asks_for_what_the_action_has() -> None:
    review = STEPS["What does it grant?"]
    assert review["with"].keys() <= ACTION["inputs"].keys()
    asked = set(re.findall(r"steps\.review\.outputs\.([\w-]+)", blocks("how-to/github.md")[0]))
    assert asked <= ACTION["outputs"].keys()


def test_the_workflow_has_few_rights_and_runs_what_is_pinned() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["review"]["permissions"] == {
        "contents": "read",
        "pull-requests": "write",
        "security-events": "write",
    }
    for step in STEPS.values():
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.search(r"@[0-9a-f]{40}$", step["uses"])


def test_what_follows_the_review_runs_also_where_it_fails() -> None:
    names = list(STEPS)
    after = names[names.index("What does it grant?") + 1 :]
    assert len(after) == 3
    assert all("!cancelled()" in STEPS[name]["if"] for name in after)


def commented(tmp_path: Path, body: str) -> None:
    """What the step "Comment" does with a review."""
    bin_ = tmp_path / "bin"
    bin_.mkdir(exist_ok=True)
    gh = bin_ / "gh"
    gh.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{STAND_IN}" "$@"\n')
    gh.chmod(0o755)
    (tmp_path / "review.md").write_text(body)
    step = STEPS["Comment"]
    known = {
        "github.token": "secret",
        "github.repository": "acme/site",
        "github.event.pull_request.number": "7",
        "steps.review.outputs.markdown": str(tmp_path / "review.md"),
    }
    given = {
        name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: known[found[1]], value)
        for name, value in step["env"].items()
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env=environment(
            PATH=f"{bin_}:{SCRIPTS}:/usr/bin:/bin",
            COMMENTS_FILE=str(tmp_path / "comments.json"),
            **given,
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_first_review_is_a_comment_and_the_next_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / "comments.json"
    others = [
        {"id": 1, "user": {"login": "mallory"}, "body": f"{MARK}\nall is well"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "another action's"},
    ]
    file.write_text(json.dumps(others))
    for body in (f"{MARK}\nfirst", f"{MARK}\nsecond"):
        commented(tmp_path, body)
        *rest, mine = json.loads(file.read_text())
        assert rest == others
        assert mine["body"] == body


def test_exit_codes_are_those_of_the_command() -> None:
    codes = re.findall(r"^\| (\d+) \|", page("reference/exit-codes.md"), re.MULTILINE)
    assert codes == [str(int(each)) for each in Exit]
