"""How long does a review take of a thousand changed policies?

    python benchmarks/review.py [HISTORY] [--count 1000] [--jobs 2]

HISTORY is a file of real versions of policies, as for compare_history.py; the sample in
benchmarks/data will do for a try. AWS's managed policies are 12 KB long on average. Without HISTORY
the policies are those of buckets, in a dozen usual shapes, each widened by one statement.

A repository is made with one file for each policy, the version before and the version after being
two commits, and `iamlogic review` is run on it as a user would. The baseline is in the same run:
the relations of the same pairs by `il.compare`, one after the other in one process, without git,
files, accounts of differences or reports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bucket_policies import bucket_policies
from history import Change, changes

import iamlogic as il


def main() -> None:
    """Make the repository, review it, and time the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("history", type=Path, nargs="?")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--settings", type=Path, help="an iamlogic.toml, with guardrails")
    arguments = parser.parse_args()
    history = arguments.history
    pairs = changes(history)[: arguments.count] if history else buckets(arguments.count)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_repository(root, pairs, arguments.settings)
        for jobs in sorted({1, arguments.jobs}):
            seconds, told = review(root, jobs)
            known = sum(each["comparison"]["relation"] != "UNKNOWN" for each in told["changes"])
            changed = len(told["changes"])
            print(
                f"review, {jobs} job(s): {seconds:.1f} s for {changed} changed policies, "
                f"{known} relations known"
            )
    seconds = relations(pairs)
    print(f"baseline, the relations alone in one process: {seconds:.1f} s")


def buckets(count: int) -> list[Change]:
    """Policies of buckets, and each with a statement more, of another of them."""
    policies = bucket_policies(count, seed=1)
    pairs = []
    for number, before in enumerate(policies):
        other = policies[(number + 1) % count]
        after = {**before, "Statement": [*_statements(before), _statements(other)[0]]}
        pairs.append(Change(f"bucket-{number}", 1, before, after))
    return pairs


def _statements(policy: dict[str, object]) -> list[object]:
    statements = policy["Statement"]
    return statements if isinstance(statements, list) else [statements]


def make_repository(root: Path, pairs: list[Change], settings: Path | None) -> None:
    """Two commits, the policies before and after."""
    git(root, "init", "--quiet")
    if settings is not None:
        (root / "iamlogic.toml").write_text(settings.read_text())
    for side in ("before", "after"):
        for number, change in enumerate(pairs):
            path = root / f"policies/{number % 40}/{number}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            document = change.before if side == "before" else change.after
            path.write_text(json.dumps(document, indent=2))
        git(root, "add", "--all")
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        git(root, *identity, "commit", "--quiet", "--message", side)


def git(root: Path, *arguments: str) -> None:
    """Run git there."""
    subprocess.run(["git", *arguments], cwd=root, check=True)  # noqa: S607 (git is found on the path)


def review(root: Path, jobs: int) -> tuple[float, dict[str, list[dict[str, dict[str, str]]]]]:
    """How many seconds a review takes, and what it says."""
    out = root / "review.json"
    command = [sys.executable, "-m", "iamlogic", "review", "HEAD~1..HEAD"]
    started = time.perf_counter()
    subprocess.run([*command, "--jobs", str(jobs), f"--format=json={out}"], cwd=root, check=False)
    return time.perf_counter() - started, json.loads(out.read_text())


def relations(pairs: list[Change]) -> float:
    """How many seconds the relations alone take."""
    first = pairs[0]
    il.compare(il.parse(first.before), il.parse(first.after))  # loads z3
    started = time.perf_counter()
    for each in pairs:
        il.compare(il.parse(each.before), il.parse(each.after))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
