"""`integrations/gitlab-ci.yml`: its scripts run in repositories as GitLab checks them out."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from tests.integrations.scratch import OF_ACCOUNT, PUBLIC, READS, TOP, WRITES, Scratch

TEMPLATE = TOP / "integrations" / "gitlab-ci.yml"
JOB: dict[str, Any] = yaml.safe_load(TEMPLATE.read_text())["iamlogic-review"]
FILE = "policies/bucket.json"


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    made = Scratch.made(tmp_path / "repository")
    made.commit({FILE: OF_ACCOUNT, "policies/other.json": READS})
    return made


def reviewed(
    scratch: Scratch, base: str, *, shell: str = "bash", **variables: str
) -> subprocess.CompletedProcess[str]:
    """The job's script, line by line in one shell that stops at an error."""
    script = "\n".join(JOB["script"])
    given = {**JOB["variables"], "CI": "true", "GITLAB_CI": "true", **variables}
    head = scratch.git("rev-parse", "HEAD").strip()
    return scratch.run(
        shell,
        "-ec",
        script,
        CI_MERGE_REQUEST_DIFF_BASE_SHA=base,
        **{"CI_COMMIT_SHA": head, **given},
    )


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_a_merge_request_that_makes_a_bucket_public_fails_with_its_reports(
    scratch: Scratch, shell: str
) -> None:
    base = scratch.git("rev-parse", "HEAD").strip()
    scratch.commit({FILE: PUBLIC})
    done = reviewed(scratch, base, shell=shell)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{FILE}, changed: " in done.stdout
    reports = JOB["artifacts"]["reports"]
    issues = json.loads((scratch.root / reports["codequality"]).read_text())
    assert {each["location"]["path"] for each in issues} == {FILE}
    assert all(each["fingerprint"] for each in issues)
    assert ET.parse(scratch.root / reports["junit"]).getroot().tag == "testsuites"  # noqa: S314
    for path in JOB["artifacts"]["paths"]:
        assert (scratch.root / path).read_text().lower().startswith("<!doctype html>")


def test_a_harmless_merge_request_passes(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD").strip()
    scratch.commit({"policies/other.json": WRITES})
    assert reviewed(scratch, base).returncode == 0
    assert reviewed(scratch, base, IAMLOGIC_FAIL_ON="public gained").returncode == 1


def test_a_policy_that_cannot_be_read_is_2(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD").strip()
    scratch.commit({FILE: PUBLIC.replace("Allow", "Alow")})
    assert reviewed(scratch, base).returncode == 2


def test_a_pipeline_without_a_merge_request_is_2(scratch: Scratch) -> None:
    done = reviewed(scratch, "")
    assert done.returncode == 2
    assert "merge request" in done.stderr


def test_settings_that_are_missing_are_2(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD").strip()
    done = reviewed(scratch, base, IAMLOGIC_SETTINGS="missing.toml")
    assert done.returncode == 2
    assert "missing.toml" in done.stderr


def test_merged_results_hold_what_others_have_done_and_it_is_left_out(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD").strip()
    scratch.git("switch", "--quiet", "--create", "change")
    source = scratch.commit({"README.md": "harmless"})
    scratch.git("switch", "--quiet", "main")
    scratch.commit({FILE: PUBLIC})
    scratch.git("merge", "--quiet", "--no-edit", "change")
    assert reviewed(scratch, base).returncode == 1
    done = reviewed(scratch, base, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=source)
    assert done.returncode == 0, done.stdout


def test_the_template_is_valid_by_the_published_schema() -> None:
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    command = [sys.executable, "-m", "check_jsonschema", *schema, str(TEMPLATE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_installed_is_this_project_with_an_extra_that_it_has() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    name, _, extra = JOB["variables"]["IAMLOGIC_PACKAGE"].removesuffix("]").partition("[")
    assert name == project["name"]
    assert extra in project["optional-dependencies"]


@pytest.mark.slow
def test_the_install_line_takes_a_checkout(scratch: Scratch) -> None:
    (line,) = JOB["before_script"]
    package = f"{TOP}[review]"
    done = scratch.run(
        "bash", "-ec", line.removesuffix(" ") + " --dry-run --no-deps", IAMLOGIC_PACKAGE=package
    )
    assert done.returncode == 0, done.stdout + done.stderr
