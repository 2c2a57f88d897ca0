"""Scopes as hypothesis strategies: the sets of requests that questions are asked about."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import iamlogic as il
from iamlogic.syntax.policy import PolicyKind
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.policies import statement_documents
from iamlogic.testing.strategies.vocabulary import Vocabulary


@st.composite
def scopes(
    draw: DrawFn, vocabulary: Vocabulary = EVERYDAY, *, kind: PolicyKind | None = None
) -> il.Scope:
    """Scopes of a few actions and resources, of some requesters and contexts or of all.

        @given(policies(), scopes())
        def test_…(policy, scope): il.never_allows(policy, scope) …

    With `kind=il.PolicyKind.IDENTITY` no scope names principals, with `RESOURCE` most do.
    """
    if kind is None:
        kind = draw(st.sampled_from(PolicyKind))
    written = draw(statement_documents(vocabulary, kind=kind))
    dropped = draw(st.lists(st.sampled_from(["Principal", "Resource", "Condition"]), max_size=3))
    return il.Scope(without(written, "Effect", *dropped))


def without(statement: dict[str, Json], *members: str) -> dict[str, Json]:
    """The statement without these members and their negations."""
    gone = {name for member in members for name in (member, f"Not{member}")}
    return {name: value for name, value in statement.items() if name not in gone}
