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
    from iamlogic.testing.strategies.mutations import (
        MUTATION_OPERATORS,
        Mutation,
        NoSuchMutation,
        mutations,
    )
    from iamlogic.testing.strategies.requests import requests
    from iamlogic.testing.warning import PolicyWarning

# One line for each public name: where it is defined. The imports above say the same to checkers.
_HOMES = {
    "MUTATION_OPERATORS": "iamlogic.testing.strategies.mutations",
    "Mutation": "iamlogic.testing.strategies.mutations",
    "MutationEffect": "iamlogic.testing.mutation.effect",
    "NoSuchMutation": "iamlogic.testing.strategies.mutations",
    "PolicyAssertionError": "iamlogic.testing.evidence.failure",
    "PolicyWarning": "iamlogic.testing.warning",
    "assert_allows": "iamlogic.testing.assertions.requests",
    "assert_always_allows": "iamlogic.testing.assertions.scopes",
    "assert_denies": "iamlogic.testing.assertions.requests",
    "assert_equivalent": "iamlogic.testing.assertions.comparisons",
    "assert_never_allows": "iamlogic.testing.assertions.scopes",
    "assert_no_external_access": "iamlogic.testing.assertions.outsiders",
    "assert_no_wider_than": "iamlogic.testing.assertions.comparisons",
    "assert_not_public": "iamlogic.testing.assertions.outsiders",
    "mutations": "iamlogic.testing.strategies.mutations",
    "requests": "iamlogic.testing.strategies.requests",
}

__all__ = [
    "MUTATION_OPERATORS",
    "Mutation",
    "MutationEffect",
    "NoSuchMutation",
    "PolicyAssertionError",
    "PolicyWarning",
    "assert_allows",
    "assert_always_allows",
    "assert_denies",
    "assert_equivalent",
    "assert_never_allows",
    "assert_no_external_access",
    "assert_no_wider_than",
    "assert_not_public",
    "mutations",
    "requests",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # so that the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
