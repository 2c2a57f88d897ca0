"""The tables of docs/reference/survey.md, and the details behind them."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

from benchmarks.survey.corpora import Corpus
from benchmarks.survey.reading import Tally
from iamlogic.syntax.formatter import format as format_policy


def print_tables(corpora: tuple[Corpus, ...], tallies: dict[str, Tally]) -> None:
    """What was found, what came of the reviews, and why anything is open or left over."""
    print(
        "| corpus | files | MB | policies | resolved | with placeholders | left open whole "
        "| unreadable | `Statement` found | left over | read, s | s/MB |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for corpus in corpora:
        t = tallies[corpus.name]
        partly = sum(bool(each.placeholders) for each in t.policies)
        whole = sum(each.is_open for each in t.unread)
        row = [corpus.name, t.files, f"{t.size / 1e6:.1f}", len(t.policies)]
        row += [len(t.policies) - partly, partly, whole, len(t.unread) - whole]
        row += [t.places, len(t.left), f"{t.seconds:.1f}", f"{t.seconds / (t.size / 1e6):.2f}"]
        print("| " + " | ".join(map(str, row)) + " |")
    print("\n| corpus | reviewed | unknown | crashes | over 10 s | s | slowest, s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for corpus in corpora:
        t = tallies[corpus.name]
        row = [corpus.name, len(t.policies), len(t.unknown), len(t.crashes), len(t.slow)]
        row += [f"{t.review_seconds:.1f}", f"{t.slowest:.2f}"]
        print("| " + " | ".join(map(str, row)) + " |")
    print("\n| why a value is left open | policies |\n|---|--:|")
    for why, count in _reasons(tallies).most_common():
        print(f"| {why} | {count} |")
    print("\n| why a place is left over | places |\n|---|--:|")
    left = Counter(why or "**none**" for t in tallies.values() for _, why in t.left)
    for why, count in left.most_common():
        print(f"| {why} | {count} |")
    elsewhere = sum((t.elsewhere for t in tallies.values()), Counter[str]())
    print(
        "\nIn files of other kinds:", ", ".join(f"{n} in {k}" for k, n in elsewhere.most_common())
    )


def _reasons(tallies: dict[str, Tally]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for tally in tallies.values():
        for placed in tally.policies:
            counted.update({_plain(each.reason) for each in placed.placeholders})
    return counted


def _plain(reason: str) -> str:
    """A reason without the names of this one template."""
    plain = re.sub(r"\bthe resource \S+ \([^)]*\)", "a resource", reason)
    return re.sub(r"\b(of|by) \S*[._]\S*", r"\1 …", plain)


def details(tallies: dict[str, Tally]) -> Iterator[str]:
    """A line for each place and each policy of which somebody may want to know more."""
    for name, tally in tallies.items():
        for place, why in tally.left:
            yield f"{name} LEFT [{why}] {place.file}:{place.point[0]}: {place.line}"
        for unread in tally.unread:
            kind = "OPEN" if unread.is_open else "UNREAD"
            yield f"{name} {kind} {unread.title} @{unread.where.line}: {unread.error}"
        for kind, each in [
            *(("CRASH", each) for each in tally.crashes),
            *(("SLOW", each) for each in tally.slow),
            *(("UNKNOWN", each) for each in tally.unknown),
        ]:
            yield f"{name} {kind} {each}"


def print_sample(tallies: dict[str, Tally], count: int) -> None:
    """Policies drawn by turns from each corpus, to be read beside their templates."""
    draw = random.Random(7)  # noqa: S311 (a sample, no secret)
    names = sorted(name for name, tally in tallies.items() if tally.policies)
    for number in range(count):
        name = names[number % len(names)]
        placed = draw.choice(tallies[name].policies)
        print(f"\n=== {number + 1} {name}: {placed.file}:{placed.where.line} {placed.name}")
        print(f"type {placed.type} of {placed.resource_type}, account {placed.account}")
        print(format_policy(placed.policy))
        for each in placed.placeholders:
            print(f"  {each.text}: {each.reason}")
