"""Is every policy found in content that nobody here wrote, and can each be reviewed?

    python -m benchmarks.survey [--fetch] [--cache FOLDER] [--corpus NAME]... [--no-review]
        [--sample 40] [--details FILE]

Counts what is found in the corpora, what is left open and what cannot be read, holds that against
the second count, and reviews every policy as if it were new. Prints the tables of
docs/reference/survey.md; each place that is left over, and each policy that is unreadable, goes
into the file of details. The exit code is 1 if anything crashes, hangs, or is left over without a
reason.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import gettempdir

from benchmarks.survey.corpora import CORPORA, fetch
from benchmarks.survey.reading import Tally, review, survey
from benchmarks.survey.tables import details, print_sample, print_tables


def main() -> int:
    """Read, count, review, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fetch", action="store_true", help="download what is not in the cache")
    parser.add_argument("--cache", type=Path, default=Path(gettempdir()) / "iamlogic-survey")
    parser.add_argument("--corpus", action="append", help="only this one")
    parser.add_argument("--no-review", action="store_true", help="read and count only")
    parser.add_argument("--sample", type=int, default=0, help="so many policies, to be read")
    parser.add_argument("--details", type=Path, help="a file for all that was left over or unread")
    arguments = parser.parse_args()
    chosen = tuple(c for c in CORPORA if not arguments.corpus or c.name in arguments.corpus)
    if arguments.fetch:
        fetch(chosen, arguments.cache)
    tallies: dict[str, Tally] = {}
    for corpus in chosen:
        tallies[corpus.name] = tally = Tally()
        for package in corpus.packages:
            survey(arguments.cache / package.folder, tally)
        if not arguments.no_review:
            review(tally)
        print(f"{corpus.name}: {len(tally.policies)} policies", file=sys.stderr)
    print_tables(chosen, tallies)
    if arguments.details:
        arguments.details.write_text("\n".join(details(tallies)) + "\n")
    if arguments.sample:
        print_sample(tallies, arguments.sample)
    bad = [t for t in tallies.values() if t.crashes or t.slow or any(not r for _, r in t.left)]
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
