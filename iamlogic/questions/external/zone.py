"""The zone of trust: who counts as inside (R-X1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iamlogic.errors import IamlogicError
from iamlogic.semantics.request import Request

_ACCOUNT = re.compile(r"[0-9]{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{1,32}")
_ORG_PATH = re.compile(r"(o-[a-z0-9]{1,32}(?:/[^/*?]+)*)(?:/|/\*)?")
_SERVICE = re.compile(r"[a-z0-9.-]+\.[a-z]+")


class ZoneError(IamlogicError):
    """What was given is no zone of trust."""


@dataclass(frozen=True, slots=True, init=False)
class Zone:
    """Those who are trusted with a resource: everybody else is outside.

    `accounts` are 12 digits each, `organization` is the id of an organization (`o-…`), `org_paths`
    are paths below which all accounts are trusted (`o-…/r-…/ou-…/`, also as the pattern that a
    policy has: `o-…/r-…/*`). A requester is inside if one
    of the three says so (R-X1). `services` are service principals that are trusted whoever they act
    for, so that none of them is a confused deputy (R-X3). An empty zone trusts nobody.

    Raises `ZoneError` for what has not the form.
    """

    accounts: frozenset[str]
    organization: str | None
    org_paths: frozenset[str]
    services: frozenset[str]

    def __init__(
        self,
        accounts: Iterable[str] = (),
        organization: str | None = None,
        org_paths: Iterable[str] = (),
        services: Iterable[str] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "accounts", _all("accounts", accounts, _ACCOUNT, "an account's 12 digits"))
        paths = _all("org_paths", org_paths, _ORG_PATH, "a path as o-…/r-…/ou-…/")
        put(self, "org_paths", frozenset(path.rstrip("*").rstrip("/") + "/" for path in paths))
        put(self, "services", _all("services", services, _SERVICE, "a host as s3.amazonaws.com"))
        given = () if organization is None else (organization,)
        _all("organization", given, _ORGANIZATION, "an organization's id as o-exampleorgid")
        put(self, "organization", organization)

    def trusts(self, request: Request) -> bool:
        """Whether the requester of a request is inside (R-X1)."""
        account = request.requester.account
        if account is None:
            return False
        return (
            account in self.accounts
            or self.organization in request.values("aws:PrincipalOrgID")
            or self._is_below(request.values("aws:PrincipalOrgPaths"))
        )

    def is_acted_for(self, request: Request) -> bool:
        """Whether a service says that it acts for somebody inside, or is trusted anyway (R-X3)."""
        arns = (arn.split(":", 5) for arn in request.values("aws:SourceArn"))
        accounts = {
            *request.values("aws:SourceAccount"),
            *request.values("aws:SourceOwner"),
            *(arn[4] for arn in arns if len(arn) == _ARN_SEGMENTS and arn[0] == "arn"),
        }
        paths = request.values("aws:SourceOrgPaths")
        return (
            request.principal in self.services
            or not accounts.isdisjoint(self.accounts)
            or self.organization in request.values("aws:SourceOrgID")
            or self._is_below(paths)
            or any(path.partition("/")[:2] == (self.organization, "/") for path in paths)
        )

    def _is_below(self, paths: tuple[str, ...]) -> bool:
        return any(path.startswith(below) for path in paths for below in self.org_paths)


_ARN_SEGMENTS = 6


def _all(
    name: str, given: Iterable[object], form: re.Pattern[str], expected: str
) -> frozenset[str]:
    if isinstance(given, str):
        raise ZoneError(f"{name} is the text {given!r}: expected several, as {{{given!r}}}")
    for each in (values := tuple(given)):
        if not isinstance(each, str) or form.fullmatch(each) is None:
            raise ZoneError(f"{name} has {each!r}: expected {expected}")
    return frozenset(map(str, values))
