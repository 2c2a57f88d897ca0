"""Stacks as hypothesis strategies, and the policies of their layers.

Left to chance a stack allows hardly anything, so every layer is often one that lets all pass, and
shrinks towards that or towards not being there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import PolicyKind
from iamlogic.syntax.policy_set import Levels
from iamlogic.syntax.policy_types import PolicyType, is_trust_policy
from iamlogic.testing.strategies.elements import Json
from iamlogic.testing.strategies.errors import StrategyError, check_sizes
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.policies import policies, statement_documents
from iamlogic.testing.strategies.scopes import without
from iamlogic.testing.strategies.vocabulary import Vocabulary

LAYERS = ("identity", "resource", "boundary", "session", "scps", "rcps", "vpc_endpoint")
"""The members of a `PolicySet` that hold policies."""


def _policy(written: Sequence[dict[str, Json]]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(written)})


_EVERYTHING: dict[str, Json] = {"Action": "*", "Resource": "*"}
_ALLOW_ALL: dict[str, Json] = {"Effect": "Allow", **_EVERYTHING}
_ALLOW_ALL_TO_ALL: dict[str, Json] = {"Effect": "Allow", "Principal": "*", **_EVERYTHING}

FULL_ACCESS = _policy([_ALLOW_ALL])
"""What lets all pass in the layers of a requester: everything is allowed."""

FULL_ACCESS_FOR_ALL = _policy([_ALLOW_ALL_TO_ALL])
"""The same for policies that name principals, among them RCPs."""


def own_policies(
    vocabulary: Vocabulary = EVERYDAY, *, max_statements: int = 2
) -> SearchStrategy[il.Policy]:
    """Policies of a requester: identity policies, boundaries, session policies and SCPs.

    A quarter allow everything, and a quarter everything but what one Deny statement says.
    """
    drawn = policies(vocabulary, kind=PolicyKind.IDENTITY, max_statements=max_statements)
    guarded = guarded_policies(vocabulary, kind=PolicyKind.IDENTITY)
    return st.one_of(st.just(FULL_ACCESS), drawn, drawn, guarded)


def resource_policies(
    vocabulary: Vocabulary = EVERYDAY, *, max_statements: int = 2
) -> SearchStrategy[il.Policy]:
    """Policies of a resource; one that speaks of actions of sts alone is a role's (R-P26)."""
    one = statement_documents(vocabulary, kind=PolicyKind.RESOURCE)
    widened = one.map(lambda s: without(s, "Action", "Resource", "Condition") | _EVERYTHING)
    drawn = st.lists(one | widened, min_size=1, max_size=max_statements).map(_fitting)
    guarded = guarded_policies(vocabulary, kind=PolicyKind.RESOURCE)
    return st.one_of(drawn, drawn, st.just(FULL_ACCESS_FOR_ALL), guarded)


endpoint_policies = resource_policies
"""Policies of a VPC endpoint, which has the grammar of a resource's."""


def rcps(vocabulary: Vocabulary = EVERYDAY) -> SearchStrategy[il.Policy]:
    """A customer's resource control policies: one Deny of some actions to everybody (R-P8)."""
    return policies(vocabulary, kind=PolicyType.RCP, max_statements=1)


def guarded_policies(
    vocabulary: Vocabulary = EVERYDAY, *, kind: PolicyKind
) -> SearchStrategy[il.Policy]:
    """All is allowed, but for one Deny."""
    allowed = _ALLOW_ALL if kind is PolicyKind.IDENTITY else _ALLOW_ALL_TO_ALL
    drawn = statement_documents(vocabulary, kind=kind)
    return drawn.map(lambda s: _policy([allowed, s | {"Effect": "Deny"}]))


def stacks(
    vocabulary: Vocabulary = EVERYDAY,
    *,
    layers: Collection[str] = LAYERS,
    max_statements: int = 2,
    max_levels: int = 3,
) -> SearchStrategy[il.PolicySet]:
    """Stacks with any of their layers.

        stacks(layers=["identity", "scps"], max_levels=1)

    `layers` are those members of `il.PolicySet` that may be there, `max_levels` how many levels an
    organization has at most, `max_statements` how many statements a drawn policy has. Rarely the
    account is the organization's management account, or the role a service-linked one.

    Requests by canonical users cannot be written, so the vocabulary's, if it has any, are mostly
    mapped to one of its accounts: an answer that hangs on one that is not is unknown (R-M8).
    """
    check_sizes(1, max_statements, named="statements")
    check_sizes(0, max_levels, named="levels")
    if isinstance(layers, str):
        raise StrategyError(f"layers is the text {layers!r}, expected a list: [{layers!r}]")
    for layer in layers:
        if layer not in LAYERS:
            close = get_close_matches(layer, LAYERS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"expected {', '.join(LAYERS)}"
            raise StrategyError(f"{layer!r} is no layer of a stack: {hint}")
    own = own_policies(vocabulary, max_statements=max_statements)
    foreign = resource_policies(vocabulary, max_statements=max_statements)
    members: dict[str, SearchStrategy[object]] = {
        "identity": st.just(()) | st.lists(own, min_size=1, max_size=2).map(tuple),
        "resource": st.none() | foreign,
        "boundary": st.none() | own,
        "session": st.none() | own,
        "scps": levels_of_scps(vocabulary, max_levels=max_levels),
        "rcps": levels_of_rcps(vocabulary, max_levels=max_levels),
        "vpc_endpoint": st.none() | st.none() | foreign,
    }
    drawn = {layer: strategy for layer, strategy in members.items() if layer in layers}
    if {"scps", "rcps"} & set(layers):
        drawn |= {"management_account": rarely(), "service_linked": rarely()}
    whole = st.builds(il.PolicySet, **drawn, canonical_users=_canonical_users(vocabulary))

    @st.composite  # without arguments, so that hypothesis does not write all of them in messages
    def stack(draw: DrawFn) -> il.PolicySet:
        return draw(whole)

    return stack()


def _canonical_users(vocabulary: Vocabulary) -> SearchStrategy[dict[str, str]]:
    users = [value for type_, value in vocabulary.principals if type_ == "CanonicalUser"]
    mapped = st.sampled_from(vocabulary.accounts).map(lambda account: dict.fromkeys(users, account))
    return st.one_of(st.just({}), mapped, mapped) if users else st.just({})


def rarely() -> SearchStrategy[bool]:
    """True in one of six draws."""
    return st.integers(0, 5).map(lambda n: n == 5)


def levels_of_scps(
    vocabulary: Vocabulary = EVERYDAY, *, max_levels: int = 3
) -> SearchStrategy[Levels]:
    """SCPs of an organization: none at all, or up to two for each level; mostly some."""
    own = own_policies(vocabulary)
    level = st.one_of(
        st.just((FULL_ACCESS,)),
        own.map(lambda policy: (FULL_ACCESS, policy)),
        st.lists(own, max_size=2).map(tuple),
    )
    return _levels(level, max_levels)


def levels_of_rcps(
    vocabulary: Vocabulary = EVERYDAY, *, max_levels: int = 2
) -> SearchStrategy[Levels]:
    """RCPs of an organization: none at all, or up to two for each level; mostly some."""
    level = st.lists(rcps(vocabulary), max_size=2).map(tuple) | st.just((FULL_ACCESS_FOR_ALL,))
    return _levels(level, max_levels)


def _levels(
    level: SearchStrategy[tuple[il.Policy, ...]], max_levels: int
) -> SearchStrategy[Levels]:
    if not max_levels:
        return st.just(())
    some = st.lists(level, min_size=1, max_size=max_levels).map(tuple)
    return st.one_of(st.just(()), some, some)


def _fitting(written: list[dict[str, Json]]) -> il.Policy:
    policy = _policy(written)
    if not is_trust_policy(policy):
        return policy
    return _policy([_of_trust(statement) for statement in written])


def _of_trust(statement: dict[str, Json]) -> dict[str, Json]:
    fitting = without(statement, "Resource")
    if "NotPrincipal" in fitting:
        fitting["Principal"] = fitting.pop("NotPrincipal")
    return fitting
