"""Hard pairs of policies, made to be hard: each is decided, or unknown in time, in bounded memory.

    python benchmarks/adversarial.py [--pairs 200] [--timeout 5] [--seed 1]

Every pair is compared, account of the difference included, in a process of its own. It must end
within the timeout and one second, and the process stay below 1 GiB. Exit code 1 if any does not.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from hard_pairs import KINDS, Policy

import iamlogic as il

GRACE = 1.0
MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one pair, with the seconds of the comparison and the process's peak memory."""

    kind: str
    answer: str
    seconds: float
    peak_bytes: int

    def violates(self, timeout: float) -> bool:
        return (
            self.answer.startswith("died")
            or self.seconds > timeout + GRACE
            or self.peak_bytes > MOST_BYTES
        )


def main() -> None:
    """Run the benchmark."""
    options = _options()
    outcomes = [
        _in_a_process(kind, pair, options.timeout)
        for kind, pair in pairs(options.pairs, options.seed)
        if options.only in kind
    ]
    _print_table(outcomes, options.timeout)
    for outcome in outcomes:
        if outcome.answer.startswith("died"):
            print(f"{outcome.kind} {outcome.answer[:300]}")
    raise SystemExit(any(outcome.violates(options.timeout) for outcome in outcomes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare policies that were made to be hard.")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds for one comparison")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only kinds whose name contains this")
    return parser.parse_args()


def pairs(count: int, seed: int) -> Iterator[tuple[str, tuple[Policy, Policy]]]:
    """So many pairs, the kinds in turn."""
    names = list(KINDS)
    for number in range(count):
        kind = names[number % len(names)]
        yield kind, KINDS[kind](random.Random(f"{seed} {number}"))  # noqa: S311  (no secret)


def _in_a_process(kind: str, pair: tuple[Policy, Policy], timeout: float) -> Outcome:
    """The outcome of one pair; a process that outlives its bound by far is ended."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_compare, args=(there, json.dumps(pair), timeout)
    )
    process.start()
    there.close()
    patience = 60 + 4 * timeout  # reading the policies and starting are not what is bounded
    try:
        answer, seconds, peak = (
            here.recv() if here.poll(patience) else ("died: too late", patience, 0)
        )
    except EOFError:
        answer, seconds, peak = "died: no answer", 0.0, 0
    process.kill()
    process.join()
    return Outcome(kind, answer, seconds, peak)


def _compare(answers: Connection, texts: str, timeout: float) -> None:
    before, after = (il.parse(document) for document in json.loads(texts))
    started = time.perf_counter()
    try:
        comparison = il.compare(before, after, timeout=timeout)
        answer = comparison.relation.value
        if comparison.relation is not il.Relation.UNKNOWN and not comparison.complete:
            answer += ", account cut off"
    except il.Unsupported:
        answer = "unsupported"
    except il.IamlogicError as error:
        answer = f"died: {error}"
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    answers.send((answer, seconds, peak))


def _print_table(outcomes: Sequence[Outcome], timeout: float) -> None:
    heads = ("decided", "cut off", "unknown", "unsupported", "violations")
    print(f"{'kind':<28}" + "".join(f"{head:>12}" for head in heads) + "  slowest s    MiB")
    for kind in [*KINDS, "all"]:
        own = [outcome for outcome in outcomes if kind in (outcome.kind, "all")]
        if own:
            unsupported = sum(outcome.answer == "unsupported" for outcome in own)
            unknown = sum(outcome.answer == "unknown" for outcome in own)
            cut = sum(outcome.answer.endswith("cut off") for outcome in own)
            died = sum(outcome.answer.startswith("died") for outcome in own)
            violations = sum(outcome.violates(timeout) for outcome in own)
            decided = len(own) - unsupported - unknown - died
            counts = (decided, cut, unknown, unsupported, violations)
            slowest = max(outcome.seconds for outcome in own)
            peak = max(outcome.peak_bytes for outcome in own) / (1 << 20)
            cells = "".join(f"{count or '':>12}" for count in counts)
            print(f"{kind:<28}{cells}{slowest:>11.2f}{peak:>7.0f}")
    print("cut off: the relation is decided, the account of the difference is not complete")


if __name__ == "__main__":
    main()
