"""All requests of a scope are denied, or all are allowed: by proof, or with one that shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from iamlogic.testing.evidence.failure import failure, shown
from iamlogic.testing.subjects import Subject, checked, for_any, title

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
    _assert_answer(
        policy,
        lambda asked: il.never_allows(
            asked,
            scope_of(scope),
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
        ),
        _ALLOWS,
        lambda placed, ask: certainly_allowed(placed, scope_of(scope), ask),
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
    _assert_answer(
        policy,
        lambda asked: il.always_allows(
            asked,
            scope_of(scope),
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
    ask: Callable[[il.Policy | il.PolicySet], il.Answer],
    said: _Said,
    certainly: Callable[[PlacedPolicy, Ask], il.Answer | None],
) -> None:
    """What was asked holds. Of a template, what fails with all values is told before what may."""
    __tracebackhide__ = True
    subject = checked(policy)
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
