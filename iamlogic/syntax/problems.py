"""Places and problems: the document that is read, and the collector of all that is wrong with it.

Readers report and go on, so that every error of a file is told at once, in the order of the text.
Both text and decoded JSON come through here; only the first has lines and columns to show.
"""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from iamlogic.errors import Path, PolicySyntaxError, Problem, Where

MAX_PROBLEMS = 100
"""Errors, and as many warnings, that are told of one document. Nobody reads more, and a hostile
text could hold millions: reading stops at so many errors, and the last problem says that."""


class Document:
    """What is being read: a text, or decoded JSON (`text` is None), and the file it came from."""

    def __init__(self, text: str | None, file: str | None) -> None:
        self.text = text
        self.file = file
        self._shown: dict[int, str] = {}

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        if self.text is not None:
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
        return starts

    def where(self, position: int, path: Path) -> Where:
        if self.text is None:
            return Where(path, None, None, self.file)
        starts = self._line_starts
        line = bisect_right(starts, position)
        return Where(path, line, position - starts[line - 1] + 1, self.file)

    def inside(self, position: int, offset: int) -> int:
        """The position of character `offset` of the string that starts at `position`.

        A string with escapes is not counted out: its own position then.
        """
        if self.text is None:
            return position
        at = position + 1 + offset
        return position if "\\" in self.text[position:at] else at

    def source_line(self, position: int) -> str | None:
        if self.text is None:
            return None
        line = bisect_right(self._line_starts, position)
        if line not in self._shown:
            start = self._line_starts[line - 1]
            end = self.text.find("\n", start)
            self._shown[line] = self.text[start : end if end >= 0 else None].rstrip("\r")
        return self._shown[line]


class Problems:
    """The errors and warnings found so far in `document`."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._errors: list[tuple[int, Problem]] = []
        self._warnings: list[tuple[int, Problem]] = []
        self._untold_warnings = 0

    def error(
        self,
        position: int,
        path: Path,
        message: str,
        rule: str,
        hint: str | None = None,
        *,
        offset: int | None = None,
    ) -> None:
        """Report an error at `position`, or at character `offset` of the string there.

        Raises `PolicySyntaxError` when there have been too many.
        """
        if len(self._errors) == MAX_PROBLEMS:
            raise self.failure()
        self._errors.append(self._problem(position, path, message, rule, hint, offset=offset))

    def warn(
        self,
        position: int,
        path: Path,
        message: str,
        rule: str,
        hint: str | None = None,
        *,
        offset: int | None = None,
    ) -> None:
        """Report something that `rule` accepts with a warning."""
        if len(self._warnings) < MAX_PROBLEMS:
            self._warnings.append(self._problem(position, path, message, rule, hint, offset=offset))
        else:
            self._untold_warnings += 1

    def _problem(
        self,
        position: int,
        path: Path,
        message: str,
        rule: str,
        hint: str | None,
        *,
        offset: int | None,
    ) -> tuple[int, Problem]:
        at = position if offset is None else self.document.inside(position, offset)
        problem = Problem(
            message,
            self.document.where(at, path),
            hint,
            rule,
            self.document.source_line(at),
        )
        return position, problem

    @property
    def failed(self) -> bool:
        return bool(self._errors)

    def failure(self) -> PolicySyntaxError:
        """The error that carries all that was reported, in the order of the text."""
        problems = _in_order(self._errors)
        if len(problems) == MAX_PROBLEMS:
            problems.append(self._note(f"reading stopped after {MAX_PROBLEMS} errors"))
        return PolicySyntaxError(tuple(problems))

    def warnings(self) -> tuple[Problem, ...]:
        problems = _in_order(self._warnings)
        if self._untold_warnings:
            problems.append(self._note(f"{self._untold_warnings} more warnings are not shown"))
        return tuple(problems)

    def _note(self, message: str) -> Problem:
        return Problem(message, Where(file=self.document.file))


def _in_order(found: list[tuple[int, Problem]]) -> list[Problem]:
    return [problem for _, problem in sorted(found, key=lambda entry: entry[0])]


def closest(found: str, known: Iterable[str]) -> str | None:
    """The known word that `found` is most likely a misspelling of, if it is close to one."""
    by_lower = {word.lower(): word for word in known}
    # A text much longer than every known word is no misspelling of one (and difflib is quadratic).
    near = difflib.get_close_matches(found.lower()[:64], by_lower, n=1, cutoff=0.7)
    return by_lower[near[0]] if near else None


def did_you_mean(found: str, known: Iterable[str]) -> str | None:
    """The hint that names the closest known word."""
    word = closest(found, known)
    return f'did you mean "{word}"?' if word else None
