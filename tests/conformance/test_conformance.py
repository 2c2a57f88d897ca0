"""The rules of docs/semantics.md as cases: each names its rules and where its answer comes from.

`from_stacks.json` holds cases written for a stack of policies of which only one is given, and whose
answer is the lone policy's too; several identity policies stand there as one, being a union (R-E2).
The cases of `documented_*.json` are examples that AWS's documentation gives: `source` is the page.
"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from iamlogic.errors import RequestError
from iamlogic.semantics import Request, evaluate
from iamlogic.semantics.world import can_exist, is_compared
from iamlogic.syntax.documents import parse
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy
from tests.conformance.cases import ALL, EVALUATIONS, Case, cases, read
from tests.differential.fixing import symbolically_allows

EVALUATED = cases(*EVALUATIONS)
REQUESTS = cases("requests")


@pytest.mark.parametrize("case", EVALUATED)
def test_outcome(case: Case) -> None:
    policy, request = _policy_and_request(case)
    decision = evaluate(policy, request)
    assert decision.outcome.value == case["expected"], decision.explain()


@pytest.mark.parametrize("case", [c for c in EVALUATED if "not_compared" not in c.values[0]])
def test_outcome_by_the_formula(case: Case) -> None:
    """…with every field of the symbolic request fixed (R-E20)."""
    policy, request = _policy_and_request(case)
    assert _is_in_the_formula(policy, request), "say why in `not_compared`"
    assert symbolically_allows(policy, request) is (case["expected"] == "ALLOWED")


@pytest.mark.parametrize("case", [c for c in EVALUATED if "not_compared" in c.values[0]])
def test_a_case_that_the_formula_does_not_speak_of_says_why(case: Case) -> None:
    policy, request = _policy_and_request(case)
    assert case["not_compared"]
    assert not _is_in_the_formula(policy, request)


@pytest.mark.parametrize("case", [c for c in REQUESTS if "values" in c.values[0]])
def test_request_has_values(case: Case) -> None:
    request = Request.from_json(json.dumps(case["request"]))
    assert {key: list(request.values(key)) for key in case["values"]} == case["values"]


@pytest.mark.parametrize("case", [c for c in REQUESTS if "error" in c.values[0]])
def test_request_is_refused(case: Case) -> None:
    with pytest.raises(RequestError) as refused:
        Request.from_json(json.dumps(case["request"]))
    assert case["error"] in str(refused.value)


def test_no_two_cases_have_one_id() -> None:
    times = Counter(case["id"] for name in ALL for case in read(name))
    assert not [id_ for id_, count in times.items() if count > 1]


def _policy_and_request(case: Case) -> tuple[Policy, Request]:
    return parse(case["policy"]), Request.from_json(case["request"])


def _is_in_the_formula(policy: Policy, request: Request) -> bool:
    return can_exist(request, multivalued_keys([policy])) and is_compared(request, policy.kind)
