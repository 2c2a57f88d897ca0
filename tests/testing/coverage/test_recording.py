"""What is asked of `iamlogic` is recorded, by whichever of its questions."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import iamlogic as il
from iamlogic.testing.coverage.listening import listening
from iamlogic.testing.coverage.parts import parts_of
from iamlogic.testing.coverage.proofs import EVERYTHING, Question, outside
from iamlogic.testing.coverage.recording import MOST_WITHOUT_FILE, Record
from iamlogic.testing.coverage.tally import per_cent, tally
from tests.testing.coverage.policies import ELSEWHERE, named, reads, reports

SCOPE = il.Scope({"Action": "s3:GetObject", "Resource": "*"})
ZONE = il.Zone(accounts=["111122223333"])
GUARDRAIL = il.Guardrail("g", il.Demand.NEVER, SCOPE, "no")
ACCOUNT = il.Account("111122223333", resource_policies={"arn:aws:s3:::reports": reports()})

QUESTIONS: dict[str, tuple[Callable[[il.Policy], object], Question]] = {
    "never_allows": (lambda p: il.never_allows(p, SCOPE), Question(SCOPE)),
    "always_allows": (lambda p: il.always_allows(p, SCOPE), Question(SCOPE)),
    "can": (
        lambda p: il.can(p, SCOPE, resource_account="111122223333"),
        Question(SCOPE, resource_account="111122223333"),
    ),
    "compare": (lambda p: il.compare(p, p), Question(EVERYTHING)),
    "compare in a scope": (lambda p: il.compare(p, p, scope=SCOPE), Question(SCOPE)),
    "check_no_new_access": (lambda p: il.check_no_new_access(p, p), Question(EVERYTHING)),
    "check_access_not_granted": (
        lambda p: il.check_access_not_granted(p, actions="s3:GetObject", resources=["*"]),
        Question(il.Scope({"Action": "s3:GetObject", "Resource": "*"})),
    ),
    "is_public": (lambda p: il.is_public(p, timeout=60), Question(outside(il.Zone()))),
    "check_no_public_access": (
        lambda p: il.check_no_public_access(p, resource_type="AWS::S3::Bucket"),
        Question(outside(il.Zone())),
    ),
    "external_access": (lambda p: il.external_access(p, ZONE), Question(outside(ZONE))),
    "preview_external_access": (
        lambda p: il.preview_external_access(p, p, ZONE),
        Question(outside(ZONE)),
    ),
    "check_guardrails": (lambda p: il.check_guardrails(p, [GUARDRAIL]), Question(SCOPE)),
    "who_can": (lambda _: il.who_can(ACCOUNT, SCOPE), Question(SCOPE)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_recorded_as_a_proof(name: str) -> None:
    ask, question = QUESTIONS[name]
    record = Record()
    with listening(record):
        ask(reports())
    (asked,) = record.asked.values()
    assert list(asked.questions) == [question]
    assert not asked.by_requests


def test_requests_are_recorded_on_every_policy_of_a_stack() -> None:
    record = Record()
    identity = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        }
    )
    with listening(record):
        il.evaluate(il.PolicySet(identity=[identity], resource=reports()), reads())
    by_policy = {key.policy: asked for key, asked in record.asked.items()}
    assert named(identity, by_policy[identity].by_requests) == {"All", "All *"}
    assert "OfficeReads" in named(reports(), by_policy[reports()].by_requests)


def test_what_comes_to_no_answer_is_not_recorded() -> None:
    record = Record()
    with listening(record):
        answer = il.never_allows(reports(), SCOPE, timeout=1e-9)
    assert answer.verdict is il.Verdict.UNKNOWN
    assert not record.asked


def test_what_fails_is_not_recorded() -> None:
    record = Record()
    with listening(record), pytest.raises(TypeError):
        il.never_allows(reports(), {"Action": "*"})  # type: ignore[arg-type]
    assert not record.asked


def test_nobody_listens_afterwards() -> None:
    before = il.evaluate
    record = Record()
    with listening(record):
        assert il.evaluate is not before
    assert il.evaluate is before


def test_records_of_several_processes_add_up() -> None:
    one, other = Record(), Record()
    one.request(reports(), reads())
    other.request(reports(), reads(context=ELSEWHERE))
    other.proof(reports(), Question(SCOPE))
    one.add(pickle.loads(pickle.dumps(other)))  # noqa: S301 (our own)
    (asked,) = one.asked.values()
    assert {"OfficeReads held", "OfficeReads not held"} <= named(reports(), asked.by_requests)
    assert list(asked.questions) == [Question(SCOPE)]
    assert asked.untouched == set(parts_of(reports())) - asked.by_requests


def test_policies_without_a_file_are_bounded_and_the_rest_is_counted() -> None:
    record = Record()
    for number in range(MOST_WITHOUT_FILE + 3):
        policy = il.parse(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": f"s3:A{number}", "Resource": "*"},
            }
        )
        record.met(policy)
        record.met(policy)
    coverage = tally(record)
    assert len(coverage.policies) == MOST_WITHOUT_FILE
    assert coverage.left_out == 3


def test_requests_and_proofs_are_counted_apart() -> None:
    record = Record()
    record.request(reports(), reads())
    record.proof(reports(), Question())
    (covered,) = tally(record).policies
    assert "OfficeReads not held" not in named(reports(), covered.by_requests)
    assert "OfficeReads not held" in named(reports(), covered.by_proofs)
    assert covered.missing == ()


def test_a_branch_that_no_request_can_take_is_not_counted() -> None:
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "X",
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Resource": "*",
                "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
            },
        }
    )
    record = Record()
    record.request(policy, reads(context={"aws:CurrentTime": "2026-01-01T00:00:00Z"}))
    (covered,) = tally(record).policies
    assert named(policy, covered.impossible) == {"X key absent"}
    assert named(policy, covered.missing) == {"X not held"}


@pytest.mark.parametrize(
    ("touched", "of", "shown"),
    [(0, 0, 100), (0, 9, 0), (1, 1000, 1), (999, 1000, 99), (9, 9, 100), (1, 2, 50)],
)
def test_only_everything_is_100_per_cent(touched: int, of: int, shown: int) -> None:
    assert per_cent(touched, of) == shown
