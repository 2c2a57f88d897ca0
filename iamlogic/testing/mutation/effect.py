"""What a mutation does to what a policy allows: proved by `compare`, never assumed."""

from __future__ import annotations

from enum import Enum

import iamlogic as il
from iamlogic.errors import IamlogicError

PROOF_SECONDS = 10.0
"""How long one proof may take. The slowest of the benchmark's takes a fiftieth of that."""


class MutationEffect(Enum):
    """What is allowed with the mutation, and what was allowed without it."""

    WIDENED = "widened"
    """Something more, and nothing less."""
    NARROWED = "narrowed"
    """Something less, and nothing more."""
    BOTH = "widened and narrowed"
    """Something more, and something less."""
    STAYED = "stayed"
    """Exactly the same."""
    UNKNOWN = "unknown"
    """No proof was found in time, or the policy uses what is not modelled."""


def effect_of(before: il.Policy | il.PolicySet, after: il.Policy | il.PolicySet) -> MutationEffect:
    """What the change from one to the other does.

    A resource policy that has become an identity policy, or the other way round, is not comparable:
    that is unknown.
    """
    try:
        relation = il.compare(before, after, timeout=PROOF_SECONDS).relation
    except IamlogicError:
        return MutationEffect.UNKNOWN
    match relation:
        case il.Relation.MORE_PERMISSIVE:
            return MutationEffect.WIDENED
        case il.Relation.LESS_PERMISSIVE:
            return MutationEffect.NARROWED
        case il.Relation.INCOMPARABLE:
            return MutationEffect.BOTH
        case il.Relation.EQUIVALENT:
            return MutationEffect.STAYED
        case il.Relation.UNKNOWN:
            return MutationEffect.UNKNOWN
