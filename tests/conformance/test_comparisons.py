"""Relations between two lone policies that the rules of docs/semantics.md fix, as cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import iamlogic as il

CASES = json.loads((Path(__file__).parent / "comparisons.json").read_text())
MIRRORED = {"MORE_PERMISSIVE": "LESS_PERMISSIVE", "LESS_PERMISSIVE": "MORE_PERMISSIVE"}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in CASES])
def test_relation(case: dict[str, Any]) -> None:
    before, after, expected = il.parse(case["before"]), il.parse(case["after"]), case["expected"]
    comparison = il.compare(before, after)
    assert comparison.relation.name == expected
    assert comparison.complete
    assert il.compare(after, before).relation.name == MIRRORED.get(expected, expected)
