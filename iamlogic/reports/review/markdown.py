"""A review as a comment on a pull request: a table at a glance, and what folds out below it.

The comment is never longer than a platform takes. What is least important gives way first: what
means nothing, then what is lost, then the details of what is least grave, then rows of the table;
the end says what was left out. The same review is the same text, and its first line is always the
same, so that a comment can be found and updated in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from iamlogic.questions.review.notices import Notice
from iamlogic.questions.review.placed import Unread
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.external import number
from iamlogic.reports.review.details import Length, details, has_losses
from iamlogic.reports.review.order import by_gravity, is_quiet, notices_of, unread_by_place
from iamlogic.reports.review.prose import MARKDOWN, TABLE
from iamlogic.reports.review.wording import (
    alarm,
    became,
    headline,
    meaning,
    outcome,
    proved,
    scale,
    severities,
    title,
    why_unread,
)

MARKER = "<!-- iamlogic-review -->"
"""The first line, by which a comment is found again."""

LONGEST_COMMENT = 60_000
"""Characters; GitHub takes 65,536."""

_LONGEST_TABLE = 16_000
_LONGEST_UNREAD = 8_000
_LONGEST_QUIET = 6_000
_LONGEST_CHANGE = 8_000
"""Characters of the details of one change: nobody's flood may hide all others."""

_MOST_REMARKS = 10


def review_markdown(review: Review) -> str:
    """The whole comment."""
    changes = by_gravity(review)
    told = [change for change in changes if not is_quiet(change)]
    quiet = [change for change in changes if is_quiet(change)]
    parts = [
        _head(review),
        _table(told),
        _not_read(review),
        _quiet(quiet),
    ]
    left = LONGEST_COMMENT - sum(len(part.text) + 2 for part in parts) - _FOR_THE_END
    parts.insert(3, _details(told, left))
    omitted = [each for part in parts for each in part.omitted]
    texts = [part.text for part in parts if part.text]
    return "\n\n".join([*texts, *_end(review, omitted)]) + "\n"


_FOR_THE_END = 1_000
"""Characters that the closing lines can come to."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the comment, and what was left out of it."""

    text: str
    omitted: tuple[str, ...] = ()


def _head(review: Review) -> _Part:
    said = headline(review)
    lines = [MARKER, f"### {outcome(review).value.capitalize()}", "", f"{_capital(said)}."]
    grave, counted = alarm(review), severities(review)
    if grave is not None:
        lines += ["", f"**{_capital(grave)}.**"]
    if counted is not None:
        lines += ["", f"{_capital(counted)}."]
    lines += ["", f"{scale(review, MARKDOWN)}."]
    lines += [f"\nNote: {MARKDOWN.said(each)}" for each in review.remarks[:_MOST_REMARKS]]
    more = len(review.remarks) - _MOST_REMARKS
    return _Part("\n".join(lines), (number(more, "remark"),) if more > 0 else ())


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _fitting(lines: Iterable[str], longest: int) -> list[str]:
    """The first of the lines that fit."""
    kept = []
    for line in lines:
        longest -= len(line) + 1
        if longest < 0:
            break
        kept.append(line)
    return kept


def _table(changes: Sequence[ReviewedChange]) -> _Part:
    """What became of each policy, and the gravest thing to know of it."""
    if not changes:
        return _Part("")
    rows = _fitting(map(_row, changes), _LONGEST_TABLE)
    more = len(changes) - len(rows)
    text = "\n".join(["| policy | what it means now | to know |", "|---|---|---|", *rows])
    return _Part(text, (f"{number(more, 'row')} of the table",) if more else ())


def _row(change: ReviewedChange) -> str:
    cells = [
        title(change, TABLE),
        f"{became(change, TABLE)}: {meaning(change, TABLE)}",
        _gravest(change),
    ]
    return f"| {' | '.join(cells)} |"


def _gravest(change: ReviewedChange) -> str:
    notices = notices_of(change.notices)
    if not notices:
        return ""
    first, *others = notices
    possible = " (possible)" if first.depends_on else ""
    more = f", and {len(others)} more" if others else ""
    return f"**{first.severity.value}**: {TABLE.said(first.message)}{possible}{more}"


def _not_read(review: Review) -> _Part:
    if not review.unread:
        return _Part("")
    told = [_unread(each, review.unread_notices) for each in unread_by_place(review)]
    kept = _fitting(told, _LONGEST_UNREAD)
    more = len(told) - len(kept)
    text = "\n".join(["**Not read**, so nothing is known of it:", "", *kept])
    return _Part(text, (f"{more} that could not be read",) if more else ())


def _unread(unread: Unread, notices: Iterable[Notice]) -> str:
    of_it = notices_of(each for each in notices if each.policy == unread.title)
    severity = f"**{of_it[0].severity.value}**: " if of_it else ""
    return f"- {severity}{MARKDOWN.named(unread.title)}: {MARKDOWN.said(why_unread(unread)[0])}"


def _quiet(changes: Sequence[ReviewedChange]) -> _Part:
    if not changes:
        return _Part("")
    count = number(len(changes), "changed policy means", "changed policies mean")
    summary = f"{count} the same as before"
    told = [
        f"- {title(each, MARKDOWN)}, {became(each, MARKDOWN)}: {meaning(each, MARKDOWN)}"
        for each in changes
    ]
    kept = _fitting(told, _LONGEST_QUIET)
    more = len(told) - len(kept)
    lines = [f"<details><summary>{summary}</summary>", "", *kept, "", "</details>"]
    return _Part("\n".join(lines), (f"{more} that mean the same",) if more else ())


def _details(changes: Sequence[ReviewedChange], left: int) -> _Part:
    """The details of the changes, the losses or all that is not grave left out if they must."""
    most = max(_LONGEST_CHANGE, left // max(1, len(changes)))
    for length in (Length.WHOLE, Length.WITHOUT_LOSSES):
        all_of_them = _all_at(changes, length, most, left)
        if all_of_them is not None:
            return _joined(all_of_them)
    told = []
    for position, change in enumerate(changes):
        part = _detailed(change, (Length.WITHOUT_LOSSES, Length.BRIEF), min(most, left))
        told.append(part)
        left -= len(part.text) + 2
        if not part.text and left < most:  # what is less grave does not go before it
            told += [_Part("", (_DETAILS,))] * (len(changes) - position - 1)
            break
    return _joined(told)


def _all_at(
    changes: Iterable[ReviewedChange], length: Length, most: int, left: int
) -> list[_Part] | None:
    """The details of all changes at a length, in brief where one is too long; None if too much."""
    told = []
    for change in changes:
        told.append(_detailed(change, (length, Length.BRIEF), most))
        left -= len(told[-1].text) + 2
        if left < 0:
            return None
    return told


def _detailed(change: ReviewedChange, lengths: Iterable[Length], room: int) -> _Part:
    """The details at the first of the lengths that fits."""
    for length in lengths:
        text = details(change, length)
        if len(text) + 2 > room:
            continue
        if length is Length.BRIEF:
            return _Part(text, (_SHORTENED,))
        is_less = length is Length.WITHOUT_LOSSES and has_losses(change)
        return _Part(text, (_LOSSES,) if is_less else ())
    return _Part("", (_DETAILS,))


_DETAILS = "the details of {policies}"
_LOSSES = "what is lost of {policies}"
_SHORTENED = "parts of the details of {policies}"


def _joined(parts: Sequence[_Part]) -> _Part:
    text = "\n\n".join(each.text for each in parts if each.text)
    counts = Counter(each for part in parts for each in part.omitted)
    told = (
        each.format(policies=number(counts[each], "policy", "policies"))
        for each in (_LOSSES, _SHORTENED, _DETAILS)
        if counts[each]
    )
    return _Part(text, tuple(told))


def _end(review: Review, omitted: Sequence[str]) -> Iterator[str]:
    """What was left out, or else what is proved."""
    if omitted:
        yield f"Left out for length: {', '.join(omitted)}. `iamlogic review` shows everything."
        return
    said_of_rest = proved(review)
    if said_of_rest is not None:
        yield said_of_rest
