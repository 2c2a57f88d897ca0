"""What one policy allows that another does not, region by region, with the statement's source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlogic.questions.compare import Comparison
from iamlogic.questions.gain import Difference
from iamlogic.reports.access import asked_by
from iamlogic.reports.text import WIDTH, row_lines
from iamlogic.reports.wording import Side, assumed, cause, coverage, refusal, rows, sides
from iamlogic.testing.evidence.failure import kept_lines
from iamlogic.testing.evidence.source import source_lines
from iamlogic.testing.subjects import Subject

_SHOWN = 5
"""Regions of one direction that a message shows before it counts the rest."""


def difference_lines(
    comparison: Comparison, subject: Subject, *, only_gained: bool = False
) -> Iterator[str]:
    """The account of a comparison; `subject` is what was asserted of, the second of the two."""
    for side in sides(comparison):
        if only_gained and not side.gained:
            continue
        yield ""
        yield f"{side.title}, {side.lead}:"
        for number, difference in enumerate(side.differences[:_SHOWN], start=1):
            yield from _difference(number, difference, side, subject)
        if len(side.differences) > _SHOWN:
            yield ""
            yield f"  … and {len(side.differences) - _SHOWN} more"
    told = coverage(comparison)
    if told is not None and not only_gained:
        yield ""
        yield told
    facts = assumed(comparison)
    if facts:
        yield ""
        yield "This holds for the requests that AWS sends (all_requests=True asks of all), because"
        yield from (f"  - {fact}" for fact in facts)


def _difference(number: int, difference: Difference, side: Side, subject: Subject) -> Iterator[str]:
    yield ""
    yield f"  {number}. {cause(difference, gained=side.gained)}"
    if difference.statement is not None:
        yield from (f"       {line}" for line in source_lines(difference.statement))
    table = rows(difference.region)
    label = max(len(row.element) for row in table)
    yield ""
    for row in table:
        yield from (line.plain for line in row_lines(row, label, WIDTH))
    refused = refusal(difference, gained=side.gained)
    if refused is not None:
        yield ""
        yield f"     {refused}"
    yield ""
    yield f"     For example {asked_by(difference.witness)}"
    yield from _indented(kept_lines(difference.witness, subject))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"     {line}" for line in lines)
