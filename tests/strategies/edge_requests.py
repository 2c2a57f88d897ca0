"""The requests of our differential tests: on the edges of policies, whether AWS sends them or not.

Two evaluators must agree about every request, also where AWS would never send it.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.testing.strategies import requests as public
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.vocabulary import Vocabulary


def requests(
    *policies: il.Policy, vocabulary: Vocabulary = COLLIDING
) -> SearchStrategy[il.Request]:
    """A request that the `policies` have something to say about."""
    return public(for_policy=policies, vocabulary=vocabulary, all_requests=True)


def with_request(
    policies: SearchStrategy[il.Policy], vocabulary: Vocabulary = COLLIDING
) -> SearchStrategy[tuple[il.Policy, il.Request]]:
    """A policy and a request on its edges."""
    return policies.flatmap(
        lambda policy: st.tuples(st.just(policy), requests(policy, vocabulary=vocabulary))
    )
