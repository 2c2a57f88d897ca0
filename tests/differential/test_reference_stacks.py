"""Stacks in the reference encoding: the decision table, and comparisons against the default one."""

from __future__ import annotations

import pytest

import iamlogic as il
from iamlogic.symbolic.reference import Found, Nothing, fixed, search, to_smtlib
from tests.conformance.test_decision_table import ROWS, Row, _request, _stack
from tests.differential.oracle import cvc5_verdict
from tests.questions.test_stacks import LOSSES

SHARE = 8
"""Of the table's rows one in so many: each takes some tens of milliseconds."""


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS[::SHARE]])
def test_the_reference_decides_as_the_table_says(row: Row) -> None:
    assert fixed(_stack(row), _request(row)) is (row["expected"] == "ALLOWED")


@pytest.mark.parametrize(("before", "after"), [pair[:2] for pair in LOSSES])
def test_the_reference_finds_what_is_lost_and_nothing_gained(
    before: il.PolicySet, after: il.PolicySet
) -> None:
    lost = search(before, after, timeout=30)
    assert isinstance(lost, Found), lost
    assert il.evaluate(before, lost.witness).outcome is il.Outcome.ALLOWED
    assert il.evaluate(after, lost.witness).outcome is not il.Outcome.ALLOWED
    assert search(after, before, timeout=30) == Nothing()


def test_another_solver_reads_the_question_and_does_not_contradict() -> None:
    before, after = LOSSES[0][:2]
    assert cvc5_verdict(to_smtlib(after, before), 5) is not False  # what `before` alone allows
    assert cvc5_verdict(to_smtlib(before, after), 20) is False
