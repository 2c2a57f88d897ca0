"""Who gains what, and who loses it: one `Strand` from whoever it is to what it is.

What is known comes from the comparison, statement by statement; whoever the zone of trust does not
hold is named as the findings of external access name them. A policy that names nobody stands for
those who have it. Strands say what the account of a difference says, and nothing else: of a policy
whose account is not known there are none, and the picture says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.external.finding import Finding, OutsiderKind
from iamlogic.questions.gain import Difference
from iamlogic.questions.review.openness import is_guard
from iamlogic.questions.review.review import ReviewedChange
from iamlogic.reports.review.html.readable import principals_of
from iamlogic.reports.wording import Row, condition_text, rows, shown
from iamlogic.semantics.explain import printable
from iamlogic.syntax.policy import Condition, Effect, Principal, PrincipalForm, Statement


class StrandKind(Enum):
    """How grave a strand is, the gravest first; the value is what the legend calls it."""

    PUBLIC = "public: anybody at all"
    EXTERNAL = "from outside the zone of trust"
    GAINED = "gained"
    POSSIBLE = "possible, depending on what is left open"
    LOST = "lost"

    @property
    def word(self) -> str:
        """For a table's cell."""
        return self.name.lower()


GRAVITY = {kind: place for place, kind in enumerate(StrandKind)}


@dataclass(frozen=True, slots=True)
class Strand:
    """Somebody, and what they gain or lose: `actions` on `resources`, in the policy's own words."""

    who: str
    actions: str
    resources: str
    kind: StrandKind
    conditions: str = ""


def strands_of(change: ReviewedChange) -> list[Strand]:
    """What the change gives, or takes, the gravest first."""
    found = dict.fromkeys(_strands(change))
    return sorted(found, key=lambda strand: GRAVITY[strand.kind])


def _strands(change: ReviewedChange) -> Iterator[Strand]:
    findings = change.external.new if change.external is not None else ()
    for finding in findings:
        yield _of_finding(finding, change)
    for difference in change.comparison.gained:
        yield from _of_gain(difference, change, findings)
    for difference in change.comparison.lost:
        yield from _of_region(difference, change, StrandKind.LOST)
    if change.for_any is not None and not change.comparison.gained:
        for difference in change.for_any.gained:
            yield from _of_region(difference, change, StrandKind.POSSIBLE)


def _of_finding(finding: Finding, change: ReviewedChange) -> Strand:
    resources = _listed(map(shown, finding.resources))
    return _narrowed(
        Strand(
            outsider(finding),
            _listed(map(shown, finding.actions)),
            # A trust policy names no resource: it is the role's.
            resources if finding.statement.resources else printable(change.placed.title),
            StrandKind.PUBLIC if finding.is_public else StrandKind.EXTERNAL,
        ),
        finding.conditions,
    )


def _narrowed(strand: Strand, conditions: Iterable[Condition]) -> Strand:
    """The strand under conditions. What hangs on a placeholder is possible, and no more."""
    found = tuple(conditions)
    told = ", ".join(map(condition_text, found))
    guards = [each for each in found if is_guard(each)]
    if not guards or strand.kind is StrandKind.LOST:
        return replace(strand, conditions=told)
    named = [text for guard in guards for text in principals_of(guard)]
    who = _listed(map(shown, named)) if named else strand.who
    return replace(strand, who=who, kind=StrandKind.POSSIBLE, conditions=told)


def outsider(finding: Finding) -> str:
    """Whom a finding lets in, as a label."""
    match finding.principal_kind:
        case OutsiderKind.ACCOUNT | OutsiderKind.ORGANIZATION:
            return f"{finding.principal_kind.value} {printable(finding.principal)}"
        case _:
            return "everyone" if finding.principal == "*" else printable(finding.principal)


def _of_gain(
    difference: Difference, change: ReviewedChange, findings: Iterable[Finding]
) -> Iterator[Strand]:
    """What is gained, but for those of whom a finding says it already."""
    statement = difference.statement
    granting = [each for each in findings if statement in each.statements]
    public = _is_made_public(change, statement)
    for strand, entry in _with_entries(difference, change, StrandKind.GAINED):
        if entry is not None and any(_is_of(finding, entry) for finding in granting):
            continue
        if public and entry is not None and entry.form is PrincipalForm.EVERYONE:
            yield _narrowed(replace(strand, kind=StrandKind.PUBLIC), difference.region.conditions)
        else:
            yield strand


def _is_of(finding: Finding, entry: Principal) -> bool:
    """Whether a finding is about what an entry of `Principal` grants."""
    if entry.form is PrincipalForm.EVERYONE:
        return True  # whoever it is by the conditions
    return finding.principal in {entry.text, entry.account if entry.name is None else None}


def _is_made_public(change: ReviewedChange, statement: Statement | None) -> bool:
    """Whether the resource is public now, was not before, and the statement is why."""
    publicity = change.publicity
    if publicity is None or not _holds(publicity.after) or _holds(publicity.before):
        return False
    assert publicity.after is not None
    return statement in publicity.after.statements


def _holds(answer: Answer | None) -> bool:
    return answer is not None and answer.verdict is Verdict.HOLDS


def _of_region(
    difference: Difference, change: ReviewedChange, kind: StrandKind
) -> Iterator[Strand]:
    yield from (strand for strand, _ in _with_entries(difference, change, kind))


def _with_entries(
    difference: Difference, change: ReviewedChange, kind: StrandKind
) -> Iterator[tuple[Strand, Principal | None]]:
    """One strand for each principal that the region names; of a policy that names none, its own."""
    region = difference.region
    row = {each.element: each for each in rows(region)}
    actions = row.get("Action") or row["NotAction"]
    resources = row.get("Resource") or row.get("NotResource")
    one = Strand(
        printable(change.placed.title),
        _but(actions),
        _but(resources) if resources else printable(change.placed.title),
        kind,
    )
    if region.principals is None:
        yield _narrowed(one, region.conditions), None
    elif region.principals.negated:
        # Of a Deny, R-M13: those whom it spares are named, and all others are meant.
        names = _listed(label(each) for each in region.principals.entries)
        yield _narrowed(replace(one, who=f"everyone but {names}"), region.conditions), None
    else:
        denied = region.effect is Effect.DENY
        for entry in region.principals.entries:
            who = f"{label(entry)}, where allowed" if denied else label(entry)
            yield _narrowed(replace(one, who=who), region.conditions), entry


def label(entry: Principal) -> str:
    """An entry of `Principal`, as a reader would say it."""
    match entry.form:
        case PrincipalForm.EVERYONE:
            return "everyone"
        case PrincipalForm.ACCOUNT:
            return f"account {entry.account}"
        case _:
            return shown(entry.text)


def _but(row: Row) -> str:
    texts = _listed(row.entries)
    return f"all but {texts}" if row.element.startswith("Not") else texts


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(texts)
