"""One request drawn at one statement: it matches all parts, or all but the one that it misses.

Every choice is the place in a list that was made beforehand, the plainest first: that is quick, and
shrinks towards the plainest request. The order of the choices follows what depends on what: who
asks, whose the resource is, the keys, those with variables last, then the action and the resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from functools import lru_cache
from typing import TypeVar, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import definitions, parse_requester
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Condition, Escape, Text, Variable
from iamlogic.testing.strategies.askers import RESOURCE_ACCOUNT
from iamlogic.testing.strategies.edges import Edges, KeyTarget, Target
from iamlogic.testing.strategies.sendable import (
    ANY_ACTION,
    actions_beside,
    resources_beside,
    sendable_actions,
    sendable_resources,
)
from iamlogic.testing.strategies.sending import as_sent
from iamlogic.testing.strategies.values import (
    ABSENT,
    KeyEdges,
    Values,
    key_edges,
    pattern_of,
)
from iamlogic.testing.strategies.vocabulary import HERE
from iamlogic.testing.strategies.words import (
    Pattern,
    Place,
)

T = TypeVar("T")


class Miss(Enum):
    """The part of a statement that a request misses; of the conditions it is one key."""

    NOTHING = "nothing"
    ACTION = "action"
    RESOURCE = "resource"
    REQUESTER = "requester"
    ACCOUNT = "resource account"


Plan = Miss | KeyTarget


@lru_cache(maxsize=1 << 12)
def plans(target: Target) -> tuple[Plan, ...]:
    """What a request at the target may miss: nothing, or each part, as often together."""
    misses: list[Plan] = []
    if any(p.text != "*" for p in target.statement.actions.patterns):
        misses.append(Miss.ACTION)
    resources = target.statement.resources
    if resources is not None and any(p.text != "*" for p in resources.patterns):
        misses.append(Miss.RESOURCE)
    if target.strangers:
        misses.append(Miss.REQUESTER)
    if target.accounts is not None:
        misses.append(Miss.ACCOUNT)
    misses += [key for key in target.keys if key.conditions]
    return (*(Miss.NOTHING,) * max(1, len(misses)), *misses)


def pick(draw: DrawFn, options: Sequence[T]) -> T:
    """One of the options; towards the first when it shrinks."""
    return options[draw(_below(len(options)))] if len(options) > 1 else options[0]


@lru_cache(maxsize=1 << 12)
def _below(bound: int) -> SearchStrategy[int]:
    return st.sampled_from(range(bound))


def aimed(draw: DrawFn, edges: Edges, target: Target, plan: Plan) -> Request:
    """A request that matches `target`, but for what the plan misses."""
    asking = target.strangers if plan is Miss.REQUESTER else target.askers
    asker = pick(draw, asking or target.strangers or target.askers)
    requester = parse_requester(asker.principal)
    known: dict[str, Values] = {
        fold(key): (value,) for key, value in definitions(requester).items() if value is not None
    }
    if asker.role is not None:
        known["aws:principalarn"] = (asker.role,)
    account = _account(draw, edges, target, known, missed=plan is Miss.ACCOUNT)
    owner = account or requester.account
    if owner is not None:
        known[RESOURCE_ACCOUNT] = (owner,)
    context: dict[str, ContextValue] = {**asker.context()}
    given = set[str]()
    for key in target.keys:
        found = _edges_of(edges, key, known)
        options = found.failing if key is plan else found.holding
        _give(key, pick(draw, options or found.failing or found.holding), context, known)
        given.add(key.folded)
    if len(edges.targets) > 1:
        for key in pick(draw, edges.targets).keys:
            if key.folded not in given:
                found = _edges_of(edges, key, known)
                options = (*found.failing, *found.holding)
                _give(key, pick(draw, options), context, known)
                given.add(key.folded)
    action = _action(draw, edges, target, missed=plan is Miss.ACTION)
    service = action.partition(":")[0].lower() or "s3"
    resource = _resource(draw, edges, target, known, service, missed=plan is Miss.RESOURCE)
    if not edges.manner.sent:
        return Request(asker.principal, action, resource, context, account)
    if account is not None and _is_of_other(resource, account):
        account = None  # R-K22
    request = Request(asker.principal, action, resource, context, account)
    return as_sent(request, edges.mentioned) if edges.is_worldly else request


def plainest(edges: Edges, target: Target) -> Request:
    """The request that those at the target shrink to."""
    return aimed(cast("DrawFn", lambda _: 0), edges, target, Miss.NOTHING)


def _is_of_other(resource: str, account: str) -> bool:
    segments = resource.split(":", 5)
    return len(segments) == 6 and segments[4].isdigit() and segments[4] != account


def _give(
    key: KeyTarget, values: Values, context: dict[str, ContextValue], known: dict[str, Values]
) -> None:
    if values:
        context[key.name] = values[0] if len(values) == 1 else list(values)
        known[key.folded] = values


def _edges_of(edges: Edges, key: KeyTarget, known: Mapping[str, Values]) -> KeyEdges:
    conditions, also = key.conditions, ABSENT
    if key.varies:
        also = tuple(value for each in conditions for value in _several(each, known))
        conditions = tuple(_resolved_condition(each, known) for each in conditions)
    several = key.folded in edges.multivalued
    return key_edges(key.folded, conditions, edges.manner, multivalued=several, also=also)


def _several(condition: Condition, known: Mapping[str, Values]) -> Iterator[str]:
    """The values of variables that have more than one, so that none is substituted (R-V9)."""
    for text in condition.values:
        for part in text.template or ():
            values = known.get(fold(part.key), ABSENT) if isinstance(part, Variable) else ABSENT
            yield from values if len(values) > 1 else ABSENT


def _resolved_condition(condition: Condition, known: Mapping[str, Values]) -> Condition:
    return replace(condition, values=tuple(resolved(each, known) for each in condition.values))


def resolved(text: Text, known: Mapping[str, Values]) -> Text:
    """The text with the variables replaced whose values are known (R-V4, R-V7, R-V9)."""
    if text.template is None:
        return text
    parts = tuple(
        _value_of(part, known) if isinstance(part, Variable) else part for part in text.template
    )
    return Text(text.text, parts)


def _value_of(variable: Variable, known: Mapping[str, Values]) -> Variable | Escape:
    values = set(known.get(fold(variable.key), ABSENT))
    if len(values) == 1:
        return Escape(values.pop())
    if not values and variable.default is not None:
        return Escape(variable.default)
    return variable


def _account(
    draw: DrawFn, edges: Edges, target: Target, known: Mapping[str, Values], *, missed: bool
) -> str | None:
    """Whose the resource is; None where nothing but the rest of the request says so."""
    if target.accounts is not None:
        found = _edges_of(edges, target.accounts, known)
        wanted, others = (
            [v[0] for v in options if v and len(v[0]) == 12 and v[0].isdigit() and v[0].isascii()]
            for options in (found.holding, found.failing)
        )
        options = [*others, *edges.accounts] if missed else [*wanted, *_own_account(known)]
        return pick(draw, options)
    return pick(draw, (None, None, *edges.accounts))


def _own_account(known: Mapping[str, Values]) -> Values:
    """The account of who asks, or the usual one."""
    account = known.get("aws:principalaccount", (HERE,))
    return account if account[0].isdigit() else (HERE,)


def _action(draw: DrawFn, edges: Edges, target: Target, *, missed: bool) -> str:
    actions = target.statement.actions
    if actions.negated:
        beside = actions_beside(actions, edges.actions[:_ELSEWHERE], edges.manner)
        return pick(draw, (missed and beside.near) or beside.hits or beside.near)
    if not actions.patterns:
        return pick(draw, edges.actions or ANY_ACTION)
    pattern = pick(draw, actions.patterns)
    if missed and len(edges.targets) > 1:  # an action of another statement, perhaps
        elsewhere = pick(draw, edges.targets) if pick(draw, _SELDOM) else target
        if elsewhere is not target and elsewhere.statement.actions.patterns:
            pattern, missed = pick(draw, elsewhere.statement.actions.patterns), False
    words = sendable_actions(pattern.text, edges.manner)
    return pick(draw, (missed and words.near) or words.hits or words.near)


_SELDOM = (False, False, False, True)
_ELSEWHERE = 50
"""Patterns of other statements among which words for a negated part are looked for."""


def _resource(
    draw: DrawFn, edges: Edges, target: Target, known: Mapping[str, Values], service: str,
    *, missed: bool,
) -> str:  # fmt: skip
    place = Place(service, known.get(RESOURCE_ACCOUNT, (HERE,))[0])
    resources = target.statement.resources
    if resources is None or not resources.patterns:
        pattern = _pattern(draw, edges, pick(draw, edges.resources or _ANY_RESOURCE), known)
        words = sendable_resources(pattern, place, edges.manner)
        return pick(draw, words.hits or words.near)
    if resources.negated:
        patterns = tuple(_pattern(draw, edges, each, known) for each in resources.patterns)
        other = _pattern(draw, edges, pick(draw, edges.resources), known)
        beside = resources_beside(patterns, other, place, edges.manner)
        return pick(draw, (missed and beside.near) or beside.hits or beside.near)
    pattern = _pattern(draw, edges, pick(draw, resources.patterns), known)
    words = sendable_resources(pattern, place, edges.manner)
    return pick(draw, (missed and words.near) or words.hits or words.near)


_ANY_RESOURCE = (Text("*"),)


def _pattern(draw: DrawFn, edges: Edges, text: Text, known: Mapping[str, Values]) -> Pattern:
    """The text as a pattern; a variable that has no value is filled with what it could be."""
    if text.template is None:
        return pattern_of(text)
    filled = [
        Escape(pick(draw, (*edges.manner.free, "", *known.get(fold(part.key), ()))))
        if isinstance(part, Variable)
        else part
        for part in resolved(text, known).template or ()
    ]
    return pattern_of(Text(text.text, tuple(filled)))
