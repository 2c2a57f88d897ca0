"""The world facts: what AWS sends with every request, beyond what a request is by definition.

They are the second tier of R-K16: rows of R-K10 that are no functions of the requester, R-K11,
R-K12 and the types of R-K14. Where a rule can be read in two ways the weaker reading is taken, for
a request that is wrongly held to be impossible would make a policy look safe that is not.

Each fact speaks for itself alone: a key that is there against one fact, or of the wrong type,
does not break another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from ipaddress import IPv4Address

from iamlogic.semantics.addresses import address
from iamlogic.semantics.dates import instant
from iamlogic.semantics.globs import ARN_SEGMENTS
from iamlogic.semantics.numbers import number
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.syntax.letter_case import fold


class WorldFact(Enum):
    """One group of rows of R-K10 to R-K14; the value is what it says."""

    ALWAYS_PRESENT = (
        "aws:SecureTransport, aws:CurrentTime and some other keys are in every request (R-K12)"
    )
    KEY_TYPES = "the values of global keys are of their types: Booleans, dates, addresses (R-K14)"
    USER_ID = "aws:userid follows from the requester and its unique id (R-K10)"
    PRINCIPAL_KEYS = "keys of the requester are there only for its kind (R-K10)"
    ORGANIZATION_PATHS = "an organization's paths are there with its id and begin with it (R-K11)"
    SAME_ACCOUNT_SAME_ORGANIZATION = "one account is in one organization (R-K11)"
    NETWORK = "aws:SourceIp is there exactly if the request comes by no VPC endpoint (R-K11)"
    SOURCE_KEYS = "aws:SourceArn and its like are there only when a service calls (R-K11)"
    SOURCE_ACCOUNT = "the account in aws:SourceArn is aws:SourceAccount (R-K11)"
    CALLER_ACCOUNT = "kms:CallerAccount and aws:SourceOwner are the caller's account (R-K23)"
    VIA_SERVICE = "aws:CalledVia and aws:ViaAWSService belong together (R-K11)"
    TAG_KEYS = "aws:TagKeys are the names of the aws:RequestTag keys (R-K11)"
    MFA = "aws:MultiFactorAuthAge is there exactly with multi-factor authentication (R-K11)"
    TIME = "aws:CurrentTime and aws:EpochTime are one instant (R-K11)"
    EC2_INSTANCE = "keys of an EC2 instance are there only for sessions of roles (R-K11)"
    RESOURCE_OWNER = "the account in a resource's ARN is the resource's account (R-K22)"


FACTS_OF_STACKS = frozenset({WorldFact.RESOURCE_OWNER})
"""Facts that hold in questions about stacks only, where it matters whose the resource is."""


def holds(fact: WorldFact, request: Request) -> bool:
    """Whether `request` is as the fact says."""
    return _HOLDS[fact](request)


ROLE_SESSIONS = frozenset({RequesterKind.ROLE_SESSION, RequesterKind.ROLE})
SESSIONS = ROLE_SESSIONS | {RequesterKind.FEDERATED_SESSION}
WITHOUT_USER_ID = frozenset({RequesterKind.SERVICE, RequesterKind.PROVIDER})
ALWAYS_PRESENT_KEYS = (
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:SecureTransport",
    "aws:RequestedRegion",
    "aws:UserAgent",
    "aws:ViaAWSService",
)
ENDPOINT_KEYS = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
REQUEST_TAG = "aws:requesttag/"
_TAGGED = SESSIONS | {RequesterKind.USER}
_TEMPORARY = SESSIONS | {RequesterKind.USER, RequesterKind.ROOT}


def _always_present(request: Request) -> bool:
    has_user_id = request.requester.kind in WITHOUT_USER_ID or _has(request, "aws:userid")
    return has_user_id and all(_has(request, key) for key in ALWAYS_PRESENT_KEYS)


def _key_types(request: Request) -> bool:
    return all(
        is_one(value) for is_one, keys in _TYPES for key in keys for value in request.values(key)
    )


def _user_id(request: Request) -> bool:
    requester, values = request.requester, request.values("aws:userid")
    if requester.kind in WITHOUT_USER_ID:
        return not values
    last = re.escape(requester.text.rpartition("/")[2])
    form = {
        RequesterKind.USER: "AIDA[A-Z0-9]+",
        RequesterKind.ROLE_SESSION: f"AROA[A-Z0-9]+:{last}",
        RequesterKind.ROLE: "AROA[A-Z0-9]+:[A-Za-z0-9_+=,.@-]+",  # of a session with any name
        RequesterKind.FEDERATED_SESSION: f"{requester.account}:{last}",
        RequesterKind.ROOT: str(requester.account),
        RequesterKind.ANONYMOUS: "anonymous",
    }[requester.kind]
    return all(re.fullmatch(form, value) for value in values)


def _principal_keys(request: Request) -> bool:
    kind = request.requester.kind
    in_account = request.requester.account is not None
    names = request.values("aws:PrincipalServiceNamesList")
    is_service = kind is RequesterKind.SERVICE
    return (
        (in_account or not _has_any(request, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths"))
        and (in_account or not _has_any(request, "aws:MultiFactorAuthPresent"))
        and (in_account or not _has_any(request, "aws:MultiFactorAuthAge"))
        and (kind in _TAGGED or not _family(request, "aws:principaltag/"))
        and (kind in ROLE_SESSIONS or not _has_any(request, "aws:FederatedProvider"))
        and (kind in ROLE_SESSIONS or not _has_any(request, "aws:SourceIdentity"))
        and (kind in _TEMPORARY or not _has(request, "aws:TokenIssueTime"))
        and (kind not in SESSIONS or _has(request, "aws:TokenIssueTime"))
        and (request.requester.text in names if is_service else not names)
    )


def _organization_paths(request: Request) -> bool:
    sides = ("Principal", "Resource", "Source")
    if any("/" in each for side in sides for each in request.values(f"aws:{side}OrgID")):
        return False
    for side in ("Principal", "Resource"):
        ids, paths = (request.values(f"aws:{side}Org{part}") for part in ("ID", "Paths"))
        if bool(ids) is not bool(paths) or not _lead_to(paths, ids):
            return False
    if request.resource_owner is None and _has(request, "aws:ResourceOrgID"):
        return False
    ids = request.values("aws:SourceOrgID")
    return not ids or _lead_to(request.values("aws:SourceOrgPaths"), ids)


def _same_organization(request: Request) -> bool:
    """The weak reading: AWS leaves the keys of the resource out of some requests."""
    if request.requester.account is None or request.requester.account != request.resource_owner:
        return True
    ours, theirs = request.values("aws:PrincipalOrgID"), request.values("aws:ResourceOrgID")
    return not ours or not theirs or ours == theirs


def _network(request: Request) -> bool:
    return _has(request, "aws:SourceIp") is not _has_any(request, *ENDPOINT_KEYS)


def _source_keys(request: Request) -> bool:
    keys = ("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths")
    return request.requester.kind is RequesterKind.SERVICE or not _has_any(request, *keys)


def _source_account(request: Request) -> bool:
    """The ARN of a bucket has no account."""
    accounts = {
        segments[4]
        for arn in request.values("aws:SourceArn")
        if len(segments := arn.split(":", ARN_SEGMENTS - 1)) == ARN_SEGMENTS and segments[4]
    }
    given = request.values("aws:SourceAccount")
    return not accounts or not given or accounts == set(given)


def _caller_account(request: Request) -> bool:
    """A service says in aws:SourceOwner for whom it calls; all others have no account but one."""
    account, kind = request.requester.account, request.requester.kind
    callers = request.values("kms:CallerAccount")
    owners = () if kind is RequesterKind.SERVICE else request.values("aws:SourceOwner")
    return all(each == account for each in (*callers, *owners))


def _via_service(request: Request) -> bool:
    is_via = request.values("aws:ViaAWSService") == ("true",)
    called = request.values("aws:CalledVia")
    first, last = request.values("aws:CalledViaFirst"), request.values("aws:CalledViaLast")
    if is_via and request.requester.kind is RequesterKind.SERVICE:
        return False
    if not (called or first or last):
        return True
    return is_via and (first, last) == (called[:1], called[-1:])


def _tag_keys(request: Request) -> bool:
    return set(map(fold, request.values("aws:TagKeys"))) == set(_family(request, REQUEST_TAG))


def _mfa(request: Request) -> bool:
    is_present = request.values("aws:MultiFactorAuthPresent") == ("true",)
    return _has(request, "aws:MultiFactorAuthAge") is is_present


def _time(request: Request) -> bool:
    keys = ("aws:CurrentTime", "aws:EpochTime")
    instants = {instant(value) for key in keys for value in request.values(key)} - {None}
    return len(instants) <= 1


def _ec2_instance(request: Request) -> bool:
    keys = (
        "aws:Ec2InstanceSourceVpc",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "ec2:SourceInstanceARN",
    )
    return request.requester.kind in ROLE_SESSIONS or not _has_any(request, *keys)


def _has(request: Request, key: str) -> bool:
    return bool(request.values(key))


def _has_any(request: Request, *keys: str) -> bool:
    return any(_has(request, key) for key in keys)


def _family(request: Request, prefix: str) -> list[str]:
    """The tag names, folded, of the keys with a folded prefix."""
    folded = map(fold, request.context)
    return [key.removeprefix(prefix) for key in folded if key.startswith(prefix)]


def _lead_to(paths: tuple[str, ...], ids: tuple[str, ...]) -> bool:
    return all(path.startswith(f"{each}/") for each in ids for path in paths)


def _is_bool(text: str) -> bool:
    return text in ("true", "false")


def _is_instant(text: str) -> bool:
    return instant(text) is not None


def _is_count(text: str) -> bool:
    return number(text) is not None and _is_instant(text)


def _is_age(text: str) -> bool:
    age = number(text)
    return age is not None and age >= 0


def _is_address(text: str) -> bool:
    return address(text) is not None


def _is_ipv4(text: str) -> bool:
    return isinstance(address(text), IPv4Address)


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= ARN_SEGMENTS - 1


_TYPES: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...] = (
    (
        _is_bool,
        (
            "aws:MultiFactorAuthPresent",
            "aws:PrincipalIsAWSService",
            "aws:SecureTransport",
            "aws:ViaAWSService",
        ),
    ),
    (_is_instant, ("aws:CurrentTime", "aws:TokenIssueTime")),
    (_is_count, ("aws:EpochTime",)),
    (_is_age, ("aws:MultiFactorAuthAge",)),
    (_is_address, ("aws:SourceIp", "aws:VpcSourceIp")),
    (_is_ipv4, ("aws:Ec2InstanceSourcePrivateIPv4",)),
    (_is_arn, ("aws:PrincipalArn", "aws:SourceArn")),
)
"""R-K14."""


def _resource_owner(request: Request) -> bool:
    segments = request.resource.split(":", ARN_SEGMENTS - 1)
    if len(segments) < ARN_SEGMENTS or segments[0] != "arn" or not _is_account(segments[4]):
        return True
    return request.resource_owner == segments[4]


def _is_account(segment: str) -> bool:
    return re.fullmatch(r"[0-9]{12}", segment) is not None


_HOLDS: dict[WorldFact, Callable[[Request], bool]] = {
    WorldFact.ALWAYS_PRESENT: _always_present,
    WorldFact.KEY_TYPES: _key_types,
    WorldFact.USER_ID: _user_id,
    WorldFact.PRINCIPAL_KEYS: _principal_keys,
    WorldFact.ORGANIZATION_PATHS: _organization_paths,
    WorldFact.SAME_ACCOUNT_SAME_ORGANIZATION: _same_organization,
    WorldFact.NETWORK: _network,
    WorldFact.SOURCE_KEYS: _source_keys,
    WorldFact.SOURCE_ACCOUNT: _source_account,
    WorldFact.CALLER_ACCOUNT: _caller_account,
    WorldFact.VIA_SERVICE: _via_service,
    WorldFact.TAG_KEYS: _tag_keys,
    WorldFact.MFA: _mfa,
    WorldFact.TIME: _time,
    WorldFact.EC2_INSTANCE: _ec2_instance,
    WorldFact.RESOURCE_OWNER: _resource_owner,
}
