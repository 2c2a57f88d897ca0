"""`notices_of`: what of a reviewed change somebody should know, the gravest first.

A notice is certain, or it hangs on values that a template leaves open (`Notice.depends_on`), or it
says that something could not be decided: none of these is left out. What makes one grave is who
gets access, and what a team has decided; that a policy allows more than before is no fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from iamlogic.errors import IamlogicError, PolicyReadError, PolicySyntaxError, Where
from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.compare import Relation
from iamlogic.questions.external.baseline import judge
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.questions.gain import Difference
from iamlogic.questions.guardrail import Breach
from iamlogic.questions.region import Region
from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.openness import OPEN, is_guard, named_in, open_entries, what_of
from iamlogic.questions.review.placed import PlacedPolicy, Unread
from iamlogic.questions.review.possible import is_guarded, undenied, untold
from iamlogic.questions.review.review import ReviewedChange
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Condition, Effect

if TYPE_CHECKING:
    from iamlogic.questions.review.reviewing import Terms

_GRAVITY = tuple(Severity)
_SURE = ("Resource ", "Action ")
"""What an open entry begins with of which every value matches something."""


def notices_of(change: ReviewedChange, terms: Terms) -> tuple[Notice, ...]:
    """All that somebody should know of a change, the gravest first."""
    if change.after is None:
        gone = _Change(change, change.placed)
        return _told([*gone.no_longer_denied(), *gone.undecided_gain()])
    told = _Change(change, change.after)
    return _told(
        [
            *map(told.breach, change.breaches),
            *told.outsiders(terms),
            *told.publicity(),
            *told.gains(),
            *told.no_longer_denied(),
            *told.named_directly(),
            *told.undecided_gain(),
        ]
    )


def unread_notice(unread: Unread, *, was_read: bool) -> Notice:
    """What a policy means that could not be read: nobody knows what it allows."""
    topic = Topic.UNKNOWN if unread.is_open else Topic.UNREADABLE
    message, detail = _why(unread.error)
    if was_read:
        message = f"it can no longer be read: {message}"
    return Notice(
        topic,
        Severity.WARNING if unread.is_open else Severity.ERROR,
        message,
        unread.title,
        unread.where,
        _fingerprint(topic, unread.file, unread.name, message),
        topic.value,
        detail=detail,
    )


def attachment_notice(policy: str, file: str, where: Where) -> Notice:
    """That a policy of AWS's own is attached, which no comparison shows."""
    return Notice(
        Topic.GAINED,
        Severity.NOTE,
        f"it names the policy {policy} of AWS, and did not before; that is not looked into",
        file,
        where,
        _fingerprint(Topic.GAINED, file, "managed", policy),
        Topic.GAINED.value,
    )


def _why(error: IamlogicError) -> tuple[str, tuple[str, ...]]:
    """An error in one sentence, and all that it says."""
    match error:
        case PolicySyntaxError():
            return error.problems[0].message, tuple(map(str, error.problems))
        case PolicyReadError():  # its text names the policy, which the notice does as well
            return error.reason, ()
        case _:
            return str(error).partition("\n")[0], (str(error),)


def _told(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Each thing once, in the order of gravity; what is certain comes before what is possible."""
    once: dict[str, Notice] = {}
    for each in notices:
        once.setdefault(each.fingerprint, each)
    return tuple(
        sorted(
            once.values(),
            key=lambda each: (_GRAVITY.index(each.severity), bool(each.depends_on)),
        )
    )


class _Change:
    """A change, and the policy that its notices are about."""

    def __init__(self, change: ReviewedChange, placed: PlacedPolicy) -> None:
        self._change, self._placed = change, placed

    def breach(self, breach: Breach) -> Notice:
        """A guardrail that is not kept."""
        guardrail, answer = breach.guardrail, breach.answer
        unknown = answer.verdict is Verdict.UNKNOWN
        if unknown:
            said = "it is not known whether it keeps the guardrail"
        else:
            said = "it can break the guardrail" if breach.depends_on else "it breaks the guardrail"
        if not breach.is_new:
            said = f"as before, {said}"
        where = next((each.where for each in answer.statements), self._placed.where)
        return self._notice(
            Topic.UNKNOWN if unknown else Topic.GUARDRAIL,
            guardrail.severity,
            f"{said} {guardrail.name}: {guardrail.message}",
            (guardrail.name,),
            where=where,
            rule=guardrail.name,
            witness=answer.witness,
            detail=(answer.reason,) if unknown else (),
            depends_on=breach.depends_on,
            about=Topic.GUARDRAIL if unknown else None,
        )

    def outsiders(self, terms: Terms) -> Iterator[Notice]:
        """Who outside is let in that was not before, but for what is archived or accepted."""
        preview = self._change.external
        if preview is None:
            return
        if preview.reason is not None:
            yield self._undecided(Topic.EXTERNAL, "who outside gets access", preview.reason)
        judged = judge(preview.new, terms.archive, terms.baseline, terms.today)
        for each in judged.findings:
            if each.counts:
                yield self._as_trusted(self._finding(each.finding), terms)
        for each in judge(preview.widened, terms.archive, terms.baseline, terms.today).findings:
            if each.counts:
                yield self._as_trusted(self._widened(each.finding), terms)

    def _as_trusted(self, notice: Notice, terms: Terms) -> Notice:
        """The notice, which depends on who is trusted where nobody says that."""
        if terms.zone is not None or notice.topic is not Topic.EXTERNAL:
            return notice
        depends_on = (*notice.depends_on, "who is trusted")
        return replace(notice, severity=Severity.NOTE, depends_on=depends_on)

    def _widened(self, finding: Finding) -> Notice:
        """Somebody more among those whom a finding speaks of, who was denied."""
        depends_on = self._all_names()
        topic = Topic.DEPUTY if finding.kind is FindingKind.CONFUSED_DEPUTY else Topic.EXTERNAL
        if topic is Topic.EXTERNAL and finding.is_public and depends_on:
            topic = Topic.PUBLIC  # it may not have been, with the values that the Denies hang on
        gets = "can get more access" if depends_on else "gets more access"
        return self._notice(
            topic,
            Severity.NOTE if topic is Topic.DEPUTY else Severity.WARNING,
            f"{self._whom(finding)} {gets} from outside than before, as less is denied",
            ("widened", finding.id, finding.principal),
            where=finding.statement.where,
            depends_on=depends_on,
        )

    def _finding(self, finding: Finding) -> Notice:
        depends_on = self._named([finding.principal, *_texts(finding.conditions)])
        who = self._whom(finding)
        gets = "can get access" if depends_on else "gets access"
        topic, severity = Topic.EXTERNAL, Severity.WARNING
        said = f"{who} outside the zone of trust {gets}"
        if finding.kind is FindingKind.CONFUSED_DEPUTY:
            topic, severity = Topic.DEPUTY, Severity.NOTE
            said = f"the service {who} {gets} for anyone on whose behalf it acts"
        elif finding.is_public:
            topic = Topic.PUBLIC
            severity = Severity.WARNING if depends_on else Severity.ERROR
            said = f"{who} {gets}"
        return self._notice(
            topic,
            severity,
            f"{said}: {_listed(finding.actions)}",
            (finding.id, finding.principal),
            where=finding.statement.where,
            witness=finding.witness,
            detail=finding.remarks,
            depends_on=depends_on,
        )

    def _whom(self, finding: Finding) -> str:
        """Whom a finding lets in, in a word or two; whoever an open principal will be."""
        entries = [
            value.text
            for condition in finding.conditions
            if condition.key == OPEN + "Principal"
            for value in condition.values
        ]
        if entries:
            return f"whoever {' or '.join(entries)} will be"
        return "everybody" if finding.principal == "*" else finding.principal

    def publicity(self) -> Iterator[Notice]:
        """That the resource becomes public, by the meaning that its service has of it."""
        publicity = self._change.publicity
        if publicity is None or publicity.after is None:
            return
        before, after = publicity.before, publicity.after
        if after.verdict is Verdict.UNKNOWN:
            yield self._undecided(Topic.PUBLIC, "whether it is public", after.reason)
        elif (
            after.verdict is Verdict.HOLDS and not _was_public(before) and not self._tells_public()
        ):
            depends_on = self._named(_opened(after))
            said = "can be public now" if depends_on else "is public now"
            where = next((each.where for each in after.statements), self._placed.where)
            yield self._notice(
                Topic.PUBLIC,
                Severity.WARNING if depends_on else Severity.ERROR,
                f"it {said}",
                ("public",),
                where=where,
                witness=after.witness,
                depends_on=depends_on,
            )

    def _tells_public(self) -> bool:
        """Whether a finding says already that somebody is let in whom nothing bounds."""
        preview = self._change.external
        return preview is not None and any(each.is_public for each in preview.new)

    def gains(self) -> Iterator[Notice]:
        """What it allows that it did not, and what it may allow for some values."""
        told = self._change.comparison.gained
        for each in told:
            yield self._gain(each, self._hinges(each) if is_guarded(each) else ())
        if self._change.for_any is not None:
            for each in untold(self._change.for_any.gained, told):
                yield self._gain(each, self._hinges(each))

    def no_longer_denied(self) -> Iterator[Notice]:
        """What it refused whatever other policies say, and refuses no more."""
        for each in undenied(self._change):
            actions = [action.text for action in each.region.actions.patterns]
            but = "all but " if each.region.actions.negated else ""
            depends_on = self._hinges(each) if is_guarded(each) else ()
            denies = "may no longer deny" if depends_on else "no longer denies"
            yield self._notice(
                Topic.GAINED,
                Severity.WARNING,
                f"it {denies}: {but}{_listed(actions)}",
                ("undenied", *_patterns(each.region), *_texts(each.region.conditions)),
                witness=each.witness,
                detail=_denied_before(each),
                depends_on=depends_on,
            )

    def named_directly(self) -> Iterator[Notice]:
        """Who needs no policy of their own any more, which their account's name does not give."""
        directly = self._change.directly
        for each in directly.gained if directly is not None else ():
            principals = each.region.principals
            who = [entry.text for entry in principals.entries] if principals is not None else []
            yield self._notice(
                Topic.GAINED,
                Severity.NOTE,
                f"it names {_listed(who)} beside their account: they need no policy for it now",
                ("directly", *_patterns(each.region), *_texts(each.region.conditions)),
                where=None if each.statement is None else each.statement.where,
                witness=each.witness,
            )

    def _hinges(self, difference: Difference) -> tuple[str, ...]:
        """The placeholders on which a difference hangs; all of them where nothing names any."""
        entries = [*_texts(difference.region.conditions), *open_entries(difference.witness)]
        return self._named_exactly(entries) or self._all_names()

    def _gain(self, difference: Difference, depends_on: tuple[str, ...]) -> Notice:
        region, statement = difference.region, difference.statement
        actions = [each.text for each in region.actions.patterns]
        said = "can allow more than before" if depends_on else "allows more than before"
        is_undenied = statement is not None and statement.effect is Effect.DENY
        if is_undenied:
            said = "may no longer deny" if depends_on else "no longer denies"
        elif self._change.before is None:
            said = "can allow, as a new policy" if depends_on else "allows, as a new policy"
        but = "all but " if region.actions.negated else ""
        return self._notice(
            Topic.GAINED,
            Severity.WARNING if is_undenied else Severity.NOTE,
            f"it {said}: {but}{_listed(actions)}",
            ("gained", *_patterns(region), *_texts(region.conditions)),
            # A Deny that is gone has its lines in what the file was.
            where=None if statement is None or is_undenied else statement.where,
            witness=difference.witness,
            detail=_denied_before(difference) if is_undenied else (),
            depends_on=depends_on,
        )

    def undecided_gain(self) -> Iterator[Notice]:
        """That it is not known what is gained, or not all of it."""
        change = self._change
        every = (change.comparison, change.for_any, change.denials, change.directly)
        for comparison in every:
            if comparison is None:
                continue
            if comparison.relation is Relation.UNKNOWN:
                reason = comparison.reason or "no answer was found"
                yield self._undecided(Topic.GAINED, "what it allows more", reason)
            elif comparison.relation is not Relation.EQUIVALENT and not comparison.complete:
                reason = comparison.reason or "the search was not finished"
                yield self._undecided(Topic.GAINED, "whether that is all that changed", reason)

    def _undecided(self, about: Topic, what: str, reason: str) -> Notice:
        return self._notice(
            Topic.UNKNOWN,
            Severity.WARNING,
            f"it is not known {what}: {reason}",
            ("unknown", about.value),
            about=about,
        )

    def _named(self, texts: Iterable[str]) -> tuple[str, ...]:
        """The placeholders in the texts, but for entries of which every value matches something."""
        return self._named_exactly(each for each in texts if not each.startswith(_SURE))

    def _named_exactly(self, texts: Iterable[str]) -> tuple[str, ...]:
        return named_in(texts, self._placed.placeholders)

    def _all_names(self) -> tuple[str, ...]:
        sides = (self._change.before, self._change.after)
        return tuple(sorted({p.name for side in sides if side for p in side.placeholders}))

    def _notice(
        self,
        topic: Topic,
        severity: Severity,
        message: str,
        what: Sequence[str],
        *,
        where: Where | None = None,
        rule: str | None = None,
        witness: Request | None = None,
        detail: tuple[str, ...] = (),
        depends_on: tuple[str, ...] = (),
        about: Topic | None = None,
    ) -> Notice:
        placed = self._placed
        place = where if where is not None and where.file is not None else placed.where
        return Notice(
            topic,
            severity,
            message,
            placed.title,
            place,
            _fingerprint(topic, placed.file, placed.name, *what, *depends_on),
            rule or topic.value,
            witness,
            detail,
            depends_on,
            about,
        )


def _patterns(region: Region) -> list[str]:
    """What a region names: principals, actions, resources."""
    parts = [region.actions.patterns]
    if region.resources is not None:
        parts.append(region.resources.patterns)
    named = [each.text for part in parts for each in part]
    principals = () if region.principals is None else region.principals.entries
    return [*named, *(each.text for each in principals)]


def _denied_before(difference: Difference) -> tuple[str, ...]:
    statement = difference.statement
    return () if statement is None else (f"denied before: {statement.where}",)


def _was_public(before: Answer | None) -> bool:
    return before is not None and before.verdict is Verdict.HOLDS


def _opened(answer: Answer) -> tuple[str, ...]:
    return () if answer.witness is None else open_entries(answer.witness)


def _texts(conditions: Iterable[Condition]) -> list[str]:
    """What conditions say, as texts in which placeholders can be looked for."""
    found: list[str] = []
    for each in conditions:
        if is_guard(each):
            found += what_of(each)
        else:
            found += [each.key, *(value.text for value in each.values)]
    return found


_LISTED = 3


def _listed(texts: Sequence[str]) -> str:
    if len(texts) <= _LISTED:
        return ", ".join(texts)
    return f"{', '.join(texts[:_LISTED])} and {len(texts) - _LISTED} more"


def _fingerprint(topic: Topic, *parts: str) -> str:
    """The same for the same thing in the same policy, whatever the lines."""
    text = "\0".join((topic.value, *parts)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:32]
