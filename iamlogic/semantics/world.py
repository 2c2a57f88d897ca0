"""Which requests can exist, and which AWS can send: predicates written apart from the solver's.

`can_exist` is the first tier of R-K16: the form of actions and resources in comparisons (R-E21) and
the number of values a key can have (R-K8). The definitions of R-K6 need no word here: a `Request`
that contradicts them can't be written down. `broken_facts` is the second tier, what AWS sends
beyond the definitions (see `facts`). `can_send` is both.
"""

from __future__ import annotations

from collections.abc import Collection

from iamlogic.semantics.facts import FACTS_OF_STACKS, WorldFact, holds
from iamlogic.semantics.globs import glob_matches, written
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.usual import with_usual_context
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import PolicyKind

__all__ = [
    "broken_facts",
    "can_exist",
    "can_send",
    "has_action_form",
    "has_resource_form",
    "is_compared",
    "with_usual_context",
]

_IDENTITY_SIDE = frozenset(
    {RequesterKind.USER, RequesterKind.ROLE_SESSION, RequesterKind.FEDERATED_SESSION}
)
_COMPARED = {
    PolicyKind.IDENTITY: _IDENTITY_SIDE,
    PolicyKind.RESOURCE: _IDENTITY_SIDE
    | {
        RequesterKind.ROOT,
        RequesterKind.SERVICE,
        RequesterKind.PROVIDER,
        RequesterKind.ANONYMOUS,
    },
}


def can_send(
    request: Request, multivalued: Collection[str] = MULTIVALUED_KEYS, *, to_stack: bool = False
) -> bool:
    """Whether AWS can send `request`: it can exist, and no world fact is broken.

    `to_stack`: in questions about stacks, facts about whose the resource is hold as well.
    """
    return can_exist(request, multivalued) and not broken_facts(request, to_stack=to_stack)


def can_exist(request: Request, multivalued: Collection[str] = MULTIVALUED_KEYS) -> bool:
    """Whether `request` is one that questions range over, whatever AWS sends.

    `multivalued` has the folded names of the keys that can have several values: ask
    `multivalued_keys` about the policies of the question.
    """
    return (
        has_action_form(request.action)
        and has_resource_form(request.resource)
        and all(
            len(request.values(key)) == 1 or fold(key) in multivalued  # R-K8
            for key in request.context
        )
    )


def broken_facts(request: Request, *, to_stack: bool = False) -> tuple[WorldFact, ...]:
    """The world facts that `request` contradicts; none of a request that AWS sends."""
    return tuple(
        fact
        for fact in WorldFact
        if (to_stack or fact not in FACTS_OF_STACKS) and not holds(fact, request)
    )


def has_action_form(action: str) -> bool:
    """R-E21."""
    return glob_matches(written("?*:?*"), action)


def has_resource_form(resource: str) -> bool:
    """R-E21."""
    return resource == "*" or glob_matches(written("arn:?*:?*:*:*:?*"), resource)


def is_compared(request: Request, kind: PolicyKind) -> bool:
    """Whether lone policies of `kind` are compared over requesters like this one (R-E20).

    The role whose session is not named is in neither set: it stands for sessions that are.
    """
    return request.requester.kind in _COMPARED[kind]
