"""`read_plan`: the policies before and after, of what `terraform show -json` prints.

A plan has both sides of each resource. A resource that moved has its new address on both, so that
they are a pair; one that Terraform forgets stays as it is. Of a state there is only what is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.catalog.terraform_policies import is_no_policy, policies_of
from iamlogic.errors import PolicyReadError, PolicySyntaxError
from iamlogic.inputs.terraform.lambda_permission import PERMISSIONS, permission
from iamlogic.inputs.terraform.plan_documents import Instance, PlannedDocuments
from iamlogic.inputs.terraform.plan_tree import (
    Change,
    Configuration,
    Side,
    changes_in,
    is_true,
    item,
    looks_like_plan,
    member,
    references,
    text,
)
from iamlogic.inputs.terraform.values import Encoded, Value, to_tree
from iamlogic.inputs.unresolved.embedded import escaped_origin, read_embedded
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.inputs.unresolved.placing import content_of, place_policy
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.syntax.problems import Document

__all__ = ["looks_like_plan", "read_plan"]

_ORGANIZATION_TYPES = {
    "": PolicyType.SCP,
    "SERVICE_CONTROL_POLICY": PolicyType.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyType.RCP,
}


def read_plan(text: str, file: str, deployment: Deployment) -> tuple[Found, Found]:
    """The policies before and after of a plan in JSON; of a state, nothing and its policies.

    What is no plan is `Unread` on the side after.
    """
    document = Document(text, file)
    try:
        root = read_embedded(text, lambda position: position, document)
    except PolicySyntaxError as error:
        return Found(), _unread(file, document, error)
    if not isinstance(root, JsonObject) or not looks_like_plan(root):
        reason = "it is not what `terraform show -json` prints of a plan or a state"
        return Found(), _unread(file, document, PolicyReadError(file, reason))
    reading = _Reading(root, document, deployment)
    before, after = reading.side("before"), reading.side("after")
    if is_true(member(root, "errored")):
        error_ = PolicyReadError(file, "the plan failed, so that it is not all that would change")
        after += _unread(file, document, error_)
    return before, after


def _unread(file: str, document: Document, error: PolicySyntaxError | PolicyReadError) -> Found:
    where = document.where(0, ())
    if isinstance(error, PolicySyntaxError):
        where = error.problems[0].where
    return Found(unread=(Unread(file, "", where, error),))


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in the values of a resource that holds a policy, or will hold one."""

    name: str
    node: JsonValue | None
    unknown: JsonValue | None
    expression: JsonValue | None
    position: int


class _Reading:
    """One plan."""

    def __init__(self, root: JsonObject, document: Document, deployment: Deployment) -> None:
        self._document = document
        self._placeholders = Placeholders(deployment)
        self._configuration = Configuration(member(root, "configuration"))
        self._changes = list(changes_in(root))
        self._documents = PlannedDocuments(
            self._changes, self._configuration, self._placeholders, document
        )

    def side(self, which: str) -> Found:
        """All policies before, or after."""
        found: list[PlacedPolicy | Unread] = []
        for change in self._changes:
            side = change.before if which == "before" else change.after
            if side is not None and not change.is_data:
                found += self._resource(change, side)
        policies = tuple(each for each in found if isinstance(each, PlacedPolicy))
        return Found(policies, tuple(each for each in found if isinstance(each, Unread)))

    def _resource(self, change: Change, side: Side) -> Iterator[PlacedPolicy | Unread]:
        known: set[int] = set()
        expressions = self._configuration.expressions(change.modules, change.declared)
        for row in policies_of(change.type):
            is_set = expressions is None or member(expressions, row.path[0]) is not None
            for spot in _spots(change.address, row.path, side, expressions):
                if not is_set and is_true(spot.unknown):
                    continue  # AWS makes it up, or another resource sets it
                if spot.node is not None:
                    known.add(spot.node.position)
                kind = row.type
                if change.type == "aws_organizations_policy":
                    kind = _ORGANIZATION_TYPES.get(text(side.values, "type"))
                    if kind is None:
                        continue
                yield from self._spot(spot, change, kind, row.target)
        if change.type in PERMISSIONS:
            yield self._permission(change, side, expressions)
        for name, path, node in _texts(change.address, (), side.values):
            if node.position not in known and not is_no_policy(change.type, path):
                yield from self._shaped(name, node)

    def _spot(
        self, spot: _Spot, change: Change, kind: PolicyType | None, target: str | None
    ) -> Iterator[PlacedPolicy | Unread]:
        if is_true(spot.unknown):
            place = Instance(change.modules, change.module_address, change.key)
            value: Value | None = self._documents.policy(spot.expression, place)
            if value is None:
                names = references(spot.expression)
                value = self._documents.open(spot.name, names, spot.position)
            yield self._place(_tree_of(value), spot.name, kind, target)
        elif isinstance(spot.node, JsonString) and spot.node.value.strip():
            yield self._read(spot.node, spot.name, kind, target)
        elif isinstance(spot.node, JsonObject):
            yield self._place(spot.node, spot.name, kind, target)

    def _read(
        self, node: JsonString, name: str, kind: PolicyType | None, target: str | None
    ) -> PlacedPolicy | Unread:
        try:
            tree = self._embedded(node)
        except PolicySyntaxError as error:
            where = self._document.where(node.position, ())
            return Unread(self._document.file or "", name, where, error, content=content_of(node))
        return self._place(tree, name, kind, target)

    def _embedded(self, node: JsonString) -> JsonValue:
        origin = escaped_origin(self._document.text or "", node.position)
        return read_embedded(node.value, origin, self._document)

    def _place(
        self, tree: JsonValue, name: str, kind: PolicyType | None, target: str | None
    ) -> PlacedPolicy | Unread:
        return place_policy(
            tree,
            self._document,
            self._placeholders,
            name=name,
            type_=kind,
            resource_type=target,
        )

    def _permission(
        self, change: Change, side: Side, expressions: JsonValue | None
    ) -> PlacedPolicy | Unread:
        def get(name: str) -> Value | None:
            node, unknown = member(side.values, name), member(side.unknown, name)
            if is_true(unknown):
                names = references(member(expressions, name))
                label = f"{change.address}.{name}"
                return self._documents.open(label, names, side.values.position)
            if node is None:
                return None
            return self._documents.overlaid(node, unknown, f"{change.address}.{name}")

        policy = permission(change.type, get, side.values.position, self._placeholders)
        target = PERMISSIONS[change.type]
        return self._place(to_tree(policy), change.address, PolicyType.RESOURCE, target)

    def _shaped(self, name: str, node: JsonString) -> Iterator[PlacedPolicy | Unread]:
        """A text in another attribute, if it is a policy by its shape."""
        if "Statement" not in node.value or not node.value.lstrip().startswith("{"):
            return
        try:
            tree = self._embedded(node)
        except PolicySyntaxError:
            return  # a text of no known kind that is no JSON may be anything
        if isinstance(tree, JsonObject) and member(tree, "Statement") is not None:
            yield self._place(tree, name, None, None)


def _tree_of(value: Value) -> JsonValue:

    return to_tree(value.root if isinstance(value, Encoded) else value)


def _spots(
    address: str, path: tuple[str, ...], side: Side, expressions: JsonValue | None
) -> Iterator[_Spot]:
    """The places at the end of a path, one for each item of a list on the way."""
    first, *rest = path
    node = member(side.values, first)
    unknown = side.unknown if is_true(side.unknown) else member(side.unknown, first)
    expression = member(expressions, first)
    name = f"{address}.{first}"
    if not rest:
        yield _Spot(name, node, unknown, expression, side.values.position)
        return
    if is_true(unknown):
        yield _Spot(name, None, unknown, None, side.values.position)
        return
    attribute = rest[-1]
    for number, each in enumerate(node.items if isinstance(node, JsonList) else ()):
        here = item(unknown, number)
        inner = _block_expression(expression, number, node)
        label = text(each, "name") or str(number)
        yield _Spot(
            f"{name}[{label}].{attribute}",
            member(each, attribute),
            here if is_true(here) else member(here, attribute),
            member(inner, attribute),
            each.position,
        )


def _block_expression(
    expression: JsonValue | None, number: int, blocks: JsonValue | None
) -> JsonValue | None:
    """The expressions of one of several blocks: those with its name, else those at its place."""
    if not isinstance(expression, JsonList) or not isinstance(blocks, JsonList):
        return None
    name = text(blocks.items[number], "name")
    named = [
        each for each in expression.items if text(member(each, "name"), "constant_value") == name
    ]
    if name and len(named) == 1:
        return named[0]
    return item(expression, number) if len(expression.items) == len(blocks.items) == 1 else None


def _texts(
    name: str, path: tuple[str, ...], node: JsonValue
) -> Iterator[tuple[str, tuple[str, ...], JsonString]]:
    """All texts in the values of a resource, with the way to them."""
    match node:
        case JsonString():
            yield name, path, node
        case JsonList(items, _):
            for number, each in enumerate(items):
                yield from _texts(f"{name}[{number}]", (*path, "*"), each)
        case JsonObject(members, _):
            for entry in members:
                yield from _texts(f"{name}.{entry.name}", (*path, entry.name), entry.value)
