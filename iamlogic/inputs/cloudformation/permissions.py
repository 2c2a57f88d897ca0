"""Grants that a template writes in other words, as the statements that AWS makes of them.

`AWS::Lambda::Permission` is what AddPermission takes, and AWS documents the statement that the
function's policy gets; likewise for layers and for event buses. Each resource becomes a policy with
one statement: policies of a resource only add up, so each can be judged for what it grants.

A bucket's canned ACL that is public, and a URL of SAM's that asks for no authentication, are public
access without any policy, and become one.

Sources: Lambda API Reference, API_AddPermission and API_AddLayerVersionPermission; Lambda Developer
Guide, access-control-resource-based and urls-auth; EventBridge API Reference, API_PutPermission;
Amazon S3 User Guide, acl-overview.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from iamlogic.inputs.cloudformation.attributes import attribute, pseudo_parameter
from iamlogic.inputs.cloudformation.documents import place_tree, wrapped
from iamlogic.inputs.cloudformation.forks import Arguments
from iamlogic.inputs.cloudformation.nodes import get, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.walking import Place
from iamlogic.inputs.unresolved.choices import absent, is_absent
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member
from iamlogic.syntax.policy_types import PolicyType

_ACCOUNT = re.compile(r"[0-9]{12}")
_PARTIAL_ARN = re.compile(r"[0-9]{12}:function:.+")

_OF_A_FUNCTION = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}
_LIST = ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads")
_WRITE = ("s3:PutObject", "s3:DeleteObject")
_CANNED = {
    "PublicRead": ("*", ((_LIST, ""),)),
    "PublicReadWrite": ("*", ((_LIST, ""), (_WRITE, "/*"))),
    "AuthenticatedRead": ("*", ((_LIST, ""),)),
}
"""Canned ACLs of buckets that let strangers in (Amazon S3 User Guide, acl-overview). Everybody with
an account of AWS is taken for everybody: that is more than it means, never less."""

_OF_A_LAYER = {"OrganizationId": ("StringEquals", "aws:PrincipalOrgID")}


def read_permission(resolver: Resolver, at: Place, type_: str) -> Found:
    """The policy that the resource with the properties at a place means; none if it grants none."""
    make, resource, name = _MADE[type_]
    root = make(resolver, at)
    if is_absent(root):
        return Found()
    node = get(at.node, name)
    here = at if node is None else at.down(name, node, f".{name}")
    return place_tree(resolver, here, root, PolicyType.RESOURCE, resource)


def _function(resolver: Resolver, at: Place) -> JsonValue:
    condition = _conditions(resolver, at, _OF_A_FUNCTION)
    target = _each(resolver, at, "FunctionName", lambda text: _function_arn(resolver, at, text))
    return wrapped(_statement(resolver, at, target, condition))


def _layer(resolver: Resolver, at: Place) -> JsonValue:
    condition = _conditions(resolver, at, _OF_A_LAYER)
    target = _each(resolver, at, "LayerVersionArn", lambda text: text)
    return wrapped(_statement(resolver, at, target, condition))


def _bucket(resolver: Resolver, at: Place) -> JsonValue:
    """A canned ACL, as the mapping of ACL permissions to actions says; public ones alone grant."""
    acl = get(at.node, "AccessControl")
    arn = attribute(resolver, str(at.steps[1]), "Arn", at.node.position, at.scope)

    def granted(texts: Mapping[str, str]) -> JsonValue | None:
        known = _CANNED.get(texts["acl"])
        if known is None:
            return None
        principal, actions = known
        position = acl.position if acl else at.node.position
        statements = (
            _allow(principal, granted_actions, texts["arn"] + suffix, position)
            for granted_actions, suffix in actions
        )
        return wrapped(JsonList(tuple(statements), position))

    return _granted(resolver, at, {"acl": acl, "arn": arn}, granted)


def _function_url(resolver: Resolver, at: Place) -> JsonValue:
    """What SAM adds for a URL that asks for no authentication: everybody may call it."""
    kind = get(get(at.node, "FunctionUrlConfig"), "AuthType")
    arn = attribute(resolver, str(at.steps[1]), "Arn", at.node.position, at.scope)

    def granted(texts: Mapping[str, str]) -> JsonValue | None:
        if texts["kind"] != "NONE":
            return None
        position = kind.position if kind else at.node.position
        statement = _allow("*", ("lambda:InvokeFunctionUrl",), texts["arn"], position)
        key = Member("lambda:FunctionUrlAuthType", position, JsonString("NONE", position))
        block = Member("StringEquals", position, JsonObject((key,), position))
        condition = Member("Condition", position, JsonObject((block,), position))
        return wrapped(JsonObject((*statement.members, condition), position))

    return _granted(resolver, at, {"kind": kind, "arn": arn}, granted)


def _granted(
    resolver: Resolver,
    at: Place,
    given: Mapping[str, JsonValue | None],
    granted: Callable[[Mapping[str, str]], JsonValue | None],
) -> JsonValue:
    """What is granted by properties, the first of which decides; open if that is open."""
    first, *_ = given
    position = at.node.position
    decisive = _resolved(resolver, at, given[first])
    if decisive is None:
        return absent(position)
    values = {name: node or absent(position) for name, node in given.items()} | {first: decisive}

    def made(resolved: Arguments) -> JsonValue:
        texts = {name: text_of(node) for name, node in zip(values, resolved, strict=True)}
        known = {name: text for name, text in texts.items() if text is not None}
        if first in known and resolver.placeholders.inside(known[first]):
            return resolved[0]
        result = granted(known) if len(known) == len(texts) else None
        return absent(position) if result is None else result

    return resolver.each(tuple(values.values()), made, position, first)


def _allow(principal: str, actions: tuple[str, ...], target: str, position: int) -> JsonObject:
    members = (
        Member("Effect", position, JsonString("Allow", position)),
        Member("Principal", position, JsonString(principal, position)),
        Member("Action", position, JsonList(_texts(actions, position), position)),
        Member("Resource", position, JsonString(target, position)),
    )
    return JsonObject(members, position)


def _texts(texts: tuple[str, ...], position: int) -> tuple[JsonString, ...]:
    return tuple(JsonString(text, position) for text in texts)


def _event_bus(resolver: Resolver, at: Place) -> JsonValue:
    given = get(at.node, "Condition")
    resolved = {
        name: _resolved(resolver, at, get(given, name)) for name in ("Type", "Key", "Value")
    }
    operator, key, value = (text_of(resolved["Type"]), text_of(resolved["Key"]), resolved["Value"])
    condition: list[Member] = []
    if given is not None:
        position = given.position
        inner = Member(key or "", position, value or JsonString("", position))
        block = Member(operator or "", position, JsonObject((inner,), position))
        condition = [Member("Condition", position, JsonObject((block,), position))]
    target = _each(
        resolver, at, "EventBusName", lambda text: _bus_arn(resolver, at, text), default="default"
    )
    return wrapped(_statement(resolver, at, target, condition))


def _statement(
    resolver: Resolver, at: Place, target: JsonValue, condition: list[Member]
) -> JsonValue:
    position = at.node.position
    action = _resolved(resolver, at, get(at.node, "Action")) or JsonString("", position)
    given = _resolved(resolver, at, get(at.node, "Principal")) or JsonString("", position)

    def named(resolved: Arguments) -> JsonValue:
        return _principal(resolver, resolved[0])

    principal = resolver.each((given,), named, given.position, "Principal")
    members = [
        Member("Effect", position, JsonString("Allow", position)),
        Member("Principal", position, principal),
        Member("Action", position, action),
        Member("Resource", position, target),
        *condition,
    ]
    return JsonObject(tuple(members), position)


def _principal(resolver: Resolver, given: JsonValue) -> JsonValue:
    """A service, an account, an ARN or everybody, each as a policy writes it."""
    text = text_of(given)
    position = given.position
    if text is None or text == "*":
        return given
    if _ACCOUNT.fullmatch(text):
        partition = text_of(pseudo_parameter(resolver, "AWS::Partition", position))
        text = f"arn:{partition}:iam::{text}:root"
    elif resolver.placeholders.pattern(text).strip("*") == "":
        return given  # anybody
    kind = "AWS" if text.startswith("arn:") else "Service"
    inner = Member(kind, position, JsonString(text, position))
    return JsonObject((inner,), position)


def _conditions(
    resolver: Resolver, at: Place, known: Mapping[str, tuple[str, str]]
) -> list[Member]:
    blocks: dict[str, list[Member]] = {}
    for name, (operator, key) in known.items():
        value = _resolved(resolver, at, get(at.node, name))
        if value is not None:
            blocks.setdefault(operator, []).append(Member(key, value.position, value))
    position = at.node.position
    members = tuple(
        Member(operator, position, JsonObject(tuple(inner), position))
        for operator, inner in blocks.items()
    )
    return [Member("Condition", position, JsonObject(members, position))] if members else []


def _each(
    resolver: Resolver,
    at: Place,
    name: str,
    arn: Callable[[str], str],
    *,
    default: str | None = None,
) -> JsonValue:
    """The resource that a property names, as an ARN."""
    position = at.node.position
    absent = JsonString(default or "", position)
    given = _resolved(resolver, at, get(at.node, name)) or absent

    def made(resolved: Arguments) -> JsonValue:
        text = text_of(resolved[0])
        text = text if text is not None else default
        return resolved[0] if text is None else JsonString(arn(text), given.position)

    return resolver.each((given,), made, given.position, name)


def _function_arn(resolver: Resolver, at: Place, text: str) -> str:
    position = at.node.position
    partition, region, account = _deployment(resolver, position)
    if _PARTIAL_ARN.fullmatch(text):
        return f"arn:{partition}:lambda:{region}:{text}"
    return _arn(resolver, text, f"arn:{partition}:lambda:{region}:{account}:function:{text}")


def _bus_arn(resolver: Resolver, at: Place, text: str) -> str:
    partition, region, account = _deployment(resolver, at.node.position)
    return _arn(resolver, text, f"arn:{partition}:events:{region}:{account}:event-bus/{text}")


def _arn(resolver: Resolver, text: str, arn: str) -> str:
    """The ARN, unless the text is one already, or may be, not being the name of a resource."""
    inside = resolver.placeholders.inside(text)
    may_be = inside and text.startswith(inside[0].text)
    if may_be and inside[0].name not in resolver.template.resources:
        return text
    return text if text.startswith("arn:") else arn


def _deployment(resolver: Resolver, position: int) -> tuple[str, ...]:
    names = ("AWS::Partition", "AWS::Region", "AWS::AccountId")
    return tuple(text_of(pseudo_parameter(resolver, name, position)) or "" for name in names)


def _resolved(resolver: Resolver, at: Place, node: JsonValue | None) -> JsonValue | None:
    return None if node is None else resolver.resolve(node, at.scope)


_MADE: Mapping[str, tuple[Callable[[Resolver, Place], JsonValue], str, str]] = {
    "AWS::Lambda::Permission": (_function, "AWS::Lambda::Function", ""),
    "AWS::Lambda::LayerVersionPermission": (_layer, "AWS::Lambda::LayerVersion", ""),
    "AWS::Events::EventBusPolicy": (_event_bus, "AWS::Events::EventBus", ""),
    "AWS::S3::Bucket": (_bucket, "AWS::S3::Bucket", "AccessControl"),
    "AWS::Serverless::Function": (_function_url, "AWS::Lambda::Function", "FunctionUrlConfig"),
}
