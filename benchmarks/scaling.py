"""How the cost of a comparison grows with the size of the policies.

    python benchmarks/scaling.py [--plot docs/img/scaling.svg]

Each family doubles one dimension well beyond the largest AWS managed policies (some 4,000 actions,
170 statements): `after` has one action, resource or statement that `before` has not, in the middle.
Printed are the milliseconds and, last, the exponent of growth over the upper half (1 is linear).
"""

from __future__ import annotations

import argparse
import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import iamlogic as il

Statement = dict[str, object]


def actions(size: int) -> Statement:
    """One statement with many actions."""
    return _statement([f"service{n % 40}:Action{n}" for n in range(size)], "*")


def wildcard_actions(size: int) -> Statement:
    """…of which every second is a pattern that overlaps others."""
    names = [f"service{n % 40}:{'Get' if n % 2 else 'List*'}Thing{n}" for n in range(size)]
    return _statement(names, "*")


def resources(size: int) -> Statement:
    """One statement with many resource patterns."""
    return _statement("s3:GetObject", [f"arn:aws:s3:::bucket-{n}/*" for n in range(size)])


def statements(size: int) -> list[Statement]:
    """Many statements of twenty actions each, on resources of their own, with a condition."""
    return [
        _statement(
            [f"service{n % 40}:Action{n}x{m}" for m in range(20)],
            f"arn:aws:service{n % 40}:*:*:thing{n}/*",
            {"StringEquals": {"aws:ResourceTag/owner": f"team{n % 7}"}},
        )
        for n in range(size)
    ]


def _statement(
    action: object, resource: object, condition: dict[str, object] | None = None
) -> Statement:
    written: Statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return written | ({"Condition": condition} if condition else {})


FAMILIES: dict[str, tuple[Callable[[int], Statement | list[Statement]], Sequence[int]]] = {
    "actions": (actions, [2**n for n in range(6, 15)]),
    "actions with wildcards": (wildcard_actions, [2**n for n in range(6, 14)]),
    "resource patterns": (resources, [2**n for n in range(4, 13)]),
    "statements": (statements, [2**n for n in range(3, 11)]),
}


def pair(made: Statement | list[Statement]) -> tuple[il.Policy, il.Policy]:
    """The policy without what stands in the middle of its longest list, and with it."""
    return _policy(_without_the_middle(made)), _policy(made)


def _without_the_middle(made: Statement | list[Statement]) -> Statement | list[Statement]:
    if isinstance(made, list):
        return [*made[: len(made) // 2], *made[len(made) // 2 + 1 :]]
    for element in ("Action", "Resource"):
        if isinstance(values := made[element], list):
            middle = len(values) // 2
            return made | {element: [*values[:middle], *values[middle + 1 :]]}
    raise ValueError("a family doubles a list")


def _policy(made: Statement | list[Statement]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": made})


def measure(made: Statement | list[Statement]) -> tuple[float, float]:
    """Milliseconds for the relation and for the account: the best of three runs."""
    best = [math.inf, math.inf]
    for _ in range(3):
        before, after = pair(made)
        gc.collect()
        started = time.perf_counter()
        comparison = il.compare(before, after)
        known = time.perf_counter()
        if len(comparison.gained) != 1 or comparison.lost or not comparison.complete:
            raise SystemExit("the answer is wrong")
        told = time.perf_counter()
        best = [min(best[0], known - started), min(best[1], told - known)]
    return best[0] * 1e3, best[1] * 1e3


def rows() -> Iterator[tuple[str, list[tuple[int, float, float]]]]:
    """For each family: (size, ms for the relation, ms for the account)."""
    for name, (make, sizes) in FAMILIES.items():
        yield name, [(size, *measure(make(size))) for size in sizes]


def growth(points: Sequence[tuple[int, float]]) -> float:
    """The exponent between the middle and the last point."""
    (low, few), (high, many) = points[len(points) // 2], points[-1]
    return math.log(many / few) / math.log(high / low)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Growth of the cost with the size.")
    parser.add_argument("--plot", type=Path, help="write a picture there (needs matplotlib)")
    options = parser.parse_args()
    measured = dict(rows())
    for name, points in measured.items():
        print(f"\n{name:>24} {'relation ms':>12} {'account ms':>12}")
        for size, relation, account in points:
            print(f"{size:>24} {relation:12.2f} {account:12.2f}")
        exponents = [growth([(p[0], p[i]) for p in points]) for i in (1, 2)]
        print(f"{'grows with the power':>24} {exponents[0]:12.2f} {exponents[1]:12.2f}")
    if options.plot:
        _plot(measured, options.plot)


def _plot(measured: dict[str, list[tuple[int, float, float]]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    for position, (axis, title) in enumerate(zip(axes, ("relation", "account"), strict=True)):
        for name, points in measured.items():
            axis.loglog([p[0] for p in points], [p[position + 1] for p in points], "o-", label=name)
        axis.set_title(title)
        axis.set_xlabel("size")
        axis.grid(visible=True, which="both", alpha=0.3)
    axes[0].set_ylabel("milliseconds")
    axes[1].legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


if __name__ == "__main__":
    main()
