"""The question as one SMT-LIB 2.6 text: is a request allowed by one policy and not by another?

`to_smtlib` is for people and other solvers, `inclusion` is the part of it that states the problem.
Neither needs z3.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.symbolic.reference.formula import (
    allows,
    compared_kinds,
    matches,
    policy_commands,
    request_commands,
    require_encodable,
    universe_commands,
    unseen_principals,
)
from iamlogic.symbolic.reference.keys import Keys, keys_of
from iamlogic.symbolic.reference.smtlib import asserted, comment, declared, negation
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, Statement

_HEAD = """\
(set-info :smt-lib-version 2.6)
(set-info :source |iamlogic, the reference encoding of two IAM policies|)
(set-info :category "industrial")
(set-option :produce-models true)
(set-logic QF_SLIA)"""


def to_smtlib(before: Policy, after: Policy, *, within: Statement | None = None) -> str:
    """The question whether `after` allows a request that `before` does not, for any SMT solver.

    `sat` means that there is such a request, and the model is one; `unsat` that there is none.
    `within`, a statement of these policies or made from their parts, narrows the question to the
    requests that it matches. Raises `Unsupported` for a character that SMT-LIB does not have.
    """
    commands = inclusion(before, after, question_keys(before, after, within), within)
    return "\n".join([_HEAD, *commands, "(check-sat)", "(get-model)", ""])


def question_keys(before: Policy, after: Policy, within: Statement | None) -> Keys:
    """The condition keys of a question; raises `Unsupported` for what SMT-LIB can't write."""
    require_encodable(before)
    require_encodable(after)
    narrowing = () if within is None else (within,)
    statements = (*before.statements, *after.statements, *narrowing)
    return keys_of(statements, multivalued_keys((before, after)))


def inclusion(
    before: Policy, after: Policy, keys: Keys, within: Statement | None = None
) -> Iterator[str]:
    """The commands that ask for a request allowed by `after` and not by `before`."""
    yield from request_commands(keys)
    yield from universe_commands(compared_kinds((before, after)), keys)
    yield from (declared(each, "Bool") for each in unseen_principals((before, after)))
    yield from policy_commands("before", before, keys)
    yield from policy_commands("after", after, keys)
    yield comment("The question: allowed by `after` and not by `before`")
    yield asserted(allows("after"))
    yield asserted(negation(allows("before")))
    if within is not None:
        yield comment("and matched by this statement")
        yield asserted(matches(within, keys))
