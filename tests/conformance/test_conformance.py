"""The rules of docs/semantics.md as cases: each names its rules and where its answer comes from.

`from_stacks.json` holds cases written for a stack of policies of which only one is given, and whose
answer is the lone policy's too; several identity policies stand there as one, being a union (R-E2).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlogic.errors import RequestError
from iamlogic.semantics import Request, evaluate
from iamlogic.semantics.world import can_exist, is_compared
from iamlogic.syntax.documents import parse
from iamlogic.syntax.multivalued import multivalued_keys
from tests.differential.fixing import symbolically_allows

HERE = Path(__file__).parent

Case = dict[str, Any]


def cases(*names: str) -> list[Any]:
    loaded = [case for name in names for case in json.loads((HERE / f"{name}.json").read_text())]
    return [pytest.param(case, id=case["id"]) for case in loaded]


EVALUATIONS = cases("matching", "principals", "conditions", "whole_language", "from_stacks")
REQUESTS = cases("requests")

RULES_IN_SCOPE = {
    *(f"R-K{n}" for n in (1, 2, 3, 4, 6, 7, 8, 9, 10, 15, 17, 18, 19, 20)),
    *(f"R-M{n}" for n in (*range(1, 12), *range(13, 19))),
    *(f"R-C{n}" for n in (*range(1, 5), *range(6, 10), 13, 14, 15, 17, *range(20, 28))),
    "R-E20",
}
"""R-K5 and R-M12 speak of stacks; the other numbers left out, of what `Unsupported` refuses."""


@pytest.mark.parametrize("case", EVALUATIONS)
def test_outcome(case: Case) -> None:
    policy, request = parse(case["policy"]), Request.from_json(case["request"])
    decision = evaluate(policy, request)
    assert decision.outcome.value == case["expected"], decision.explain()


@pytest.mark.parametrize("case", EVALUATIONS)
def test_outcome_by_the_formula(case: Case) -> None:
    """…with every field of the symbolic request fixed (R-E20)."""
    policy, request = parse(case["policy"]), Request.from_json(case["request"])
    if can_exist(request, multivalued_keys([policy])) and is_compared(request, policy.kind):
        assert symbolically_allows(policy, request) is (case["expected"] == "ALLOWED")


@pytest.mark.parametrize("case", [c for c in REQUESTS if "values" in c.values[0]])
def test_request_has_values(case: Case) -> None:
    request = Request.from_json(json.dumps(case["request"]))
    assert {key: list(request.values(key)) for key in case["values"]} == case["values"]


@pytest.mark.parametrize("case", [c for c in REQUESTS if "error" in c.values[0]])
def test_request_is_refused(case: Case) -> None:
    with pytest.raises(RequestError) as refused:
        Request.from_json(json.dumps(case["request"]))
    assert case["error"] in str(refused.value)


def test_every_rule_in_scope_has_a_case() -> None:
    covered = {rule for param in (*EVALUATIONS, *REQUESTS) for rule in param.values[0]["rule"]}
    assert covered >= RULES_IN_SCOPE


def test_every_rule_that_a_case_names_is_defined() -> None:
    document = (HERE.parents[1] / "docs" / "semantics.md").read_text()
    named = {rule for param in (*EVALUATIONS, *REQUESTS) for rule in param.values[0]["rule"]}
    assert not {rule for rule in named if f"**{rule}**" not in document}
