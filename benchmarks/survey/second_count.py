"""The second count: where a text says `Statement`, by a search that knows no formats.

Whatever the format, a policy has the name `Statement` before a colon or an equals sign, or is a
`statement` block of HCL; within a text, its quotes are escaped. Each such place is held against
what was read: a statement must begin between it and the next such place, or a policy that is said
to be unreadable. A policy that is a text in a template stands, all of it, where the text begins;
it answers for one place after it. A place that nothing answers for is left over, and `reason` says
why it is no policy, or is told of in another way; where it has none, somebody must look.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from iamlogic.errors import Where
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.documents import read_document
from iamlogic.syntax.json_tree import JsonObject

_NAMED = re.compile(
    r"""(?<![A-Za-z0-9_$.-])(?:
        Statement(?:\\*["'])?\s*(?::|=(?![=>]))  # JSON, YAML, jsonencode; escaped or not
      | (?:dynamic\s+)?"?statement"?\s*\{        # a block of aws_iam_policy_document
    )""",
    re.VERBOSE,
)

_REASONS = (
    (
        "a schema of policies",
        re.compile(r'[^}\]]{0,200}"(?:\$ref|type|items|allOf|oneOf|description|properties)"\s*:'),
    ),
    ("a rule of a web ACL", re.compile(r"\W{0,60}\"?[A-Z][A-Za-z]+(?:Statement|Set|Rule)\b")),
)

_EFFECT = re.compile(r"""[^;]{0,300}?Effect\\*["']?\s*[:=]\s*\\*["']?(?:Allow|Deny)\b""")
"""What is like this is a statement, whatever else it is like."""

_LONGEST_TEXT = 20_000
_IN_A_TEXT = re.compile(r'(?<!\\)"(\w+)"\s*:\s*"(?:[^"\\]|\\.)*+$')
_FOR_PEOPLE = {"description", "documentation"}

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place in a file where the name stands; `line` is the text of that line."""

    file: str
    point: Point
    start: int
    end: int
    line: str


def occurrences(text: str, file: str) -> list[Occurrence]:
    """All places in a text that look like the statements of a policy."""
    starts = [0, *(each.end() for each in re.finditer("\n", text))]
    found = []
    for match in _NAMED.finditer(text):
        number = bisect_right(starts, match.start())
        start = starts[number - 1]
        line = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
        point = (number, match.start() - start + 1)
        found.append(Occurrence(file, point, match.start(), match.end(), line.strip()[:160]))
    return found


def left_over(places: list[Occurrence], found: Found) -> list[Occurrence]:
    """The places in one file that nothing answers for that was read."""
    if not places:
        return []
    file = places[0].file
    begins = sorted(_points(_statements(found), file))
    whole = sorted(_points(_wholes(found), file))
    left = []
    for place, end in zip(places, [*(each.point for each in places[1:]), None], strict=True):
        at = bisect_left(begins, place.point)
        if at < len(begins) and (end is None or begins[at] < end):
            continue
        before = bisect_right(whole, place.point)
        if before:
            del whole[before - 1]
        else:
            left.append(place)
    return left


def reason(place: Occurrence, text: str, found: Found) -> str:
    """Why a place is left over; empty if there is no reason that is known."""
    if any(each.file == place.file and not each.name for each in found.unread):
        return "the file as a whole is told to be unreadable"
    if place.line.startswith(("#", "//")):
        return "a comment"
    before = text[max(0, place.start - _LONGEST_TEXT) : place.start].rpartition("\n")[2]
    inside = _IN_A_TEXT.search(before)
    if inside and inside[1].lower() in _FOR_PEOPLE:
        return "a text for people"
    if "grep" in place.line:
        return "a program in a text"
    if _EFFECT.match(text, place.end):
        return ""
    return next((name for name, each in _REASONS if each.match(text, place.end)), "")


def in_changes(plan: str, places: list[Occurrence]) -> list[Occurrence]:
    """Of the places in a plan those in its changes, both sides; the rest says them again."""
    root, _ = read_document(plan, None)
    members = root.members if isinstance(root, JsonObject) else ()
    starts = [each.position for each in members] + [len(plan)]
    spans = [
        (start, end)
        for member, start, end in zip(members, starts, starts[1:], strict=False)
        if member.name == "resource_changes"
    ]
    return [each for each in places if any(start <= each.start < end for start, end in spans)]


def _statements(found: Found) -> Iterable[Where]:
    """Where statements begin that are not all at the place of their policy."""
    for placed in found.policies:
        places = {each.where for each in placed.policy.statements}
        if not _stands_as_a_text(placed.where, places):
            yield from places


def _wholes(found: Found) -> Iterable[Where]:
    """Where policies stand of which no statement has a place of its own."""
    for placed in found.policies:
        if _stands_as_a_text(placed.where, {each.where for each in placed.policy.statements}):
            yield placed.where
    for unread in found.unread:
        yield unread.where


def _stands_as_a_text(where: Where, places: Iterable[Where]) -> bool:
    return {(each.line, each.column) for each in places} <= {(where.line, where.column)}


def _points(places: Iterable[Where], file: str) -> set[Point]:
    return {
        (each.line, each.column or 1)
        for each in places
        if each.line is not None and each.file in {None, file}
    }
