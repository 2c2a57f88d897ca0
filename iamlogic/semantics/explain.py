"""A decision in words: of each statement whether it matched, and which part first did not.

Each line starts with the statement as people find it, `Allow statement 2 (policy.json:14:5)`, and
ends with the reason in the policy's own words. Texts of the policy and the request are hostile:
what could move a terminal's cursor or turn the reading direction is shown as an escape.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlogic.errors import NOWHERE
from iamlogic.semantics.conditions import condition_holds
from iamlogic.semantics.matching import actions_match, resources_match
from iamlogic.semantics.principals import principal_strength
from iamlogic.semantics.request import Request
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Policy, Statement

SHOWN = 3
"""Entries of a list that a line shows before it counts the rest."""


def explain_request(request: Request) -> str:
    """Who asks for what, in one line."""
    return printable(f"{request.action} on {request.resource} by {request.principal}")


def explain_statements(policy: Policy, request: Request) -> list[str]:
    """One line for each statement of `policy`, in its order."""
    return [
        f"{headline(statement, number)}: {_reason(statement, request)}"
        for number, statement in enumerate(policy.statements, start=1)
    ]


def headline(statement: Statement, number: int) -> str:
    """A statement as people find it: effect, number, Sid and place."""
    sid = f" {quoted(statement.sid)}" if statement.sid else ""
    where = "" if statement.where == NOWHERE else f" ({printable(str(statement.where))})"
    return f"{statement.effect.value} statement {number}{sid}{where}"


def _reason(statement: Statement, request: Request) -> str:
    """`matches`, or the first part that does not."""
    actions, resources = statement.actions, statement.resources
    if not actions_match(actions, request):
        element = "NotAction" if actions.negated else "Action"
        patterns = (pattern.text for pattern in actions.patterns)
        return _mismatch(f"action {printable(request.action)}", element, patterns)
    if resources is not None and not resources_match(resources, request):
        element = "NotResource" if resources.negated else "Resource"
        patterns = (pattern.text for pattern in resources.patterns)
        return _mismatch(f"resource {printable(request.resource)}", element, patterns)
    principals = statement.principals
    if principals is not None and not principal_strength(statement, request.requester):
        element = "NotPrincipal" if principals.negated else "Principal"
        entries = (entry.text for entry in principals.entries)
        return _mismatch(f"principal {request.principal}", element, entries)
    for condition in statement.conditions:
        if not condition_holds(condition, request):
            return f"does not match: {_condition_mismatch(condition, request)}"
    return "matches"


def _mismatch(part: str, element: str, entries: Iterable[str]) -> str:
    relation = "is excluded by" if element.startswith("Not") else "is not in"
    return f"does not match: {part} {relation} {element} {listed(entries)}"


def _condition_mismatch(condition: Condition, request: Request) -> str:
    values = request.values(condition.key)
    key, operator = printable(condition.key), condition.operator
    if operator.base.family is Family.NULL:
        return f"{key} is {'present' if values else 'absent'} (Null {_wanted(condition)})"
    if not values:
        return f"the request has no {key} ({operator} {_wanted(condition)})"
    return f"{key} is {listed(values)}, which fails {operator} {_wanted(condition)}"


def _wanted(condition: Condition) -> str:
    return listed(value.text for value in condition.values)


def listed(entries: Iterable[str]) -> str:
    """Entries as a reader wants them: quoted, the first few, and how many more there are."""
    texts = [quoted(text) for text in entries]
    if len(texts) == 1:
        return texts[0]
    more = f", … {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return f"[{', '.join(texts[:SHOWN])}{more}]"


def quoted(text: str) -> str:
    """`text` between quotation marks, printable."""
    return f'"{printable(text)}"'


def printable(text: str) -> str:
    r"""`text` with what is not printable as an escape, such as `\x1b` or `\u202e`."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
