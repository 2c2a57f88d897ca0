"""A review as SARIF 2.1.0: what code scanning shows beside the lines of a pull request.

One result for each notice, at its statement. Rules are the topics, and each guardrail is one with
its own message. What depends on placeholders says so in its message, and in its properties.
"""

from __future__ import annotations

import re

from iamlogic.questions.guardrail import Guardrail
from iamlogic.questions.review.notices import Notice, Topic
from iamlogic.questions.review.review import Review
from iamlogic.reports.external_sarif import DEPUTY, EXTERNAL, PUBLIC
from iamlogic.reports.review.order import is_unknown, unread_by_place
from iamlogic.reports.review.requests import witness_json
from iamlogic.reports.review.told import Told, told
from iamlogic.reports.review.wording import why_unread
from iamlogic.reports.sarif import Rule, artifact, location, plain, sarif_log
from iamlogic.semantics.explain import printable

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]
_Object = dict[str, _Json]

_GAINED = Rule(
    "gained-access",
    "GainedAccess",
    "note",
    "3.0",
    "A policy allows more than before",
    "The change allows requests that the policy before did not. The message has an example; "
    "the review lists all of them in the policy's own words.",
)
_UNREADABLE = Rule(
    "unreadable-policy",
    "UnreadablePolicy",
    "error",
    "5.0",
    "A policy cannot be read",
    "What is written here is no policy, so nothing is known of what it allows. AWS would refuse "
    "it, too, or take it for something else.",
)
_UNKNOWN = Rule(
    "unknown-access",
    "UnknownAccess",
    "warning",
    "4.0",
    "What a policy allows is not known",
    "No answer was found in the time given, or the meaning is known after the deployment only. "
    "Take it for neither yes nor no.",
)
_GUARDRAIL = Rule(
    "guardrail",
    "Guardrail",
    "error",
    "8.0",
    "A guardrail is broken",
    "The policy allows what this team has decided that none may, or does not allow what each must.",
)
_TOPICS = {
    Topic.GUARDRAIL: _GUARDRAIL,
    Topic.PUBLIC: PUBLIC,
    Topic.EXTERNAL: EXTERNAL,
    Topic.DEPUTY: DEPUTY,
    Topic.GAINED: _GAINED,
    Topic.UNREADABLE: _UNREADABLE,
    Topic.UNKNOWN: _UNKNOWN,
}


def review_sarif(review: Review) -> str:
    """A SARIF log with one run."""
    found = told(review)
    guardrails = _guardrails(review)
    rules = {rule.id: rule for rule in _TOPICS.values()}
    for each in found:
        rule = _rule(each.notice, guardrails)
        rules.setdefault(rule.id, rule)
    ordered = [*_TOPICS.values(), *(rules[id_] for id_ in sorted(rules) if id_.count("/"))]
    places = {rule.id: place for place, rule in enumerate(ordered)}
    results = [_result(each, _rule(each.notice, guardrails), places) for each in found]
    return sarif_log(ordered, results, _executed(review))


def _guardrails(review: Review) -> dict[str, Guardrail]:
    breaches = (breach for change in review.changes for breach in change.breaches)
    return {breach.guardrail.name: breach.guardrail for breach in breaches}


def _rule(notice: Notice, guardrails: dict[str, Guardrail]) -> Rule:
    """What a notice is a result of: its guardrail, or its topic."""
    if notice.topic is not Topic.GUARDRAIL:
        return _TOPICS[notice.topic]
    name = printable(notice.rule)
    guardrail = guardrails.get(notice.rule)
    said = printable(guardrail.message) if guardrail is not None else _GUARDRAIL.short
    words = re.findall(r"[A-Za-z0-9]+", name)
    return Rule(
        f"guardrail/{name}",
        "".join(word[:1].upper() + word[1:] for word in ("guardrail", *words)),
        notice.severity.value,
        _GUARDRAIL.severity,
        said,
        f"{said}: the guardrail {name} of this repository's settings. {_GUARDRAIL.full}",
    )


def _result(each: Told, rule: Rule, places: dict[str, int]) -> _Object:
    notice = each.notice
    return {
        "ruleId": rule.id,
        "ruleIndex": places[rule.id],
        "kind": "fail",
        "level": notice.severity.value,
        "message": {"text": plain("\n".join(each.lines))},
        "locations": [location(each.where)],
        "partialFingerprints": {
            "iamlogicNotice/v1": each.fingerprint,
            "primaryLocationLineHash": each.fingerprint,
        },
        "properties": {
            "policy": printable(notice.policy),
            "topic": notice.topic.value,
            "about": None if notice.about is None else notice.about.value,
            "possible": bool(notice.depends_on),
            "dependsOn": [*map(printable, sorted(notice.depends_on))],
            **witness_json(notice.witness),
        },
    }


def _executed(review: Review) -> _Object:
    """Whether everything is known, and why not."""
    unknown = any(map(is_unknown, review.changes))
    notifications: list[_Json] = [
        {
            "level": "error",
            "message": {"text": plain("\n".join(why_unread(each)))},
            "locations": [{"physicalLocation": {"artifactLocation": artifact(each.file)}}],
        }
        for each in unread_by_place(review)
    ]
    return {
        "executionSuccessful": not (review.unread or unknown),
        "toolExecutionNotifications": notifications,
    }
