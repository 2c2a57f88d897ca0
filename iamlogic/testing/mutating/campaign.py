"""`Campaign`: run the tests on every mutant, each in a copy of the tree.

First the tests must pass on the policies as they are. Then they must not pass when a file is cut
off: tests that do read the original, by an installed package or a path of their own, or do not look
at the file at all, and would let every mutant survive for a reason that is no mutant's.
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol, TypeVar

from iamlogic.errors import IamlogicError
from iamlogic.testing.mutating.mutants import Candidate, Mutant, candidates, proved, telling
from iamlogic.testing.mutating.results import Results, Survivor, by_gravity
from iamlogic.testing.mutating.running import Run, Runner, environment_in
from iamlogic.testing.mutating.sources import MutableFile, mutable_files, path_of
from iamlogic.testing.mutating.tree import Copy, Tree, discard
from iamlogic.testing.mutation.effect import MutationEffect

_CUT_OFF = b'{"Version": "2012-10-17", "Statement": ['
"""What nobody takes for a policy, nor for a file that is about something else."""

_SEED = 0
"""Of samples: the same mutants are drawn in every run."""
_PATIENCE, _LEAST_SECONDS = 10, 30.0
"""Without a timeout a mutant has ten times what the tests take on the original, and at least this:
tests that hang on a mutant must not hang the command."""

_T = TypeVar("_T")


class Progress(Protocol):
    """Passes what it is given, and shows how far that has come."""

    def __call__(self, sequence: Iterable[_T], description: str, total: float) -> Iterable[_T]: ...


class CampaignError(IamlogicError):
    """The tests cannot tell anything about mutants."""


@dataclass(slots=True)
class Campaign:
    """The files, the command, and all that has to be gone in the end."""

    names: tuple[str, ...]
    command: str
    jobs: int = 1
    timeout: float | None = None
    max_mutants: int | None = None
    _runner: Runner = field(init=False)
    _folder: Path | None = field(init=False, default=None)
    _tree: Tree = field(init=False)
    _copies: SimpleQueue[Copy] = field(init=False, default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self._runner = Runner(self.command)

    def run(self, progress: Progress) -> Results:
        """Do it all. Raises `CampaignError`, and what reading and copying raise."""
        try:
            files = self._files()
            self._tree = Tree.around(Path.cwd())
            names = {file.name: self._name_in_tree(file.name) for file in files}
            self._prepare(sorted(names.values()))
            seconds = self._check_original()
            for file in progress(files, "Is each policy tested", len(files)):
                self._check_control(file.name, names[file.name])
            found, equivalent, malformed, drawn_from = self._mutants(files, progress)
            known = [each for each in found if each.effect is not MutationEffect.UNKNOWN]
            timeout = self.timeout or max(_LEAST_SECONDS, _PATIENCE * seconds)
            runs = self._runs(known, names, timeout, progress)
        finally:
            self.end()
        return Results(
            tuple(names),
            self.command,
            by_gravity(
                [Survivor(m, telling(m)) for m, run in zip(known, runs, strict=True) if run.passed]
            ),
            killed=sum(run.code is not None and not run.passed for run in runs),
            timed_out=sum(run.code is None for run in runs),
            equivalent=equivalent,
            malformed=malformed,
            unknown=tuple(each for each in found if each.effect is MutationEffect.UNKNOWN),
            untouched=tuple(told for file in files for told in file.untouched),
            drawn_from=drawn_from,
        )

    def end(self) -> None:
        """End all commands and remove all copies, also from a signal's handler."""
        self._runner.abandon()
        for _ in range(5):  # a thread may be about to write a file
            if self._folder is not None and self._folder.exists():
                discard(self._folder)

    def _files(self) -> list[MutableFile]:
        by_path: dict[Path, MutableFile] = {}
        for name in self.names:
            for file in mutable_files(name):
                by_path.setdefault(path_of(file.name), file)
        return list(by_path.values())

    def _name_in_tree(self, file: str) -> str:
        path, root = path_of(file), self._tree.root
        if not path.is_relative_to(root):
            raise CampaignError(
                f"{file} does not lie in {root}, the tree that is copied\n"
                "    hint: run the command in the folder, or the repository, that it lies in"
            )
        return str(path.relative_to(root))

    def _prepare(self, names: list[str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="iamlogic-mutate-")).resolve()
        pristine = self._folder / "original"
        self._tree.copy_to(pristine, names)
        for number in range(self.jobs):
            folder = self._folder / f"copy-{number + 1}" / self._tree.root.name
            self._copies.put(Copy.of(self._tree, folder, pristine, names))

    def _check_original(self) -> float:
        run = self._run(None, None, self.timeout)
        if run.passed:
            return run.seconds
        ended = "did not end in time" if run.code is None else f"failed with exit code {run.code}"
        raise CampaignError(
            f"the tests must pass before mutants are made, but {self.command!r} {ended} in a copy "
            f"of {self._tree.root}{_ending(run.tail)}"
        )

    def _check_control(self, file: str, name: str) -> None:
        if self._run(name, _CUT_OFF, self.timeout).passed:
            raise CampaignError(
                f"the tests pass although {file} is cut off: they do not read it in the copy of "
                "the tree, or do not look at it\n"
                "    hint: let them open the file relative to the test or to the folder they run "
                "in, not by an absolute path and not from an installed package"
            )

    def _mutants(
        self, files: list[MutableFile], progress: Progress
    ) -> tuple[list[Mutant], int, int, int | None]:
        """Those that mean something else or may do, and how many were dropped and why."""
        every = [each for file in files for each in candidates(file)]
        order = list(enumerate(every))
        if self.max_mutants is not None:
            random.Random(_SEED).shuffle(order)  # noqa: S311 (a sample, no secret)
        found: dict[int, Mutant] = {}
        equivalent = malformed = looked_at = 0
        for place, candidate in progress(order, "Proving what mutants mean", len(order)):
            if self.max_mutants is not None and len(found) >= self.max_mutants:
                continue
            looked_at += 1
            mutant = proved(candidate)
            if mutant is None:
                malformed += 1
            elif mutant.effect is MutationEffect.STAYED:
                equivalent += 1
            else:
                found[place] = mutant
        drawn_from = len(every) if looked_at < len(every) else None
        return [found[place] for place in sorted(found)], equivalent, malformed, drawn_from

    def _runs(
        self, mutants: list[Mutant], names: dict[str, str], timeout: float, progress: Progress
    ) -> list[Run]:
        with ThreadPoolExecutor(self.jobs) as pool:
            places = {
                pool.submit(self._run, names[c.file.name], _content(c), timeout): place
                for place, c in enumerate(mutant.candidate for mutant in mutants)
            }
            runs = {
                places[done]: done.result()
                for done in progress(as_completed(places), "Running the tests", len(places))
            }
        return [runs[place] for place in range(len(mutants))]

    def _run(self, name: str | None, content: bytes | None, timeout: float | None) -> Run:
        """Run the tests in a copy, in which one file has another content."""
        copy = self._copies.get()
        try:
            if name is not None and content is not None:
                copy.write(name, content)
            folder = copy.folder / os.path.relpath(Path.cwd(), self._tree.root)
            folder.mkdir(parents=True, exist_ok=True)
            environment = environment_in(copy.folder, self._tree.root)
            return self._runner.run(folder.resolve(), environment, timeout)
        finally:
            if not self._runner.is_abandoned:
                copy.restore()
            self._copies.put(copy)


def _content(candidate: Candidate) -> bytes:
    return candidate.text.encode()


_LINES = 15


def _ending(output: str) -> str:
    lines = output.rstrip().splitlines()[-_LINES:]
    return ":\n" + "\n".join(f"    {line}" for line in lines) if lines else ""
