"""The baseline: findings that a team has accepted, each with a reason and until a day.

A finding's id is that of its meaning: two roles that trust one account have the same. So that an
acceptance is of one grant and not of every later one like it, it holds for the file as well in
which the policy stands; `*` as the file says "wherever it is". All here are pure functions; today
is an argument.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from pathlib import PurePath

from iamlogic.errors import NOWHERE, Problem, SettingsError, Where
from iamlogic.questions.external.archive import ArchiveRule
from iamlogic.questions.external.finding import Finding

SUGGESTED_DAYS = 90
"""How long an acceptance should hold: long enough to forget why, short enough to ask once more."""

ANY_FILE = "*"
"""The file of an acceptance that holds wherever the finding occurs."""


def suggested_expiry(today: date) -> date:
    """The last day of an acceptance that is made today, if nobody says otherwise."""
    return today + timedelta(days=SUGGESTED_DAYS)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepted finding.

    It is found again by `id` and `file`, which is relative to the baseline's folder (None for a
    policy that came from no file). `expires` is the last day on which it holds, None for ever.
    The rest is for people. `where` is its place in the baseline's file.
    """

    id: str
    file: str | None
    accepted: date
    expires: date | None = None
    reason: str | None = None
    principal: str | None = None
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    where: Where = field(default=NOWHERE, compare=False, repr=False)

    @property
    def key(self) -> tuple[str, str | None]:
        """What it is found by; there is one acceptance for each."""
        return self.id, self.file

    def holds(self, today: date) -> bool:
        """Whether it has not expired."""
        return self.expires is None or today <= self.expires


@dataclass(frozen=True, slots=True)
class Baseline:
    """The accepted findings, in the order of their ids.

    `folder` is where the baseline's file stands: files are named relative to it, so that it does
    not matter where iamlogic is run. Raises `SettingsError` if one finding is accepted twice.
    """

    acceptances: tuple[Acceptance, ...] = ()
    folder: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.acceptances, key=lambda each: (each.id, each.file or ""))
        object.__setattr__(self, "acceptances", tuple(ordered))
        seen = set()
        for each in ordered:
            if each.key in seen:
                message = f"the finding {each.id} of {each.file} is accepted twice"
                raise SettingsError((Problem(message, Where(("findings",))),))
            seen.add(each.key)

    def name_of(self, file: str | None) -> str | None:
        """The name of a policy's file in this baseline: relative to its folder, with slashes."""
        if not file:
            return None
        try:
            relative = os.path.relpath(file, self.folder or os.curdir)
        except ValueError:  # Windows: the two are on different drives
            relative = file
        name = PurePath(relative).as_posix()
        return f"./{name}" if name == ANY_FILE else name

    def without(self, gone: Iterable[Acceptance]) -> Baseline:
        """This baseline, but for those: how stale acceptances are taken out."""
        keys = {each.key for each in gone}
        left = tuple(each for each in self.acceptances if each.key not in keys)
        return replace(self, acceptances=left)


class FindingStatus(Enum):
    """What becomes of a finding. The first and the last count."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    ACCEPTED = "accepted"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding and what becomes of it.

    `rule` is the first that archives it, `acceptance` that of the baseline, which has expired where
    the status says so.
    """

    finding: Finding
    status: FindingStatus
    rule: ArchiveRule | None = None
    acceptance: Acceptance | None = None

    @property
    def counts(self) -> bool:
        """Whether it makes a check fail."""
        return self.status in {FindingStatus.ACTIVE, FindingStatus.EXPIRED}


@dataclass(frozen=True, slots=True)
class Judgement:
    """All findings, in the order given, and the `stale` acceptances, of which there is none."""

    findings: tuple[JudgedFinding, ...]
    stale: tuple[Acceptance, ...]

    @property
    def counting(self) -> tuple[Finding, ...]:
        """The findings that make a check fail."""
        return tuple(each.finding for each in self.findings if each.counts)


def judge(
    findings: Sequence[Finding],
    rules: Sequence[ArchiveRule],
    baseline: Baseline,
    today: date,
    *,
    files: Collection[str] | None = None,
) -> Judgement:
    """What becomes of each finding: a rule archives it, or else the baseline accepts it, or not.

    `files` are all that were looked at, those without findings too: only of them can an acceptance
    be stale. None means that everything was looked at.
    """
    by_key = {each.key: each for each in baseline.acceptances}
    keys = [_key(finding, baseline) for finding in findings]
    judged = tuple(
        _judge(finding, rules, _candidates(by_key, key), today)
        for finding, key in zip(findings, keys, strict=True)
    )
    found = {*keys, *((id_, ANY_FILE) for id_, _ in keys)}
    looked_at = None if files is None else {baseline.name_of(file) for file in files}
    stale = tuple(
        each
        for each in baseline.acceptances
        if each.key not in found and (looked_at is None or each.file in looked_at)
    )
    return Judgement(judged, stale)


def _key(finding: Finding, baseline: Baseline) -> tuple[str, str | None]:
    return finding.id, baseline.name_of(finding.policy.file)


def _candidates(
    by_key: dict[tuple[str, str | None], Acceptance], key: tuple[str, str | None]
) -> list[Acceptance]:
    """What may accept a finding: its own entry first, then that for any file."""
    return [by_key[each] for each in (key, (key[0], ANY_FILE)) if each in by_key]


def _judge(
    finding: Finding, rules: Sequence[ArchiveRule], candidates: list[Acceptance], today: date
) -> JudgedFinding:
    for rule in rules:
        if rule.matches(finding):
            return JudgedFinding(finding, FindingStatus.ARCHIVED, rule=rule)
    for each in candidates:
        if each.holds(today):
            return JudgedFinding(finding, FindingStatus.ACCEPTED, acceptance=each)
    if candidates:
        return JudgedFinding(finding, FindingStatus.EXPIRED, acceptance=candidates[0])
    return JudgedFinding(finding, FindingStatus.ACTIVE)


def accept(
    findings: Iterable[Finding],
    baseline: Baseline,
    today: date,
    reason: str | None,
    expires: date | None,
) -> Baseline:
    """The baseline with all `findings` accepted until `expires` (see `suggested_expiry`).

    An acceptance that still holds stays as it is, reason and all; one that has expired is renewed.
    Raises `SettingsError` if `expires` lies before `today`.
    """
    if expires is not None and expires < today:
        message = f"an acceptance of {today} cannot have expired on {expires}"
        raise SettingsError((Problem(message, Where(("expires",))),))
    entries = {each.key: each for each in baseline.acceptances}
    added: dict[tuple[str, str | None], Acceptance] = {}
    for finding in findings:
        key = _key(finding, baseline)
        if any(each.holds(today) for each in _candidates(entries, key)):
            continue
        new = _acceptance(finding, key[1], today, reason, expires)
        # Equal grants can be written differently: which is shown must not hang on their order.
        added[key] = min(new, added.get(key, new), key=_for_people)
    return replace(baseline, acceptances=tuple((entries | added).values()))


def _acceptance(
    finding: Finding, file: str | None, today: date, reason: str | None, expires: date | None
) -> Acceptance:
    return Acceptance(
        finding.id,
        file,
        today,
        expires,
        reason,
        finding.principal,
        _shown(finding.actions, finding.except_actions),
        _shown(finding.resources, finding.except_resources),
        tuple(
            f"{each.operator} {each.key} {', '.join(map(str, each.values))}"
            for each in finding.conditions
        ),
    )


def _shown(patterns: tuple[str, ...], without: tuple[str, ...]) -> tuple[str, ...]:
    return (*patterns, *(f"except {pattern}" for pattern in without))


def _for_people(entry: Acceptance) -> tuple[object, ...]:
    return entry.principal, entry.actions, entry.resources, entry.conditions
