"""`place_policy`: a tree that a template resolved to becomes a policy in both of its readings.

The reader of policies does the reading, so a policy in a template has the errors, the warnings and
the meaning of any other. Before it, the statements are drafted (`drafts`); after it, they get the
guards under which they stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from iamlogic.errors import PolicyReadError, PolicySyntaxError
from iamlogic.inputs.unresolved.alternatives import Guards, TooOpen, alternatives, variants
from iamlogic.inputs.unresolved.drafts import Draft, Drafting
from iamlogic.inputs.unresolved.embedded import read_embedded
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.openness import guard
from iamlogic.questions.review.placed import PlacedPolicy, Placeholder, PlaceholderKind, Unread
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member
from iamlogic.syntax.policy import Condition, Policy
from iamlogic.syntax.policy_types import PolicyType, check_policy
from iamlogic.syntax.problems import Document, Problems
from iamlogic.syntax.reader import read_policy, report_repeated_names

MOST_STATEMENTS = 512
"""Statements that the alternatives of one policy may come to."""

_OF_REQUESTERS = {PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCP}


def place_policy(
    root: JsonValue,
    document: Document,
    placeholders: Placeholders,
    *,
    name: str,
    type_: PolicyType | None = None,
    resource_type: str | None = None,
) -> PlacedPolicy | Unread:
    """The policy that the tree `root` of `document` (whose file it names) writes down.

    The tree's positions are offsets in the document's text. It may hold what `choices` describes. A
    root that is a text is read as JSON, all of it at the place of that text.
    """
    file = document.file or ""
    where = document.where(root.position, ())
    try:
        policy = _policy(_tree(root, document), document, placeholders, type_)
        if type_ is not None:
            check_policy(policy, type_)
    except PolicySyntaxError as error:
        return Unread(file, name, where, error, content=content_of(root))
    except TooOpen as too_open:
        unknown = PolicyReadError(f"{file}: {name}" if name else file, str(too_open))
        return Unread(file, name, where, unknown, is_open=True, content=content_of(root))
    used = _used(root, placeholders)
    accounts = [each for each in used if each.kind is PlaceholderKind.ACCOUNT]
    account = placeholders.deployment.account or (accounts[0].text if accounts else None)
    for_any = opened(policy, used) if used else policy
    return PlacedPolicy(file, name, where, policy, for_any, used, type_, resource_type, account)


def _tree(root: JsonValue, document: Document) -> JsonValue:
    if isinstance(root, JsonString) and root.value.lstrip().startswith("{"):
        return read_embedded(root.value, lambda _: root.position, document)
    return root


def _policy(
    root: JsonValue, document: Document, placeholders: Placeholders, type_: PolicyType | None
) -> Policy:
    problems = Problems(document)
    if isinstance(root, JsonString) and (inside := placeholders.inside(root.value)):
        raise TooOpen(f"the policy is not known: {inside[0].name} is {inside[0].reason}")
    report_repeated_names(root, problems)
    if problems.failed:
        raise problems.failure()
    outline = _Outline.of(root, placeholders, type_)
    if outline is None:
        return read_policy(root, problems)
    policy = read_policy(outline.tree(), problems)
    return replace(
        policy,
        statements=tuple(
            replace(each, conditions=(*each.conditions, *draft.guards), sid=outline.sid(draft))
            for each, draft in zip(policy.statements, outline.drafts, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Outline:
    """A policy as the reader can read it: the members around, and the drafts of the statements."""

    root: JsonObject
    drafts: tuple[Draft, ...]

    @staticmethod
    def of(
        root: JsonValue, placeholders: Placeholders, type_: PolicyType | None
    ) -> _Outline | None:
        """None where the tree is not even the outline of a policy, which the reader tells of."""
        found: list[tuple[Guards, JsonValue]] = []
        outer: JsonObject | None = None
        for guards, policy in alternatives(root):
            if not isinstance(policy, JsonObject):
                return None
            member = _member(policy, "Statement")
            if member is None:
                return None
            if outer is not None and _version(outer) != _version(policy):
                raise TooOpen("the policy has one version or another")
            outer = outer or policy
            found += [
                (inner, item)
                for here, value in _under(guards, member.value)
                for each in (value.items if isinstance(value, JsonList) else (value,))
                for inner, item in _under(here, each)
            ]
        if outer is None:
            raise TooOpen("the policy is there under a condition only, and else there is none")
        names = any(_names_principals(item) for _, item in found)
        if type_ is not None:
            names = type_ not in _OF_REQUESTERS
        drafting = Drafting(placeholders, names, type_ is not PolicyType.TRUST)
        return _Outline(outer, tuple(_drafts(found, drafting)))

    def tree(self) -> JsonObject:
        """The policy with all drafts as its statements, without Sids, which are there twice."""
        statements = tuple(_without_sid(draft.node) for draft in self.drafts)
        members = [
            Member(each.name, each.position, JsonList(statements, each.value.position))
            if each.name == "Statement"
            else each
            for each in self.root.members
            if each.name != "Id" or not self._is_copied
        ]
        return JsonObject(tuple(members), self.root.position)

    @property
    def _is_copied(self) -> bool:
        return any(draft.guards for draft in self.drafts)

    def sid(self, draft: Draft) -> str | None:
        member = _member(draft.node, "Sid")
        text = member.value if member is not None else None
        return text.value if isinstance(text, JsonString) else None


def _under(guards: Guards, node: JsonValue) -> Iterable[tuple[Guards, JsonValue]]:
    for inner, value in alternatives(node):
        if all(guards.get(name, holds) == holds for name, holds in inner.items()):
            yield {**guards, **inner}, value


def _drafts(found: Iterable[tuple[Guards, JsonValue]], drafting: Drafting) -> Iterable[Draft]:
    count = 0
    for guards, item in found:
        for known, node in variants(item, guards):
            for draft in drafting.drafts(node, _conditions(known)):
                count += 1
                if count > MOST_STATEMENTS:
                    raise TooOpen(f"it comes to more than {MOST_STATEMENTS} statements")
                yield draft


def _conditions(guards: Guards) -> tuple[Condition, ...]:
    return tuple(guard(name, matches=holds) for name, holds in sorted(guards.items()))


def _names_principals(node: JsonValue) -> bool:
    names = {each.name for each in node.members} if isinstance(node, JsonObject) else set()
    return bool(names & {"Principal", "NotPrincipal"})


def _member(node: JsonObject, name: str) -> Member | None:
    return next((each for each in node.members if each.name == name), None)


def _version(node: JsonObject) -> str | None:
    member = _member(node, "Version")
    value = member.value if member is not None else None
    return value.value if isinstance(value, JsonString) else None


def _without_sid(node: JsonObject) -> JsonObject:
    return JsonObject(tuple(each for each in node.members if each.name != "Sid"), node.position)


def _used(root: JsonValue, placeholders: Placeholders) -> tuple[Placeholder, ...]:
    """The placeholders in a tree, each once, in the order of the texts."""
    found: dict[str, Placeholder] = {}
    pending = [root]
    while pending:
        node = pending.pop()
        match node:
            case JsonString(text, _):
                found.update((each.text, each) for each in placeholders.inside(text))
            case JsonList(items, _):
                pending += reversed(items)
            case JsonObject(members, _):
                for member in reversed(members):
                    found.update((each.text, each) for each in placeholders.inside(member.name))
                    pending.append(member.value)
    return tuple(found.values())


def content_of(root: JsonValue) -> str:
    """A text that is the same for trees that say the same, wherever they stand."""
    digest = hashlib.sha256()
    pending: list[JsonValue | str] = [root]
    while pending:
        match pending.pop():
            case str() as text:
                digest.update(text.encode("utf-8", "surrogatepass"))
            case JsonList(items, _):
                pending += ["]", *reversed(items), "["]
            case JsonObject(members, _):
                pending.append("}")
                for member in reversed(members):
                    pending += [member.value, repr(member.name)]
                pending.append("{")
            case leaf:
                digest.update(repr(leaf[:-1]).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]
