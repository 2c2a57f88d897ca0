"""A request made whole: with the keys that AWS would also send and that no policy looks at.

A witness says what matters. Whether AWS could send it shows only beside the rest of a context, so
that rest is filled in, with believable values that fit the keys which are there (R-K10 to R-K12).
Keys that a policy mentions stay as they are: their absence may be what the witness is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.dates import instant
from iamlogic.semantics.facts import ENDPOINT_KEYS, REQUEST_TAG, SESSIONS
from iamlogic.semantics.globs import ARN_SEGMENTS
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.syntax.letter_case import fold

NOW, NOW_IN_SECONDS = "2026-01-01T00:00:00Z", "1767225600"
_YEAR_DIGITS = 4

Keys = dict[str, ContextValue]


def with_usual_context(request: Request, mentioned: Collection[str]) -> Request:
    """`request` with the keys that AWS would add, but none of the folded names `mentioned`."""
    for propose in _PROPOSALS:
        missing = {
            key: value
            for key, value in propose(request).items()
            if fold(key) not in mentioned and not request.values(key)
        }
        if missing:
            request = replace(request, context={**request.context, **missing})
    return request


def _always(request: Request) -> Keys:
    """R-K12; a region is the resource's."""
    segments = request.resource.split(":", ARN_SEGMENTS - 1)
    region = segments[3] if len(segments) == ARN_SEGMENTS else ""
    via = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
    return {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": region or "us-east-1",
        "aws:UserAgent": "aws-cli/2.0",
        "aws:ViaAWSService": any(request.values(key) for key in via),
    }


def _time(request: Request) -> Keys:
    """Both keys are one instant; four digits would be a year, so a fraction is written."""
    current, epoch = request.values("aws:CurrentTime"), request.values("aws:EpochTime")
    moment = instant(current[0]) if current else None
    if moment is None:
        return {"aws:CurrentTime": epoch[0] if epoch else NOW, "aws:EpochTime": NOW_IN_SECONDS}
    whole, _, part = format(moment, "f").partition(".")
    part = part.rstrip("0") or ("0" if len(whole) == _YEAR_DIGITS else "")
    return {"aws:EpochTime": f"{whole}.{part}" if part else whole}


def _requester(request: Request) -> Keys:
    """R-K10."""
    requester = request.requester
    keys: Keys = {"aws:TokenIssueTime": NOW} if requester.kind in SESSIONS else {}
    last = requester.text.rpartition("/")[2]
    match requester.kind:
        case RequesterKind.USER:
            keys["aws:userid"] = "AIDAIOSFODNN7EXAMPLE"
        case RequesterKind.ROLE_SESSION:
            keys["aws:userid"] = f"AROAIOSFODNN7EXAMPLE:{last}"
        case RequesterKind.ROLE:
            keys["aws:userid"] = "AROAIOSFODNN7EXAMPLE:session"
        case RequesterKind.FEDERATED_SESSION:
            keys["aws:userid"] = f"{requester.account}:{last}"
        case RequesterKind.ROOT:
            keys["aws:userid"] = str(requester.account)
        case RequesterKind.ANONYMOUS:
            keys["aws:userid"] = "anonymous"
        case RequesterKind.SERVICE:
            keys["aws:PrincipalServiceNamesList"] = [requester.text]
        case RequesterKind.PROVIDER:
            pass
    return keys


def _organizations(request: Request) -> Keys:
    keys: Keys = {}
    for side in ("Principal", "Resource"):
        ids, paths = (request.values(f"aws:{side}Org{part}") for part in ("ID", "Paths"))
        if ids:
            keys[f"aws:{side}OrgPaths"] = [f"{ids[0]}/r-ab12/"]
        elif paths:
            keys[f"aws:{side}OrgID"] = paths[0].partition("/")[0]
    return keys


def _address(request: Request) -> Keys:
    is_endpoint = any(request.values(key) for key in ENDPOINT_KEYS)
    return {} if is_endpoint else {"aws:SourceIp": "203.0.113.7"}


def _endpoint(request: Request) -> Keys:
    """Where a policy mentions `aws:SourceIp` and the request has none."""
    has_address = bool(request.values("aws:SourceIp"))
    return {} if has_address else {"aws:SourceVpce": "vpce-1a2b3c4d"}


def _called_via(request: Request) -> Keys:
    called = request.values("aws:CalledVia")
    if not called:
        first, last = request.values("aws:CalledViaFirst"), request.values("aws:CalledViaLast")
        called = first if first == last else (*first, *last)
        if not called:
            return {}
    return {
        "aws:CalledVia": list(called),
        "aws:CalledViaFirst": called[0],
        "aws:CalledViaLast": called[-1],
    }


def _tags(request: Request) -> Keys:
    tagged = [key for key in request.context if fold(key).startswith(REQUEST_TAG)]
    names = [key[len(REQUEST_TAG) :] for key in tagged]
    listed = {fold(name): name for name in request.values("aws:TagKeys")}
    return {
        "aws:TagKeys": names,
        **{f"aws:RequestTag/{name}": "value" for name in listed.values()},
    }


def _mfa(request: Request) -> Keys:
    keys: Keys = {}
    if request.values("aws:MultiFactorAuthAge"):
        keys["aws:MultiFactorAuthPresent"] = "true"
    if request.values("aws:MultiFactorAuthPresent") == ("true",):
        keys["aws:MultiFactorAuthAge"] = "60"
    return keys


_PROPOSALS: tuple[Callable[[Request], Keys], ...] = (
    _called_via,
    _always,
    _time,
    _requester,
    _organizations,
    _address,
    _endpoint,
    _tags,
    _mfa,
)
"""In this order: what one adds, a later one sees."""
