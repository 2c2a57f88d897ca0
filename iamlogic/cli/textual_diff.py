"""The change of a file's text as git shows it, for a driver that git has called in its own place.

Git knows best how to compare texts and which colours its user wants. It would call the files by the
names that they have for the driver alone, so its header is left out, and the driver's stands there.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_NO_MODE = {"", ".", "000000"}
_HUNK = re.compile(rb"(?m)^(?:\x1b\[[0-9;]*m)*@@ ")


@dataclass(frozen=True, slots=True)
class Change:
    """A file that changed: its names, where both contents are, its modes, and what git says."""

    before: str
    after: str
    old: str
    new: str
    old_mode: str = ""
    new_mode: str = ""
    told: str = ""

    @property
    def header(self) -> Iterator[str]:
        """The lines that stand before a change in git's form."""
        yield f"diff --git a/{self.before} b/{self.after}"
        if self.old_mode in _NO_MODE and self.new_mode not in _NO_MODE:
            yield f"new file mode {self.new_mode}"
        elif self.new_mode in _NO_MODE and self.old_mode not in _NO_MODE:
            yield f"deleted file mode {self.old_mode}"
        elif self.old_mode != self.new_mode:
            yield f"old mode {self.old_mode}"
            yield f"new mode {self.new_mode}"
        yield from self.told.splitlines()


def is_coloured() -> bool:
    """Whether the user wants git's output in colours, where it goes now."""
    is_terminal = "true" if sys.stdout.isatty() else "false"
    try:
        said = _git("config", "--get-colorbool", "color.diff", is_terminal)
    except FileNotFoundError:
        return sys.stdout.isatty()
    return said.strip() == b"true"


def text_diff(change: Change, *, coloured: bool) -> bytes:
    """The hunks of the change with the names above them; nothing if the texts are the same."""
    colour = "--color=always" if coloured else "--color=never"
    options = ("--no-index", "--no-ext-diff", "--no-textconv", colour)
    try:
        printed = _git("diff", *options, "--", change.old, change.new)
    except FileNotFoundError:
        return b"(there is no git program to compare the texts)\n"
    hunk = _HUNK.search(printed)
    if hunk is None:
        return b"Binary files differ\n" if b"\nBinary files" in printed else b""
    names = f"--- a/{change.before}\n+++ b/{change.after}\n"
    return names.encode("utf-8", "surrogateescape") + printed[hunk.start() :]


def _git(*arguments: str) -> bytes:
    return subprocess.run(  # noqa: S603 (fixed program, arguments are no shell text)
        ["git", *arguments],  # noqa: S607 (whichever git calls this driver)
        stdout=subprocess.PIPE,
        check=False,
    ).stdout
