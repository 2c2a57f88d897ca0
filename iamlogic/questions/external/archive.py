"""Archive rules: which findings a team expects, told by the analyzer's filter keys.

A rule holds of a finding if each of its criteria does; a criterion is AWS's `Criterion` on one key.
AWS compares texts, one each. A finding here can speak of several resources and actions, and of
patterns, and a rule hides what it matches. So where AWS is silent, a rule must hold of *all* that a
finding grants: `eq` and `contains` of each resource and action in it, and `neq` holds only if
nothing that the finding's own patterns take in is the value. Never do `eq` and `neq` of one value
hold both; on what is one plain text, exactly one does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import assert_never

from iamlogic.catalog.resource_types import resource_type
from iamlogic.errors import NOWHERE, Where
from iamlogic.questions.external.analyzer_names import (
    FINDING_TYPES,
    PRINCIPAL_MEMBERS,
    analyzer_principal,
    bucket_of,
    narrowing_conditions,
    owner_account,
)
from iamlogic.questions.external.filter_keys import (
    CONDITION,
    account_of_root,
    check_criterion,
    check_rule,
)
from iamlogic.questions.external.finding import Finding, OutsiderKind
from iamlogic.semantics.globs import glob_matches, written
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Comparison, Family
from iamlogic.syntax.policy import Condition


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must hold of one filter key: all that is given of `eq`, `neq`, `contains`, `exists`.

    Several values of `eq` or `contains` are alternatives; none of those of `neq` may be the value,
    which is so, too, where the key is absent. Raises `SettingsError` for what can never match.
    """

    key: str
    eq: tuple[str, ...] = ()
    neq: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    exists: bool | None = None

    def __post_init__(self) -> None:
        check_criterion(self.key, self.eq, self.neq, self.contains, exists=self.exists)

    def matches(self, finding: Finding) -> bool:
        """Whether it holds of `finding`."""
        said = _said(self.key, finding)
        if self.exists is not None and self.exists != bool(said):
            return False
        if self.eq and not _one_all(said, self.eq, _Said.equals):
            return False
        if self.contains and not _one_all(said, self.contains, _Said.contains):
            return False
        return not any(
            each.may_equal(value) for group in said for each in group for value in self.neq
        )


@dataclass(frozen=True, slots=True)
class ArchiveRule:
    """A finding is archived if all criteria of a rule hold of it.

    `name` is as AWS has it: a letter, then letters, digits, `_`, `.` and `-`. `where` is its place
    in the settings. Raises `SettingsError` for a rule without criteria, or with two on one key.
    """

    name: str
    criteria: tuple[Criterion, ...]
    reason: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    def __post_init__(self) -> None:
        check_rule(self.name, [criterion.key for criterion in self.criteria])

    def matches(self, finding: Finding) -> bool:
        """Whether it archives `finding`."""
        return all(criterion.matches(finding) for criterion in self.criteria)


class _Kind(Enum):
    """How what a finding says is compared with the value of a rule."""

    PLAIN = auto()
    ACCOUNT = auto()  # its digits, which the ARN of its root stands for as well
    TYPE = auto()  # of resources: some have two names
    PATTERN = auto()
    ANY_CASE = auto()  # a pattern, of actions
    NETWORK = auto()


@dataclass(frozen=True, slots=True)
class _Said:
    """One text that a finding has under a filter key, with another name for the same."""

    text: str
    kind: _Kind = _Kind.PLAIN
    also: str | None = None

    def equals(self, value: str) -> bool:
        if self.kind is _Kind.ANY_CASE:
            return fold(self.text) == fold(value)
        if self.kind is _Kind.NETWORK and (both := _networks(self.text, value)):
            return both[0] == both[1]
        if self.kind is _Kind.ACCOUNT and account_of_root(value) == self.text:
            return True
        if self.kind is _Kind.TYPE and resource_type(value).name == self.text:
            return True
        return value in (self.text, self.also)

    def contains(self, value: str) -> bool:
        if self.kind is _Kind.ANY_CASE:
            return fold(value) in fold(self.text)
        return value in self.text

    def may_equal(self, value: str) -> bool:
        """Whether this is the value, or takes it in; where that is not certain, it may."""
        if self.equals(value):
            return True
        match self.kind:
            case _Kind.PLAIN | _Kind.ACCOUNT | _Kind.TYPE:
                return False
            case _Kind.NETWORK:
                both = _networks(self.text, value)
                return both is None or _overlap(*both)
            case _Kind.ANY_CASE:
                return _takes_in(fold(self.text), fold(value))
            case _Kind.PATTERN:
                return _takes_in(self.text, value)
        assert_never(self.kind)


def _takes_in(pattern: str, value: str) -> bool:
    """Whether `pattern` matches `value`; one with a variable may match anything."""
    return "${" in pattern or glob_matches(written(pattern), value)


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(text: str, value: str) -> tuple[_Network, _Network] | None:
    try:
        first = ipaddress.ip_network(text, strict=False)
        return first, ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def _overlap(first: _Network, second: _Network) -> bool:
    if isinstance(first, ipaddress.IPv4Network):
        return isinstance(second, ipaddress.IPv4Network) and first.overlaps(second)
    return isinstance(second, ipaddress.IPv6Network) and first.overlaps(second)


_Groups = tuple[tuple[_Said, ...], ...]
"""What a finding says under a key. It lies within every group, and a group is what any of its
texts allow: the resources are one group, two conditions on one key are two."""


def _one_all(said: _Groups, values: tuple[str, ...], holds: Callable[[_Said, str], bool]) -> bool:
    """Whether the finding certainly lies within the values: there is a group all of which does."""
    return any(all(any(holds(each, value) for value in values) for each in group) for group in said)


def _said(key: str, finding: Finding) -> _Groups:
    if key.startswith(CONDITION):
        name = fold(key.removeprefix(CONDITION))
        conditions = narrowing_conditions(finding)
        return tuple(_of_condition(each) for each in conditions if fold(each.key) == name)
    return _READERS[key](finding)


def _of_condition(condition: Condition) -> tuple[_Said, ...]:
    base = condition.operator.base
    kind = _Kind.PLAIN
    if base.family is Family.IP:
        kind = _Kind.NETWORK
    elif base.comparison is Comparison.LIKE:
        kind = _Kind.PATTERN
    elif base.comparison is Comparison.EQUALS_IGNORE_CASE:
        kind = _Kind.ANY_CASE
    return tuple(
        _Said(str(value), kind if value.template is None else _Kind.PATTERN)
        for value in condition.values
    )


def _resources(finding: Finding) -> _Groups:
    if not finding.resources:
        return ()
    return (tuple(_Said(each, _Kind.PATTERN, bucket_of(each)) for each in finding.resources),)


def _actions(finding: Finding) -> _Groups:
    if not finding.actions:
        return ()
    return (tuple(_Said(each, _Kind.ANY_CASE) for each in finding.actions),)


def _one(
    read: Callable[[Finding], str | None], kind: _Kind = _Kind.PLAIN
) -> Callable[[Finding], _Groups]:
    def groups(finding: Finding) -> _Groups:
        text = read(finding)
        return () if text is None else ((_Said(text, kind),),)

    return groups


def _principal(member: str) -> Callable[[Finding], _Groups]:
    def groups(finding: Finding) -> _Groups:
        name = analyzer_principal(finding).get(member)
        if name is None:
            return ()
        is_account = finding.principal_kind is OutsiderKind.ACCOUNT
        return ((_Said(name, _Kind.ACCOUNT if is_account else _Kind.PATTERN),),)

    return groups


_READERS: dict[str, Callable[[Finding], _Groups]] = {
    "resource": _resources,
    "resourceType": _one(lambda finding: finding.resource_type, _Kind.TYPE),
    "resourceOwnerAccount": _one(owner_account),
    "isPublic": _one(lambda finding: "true" if finding.is_public else "false"),
    "findingType": _one(lambda finding: FINDING_TYPES[finding.kind]),
    "action": _actions,
    **{f"principal.{member}": _principal(member) for member in PRINCIPAL_MEMBERS},
}
