"""Reads all that a review would read of a package, counts it, and reviews every policy as new.

Templates and policies are read one by one, the Terraform files of a folder as a module, plans as
plans. What escapes as an exception, and what takes longer than `SLOW`, is what is looked for: it is
kept, and the survey goes on.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.survey.second_count import Occurrence, in_changes, left_over, occurrences, reason
from iamlogic.inputs.places.files import FileKind, kind_of
from iamlogic.inputs.places.folders import files_below, policies_below
from iamlogic.inputs.terraform.plan import read_plan
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.answer import Verdict
from iamlogic.questions.compare import Relation
from iamlogic.questions.external.zone import Zone
from iamlogic.questions.review.pairing import Pair
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.questions.review.reviewing import Terms, review_pair

SLOW = 10.0
"""Seconds for the review of one policy above which it counts as one that hangs."""

_TERMS = Terms(zone=Zone({"111122223333"}), timeout=SLOW)


@dataclass(slots=True)
class Tally:
    """What one corpus came to."""

    files: int = 0
    size: int = 0
    seconds: float = 0.0
    policies: list[PlacedPolicy] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    places: int = 0
    left: list[tuple[Occurrence, str]] = field(default_factory=list)
    elsewhere: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    review_seconds: float = 0.0
    slowest: float = 0.0


def survey(folder: Path, tally: Tally) -> None:
    """Add to a tally all that is found below the folder of a package."""
    for unit, files in units(folder):
        texts = {file: Path(file).read_bytes() for file in files}
        tally.files += len(files)
        tally.size += sum(map(len, texts.values()))
        started = time.process_time()
        try:
            found = _read(unit)
        except Exception:  # noqa: BLE001 (what escapes is what is looked for)
            tally.crashes.append(f"{unit}: {traceback.format_exc()}")
            continue
        seconds = time.process_time() - started
        tally.seconds += seconds
        if seconds > SLOW:
            tally.slow.append(f"{unit}: read in {seconds:.1f} s")
        tally.policies += found.policies
        tally.unread += found.unread
        for file, content in texts.items():
            _count(file, content.decode("utf-8", "replace"), found, tally)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and kind_of(path.name) is FileKind.OTHER:
            count = len(occurrences(path.read_bytes().decode("utf-8", "replace"), str(path)))
            if count:
                tally.elsewhere[path.suffix or path.name] += count


def _count(file: str, text: str, found: Found, tally: Tally) -> None:
    """Hold the second count of one file against what was found in it."""
    places = occurrences(text, file)
    tally.places += len(places)
    if places and '"format_version"' in text and '"planned_values"' in text:
        changes = in_changes(text, places)
        again = [each for each in places if each not in changes]
        tally.left += [(each, "a plan says its changes again") for each in again]
        before, after = read_plan(text, file, Deployment())
        places, found = changes, before + after
    tally.left += [(each, reason(each, text, found)) for each in left_over(places, found)]


def units(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What is read at once, by a file of it, and all of its files."""
    modules: dict[Path, list[str]] = {}
    for file in files_below(str(folder)):
        if kind_of(file) is FileKind.TERRAFORM:
            modules.setdefault(Path(file).parent, []).append(file)
        else:
            yield file, [file]
    for files in modules.values():
        yield files[0], files


def _read(unit: str) -> Found:
    whole = Found()
    for _, found in policies_below([unit], Deployment(), lambda _: False):
        whole += found
    return whole


def review(tally: Tally) -> None:
    """Review each policy as one that is new, and add to the tally what came of it."""
    for placed in tally.policies:
        started = time.process_time()
        try:
            change = review_pair(Pair(None, placed), _TERMS)
        except Exception:  # noqa: BLE001 (what escapes is what is looked for)
            tally.crashes.append(f"{placed.title}: {traceback.format_exc()}")
            continue
        seconds = time.process_time() - started
        tally.review_seconds += seconds
        tally.slowest = max(tally.slowest, seconds)
        if seconds > SLOW:
            tally.slow.append(f"{placed.title}: reviewed in {seconds:.1f} s")
        sides = [change.comparison, *([change.for_any] if change.for_any else [])]
        public = change.publicity.after if change.publicity else None
        if any(side.relation is Relation.UNKNOWN for side in sides) or (
            public is not None and public.verdict is Verdict.UNKNOWN
        ):
            tally.unknown.append(placed.title)
