"""Relations between two lone policies that the rules of docs/semantics.md fix, as cases."""

from __future__ import annotations

import pytest

import iamlogic as il
from tests.conformance.cases import COMPARISONS, Case, cases

MIRRORED = {"MORE_PERMISSIVE": "LESS_PERMISSIVE", "LESS_PERMISSIVE": "MORE_PERMISSIVE"}


@pytest.mark.parametrize("case", cases(*COMPARISONS))
def test_relation(case: Case) -> None:
    before, after, expected = il.parse(case["before"]), il.parse(case["after"]), case["expected"]
    comparison = il.compare(before, after)
    assert comparison.relation.name == expected
    assert comparison.complete
    assert il.compare(after, before).relation.name == MIRRORED.get(expected, expected)
