"""Does the suite notice? Makes one mistake at a time in a copy of the tree, and tests it.

    python scripts/mistakes.py [--only TEXT] [--jobs 2] [--rev HEAD]

Each mistake of `mistakes.toml` breaks one rule in one place. The copy is of a commit, so that work
in progress neither helps nor harms; the tests are those of the broken side that say what a rule
means, without the random ones of `tests/differential`, and stop at the first that fails. Exit code
1 if a mistake survives, if the text to break is no longer found exactly once, or if the tests fail
without any mistake.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

TESTS = {
    "iamlogic/semantics/": ("tests/conformance", "tests/semantics", "tests/test_mutations.py"),
    "iamlogic/symbolic/": (
        "tests/conformance",
        "tests/semantics/test_values.py",
        "tests/test_mutations.py",
        "tests/questions",
        "tests/symbolic",
    ),
}
"""Where a mistake is made, and the tests that must notice it, the quick ones first."""

MOST_SECONDS = 900
_FAILED = 1
"""The exit code of pytest when a test failed; any other but 0 is no verdict."""

_FAILURE = re.compile(r"^FAILED tests/(.*?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One rule broken in one place: `was` stands in `file` once and becomes `becomes`."""

    rule: str
    mistake: str
    file: str
    was: str
    becomes: str

    @property
    def tests(self) -> tuple[str, ...]:
        return next(tests for folder, tests in TESTS.items() if self.file.startswith(folder))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the suite said, after how long: "caught", "survived" or what went wrong."""

    verdict: str
    seconds: float
    failed: str = ""  # the test that did


def main() -> None:
    """Make the mistakes and print who was caught, and by which test."""
    options = _options()
    mistakes = [m for m in read_mistakes() if options.only in f"{m.rule} {m.file} {m.mistake}"]
    tree = _archive(options.rev)
    with ThreadPoolExecutor(options.jobs) as pool:
        sides = list(dict.fromkeys(mistake.tests for mistake in mistakes))
        sound = list(pool.map(partial(_without_mistake, tree), sides))
        for tests, outcome in zip(sides, sound, strict=True):
            verdict = "pass" if outcome.verdict == "survived" else f"FAIL ({outcome.failed})"
            print(f"without a mistake, {verdict} in {outcome.seconds:.0f} s: {' '.join(tests)}")
        if any(outcome.verdict != "survived" for outcome in sound):
            raise SystemExit("tests that fail by themselves notice nothing")
        caught = 0
        outcomes = pool.map(partial(outcome_of, tree), mistakes)
        for mistake, outcome in zip(mistakes, outcomes, strict=True):
            caught += outcome.verdict == "caught"
            print(
                f"{outcome.verdict:<9} {outcome.seconds:3.0f} s  {mistake.rule:<6} "
                f"{mistake.file.removeprefix('iamlogic/')}: {mistake.mistake}"
                + (f"\n{'':<17}by {outcome.failed}" if outcome.failed else ""),
                flush=True,
            )
    print(f"{caught} of {len(mistakes)} mistakes are caught")
    raise SystemExit(caught < len(mistakes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make one mistake at a time; test each.")
    parser.add_argument("--only", default="", help="only where rule, file or mistake contain this")
    parser.add_argument("--jobs", type=int, default=2, help="copies tested at the same time")
    parser.add_argument("--rev", default="HEAD", help="the commit that is tested")
    return parser.parse_args()


def read_mistakes() -> list[Mistake]:
    """All of them, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return [Mistake(**entry) for entry in tomllib.loads(text)["mistake"]]


def outcome_of(tree: bytes, mistake: Mistake) -> Outcome:
    """What the suite says to the mistake."""
    with _copy_of(tree) as copy:
        file = copy / mistake.file
        text = file.read_text(encoding="utf-8")
        if text.count(mistake.was) != 1:
            return Outcome("not found", 0.0)
        file.write_text(text.replace(mistake.was, mistake.becomes), encoding="utf-8")
        return _test(copy, mistake.tests)


def _without_mistake(tree: bytes, tests: Sequence[str]) -> Outcome:
    with _copy_of(tree) as copy:
        return _test(copy, tests)


def _archive(revision: str) -> bytes:
    """The tree of a commit, as a tar file."""
    return subprocess.run(
        ["git", "archive", revision], cwd=ROOT, check=True, capture_output=True
    ).stdout


@contextmanager
def _copy_of(tree: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mistake-") as folder:
        with tarfile.open(fileobj=io.BytesIO(tree)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def _test(copy: Path, tests: Sequence[str]) -> Outcome:
    """Test the copy, by importing from it alone; the same examples every time."""
    surroundings = os.environ | {
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HYPOTHESIS_PROFILE": "ci",
    }
    home = "import iamlogic; print(iamlogic.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", home], cwd=copy, env=surroundings, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if not found.stdout.startswith(str(copy)):
        return Outcome("not the copy", 0.0)
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    started = time.monotonic()
    try:
        run = subprocess.run(
            command, cwd=copy, env=surroundings, capture_output=True, text=True,
            timeout=MOST_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome("too slow", MOST_SECONDS)
    seconds = time.monotonic() - started
    verdicts = {0: "survived", _FAILED: "caught"}
    failure = _FAILURE.search(run.stdout)
    return Outcome(
        verdicts.get(run.returncode, f"pytest {run.returncode}"),
        seconds,
        failure[1] if failure else "",
    )


if __name__ == "__main__":
    main()
