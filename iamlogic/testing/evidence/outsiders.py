"""Who outside is let in, grant by grant, with the statement's source and a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlogic.questions.external.baseline import FindingStatus, JudgedFinding
from iamlogic.questions.external.finding import Finding
from iamlogic.questions.external.zone import Zone
from iamlogic.reports.access import asked_by
from iamlogic.reports.external import trusted
from iamlogic.reports.external_blocks import Block, blocks_of, lead, notes, rows_of
from iamlogic.reports.text import WIDTH, row_lines
from iamlogic.semantics.explain import printable
from iamlogic.testing.evidence.failure import kept_lines
from iamlogic.testing.evidence.source import source_lines
from iamlogic.testing.subjects import Subject

_SHOWN = 5
"""Grants that a message shows before it counts the rest."""


def outsider_lines(found: Iterable[Finding], zone: Zone, subject: Subject) -> Iterator[str]:
    """Each grant to somebody outside of the zone."""
    blocks = blocks_of(JudgedFinding(each, FindingStatus.ACTIVE) for each in found)
    yield f"Trusted: {printable(trusted(zone))}"
    for number, block in enumerate(blocks[:_SHOWN], start=1):
        yield from _block(number, block, subject)
    if len(blocks) > _SHOWN:
        yield ""
        yield f"… and {len(blocks) - _SHOWN} more grants"


def _block(number: int, block: Block, subject: Subject) -> Iterator[str]:
    yield ""
    yield f"{number}. {lead(block)}{': public' if block.first.is_public else ''}"
    yield from (f"     {line}" for line in source_lines(block.first.statement))
    table = rows_of(block)
    label = max(len(row.element) for row in table)
    yield ""
    for row in table:
        yield from (line.plain.removeprefix("  ") for line in row_lines(row, label, WIDTH))
    yield from (f"   Note: {note}" for note in notes(block))
    witness = next((each.witness for each in block.findings if each.witness is not None), None)
    if witness is not None:
        yield ""
        yield f"   For example {asked_by(witness)}"
        yield from (f"   {line}" for line in kept_lines(witness, subject))
