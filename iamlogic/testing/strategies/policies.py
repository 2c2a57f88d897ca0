"""Policies as hypothesis strategies: `documents` draws decoded JSON, `policies` what it parses to.

    @given(policies(kind=PolicyKind.RESOURCE))
    def test_…(policy): …

Everything shrinks towards the first word of each list of the vocabulary, towards fewer statements,
and towards `Action`, `Resource` and `Principal` before their negations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import Policy, PolicyKind, Statement
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.testing.strategies.elements import Json, conditions, principals, some_of
from iamlogic.testing.strategies.errors import (
    StrategyError,
    check_kind,
    check_sizes,
    check_type,
)
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.vocabulary import Vocabulary

Kind: TypeAlias = PolicyKind | PolicyType
"""What policies are drawn: of which side, or of which type more narrowly."""

_NAMELESS = {
    PolicyKind.IDENTITY,
    PolicyType.IDENTITY,
    PolicyType.BOUNDARY,
    PolicyType.SESSION,
    PolicyType.SCP,
}
_CURRENT = "2012-10-17"
_Manner: TypeAlias = tuple[str | None, bool, bool]
"""The version; whether statements have a Sid; whether a single value stands in a list."""


def policies(
    vocabulary: Vocabulary = EVERYDAY,
    *,
    kind: Kind | None = None,
    min_statements: int = 1,
    max_statements: int = 4,
) -> SearchStrategy[Policy]:
    """Policies, parsed.

        policies()                                # identity or resource policies
        policies(kind=il.PolicyKind.RESOURCE, max_statements=1)
        policies(kind=il.PolicyType.SCP)          # in the grammar of service control policies

    `kind` is a side (`PolicyKind`) or a type (`PolicyType`); left out, it is either side. A policy
    has `min_statements` to `max_statements` statements.
    """
    check_type(vocabulary, Vocabulary, named="vocabulary")
    _check_words(vocabulary)
    drawn = documents(
        vocabulary, kind=kind, min_statements=min_statements, max_statements=max_statements
    )
    return drawn.map(il.parse)


def documents(
    vocabulary: Vocabulary = EVERYDAY,
    *,
    kind: Kind | None = None,
    min_statements: int = 1,
    max_statements: int = 4,
) -> SearchStrategy[dict[str, Json]]:
    """Policies as decoded JSON, in the ways in which they are written.

        @given(documents())
        def test_our_tool_keeps_the_meaning(document): …

    A few have statements with a `Sid`, the version of 2008 (in which variables are plain text) or
    none, and single values without their list. Parameters are those of `policies`.
    """
    check_sizes(min_statements, max_statements, named="statements")
    check_type(vocabulary, Vocabulary, named="vocabulary")
    if kind is not None:
        check_kind(kind)
    if kind is None:
        sides = [
            documents(
                vocabulary, kind=side, min_statements=min_statements, max_statements=max_statements
            )
            for side in PolicyKind
        ]
        return st.one_of(*sides)
    some = st.lists(
        statement_documents(vocabulary, kind=kind),
        min_size=min_statements,
        max_size=max_statements,
    )
    manner = st.tuples(
        st.sampled_from([*[_CURRENT] * 6, "2008-10-17", None]), st.booleans(), st.booleans()
    )
    return st.builds(_document, some, manner)


def statements(
    vocabulary: Vocabulary = EVERYDAY, *, kind: Kind = PolicyKind.IDENTITY
) -> SearchStrategy[Statement]:
    """Statements, parsed: the parts of `policy.statements` (`kind` as in `policies`).

    @given(st.lists(statements(), max_size=3))
    def test_…(some): il.Policy(tuple(some)) …
    """
    one = policies(vocabulary, kind=kind, max_statements=1)
    return one.map(lambda policy: policy.statements[0])


def statement_documents(
    vocabulary: Vocabulary = EVERYDAY, *, kind: Kind = PolicyKind.IDENTITY
) -> SearchStrategy[dict[str, Json]]:
    """Statements as decoded JSON, with every list written as a list (`kind` as in `policies`)."""
    check_type(vocabulary, Vocabulary, named="vocabulary")
    check_kind(kind)
    match kind:
        case PolicyType.TRUST:
            return _statements_of_trust(_narrower(vocabulary, kind, _is_of_sts))
        case PolicyType.RCP:
            return _statements_of_rcp(_narrower(vocabulary, kind, _is_not_all))
        case PolicyType.RESOURCE:  # R-P26: of actions of sts alone it would be a role's
            fitting = _narrower(vocabulary, kind, lambda action: not _is_of_sts(action))
            return _statements(fitting, kind)
        case _:
            return _statements(vocabulary, kind)


def _is_of_sts(action: str) -> bool:
    return action.lower().startswith("sts:")


def _is_not_all(action: str) -> bool:
    return action not in {"*", "*:*"}


def _narrower(vocabulary: Vocabulary, kind: Kind, is_fitting: Callable[[str], bool]) -> Vocabulary:
    """The vocabulary with those actions alone that policies of this type can speak of."""
    actions = tuple(filter(is_fitting, vocabulary.actions))
    if not actions:
        raise StrategyError(f"the vocabulary has no action that a {kind.value} can speak of")
    return replace(vocabulary, actions=actions)


_ONE_IN_FIVE = st.sampled_from([False, False, False, False, True])
_EVERYONE: SearchStrategy[Json] = st.sampled_from(["*", {"AWS": "*"}])
_EFFECTS = st.sampled_from(["Allow", "Allow", "Deny"])


# Of the strategies below the parts are made once for all draws, and hypothesis writes out the
# arguments of a composite: so they are closures.


def _statements(vocabulary: Vocabulary, kind: Kind) -> SearchStrategy[dict[str, Json]]:
    named, under = principals(vocabulary), _condition_members(vocabulary)
    actions, resources = some_of(vocabulary.actions), some_of(vocabulary.resources)

    @st.composite
    def statement(draw: DrawFn) -> dict[str, Json]:
        members: dict[str, Json] = {"Effect": draw(_EFFECTS)}
        if kind not in _NAMELESS:
            members[_perhaps_not(draw, "Principal")] = draw(named)
        members[_perhaps_not(draw, "Action")] = draw(actions)
        # R-P6: a resource policy may leave Resource out
        if kind is not PolicyKind.RESOURCE or not draw(_ONE_IN_FIVE):
            members[_perhaps_not(draw, "Resource")] = draw(resources)
        return members | draw(under)

    return statement()


def _statements_of_trust(vocabulary: Vocabulary) -> SearchStrategy[dict[str, Json]]:
    named, under = principals(vocabulary), _condition_members(vocabulary)
    actions = some_of(vocabulary.actions)

    @st.composite
    def statement(draw: DrawFn) -> dict[str, Json]:
        members: dict[str, Json] = {"Effect": draw(_EFFECTS), "Principal": draw(named)}
        return members | {"Action": draw(actions)} | draw(under)

    return statement()


def _statements_of_rcp(vocabulary: Vocabulary) -> SearchStrategy[dict[str, Json]]:
    """R-P8: a customer's RCP denies some actions to everybody."""
    under = _condition_members(vocabulary)
    actions, resources = some_of(vocabulary.actions), some_of(vocabulary.resources)

    @st.composite
    def statement(draw: DrawFn) -> dict[str, Json]:
        members: dict[str, Json] = {"Effect": "Deny", "Principal": draw(_EVERYONE)}
        members["Action"] = draw(actions)
        members[_perhaps_not(draw, "Resource")] = draw(resources)
        return members | draw(under)

    return statement()


def _condition_members(vocabulary: Vocabulary) -> SearchStrategy[dict[str, Json]]:
    return conditions(vocabulary).map(lambda drawn: {"Condition": drawn} if drawn else {})


def _perhaps_not(draw: DrawFn, member: str) -> str:
    return f"Not{member}" if draw(_ONE_IN_FIVE) else member


def _document(written: list[dict[str, Json]], manner: _Manner) -> dict[str, Json]:
    version, are_named, are_lists = manner
    if are_named:
        written = [{"Sid": f"Statement{n}", **each} for n, each in enumerate(written, 1)]
    document: dict[str, Json] = {} if version is None else {"Version": version}
    document["Statement"] = [each if are_lists else _without_lists(each) for each in written]
    return document


def _without_lists(written: Json) -> Json:
    """R-P12: one value and the list of it are the same."""
    match written:
        case [str(only)]:
            return only
        case dict():
            return {name: _without_lists(each) for name, each in written.items()}
        case _:
            return written


@lru_cache(maxsize=100)
def _check_words(vocabulary: Vocabulary) -> None:
    """Raise `StrategyError` if some word cannot stand where policies have it.

    Operators and values are checked where a `Key` is made. One policy with all the words is read
    instead of a check of each: what is a word of a policy is for the reader to say.
    """
    types = {type_ for type_, _ in vocabulary.principals}
    of_type = {t: [value for type_, value in vocabulary.principals if type_ == t] for t in types}
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": {type_: list(values) for type_, values in of_type.items()},
        "Action": list(vocabulary.actions),
        "Resource": list(vocabulary.resources),
        "Condition": {"Null": {key.spellings[0]: "true" for key in vocabulary.keys}},
    }
    try:
        il.parse({"Version": _CURRENT, "Statement": [statement]})
    except il.PolicySyntaxError as error:
        raise StrategyError(f"no policy can be drawn from the vocabulary:\n{error}") from None
