"""A decision in full: of each statement every part, whether it holds, why, and by which rule.

`findings` goes through a statement part by part and condition by condition; it asks the same
functions that decide, and puts their answers into words. Whatever comes from the policy or the
request is printable (see `explain`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from iamlogic.semantics.addresses import address
from iamlogic.semantics.conditions import (
    asks_all,
    condition_holds,
    value_matches,
    value_satisfies,
)
from iamlogic.semantics.explain import SHOWN, headline, listed, printable, quoted
from iamlogic.semantics.matching import actions_match, resource_matches, resources_match
from iamlogic.semantics.principals import entry_strength, principal_strength
from iamlogic.semantics.request import Request
from iamlogic.semantics.variables import value_of
from iamlogic.syntax.literals import is_base64, is_boolean, is_date, is_number
from iamlogic.syntax.operators import Comparison, Family
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    Principals,
    Resources,
    Statement,
    Text,
    Variable,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of a statement: whether it holds, why, and what its variables became."""

    element: str
    holds: bool
    reason: str
    notes: tuple[str, ...] = ()


def explain_parts(policy: Policy, request: Request) -> list[str]:
    """For each statement a line, and under it one for each of its parts."""
    lines: list[str] = []
    for number, statement in enumerate(policy.statements, start=1):
        found = findings(statement, request)
        matches = all(finding.holds for finding in found)
        verdict = "matches" if matches else "does not match"
        lines.append(f"{headline(statement, number)}: {verdict}")
        width = max(len(finding.element) for finding in found)
        for finding in found:
            sign = "yes" if finding.holds else "no "
            lines.append(f"  {sign}  {finding.element:<{width}}  {finding.reason}")
            lines += [f"{' ' * (width + 9)}{note}" for note in finding.notes]
    return lines


def findings(statement: Statement, request: Request) -> list[Finding]:
    """Every part of a statement, in the order in which people write them."""
    found: list[Finding] = []
    if statement.principals is not None:
        found.append(_principals(statement.principals, statement, request))
    found.append(_actions(statement.actions, request))
    if statement.resources is not None:
        found.append(_resources(statement.resources, request))
    return [*found, *(_condition(condition, request) for condition in statement.conditions)]


def _principals(principals: Principals, statement: Statement, request: Request) -> Finding:
    holds = bool(principal_strength(statement, request.requester))
    entries = listed(entry.text for entry in principals.entries)
    who = printable(request.principal)
    if not principals.negated:
        return Finding("Principal", holds, _named(principals, request))
    if statement.effect is Effect.DENY:
        reason = f"{who} is {'not ' if holds else ''}wholly listed in {entries} (R-M11)"
    else:
        reason = f"{who} is {'not ' if holds else ''}listed in {entries} (R-M13)"
    return Finding("NotPrincipal", holds, reason)


def _named(principals: Principals, request: Request) -> str:
    who = printable(request.principal)
    for entry in principals.entries:
        if entry_strength(entry, request.requester):
            return f"{who} is named by {quoted(entry.text)} (R-M8)"
    return f"{who} is named by none of {listed(e.text for e in principals.entries)} (R-M8)"


def _actions(actions: Actions, request: Request) -> Finding:
    matching = next((p for p in actions.patterns if actions_match(Actions((p,)), request)), None)
    reason = _relation(request.action, Comparison.LIKE, matching, actions.patterns)
    so = ", so it is excluded" if actions.negated and matching else ""
    element = "NotAction" if actions.negated else "Action"
    return Finding(element, actions_match(actions, request), f"{reason}{so} (R-M2)")


def _resources(resources: Resources, request: Request) -> Finding:
    matching = next((p for p in resources.patterns if resource_matches(p, request)), None)
    reason = _relation(request.resource, Comparison.LIKE, matching, resources.patterns)
    so = ", so it is excluded" if resources.negated and matching else ""
    return Finding(
        "NotResource" if resources.negated else "Resource",
        resources_match(resources, request),
        f"{reason}{so} (R-M5)",
        _variables(resources.patterns, request, "R-V5"),
    )


def _condition(condition: Condition, request: Request) -> Finding:
    holds = condition_holds(condition, request)
    values = request.values(condition.key)
    subject = f"{condition.operator} on {printable(condition.key)}"
    return Finding(
        "Condition",
        holds,
        f"{subject}: {_why(condition, values, request, holds=holds)}",
        (*_variables(condition.values, request, "R-V6"), *_of_other_types(condition, values)),
    )


def _why(condition: Condition, values: tuple[str, ...], request: Request, *, holds: bool) -> str:
    operator, base = condition.operator, condition.operator.base
    end = "holds" if holds else "does not hold"
    if base.family is Family.NULL:
        there = "present" if values else "absent"
        return f"key {there}, so {listed(v.text for v in condition.values)} {end} (R-C23)"
    if not values:
        if operator.if_exists:
            return "key absent, so IfExists holds (R-C3)"
        if operator.set_prefix is not None:
            return f"{operator.set_prefix.value} on an absent key {end} (R-C3)"
        kind = "negated" if base.negated else "positive"
        return f"key absent, so a {kind} operator {end} (R-C3)"
    if not condition.values:
        return f"no values are listed, so it {end} (R-C4)"
    if len(values) == 1:
        return f"{_one(condition, values[0], request)}{_so(condition, end)} ({_rule(condition)})"
    return _several(condition, values, request, holds=holds)


def _several(
    condition: Condition, values: tuple[str, ...], request: Request, *, holds: bool
) -> str:
    """R-C5, R-C6: the value that decides, where one does."""
    every = asks_all(condition.operator)
    rule = "R-C6" if condition.operator.set_prefix is None else "R-C5"
    need = "every value must satisfy it" if every else "one value must satisfy it"
    for value in values:
        if value_satisfies(condition, value, request) is not every:
            return f"{need}; {_one(condition, value, request)} ({rule}, {_rule(condition)})"
    found = f"all of {listed(values)} do" if holds else f"none of {listed(values)} does"
    return f"{need}; {found} ({rule}, {_rule(condition)})"


def _one(condition: Condition, value: str, request: Request) -> str:
    """How one value of the request stands to those of the policy."""
    base = condition.operator.base
    matching = (v for v in condition.values if value_matches(base, v, value, request))
    return _relation(quoted(value), base.comparison, next(matching, None), condition.values)


def _so(condition: Condition, end: str) -> str:
    return f", so a negated operator {end}" if condition.operator.base.negated else ""


def _relation(
    subject: str, comparison: Comparison, matching: Text | None, entries: tuple[Text, ...]
) -> str:
    """`"a" matches "a*"`, `"a" does not match "b"` or `"a" matches none of ["b", "c"]`."""
    positive, negative = _VERBS[comparison]
    subject = printable(subject)
    if matching is not None:
        return f"{subject} {positive} {quoted(matching.text)}"
    if len(entries) == 1:
        return f"{subject} {negative} {quoted(entries[0].text)}"
    return f"{subject} {positive} none of {listed(entry.text for entry in entries)}"


def _variables(entries: tuple[Text, ...], request: Request, rule: str) -> tuple[str, ...]:
    """What the variables became; of many entries the first few."""
    notes = [note for text in entries for note in _variables_of(text, request, rule)]
    more = [f"… {len(notes) - SHOWN} more variables"] if len(notes) > SHOWN else []
    return tuple(dict.fromkeys([*notes[:SHOWN], *more]))


def _variables_of(text: Text, request: Request, rule: str) -> Iterator[str]:
    for part in text.template or ():
        if not isinstance(part, Variable):
            continue
        name = printable(f"${{{part.key}}}")
        values, value = request.values(part.key), value_of(part, request)
        if value is None:
            why = f"has {len(values)} values and so is" if values else "is"  # R-V9
            yield f"variable {name} {why} unresolved: this entry matches nothing ({rule})"
        elif values:
            yield f"variable {name} is {quoted(value)} (R-V1)"
        else:
            yield f"variable {name} has its default {quoted(value)} (R-V7)"


def _of_other_types(condition: Condition, values: Iterable[str]) -> tuple[str, ...]:
    """R-C20."""
    family = condition.operator.base.family
    if family not in _TYPES:
        return ()
    is_one, what = _TYPES[family]
    strange = [value for value in values if not is_one(value)]
    return (f"{listed(strange)}: not {what}, so it matches nothing (R-C20)",) if strange else ()


def _rule(condition: Condition) -> str:
    base = condition.operator.base
    if base.family is Family.STRING:
        return _STRING_RULES[base.comparison]
    return _RULES[base.family]


_VERBS = {
    Comparison.EQUALS: ("equals", "does not equal"),
    Comparison.EQUALS_IGNORE_CASE: ("equals, but for case,", "does not equal, even but for case,"),
    Comparison.LIKE: ("matches", "does not match"),
    Comparison.LESS: ("is less than", "is not less than"),
    Comparison.LESS_EQUAL: ("is at most", "is not at most"),
    Comparison.GREATER: ("is greater than", "is not greater than"),
    Comparison.GREATER_EQUAL: ("is at least", "is not at least"),
    Comparison.IN_BLOCK: ("lies in", "does not lie in"),
}
_STRING_RULES = {
    Comparison.EQUALS: "R-C7",
    Comparison.EQUALS_IGNORE_CASE: "R-C8",
    Comparison.LIKE: "R-C9",
}
_RULES = {
    Family.ARN: "R-C13",
    Family.NUMERIC: "R-C10",
    Family.DATE: "R-C11",
    Family.BOOL: "R-C17",
    Family.BINARY: "R-C19",
    Family.IP: "R-C18",
}
_TYPES: dict[Family, tuple[Callable[[str], bool], str]] = {
    Family.NUMERIC: (is_number, "a number"),
    Family.DATE: (is_date, "a date"),
    Family.BOOL: (is_boolean, "a Boolean"),
    Family.BINARY: (is_base64, "base64"),
    Family.IP: (lambda text: address(text) is not None, "an IP address"),
}
