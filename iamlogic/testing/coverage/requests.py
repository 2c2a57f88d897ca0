"""What a request touches of a policy: each part that decided whether its statement matches.

This runs at every evaluation in a test, so that what most requests fail at, the action, comes
first, and a statement that two parts keep from matching is left at the second.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.semantics.conditions import condition_holds
from iamlogic.semantics.matching import actions_match, resource_matches, resources_match
from iamlogic.semantics.principals import Strength, entry_strength, principal_strength
from iamlogic.semantics.request import Request
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Actions, Condition, Policy, Principals, Statement
from iamlogic.testing.coverage.parts import Element, Part


def touched_by(request: Request, policy: Policy) -> Iterator[Part]:
    """The parts of the policy that the request touches."""
    for number, statement in enumerate(policy.statements):
        yield from _of_statement(statement, number, request)


def _of_statement(statement: Statement, number: int, request: Request) -> Iterator[Part]:
    action = actions_match(statement.actions, request)
    if not action and not statement.actions.negated:
        return
    resource = resources_match(statement.resources, request)
    if not resource and not (action and statement.resources and statement.resources.negated):
        return
    principal = principal_strength(statement, request.requester) is not Strength.NONE
    held = [condition_holds(each, request) for each in statement.conditions]
    all_held = all(held)
    if action and resource and principal and all_held:
        yield Part(number, Element.STATEMENT)
    if resource and principal and all_held:
        for index, pattern in enumerate(statement.actions.patterns):
            if actions_match(Actions((pattern,)), request):
                yield Part(number, Element.ACTION, index)
    if statement.resources is not None and action and principal and all_held:
        for index, pattern in enumerate(statement.resources.patterns):
            if resource_matches(pattern, request):
                yield Part(number, Element.RESOURCE, index)
    if statement.principals is not None and action and resource and all_held:
        yield from _principals(statement.principals, number, request)
    if action and resource and principal and held.count(False) <= 1:
        for index, condition in enumerate(statement.conditions):
            if all(held[:index]) and all(held[index + 1 :]):
                branch = _branch(condition, request, holds=held[index])
                yield Part(number, branch, index)


def _principals(principals: Principals, number: int, request: Request) -> Iterator[Part]:
    for index, entry in enumerate(principals.entries):
        if entry_strength(entry, request.requester) is not Strength.NONE:
            yield Part(number, Element.PRINCIPAL, index)


def _branch(condition: Condition, request: Request, *, holds: bool) -> Element:
    is_null = condition.operator.base.family is Family.NULL
    if not is_null and not request.values(condition.key):
        return Element.ABSENT
    return Element.HELD if holds else Element.NOT_HELD
