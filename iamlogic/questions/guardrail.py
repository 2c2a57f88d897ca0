"""Guardrails: what a team has decided that its policies must never, or always, allow.

A guardrail is a scope with a demand. Whether a policy keeps it is a proof (`never_allows`,
`always_allows`) about the policy with whatever its placeholders leave open: kept is what is kept
for all their values. Where that proof fails, it is asked whether there are values with which it is
kept; only if there are none that we know of, it is broken, else it depends on them.

A guardrail is held against every policy of its files and types, also against one of another kind
than its author had in mind. What an identity policy says is said to whomever it is attached to: a
scope with Principal asks what it would allow to those. A trust policy names no resource, and speaks
of any: a scope with Resource asks of that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from iamlogic.errors import NOWHERE, PolicySyntaxError, Where
from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.review.globs import is_in_repository, matches_any
from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.syntax.policy_types import PolicyType, check_policy, is_trust_policy
from iamlogic.syntax.scope import Scope


class Demand(Enum):
    """What a guardrail asks for: no request of its scope is allowed, or every one is."""

    NEVER = "never"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Guardrail:
    """One invariant.

    `files` are globs of the files that it is for (all, if empty), without those of `except_files`;
    `types` the types of policies (all, if empty). `caught` and `passed` are requests that it must
    catch and must not. `where` is its place in the settings.
    """

    name: str
    demand: Demand
    scope: Scope
    message: str
    severity: Severity = Severity.ERROR
    files: tuple[str, ...] = ()
    except_files: tuple[str, ...] = ()
    types: tuple[PolicyType, ...] = ()
    caught: tuple[Request, ...] = ()
    passed: tuple[Request, ...] = ()
    where: Where = NOWHERE

    def is_for_file(self, file: str) -> bool:
        """Whether it is for a file, whose path is relative to the repository's root.

        A file of which that is not known may be any, so that each guardrail is for it.
        """
        if not is_in_repository(file):
            return True
        named = not self.files or matches_any(file, self.files)
        return named and not matches_any(file, self.except_files)

    def is_for(self, placed: PlacedPolicy, file: str | None = None) -> bool:
        """Whether it is for a policy: by its file, or `file` in the place of that, and its type."""
        if not self.is_for_file(placed.file if file is None else file):
            return False
        return not self.types or not possible_types(placed).isdisjoint(self.types)


@dataclass(frozen=True, slots=True)
class Breach:
    """A guardrail that a policy does not keep, or of which that is not known.

    `answer` FAILS with a witness, or is UNKNOWN with its reason. `depends_on` names the
    placeholders on whose values it hangs: without any, it is broken whatever they are. `is_new`
    says whether the policy kept it before, or there was none.
    """

    guardrail: Guardrail
    answer: Answer
    depends_on: tuple[str, ...] = ()
    is_new: bool = True


def held_against(
    policy: PlacedPolicy,
    guardrails: Iterable[Guardrail],
    before: PlacedPolicy | None = None,
    *,
    file: str | None = None,
    timeout: float | None = None,
) -> tuple[Breach, ...]:
    """What of the guardrails the policy does not keep, in their order.

    `before` is the policy as it was, for what is new. `file` is what globs are held against where
    that is not the policy's own. `timeout` is in seconds, for each question.
    """
    found = []
    for guardrail in guardrails:
        if not guardrail.is_for(policy, file):
            continue
        breach = _breach(policy, guardrail, timeout)
        if breach is not None:
            was_for = before is not None and guardrail.is_for(before, file)
            found.append(_compared(breach, before, timeout, was_for=was_for))
    return tuple(found)


def check_guardrails(
    policy: Policy,
    guardrails: Iterable[Guardrail],
    *,
    policy_type: PolicyType | None = None,
    file: str | None = None,
    timeout: float | None = None,
) -> tuple[Breach, ...]:
    """What of the guardrails one policy does not keep, in their order; nothing: it keeps them all.

    `policy_type` is the policy's; without it the policy counts as whatever it can be by its
    grammar. `file` is where it lives, relative to the root of its repository: by default the file
    that it was loaded from. Where that is not known, or is no path in the repository (an absolute
    one), guardrails for any files count. `timeout` is in seconds, for each question.
    """
    name = policy.file or "" if file is None else file
    placed = PlacedPolicy(name, "", Where(file=name), policy, policy, type=policy_type)
    return held_against(placed, guardrails, timeout=timeout)


def possible_types(placed: PlacedPolicy) -> frozenset[PolicyType]:
    """What a policy is; where its place does not say, all that it can be by its grammar.

    A policy that speaks of actions of sts alone is a trust policy, and no other resource's (R-P26).
    """
    if placed.type is not None:
        return frozenset({placed.type})
    of_kind = NAMING if any(s.principals for s in placed.policy.statements) else NAMELESS
    if not placed.policy.statements:
        return frozenset(PolicyType)
    found = frozenset(each for each in of_kind if _has_grammar_of(placed.policy, each)) or of_kind
    return found - {PolicyType.RESOURCE} if _is_trust_policy(placed.policy) else found


NAMING = frozenset({PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.ENDPOINT, PolicyType.RCP})
NAMELESS = frozenset(PolicyType) - NAMING


def _is_trust_policy(policy: Policy) -> bool:
    return is_trust_policy(policy) and _has_grammar_of(policy, PolicyType.TRUST)


def _has_grammar_of(policy: Policy, type_: PolicyType) -> bool:
    try:
        check_policy(policy, type_)
    except PolicySyntaxError:
        return False
    return True


def _breach(placed: PlacedPolicy, guardrail: Guardrail, timeout: float | None) -> Breach | None:
    """What is not kept, as if it were new; None if it is proved for all values that it is."""
    from iamlogic.questions.review.hinges import (
        certainly_allowed,
        certainly_refused,
        hinges,
    )

    may_name = placed.type is None or placed.type in NAMING

    def ask(policy: Policy) -> Answer:
        if may_name and not policy.statements:  # no statement shows that it is about everybody
            policy = replace(policy, kind=PolicyKind.RESOURCE)
        return _asked(policy, guardrail, timeout)

    for_any = ask(placed.for_any)
    if for_any.verdict is Verdict.HOLDS:
        return None
    if not placed.placeholders:
        return Breach(guardrail, for_any)
    if guardrail.demand is Demand.NEVER:
        certain = certainly_allowed(placed, guardrail.scope, ask)
    else:
        certain = certainly_refused(placed, ask)
    if certain is not None:
        return Breach(guardrail, certain)
    by_names = ask(placed.policy)  # what people understand, if it shows anything
    shown = by_names if by_names.verdict is Verdict.FAILS else for_any
    return Breach(guardrail, shown, hinges(placed, shown))


def _asked(policy: Policy, guardrail: Guardrail, timeout: float | None) -> Answer:
    from iamlogic.questions.permits import always_allows, never_allows  # loads z3

    ask = never_allows if guardrail.demand is Demand.NEVER else always_allows
    return ask(policy, guardrail.scope, timeout=timeout)


def _compared(
    breach: Breach, before: PlacedPolicy | None, timeout: float | None, *, was_for: bool
) -> Breach:
    """The breach, with whether there was one as grave in the policy before."""
    if before is None or not was_for:
        return breach
    earlier = _breach(before, breach.guardrail, timeout)
    is_new = earlier is None or _gravity(breach) > _gravity(earlier)
    return replace(breach, is_new=is_new)


def _gravity(breach: Breach) -> int:
    """Broken for certain is more than possibly so, or not known."""
    return 2 if breach.answer.verdict is Verdict.FAILS and not breach.depends_on else 1
