"""Policies with expressions of CloudFormation outside of any template.

The tree of constructs that the CDK writes beside its templates, the resources of a Serverless
service, a file that a template includes: what their expressions speak of is declared somewhere
else. So each of them is a placeholder, but for the pseudo parameters.
"""

from __future__ import annotations

from iamlogic.errors import Path
from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.documents import place
from iamlogic.inputs.cloudformation.nodes import as_call
from iamlogic.inputs.cloudformation.resolver import Resolver, is_filled_first
from iamlogic.inputs.cloudformation.template import sections
from iamlogic.inputs.cloudformation.walking import Place
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue
from iamlogic.syntax.problems import Document


def has_expressions(node: JsonValue) -> bool:
    """Whether an expression of CloudFormation, or of Serverless, stands anywhere in a tree."""
    pending = [node]
    while pending:
        here = pending.pop()
        if as_call(here) is not None:
            return True
        match here:
            case JsonString(text, _) if is_filled_first(text):
                return True
            case JsonList(items, _):
                pending += items
            case JsonObject(members, _):
                pending += (each.value for each in members)
    return False


def place_fragment(
    node: JsonValue, path: Path, name: str, document: Document, deployment: Deployment
) -> Found:
    """The policy, or the policies of the branches of a condition, that a tree comes to."""
    document = TemplateDocument(document.text or "", document.file or "")
    nothing_declared = sections(JsonObject((), node.position))
    resolver = Resolver(nothing_declared, document, Placeholders(deployment))
    return place(resolver, Place(node, path, name, Scope()), None, None)
