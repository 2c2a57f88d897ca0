"""Does the suite notice? Makes one mistake at a time in a copy of the tree, and tests it.

    python scripts/mistakes.py [--only TEXT] [--jobs 2]

Each mistake of `mistakes.toml` breaks one rule in one place. The copy holds what git tracks, as it
is in the working tree; the tests are those of the broken side, and stop at the first that fails.
Exit code 1 if a mistake survives, if the text to break is no longer found exactly once, or if the
tests fail without any mistake.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

BOTH = (
    "tests/test_mutations.py",
    "tests/differential/test_whole_language.py",
    "tests/differential/test_one_request.py",
    "tests/differential/test_near_misses.py",
    "tests/differential/test_compare.py",
)
"""Here each side is held against the other."""

TESTS = {
    "iamlogic/semantics/": ("tests/conformance", "tests/semantics", *BOTH),
    "iamlogic/symbolic/": ("tests/conformance", "tests/questions", "tests/symbolic", *BOTH),
}
"""Where a mistake is made, and the tests that must notice it, the quick ones first."""

MOST_SECONDS = 900
_FAILED = 1
"""The exit code of pytest when a test failed; any other but 0 is no verdict."""


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

    @property
    def applies(self) -> bool:
        return (ROOT / self.file).read_text(encoding="utf-8").count(self.was) == 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the suite said, after how long: "caught", "survived" or what went wrong."""

    verdict: str
    seconds: float


def main() -> None:
    """Make the mistakes and print who was caught."""
    options = _options()
    mistakes = [m for m in read_mistakes() if options.only in f"{m.rule} {m.file} {m.mistake}"]
    with ThreadPoolExecutor(options.jobs) as pool:
        sides = list(dict.fromkeys(mistake.tests for mistake in mistakes))
        sound = list(pool.map(_without_mistake, sides))
        for tests, outcome in zip(sides, sound, strict=True):
            verdict = "pass" if outcome.verdict == "survived" else "FAIL"
            print(f"without a mistake, {verdict} in {outcome.seconds:.0f} s: {' '.join(tests)}")
        if any(outcome.verdict != "survived" for outcome in sound):
            raise SystemExit("tests that fail by themselves notice nothing")
        caught = 0
        for mistake, outcome in zip(mistakes, pool.map(outcome_of, mistakes), strict=True):
            caught += outcome.verdict == "caught"
            print(
                f"{outcome.verdict:<10} {outcome.seconds:4.0f} s  {mistake.rule:<6} "
                f"{mistake.file.removeprefix('iamlogic/'):<28} {mistake.mistake}",
                flush=True,
            )
    print(f"{caught} of {len(mistakes)} mistakes are caught")
    raise SystemExit(caught < len(mistakes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make one mistake at a time; test each.")
    parser.add_argument("--only", default="", help="only where rule, file or mistake contain this")
    parser.add_argument("--jobs", type=int, default=2, help="copies tested at the same time")
    return parser.parse_args()


def read_mistakes() -> list[Mistake]:
    """All of them, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return [Mistake(**entry) for entry in tomllib.loads(text)["mistake"]]


def outcome_of(mistake: Mistake) -> Outcome:
    """What the suite says to the mistake."""
    if not mistake.applies:
        return Outcome("not found", 0.0)
    with _copy_of_the_tree() as copy:
        file = copy / mistake.file
        file.write_text(
            file.read_text(encoding="utf-8").replace(mistake.was, mistake.becomes),
            encoding="utf-8",
        )
        return _test(copy, mistake.tests)


def _without_mistake(tests: Sequence[str]) -> Outcome:
    with _copy_of_the_tree() as copy:
        return _test(copy, tests)


@contextmanager
def _copy_of_the_tree() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with tempfile.TemporaryDirectory(prefix="mistake-") as folder:
        copy = Path(folder)
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, copy / name)
        yield copy


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
            command, cwd=copy, env=surroundings, capture_output=True, timeout=MOST_SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Outcome("too slow", MOST_SECONDS)
    seconds = time.monotonic() - started
    verdicts = {0: "survived", _FAILED: "caught"}
    return Outcome(verdicts.get(run.returncode, f"pytest {run.returncode}"), seconds)


if __name__ == "__main__":
    main()
