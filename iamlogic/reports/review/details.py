"""The account of one changed policy for a pull request, at three lengths.

Losses are told in a line each: what somebody can do no more is seldom what a review is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum

from iamlogic.questions.review.notices import Notice
from iamlogic.questions.review.review import ReviewedChange
from iamlogic.reports.access import asked_by
from iamlogic.reports.markdown import entries
from iamlogic.reports.review.blocks import Entry, Section, doubts, few, notable, sections
from iamlogic.reports.review.prose import HTML, MARKDOWN, cut, span
from iamlogic.reports.review.wording import became, depends, meaning, place, title
from iamlogic.reports.wording import Row


class Length(Enum):
    """How much is told of a change."""

    WHOLE = "whole"
    WITHOUT_LOSSES = "without losses"
    BRIEF = "brief"


def details(change: ReviewedChange, length: Length) -> str:
    """A change to fold out: its headline, and the account below."""
    told = sections(change, MARKDOWN)
    shown = {each.example for section in told for each in section.entries} - {None}
    lines = [f"<details><summary>{_headline(change)}</summary>", ""]
    notices = notable(change, told)
    for notice in few(notices):
        has_example = notice.witness not in shown and length is not Length.BRIEF
        lines += _notice(notice, change, has_example=has_example)
    if len(few(notices)) < len(notices):
        lines.append(f"- … {len(notices) - len(few(notices))} more")
    for section in told:
        lines += _section(section, length)
    for doubt in doubts(change, MARKDOWN):
        lines += ["", doubt]
    text = "\n".join([*lines, "", "</details>"])
    return text.replace("\n\n\n", "\n\n")


def has_losses(change: ReviewedChange) -> bool:
    """Whether something is left out of the details without losses."""
    return any(section.is_of_loss for section in sections(change))


def _bullet(notice: Notice, change: ReviewedChange) -> str:
    """A notice in one line."""
    hangs = depends(notice, change, MARKDOWN)
    said = f"{MARKDOWN.said(notice.message)}{place(notice, MARKDOWN)}"
    return f"- **{notice.severity.value}**: {said}{f'; {hangs}' if hangs else ''}"


def _headline(change: ReviewedChange) -> str:
    return f"{title(change, HTML)}, {became(change, HTML)}: {meaning(change, HTML)}"


def _notice(notice: Notice, change: ReviewedChange, *, has_example: bool) -> Iterator[str]:
    yield _bullet(notice, change)
    for line in (line for text in notice.detail for line in text.split("\n")):
        yield f"  - {MARKDOWN.said(line)}"
    if notice.witness is not None and has_example:
        yield f"  - For example: {span(asked_by(notice.witness))}"


def _section(section: Section, length: Length) -> Iterator[str]:
    if section.is_of_loss and length is not Length.WHOLE:
        return
    yield ""
    yield f"**{section.kind.value}**, {section.lead}:"
    yield ""
    is_short = section.is_of_loss or length is Length.BRIEF
    kept = few(section.entries) if is_short else section.entries
    for position, entry in enumerate(kept, start=1):
        if section.is_of_loss:
            yield f"- {entry.said}: {_in_line(entry.rows)}"
        elif length is Length.BRIEF or not entry.rows:
            yield f"- {entry.said}"
        else:
            yield from _entry(f"{position}. ", entry)
    if len(kept) < len(section.entries):
        yield f"- … {len(section.entries) - len(kept)} more"


def _entry(bullet_: str, entry: Entry) -> Iterator[str]:
    indent = " " * len(bullet_)
    yield f"{bullet_}{entry.said}"
    yield from (f"{indent}- {row.element}: {_entries(row)}" for row in entry.rows)
    if entry.example is not None:
        yield f"{indent}- For example: {span(asked_by(entry.example))}"


def _in_line(rows: Iterable[Row]) -> str:
    return "; ".join(f"{row.element} {_entries(row)}" for row in rows)


def _entries(row: Row) -> str:
    return entries(replace(row, entries=tuple(map(cut, row.entries))))
