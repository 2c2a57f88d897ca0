"""Version histories of policies, as the benchmarks read them.

One JSON object a line, gzipped or not: `{"name": …, "versions": [{"date": …, "document": {…}}]}`,
versions in the order of time.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

SAMPLE = Path(__file__).parent / "data" / "history_sample.jsonl"
"""A few AWS managed policies with their real versions, for trying a benchmark out."""


@dataclass(frozen=True, slots=True)
class Change:
    """Two consecutive versions of a policy, as decoded JSON."""

    name: str
    number: int
    before: dict[str, object]
    after: dict[str, object]

    def __str__(self) -> str:
        return f"{self.name} v{self.number} → v{self.number + 1}"


def changes(path: Path) -> list[Change]:
    """All consecutive pairs of versions, in a shuffled order that is the same in every run."""
    found = list(_changes(path))
    random.Random(1).shuffle(found)  # noqa: S311  (a sample, no secret)
    return found


def _changes(path: Path) -> Iterator[Change]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            history = json.loads(line)
            documents = [version["document"] for version in history["versions"]]
            for number, (before, after) in enumerate(pairwise(documents), start=1):
                yield Change(history["name"], number, before, after)
