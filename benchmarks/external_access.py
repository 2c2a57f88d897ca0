"""What it takes to find who outside has access: many policies, large ones, and the hard shape.

    python benchmarks/external_access.py [--count 10000] [--plot docs/img/overlapping.svg]

The yardstick is what `iamlogic.parse` takes for the same text: machines are noisy, so read the
ratios, not the seconds. The hard shape is n statements for everyone that overlap one another
(AccessRefinery, FSE 2026): plain descent gives n² findings there.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

from bucket_policies import ORGANIZATION, OURS, bucket_policies, many_statements, overlapping

import iamlogic as il

ZONE = il.Zone(accounts={OURS}, organization=ORGANIZATION)
BUCKET = "AWS::S3::Bucket"


def timed(texts: Sequence[str]) -> list[tuple[float, float, int, bool]]:
    """Of each policy: seconds for parsing, seconds for its findings, how many, whether complete."""
    il.external_access(il.parse(texts[0]), ZONE, resource_type=BUCKET)  # imports what is needed
    rows = []
    for text in texts:
        started = time.perf_counter()
        policy = il.parse(text)
        parsed = time.perf_counter()
        found = il.external_access(policy, ZONE, resource_type=BUCKET)
        done = time.perf_counter()
        count = len(found.found) + len(found.confused_deputies)
        rows.append((parsed - started, done - parsed, count, found.complete))
    return rows


def many(count: int, jobs: int, seed: int) -> None:
    """Many policies, on some processes."""
    texts = [json.dumps(each) for each in bucket_policies(count, seed)]
    parts = [texts[n::jobs] for n in range(jobs)]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        list(pool.map(timed, [part[:1] for part in parts]))  # starts the processes
        started = time.perf_counter()
        rows = [row for part in pool.map(timed, parts) for row in part]
        seconds = time.perf_counter() - started
    spent = sorted(row[1] for row in rows)
    findings = sum(row[2] for row in rows)
    unknown = sum(not row[3] for row in rows)
    print(
        f"{count} bucket policies, {jobs} processes: {seconds:.1f} s, "
        f"{count / seconds:.0f} a second, {findings} findings, {unknown} unknown"
    )
    most = quantiles(spent, n=20)[-1]
    ratio = sum(spent) / sum(row[0] for row in rows)
    print(
        f"  each: median {median(spent) * 1e3:.1f} ms, 95 % below {most * 1e3:.1f} ms, "
        f"slowest {spent[-1] * 1e3:.0f} ms; in all {ratio:.1f} times the parsing"
    )


def large(sizes: Sequence[int]) -> None:
    """One policy of many statements."""
    for size in sizes:
        ((parsing, asking, count, complete),) = timed([json.dumps(many_statements(size, seed=1))])
        print(
            f"{size} statements: {asking:.2f} s, {asking / parsing:.0f} times the parsing, "
            f"{count} findings{'' if complete else ', unknown'}"
        )


def hard(sizes: Sequence[int]) -> list[tuple[int, float]]:
    """The hard shape, over all requests; the best of three."""
    points = []
    for size in sizes:
        policy = il.parse(overlapping(size))
        best = math.inf
        for _ in range(3):
            started = time.perf_counter()
            found = il.external_access(policy, ZONE, resource_type=BUCKET, all_requests=True)
            best = min(best, time.perf_counter() - started)
        points.append((size, best))
        print(f"{size} overlapping statements: {best:.2f} s, {len(found)} findings")
    (low, few), (high, much) = points[len(points) // 2], points[-1]
    print(f"  grows with the power {math.log(much / few) / math.log(high / low):.2f}")
    return points


def plot(points: Sequence[tuple[int, float]], path: Path) -> None:
    """Write the picture of the hard shape."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
    sizes = [size for size, _ in points]
    axis.loglog(sizes, [seconds for _, seconds in points], "o-", label="measured")
    size, seconds = points[-1]
    axis.loglog(sizes, [seconds * (n / size) ** 2 for n in sizes], "--", label="quadratic")
    axis.set_xlabel("overlapping statements")
    axis.set_ylabel("seconds")
    axis.legend()
    axis.grid(which="both", alpha=0.3)
    mpl.rcParams["svg.hashsalt"] = "iamlogic"
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Who outside has access, how fast.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plot", type=Path, help="write a picture there (needs matplotlib)")
    options = parser.parse_args()
    many(options.count, options.jobs, options.seed)
    large((50, 100, 200))
    points = hard((5, 10, 15, 30, 60))
    if options.plot:
        plot(points, options.plot)


if __name__ == "__main__":
    main()
