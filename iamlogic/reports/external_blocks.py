"""Findings that are one grant to a reader, as one block: a statement that lists forty networks.

Findings have one value for each condition, so that each can be accepted by itself. A list in a
policy is many of them, and people read it as the list that it is: findings that differ only in
their principals and values go together where all combinations of those are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from iamlogic.questions.external.baseline import Acceptance, FindingStatus, JudgedFinding
from iamlogic.questions.external.finding import Finding, FindingKind, OutsiderKind
from iamlogic.reports.access import asked_by
from iamlogic.reports.external import Looked
from iamlogic.reports.wording import Mark, Row, command, condition_text, shown, statement_name
from iamlogic.semantics.explain import printable
from iamlogic.syntax.policy import Condition, Text

_Choice = tuple[tuple[str, ...], ...]
"""What tells a finding from the others of its kind: its principal, and the values of each
condition."""


@dataclass(frozen=True, slots=True)
class Block:
    """Findings that are shown together, with what they say together."""

    findings: tuple[Finding, ...]
    principals: tuple[str, ...]
    conditions: tuple[Condition, ...]
    expired: Acceptance | None = None

    @property
    def first(self) -> Finding:
        return self.findings[0]


def blocks_of(judged: Iterable[JudgedFinding]) -> list[Block]:
    """The findings in blocks, in the order of the first of each."""
    groups: dict[object, list[JudgedFinding]] = {}
    for each in judged:
        groups.setdefault(_alike(each), []).append(each)
    found: list[Block] = []
    for group in groups.values():
        by_choice: dict[_Choice, Finding] = {}
        for each in group:
            by_choice.setdefault(_choice(each.finding), each.finding)
        parts = _products(list(by_choice))
        expired = group[0].acceptance if group[0].status is FindingStatus.EXPIRED else None
        found += [_block([by_choice[each] for each in part], expired) for part in parts]
    return found


def _alike(judged: JudgedFinding) -> object:
    """What findings of one block have in common."""
    finding = judged.finding
    return (
        finding.policy.file,
        finding.kind,
        finding.principal_kind,
        finding.principal == "*",
        finding.is_public,
        finding.actions,
        finding.except_actions,
        finding.resources,
        finding.except_resources,
        finding.remarks,
        tuple(id(each) for each in finding.statements),
        tuple((str(each.operator), each.key) for each in finding.conditions),
        _expiry(judged),
    )


def _expiry(judged: JudgedFinding) -> object:
    if judged.status is not FindingStatus.EXPIRED or judged.acceptance is None:
        return None
    return judged.acceptance.expires, judged.acceptance.reason


def _choice(finding: Finding) -> _Choice:
    values = (tuple(value.text for value in each.values) for each in finding.conditions)
    return ((finding.principal,), *values)


def _products(choices: Sequence[_Choice]) -> list[list[_Choice]]:
    """The choices in parts, in each of which every combination of what occurs is there."""
    occur = [list(dict.fromkeys(position)) for position in zip(*choices, strict=True)]
    if prod(map(len, occur)) == len(choices):
        there = set(choices)
        return [[each for each in product(*occur) if each in there]]
    # Not all are there: take the position apart that has the fewest alternatives.
    several = [place for place, found in enumerate(occur) if len(found) > 1]
    place = min(several, key=lambda each: len(occur[each]))
    return [
        part
        for value in occur[place]
        for part in _products([each for each in choices if each[place] == value])
    ]


def _block(findings: Iterable[Finding], expired: Acceptance | None) -> Block:
    order = _order(findings)
    ordered = sorted(findings, key=lambda finding: [order(part) for part in _choice(finding)])
    conditions = []
    for number, condition in enumerate(ordered[0].conditions):
        values: dict[str, Text] = {}
        for finding in ordered:
            values.update({each.text: each for each in finding.conditions[number].values})
        conditions.append(replace(condition, values=tuple(values.values())))
    principals = tuple(dict.fromkeys(each.principal for each in ordered))
    return Block(tuple(ordered), principals, tuple(conditions), expired)


def _order(findings: Iterable[Finding]) -> Callable[[tuple[str, ...]], list[tuple[int, str]]]:
    """The order in which the granting statements list what is in a choice, then that of letters."""
    places: dict[str, int] = {}
    statements = {id(each): each for finding in findings for each in finding.statements}
    for statement in statements.values():
        listed = [value.text for each in statement.conditions for value in each.values]
        for entry in statement.principals.entries if statement.principals else ():
            listed += [entry.text, *([entry.account] if entry.account else [])]
        for text in listed:
            places.setdefault(text, len(places))
    return lambda part: [(places.get(text, len(places)), text) for text in part]


def rows_of(block: Block) -> list[Row]:
    """What the block grants, in the words of a statement."""
    first = block.first
    found = [
        Row("Principal", _shown(block.principals)),
        Row("Action", _shown(first.actions)),
        Row("but not", _shown(first.except_actions)),
        Row("Resource", _shown(first.resources)),
        Row("but not", _shown(first.except_resources)),
        Row("Condition", tuple(map(condition_text, block.conditions))),
    ]
    return [row for row in found if row.entries]


def _shown(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(shown, texts))


_WHO = {
    OutsiderKind.EVERYONE: ("everyone", ""),
    OutsiderKind.ANONYMOUS: ("anonymous requesters", ""),
    OutsiderKind.ACCOUNT: ("an account", "accounts"),
    OutsiderKind.ORGANIZATION: ("an organization", "organizations"),
    OutsiderKind.USER: ("a user", "users"),
    OutsiderKind.ROLE: ("a role", "roles"),
    OutsiderKind.ROLE_SESSION: ("a role session", "role sessions"),
    OutsiderKind.FEDERATED_USER: ("a federated user", "federated users"),
    OutsiderKind.ROOT: ("a root user", "root users"),
    OutsiderKind.PROVIDER: ("identities of a provider", "providers' identities"),
    OutsiderKind.CANONICAL_USER: ("a canonical user", "canonical users"),
    OutsiderKind.CLOUDFRONT_IDENTITY: ("a CloudFront identity", "CloudFront identities"),
    OutsiderKind.SERVICE: ("a service", "services"),
}


def lead(block: Block, mark: Mark = str) -> str:
    """Which statement lets in whom: `Allow statement 1 "Read" (a.json:4:5) lets in everyone`."""
    finding = block.first
    one, several = _WHO[finding.principal_kind]
    count = len(block.principals)
    who = one if count == 1 else f"{count} {several}"
    if finding.kind is FindingKind.CONFUSED_DEPUTY:
        who = one if count == 1 else f"{count} {several}"
        if finding.principal == "*":
            who = "any service"
        who += ", which may act for anybody"
    elif finding.principal == "*" and block.conditions:
        who += ", under conditions"
    named = _statements(finding, mark)
    verb = "lets" if len(finding.statements) == 1 else "let"
    return f"{named} {verb} in {who}"


def example_of(block: Block, looked: Looked) -> list[str]:
    """A command, or else a request, that shows the grant; nothing where none can be written."""
    for finding in block.findings:
        witness = finding.witness
        if witness is not None:
            policy = looked.file_of(finding)
            if policy is not None:
                return command(witness, policy)
            return [asked_by(witness)]
    return []


_NAMED = 2
"""Statements that are named before the rest is counted."""


def _statements(finding: Finding, mark: Mark) -> str:
    home = finding.policy
    own = [each for each in finding.statements if any(s is each for s in home.statements)]
    names = [statement_name(each, home, mark) for each in own[:_NAMED]]
    more = len(finding.statements) - len(names)
    return " and ".join([*names, f"{more} more"] if more else names)


def notes(block: Block, mark: Mark = str) -> list[str]:
    """What else deserves a look, a line each."""
    lines = [_sentence(each, mark) for each in block.first.remarks]
    if block.expired is not None:
        entry = block.expired
        reason = f" ({mark(printable(entry.reason))})" if entry.reason else ""
        lines.append(f"accepted until {entry.expires}{reason}: expired, it counts again")
    return lines


def _sentence(remark: str, mark: Mark) -> str:
    """A sentence of ours, which may name something of the policy's."""
    return remark if re.fullmatch(r"[A-Za-z0-9 ,;()]*", remark) else mark(printable(remark))
