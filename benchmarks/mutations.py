"""Compare policies with their mutations, and hold every answer to the relation that must come out.

    python benchmarks/mutations.py [HISTORY.jsonl.gz] [--pairs 1000] [--seed 1]

The policies are real ones (the history, as `benchmarks/history.py` reads it) and the examples of
AWS's documentation in `data/documented_policies.json`; half of them get a further condition of
some kind first. The operators are those of `mutation/`, each with the relation known by
construction. Exit code 1 if any relation is another one, unknown or unsupported.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from history import SAMPLE, changes

import iamlogic as il
from iamlogic.testing.mutation import OPERATORS, Change, Document, Mutant, with_a_condition

DOCUMENTED = Path(__file__).parent / "data" / "documented_policies.json"

_T = TypeVar("_T")

_TRIED = 400
"""Policies that are looked at for one more mutant of an operator before it is left at fewer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one pair; `found` is a relation's value, or "unsupported"."""

    operator: str
    mutant: Mutant
    found: str
    seconds: float

    @property
    def verdict(self) -> str:
        if self.found in ("unsupported", "unknown"):
            return self.found
        return "met" if self.found == self.mutant.expected.value else "missed"


def main() -> None:
    """Run the benchmark."""
    options = _options()
    kinds = [_documented(), _real(options.history)]
    _warm_up()
    found = sampled(kinds, pairs=options.pairs, seed=options.seed)
    answers = [_ask(name, mutant) for name, mutant in found]
    _print_table(answers)
    bad = [answer for answer in answers if answer.verdict != "met"]
    for answer in bad[: options.show]:
        _print_pair(answer)
    raise SystemExit(1 if bad else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare policies with their mutations.")
    parser.add_argument("history", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--pairs", type=int, default=1000, help="about so many, evenly by operator")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=5, help="how many wrong answers are printed")
    return parser.parse_args()


def _warm_up() -> None:
    """Load what is loaded on first use: z3 above all."""
    allow = {"Effect": "Allow", "Action": "s3:G*t", "Resource": "arn:aws:s3:::a*"}
    _ask("", Mutant({"Statement": allow}, {"Statement": allow | {"Action": "s3:*t"}}, Change.WIDER))


def _real(path: Path) -> list[Document]:
    return [document for change in changes(path) for document in (change.before, change.after)]


def _documented() -> list[Document]:
    return [example["policy"] for example in json.loads(DOCUMENTED.read_text(encoding="utf-8"))]


def sampled(
    kinds: Sequence[Sequence[Document]], *, pairs: int, seed: int
) -> Iterator[tuple[str, Mutant]]:
    """Mutants of policies drawn at random, as evenly by operator as they apply."""
    share = -(-pairs // len(OPERATORS))
    for name, operator in OPERATORS.items():
        rng = random.Random(f"{seed} {name}")  # noqa: S311  (a sample, no secret)
        drawn = (m for _ in range(_TRIED) for m in _draw(operator(_base(kinds, rng)), rng))
        unlike = {str(mutant): mutant for mutant in islice(drawn, 2 * share)}
        for mutant in islice(unlike.values(), share):
            yield name, mutant


def _base(kinds: Sequence[Sequence[Document]], rng: random.Random) -> Document:
    """A policy of either kind, every second time with one more condition."""
    policy = rng.choice(rng.choice(kinds))
    if rng.random() < 0.5:
        return next(_draw(with_a_condition(policy), rng), policy)
    return policy


def _draw(found: Iterator[_T], rng: random.Random) -> Iterator[_T]:
    """One of the first of them, if there is any."""
    first = list(islice(found, 50))
    if first:
        yield rng.choice(first)


def _ask(name: str, mutant: Mutant) -> Answer:
    before, after = il.parse(mutant.before), il.parse(mutant.after)
    started = time.perf_counter()
    try:
        found = il.compare(before, after, timeout=20).relation.value
    except il.Unsupported:
        found = "unsupported"
    return Answer(name, mutant, found, time.perf_counter() - started)


def _print_table(answers: Sequence[Answer]) -> None:
    verdicts = ("met", "missed", "unknown", "unsupported")
    print(f"{'operator':<44}" + "".join(f"{v:>12}" for v in verdicts) + "   expected")
    for name in OPERATORS:
        own = [answer for answer in answers if answer.operator == name]
        counts = [sum(answer.verdict == verdict for answer in own) for verdict in verdicts]
        expected = sorted({answer.mutant.expected.value for answer in own})
        print(
            f"{name:<44}" + "".join(f"{c or '':>12}" for c in counts) + f"   {', '.join(expected)}"
        )
    totals = [sum(answer.verdict == verdict for answer in answers) for verdict in verdicts]
    print(f"{f'{len(answers)} pairs':<44}" + "".join(f"{total:>12}" for total in totals))
    times = sorted(answer.seconds for answer in answers if answer.found != "unsupported")
    if times:
        print(
            f"seconds: {sum(times):.2f} in all, median {times[len(times) // 2] * 1e3:.2f} ms, "
            f"slowest {times[-1] * 1e3:.1f} ms"
        )


def _print_pair(answer: Answer) -> None:
    print(f"\n{answer.operator}: expected {answer.mutant.expected.value}, found {answer.found}")
    old, new = answer.mutant.before, answer.mutant.after
    print("before:", json.dumps([s for s in _listed(old) if s not in _listed(new)]))
    print("after: ", json.dumps([s for s in _listed(new) if s not in _listed(old)]))


def _listed(document: Document) -> list[object]:
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


if __name__ == "__main__":
    main()
