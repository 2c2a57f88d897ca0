"""Assertions with evidence: what a policy must and must not allow.

    assert_never_allows(stack, Scope({"Action": "iam:PassRole", "Resource": "*"}))

One that fails raises `PolicyAssertionError`: in its first line what is wrong, and below that what a
reviewer wants to see, the shortest request, the statements that decided with their source, what
came close to deciding otherwise. An answer that is unknown fails, too, and says why: nobody may
take it for a pass. Nothing else of pytest is needed; they work in any test.

The questions are asked through the public names of `iamlogic`, which is where the coverage of
policies listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import iamlogic as il
from iamlogic.questions.review.hinges import certain_outcome, hinges_of
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.outsiders import open_to_outsiders, trusting_deployment
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.reports.wording import home_of
from iamlogic.testing.evidence.comparisons import difference_lines
from iamlogic.testing.evidence.failure import PolicyAssertionError, by_request, failure
from iamlogic.testing.evidence.outsiders import outsider_lines
from iamlogic.testing.subjects import Subject, by_names, checked, for_any, title

Statement = Mapping[str, object]
"""A scope as it is written: a statement without Effect."""


def assert_allows(policy: Subject, request: il.Request) -> None:
    """The policy, or the stack, allows the request.

    In a template's policy a request may name what the template leaves open
    (`arn:aws:s3:::<Bucket>/a`). It has to be allowed for all values.
    """
    __tracebackhide__ = True
    _assert_outcome(policy, request, allowed=True)


def assert_denies(policy: Subject, request: il.Request) -> None:
    """The policy, or the stack, denies the request: explicitly, or by silence."""
    __tracebackhide__ = True
    _assert_outcome(policy, request, allowed=False)


def assert_never_allows(
    policy: Subject,
    scope: il.Scope | Statement,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """No request of the scope is allowed: a proof, or the request that is.

    The arguments are those of `iamlogic.never_allows`; a scope may be given as it is written.
    """
    __tracebackhide__ = True
    _assert_answer(
        policy,
        lambda asked: il.never_allows(
            asked,
            _scope(scope),
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
        ),
        "allows what it must never allow",
    )


def assert_always_allows(
    policy: Subject,
    scope: il.Scope | Statement,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Every request of the scope is allowed: a proof, or the request that is not.

    The arguments are those of `iamlogic.always_allows`; a scope may be given as it is written.
    """
    __tracebackhide__ = True
    _assert_answer(
        policy,
        lambda asked: il.always_allows(
            asked,
            _scope(scope),
            principal=principal,
            resource_account=resource_account,
            timeout=timeout,
            all_requests=all_requests,
        ),
        "does not allow what it must always allow",
    )


def assert_no_wider_than(
    policy: Subject,
    baseline: Subject,
    *,
    scope: il.Scope | Statement | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """The policy allows nothing that the baseline does not: a proof, or all that it does.

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
    scope: il.Scope | Statement | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Both allow exactly the same requests: a proof, or all in which they differ."""
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


def assert_no_external_access(
    policy: Subject,
    zone: il.Zone,
    *,
    resource_type: str | None = None,
    block_public_access: il.BlockPublicAccess | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Nobody outside of the zone of trust is let in, nor a service that may act for anybody.

    A template says itself which type its resource has, and the account that it is deployed in is
    trusted. The rest is as in `iamlogic.external_access`.
    """
    __tracebackhide__ = True
    subject = checked(policy)
    asked, type_ = _resource_policy(subject, resource_type)
    if isinstance(subject, PlacedPolicy):
        zone = trusting_deployment(zone, [subject])
    found = il.external_access(
        asked,
        zone,
        resource_type=type_,
        block_public_access=block_public_access,
        timeout=timeout,
        all_requests=all_requests,
    )
    name = title(subject)
    if found.reason is not None:
        raise failure(f"it is not known whom {name} lets in from outside: {found.reason}")
    grants = (*found.found, *found.confused_deputies)
    if grants:
        raise failure(
            f"{name} lets in somebody from outside the zone of trust",
            ["", *outsider_lines(grants, zone, subject)],
            next((each.witness for each in grants if each.witness is not None), None),
        )


def assert_not_public(
    policy: Subject,
    *,
    resource_type: str | None = None,
    block_public_access: il.BlockPublicAccess | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> None:
    """Not everybody is let in. The arguments are those of `iamlogic.is_public`."""
    __tracebackhide__ = True
    subject = checked(policy)
    asked, type_ = _resource_policy(subject, resource_type)
    answer = il.is_public(
        asked,
        resource_type=type_,
        block_public_access=block_public_access,
        timeout=timeout,
        all_requests=all_requests,
    )
    name = title(subject)
    if answer.verdict is il.Verdict.UNKNOWN:
        raise failure(f"it is not known whether {name} is public: {answer.reason}")
    if answer.verdict is il.Verdict.HOLDS:
        raise _shown(f"{name} is public: {answer.reason}", answer, asked, subject)


def _assert_outcome(policy: Subject, request: il.Request, *, allowed: bool) -> None:
    __tracebackhide__ = True
    subject = checked(policy)
    decision = il.evaluate(by_names(subject), request)
    is_allowed: bool | None = decision.outcome is il.Outcome.ALLOWED
    if isinstance(subject, PlacedPolicy) and subject.placeholders:
        is_allowed = certain_outcome(subject, request)
    if is_allowed is allowed:
        return
    wanted = "allow" if allowed else "deny"
    if is_allowed is None:
        assert isinstance(subject, PlacedPolicy)
        said = f"{title(subject)} may or may not {wanted} a request that it must {wanted}"
        raise by_request(said, decision, subject, hinges_of(subject, request))
    raise by_request(
        f"{title(subject)} does not {wanted} a request that it must {wanted}", decision, subject
    )


def _assert_answer(
    policy: Subject, ask: Callable[[il.Policy | il.PolicySet], il.Answer], said: str
) -> None:
    __tracebackhide__ = True
    subject = checked(policy)
    asked = for_any(subject)
    answer = ask(asked)
    if answer.verdict is il.Verdict.UNKNOWN:
        raise failure(f"it is not known whether {title(subject)} {said}: {answer.reason}")
    if answer.verdict is il.Verdict.FAILS:
        raise _shown(f"{title(subject)} {said}", answer, asked, subject)


def _shown(
    said: str, answer: il.Answer, asked: il.Policy | il.PolicySet, subject: Subject
) -> PolicyAssertionError:
    """The error with the answer's witness, and what of the template it hangs on."""
    if answer.witness is None:
        named = [f"  {home_of(each, asked)}" for each in answer.statements]
        return failure(f"{said}: {answer.reason}", named)
    depends_on: tuple[str, ...] = ()
    if isinstance(subject, PlacedPolicy) and subject.placeholders:
        depends_on = hinges_of(subject, answer.witness)
    decision = answer.decision or il.evaluate(asked, answer.witness)
    return by_request(said, decision, subject, depends_on)


def _compared(
    before: Subject,
    after: Subject,
    scope: il.Scope | Statement | None,
    timeout: float | None,
    *,
    all_requests: bool,
) -> il.Comparison:
    """Both compared for all values of what their templates leave open."""
    old, new = checked(before, "the policy to compare with"), checked(after)
    return il.compare(
        _opened(old, beside=new),
        _opened(new, beside=old),
        scope=None if scope is None else _scope(scope),
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


def _resource_policy(
    subject: Subject, resource_type: str | None
) -> tuple[il.Policy | il.PolicySet, str | None]:
    """What is asked about outsiders, and the type of the resource: what is given, or its place."""
    if not isinstance(subject, PlacedPolicy):
        return subject, resource_type
    return open_to_outsiders(subject), resource_type or subject.resource_type


def _scope(given: il.Scope | Statement) -> il.Scope:
    return given if isinstance(given, il.Scope) else il.Scope(given)
