"""A review for a terminal: the verdict, each change with its account, and a summary.

The gravest changes come first, and the summary names them again: the end is what a terminal shows.
Changes that mean nothing take one line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text as Line

from iamlogic.questions.review.notices import Notice, Severity
from iamlogic.questions.review.placed import Unread
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.access import asked_by
from iamlogic.reports.external import number
from iamlogic.reports.review.blocks import Entry, Section, doubts, few, notable, sections
from iamlogic.reports.review.order import by_gravity, is_quiet, notices_of, unread_by_place
from iamlogic.reports.review.wording import (
    Outcome,
    alarm,
    became,
    depends,
    headline,
    meaning,
    outcome,
    place,
    proved,
    scale,
    severities,
    title,
    why_unread,
)
from iamlogic.reports.text import WIDTH, print_lines, row_lines, width_of
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request

_OUTCOMES = {
    Outcome.MORE: "bold red",
    Outcome.UNKNOWN: "bold yellow",
    Outcome.POSSIBLE: "bold yellow",
    Outcome.UNDENIED: "bold yellow",
    Outcome.LESS: "bold green",
    Outcome.SAME: "bold green",
    Outcome.NOTHING: "bold green",
}
_SEVERITIES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
    Severity.NOTE: "bold cyan",
}
MOST_GRAVE = 20
"""Errors that the summary names again before it counts the rest."""

_LABEL = max(len(each.value) for each in Severity) + 2


def print_review(review: Review, console: Console) -> None:
    """The whole review."""
    print_lines(_lines(review, width_of(console)), console)


def review_text(review: Review) -> str:
    """The same as plain text, for a file."""
    return "\n".join(line.plain for line in _lines(review, WIDTH)) + "\n"


def _lines(review: Review, width: int) -> Iterator[Line]:
    yield from _verdict(review)
    yield Line(scale(review))
    yield from (Line(f"Note: {printable(each)}", style="yellow") for each in review.remarks)
    for unread in unread_by_place(review):
        yield Line()
        yield from _unread(unread, review.unread_notices)
    changes = by_gravity(review)
    for change in changes:
        if not is_quiet(change):
            yield Line()
            yield from _change(change, width)
    quiet = [change for change in changes if is_quiet(change)]
    if quiet:
        yield Line()
        yield from map(_headline, quiet)
    yield from _summary(review, changes)


def _verdict(review: Review) -> Iterator[Line]:
    found = outcome(review)
    yield Line.assemble((found.value, _OUTCOMES[found]), f": {headline(review)}")
    grave = alarm(review)
    if grave is not None:
        yield Line(grave, style="bold red")


def _headline(change: ReviewedChange) -> Line:
    return Line.assemble((title(change), "bold"), f", {became(change)}: {meaning(change)}")


def _change(change: ReviewedChange, width: int) -> Iterator[Line]:
    yield _headline(change)
    told = sections(change)
    shown = {each.example for section in told for each in section.entries} - {None}
    notices = notable(change, told)
    for notice in few(notices):
        yield from _notice(notice, change, has_example=notice.witness not in shown)
    if len(few(notices)) < len(notices):
        yield Line(f"  … {len(notices) - len(few(notices))} more")
    for section in told:
        yield Line()
        yield from _section(section, width)
    for doubt in doubts(change):
        yield Line()
        yield Line(f"  {doubt}", style="yellow")


def _notice(notice: Notice, change: ReviewedChange, *, has_example: bool) -> Iterator[Line]:
    label = f"  {notice.severity.value:<{_LABEL}}"
    style = _SEVERITIES[notice.severity]
    yield Line.assemble((label, style), f"{printable(notice.message)}{place(notice)}")
    indent = " " * len(label)
    hangs = depends(notice, change)
    said = [line for text in notice.detail for line in text.split("\n")]
    for line in (*map(printable, said), *([hangs] if hangs else [])):
        yield Line(f"{indent}{line}")
    if notice.witness is not None and has_example:
        yield _example(notice.witness, indent)


def _example(request: Request, indent: str) -> Line:
    return Line.assemble((f"{indent}For example: ", "dim"), (asked_by(request), "cyan"))


def _section(section: Section, width: int) -> Iterator[Line]:
    yield Line.assemble((f"  {section.kind.value}", "bold"), f", {section.lead}:")
    for position, entry in enumerate(section.entries, start=1):
        yield from _entry(position, entry, width)


def _entry(position: int, entry: Entry, width: int) -> Iterator[Line]:
    yield Line(f"  {position}. {entry.said}" if entry.rows else f"  - {entry.said}")
    label = max((len(row.element) for row in entry.rows), default=0)
    for row in entry.rows:
        yield from row_lines(row, label, width)
    if entry.example is not None:
        yield _example(entry.example, "     ")


def _unread(unread: Unread, notices: Iterable[Notice]) -> Iterator[Line]:
    word = "known after the deployment only" if unread.is_open else "not read"
    yield Line.assemble((printable(unread.title), "bold"), f", {word}:")
    of_it = notices_of(each for each in notices if each.policy == unread.title)
    label = f"  {of_it[0].severity.value if of_it else '':<{_LABEL}}"
    style = _SEVERITIES[of_it[0].severity] if of_it else ""
    first, *more = why_unread(unread)
    yield Line.assemble((label, style), first)
    yield from (Line(f"{' ' * len(label)}{line}") for line in more)


def _summary(review: Review, changes: Iterable[ReviewedChange]) -> Iterator[Line]:
    """The verdict once more, with whatever is an error: the last thing on the screen."""
    of_changes = [each for change in changes for each in notices_of(change.notices)]
    grave = [
        notice
        for notice in notices_of([*of_changes, *review.unread_notices])
        if notice.severity is Severity.ERROR
    ]
    counted = severities(review)
    if counted is not None:
        yield Line()
        yield from _verdict(review)
        yield Line(f"{counted}:" if grave else counted)
        yield from map(_grave, grave[:MOST_GRAVE])
        if len(grave) > MOST_GRAVE:
            yield Line(f"  … {number(len(grave) - MOST_GRAVE, 'more error')} above")
    said_of_rest = proved(review)
    if said_of_rest is not None:
        yield Line()
        yield Line(said_of_rest, style="green")


def _grave(notice: Notice) -> Line:
    label = f"  {notice.severity.value:<{_LABEL}}"
    possible = " (possible)" if notice.depends_on else ""
    told = f"{printable(notice.policy)}: {printable(notice.message)}{possible}"
    return Line.assemble((label, _SEVERITIES[notice.severity]), told)
