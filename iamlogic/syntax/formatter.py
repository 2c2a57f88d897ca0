"""Policy → canonical JSON text.

One form for each policy: two spaces, members in a fixed order, one value as a text and several as
a list, Statement always a list. `parse` reads the text back as an equal policy.
"""

from __future__ import annotations

import json

from iamlogic.errors import PolicySyntaxError, Problem
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import (
    Condition,
    Policy,
    PrincipalForm,
    Principals,
    PrincipalType,
    Statement,
)

_Json = str | list["_Json"] | dict[str, "_Json"]


def format(policy: Policy) -> str:
    """The canonical JSON text of `policy`, ending in a line break.

    Readable characters stay as they are, invisible ones (controls, marks of direction, odd spaces)
    are escaped. Raises `PolicySyntaxError` for a policy that no text can give: one that was built
    with two conditions of the same operator on the same key in one statement.
    """
    document: dict[str, _Json] = {}
    if policy.version is not None:
        document["Version"] = policy.version.value
    if policy.id is not None:
        document["Id"] = policy.id
    document["Statement"] = [_statement(statement) for statement in policy.statements]
    return _visible(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _statement(statement: Statement) -> _Json:
    members: dict[str, _Json] = {}
    if statement.sid is not None:
        members["Sid"] = statement.sid
    members["Effect"] = statement.effect.value
    if statement.principals is not None:
        name = "NotPrincipal" if statement.principals.negated else "Principal"
        members[name] = _principals(statement.principals)
    actions = statement.actions
    members["NotAction" if actions.negated else "Action"] = _values(
        [pattern.text for pattern in actions.patterns]
    )
    if statement.resources is not None:
        name = "NotResource" if statement.resources.negated else "Resource"
        members[name] = _values([pattern.text for pattern in statement.resources.patterns])
    if statement.conditions:
        members["Condition"] = _conditions(statement.conditions)
    return members


def _principals(principals: Principals) -> _Json:
    entries = principals.entries
    if len(entries) == 1 and entries[0].type is PrincipalType.ANY:
        return "*"
    members: dict[str, list[str]] = {}
    for entry in entries:
        # R-M8: beside other entries "*" can stand under AWS only, where it means the same.
        everyone = entry.form is PrincipalForm.EVERYONE
        kind = PrincipalType.AWS if everyone else entry.type
        members.setdefault(kind.value, []).append(entry.text)
    return {kind: _values(texts) for kind, texts in members.items()}


def _conditions(conditions: tuple[Condition, ...]) -> _Json:
    operators: dict[str, dict[str, _Json]] = {}
    taken: set[tuple[str, str]] = set()
    for condition in conditions:
        operator = str(condition.operator)
        if (operator, fold(condition.key)) in taken:  # R-P11
            message = f"two conditions {operator} on {condition.key} cannot stand in one statement"
            raise PolicySyntaxError((Problem(message, condition.where, rule="R-P11"),))
        taken.add((operator, fold(condition.key)))
        values = [value.text for value in condition.values]
        operators.setdefault(operator, {})[condition.key] = _values(values)
    return dict(operators)


def _values(texts: list[str]) -> _Json:
    """R-P12: one value and the list of it are the same."""
    return texts[0] if len(texts) == 1 else list(texts)


def _visible(text: str) -> str:
    """`text` with every character that cannot be seen as an escape of JSON."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
