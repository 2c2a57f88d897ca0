"""Public: nothing bounds who it is, or from where (R-X10 to R-X14).

A grant to everyone is not public if one of its conditions fixes an account, an organization, a
principal, a network or a source. What counts as fixed is S3's published list for its buckets and
access points, and the same in the sense of R-X14 for all other types.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network

from iamlogic.catalog.identity_providers import SharedIssuer, shared_issuer
from iamlogic.catalog.resource_types import ResourceType
from iamlogic.questions.external.finding import OutsiderKind
from iamlogic.questions.external.grants import Key
from iamlogic.questions.external.narrowing import Narrowing
from iamlogic.questions.external.outsiders import (
    account_in,
    asks_for_values,
    bounds_of,
    is_fixed,
    outsider_of,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family

_BOUNDED = frozenset(OutsiderKind) - {
    OutsiderKind.EVERYONE,
    OutsiderKind.ANONYMOUS,
    OutsiderKind.PROVIDER,
}


def is_public(key: Key, type_: ResourceType | None) -> bool:
    """Whether a grant under the key is one to anybody, on a resource of the type."""
    who = outsider_of(key)
    if who.kind is OutsiderKind.PROVIDER:
        return is_open_to_tenants(key, who.text)
    if who.kind in _BOUNDED:
        return False
    return not any(_bounds(each, key, type_) for each in key.narrowings)


def is_s3(type_: ResourceType | None) -> bool:
    """Whether S3's own meaning of public is the one that counts (R-X11)."""
    return type_ is not None and type_.service.startswith("s3")


def is_open_to_tenants(key: Key, provider: str) -> bool:
    """R-X8: the provider serves many tenants, and no condition fixes which."""
    issuer = shared_issuer(provider)
    if issuer is None:
        return False
    return not any(_fixes_tenant(each, key, issuer) for each in key.narrowings)


def _fixes_tenant(narrowing: Narrowing, key: Key, issuer: SharedIssuer) -> bool:
    condition = narrowing.condition
    claim = issuer.claim(condition.key)
    if claim is None or not asks_for_values(narrowing, key):
        return False
    return all(
        is_fixed(narrowing, value.text) or claim.fixes(value.text) for value in condition.values
    )


def _bounds(narrowing: Narrowing, key: Key, type_: ResourceType | None) -> bool:
    """R-X11 to R-X13: only positive operators fix a value, and every value must be fixed."""
    name = narrowing.test.key
    if not asks_for_values(narrowing, key):
        return False
    by_s3 = is_s3(type_)
    of_resource = all(value.text in _THE_RESOURCE_S for value in narrowing.condition.values)
    if not by_s3 and of_resource and (name in _WHO or name in _FIXES):
        return True  # R-X14: one account or organization, though not written; not R-X12
    if name in _WHO:
        found = bounds_of(narrowing, key)  # several, where a long list was kept whole
        return bool(found) and all(who is not None and who.kind in _BOUNDED for who in found)
    if name in _OF_POINTS and type_ is not None and type_.name.endswith("AccessPoint"):
        return False  # R-X12: the policy of an access point is asked through that point alone
    fixes = _FIXES.get(name)
    if name == "aws:userid" and not by_s3:
        fixes = _user_or_role_id
    return fixes is not None and all(
        fixes(narrowing, value.text) for value in narrowing.condition.values
    )


_WHO = (
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "kms:calleraccount",
)
_THE_RESOURCE_S = ("${aws:ResourceAccount}", "${aws:ResourceOrgID}")
_OF_POINTS = ("s3:dataaccesspointaccount", "s3:dataaccesspointarn")


def _arn(narrowing: Narrowing, text: str) -> bool:
    """The whole ARN, or at least its account (R-X12)."""
    return is_fixed(narrowing, text) or account_in(narrowing, text) is not None


def _user_id(narrowing: Narrowing, text: str) -> bool:
    return is_fixed(narrowing, text) and fold(text) != "anonymous"  # some operators ignore case


def _user_or_role_id(narrowing: Narrowing, text: str) -> bool:
    """R-X11: the id of a role, `AROA…:*`, is fixed as well, but not for S3."""
    return _user_id(narrowing, text.removesuffix(":*"))


def _mounted(narrowing: Narrowing, text: str) -> bool:
    """EFS: clients that mount the file system are in networks that its owner has let them in."""
    return is_fixed(narrowing, text) and fold(text) == "true"


_WIDEST_V4, _WIDEST_V6 = 8, 32
_PRIVATE_V6 = IPv6Network("fc00::/7")
"""The one private range that is wider. `is_private` is true of others, which are routed (Teredo's).
"""


def _address(narrowing: Narrowing, text: str) -> bool:
    """R-X12: no wider than a /8, of IPv6 a /32; private ranges may be."""
    if narrowing.condition.operator.base.family is not Family.IP:
        return is_fixed(narrowing, text)
    network = ip_network(text, strict=False)
    if isinstance(network, IPv4Network):
        return network.prefixlen >= _WIDEST_V4
    return network.prefixlen >= _WIDEST_V6 or network.subnet_of(_PRIVATE_V6)


_FIXES: dict[str, Callable[[Narrowing, str], bool]] = {
    "aws:sourceowner": is_fixed,
    "aws:sourceaccount": is_fixed,
    "aws:sourceorgid": is_fixed,
    "aws:sourcearn": _arn,
    "aws:sourcevpc": is_fixed,
    "aws:sourcevpce": is_fixed,
    "aws:sourceip": _address,
    "aws:vpcsourceip": _address,
    "aws:userid": _user_id,
    "elasticfilesystem:accessedviamounttarget": _mounted,
    "s3:dataaccesspointaccount": is_fixed,
    "s3:dataaccesspointarn": _arn,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": is_fixed,
}
