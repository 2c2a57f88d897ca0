"""What is said of a review as a whole and of each change, as sentences for every format.

Names of files and places, and sentences that others wrote (a reason, a guardrail's message), are
set off by the format: `Voice` says how. Everything is printable, whatever the policies hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import NOWHERE, PolicyReadError
from iamlogic.questions.compare import Comparison, Relation
from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.placed import Placeholder, PlaceholderKind, Unread
from iamlogic.questions.review.review import ChangeKind, Review, ReviewedChange
from iamlogic.reports.external import number
from iamlogic.reports.review.order import (
    can_grant_less,
    can_grant_more,
    denies_less,
    grants_less,
    grants_more,
    is_unknown,
)
from iamlogic.reports.wording import Mark
from iamlogic.semantics.explain import printable


@dataclass(frozen=True, slots=True)
class Voice:
    """How a format sets off what is not its own words: names, and whole sentences.

    `longest` is how many characters of one text it shows, if it does not show all.
    """

    name: Mark = str
    sentence: Mark = str
    longest: int | None = None

    def named(self, text: str) -> str:
        return self.name(self._shown(text))

    def said(self, text: str) -> str:
        return self.sentence(self._shown(text))

    def _shown(self, text: str) -> str:
        """The text, printable, and one character more than is shown, so that it is seen as cut."""
        return printable(text if self.longest is None else text[: self.longest + 1])


PLAIN = Voice()


class Outcome(Enum):
    """A review in one word, gravest first; the value is how it is said."""

    MORE = "grants more"
    UNKNOWN = "not known"
    POSSIBLE = "can grant more"
    UNDENIED = "denies less"
    LESS = "grants less"
    SAME = "grants the same"
    NOTHING = "no policy changed"


def outcome(review: Review) -> Outcome:
    """What the changes of a review come to."""
    changes = review.changes
    if any(map(grants_more, changes)):
        return Outcome.MORE
    if review.unread or any(map(is_unknown, changes)):
        return Outcome.UNKNOWN
    if any(map(can_grant_more, changes)):
        return Outcome.POSSIBLE
    if any(map(denies_less, changes)):
        return Outcome.UNDENIED
    if any(map(grants_less, changes)) or any(map(can_grant_less, changes)):
        return Outcome.LESS
    return Outcome.SAME if changes else Outcome.NOTHING


def headline(review: Review) -> str:
    """What the outcome is about, in one line: how many policies do what."""
    parts = [", ".join(_counted(review.changes)), *_unread(review)]
    told = "; ".join(each for each in parts if each)
    return told or (
        f"{_policies(review.unchanged)} in {number(review.files, 'file')} stayed as "
        f"{'it was' if review.unchanged == 1 else 'they were'}"
    )


def alarm(review: Review) -> str | None:
    """What is gravest, in one line; None where there is nothing of the kind."""
    return "; ".join(_alarms(review)) or None


def _alarms(review: Review) -> Iterator[str]:
    """A part for each topic, what is possible apart from what is so."""
    notices = review.notices
    for topic, what, one, several in _GRAVE:
        of_topic = [each for each in notices if each.topic is topic]
        sure = _subjects(each for each in of_topic if not each.depends_on)
        unsure = _subjects(each for each in of_topic if each.depends_on) - sure
        counted = number(len(sure or unsure), *what)
        does = one if len(sure or unsure) == 1 else several
        if sure:
            yield f"{counted} {does}{f', {len(unsure)} more possibly' if unsure else ''}"
        elif unsure:
            yield f"possibly {counted} {does}"


def _subjects(notices: Iterable[Notice]) -> set[str]:
    """What notices are counted by: guardrails by their names, else policies."""
    return {each.rule if each.topic is Topic.GUARDRAIL else each.policy for each in notices}


_POLICY = "policy", "policies"
_GRAVE = (
    (Topic.GUARDRAIL, ("guardrail", "guardrails"), "is broken", "are broken"),
    (Topic.PUBLIC, _POLICY, "lets in anybody", "let in anybody"),
    (Topic.EXTERNAL, _POLICY, "lets in somebody outside", "let in somebody outside"),
)


def _counted(changes: Sequence[ReviewedChange]) -> Iterator[str]:
    counts = [
        (sum(map(grants_more, changes)), "allows more than before", "allow more than before"),
        (sum(map(can_grant_more, changes)), "can allow more", "can allow more"),
        (sum(map(denies_less, changes)), "denies less", "deny less"),
        (sum(map(grants_less, changes)), "allows less", "allow less"),
        (sum(map(can_grant_less, changes)), "can allow less", "can allow less"),
        (sum(map(is_unknown, changes)), "is not known", "are not known"),
    ]
    told = [f"{count} {one if count == 1 else several}" for count, one, several in counts if count]
    everything = number(len(changes), *(f"changed {each}" for each in _POLICY))
    if told:
        yield f"of {everything} {told[0]}"
        yield from told[1:]
    elif changes:
        does = "allows exactly what it did" if len(changes) == 1 else "allow exactly what they did"
        yield f"{everything} {does} before"


def _unread(review: Review) -> Iterator[str]:
    unread = sum(not each.is_open for each in review.unread)
    if unread:
        yield f"{unread} could not be read"
    if unread < len(review.unread):
        left_open = len(review.unread) - unread
        yield f"{left_open} {'is' if left_open == 1 else 'are'} known after the deployment only"


def _policies(count: int) -> str:
    return number(count, *_POLICY)


def scale(review: Review, voice: Voice = PLAIN) -> str:
    """What was compared, and how much of it."""
    looked = f"{number(review.files, 'file')} looked at, {_policies(review.unchanged)} unchanged"
    held = f", {number(review.guardrails, 'guardrail')} held against the changes"
    between = f"{voice.named(review.base)} and {voice.named(review.head)}"
    return f"Between {between}: {looked}{held if review.guardrails else ''}"


def severities(review: Review) -> str | None:
    """`2 errors, 3 warnings, 5 notes`; None where there are no notices."""
    counts = Counter(each.severity for each in review.notices)
    parts = [number(counts[each], each.value) for each in Severity if counts[each]]
    return ", ".join(parts) or None


def title(change: ReviewedChange, voice: Voice = PLAIN) -> str:
    """What people call the policy."""
    return voice.named(change.placed.title)


def became(change: ReviewedChange, voice: Voice = PLAIN) -> str:
    """What became of the policy: `changed`, `moved from policies/old.json`."""
    before, after = change.before, change.after
    if before is None or after is None or before.title == after.title:
        return change.kind.value if change.kind is not ChangeKind.ADDED else "new"
    moved = f"moved from {voice.named(before.title)}"
    return moved if change.kind is ChangeKind.MOVED else f"{moved} and changed"


def meaning(change: ReviewedChange, voice: Voice = PLAIN) -> str:
    """What the change means, in one sentence; also what it can mean by what is left open."""
    said = [_certain(change, voice), _possible(change, voice)]
    told = "; ".join(each for each in said if each) or _the_same(change)
    return f"{told}, but denies less" if denies_less(change) else told


def _certain(change: ReviewedChange, voice: Voice) -> str | None:
    """What it means, whatever is left open; None where that is nothing."""
    if change.comparison.relation is Relation.UNKNOWN:
        return f"what it means is not known ({_reason(change.comparison, voice)})"
    more, less = grants_more(change), grants_less(change)
    if more and change.before is None:
        return "all that it allows is new"
    if less and change.after is None:
        return "all that it allowed is lost"
    if more:
        return _AND_LESS if less else "allows everything that it did before, and more"
    if less:
        nothing_new = "" if can_grant_more(change) else ", and nothing new"
        return f"allows less than before{nothing_new}"
    return None


_AND_LESS = "allows something new, and no longer everything that it did before"


def _the_same(change: ReviewedChange) -> str:
    if change.before is None:
        return "allows nothing"
    return "allowed nothing" if change.after is None else "allows exactly what it did before"


def _possible(change: ReviewedChange, voice: Voice) -> str | None:
    """What hangs on what is left open."""
    if change.for_any is not None and change.for_any.relation is Relation.UNKNOWN:
        return f"with what is left open, it is not known ({_reason(change.for_any, voice)})"
    more, less = can_grant_more(change), can_grant_less(change)
    if not more and not less:
        return None
    what = " and ".join([*(["more"] if more else []), *(["less"] if less else [])])
    return f"can allow {what} than before, depending on what is left open"


def _reason(comparison: Comparison, voice: Voice) -> str:
    return voice.said(comparison.reason or "no answer was found")


def open_line(placeholder: Placeholder, voice: Voice = PLAIN) -> str:
    """What is left open, and why: `<Bucket> is a parameter without a default (a.yaml:4:3)`."""
    named = voice.named(placeholder.text)
    if placeholder.kind is PlaceholderKind.CONDITION:
        named = voice.named(placeholder.name)
    if placeholder.kind is PlaceholderKind.ACCOUNT:
        named = f"{voice.named(placeholder.name)} (here {named})"
    place = "" if placeholder.where == NOWHERE else f" ({voice.named(str(placeholder.where))})"
    return f"{named} is {voice.said(placeholder.reason)}{place}"


def depends(notice: Notice, change: ReviewedChange | None, voice: Voice = PLAIN) -> str | None:
    """On what it hangs whether a notice is so; None where it is proved."""
    if not notice.depends_on:
        return None
    texts: dict[str, str] = {}
    if change is not None:
        sides = (side for side in (change.before, change.after) if side is not None)
        for each in (each for side in sides for each in side.placeholders):
            is_value = each.kind in {PlaceholderKind.VALUE, PlaceholderKind.REGION}
            texts[each.name] = each.text if is_value else each.name
    listed = [voice.named(texts.get(name, name)) for name in sorted(notice.depends_on)]
    return f"possible: it depends on {', '.join(listed)}"


def place(notice: Notice, voice: Voice = PLAIN) -> str:
    """` (template.yaml:4:3)`, or nothing."""
    return "" if notice.where == NOWHERE else f" ({voice.named(str(notice.where))})"


def why_unread(unread: Unread) -> list[str]:
    """Why something could not be read, all that was found, a line each."""
    match unread.error:
        case PolicyReadError() as error:
            lines = [error.reason]
        case error:
            lines = str(error).split("\n")
    return [printable(line) for line in lines]


def proved(review: Review) -> str | None:
    """What is known beside what is listed; None where that is nothing."""
    compared = [each.comparison for each in review.changes]
    known = (each.complete and each.relation is not Relation.UNKNOWN for each in compared)
    if not compared or not all(known):
        return None
    if any(change.for_any is not None for change in review.changes):
        return f"{PROVED[:-1]}, each placeholder read as a name of its own."
    return PROVED


PROVED = "Proved: outside of what is listed, each changed policy decides as it did before."
