"""Which requests can exist: the concrete predicate `can_send`, written apart from the solver's.

It holds the first tier of R-K16, the form of actions and resources in comparisons (R-E21), and
the number of values a key can have (R-K8). The definitions of R-K6 need no word here: a `Request`
that contradicts them can't be written down. The second tier, the world facts of R-K10 to R-K12
(what AWS sends beyond the definitions, such as `aws:SecureTransport` always, `aws:SourceIp` or
`aws:SourceVpce` but not both), is not stated yet: this predicate admits requests that break them.
"""

from __future__ import annotations

from iamlogic.semantics.globs import glob_matches, written
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import PolicyKind

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


def can_send(request: Request) -> bool:
    """Whether AWS can send `request`, as far as the facts above say."""
    return (
        has_action_form(request.action)
        and has_resource_form(request.resource)
        and all(
            # R-K8: nothing that is supported has a set prefix, so the table has every such key.
            len(request.values(key)) == 1 or fold(key) in MULTIVALUED_KEYS
            for key in request.context
        )
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
