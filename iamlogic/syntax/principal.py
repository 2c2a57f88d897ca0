"""Principal entries: what one value under `AWS`, `Service`, … names (R-P19, R-P20).

`grammar/principal.lark` has a start rule for each member and an alternative for each form. A value
that none of them takes is an error; this module finds out which of the usual mistakes it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.errors import Where
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.policy import Principal, PrincipalForm, PrincipalType

PRINCIPAL_TYPES: dict[str, PrincipalType] = {
    kind.value: kind for kind in PrincipalType if kind is not PrincipalType.ANY
}
"""The members that a Principal object may have (R-P18)."""

_REMEMBERED = 4096
"""Principal values whose parse is kept."""

_START_RULES = {
    PrincipalType.AWS: "aws",
    PrincipalType.SERVICE: "service",
    PrincipalType.FEDERATED: "federated",
    PrincipalType.CANONICAL_USER: "canonical_user",
}


@dataclass(frozen=True, slots=True)
class BadPrincipal:
    """Why a text names no principal."""

    message: str
    rule: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    form: PrincipalForm
    partition: str | None = None
    account: str | None = None
    name: str | None = None


def read_principal(kind: PrincipalType, text: str, where: Where) -> Principal | BadPrincipal:
    """The entry that `text` is under the member `kind` of a Principal object."""
    parts = _read(kind, text)
    if isinstance(parts, BadPrincipal):
        return parts
    return Principal(kind, parts.form, text, parts.partition, parts.account, parts.name, where)


def is_identity_provider(text: str) -> bool:
    """Whether `text` is a value that stands under `Federated`."""
    return not isinstance(_read(PrincipalType.FEDERATED, text), BadPrincipal)


@lru_cache(maxsize=_REMEMBERED)
def _read(kind: PrincipalType, text: str) -> _Parts | BadPrincipal:
    return _parse(kind, text) or _why(kind, text)


def _parse(kind: PrincipalType, text: str) -> _Parts | None:
    from lark import Token
    from lark.exceptions import UnexpectedInput

    from iamlogic.syntax.grammars import small_language

    language = small_language("principal", *_START_RULES.values())
    try:
        tree = language.parse(text, start=_START_RULES[kind])
    except UnexpectedInput:
        return None
    found = {token.type: str(token) for token in tree.children if isinstance(token, Token)}
    return _Parts(
        PrincipalForm[str(tree.data).upper()],
        found.get("PARTITION"),
        found.get("ACCOUNT"),
        found.get("PATH_NAME") or found.get("SESSION") or found.get("NAME"),
    )


_EXPECTED = {
    PrincipalType.AWS: (
        '"*", an account id, or the ARN of a root, user, role, role session or federated user'
    ),
    PrincipalType.SERVICE: "a service's host name such as ecs.amazonaws.com",
    PrincipalType.FEDERATED: (
        "the ARN of a SAML or OIDC provider, or a host such as accounts.google.com"
    ),
    PrincipalType.CANONICAL_USER: "64 hexadecimal digits",
}

_NO_PRINCIPALS = {
    "group": "a user group cannot be a principal",
    "instance-profile": "an instance profile cannot be a principal",
    "policy": "a policy cannot be a principal",
}


def _why(kind: PrincipalType, text: str) -> BadPrincipal:
    expected = f"expected {_EXPECTED[kind]}"
    shown = quote(text)
    if kind is not PrincipalType.AWS and text == "*":
        return BadPrincipal(
            f'"*" cannot stand under {kind.value}: {expected}',
            "R-P20",
            'everybody is {"AWS": "*"} or the bare "*"',
        )
    if "${" in text:
        return BadPrincipal(f"{shown}: variables have no meaning in a principal", "R-V3")
    if "*" in text or "?" in text:
        return BadPrincipal(
            f"a wildcard stands inside the principal {shown}, but only the whole value may be *",
            "R-P20",
            "name each principal, or allow the account and narrow it with a condition on "
            "aws:PrincipalArn (ArnLike)",
        )
    arn = re.match(r"arn:[^:]*:(?:iam|sts):[^:]*:[^:]*:([a-z-]+)", text)
    if arn and arn[1] in _NO_PRINCIPALS:
        hint = "name the role or the users themselves"
        return BadPrincipal(f"{_NO_PRINCIPALS[arn[1]]}: {shown}", "R-P20", hint)
    return BadPrincipal(f"found {shown}, {expected}", "R-P19", _likely_fix(kind, text))


def _likely_fix(kind: PrincipalType, text: str) -> str | None:
    if text != text.strip():
        return "remove the spaces around it"
    if kind is PrincipalType.FEDERATED and _parse(PrincipalType.SERVICE, text):
        return f'did you mean "arn:aws:iam::ACCOUNT:oidc-provider/{text[:100]}"?'
    for other in _START_RULES:
        if other is not kind and _parse(other, text):
            return f'is it meant under "{other.value}"?'
    if kind is PrincipalType.AWS:
        if re.fullmatch(r"[0-9]+", text):
            return f"an account id has 12 digits, this has {len(text)}"
        if re.fullmatch(r"[0-9]{4}-[0-9]{4}-[0-9]{4}", text):
            return f'an account id has no hyphens: "{text.replace("-", "")}"'
        if re.match(r"arn:[^:]*:sts:[^:]*:[0-9]{12}:assumed-role/[^/]*$", text):
            return "a role session's ARN ends in /SESSION; to name the role, give its iam ARN"
        if re.match(r"arn:[^:]*:(?:iam|sts):[^:]+:", text):
            return "the ARNs of iam and sts have no region: two colons before the account"
    if kind is PrincipalType.SERVICE and text != text.lower():
        return f'did you mean "{text.lower()[:100]}"?'
    if kind is PrincipalType.SERVICE and re.fullmatch(r"[a-z0-9-]+", text):
        return f'did you mean "{text[:100]}.amazonaws.com"?'
    return None
