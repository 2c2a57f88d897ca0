"""Globs of files, as in a `.gitignore`: what people know, and what a well-kept library reads.

They are relative to the root of the repository. A glob with a slash in it, but at its end, starts
at the root; one without matches at any depth. `*` stays within a folder, `**` does not, and what
matches a folder matches all below it. What stands for something else in that file, an exception
(`!`) or a comment (`#`), is refused here: a glob that matches nothing would exempt every file.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING

from iamlogic.errors import IamlogicError, Problem, SettingsError

if TYPE_CHECKING:
    from pathspec import PathSpec
    from pathspec.pattern import Pattern


class MissingLibrary(IamlogicError):
    """A library that is an extra is not installed."""


def check_glob(glob: str) -> None:
    """Raises `SettingsError` for what is no glob, or can match no file."""
    hint = None
    if not glob.strip():
        message = "the glob is empty"
    elif glob != glob.strip():
        message, hint = "the glob begins or ends with a blank", "leave it out"
    elif glob[0] in "!#":
        message = f"a glob does not begin with {glob[0]}"
        hint = "exceptions stand under except_files" if glob[0] == "!" else f'write "\\{glob}"'
    elif "\\" in glob.replace("\\#", "").replace("\\!", "") or _has_odd_step(glob):
        message = "a glob starts at the repository's root and has one / between folders"
        hint = f'write "{glob.removeprefix("./")}"' if glob.startswith("./") else None
    elif _is_regular(glob):
        return
    else:
        message, hint = "this is no glob", "a set of characters is written as [abc] or [a-z]"
    raise SettingsError((Problem(message, hint=hint),))


def _has_odd_step(glob: str) -> bool:
    """Whether some step is none that a path below the root has."""
    steps = glob.removeprefix("/").removesuffix("/").split("/")
    return any(step in {"", ".", ".."} for step in steps)


def _is_regular(glob: str) -> bool:
    """Whether the library can make something of it, without a doubt."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _spec((glob,))
        except (ValueError, re.error, Warning):
            return False
    return True


def is_in_repository(file: str) -> bool:
    """Whether a path is one that globs can tell something of: relative to the root, and below."""
    path = PurePath(file)
    return bool(file) and not path.is_absolute() and ".." not in path.parts


def matches_any(file: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs matches the file, whose path is relative to the root."""
    given = tuple(globs)
    return bool(given) and _spec(given).match_file(file.removeprefix("./"))


@lru_cache(maxsize=256)
def _spec(globs: tuple[str, ...]) -> PathSpec[Pattern]:
    try:
        from pathspec import PathSpec
    except ImportError:
        raise MissingLibrary(
            "globs of files need the library pathspec\n    hint: pip install 'iamlogic[review]'"
        ) from None
    return PathSpec.from_lines("gitignore", globs)
