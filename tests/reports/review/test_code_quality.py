"""GitLab's code quality report: the members that GitLab documents, in the forms that it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.code_quality import review_code_quality
from tests.reports.review.reviews import (
    HOSTILE_FILE,
    a_review,
    hostile_review,
    many_changes,
    no_changes,
)

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def issues(review: Review) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(review_code_quality(review))
    return found


@pytest.mark.parametrize("review", [a_review(), hostile_review(), many_changes(40), no_changes()])
def test_each_issue_has_what_gitlab_asks_for(review: Review) -> None:
    found = issues(review)
    assert len(found) == len(review.notices)
    for issue in found:
        assert issue["description"]
        assert issue["check_name"]
        assert issue["severity"] in SEVERITIES
        assert isinstance(issue["location"]["lines"]["begin"], int)
        assert issue["location"]["lines"]["begin"] > 0
        path = issue["location"]["path"]
        assert path
        assert not path.startswith(("/", "./"))


def test_issues_are_told_apart_by_their_fingerprints() -> None:
    found = issues(many_changes(60))
    assert len({each["fingerprint"] for each in found}) == len(found)


def test_an_issue_stands_at_its_line_and_says_all_in_one() -> None:
    (issue,) = [each for each in issues(a_review()) if each["check_name"].endswith("/no-pass-role")]
    assert issue["location"] == {"path": "policies/app.json", "lines": {"begin": 22}}
    assert issue["severity"] == "critical"
    assert issue["description"].startswith("policies/app.json: it breaks the guardrail")
    assert (
        "; For example: arn:aws:iam::111122223333:user/alice: iam:PassRole" in issue["description"]
    )


def test_severities_are_told_apart() -> None:
    change = next(each for each in a_review().changes if each.notices)
    made = [replace(change.notices[0], severity=each) for each in Severity]
    review = replace(no_changes(), changes=(replace(change, notices=tuple(made)),))
    assert len({each["severity"] for each in issues(review)}) == len(Severity)


def test_a_description_is_printable_and_a_path_is_the_file() -> None:
    found = issues(hostile_review())
    assert all(each["description"].isprintable() for each in found)
    assert HOSTILE_FILE in {each["location"]["path"] for each in found}
