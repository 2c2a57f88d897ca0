"""`parse` and `load`: from a text, a file or decoded JSON to a Policy."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from iamlogic.errors import PolicyReadError
from iamlogic.syntax.json_decoded import NotDecodedJson, read_decoded_json
from iamlogic.syntax.json_tree import MAX_TEXT, JsonValue
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.problems import Document, Problems
from iamlogic.syntax.reader import read_policy


def parse(text: str | bytes | Mapping[str, object], *, file: str | None = None) -> Policy:
    """The policy that `text` writes down: JSON text, its UTF-8 bytes, or decoded JSON.

    From text, every node knows its line and column (from 1). From decoded JSON (what `json.loads`
    gives) it knows its path, and numbers mean the text that `json.dumps` writes for them; a
    `Decimal` means its own text. Both are read by the same rules. `file` is the name that errors
    and positions give.

    Raises `PolicySyntaxError` with all that is wrong. What a rule accepts with a warning is in
    `Policy.warnings`.
    """
    return read_policy(*read_document(text, file))


def load(path: str | os.PathLike[str]) -> Policy:
    """The policy in the file at `path`, JSON in UTF-8.

    Raises `PolicySyntaxError`, naming the file, and `PolicyReadError` for a file that cannot be
    read.
    """
    return parse(read_file(path), file=os.fspath(path))


def read_file(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a file, one more than are read at the most; else `PolicyReadError`."""
    name = os.fspath(path)
    try:
        with Path(name).open("rb") as stream:
            return stream.read(MAX_TEXT + 1)  # a device may have no end
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PolicyReadError(name, (reason or str(error)).lower()) from error


def read_document(
    given: str | bytes | Mapping[str, object], file: str | None
) -> tuple[JsonValue, Problems]:
    """The JSON tree that is given as text or decoded, and where to report what is wrong with it."""
    if isinstance(given, bytes):
        given = decode_text(given, file)
    if isinstance(given, str):
        problems = Problems(Document(given, file))
        return _read_json(given, problems), problems
    problems = Problems(Document(None, file))
    try:
        return read_decoded_json(given), problems
    except NotDecodedJson as error:
        problems.error(0, error.path, error.message, "R-P1", error.hint)
        raise problems.failure() from None


def _read_json(text: str, problems: Problems) -> JsonValue:
    from iamlogic.syntax.json_text import NotJson, read_json_text  # loads lark

    try:
        return read_json_text(text)
    except NotJson as error:
        mistake = error.mistake
        problems.error(mistake.position, (), mistake.message, "R-P1", mistake.hint)
        raise problems.failure() from None


def decode_text(content: bytes, file: str | None) -> str:
    """The text that a file holds, in UTF-8 and of bounded length. Raises `PolicySyntaxError`."""
    if len(content) > MAX_TEXT:
        problems = Problems(Document("", file))
        problems.error(0, (), f"there are more than the {MAX_TEXT:,} bytes allowed", "R-P1")
        raise problems.failure()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        readable = content[: error.start].decode("utf-8")
        text = readable + content[error.start :].decode("utf-8", "replace")
        problems = Problems(Document(text, file))
        hint = "save the file as UTF-8"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            hint = "the file is UTF-16: " + hint
        message = f"byte 0x{content[error.start]:02x} is no UTF-8, the encoding of JSON"
        problems.error(len(readable), (), message, "R-P1", hint)
        raise problems.failure() from None
