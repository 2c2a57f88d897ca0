"""All the policies that decide a request together: one `PolicySet` is one stack.

It says which policies there are and nothing of what they mean: see `semantics.stack`. Every policy
is held to the grammar of its type (R-P6) when the stack is made. Stacks are immutable, hashable
and picklable, and equal if they are made of equal policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import cast

from iamlogic.errors import IamlogicError
from iamlogic.syntax.policy import (
    Policy,
    PolicyKind,
    Principal,
    PrincipalForm,
    Principals,
    Statement,
)
from iamlogic.syntax.policy_types import PolicyType, check_policy, is_trust_policy

Levels = tuple[tuple[Policy, ...], ...]
"""Policies of an organization: for each level its own, the root first and the account last."""


class PolicySetError(IamlogicError):
    """A stack cannot be made: something that is not a policy stands where one belongs."""


@dataclass(frozen=True, slots=True)
class Member:
    """One policy of a stack: what it is there, and for an organization's on which level."""

    type: PolicyType
    policy: Policy
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The policies around one requester and one resource (section 6 of docs/semantics.md).

    `identity` are all of the requester's, those of its groups included; `boundary` and `session`
    its permissions boundary and session policy. `scps` are those of the requester's account and
    `rcps` those of the resource's: one list for each level of the organization, root first,
    account last. No levels mean no organization; a level without SCPs allows nothing (R-E4).
    `resource` is the policy of the resource (of a role: its trust policy), `vpc_endpoint` that of
    the endpoint through which the request comes.

    `management_account` says that the account whose SCPs and RCPs these are is the organization's
    management account, `service_linked` that the role is a service-linked one: neither kind of
    policy concerns them (R-E3). `canonical_users` maps canonical user ids to accounts (R-M8).
    `file` is what reports call the stack.

    Raises `PolicySyntaxError` for a policy that is none of its type, `PolicySetError` for what is
    no policy at all.
    """

    identity: tuple[Policy, ...] = ()
    resource: Policy | None = None
    boundary: Policy | None = None
    session: Policy | None = None
    scps: Levels = ()
    rcps: Levels = ()
    vpc_endpoint: Policy | None = None
    management_account: bool = False
    service_linked: bool = False
    canonical_users: Mapping[str, str] = field(default_factory=dict, hash=False)
    file: str | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        users = _canonical_users(self.canonical_users)
        given = {
            "identity": _policies("identity", self.identity),
            "resource": _named(_policy("resource", self.resource), users),
            "boundary": _policy("boundary", self.boundary),
            "session": _policy("session", self.session),
            "scps": _levels("scps", self.scps),
            "rcps": _levels("rcps", self.rcps),
            "vpc_endpoint": _named(_policy("vpc_endpoint", self.vpc_endpoint), users),
            "canonical_users": users,
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)
        for member in self.members():
            check_policy(member.policy, member.type)

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy cannot be pickled; what it shows can.
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["canonical_users"] = dict(self.canonical_users)
        return (_unpickled, (values,))

    def members(self) -> Iterator[Member]:
        """Every policy, in the order in which people think of them."""
        for policy in self.identity:
            yield Member(PolicyType.IDENTITY, policy)
        for type_, single in (
            (PolicyType.BOUNDARY, self.boundary),
            (PolicyType.SESSION, self.session),
        ):
            if single is not None:
                yield Member(type_, single)
        if self.resource is not None:
            trust = is_trust_policy(self.resource)
            yield Member(PolicyType.TRUST if trust else PolicyType.RESOURCE, self.resource)
        for type_, levels in ((PolicyType.SCP, self.scps), (PolicyType.RCP, self.rcps)):
            for number, level in enumerate(levels):
                for policy in level:
                    yield Member(type_, policy, number)
        if self.vpc_endpoint is not None:
            yield Member(PolicyType.ENDPOINT, self.vpc_endpoint)

    def policies(self) -> Iterator[Policy]:
        """Every policy of the stack."""
        return (member.policy for member in self.members())


def with_members(stack: PolicySet, **members: object) -> PolicySet:
    """The stack with other members, which the caller knows to be of their types.

    That holds for parts of policies that were checked as a whole; a part alone could look like
    another type. It is also what is cheap enough to do thousands of times.
    """
    changed = object.__new__(PolicySet)
    for each in fields(PolicySet):
        object.__setattr__(changed, each.name, members.get(each.name, getattr(stack, each.name)))
    return changed


def _unpickled(values: dict[str, object]) -> PolicySet:
    users = cast("Mapping[str, str]", values["canonical_users"])
    return with_members(PolicySet(), **{**values, "canonical_users": MappingProxyType(users)})


def members_of(subject: Policy | PolicySet) -> Iterator[Member]:
    """The members of a stack; the one of a lone policy, which is of the type it reads as (R-P7)."""
    if isinstance(subject, PolicySet):
        yield from subject.members()
    else:
        identity = subject.kind is PolicyKind.IDENTITY
        yield Member(PolicyType.IDENTITY if identity else PolicyType.RESOURCE, subject)


def policies_of(subject: Policy | PolicySet) -> tuple[Policy, ...]:
    """The policies of a stack, or the one that stands for itself."""
    return (subject,) if isinstance(subject, Policy) else tuple(subject.policies())


def _policy(name: str, given: object) -> Policy | None:
    if given is None or isinstance(given, Policy):
        return given
    hint = "\n    hint: read it with iamlogic.parse or iamlogic.load"
    raise PolicySetError(f"{name} is {_what(given)}, expected a Policy{hint}")


def _policies(name: str, given: object) -> tuple[Policy, ...]:
    if given is None:
        return ()
    if isinstance(given, Policy) or not isinstance(given, Iterable) or isinstance(given, _TEXTS):
        raise PolicySetError(f"{name} is {_what(given)}, expected a list of policies")
    found = tuple(given)
    for position, entry in enumerate(found):
        if not isinstance(entry, Policy):
            _policy(f"{name}[{position}]", entry if entry is not None else "nothing")
    return found


def _levels(name: str, given: object) -> Levels:
    if given is None:
        return ()
    expected = "expected a list of policies for each level of the organization"
    if isinstance(given, Policy) or not isinstance(given, Iterable) or isinstance(given, _TEXTS):
        raise PolicySetError(f"{name} is {_what(given)}, {expected}")
    levels = tuple(given)
    for position, level in enumerate(levels):
        if isinstance(level, Policy):
            hint = "\n    hint: one level is [[policy, …]]"
            raise PolicySetError(f"{name}[{position}] is a policy, {expected}{hint}")
    return tuple(_policies(f"{name}[{n}]", level) for n, level in enumerate(levels))


_TEXTS = (str, bytes, Mapping)
_ACCOUNT = re.compile(r"[0-9]{12}")
_CANONICAL_ID = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def _canonical_users(given: object) -> Mapping[str, str]:
    if not isinstance(given, Mapping):
        raise PolicySetError(f"canonical_users is {_what(given)}, expected ids and their accounts")
    for user, account in given.items():
        if not (isinstance(user, str) and _CANONICAL_ID.fullmatch(user)):
            raise PolicySetError(f"{user!r} is no canonical user: expected 64 hexadecimal digits")
        if not (isinstance(account, str) and _ACCOUNT.fullmatch(account)):
            raise PolicySetError(f"{account!r} is no account: expected 12 digits as a text")
    return MappingProxyType({user.lower(): account for user, account in given.items()})


def _what(given: object) -> str:
    return "a Policy" if isinstance(given, Policy) else f"a {type(given).__name__}"


def _named(policy: Policy | None, users: Mapping[str, str]) -> Policy | None:
    """R-M8: a canonical user is the account that the table maps it to."""
    if policy is None or not users:
        return policy
    statements = tuple(_resolved(statement, users) for statement in policy.statements)
    return policy if statements == policy.statements else replace(policy, statements=statements)


def _resolved(statement: Statement, users: Mapping[str, str]) -> Statement:
    principals = statement.principals
    if principals is None:
        return statement
    entries = tuple(_account_of(entry, users) for entry in principals.entries)
    if entries == principals.entries:
        return statement
    return replace(statement, principals=Principals(entries, principals.negated, principals.where))


def _account_of(entry: Principal, users: Mapping[str, str]) -> Principal:
    account = users.get(entry.text.lower())
    if entry.form is not PrincipalForm.CANONICAL_USER or account is None:
        return entry
    return replace(entry, form=PrincipalForm.ACCOUNT, account=account)
