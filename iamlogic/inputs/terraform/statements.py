"""The members of a statement, as the AWS provider makes them of the blocks of a document.

The same for a document in a file and for one in a plan, where the blocks are objects already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.hcl import Chunk
from iamlogic.inputs.terraform.values import (
    Either,
    Entry,
    Nothing,
    Null,
    Number,
    Sequence,
    Table,
    Text,
    Truth,
    Value,
    as_text,
    text_of,
)

LISTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
BLOCKS = {
    "principals": ("type", "identifiers"),
    "not_principals": ("type", "identifiers"),
    "condition": ("test", "variable", "values"),
}
DEFAULT_VERSION = "2012-10-17"

OpenMember = Callable[[str, list[Value]], Value]
"""The placeholder for these blocks of a type, of which too little is known."""


def statement(given: Table, open_member: OpenMember) -> Table:
    """The statement that a block says whose attributes and blocks these are."""
    entries: list[Entry] = []
    sid = given.get("sid")
    if sid is not None and not isinstance(sid, Null) and known_text(sid) != "":
        entries.append(Entry("Sid", sid.position, sid))
    effect = given.get("effect")
    if effect is None or isinstance(effect, Null):
        effect = text_of("Allow", given.position)
    entries.append(Entry("Effect", effect.position, effect))
    for name, element in LISTS.items():
        value = given.get(name)
        if value is not None:
            texts = texts_of(value, replaces=name.endswith("resources"))
            entries += [] if isinstance(texts, Nothing) else [Entry(element, value.position, texts)]
    for name, element in PRINCIPALS.items():
        # No statement can be without: an empty collection would be no policy at all.
        member = _member(_blocks(given, name), name, principals, open_member, None)
        entries += [] if member is None else [Entry(element, member.position, member)]
    nothing = Nothing(given.position)
    blocks = _blocks(given, "condition")
    member = _member(blocks, "condition", conditions, open_member, nothing)
    if member is not None and not isinstance(member, Nothing):
        entries.append(Entry("Condition", member.position, member))
    return Table(tuple(entries), given.position)


def _blocks(given: Table, name: str) -> list[Value]:
    found = given.get(name)
    if found is None or isinstance(found, Null):
        return []
    items = found.items if isinstance(found, Sequence) else (found,)
    return [_by_branch(each) for each in items]


def _by_branch(block: Value) -> Value:
    """A block with an attribute that is one of two, as one of two blocks."""
    if isinstance(block, Either):
        yes, no = _by_branch(block.if_true), _by_branch(block.if_false)
        return Either(block.condition, yes, no, block.position)
    if not isinstance(block, Table):
        return block
    for number, entry in enumerate(block.entries):
        if isinstance(entry.value, Either):
            before, after = block.entries[:number], block.entries[number + 1 :]
            yes, no = (
                _by_branch(replace(block, entries=(*before, replace(entry, value=each), *after)))
                for each in (entry.value.if_true, entry.value.if_false)
            )
            return Either(entry.value.condition, yes, no, entry.position)
    return block


def _made(
    name: str, make: Callable[[list[Value]], Value | None], open_member: OpenMember
) -> Callable[[list[Value]], Value]:
    return lambda found: make(found) or open_member(name, found)


MAX_CONDITIONS = 5
"""Blocks of a statement that may be there or not: each doubles the ways that it can be."""


def _member(
    found: list[Value],
    name: str,
    make: Callable[[list[Value]], Value | None],
    open_member: OpenMember,
    empty: Value | None,
) -> Value | None:
    """What the blocks of a type make together, a placeholder if that is too many things."""
    if sum(isinstance(each, Either) for each in found) > MAX_CONDITIONS:
        return open_member(name, found)
    return _combined(found, _made(name, make, open_member), empty)


def principals(found: list[Value]) -> Value | None:
    """The member that all blocks make together; None where a type is not known."""
    position = found[0].position
    grouped: dict[str, tuple[int, list[Value]]] = {}
    for block in found:
        kind, values = _members(block, "type", "identifiers")
        if kind is None or isinstance(values, Either):
            return None
        items = values.items if isinstance(values, Sequence) else (values,)
        grouped.setdefault(kind, (block.position, []))[1].extend(items)
    alone = [known_text(each) for each in grouped.get("*", (0, []))[1]]
    if alone == ["*"] and len(grouped) == 1:
        return text_of("*", position)
    entries = (Entry(kind, at, Sequence(tuple(items), at)) for kind, (at, items) in grouped.items())
    return Table(tuple(entries), position)


def conditions(found: list[Value]) -> Value | None:
    """The member that all blocks make together: a key named twice has the values of both.

    None where an operator or a key is not known.
    """
    grouped: dict[str, list[Entry]] = {}
    for block in found:
        test, values = _members(block, "test", "values")
        variable, _ = _members(block, "variable", "values")
        if test is None or variable is None or isinstance(values, Either):
            return None
        items = values.items if isinstance(values, Sequence) else (values,)
        keys = grouped.setdefault(test, [])
        before = next((each for each in keys if each.name == variable), None)
        if before is not None:
            assert isinstance(before.value, Sequence)
            keys.remove(before)
            items = (*before.value.items, *items)
        keys.append(Entry(variable, values.position, Sequence(tuple(items), values.position)))
    entries = (
        Entry(test, keys[0].position, Table(tuple(keys), keys[0].position))
        for test, keys in grouped.items()
    )
    return Table(tuple(entries), found[0].position)


def _members(block: Value, text: str, values: str) -> tuple[str | None, Value]:
    """A member of a block that must be a known text, and one that is a list."""
    null = Null(block.position)
    if not isinstance(block, Table):
        return None, null
    listed = texts_of(block.get(values) or null, replaces=True, keep_empty=True)
    return known_text(block.get(text) or null), listed


def _combined(
    found: list[Value], make: Callable[[list[Value]], Value], empty: Value | None
) -> Value | None:
    """What blocks make together, for each way that those under a condition can be there or not.

    Without any it is `empty`; if that is None, it is what the other ways make of it.
    """
    for number, each in enumerate(found):
        if isinstance(each, Either):
            before, after = found[:number], found[number + 1 :]
            yes = _combined([*before, each.if_true, *after], make, empty)
            no = _combined([*before, each.if_false, *after], make, empty)
            if yes is None or no is None:
                return yes or no
            return Either(each.condition, yes, no, each.position)
    there: list[Value] = [each for each in found if not isinstance(each, Nothing)]
    return make(there) if there else empty


def texts_of(value: Value, *, replaces: bool, keep_empty: bool = False) -> Value:
    """A list with its items as texts; what is empty is not there, unless it is kept."""
    match value:
        case Either(condition, if_true, if_false, at):
            yes, no = (
                texts_of(each, replaces=replaces, keep_empty=keep_empty)
                for each in (if_true, if_false)
            )
            return Either(condition, yes, no, at)
        case Sequence(items, at):
            if not items and not keep_empty:
                return Nothing(at)
            texts = (texts_of(each, replaces=replaces, keep_empty=True) for each in items)
            return replace(value, items=tuple(texts))
        case Null(at) if not keep_empty:
            return Nothing(at)
        case Number() | Truth():
            return as_text(value) or value
        case Text(chunks, at) if replaces:
            return Text(tuple(map(_with_variables, chunks)), at)
    return value


def _with_variables(chunk: Chunk) -> Chunk:
    return chunk if chunk.is_open else replace(chunk, text=chunk.text.replace("&{", "${"))
