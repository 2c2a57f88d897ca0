"""Files and folders: a JSON file as large as exports are → decoded JSON that has lost nothing.

Files of a whole account are too large to keep the position of every value, so Python's own decoder
reads them, with what it would lose put back: an object with a repeated name stays recognizable
(R-P11), a number keeps its text (R-P14), and NaN is an error.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Self, TypeGuard

from iamlogic.errors import AccountError, PolicyReadError, Problem, Where
from iamlogic.syntax.problems import Document

MAX_FILE = 1 << 30
"""Bytes of a file that are read. An account has a few thousand policies of a few kilobytes each;
what is larger by far is not what it was taken for, and would fill the memory."""

_CHUNK = 1 << 20


class RepeatedNames(Mapping[str, object]):
    """An object of a JSON text that has the same name twice, which every reader refuses (R-P11).

    Its names are all that were written, the repeated one too; the value of that is the last.
    """

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        self._names = [name for name, _ in pairs]
        self._values = dict(pairs)

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def repeated(self) -> str:
        """The first name that occurs more than once."""
        return next(name for name, times in Counter(self._names).items() if times > 1)


class WrittenNumber(Decimal):
    """A number that is still the text it was written as: `1.00`, `1e2`, `-0`."""

    written: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.written = text
        return number

    def __str__(self) -> str:
        return self.written


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """What the file at `path` holds, up to the bound."""
    name = os.fspath(path)
    chunks = []
    size = 0
    with _readable(name), Path(name).open("rb") as stream:
        while chunk := stream.read(_CHUNK):  # a device may have no end
            size += len(chunk)
            if size > MAX_FILE:
                message = f"the file has more than the {MAX_FILE:,} bytes that are read"
                raise AccountError((Problem(message, Where(file=name)),))
            chunks.append(chunk)
    return b"".join(chunks)


def is_folder(path: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether `path` is the path of a folder."""
    if not isinstance(path, str | os.PathLike):
        return False
    with _readable(os.fspath(path)):
        return Path(path).is_dir()


def entries_of(folder: str | os.PathLike[str]) -> list[Path]:
    """All that stands in the folder, by name."""
    with _readable(os.fspath(folder)):
        return sorted(Path(folder).iterdir(), key=lambda entry: entry.name)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Whatever the system refuses is a `PolicyReadError`."""
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PolicyReadError(name, (reason or str(error)).lower()) from error


def read_json_file(path: str | os.PathLike[str]) -> object:
    """The value that the file at `path` holds.

    Raises `PolicyReadError` for a file that cannot be read, `AccountError` for one that is no JSON.
    """
    name = os.fspath(path)
    text = _decode(read_bytes(name), name)
    try:
        return _loads(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        hint = "export it with the AWS CLI and --output json"
        raise _at(Document(text, name), error.pos, message, hint) from None
    except RecursionError:
        message = "objects and lists stand too deep in each other to be read"
        raise AccountError((Problem(message, Where(file=name)),)) from None
    except (_NotANumber, InvalidOperation) as error:
        found = error if isinstance(error, _NotANumber) else "a number beyond all bounds"
        raise AccountError((Problem(f"found {found}", Where(file=name)),)) from None


def decoded(text: str) -> object | None:
    """The value of a JSON text, None if it is none. No member is lost and no number changed."""
    try:
        return _loads(text)
    except (ValueError, RecursionError, _NotANumber, InvalidOperation):
        return None


def _loads(text: str) -> object:
    return json.loads(
        text,
        object_pairs_hook=_object,
        parse_float=WrittenNumber,
        parse_int=WrittenNumber,
        parse_constant=_refuse,
    )


class _NotANumber(Exception):
    pass


def _refuse(constant: str) -> object:
    raise _NotANumber(f"{constant}, but JSON has no such number")


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else RepeatedNames(pairs)


def _decode(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save the file as UTF-8"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            hint = "the file is UTF-16, which PowerShell's > writes: " + hint
        readable = content[: error.start].decode("utf-8-sig")
        text = readable + content[error.start : error.end].decode("utf-8", "replace")
        message = f"byte 0x{content[error.start]:02x} is no UTF-8, the encoding of JSON"
        raise _at(Document(text, name), len(readable), message, hint) from None


def _at(document: Document, position: int, message: str, hint: str) -> AccountError:
    where = document.where(position, ())
    return AccountError((Problem(message, where, hint, None, document.source_line(position)),))
