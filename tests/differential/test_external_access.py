"""External access against single requests: every one from outside that is allowed is in a finding.

The findings come from the symbolic meaning, the requests are judged by the evaluator alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics import can_send, evaluate, with_usual_context
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.world import can_exist
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import PolicyKind
from iamlogic.testing.strategies.policies import policies
from tests.depth import examples
from tests.strategies.edge_requests import requests
from tests.strategies.external import EXTERNAL, is_trusted, zones

NOT_ASKED = (RequesterKind.SERVICE, RequesterKind.PROVIDER)  # no outsiders; callers of sts alone


@pytest.mark.slow
@settings(examples(300), suppress_health_check=list(HealthCheck))
@given(data=st.data(), zone=zones(), all_requests=st.booleans())
def test_an_allowed_request_from_outside_is_in_some_finding(
    data: st.DataObject, zone: il.Zone, *, all_requests: bool
) -> None:
    policy = data.draw(policies(EXTERNAL, kind=PolicyKind.RESOURCE))
    findings = il.external_access(policy, zone, all_requests=all_requests)
    assert findings.complete or "by whom no request is written" in str(findings.reason)
    if not findings.complete:
        return
    drawn = data.draw(st.lists(requests(policy, vocabulary=EXTERNAL), max_size=10))
    shown = [finding.witness for finding in findings if finding.witness is not None]
    near = [changed for each in (*drawn, *shown) for changed in _neighbours(each)]
    held = 0
    for each in near:
        request = each if all_requests else with_usual_context(each, ())
        if not _is_asked(request, policy, all_requests=all_requests):
            continue
        allowed = evaluate(policy, request).outcome is il.Outcome.ALLOWED
        if allowed and not is_trusted(zone, request):
            held += 1
            assert any(finding.covers(request) for finding in findings), request.to_json()
    event("some request from outside is allowed" if held else "none is")


def _neighbours(request: Request) -> Iterator[Request]:
    """The request, and it with another requester, action or resource, or without one key."""
    yield request
    for principal, role in EXTERNAL.requesters:
        context = {k: v for k, v in request.context.items() if fold(k) != "aws:principalarn"}
        with suppress(il.RequestError):  # the context is another requester's
            arn = {} if role is None else {"aws:PrincipalArn": role}
            yield replace(request, principal=principal, context={**context, **arn})
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
        yield replace(request, action=action)
    for resource in ("arn:aws:s3:::a/b", "arn:aws:s3:::a", "arn:aws:s3:::b"):
        yield replace(request, resource=resource)
    for key in request.context:
        with suppress(il.RequestError):
            context = {k: v for k, v in request.context.items() if k != key}
            yield replace(request, context=context)


def _is_asked(request: Request, policy: il.Policy, *, all_requests: bool) -> bool:
    if request.requester.kind in NOT_ASKED:
        return False
    keys = multivalued_keys([policy])
    return can_exist(request, keys) if all_requests else can_send(request, keys)


@settings(examples(150), suppress_health_check=list(HealthCheck))
@given(policy=policies(EXTERNAL, kind=PolicyKind.RESOURCE), zone=zones())
def test_each_finding_holds_a_request_from_outside_that_is_allowed(
    policy: il.Policy, zone: il.Zone
) -> None:
    findings = il.external_access(policy, zone)
    if not findings.complete:
        return
    for finding in findings:
        if finding.witness is None:
            assert finding.principal_kind is il.OutsiderKind.CANONICAL_USER
            continue
        assert evaluate(policy, finding.witness).outcome is il.Outcome.ALLOWED
        assert not is_trusted(zone, finding.witness)
        assert finding.witness.requester.kind is not RequesterKind.SERVICE
        assert finding.covers(finding.witness)
        assert finding.statement in policy.statements
    for finding in findings.confused_deputies:
        assert finding.witness is not None
        assert finding.witness.requester.kind is RequesterKind.SERVICE
        assert finding.witness.principal not in zone.services


@settings(examples(100), suppress_health_check=list(HealthCheck))
@given(policy=policies(EXTERNAL, kind=PolicyKind.RESOURCE), zone=zones())
def test_no_finding_is_held_by_the_others(policy: il.Policy, zone: il.Zone) -> None:
    """Few: what one finding holds, no other holds whole; so ids differ, too."""
    findings = il.external_access(policy, zone)
    if findings.complete:
        assert len({each.id for each in findings}) == len(findings)
