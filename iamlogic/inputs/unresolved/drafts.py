"""Statements that the reader of policies can read, of those that a template leaves open.

Most texts with a placeholder are texts like others: `arn:aws:s3:::<Bucket>/*` is a resource. Where
the language asks for more than a text (an effect, a principal, the name of a service, a number) the
open part is taken out, and a guard put in its place. A list of which a part is open becomes two
statements: one with what is known, one with all that the rest can be, under the guard that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.questions.review.openness import condition_subject, guard
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member
from iamlogic.syntax.literals import CHECKS
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.policy import Condition

_NAMED = re.compile(r"(arn:aws[a-z-]*:iam::[0-9]{12}:(?:role|user)/)(.+)")
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::([0-9]{12}):(?:assumed-role|federated-user)/.+")
_PROVIDER = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:saml|oidc)-provider/.+")
_ANYBODY = "*"


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that can be read, and the guards that it stands under."""

    node: JsonObject
    guards: tuple[Condition, ...] = ()

    def member(self, *names: str) -> Member | None:
        return next((each for each in self.node.members if each.name in names), None)

    def put(self, old: Member, new: Member | None, *guards: Condition) -> Draft:
        """The draft with another member in the place of one, or with none, under more guards."""
        members = [new if each is old else each for each in self.node.members]
        kept = tuple(each for each in members if each is not None)
        return Draft(JsonObject(kept, self.node.position), (*self.guards, *guards))


@dataclass(frozen=True, slots=True)
class Drafting:
    """How one policy's statements are drafted; `names_principals` says of which kind it is."""

    placeholders: Placeholders
    names_principals: bool
    has_resources: bool

    def drafts(self, node: JsonValue, guards: tuple[Condition, ...]) -> Iterator[Draft]:
        """The statements that a node, with its choices taken, can be read as."""
        if isinstance(node, JsonString) and self._is_open(node.value):
            yield from self._any_statement(node, guards)
        elif not isinstance(node, JsonObject):
            yield Draft(JsonObject((), node.position), guards)  # the reader says what is wrong
        else:
            found = [Draft(node, guards)]
            for step in (self._effect, self._sid, self._actions, self._principals):
                found = [after for before in found for after in step(before)]
            yield from (self._condition(self._resources(draft)) for draft in found)

    def _is_open(self, text: str) -> bool:
        """Whether a text is a placeholder, and nothing but that."""
        inside = self.placeholders.inside(text)
        return len(inside) == 1 and inside[0].text == text

    def _any_statement(self, node: JsonString, guards: tuple[Condition, ...]) -> Iterator[Draft]:
        at = node.position
        for effect in ("Allow", "Deny"):
            texts = {"Effect": effect, "Action": "*"}
            if self.names_principals:
                texts["Principal"] = _ANYBODY
            if self.has_resources:
                texts["Resource"] = "*"
            members = tuple(Member(name, at, JsonString(text, at)) for name, text in texts.items())
            open_part = guard(f"Statement {node.value}, {effect}")
            yield Draft(JsonObject(members, at), (*guards, open_part))

    def _effect(self, draft: Draft) -> Iterator[Draft]:
        member = draft.member("Effect")
        if member is None or not isinstance(member.value, JsonString):
            yield draft
            return
        text = member.value.value
        if not self.placeholders.inside(text):
            yield draft
            return
        for effect, matches in (("Allow", True), ("Deny", False)):
            value = JsonString(effect, member.value.position)
            chosen = guard(f"Effect {text}, Allow", matches=matches)
            yield draft.put(member, Member(member.name, member.position, value), chosen)

    def _sid(self, draft: Draft) -> Iterator[Draft]:
        """A Sid means nothing: what is open in it goes."""
        member = draft.member("Sid")
        if member is None or not isinstance(member.value, JsonString):
            yield draft
            return
        inside = self.placeholders.inside(member.value.value)
        if not inside:
            yield draft
            return
        text = re.sub(r"[^A-Za-z0-9]", "", member.value.value)
        value = JsonString(text, member.value.position)
        yield draft.put(member, Member(member.name, member.position, value))

    def _actions(self, draft: Draft) -> Iterator[Draft]:
        member = draft.member("Action", "NotAction")
        if member is None:
            yield draft
            return
        items = _items(member.value)
        unknown = [each for each in items if self._has_open_service(each)]
        yield from self._divided(draft, member, items, unknown, JsonString("*", member.position))

    def _has_open_service(self, node: JsonValue) -> bool:
        if not isinstance(node, JsonString):
            return False
        service, colon, _ = node.value.partition(":")
        return bool(self.placeholders.inside(service if colon else node.value))

    def _divided(
        self,
        draft: Draft,
        member: Member,
        items: list[JsonValue],
        unknown: list[JsonValue],
        everything: JsonValue,
    ) -> Iterator[Draft]:
        """One draft with the known items, and one with everything that the others can be."""
        if not unknown:
            yield draft
            return
        known = tuple(each for each in items if each not in unknown)
        subject = member.name.removeprefix("Not")
        entries = [_text(each) for each in unknown]
        rest = Member(member.name, member.position, JsonList(known, member.value.position))
        if member.name.startswith("Not"):
            whole = Member(subject, member.position, everything)
            yield draft.put(
                member, rest if known else whole, guard(subject, entries, matches=False)
            )
            return
        if known:
            yield draft.put(member, rest)
        opened = Member(member.name, member.position, everything)
        yield draft.put(member, opened, guard(subject, entries))

    def _resources(self, draft: Draft) -> Draft:
        member = draft.member("Resource", "NotResource")
        if member is None:
            return draft
        value = member.value
        items = tuple(self._as_arn(each) for each in _items(value))
        if list(items) == _items(value):
            return draft
        listed = JsonList(items, value.position) if isinstance(value, JsonList) else items[0]
        return draft.put(member, Member(member.name, member.position, listed))

    def _as_arn(self, node: JsonValue) -> JsonValue:
        """A resource of which not even the beginning is known, under a beginning of its own."""
        if not isinstance(node, JsonString) or node.value.startswith(("arn:", "*")):
            return node
        inside = self.placeholders.inside(node.value)
        if inside and node.value.startswith(inside[0].text):
            return JsonString(UNKNOWN_ARN + node.value, node.position)
        return node

    def _principals(self, draft: Draft) -> Iterator[Draft]:
        member = draft.member("Principal", "NotPrincipal")
        if member is None:
            yield draft
            return
        known, unknown = self._principal_entries(member.value)
        negated = member.name == "NotPrincipal"
        everybody = JsonString(_ANYBODY, member.position)
        if not unknown:
            yield draft if known is None else draft.put(member, replace_value(member, known))
            return
        if negated:
            effect = draft.member("Effect")
            listed = ", ".join(sorted(text for text, _ in unknown))
            subject = f"NotPrincipal {listed}, {_text(effect.value) if effect else ''}"
            rest = (
                replace_value(member, known)
                if known is not None
                else Member("Principal", member.position, everybody)
            )
            yield draft.put(member, rest, guard(subject, matches=False))
            return
        if known is not None:
            yield draft.put(member, replace_value(member, known))
        for cover in sorted({cover for _, cover in unknown}):
            entries = [text for text, each in unknown if each == cover]
            at = member.position
            value: JsonValue = everybody
            if cover != _ANYBODY:
                value = JsonObject((Member("AWS", at, JsonString(cover, at)),), at)
            yield draft.put(member, replace_value(member, value), guard("Principal", entries))

    def _principal_entries(self, node: JsonValue) -> tuple[JsonValue | None, list[tuple[str, str]]]:
        """The entries that can be read, and the others: their texts, with who they can be."""
        if isinstance(node, JsonString):
            if self.placeholders.inside(node.value):
                return None, [(node.value, _ANYBODY)]
            return node, []
        if not isinstance(node, JsonObject):
            return node, []
        unknown: list[tuple[str, str]] = []
        members: list[Member] = []
        for member in node.members:
            kept: list[JsonValue] = []
            for item in _items(member.value):
                found = self._entry(member.name, item)
                if isinstance(found, str):
                    unknown.append((_text(item), found))
                else:
                    kept.append(found)
            if kept or not _items(member.value):
                value = kept[0] if len(kept) == 1 else JsonList(tuple(kept), member.value.position)
                members.append(Member(member.name, member.position, value))
        return (JsonObject(tuple(members), node.position) if members else None), unknown

    def _entry(self, kind: str, node: JsonValue) -> JsonValue | str:
        """An entry as it can be read, or a principal that includes all that it can be."""
        if not isinstance(node, JsonString):
            return node
        inside = [each for each in self.placeholders.inside(node.value) if "<" in each.text]
        if not inside:
            return node
        text = node.value
        if kind == "Federated":
            return node if _PROVIDER.fullmatch(text) else _ANYBODY
        if kind != "AWS":
            return _ANYBODY
        if found := _NAMED.fullmatch(text):
            # A path may hold what a name may not, so the placeholder stands in the path.
            *path, name = found[2].split("/")
            if self.placeholders.inside(name):
                plain = re.sub(r"[^A-Za-z0-9_+=,.@-]", "", name) or "name"
                path, name = [*path, name], plain
            return JsonString(found[1] + "/".join([*path, name]), node.position)
        if found := _SESSION.fullmatch(text):
            return f"arn:{found[1]}:iam::{found[2]}:root"
        return _ANYBODY

    def _condition(self, draft: Draft) -> Draft:
        member = draft.member("Condition")
        if member is None:
            return draft
        if isinstance(member.value, JsonString) and self.placeholders.inside(member.value.value):
            return draft.put(member, None, guard(f"Condition {member.value.value}"))
        if not isinstance(member.value, JsonObject):
            return draft
        unknown: list[str] = []
        operators = [
            kept for each in member.value.members if (kept := self._operator(each, unknown))
        ]
        value = JsonObject(tuple(operators), member.value.position)
        return draft.put(member, replace_value(member, value), *map(guard, unknown))

    def _operator(self, member: Member, unknown: list[str]) -> Member | None:
        """An operator with its keys, without those that no value of its type can stand for."""
        if isinstance(member.value, JsonString) and self.placeholders.inside(member.value.value):
            unknown.append(f"Condition {member.name} {member.value.value}")
            return None
        if not isinstance(member.value, JsonObject):
            return member
        operator = OPERATORS.get(member.name.lower())
        if operator is None or operator.base.family not in CHECKS:
            return member
        kept = []
        for key in member.value.members:
            texts = [_text(each) for each in _items(key.value)]
            if any(self.placeholders.inside(text) for text in texts):
                unknown.append(condition_subject(operator, key.name, texts))
            else:
                kept.append(key)
        if not kept:
            return None
        return replace_value(member, JsonObject(tuple(kept), member.value.position))


def replace_value(member: Member, value: JsonValue) -> Member:
    """The member with another value."""
    return Member(member.name, member.position, value)


def _items(node: JsonValue) -> list[JsonValue]:
    return list(node.items) if isinstance(node, JsonList) else [node]


def _text(node: JsonValue) -> str:
    return node.value if isinstance(node, JsonString) else ""
