"""The baseline's file: JSON in the form `iamlogic/baseline/1`, one entry for each finding.

Entries are sorted by id, and each member has its line, so that two branches that accept different
findings merge, and a reviewer sees what was accepted, why and until when. The same baseline is
always the same bytes. The file is replaced as a whole, or not at all.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

from iamlogic.errors import Path as Place
from iamlogic.errors import PolicySyntaxError, Problem, SettingsError, Where
from iamlogic.inputs.entries import Entry, Source, failure, read_text
from iamlogic.inputs.json_files import RepeatedNames
from iamlogic.inputs.writing import write_file
from iamlogic.questions.external.baseline import Acceptance, Baseline
from iamlogic.syntax.documents import read_document
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonValue, quote

SCHEMA = "iamlogic/baseline/1"

MAX_BASELINE = 1 << 26
"""Bytes of a baseline that are read: a hundred thousand accepted findings are less."""

MAX_PLACED = 1 << 20
"""Characters of a baseline in which a mistake has its line: the reader that knows them takes some
seconds for as many. In a larger one a mistake has its path alone."""

_MEMBERS = (
    "id",
    "principal",
    "actions",
    "resources",
    "conditions",
    "file",
    "reason",
    "accepted",
    "expires",
)
_NEEDED = ("id", "file", "accepted", "expires")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)


def load_baseline(path: str | os.PathLike[str], *, missing_ok: bool = False) -> Baseline:
    """The baseline in the file at `path`; with `missing_ok`, an empty one where there is no file.

    Raises `SettingsError` with all that is wrong, and `PolicyReadError` for a file that cannot be
    read.
    """
    folder = _folder(path)
    if missing_ok and not Path(path).exists():
        return Baseline(folder=folder)
    return parse_baseline(read_text(path, MAX_BASELINE), file=os.fspath(path), folder=folder)


def save_baseline(path: str | os.PathLike[str], baseline: Baseline) -> None:
    """Write the baseline to the file at `path`, in one step.

    Raises `SettingsError` if it cannot be written; what was there is unharmed then.
    """
    try:
        write_file(path, format_baseline(baseline).encode("utf-8"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _folder(path: str | os.PathLike[str]) -> str:
    return str(Path(path).parent)


def _unwritable(path: str | os.PathLike[str], error: OSError) -> SettingsError:
    reason = (error.strerror or str(error)).lower()
    return SettingsError(
        (Problem(f"cannot be written: {reason}", Where(("baseline",), file=os.fspath(path))),)
    )


def format_baseline(baseline: Baseline) -> str:
    """The text of a baseline's file."""
    entries = ",\n".join(map(_entry, baseline.acceptances))
    findings = f"[\n{entries}\n  ]" if entries else "[]"
    return f'{{\n  "schema": {_json(SCHEMA)},\n  "findings": {findings}\n}}\n'


def _entry(each: Acceptance) -> str:
    values = (
        each.id,
        each.principal,
        list(each.actions),
        list(each.resources),
        list(each.conditions),
        each.file,
        each.reason,
        each.accepted.isoformat(),
        None if each.expires is None else each.expires.isoformat(),
    )
    lines = (
        f"      {_json(name)}: {_json(value)}" for name, value in zip(_MEMBERS, values, strict=True)
    )
    return "    {\n" + ",\n".join(lines) + "\n    }"


def _json(value: object) -> str:
    """JSON on one line, readable in any language, in which nothing hides from a reviewer."""
    text = json.dumps(value, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def parse_baseline(text: str, *, file: str | None = None, folder: str = "") -> Baseline:
    """The baseline that a JSON text writes down. Raises `SettingsError`."""
    value = _decoded(text, file)
    source = Source(text, file, lambda: _places(text), "JSON object")
    members = _members(Entry(value, (), source), ("schema", "findings"), ("schema", "findings"))
    acceptances = _acceptances(members) if members else ()
    source.check()
    return Baseline(acceptances, folder)


def _acceptances(members: Mapping[str, Entry]) -> tuple[Acceptance, ...]:
    schema = members["schema"]
    if schema.value != SCHEMA:
        schema.unexpected(f"the text {quote(SCHEMA)}", "another version of iamlogic wrote this")
        return ()
    found: dict[tuple[str, str | None], Acceptance] = {}
    for entry in members["findings"].items():
        read = _acceptance(entry)
        if read is None:
            continue
        if read.key in found:
            message = f"the finding {quote(read.id)} is accepted twice for this file"
            entry.problem(message, "after a merge: keep the one that is meant")
        found[read.key] = read
    return tuple(found.values())


def _acceptance(entry: Entry) -> Acceptance | None:
    members = _members(entry, _MEMBERS, _NEEDED)
    if not members:
        return None
    id_ = members["id"].text()
    accepted = _date(members["accepted"])
    expires = None if members["expires"].value is None else _date(members["expires"])
    file, reason, principal = (_optional(members.get(n)) for n in ("file", "reason", "principal"))
    actions, resources, conditions = (
        members[name].texts() if name in members else ()
        for name in ("actions", "resources", "conditions")
    )
    if id_ == "":
        members["id"].problem("the id is empty")
    if id_ is None or accepted is None:
        return None
    if expires is not None and expires < accepted:
        members["expires"].problem(f"it expires before it was accepted, on {accepted}")
    return Acceptance(
        id_,
        file,
        accepted,
        expires,
        reason,
        principal,
        actions,
        resources,
        conditions,
        Where(entry.path, file=entry.source.file),
    )


def _members(
    entry: Entry, known: tuple[str, ...], needed: tuple[str, ...]
) -> dict[str, Entry] | None:
    """The members of an object; None if it is none, or one that is needed is not there."""
    if isinstance(entry.value, RepeatedNames):
        name = quote(entry.value.repeated)
        entry.problem(f"{name} occurs twice in one object", "after a merge: keep one")
        return None
    members = entry.members(known)
    missing = [name for name in needed if name not in members]
    if missing and isinstance(entry.value, Mapping):
        entry.problem(f"there is no {' and no '.join(map(quote, missing))} here")
    return None if missing else members


def _optional(entry: Entry | None) -> str | None:
    return None if entry is None or entry.value is None else entry.text("a text or null")


def _date(entry: Entry) -> date | None:
    text = entry.text("a date as 2026-01-31")
    if text is None:
        return None
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:  # the 31st of February
        pass
    entry.unexpected("a date as 2026-01-31")
    return None


def _decoded(text: str, file: str | None) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            # No number is ever expected; one of very many digits is an error of its own otherwise.
            parse_int=float,
            parse_constant=float,
        )
    except json.JSONDecodeError as error:
        conflict = _CONFLICT.search(text)
        hint = "resolve the merge conflict first" if conflict else None
        position = conflict.start() if conflict else error.pos
        message = f"this is not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        raise failure(message, text, position, file, hint) from None
    except RecursionError:
        message = "objects and lists stand too deep in each other to be read"
        raise failure(message, text, 0, file) from None


def _object(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else RepeatedNames(pairs)


def _places(text: str) -> dict[Place, int]:
    """Where each value stands; only a message asks for it."""
    places: dict[Place, int] = {}
    if len(text) <= MAX_PLACED:
        with suppress(PolicySyntaxError):
            _place(read_document(text, None)[0], (), places)
    return places


def _place(value: JsonValue, path: Place, places: dict[Place, int]) -> None:
    places[path] = value.position
    match value:
        case JsonObject(members, _):
            for member in members:
                _place(member.value, (*path, member.name), places)
        case JsonList(items, _):
            for number, item in enumerate(items):
                _place(item, (*path, number), places)
        case _:
            pass
