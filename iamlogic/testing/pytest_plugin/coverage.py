"""`--policy-coverage`: which parts of the policies the tests of this run touched.

The run listens from its beginning, so that names which test modules import from `iamlogic` are the
ones that are heard. Workers of pytest-xdist hand over what they recorded.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from iamlogic.testing.coverage.listening import listening
from iamlogic.testing.coverage.recording import Record
from iamlogic.testing.coverage.table import table
from iamlogic.testing.coverage.tally import tally
from iamlogic.testing.loading import Loaded

_OUTPUT = "iamlogic_coverage"
"""Under which name a worker of pytest-xdist hands over its record."""


class Coverage:
    """What the option adds to a run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._page = config.getoption("--policy-coverage")
        if self._page and not self._page.lower().endswith((".html", ".htm")):
            hint = "hint: write --policy-coverage=FILE.html, or what to run before the option"
            raise pytest.UsageError(f"--policy-coverage: {self._page} is no HTML file\n    {hint}")
        if self._page and find_spec("jinja2") is None:  # told before the tests, not after them
            hint = "pip install 'iamlogic[pytest]'"
            told = "the HTML page needs the library Jinja2"
            raise pytest.UsageError(f"--policy-coverage: {told}\n    hint: {hint}")
        self.record = Record()
        self._listening = ExitStack()
        self._listening.enter_context(listening(self.record))

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        for item in items:
            callspec = getattr(item, "callspec", None)
            loaded = callspec.params.get("policy") if callspec is not None else None
            if isinstance(loaded, Loaded) and not isinstance(loaded.subject, Exception):
                self.record.met(loaded.subject)

    def pytest_sessionfinish(self) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = pickle.dumps(self.record)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:  # noqa: ANN401 (pytest-xdist is untyped)
        handed_over = getattr(node, "workeroutput", {}).get(_OUTPUT)
        if handed_over is not None:
            self.record.add(pickle.loads(handed_over))  # noqa: S301 (by our own worker)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        coverage = tally(self.record)
        root = self._config.rootpath
        terminalreporter.section("policy coverage", sep="-")
        for line in table(coverage, root):
            terminalreporter.line(line)
        if self._page:
            from iamlogic.testing.coverage.page import coverage_html

            file = self._config.invocation_params.dir / Path(self._page)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(coverage_html(coverage, root), encoding="utf-8", newline="\n")
            terminalreporter.line(f"policy coverage as a page: {self._page}")

    def pytest_unconfigure(self) -> None:
        self._listening.close()
