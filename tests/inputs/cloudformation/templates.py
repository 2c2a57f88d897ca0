"""Small templates for tests, and their trees as plain values."""

from __future__ import annotations

from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.template import sections
from iamlogic.inputs.unresolved.choices import as_choice, is_absent
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.inputs.yaml_tree import read_yaml
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
)

Plain = object
"""Texts, lists and dictionaries; a choice is `(condition, if it holds, if not)`."""


def tree(text: str) -> JsonValue:
    """The tree of a text with one YAML document."""
    (root,) = read_yaml(text, TemplateDocument(text, "template.yaml"))
    return root


def plain(node: JsonValue) -> Plain:
    """A tree as plain values; what is absent is `...`."""
    found = as_choice(node)
    if found is not None:
        return (found.condition, plain(found.if_true), plain(found.if_false))
    if is_absent(node):
        return ...
    match node:
        case JsonString(text, _) | JsonNumber(text, _):
            return text
        case JsonBool(truth, _):
            return truth
        case JsonNull():
            return None
        case JsonList(items, _):
            return [plain(item) for item in items]
        case JsonObject(members, _):
            return {member.name: plain(member.value) for member in members}


def resolver(text: str, deployment: Deployment | None = None) -> Resolver:
    """What resolves the expressions of a template."""
    root = tree(text)
    assert isinstance(root, JsonObject)
    document = TemplateDocument(text, "template.yaml")
    return Resolver(sections(root), document, Placeholders(deployment))


def resolved(expression: str, template: str, deployment: Deployment | None = None) -> Plain:
    """What an expression is in a template."""
    return plain(resolver(template, deployment).resolve(tree(expression), Scope()))
