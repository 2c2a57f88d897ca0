"""An AWS account as data: its principals, their policies, and what stands around them.

What a question over all principals of an account is asked of ("who can do X?"). It says what there
is and nothing of what it means; `iamlogic.inputs.account` reads one from what AWS exports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from iamlogic.errors import AccountError, Problem
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import Levels

Tags = tuple[tuple[str, str], ...]
"""Keys and values, in the order in which they are written."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A user or a role.

    `policies` are all that grant to it: attached managed ones, inline ones and, for a user, those
    of its groups; each of them once. `trust` is a role's trust policy, and None for a user.
    """

    arn: str
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    tags: Tags = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Account:
    """An account of `id` (12 digits) in `partition` (`aws`, `aws-cn`, …).

    `identities` are the users, then the roles. `resource_policies` are keyed by the ARN of the
    resource that each is attached to. `scps` and `rcps` are those of the account, one list for each
    level of the organization, root first; no levels mean no organization. They concern nobody in
    the organization's `management_account` (R-E3).

    An account is equal to itself only, and so can be a key of what is remembered of it.
    """

    id: str
    partition: str = "aws"
    identities: tuple[Identity, ...] = ()
    resource_policies: Mapping[str, Policy] = field(default_factory=dict)
    scps: Levels = ()
    rcps: Levels = ()
    management_account: bool = False

    def __post_init__(self) -> None:
        for arn in self.resource_policies:
            if set(arn) & set("*?"):  # a policy is attached to one resource
                hint = "give one policy for each resource"
                problem = Problem(f"{arn} is a pattern, not the ARN of a resource", hint=hint)
                raise AccountError((problem,))
        policies = MappingProxyType(dict(self.resource_policies))
        object.__setattr__(self, "resource_policies", policies)

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled; what it shows can.
        policies = dict(self.resource_policies)
        organization = (self.scps, self.rcps, self.management_account)
        return (Account, (self.id, self.partition, self.identities, policies, *organization))
