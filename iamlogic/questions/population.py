"""The principals of an account and their policies, prepared for many questions.

Of an account the index over all statements is made once, at the first question, and kept as long
as the account is. For a question, `of_scope` gives its resources with policies that speak of the
scope (`Target`), and its principals in groups whose policies say the same of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

from iamlogic.questions.account import Account, Identity, Tags, is_role
from iamlogic.questions.narrowing import Narrowed, Shelf, overlaps
from iamlogic.questions.principal_search import PRINCIPAL_TAG, Group
from iamlogic.questions.targets import Target, parent
from iamlogic.semantics.globs import glob_matches, written
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import (
    Effect,
    Policy,
    Principal,
    PrincipalForm,
    Statement,
    Text,
    Variable,
)
from iamlogic.syntax.policy_set import PolicySet, with_members
from iamlogic.syntax.scope import Scope

_SERVICE_LINKED = "role/aws-service-role/"  # R-E23
_ACCOUNT_OF_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):")


class Population:
    """The users and roles of an account, and its root user."""

    def __init__(self, account: Account) -> None:
        self.id = account.id
        self._identities = {identity.arn: identity for identity in account.identities}
        root = Identity(f"arn:{account.partition}:iam::{account.id}:root")
        self._identities[root.arn] = root
        self._around = PolicySet(
            scps=account.scps, rcps=account.rcps, management_account=account.management_account
        )
        trusts = {each.arn: each.trust for each in account.identities if each.trust is not None}
        self._attached: dict[str, Policy] = {**account.resource_policies, **trusts}

    @property
    def principals(self) -> tuple[str, ...]:
        """The ARNs of users and roles in the order of the account, the root user at the end."""
        return tuple(self._identities)

    @property
    def roles(self) -> tuple[str, ...]:
        """The ARNs of its roles."""
        return tuple(arn for arn in self._identities if is_role(arn))

    def stack(self, principal: str, resource: str, session: Policy | None) -> PolicySet:
        """All the policies that decide a request of the principal for the resource."""
        identity = self._identities[principal]
        governing_arn = resource if resource in self._attached else parent(resource, self._attached)
        owner = _ACCOUNT_OF_ARN.match(governing_arn)
        foreign = owner is not None and owner[1] != self.id
        return with_members(
            self._around,
            identity=identity.policies,
            boundary=identity.boundary,
            session=_session_of(principal, session),
            resource=self._attached.get(governing_arn),
            rcps=() if foreign else self._around.rcps,
        )

    @cached_property
    def _below(self) -> dict[str, list[str]]:
        """By the ARN of a resource with a policy, those below it that have one, too."""
        below: dict[str, list[str]] = {}
        for arn in self._attached:
            above = arn
            while above := parent(above, self._attached):
                below.setdefault(above, []).append(arn)
        return below

    def _policies(self) -> Iterator[Policy]:
        for identity in self._identities.values():
            yield from identity.policies
            if identity.boundary is not None:
                yield identity.boundary
        yield from self._attached.values()
        yield from self._around.policies()

    @cached_property
    def multivalued(self) -> frozenset[str]:
        """The keys that have several values in some policy of the account (R-K8)."""
        return multivalued_keys({id(policy): policy for policy in self._policies()}.values())

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(self._policies())

    def of_scope(self, scope: Scope) -> Concerned:
        """What the account's policies say of a scope."""
        asked = lower(scope.statement)
        narrowed = self._shelf.narrowed(asked)
        targets = tuple(self._targets(asked, narrowed))
        around = with_members(
            self._around,
            scps=_narrowed_levels(self._around.scps, narrowed),
            rcps=_narrowed_levels(self._around.rcps, narrowed),
        )
        named = Named.of(targets)
        return Concerned(scope, self._identities, narrowed, targets, around, named)

    def _targets(self, asked: Lowered, narrowed: Narrowed) -> Iterator[Target]:
        """Resources of which a policy speaks of the scope; the others' say nothing to it."""
        anywhere = asked.resources.negated
        for arn, policy in self._attached.items():
            kept = narrowed(policy)
            if kept.statements:
                owner = _ACCOUNT_OF_ARN.match(arn)
                apart = tuple(self._below.get(arn, ()))
                target = Target(arn, kept, owner[1] if owner else self.id, apart)
                if anywhere or any(overlaps(g, asked.resources.languages) for g in target.governed):
                    yield target


_populations: WeakKeyDictionary[Account, Population] = WeakKeyDictionary()


def population_of(account: Account) -> Population:
    """The account, prepared; made once."""
    population = _populations.get(account)
    if population is None:
        population = _populations[account] = Population(account)
    return population


@dataclass(frozen=True, slots=True)
class Concerned:
    """What an account's policies say of one scope: they are all narrowed to it."""

    scope: Scope
    identities: dict[str, Identity]
    narrowed: Narrowed
    targets: tuple[Target, ...]
    around: PolicySet
    named: Named

    def groups(self, principals: Iterable[str], session: Policy | None) -> Iterator[Group]:
        """The principals who may be able to do something: with the same policies together.

        Those that no policy allows anything are in none.
        """
        named = self.named
        tags_matter = any(map(_mentions_tags, self._common(session)))
        around = self.around
        closed = not around.management_account and not all(map(_allows_some, around.scps))  # R-E4
        alike: dict[_Alike, list[str]] = {}
        for principal in principals:
            if closed and not _is_service_linked(principal):
                continue
            side = self._own_side(principal, tags_matter=tags_matter)
            if side.on_its_own or named.everybody or named.of_principal(principal):
                alike.setdefault(side, []).append(principal)
        for side, members in alike.items():
            stack = with_members(
                self.around,
                identity=side.policies,
                boundary=side.boundary,
                session=_session_of(members[0], session),
            )
            names = tuple(map(named.of_principal, members))
            open_tags = side.tags_matter and side.tags is None
            yield Group(tuple(members), stack, side.tags, open_tags, side.on_its_own, names)

    def _own_side(self, principal: str, *, tags_matter: bool) -> _Alike:
        """What of a principal matters to the question."""
        identity = self.identities[principal]
        kept = (self.narrowed(policy) for policy in identity.policies)
        policies = tuple(policy for policy in kept if policy.statements)
        boundary = None if identity.boundary is None else self.narrowed(identity.boundary)
        limits = (policies,) if boundary is None else (policies, (boundary,))
        is_root = principal.endswith(":root")
        if not tags_matter:
            tags_matter = any(_mentions_tags(policy) for group in limits for policy in group)
        return _Alike(
            principal.split(":", 5)[5].partition("/")[0],
            policies,
            boundary,
            tags_matter,
            _fixed_tags(identity) if tags_matter else None,
            _is_service_linked(principal),
            is_root or all(map(_allows_some, limits)),
        )

    def _common(self, session: Policy | None) -> Iterator[Policy]:
        yield Policy((self.scope.statement,))
        if session is not None:
            yield session
        yield from (target.policy for target in self.targets)
        yield from self.around.policies()


@dataclass(frozen=True, slots=True)
class _Alike:
    """What principals of one group have in common."""

    kind: str
    policies: tuple[Policy, ...]
    boundary: Policy | None
    tags_matter: bool
    tags: Tags | None
    service_linked: bool
    on_its_own: bool


@dataclass(frozen=True, slots=True)
class Named:
    """Targets whose policies grant directly: to everybody, or to principals that they name."""

    everybody: tuple[int, ...]
    by_arn: dict[str, list[int]]
    by_role: dict[tuple[str | None, str], list[int]]

    @staticmethod
    def of(targets: Sequence[Target]) -> Named:
        everybody: list[int] = []
        by_arn: dict[str, list[int]] = {}
        by_role: dict[tuple[str | None, str], list[int]] = {}
        for number, target in enumerate(targets):
            for entry in _granted_to(target.policy):
                match entry.form:
                    case PrincipalForm.EVERYONE:
                        everybody.append(number)
                    case PrincipalForm.USER | PrincipalForm.ROLE:
                        by_arn.setdefault(entry.text, []).append(number)
                    case PrincipalForm.ROLE_SESSION:  # it carries no path (R-K2)
                        role = (entry.name or "").partition("/")[0]
                        by_role.setdefault((entry.account, role), []).append(number)
                    case _:
                        pass  # accounts delegate; nobody else is a user or role of the account
            if any(map(_excludes, target.policy.statements)):
                everybody.append(number)
        return Named(tuple(dict.fromkeys(everybody)), by_arn, by_role)

    def of_principal(self, principal: str) -> tuple[int, ...]:
        numbers = [*self.by_arn.get(principal, [])]
        if is_role(principal):
            key = (principal.split(":")[4], principal.rpartition("/")[2])
            numbers += self.by_role.get(key, [])
        return tuple(dict.fromkeys(numbers))


def _granted_to(policy: Policy) -> Iterator[Principal]:
    for statement in policy.statements:
        principals = statement.principals
        if statement.effect is Effect.ALLOW and principals is not None and not principals.negated:
            yield from principals.entries


def _excludes(statement: Statement) -> bool:
    """Whether it grants to all but some (R-M13)."""
    principals = statement.principals
    return statement.effect is Effect.ALLOW and principals is not None and principals.negated


def _allows_some(policies: Iterable[Policy]) -> bool:
    return any(s.effect is Effect.ALLOW for policy in policies for s in policy.statements)


def _mentions_tags(policy: Policy) -> bool:
    return any(
        fold(key).startswith(PRINCIPAL_TAG)
        for statement in policy.statements
        for key in _keys(statement)
    )


def _keys(statement: Statement) -> Iterator[str]:
    """The keys that a statement looks at, in conditions and as variables."""
    texts: list[Text] = [] if statement.resources is None else [*statement.resources.patterns]
    for condition in statement.conditions:
        yield condition.key
        texts += condition.values
    for text in texts:
        yield from (part.key for part in text.template or () if isinstance(part, Variable))


def _fixed_tags(identity: Identity) -> Tags | None:
    """The tags of every request by the principal; None where a session can bring its own.

    Whoever assumes a role can tag the session if its trust policy allows sts:TagSession.
    """
    if identity.trust is not None and any(map(_allows_tagging, identity.trust.statements)):
        return None
    return identity.tags


def _allows_tagging(statement: Statement) -> bool:
    if statement.effect is not Effect.ALLOW:
        return False
    found = any(
        glob_matches(written(fold(action.text)), "sts:tagsession")
        for action in statement.actions.patterns
    )
    return found is not statement.actions.negated


def _session_of(principal: str, session: Policy | None) -> Policy | None:
    """A session policy limits sessions of roles."""
    return session if is_role(principal) else None


def _is_service_linked(principal: str) -> bool:
    return is_role(principal) and principal.split(":", 5)[5].startswith(_SERVICE_LINKED)


def _narrowed_levels(
    levels: Iterable[Iterable[Policy]], narrowed: Narrowed
) -> tuple[tuple[Policy, ...], ...]:
    return tuple(tuple(map(narrowed, level)) for level in levels)
