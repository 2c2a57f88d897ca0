"""The baseline: what is accepted, in which file, until when, and what has gone stale."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic import (
    ArchiveRule,
    Baseline,
    Criterion,
    Finding,
    FindingStatus,
    Judgement,
    SettingsError,
    accept,
    judge,
)
from iamlogic.questions.external.baseline import Acceptance, suggested_expiry
from tests.strategies.findings import TODAY, condition, criteria, days, finding, findings

PUBLIC = ArchiveRule("public-on-purpose", (Criterion("isPublic", eq=("true",)),))
BUCKET_RULE = ArchiveRule("reports", (Criterion("resource", contains=("reports",)),))
LATER = TODAY + timedelta(days=90)
DAY = timedelta(days=1)


def accepted(*told: Finding, expires: date | None = LATER) -> Baseline:
    return accept(told, Baseline(), TODAY, "agreed", expires)


def statuses(judgement: Judgement) -> list[FindingStatus]:
    return [each.status for each in judgement.findings]


def test_what_nobody_accepted_is_active_and_counts() -> None:
    judgement = judge([finding()], [], Baseline(), TODAY)
    assert statuses(judgement) == [FindingStatus.ACTIVE]
    assert judgement.counting == (finding(),)


def test_a_rule_archives_and_is_named() -> None:
    told = finding(is_public=True)
    judgement = judge([told, finding()], [PUBLIC], Baseline(), TODAY)
    assert statuses(judgement) == [FindingStatus.ARCHIVED, FindingStatus.ACTIVE]
    assert judgement.findings[0].rule == PUBLIC
    assert judgement.counting == (finding(),)


def test_of_two_rules_the_first_is_named() -> None:
    told = finding(is_public=True)
    judged = judge([told], [PUBLIC, BUCKET_RULE], Baseline(), TODAY).findings[0]
    assert judged.rule == PUBLIC
    judged = judge([told], [BUCKET_RULE, PUBLIC], Baseline(), TODAY).findings[0]
    assert judged.rule == BUCKET_RULE


def test_a_rule_goes_before_an_acceptance_which_is_not_stale() -> None:
    told = finding(is_public=True)
    judgement = judge([told], [PUBLIC], accepted(told), TODAY)
    assert statuses(judgement) == [FindingStatus.ARCHIVED]
    assert judgement.stale == ()


def test_an_acceptance_holds_to_the_end_of_its_last_day() -> None:
    baseline = accepted(finding())
    (entry,) = baseline.acceptances
    assert (entry.accepted, entry.expires, entry.reason) == (TODAY, LATER, "agreed")
    held = judge([finding()], [], baseline, LATER).findings[0]
    assert (held.status, held.acceptance, held.counts) == (FindingStatus.ACCEPTED, entry, False)
    expired = judge([finding()], [], baseline, LATER + DAY).findings[0]
    assert (expired.status, expired.acceptance) == (FindingStatus.EXPIRED, entry)
    assert expired.counts


def test_an_acceptance_without_expiry_holds_for_ever() -> None:
    baseline = accepted(finding(), expires=None)
    assert statuses(judge([finding()], [], baseline, date.max)) == [FindingStatus.ACCEPTED]


def test_ninety_days_are_suggested() -> None:
    assert suggested_expiry(date(2026, 11, 27)) == date(2027, 2, 25)


def test_an_acceptance_cannot_have_expired_already() -> None:
    with pytest.raises(SettingsError, match="cannot have expired on 2026-11-26"):
        accepted(finding(), expires=TODAY - DAY)
    assert accepted(finding(), expires=TODAY).acceptances


def test_an_acceptance_is_of_one_file() -> None:
    """Two roles that trust one account have findings of one id: the second is news."""
    first, second = finding(file="roles/first.json"), finding(file="roles/second.json")
    assert first.id == second.id
    assert statuses(judge([first, second], [], accepted(first), TODAY)) == [
        FindingStatus.ACCEPTED,
        FindingStatus.ACTIVE,
    ]


def test_an_acceptance_for_any_file_holds_in_all() -> None:
    baseline = Baseline((Acceptance("f00d", "*", TODAY),))
    told = [finding(file="roles/first.json"), finding(file=None)]
    assert statuses(judge(told, [], baseline, TODAY)) == [FindingStatus.ACCEPTED] * 2
    assert judge(told, [], baseline, TODAY).stale == ()
    assert judge([], [], baseline, TODAY).stale == baseline.acceptances
    assert judge([], [], baseline, TODAY, files=["roles/first.json"]).stale == ()


def test_an_acceptance_that_holds_goes_before_one_that_has_expired() -> None:
    own = Acceptance("f00d", "policies/reports.json", TODAY, TODAY)
    everywhere = Acceptance("f00d", "*", TODAY)
    judged = judge([finding()], [], Baseline((own, everywhere)), LATER).findings[0]
    assert (judged.status, judged.acceptance) == (FindingStatus.ACCEPTED, everywhere)


def test_a_policy_without_a_file_is_accepted_for_itself() -> None:
    baseline = accepted(finding(file=None))
    assert baseline.acceptances[0].file is None
    assert statuses(judge([finding(file=None), finding()], [], baseline, TODAY)) == [
        FindingStatus.ACCEPTED,
        FindingStatus.ACTIVE,
    ]


def test_a_file_called_star_is_not_any_file() -> None:
    assert accepted(finding(file="*")).acceptances[0].file == "./*"
    assert statuses(judge([finding()], [], accepted(finding(file="*")), TODAY)) == [
        FindingStatus.ACTIVE
    ]


@pytest.mark.parametrize(
    ("file", "folder", "name"),
    [
        ("policies/reports.json", "", "policies/reports.json"),
        ("./policies//reports.json", ".", "policies/reports.json"),
        ("repo/policies/reports.json", "repo", "policies/reports.json"),
        ("repo/policies/reports.json", "repo/ci", "../policies/reports.json"),
        (str(Path.cwd() / "policies/reports.json"), "", "policies/reports.json"),
        ("policies/reports.json", str(Path.cwd()), "policies/reports.json"),
    ],
)
def test_files_are_named_relative_to_the_baseline(file: str, folder: str, name: str) -> None:
    assert Baseline((), folder).name_of(file) == name


# Stale acceptances


def test_an_acceptance_without_a_finding_is_stale() -> None:
    gone = finding(id_="gone")
    baseline = accepted(finding(), gone)
    stale = judge([finding()], [], baseline, TODAY).stale
    assert [entry.id for entry in stale] == ["gone"]
    assert baseline.without(stale) == accepted(finding())


def test_only_what_was_looked_at_can_be_stale() -> None:
    baseline = accepted(finding(file="a.json"), finding(file="b.json"))
    stale = judge([], [], baseline, TODAY, files=["./a.json"]).stale
    assert [entry.file for entry in stale] == ["a.json"]
    assert judge([], [], baseline, TODAY, files=[]).stale == ()


def test_a_finding_in_another_file_leaves_its_acceptance_stale() -> None:
    baseline = accepted(finding(file="old.json"))
    judgement = judge([finding(file="new.json")], [], baseline, TODAY)
    assert statuses(judgement) == [FindingStatus.ACTIVE]
    assert judgement.stale == baseline.acceptances


# Accepting


def test_an_acceptance_that_holds_stays_as_it_is() -> None:
    baseline = accepted(finding())
    assert accept([finding()], baseline, LATER, "another reason", None) == baseline


def test_an_acceptance_that_has_expired_is_renewed() -> None:
    renewed = accept([finding()], accepted(finding()), LATER + DAY, "once more", None)
    (entry,) = renewed.acceptances
    assert (entry.accepted, entry.expires, entry.reason) == (LATER + DAY, None, "once more")


def test_what_is_accepted_is_written_down_for_people() -> None:
    office = condition("IpAddress", "aws:SourceIp", "203.0.113.0/24")
    told = finding("444455556666", finding().principal_kind, office)
    (entry,) = accepted(told).acceptances
    assert entry == Acceptance(
        "f00d",
        "policies/reports.json",
        TODAY,
        LATER,
        "agreed",
        "444455556666",
        ("s3:GetObject",),
        ("arn:aws:s3:::reports/*",),
        ("IpAddress aws:SourceIp 203.0.113.0/24",),
    )


def test_a_finding_is_accepted_once() -> None:
    entry = Acceptance("f00d", None, TODAY)
    with pytest.raises(SettingsError, match="is accepted twice"):
        Baseline((entry, entry))


# Laws

RULES = st.lists(criteria().map(lambda each: ArchiveRule("a", (each,))), max_size=2)
MANY = st.lists(findings(), max_size=4)


@given(MANY, RULES, days(), days())
def test_what_is_accepted_is_not_active_until_it_expires(
    told: list[Finding], rules: list[ArchiveRule], expires: date, later: date
) -> None:
    counting = judge(told, rules, Baseline(), TODAY).counting
    baseline = accept(counting, Baseline(), TODAY, None, expires)
    judgement = judge(told, rules, baseline, later)
    if later <= expires:
        assert judgement.counting == ()
    else:
        assert judgement.counting == counting
        assert FindingStatus.ACTIVE not in statuses(judgement)
    assert judgement.stale == ()


@given(MANY.flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))), RULES)
def test_the_order_of_findings_does_not_matter(
    told: tuple[list[Finding], list[Finding]], rules: list[ArchiveRule]
) -> None:
    first, second = told
    baseline = accept(first, Baseline(), TODAY, None, None)
    assert accept(second, Baseline(), TODAY, None, None) == baseline
    judged = [judge(each, rules, baseline, TODAY) for each in told]
    assert Counter(judged[0].findings) == Counter(judged[1].findings)
    assert judged[0].stale == judged[1].stale


@given(MANY, MANY, days())
def test_accepting_twice_is_accepting_all(
    first: list[Finding], second: list[Finding], expires: date
) -> None:
    once = accept(first, Baseline(), TODAY, None, expires)
    assert accept(first, once, TODAY, "another", None) == once
    both = accept(second, once, TODAY, None, expires)
    assert judge([*first, *second], [], both, TODAY).counting == ()


@given(MANY, MANY, days())
def test_each_finding_has_one_status_and_only_missing_ones_are_stale(
    told: list[Finding], before: list[Finding], day: date
) -> None:
    baseline = accept(before, Baseline(), TODAY, None, LATER)
    judgement = judge(told, [PUBLIC], baseline, day)
    assert [each.finding for each in judgement.findings] == told
    left = judge(told, [PUBLIC], baseline.without(judgement.stale), day)
    assert left.findings == judgement.findings
    assert left.stale == ()
