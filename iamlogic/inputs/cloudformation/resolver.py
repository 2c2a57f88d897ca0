"""`Resolver`: what the expressions of one template are, as far as the template decides that.

What it does not decide becomes a placeholder with the name that the template has for it, or a
choice between the branches of a condition. A value stands where its expression stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from iamlogic.inputs.cloudformation.conditions import (
    Scope,
    Verdict,
    conjunction,
    defaults_in,
    implied,
    meaning_of,
)
from iamlogic.inputs.cloudformation.forks import Arguments, TooManyForks, forked
from iamlogic.inputs.cloudformation.nodes import Call, arguments, as_call, expression, get, text_of
from iamlogic.inputs.cloudformation.template import Template
from iamlogic.inputs.unresolved.choices import absent, choice, is_absent
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import content_of
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member
from iamlogic.syntax.problems import Document, Problems

MAX_STEPS = 200_000
"""Expressions that are resolved for one template. Templates of 100 KB need less than a thousand;
one whose names are made of each other's names could go on for ever."""

MAX_LEVELS = 80
"""Expressions inside each other, those that a reference leads to included."""

MAX_RESULT = 100_000
"""Characters of a text that expressions give: more than any policy may have."""

ArgumentsTo = Callable[[Arguments], JsonValue]

_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")
_SERVERLESS = re.compile(
    r"\$\{(?:(?:self|opt|env|sls|param)\s*:|cf(?:[.(][^:{}]*)?:|ssm(?:[.(][^:{}]*)?:/|file\()"
    r"(?:[^{}]|\$\{[^{}]*\})*\}"
)
"""Variables of the Serverless Framework (its guide, "Variables"), which `serverless package` fills;
some have others inside. A policy variable looks alike, but no condition key has these prefixes,
except for `ssm:`, where a name of a parameter is told by its slash."""


def is_filled_first(text: str) -> bool:
    """Whether something in a text is filled in before CloudFormation sees it."""
    return "${" in text and _SERVERLESS.search(text) is not None


@dataclass(slots=True)
class Resolver:
    """The expressions of one template. Its `template` and all below change."""

    template: Template
    document: Document
    placeholders: Placeholders
    steps: int = 0
    levels: int = 0
    empty: dict[int, str] = field(default_factory=dict)
    """Where a parameter stands whose default is empty, by the parameter's name."""
    verdicts: dict[tuple[str, frozenset[tuple[str, str | None]]], Verdict] = field(
        default_factory=dict
    )
    """Conditions that are decided, with what was assumed."""
    named: dict[tuple[str, str, frozenset[tuple[str, str | None]]], JsonValue] = field(
        default_factory=dict
    )
    """Properties that name resources, by resource and property, with what was assumed."""

    def resolve(self, node: JsonValue, scope: Scope) -> JsonValue:
        """The value of an expression, or of all expressions in a tree."""
        self.step(node.position)
        if self.levels >= MAX_LEVELS:
            reason = "the result of expressions that lead too far into each other"
            return self.open(expression(node), reason, node.position, content_of(node))
        self.levels += 1
        try:
            return self._resolved(node, scope)
        finally:
            self.levels -= 1

    def open(self, name: str, reason: str, position: int, meaning: str = "") -> JsonString:
        """The placeholder for a value that is not known; `meaning` is what its name leaves out."""
        self.step(position)
        where = self.document.where(position, ())
        return JsonString(self.placeholders.text(name, reason, where, meaning), position)

    def text(self, text: str, position: int) -> JsonString:
        """A text, with what it has looked up at the deployment left open."""

        def replaced(found: re.Match[str]) -> str:
            name = found[0][2:-2]
            return self.open(name, "looked up at the deployment", position).value

        def filled(found: re.Match[str]) -> str:
            name = found[0][2:-1]
            reason = "a variable of the Serverless Framework"
            return self.open(name, reason, position).value

        text = _SERVERLESS.sub(filled, text) if "${" in text else text
        return JsonString(_DYNAMIC.sub(replaced, text) if "{{" in text else text, position)

    def each(self, values: Arguments, apply: ArgumentsTo, position: int, name: str) -> JsonValue:
        """`apply` of values that may be choices; `name` is for what hangs on too many of them."""
        whole = JsonList(values, position)
        try:
            result = forked(values, apply, position)
        except TooManyForks:
            reason, meaning = "one text or another after many conditions", content_of(whole)
            return self.open(name, reason, position, meaning)
        if isinstance(result, JsonString) and len(result.value) > MAX_RESULT:
            return self.open(name, "a text that is too long", position, content_of(whole))
        return result

    def step(self, position: int) -> None:
        """Count one step. Raises `PolicySyntaxError` when there have been too many."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            problems = Problems(self.document)
            message = f"resolving this template takes more than {MAX_STEPS:,} steps"
            problems.error(position, (), message, "R-P1")
            raise problems.failure()

    def decide(self, node: JsonValue | None, scope: Scope) -> Verdict:
        """Whether a condition holds."""
        if node is None:
            return Verdict(None)
        self.step(node.position)
        if self.levels >= MAX_LEVELS:
            return Verdict(None)
        self.levels += 1
        try:
            return self._decided(node, scope)
        finally:
            self.levels -= 1

    def branch(self, condition: str, scope: Scope, position: int) -> Branch:
        """A condition by its name, and the scopes of both of its branches."""
        node = self.template.conditions.get(condition)
        if node is None or f"condition {condition}" in scope.within:
            reason = "a condition that the template does not define"
            return Branch(self._condition(condition, reason, position), None, scope, scope)
        verdict = self._named(condition, scope)
        if verdict.is_decided:
            return Branch("", verdict.holds, scope, scope)

        def after(*, holds: bool) -> Scope:
            is_other = verdict.holds is not None and verdict.holds != holds
            open_ = verdict.defaults if is_other else frozenset()
            said = implied(node, holds=holds, template=self.template, open_=open_)
            known = {name: value for name, value in said.items() if name not in scope.assumed}
            return scope.assuming(known if is_other or verdict.holds is None else {})

        text = self._condition(condition, self._why(verdict), position)
        return Branch(text, None, after(holds=True), after(holds=False))

    def _why(self, verdict: Verdict) -> str:
        if verdict.holds is None:
            return "a condition on what is not known before the deployment"
        truth = "true" if verdict.holds else "false"
        names = " and ".join(sorted(verdict.defaults))
        return f"a condition on {names}, {truth} by default"

    def _condition(self, name: str, reason: str, position: int) -> str:
        where = self.document.where(position, ())
        return self.placeholders.condition(name, reason, where, meaning_of(self.template, name))

    def _resolved(self, node: JsonValue, scope: Scope) -> JsonValue:
        call = as_call(node)
        if call is not None:
            return self._call(call, node, scope)
        match node:
            case JsonString(text, position):
                return self.text(text, position)
            case JsonList(items, position):
                resolved = tuple(self.resolve(item, scope) for item in items)
                return JsonList(resolved, position)
            case JsonObject(members, position):
                if any(member.name.startswith("Fn::") for member in members):
                    reason = "completed by a transform at the deployment"
                    return self.open(expression(node), reason, position, content_of(node))
                resolved_members = tuple(
                    Member(member.name, member.position, self.resolve(member.value, scope))
                    for member in members
                )
                return JsonObject(resolved_members, position)
        return node

    def _call(self, call: Call, node: JsonValue, scope: Scope) -> JsonValue:
        from iamlogic.inputs.cloudformation.functions import FUNCTIONS

        if is_absent(node):
            return absent(call.position)
        function = FUNCTIONS.get(call.function)
        result = function(self, call, scope) if function else None
        if result is None:
            name = expression(node)
            reason = f"the result of {call.function} at the deployment"
            return self.open(name, reason, call.position, content_of(node))
        return result

    def conditional(self, call: Call, scope: Scope) -> JsonValue | None:
        """`Fn::If`: the branch that is taken, or the choice between both."""
        parts = arguments(call.argument)
        name = text_of(parts[0]) if len(parts) == 3 else None
        if name is None:
            return None
        taken = self.branch(name, scope, call.position)
        if taken.holds is not None:
            return self.resolve(parts[1] if taken.holds else parts[2], scope)
        yes = self.resolve(parts[1], taken.yes)
        no = self.resolve(parts[2], taken.no)
        return choice(taken.condition, yes, no, call.position)

    def _decided(self, node: JsonValue, scope: Scope) -> Verdict:
        name = text_of(get(node, "Condition"))
        if name is not None:
            return self._named(name, scope)
        call = as_call(node)
        parts = arguments(call.argument) if call else ()
        match call.function if call else "":
            case "Fn::And":
                return conjunction([self.decide(each, scope) for each in parts])
            case "Fn::Or":
                verdicts = [self.decide(each, scope).negated() for each in parts]
                return conjunction(verdicts).negated()
            case "Fn::Not" if len(parts) == 1:
                return self.decide(parts[0], scope).negated()
            case "Fn::Equals" if len(parts) == 2:
                return self._equal(parts[0], parts[1], scope)
        return Verdict(None)

    def _named(self, name: str, scope: Scope) -> Verdict:
        within = f"condition {name}"
        if within in scope.within:
            return Verdict(None)
        key = (name, frozenset(scope.assumed.items()))
        if key not in self.verdicts:
            condition = self.template.conditions.get(name)
            self.verdicts[key] = self.decide(condition, scope.inside(within))
        return self.verdicts[key]

    def _equal(self, one: JsonValue, other: JsonValue, scope: Scope) -> Verdict:
        deployment = self.placeholders.deployment
        texts = [text_of(self.resolve(each, scope)) for each in (one, other)]
        if None in texts:
            return Verdict(None)
        if texts[0] != texts[1] and any(self.placeholders.inside(text or "") for text in texts):
            return Verdict(None)
        used = (defaults_in(each, self.template, deployment, scope) for each in (one, other))
        return Verdict(texts[0] == texts[1], frozenset().union(*used))


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition: whether it `holds`, and what is known where it does (`yes`) and does not."""

    condition: str
    holds: bool | None
    yes: Scope
    no: Scope
