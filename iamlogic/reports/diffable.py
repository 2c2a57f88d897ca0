"""Policies as lines for a diff: what means the same reads the same, and a value is one line.

Members stand in a fixed order, values sorted and each once; whether one value was written as a list
does not show. Statements stay in their order, for people number them. Each line says what it
belongs to, since a diff shows few lines around. Two policies with the same lines mean the same: a
text that could be taken for another is quoted, with its odd characters as escapes.

Of a file that holds more than a policy its own text follows: no change may vanish from a diff.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from iamlogic.errors import PolicySyntaxError
from iamlogic.questions.review.placed import UNKNOWN_ARN, Found, PlacedPolicy, Unread
from iamlogic.reports.openness import is_open, open_words
from iamlogic.syntax.policy import (
    Condition,
    Policy,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Statement,
    Text,
    Version,
)

_NOTHING = "(none)"
THE_FILE = "=== the file ==="
"""The line before a file's own text; policies have such lines with their names."""


def diffable_file(found: Found, text: str, *, is_policy_file: bool) -> str:
    """The policies that were found in a file and, unless they are all there is to it, its text.

    `is_policy_file` says that a file of this kind holds one document and nothing beside it.
    """
    if not found.policies and not found.unread:
        return text
    if is_policy_file and not found.unread and [each.name for each in found.policies] == [""]:
        return diffable(found.policies[0].policy)
    sections = [*map(_section, found.policies), *map(_unread, found.unread)]
    return "\n".join([*sections, f"{THE_FILE}\n{text}"])


def diffable(policy: Policy) -> str:
    """The lines of one policy."""
    return "".join(f"{line}\n" for line in _policy(policy))


def _section(placed: PlacedPolicy) -> str:
    name = shown(placed.name) if placed.name else "the policy"
    return f"=== {name} ===\n{diffable(placed.policy)}"


def _unread(unread: Unread) -> str:
    name = shown(unread.name) if unread.name else "the policies"
    match unread.error:
        case PolicySyntaxError(problems=problems):
            # Without their places: those move with every line above.
            reasons = [each.message for each in problems]
        case error:
            reasons = [str(error)]
    lines = (line for reason in reasons for line in reason.splitlines())
    return "".join(f"{line}\n" for line in (f"=== {name}, not read ===", *map(shown, lines)))


def _policy(policy: Policy) -> Iterator[str]:
    yield f"Version: {(policy.version or Version.V2008).value}"
    if policy.id is not None:
        yield f"Id: {shown(policy.id)}"
    for statement in policy.statements:
        yield ""
        yield from _statement(statement)


def _statement(statement: Statement) -> Iterator[str]:
    sid = "" if statement.sid is None else f" {shown(statement.sid)}"
    yield f"{statement.effect.value}{sid}"
    if statement.principals is not None:
        yield from _principals(statement.principals)
    actions, resources = statement.actions, statement.resources
    yield from _values("NotAction" if actions.negated else "Action", actions.patterns)
    if resources is not None:
        yield from _values("NotResource" if resources.negated else "Resource", resources.patterns)
    for condition in sorted(statement.conditions, key=_operator_and_key):
        if is_open(condition.key):
            yield f"  Only if {shown(open_words(condition))}"
            continue
        operator, key = _operator_and_key(condition)
        yield from _values(f"Condition {operator} {shown(key)}", condition.values)


def _principals(principals: Principals) -> Iterator[str]:
    element = "NotPrincipal" if principals.negated else "Principal"
    lines = {f"  {element} {_principal(each)}" for each in principals.entries}
    yield from sorted(lines) or [f"  {element}: {_NOTHING}"]


def _principal(principal: Principal) -> str:
    # R-M8: "*" stands by itself or under AWS, and means the same.
    everyone = principal.form is PrincipalForm.EVERYONE
    kind = PrincipalType.AWS if everyone else principal.type
    return f"{kind.value}: {shown(principal.text)}"


def _operator_and_key(condition: Condition) -> tuple[str, str]:
    return str(condition.operator), condition.key


def _values(element: str, values: Iterable[Text]) -> Iterator[str]:
    """A line for each value; R-P12: one value and the list of it are the same."""
    texts = sorted({_without_stand_in(each.text) for each in values})
    yield from (f"  {element}: {each}" for each in map(shown, texts))
    if not texts:
        yield f"  {element}: {_NOTHING}"


def _without_stand_in(text: str) -> str:
    """A placeholder of which not even the service is known, as the template's own name for it."""
    return text.removeprefix(UNKNOWN_ARN) if text.startswith(f"{UNKNOWN_ARN}<") else text


def shown(text: str) -> str:
    """A text on a line of its own, which no other text reads as."""
    is_plain = text.isprintable() and text == text.strip() and "\\" not in text
    if is_plain and text and text[0] not in '"(':
        return text
    return json.dumps(text)
