"""Through which Allow statements a set of requests is granted: each with a request, and no other.

One request after the other is asked for through the statements not seen yet, until the solver
proves that there is none. A statement counts as seen only if it matches the request as it is shown
and also with all that AWS would add to it: a condition on a key that is not shown may hold of the
one and not of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from iamlogic.errors import InternalError
from iamlogic.questions.inquiry import Inquiry
from iamlogic.semantics import Request, with_usual_context
from iamlogic.semantics.explain import printable
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.model import Model
from iamlogic.syntax.policy import Effect, Policy
from iamlogic.syntax.policy_set import PolicySet


def explain_access(witness: Request) -> str:
    """What the request is for, in a few words."""
    return printable(f"{witness.action} on {witness.resource}")


def allows_of(policy: Policy) -> dict[int, Lowered]:
    """The Allow statements in normal form, by their index in the policy."""
    return {
        index: lower(statement)
        for index, statement in enumerate(policy.statements)
        if statement.effect is Effect.ALLOW
    }


@dataclass(frozen=True, slots=True)
class Granting:
    """The requests that satisfy `formula`, of which the subjects say what is `expected`."""

    inquiry: Inquiry
    compiler: Compiler
    formula: Sequence[int]
    expected: Sequence[tuple[Policy | PolicySet, bool]]

    def through(self, statements: Mapping[int, Lowered]) -> Iterator[tuple[int, Request]]:
        """Of those statements all that grant some of the requests, lazily.

        Once it ends the others are proved to grant none.
        """
        left = dict(statements)
        while left:
            some = self.compiler.some_matches(left.values())
            model = self.inquiry.find([*self.formula, some])
            if model is None:
                return
            witness, whole = self._witness(model)
            seen = [
                index
                for index, each in left.items()
                if all(statement_matches(each.statement, r) for r in (witness, whole))
            ]
            if not seen:
                raise InternalError(
                    f"no statement grants this request; please report it:\n{witness.to_json()}"
                )
            for index in seen:
                del left[index]
                yield index, witness

    def _witness(self, model: Model) -> tuple[Request, Request]:
        """The request of the model as it is shown, and with what AWS would add."""
        witness = self.inquiry.witness(model, self.expected)
        if not self.inquiry.solver.facts:  # nothing is known of what AWS adds (R-K16)
            return witness, witness
        return witness, with_usual_context(witness, model.keys)
