"""Words of policies as hypothesis strategies: ARNs, actions, their patterns, accounts and networks.

All are texts as they stand in a policy. A pattern is made from a word by widening it, so it always
matches one that the same arguments draw.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Literal, TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from iamlogic.testing.strategies.errors import StrategyError
from iamlogic.testing.strategies.services import OTHER, REGIONS, SERVICES, Service
from iamlogic.testing.strategies.vocabulary import HERE, THERE

_Word = TypeVar("_Word")
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def accounts() -> SearchStrategy[str]:
    """Account ids: 12 digits, often one of two that many policies here name.

    accounts()    # "111122223333", "444455556666", "000000000001", …
    """
    common = st.sampled_from([HERE, THERE])
    other = st.integers(0, 10**12 - 1).map(lambda number: f"{number:012}")
    return st.one_of(common, common, other)


def actions(service: str | None = None) -> SearchStrategy[str]:
    """Actions as requests have them, of one service or of a dozen that policies speak of most.

        actions("s3")    # "s3:GetObject", "s3:PutObject", …

    Actions of a service that is not among the dozen are names of the usual form (`batch:GetItem`).
    """
    return _services(service).flatmap(
        lambda name: st.sampled_from(_service(name).actions).map(lambda verb: f"{name}:{verb}")
    )


@st.composite
def _widened_action(draw: DrawFn, services: SearchStrategy[str], forms: tuple[str, ...]) -> str:
    service = draw(services)
    name = draw(st.sampled_from(_service(service).actions))
    cut = draw(st.integers(1, len(name) - 1))
    match draw(st.sampled_from(forms)):
        case "all":
            return f"{service}:*"
        case "begins":
            return f"{service}:{name[:cut]}*"
        case "ends":
            return f"{service}:*{name[cut:]}"
        case "one":
            return f"{service}:{name[:cut]}?{name[cut + 1 :]}"
        case "inside":
            return f"{service}:{name[0]}*{name[-1]}"
        case "case":
            return f"{service}:{name}".swapcase()
        case "everything":
            return "*"
        case _:
            return f"{service}:{name}"


_FORMS = ("as it is", "all", "begins", "ends", "one", "inside", "case")


def action_patterns(service: str | None = None) -> SearchStrategy[str]:
    """Entries of `Action` and `NotAction`: actions, in any case, and with wildcards.

        action_patterns("s3")    # "s3:GetObject", "s3:*", "s3:Get*", "s3:*Object", "S3:gETbUCKET"

    `"*"` is drawn if no service is given.
    """
    forms = _FORMS if service is not None else (*_FORMS, "everything")
    return _widened_action(_services(service), forms)


def arns(
    service: str | None = None,
    *,
    partition: str | None = None,
    account: str | None = None,
    patterns: bool = False,
) -> SearchStrategy[str]:
    """ARNs of resources: of a service, in a partition, of an account, or of any.

        arns("s3")                                   # "arn:aws:s3:::reports", …
        arns("sns", account="111122223333")          # "arn:aws:sns:eu-west-1:111122223333:alarms"
        arns("kms", patterns=True)                   # "arn:aws:kms:*:111122223333:key/*", …

    With `patterns=True` they are entries of `Resource` and values of `ArnLike`: a region, an
    account or the name has wildcards. What the arguments give stands as given; `"*"` alone is not
    drawn (`st.just("*") | arns(patterns=True)`).

    Buckets have neither region nor account in their ARN; with `account` and no `service`, services
    are drawn whose ARNs have one. Regions fit the partition.
    """
    if partition is not None and partition not in REGIONS:
        raise StrategyError(f"partition {partition!r} is not known: {', '.join(REGIONS)}")
    if account is not None and not re.fullmatch("[0-9]{12}", account):
        raise StrategyError(f"{account!r} is no account: expected 12 digits as a text")
    names = _services(service)
    if account is not None:
        if service is not None and not _service(service).has_account:
            raise StrategyError(f"ARNs of {service} name no account: leave account out")
        names = names.filter(lambda name: _service(name).has_account)
    return _arns(names, partition, account, patterns=patterns)


@st.composite
def _arns(
    draw: DrawFn,
    names: SearchStrategy[str],
    partition: str | None,
    account: str | None,
    *,
    patterns: bool,
) -> str:
    name = draw(names)
    service = _service(name)
    in_partition = draw(_mostly_first(tuple(REGIONS))) if partition is None else partition
    region = draw(st.sampled_from(REGIONS[in_partition])) if service.has_region else ""
    owner = (draw(accounts()) if account is None else account) if service.has_account else ""
    resource = draw(st.sampled_from(service.resources))
    if patterns:
        resource = draw(_widened(resource))
        if region and draw(st.booleans()):
            region = "*"
        if owner and account is None and draw(_mostly_first((False, True))):
            owner = "*"
    return f"arn:{in_partition}:{name}:{region}:{owner}:{resource}"


@st.composite
def _widened(draw: DrawFn, resource: str) -> str:
    cut = draw(st.integers(1, len(resource)))
    match draw(st.sampled_from(["as it is", "begins", "ends", "one", "inside", "all"])):
        case "begins":
            return f"{resource[:cut]}*"
        case "ends":
            return f"*{resource[cut - 1 :]}"
        case "one":
            return f"{resource[: cut - 1]}?{resource[cut:]}"
        case "inside":
            return f"{resource[0]}*{resource[-1]}"
        case "all":
            return "*"
        case _:
            return resource


def _services(service: str | None) -> SearchStrategy[str]:
    if service is None:
        return st.sampled_from(list(SERVICES))
    if not re.fullmatch("[a-z0-9-]+", service):
        raise StrategyError(
            f"{service!r} is no service: expected the prefix of its actions, such as 's3'"
        )
    return st.just(service)


def _service(name: str) -> Service:
    return SERVICES.get(name, OTHER)


def _mostly_first(words: tuple[_Word, ...]) -> SearchStrategy[_Word]:
    return st.sampled_from([*[words[0]] * 4, *words[1:]])


_EDGES: dict[int, tuple[int, ...]] = {
    4: (8, 16, 24, 32, 0, 1, 7, 9, 15, 17, 23, 25, 30, 31),
    6: (32, 48, 64, 128, 0, 1, 31, 33, 47, 49, 63, 65, 126, 127),
}
"""Lengths of prefixes: where people cut networks, and one beside that."""

_COMMON: dict[int, tuple[str, ...]] = {
    4: ("10.0.0.0", "203.0.113.0", "10.1.2.3", "192.168.0.1", "127.255.255.255", "128.0.0.0"),
    6: ("2001:db8::", "2001:db8::1", "fd00::", "::1", "::ffff:10.0.0.0", "8000::"),
}
"""Addresses that share networks, and some beside the edge of one."""


def ip_networks(
    version: Literal[4, 6] | None = None,
    *,
    within: str | None = None,
    host_bits: bool = False,
) -> SearchStrategy[str]:
    """Networks as `IpAddress` takes them: in CIDR notation, on the edges and beside them.

        ip_networks(4)                          # "10.0.0.0/8", "203.0.113.0/24", "0.0.0.0/0", …
        ip_networks(within="10.0.0.0/8")        # "10.0.0.0/16", "10.1.2.3/32", …

    `version` is 4 or 6, or either; `within` a network in which they all lie. With `host_bits` some
    have an address that is not the first of its network (`10.1.2.3/8`, which IAM accepts), or no
    length at all (`10.1.2.3`).
    """
    outer = _networks(version, within)
    return st.sampled_from(outer).flatmap(lambda network: _inside(network, host_bits=host_bits))


def _networks(version: int | None, within: str | None) -> list[_Network]:
    if version not in (None, 4, 6):
        raise StrategyError(f"version is {version!r}, expected 4 or 6")
    if within is None:
        everything: list[_Network] = [
            ipaddress.ip_network("0.0.0.0/0"),
            ipaddress.ip_network("::/0"),
        ]
        return [network for network in everything if version in (None, network.version)]
    try:
        network = ipaddress.ip_network(within)
    except ValueError as error:
        raise StrategyError(f"within is no network: {error}") from None
    if version not in (None, network.version):
        raise StrategyError(f"{within} is a network of IPv{network.version}, not {version}")
    return [network]


@st.composite
def _inside(draw: DrawFn, outer: _Network, *, host_bits: bool) -> str:
    common = [ipaddress.ip_address(text) for text in _COMMON[outer.version]]
    close = [address for address in common if address in outer] or [outer.network_address]
    any_address = st.integers(int(outer.network_address), int(outer.broadcast_address)).map(
        type(outer.network_address)
    )
    address = draw(st.one_of(st.sampled_from(close), st.sampled_from(close), any_address))
    lengths = [length for length in _EDGES[outer.version] if length >= outer.prefixlen]
    length = draw(st.sampled_from([*lengths, outer.prefixlen]))
    if host_bits:
        written = draw(st.sampled_from(["network", "host bits", "address"]))
        if written == "address":
            return str(address)
        if written == "host bits":
            return f"{address}/{length}"
    return str(ipaddress.ip_network(f"{address}/{length}", strict=False))
