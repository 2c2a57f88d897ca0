"""`review_pair`: what the change of one policy means, by every question that a reviewer has.

Is it wider or narrower, and where? Does it let somebody in from outside, or everybody? Does it keep
the guardrails? A policy that is new is compared with one that allows nothing, and so is one that is
gone. All is asked of the policy with its placeholders read as names; where that finds no gain, the
same is asked for all values that they can have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from iamlogic.errors import PolicySyntaxError, Unsupported
from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.compare import Comparison, Relation, compare
from iamlogic.questions.external.archive import ArchiveRule
from iamlogic.questions.external.baseline import Baseline
from iamlogic.questions.external.external_access import ExternalAccess, external_access
from iamlogic.questions.external.preview import Preview, compared
from iamlogic.questions.external.public_access import is_public, publicity_of
from iamlogic.questions.external.zone import Zone
from iamlogic.questions.guardrail import Breach, Guardrail, held_against
from iamlogic.questions.review.concerns import notices_of
from iamlogic.questions.review.denials import allowing_all
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.outsiders import open_to_outsiders, trusting_deployment
from iamlogic.questions.review.pairing import Pair
from iamlogic.questions.review.placed import PlacedPolicy, Placeholder
from iamlogic.questions.review.review import Publicity, ReviewedChange
from iamlogic.syntax.policy import Effect, Policy, PolicyKind, PrincipalForm, Statement
from iamlogic.syntax.policy_set import PolicySet, PolicySetError


@dataclass(frozen=True, slots=True)
class Terms:
    """What a team has settled, and what a review may cost.

    `zone` is None where nobody says who is trusted: who outside has access is not asked then.
    `timeout` is in seconds, for each question about one policy.
    """

    zone: Zone | None = None
    guardrails: Sequence[Guardrail] = ()
    archive: Sequence[ArchiveRule] = ()
    baseline: Baseline = field(default_factory=Baseline)
    today: date = date.min
    timeout: float | None = None


DEFAULT_TIMEOUT = 30.0
"""Seconds for a question, if nobody says otherwise: a hundred times what real policies take."""


def review_pair(pair: Pair, terms: Terms) -> ReviewedChange:
    """What the change of one policy means."""
    before, after = _policy(pair.before, pair.after), _policy(pair.after, pair.before)
    comparison = compare(before, after, timeout=terms.timeout)
    outside = _outside(pair, before, after, terms)
    change = ReviewedChange(
        pair.before,
        pair.after,
        comparison,
        _for_any(pair, before, after, terms.timeout),
        outside.preview,
        outside.publicity,
        _breaches(pair, terms),
        (),
        _denials(pair, before, after, terms.timeout),
        _directly(comparison, before, after, terms.timeout),
    )
    return replace(change, notices=notices_of(change, terms))


def _policy(placed: PlacedPolicy | None, other: PlacedPolicy | None) -> Policy:
    """The policy; where there is none, one that allows nothing, of the kind of the other."""
    if placed is not None:
        return placed.policy
    assert other is not None
    return Policy((), other.policy.version, kind=other.policy.kind, file=other.policy.file)


def _for_any(pair: Pair, before: Policy, after: Policy, timeout: float | None) -> Comparison | None:
    """The comparison for all values of the placeholders of both sides."""
    placeholders = _placeholders(pair)
    if not placeholders:
        return None
    return compare(
        opened(before, placeholders, beside=[after]),
        opened(after, placeholders, beside=[before]),
        timeout=timeout,
    )


def _denials(pair: Pair, before: Policy, after: Policy, timeout: float | None) -> Comparison | None:
    """What is denied before and after: a policy may only be there to overrule others.

    The policies with names for placeholders are asked about, and where those deny no less, the
    policies for all their values.
    """
    denies = [[s for s in side.statements if s.effect is Effect.DENY] for side in (before, after)]
    if denies[0] == denies[1]:
        return None
    found = compare(allowing_all(before), allowing_all(after), timeout=timeout)
    placeholders = _placeholders(pair)
    if not placeholders or found.relation not in {Relation.EQUIVALENT, Relation.LESS_PERMISSIVE}:
        return found
    return compare(
        allowing_all(opened(before, placeholders, beside=[after])),
        allowing_all(opened(after, placeholders, beside=[before])),
        timeout=timeout,
    )


def _directly(
    comparison: Comparison, before: Policy, after: Policy, timeout: float | None
) -> Comparison | None:
    """What is given to those whose own policies allow nothing, where that is a question.

    It is if nothing is gained by those who are named, and yet others are named than before.
    """
    gains = comparison.relation in {Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE}
    if gains or not _named(after) - _named(before):
        return None
    try:
        sides = PolicySet(resource=before), PolicySet(resource=after)
    except (PolicySetError, PolicySyntaxError):  # one that AWS takes from no resource
        return None
    return compare(*sides, timeout=timeout)


def _named(policy: Policy) -> set[str]:
    """The users, roles and sessions that Allow statements name."""
    forms = {PrincipalForm.USER, PrincipalForm.ROLE, PrincipalForm.ROLE_SESSION}
    return {
        entry.text
        for statement in policy.statements
        if statement.effect is Effect.ALLOW and statement.principals is not None
        for entry in statement.principals.entries
        if entry.form in forms
    }


def _placeholders(pair: Pair) -> tuple[Placeholder, ...]:
    """Those of both sides, each once."""
    sides = [each for each in (pair.before, pair.after) if each is not None]
    return tuple({p.text: p for side in sides for p in side.placeholders}.values())


@dataclass(frozen=True, slots=True)
class _Outside:
    """Who outside has access, and whether everybody has."""

    preview: Preview | None
    publicity: Publicity | None


def _outside(pair: Pair, before: Policy, after: Policy, terms: Terms) -> _Outside:
    """Who outside gains or loses access; nothing where the policy names no principals.

    If nobody says who is trusted, nobody is: who gets access is told, and whether that is someone
    outside depends on it.
    """
    if after.kind is not PolicyKind.RESOURCE:
        return _Outside(None, None)
    sides = [each for each in (pair.after, pair.before) if each is not None]
    zone = trusting_deployment(terms.zone or Zone(), sides)
    type_ = next((each.resource_type for each in sides if each.resource_type), None)

    old = before if pair.before is None else open_to_outsiders(pair.before, beside=after)
    new = after if pair.after is None else open_to_outsiders(pair.after, beside=before)

    def access(policy: Policy) -> ExternalAccess:
        return external_access(policy, zone, resource_type=type_, timeout=terms.timeout)

    try:
        then, now = access(old), access(new)
        preview = compared(then, now, timeout=terms.timeout)
    except Unsupported as error:
        unknown = Answer(Verdict.UNKNOWN, str(error))
        return _Outside(Preview((), (), (), (), str(error)), Publicity(unknown, unknown))
    publicity = Publicity(
        None if pair.before is None else _publicity(old, then, type_, terms.timeout),
        None if pair.after is None else _publicity(new, now, type_, terms.timeout),
    )
    return _Outside(preview, publicity)


def _publicity(
    policy: Policy, found: ExternalAccess, type_: str | None, timeout: float | None
) -> Answer:
    """Whether everybody has access, which who outside has it tells in most cases.

    S3 calls public what names everybody without fixed values, though a zone may hold all of them
    (`aws:PrincipalOrgID` as `${aws:ResourceOrgID}`): where everybody is named, that is asked.
    """
    answer = publicity_of(policy, found, type_)
    if answer.verdict is not Verdict.FAILS or not any(map(_names_anybody, policy.statements)):
        return answer
    return is_public(policy, resource_type=type_, timeout=timeout)


def _names_anybody(statement: Statement) -> bool:
    principals = statement.principals
    if statement.effect is Effect.DENY or principals is None:
        return False
    everyone = (each.form is PrincipalForm.EVERYONE for each in principals.entries)
    return principals.negated or any(everyone)


def _breaches(pair: Pair, terms: Terms) -> tuple[Breach, ...]:
    if pair.after is None:
        return ()
    return held_against(pair.after, terms.guardrails, pair.before, timeout=terms.timeout)
