"""The settings as a whole: which tables there are, and what they come to.

    [zone]
    accounts = ["111122223333"]

    [[guardrail]]
    name = "no-new-users"
    message = "people come in by single sign-on"
    never = { Action = "iam:CreateUser" }

A table is read by a module of its own, and is a member of `Settings`. One mistake anywhere, and
there are no settings: a rule without one of its criteria would archive more than its author meant,
and a guardrail without one of its words would catch less.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from iamlogic.errors import Problem, SettingsError, Where
from iamlogic.inputs.entries import Entry, Source, failure, read_text
from iamlogic.inputs.settings.archive import read_archive
from iamlogic.inputs.settings.deployment import read_parameters
from iamlogic.inputs.settings.guardrails import read_guardrails
from iamlogic.inputs.settings.reviewing import ReviewSettings, read_review
from iamlogic.inputs.settings.zone import read_zone
from iamlogic.inputs.toml_text import NotToml, read_toml
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.questions.external.archive import ArchiveRule
from iamlogic.questions.external.zone import Zone
from iamlogic.questions.guardrail import Guardrail

_TABLES = ("zone", "archive", "guardrail", "parameters", "review")

SETTINGS_FILES = ("iamlogic.toml", "iamlogic.yaml", "iamlogic.yml")
"""What a settings file is called."""

MAX_SETTINGS = 1 << 20
"""Bytes of a settings file that are read: a thousand rules are a fifth of it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says: `zone` is None where it says nothing of it."""

    zone: Zone | None = None
    archive: tuple[ArchiveRule, ...] = ()
    file: str | None = None
    guardrails: tuple[Guardrail, ...] = ()
    deployment: Deployment = field(default_factory=Deployment)
    review: ReviewSettings = field(default_factory=ReviewSettings)


def settings_file(folder: str | os.PathLike[str] = ".") -> str | None:
    """The settings file of a folder, if it has one. Raises `SettingsError` if it has several."""
    found = one_of([name for name in SETTINGS_FILES if (Path(folder) / name).is_file()], folder)
    return str(Path(folder) / found[0]) if found else None


def one_of(names: Sequence[str], folder: str | os.PathLike[str] = ".") -> Sequence[str]:
    """The settings files, if they are not several. Raises `SettingsError`."""
    if len(names) > 1:
        first, *_, second = names
        message = f"there are settings in {first} as well, and one of them would not be read"
        where = Where((), 1, 1, str(Path(folder) / second))
        raise SettingsError((Problem(message, where, "keep one of the two"),))
    return names


def load_settings(path: str | os.PathLike[str]) -> Settings:
    """The settings in the file at `path`, in UTF-8: TOML, or YAML if its name says so.

    Raises `SettingsError` with all that is wrong, each with line and column, and `PolicyReadError`
    for a file that cannot be read.
    """
    return parse_settings(read_text(path, MAX_SETTINGS), file=os.fspath(path))


def parse_settings(text: str, *, file: str | None = None) -> Settings:
    """The settings that a text writes down: TOML, or YAML for a file that ends in .yaml or .yml.

    Raises `SettingsError`.
    """
    text = text.replace("\r\n", "\n")
    value, source = _decoded(text, file)
    found = Entry(value, (), source).members(_TABLES)
    zone = read_zone(found["zone"]) if "zone" in found else None
    archive = read_archive(found["archive"]) if "archive" in found else ()
    guardrails = read_guardrails(found["guardrail"]) if "guardrail" in found else ()
    parameters = found.get("parameters")
    deployment = Deployment() if parameters is None else read_parameters(parameters)
    review = read_review(found["review"]) if "review" in found else ReviewSettings()
    source.check()
    return Settings(zone, archive, file, guardrails, deployment, review)


def _decoded(text: str, file: str | None) -> tuple[object, Source]:
    """What the text says, and where to report what is wrong with it."""
    if file is not None and file.lower().endswith((".yaml", ".yml")):
        from iamlogic.inputs.settings.yaml_values import read_yaml_values

        read = read_yaml_values(text, file)
        source = Source(text, file, lambda: read.places, "mapping")
        for position, problem in read.repeated:
            source.add(position, problem)
        return read.value, source
    try:
        value, places = read_toml(text)
    except NotToml as error:
        raise failure(error.message, text, error.position, file, error.hint) from None
    return value, Source(text, file, lambda: places, "table")
