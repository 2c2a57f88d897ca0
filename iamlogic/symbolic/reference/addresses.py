"""The texts of the addresses in a block, as regular languages (R-C18).

A block fixes the first bits of an address and leaves the others free. That is a language for each
octet of an IPv4 address and for each hexadecimal digit of an IPv6 one; all ways to write an IPv6
address (zeros at the front of a group left out, groups of zeros as `::`, the last two groups as an
IPv4 address) are put together from those. The versions have no text in common.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Language,
    Word,
    alternatives,
    characters,
    exactly,
    member,
    sequence,
)

_COLON = exactly(":")
_GROUPS = 8
_OCTETS_IN_GROUPS = 2
"""So many groups, the last ones, can be written as an IPv4 address."""


def lies_in(word: Word, text: str) -> Formula:
    """`word` is an address of the block that `text` writes."""
    block = ipaddress.ip_network(text, strict=False)
    bits = f"{int(block.network_address):0{block.max_prefixlen}b}"[: block.prefixlen]
    return member(word, _ipv4(bits) if block.version == 4 else _ipv6(bits))


def _ipv4(bits: str) -> Language:
    """The IPv4 addresses that begin with `bits`."""
    octets = [_octet(bits[start : start + 8]) for start in range(0, 32, 8)]
    return _between_all(octets, exactly("."))


def _octet(bits: str) -> Language:
    """The numbers below 256 whose first bits are `bits`, without zeros at their front."""
    least, most = int(bits.ljust(8, "0"), 2), int(bits.ljust(8, "1"), 2)
    tens = ((ten, max(least, 10 * ten), min(most, 10 * ten + 9)) for ten in range(26))
    return alternatives(
        sequence([exactly(str(ten) if ten else ""), characters(f"{first % 10}{last % 10}")])
        for ten, first, last in tens
        if first <= last
    )


def _ipv6(bits: str) -> Language:
    """The IPv6 addresses that begin with `bits`."""
    groups = [bits[start : start + 16] for start in range(0, 128, 16)]
    whole = _between_all([_group(group) for group in groups], _COLON)
    leading = _between_all([_group(group) for group in groups[:-_OCTETS_IN_GROUPS]], _COLON)
    return alternatives(
        [whole, sequence([leading, _COLON, _ipv4(bits[96:])]), *_with_zeros_left_out(groups)]
    )


def _with_zeros_left_out(groups: list[str]) -> Iterator[Language]:
    """One group or more as `::`, for each number of groups before it."""
    for before in range(_GROUPS):
        ends = []
        for start in range(before + 1, _GROUPS + 1):
            if "1" in groups[start - 1]:  # this group is not 0: it can't be left out
                break
            ends.append(_between_all([_group(group) for group in groups[start:]], _COLON))
            if start <= _GROUPS - _OCTETS_IN_GROUPS:
                written = [_group(group) for group in groups[start:-_OCTETS_IN_GROUPS]]
                last = _ipv4("".join(groups[-_OCTETS_IN_GROUPS:]))
                ends.append(_between_all([*written, last], _COLON))
        if ends:
            front = _between_all([_group(group) for group in groups[:before]], _COLON)
            yield sequence([front, exactly("::"), alternatives(ends)])


def _group(bits: str) -> Language:
    """The groups of up to four hexadecimal digits whose 16 bits begin with `bits`."""
    digits = [bits[start : start + 4] for start in range(0, 16, 4)]
    return alternatives(
        sequence(map(_hexadecimal, digits[left_out:]))
        for left_out in range(4)
        if not any("1" in digit for digit in digits[:left_out])
    )


def _hexadecimal(bits: str) -> Language:
    """The hexadecimal digits whose first bits are `bits`."""
    least, most = int(bits.ljust(4, "0"), 2), int(bits.ljust(4, "1"), 2)
    ranges = []
    if least <= 9:
        ranges.append(f"{least}{min(most, 9)}")
    if most > 9:
        first, last = max(least, 10), most
        ranges += [f"{first:x}{last:x}", f"{first:X}{last:X}"]
    return characters(*ranges)


def _between_all(languages: list[Language], separator: Language) -> Language:
    """The words of `languages` in a row, a separator between each two."""
    first, *rest = languages or [exactly("")]
    return sequence([first, *(part for one in rest for part in (separator, one))])
