"""Settings whose guardrails are held against files: where they are, and where globs start from.

Globs start from the root of the repository of the settings, or from their folder if there is no
repository. Of a file outside of that no glob can tell anything; guardrails for any files count.
"""

from __future__ import annotations

import os
from pathlib import Path

from iamlogic.errors import PolicyReadError
from iamlogic.inputs.settings.settings import (
    SETTINGS_FILES,
    Settings,
    load_settings,
    settings_file,
)


def guarding_settings(file: str | None = None) -> tuple[Settings, str]:
    """Settings that have a guardrail, and their file: this one, or the one in the current folder.

    Raises `SettingsError` and `PolicyReadError`, the latter also where nothing would be held.
    """
    found = settings_file() if file is None else file
    if found is None:
        hint = f"    hint: write {SETTINGS_FILES[0]}, or give --settings"
        raise PolicyReadError(SETTINGS_FILES[0], f"no such file here\n{hint}")
    settings = load_settings(found)
    if not settings.guardrails:
        raise PolicyReadError(found, "there is no [[guardrail]] in it, so nothing would be held")
    return settings, found


def root_of(file: str | os.PathLike[str]) -> Path:
    """What the globs of a settings file start from."""
    folder = Path(file).resolve().parent
    for place in (folder, *folder.parents):
        if (place / ".git").exists():
            return place
    return folder


def from_root(file: str, root: Path) -> str:
    """The file as globs see it; empty for one outside of the root."""
    path = Path(file).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""


def outside_of_root(file: str, root: Path) -> str:
    """What is to be told of a file that lies outside."""
    return f"{file} lies outside of {root}: guardrails for any files count for it"
