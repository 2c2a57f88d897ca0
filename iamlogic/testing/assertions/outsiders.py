"""Nobody outside is let in, or at least not everybody.

A template says itself of which type its resource is, and the account that it is deployed in is
trusted.
"""

from __future__ import annotations

import iamlogic as il
from iamlogic.catalog.resource_types import resource_type as catalog_type
from iamlogic.questions.external.external_access import misses_type
from iamlogic.questions.external.subject import Subject as External
from iamlogic.questions.review.hinges import hinges_of
from iamlogic.questions.review.outsiders import open_to_outsiders, trusting_deployment
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.testing.evidence.failure import failure, shown
from iamlogic.testing.evidence.outsiders import outsider_lines
from iamlogic.testing.subjects import Subject, checked, title


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
    if answer.verdict is il.Verdict.UNKNOWN:
        raise failure(f"it is not known whether {title(subject)} is public: {answer.reason}")
    if answer.verdict is il.Verdict.HOLDS:
        depends_on: tuple[str, ...] = ()
        if isinstance(subject, PlacedPolicy) and answer.witness is not None:
            depends_on = hinges_of(subject, answer.witness)
        raise shown("may be public" if depends_on else "is public", answer, subject, depends_on)


def _resource_policy(
    subject: Subject, resource_type: str | None
) -> tuple[il.Policy | il.PolicySet, str | None]:
    """What is asked about outsiders, and the type of the resource: what is given, or its place.

    Of a type that no statement speaks of, everything would hold.
    """
    __tracebackhide__ = True
    asked: il.Policy | il.PolicySet
    if isinstance(subject, PlacedPolicy):
        asked, name = open_to_outsiders(subject), resource_type or subject.resource_type
    else:
        asked, name = subject, resource_type
    if name is not None and misses_type(External.of(asked, (), None, catalog_type(name))):
        raise failure(
            f"nothing is asserted of {title(subject)}: no Allow statement is about {name}"
        )
    return asked, name
