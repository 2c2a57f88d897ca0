"""A composite action as GitHub runs it: its steps' scripts, in bash, with what GitHub sets.

Steps that use other actions are not run: what they would give is given. An expression may only
choose the first of several values that is not empty, which is all that the action needs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.integrations.scratch import SCRIPTS, TOP, environment

ACTION: dict[str, Any] = yaml.safe_load((TOP / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass
class Run:
    """What came of an action."""

    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]


@dataclass
class Runner:
    """A runner with a checked-out repository; `event` has what GitHub knows of the event."""

    workspace: Path
    temp: Path
    event: Mapping[str, str]
    path: Sequence[Path] = ()
    contexts: dict[str, str] = field(default_factory=dict)

    def value(self, text: object) -> str:
        """A value of the action, with its expressions resolved."""
        return EXPRESSION.sub(lambda found: self._chosen(found[1]), str(text))

    def _chosen(self, expression: str) -> str:
        names = [each.strip() for each in expression.split("||")]
        for name in names:
            assert re.fullmatch(r"[\w.-]+", name), f"{expression!r} is more than is known here"
        values = (self.contexts.get(name, self.event.get(name, "")) for name in names)
        return next(filter(None, values), "")

    def use(self, **inputs: str) -> Run:
        """Run the action with these inputs (`fail_on` for fail-on), installed already."""
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() <= ACTION["inputs"].keys()
        self.contexts = {}
        for name, described in ACTION["inputs"].items():
            self.contexts[f"inputs.{name}"] = given.get(name, described.get("default", ""))
        self.install()
        summary = self.temp / "summary.md"
        summary.write_text("")
        log, code = "", 0
        for step in STEPS:
            if "run" not in step or step["name"] == "Install":
                continue
            if step.get("if") == "${{ ! inputs.terraform-plan }}":
                if self.contexts["inputs.terraform-plan"]:
                    continue
            else:
                assert "if" not in step
            code, printed = self.step(step, summary)
            log += printed
            if code != 0:
                break
        outputs = {name: self.value(said["value"]) for name, said in ACTION["outputs"].items()}
        return Run(code, log, summary.read_text(), outputs)

    def install(self) -> None:
        """The environment that the step "Install" makes, with the `iamlogic` under test."""
        bin_ = self.temp / "iamlogic" / "bin"
        bin_.mkdir(parents=True, exist_ok=True)
        for name, target in (("iamlogic", SCRIPTS / "iamlogic"), ("python", Path(sys.executable))):
            (bin_ / name).unlink(missing_ok=True)
            (bin_ / name).symlink_to(target)

    def step(self, step: Mapping[str, Any], summary: Path) -> tuple[int, str]:
        """Run one step; its outputs are there for the next."""
        output = self.temp / "output.txt"
        output.write_text("")
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace,
            env=environment(
                CI="true",
                GITHUB_ACTIONS="true",
                GITHUB_ACTION_PATH=str(TOP),
                GITHUB_WORKSPACE=str(self.workspace),
                GITHUB_OUTPUT=str(output),
                GITHUB_STEP_SUMMARY=str(summary),
                RUNNER_TEMP=str(self.temp),
                **{name: self.value(value) for name, value in step.get("env", {}).items()},
                **self._path(),
            ),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        for line in output.read_text().splitlines():
            name, _, value = line.partition("=")
            self.contexts[f"steps.{step.get('id')}.outputs.{name}"] = value
        return done.returncode, done.stdout + done.stderr

    def _path(self) -> dict[str, str]:
        if not self.path:
            return {}
        return {"PATH": os.pathsep.join([*map(str, self.path), environment()["PATH"]])}
