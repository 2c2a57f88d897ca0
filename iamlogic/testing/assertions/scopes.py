"""All requests of a scope are denied, or all are allowed: by proof, or with one that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import iamlogic as il
from iamlogic.questions.permits import EMPTY_SCOPE
from iamlogic.questions.review.hinges import (
    Ask,
    certainly_allowed,
    certainly_refused,
    hinges,
)
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.syntax.policy import Statement
from iamlogic.testing.evidence.failure import failure, shown
from iamlogic.testing.subjects import Subject, checked, for_any, names_in, title

WrittenScope = Mapping[str, object]
"""A scope as it is written: a statement without Effect."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What is wrong, where that is certain; and where it hangs on what a template leaves open."""

    surely: str
    possibly: str


_ALLOWS = _Said("allows what it must never allow", "may allow what it must never allow")
_REFUSES = _Said("refuses what it must always allow", "may refuse what it must always allow")


def assert_never_allows(
    policy: Subject,
    scope: il.Scope | WrittenScope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """No request of the scope is allowed: a proof, or the request that is.

    The arguments are those of `iamlogic.never_allows`; a scope may be given as it is written. One
    that holds no request asserts nothing, and fails.
    """
    __tracebackhide__ = True
    about = scope_of(scope)
    _assert_answer(
        policy,
        about,
        lambda asked: il.never_allows(
            asked,
            about,
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
        ),
        _ALLOWS,
        lambda placed, ask: certainly_allowed(placed, about, ask),
    )


def assert_always_allows(
    policy: Subject,
    scope: il.Scope | WrittenScope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Every request of the scope is allowed: a proof, or the request that is not.

    The arguments are those of `iamlogic.always_allows`; a scope may be given as it is written. One
    that holds no request asserts nothing, and fails.
    """
    __tracebackhide__ = True
    about = scope_of(scope)
    _assert_answer(
        policy,
        about,
        lambda asked: il.always_allows(
            asked,
            about,
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
        ),
        _REFUSES,
        certainly_refused,
    )


def _assert_answer(
    policy: Subject,
    scope: il.Scope,
    ask: Callable[[il.Policy | il.PolicySet], il.Answer],
    said: _Said,
    certainly: Callable[[PlacedPolicy, Ask], il.Answer | None],
) -> None:
    """What was asked holds. Of a template, what fails with all values is told before what may."""
    __tracebackhide__ = True
    subject = checked(policy)
    refuse_names(scope, subject)
    answer = ask(for_any(subject))
    if answer.verdict is il.Verdict.UNKNOWN:
        raise failure(f"it is not known whether {title(subject)} {said.surely}: {answer.reason}")
    if answer.reason == EMPTY_SCOPE:
        raise failure(f"nothing is asserted of {title(subject)}: {EMPTY_SCOPE}")
    if answer.verdict is il.Verdict.HOLDS:
        return
    if isinstance(subject, PlacedPolicy) and subject.placeholders:
        certain = certainly(subject, ask)
        if certain is None:
            raise shown(said.possibly, answer, subject, hinges(subject, answer))
        answer = certain
    raise shown(said.surely, answer, subject)


def scope_of(given: il.Scope | WrittenScope) -> il.Scope:
    """A scope, whether it is one or is written."""
    return given if isinstance(given, il.Scope) else il.Scope(given)


def refuse_names(scope: il.Scope | None, subject: Subject) -> None:
    """Raise if a scope names what a template leaves open (`arn:aws:s3:::<Bucket>/*`).

    A name is any value, also the one that another statement has; taken for a text of its own, the
    scope would hold none of the requests that are meant.
    """
    __tracebackhide__ = True
    if scope is None or not isinstance(subject, PlacedPolicy):
        return
    named = names_in(_texts(scope.statement))
    if named:
        raise failure(
            f"nothing is asserted of {title(subject)}: the scope names {', '.join(named)}, which "
            "can have any value; write * in that place"
        )


def _texts(statement: Statement) -> Iterator[str]:
    parts = [statement.actions.patterns]
    parts += [each.values for each in statement.conditions]
    if statement.resources is not None:
        parts.append(statement.resources.patterns)
    yield from (text.text for part in parts for text in part)
    yield from (each.key for each in statement.conditions)
    if statement.principals is not None:
        yield from (entry.text for entry in statement.principals.entries)
