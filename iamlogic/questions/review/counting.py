"""Which notices make a review fail: by the topics that a team has chosen.

Whoever lets in everybody lets in those outside, so public access counts where external access does.
A policy that cannot be read always counts, and so does one of which nothing at all is known. What
is unknown counts where its topic does, or where `unknown` is one of the topics; so does what hangs
on values that a template leaves open, but for mere notes: that something is gained for some values
is no reason to stop where a gain is none. A guardrail counts if a team calls it an error; a warning
is told, and passes.
"""

from __future__ import annotations

from collections.abc import Collection

from iamlogic.questions.review.notices import Notice, Severity, Topic

DEFAULT_FAIL_ON = frozenset({Topic.EXTERNAL, Topic.PUBLIC, Topic.GUARDRAIL, Topic.UNKNOWN})
"""Not what is merely gained: most changes grant something, and are meant to."""


def fail_on_by_default(*, is_trusted_known: bool) -> frozenset[Topic]:
    """What counts if nobody chooses: not who is outside, where nobody says who is trusted."""
    return DEFAULT_FAIL_ON if is_trusted_known else DEFAULT_FAIL_ON - {Topic.EXTERNAL}


def is_certain(notice: Notice) -> bool:
    """Whether it is so, whatever a template leaves open."""
    return notice.topic is not Topic.UNKNOWN and not notice.depends_on


def counts(notice: Notice, fail_on: Collection[Topic]) -> bool:
    """Whether a review with this notice does not pass."""
    if notice.topic is Topic.UNREADABLE:
        return True
    about = notice.about if notice.topic is Topic.UNKNOWN else notice.topic
    if about is None:  # nothing is known of the policy: it may be so of every topic
        return bool(fail_on)
    if about is Topic.GUARDRAIL and notice.severity is not Severity.ERROR:
        return False
    if about in fail_on or (about is Topic.PUBLIC and Topic.EXTERNAL in fail_on):
        return True
    if is_certain(notice) or Topic.UNKNOWN not in fail_on:
        return False
    return notice.topic is Topic.UNKNOWN or notice.severity is not Severity.NOTE
