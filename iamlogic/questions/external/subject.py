"""What a question of external access is about: all that grants access to one resource."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from iamlogic.catalog.resource_types import ResourceType
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, PolicyKind, PrincipalForm, Statement
from iamlogic.syntax.policy_set import PolicySet


@dataclass(frozen=True, slots=True)
class BlockPublicAccess:
    """S3's Block Public Access, as it stands for a bucket or its account (R-X15).

    Two of the four settings change what is allowed now: public grants of ACLs are ignored, and a
    bucket with a public policy answers its own account and services alone. The other two refuse
    such ACLs and policies when they are put.
    """

    block_public_acls: bool = False
    ignore_public_acls: bool = False
    block_public_policy: bool = False
    restrict_public_buckets: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of a question of external access."""

    policy: Policy | PolicySet
    type: ResourceType | None
    sharing: tuple[Policy, ...]
    block: BlockPublicAccess | None
    resource: str | None
    all_requests: bool

    @property
    def subject(self) -> Subject:
        """What decides, in normal form. Raises `TypeError` for what is no resource's policy."""
        return Subject.of(self.policy, self.sharing, self.block, self.type)


@dataclass(frozen=True, slots=True)
class Subject:
    """The statements that decide, in normal form, and the policies that they stand in.

    `limits` are the Denies of an organization's RCPs, `denies` those of all other policies.
    """

    policies: tuple[Policy, ...]
    allows: tuple[Lowered, ...]
    denies: tuple[Lowered, ...]
    type: ResourceType | None
    limits: tuple[Lowered, ...] = ()
    restricts_public: bool = False
    own: tuple[Statement, ...] = ()

    @staticmethod
    def of(
        policy: Policy | PolicySet,
        sharing: Iterable[Policy],
        block: BlockPublicAccess | None,
        type_: ResourceType | None,
    ) -> Subject:
        own, limits = _parts(policy)
        shared = tuple(sharing)
        for each in (*own, *shared):
            if each.kind is not PolicyKind.RESOURCE and each.statements:
                message = "the policy names no principals: only a resource's policy lets others in"
                raise TypeError(f"{each.file or 'policy'}: {message}")
        if block is not None and not (type_ is not None and type_.service == "s3"):
            raise TypeError('block_public_access is about buckets: resource_type="AWS::S3::Bucket"')
        granting = [*own, *(_without_public(each, block) for each in shared)]
        statements = [lower(each) for policy in granting for each in policy.statements]
        limiting = [lower(each) for policy in limits for each in policy.statements]
        return Subject(
            (*own, *shared, *limits),
            tuple(each for each in statements if each.allows),
            tuple(each for each in statements if not each.allows),
            type_,
            tuple(each for each in limiting if not each.allows),
            restricts_public=block is not None and block.restrict_public_buckets,
            own=tuple(statement for each in own for statement in each.statements),
        )

    def is_own(self, statement: Statement) -> bool:
        """Whether it stands in the resource's own policy, not in an ACL or the like beside it."""
        return any(each is statement for each in self.own)

    @property
    def statements(self) -> tuple[Lowered, ...]:
        return (*self.allows, *self.denies, *self.limits)

    @property
    def multivalued(self) -> frozenset[str]:
        """R-K8."""
        return multivalued_keys(self.policies)

    def home_of(self, statement: Statement) -> Policy:
        """The policy that a statement stands in."""
        return next(p for p in self.policies if any(s is statement for s in p.statements))


def _parts(policy: Policy | PolicySet) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
    """The resource's policy, and the RCPs that limit it (R-E3)."""
    if isinstance(policy, Policy):
        return (policy,), ()
    if not isinstance(policy, PolicySet):
        raise TypeError(f"a {type(policy).__name__} is no Policy: iamlogic.parse reads one")
    if any((policy.identity, policy.boundary, policy.session, policy.scps, policy.vpc_endpoint)):
        raise TypeError(
            "who outside has access is a question about a resource: "
            "give a PolicySet of resource and rcps only"
        )
    own = (policy.resource,) if policy.resource is not None else ()
    rcps = () if policy.management_account else tuple(p for level in policy.rcps for p in level)
    return own, rcps


def _without_public(policy: Policy, block: BlockPublicAccess | None) -> Policy:
    """An ACL without what it grants to everybody, where that is ignored."""
    if block is None or not block.ignore_public_acls:
        return policy
    kept = tuple(s for s in policy.statements if not _names_everyone(s))
    return Policy(kept, policy.version, policy.id, policy.kind, policy.file)


def _names_everyone(statement: Statement) -> bool:
    principals = statement.principals
    return principals is not None and any(
        entry.form is PrincipalForm.EVERYONE for entry in principals.entries
    )
