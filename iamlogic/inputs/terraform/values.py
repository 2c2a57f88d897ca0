"""What an expression of Terraform comes to, as far as it is known before the deployment.

Each value knows where it was written. A text keeps its chunks, so that the JSON in it keeps its
lines. `Open` is a value of which nothing is known, a list included; `Either` hangs on a condition
that nobody knows; `Nothing` takes away the item that it stands for. `Encoded` is the JSON text of a
value, kept as the value.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from json import dumps

from iamlogic.inputs.terraform.hcl import Chunk
from iamlogic.inputs.unresolved.choices import absent, choice
from iamlogic.inputs.unresolved.embedded import Origin
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)


@dataclass(frozen=True)
class Text:
    """A text, which may have placeholders in it."""

    chunks: tuple[Chunk, ...]
    position: int

    @cached_property
    def value(self) -> str:
        return "".join(chunk.text for chunk in self.chunks)

    @property
    def is_open(self) -> bool:
        """Whether a placeholder stands in it."""
        return any(chunk.is_open for chunk in self.chunks)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(chunk.text) for chunk in self.chunks), initial=0))

    def origin(self, offset: int) -> int:
        """Where the character at `offset` is written."""
        if not self.chunks:
            return self.position
        number = min(bisect_right(self._starts, offset) - 1, len(self.chunks) - 1)
        chunk = self.chunks[number]
        return chunk.position if chunk.fixed else chunk.position + offset - self._starts[number]


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as its text."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    position: int


@dataclass(frozen=True, slots=True)
class Null:
    """`null`."""

    position: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, a set or a tuple. An `Open` item may stand for several, or for none.

    One that is not `exact` may have fewer items than are listed: some may be equal, or empty.
    """

    items: tuple[Value, ...]
    position: int
    exact: bool = True
    is_set: bool = False

    @property
    def is_counted(self) -> bool:
        """Whether it is known how many items there are."""
        return self.exact and not any(
            isinstance(each, Open | Either | Nothing) for each in self.items
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One `name = value` of an object."""

    name: str
    position: int
    value: Value


@dataclass(frozen=True, slots=True)
class Table:
    """An object or a map. One that is not `exact` may have members that are not listed."""

    entries: tuple[Entry, ...]
    position: int
    exact: bool = True

    def get(self, name: str) -> Value | None:
        """The member of that name."""
        return next((each.value for each in self.entries if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Encoded:
    """The JSON text of a value."""

    root: Value
    position: int


@dataclass(frozen=True, slots=True)
class Either:
    """One of two values; `condition` is the text of a placeholder for a condition."""

    condition: str
    if_true: Value
    if_false: Value
    position: int


@dataclass(frozen=True, slots=True)
class Open:
    """Anything: `text` is the text of its placeholder. `missing` says that it is an error."""

    text: str
    position: int
    reason: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Nothing:
    """What is not there."""

    position: int


Value = Text | Number | Truth | Null | Sequence | Table | Encoded | Either | Open | Nothing


def text_of(text: str, position: int) -> Text:
    """A text that is written nowhere letter by letter."""
    return Text((Chunk(text, position, fixed=True),) if text else (), position)


def as_text(value: Value) -> Text | None:
    """A value as text, as a template makes it one; None if it is none, or one of two."""
    match value:
        case Text():
            return value
        case Number(text, position):
            return text_of(text, position)
        case Truth(truth, position):
            return text_of("true" if truth else "false", position)
        case Open(text, position):
            return Text((Chunk(text, position, fixed=True, is_open=True),), position)
        case Encoded(root, position):
            return Text(tuple(_json(root)), position)
    return None


def is_open(value: Value) -> bool:
    """Whether anything is left open in a value."""
    match value:
        case Text():
            return value.is_open
        case Open() | Either() | Nothing():
            return True
        case Sequence(items, _, exact):
            return not exact or any(map(is_open, items))
        case Table(entries, _, exact):
            return not exact or any(is_open(each.value) for each in entries)
        case Encoded(root, _):
            return is_open(root)
    return False


def _json(value: Value) -> Iterator[Chunk]:
    """The JSON text of a value, in chunks that keep their places and what is open in them."""

    def fixed(text: str) -> Chunk:
        return Chunk(text, value.position, fixed=True)

    match value:
        case Text() | Open() | Encoded():
            text = as_text(value)
            assert text is not None
            yield fixed('"')
            for chunk in text.chunks:
                shown = chunk.text if chunk.is_open else dumps(chunk.text)[1:-1]
                is_fixed = chunk.fixed or shown != chunk.text
                yield Chunk(shown, chunk.position, is_fixed, chunk.is_open)
            yield fixed('"')
        case Number(text):
            yield fixed(text)
        case Truth(truth):
            yield fixed("true" if truth else "false")
        case Null():
            yield fixed("null")
        case Sequence(items, _):
            yield fixed("[")
            for number, item in enumerate(items):
                yield from ([fixed(",")] if number else [])
                yield from _json(item)
            yield fixed("]")
        case Table(entries, _):
            yield fixed("{")
            for number, entry in enumerate(entries):
                comma = "," if number else ""
                yield Chunk(f"{comma}{dumps(entry.name)}:", entry.position, fixed=True)
                yield from _json(entry.value)
            yield fixed("}")
        case Either(condition, if_true, if_false, position):
            # The form of `choices`, which whoever reads the text as JSON gives to `place_policy`.
            yield fixed('{"Fn::If":["')
            yield Chunk(condition, position, fixed=True, is_open=True)
            yield fixed('",')
            yield from _json(if_true)
            yield fixed(",")
            yield from _json(if_false)
            yield fixed("]}")
        case Nothing():
            yield fixed('{"Ref":"AWS::NoValue"}')


def to_tree(value: Value) -> JsonValue:
    """The value as `jsonencode` writes it, with what is left open as `choices` describes."""
    match value:
        case Text():
            return JsonString(value.value, value.position)
        case Number(text, position):
            return JsonNumber(text, position)
        case Truth(truth, position):
            return JsonBool(truth, position)
        case Null(position):
            return JsonNull(position)
        case Sequence(items, position):
            return JsonList(tuple(map(to_tree, items)), position)
        case Table(entries, position):
            members = (Member(each.name, each.position, to_tree(each.value)) for each in entries)
            return JsonObject(tuple(members), position)
        case Encoded(root, position):
            return JsonString("".join(chunk.text for chunk in _json(root)), position)
        case Either(condition, if_true, if_false, position):
            return choice(condition, to_tree(if_true), to_tree(if_false), position)
        case Open(text, position):
            return JsonString(text, position)
        case Nothing(position):
            return absent(position)


def plain(value: Value) -> object:
    """What a value says, for a name: with no places, and what is open by its text."""
    match value:
        case Text():
            return value.value
        case Open(text, _) | Number(text, _):
            return text
        case Truth(truth, _):
            return truth
        case Sequence(items, _):
            return [plain(each) for each in items]
        case Table(entries, _):
            return {each.name: plain(each.value) for each in entries}
        case Encoded(root, _):
            return plain(root)
        case Either(condition, if_true, if_false, _):
            return [condition, plain(if_true), plain(if_false)]
    return None


def json_in(text: Text) -> tuple[str, Origin]:
    """A text to be read as JSON: a placeholder that stands for a whole value gets its quotes."""
    chunks: list[Chunk] = []
    inside = False
    for chunk in text.chunks:
        if chunk.is_open:
            shown = chunk.text if inside else dumps(chunk.text, ensure_ascii=False)
            chunks.append(Chunk(shown, chunk.position, fixed=True))
            continue
        chunks.append(chunk)
        inside = _ends_inside(chunk.text, inside=inside)
    whole = Text(tuple(chunks), text.position)
    return whole.value, whole.origin


def _ends_inside(text: str, *, inside: bool) -> bool:
    """Whether a string is open at the end of this part of a JSON text."""
    escaped = False
    for letter in text:
        if escaped:
            escaped = False
        elif inside and letter == "\\":
            escaped = True
        elif letter == '"':
            inside = not inside
    return inside


def weight(value: Value, bound: int) -> int:
    """How many values and letters a value holds, as far as `bound`: values can share their parts.

    A few lines can make a value of exponential size, of which every list has the one before twice.
    """
    total = 0
    pending = [value]
    while pending and total <= bound:
        each = pending.pop()
        total += 1
        match each:
            case Text(chunks, _):
                total += sum(len(chunk.text) for chunk in chunks)
            case Sequence(items, _):
                pending += items
            case Table(entries, _):
                pending += (entry.value for entry in entries)
            case Encoded(root, _):
                # A text in a text in a text doubles its escapes each time.
                total += 2 * weight(root, bound)
            case Either(_, if_true, if_false, _):
                pending += (if_true, if_false)
    return total
