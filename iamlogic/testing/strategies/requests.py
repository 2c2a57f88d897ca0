"""Requests as hypothesis strategies: on the edges of given policies, or all within a scope.

    @given(requests(for_policy=policy))
    def test_…(request): …

    @given(requests(satisfying=il.Scope({"Action": "s3:DeleteBucket", "Resource": "*"})))
    def test_…(request): …

On the edges a request aims at one statement: it matches all of its parts, or misses one by little,
by a character, a segment, a value beside a bound, a key that is not there (`aiming`). Everything
shrinks towards the plainest request that matches the first statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.semantics import Request
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet, policies_of
from iamlogic.syntax.scope import Scope
from iamlogic.testing.strategies.aiming import aimed, pick, plans
from iamlogic.testing.strategies.edges import Edges, edges_of
from iamlogic.testing.strategies.errors import check_policy, check_type
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.vocabulary import Vocabulary


def requests(
    *,
    for_policy: Policy | PolicySet | Iterable[Policy | PolicySet] | None = None,
    satisfying: Scope | Mapping[str, object] | None = None,
    vocabulary: Vocabulary = EVERYDAY,
    all_requests: bool = False,
) -> SearchStrategy[Request]:
    """Requests on the edges of a policy, a stack or several of them; or all of a scope.

    They are requests that AWS can send, unless `all_requests` says that any will do. Of what the
    policies leave open, `vocabulary` has who asks, in which accounts, and how wildcards are filled.
    A scope may be given as it is written, a statement without Effect.
    """
    check_type(vocabulary, Vocabulary, named="vocabulary")
    subjects = _subjects(for_policy)
    policies = tuple(policy for each in subjects for policy in policies_of(each))
    if satisfying is not None:
        from iamlogic.testing.strategies.satisfying import edges_within, within  # needs z3

        scope = _scope(satisfying)
        edges = edges_within(scope, policies, vocabulary, all_requests=all_requests)
        return within(scope, edges)
    if not any(policy.statements for policy in policies):
        policies = (_words_alone(vocabulary),)
    return _on_edges(edges_of(policies, vocabulary, all_requests=all_requests))


@lru_cache(maxsize=64)
def _words_alone(vocabulary: Vocabulary) -> Policy:
    """A policy with the words of the vocabulary, for requests that are about no other."""
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": list(vocabulary.actions),
        "Resource": list(vocabulary.resources),
    }
    conditions = [
        {operator: {key.spellings[0]: list(key.values_for(operator))}}
        for key in vocabulary.keys
        for operator in key.operators[:1]
        if key.values_for(operator)
    ]
    several = [{**statement, "Condition": condition} for condition in conditions]
    return il.parse({"Version": "2012-10-17", "Statement": [statement, *several]})


def _subjects(given: object) -> tuple[Policy | PolicySet, ...]:
    if given is None:
        return ()
    if isinstance(given, Policy | PolicySet):
        return (given,)
    several: tuple[object, ...] = (given,)
    if isinstance(given, Iterable) and not isinstance(given, str | Mapping):
        several = tuple(given)
    for each in several:
        check_policy(each, named="for_policy")
    return cast("tuple[Policy | PolicySet, ...]", several)


def _scope(given: object) -> Scope:
    if isinstance(given, Mapping):
        return Scope(given)
    check_type(given, Scope, named="satisfying")
    assert isinstance(given, Scope)
    return given


def _on_edges(edges: Edges) -> SearchStrategy[Request]:
    @st.composite  # without arguments, which hypothesis would write beside an error
    def requests_on_edges(draw: DrawFn) -> Request:
        target = pick(draw, edges.targets)
        return aimed(draw, edges, target, pick(draw, plans(target)))

    return requests_on_edges()
