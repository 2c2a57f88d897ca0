"""Conditions of a template: whether they hold, and what is so where they do.

A condition that only a parameter's default decides is not decided: the template is written for the
other values as well, and a change that takes effect in production alone must be seen. Where the
condition is not as the defaults make it, a parameter that it hangs on has not its default: it has
the value that the condition says, or is left open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iamlogic.inputs.cloudformation.nodes import arguments, as_call, get, text_of
from iamlogic.inputs.cloudformation.template import Template
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.inputs.unresolved.placing import content_of
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member

SUB_VARIABLE = re.compile(r"\$\{(!?)\s*([^{}]*?)\s*\}")
"""A variable of Fn::Sub, or what is written `${!so}` in order to be none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is known where an expression stands.

    `assumed` has values of parameters that the conditions around it fix; None leaves one open.
    `within` are the names of conditions and resources that are being resolved, so that a circle is
    seen.
    """

    assumed: Mapping[str, str | None] = field(default_factory=dict)
    within: frozenset[str] = frozenset()

    def inside(self, name: str) -> Scope:
        return Scope(self.assumed, self.within | {name})

    def assuming(self, more: Mapping[str, str | None]) -> Scope:
        return Scope({**self.assumed, **more}, self.within) if more else self


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a condition holds, if that is known, and the defaults that this rests on."""

    holds: bool | None
    defaults: frozenset[str] = frozenset()

    @property
    def is_decided(self) -> bool:
        return self.holds is not None and not self.defaults

    def negated(self) -> Verdict:
        return Verdict(None if self.holds is None else not self.holds, self.defaults)


def conjunction(parts: list[Verdict]) -> Verdict:
    """Whether all hold."""
    if any(part.holds is False and not part.defaults for part in parts):
        return Verdict(holds=False)
    defaults = frozenset().union(*(part.defaults for part in parts))
    if any(part.holds is False for part in parts):
        return Verdict(holds=False, defaults=defaults)
    holds = True if all(part.holds for part in parts) else None
    return Verdict(holds, defaults)


def defaults_in(
    node: JsonValue, template: Template, deployment: Deployment, scope: Scope
) -> frozenset[str]:
    """The parameters that an expression speaks of whose values are their defaults."""
    return frozenset(
        name
        for name in _parameters(node, template, set())
        if name not in scope.assumed and template.is_by_default(name, deployment)
    )


def meaning_of(template: Template, condition: str) -> str:
    """The definition of a condition, and of those in it, as one short text; empty without one."""
    digest = hashlib.sha256()
    pending, seen = [condition], {condition}
    while pending:
        node = template.conditions.get(name := pending.pop())
        if node is not None:
            digest.update(f"{name} {content_of(node)} ".encode("utf-8", "surrogatepass"))
            inner = sorted(set(_conditions_in(node)) - seen)
            pending += inner
            seen |= {*inner}
    return digest.hexdigest()[:16] if condition in template.conditions else ""


def _conditions_in(node: JsonValue) -> Iterator[str]:
    """The names of the conditions that one speaks of."""
    match node:
        case JsonObject((Member("Condition", _, JsonString(name, _)),), _):
            yield name
        case JsonObject(members, _):
            for member in members:
                yield from _conditions_in(member.value)
        case JsonList(items, _):
            for item in items:
                yield from _conditions_in(item)


def _parameters(node: JsonValue, template: Template, seen: set[str]) -> Iterator[str]:
    """The names that references have; `seen` are the conditions that were looked into."""
    match node:
        case JsonObject((Member("Ref", _, JsonString(name, _)),), _):
            yield name
        case JsonObject((Member("Fn::Sub", _, argument),), _):
            for each in arguments(argument)[:1]:
                yield from (found[2] for found in SUB_VARIABLE.finditer(text_of(each) or ""))
            for each in arguments(argument)[1:]:
                yield from _parameters(each, template, seen)
        case JsonObject((Member("Condition", _, JsonString(name, _)),), _):
            if name in template.conditions and name not in seen:
                seen.add(name)
                yield from _parameters(template.conditions[name], template, seen)
        case JsonObject(members, _):
            for member in members:
                yield from _parameters(member.value, template, seen)
        case JsonList(items, _):
            for item in items:
                yield from _parameters(item, template, seen)


def implied(
    node: JsonValue, *, holds: bool, template: Template, open_: frozenset[str]
) -> dict[str, str | None]:
    """What the parameters are where a condition holds, or does not, as far as that says.

    Those of `open_` have not their defaults there, since those make it otherwise: what is not said
    of them is None.
    """
    return {**dict.fromkeys(open_), **dict(_said(node, holds, template, set()))}


def _said(
    node: JsonValue,
    holds: bool,  # noqa: FBT001 (a value)
    template: Template,
    seen: set[tuple[str, bool]],
) -> Iterator[tuple[str, str]]:
    """The parameters of which a condition says what they are; `seen` are conditions heard."""
    name = text_of(get(node, "Condition"))
    call = as_call(node)
    if call is None:
        if name is not None and name in template.conditions and (name, holds) not in seen:
            seen.add((name, holds))
            yield from _said(template.conditions[name], holds, template, seen)
        return
    parts = arguments(call.argument)
    match call.function, holds:
        case "Fn::Not", _:
            for each in parts[:1]:
                yield from _said(each, not holds, template, seen)
        case ("Fn::And", True) | ("Fn::Or", False):
            for each in parts:
                yield from _said(each, holds, template, seen)
        case "Fn::Equals", True:
            yield from _equal(parts)


def _equal(parts: tuple[JsonValue, ...]) -> Iterator[tuple[str, str]]:
    """The parameter that an equality fixes, and its value."""
    if len(parts) == 2:
        for one, other in (parts, parts[::-1]):
            call, text = as_call(one), text_of(other)
            if call and call.function == "Ref" and text is not None:
                name = text_of(call.argument)
                if name is not None and not name.startswith("AWS::"):
                    yield name, text
