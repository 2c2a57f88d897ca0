"""What was found about who outside has access, and what a report says of it as a whole.

An `AccessReport` is what every format prints: each file with its findings and what became of them,
what could not be read or is not known, and, where a change is previewed, what was there before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from iamlogic.errors import IamlogicError
from iamlogic.questions.external.baseline import (
    Acceptance,
    FindingStatus,
    JudgedFinding,
)
from iamlogic.questions.external.finding import Finding, FindingKind
from iamlogic.questions.external.zone import Zone
from iamlogic.reports.wording import Mark
from iamlogic.semantics.explain import printable
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet


class AccessOutcome(Enum):
    """What a report says in one word. `UNREADABLE` goes before all: not everything was looked at.

    A finding is one whatever else is unknown, so `FOUND` goes before `UNKNOWN`.
    """

    UNREADABLE = "unreadable"
    FOUND = "external access"
    UNKNOWN = "unknown"
    NOTHING = "no external access"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in one file.

    `reason` says why that may not be all; `error` why nothing was: the file has no policy that
    could be read, or went beyond what iamlogic can do (`is_unknown`).
    """

    file: str
    subject: Policy | PolicySet | None = None
    judged: tuple[JudgedFinding, ...] = ()
    reason: str | None = None
    error: IamlogicError | None = None
    is_unknown: bool = False

    def file_of(self, finding: Finding) -> Policy | None:
        """The policy that a finding's example can be tried on, None where it is no file's own.

        It is not the stack: what the requester's own account says of it is not asked here.
        """
        stack = self.subject if isinstance(self.subject, PolicySet) else None
        return None if stack and finding.policy.file == stack.file else finding.policy


@dataclass(frozen=True, slots=True)
class Change:
    """What a preview adds: the file before, and what became of its findings.

    `before_ids` are those that were there, `narrowed_ids` of findings that were not, but grant
    nothing that was not granted before.
    """

    before: str
    gone: tuple[Finding, ...]
    before_ids: frozenset[str]
    reason: str | None = None
    narrowed_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Updated:
    """How the baseline was changed."""

    accepted: int
    expires: str | None
    removed: int


@dataclass(frozen=True, slots=True)
class AccessReport:
    """Everything that a report says, whatever its format.

    `stale` are entries of the `baseline` of which there is no finding any more.
    """

    looked: tuple[Looked, ...]
    zone: Zone
    stale: tuple[Acceptance, ...] = ()
    baseline: str | None = None
    updated: Updated | None = None
    change: Change | None = None

    @property
    def judged(self) -> tuple[JudgedFinding, ...]:
        return tuple(judged for each in self.looked for judged in each.judged)

    @property
    def counting(self) -> tuple[JudgedFinding, ...]:
        """The findings that make a check fail: in a preview, only what is new."""
        return tuple(each for looked in self.looked for each in self.counting_in(looked))

    def counting_in(self, looked: Looked) -> list[JudgedFinding]:
        """Those of one file."""
        return [each for each in looked.judged if each.counts and self.is_new(each.finding)]

    def is_new(self, finding: Finding) -> bool | None:
        """Whether it grants what was not granted before; None where that is not known."""
        if self.change is None:
            return True
        if self.change.reason:
            return None
        return finding.id not in self.change.before_ids and not self.is_narrowed(finding)

    def is_narrowed(self, finding: Finding) -> bool:
        """Whether it is a part of what was granted before."""
        return self.change is not None and finding.id in self.change.narrowed_ids

    @property
    def unread(self) -> tuple[Looked, ...]:
        return tuple(each for each in self.looked if each.error and not each.is_unknown)

    @property
    def unknown(self) -> tuple[tuple[str, str], ...]:
        """Files of which the answer is not known, each with why."""
        before = [(self.change.before, self.change.reason)] if self.change else []
        told = [(each.file, each.reason or _first_line(each)) for each in self.looked]
        return tuple((file, reason) for file, reason in (*before, *told) if reason)

    @property
    def outcome(self) -> AccessOutcome:
        if self.unread:
            return AccessOutcome.UNREADABLE
        if self.counting:
            return AccessOutcome.FOUND
        return AccessOutcome.UNKNOWN if self.unknown else AccessOutcome.NOTHING

    @property
    def is_complete(self) -> bool:
        """Whether it is proved that nobody else outside is let in."""
        return not (self.unread or self.unknown)


def _first_line(looked: Looked) -> str | None:
    return str(looked.error).split("\n", 1)[0] if looked.is_unknown else None


def headline(report: AccessReport, mark: Mark = str) -> tuple[str, str]:
    """The verdict in one line: the word for it, and what it is about."""
    found = [judged.finding for judged in report.counting]
    said = "".join(_said(report, found, mark))
    if found and all(each.kind is FindingKind.CONFUSED_DEPUTY for each in found):
        return "confused deputy", said
    if report.outcome is AccessOutcome.NOTHING and report.change is not None:
        return "no new external access", said
    return (AccessOutcome.FOUND if found else report.outcome).value, said


def _said(report: AccessReport, found: list[Finding], mark: Mark) -> Iterator[str]:
    files, several = _files(report, mark), len(report.looked) > 1
    unread = f"{len(report.unread)} of {files}" if several else files
    if found:
        yield f"{_findings(found, new=report.change is not None)} in {_having(report, mark)}"
    elif report.unread:
        yield f"{unread} could not be read"
        if len(report.unread) < len(report.looked) - len(report.unknown):
            yield "; no finding counts in the others"
    elif report.unknown:
        yield f"who outside has access is not known of {_unknown(report, mark)}"
    else:
        yield f"{files} {'let' if several else 'lets'} nobody in from outside the zone of trust"
        if report.judged:
            yield f", apart from what {'was there before' if report.change else 'is accepted'}"
    if found and report.unread:
        yield f"; {unread} could not be read"
    if (found or report.unread) and report.unknown:
        yield f"; unknown of {_unknown(report, mark)}"


def _files(report: AccessReport, mark: Mark) -> str:
    """The one file by its name, or how many there are."""
    if len(report.looked) == 1:
        return mark(printable(report.looked[0].file))
    return number(len(report.looked), "file")


def _unknown(report: AccessReport, mark: Mark) -> str:
    files = dict.fromkeys(file for file, _ in report.unknown)
    if len(files) == 1:
        return mark(printable(next(iter(files))))
    return f"{len(files)} of {_files(report, mark)}"


def _having(report: AccessReport, mark: Mark) -> str:
    """The files that have findings which count."""
    having = [looked.file for looked in report.looked if report.counting_in(looked)]
    if len(having) == 1:
        return mark(printable(having[0]))
    return f"{len(having)} of {_files(report, mark)}"


def _findings(found: list[Finding], *, new: bool) -> str:
    """`3 findings (1 public) and 1 confused deputy`."""
    public = sum(each.is_public for each in found)
    deputies = sum(each.kind is FindingKind.CONFUSED_DEPUTY for each in found)
    outside = len(found) - deputies
    word = "new " if new else ""
    parts = []
    if outside:
        how_many = "" if outside == 1 else f"{public} "
        of_them = f" ({how_many}public)" if public else ""
        parts.append(number(outside, f"{word}finding") + of_them)
    if deputies:
        parts.append(number(deputies, f"{word}confused deputy", f"{word}confused deputies"))
    return " and ".join(parts)


def number(count: int, one: str, several: str | None = None) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {one if count == 1 else several or f'{one}s'}"


def trusted(zone: Zone, mark: Mark = str) -> str:
    """Who is inside, in one line."""
    parts = [
        *(f"account {mark(each)}" for each in sorted(zone.accounts)),
        *([f"organization {mark(zone.organization)}"] if zone.organization else []),
        *(f"accounts below {mark(each)}" for each in sorted(zone.org_paths)),
        *(f"service {mark(each)}" for each in sorted(zone.services)),
    ]
    return ", ".join(parts) or "nobody"


def set_aside(report: AccessReport, mark: Mark = str) -> list[str]:
    """What is found and does not count, in a line each: by rules, and in the baseline."""
    lines = []
    rules = Counter(each.rule.name for each in report.judged if each.rule is not None)
    if rules:
        by = ", ".join(f"{mark(printable(name))} {count}" for name, count in sorted(rules.items()))
        lines.append(f"{_are(rules.total())} archived, by rules: {by}")
    accepted = sum(each.status is FindingStatus.ACCEPTED for each in report.judged)
    if accepted:
        lines.append(f"{_are(accepted)} accepted in {mark(printable(report.baseline or ''))}")
    if report.updated is not None:
        lines.append(_updated(report.updated))
    return lines


def _are(count: int) -> str:
    return "1 finding is" if count == 1 else f"{count} findings are"


def _updated(updated: Updated) -> str:
    until = f" until {updated.expires}" if updated.expires else " for ever"
    accepted = f"{updated.accepted} newly accepted{until if updated.accepted else ''}"
    return f"The baseline is updated: {accepted}, {updated.removed} removed"


def stale_line(entry: Acceptance, mark: Mark = str) -> str:
    """An entry of the baseline of which there is no finding any more."""
    who = f", principal {mark(printable(entry.principal))}" if entry.principal else ""
    file = f" of {mark(printable(entry.file))}" if entry.file else ""
    return f"{mark(printable(entry.id))}{file}{who}"


def unlike_new(report: AccessReport) -> list[tuple[str, list[JudgedFinding]]]:
    """Of a preview: what is gone, what is less than before, and what is as it was."""
    if report.change is None:
        return []
    gone = [JudgedFinding(each, FindingStatus.ACTIVE) for each in report.change.gone]
    kept = [each for each in report.judged if report.is_new(each.finding) is False]
    narrowed = [each for each in kept if report.is_narrowed(each.finding)]
    stays = [each for each in kept if not report.is_narrowed(each.finding)]
    groups = (("Gone", gone), ("Narrowed", narrowed), ("Unchanged", stays))
    return [(title, each) for title, each in groups if each]


STALE = "Stale in the baseline: no longer found (--update-baseline takes them out)"
"""What stale entries are introduced with."""

PROVED = "Proved: nobody else outside is let in."
"""What is known of everybody else."""


def proved(report: AccessReport) -> str | None:
    """What is known beside the findings; None where that is nothing."""
    return PROVED if report.is_complete and report.counting and report.change is None else None
