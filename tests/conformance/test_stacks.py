"""How several policies around one request answer it (R-E1 to R-E19): each case, in both meanings.

The symbolic meaning is asked about exactly that request: a scope of one action, one resource and
one requester, whose context is fixed as far as a policy of the stack looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import iamlogic as il
from tests.conformance.cases import Case, cases
from tests.differential.fixing_stacks import formula_allows

STACKS = cases("stacks")


@pytest.mark.parametrize("case", STACKS)
def test_the_evaluator_decides_the_case(case: Case) -> None:
    decision = il.evaluate(stack_of(case), il.Request.from_json(case["request"]))
    assert decision.outcome.name == case["expected"], decision.explain()


@pytest.mark.parametrize("case", STACKS)
def test_the_formula_decides_the_case(case: Case) -> None:
    allowed = formula_allows(stack_of(case), il.Request.from_json(case["request"]))
    assert allowed is (case["expected"] == "ALLOWED")


@pytest.mark.parametrize("case", STACKS)
def test_the_reason_names_the_layers_that_decide(case: Case) -> None:
    decision = il.evaluate(stack_of(case), il.Request.from_json(case["request"]))
    assert decision.deciding or decision.request.principal.endswith(":root")
    for finding in decision.deciding:
        assert finding.layer.type.value.split()[0] in decision.reason or (
            finding.layer.type is il.PolicyType.RESOURCE and "trust policy" in decision.reason
        )


def stack_of(case: Case) -> il.PolicySet:
    return il.PolicySet(**dict(_members(case["policies"])))


def _members(policies: Case) -> Iterator[tuple[str, object]]:
    for name, given in policies.items():
        if name == "identity":
            yield name, [il.parse(document) for document in given]
        elif name in {"scps", "rcps"}:
            yield name, [[il.parse(document) for document in level] for level in given]
        else:
            yield name, il.parse(given)
