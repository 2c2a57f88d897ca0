"""`review_html`: a review as one HTML page that needs nothing else: no network, and no script.

Templates do the markup, escaping whatever is put into them; style and script are files of their
own, put into the page as they are, and a Content-Security-Policy names them by their hashes, so
that nothing else runs whatever a policy holds. The page is in the order of gravity. What it has no
room for is never silent: every change has its line, its verdict and its notices, and the page says
of how many it does not show more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from iamlogic.questions.review.notices import Severity, Topic
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.external import number
from iamlogic.reports.pages import environment, inlined, security_policy
from iamlogic.reports.review.html.marking import VOICE, marked_up
from iamlogic.reports.review.html.picture import Picture, draw
from iamlogic.reports.review.html.sections import (
    Section,
    UnreadView,
    section_of,
    unread_views,
)
from iamlogic.reports.review.html.strands import GRAVITY, Strand, strands_of
from iamlogic.reports.review.order import by_gravity, is_unknown, unread_by_place
from iamlogic.reports.review.wording import alarm, headline, outcome, proved, scale
from iamlogic.semantics.explain import printable

IN_FULL = 150
"""Changes of which all is shown, the gravest; of the others a page shows the notices."""

MOST_LINES = 15_000
"""Lines of policies on the page, after which no other change is shown in full."""

MOST_STRANDS = 200
"""Rows of the table of who gains what."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many notices there are of a topic."""

    topic: str
    count: int
    detail: str
    severity: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One choice of what to show."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class NumberedStrand:
    """A row of the table: what somebody gains, and by which change."""

    number: int
    strand: Strand


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the templates show."""

    title: str
    outcome: str
    headline: str
    alarm: str | None
    scale: str
    remarks: tuple[str, ...]
    proved: str | None
    tallies: tuple[Tally, ...]
    filters: tuple[Filter, ...]
    sections: tuple[Section, ...]
    unread: tuple[UnreadView, ...]
    shortened: str
    picture: Picture
    picture_notes: tuple[str, ...]
    strands: tuple[NumberedStrand, ...]
    strands_left_out: int


def review_html(review: Review, *, in_full: int = IN_FULL) -> str:
    """The page, with so many changes in full. Raises `MissingLibrary` where Jinja2 is missing."""
    templates = environment(_TEMPLATES)
    templates.filters["marked_up"] = marked_up
    style, script = _inlined("page.css"), _inlined("page.js")
    return templates.get_template("page.html.jinja").render(
        page=_page(review, in_full),
        style=style,
        script=script,
        policy=security_policy(style, script),
    )


@cache
def _inlined(name: str) -> str:
    return inlined(_TEMPLATES / name)


def _page(review: Review, in_full: int) -> Page:
    changes = by_gravity(review)
    sections = _sections(changes, in_full)
    in_full = sum(each.details is not None for each in sections)
    unread = unread_views(unread_by_place(review), review.unread_notices)
    strands = _strands(changes[:in_full])
    said, grave = outcome(review).value, alarm(review)
    return Page(
        printable(f"{said.capitalize()}: {review.base} to {review.head}"),
        said.capitalize(),
        _sentence(headline(review)),
        None if grave is None else _sentence(grave),
        _sentence(scale(review, VOICE)),
        tuple(map(printable, review.remarks)),
        proved(review),
        tuple(_tallies(review)),
        tuple(_filters(sections, unread)),
        sections,
        unread,
        _shortened(len(changes), in_full),
        draw([each.strand for each in strands]),
        tuple(_picture_notes(changes, review, in_full)),
        tuple(strands[:MOST_STRANDS]),
        max(0, len(strands) - MOST_STRANDS),
    )


def _sections(changes: Sequence[ReviewedChange], in_full: int) -> tuple[Section, ...]:
    """All changes, the first ones in full as long as there is room."""
    found, room = [], MOST_LINES
    for place, change in enumerate(changes, start=1):
        section = section_of(change, place, in_full=place <= in_full and room > 0)
        room -= section.details.policies.length if section.details is not None else 0
        found.append(section)
    return tuple(found)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _tallies(review: Review) -> Iterable[Tally]:
    notices = review.notices
    for topic in Topic:
        counts = Counter(each.severity for each in notices if each.topic is topic)
        if counts:
            detail = ", ".join(
                number(counts[each], each.value) for each in Severity if counts[each]
            )
            gravest = next(each.value for each in Severity if counts[each])
            yield Tally(topic.value, counts.total(), detail, gravest)


def _filters(sections: Sequence[Section], unread: Sequence[UnreadView]) -> Iterable[Filter]:
    shown: list[Section | UnreadView] = [*sections, *unread]
    yield Filter("", "All", len(shown))
    grave = {Severity.ERROR.value, Severity.WARNING.value}
    yield Filter("!", "Grave", sum(each.severity in grave for each in shown))
    for topic in Topic:
        count = sum(topic.value in each.topics for each in shown)
        if count:
            yield Filter(topic.value, topic.value.capitalize(), count)


def _shortened(changes: int, in_full: int) -> str:
    if changes == in_full:
        return ""
    return (
        f"The policies side by side, and what is gained and lost, are shown for the {in_full} "
        f"gravest changes. Of the other {changes - in_full} the page has the verdict and all "
        "notices."
    )


def _strands(changes: Iterable[ReviewedChange]) -> list[NumberedStrand]:
    """Who gains what, the gravest first."""
    found = [
        NumberedStrand(place, strand)
        for place, change in enumerate(changes, start=1)
        for strand in strands_of(change)
    ]
    return sorted(found, key=lambda each: GRAVITY[each.strand.kind])


def _picture_notes(
    changes: Sequence[ReviewedChange], review: Review, in_full: int
) -> Iterable[str]:
    """What the picture cannot show."""
    unknown = sum(map(is_unknown, changes)) + len(review.unread)
    if unknown:
        have = "has" if unknown == 1 else "have"
        yield (
            f"{number(unknown, 'policy', 'policies')} of which the meaning is not known {have} no "
            "line here."
        )
    partly = sum(not each.comparison.complete for each in changes[:in_full] if not is_unknown(each))
    if partly:
        yield f"Of {number(partly, 'policy', 'policies')} not all that is gained may be known."
    if len(changes) > in_full:
        yield f"It shows the {in_full} gravest of {len(changes)} changes."
