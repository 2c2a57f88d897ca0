"""A policy's meaning, kept in a file: written down, read again, and compared by proof.

What is written is the canonical form, which people can read and `iamlogic compare` too: a policy as
one, a stack as one with its policies written out. A template's policy is written as it is for all
values, with what is known of each placeholder: one of another meaning has other values.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import iamlogic as il
from iamlogic.inputs.stack import read_subject
from iamlogic.inputs.writing import write_file
from iamlogic.syntax.documents import read_file
from iamlogic.testing.subjects import Subject

SNAPSHOTS = "__policy_snapshots__"
"""The folder, beside the test, in which snapshots stand: they are nobody's policies."""

_SCHEMA = "iamlogic/policy-snapshot/1"
_LAYERS = ("identity", "resource", "boundary", "session", "scps", "rcps", "vpc_endpoint")
_FLAGS = ("management_account", "service_linked")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A meaning as it is kept.

    `placeholders` has for each open text what is known of it: its name, its kind, its meaning.
    `condition` says when a template's policy is there at all; empty: always.
    """

    subject: il.Policy | il.PolicySet
    placeholders: tuple[tuple[str, str, str, str], ...] = ()
    condition: str = ""

    @staticmethod
    def of(subject: Subject) -> Snapshot:
        """The snapshot of what is asserted of."""
        if not isinstance(subject, il.PlacedPolicy):
            return Snapshot(subject)
        known = {(p.text, p.name, p.kind.value, p.meaning) for p in subject.placeholders}
        return Snapshot(subject.for_any, tuple(sorted(known)), subject.condition)

    @property
    def text(self) -> str:
        """What is written down."""
        document = _document(self.subject)
        if self.placeholders or self.condition:
            names = ("text", "name", "kind", "meaning")
            listed = [dict(zip(names, each, strict=True)) for each in self.placeholders]
            document = {
                "schema": _SCHEMA,
                "policy": document,
                "placeholders": listed,
                "condition": self.condition,
            }
        return json.dumps(document, indent=2, ensure_ascii=True) + "\n"

    def write(self, path: Path) -> None:
        """Put it into a file, and make its folders."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, self.text.encode())


def read_snapshot(path: Path) -> Snapshot | None:
    """What was kept there, if anything was.

    Raises `IamlogicError` for what is no snapshot.
    """
    if not path.exists():
        return None
    content = read_file(path)
    try:
        decoded = json.loads(content)
    except ValueError:
        decoded = None  # the parser of policies says it better
    if not isinstance(decoded, dict) or decoded.get("schema") != _SCHEMA:
        return Snapshot(read_subject(content, str(path)))
    try:
        listed = tuple(
            (str(each["text"]), str(each["name"]), str(each["kind"]), str(each["meaning"]))
            for each in decoded["placeholders"]
        )
        condition = str(decoded["condition"])
        return Snapshot(il.parse(decoded["policy"], file=str(path)), listed, condition)
    except (KeyError, TypeError):
        raise il.PolicyReadError(str(path), "it is no snapshot of a policy") from None


def otherwise(then: Snapshot, now: Snapshot) -> str | None:
    """What makes the two another thing altogether, so that there is nothing to compare.

    Open texts that look alike must stand for the same, and so they do not in two versions of the
    language: a value may hold policy variables, which one of the two does not know.
    """
    if (before := _what(then.subject)) and (after := _what(now.subject)) and before != after:
        return f"it was {before}, now it is {after}"
    if then.condition != now.condition:
        if _when(then) == _when(now):
            return f"it is there {_when(now)}, which is defined in another way now"
        return f"it was there {_when(then)}, now it is there {_when(now)}"
    known = {each[0]: each for each in then.placeholders}
    for each in now.placeholders:
        if known.get(each[0], each) != each:
            return f"{each[1]} stands for something else in its template"
    if then.placeholders and now.placeholders and _version(then) != _version(now):
        return f"its Version was {_version(then)}, now it is {_version(now)}"
    return None


def _what(subject: il.Policy | il.PolicySet) -> str | None:
    """What it is; a policy without statements can be of either kind (R-E20)."""
    if isinstance(subject, il.PolicySet):
        return "a stack"
    if not subject.statements:
        return None
    return "an identity policy" if subject.kind is il.PolicyKind.IDENTITY else "a resource policy"


def _when(snapshot: Snapshot) -> str:
    """When it is there, in words; what tells a definition from others stays away."""
    name = re.sub(r" [0-9a-f]{16}$", "", snapshot.condition)
    return f"under the condition {name}" if name else "always"


def _version(snapshot: Snapshot) -> str:
    version = snapshot.subject.version if isinstance(snapshot.subject, il.Policy) else None
    return "2008-10-17" if version is None else version.value  # R-P2


def _document(subject: il.Policy | il.PolicySet) -> dict[str, object]:
    if isinstance(subject, il.Policy):
        decoded: dict[str, object] = json.loads(il.format(subject))
        return decoded
    layers = {name: _written(getattr(subject, name)) for name in _LAYERS}
    flags = {name: getattr(subject, name) for name in _FLAGS}
    users = dict(subject.canonical_users)
    members = {**layers, **flags, "canonical_users": users}
    return {name: value for name, value in members.items() if value} or {"identity": []}


def _written(layer: object) -> object:
    if isinstance(layer, il.Policy):
        return _document(layer)
    return [_written(each) for each in layer] if isinstance(layer, tuple) else layer
