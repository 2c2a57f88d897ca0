"""What a proof touches of a policy: what some request that it is about would touch.

That is itself a question to the solver. For a part, a small policy is made that allows exactly the
requests which touch it, and asked is whether it allows one of the proof's scope. The witness is a
request, of which is confirmed that it touches the part; it touches others as well, of which nothing
needs to be asked any more.

A Deny with NotPrincipal means something else as an Allow (R-M11, R-M13), so that no such policy can
be made of it: of its parts it is not found out what proofs touch, but for the witnesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from iamlogic.errors import IamlogicError, InternalError
from iamlogic.questions.answer import Verdict
from iamlogic.questions.external.zone import Zone
from iamlogic.questions.permits import can
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.syntax.operators import OPERATORS, Family
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    PolicyKind,
    Principals,
    Resources,
    Statement,
    Text,
)
from iamlogic.syntax.scope import Scope
from iamlogic.testing.coverage.parts import Element, Part
from iamlogic.testing.coverage.requests import touched_by

_LEAST = 0.001
"""Seconds that a question gets at the least: that it has none left is asked before."""

EVERYTHING = Scope({"Action": "*"})
"""All requests: what a comparison is about that has no scope."""


@dataclass(frozen=True, slots=True)
class Question:
    """The requests that a proof is about, as the questions of iamlogic take them."""

    scope: Scope = EVERYTHING
    principal: str | None = None
    resource_account: str | None = None
    all_requests: bool = False


def outside(zone: Zone) -> Scope:
    """The requests from outside of a zone of trust, services and anonymous ones among them."""
    document: dict[str, object] = {"Action": "*"}
    if zone.accounts:
        document["NotPrincipal"] = {"AWS": sorted(zone.accounts)}
    conditions: dict[str, object] = {}
    if zone.organization is not None:
        conditions["StringNotEquals"] = {"aws:PrincipalOrgID": zone.organization}
    if zone.org_paths:
        paths = [f"{path}*" for path in sorted(zone.org_paths)]
        conditions["ForAllValues:StringNotLike"] = {"aws:PrincipalOrgPaths": paths}
    if conditions:
        document["Condition"] = conditions
    return Scope(document)


@dataclass(frozen=True, slots=True)
class Touched:
    """What was found out: the parts that proofs touch, and those of which it is not known."""

    parts: frozenset[Part]
    unknown: frozenset[Part]


def touched_by_proofs(
    policy: Policy, questions: Iterable[Question], wanted: Iterable[Part], seconds: float
) -> Touched:
    """Which of the wanted parts the proofs touch, as far as it can be found out in that time."""
    left, found, unknown = set(wanted), set[Part](), set[Part]()
    deadline = Deadline.after(seconds)
    for question in questions:
        unmatched: set[int] = set()
        for part in sorted(left, key=_order):
            if part not in left:
                continue  # a witness touched it meanwhile
            if part.statement in unmatched and _implies_match(policy, part):
                continue
            touched = _ask(policy, question, part, deadline)
            if touched is None:
                unknown.add(part)
            elif not touched and part.element is Element.STATEMENT:
                unmatched.add(part.statement)
            found |= touched or set()
            left -= found
    return Touched(frozenset(found), frozenset(unknown - found))


_ORDER = (
    Element.STATEMENT,
    # Their witnesses touch most of the rest.
    Element.HELD,
    Element.NOT_HELD,
    Element.ABSENT,
    Element.PRINCIPAL,
    Element.ACTION,
    Element.RESOURCE,
)


def _order(part: Part) -> tuple[int, int, int]:
    return part.statement, _ORDER.index(part.element), part.index


def _implies_match(policy: Policy, part: Part) -> bool:
    """Whether the statement matches every request that touches the part."""
    statement = policy.statements[part.statement]
    match part.element:
        case Element.STATEMENT | Element.HELD:
            return True
        case Element.ACTION:
            return not statement.actions.negated
        case Element.RESOURCE:
            return statement.resources is not None and not statement.resources.negated
        case Element.PRINCIPAL:
            return statement.principals is not None and not statement.principals.negated
        case _:
            return False


def _ask(policy: Policy, question: Question, part: Part, deadline: Deadline) -> set[Part] | None:
    """What a request of the question touches that touches the part: nothing if there is none."""
    probe = _probe(policy, part)
    if probe is None:
        return None
    try:
        deadline.check()
        answer = can(
            probe,
            question.scope,
            principal=question.principal,
            resource_account=question.resource_account,
            timeout=max(deadline.remaining(), _LEAST),
            all_requests=question.all_requests,
        )
    except InternalError:
        raise
    except (Undecided, IamlogicError):  # what a lone policy cannot be asked
        return None
    if answer.verdict is Verdict.UNKNOWN:
        return None
    if answer.witness is None:
        return set()
    touched = set(touched_by(answer.witness, policy))
    if part not in touched:
        raise InternalError(f"the witness {answer.witness} does not touch {part} of {policy}")
    return touched


def _probe(policy: Policy, part: Part) -> Policy | None:
    """A policy that allows the requests which touch the part, and no others."""
    statement = policy.statements[part.statement]
    principals = statement.principals
    if principals is not None and principals.negated and statement.effect is Effect.DENY:
        return None
    allow = replace(statement, effect=Effect.ALLOW)
    further: tuple[Statement, ...] = ()
    match part.element:
        case Element.STATEMENT:
            pass
        case Element.ACTION:
            allow = replace(allow, actions=Actions((statement.actions.patterns[part.index],)))
        case Element.RESOURCE:
            assert statement.resources is not None
            pattern = statement.resources.patterns[part.index]
            allow = replace(allow, resources=Resources((pattern,)))
        case Element.PRINCIPAL:
            assert principals is not None
            allow = replace(allow, principals=Principals((principals.entries[part.index],)))
        case Element.HELD | Element.NOT_HELD | Element.ABSENT:
            condition = statement.conditions[part.index]
            others = tuple(c for i, c in enumerate(statement.conditions) if i != part.index)
            allow = replace(allow, conditions=(*others, *_demanded(condition, part.element)))
            if part.element is Element.NOT_HELD:
                further = (_refusal(condition, policy.kind),)
    return Policy((allow, *further), policy.version, kind=policy.kind)


def _demanded(condition: Condition, branch: Element) -> Iterator[Condition]:
    """What has to hold of the key, and of the condition itself unless it is not to hold."""
    if condition.operator.base.family is not Family.NULL:
        is_absent = "true" if branch is Element.ABSENT else "false"
        yield Condition(OPERATORS["null"], condition.key, (Text(is_absent),))
    if branch is Element.HELD:
        yield condition


def _refusal(condition: Condition, kind: PolicyKind) -> Statement:
    """A Deny of all for which the condition holds."""
    everybody = _EVERYBODY if kind is PolicyKind.RESOURCE else None
    anything = (Text("*"),)
    return Statement(Effect.DENY, Actions(anything), Resources(anything), everybody, (condition,))


_EVERYBODY = Scope({"Principal": "*", "Action": "*"}).statement.principals
