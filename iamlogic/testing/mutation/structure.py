"""Mutations of a policy's statements, and of the actions of one.

For actions the certainty is an action of which no other statement speaks (`_alone`): the statement
decides it before, or after, and on the other side nobody grants it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .certainty import can_match, own_action, some_actions, speaks_of
from .documents import (
    FRESH_ACTION,
    FRESH_KEY,
    Change,
    Document,
    Statement,
    has_variable,
    listed,
    replaced,
    sample,
    statements,
    with_statements,
    without,
)

Mutations = Iterator[tuple[Document, Change]]
PolicyOperator = Callable[[Document], Mutations]


def _each(document: Document) -> Iterator[tuple[int, Statement]]:
    yield from enumerate(statements(document))


def _allows(statement: Statement) -> bool:
    return bool(statement["Effect"] == "Allow")


def _alone(document: Document, index: int, action: str) -> bool:
    """No other statement speaks of the action."""
    every = statements(document)
    return not any(speaks_of(other, action) for place, other in enumerate(every) if place != index)


# Whole statements


def _everyone(document: Document) -> Statement:
    """The principal part of a new statement: none in an identity policy."""
    named = any("Principal" in s or "NotPrincipal" in s for s in statements(document))
    return {"Principal": "*"} if named else {}


def _unheard_of(document: Document, action: str) -> bool:
    return not any(speaks_of(statement, action) for statement in statements(document))


def _allow_added(document: Document) -> Mutations:
    new = {"Effect": "Allow", "Action": FRESH_ACTION, "Resource": "*"} | _everyone(document)
    if _unheard_of(document, FRESH_ACTION):
        yield with_statements(document, [*statements(document), new]), Change.WIDER


def _allow_removed(document: Document) -> Mutations:
    for index, statement in _each(document):
        if _allows(statement) and own_action(document, index) and can_match(document, index):
            yield replaced(document, index), Change.NARROWER


def _deny_added(document: Document) -> Mutations:
    for index, statement in _each(document):
        action = own_action(document, index) if _allows(statement) else None
        if action and can_match(document, index):
            new = {"Effect": "Deny", "Action": action, "Resource": "*"} | _everyone(document)
            yield with_statements(document, [new, *statements(document)]), Change.NARROWER


def _deny_removed(document: Document) -> Mutations:
    for index, statement in _each(document):
        if not _allows(statement) and own_action(document, index) and can_match(document, index):
            yield replaced(document, index), Change.WIDER


def _deny_of_what_nobody_grants(document: Document) -> Mutations:
    new = {"Effect": "Deny", "Action": FRESH_ACTION, "Resource": "*"} | _everyone(document)
    if _unheard_of(document, FRESH_ACTION):
        yield with_statements(document, [*statements(document), new]), Change.SAME


def _allow_exchanged(document: Document) -> Mutations:
    for index, statement in _each(document):
        if (
            _allows(statement)
            and _unheard_of(document, FRESH_ACTION)
            and own_action(document, index)
            and can_match(document, index)
        ):
            new = {"Effect": "Allow", "Action": FRESH_ACTION, "Resource": "*"} | _everyone(document)
            yield replaced(document, index, new), Change.INCOMPARABLE


def _statements_reordered(document: Document) -> Mutations:
    every = statements(document)
    if len(every) > 1:
        yield with_statements(document, every[::-1]), Change.SAME
        yield with_statements(document, every[1:] + every[:1]), Change.SAME


def _statement_repeated(document: Document) -> Mutations:
    for index, statement in _each(document):
        yield replaced(document, index, statement, statement), Change.SAME


def _part_of_a_statement_repeated(document: Document) -> Mutations:
    """With one of its actions and one more condition it adds nothing."""
    for index, statement in _each(document):
        if "Action" in statement and listed(statement["Action"]):
            part = statement | {"Action": listed(statement["Action"])[-1:]}
            block = dict(part.get("Condition", {}))
            if "StringLike" not in block:
                part["Condition"] = block | {"StringLike": {FRESH_KEY: "a*"}}
            yield replaced(document, index, statement, part), Change.SAME


def _sids_dropped(document: Document) -> Mutations:
    if any("Sid" in statement for statement in statements(document)):
        bare = [without(statement, "Sid") for statement in statements(document)]
        yield with_statements(document, bare), Change.SAME


def _version_exchanged(document: Document) -> Mutations:
    """R-V2: the versions differ in variables alone."""
    if not has_variable(document):
        old = document.get("Version") == "2012-10-17"
        yield document | {"Version": "2008-10-17" if old else "2012-10-17"}, Change.SAME


# Actions


def _action_added(document: Document) -> Mutations:
    for index, statement in _each(document):
        if (
            _allows(statement)
            and "Action" in statement
            and _unheard_of(document, FRESH_ACTION)
            and can_match(document, index)
        ):
            longer = [*listed(statement["Action"]), FRESH_ACTION]
            yield replaced(document, index, statement | {"Action": longer}), Change.WIDER


def _action_removed(document: Document) -> Mutations:
    for place, action, index, statement in _own_actions(document):
        rest = listed(statement["Action"])
        del rest[place]
        shorter = statement | {"Action": rest}
        if rest and not speaks_of(shorter, action):
            yield replaced(document, index, shorter), Change.NARROWER


def _action_exchanged(document: Document) -> Mutations:
    if not _unheard_of(document, FRESH_ACTION):
        return
    for place, action, index, statement in _own_actions(document):
        rest = listed(statement["Action"])
        rest[place] = FRESH_ACTION
        other = statement | {"Action": rest}
        if not speaks_of(other, action):
            yield replaced(document, index, other), Change.INCOMPARABLE


def _own_actions(document: Document) -> Iterator[tuple[int, str, int, Statement]]:
    """Place of a pattern, a sample of it that no other statement speaks of; for each Allow."""
    for index, statement in _each(document):
        if _allows(statement) and "Action" in statement and can_match(document, index):
            for place, action in enumerate(some_actions(statement)):
                if _alone(document, index, action):
                    yield place, action, index, statement


def _action_widened_by_a_star(document: Document) -> Mutations:
    for index, statement in _each(document):
        if not (_allows(statement) and "Action" in statement and can_match(document, index)):
            continue
        for place, pattern in enumerate(listed(statement["Action"])):
            longer = sample(pattern, star="ZzQ", mark="Z") + "ZzQ"
            if ":" in pattern and _unheard_of(document, longer):
                patterns = listed(statement["Action"])
                patterns[place] = pattern + "*"
                yield replaced(document, index, statement | {"Action": patterns}), Change.WIDER


def _action_with_a_mark(document: Document) -> Mutations:
    """The last letter of an action becomes `?`."""
    for index, statement in _each(document):
        if not (_allows(statement) and "Action" in statement and can_match(document, index)):
            continue
        for place, pattern in enumerate(listed(statement["Action"])):
            other = sample(pattern, star="ZzQ", mark="Z")[:-1] + "~"
            if ":" in pattern[:-2] and pattern[-1].isalpha() and _unheard_of(document, other):
                patterns = listed(statement["Action"])
                patterns[place] = pattern[:-1] + "?"
                yield replaced(document, index, statement | {"Action": patterns}), Change.WIDER


def _action_becomes_not_action(document: Document) -> Mutations:
    for _, _, index, statement in _own_actions(document):
        if _unheard_of(document, FRESH_ACTION):
            other = without(statement, "Action") | {"NotAction": statement["Action"]}
            yield replaced(document, index, other), Change.INCOMPARABLE


def _not_action_extended(document: Document) -> Mutations:
    for index, statement in _each(document):
        if (
            "NotAction" in statement
            and _allows(statement)
            and speaks_of(statement, FRESH_ACTION)
            and _alone(document, index, FRESH_ACTION)
            and can_match(document, index)
        ):
            longer = [*listed(statement["NotAction"]), FRESH_ACTION]
            yield replaced(document, index, statement | {"NotAction": longer}), Change.NARROWER


STRUCTURE_OPERATORS: dict[str, PolicyOperator] = {
    "Allow added": _allow_added,
    "Allow removed": _allow_removed,
    "Allow exchanged": _allow_exchanged,
    "Deny added": _deny_added,
    "Deny removed": _deny_removed,
    "Deny of what nobody grants": _deny_of_what_nobody_grants,
    "statements reordered": _statements_reordered,
    "statement repeated": _statement_repeated,
    "part of a statement repeated": _part_of_a_statement_repeated,
    "Sids dropped": _sids_dropped,
    "Version exchanged": _version_exchanged,
    "action added": _action_added,
    "action removed": _action_removed,
    "action exchanged": _action_exchanged,
    "action widened by a star": _action_widened_by_a_star,
    "last letter of an action becomes ?": _action_with_a_mark,
    "Action becomes NotAction": _action_becomes_not_action,
    "NotAction extended": _not_action_extended,
}
"""Name to mutation of a policy."""
