"""`pytest --guardrails iamlogic.toml`: each guardrail held against each policy, as a test.

Every JSON, YAML and Terraform file that pytest comes across is looked at for policies, by the same
functions as in `iamlogic guardrails check`, and what fails there fails here: a guardrail whose
severity is an error and that is broken, or is not known to be kept; a policy that cannot be read;
one that a template leaves open. Other severities are warnings. The settings file, where pytest
comes across it, has the guardrails' own examples as tests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from iamlogic.errors import IamlogicError
from iamlogic.inputs.places.files import FileKind, kind_of
from iamlogic.inputs.places.folders import policies_below
from iamlogic.inputs.settings.guarding import (
    from_root,
    guarding_settings,
    root_of,
)
from iamlogic.questions.guardrail import Guardrail
from iamlogic.questions.review.globs import matches_any
from iamlogic.questions.review.placed import Found, PlacedPolicy
from iamlogic.testing.pytest_plugin.guardrail_items import ExamplesFile, PolicyFile
from iamlogic.testing.snapshots import SNAPSHOTS

if TYPE_CHECKING:
    from iamlogic.testing.pytest_plugin.coverage import Coverage

_OUTPUT = "iamlogic_guardrails"
"""Under which name a worker of pytest-xdist hands over what it came across."""


class Guardrails:
    """What the option adds to a run. Mistakes in the settings end it (exit code 4)."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._here = config.invocation_params.dir
        given = _place(config.getoption("--guardrails"), config)
        try:
            self.settings, _ = guarding_settings(self.shown(given))
        except IamlogicError as error:
            raise pytest.UsageError(f"--guardrails: {error}") from error
        self.file = given
        self.root = root_of(given)
        self._modules: dict[Path, Found] = {}
        self._policies = 0
        self._idle = {each.name for each in self.settings.guardrails}

    def pytest_report_header(self) -> str:
        return f"guardrails: {len(self.settings.guardrails)} in {self.shown(self.file)}"

    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> pytest.Collector | None:
        if file_path == self.file:
            return ExamplesFile.from_parent(parent, path=file_path, plugin=self)
        if kind_of(file_path.name) is FileKind.OTHER or self._is_ignored(file_path):
            return None
        return PolicyFile.from_parent(parent, path=file_path, plugin=self)

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = (self._policies, sorted(self._idle))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 (pytest-xdist is untyped)
        # Each worker comes across everything. One that crashed has handed over nothing.
        policies, idle = getattr(node, "workeroutput", {}).get(_OUTPUT, (0, self._idle))
        self._policies = max(self._policies, policies)
        self._idle &= set(idle)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        told = list(self._doubts())
        if told:
            terminalreporter.section("guardrails", sep="-")
            for line in told:
                terminalreporter.line(line)

    def _doubts(self) -> Iterator[str]:
        if not self._policies:
            yield "no policy was found in what was collected: no guardrail was held against any"
        elif not any("::" in each for each in self._config.args):  # else most were not asked for
            for each in self.settings.guardrails:
                if each.name in self._idle:
                    yield f"the guardrail {each.name} is for none of the policies"

    def is_named(self, path: Path) -> bool:
        """Whether the file itself stands on the command line."""
        named = (self._here / each.split("::")[0] for each in self._config.args)
        return any(os.path.normpath(each) == str(path) for each in named)

    def _is_ignored(self, path: Path) -> bool:
        if SNAPSHOTS in path.parts:
            return True
        ignored = self.settings.review.ignore
        return not self.is_named(path) and matches_any(from_root(str(path), self.root), ignored)

    def shown(self, path: Path) -> str:
        """The file as people call it who stand where pytest was started."""
        return str(path.relative_to(self._here) if path.is_relative_to(self._here) else path)

    def found_in(self, path: Path) -> Found:
        """What is in a file. What is in a module stands in the file where it is written."""
        if kind_of(path.name) is not FileKind.TERRAFORM:
            found = self._read(path)
        else:
            if path.parent not in self._modules:
                self._modules[path.parent] = self._read(path)
            found = _part(self._modules[path.parent], path)
        self._policies += len(found.policies) + len(found.unread)
        return found

    def _read(self, path: Path) -> Found:
        ((_, found),) = policies_below(
            [self.shown(path)], self.settings.deployment, lambda _: False
        )
        return found

    def for_policy(self, placed: PlacedPolicy) -> Iterator[Guardrail]:
        """The guardrails that are for it."""
        for each in self.settings.guardrails:
            if each.is_for(placed, self.in_root(placed)):
                self._idle.discard(each.name)
                yield each

    def in_root(self, placed: PlacedPolicy) -> str:
        """Its file as globs see it."""
        return from_root(placed.file, self.root)

    def record(self, placed: PlacedPolicy, guardrail: Guardrail) -> None:
        """Holding a guardrail against a policy is a proof, which policy coverage counts."""
        coverage: Coverage | None = self._config.pluginmanager.get_plugin("iamlogic-coverage")
        if coverage is not None:
            from iamlogic.testing.coverage.proofs import Question

            coverage.record.met(placed)
            coverage.record.proof(placed.for_any, Question(guardrail.scope))


def _place(given: str, config: pytest.Config) -> Path:
    """A relative path counts from where pytest was started or else, as in `addopts`, the root."""
    for folder in (config.invocation_params.dir, config.rootpath):
        if (folder / given).is_file():
            return Path(os.path.normpath(folder / given))
    return config.invocation_params.dir / given


def _part(module: Found, path: Path) -> Found:
    """Of a module what stands in one file; the first file has what stands in none."""
    files = sorted(each for each in path.parent.iterdir() if kind_of(each.name) is kind_of("a.tf"))
    is_first = path == files[0]

    def stands_here(file: str) -> bool:
        place = Path(file).resolve()
        return place == path.resolve() or (
            is_first and all(place != each.resolve() for each in files)
        )

    return Found(
        tuple(each for each in module.policies if stands_here(each.file)),
        tuple(each for each in module.unread if stands_here(each.file)),
    )
