"""The SARIF of a review: valid, at the right lines, and the same alert in the next run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from iamlogic.errors import NOWHERE
from iamlogic.questions.review.notices import Severity, Topic
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.sarif import review_sarif
from tests.reports.review.reviews import (
    HOSTILE_FILE,
    a_review,
    hostile_review,
    many_changes,
    no_changes,
)

Json = dict[str, Any]
SCHEMA = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())


def run_of(review: Review) -> Json:
    log: Json = json.loads(review_sarif(review))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results(review: Review) -> list[Json]:
    found: list[Json] = run_of(review)["results"]
    return found


@pytest.mark.parametrize("review", [a_review(), hostile_review(), no_changes(), many_changes(40)])
def test_it_is_valid_and_has_a_result_for_each_notice(review: Review) -> None:
    found = results(review)
    assert len(found) == len(review.notices)
    severities = sorted(each.severity.value for each in review.notices)
    assert sorted(each["level"] for each in found) == severities


def test_each_result_is_of_its_rule_and_each_rule_tells_what_it_is_for() -> None:
    run = run_of(a_review())
    rules = run["tool"]["driver"]["rules"]
    assert all(run["results"])
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        assert rule["help"]["text"]
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_a_guardrail_is_a_rule_with_its_own_message() -> None:
    rules = {each["id"]: each for each in run_of(a_review())["tool"]["driver"]["rules"]}
    rule = rules["guardrail/no-pass-role"]
    assert rule["name"] == "GuardrailNoPassRole"
    assert rule["shortDescription"]["text"] == "no policy lets anyone pass any role"
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rules["guardrail/payroll-stays-inside"]["defaultConfiguration"]["level"] == "warning"


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_has_a_rule(topic: Topic) -> None:
    (change, *_) = [each for each in a_review().changes if each.notices]
    notice = replace(change.notices[0], topic=topic, rule=topic.value)
    review = replace(no_changes(), changes=(replace(change, notices=(notice,)),))
    (result,) = results(review)
    assert result["ruleId"]


def test_a_result_stands_at_its_statement() -> None:
    (result,) = [each for each in results(a_review()) if each["ruleId"].endswith("no-pass-role")]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "policies/app.json", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 22, "startColumn": 5}


def test_a_notice_without_a_place_stands_at_its_policy() -> None:
    change = next(each for each in a_review().changes if each.notices)
    notice = replace(change.notices[0], where=NOWHERE)
    (result,) = results(replace(no_changes(), changes=(replace(change, notices=(notice,)),)))
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == change.placed.file
    assert place["region"]["startLine"] == change.placed.where.line


def test_what_is_possible_says_on_what_it_depends() -> None:
    possible = [each for each in results(a_review()) if each["properties"]["possible"]]
    assert possible
    for result in possible:
        assert "(possible)" in result["message"]["text"]
        assert "possible: it depends on " in result["message"]["text"]
        assert result["properties"]["dependsOn"]
    certain = [each for each in results(a_review()) if not each["properties"]["possible"]]
    assert not any("possible" in each["message"]["text"] for each in certain)


def test_what_could_not_be_read_means_that_the_run_did_not_succeed() -> None:
    (invocation,) = run_of(a_review())["invocations"]
    assert invocation["executionSuccessful"] is False
    assert len(invocation["toolExecutionNotifications"]) == 2
    (invocation,) = run_of(no_changes())["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_a_change_that_is_not_known_means_so_as_well() -> None:
    slow = [each for each in a_review().changes if each.placed.file == "policies/slow.json"]
    (invocation,) = run_of(replace(no_changes(), changes=tuple(slow)))["invocations"]
    assert invocation["executionSuccessful"] is False


def fingerprints(review: Review) -> list[str]:
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results(review)]


def test_a_fingerprint_does_not_hang_on_lines() -> None:
    review = a_review()
    moved = tuple(
        replace(
            change,
            notices=tuple(
                replace(each, where=replace(each.where, line=(each.where.line or 0) + 7))
                for each in change.notices
            ),
        )
        for change in review.changes
    )
    assert fingerprints(replace(review, changes=moved)) == fingerprints(review)


def test_no_two_results_have_one_fingerprint() -> None:
    review = a_review()
    twice = replace(review, changes=(*review.changes, *review.changes))
    for each in (review, twice, many_changes(60)):
        assert len(set(fingerprints(each))) == len(each.notices)


def test_names_of_files_are_uris() -> None:
    uris = {
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in results(hostile_review())
    }
    assert HOSTILE_FILE in {unquote(each) for each in uris}
    assert all(each.isascii() and not set(each) & set("<>`| #?") for each in uris)


def test_messages_hold_no_links_and_no_placeholders() -> None:
    for result in results(hostile_review()):
        text = result["message"]["text"]
        assert all(line.isprintable() for line in text.split("\n"))
        assert "](" not in text.replace("\\]", "")
        assert "${" not in text.replace("{{", "")


def test_no_result_is_suppressed() -> None:
    assert not any("suppressions" in each for each in results(a_review()))
    assert {each["level"] for each in results(a_review())} == {each.value for each in Severity}
