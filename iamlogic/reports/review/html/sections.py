"""A change as the page shows it: every sentence ready, nothing left to decide for a template."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from iamlogic.questions.review.notices import Notice
from iamlogic.questions.review.openness import open_entries
from iamlogic.questions.review.placed import PlacedPolicy, Unread
from iamlogic.questions.review.review import ReviewedChange
from iamlogic.reports.access import asked_by
from iamlogic.reports.review.blocks import Entry, Kind, doubts, sections
from iamlogic.reports.review.html.marking import VOICE, code
from iamlogic.reports.review.html.sides import Sides, Tag, sides_of
from iamlogic.reports.review.order import notices_of
from iamlogic.reports.review.wording import became, depends, meaning, why_unread
from iamlogic.reports.wording import Row, command, coverage
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request

NO_SEVERITY = "none"
"""Stands for the severity of what has no notice."""


MOST_ENTRIES = 60
"""Things of one kind that are told of one change before the rest is counted."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice: its sentence, where it is, and what shows it."""

    severity: str
    topic: str
    message: str
    where: str
    detail: tuple[str, ...]
    depends: str
    example: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One thing that is told, with its rows and an example, where it has any."""

    anchor: str
    said: str
    rows: tuple[Row, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is gained, what is lost, what is left open, …; and how much of that is not shown."""

    title: str
    lead: str
    entries: tuple[EntryView, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Details:
    """What there is to say of a change beyond its headline and its notices."""

    policies: Sides
    told: tuple[Told, ...]
    doubts: tuple[str, ...]
    proved: str


@dataclass(frozen=True, slots=True)
class Section:
    """One change. `details` is None where the page has no room for them."""

    anchor: str
    number: int
    file: str
    place: str
    type: str
    became: str
    relation: str
    meaning: str
    notices: tuple[NoticeView, ...]
    details: Details | None

    @property
    def severity(self) -> str:
        return self.notices[0].severity if self.notices else NO_SEVERITY

    @property
    def topics(self) -> dict[str, str]:
        """What the notices are about, each topic with the gravest severity."""
        return _topics(self.notices)


@dataclass(frozen=True, slots=True)
class UnreadView:
    """A policy, or a file, that could not be read, and why."""

    anchor: str
    title: str
    reason: str
    notices: tuple[NoticeView, ...]
    is_open: bool

    @property
    def severity(self) -> str:
        return self.notices[0].severity if self.notices else NO_SEVERITY

    @property
    def topics(self) -> dict[str, str]:
        return _topics(self.notices)


def _topics(notices: Iterable[NoticeView]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in notices:  # the gravest come first
        found.setdefault(each.topic, each.severity)
    return found


def section_of(change: ReviewedChange, number: int, *, in_full: bool) -> Section:
    """The change that is shown as the `number`th."""
    placed = change.placed
    details = _details(change, f"c{number}") if in_full else None
    told = _examples(details) if details is not None else set()
    types = [placed.type.value if placed.type else "", placed.resource_type or ""]
    said = meaning(change, VOICE)
    return Section(
        f"c{number}",
        number,
        printable(placed.file),
        printable(placed.name),
        ", ".join(filter(None, types)),
        became(change, VOICE),
        change.comparison.relation.value,
        f"{said[:1].upper()}{said[1:]}.",
        tuple(_notice(notice, change, told) for notice in notices_of(change.notices)),
        details,
    )


def _examples(details: Details) -> set[str]:
    """What the account of the change shows anyway, so that no notice has to."""
    return {each.example for told in details.told for each in told.entries} - {""}


def _notice(
    notice: Notice, change: ReviewedChange | None, told: Collection[str] = ()
) -> NoticeView:
    placed = None if change is None else change.placed
    example = "" if notice.witness is None else _example(notice.witness, placed)
    return NoticeView(
        notice.severity.value,
        notice.topic.value,
        printable(notice.message),
        "" if notice.where.line is None else printable(str(notice.where)),
        tuple(map(printable, notice.detail)),
        depends(notice, change, VOICE) or "",
        "" if example in told else example,
    )


def unread_views(unread: Iterable[Unread], notices: Iterable[Notice]) -> tuple[UnreadView, ...]:
    """What could not be read, each with its notices."""
    by_title: dict[str, list[Notice]] = {}
    for notice in notices:
        by_title.setdefault(notice.policy, []).append(notice)
    return tuple(
        _unread(each, f"u{number}", by_title.get(each.title, ()))
        for number, each in enumerate(unread, start=1)
    )


def _unread(unread: Unread, anchor: str, notices: Iterable[Notice]) -> UnreadView:
    """Why is told once, with its lines as they are: neither in a notice nor after one."""
    reason = "\n".join(why_unread(unread))
    shown = tuple(replace(_notice(each, None), detail=()) for each in notices_of(notices))
    is_told = reason in {each.message for each in shown}
    title = printable(unread.title)
    return UnreadView(anchor, title, "" if is_told else reason, shown, unread.is_open)


_TAGS = {
    Kind.GAINED: ("gains", "g"),
    Kind.POSSIBLY_GAINED: ("may gain", "h"),
    Kind.UNDENIED: ("denies less", "d"),
    Kind.LOST: ("loses", "l"),
    Kind.POSSIBLY_LOST: ("may lose", "m"),
}
"""How a statement is marked by what is told of it, and what the anchor of that begins with."""


def _details(change: ReviewedChange, anchor: str) -> Details:
    comparison = change.comparison
    proof = coverage(comparison, code) if comparison.complete else None
    told: list[Told] = []
    tags: dict[Request, Tag] = {}
    for place, section in enumerate(sections(change, VOICE), start=1):
        word, letter = _TAGS.get(section.kind, ("", f"s{place}e"))
        home = change.before if section.is_of_loss else change.after
        entries = [
            _entry(each, f"{anchor}{letter}{number}", home)
            for number, each in enumerate(section.entries[:MOST_ENTRIES], start=1)
        ]
        more = len(section.entries) - len(entries)
        told.append(Told(section.kind.value, section.lead, tuple(entries), more))
        if word:
            style = "loses" if section.is_of_loss else "gains"
            for entry, shown in zip(section.entries, entries, strict=False):  # as many as are shown
                if entry.example is not None:
                    tags.setdefault(entry.example, Tag(word, shown.anchor, style))
    return Details(sides_of(change, tags), tuple(told), tuple(doubts(change, VOICE)), proof or "")


def _entry(entry: Entry, anchor: str, home: PlacedPolicy | None) -> EntryView:
    example = "" if entry.example is None else _example(entry.example, home)
    return EntryView(anchor, entry.said, entry.rows, example)


def _example(request: Request, placed: PlacedPolicy | None) -> str:
    """A request to copy: as the command that evaluates it, where the file is the policy."""
    if placed is None or placed.name or open_entries(request):
        return asked_by(request)
    return " \\\n  ".join(command(request, placed.policy))
