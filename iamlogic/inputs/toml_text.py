"""TOML with places: the standard library reads the values, and a pass over the tokens their places.

`tomllib` tells where a text is no TOML, and nothing of where a value stands. The pass below knows
of the language only what divides it: comments, texts, brackets, dots, equals signs and commas. It
makes no values and judges nothing; were it wrong, a message would point to the wrong line, and the
tests hold its paths against tomllib's. It also finds what stands too deep before tomllib meets it,
which would run out of stack on brackets, and out of time on a key of many parts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from iamlogic.errors import Path

MAX_DEPTH = 16
"""Steps from the root of a file to a value. Settings need six."""

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t\r]++ | \#[^\n]*+ )
  | (?P<newline> \n )
  | (?P<text>
        \"{3} (?: [^"\\] | \\. | "(?!"") )*+ "{3,5}
      | '{3} (?: [^'] | '(?!'') )*+ '{3,5}
      | " (?: [^"\\\n] | \\[^\n] )*+ "
      | ' [^'\n]*+ '
    )
  | (?P<bare> [A-Za-z0-9_-]++ )
  | (?P<mark> [][{}=.,] )
  | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class NotToml(Exception):
    """A text that is no TOML: why, and at which character."""

    def __init__(self, message: str, position: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message, self.position, self.hint = message, position, hint


def read_toml(text: str) -> tuple[dict[str, object], dict[Path, int]]:
    """The value of `text`, whose lines end in a bare newline, and where each part of it stands.

    The place of a member is that of its key, at its first occurrence; of a list's item, its own.
    """
    places = _Walk().places(text)
    try:
        return tomllib.loads(text), places
    except ValueError as error:  # TOMLDecodeError, or an integer of very many digits
        raise _not_toml(str(error), text) from None


def _not_toml(message: str, text: str) -> NotToml:
    at = _AT.search(message)
    position = len(text)
    if at is None:  # an error of Python's own: it reads no integer of thousands of digits
        return NotToml("a number has too many digits", 0)
    if at[1]:
        before = text.split("\n", int(at[1]) - 1)
        position = len(text) - len(before[-1]) + int(at[2]) - 1
    hint = None
    if message.startswith("Expected '='") and text.startswith(":", position):
        hint = 'a key with a colon stands in quotes: "condition.aws:SourceIp"'
    reason = message[: at.start()]
    return NotToml(reason[0].lower() + reason[1:], position, hint)


class _Walk:
    """One pass over the tokens of a text, which is in a key, in a header or in a value."""

    def __init__(self) -> None:
        self._places: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}  # lists of tables: how many there are so far
        self._table: Path = ()  # the table that the last header opened
        self._key: list[tuple[str, int]] = []
        # Lists (with the number of the item that is read) and inline tables that are open.
        self._open: list[tuple[Path, int | None]] = []
        self._target: Path | None = None  # what the value that is read next belongs to
        self._in_header = False

    def places(self, text: str) -> dict[Path, int]:
        """The places, as far as the text is TOML."""
        for kind, token, position in _tokens(text):
            if kind == "newline":
                self._newline()
            elif self._in_header:
                self._header(kind, token, position, text)
            elif self._target is not None and kind != "mark":
                self._places.setdefault(self._target, position)
            elif kind in {"bare", "text"}:
                self._part(token, position)
            elif kind == "mark":
                self._mark(token, position)
        return self._places

    def _newline(self) -> None:
        self._in_header = False
        if not self._open:  # in a list, a value goes on after the end of a line
            self._target, self._key = None, []

    def _part(self, token: str, position: int) -> None:
        self._key.append((_name(token), position))
        _check_depth(len(self._key), position)

    def _header(self, kind: str, token: str, position: int, text: str) -> None:
        if kind in {"bare", "text"}:
            self._part(token, position)
        elif kind == "mark" and text.startswith("]", position) and self._key:
            of_list = text.startswith("]]", position)
            path = self._named((), opens=True)
            if of_list:
                number = self._tables.get(path, 0)
                self._tables[path] = number + 1
                self._places[(*path, number)] = self._key[0][1]
                path = (*path, number)
            elif path in self._tables:
                path = (*path, self._tables[path] - 1)
            self._table, self._key = path, []

    def _named(self, base: Path, *, opens: bool = False) -> Path:
        """The path of the key that was read, each part of which now has its place.

        In a header, a part that names a list of tables goes on in the last of them.
        """
        path = base
        for number, (name, position) in enumerate(self._key, 1):
            path = (*path, name)
            _check_depth(len(path), position)
            self._places.setdefault(path, position)
            if opens and path in self._tables and number < len(self._key):
                path = (*path, self._tables[path] - 1)
        return path

    def _mark(self, mark: str, position: int) -> None:
        match mark:
            case "[" if self._target is None and not self._open:
                self._in_header, self._key = True, []
            case "=" if self._target is None:
                base = self._open[-1][0] if self._open else self._table
                self._target, self._key = self._named(base), []
            case "[" | "{" if self._target is not None:
                self._places.setdefault(self._target, position)
                _check_depth(len(self._target) + 1, position)
                self._item(self._target, 0 if mark == "[" else None)
            case "]" | "}" if self._open:
                self._target, self._key = self._open.pop()[0], []
            case "," if self._open:
                path, number = self._open.pop()
                self._item(path, None if number is None else number + 1)

    def _item(self, path: Path, number: int | None) -> None:
        """Go on in what is open under `path`: with this item of a list, or a key of a table."""
        self._open.append((path, number))
        self._target = None if number is None else (*path, number)


def _check_depth(steps: int, position: int) -> None:
    if steps > MAX_DEPTH:
        raise NotToml(f"this stands more than {MAX_DEPTH} steps deep", position)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        assert kind is not None
        if kind != "blank":
            yield kind, match[0], match.start()


def _name(token: str) -> str:
    """What a part of a key is called."""
    if token[0] not in "\"'":
        return token
    if "\\" not in token or token[0] == "'":
        return token[1:-1]
    try:
        return str(tomllib.loads(f"name = {token}")["name"])
    except ValueError:
        return token[1:-1]
