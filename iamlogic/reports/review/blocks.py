"""What is told of one changed policy, in sections: gained, from outside, left open, lost, …

A section is a title and entries; an entry is a sentence, rows in the policy's own words, and one
request that shows it. Formats differ in how they set them down, and in which they leave out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.external.baseline import FindingStatus, JudgedFinding
from iamlogic.questions.external.finding import Finding
from iamlogic.questions.gain import Difference
from iamlogic.questions.guardrail import Breach
from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.openness import is_guard
from iamlogic.questions.review.possible import is_guarded, undenied, untold
from iamlogic.questions.review.review import Publicity, ReviewedChange
from iamlogic.reports.external_blocks import Block, blocks_of, lead, notes
from iamlogic.reports.openness import open_words_of
from iamlogic.reports.review.order import comparisons, notices_of
from iamlogic.reports.review.wording import PLAIN, Voice, open_line
from iamlogic.reports.wording import (
    SHOWN,
    Row,
    Side,
    cause,
    condition_text,
    coverage,
    rows,
    shown,
    sides,
)
from iamlogic.semantics.request import Request

_Thing = TypeVar("_Thing")


class Kind(Enum):
    """What a section tells, in the order in which people read them."""

    GAINED = "Gained"
    POSSIBLY_GAINED = "Possibly gained"
    UNDENIED = "No longer denied"
    OUTSIDE = "From outside the zone of trust"
    BROKEN_BEFORE = "Broken before as well"
    OPEN = "Left open"
    LOST = "Lost"
    POSSIBLY_LOST = "Possibly lost"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a section."""

    said: str
    rows: tuple[Row, ...] = ()
    example: Request | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What is told of one thing; `lead` goes on after the title."""

    kind: Kind
    lead: str
    entries: tuple[Entry, ...]

    @property
    def is_of_loss(self) -> bool:
        return self.kind in {Kind.LOST, Kind.POSSIBLY_LOST}


def sections(change: ReviewedChange, voice: Voice = PLAIN) -> list[Section]:
    """All that is told of a change, in the order of their kinds."""
    found = [
        *_differences(change, voice),
        _undenied(change, voice),
        _outside(change, voice),
        _broken_before(change, voice),
        _left_open(change, voice),
    ]
    of_kind: dict[Kind, Section] = {}
    for section in found:
        told = of_kind.get(section.kind, replace(section, entries=()))
        of_kind[section.kind] = replace(told, entries=(*told.entries, *section.entries))
    return [of_kind[kind] for kind in Kind if kind in of_kind and of_kind[kind].entries]


def notable(change: ReviewedChange, told: Iterable[Section]) -> list[Notice]:
    """The notices that people read beside the sections, which tell what is gained themselves."""
    tells_gain = any(each.kind in {Kind.GAINED, Kind.POSSIBLY_GAINED} for each in told)
    notices = notices_of(change.notices)
    return [
        each
        for each in notices
        if each.topic is not Topic.GAINED or each.severity is not Severity.NOTE or not tells_gain
    ]


def few(things: Sequence[_Thing]) -> Sequence[_Thing]:
    """As many of a list as are shown of any; the rest is counted."""
    return things if len(things) <= SHOWN else things[: SHOWN - 1]


def doubts(change: ReviewedChange, voice: Voice = PLAIN) -> list[str]:
    """Why what is listed may not be all; nothing where it is proved to be."""
    said = [coverage(each, voice.sentence) for each in comparisons(change) if not each.complete]
    external = change.external
    if external is not None and external.reason is not None:
        said.append(f"Who outside has access is not known: {voice.said(external.reason)}")
    return list(dict.fromkeys(each for each in said if each is not None))


def _differences(change: ReviewedChange, voice: Voice) -> Iterator[Section]:
    """What is gained and lost, what hangs on what is left open apart from what does not."""
    for side in sides(change.comparison):
        certain = [each for each in side.differences if not is_guarded(each)]
        guarded = [each for each in side.differences if is_guarded(each)]
        kind = Kind.GAINED if side.gained else Kind.LOST
        yield Section(kind, _lead(side), _entries(side, certain, voice))
        yield _hanging(side, guarded, voice)
    if change.for_any is not None:
        for side in sides(change.for_any):
            told = change.comparison.gained if side.gained else change.comparison.lost
            yield _hanging(side, untold(side.differences, told), voice)


def _undenied(change: ReviewedChange, voice: Voice) -> Section:
    """What the policy refused, whatever others say, and refuses no more."""
    entries = (
        Entry(cause(each, voice.name, gained=True), tuple(rows(each.region)), each.witness)
        for each in undenied(change)
    )
    return Section(Kind.UNDENIED, "so that other policies can allow it", tuple(entries))


def _lead(side: Side) -> str:
    return "allowed now, not before" if side.gained else "allowed before, not now"


def _hanging(side: Side, found: Iterable[Difference], voice: Voice) -> Section:
    kind = Kind.POSSIBLY_GAINED if side.gained else Kind.POSSIBLY_LOST
    lead = f"{_lead(side)}, depending on what is left open"
    return Section(kind, lead, _entries(side, found, voice))


def _entries(side: Side, found: Iterable[Difference], voice: Voice) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            cause(each, voice.name, gained=side.gained),
            tuple(rows(each.region)),
            each.witness,
        )
        for each in found
    )


def _outside(change: ReviewedChange, voice: Voice) -> Section:
    """Who of the outside is let in, and whether anybody is."""
    entries = []
    public = None if change.publicity is None else _public(change.publicity, voice)
    if public is not None and not any(each.topic is Topic.PUBLIC for each in change.notices):
        entries.append(Entry(public))
    preview = change.external
    if preview is not None:
        groups = (
            ("new", preview.new),
            ("less than before", preview.narrowed),
            ("no longer", preview.gone),
            ("as before", preview.unchanged),
        )
        entries += [
            _finding(word, block, voice) for word, found in groups for block in _blocks(found)
        ]
    return Section(Kind.OUTSIDE, "who is let in", tuple(entries))


def _blocks(findings: Iterable[Finding]) -> list[Block]:
    return blocks_of(JudgedFinding(each, FindingStatus.ACTIVE) for each in findings)


def _finding(word: str, block: Block, voice: Voice) -> Entry:
    listed = Row("Principal", tuple(map(shown, block.principals)))
    who = ", ".join(map(voice.name, listed.shown)) + (f", … {listed.more} more" * bool(listed.more))
    named = "" if block.principals == ("*",) else f": {who}"
    hangs = [voice.sentence(condition_text(each)) for each in block.conditions if is_guard(each)]
    said = ", ".join([f"{word}: {lead(block, voice.name)}{named}", *hangs])
    return Entry("; ".join([said, *notes(block, voice.name)]))


def _public(publicity: Publicity, voice: Voice) -> str | None:
    """Whether the policy makes its resource public, where there is something to say of it."""
    before, after = publicity.before, publicity.after
    if after is not None and after.verdict is Verdict.UNKNOWN:
        return f"whether it is public is not known: {voice.said(after.reason)}"
    if _holds(after):
        hangs = "".join(f", if {each}" for each in _open_words(after, voice))
        if _holds(before):
            return f"public, as before{hangs}"
        return f"public: anybody at all {'can have' if hangs else 'has'} access{hangs}"
    return "no longer public" if _holds(before) else None


def _holds(answer: Answer | None) -> bool:
    return answer is not None and answer.verdict is Verdict.HOLDS


def _open_words(answer: Answer | None, voice: Voice) -> list[str]:
    witness = None if answer is None else answer.witness
    return [] if witness is None else list(map(voice.sentence, open_words_of(witness)))


def _broken_before(change: ReviewedChange, voice: Voice) -> Section:
    """Guardrails that are broken, of which no notice tells."""
    told = {each.rule for each in change.notices if each.topic is Topic.GUARDRAIL}
    entries = [_breach(each, voice) for each in change.breaches if each.guardrail.name not in told]
    return Section(Kind.BROKEN_BEFORE, "guardrails", tuple(entries))


def _breach(breach: Breach, voice: Voice) -> Entry:
    guardrail, answer = breach.guardrail, breach.answer
    said = f"{voice.named(guardrail.name)}: {voice.said(guardrail.message)}"
    if answer.verdict is Verdict.UNKNOWN:
        said = f"{said}; whether it is kept is not known: {voice.said(answer.reason)}"
    return Entry(said, example=answer.witness)


def _left_open(change: ReviewedChange, voice: Voice) -> Section:
    known = dict.fromkeys(
        each
        for side in (change.after, change.before)
        if side is not None
        for each in side.placeholders
    )
    by_text = {each.text: each for each in reversed(known)}
    entries = [
        Entry(open_line(by_text[text], voice)) for text in dict.fromkeys(e.text for e in known)
    ]
    return Section(Kind.OPEN, "known after the deployment only", tuple(entries))
