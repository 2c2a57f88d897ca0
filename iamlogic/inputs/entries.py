"""Settings with their places: a value of a TOML or JSON file, and the path to it.

An `Entry` reports what is not as expected and gives what can be read, so that one run tells all
that is wrong with a file, each with line and column. What users write has no members that are not
known: each is an error, with the likely fix.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path as FilePath

from iamlogic.errors import Path, PolicyReadError, Problem, SettingsError, Where
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.problems import MAX_PROBLEMS, Document, did_you_mean


class Source:
    """A file that is read, and all that is wrong with it.

    `places` gives the position of each part by its path; it is asked once a place is wanted.
    """

    def __init__(
        self, text: str, file: str | None, places: Callable[[], Mapping[Path, int]], table: str
    ) -> None:
        self.file, self.table = file, table  # the word for an object: TOML says "table"
        self._document = Document(text, file)
        self._find = places
        self._places: Mapping[Path, int] | None = None
        self._problems: list[tuple[int, Problem]] = []

    def where(self, path: Path) -> Where:
        """The place of a part of the file, or of the nearest that it stands in."""
        position = self._position(path)
        if position is None:
            return Where(path, file=self.file)
        return self._document.where(position, path)

    def problem(
        self, path: Path, message: str, hint: str | None = None, rule: str | None = None
    ) -> None:
        """Raises `SettingsError` when there are too many to read."""
        position = self._position(path)
        line = None if position is None else self._document.source_line(position)
        self.add(position or 0, Problem(message, self.where(path), hint, rule, line))

    def add(self, position: int, problem: Problem) -> None:
        """What is wrong at a position that no path leads to. Raises as `problem` does."""
        self._problems.append((position, problem))
        if len(self._problems) == MAX_PROBLEMS:
            note = Problem(f"reading stopped after {MAX_PROBLEMS} errors", Where(file=self.file))
            raise SettingsError((*self._in_order(), note))

    def check(self) -> None:
        """Raise what was found, in the order of the text."""
        if self._problems:
            raise SettingsError(self._in_order())

    def _in_order(self) -> tuple[Problem, ...]:
        return tuple(problem for _, problem in sorted(self._problems, key=lambda each: each[0]))

    def _position(self, path: Path) -> int | None:
        if self._places is None:
            self._places = self._find()
        for length in range(len(path), -1, -1):
            if (position := self._places.get(path[:length])) is not None:
                return position
        return None


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a file, and its place there."""

    value: object
    path: Path
    source: Source = field(compare=False)

    @property
    def where(self) -> Where:
        return self.source.where(self.path)

    def problem(self, message: str, hint: str | None = None) -> None:
        """Report what is wrong here."""
        self.source.problem(self.path, message, hint)

    def unexpected(self, expected: str, hint: str | None = None) -> None:
        """Report that something else stands here."""
        self.problem(f"found {_describe(self.value, self.source)}, expected {expected}", hint)

    def members(self, known: tuple[str, ...]) -> dict[str, Entry]:
        """The members of this table that are known; that there are others is reported."""
        found = self.table()
        for name, entry in found.items():
            if name not in known:
                hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
                entry.problem(f"there is no {quote(name)} here", hint)
        return {name: entry for name, entry in found.items() if name in known}

    def table(self) -> dict[str, Entry]:
        """The members of this table, whatever their names."""
        if isinstance(self.value, Mapping):
            return {name: self.at(name, value) for name, value in self.value.items()}
        self.unexpected(f"a {self.source.table}")
        return {}

    def at(self, step: str | int, value: object) -> Entry:
        """`value`, which stands under `step` of this one."""
        return Entry(value, (*self.path, step), self.source)

    def items(self, expected: str = "a list") -> Iterator[Entry]:
        """The items of this list."""
        if isinstance(self.value, list):
            yield from (self.at(number, item) for number, item in enumerate(self.value))
        else:
            self.unexpected(expected)

    def text(self, expected: str = "a text") -> str | None:
        """This text; None once something else is reported."""
        if isinstance(self.value, str):
            return self.value
        self.unexpected(expected)
        return None

    def texts(self, expected: str = "a list of texts") -> tuple[str, ...]:
        """The texts of this list; one text is the list of it."""
        if isinstance(self.value, str):
            return (self.value,)
        read = [entry.text() for entry in self.items(expected)]
        return tuple(text for text in read if text is not None)


def _describe(value: object, source: Source) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {quote(value)}"
        case int() | float():
            return "a number"
        case Mapping():
            return f"a {source.table}"
        case list():
            return "a list"
        case datetime() | date() | time():
            return "a date or time without quotes"
    return f"a {type(value).__name__}"


def read_text(path: str | os.PathLike[str], limit: int) -> str:
    """The text of a file of at most `limit` bytes, lines ending in a bare newline.

    Raises `PolicyReadError` if it cannot be read, `SettingsError` if it is too large or no UTF-8.
    """
    name = os.fspath(path)
    try:
        with FilePath(name).open("rb") as stream:
            content = stream.read(limit + 1)  # a device may have no end
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PolicyReadError(name, (reason or str(error)).lower()) from error
    if len(content) > limit:
        raise failure(f"the file has more than the {limit:,} bytes that are read", "", 0, name)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        readable = error.object[: error.start].decode("utf-8")
        message = f"byte 0x{error.object[error.start]:02x} is no UTF-8"
        hint = "save the file as UTF-8"
        raise failure(message, readable + "�", len(readable), name, hint) from None


def failure(
    message: str, text: str, position: int, file: str | None, hint: str | None = None
) -> SettingsError:
    """The error that a file of which nothing more is read ends with."""
    document = Document(text, file)
    where = document.where(position, ())
    return SettingsError((Problem(message, where, hint, None, document.source_line(position)),))
