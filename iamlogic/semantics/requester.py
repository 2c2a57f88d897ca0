"""Who makes a request: the forms of R-K1, what each of them counts as (R-K3), and what follows.

A requester is written as text, and its form decides its kind. `parse_requester` reads the form,
`Requester.chain` lists the identities it counts as, and `definitions` gives the condition keys that
are functions of the requester (R-K6, first tier of R-K16). Everything here is exact text: AWS
compares names of principals case-sensitively (R-M9). Each pattern is matched in linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import RequestError
from iamlogic.syntax.policy import PrincipalForm


class RequesterKind(Enum):
    """The rows of R-K1."""

    ROOT = "root user"
    USER = "user"
    ROLE_SESSION = "role session"
    ROLE = "role"  # a session of it whose name is of no matter
    FEDERATED_SESSION = "federated session"
    PROVIDER = "identity provider"  # a SAML or OIDC identity that calls STS
    SERVICE = "service"
    ANONYMOUS = "anonymous"


ChainMember = tuple[PrincipalForm, str]
"""One identity of a requester: the form a policy names it by, and its text (R-K3).

An account is its 12 digits here, whichever of its two spellings a policy uses (R-M9).
"""

WEB_IDENTITY_HOSTS = frozenset(
    {
        "cognito-identity.amazonaws.com",
        "accounts.google.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
"""The host names that are identity providers and not services (R-K1)."""

_ARN = r"arn:(?P<partition>aws[a-z-]*)"
_ACCOUNT = r"(?P<account>[0-9]{12})"
_NAME = r"[A-Za-z0-9_+=,.@-]+"
_PATHED_NAME = rf"(?P<path>(?:[!-~]*/)?)(?P<name>{_NAME})"

_ARN_FORMS = (
    (RequesterKind.ROOT, re.compile(rf"{_ARN}:iam::{_ACCOUNT}:root")),
    (RequesterKind.USER, re.compile(rf"{_ARN}:iam::{_ACCOUNT}:user/{_PATHED_NAME}")),
    (RequesterKind.ROLE, re.compile(rf"{_ARN}:iam::{_ACCOUNT}:role/{_PATHED_NAME}")),
    (
        RequesterKind.ROLE_SESSION,
        re.compile(rf"{_ARN}:sts::{_ACCOUNT}:assumed-role/(?P<name>{_NAME})/{_NAME}"),
    ),
    (
        RequesterKind.FEDERATED_SESSION,
        re.compile(rf"{_ARN}:sts::{_ACCOUNT}:federated-user/(?P<name>{_NAME})"),
    ),
)
_PROVIDER_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:saml|oidc)-provider/[!-~]+")
_HOST = re.compile(r"[a-z0-9-]+\.[a-z0-9.-]*[a-z0-9-]")

_FORMS_IN_WORDS = (
    "the ARN of a root user, user, role, role session, federated session or identity provider, "
    "a service such as lambda.amazonaws.com, or anonymous"
)


@dataclass(frozen=True, slots=True)
class Requester:
    """A requester of R-K1, read from `text`.

    `account` and `partition` are None for those that belong to no account. `name` is the last
    component of a user's or federated session's name, and the role's name for both forms of role
    session. `path` (with its `/` at the end, or empty) is the user's or the role's; a session ARN
    does not carry it, so `Request` fills it in from the context (R-K2).
    """

    kind: RequesterKind
    text: str
    partition: str | None = None
    account: str | None = None
    path: str = ""
    name: str | None = None

    @property
    def principal_arn(self) -> str | None:
        """`aws:PrincipalArn` (R-K1): of a role session the role's ARN; None where there is none."""
        match self.kind:
            case RequesterKind.ROLE_SESSION:
                return f"arn:{self.partition}:iam::{self.account}:role/{self.path}{self.name}"
            case RequesterKind.PROVIDER | RequesterKind.SERVICE | RequesterKind.ANONYMOUS:
                return None
            case _:
                return self.text

    @property
    def chain(self) -> tuple[ChainMember, ...]:
        """The identities that the requester counts as (R-K3)."""
        account = (PrincipalForm.ACCOUNT, self.account or "")
        role = (PrincipalForm.ROLE, self.principal_arn or "")
        match self.kind:
            case RequesterKind.ROOT:  # R-M9: its ARN and its account are one entry
                return (account,)
            case RequesterKind.USER:
                return ((PrincipalForm.USER, self.text), account)
            case RequesterKind.ROLE_SESSION:
                return ((PrincipalForm.ROLE_SESSION, self.text), role, account)
            case RequesterKind.ROLE:
                return (role, account)
            case RequesterKind.FEDERATED_SESSION:
                return ((PrincipalForm.FEDERATED_USER, self.text), account)
            case RequesterKind.PROVIDER:
                return ((PrincipalForm.PROVIDER, self.text),)
            case RequesterKind.SERVICE:
                return ((PrincipalForm.SERVICE, self.text),)
            case RequesterKind.ANONYMOUS:
                return ()


def parse_requester(text: str) -> Requester:
    """The requester that `text` writes (R-K1); `RequestError` if it has none of the forms."""
    for kind, form in _ARN_FORMS:
        if found := form.fullmatch(text):
            return Requester(kind, text, **found.groupdict())
    if text == "anonymous":
        return Requester(RequesterKind.ANONYMOUS, text)
    if text in WEB_IDENTITY_HOSTS or _PROVIDER_ARN.fullmatch(text):
        return Requester(RequesterKind.PROVIDER, text)
    if _HOST.fullmatch(text):
        return Requester(RequesterKind.SERVICE, text)
    raise RequestError(f"{text!r} is no principal: expected {_FORMS_IN_WORDS}{_hint(text)}")


def _hint(text: str) -> str:
    if text == "*":
        return (
            "\n    hint: a request comes from somebody: write anonymous for a caller without name"
        )
    if re.fullmatch(r"[0-9]{12}", text):
        return f"\n    hint: for the root user write arn:aws:iam::{text}:root"
    return ""


def definitions(requester: Requester) -> dict[str, str | None]:
    """The keys that follow from the requester, by R-K10's rows; None: the key is absent (R-K6)."""
    kind = requester.kind
    is_service = kind is RequesterKind.SERVICE
    is_anonymous = kind is RequesterKind.ANONYMOUS
    in_account = requester.account is not None
    return {
        "aws:PrincipalArn": requester.principal_arn,
        "aws:PrincipalAccount": "anonymous" if is_anonymous else requester.account,
        "aws:PrincipalType": _PRINCIPAL_TYPE.get(kind),
        "aws:username": requester.name if kind is RequesterKind.USER else None,
        "aws:PrincipalIsAWSService": "true" if is_service else "false" if in_account else None,
        "aws:PrincipalServiceName": requester.text if is_service else None,
    }


_PRINCIPAL_TYPE = {
    RequesterKind.ROOT: "Account",
    RequesterKind.USER: "User",
    RequesterKind.ROLE_SESSION: "AssumedRole",
    RequesterKind.ROLE: "AssumedRole",
    RequesterKind.FEDERATED_SESSION: "FederatedUser",
    RequesterKind.ANONYMOUS: "Anonymous",
}
