"""What the pytest plugin costs a run that does not use it, and an assertion one that does.

    python benchmarks/pytest_plugin.py [HISTORY.jsonl.gz] [--runs 30]

Runs of pytest on a folder with one empty test, with the plugin and without (`-p no:iamlogic`), take
turns; the difference of their medians is what loading it costs. With or without, pytest reads the
list of files of every distribution that has a plugin, so that is measured by itself and added. The
aim is under 10 ms. The assertions are about the policy of median size: the aim is 10 ms, warm.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from history import SAMPLE, changes

import iamlogic as il
from iamlogic.testing import assert_denies, assert_never_allows, assert_no_wider_than

AIM = 0.010
NEVER = {"Action": "iamlogic:Never", "Resource": "*"}
REQUEST = il.Request("arn:aws:iam::111122223333:user/alice", "iamlogic:Never", "*")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("history", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    _print_start(options.runs)
    _print_assertions(options.history)


def _print_start(runs: int) -> None:
    with_it, without = _starts(runs)
    files = min(_seconds(_list_of_files) for _ in range(5))
    cost = with_it - without + files
    print(
        f"pytest with the plugin {with_it * 1e3:.1f} ms, without {without * 1e3:.1f} ms (medians)"
    )
    print(f"the list of files: {files * 1e3:.1f} ms")
    print(f"the plugin adds {cost * 1e3:.1f} ms, aim {AIM * 1e3:.0f} ms: {_met(cost)}")


def _starts(runs: int) -> tuple[float, float]:
    """The median time of a run of pytest with the plugin, and without."""
    found: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "test_nothing.py").write_text("def test_nothing(): pass\n", "utf-8")
        for number in range(2 * runs + 2):
            loads = number % 2 == 0
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
            command += [] if loads else ["-p", "no:iamlogic"]

            def run(command: list[str] = command) -> None:
                subprocess.run(command, cwd=folder, check=True, capture_output=True)

            seconds = _seconds(run)
            if number >= 2:  # the first two fill the caches of files
                found[loads].append(seconds)
    return statistics.median(found[True]), statistics.median(found[False])


def _list_of_files() -> None:
    files = importlib.metadata.distribution("iamlogic").files or []
    assert all(map(str, files))


def _print_assertions(history: Path) -> None:
    documents = sorted((c.after for c in changes(history)), key=lambda d: len(json.dumps(d)))
    policy = il.parse(documents[len(documents) // 2])
    print(f"the policy of median size: {len(policy.statements)} statements")
    scope = il.Scope(NEVER)
    everything = il.parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    wider = replace(policy, statements=(*policy.statements, *everything.statements))
    _print_assertion("assert_denies", lambda: assert_denies(policy, REQUEST))
    _print_assertion("assert_never_allows", lambda: assert_never_allows(policy, scope))
    _print_assertion("assert_no_wider_than", lambda: assert_no_wider_than(policy, wider))


def _print_assertion(name: str, holds: Callable[[], None]) -> None:
    holds()
    seconds = statistics.median(_seconds(holds) for _ in range(100))
    print(f"{name}: {seconds * 1e3:.2f} ms (median of 100, warm), {_met(seconds)}")


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def _met(seconds: float) -> str:
    return "met" if seconds < AIM else "MISSED"


if __name__ == "__main__":
    main()
