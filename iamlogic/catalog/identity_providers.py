"""`shared_issuer`: OIDC issuers with many tenants, and the claims that say which one it is (R-X8).

A role that trusts such an issuer trusts all who are its customers, unless a condition fixes the
tenant. An issuer that is not here has a URL of its own for each tenant, or is not known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from iamlogic.catalog.tables import Row, read_rows
from iamlogic.syntax.letter_case import fold

_FILE = "identity_providers.toml"
SHARED_ISSUERS: tuple[SharedIssuer, ...]
"""All shared issuers, in the order of the file; read when it is first used."""

_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TenantClaim:
    """A condition key whose value can fix the tenant, and how such a value begins."""

    key: str
    pattern: re.Pattern[str]

    def fixes(self, value: str) -> bool:
        """Whether `value`, as written with its `*` and `?`, fits subjects of one tenant only."""
        return self.pattern.match(value) is not None


@dataclass(frozen=True, slots=True)
class SharedIssuer:
    """An issuer whose tokens are those of many tenants.

    `host` is the issuer's URL without its scheme. A tenant is fixed once one of the `claims` is;
    `source` is the page that says so.
    """

    host: str
    title: str
    claims: tuple[TenantClaim, ...]
    source: str
    note: str = ""

    def claim(self, key: str) -> TenantClaim | None:
        """The claim under a condition key, in any case (R-K7); None if the key fixes nothing."""
        folded = fold(key)
        return next((claim for claim in self.claims if fold(claim.key) == folded), None)


def shared_issuer(provider: str) -> SharedIssuer | None:
    """The shared issuer that `provider` is: an OIDC provider's ARN, a host or an issuer's URL.

    None for an issuer of one tenant, for one that is not known, and for a SAML provider.

        shared_issuer("gitlab.com").claim("gitlab.com:sub").fixes("project_path:my-group/*")
    """
    arn = _PROVIDER.fullmatch(provider)
    host = fold(arn[1] if arn else provider)
    return _by_host().get(host.removeprefix("https://").rstrip("/"))


@cache
def _issuers() -> tuple[SharedIssuer, ...]:
    return tuple(_issuer(row) for row in read_rows(_FILE, "issuer"))


@cache
def _by_host() -> Mapping[str, SharedIssuer]:
    known = {fold(issuer.host): issuer for issuer in _issuers()}
    assert len(known) == len(_issuers()), "a host stands twice in the catalog"
    return MappingProxyType(known)


def _issuer(row: Row) -> SharedIssuer:
    claims = (
        TenantClaim(claim.text("key"), re.compile(claim.text("value")))
        for claim in row.rows("claims")
    )
    return SharedIssuer(
        row.text("host"), row.text("title"), tuple(claims), row.text("source"), row.text("note", "")
    )


def __getattr__(name: str) -> object:
    if name == "SHARED_ISSUERS":
        return _issuers()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
