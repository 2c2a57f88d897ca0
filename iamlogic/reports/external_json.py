"""Who outside has access, for programs: `iamlogic/access/1`.

A finding has the members of AWS's `accessanalyzer list-findings` and `get-finding-v2` under AWS's
names and in AWS's forms, where those can say what it says, so that scripts can switch; what AWS has
not stands beside them. Times are left out, so that equal policies give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from iamlogic.questions.external.analyzer_names import (
    FINDING_TYPES,
    analyzer_condition,
    analyzer_principal,
    analyzer_resources,
    owner_account,
)
from iamlogic.questions.external.baseline import Acceptance, FindingStatus, JudgedFinding
from iamlogic.questions.external.finding import Finding
from iamlogic.reports.external import AccessReport, Looked, headline
from iamlogic.reports.json import error_document, place_json, statement_json
from iamlogic.syntax.policy import Condition, Statement

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]

_STATUS = {
    FindingStatus.ACTIVE: "ACTIVE",
    FindingStatus.ARCHIVED: "ARCHIVED",
    FindingStatus.ACCEPTED: "ARCHIVED",
    FindingStatus.EXPIRED: "ACTIVE",
}
"""AWS's words for what becomes of a finding: access that is meant to be is archived."""


def access_json(report: AccessReport) -> str:
    """Everything, no list shortened."""
    word, said = headline(report)
    change = report.change
    document: _Json = {
        "schema": "iamlogic/access/1",
        "outcome": report.outcome.name,
        "message": f"{word}: {said}",
        "complete": report.is_complete,
        "zone": {
            "accounts": _sorted(report.zone.accounts),
            "organization": report.zone.organization,
            "orgPaths": _sorted(report.zone.org_paths),
            "services": _sorted(report.zone.services),
        },
        "findings": [_judged(each, report) for each in report.judged],
        "policies": [_policy(each) for each in report.looked],
        "stale": [_acceptance(each) for each in report.stale],
        "preview": None
        if change is None
        else {
            "before": change.before,
            "complete": change.reason is None,
            "reason": change.reason,
            "gone": [{**finding_json(each), "status": "RESOLVED"} for each in change.gone],
        },
        "baseline": None
        if report.updated is None
        else {
            "file": report.baseline,
            "accepted": report.updated.accepted,
            "expires": report.updated.expires,
            "removed": report.updated.removed,
        },
    }
    return json.dumps(document, indent=2)


def _sorted(texts: Iterable[str]) -> list[_Json]:
    return [*sorted(texts)]


def _policy(looked: Looked) -> _Json:
    return {
        "file": looked.file,
        "complete": looked.reason is None and looked.error is None,
        "reason": looked.reason,
        "error": None if looked.error is None else error_document(looked.error),
        "findings": [each.finding.id for each in looked.judged],
    }


def _judged(judged: JudgedFinding, report: AccessReport) -> _Json:
    rule, acceptance = judged.rule, judged.acceptance
    change: dict[str, _Json] = {}
    if report.change is not None:
        change = {
            "isNew": report.is_new(judged.finding),
            "isNarrowed": report.is_narrowed(judged.finding),
        }
    return {
        **finding_json(judged.finding),
        "status": _STATUS[judged.status],
        "counts": judged.counts and bool(report.is_new(judged.finding)),
        **change,
        "archivedBy": None if rule is None else {"ruleName": rule.name, "reason": rule.reason},
        "acceptance": None
        if acceptance is None
        else {
            **_acceptance(acceptance),
            "expired": judged.status is FindingStatus.EXPIRED,
        },
    }


def finding_json(finding: Finding) -> dict[str, _Json]:
    """A finding, as AWS writes one, and what AWS has not beside it."""
    resources = analyzer_resources(finding)
    witness = finding.witness
    decoded: _Json = None if witness is None else json.loads(witness.to_json())
    return {
        "id": finding.id,
        "findingType": FINDING_TYPES[finding.kind],
        "principal": dict(analyzer_principal(finding)),
        "action": list(finding.actions),
        "resource": finding.resource or (resources[0] if len(resources) == 1 else None),
        "resourceType": finding.resource_type,
        "resourceOwnerAccount": owner_account(finding),
        "isPublic": finding.is_public,
        "condition": dict(analyzer_condition(finding)),
        "kind": finding.kind.name,
        "principalKind": finding.principal_kind.name,
        "principalName": finding.principal,
        "exceptActions": list(finding.except_actions),
        "resources": list(finding.resources),
        "exceptResources": list(finding.except_resources),
        "conditions": [_condition(each) for each in finding.conditions],
        "file": finding.policy.file,
        "statements": [_statement(each, finding) for each in finding.statements],
        "witness": decoded,
        "remarks": list(finding.remarks),
    }


def _condition(condition: Condition) -> _Json:
    return {
        "operator": str(condition.operator),
        "key": condition.key,
        "values": [str(value) for value in condition.values],
    }


def _statement(statement: Statement, finding: Finding) -> _Json:
    is_home = any(each is statement for each in finding.policy.statements)
    return statement_json(statement, finding.policy if is_home else None, None)


def _acceptance(entry: Acceptance) -> dict[str, _Json]:
    return {
        "id": entry.id,
        "file": entry.file,
        "principal": entry.principal,
        "reason": entry.reason,
        "accepted": entry.accepted.isoformat(),
        "expires": None if entry.expires is None else entry.expires.isoformat(),
        "place": place_json(entry.where),
    }
