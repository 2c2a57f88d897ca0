"""Policies as hypothesis strategies: `documents` draws decoded JSON, `policies` what it parses to.

    @given(policies(kind=PolicyKind.RESOURCE))
    def test_…(policy): …

Everything shrinks towards the first word of each list of the vocabulary, towards fewer statements,
and towards `Action`, `Resource` and `Principal` before their negations.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.literals import CHECKS
from iamlogic.syntax.operators import OPERATORS, Family
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.vocabulary import COLLIDING, Vocabulary

Json = str | list["Json"] | dict[str, "Json"]
"""Decoded JSON, as far as policies need it."""


def policies(
    vocabulary: Vocabulary = COLLIDING,
    *,
    kind: PolicyKind | None = None,
    max_statements: int = 4,
) -> SearchStrategy[Policy]:
    """Policies of `kind`, or of either kind, with up to `max_statements` statements."""
    return documents(vocabulary, kind=kind, max_statements=max_statements).map(il.parse)


def pairs(
    vocabulary: Vocabulary = COLLIDING, *, max_statements: int = 3
) -> SearchStrategy[tuple[Policy, Policy]]:
    """Two policies of one kind, of which the second is often an edit of the first."""
    return st.sampled_from(PolicyKind).flatmap(
        lambda kind: st.one_of(
            edited(vocabulary, kind=kind, max_statements=max_statements),
            st.tuples(
                *[policies(vocabulary, kind=kind, max_statements=max_statements)] * 2,
            ),
        )
    )


@st.composite
def edited(
    draw: DrawFn, vocabulary: Vocabulary = COLLIDING, *, kind: PolicyKind, max_statements: int = 3
) -> tuple[Policy, Policy]:
    """A policy, and the same with one part of one statement drawn anew."""
    written = draw(st.lists(statements(vocabulary, kind=kind), min_size=1, max_size=max_statements))
    place = draw(st.integers(0, len(written) - 1))
    fresh = draw(statements(vocabulary, kind=kind))
    members = [name for name in _GROUPS if _group(fresh, name) or _group(written[place], name)]
    group = draw(st.sampled_from(members))
    kept = {name: v for name, v in written[place].items() if name not in _GROUPS[group]}
    changed = {**kept, **_group(fresh, group)}
    after = [changed if at == place else s for at, s in enumerate(written)]
    return il.parse(_document(written)), il.parse(_document(after))


def documents(
    vocabulary: Vocabulary = COLLIDING,
    *,
    kind: PolicyKind | None = None,
    max_statements: int = 4,
) -> SearchStrategy[dict[str, Json]]:
    """The decoded JSON of policies."""
    if kind is None:
        return st.sampled_from(PolicyKind).flatmap(
            lambda kind: documents(vocabulary, kind=kind, max_statements=max_statements)
        )
    some = st.lists(statements(vocabulary, kind=kind), min_size=1, max_size=max_statements)
    return some.map(_document)


@st.composite
def statements(
    draw: DrawFn, vocabulary: Vocabulary = COLLIDING, *, kind: PolicyKind
) -> dict[str, Json]:
    """The decoded JSON of a statement in a policy of `kind`."""
    statement: dict[str, Json] = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    if kind is PolicyKind.RESOURCE:
        statement[_perhaps_not(draw, "Principal")] = draw(principals(vocabulary))
    statement[_perhaps_not(draw, "Action")] = draw(_some_of(vocabulary.actions))
    if kind is PolicyKind.IDENTITY or draw(st.integers(0, 4)) < 4:
        statement[_perhaps_not(draw, "Resource")] = draw(_some_of(vocabulary.resources))
    drawn = draw(conditions(vocabulary))
    if drawn:
        statement["Condition"] = drawn
    return statement


@st.composite
def principals(draw: DrawFn, vocabulary: Vocabulary = COLLIDING) -> Json:
    """The value of `Principal` or `NotPrincipal`."""
    named = draw(st.lists(st.sampled_from(vocabulary.principals), max_size=3, unique=True))
    if not named:
        return "*"
    members: dict[str, Json] = {}
    for type_, value in named:
        members[type_] = [*members.get(type_, []), value]
    return members


def conditions(
    vocabulary: Vocabulary = COLLIDING, *, max_size: int = 2
) -> SearchStrategy[dict[str, Json]]:
    """Condition blocks, often empty."""
    if not vocabulary.keys:
        return st.just({})
    return st.lists(_condition(vocabulary), max_size=max_size).map(block)


@st.composite
def _condition(draw: DrawFn, vocabulary: Vocabulary) -> tuple[str, str, Json]:
    key = draw(st.sampled_from(vocabulary.keys))
    name = draw(st.sampled_from(key.spellings))
    operator = draw(st.sampled_from([*key.operators, "Null"]))
    if operator == "Null":
        return operator, name, draw(_some_of(("false", "true"), max_size=1))
    values = tuple(v for v in key.values if is_legal(operator, v))
    prefix = draw(st.sampled_from(key.prefixes))
    if_exists = draw(st.sampled_from(["", "IfExists"]))
    return prefix + operator + if_exists, name, draw(_some_of(values))


def is_legal(operator: str, value: str) -> bool:
    """Whether the value can stand under the operator (R-P24), and says something there."""
    family = OPERATORS[operator.lower()].base.family
    if family is Family.ARN:
        return value == "*" or value.count(":") >= 5
    return family not in CHECKS or CHECKS[family][0](value)


def block(drawn: list[tuple[str, str, Json]]) -> dict[str, Json]:
    """R-P11: one operator names one key once, in whatever case."""
    members: dict[str, dict[str, Json]] = {}
    taken: set[tuple[str, str]] = set()
    for operator, name, values in drawn:
        if (operator, name.lower()) not in taken:
            taken.add((operator, name.lower()))
            members.setdefault(operator, {})[name] = values
    return dict(members)


def _some_of(words: tuple[str, ...], *, max_size: int = 3) -> SearchStrategy[Json]:
    lists = st.lists(st.sampled_from(words), min_size=1, max_size=max_size, unique=True)
    return lists.map(list)


def _perhaps_not(draw: DrawFn, member: str) -> str:
    return f"Not{member}" if draw(st.integers(0, 4)) == 4 else member


def _document(drawn: list[dict[str, Json]]) -> dict[str, Json]:
    return {"Version": "2012-10-17", "Statement": list(drawn)}


_GROUPS = {
    "Effect": ("Effect",),
    "Principal": ("Principal", "NotPrincipal"),
    "Action": ("Action", "NotAction"),
    "Resource": ("Resource", "NotResource"),
    "Condition": ("Condition",),
}


def _group(statement: dict[str, Json], group: str) -> dict[str, Json]:
    return {name: value for name, value in statement.items() if name in _GROUPS[group]}
