"""For programs: one JSON document for each answer, stable and versioned.

`schema` names the form: `iamlogic/compare/1`. Members are only added under one number; a change of
meaning is a new number. Lists are never shortened, and one value is a list of one. Texts are ASCII
with JSON's escapes, so that nothing depends on the reader's encoding.
"""

from __future__ import annotations

import json
from typing import cast

from iamlogic.errors import (
    AccountError,
    IamlogicError,
    PolicySyntaxError,
    Problem,
    SettingsError,
    Unsupported,
    Where,
)
from iamlogic.questions.answer import Answer
from iamlogic.questions.compare import Comparison
from iamlogic.questions.gain import Difference
from iamlogic.questions.region import Region
from iamlogic.questions.who_can import Access, WhoCan
from iamlogic.reports.wording import statement_number
from iamlogic.semantics.decision import Decision, LayerFinding
from iamlogic.syntax.formatter import format as canonical
from iamlogic.syntax.policy import Policy, Statement, Version
from iamlogic.syntax.policy_set import PolicySet, members_of
from iamlogic.syntax.policy_types import PolicyType

_Json = str | int | bool | None | list["_Json"] | dict[str, "_Json"]


def comparison_json(comparison: Comparison) -> str:
    """A comparison as `iamlogic/compare/1`."""
    return _dump(
        {
            "schema": "iamlogic/compare/1",
            "before": comparison.before.file,
            "after": comparison.after.file,
            "relation": comparison.relation.name,
            "complete": comparison.complete,
            "reason": comparison.reason,
            "all_requests": comparison.all_requests,
            "assumptions": [
                {"fact": fact.name, "says": fact.value} for fact in comparison.assumptions
            ],
            "gained": [difference_json(difference) for difference in comparison.gained],
            "lost": [difference_json(difference) for difference in comparison.lost],
        }
    )


def decision_json(decision: Decision) -> str:
    """A decision as `iamlogic/evaluate/1`."""
    return _dump(
        {
            "schema": "iamlogic/evaluate/1",
            "policy": decision.policy.file,
            "outcome": decision.outcome.value,
            "statements": [_found(each, decision.policy) for each in decision.statements],
            "reason": decision.reason,
            "layers": [_finding(each) for each in decision.findings],
            "request": _decoded(decision.request.to_json()),
        }
    )


def answer_json(answer: Answer, subject: Policy | PolicySet) -> str:
    """Whether something holds, as `iamlogic/answer/1`."""
    return _dump(
        {
            "schema": "iamlogic/answer/1",
            "verdict": answer.verdict.name,
            "reason": answer.reason,
            "witness": None if answer.witness is None else _decoded(answer.witness.to_json()),
            "statements": [_found(each, subject) for each in answer.statements],
        }
    )


def who_can_json(found: WhoCan) -> str:
    """Who in an account can do something, as `iamlogic/who-can/1`."""
    return _dump(
        {
            "schema": "iamlogic/who-can/1",
            "principals": [_access(access) for access in found],
            "unknown": [{"principal": arn, "reason": why} for arn, why in found.unknown],
        }
    )


def _access(access: Access) -> _Json:
    return {
        "principal": access.principal,
        "path": [{"role": hop.role, **_shown(hop.decision)} for hop in access.path],
        **_shown(access.decision),
    }


def _shown(decision: Decision) -> dict[str, _Json]:
    return {
        "witness": _decoded(decision.request.to_json()),
        "reason": decision.reason,
        "statements": [_found(each, decision.policy) for each in decision.statements],
    }


def error_json(error: IamlogicError) -> str:
    """Why there is no answer, as `iamlogic/error/1`; `error` is the name of the exception."""
    return _dump({"schema": "iamlogic/error/1", **error_document(error)})


def error_document(error: IamlogicError) -> dict[str, _Json]:
    """The name of the exception, and all its problems."""
    match error:
        case PolicySyntaxError() | AccountError() | SettingsError():
            problems = [_problem(problem) for problem in error.problems]
        case Unsupported():
            problems = [_problem(Problem(f"{error.what} is not supported yet", error.where))]
        case _:
            problems = [_problem(Problem(str(error)))]
    return {"error": type(error).__name__, "problems": list(problems)}


def difference_json(difference: Difference) -> _Json:
    """One region of a difference, with what makes it and a request that shows it."""
    return {
        "region": _region(difference.region),
        "statement": None
        if difference.statement is None
        else statement_json(difference.statement, difference.policy, difference.type),
        "refusal": difference.refusal.reason,
        "witness": cast("_Json", difference.witness.to_dict()),
    }


def _region(region: Region) -> _Json:
    """The region as a statement without Effect, every list written as one."""
    policy = Policy((region.as_statement(),), Version.V2012)
    document = _decoded(canonical(policy))
    assert isinstance(document, dict)
    statements = document["Statement"]
    assert isinstance(statements, list)
    statement = statements[0]
    assert isinstance(statement, dict)
    return {
        member: value if member.endswith("Principal") and value == "*" else _listed(value)
        for member, value in statement.items()
        if member != "Effect"
    }


def _listed(value: _Json) -> _Json:
    """R-P12, at every depth: one text is the list of it."""
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items()}
    return value if isinstance(value, list) else [value]


def _finding(finding: LayerFinding) -> _Json:
    layer = finding.layer
    return {
        "type": layer.type.name,
        "level": layer.level,
        "policies": [policy.file for policy in layer.policies],
        "outcome": finding.outcome.value,
        "needed": finding.needed,
    }


def _found(statement: Statement, subject: Policy | PolicySet) -> _Json:
    """A statement, and which policy of the subject it stands in."""
    for member in members_of(subject):
        if any(each is statement for each in member.policy.statements):
            return statement_json(statement, member.policy, member.type)
    return statement_json(statement, None, None)


def statement_json(statement: Statement, policy: Policy | None, type_: PolicyType | None) -> _Json:
    """A statement: its number in its policy, where that is known, and its place."""
    return {
        "number": None if policy is None else statement_number(statement, policy),
        "policy": None if type_ is None else type_.name,
        "sid": statement.sid,
        "effect": statement.effect.value,
        **place_json(statement.where),
    }


def _problem(problem: Problem) -> _Json:
    return {
        "message": problem.message,
        "hint": problem.hint,
        "rule": problem.rule,
        **place_json(problem.where),
    }


def place_json(where: Where) -> dict[str, _Json]:
    """A place in a document."""
    return {
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "path": where.dotted,
    }


def _decoded(text: str) -> _Json:
    value: _Json = json.loads(text)
    return value


def _dump(document: _Json) -> str:
    return json.dumps(document, indent=2)
