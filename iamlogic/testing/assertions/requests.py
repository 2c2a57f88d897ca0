"""One request is allowed, or is denied.

In a template's policy a request may name what the template leaves open (`arn:aws:s3:::<Bucket>/a`);
what is asserted must be so for all values.
"""

from __future__ import annotations

from dataclasses import replace

import iamlogic as il
from iamlogic.questions.review.hinges import certain_outcome, hinges_of
from iamlogic.questions.review.placed import UNKNOWN_ARN, PlacedPolicy, Placeholder
from iamlogic.semantics.world import has_action_form, has_resource_form
from iamlogic.testing.evidence.failure import by_request
from iamlogic.testing.subjects import Subject, by_names, checked, names_in, title


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


def _assert_outcome(policy: Subject, request: il.Request, *, allowed: bool) -> None:
    __tracebackhide__ = True
    subject = checked(policy)
    _check_type(request)
    if isinstance(subject, PlacedPolicy):
        request = _by_names(request)
        subject = _with_names_of(subject, request)
    _check_forms(request)
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


def _by_names(request: il.Request) -> il.Request:
    """A resource of which the template leaves all open, `<Bucket.Arn>/a`, as its policy has it."""
    if not request.resource.startswith("<"):
        return request
    return replace(request, resource=f"{UNKNOWN_ARN}{request.resource}")


def _check_type(request: object) -> None:
    __tracebackhide__ = True
    if not isinstance(request, il.Request):
        hint = "write iamlogic.Request(principal, action, resource)"
        raise TypeError(f"request is a {type(request).__name__}: {hint}")


def _check_forms(request: il.Request) -> None:
    """Raise for what nobody can ask: every policy would deny it for that alone."""
    __tracebackhide__ = True
    if not has_action_form(request.action) or set(request.action) & set("*? "):
        hint = "expected SERVICE:NAME such as s3:GetObject"
        raise il.RequestError(f"{request.action!r} is no action of a request: {hint}")
    if not has_resource_form(request.resource):
        hint = 'expected an ARN, or "*" for an action that has no resource'
        raise il.RequestError(f"{request.resource!r} is no resource of a request: {hint}")


def _with_names_of(placed: PlacedPolicy, request: il.Request) -> PlacedPolicy:
    """The policy with the request's own names left open, too.

    A misspelt `<Buckt>`, or the name of what only other policies of the template use, is any value:
    taken for a text of its own, it would match nothing, and be denied for sure.
    """
    values = (text for key in request.context for text in (key, *request.values(key)))
    texts = [request.principal, request.action, request.resource, *values]
    known = {each.text for each in placed.placeholders}
    found = [each for each in names_in(texts) if each not in known]
    further = (Placeholder(each[1:-1], each, "a name that is not in this policy") for each in found)
    return replace(placed, placeholders=(*placed.placeholders, *further))
