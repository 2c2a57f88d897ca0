"""`iamlogic.toml`: what a team settles once for all its policies.

    [zone]
    accounts = ["111122223333"]

    [[archive]]
    name = "partner-reads-reports"
    filter."principal.AWS".eq = ["444455556666"]

A table is read by one function of its own, and is a member of `Settings`. One mistake anywhere, and
there are no settings: a rule without one of its criteria would archive more than its author meant.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from iamlogic.errors import SettingsError
from iamlogic.inputs.entries import Entry, Source, failure, read_text
from iamlogic.inputs.toml_text import NotToml, read_toml
from iamlogic.questions.external.archive import ArchiveRule, Criterion
from iamlogic.questions.external.filter_keys import check_criterion, check_key, check_rule
from iamlogic.questions.external.zone import Zone, ZoneError
from iamlogic.syntax.json_tree import quote

_TABLES = ("zone", "archive")

MAX_SETTINGS = 1 << 20
"""Bytes of a settings file that are read: a thousand rules are a fifth of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says: `zone` is None where it says nothing of it."""

    zone: Zone | None = None
    archive: tuple[ArchiveRule, ...] = ()
    file: str | None = None


def load_settings(path: str | os.PathLike[str]) -> Settings:
    """The settings in the file at `path`, TOML in UTF-8.

    Raises `SettingsError` with all that is wrong, each with line and column, and `PolicyReadError`
    for a file that cannot be read.
    """
    return parse_settings(read_text(path, MAX_SETTINGS), file=os.fspath(path))


def parse_settings(text: str, *, file: str | None = None) -> Settings:
    """The settings that a TOML text writes down. Raises `SettingsError`."""
    text = text.replace("\r\n", "\n")
    try:
        value, places = read_toml(text)
    except NotToml as error:
        raise failure(error.message, text, error.position, file, error.hint) from None
    source = Source(text, file, lambda: places, "table")
    found = Entry(value, (), source).members(_TABLES)
    zone = _zone(found["zone"]) if "zone" in found else None
    archive = _archive(found["archive"]) if "archive" in found else ()
    source.check()
    return Settings(zone, archive, file)


def _zone(entry: Entry) -> Zone | None:
    members = entry.members(("accounts", "organization", "org_paths", "services"))
    several: dict[str, list[str]] = {"accounts": [], "org_paths": [], "services": []}
    for name, values in several.items():
        if name not in members:
            continue
        for item in members[name].items("a list of texts"):
            if not isinstance(item.value, str):
                is_number = isinstance(item.value, int) and not isinstance(item.value, bool)
                item.unexpected("a text", "write it in quotes" if is_number else None)
            elif _fits(item, **{name: (item.value,)}):
                values.append(item.value)
    organization = None
    if "organization" in members:
        given = members["organization"]
        organization = given.text()
        if organization is not None and not _fits(given, organization=organization):
            organization = None
    return Zone(organization=organization, **several)


def _fits(entry: Entry, **part: object) -> bool:
    """Whether a zone can have this part; else it is reported at its own place."""
    try:
        Zone(**part)  # type: ignore[arg-type]
    except ZoneError as error:
        entry.problem(str(error))
        return False
    return True


def _archive(entry: Entry) -> tuple[ArchiveRule, ...]:
    rules: dict[str, ArchiveRule] = {}
    hint = "each rule is a table [[archive]], in double brackets"
    if not isinstance(entry.value, list):
        entry.unexpected("a list of rules", hint)
        return ()
    for item in entry.items():
        rule = _rule(item)
        if rule is None:
            continue
        if rule.name in rules:
            line = rules[rule.name].where.line
            item.problem(f"the rule {quote(rule.name)} is there already, in line {line}")
        rules[rule.name] = rule
    return tuple(rules.values())


def _rule(entry: Entry) -> ArchiveRule | None:
    members = entry.members(("name", "reason", "filter"))
    if isinstance(entry.value, dict) and len(members) == len(entry.value):  # else one is misspelt
        if "name" not in members:
            entry.problem("the rule has no name")
        if "filter" not in members:
            entry.problem("the rule has no filter: it would archive every finding")
    reason = members["reason"].text() if "reason" in members else None
    criteria = _filter(members["filter"]) if "filter" in members else None
    name = members["name"].text() if "name" in members else None
    if name is None or criteria is None:
        return None
    keys = [criterion.key for criterion in criteria]
    if not _possible(members["name"], lambda: check_rule(name, keys)):
        return None
    return ArchiveRule(name, criteria, reason, where=entry.where)


def _filter(entry: Entry) -> tuple[Criterion, ...] | None:
    """The criteria as far as they can be read; None if there is none."""
    keys = entry.table()
    if isinstance(entry.value, dict) and not keys:
        entry.problem("the filter is empty: the rule would archive every finding")
    read = [_criterion(name, key) for name, key in keys.items()]
    return tuple(criterion for criterion in read if criterion is not None) or None


def _criterion(name: str, entry: Entry) -> Criterion | None:
    if not _possible(entry, lambda: check_key(name)):
        return None
    if not isinstance(entry.value, dict):
        hint = f'write {quote(name)} = {{ eq = ["…"] }}'
        entry.unexpected("a table of criteria", hint)
        return None
    members = entry.members(("eq", "neq", "contains", "exists"))
    values = {each: _values(name, members, each) for each in ("eq", "neq", "contains")}
    exists = members["exists"].value if "exists" in members else None
    if exists is not None and not isinstance(exists, bool):
        members["exists"].unexpected("true or false")
        return None
    if None in values.values() or len(members) < len(entry.value):
        return None
    eq, neq, contains = (each or () for each in values.values())
    if not _possible(entry, lambda: check_criterion(name, eq, neq, contains, exists=exists)):
        return None
    return Criterion(name, eq, neq, contains, exists)


def _values(name: str, members: dict[str, Entry], member: str) -> tuple[str, ...] | None:
    """The values under `member`, none if it is absent; None once a mistake is reported."""
    if member not in members:
        return ()
    entry = members[member]
    items = list(entry.items()) if isinstance(entry.value, list) else [entry]
    if not items:
        entry.problem("the list is empty: no finding has one of no values")
    values = []
    for item in items:
        # isPublic is a truth, though AWS writes it as a text.
        is_truth = isinstance(item.value, bool)
        text = str(item.value).lower() if is_truth else item.text()
        if text is not None and _possible(item, partial(_check_one, name, member, text)):
            values.append(text)
    return tuple(values) if items and len(values) == len(items) else None


def _check_one(name: str, member: str, text: str) -> None:
    each = {"eq": (), "neq": (), "contains": ()} | {member: (text,)}
    check_criterion(name, **each, exists=None)


def _possible(entry: Entry, check: Callable[[], None]) -> bool:
    """Whether `check` passes; what it says is a mistake is reported at `entry`."""
    try:
        check()
    except SettingsError as error:
        for problem in error.problems:
            entry.problem(problem.message, problem.hint)
        return False
    return True
