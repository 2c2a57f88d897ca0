"""Mutations of the values of one condition: what they do to the set of values that match.

Each gives new values with the change of that set, certain because a value that makes the
difference is at hand. A wider set makes a positive operator wider and a negated one narrower,
under every set prefix: a request with that one value alone shows it.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator
from decimal import Decimal

from iamlogic.syntax.operators import Comparison, Family

from .documents import FRESH, FRESH_RESOURCE, Change, Item, matches, sample

Values = tuple[str, ...]
Mutations = Iterator[tuple[Values, Change]]
ValueOperator = Callable[[Item], Mutations]


def _is_text(item: Item) -> bool:
    return item.operator.base.family in (Family.STRING, Family.ARN)


def _may_match(item: Item, values: Values, text: str) -> bool:
    """Whether some of the values may match the text, letter case never minded."""
    if item.operator.base.comparison is Comparison.LIKE:
        return matches(values, text)
    return text.lower() in (value.lower() for value in values)


def _sample(item: Item, value: str) -> str:
    return sample(value) if item.operator.base.comparison is Comparison.LIKE else value


def _fresh(item: Item) -> str:
    match item.operator.base.family, item.operator.base.comparison:
        case Family.ARN, _:
            return FRESH_RESOURCE
        case Family.NUMERIC, Comparison.EQUALS:
            return "98765.4321"
        case Family.DATE, Comparison.EQUALS:
            return "1999-12-31T23:59:58Z"
        case Family.BINARY, _:
            return "enotaWFtbG9naWM="
        case _:
            return FRESH


def _takes_lists(item: Item) -> bool:
    """Whether values are alternatives of which none holds another but by a pattern."""
    base = item.operator.base
    return base.family in (Family.STRING, Family.ARN, Family.BINARY) or (
        base.family in (Family.NUMERIC, Family.DATE) and base.comparison is Comparison.EQUALS
    )


def _list_grown(item: Item) -> Mutations:
    if _takes_lists(item) and not _may_match(item, item.values, fresh := _fresh(item)):
        yield (*item.values, fresh), Change.WIDER


def _list_shrunk(item: Item) -> Mutations:
    """Only texts: two numbers or dates may be one value written twice."""
    if not _is_text(item):
        return
    for place, value in enumerate(item.values):
        rest = item.values[:place] + item.values[place + 1 :]
        if rest and not _may_match(item, rest, _sample(item, value)):
            yield rest, Change.NARROWER


def _value_exchanged(item: Item) -> Mutations:
    if not _is_text(item):
        return
    for place, value in enumerate(item.values):
        new = (*item.values[:place], _fresh(item), *item.values[place + 1 :])
        if not _may_match(item, item.values, _fresh(item)) and not _may_match(
            item, new, _sample(item, value)
        ):
            yield new, Change.INCOMPARABLE


def _list_reordered(item: Item) -> Mutations:
    if len(item.values) > 1:
        yield item.values[::-1], Change.SAME


def _value_repeated(item: Item) -> Mutations:
    yield (*item.values, item.values[0]), Change.SAME


def _star_appended(item: Item) -> Mutations:
    if item.operator.base.comparison is not Comparison.LIKE:
        return
    for place, value in enumerate(item.values):
        longer = sample(value) + "-zzq"
        if not _may_match(item, item.values, longer):
            yield (*item.values[:place], value + "*", *item.values[place + 1 :]), Change.WIDER


def _star_needs_a_character(item: Item) -> Mutations:
    """`a*` becomes `a?*`."""
    if item.operator.base.comparison is not Comparison.LIKE:
        return
    for place, value in enumerate(item.values):
        head, star, tail = value.rpartition("*")
        new = (*item.values[:place], f"{head}?*{tail}", *item.values[place + 1 :])
        lost = sample(head) + sample(tail)
        if star and lost and not lost.endswith(":") and not _may_match(item, new, lost):
            yield new, Change.NARROWER


def _star_doubled(item: Item) -> Mutations:
    if item.operator.base.comparison is Comparison.LIKE and "*" in "".join(item.values):
        yield tuple(value.replace("*", "**") for value in item.values), Change.SAME


def _covered_value_added(item: Item) -> Mutations:
    if item.operator.base.comparison is Comparison.LIKE:
        for value in item.values:
            if sample(value) != value:
                yield (*item.values, sample(value)), Change.SAME


# Numbers


def _number(item: Item) -> Decimal | None:
    """The number of a comparison with one."""
    base = item.operator.base
    if base.family is Family.NUMERIC and len(item.values) == 1:
        return Decimal(item.values[0])
    return None


def _direction(item: Item) -> Change | None:
    """What a larger bound does to the values that match; None for equality."""
    match item.operator.base.comparison:
        case Comparison.LESS | Comparison.LESS_EQUAL:
            return Change.WIDER
        case Comparison.GREATER | Comparison.GREATER_EQUAL:
            return Change.NARROWER
        case _:
            return None


def _number_moved(item: Item) -> Mutations:
    number, larger = _number(item), _direction(item)
    if number is not None:
        yield (f"{number / 2:f}",), larger.inverse if larger else Change.INCOMPARABLE
        yield (f"{number + 1:f}",), larger or Change.INCOMPARABLE


def _number_respelled(item: Item) -> Mutations:
    number = _number(item)
    if number is not None:
        yield (f"{number:f}" + ("0" if "." in f"{number:f}" else ".0"),), Change.SAME
        yield (f"{number:f}e0",), Change.SAME
        yield (f"+0{number:f}",), Change.SAME


# Dates


def _instant(item: Item) -> dt.datetime | None:
    if item.operator.base.family is not Family.DATE or len(item.values) != 1:
        return None
    try:
        return dt.datetime.strptime(item.values[0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _date_moved(item: Item) -> Mutations:
    instant, later = _instant(item), _direction(item)
    if instant is not None:
        for days, change in ((1, later), (-1, later and later.inverse)):
            moved = instant + dt.timedelta(days=days)
            yield (f"{moved:%Y-%m-%dT%H:%M:%SZ}",), change or Change.INCOMPARABLE


def _date_respelled(item: Item) -> Mutations:
    instant = _instant(item)
    if instant is not None:
        there = instant.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
        yield (f"{there:%Y-%m-%dT%H:%M:%S}+05:30",), Change.SAME
        yield (str(int(instant.timestamp())),), Change.SAME
        yield (f"{instant:%Y-%m-%dT%H:%M:%S}.000Z",), Change.SAME


# Booleans


def _truth_value_added(item: Item) -> Mutations:
    if item.operator.base.family is Family.BOOL:
        yield ("true", "false"), Change.WIDER


def _truth_value_flipped(item: Item) -> Mutations:
    if item.operator.base.family in (Family.BOOL, Family.NULL):
        yield (("false" if item.values[0].lower() == "true" else "true"),), Change.INCOMPARABLE


def _truth_value_respelled(item: Item) -> Mutations:
    if item.operator.base.family in (Family.BOOL, Family.NULL):
        yield tuple(value.title() for value in item.values), Change.SAME


# Addresses


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(item: Item) -> list[_Network]:
    if item.operator.base.family is not Family.IP:
        return []
    return [ipaddress.ip_network(value, strict=False) for value in item.values]


def _mutated_block(item: Item, place: int, *new: object) -> Values:
    return (*item.values[:place], *map(str, new), *item.values[place + 1 :])


def _apart(networks: list[_Network], network: _Network) -> bool:
    return not any(n.version == network.version and n.overlaps(network) for n in networks)


def _block_narrowed(item: Item) -> Mutations:
    """`/16` becomes `/24`: what goes is in no other block if they are apart."""
    networks = _networks(item)
    for place, network in enumerate(networks):
        longer = min(network.prefixlen + 8, network.max_prefixlen)
        if longer > network.prefixlen and _apart(networks[:place] + networks[place + 1 :], network):
            first = next(network.subnets(new_prefix=longer))
            yield _mutated_block(item, place, first), Change.NARROWER


def _block_widened(item: Item) -> Mutations:
    networks = _networks(item)
    for place, network in enumerate(networks):
        if network.prefixlen > 1:
            wider = network.supernet()
            if _apart(networks[:place] + networks[place + 1 :], wider):
                yield _mutated_block(item, place, wider), Change.WIDER


def _block_halved(item: Item) -> Mutations:
    for place, network in enumerate(_networks(item)):
        if network.prefixlen < network.max_prefixlen:
            yield _mutated_block(item, place, *network.subnets()), Change.SAME


def _block_with_host_bits(item: Item) -> Mutations:
    for place, network in enumerate(_networks(item)):
        if network.prefixlen < network.max_prefixlen:
            text = f"{network.broadcast_address}/{network.prefixlen}"
            yield _mutated_block(item, place, text), Change.SAME


def _block_of_other_version_added(item: Item) -> Mutations:
    networks = _networks(item)
    for version, block in ((4, "198.51.100.0/24"), (6, "2001:db8:77::/48")):
        if networks and all(network.version != version for network in networks):
            yield (*item.values, block), Change.WIDER


VALUE_OPERATORS: dict[str, ValueOperator] = {
    "value list grown": _list_grown,
    "value list shrunk": _list_shrunk,
    "value exchanged": _value_exchanged,
    "value list reordered": _list_reordered,
    "value repeated": _value_repeated,
    "value: star appended": _star_appended,
    "value: * becomes ?*": _star_needs_a_character,
    "value: star doubled": _star_doubled,
    "value added that a pattern covers": _covered_value_added,
    "number moved": _number_moved,
    "number spelled otherwise": _number_respelled,
    "date moved": _date_moved,
    "date spelled otherwise": _date_respelled,
    "both truth values listed": _truth_value_added,
    "truth value flipped": _truth_value_flipped,
    "truth value in capitals": _truth_value_respelled,
    "CIDR block narrowed": _block_narrowed,
    "CIDR block widened": _block_widened,
    "CIDR block as two halves": _block_halved,
    "CIDR block with host bits": _block_with_host_bits,
    "CIDR block of the other version added": _block_of_other_version_added,
}
"""Name to mutation of the values of one condition, for all open conditions (`certainty`)."""
