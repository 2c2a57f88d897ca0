"""The question as one SMT-LIB 2.6 text: is a request allowed by one policy and not by another?

`to_smtlib` is for people and other solvers, `inclusion` is the part of it that states the problem.
Neither needs z3.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.symbolic.reference.formula import (
    Keys,
    allows,
    compared_kinds,
    keys_of,
    policy_commands,
    request_commands,
    require_encodable,
    universe_commands,
)
from iamlogic.symbolic.reference.smtlib import asserted, comment, negation
from iamlogic.syntax.policy import Policy

_HEAD = """\
(set-info :smt-lib-version 2.6)
(set-info :source |iamlogic, the reference encoding of two IAM policies|)
(set-info :category "industrial")
(set-option :produce-models true)
(set-logic QF_SLIA)"""


def to_smtlib(before: Policy, after: Policy) -> str:
    """The question whether `after` allows a request that `before` does not, for any SMT solver.

    `sat` means that there is such a request, and the model is one; `unsat` that there is none.
    Raises `Unsupported` for what has no meaning yet.
    """
    require_encodable(before)
    require_encodable(after)
    commands = inclusion(before, after, keys_of((before, after)))
    return "\n".join([_HEAD, *commands, "(check-sat)", "(get-model)", ""])


def inclusion(before: Policy, after: Policy, keys: Keys) -> Iterator[str]:
    """The commands that ask for a request allowed by `after` and not by `before`."""
    yield from request_commands(keys)
    yield from universe_commands(compared_kinds((before, after)))
    yield from policy_commands("before", before, keys)
    yield from policy_commands("after", after, keys)
    yield comment("The question: allowed by `after` and not by `before`")
    yield asserted(allows("after"))
    yield asserted(negation(allows("before")))
