"""What requests touch of a policy, and what proofs do."""

from __future__ import annotations

from pathlib import Path

import pytest

import iamlogic as il
from iamlogic.testing.coverage.parts import Element, Part, parts_of
from iamlogic.testing.coverage.proofs import (
    EVERYTHING,
    Question,
    outside,
    touched_by_proofs,
)
from iamlogic.testing.coverage.requests import touched_by
from tests.testing.coverage.policies import (
    A_REPORT,
    ALICE,
    ELSEWHERE,
    OFFICE,
    named,
    reads,
    reports,
)

EXAMPLES = Path(__file__).parents[3] / "examples"
MATCHED = {
    "OfficeReads",
    "OfficeReads 111122223333",
    "OfficeReads s3:GetObject",
    "OfficeReads arn:aws:s3:::reports/*",
    "OfficeReads held",
}


def by(request: il.Request, policy: il.Policy | None = None) -> set[str]:
    asked = reports() if policy is None else policy
    return named(asked, touched_by(request, asked))


def about(
    document: dict[str, object], policy: il.Policy | None = None, seconds: float = 60, **more: str
) -> set[str]:
    asked = reports() if policy is None else policy
    question = Question(il.Scope(document), **more)  # type: ignore[arg-type]  # texts alone
    return named(asked, touched_by_proofs(asked, [question], parts_of(asked), seconds).parts)


# Requests


def test_a_request_touches_what_makes_a_statement_match() -> None:
    assert by(reads()) == MATCHED


def test_a_condition_that_does_not_hold_is_all_that_decided() -> None:
    assert by(reads(context=ELSEWHERE)) == {"OfficeReads not held"}


def test_the_absence_of_a_key_is_a_branch_of_its_own() -> None:
    assert by(reads(context={})) == {"OfficeReads key absent"}


def test_a_request_that_two_parts_keep_out_touches_none_of_them() -> None:
    assert by(reads("arn:aws:s3:::press-kit/a", ELSEWHERE)) == set()


def test_a_condition_decides_nothing_for_somebody_else() -> None:
    stranger = "arn:aws:iam::999999999999:user/eve"
    for context in (OFFICE, ELSEWHERE):
        assert by(il.Request(stranger, "s3:GetObject", A_REPORT, context)) == set()


def test_an_exception_is_touched_by_what_it_keeps_out() -> None:
    hidden = "arn:aws:s3:::reports/secret/a"
    assert "SecretStays s3:GetObject" in by(reads(hidden))
    assert "SecretStays" not in by(reads(hidden))
    writes = il.Request(ALICE, "s3:PutObject", hidden, OFFICE)
    assert by(writes) == {"SecretStays", "SecretStays *", f"SecretStays {hidden[:-1]}*"}


def test_an_exception_among_resources_is_touched_by_what_it_keeps_out() -> None:
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "Rest",
                "Effect": "Allow",
                "Action": "s3:*",
                "NotResource": [A_REPORT, "arn:aws:s3:::b/*"],
            },
        }
    )
    assert by(reads(), policy) == {f"Rest {A_REPORT}"}
    assert by(reads("arn:aws:s3:::c/x"), policy) == {"Rest", "Rest s3:*"}


def test_null_has_two_branches() -> None:
    condition = {"Null": {"aws:SourceIp": "true"}}
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "X",
                "Effect": "Allow",
                "Action": "*",
                "Resource": "*",
                "Condition": condition,
            },
        }
    )
    assert {p.element for p in parts_of(policy)} >= {Element.HELD, Element.NOT_HELD}
    assert Element.ABSENT not in {p.element for p in parts_of(policy)}
    assert "X held" in by(reads(context={}), policy)
    assert by(reads(), policy) == {"X not held"}


# Proofs


def test_a_proof_touches_what_some_request_of_its_scope_would() -> None:
    found = about({"Action": "s3:ListBucket", "Principal": {"AWS": "444455556666"}})
    assert {"OfficeReads", "OfficeReads 444455556666", "OfficeReads s3:ListBucket"} <= found
    assert "OfficeReads 111122223333" not in found
    assert "OfficeReads s3:GetObject" not in found
    assert {"OfficeReads held", "OfficeReads not held", "OfficeReads key absent"} <= found


def test_a_proof_with_a_condition_touches_the_branches_that_it_leaves() -> None:
    scope = {"Action": "*", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/28"}}}
    found = about(scope)
    assert "OfficeReads held" in found
    assert not found & {"OfficeReads not held", "OfficeReads key absent"}


def test_a_proof_about_one_requester_touches_what_concerns_them() -> None:
    found = about({"Action": "*"}, principal=ALICE)
    assert "OfficeReads 111122223333" in found
    assert "OfficeReads 444455556666" not in found


def test_a_proof_over_everything_touches_everything() -> None:
    policy = reports()
    found = touched_by_proofs(policy, [Question()], parts_of(policy), 60)
    assert found.parts == frozenset(parts_of(policy))
    assert found.unknown == frozenset()


def test_who_comes_from_outside_is_in_no_account_of_the_zone() -> None:
    policy = reports()
    zone = il.Zone(accounts=["111122223333"], organization="o-exampleorgid")
    found = touched_by_proofs(policy, [Question(outside(zone))], parts_of(policy), 60)
    assert "OfficeReads 444455556666" in named(policy, found.parts)
    assert "OfficeReads 111122223333" not in named(policy, found.parts)


def test_without_time_nothing_is_known() -> None:
    policy = reports()
    found = touched_by_proofs(policy, [Question()], parts_of(policy), -1.0)
    assert found.parts == frozenset()
    assert found.unknown == frozenset(parts_of(policy))


def test_of_a_deny_but_for_somebody_it_is_not_known() -> None:
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": ALICE},
                "Action": "s3:*",
                "Resource": "*",
            },
        }
    )
    found = touched_by_proofs(policy, [Question()], parts_of(policy), 60)
    assert (found.parts, found.unknown) == (frozenset(), frozenset(parts_of(policy)))


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.json")), ids=lambda each: each.stem)
def test_whatever_a_proof_touches_a_request_touches(file: Path) -> None:
    """A witness that does not touch its part raises `InternalError`."""
    try:
        policy = il.load(file)
    except il.IamlogicError:
        return  # not a policy by itself
    found = touched_by_proofs(policy, [Question(EVERYTHING)], parts_of(policy), 60)
    assert not found.unknown
    statements = {Part(n, Element.STATEMENT) for n in range(len(policy.statements))}
    assert statements <= found.parts
