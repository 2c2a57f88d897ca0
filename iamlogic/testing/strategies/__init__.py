"""Hypothesis strategies for policies, stacks, scopes, requests and the words that they are made of.

    from hypothesis import given
    from iamlogic.testing.strategies import policies

    @given(policies())
    def test_our_tool_keeps_the_meaning(policy): …

Everything that is drawn is legal. Examples shrink towards what stands first: the first word of the
vocabulary, one statement, `Action` before `NotAction`, no conditions, no layers.
"""

from iamlogic.testing.strategies.elements import conditions, principals
from iamlogic.testing.strategies.errors import StrategyError
from iamlogic.testing.strategies.everyday import EVERYDAY, vocabulary_of
from iamlogic.testing.strategies.mutations import mutations
from iamlogic.testing.strategies.names import (
    accounts,
    action_patterns,
    actions,
    arns,
    ip_networks,
)
from iamlogic.testing.strategies.pairs import policy_pairs
from iamlogic.testing.strategies.policies import (
    documents,
    policies,
    statement_documents,
    statements,
)
from iamlogic.testing.strategies.requests import requests
from iamlogic.testing.strategies.scopes import scopes
from iamlogic.testing.strategies.stack_pairs import stack_pairs
from iamlogic.testing.strategies.stacks import own_policies, rcps, resource_policies, stacks
from iamlogic.testing.strategies.vocabulary import Key, Vocabulary

__all__ = [
    "EVERYDAY",
    "Key",
    "StrategyError",
    "Vocabulary",
    "accounts",
    "action_patterns",
    "actions",
    "arns",
    "conditions",
    "documents",
    "ip_networks",
    "mutations",
    "own_policies",
    "policies",
    "policy_pairs",
    "principals",
    "rcps",
    "requests",
    "resource_policies",
    "scopes",
    "stack_pairs",
    "stacks",
    "statement_documents",
    "statements",
    "vocabulary_of",
]
