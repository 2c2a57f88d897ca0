"""A stack's formula with every field of the symbolic request fixed to one request."""

from __future__ import annotations

from iamlogic.semantics import Request
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.requester import Kind
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.stacks import Meaning, Subject
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy_set import PolicySet
from tests.differential.fixing import _pins


def formula_allows(stack: PolicySet, request: Request) -> bool:
    """What the formula says of the request; it must say one thing and not the other."""
    solver = Solver(tuple(Kind), Suggestions(), multivalued_keys(stack.policies()))
    meaning = Meaning(solver.terms, solver.request)
    allowed = meaning.allowed(Subject.of(stack), solver.compiler)
    pins = list(_pins(solver, request))
    can_be = solver.find([allowed, *pins]) is not None
    can_fail = solver.find([-allowed, *pins]) is not None
    assert can_be is not can_fail, "the formula says both or neither"
    return can_be
