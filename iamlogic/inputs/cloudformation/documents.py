"""A policy at its place in a template: resolved, read out of a text, and placed.

A document may be an object, an expression that gives one of two, or JSON text; what only the
deployment knows is told as open, and a text that is no policy with its place in the file.
"""

from __future__ import annotations

from iamlogic.catalog.resource_types import UnknownResourceType, resource_type
from iamlogic.errors import IamlogicError, PolicySyntaxError, Problem
from iamlogic.inputs.cloudformation.attributes import pseudo_parameter
from iamlogic.inputs.cloudformation.conditions import Scope
from iamlogic.inputs.cloudformation.nodes import arguments, as_call, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.texts import pieces, text_and_origin
from iamlogic.inputs.cloudformation.walking import Place
from iamlogic.inputs.unresolved.choices import as_choice, choice, is_absent
from iamlogic.inputs.unresolved.embedded import read_embedded
from iamlogic.inputs.unresolved.placing import content_of, place_policy
from iamlogic.questions.review.placed import Found, Unread
from iamlogic.syntax.json_tree import (
    JsonList,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
)
from iamlogic.syntax.policy_types import PolicyType

_VERSION = "2012-10-17"
_API = "AWS::ApiGateway::RestApi"
_SHORT = "execute-api:/"
"""How a resource may begin in a policy of an API (API Gateway Developer Guide, examples)."""


class KnownLater(PolicySyntaxError):
    """What a policy says is known after the deployment only."""


def document_at(resolver: Resolver, node: JsonValue, scope: Scope) -> JsonValue:
    """The tree of the policy that an expression gives: an object, a choice between two, nothing.

    A text that is left, is open. Raises `PolicySyntaxError`, and `KnownLater` for a text that is no
    JSON only because of what is open in it.
    """
    call = as_call(node)
    if call is None and not isinstance(node, JsonString):
        return as_in_policy(resolver, resolver.resolve(node, scope))
    parts = arguments(call.argument) if call else ()
    if call and call.function == "Fn::If" and len(parts) == 3:
        return _either(resolver, node, scope)
    if call and call.function == "Fn::ToJsonString":
        return document_at(resolver, call.argument, scope)
    found = pieces(resolver, node, scope)
    if found is None:
        return as_in_policy(resolver, resolver.resolve(node, scope))
    text, origin = text_and_origin(found)
    if not text.strip():
        return as_in_policy(resolver, JsonString("", node.position))
    if is_one_placeholder(resolver, text):
        return JsonString(text, node.position)
    try:
        return read_embedded(text, origin, resolver.document)
    except PolicySyntaxError as error:
        if resolver.placeholders.inside(text):
            raise KnownLater(error.problems) from None
        raise


def _either(resolver: Resolver, node: JsonValue, scope: Scope) -> JsonValue:
    call = as_call(node)
    assert call is not None
    name, yes, no = arguments(call.argument)
    taken = resolver.branch(
        name.value if isinstance(name, JsonString) else "", scope, node.position
    )
    if taken.holds is not None:
        return document_at(resolver, yes if taken.holds else no, scope)
    if_true = document_at(resolver, yes, taken.yes)
    if_false = document_at(resolver, no, taken.no)
    return choice(taken.condition, if_true, if_false, node.position)


def is_one_placeholder(resolver: Resolver, text: str) -> bool:
    """Whether a text is nothing but a placeholder, which may be anything."""
    return any(text.strip() == each.text for each in resolver.placeholders.inside(text))


def as_in_policy(resolver: Resolver, node: JsonValue) -> JsonValue:
    """A resolved tree as CloudFormation makes a policy of it: its numbers are texts.

    A text that is a parameter with an empty default is open: nobody deploys an empty ARN.
    """
    match node:
        case JsonNumber(text, position):
            return JsonString(text, position)
        case JsonString("", position) if position in resolver.empty:
            reason = "a parameter whose default is empty"
            return resolver.open(resolver.empty[position], reason, position)
        case JsonList(items, position):
            return JsonList(tuple(as_in_policy(resolver, item) for item in items), position)
        case JsonObject(members, position):
            changed = (Member(m.name, m.position, as_in_policy(resolver, m.value)) for m in members)
            return JsonObject(tuple(changed), position)
    return node


def _spelled_out(resolver: Resolver, node: JsonValue, api: str) -> JsonValue:
    """A policy of an API in full: API Gateway completes resources that begin `execute-api:/`."""
    match node:
        case JsonString(text, position) if text.startswith(_SHORT):
            names = ("AWS::Partition", "AWS::Region", "AWS::AccountId")
            parts = [pseudo_parameter(resolver, name, position) for name in names]
            partition, region, account = (text_of(part) or "" for part in parts)
            reason = f"the id that the API {api} will get"
            own = resolver.open(api, reason, position).value
            arn = f"arn:{partition}:execute-api:{region}:{account}:{own}/"
            return JsonString(arn + text.removeprefix(_SHORT), position)
        case JsonList(items, position):
            full = (_spelled_out(resolver, item, api) for item in items)
            return JsonList(tuple(full), position)
        case JsonObject(members, position):
            changed = (
                Member(m.name, m.position, _spelled_out(resolver, m.value, api)) for m in members
            )
            return JsonObject(tuple(changed), position)
    return node


def wrapped(statements: JsonValue) -> JsonObject:
    """The policy that has these statements; AWS writes the rest of it."""
    position = statements.position
    version = Member("Version", position, JsonString(_VERSION, position))
    return JsonObject((version, Member("Statement", position, statements)), position)


def place(
    resolver: Resolver,
    at: Place,
    type_: PolicyType | None,
    resource: str | None,
    *,
    is_statements: bool = False,
) -> Found:
    """The policy at a place; nothing where the template says that there is none."""
    try:
        root = document_at(resolver, at.node, at.scope)
    except KnownLater as error:
        return unread(resolver, at, error, is_open=True)
    except PolicySyntaxError as error:
        return unread(resolver, at, error)
    if is_absent(root):
        return Found()
    if resource == _API:
        root = _spelled_out(resolver, root, str(at.steps[1]))
    return place_tree(resolver, at, root, type_, resource, is_statements=is_statements)


def place_tree(
    resolver: Resolver,
    at: Place,
    root: JsonValue,
    type_: PolicyType | None,
    resource: str | None,
    *,
    is_statements: bool = False,
) -> Found:
    """A policy that is resolved; of a choice, each branch by itself."""
    found = as_choice(root)
    if found is not None and not is_statements:
        condition = found.condition.strip("<>")
        both = Found()
        for branch, named in (
            (found.if_true, f" ({condition})"),
            (found.if_false, f" ({condition.replace('if ', 'unless ', 1)})"),
        ):
            if not is_absent(branch):
                inner = at.down("Fn::If", branch, named)
                both += place_tree(resolver, inner, branch, type_, resource)
        return both
    if isinstance(root, JsonString) and not is_statements:
        if is_one_placeholder(resolver, root.value):
            return open_policy(resolver, at, root)
        return told(resolver, at, "this is no policy: a text that holds no JSON")
    policy = wrapped(root) if is_statements else root
    placed = place_policy(
        policy,
        resolver.document,
        resolver.placeholders,
        name=at.name,
        type_=type_,
        resource_type=_known(resource),
    )
    return Found(unread=(placed,)) if isinstance(placed, Unread) else Found(policies=(placed,))


def _known(resource: str | None) -> str | None:
    if resource is None:
        return None
    try:
        return resource_type(resource).name
    except UnknownResourceType:
        return None


def open_policy(resolver: Resolver, at: Place, root: JsonString) -> Found:
    """A policy that a parameter, or another value that is not known, gives as a whole."""
    (placeholder, *_) = resolver.placeholders.inside(root.value)
    message = f"the policy is {placeholder.text}: {placeholder.name} is {placeholder.reason}"
    return told(resolver, at, message, is_open=True)


def told(resolver: Resolver, at: Place, message: str, *, is_open: bool = False) -> Found:
    """What is not read at a place, and why."""
    position = at.node.position
    where = resolver.document.where(position, ())
    line = resolver.document.source_line(position)
    error = PolicySyntaxError((Problem(message, where, rule="R-P1", source_line=line),))
    return unread(resolver, at, error, is_open=is_open)


def unread(resolver: Resolver, at: Place, error: IamlogicError, *, is_open: bool = False) -> Found:
    """A policy that could not be read."""
    where = resolver.document.where(at.node.position, ())
    file = resolver.document.file or ""
    return Found(unread=(Unread(file, at.name, where, error, is_open, content_of(at.node)),))
