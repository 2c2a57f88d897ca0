"""When a statement's principal part matches a requester, and how strongly (R-M7 to R-M15).

Each entry of `Principal` names one identity; a requester matches it if that identity is in the
requester's chain (R-K3). How the identity is named decides the strength of a grant in a resource
policy; in a Deny every strength counts alike (R-M10). `NotPrincipal` asks of a Deny that the whole
chain be listed (R-M11), of an Allow that nothing of it be (R-M13).

A name is its principal: the model has no time in which a namesake could replace it (R-M15).
"""

from __future__ import annotations

from enum import IntEnum

from iamlogic.semantics.requester import ChainMember, Requester, RequesterKind
from iamlogic.syntax.policy import (
    Effect,
    Principal,
    PrincipalForm,
    Principals,
    Statement,
)


class Strength(IntEnum):
    """What a match is worth in an Allow of a resource policy (R-M8, R-E8)."""

    NONE = 0
    DELEGATED = 1  # to the account: its identity policies decide
    LIMITED = 2  # to a role's sessions: boundary and session policy limit it
    DIRECT = 3


def principal_strength(
    statement: Statement, requester: Requester, *, bounded: bool = False
) -> Strength:
    """How strongly the statement's principal part matches; NONE: it does not.

    `bounded`: the statement is of a resource policy, and the requester has a permissions boundary.
    """
    principals = statement.principals
    if principals is None:
        return Strength.DIRECT  # R-M14
    if not principals.negated:
        strengths = (entry_strength(entry, requester) for entry in principals.entries)
        return max(strengths, default=Strength.NONE)  # R-M7
    if statement.effect is Effect.DENY:
        spared = wholly_listed(principals, requester) and not bounded  # R-M11, R-M12
    else:
        spared = partly_listed(principals, requester)  # R-M13
    return Strength.NONE if spared else Strength.DIRECT


def entry_strength(entry: Principal, requester: Requester) -> Strength:
    """R-M8, row by row."""
    if entry.form is PrincipalForm.EVERYONE:
        return Strength.DIRECT
    if named(entry) in requester.chain:
        match entry.form:
            case PrincipalForm.ACCOUNT:
                is_root = requester.kind is RequesterKind.ROOT
                return Strength.DIRECT if is_root else Strength.DELEGATED
            case PrincipalForm.ROLE:
                return Strength.LIMITED
            case _:
                return Strength.DIRECT
    if names_maker(entry, requester):
        return Strength.LIMITED
    return Strength.NONE


def named(entry: Principal) -> ChainMember:
    """The identity that an entry names.

    R-M9: exact text, but an account is the same in both spellings, in whichever partition (R-M16).
    Unique ids of deleted principals (R-P19), canonical users and CloudFront's identities (R-M8)
    are in nobody's chain.
    """
    return entry.form, (entry.account or entry.text) if _is_account(entry) else entry.text


def names_maker(entry: Principal, requester: Requester) -> bool:
    """R-M8: whether the entry is the user by whose name the federated session goes (R-M17)."""
    return (
        entry.form is PrincipalForm.USER
        and requester.kind is RequesterKind.FEDERATED_SESSION
        and (entry.partition, entry.account) == (requester.partition, requester.account)
        and (entry.name or "").rpartition("/")[2] == requester.name
    )


def wholly_listed(principals: Principals, requester: Requester) -> bool:
    """R-M11: every member of the chain is listed.

    A requester with an empty chain, that is an anonymous one, is listed by `*` alone (R-M18).
    """
    if _lists_everybody(principals):
        return True
    listed = {named(entry) for entry in principals.entries}
    return bool(requester.chain) and listed.issuperset(requester.chain)


def partly_listed(principals: Principals, requester: Requester) -> bool:
    """R-M13: some member of the chain is listed; `*` lists everybody."""
    if _lists_everybody(principals):
        return True
    return any(named(entry) in requester.chain for entry in principals.entries)


def _lists_everybody(principals: Principals) -> bool:
    return any(entry.form is PrincipalForm.EVERYONE for entry in principals.entries)


def _is_account(entry: Principal) -> bool:
    return entry.form is PrincipalForm.ACCOUNT
