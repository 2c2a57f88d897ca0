"""Requests of a scope and no others: built on its edges where that is enough, else found by proof.

A request is drawn at the scope's statement as on any policy's edges, without a miss. The evaluator
says whether it lies in the scope, and the world facts whether AWS can send it. Where it does not
(conditions that clash, facts that forbid what was chosen), the solver looks for a request of the
scope that keeps as much of what was drawn as there can be. So no draw is lost to a filter, and what
the solver finds differs with what was drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.permits import can
from iamlogic.semantics.request import Request
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import can_exist, can_send
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    PolicyKind,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Resources,
    Statement,
    Text,
    Version,
)
from iamlogic.syntax.scope import Scope
from iamlogic.testing.strategies.aiming import Miss, aimed, pick, plainest, plans
from iamlogic.testing.strategies.edges import Edges, Target, edges_of
from iamlogic.testing.strategies.errors import StrategyError
from iamlogic.testing.strategies.vocabulary import Vocabulary


@lru_cache(maxsize=256)
def edges_within(
    scope: Scope, policies: tuple[Policy, ...], vocabulary: Vocabulary, *, all_requests: bool
) -> Edges:
    """What the requests are made of: the scope's words first, then those of the policies."""
    asked = Policy((scope.statement,), Version.V2012, kind=PolicyKind.RESOURCE)
    edges = edges_of((asked, *policies), vocabulary, all_requests=all_requests)
    target, *others = edges.targets
    return replace(edges, targets=(_by_those_who_can(target, scope, edges), *others))


def _by_those_who_can(target: Target, scope: Scope, edges: Edges) -> Target:
    """The target without those whose plainest request is none of the scope's, unless all are.

    Of a scope whose requests only services send, nobody else needs to be drawn.
    """
    able = tuple(
        asker
        for asker in target.askers
        if _whole(plainest(edges, replace(target, askers=(asker,))), scope, edges)
    )
    return replace(target, askers=able or target.askers)


def within(scope: Scope, edges: Edges) -> SearchStrategy[Request]:
    """Requests of the scope, with all that AWS sends beside them."""

    @st.composite  # without arguments, which hypothesis would write beside an error
    def requests_of_the_scope(draw: DrawFn) -> Request:
        return _drawn(draw, scope, edges)

    return requests_of_the_scope()


def _drawn(draw: DrawFn, scope: Scope, edges: Edges) -> Request:
    targets = edges.targets
    target = pick(draw, (targets[0], *targets)) if len(targets) > 1 else targets[0]
    plan = Miss.NOTHING if target is targets[0] else pick(draw, plans(target))
    drawn = aimed(draw, edges, target, plan)
    return _whole(drawn, scope, edges) or _found(drawn, scope, edges)


def _whole(request: Request, scope: Scope, edges: Edges) -> Request | None:
    """The request as AWS sends it, if that is one of the scope's."""
    if edges.manner.sent:
        request = with_usual_context(request, edges.mentioned)
        is_one = can_send(request, edges.multivalued, to_stack=True)
    else:
        is_one = can_exist(request, edges.multivalued)
    return request if is_one and statement_matches(scope.statement, request) else None


def _found(drawn: Request, scope: Scope, edges: Edges) -> Request:
    """A request of the scope that is like the one drawn in as many parts as it can be."""
    kept: frozenset[Part] = frozenset()
    found = _ask(scope, kept, sent=edges.manner.sent)
    if found.verdict is not Verdict.HOLDS:
        raise StrategyError(_why(found, scope, sent=edges.manner.sent))
    for part in _parts(drawn, edges):
        answer = _ask(scope, kept | {part}, sent=edges.manner.sent)
        if answer.verdict is Verdict.HOLDS:
            kept, found = kept | {part}, answer
    assert found.witness is not None
    return _whole(found.witness, scope, edges) or found.witness


def _why(answer: Answer, scope: Scope, *, sent: bool) -> str:
    if answer.verdict is Verdict.UNKNOWN:
        return f"it is unknown whether the scope holds a request: {answer.reason}"
    if sent and _ask(scope, frozenset(), sent=False).verdict is Verdict.HOLDS:
        return (
            "AWS can send no request of the scope: nothing can be drawn\n"
            "    hint: all_requests=True draws those that it cannot send, too"
        )
    return "the scope holds no request: nothing can be drawn"


Part = tuple[str, str]
"""What a request is to keep: its action, its resource, who asks; or that a key is there, or not."""


def _parts(drawn: Request, edges: Edges) -> Iterator[Part]:
    yield "action", drawn.action
    yield "resource", drawn.resource
    for key in sorted(edges.mentioned):
        yield ("present" if drawn.values(key) else "absent"), key
    yield "principal", drawn.principal


@lru_cache(maxsize=1 << 14)
def _ask(scope: Scope, kept: frozenset[Part], *, sent: bool) -> Answer:
    """Whether a request of the scope has these parts: whether a policy of these allows one."""
    by_name: dict[str, list[str]] = {}
    for name, value in kept:
        by_name.setdefault(name, []).append(value)
    statement = Statement(
        Effect.ALLOW,
        Actions(tuple(map(Text, by_name.get("action", ["*"])))),
        Resources(tuple(map(Text, by_name.get("resource", ["*"])))),
        _EVERYBODY,
        tuple(
            Condition(OPERATORS["null"], key, (Text("true" if name == "absent" else "false"),))
            for name in ("absent", "present")
            for key in by_name.get(name, [])
        ),
    )
    policy = Policy((statement,), Version.V2012, kind=PolicyKind.RESOURCE)
    principals = by_name.get("principal")
    principal = principals[0] if principals else None
    return can(policy, scope, principal=principal, all_requests=not sent, timeout=_SECONDS)


_EVERYBODY = Principals((Principal(PrincipalType.ANY, PrincipalForm.EVERYONE, "*"),))
_SECONDS = 10
"""How long one question may take; a scope that is harder is an error that says so."""
