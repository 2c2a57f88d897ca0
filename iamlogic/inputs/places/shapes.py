"""Policies by their shape, wherever in a document they stand.

A policy is an object with a `Statement` that holds statements: objects with one of the elements
that only statements have. It may also be a text that says such an object in JSON. A misspelling
near to it counts as well, since what somebody meant as a policy must not be passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.errors import Path, PolicySyntaxError
from iamlogic.inputs.unresolved.embedded import escaped_origin, read_embedded
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.inputs.unresolved.placing import content_of, place_policy
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue
from iamlogic.syntax.problems import Document, closest

_ELEMENTS = {"effect", "action", "notaction", "principal", "notprincipal", "notresource"}
_VERSIONS = {"2012-10-17", "2008-10-17"}
_ESCAPE = re.compile(r"\\u00([0-7][0-9A-Fa-f])")
"""An escape that stands for an ASCII character: a name can be written with it."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A node that has the shape of a policy, and the way to it."""

    node: JsonValue
    path: Path

    @property
    def name(self) -> str:
        """The way to it as people write it; empty for the document itself."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".")


def policies_by_shape(root: JsonValue, document: Document, deployment: Deployment) -> Found:
    """Every policy in a JSON document, in the order of the text; those inside texts as well."""
    policies: list[PlacedPolicy] = []
    unread: list[Unread] = []
    for shaped in shaped_as_policies(root):
        found = _found(shaped, document, deployment)
        policies += found.policies
        unread += found.unread
    return Found(tuple(policies), tuple(unread))


def _found(shaped: Shaped, document: Document, deployment: Deployment) -> Found:
    from iamlogic.inputs.cloudformation.fragments import has_expressions, place_fragment

    if has_expressions(shaped.node):
        return place_fragment(shaped.node, shaped.path, shaped.name, document, deployment)
    placed = _placed(shaped, document)
    return Found(unread=(placed,)) if isinstance(placed, Unread) else Found(policies=(placed,))


def _placed(shaped: Shaped, document: Document) -> PlacedPolicy | Unread:
    node = shaped.node
    if isinstance(node, JsonString) and document.text is not None:
        try:
            origin = escaped_origin(document.text, node.position)
            node = read_embedded(node.value, origin, document)
        except PolicySyntaxError as error:
            where = document.where(node.position, shaped.path)
            return Unread(document.file or "", shaped.name, where, error, content=content_of(node))
    return place_policy(node, document, Placeholders(), name=shaped.name)


def shaped_as_policies(root: JsonValue) -> Iterator[Shaped]:
    """The nodes that have the shape of a policy; nothing is looked for inside of one."""
    pending: list[Shaped] = [Shaped(root, ())]
    while pending:
        here = pending.pop()
        if is_policy_shaped(here.node):
            yield here
            continue
        match here.node:
            case JsonList(items, _):
                inner = [Shaped(item, (*here.path, i)) for i, item in enumerate(items)]
            case JsonObject(members, _):
                inner = [Shaped(each.value, (*here.path, each.name)) for each in members]
            case _:
                inner = []
        pending += reversed(inner)


def is_policy_shaped(node: JsonValue) -> bool:
    """Whether a node is meant as a policy: an object, or a text that says one in JSON."""
    match node:
        case JsonObject(members, _):
            version = any(
                each.name.lower() == "version"
                and isinstance(each.value, JsonString)
                and each.value.value in _VERSIONS
                for each in members
            )
            return any(
                # Without a version, `statements` is what other tools call theirs.
                (version or (each.name[:1] == "S" and _holds_statements(each.value)))
                and closest(each.name, ("Statement",)) is not None
                for each in members
            )
        case JsonString(text, _):
            return is_policy_text(text)
    return False


def is_policy_text(text: str) -> bool:
    """Whether a text is meant as a policy in JSON, or has one inside, however it is escaped."""
    if text.lstrip()[:1] != "{":
        return False
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\\", "")
    return '"Statement"' in plain and '"Effect"' in plain


def _holds_statements(node: JsonValue) -> bool:
    items = node.items if isinstance(node, JsonList) else (node,)
    return any(
        isinstance(item, JsonObject)
        and any(member.name.lower() in _ELEMENTS for member in item.members)
        for item in items
    )
