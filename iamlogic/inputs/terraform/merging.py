"""Policies merged into one, as the AWS provider merges the documents that a document names.

A statement with the Sid of an earlier one takes its place. Where it is not known which statement
takes whose place, nothing is said of the whole: a document that is not known at all counts as any
statement, which is enough as long as it can replace none.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.inputs.terraform.decoding import decoded
from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.values import (
    Either,
    Entry,
    Nothing,
    Null,
    Open,
    Sequence,
    Table,
    Text,
    Value,
)
from iamlogic.inputs.unresolved.placeholders import Placeholders


def documents_in(value: Value) -> Iterator[Value]:
    """The documents in a list of them, which may hang on a condition."""
    match value:
        case Sequence(items, _):
            yield from items
        case Either(condition, if_true, if_false, at):
            nothing = Nothing(at)
            yield from (Either(condition, each, nothing, at) for each in documents_in(if_true))
            yield from (Either(condition, nothing, each, at) for each in documents_in(if_false))
        case _:
            yield value


def policy_in(value: Value, placeholders: Placeholders) -> Table | None:
    """The policy that a text holds; one that is not known has any statement."""
    match value:
        case Open(_, at):
            return Table((Entry("Statement", at, Sequence((value,), at)),), at)
        case Either(condition, if_true, if_false, at):
            sides = [policy_in(each, placeholders) for each in (if_true, if_false)]
            return _either(condition, sides[0], sides[1], at)
        case Nothing(at) | Null(at):
            return Table((), at)
        case Text() if not value.value.strip():
            return Table((), value.position)
    found = decoded(value, placeholders)
    return found if isinstance(found, Table) and found.exact else None


def _either(condition: str, yes: Table | None, no: Table | None, position: int) -> Table | None:
    """The statements of both, each under its condition; the rest must be the same."""
    if yes is None or no is None:
        return None
    nothing = Nothing(position)
    items = [
        *(Either(condition, each, nothing, each.position) for each in _statements(yes)),
        *(Either(condition, nothing, each, each.position) for each in _statements(no)),
    ]
    outer = [each for each in (*yes.entries, *no.entries) if each.name != "Statement"]
    versions = {known_text(each.value) for each in outer if each.name == "Version"}
    if len(versions) > 1:
        return None
    kept = {each.name: each for each in outer}
    statement = Entry("Statement", position, Sequence(tuple(items), position))
    return Table((*kept.values(), statement), position)


def _statements(policy: Table) -> tuple[Value, ...]:
    value = policy.get("Statement")
    if value is None:
        return ()
    return value.items if isinstance(value, Sequence) else (value,)


def merged(old: Table, new: Table) -> Table | None:
    """One policy after another; None where it is not known which statements replace which."""
    outer = {each.name: each for each in old.entries if each.name != "Statement"}
    for each in new.entries:
        if each.name == "Version":
            texts = [known_text(each.value), known_text(outer.get("Version", each).value)]
            if texts[0] is None or texts[1] is None:
                return None
            outer["Version"] = each if texts[0] >= texts[1] else outer["Version"]
        elif each.name != "Statement":
            outer[each.name] = each
    statements = list(_statements(old))
    for statement in _statements(new):
        sids = _sids(statement)
        taken = [each for each in statements if sids is None or _clash(_sids(each), sids)]
        if not taken:
            statements.append(statement)
        elif sids is None or not isinstance(statement, Table) or _are_open(taken):
            return None
        else:
            statements[statements.index(taken[0])] = statement
    listed = Entry("Statement", new.position, Sequence(tuple(statements), new.position))
    return Table((*outer.values(), listed), old.position)


def _clash(old: frozenset[str] | None, new: frozenset[str]) -> bool:
    """Whether a statement may have one of the Sids; one of which nothing is known is anything."""
    return bool(new & old) if old is not None else False


def _are_open(statements: list[Value]) -> bool:
    return any(not isinstance(each, Table) for each in statements)


def _sids(statement: Value) -> frozenset[str] | None:
    """The Sids that a statement can have, none if it has none; None if that is not known."""
    match statement:
        case Table():
            sid = statement.get("Sid")
            text = known_text(sid) if sid is not None else ""
            return None if text is None else frozenset({text} - {""})
        case Either(_, if_true, if_false, _):
            sides = [_sids(if_true), _sids(if_false)]
            return None if None in sides else frozenset().union(*(each for each in sides if each))
        case Nothing():
            return frozenset()
    return None
