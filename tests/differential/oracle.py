"""What the reference encoding says, by whichever solver comes to an answer.

cvc5 reads the exported text and is quick where z3's sequence theory is not; z3's answers come with
a witness that was replayed. `None` is "no answer in time": the tests then claim nothing.
"""

from __future__ import annotations

import cvc5  # type: ignore[import-untyped]
from hypothesis import settings

from iamlogic.symbolic.reference import Found, Unknown, search, to_smtlib
from iamlogic.symbolic.reference.patterns import LOWER_CASE, LOWER_CASE_DEFINED
from iamlogic.syntax.policy import Policy, Statement

_LOWER_CASE_OF_CVC5 = f"(define-fun {LOWER_CASE} ((text String)) String (str.to_lower text))"
"""Of `A` to `Z` alone, as ours, which is put together from 26 replacements and too hard for it."""

CVC5_SECONDS = 1.0
Z3_SECONDS = 1.0


def allows_more(before: Policy, after: Policy, *, within: Statement | None = None) -> bool | None:
    """Whether `after` allows a request that `before` does not; None if no solver can say."""
    verdict = cvc5_verdict(to_smtlib(before, after, within=within), CVC5_SECONDS)
    if verdict is not None:
        return verdict
    answer = search(after, before, within=within, timeout=Z3_SECONDS)
    return None if isinstance(answer, Unknown) else isinstance(answer, Found)


def cvc5_verdict(text: str, seconds: float) -> bool | None:
    """Whether cvc5 finds the text's assertions satisfiable; None if it does not say in time."""
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(round(seconds * 1000)))
    parser = cvc5.InputParser(solver)
    text = text.replace(LOWER_CASE_DEFINED, _LOWER_CASE_OF_CVC5)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    symbols = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        output = command.invoke(solver, symbols).strip()
        if output in ("sat", "unsat"):
            return bool(output == "sat")
        if output:  # "unknown", or an error in the text
            assert output == "unknown", output
            return None
    raise AssertionError("the text does not ask anything")


def share(percent: int) -> settings:
    """A profile's number of examples, cut to `percent`: slow claims get fewer of them."""
    profile = settings()
    return settings(max_examples=max(1, profile.max_examples * percent // 100))
