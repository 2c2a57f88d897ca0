"""What becomes of findings: archive rules of the settings, and the baseline's life cycle.

The baseline is written only when every file could be read and every answer is known: else what was
not seen would be taken out as stale, and what was seen be taken for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click

import iamlogic as il
from iamlogic.cli.looking import Seen, policy_files
from iamlogic.cli.reading import STDIN
from iamlogic.inputs.settings import SETTINGS_FILES, settings_file
from iamlogic.questions.external.baseline import ANY_FILE, Judgement
from iamlogic.questions.external.preview import compared
from iamlogic.reports.external import AccessReport, Change, Looked, Updated

SETTINGS = SETTINGS_FILES[0]


@dataclass(frozen=True, slots=True)
class Update:
    """That the baseline takes in what counts now, why, and until when: None for ever."""

    reason: str | None
    expires: date | None


def today() -> date:
    """The day where the command runs."""
    return datetime.now().astimezone().date()


def settings_in(file: str | None) -> il.Settings:
    """The settings of the file, or of the working directory's, or none."""
    found = settings_file() if file is None else file
    return il.Settings() if found is None else il.load_settings(found)


def zone_of(
    settings: il.Settings,
    accounts: Sequence[str],
    organization: str | None,
    org_paths: Sequence[str],
    services: Sequence[str],
) -> il.Zone:
    """The zone of trust: each option in the place of what the settings say."""
    said = settings.zone
    if said is None and not (accounts or organization or org_paths or services):
        where = f"[zone] of {settings.file}" if settings.file else f"[zone] of {SETTINGS}"
        raise click.UsageError(
            "nobody is said to be trusted: give --account, --organization or --org-path, "
            f"or write {where} (an empty [zone] trusts nobody)"
        )
    said = said or il.Zone()
    return il.Zone(
        accounts or said.accounts,
        organization or said.organization,
        org_paths or said.org_paths,
        services or said.services,
    )


def report_of(
    seen: Sequence[Seen],
    zone: il.Zone,
    rules: Sequence[il.ArchiveRule],
    file: str | None,
    update: Update | None = None,
) -> AccessReport:
    """Each finding with what becomes of it; with `update`, the baseline in `file` is changed."""
    if file is None:
        accepted = il.Baseline()
    else:
        accepted = il.load_baseline(file, missing_ok=update is not None)
    day = today()
    judgement = _judged(seen, rules, accepted, day)
    updated = None
    if update is not None and file is not None and all(_is_known(each) for each in seen):
        before = accepted.without(judgement.stale)
        accepted = il.accept(judgement.counting, before, day, update.reason, update.expires)
        il.save_baseline(file, accepted)
        count = len(set(accepted.acceptances) - set(before.acceptances))
        until = None if update.expires is None else update.expires.isoformat()
        updated = Updated(count, until, len(judgement.stale))
        judgement = _judged(seen, rules, accepted, day)
    return AccessReport(_looked(seen, judgement), zone, judgement.stale, file, updated)


def change_of(before: Seen, after: Seen) -> Change:
    """What a preview tells beside the findings of the policy after."""
    if before.error is not None:
        raise before.error
    old, new = before.access, after.access
    gone: tuple[il.Finding, ...] = ()
    narrowed: tuple[il.Finding, ...] = ()
    if old is not None and new is not None and old.complete and new.complete:
        preview = compared(old, new)
        gone, narrowed = preview.gone, preview.narrowed
    ids, narrowed_ids = (
        frozenset(each.id for each in some) for some in (_findings(before), narrowed)
    )
    return Change(before.file, gone, ids, None if old is None else old.reason, narrowed_ids)


def _findings(seen: Seen) -> tuple[il.Finding, ...]:
    if seen.access is None:
        return ()
    return (*seen.access.found, *seen.access.confused_deputies)


def _is_known(seen: Seen) -> bool:
    return seen.access is not None and seen.access.complete


def _judged(
    seen: Sequence[Seen], rules: Sequence[il.ArchiveRule], accepted: il.Baseline, day: date
) -> Judgement:
    findings = [finding for each in seen for finding in _findings(each)]
    files = {name for each in seen if _is_known(each) for name in policy_files(each)}
    return il.judge(findings, rules, accepted, day, files=files | _missing(accepted))


def _missing(accepted: il.Baseline) -> set[str]:
    """Files of the baseline that are no more: there is nothing to find in them."""
    named = {each.file for each in accepted.acceptances} - {None, ANY_FILE, STDIN}
    paths = {Path(accepted.folder) / str(name) for name in named}
    return {str(path) for path in paths if not path.exists()}


def _looked(seen: Sequence[Seen], judgement: Judgement) -> tuple[Looked, ...]:
    judged = iter(judgement.findings)
    return tuple(
        Looked(
            each.file,
            each.subject,
            tuple(next(judged) for _ in _findings(each)),
            None if each.access is None else each.access.reason,
            each.error,
            is_unknown=isinstance(each.error, il.Unsupported | il.InternalError),
        )
        for each in seen
    )
