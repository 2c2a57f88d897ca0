"""The JUnit XML of a review: what counts fails, what is not known is an error, and XML holds it.

The facts of the schemas in use (Jenkins' junit-10.xsd, GitLab's and GitHub's readers) are tested
one by one: elements and attributes, their order, and whole numbers.
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.junit import is_grave, review_junit
from tests.reports.review.reviews import a_review, hostile_review, many_changes, no_changes

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testcase": {"classname", "name", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "system-out"},
}


def parsed(review: Review) -> Element:
    return fromstring(review_junit(review))  # noqa: S314 (our own)


def case_of(review: Review, file: str, name: str = "policy") -> Element:
    (found,) = [
        each
        for each in parsed(review).iter("testcase")
        if each.get("classname") == file and each.get("name") == name
    ]
    return found


REVIEWS = [a_review(), hostile_review(), no_changes(), many_changes(60)]


@pytest.mark.parametrize("review", REVIEWS)
def test_it_has_the_elements_and_attributes_of_the_schema(review: Review) -> None:
    for element in parsed(review).iter():
        assert set(element.keys()) == ATTRIBUTES[element.tag]
        assert {each.tag for each in element} <= CHILDREN.get(element.tag, set())
        for attribute in ("tests", "failures", "errors", "skipped"):
            assert element.get(attribute, "0").isdecimal()


@pytest.mark.parametrize("review", REVIEWS)
def test_a_case_has_one_verdict_at_most_and_before_what_was_printed(review: Review) -> None:
    for case in parsed(review).iter("testcase"):
        tags = [each.tag for each in case]
        assert tags in (
            ["system-out"],
            ["failure", "system-out"],
            ["error", "system-out"],
            ["error"],
        )


@pytest.mark.parametrize("review", REVIEWS)
def test_there_is_one_case_for_each_policy_and_the_totals_are_right(review: Review) -> None:
    root = parsed(review)
    (suite,) = root
    cases = list(suite)
    assert len(cases) == len(review.changes) + len(review.unread)
    for element in (root, suite):
        assert element.get("tests") == str(len(cases))
        for kind, total in (("failure", "failures"), ("error", "errors")):
            there = sum(case.find(kind) is not None for case in cases)
            assert element.get(total) == str(there)
        assert element.get("skipped") == "0"


def test_a_reader_that_many_use_understands_it() -> None:
    read = JUnitXml.fromstring(review_junit(a_review()).encode())
    assert (read.tests, read.failures, read.errors, read.skipped) == (14, 6, 3, 0)


def test_a_broken_guardrail_fails_its_policy() -> None:
    failure = case_of(a_review(), "policies/app.json").find("failure")
    assert failure is not None
    assert failure.get("type") == "no-pass-role"
    assert "no policy lets anyone pass any role" in failure.get("message", "")
    assert failure.text is not None
    assert "at policies/app.json:22:5" in failure.text
    assert "For example: " in failure.text


def test_what_does_not_count_is_told_and_does_not_fail() -> None:
    case = case_of(a_review(), "policies/new.json")
    assert case.find("failure") is None
    assert "it allows, as a new policy" in (case.findtext("system-out") or "")


def test_the_caller_says_what_counts() -> None:
    everything = fromstring(review_junit(a_review(), counts=lambda _: True))  # noqa: S314
    failing = [each for each in everything.iter("testcase") if each.find("failure") is not None]
    assert "policies/new.json" in {each.get("classname") for each in failing}


def test_what_is_not_known_is_an_error_whatever_counts() -> None:
    slow = case_of(a_review(), "policies/slow.json").find("error")
    assert slow is not None
    assert slow.get("type") == "unknown"
    nothing = fromstring(review_junit(a_review(), counts=lambda _: False))  # noqa: S314
    errors = {
        each.get("classname") for each in nothing.iter("testcase") if each.find("error") is not None
    }
    assert errors == {
        "policies/slow.json",
        "policies/broken.json",
        "template.yaml",
    }
    assert next(nothing.iter("testsuite")).get("failures") == "0"


def test_what_cannot_be_read_is_an_error_with_all_that_is_wrong() -> None:
    error = case_of(a_review(), "policies/broken.json").find("error")
    assert error is not None
    assert error.get("type") == "unreadable"
    assert error.text is not None
    assert 'hint: did you mean "Effect"?' in error.text


def test_what_is_known_after_the_deployment_only_is_an_error() -> None:
    case = case_of(a_review(), "template.yaml", "Table.ResourcePolicy.PolicyDocument")
    error = case.find("error")
    assert error is not None
    assert error.get("type") == "unknown"


def test_all_but_notes_count() -> None:
    notices = a_review().notices
    grave = [each for each in notices if is_grave(each)]
    assert {each.severity for each in grave} == {Severity.ERROR, Severity.WARNING}
    assert {each.severity for each in notices if each not in grave} == {Severity.NOTE}


@given(text=st.text(st.characters(codec=None), max_size=20))
def test_xml_holds_whatever_a_pull_request_writes(text: str) -> None:
    change = next(each for each in a_review().changes if each.notices)
    assert change.after is not None
    notices = tuple(
        replace(each, message=text, policy=text, rule=text, detail=(text,), depends_on=(text,))
        for each in change.notices
    )
    made = replace(change, after=replace(change.after, file=text, name=text), notices=notices)
    review = Review(text, text, (made,), remarks=(text,))
    written = review_junit(review)
    read = fromstring(written.encode("utf-8"))  # noqa: S314
    assert [each.tag for each in read.iter()].count("testcase") == 1
    said = "".join(read.itertext())
    assert all(line.isprintable() for line in said.split("\n"))
