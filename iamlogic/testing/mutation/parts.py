"""Mutations of one statement's resources and principals, and conditions that were not there.

Each gives another statement with what it does to the requests that this one matches. Where that
is more than "the same", `mutation` asks first whether it must show (`certainty.visible`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .certainty import free_key
from .documents import (
    FRESH_ACCOUNT,
    FRESH_KEY,
    FRESH_RESOURCE,
    Change,
    Item,
    Statement,
    has_variable,
    is_resource,
    items,
    listed,
    matches,
    resource_sample,
    sample,
    with_items,
    without,
)

Mutations = Iterator[tuple[Statement, Change]]
StatementOperator = Callable[[Statement], Mutations]


# Resources


def _resources(statement: Statement) -> list[str]:
    """The patterns of `Resource`, where none has a variable."""
    patterns = listed(statement.get("Resource", []))
    return [] if has_variable(patterns) else patterns


def _with(statement: Statement, patterns: list[str]) -> Statement:
    return statement | {"Resource": patterns}


def _resource_added(statement: Statement) -> Mutations:
    patterns = listed(statement.get("Resource", []))
    if patterns and not matches(patterns, FRESH_RESOURCE):
        yield _with(statement, [*patterns, FRESH_RESOURCE]), Change.WIDER


def _resource_removed(statement: Statement) -> Mutations:
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        rest, lost = patterns[:place] + patterns[place + 1 :], resource_sample(pattern)
        if rest and is_resource(lost) and not matches(rest, lost):
            yield _with(statement, rest), Change.NARROWER


def _resource_exchanged(statement: Statement) -> Mutations:
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        new, lost = [*patterns], resource_sample(pattern)
        new[place] = FRESH_RESOURCE
        if is_resource(lost) and not matches(new, lost) and not matches(patterns, FRESH_RESOURCE):
            yield _with(statement, new), Change.INCOMPARABLE


def _resource_star_appended(statement: Statement) -> Mutations:
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        gained = resource_sample(pattern) + "-zzq"
        if is_resource(gained) and not matches(patterns, gained):
            new = [*patterns]
            new[place] = pattern + "*"
            yield _with(statement, new), Change.WIDER


def _resource_segment_opened(statement: Statement) -> Mutations:
    """A fixed account becomes `*`."""
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        segments = pattern.split(":", 5)
        if len(segments) == 6 and segments[4].isdigit():
            segments[4] = "*"
            new = [*patterns]
            new[place] = ":".join(segments)
            gained = sample(new[place])
            if is_resource(gained) and not matches(patterns, gained):
                yield _with(statement, new), Change.WIDER


def _resource_star_needs_a_character(statement: Statement) -> Mutations:
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        head, star, tail = pattern.rpartition("*")
        lost = sample(head) + sample(tail)
        new = [*patterns]
        new[place] = f"{head}?*{tail}"
        if star and head and is_resource(lost) and not matches(new, lost):
            yield _with(statement, new), Change.NARROWER


def _resource_star_closed(statement: Statement) -> Mutations:
    """A star becomes a text."""
    patterns = _resources(statement)
    for place, pattern in enumerate(patterns):
        head, star, tail = pattern.rpartition("*")
        lost = sample(head) + "other" + sample(tail)
        new = [*patterns]
        new[place] = f"{head}zz-closed{tail}"
        if star and head and is_resource(lost) and not matches(new, lost):
            yield _with(statement, new), Change.NARROWER


def _every_resource_becomes_every_arn(statement: Statement) -> Mutations:
    """R-E21: `*` exceeds `arn:*` by the literal text `*`, and by nothing else."""
    patterns = _resources(statement)
    if "*" in patterns and all(p == "*" or p.startswith("arn:") for p in patterns):
        yield _with(statement, ["arn:*" if p == "*" else p for p in patterns]), Change.NARROWER


def _not_resource_extended(statement: Statement) -> Mutations:
    patterns = listed(statement.get("NotResource", []))
    if patterns and not has_variable(patterns) and not matches(patterns, FRESH_RESOURCE):
        yield statement | {"NotResource": [*patterns, FRESH_RESOURCE]}, Change.NARROWER


def _resource_becomes_not_resource(statement: Statement) -> Mutations:
    patterns = _resources(statement)
    met = any(is_resource(resource_sample(pattern)) for pattern in patterns)
    if met and not matches(patterns, FRESH_RESOURCE):
        yield without(statement, "Resource") | {"NotResource": patterns}, Change.INCOMPARABLE


# Principals


def _accounts(statement: Statement) -> list[str]:
    """The entries under `AWS` where `Principal` names nobody else, and not everybody."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or set(principal) != {"AWS"}:
        return []
    entries = listed(principal["AWS"])
    return [] if "*" in entries else entries


def _principal_added(statement: Statement) -> Mutations:
    entries = _accounts(statement)
    fresh = not any(FRESH_ACCOUNT in entry for entry in entries)
    if entries and fresh and not has_variable(statement.get("Resource")):
        for new in (FRESH_ACCOUNT, f"arn:aws:iam::{FRESH_ACCOUNT}:role/zz-probe"):
            yield statement | {"Principal": {"AWS": [*entries, new]}}, Change.WIDER


def _principal_removed(statement: Statement) -> Mutations:
    entries = _accounts(statement)
    for place, entry in enumerate(entries):
        rest = entries[:place] + entries[place + 1 :]
        # No other entry is of this one's account, and a user's variables need a user.
        alone = not any(_account(entry) == _account(other) for other in rest)
        if rest and alone and _account(entry) and not has_variable(statement.get("Resource")):
            yield statement | {"Principal": {"AWS": rest}}, Change.NARROWER


def _account(entry: str) -> str:
    return entry if entry.isdigit() else (entry.split(":") + [""] * 5)[4]


def _principal_becomes_everyone(statement: Statement) -> Mutations:
    if _accounts(statement):
        yield statement | {"Principal": "*"}, Change.WIDER


def _everyone_becomes_an_account(statement: Statement) -> Mutations:
    if statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
        yield statement | {"Principal": {"AWS": FRESH_ACCOUNT}}, Change.NARROWER


def _principal_written_otherwise(statement: Statement) -> Mutations:
    """R-M9: an account is its root's ARN; R-P18: `*` is everybody in both places."""
    entries = _accounts(statement)
    if entries:
        other = [
            f"arn:aws:iam::{entry}:root"
            if entry.isdigit()
            else _account(entry)
            if entry.endswith(":root")
            else entry
            for entry in entries
        ]
        if other != entries:
            yield statement | {"Principal": {"AWS": other[::-1]}}, Change.SAME
    if statement.get("Principal") == "*":
        yield statement | {"Principal": {"AWS": ["*"]}}, Change.SAME


# Conditions that were not there


_ADDED = (
    Item("StringEquals", FRESH_KEY, ("a", "b")),
    Item("StringNotEqualsIfExists", FRESH_KEY, ("a",)),
    Item("StringLike", "aws:PrincipalTag/zz-team", ("blue-*", "r?d")),
    Item("StringNotLike", FRESH_KEY, ("secret/*",)),
    Item("StringEqualsIgnoreCase", "aws:RequestTag/zz-stage", ("Prod",)),
    Item("ArnLike", FRESH_KEY, ("arn:aws:sns:*:111122223333:topic-*",)),
    Item("NumericLessThan", FRESH_KEY, ("10",)),
    Item("NumericGreaterThanEquals", FRESH_KEY, ("2.5",)),
    Item("NumericEquals", FRESH_KEY, ("10",)),
    Item("NumericLessThan", "aws:MultiFactorAuthAge", ("3600",)),
    Item("DateLessThan", "aws:CurrentTime", ("2030-06-30T23:59:59Z",)),
    Item("DateGreaterThanEquals", "aws:CurrentTime", ("2020-02-29T00:00:00Z",)),
    Item("DateNotEquals", FRESH_KEY, ("2024-01-01T00:00:00Z",)),
    Item("Bool", "aws:SecureTransport", ("true",)),
    Item("BoolIfExists", "aws:MultiFactorAuthPresent", ("true",)),
    Item("IpAddress", "aws:SourceIp", ("203.0.113.0/24", "10.16.0.0/16")),
    Item("NotIpAddress", "aws:SourceIp", ("192.0.2.0/24", "2001:db8::/32")),
    Item("BinaryEquals", FRESH_KEY, ("aWFtbG9naWM=",)),
    Item("Null", FRESH_KEY, ("false",)),
    Item("ForAllValues:StringEquals", "aws:TagKeys", ("cost", "stage")),
    Item("ForAnyValue:StringLike", "aws:TagKeys", ("cost-*",)),
    Item("ForAllValues:StringNotEquals", FRESH_KEY, ("a", "b")),
    Item("ForAnyValue:StringNotLike", FRESH_KEY, ("a*",)),
    Item("ForAnyValue:StringEquals", "aws:CalledVia", ("athena.amazonaws.com",)),
)
"""Conditions of every kind, on keys that can be met and missed."""


def conditions_for(statement: Statement) -> Iterator[Statement]:
    """The statement with one more condition, independent of those that it has."""
    block = items(statement)
    keys = [free_key(item.key) for item in block]
    groups = {key.group for key in keys if key is not None}
    for new in _ADDED:
        free = free_key(new.key)
        if free is not None and free.group not in groups:
            yield with_items(statement, [*block, new])


def _condition_added(statement: Statement) -> Mutations:
    for longer in conditions_for(statement):
        yield longer, Change.NARROWER


PART_OPERATORS: dict[str, StatementOperator] = {
    "resource added": _resource_added,
    "resource removed": _resource_removed,
    "resource exchanged": _resource_exchanged,
    "resource: star appended": _resource_star_appended,
    "resource: account becomes *": _resource_segment_opened,
    "resource: * becomes ?*": _resource_star_needs_a_character,
    "resource: * becomes a text": _resource_star_closed,
    "Resource * becomes arn:*": _every_resource_becomes_every_arn,
    "NotResource extended": _not_resource_extended,
    "Resource becomes NotResource": _resource_becomes_not_resource,
    "principal added": _principal_added,
    "principal removed": _principal_removed,
    "principal becomes everyone": _principal_becomes_everyone,
    "everyone becomes an account": _everyone_becomes_an_account,
    "principal written otherwise": _principal_written_otherwise,
    "condition added": _condition_added,
}
"""Name to mutation of the resources, the principals or the conditions of one statement."""
