"""Which keys can have several values, in a question about given policies (R-K8)."""

from __future__ import annotations

from collections.abc import Iterable

from iamlogic.syntax.global_keys import (
    MULTIVALUED_KEYS,
    SINGLE_VALUED_FAMILIES,
    SINGLE_VALUED_KEYS,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy


def multivalued_keys(policies: Iterable[Policy]) -> frozenset[str]:
    """The folded names of the global ones, and of others that a set prefix stands before."""
    used = {
        fold(condition.key)
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
        if condition.operator.set_prefix is not None
    }
    return MULTIVALUED_KEYS | {key for key in used if not _is_single_valued(key)}


def _is_single_valued(key: str) -> bool:
    return key in SINGLE_VALUED_KEYS or key.startswith(SINGLE_VALUED_FAMILIES)
