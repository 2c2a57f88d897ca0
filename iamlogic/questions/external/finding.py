"""`Finding`: one grant to someone outside the zone of trust, with what shows it.

A finding is a set of requests, written as a statement is: one principal, actions, resources, and
the conditions that narrow the grant, one value each. It holds for a meaning, not for a text: equal
grants have equal ids, in whatever order, spelling or number of statements they are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Condition, Policy, Statement


class FindingKind(Enum):
    """What is found."""

    EXTERNAL_ACCESS = "external access"
    CONFUSED_DEPUTY = "confused deputy"  # R-X3: a service that acts for anyone


class OutsiderKind(Enum):
    """Whom a finding lets in."""

    EVERYONE = "everyone"
    ANONYMOUS = "anonymous"
    ACCOUNT = "account"
    ORGANIZATION = "organization"
    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user"
    ROOT = "root user"
    PROVIDER = "federated provider"
    CANONICAL_USER = "canonical user"
    CLOUDFRONT_IDENTITY = "CloudFront identity"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Finding:
    """One grant to someone outside.

    `principal` is who, as AWS's analyzer writes it: `*`, an account's 12 digits, the ARN of a user,
    a role, a session or a provider, the id of an organization, a canonical user's id, a service's
    host. `actions` without `except_actions`, on `resources` without `except_resources`, are what
    they may do; `conditions`, each with one value, are what the request must be like, also where a
    Deny is what asks for it. `is_public` says that nothing bounds who it is (R-X10 to R-X14).
    `statements` are the Allow statements that grant it, of the `policy`; `witness` is a request
    from outside that is allowed, confirmed by the evaluator. `remarks` say in a sentence each what
    deserves a look. `id` is the same for the same grant, whatever the text.
    """

    kind: FindingKind
    principal: str
    principal_kind: OutsiderKind
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    is_public: bool
    statements: tuple[Statement, ...]
    witness: Request
    id: str
    resource_type: str | None = None
    except_actions: tuple[str, ...] = ()
    except_resources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    policy: Policy = field(default=Policy(()), repr=False)

    @property
    def statement(self) -> Statement:
        """The first of the granting statements."""
        return self.statements[0]
