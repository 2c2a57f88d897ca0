"""What Ref and Fn::GetAtt give: parameters, pseudo parameters, and resources of the template.

A resource that the template names has that name; of another the name is left open inside the ARN,
whose form is known: `arn:aws:s3:::<LogBucket>`. The forms are those of the catalog.
"""

from __future__ import annotations

import re

from iamlogic.catalog.templates import ResourceForm, resource_forms
from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.forks import Arguments
from iamlogic.inputs.cloudformation.nodes import text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.unresolved.choices import absent, is_absent
from iamlogic.syntax.json_tree import JsonList, JsonString, JsonValue

MOST_NAMES = 6
"""Resources that are named after each other, one in another's name."""

_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}
"""AWS::URLSuffix by the partition."""

_BRACES = re.compile(r"\{([a-z]+)\}")
_UNNAMED = ResourceForm("", None, None, {})


def referred(resolver: Resolver, name: str, position: int, scope: Scope) -> JsonValue:
    """What `${name}` means in Fn::Sub: a Ref, or with a dot an attribute."""
    if "." in name and name not in resolver.template.parameters:
        resource, _, rest = name.partition(".")
        return attribute(resolver, resource, rest, position, scope)
    return reference(resolver, name, position, scope)


def reference(resolver: Resolver, name: str, position: int, scope: Scope) -> JsonValue:
    """What Ref gives for a name."""
    if name.startswith("AWS::"):
        return pseudo_parameter(resolver, name, position)
    if name in scope.assumed or name in resolver.template.parameters:
        return _parameter(resolver, name, position, scope)
    if name not in resolver.template.resources:
        reason = "neither a parameter nor a resource of the template"
        return resolver.open(name, reason, position)
    type_ = resolver.template.type_of(name)
    form = resource_forms().get(type_, _UNNAMED)
    if form.ref is None:
        return resolver.open(name, f"a reference to the resource {name} ({type_})", position)
    return _filled(resolver, form, form.ref, name, position, scope)


def attribute(
    resolver: Resolver, resource: str, name: str, position: int, scope: Scope
) -> JsonValue:
    """What Fn::GetAtt gives for an attribute of a resource."""
    type_ = resolver.template.type_of(resource)
    form = resource_forms().get(type_, _UNNAMED)
    if name in form.attributes:
        return _filled(resolver, form, form.attributes[name], resource, position, scope)
    if name == "Arn" and not type_ and _is_made_by_sam(resolver, resource):
        role = resource_forms()["AWS::IAM::Role"]
        return _filled(resolver, role, role.attributes["Arn"], resource, position, scope)
    reason = f"an attribute of the resource {resource} ({type_ or 'not in the template'})"
    return resolver.open(f"{resource}.{name}", reason, position)


def _is_made_by_sam(resolver: Resolver, resource: str) -> bool:
    """Whether a resource is the role that SAM makes for a function or a state machine."""
    owner = resolver.template.type_of(resource.removesuffix("Role"))
    return owner in {"AWS::Serverless::Function", "AWS::Serverless::StateMachine"}


def pseudo_parameter(resolver: Resolver, name: str, position: int) -> JsonValue:
    """What a name that AWS defines is."""
    deployment = resolver.placeholders.deployment
    where = resolver.document.where(position, ())
    match name:
        case "AWS::AccountId":
            return JsonString(resolver.placeholders.account(name, where), position)
        case "AWS::Partition":
            return JsonString(deployment.partition, position)
        case "AWS::Region":
            return JsonString(resolver.placeholders.region(name, where), position)
        case "AWS::URLSuffix" if deployment.partition in _SUFFIXES:
            return JsonString(_SUFFIXES[deployment.partition], position)
        case "AWS::NoValue":
            return absent(position)
    return resolver.open(name, "known at the deployment", position)


def _parameter(resolver: Resolver, name: str, position: int, scope: Scope) -> JsonValue:
    template = resolver.template
    type_ = template.parameter_type(name)
    if type_.startswith("AWS::SSM::Parameter::Value"):
        key = resolver.placeholders.deployment.parameters.get(name, template.default(name))
        reason = f"read from the SSM parameter {key or ''}".rstrip() + " at the deployment"
        return resolver.open(name, reason, position, key or "")
    if name in scope.assumed:
        text = scope.assumed[name]
        if text is None:
            reason = "a parameter that has not its default here, by a condition"
            return resolver.open(name, reason, position)
    else:
        text = resolver.placeholders.deployment.parameters.get(name, template.default(name))
        if text is None:
            return resolver.open(name, "a parameter without a default", position)
        if not text and name not in resolver.placeholders.deployment.parameters:
            resolver.empty[position] = name
    if type_ == "CommaDelimitedList" or type_.startswith("List<"):
        items = (JsonString(each.strip(), position) for each in text.split(","))
        return JsonList(tuple(items), position)
    return resolver.text(text, position)


def _filled(
    resolver: Resolver, form: ResourceForm, text: str, resource: str, position: int, scope: Scope
) -> JsonValue:
    """A form of the catalog with all that stands in braces."""
    names = _BRACES.findall(text)
    values = tuple(_part(resolver, form, name, resource, position, scope) for name in names)

    def filled(resolved: Arguments) -> JsonValue:
        following = iter(resolved)
        result = _BRACES.sub(lambda _: text_of(next(following)) or "", text)
        return JsonString(result, position)

    return resolver.each(values, filled, position, resource)


def _part(
    resolver: Resolver, form: ResourceForm, part: str, resource: str, position: int, scope: Scope
) -> JsonValue:
    match part:
        case "partition":
            return pseudo_parameter(resolver, "AWS::Partition", position)
        case "region":
            return pseudo_parameter(resolver, "AWS::Region", position)
        case "account":
            return pseudo_parameter(resolver, "AWS::AccountId", position)
        case "random":
            return resolver.open(f"{resource}.Suffix", "made up by AWS", position)
        case "path":
            return _property(resolver, "Path", resource, position, scope, JsonString("/", position))
    reason = f"the name that the resource {resource} ({form.type}) will get"
    unnamed = resolver.open(resource, reason, position)
    if form.name is None:
        return unnamed
    return _property(resolver, form.name, resource, position, scope, unnamed)


def _property(
    resolver: Resolver,
    name: str,
    resource: str,
    position: int,
    scope: Scope,
    otherwise: JsonString,
) -> JsonValue:
    """A property of a resource as a text, or what it is without one."""
    node = resolver.template.property(resource, name)
    within = f"resource {resource}"
    too_far = within in scope.within or len(scope.within) > MOST_NAMES
    if node is None or too_far:
        return otherwise
    key = (resource, name, frozenset(scope.assumed.items()))
    if key not in resolver.named:
        resolver.named[key] = resolver.resolve(node, scope.inside(within))
    value = resolver.named[key]

    def named(resolved: Arguments) -> JsonValue:
        text = text_of(resolved[0])
        if text is None or is_absent(resolved[0]):
            return otherwise
        return JsonString(text.removeprefix("https://"), position)  # of an issuer's URL

    return resolver.each((value,), named, position, resource)
