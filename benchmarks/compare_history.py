"""Compare every two consecutive versions of many policies, and say what the time goes into.

    python benchmarks/compare_history.py HISTORY.jsonl.gz [--baseline lazy.py] [--direct 40]

The relation is timed from parsed policies in one warm process; the account of the difference is
what reading `gained` and `lost` takes after that; parsing is reported beside them, and what it
takes to see that a policy is equivalent to itself in another order. The direct encoding (z3's own
theory of sequences) answers a seeded sample of the same pairs, each direction within a bound.
`--baseline` takes the file of another implementation of the lazy encoding to time in the same run:
a module with `Ctx`, `pol(ctx, document)`, `check(ctx, formula, stats)` and `Skip`.

Machines are noisy: read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import ModuleType

from history import SAMPLE, Change, changes

import iamlogic as il
from iamlogic.symbolic import reference
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.theory import Model


@dataclass
class Pair:
    """One change, parsed, with the seconds that each part of its comparison took."""

    change: Change
    before: il.Policy
    after: il.Policy
    relation: il.Relation | None = None
    seconds: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Run the benchmark."""
    options = _options()
    pairs, parsing = _parse(changes(options.history)[: options.limit])
    # The parsed documents stay: the collector need not walk them again in the middle of a timing.
    gc.collect()
    gc.freeze()
    _warm_up()
    decided, refused = _compare(pairs)
    print(f"{len(pairs)} changes: {len(decided)} compared, {refused} use what is not modelled yet")
    print("relations:", dict(Counter(p.relation.value for p in decided if p.relation)))
    print(parsing)
    print()
    _print_table(decided, ("relation", "account"))
    _print_shares(decided)
    rng = random.Random(options.seed)  # noqa: S311 - no secret
    _reordered(decided, rng)
    if options.baseline:
        _baseline(decided, _module(options.baseline))
    if options.direct:
        encodable = filter(_is_encodable, rng.sample(decided, len(decided)))
        _direct(list(islice(encodable, options.direct)), options.bound)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare consecutive versions of policies.")
    parser.add_argument("history", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--limit", type=int, help="at most so many changes")
    parser.add_argument("--baseline", type=Path, help="another implementation to time")
    parser.add_argument("--direct", type=int, default=10, help="pairs for the direct encoding")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn")
    parser.add_argument("--bound", type=float, default=20.0, help="seconds for each direct query")
    return parser.parse_args()


def _warm_up() -> None:
    """Load what is loaded on first use: z3 above all."""
    allow = {"Effect": "Allow", "Action": ["s3:Get*", "s3:*Object"], "Resource": "arn:aws:s3:::a*"}
    wide = il.parse({"Version": "2012-10-17", "Statement": allow | {"Action": "s3:G*ct"}})
    _ = il.compare(wide, il.parse({"Version": "2012-10-17", "Statement": allow})).gained


def _parse(found: Sequence[Change]) -> tuple[list[Pair], str]:
    texts: dict[int, str] = {}
    for change in found:
        for document in (change.before, change.after):
            texts.setdefault(id(document), json.dumps(document, indent=2, ensure_ascii=False))
    size = sum(len(text.encode()) for text in texts.values())
    parsed: dict[int, il.Policy] = {}
    started = time.perf_counter()
    for key, text in texts.items():
        parsed[key] = il.parse(text)
    seconds = time.perf_counter() - started
    pairs = [Pair(c, parsed[id(c.before)], parsed[id(c.after)]) for c in found]
    return pairs, (
        f"parsing: {len(texts)} texts, {size / 1e6:.1f} MB in {seconds:.1f} s, "
        f"{size / 1e6 / seconds:.2f} MB/s"
    )


def _compare(pairs: Sequence[Pair]) -> tuple[list[Pair], int]:
    decided = []
    for pair in pairs:
        started = time.perf_counter()
        try:
            comparison = il.compare(pair.before, pair.after)
        except il.Unsupported:
            continue
        known = time.perf_counter()
        regions = len(comparison.gained) + len(comparison.lost)
        told = time.perf_counter()
        if not comparison.complete:
            raise SystemExit(f"{pair.change}: {comparison.reason}")
        pair.relation = comparison.relation
        pair.seconds = {"relation": known - started, "account": told - known, "regions": regions}
        decided.append(pair)
    return decided, len(pairs) - len(decided)


def _print_table(pairs: Sequence[Pair], names: Sequence[str]) -> None:
    print(f"{'ms':>12} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9} {'total s':>9}   slowest")
    for name in names:
        ordered = sorted(pairs, key=lambda pair: pair.seconds[name])
        values = [pair.seconds[name] * 1e3 for pair in ordered]
        quantiles = [values[min(len(values) - 1, int(len(values) * q))] for q in (0.5, 0.95, 0.99)]
        cells = [*quantiles, values[-1]]
        print(
            f"{name:>12} "
            + " ".join(f"{cell:9.2f}" for cell in cells)
            + f" {sum(values) / 1e3:9.2f}   {ordered[-1].change}"
        )
    unknown = sum(pair.relation is il.Relation.UNKNOWN for pair in pairs)
    total = {name: sum(pair.seconds[name] for pair in pairs) for name in names}
    print(f"unknown: {unknown}", end="")
    if "account" in total:
        most = max(pairs, key=lambda pair: pair.seconds["regions"])
        print(f"; account : relation = {total['account'] / total['relation']:.2f}", end="")
        print(f"; most regions: {most.seconds['regions']:.0f} ({most.change})", end="")
    print("\n")


def _print_shares(pairs: Sequence[Pair]) -> None:
    """A second pass, with the calls to the solver timed apart from what prepares them."""
    spent = dict.fromkeys(("encoding", "solving", "account-making", "account-solving"), 0.0)
    inside = 0.0
    find = Solver.find

    def timed(solver: Solver, formula: Iterable[int], *, guess: bool = True) -> Model | None:
        nonlocal inside
        started = time.perf_counter()
        try:
            return find(solver, formula, guess=guess)
        finally:
            inside += time.perf_counter() - started

    Solver.find = timed  # type: ignore[method-assign]
    try:
        for pair in pairs:
            inside, started = 0.0, time.perf_counter()
            comparison = il.compare(pair.before, pair.after)
            spent["solving"] += inside
            spent["encoding"] += time.perf_counter() - started - inside
            inside, started = 0.0, time.perf_counter()
            _ = comparison.gained
            spent["account-solving"] += inside
            spent["account-making"] += time.perf_counter() - started - inside
    finally:
        Solver.find = find  # type: ignore[method-assign]
    total = sum(spent.values())
    print("shares: " + ", ".join(f"{name} {part / total:.0%}" for name, part in spent.items()))


def _reordered(pairs: Sequence[Pair], rng: random.Random) -> None:
    """Each new version against itself, its statements and its lists in another order."""
    parsing = comparing = 0.0
    for pair in pairs:
        text = json.dumps(_shuffled(pair.change.after, rng), ensure_ascii=False)
        started = time.perf_counter()
        other = il.parse(text)
        parsed = time.perf_counter()
        relation = il.compare(pair.after, other).relation
        comparing += time.perf_counter() - parsed
        parsing += parsed - started
        if relation is not il.Relation.EQUIVALENT:
            raise SystemExit(f"{pair.change}: {relation.value} to itself in another order")
    share = comparing / parsing
    print(f"reordered: {len(pairs)} equivalent, comparing {share:.1%} of parsing one side\n")


def _shuffled(value: object, rng: random.Random) -> object:
    """JSON in another order: what IAM reads as sets."""
    match value:
        case dict():
            members = rng.sample(sorted(value.items()), len(value))
            return {name: _shuffled(member, rng) for name, member in members}
        case list():
            return [_shuffled(member, rng) for member in rng.sample(value, len(value))]
    return value


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("baseline", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _baseline(pairs: Sequence[Pair], module: ModuleType) -> None:
    import z3  # type: ignore[import-untyped]

    both, differ = [], 0
    for pair in pairs:
        started = time.perf_counter()
        try:
            context = module.Ctx()
            sides = [module.pol(context, d) for d in (pair.change.before, pair.change.after)]
            lemmas = [lemma for var in context.vars.values() for lemma in var.lemmas()]
            verdicts = tuple(
                module.check(context, z3.And(*lemmas, one, z3.Not(other)), [0]) == "sat"
                for one, other in (sides, sides[::-1])
            )
        except module.Skip:
            continue
        pair.seconds["baseline"] = time.perf_counter() - started
        differ += verdicts != _LOST_AND_GAINED[pair.relation]
        both.append(pair)
    print(f"\nbaseline: {len(both)} pairs decided by both, {differ} relations differ")
    _print_table(both, ("relation", "baseline"))
    _print_ratio(both, "baseline")


_LOST_AND_GAINED = {
    il.Relation.EQUIVALENT: (False, False),
    il.Relation.MORE_PERMISSIVE: (False, True),
    il.Relation.LESS_PERMISSIVE: (True, False),
    il.Relation.INCOMPARABLE: (True, True),
}


def _print_ratio(pairs: Sequence[Pair], name: str) -> None:
    total = sum(p.seconds[name] for p in pairs) / sum(p.seconds["relation"] for p in pairs)
    slowest = max(p.seconds[name] for p in pairs) / max(p.seconds["relation"] for p in pairs)
    print(f"{name} : relation = {total:.1f} in total, {slowest:.1f} for the slowest pair of each")


def _is_encodable(pair: Pair) -> bool:
    """SMT-LIB has no characters beyond U+2FFFF."""
    try:
        il.to_smtlib(pair.before, pair.after)
    except il.Unsupported:
        return False
    return True


def _direct(pairs: Sequence[Pair], bound: float) -> None:
    """The direct encoding on a sample; an unknown counts as the time until its bound.

    It knows the definitions of a request alone, and is compared with what holds of all requests.
    """
    unknown = differ = 0
    for pair in pairs:
        started = time.perf_counter()
        lost = reference.search(pair.before, pair.after, timeout=bound)
        gained = reference.search(pair.after, pair.before, timeout=bound)
        pair.seconds["direct"] = time.perf_counter() - started
        answers = [isinstance(answer, reference.Found) for answer in (lost, gained)]
        if any(isinstance(answer, reference.Unknown) for answer in (lost, gained)):
            unknown += 1
        else:
            of_all = il.compare(pair.before, pair.after, all_requests=True).relation
            differ += tuple(answers) != _LOST_AND_GAINED[of_all]
    print(f"\ndirect encoding, bound {bound:g} s: {len(pairs)} pairs, {unknown} unknown, ", end="")
    print(f"{differ} relations differ")
    _print_table(pairs, ("relation", "direct"))
    _print_ratio(pairs, "direct")


if __name__ == "__main__":
    main()
