"""A policy allows nothing more than another, or exactly the same: a proof, or all that differs.

Two policies of templates are compared for all values of what both leave open. A name stands for one
value in both, if both say the same of where that comes from.
"""

from __future__ import annotations

from collections.abc import Iterable

import iamlogic as il
from iamlogic.questions.review.apart import told_apart
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.testing.assertions.scopes import WrittenScope, refuse_names, scope_of
from iamlogic.testing.evidence.comparisons import difference_lines
from iamlogic.testing.evidence.failure import failure
from iamlogic.testing.subjects import Subject, by_names, checked, for_any, title


def assert_no_wider_than(
    policy: Subject,
    baseline: Subject,
    *,
    scope: il.Scope | WrittenScope | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """The policy allows nothing that the baseline does not: a proof, or all that it does.

    It is about what is allowed: to policies that only deny, as SCPs may, put the Allow beside that
    they have in their stack, or take a snapshot, which notices what is denied as well.
    `scope` narrows it down to the requests of one; the rest is as in `iamlogic.compare`.
    """
    __tracebackhide__ = True
    comparison = _compared(baseline, policy, scope, timeout, all_requests=all_requests)
    name, other = title(policy), title(baseline, "the baseline")
    _refuse_unknown(comparison, f"it is not known whether {name} allows more than {other}")
    if comparison.relation in {il.Relation.MORE_PERMISSIVE, il.Relation.INCOMPARABLE}:
        raise failure(
            f"{name} allows more than {other}",
            difference_lines(comparison, policy, only_gained=True),
            comparison.gained[0].witness if comparison.gained else None,
        )


def assert_equivalent(
    policy: Subject,
    other: Subject,
    *,
    scope: il.Scope | WrittenScope | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Both allow exactly the same requests: a proof, or all in which they differ.

    As `assert_no_wider_than` it is about what is allowed.
    """
    __tracebackhide__ = True
    comparison = _compared(other, policy, scope, timeout, all_requests=all_requests)
    assert_equivalence(
        comparison, policy, f"{title(policy)} and {title(other, 'the other')} differ"
    )


def assert_equivalence(
    comparison: il.Comparison, policy: Subject, said: str, further: Iterable[str] = ()
) -> None:
    """What was compared is equivalent, or else `said`; `policy` is the second of the two."""
    __tracebackhide__ = True
    _refuse_unknown(comparison, f"it is not known whether {said}")
    if comparison.relation is not il.Relation.EQUIVALENT:
        found = (*comparison.gained, *comparison.lost)
        raise failure(
            f"{said}: {title(policy)} is {_RELATIONS[comparison.relation]}",
            [*difference_lines(comparison, policy), *further],
            found[0].witness if found else None,
        )


_RELATIONS = {
    il.Relation.MORE_PERMISSIVE: "more permissive",
    il.Relation.LESS_PERMISSIVE: "less permissive",
    il.Relation.INCOMPARABLE: "more permissive in some ways and less in others",
}


def _compared(
    before: Subject,
    after: Subject,
    scope: il.Scope | WrittenScope | None,
    timeout: float | None,
    *,
    all_requests: bool,
) -> il.Comparison:
    """Both compared for all values of what their templates leave open."""
    __tracebackhide__ = True
    old, new = checked(before, "the policy to compare with"), checked(after)
    if isinstance(old, PlacedPolicy) and isinstance(new, PlacedPolicy):
        old = told_apart(old, new)
    asked = None if scope is None else scope_of(scope)
    for each in (old, new):
        refuse_names(asked, each)
    return il.compare(
        _opened(old, beside=new),
        _opened(new, beside=old),
        scope=asked,
        timeout=timeout,
        all_requests=all_requests,
    )


def _opened(subject: Subject, beside: Subject) -> il.Policy | il.PolicySet:
    """What hangs on a placeholder of either side is left open, but for what both have in common."""
    named, other = by_names(subject), by_names(beside)
    if not isinstance(named, il.Policy) or not isinstance(other, il.Policy):
        return for_any(subject)
    placed = [each for each in (subject, beside) if isinstance(each, PlacedPolicy)]
    placeholders = {p.text: p for each in placed for p in each.placeholders}
    return opened(named, tuple(placeholders.values()), beside=[other])


def _refuse_unknown(comparison: il.Comparison, said: str) -> None:
    __tracebackhide__ = True
    if comparison.relation is il.Relation.UNKNOWN:
        raise failure(f"{said}: {comparison.reason}")
