"""Run a command, with all that it starts: it ends when the command does, or the time is up.

Each command leads a group of processes of its own, which Ctrl-C in the terminal does not reach; so
`Runner.abandon` ends all of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

_TAIL = 4000
"""Bytes of a command's output that are told at most, its last ones."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a command; `code` is None if it was ended when its time was up."""

    code: int | None
    seconds: float
    tail: str

    @property
    def passed(self) -> bool:
        return self.code == 0


@dataclass(slots=True)
class Runner:
    """Runs one command line of the shell, in several folders at once."""

    command: str
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: RLock = field(default_factory=RLock)
    is_abandoned: bool = False

    def run(self, folder: Path, environment: dict[str, str], timeout: float | None) -> Run:
        """Run the command in a folder. Its output goes to a file, however much it is."""
        started = time.monotonic()
        with tempfile.TemporaryFile() as output:
            process = self._start(folder, environment, output.fileno())
            if process is None:
                return Run(None, 0.0, "")
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _kill(process)
                process.wait()
                with self._lock:
                    self._running.discard(process)
            output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
            tail = output.read().decode(errors="replace")
        return Run(code, time.monotonic() - started, tail)

    def _start(
        self, folder: Path, environment: dict[str, str], output: int
    ) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self.is_abandoned:
                return None
            process = subprocess.Popen(  # noqa: S602 (the user's own command line)
                self.command,
                shell=True,
                cwd=folder,
                env=environment | {"PWD": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
        return process

    def abandon(self) -> None:
        """End what is running, and start nothing more."""
        with self._lock:  # a signal's handler may run within `_start` itself
            self.is_abandoned = True
            for process in self._running:  # whoever waits for one goes on doing so
                _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the command's whole group: what it left behind would write into the next run."""
    with suppress(ProcessLookupError, PermissionError):  # all of it is gone
        os.killpg(process.pid, signal.SIGKILL)


def environment_in(copy: Path, root: Path) -> dict[str, str]:
    """The user's environment, in which nothing leads back from the copy to the tree.

    The entries of PYTHONPATH that lie in the tree are those of the copy; what git's hooks export is
    left out.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    }
    if "PYTHONPATH" in environment:
        entries = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(_moved(each, copy, root) for each in entries)
    return environment | {"GIT_CEILING_DIRECTORIES": str(copy.parent)}


def _moved(entry: str, copy: Path, root: Path) -> str:
    if not Path(entry).is_absolute():
        return entry  # relative to where the command runs, which is in the copy
    real = Path(entry).resolve()
    return str(copy / real.relative_to(root)) if real.is_relative_to(root) else entry
