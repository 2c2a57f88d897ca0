"""What holds of the reasons of every answer."""

from __future__ import annotations

import iamlogic as il
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.policy import Policy


def hold_reasons(answer: il.Answer, subject: Policy) -> None:
    """Every reason is a statement at its index, and its witness passes through it."""
    assert (answer.verdict is il.Verdict.FAILS) is bool(answer.reasons)
    assert answer.statements == tuple(r.statement for r in answer.reasons) or not answer.reasons
    assert [r.index for r in answer.reasons] == sorted({r.index for r in answer.reasons})
    for reason in answer.reasons:
        assert reason.statement is subject.statements[reason.index]
        assert statement_matches(reason.statement, reason.witness)
        assert il.evaluate(subject, reason.witness).outcome is il.Outcome.ALLOWED
    if answer.reasons:
        assert answer.witness == answer.reasons[0].witness
        assert answer.decision is not None
        assert answer.decision.request == answer.witness
