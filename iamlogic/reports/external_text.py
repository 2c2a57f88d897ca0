"""Who outside has access, for a terminal: the verdict, then each grant with its example."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from rich.console import Console
from rich.text import Text as Line

from iamlogic.reports.external import (
    STALE,
    AccessOutcome,
    AccessReport,
    Looked,
    headline,
    number,
    proved,
    set_aside,
    stale_line,
    trusted,
    unlike_new,
)
from iamlogic.reports.external_blocks import Block, blocks_of, example_of, lead, notes, rows_of
from iamlogic.reports.text import example_lines, print_lines, row_lines, width_of
from iamlogic.semantics.explain import printable

_STYLES = {
    AccessOutcome.UNREADABLE: "bold red",
    AccessOutcome.FOUND: "bold red",
    AccessOutcome.UNKNOWN: "bold yellow",
    AccessOutcome.NOTHING: "bold green",
}


def print_access(report: AccessReport, console: Console) -> None:
    """The whole report."""
    print_lines(_lines(report, width_of(console)), console)


def _lines(report: AccessReport, width: int) -> Iterator[Line]:
    word, said = headline(report)
    yield Line.assemble((word, _STYLES[report.outcome]), f": {said}")
    yield Line(f"Trusted: {printable(trusted(report.zone))}")
    numbers = count(1)
    for looked in report.looked:
        for block in blocks_of(report.counting_in(looked)):
            yield from _block(next(numbers), block, looked, width)
    yield from _changed(report, width)
    for file, reason in report.unknown:
        yield Line()
        yield Line(f"Unknown of {printable(file)}: {printable(reason)}", style="yellow")
    aside = set_aside(report)
    if aside:
        yield Line()
        yield from map(Line, aside)
    if report.stale:
        yield Line()
        yield Line(f"{STALE}:")
        yield from (Line(f"  {stale_line(each)}") for each in report.stale)
    said_of_rest = proved(report)
    if said_of_rest is not None:
        yield Line()
        yield Line(said_of_rest, style="green")


def _block(number_: int, block: Block, looked: Looked, width: int) -> Iterator[Line]:
    public = [(": public", "bold red")] if block.first.is_public else []
    yield Line()
    yield Line.assemble(f"  {number_}. {lead(block)}", *public)
    yield from _rows(block, width)
    for note in notes(block):
        yield Line(f"     Note: {note}", style="yellow")
    pieces = example_of(block, looked)
    if pieces:
        yield Line()
        yield from example_lines(pieces)


def _rows(block: Block, width: int) -> Iterator[Line]:
    table = rows_of(block)
    label = max(len(row.element) for row in table)
    for row in table:
        yield from row_lines(row, label, width)


def _changed(report: AccessReport, width: int) -> Iterator[Line]:
    """What is gone, and what was there before and still is."""
    for title, findings in unlike_new(report):
        yield Line()
        yield Line.assemble((title, "bold"), f", {number(len(findings), 'finding')}:")
        for block in blocks_of(findings):
            yield Line()
            yield Line(f"  - {lead(block)}{': public' if block.first.is_public else ''}")
            yield from _rows(block, width)
