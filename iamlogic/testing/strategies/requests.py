"""Requests as hypothesis strategies: by every kind of requester, on the edges of given policies.

A word is made from a pattern of the policies by filling its wildcards, and then perhaps spoiled by
one character, so that patterns are matched and just missed equally often; keys are present or not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iamlogic.semantics import Request
from iamlogic.syntax.policy import Condition, Policy, Text
from iamlogic.testing.strategies.vocabulary import COLLIDING, Vocabulary

_FOLLOWS = frozenset(
    {
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:username",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:resourceaccount",
    }
)
"""Keys that a request has from its other fields (R-K6)."""


_VARIABLE = re.compile(r"\$\{[^}]*\}")


@st.composite
def requests(draw: DrawFn, *policies: Policy, vocabulary: Vocabulary = COLLIDING) -> Request:
    """A request that the `policies` have something to say about."""
    statements = [s for policy in policies for s in policy.statements]
    actions = [p.text for s in statements for p in s.actions.patterns]
    resources = [p.text for s in statements if s.resources for p in s.resources.patterns]
    principal, role_arn = draw(st.sampled_from(vocabulary.requesters))
    context = draw(contexts([c for s in statements for c in s.conditions], vocabulary))
    if role_arn is not None:
        context["aws:PrincipalArn"] = role_arn
    return Request(
        principal=principal,
        action=draw(words(actions or vocabulary.actions, vocabulary)) or "x",
        resource=draw(words(resources or vocabulary.resources, vocabulary)) or "x",
        context=context,
        resource_account=draw(st.sampled_from([None, *vocabulary.accounts])),
    )


@st.composite
def words(draw: DrawFn, patterns: Sequence[str], vocabulary: Vocabulary = COLLIDING) -> str:
    """A text that one of `patterns` matches or just misses."""
    pattern = draw(st.sampled_from(patterns))
    pattern = _VARIABLE.sub(lambda _: draw(st.sampled_from(vocabulary.substitutes)), pattern)
    filled = "".join(
        draw(st.sampled_from(vocabulary.fillings)) if character in "*?" else character
        for character in pattern
    )
    match draw(st.sampled_from(["whole", "whole", "shorter", "longer", "other case"])):
        case "shorter":
            return filled[:-1]
        case "longer":
            return filled + "a"
        case "other case":
            return filled.swapcase()
        case _:
            return filled


@st.composite
def contexts(
    draw: DrawFn, conditions: Sequence[Condition], vocabulary: Vocabulary = COLLIDING
) -> dict[str, str | list[str]]:
    """Values for keys of `conditions` that do not follow from the request's other fields."""
    values: dict[str, list[Text]] = {}
    for condition in conditions:
        values.setdefault(condition.key.lower(), []).extend(condition.values)
    for key in vocabulary.referred:
        values.setdefault(key, [])
    context: dict[str, str | list[str]] = {}
    for key in sorted(values.keys() - _FOLLOWS):
        texts = [value.text for value in values[key]] or ["a", "alice", "b"]
        if not draw(st.booleans()):
            continue
        if key in vocabulary.multivalued:
            context[key] = draw(st.lists(words(texts, vocabulary), max_size=3))
        else:
            context[key] = draw(words(texts, vocabulary))
    return context


def with_request(
    policies: SearchStrategy[Policy], vocabulary: Vocabulary = COLLIDING
) -> SearchStrategy[tuple[Policy, Request]]:
    """A policy and a request on its edges."""
    return policies.flatmap(
        lambda policy: st.tuples(st.just(policy), requests(policy, vocabulary=vocabulary))
    )
