"""Two policies, of which the second is often an edit of the first: for tests of comparisons."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.policies import Kind, policies, statement_documents
from iamlogic.testing.strategies.vocabulary import Vocabulary


def policy_pairs(
    vocabulary: Vocabulary = EVERYDAY, *, kind: Kind | None = None, max_statements: int = 3
) -> SearchStrategy[tuple[Policy, Policy]]:
    """A policy before and after: of one kind, and mostly alike but for one part of one statement.

    @given(policy_pairs())
    def test_…(pair): before, after = pair …
    """
    if kind is None:
        return st.sampled_from(PolicyKind).flatmap(
            lambda kind: policy_pairs(vocabulary, kind=kind, max_statements=max_statements)
        )
    one = policies(vocabulary, kind=kind, max_statements=max_statements)
    return st.one_of(
        _edited(vocabulary, kind=kind, max_statements=max_statements), st.tuples(one, one)
    )


@st.composite
def _edited(
    draw: DrawFn, vocabulary: Vocabulary, *, kind: Kind, max_statements: int
) -> tuple[Policy, Policy]:
    """A policy, and the same with one part of one statement drawn anew."""
    one = statement_documents(vocabulary, kind=kind)
    written = draw(st.lists(one, min_size=1, max_size=max_statements))
    place = draw(st.integers(0, len(written) - 1))
    fresh = draw(one)
    members = [name for name in _GROUPS if _group(fresh, name) or _group(written[place], name)]
    group = draw(st.sampled_from(members))
    kept = {name: v for name, v in written[place].items() if name not in _GROUPS[group]}
    changed = {**kept, **_group(fresh, group)}
    after = [changed if at == place else s for at, s in enumerate(written)]
    return _policy(written), _policy(after)


_GROUPS = {
    "Effect": ("Effect",),
    "Principal": ("Principal", "NotPrincipal"),
    "Action": ("Action", "NotAction"),
    "Resource": ("Resource", "NotResource"),
    "Condition": ("Condition",),
}


def _group(statement: dict[str, Json], group: str) -> dict[str, Json]:
    return {name: value for name, value in statement.items() if name in _GROUPS[group]}


def _policy(written: list[dict[str, Json]]) -> Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(written)})
