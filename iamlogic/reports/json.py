"""For programs: one JSON document for each answer, stable and versioned.

`schema` names the form: `iamlogic/compare/1`. Members are only added under one number; a change of
meaning is a new number. Lists are never shortened, and one value is a list of one. Texts are ASCII
with JSON's escapes, so that nothing depends on the reader's encoding.
"""

from __future__ import annotations

import json

from iamlogic.errors import IamlogicError, PolicySyntaxError, Problem, Unsupported, Where
from iamlogic.questions.compare import Comparison
from iamlogic.questions.gain import Difference
from iamlogic.questions.region import Region
from iamlogic.reports.wording import statement_number
from iamlogic.semantics.decision import Decision
from iamlogic.syntax.formatter import format as canonical
from iamlogic.syntax.policy import Policy, Statement, Version

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
            "gained": [_difference(difference) for difference in comparison.gained],
            "lost": [_difference(difference) for difference in comparison.lost],
        }
    )


def decision_json(decision: Decision) -> str:
    """A decision as `iamlogic/evaluate/1`."""
    return _dump(
        {
            "schema": "iamlogic/evaluate/1",
            "policy": decision.policy.file,
            "outcome": decision.outcome.value,
            "statements": [_statement(each, decision.policy) for each in decision.statements],
            "request": _decoded(decision.request.to_json()),
        }
    )


def error_json(error: IamlogicError) -> str:
    """Why there is no answer, as `iamlogic/error/1`; `error` is the name of the exception."""
    match error:
        case PolicySyntaxError():
            problems = [_problem(problem) for problem in error.problems]
        case Unsupported():
            problems = [_problem(Problem(f"{error.what} is not supported yet", error.where))]
        case _:
            problems = [_problem(Problem(str(error)))]
    return _dump(
        {"schema": "iamlogic/error/1", "error": type(error).__name__, "problems": problems}
    )


def _difference(difference: Difference) -> _Json:
    return {
        "region": _region(difference.region),
        "statement": _statement(difference.statement, difference.policy),
        "witness": _decoded(difference.witness.to_json()),
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


def _statement(statement: Statement, policy: Policy) -> _Json:
    return {
        "number": statement_number(statement, policy),
        "sid": statement.sid,
        "effect": statement.effect.value,
        **_place(statement.where),
    }


def _problem(problem: Problem) -> _Json:
    return {
        "message": problem.message,
        "hint": problem.hint,
        "rule": problem.rule,
        **_place(problem.where),
    }


def _place(where: Where) -> dict[str, _Json]:
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
