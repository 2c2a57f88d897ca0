"""The default encoding with every field of the symbolic request fixed to one request."""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.questions.lone_gain import Side
from iamlogic.semantics import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.enforcer import REQUESTERS
from iamlogic.symbolic.languages import Word, ordered
from iamlogic.symbolic.requester import DERIVED, RESOURCE_ACCOUNT, SEPARATOR
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.terms import InLanguage, OneValue, SomeValue
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy


def symbolically_allows(policy: Policy, request: Request) -> bool:
    """What the formula says of the request; it must say one thing and not the other."""
    solver = Solver(REQUESTERS[policy.kind], Suggestions(), multivalued_keys([policy]))
    side = Side.of(policy)
    compiler, terms = solver.compiler, solver.terms
    allowed = terms.all_of(
        [compiler.some_matches(side.allows), -compiler.some_matches(side.denies)]
    )
    pins = list(_pins(solver, request))
    can_be = solver.find([allowed, *pins]) is not None
    can_fail = solver.find([-allowed, *pins]) is not None
    assert can_be is not can_fail, "the formula says both or neither"
    return can_be


def _pins(solver: Solver, request: Request) -> Iterator[int]:
    terms = solver.terms
    fields = {
        "action": fold(request.action),
        "resource": request.resource,
        "requester": requester_string(request),
    }
    for variable, text in fields.items():
        yield terms.atom(InLanguage(variable, Word(text)))
    yield from (-unseen for unseen in solver.request.unseen.values())
    yield solver.request.present(RESOURCE_ACCOUNT) * (1 if request.resource_owner else -1)
    for key in list(solver.request.mentioned):
        values = request.values(key)
        if key in DERIVED:
            continue
        present = solver.request.present(key)
        yield present if values else -present
        if not values:
            continue
        if key in solver.request.multivalued:
            words = ordered(map(Word, values))
            yield from (terms.atom(SomeValue(key, (word,))) for word in words)
            yield -terms.atom(SomeValue(key, words, outside=True))
            yield terms.atom(OneValue(key)) * (1 if len(words) == 1 else -1)
        else:
            yield terms.atom(InLanguage(key, Word(values[0])))


def requester_string(request: Request) -> str:
    """The requester as `symbolizer` lays it out."""
    requester = request.requester
    if requester.kind is not RequesterKind.ROLE_SESSION:
        return requester.text + SEPARATOR
    return f"{requester.principal_arn}{SEPARATOR}{requester.text.rpartition('/')[2]}"
