"""Who outside has access, as SARIF 2.1.0: what code scanning shows beside the lines of a policy.

One result for each finding, at the statement that grants it. What is archived or accepted is
suppressed, not left out; a preview's results say whether they are new. Fingerprints are made of a
finding's id, so that a policy that is only written differently has the same alerts.
"""

from __future__ import annotations

import json
from hashlib import sha256

from iamlogic.questions.external.baseline import FindingStatus, JudgedFinding
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.reports.external import AccessReport
from iamlogic.reports.external_blocks import Block, blocks_of, lead, notes, rows_of
from iamlogic.reports.sarif import Rule, artifact, location, plain, sarif_log
from iamlogic.semantics.explain import printable
from iamlogic.syntax.policy import Statement

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]
_Object = dict[str, _Json]


PUBLIC = Rule(
    "public-access",
    "PublicAccess",
    "error",
    "9.0",
    "Anybody has access",
    "The policy lets in requesters of whom nothing is fixed. Name who is meant, or ask for a "
    "condition that only they can meet, such as aws:PrincipalOrgID.",
)
EXTERNAL = Rule(
    "external-access",
    "ExternalAccess",
    "warning",
    "6.0",
    "Somebody outside the zone of trust has access",
    "The policy lets in somebody of another account, another organization, or without one. "
    "If that is meant, an archive rule or the baseline accepts it.",
)
DEPUTY = Rule(
    "confused-deputy",
    "ConfusedDeputy",
    "warning",
    "5.0",
    "A service has access, whoever it acts for",
    "Anybody can have the service act on this resource. Fix for whom it acts: aws:SourceArn, "
    "aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.",
)
_RULES = (PUBLIC, EXTERNAL, DEPUTY)


def access_sarif(report: AccessReport) -> str:
    """A SARIF log with one run."""
    results = [_result(each, report) for each in report.judged]
    if report.change is not None:
        for finding in report.change.gone:
            gone = JudgedFinding(finding, FindingStatus.ACTIVE)
            results.append({**_of(gone), "baselineState": "absent"})
    executed = _executed(report)
    return sarif_log(_RULES, results, executed)


def _executed(report: AccessReport) -> _Object:
    return {
        "executionSuccessful": report.is_complete,
        "toolExecutionNotifications": _notifications(report),
    }


def _result(judged: JudgedFinding, report: AccessReport) -> _Object:
    result = {**_of(judged), "suppressions": _suppressions(judged)}
    is_new = report.is_new(judged.finding)
    if report.change is not None and is_new is not None:
        kept = "updated" if report.is_narrowed(judged.finding) else "unchanged"
        result["baselineState"] = "new" if is_new else kept
    return result


def _of(judged: JudgedFinding) -> _Object:
    finding = judged.finding
    rule = _rule_of(finding)
    (block,) = blocks_of([judged])
    first, *others = finding.statements
    related: list[_Json] = [location(each.where) for each in others]
    witness = finding.witness
    decoded: _Json = None if witness is None else json.loads(witness.to_json())
    return {
        "ruleId": rule.id,
        "ruleIndex": _RULES.index(rule),
        "kind": "fail",
        "level": rule.level,
        "message": {"text": _message(block)},
        "locations": [location(first.where)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": _fingerprints(finding, first),
        "properties": {"findingId": finding.id, "witness": decoded},
    }


def _rule_of(finding: Finding) -> Rule:
    if finding.kind is FindingKind.CONFUSED_DEPUTY:
        return DEPUTY
    return PUBLIC if finding.is_public else EXTERNAL


def _message(block: Block) -> str:
    said = [f"{lead(block)}."]
    for row in rows_of(block):
        more = [f"… {row.more} more"] if row.more else []
        said.append(f"{row.element}: {', '.join([*row.shown, *more])}")
    return plain("\n".join([*said, *notes(block)]))


def _fingerprints(finding: Finding, statement: Statement) -> _Object:
    """Equal grants of two files are two: GitHub tells alerts apart by the second alone."""
    own = f"{finding.id}\n{statement.where.file}".encode("utf-8", "surrogatepass")
    return {
        "iamlogicFinding/v1": finding.id,
        "primaryLocationLineHash": sha256(own).hexdigest()[:24],
    }


def _suppressions(judged: JudgedFinding) -> list[_Json]:
    """Of what does not count; an empty list says of all others that they do."""
    if judged.rule is not None:
        rule = f"archived by {judged.rule.name}"
        return [_suppression(": ".join([rule, *filter(None, [judged.rule.reason])]))]
    if judged.status is FindingStatus.ACCEPTED and judged.acceptance is not None:
        return [_suppression(judged.acceptance.reason or "accepted in the baseline")]
    return []


def _suppression(justification: str) -> _Object:
    return {"kind": "external", "status": "accepted", "justification": printable(justification)}


def _notifications(report: AccessReport) -> list[_Json]:
    """Why not everything is known."""
    unknown = [_notification(file, f"unknown: {reason}") for file, reason in report.unknown]
    unread = [_notification(looked.file, str(looked.error)) for looked in report.unread]
    return [*unknown, *unread]


def _notification(file: str, message: str) -> _Object:
    lines = "\n".join(printable(line) for line in message.split("\n"))
    return {
        "level": "error",
        "message": {"text": plain(lines)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(file)}}],
    }
