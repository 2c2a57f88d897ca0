"""An AWS account as data: its principals, their policies, and what stands around them.

What a question over all principals of an account is asked of ("who can do X?"). It says what there
is and nothing of what it means; `iamlogic.inputs.account` reads one from what AWS exports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from iamlogic.errors import AccountError, Problem, RequestError, Where
from iamlogic.semantics.requester import Requester, RequesterKind, parse_requester
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import Levels
from iamlogic.syntax.policy_types import PolicyType, check_policy

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


def is_role(arn: str) -> bool:
    """Whether the ARN of an identity is a role's; a path can hold anything."""
    return arn.split(":", 5)[5].startswith("role/")


def _user_or_role(arn: str) -> Requester | None:
    try:
        named = parse_requester(arn)
    except RequestError:
        return None
    return named if named.kind in {RequesterKind.USER, RequesterKind.ROLE} else None


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Account:
    """An account of `id` (12 digits) in `partition` (`aws`, `aws-cn`, …).

    `identities` are the users, then the roles. `resource_policies` are keyed by the ARN of the
    resource that each is attached to. `scps` and `rcps` are those of the account, one list for each
    level of the organization, root first; no levels mean no organization. They concern nobody in
    the organization's `management_account` (R-E3).

    An account is equal to itself only, and so can be a key of what is remembered of it. Raises
    `AccountError` for what is none, `PolicySyntaxError` for a policy that is none of its type.
    """

    id: str
    partition: str = "aws"
    identities: tuple[Identity, ...] = ()
    resource_policies: Mapping[str, Policy] = field(default_factory=dict)
    scps: Levels = ()
    rcps: Levels = ()
    management_account: bool = False

    def __post_init__(self) -> None:
        problems = tuple(self._problems())
        if problems:
            raise AccountError(problems)
        self._check_policies()
        policies = MappingProxyType(dict(self.resource_policies))
        object.__setattr__(self, "resource_policies", policies)

    def _problems(self) -> Iterator[Problem]:
        """What cannot be an account, whatever its policies say."""
        if re.fullmatch("[0-9]{12}", self.id) is None:
            yield Problem(f"{self.id!r} is no account: expected 12 digits", Where(("id",)))
        seen: set[str] = set()
        for number, identity in enumerate(self.identities):
            where = Where(("identities", number))
            named = _user_or_role(identity.arn)
            if named is None:
                yield Problem(f"{identity.arn!r} is no ARN of a user or a role", where)
            elif named.account != self.id:
                yield Problem(f"{identity.arn} is not of the account {self.id}", where)
            if identity.arn in seen:
                yield Problem(f"there are two identities {identity.arn}", where)
            seen.add(identity.arn)
        for arn in self.resource_policies:
            if set(arn) & set("*?"):
                hint = "a policy is attached to one resource: give one for each"
                where = Where(("resource_policies", arn))
                yield Problem("this is a pattern, not the ARN of a resource", where, hint)

    def _check_policies(self) -> None:
        """R-P26: each policy is of the type that its place asks for."""
        placed: list[tuple[Policy, PolicyType]] = []
        for identity in self.identities:
            placed += ((policy, PolicyType.IDENTITY) for policy in identity.policies)
            if identity.boundary is not None:
                placed.append((identity.boundary, PolicyType.BOUNDARY))
            if identity.trust is not None:
                placed.append((identity.trust, PolicyType.TRUST))
        placed += ((policy, PolicyType.RESOURCE) for policy in self.resource_policies.values())
        placed += ((policy, PolicyType.SCP) for level in self.scps for policy in level)
        placed += ((policy, PolicyType.RCP) for level in self.rcps for policy in level)
        for policy, type_ in {
            (id(policy), type_): (policy, type_) for policy, type_ in placed
        }.values():
            check_policy(policy, type_)

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled; what it shows can.
        policies = dict(self.resource_policies)
        organization = (self.scps, self.rcps, self.management_account)
        return (Account, (self.id, self.partition, self.identities, policies, *organization))
