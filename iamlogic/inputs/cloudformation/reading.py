"""`read_template`: every policy in a template of CloudFormation or SAM.

The table of places leads to those whose type is known; grants in other words become statements or
are told; and whatever else has the shape of a policy is found below. A resource is read as if it
were there, whatever its `Condition` says, with what that condition says of parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from iamlogic.catalog.templates import PlaceForm, PolicyPlace, other_grants, policy_places
from iamlogic.errors import NOWHERE, IamlogicError, PolicySyntaxError
from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.documents import place, told
from iamlogic.inputs.cloudformation.foreach import expanded
from iamlogic.inputs.cloudformation.nodes import get, text_of
from iamlogic.inputs.cloudformation.permissions import read_permission
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.serverless import read_policies
from iamlogic.inputs.cloudformation.shapes import shapes
from iamlogic.inputs.cloudformation.subjects import attached, condition_of
from iamlogic.inputs.cloudformation.template import looks_like_template, sections
from iamlogic.inputs.cloudformation.walking import Place, Steps, items_of, walk
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.inputs.yaml_tree import read_yaml
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.documents import read_document
from iamlogic.syntax.json_tree import JsonObject, JsonValue
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import Document

_ORGANIZATION = {
    "SERVICE_CONTROL_POLICY": PolicyType.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyType.RCP,
}
"""Types of AWS::Organizations::Policy that are policies of IAM's language."""


def read_template(text: str, file: str, deployment: Deployment | None = None) -> Found:
    """Every policy in a template, YAML or JSON, and what in it could not be read.

    `ManagedPolicyArns`, and names of managed policies in SAM, are no documents and are passed over.
    A text that is no YAML or JSON, and a resolution that goes beyond its bounds, is the whole
    file's mistake. Of several YAML documents in one text each that is a template is read.
    """
    document = TemplateDocument(text, file)
    try:
        roots = _roots(text, document)
        found = Found()
        for root in roots:
            if looks_like_template(root):
                found += read_tree(root, document, deployment or Deployment())
        return _distinct(found)
    except IamlogicError as error:
        where = error.problems[0].where if isinstance(error, PolicySyntaxError) else NOWHERE
        return Found(unread=(Unread(file, "", replace(where, file=file), error),))


def may_be_template(text: str) -> bool:
    """Whether a text is worth being parsed as a template: it has the words that every one has."""
    return "Resources" in text and any(
        word in text for word in ("AWS::", "Alexa::", "Custom::", "Fn::Transform", "Fn::ForEach")
    )


def _roots(text: str, document: Document) -> tuple[JsonValue, ...]:
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return read_yaml(text, document)
    try:
        root, _ = read_document(text, document.file)
    except PolicySyntaxError:
        try:
            return read_yaml(text, document)  # as CloudFormation does: a trailing comma, a comment
        except IamlogicError:
            pass
        raise
    return (root,)


def read_tree(root: JsonValue, document: Document, deployment: Deployment) -> Found:
    """Every policy in the tree of a template, whose positions are offsets in the document's text.

    Raises `PolicySyntaxError` for a template that goes beyond the bounds.
    """
    document = TemplateDocument(document.text or "", document.file or "")
    return _distinct(_read(root, document, deployment))


def _read(root: JsonValue, document: Document, deployment: Deployment) -> Found:
    resolver = Resolver(sections(_object(root)), document, Placeholders(deployment))
    whole = expanded(resolver, _object(root))
    resolver.template = sections(whole)
    found = Found()
    known: set[Steps] = set()
    for member in whole.members:
        if member.name == "Resources":
            start = Place(member.value, ("Resources",), "", Scope())
            found += _resources(resolver, start, known)
        elif member.name == "Transform":
            found += _macros(resolver, Place(member.value, ("Transform",), "Transform", Scope()))
        elif member.name == "Globals":
            start = Place(member.value, ("Globals",), "Globals", Scope())
            found += _globals(resolver, start, known)
    start = Place(whole, (), "", Scope())
    for each in shapes(resolver, start, frozenset(known)):
        named = replace(each, name=each.name.removeprefix("Resources.").replace(".Properties", ""))
        if looks_like_template(each.node):
            inner = _read(each.node, document, deployment)
            found += _prefixed(inner, named.name)
        else:
            resource = each.steps[1] if each.steps[:1] == ("Resources",) else ""
            scope = _scope(resolver, str(resource))
            found += place(resolver, replace(named, scope=scope), None, None)
    return found


def _object(root: JsonValue) -> JsonObject:
    return root if isinstance(root, JsonObject) else JsonObject((), root.position)


def _prefixed(found: Found, name: str) -> Found:
    return Found(
        tuple(replace(each, name=f"{name}: {each.name}") for each in found.policies),
        tuple(replace(each, name=f"{name}: {each.name}") for each in found.unread),
    )


def _resources(resolver: Resolver, at: Place, known: set[Steps]) -> Found:
    found = Found()
    for resource in at.node.members if isinstance(at.node, JsonObject) else ():
        here = replace(at.down(resource.name, resource.value), name=resource.name)
        if resource.name == "Fn::Transform":
            message = "more resources come from a transform at the deployment"
            found += told(resolver, here, message, is_open=True)
            continue
        here = replace(here, scope=_scope(resolver, resource.name))
        found += _resource(resolver, here, known)
    return found


def _resource(resolver: Resolver, at: Place, known: set[Steps]) -> Found:
    type_ = text_of(get(at.node, "Type")) or ""
    found = Found()
    properties = get(at.node, "Properties")
    if properties is None:
        return found
    here = at.down("Properties", properties)
    subjects, condition = attached(resolver, here), condition_of(resolver, at)
    for entry in _places_of(type_):
        for each in walk(resolver, here, entry.path):
            known.add(each.steps)
            found += _placed(resolver, each, entry, here)
    for grant in other_grants():
        if grant.type == type_ and (not grant.path or list(walk(resolver, here, grant.path))):
            if grant.made:
                found += read_permission(resolver, here, type_)
                continue
            for each in walk(resolver, here, grant.path):
                message = f"{type_} grants access in other words than a policy"
                found += told(resolver, each, message, is_open=True)
    policies = (replace(each, attached=subjects, condition=condition) for each in found.policies)
    return Found(tuple(policies), found.unread)


def _placed(resolver: Resolver, at: Place, entry: PolicyPlace, properties: Place) -> Found:
    if not at.is_end:
        message = "what holds the policy is known after the deployment only"
        return told(resolver, at, message, is_open=True)
    if entry.form is PlaceForm.POLICIES:
        return read_policies(resolver, at, entry)
    type_ = entry.policy
    if entry.type == "AWS::Organizations::Policy":
        given = get(properties.node, "Type")
        kind = None if given is None else text_of(resolver.resolve(given, at.scope))
        type_ = _ORGANIZATION.get(kind or "")
        if kind and type_ is None and not resolver.placeholders.inside(kind):
            return Found()  # of tags, of backups, …: not a policy in IAM's language
    is_statements = entry.form is PlaceForm.STATEMENTS
    return place(resolver, at, type_, entry.resource, is_statements=is_statements)


def _macros(resolver: Resolver, at: Place) -> Found:
    """The macros that may make anything of the template; AWS's own are known, but for Include."""
    found = Found()
    for each in items_of(resolver, at):
        name = text_of(get(each.node, "Name")) or text_of(each.node) or "?"
        if name == "AWS::Include" or not name.startswith("AWS::"):
            message = f"the macro {name} may rewrite the template at the deployment"
            found += told(resolver, replace(each, name="Transform"), message, is_open=True)
    return found


def _globals(resolver: Resolver, at: Place, known: set[Steps]) -> Found:
    """SAM's defaults for the properties of all resources of a type."""
    found = Found()
    for section in ("Function", "Api", "StateMachine"):
        properties = get(at.node, section)
        if properties is None:
            continue
        here = at.down(section, properties, f".{section}")
        for entry in _places_of(f"AWS::Serverless::{section}"):
            for each in walk(resolver, here, entry.path):
                known.add(each.steps)
                found += _placed(resolver, each, entry, here)
    url = get(get(at.node, "Function"), "FunctionUrlConfig")
    if url is not None and text_of(get(url, "AuthType")) != "AWS_IAM":
        here = at.down("FunctionUrlConfig", url, ".Function.FunctionUrlConfig")
        message = "a default for the URLs of all functions: everybody may be able to call them"
        found += told(resolver, here, message, is_open=True)
    return found


def _places_of(type_: str) -> Iterator[PolicyPlace]:
    return (entry for entry in policy_places() if entry.type == type_)


def _scope(resolver: Resolver, resource: str) -> Scope:
    """What is known where a resource is there."""
    node = resolver.template.resources.get(resource)
    condition = text_of(get(node, "Condition"))
    if node is None or condition is None:
        return Scope()
    return resolver.branch(condition, Scope(), node.position).yes


def _distinct(found: Found) -> Found:
    """No two policies of a file have the same name."""
    counts: Counter[str] = Counter()

    def name(given: str) -> str:
        counts[given] += 1
        return given if counts[given] == 1 else f"{given} ({counts[given]})"

    return Found(
        tuple(replace(each, name=name(each.name)) for each in found.policies),
        tuple(replace(each, name=name(each.name)) for each in found.unread),
    )
