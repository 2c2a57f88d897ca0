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


_EFFECTS = {
    il.Relation.MORE_PERMISSIVE: MutationEffect.WIDENED,
    il.Relation.LESS_PERMISSIVE: MutationEffect.NARROWED,
    il.Relation.INCOMPARABLE: MutationEffect.BOTH,
    il.Relation.EQUIVALENT: MutationEffect.STAYED,
    il.Relation.UNKNOWN: MutationEffect.UNKNOWN,
}


def effect_of(before: il.Policy | il.PolicySet, after: il.Policy | il.PolicySet) -> MutationEffect:
    """What the change from one to the other does.

    A resource policy that has become an identity policy, or the other way round, is not comparable:
    that is unknown.
    """
    try:
        return _EFFECTS[il.compare(before, after, timeout=PROOF_SECONDS).relation]
    except IamlogicError:
        return MutationEffect.UNKNOWN
