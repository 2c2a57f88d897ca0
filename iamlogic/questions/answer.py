"""What a question with yes and no comes to: `Answer`, three-valued and with evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.errors import IamlogicError
from iamlogic.semantics.decision import Decision
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Statement


class Verdict(Enum):
    """Whether what was asked holds."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class UnknownAnswer(IamlogicError):
    """An unknown answer was taken for yes or no."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement that is why a check fails: what it does, and a request that shows it.

    The request is allowed through this statement, which the evaluator has confirmed. `index` is
    the statement's place in its policy, from 0. AWS's checks say the same with a description,
    statementId (the Sid) and statementIndex.
    """

    description: str
    statement: Statement
    index: int
    witness: Request


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether what was asked holds, and what shows it.

    `witness` is the request that shows it: of never and always one that fails them, of `can` one
    that does it; None where the answer is a proof, or unknown. `decision` is what becomes of the
    witness. `statements` are those that decided: of a witness those of its decision, of a proof
    the Deny statements that it needs. `reason` says in a sentence why, also why it is unknown.
    Where a check fails, `reasons` are all the statements through which it does, in their order,
    each with its own witness, and `statements` are the same ones.
    """

    verdict: Verdict
    reason: str
    witness: Request | None = None
    statements: tuple[Statement, ...] = ()
    decision: Decision | None = field(default=None, repr=False)
    reasons: tuple[Reason, ...] = ()

    def __bool__(self) -> bool:
        if self.verdict is Verdict.UNKNOWN:
            raise UnknownAnswer(
                f"the answer is unknown: {self.reason}\n"
                "    hint: ask for answer.verdict, and take UNKNOWN for neither yes nor no"
            )
        return self.verdict is Verdict.HOLDS
