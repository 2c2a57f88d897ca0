"""One request is allowed, or is denied.

In a template's policy a request may name what the template leaves open (`arn:aws:s3:::<Bucket>/a`);
what is asserted must be so for all values.
"""

from __future__ import annotations

import iamlogic as il
from iamlogic.questions.review.hinges import certain_outcome, hinges_of
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.testing.evidence.failure import by_request
from iamlogic.testing.subjects import Subject, by_names, checked, title


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
