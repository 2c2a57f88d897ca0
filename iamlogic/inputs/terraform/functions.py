"""Terraform's functions, of values that may be open in part.

A function gives None where it cannot say what comes out: the call is a placeholder then. Those that
only move values about (`concat`, `merge`, `flatten`) take open ones along; those that look into a
text need to know all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Sequence as Arguments
from dataclasses import replace

from iamlogic.inputs.terraform.hcl import Chunk
from iamlogic.inputs.terraform.values import (
    Either,
    Encoded,
    Entry,
    Nothing,
    Null,
    Number,
    Open,
    Sequence,
    Table,
    Text,
    Truth,
    Value,
    as_text,
    is_open,
    text_of,
)

Function = Callable[[Arguments[Value], int], Value | None]
"""From the arguments and the place of the call to the value, None if it is not known."""


def same_value(left: Value, right: Value) -> bool | None:
    """Whether two values are equal, None if that is not known."""
    if isinstance(left, Null) or isinstance(right, Null):
        other = right if isinstance(left, Null) else left
        return None if isinstance(other, Open | Either | Nothing) else isinstance(other, Null)
    if is_open(left) or is_open(right):
        return None
    return _plain(left) == _plain(right)


def _plain(value: Value) -> object:
    """A known value without its places."""
    match value:
        case Text():
            return ("text", value.value)
        case Number(text, _):
            return ("number", float(text))
        case Truth(truth, _):
            return ("truth", truth)
        case Sequence(items, _):
            return ("list", tuple(map(_plain, items)))
        case Table(entries, _):
            return ("object", frozenset((each.name, _plain(each.value)) for each in entries))
        case Encoded():
            encoded = as_text(value)
            return ("text", encoded.value if encoded else "")
    return ("null", None)


def known_text(value: Value) -> str | None:
    """The text of a value that is one, and known whole."""
    if not isinstance(value, Text | Number | Truth):
        return None
    text = as_text(value)
    return None if text is None or text.is_open else text.value


def _known(function: Callable[..., str | list[str] | bool | int | None]) -> Function:
    """A function of known texts, which gives one, a list of them, a truth or a whole number."""

    def call(arguments: Arguments[Value], position: int) -> Value | None:
        texts = [known_text(each) for each in arguments]
        if None in texts:
            return None
        try:
            found = function(*texts)
        except (TypeError, ValueError, IndexError):
            return None
        return _value(found, position)

    return call


def _value(
    found: str | list[str] | bool | int | None,  # noqa: FBT001 (a truth is a value)
    position: int,
) -> Value | None:
    match found:
        case None:
            return None
        case bool():
            return Truth(found, position)
        case int():
            return Number(str(found), position)
        case str():
            return text_of(found, position)
        case list():
            return Sequence(tuple(text_of(each, position) for each in found), position)


def _replace(text: str, old: str, new: str) -> str | None:
    is_pattern = len(old) > 1 and old.startswith("/") and old.endswith("/")
    return None if is_pattern else text.replace(old, new)  # Go's patterns are not Python's


def _split(separator: str, text: str) -> list[str]:
    return text.split(separator) if separator else list(text)


def _substring(text: str, start: str, length: str) -> str:
    first, count = int(start), int(length)
    first = first if first >= 0 else len(text) + first
    return text[first:] if count < 0 else text[first : first + count]


def _join(arguments: Arguments[Value], position: int) -> Value | None:
    separator = known_text(arguments[0]) if arguments else None
    items = _items(arguments[1:])
    if separator is None:
        return None
    if len(items) == 1 and not isinstance(items[0], Null):
        return items[0]  # what people write for "the one, if there is one"
    chunks: list[Chunk] = []
    for item in items:
        text = as_text(item)
        if text is None:
            return None
        if chunks and separator:
            chunks.append(Chunk(separator, position, fixed=True))
        chunks += text.chunks or (Chunk("", position, fixed=True),)
    return Text(tuple(chunks), position)


def _format(arguments: Arguments[Value], position: int) -> Value | None:
    pattern = known_text(arguments[0]) if arguments else None
    if pattern is None:
        return None
    rest = list(arguments[1:])
    chunks: list[Chunk] = []
    for part in re.split(r"(%[sdv%])", pattern):
        if part == "%%":
            chunks.append(Chunk("%", position, fixed=True))
        elif part in {"%s", "%d", "%v"}:
            text = as_text(rest.pop(0)) if rest else None
            if text is None:
                return None
            chunks += text.chunks
        elif "%" in part:
            return None
        elif part:
            chunks.append(Chunk(part, position, fixed=True))
    return None if rest else Text(tuple(chunks), position)


def _formatlist(arguments: Arguments[Value], position: int) -> Value | None:
    lists = [each for each in arguments[1:] if isinstance(each, Sequence)]
    if any(isinstance(each, Open | Either) for each in [*arguments, *_items(lists)]):
        return None
    lengths = {len(each.items) for each in lists}
    if len(lengths) != 1:
        return None
    made: list[Value] = []
    for number in range(lengths.pop()):
        row = [each.items[number] if isinstance(each, Sequence) else each for each in arguments]
        text = _format(row, position)
        if text is None:
            return None
        made.append(text)
    return Sequence(tuple(made), position)


def _items(arguments: Iterable[Value]) -> list[Value]:
    """The items of all lists; what is open stays one item, which stands for all of its own."""
    found: list[Value] = []
    for each in arguments:
        found += each.items if isinstance(each, Sequence) else (each,)
    return found


def _concat(arguments: Arguments[Value], position: int) -> Value | None:
    if any(not isinstance(each, Sequence | Open) for each in arguments):
        return None
    exact = all(isinstance(each, Sequence) and each.exact for each in arguments)
    return Sequence(tuple(_items(arguments)), position, exact)


def _flatten(arguments: Arguments[Value], position: int) -> Value | None:
    found: list[Value] = []
    exact = True
    pending = list(arguments)[::-1]
    while pending:
        each = pending.pop()
        if isinstance(each, Sequence):
            pending += reversed(each.items)
            exact = exact and each.exact
        else:
            found.append(each)
    return Sequence(tuple(found), position, exact)


def _title(text: str) -> str | None:
    """Each word with a capital; what a word is beyond ASCII is Go's to say."""
    if not text.isascii():
        return None
    return re.sub(r"(?<![A-Za-z0-9_])[a-z]", lambda found: found[0].upper(), text)


def _same(arguments: Arguments[Value], position: int) -> Value | None:
    return arguments[0] if len(arguments) == 1 else None


def _listed(arguments: Arguments[Value], position: int) -> Value | None:
    return Sequence(tuple(arguments), position)


def _to_text(arguments: Arguments[Value], position: int) -> Value | None:
    return as_text(arguments[0]) if len(arguments) == 1 else None


def _compact(arguments: Arguments[Value], position: int) -> Value | None:
    if len(arguments) != 1 or not isinstance(arguments[0], Sequence):
        return None
    kept: list[Value] = [
        each
        for each in arguments[0].items
        if not isinstance(each, Null) and not (isinstance(each, Text) and not each.value)
    ]
    return _maybe_fewer(kept, position)


def _maybe_fewer(items: list[Value], position: int) -> Sequence:
    """A list of these items, unless one of them is left open: it may be empty, or as another."""
    return Sequence(tuple(items), position, not any(map(is_open, items)))


def _distinct(arguments: Arguments[Value], position: int) -> Value | None:
    if len(arguments) != 1 or not isinstance(arguments[0], Sequence):
        return None
    kept: list[Value] = []
    for each in arguments[0].items:
        if not any(same_value(each, other) for other in kept):
            kept.append(each)
    return _maybe_fewer(kept, position)


def _set_union(arguments: Arguments[Value], position: int) -> Value | None:
    joined = _concat(arguments, position)
    return None if joined is None else _distinct([joined], position)


def _to_set(arguments: Arguments[Value], position: int) -> Value | None:
    found = _distinct(arguments, position)
    if isinstance(found, Sequence):
        return replace(found, is_set=True)
    return _same(arguments, position)


def _merge(arguments: Arguments[Value], position: int) -> Value | None:
    members: dict[str, Entry] = {}
    exact = True
    for each in arguments:
        if isinstance(each, Null):
            continue
        if not isinstance(each, Table):
            return None
        exact = exact and each.exact
        for entry in each.entries:
            members.pop(entry.name, None)
            members[entry.name] = entry
    return Table(tuple(members.values()), position, exact)


def _keys(arguments: Arguments[Value], position: int) -> Value | None:
    if len(arguments) != 1 or not isinstance(arguments[0], Table) or not arguments[0].exact:
        return None
    entries = sorted(arguments[0].entries, key=lambda entry: entry.name)
    return Sequence(tuple(text_of(each.name, each.position) for each in entries), position)


def _values(arguments: Arguments[Value], position: int) -> Value | None:
    if len(arguments) != 1 or not isinstance(arguments[0], Table) or not arguments[0].exact:
        return None
    entries = sorted(arguments[0].entries, key=lambda entry: entry.name)
    return Sequence(tuple(each.value for each in entries), position)


def _length(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [Sequence(items, _) as found] if found.is_counted:
            return Number(str(len(items)), position)
        case [Table(entries, _, True)]:
            return Number(str(len(entries)), position)
        case [Text() as text] if not text.is_open:
            return Number(str(len(text.value)), position)
    return None


def _element(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [Sequence(items, _) as found, Number(text, _)] if items and found.is_counted:
            return items[int(text) % len(items)] if text.isdigit() else None
    return None


def _lookup(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [Table(_, _, exact) as table, key, *default]:
            name = known_text(key)
            found = table.get(name) if name is not None else None
            if found is not None or name is None:
                return found
            return default[0] if default and exact else None
    return None


def _coalesce(arguments: Arguments[Value], position: int) -> Value | None:
    for each in arguments:
        if isinstance(each, Open | Either) or (isinstance(each, Text) and each.is_open):
            return None
        if not isinstance(each, Null) and not (isinstance(each, Text) and not each.value):
            return each
    return None


def _coalesce_lists(arguments: Arguments[Value], position: int) -> Value | None:
    for each in arguments:
        if not isinstance(each, Sequence) or not each.is_counted:
            return None
        if each.items:
            return each
    return None


def _contains(arguments: Arguments[Value], position: int) -> Value | None:
    if len(arguments) != 2 or not isinstance(arguments[0], Sequence):
        return None
    answers = [same_value(each, arguments[1]) for each in arguments[0].items]
    if True in answers:
        return Truth(True, position)  # noqa: FBT003 (a truth is what it is)
    return None if None in answers else Truth(False, position)  # noqa: FBT003 (a value)


def _one(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [Sequence((item,), _) as found] if found.is_counted:
            return item
        case [Sequence((), _)]:
            return Null(position)
    return None


def _zipmap(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [Sequence(keys, _), Sequence(values, _) as found] if len(keys) == len(values):
            names = [known_text(key) for key in keys]
            if None not in names and found.is_counted:
                pairs = zip(names, keys, values, strict=True)
                return Table(
                    tuple(
                        Entry(n, key.position, value) for n, key, value in pairs if n is not None
                    ),
                    position,
                )
    return None


def _range(arguments: Arguments[Value], position: int) -> Value | None:
    texts = [known_text(each) for each in arguments]
    if not texts or any(text is None or not text.isdigit() or len(text) > 3 for text in texts):
        return None
    numbers = range(*(int(text) for text in texts if text is not None))
    return Sequence(tuple(Number(str(each), position) for each in numbers), position)


def _strip(arguments: Arguments[Value], position: int) -> Value | None:
    """`trimspace`, also of a text that is open in the middle: a policy in a heredoc."""
    if len(arguments) != 1 or not isinstance(arguments[0], Text):
        return None
    chunks = list(arguments[0].chunks)
    while chunks and not chunks[0].is_open and not chunks[0].text.strip():
        chunks.pop(0)
    while chunks and not chunks[-1].is_open and not chunks[-1].text.strip():
        chunks.pop()
    if not chunks:
        return text_of("", position)
    if chunks[0].is_open or chunks[-1].is_open:
        return None
    first = chunks[0]
    cut = len(first.text) - len(first.text.lstrip())
    start = first.position if first.fixed else first.position + cut
    chunks[0] = Chunk(first.text[cut:], start, first.fixed)
    last = chunks[-1]
    chunks[-1] = Chunk(last.text.rstrip(), last.position, last.fixed)
    return Text(tuple(chunks), position)


def _encode(arguments: Arguments[Value], position: int) -> Value | None:
    match arguments:
        case [value] if not _has_gaps(value):
            return Encoded(value, position)
    return None


def _has_gaps(value: Value) -> bool:
    """Whether a value may have members, or lack items, other than it lists."""
    match value:
        case Open():
            return True
        case Sequence(items, _, exact):
            return not exact or any(_has_gaps(each) for each in items if not isinstance(each, Open))
        case Table(entries, _, exact):
            inner = (each.value for each in entries)
            return not exact or any(_has_gaps(each) for each in inner if not isinstance(each, Open))
    return False


FUNCTIONS: dict[str, Function] = {
    "chomp": _known(lambda text: text.rstrip("\r\n")),
    "coalesce": _coalesce,
    "coalescelist": _coalesce_lists,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "endswith": _known(lambda text, end: text.endswith(end)),
    "flatten": _flatten,
    "format": _format,
    "formatlist": _formatlist,
    "join": _join,
    "jsonencode": _encode,
    "keys": _keys,
    "length": _length,
    "list": _listed,
    "lookup": _lookup,
    "lower": _known(str.lower),
    "merge": _merge,
    "nonsensitive": _same,
    "one": _one,
    "range": _range,
    "replace": _known(_replace),
    "sensitive": _same,
    "setunion": _set_union,
    "split": _known(_split),
    "startswith": _known(lambda text, start: text.startswith(start)),
    "strcontains": _known(lambda text, part: part in text),
    "substr": _known(_substring),
    "title": _known(_title),
    "tolist": _same,
    "tomap": _same,
    "toset": _to_set,
    "tostring": _to_text,
    "trim": _known(lambda text, letters: text.strip(letters)),
    "trimprefix": _known(lambda text, start: text.removeprefix(start)),
    "trimspace": _strip,
    "trimsuffix": _known(lambda text, end: text.removesuffix(end)),
    "upper": _known(str.upper),
    "values": _values,
    "zipmap": _zipmap,
}
