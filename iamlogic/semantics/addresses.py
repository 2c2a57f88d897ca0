"""IP addresses of requests and the blocks of policies that they lie in (R-C18).

Addresses are compared as numbers. IPv4 and IPv6 are disjoint, also where an IPv6 address carries an
IPv4 one. A block without prefix length is a single address; host bits of a block are ignored.
"""

from __future__ import annotations

import ipaddress

from iamlogic.syntax.literals import is_address_block

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Block = ipaddress.IPv4Network | ipaddress.IPv6Network


def address(text: str) -> Address | None:
    """The address that `text` writes; None if it writes none, but a block (R-C20)."""
    return ipaddress.ip_address(text) if "/" not in text and is_address_block(text) else None


def block(text: str) -> Block | None:
    """The block that `text` writes; None if it writes none."""
    return ipaddress.ip_network(text, strict=False) if is_address_block(text) else None


def lies_in(text: str, written_block: str) -> bool:
    """Whether `text` is an address in the block; of the other version none is."""
    inner, outer = address(text), block(written_block)
    return inner is not None and outer is not None and inner in outer
