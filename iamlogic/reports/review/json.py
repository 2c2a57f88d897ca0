"""A review for programs: `iamlogic/review/1`, of which `review.schema.json` tells every member.

Members are only added under one number. Everything is there and no list is shortened; requests are
as `Request.from_json` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from iamlogic.questions.answer import Answer
from iamlogic.questions.compare import Comparison
from iamlogic.questions.external.finding import Finding
from iamlogic.questions.external.preview import Preview
from iamlogic.questions.gain import Difference
from iamlogic.questions.guardrail import Breach
from iamlogic.questions.review.notices import Notice, Severity
from iamlogic.questions.review.openness import is_guard
from iamlogic.questions.review.placed import UNKNOWN_ARN, PlacedPolicy, Placeholder, Unread
from iamlogic.questions.review.review import Publicity, Review, ReviewedChange
from iamlogic.reports.external_json import finding_json
from iamlogic.reports.json import difference_json, error_document, place_json
from iamlogic.reports.review.order import by_place, notices_of, unread_by_place
from iamlogic.reports.review.requests import witness_json
from iamlogic.reports.review.wording import headline, outcome
from iamlogic.reports.wording import condition_text
from iamlogic.syntax.policy import Condition

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]
_Object = dict[str, _Json]

SCHEMA = Path(__file__).with_name("review.schema.json")
"""The JSON Schema of the report."""


def review_json(review: Review) -> str:
    """Everything that a review says."""
    notices = review.notices
    document: _Object = {
        "schema": "iamlogic/review/1",
        "outcome": outcome(review).name,
        "message": f"{outcome(review).value}: {headline(review)}",
        "base": review.base,
        "head": review.head,
        "files": review.files,
        "unchanged": review.unchanged,
        "guardrails": review.guardrails,
        "remarks": [*review.remarks],
        "severities": {
            each.value: sum(notice.severity is each for notice in notices) for each in Severity
        },
        "changes": [_change(each) for each in by_place(review)],
        "unread": [_unread(each) for each in unread_by_place(review)],
        "unread_notices": _notices(review.unread_notices),
    }
    # Of a resource of which not even the service is known, the placeholder is all there is to say.
    return json.dumps(document, indent=2).replace(UNKNOWN_ARN, "")


def _change(change: ReviewedChange) -> _Json:
    return {
        "kind": change.kind.name,
        "policy": change.placed.title,
        "before": None if change.before is None else _placed(change.before),
        "after": None if change.after is None else _placed(change.after),
        "comparison": _comparison(change.comparison),
        "for_any": None if change.for_any is None else _comparison(change.for_any),
        "denials": None if change.denials is None else _comparison(change.denials),
        "external": None if change.external is None else _preview(change.external),
        "publicity": None if change.publicity is None else _publicity(change.publicity),
        "breaches": [_breach(each) for each in change.breaches],
        "notices": _notices(change.notices),
    }


def _placed(placed: PlacedPolicy) -> _Json:
    return {
        "file": placed.file,
        "name": placed.name,
        "place": place_json(placed.where),
        "type": None if placed.type is None else placed.type.name,
        "resource_type": placed.resource_type,
        "account": placed.account,
        "placeholders": [_placeholder(each) for each in placed.placeholders],
    }


def _placeholder(placeholder: Placeholder) -> _Json:
    return {
        "name": placeholder.name,
        "text": placeholder.text,
        "kind": placeholder.kind.name,
        "reason": placeholder.reason,
        "place": place_json(placeholder.where),
    }


def _comparison(comparison: Comparison) -> _Json:
    return {
        "relation": comparison.relation.name,
        "complete": comparison.complete,
        "reason": comparison.reason,
        "gained": [_difference(each) for each in comparison.gained],
        "lost": [_difference(each) for each in comparison.lost],
    }


def _difference(difference: Difference) -> _Json:
    """As in a comparison; a region without its guards, which `if` tells in words."""
    region = difference.region
    guards, known = _divided(region.conditions)
    told = difference_json(replace(difference, region=replace(region, conditions=known)))
    assert isinstance(told, dict)
    return {**told, "if": guards, **witness_json(difference.witness)}


def _divided(conditions: Iterable[Condition]) -> tuple[list[_Json], tuple[Condition, ...]]:
    """What is left open, in words, and the other conditions."""
    every = tuple(conditions)
    words: list[_Json] = [
        condition_text(each).removeprefix("if ") for each in every if is_guard(each)
    ]
    return words, tuple(each for each in every if not is_guard(each))


def _preview(preview: Preview) -> _Json:
    return {
        "complete": preview.complete,
        "reason": preview.reason,
        "new": _findings(preview.new),
        "narrowed": _findings(preview.narrowed),
        "gone": _findings(preview.gone),
        "unchanged": _findings(preview.unchanged),
    }


def _findings(findings: Iterable[Finding]) -> list[_Json]:
    return [_finding(each) for each in findings]


def _finding(finding: Finding) -> _Json:
    guards, known = _divided(finding.conditions)
    told = finding_json(replace(finding, conditions=known))
    return {**told, "if": guards, **witness_json(finding.witness)}


def _publicity(publicity: Publicity) -> _Json:
    before, after = publicity.before, publicity.after
    return {
        "before": None if before is None else _answer(before),
        "after": None if after is None else _answer(after),
    }


def _answer(answer: Answer) -> _Object:
    return {
        "verdict": answer.verdict.name,
        "reason": answer.reason,
        **witness_json(answer.witness),
    }


def _breach(breach: Breach) -> _Json:
    guardrail = breach.guardrail
    return {
        "guardrail": guardrail.name,
        "demand": guardrail.demand.value,
        "message": guardrail.message,
        "severity": guardrail.severity.value,
        "place": place_json(guardrail.where),
        "depends_on": [*sorted(breach.depends_on)],
        "is_new": breach.is_new,
        **_answer(breach.answer),
    }


def _notices(notices: Iterable[Notice]) -> list[_Json]:
    return [_notice(each) for each in notices_of(notices)]


def _notice(notice: Notice) -> _Json:
    return {
        "topic": notice.topic.value,
        "about": None if notice.about is None else notice.about.value,
        "severity": notice.severity.value,
        "rule": notice.rule,
        "policy": notice.policy,
        "message": notice.message,
        "detail": [*notice.detail],
        "depends_on": [*sorted(notice.depends_on)],
        "fingerprint": notice.fingerprint,
        "place": place_json(notice.where),
        **witness_json(notice.witness),
    }


def _unread(unread: Unread) -> _Json:
    return {
        "file": unread.file,
        "name": unread.name,
        "place": place_json(unread.where),
        "is_open": unread.is_open,
        **error_document(unread.error),
    }
