"""`Principal` and `NotPrincipal`: the element as a whole (R-P18 to R-P20, R-M11, R-M13)."""

from __future__ import annotations

from dataclasses import dataclass

from iamlogic.errors import Path
from iamlogic.syntax.json_tree import (
    JsonList,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
    describe,
    quote,
)
from iamlogic.syntax.policy import (
    UNSEEN,
    Effect,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
)
from iamlogic.syntax.principal import (
    PRINCIPAL_TYPES,
    BadPrincipal,
    is_identity_provider,
    read_principal,
)
from iamlogic.syntax.problems import Problems, did_you_mean

_TYPES = ", ".join(PRINCIPAL_TYPES)


def read_principals(member: Member, path: Path, problems: Problems) -> Principals:
    """R-P18: the text `*`, or an object of principal types."""
    here = (*path, member.name)
    node = member.value
    entries: list[Principal] = []
    where = problems.document.where
    if isinstance(node, JsonString) and node.value == "*":
        entries.append(
            Principal(
                PrincipalType.ANY,
                PrincipalForm.EVERYONE,
                "*",
                where=where(node.position, here),
            )
        )
    elif isinstance(node, JsonObject):
        for inner in node.members:
            entries += _read_type(inner, (*here, inner.name), problems)
    else:
        hint = None
        if isinstance(node, JsonString):
            hint = f'write {{"AWS": {quote(node.value)}}}'
            if "." in node.value and ":" not in node.value:
                hint = f'write {{"Service": {quote(node.value)}}}'
        message = f'found {describe(node)}, expected "*" or an object with {_TYPES}'
        problems.error(node.position, here, message, "R-P18", hint)
    return Principals(tuple(entries), member.name == "NotPrincipal", where(member.position, here))


def _read_type(member: Member, path: Path, problems: Problems) -> list[Principal]:
    kind = PRINCIPAL_TYPES.get(member.name)
    if kind is None:
        message = f"{quote(member.name)} is no type of principal, expected one of {_TYPES}"
        hint = did_you_mean(member.name, PRINCIPAL_TYPES)
        problems.error(member.position, path, message, "R-P18", hint)
        return []
    node = member.value
    nodes: list[tuple[JsonValue, Path]] = [(node, path)]
    if isinstance(node, JsonList):
        nodes = [(item, (*path, i)) for i, item in enumerate(node.items)]
        if not nodes:
            message = "an empty list, expected a principal"
            problems.warn(node.position, path, message, "R-P13")
    entries: list[Principal] = []
    for item, here in nodes:
        if not isinstance(item, JsonString):
            hint = None
            if isinstance(item, JsonList):
                hint = "lists do not stand inside each other"
            elif kind is PrincipalType.AWS:
                hint = "an account id is a text: put it in double quotes"
            message = f"found {describe(item)}, expected a principal as a text"
            problems.error(item.position, here, message, "R-P14", hint)
            continue
        match read_principal(kind, item.value, problems.document.where(item.position, here)):
            case BadPrincipal(message, rule, hint):
                problems.error(item.position, here, message, rule, hint)
            case principal:
                entries.append(principal)
                if principal.form in UNSEEN:
                    message = f"no request here can be by {quote(item.value)}"
                    hint = "a comparison that hangs on it is unknown, an evaluation leaves it out"
                    problems.warn(item.position, here, message, "R-M8", hint)
                if kind is PrincipalType.SERVICE and is_identity_provider(item.value):
                    message = f"{quote(item.value)} is an identity provider, not a service"
                    hint = "under Service it names nobody: write it under Federated"
                    problems.warn(item.position, here, message, "R-K1", hint)
    return entries


def warn_of_not_principal(
    principals: Principals, effect: Effect, member: Member, path: Path, problems: Problems
) -> None:
    """What `NotPrincipal` is known to surprise with."""
    here = (*path, member.name)
    if effect is Effect.ALLOW:
        message = "Allow with NotPrincipal reaches everybody else, anonymous requesters too"
        hint = "AWS no longer takes it: name who is allowed under Principal"
        problems.warn(member.position, here, message, "R-M13", hint)
        return
    entries = principals.entries
    if any(entry.form is PrincipalForm.EVERYONE for entry in entries):
        return
    listed = _Listed.of(entries)
    for entry in entries:
        if missing := _unlisted(entry, listed):
            message, hint = missing
            problems.warn(member.position, here, message, "R-M11", hint)


@dataclass(frozen=True, slots=True)
class _Listed:
    """Who is listed: accounts, accounts with somebody of theirs, roles, roles with a session."""

    accounts: frozenset[str | None]
    peopled: frozenset[str | None]
    roles: frozenset[tuple[str | None, str]]
    sessions: frozenset[tuple[str | None, str]]

    @staticmethod
    def of(entries: tuple[Principal, ...]) -> _Listed:
        account, role, session = (
            PrincipalForm.ACCOUNT,
            PrincipalForm.ROLE,
            PrincipalForm.ROLE_SESSION,
        )
        return _Listed(
            frozenset(e.account for e in entries if e.form is account),
            frozenset(e.account for e in entries if e.form is not account),
            frozenset(_role_of(e) for e in entries if e.form is role),
            frozenset(_role_of(e) for e in entries if e.form is session),
        )


def _unlisted(entry: Principal, listed: _Listed) -> tuple[str, str] | None:
    """Whom the Deny reaches though `entry` is listed, and what to add (R-M11).

    It spares only those of whom the whole chain (R-K3) is listed.
    """
    has_account = entry.account in listed.accounts
    text = quote(entry.text)
    match entry.form:
        case PrincipalForm.ACCOUNT if entry.account not in listed.peopled:
            return (
                f"the Deny reaches everybody in the account {text} but its root user",
                "list each user, role and role session too, or use Principal * with a condition",
            )
        case PrincipalForm.USER | PrincipalForm.FEDERATED_USER if not has_account:
            return f"the Deny still reaches {text}", "list its account too"
        case PrincipalForm.ROLE if not (has_account and _role_of(entry) in listed.sessions):
            hint = "list its account and the ARN of each role session too"
            return f"the Deny still reaches every session of {text} that is not listed", hint
        case PrincipalForm.ROLE_SESSION if not (has_account and _role_of(entry) in listed.roles):
            return f"the Deny still reaches {text}", "list its role and its account too"
    return None


def _role_of(entry: Principal) -> tuple[str | None, str]:
    """The account and the name (without path, which a session's ARN lacks) of the role."""
    name = entry.name or ""
    if entry.form is PrincipalForm.ROLE_SESSION:
        return entry.account, name.split("/", 1)[0]
    return entry.account, name.rsplit("/", 1)[-1]
