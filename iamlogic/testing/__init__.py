"""Tests of policies: assertions with evidence, hypothesis strategies, mutations, a pytest plugin.

    from iamlogic.testing import assert_never_allows, requests

Like `iamlogic` itself this loads a name when it is first used (PEP 562): the plugin is imported by
every run of pytest, also where nobody asks it anything.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iamlogic.testing.assertions.comparisons import assert_equivalent, assert_no_wider_than
    from iamlogic.testing.assertions.outsiders import assert_no_external_access, assert_not_public
    from iamlogic.testing.assertions.requests import assert_allows, assert_denies
    from iamlogic.testing.assertions.scopes import assert_always_allows, assert_never_allows
    from iamlogic.testing.evidence.failure import PolicyAssertionError
    from iamlogic.testing.mutation.effect import MutationEffect
    from iamlogic.testing.strategies.elements import conditions, principals
    from iamlogic.testing.strategies.errors import StrategyError
    from iamlogic.testing.strategies.everyday import EVERYDAY, vocabulary_of
    from iamlogic.testing.strategies.mutations import (
        MUTATION_OPERATORS,
        Mutation,
        NoSuchMutation,
        mutations,
    )
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
    from iamlogic.testing.warning import PolicyWarning

# One line for each public name: where it is defined. The imports above say the same to checkers.
_HOMES = {
    "EVERYDAY": "iamlogic.testing.strategies.everyday",
    "Key": "iamlogic.testing.strategies.vocabulary",
    "MUTATION_OPERATORS": "iamlogic.testing.strategies.mutations",
    "Mutation": "iamlogic.testing.strategies.mutations",
    "MutationEffect": "iamlogic.testing.mutation.effect",
    "NoSuchMutation": "iamlogic.testing.strategies.mutations",
    "PolicyAssertionError": "iamlogic.testing.evidence.failure",
    "PolicyWarning": "iamlogic.testing.warning",
    "StrategyError": "iamlogic.testing.strategies.errors",
    "Vocabulary": "iamlogic.testing.strategies.vocabulary",
    "accounts": "iamlogic.testing.strategies.names",
    "action_patterns": "iamlogic.testing.strategies.names",
    "actions": "iamlogic.testing.strategies.names",
    "arns": "iamlogic.testing.strategies.names",
    "assert_allows": "iamlogic.testing.assertions.requests",
    "assert_always_allows": "iamlogic.testing.assertions.scopes",
    "assert_denies": "iamlogic.testing.assertions.requests",
    "assert_equivalent": "iamlogic.testing.assertions.comparisons",
    "assert_never_allows": "iamlogic.testing.assertions.scopes",
    "assert_no_external_access": "iamlogic.testing.assertions.outsiders",
    "assert_no_wider_than": "iamlogic.testing.assertions.comparisons",
    "assert_not_public": "iamlogic.testing.assertions.outsiders",
    "conditions": "iamlogic.testing.strategies.elements",
    "documents": "iamlogic.testing.strategies.policies",
    "ip_networks": "iamlogic.testing.strategies.names",
    "mutations": "iamlogic.testing.strategies.mutations",
    "own_policies": "iamlogic.testing.strategies.stacks",
    "policies": "iamlogic.testing.strategies.policies",
    "policy_pairs": "iamlogic.testing.strategies.pairs",
    "principals": "iamlogic.testing.strategies.elements",
    "rcps": "iamlogic.testing.strategies.stacks",
    "requests": "iamlogic.testing.strategies.requests",
    "resource_policies": "iamlogic.testing.strategies.stacks",
    "scopes": "iamlogic.testing.strategies.scopes",
    "stack_pairs": "iamlogic.testing.strategies.stack_pairs",
    "stacks": "iamlogic.testing.strategies.stacks",
    "statement_documents": "iamlogic.testing.strategies.policies",
    "statements": "iamlogic.testing.strategies.policies",
    "vocabulary_of": "iamlogic.testing.strategies.everyday",
}

__all__ = [
    "EVERYDAY",
    "MUTATION_OPERATORS",
    "Key",
    "Mutation",
    "MutationEffect",
    "NoSuchMutation",
    "PolicyAssertionError",
    "PolicyWarning",
    "StrategyError",
    "Vocabulary",
    "accounts",
    "action_patterns",
    "actions",
    "arns",
    "assert_allows",
    "assert_always_allows",
    "assert_denies",
    "assert_equivalent",
    "assert_never_allows",
    "assert_no_external_access",
    "assert_no_wider_than",
    "assert_not_public",
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


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        hint = "hint: pip install 'iamlogic[pytest]'"
        raise ImportError(f"{name} needs the library hypothesis\n    {hint}") from None
    globals()[name] = value  # so that the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
