"""`Finding`: one grant to someone outside the zone of trust, with what shows it.

A finding is a set of requests, written as a statement is: one principal, actions, resources, and
the conditions that narrow the grant, one value each. It holds for a meaning, not for a text: equal
grants have equal ids, in whatever order, spelling or number of statements they are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from iamlogic.semantics.matching import actions_match, resources_match
from iamlogic.semantics.request import Request
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    Principals,
    Resources,
    Statement,
    Text,
)


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
class Reach:
    """Every action of one list, but those of another, on every resource of a third, likewise."""

    actions: Actions
    resources: Resources
    except_actions: Actions
    except_resources: Resources

    def holds(self, request: Request) -> bool:
        return (
            actions_match(self.actions, request)
            and not actions_match(self.except_actions, request)
            and resources_match(self.resources, request)
            and not resources_match(self.except_resources, request)
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """One grant to someone outside.

    `principal` is who, as AWS's analyzer writes it: `*`, an account's 12 digits, the ARN of a user,
    a role, a session or a provider, the id of an organization, a canonical user's id, a service's
    host. `actions` without `except_actions`, on `resources` without `except_resources`, are what
    they may do; `conditions`, each with one value, are what the request must be like, also where a
    Deny is what asks for it. `is_public` says that nothing bounds who it is (R-X10 to R-X14).
    `statements` are the Allow statements that grant it, of the `policy`; `witness` is a request
    from outside that is allowed, confirmed by the evaluator; None for the principals by whom no
    request is written (R-M8). `remarks` say in a sentence each what deserves a look; `resource` is
    the name that the question was given for it. `id` is the same for the same grant on the same
    resource, whatever the text.

    `covers` tells the finding's requests exactly: those by all of `principals`, under the
    conditions, in one of `reaches`, of which the lists above are the summary.
    """

    kind: FindingKind
    principal: str
    principal_kind: OutsiderKind
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    is_public: bool
    statements: tuple[Statement, ...]
    witness: Request | None
    id: str
    resource_type: str | None = None
    resource: str | None = None
    except_actions: tuple[str, ...] = ()
    except_resources: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    policy: Policy = field(default=Policy(()), repr=False)
    principals: tuple[Principals, ...] = field(default=(), repr=False)
    reaches: tuple[Reach, ...] = field(default=(), repr=False)

    @property
    def statement(self) -> Statement:
        """The first of the granting statements."""
        return self.statements[0]

    def covers(self, request: Request) -> bool:
        """Whether the request is one of those that the finding speaks of."""
        return all(
            statement_matches(self._asking(each), request) for each in self.principals or (None,)
        ) and any(reach.holds(request) for reach in self.reaches)

    def _asking(self, principals: Principals | None) -> Statement:
        every = Actions((Text("*"),))
        return Statement(Effect.ALLOW, every, None, principals, self.conditions)
