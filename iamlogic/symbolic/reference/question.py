"""The question as one SMT-LIB 2.6 text: is a request allowed by one policy and not by another?

`to_smtlib` is for people and other solvers, `inclusion` is the part of it that states the problem.
Neither needs z3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
from iamlogic.symbolic.reference.requester import COMPARED, Kind
from iamlogic.symbolic.reference.smtlib import asserted, comment, declared, negation
from iamlogic.symbolic.reference.stacks import stack_commands
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, PolicyKind, Statement
from iamlogic.syntax.policy_set import PolicySet, policies_of

_HEAD = """\
(set-info :smt-lib-version 2.6)
(set-info :source |iamlogic, the reference encoding of two IAM policies|)
(set-info :category "industrial")
(set-option :produce-models true)
(set-logic QF_SLIA)"""


Given = Policy | PolicySet


def to_smtlib(before: Given, after: Given, *, within: Statement | None = None) -> str:
    """The question whether `after` allows a request that `before` does not, for any SMT solver.

    Both are lone policies or both are stacks; stacks are asked about for all requesters.

    `sat` means that there is such a request, and the model is one; `unsat` that there is none.
    `within`, a statement of these policies or made from their parts, narrows the question to the
    requests that it matches. Raises `Unsupported` for a character that SMT-LIB does not have.
    """
    commands = inclusion(before, after, question_keys(before, after, within), within)
    return "\n".join([_HEAD, *commands, "(check-sat)", "(get-model)", ""])


def question_keys(before: Given, after: Given, within: Statement | None) -> Keys:
    """The condition keys of a question; raises `Unsupported` for what SMT-LIB can't write."""
    policies = (*policies_of(before), *policies_of(after))
    for policy in policies:
        require_encodable(policy)
    narrowing = () if within is None else (within,)
    statements = (*(s for policy in policies for s in policy.statements), *narrowing)
    return keys_of(statements, multivalued_keys(policies))


def commands_of(name: str, given: Given, keys: Keys) -> Iterator[str]:
    """Defines `allows(name)`, of a lone policy or of a stack."""
    if isinstance(given, Policy):
        return policy_commands(name, given, keys)
    return stack_commands(name, given, keys)


def asked_kinds(given: Sequence[Given]) -> list[Kind]:
    """The kinds of requesters that a question about them ranges over."""
    lone = [each for each in given if isinstance(each, Policy)]
    if len(lone) == len(given):
        return compared_kinds(lone)
    return list(COMPARED[PolicyKind.RESOURCE])


def inclusion(
    before: Given, after: Given, keys: Keys, within: Statement | None = None
) -> Iterator[str]:
    """The commands that ask for a request allowed by `after` and not by `before`."""
    yield from request_commands(keys)
    yield from universe_commands(asked_kinds((before, after)), keys)
    policies = (*policies_of(before), *policies_of(after))
    yield from (declared(each, "Bool") for each in unseen_principals(policies))
    yield from commands_of("before", before, keys)
    yield from commands_of("after", after, keys)
    yield comment("The question: allowed by `after` and not by `before`")
    yield asserted(allows("after"))
    yield asserted(negation(allows("before")))
    if within is not None:
        yield comment("and matched by this statement")
        yield asserted(matches(within, keys))
