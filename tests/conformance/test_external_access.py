"""Who outside can reach a resource (R-X1 to R-X15): each case, by the public API alone.

`external_access.json` is the project's own list of cases; `documented_external_access.json` has
examples of AWS's documentation of each type of resource, and what their near misses come to by the
rules. What a case lists as `uncertain`, since neither AWS nor the rules decide it, is not asserted;
it must not raise all the same.
"""

from __future__ import annotations

from functools import cache

import pytest

import iamlogic as il
from tests.conformance.cases import Case, read

CASES = {
    case["id"]: case
    for file in ("external_access", "documented_external_access")
    for case in read(file)
}
SETTINGS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}
PROVIDERS = {
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
}


def of_certain(expectation: str, *, listed: bool = False) -> pytest.MarkDecorator:
    """Over the cases that say this for certain; with `listed`, over those that say it at all."""
    asserted = [
        pytest.param(case, id=id_)
        for id_, case in CASES.items()
        if expectation not in case.get("uncertain", ()) and (expectation in case or not listed)
    ]
    return pytest.mark.parametrize("case", asserted)


@pytest.mark.parametrize("case", [pytest.param(case, id=id_) for id_, case in CASES.items()])
def test_an_answer_is_given(case: Case) -> None:
    findings = access(case)
    assert {finding.kind for finding in findings.found} <= {il.FindingKind.EXTERNAL_ACCESS}
    assert all(
        finding.kind is il.FindingKind.CONFUSED_DEPUTY for finding in findings.confused_deputies
    )
    assert publicity(case).reason


@of_certain("expected_external")
def test_whether_anybody_outside_is_let_in(case: Case) -> None:
    assert bool(access(case)) is case["expected_external"], told(case)


@of_certain("external_principals")
def test_who_outside_is_let_in(case: Case) -> None:
    if "expected_external" in case.get("uncertain", ()) and not access(case).found:
        return
    assert {f.principal for f in access(case)} == set(case["external_principals"]), told(case)


@of_certain("expected_public")
def test_whether_a_finding_is_public(case: Case) -> None:
    assert any(f.is_public for f in access(case).found) is case["expected_public"], told(case)


@of_certain("expected_public")
def test_whether_the_policy_is_public(case: Case) -> None:
    answer = publicity(case)
    expected = case.get("policy_is_public", case["expected_public"])
    assert answer.verdict is (il.Verdict.HOLDS if expected else il.Verdict.FAILS), answer.reason
    assert (answer.witness is not None) is expected
    assert answer.witness is None or is_allowed({**case, "rcps": []}, answer.witness)


@of_certain("witness")
def test_each_witness_is_allowed_and_comes_from_outside(case: Case) -> None:
    for finding in access(case).found:
        assert is_allowed(case, finding.witness), told(case)
        assert is_outside(finding.witness, case["zone"]), told(case)


@of_certain("confused_deputy", listed=True)
def test_which_services_act_for_others(case: Case) -> None:
    """`*` in the list stands for services that no name bounds: one of them at least is found."""
    deputies = {finding.principal for finding in access(case).confused_deputies}
    if "*" in case["confused_deputy"]:
        assert deputies
    else:
        assert deputies == set(case["confused_deputy"])


@of_certain("confused_deputy", listed=True)
def test_each_service_that_acts_for_others_is_allowed_to(case: Case) -> None:
    for finding in access(case).confused_deputies:
        assert is_allowed(case, finding.witness), told(case)
        assert acts_for_others(finding.witness, case["zone"]), told(case)


@of_certain("findings", listed=True)
def test_as_many_findings_as_grants(case: Case) -> None:
    assert len(access(case)) == case["findings"], told(case)


@of_certain("minimum_findings", listed=True)
def test_no_fewer_findings_than_grants(case: Case) -> None:
    assert len(access(case)) >= case["minimum_findings"], told(case)


def access(case: Case) -> il.ExternalAccess:
    return _access(case["id"])


def publicity(case: Case) -> il.Answer:
    """Of the policy by itself, without RCPs and settings above it."""
    return _publicity(case["id"])


@cache
def _publicity(id_: str) -> il.Answer:
    case = CASES[id_]
    return il.is_public(il.parse(case["policy"]), resource_type=case["resource_type"])


@cache
def _access(id_: str) -> il.ExternalAccess:
    case = CASES[id_]
    settings = {SETTINGS[name]: on for name, on in case.get("block_public_access", {}).items()}
    policy = il.parse(case["policy"])
    return il.external_access(
        il.PolicySet(resource=policy, rcps=rcps(case)) if rcps(case) else policy,
        zone=il.Zone(**case["zone"]),
        resource_type=case["resource_type"],
        block_public_access=il.BlockPublicAccess(**settings) if settings else None,
    )


def rcps(case: Case) -> tuple[tuple[il.Policy, ...], ...]:
    return tuple(tuple(map(il.parse, level)) for level in case.get("rcps", ()))


def is_allowed(case: Case, request: il.Request | None) -> bool:
    """By the policy alone, outsiders' own policies being taken to allow all; no RCP denies it."""
    assert request is not None
    denied = [
        il.evaluate(rcp, request).outcome is il.Outcome.EXPLICITLY_DENIED
        for level in rcps(case)
        for rcp in level
    ]
    allowed = il.evaluate(il.parse(case["policy"]), request).outcome is il.Outcome.ALLOWED
    return allowed and not any(denied)


def told(case: Case) -> str:
    """What came out, for the reader of a failure."""
    findings = access(case)
    lines = [
        f"{f.principal} ({f.principal_kind.value}{', public' if f.is_public else ''}): "
        f"{', '.join(map(str, f.conditions)) or 'no condition'}; {f.witness}"
        for f in (*findings.found, *findings.confused_deputies)
    ]
    return "\n".join([case["why"], findings.reason or "complete", *lines])


def is_service(request: il.Request) -> bool:
    """R-K1, read from the requester's text."""
    who = request.principal
    return not who.startswith("arn:") and who != "anonymous" and who not in PROVIDERS


def is_outside(request: il.Request | None, zone: Case) -> bool:
    """R-X1 and R-X2, judged from the request alone."""
    assert request is not None
    who = request.principal
    if not who.startswith("arn:") or "-provider/" in who:
        return not is_service(request)
    return who.split(":")[4] not in zone["accounts"] and not is_member(
        zone, request.values("aws:PrincipalOrgID"), request.values("aws:PrincipalOrgPaths")
    )


def acts_for_others(request: il.Request | None, zone: Case) -> bool:
    """R-X3, judged from the request alone."""
    assert request is not None
    sources = request.values("aws:SourceAccount") or request.values("aws:SourceOwner")
    in_arn = [arn.split(":")[4] for arn in request.values("aws:SourceArn") if arn.count(":") > 4]
    return (
        is_service(request)
        and not any(account in zone["accounts"] for account in (*sources, *in_arn))
        and not is_member(
            zone, request.values("aws:SourceOrgID"), request.values("aws:SourceOrgPaths")
        )
    )


def is_member(zone: Case, organization: tuple[str, ...], paths: tuple[str, ...]) -> bool:
    """Whether one of them is of the zone's organization, or below one of its paths."""
    return zone["organization"] in organization or any(
        path.startswith((f"{zone['organization']}/", *zone.get("org_paths", ()))) for path in paths
    )
