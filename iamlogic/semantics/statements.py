"""When a statement matches a request: when its four parts do."""

from __future__ import annotations

from iamlogic.semantics.conditions import conditions_hold
from iamlogic.semantics.matching import actions_match, resources_match
from iamlogic.semantics.principals import Strength, principal_strength
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Statement


def statement_matches(statement: Statement, request: Request, *, bounded: bool = False) -> bool:
    """Whether all four parts of a statement match, at any strength (R-M10, R-E20)."""
    return match_strength(statement, request, bounded=bounded) is not Strength.NONE


def match_strength(statement: Statement, request: Request, *, bounded: bool = False) -> Strength:
    """How strongly a statement matches, NONE if it does not.

    `bounded`: the requester has a permissions boundary, which a Deny with NotPrincipal in a
    resource policy never spares (R-M12).
    """
    if not (
        actions_match(statement.actions, request) and resources_match(statement.resources, request)
    ):
        return Strength.NONE
    strength = principal_strength(statement, request.requester, bounded=bounded)
    if strength is Strength.NONE or not conditions_hold(statement, request):
        return Strength.NONE
    return strength
