"""What `terraform show -json` prints, as data: the changes of a plan, the resources of a state.

The values stay trees of JSON with their places, for policies are read where they stand. What is
unknown before the deployment is marked in a tree of the same shape (`after_unknown`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonObject,
    JsonString,
    JsonValue,
)

_MODULE = re.compile(r'module\.([\w-]+)(\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?')
_KINDS = {"resource_changes", "planned_values", "values", "prior_state", "configuration"}


@dataclass(frozen=True, slots=True)
class Side:
    """The values of a resource before or after, and what of them is not known."""

    values: JsonObject
    unknown: JsonValue | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One resource in a plan or a state; a resource of a state has no `before`.

    `address` is the one that it has afterwards. `key` is the index of the instance, as it is
    written at the end of the address. `declared` is its address in the configuration, without the
    modules around it, whose names are `modules`.
    """

    address: str
    module_address: str
    modules: tuple[str, ...]
    type: str
    name: str
    key: str
    is_data: bool
    before: Side | None
    after: Side | None

    @property
    def declared(self) -> str:
        return f"{'data.' if self.is_data else ''}{self.type}.{self.name}"


def looks_like_plan(root: JsonValue) -> bool:
    """Whether a JSON value is what `terraform show -json` prints, of a plan or of a state."""
    if not isinstance(root, JsonObject):
        return False
    names = {each.name for each in root.members}
    return "format_version" in names and bool(names & _KINDS)


def changes_in(root: JsonObject) -> Iterator[Change]:
    """All resources of a plan; of a state, or of a plan without changes, its resources."""
    listed = member(root, "resource_changes")
    if isinstance(listed, JsonList):
        yield from (_change(item) for item in listed.items if isinstance(item, JsonObject))
        return
    before = dict(_resources(_path(root, "prior_state", "values")))
    after = dict(_resources(member(root, "planned_values") or member(root, "values")))
    for address in {**before, **after}:
        old, new = before.get(address), after.get(address)
        found = new or old
        assert found is not None
        yield _made(
            found,
            Side(_object(old, "values")) if old is not None else None,
            Side(_object(new, "values")) if new is not None else None,
        )


def _resources(values: JsonValue | None) -> Iterator[tuple[str, JsonObject]]:
    pending = [_path(values, "root_module")]
    while pending:
        module = pending.pop()
        resources, children = member(module, "resources"), member(module, "child_modules")
        for item in resources.items if isinstance(resources, JsonList) else ():
            if isinstance(item, JsonObject):
                yield text(item, "address"), item
        pending += children.items if isinstance(children, JsonList) else ()


def _change(item: JsonObject) -> Change:
    change = _object(item, "change")
    actions = member(change, "actions")
    texts = {
        each.value
        for each in (actions.items if isinstance(actions, JsonList) else ())
        if isinstance(each, JsonString)
    }
    before, after = member(change, "before"), member(change, "after")
    old = Side(before) if isinstance(before, JsonObject) else None
    new = None
    if isinstance(after, JsonObject):
        new = Side(after, member(change, "after_unknown"))
    elif "forget" in texts:
        new = old  # it stays as it is, and Terraform does not manage it any more
    return _made(item, old, new)


def _made(item: JsonObject, before: Side | None, after: Side | None) -> Change:
    address = text(item, "address")
    is_data = text(item, "mode") == "data"
    type_, name = text(item, "type"), text(item, "name")
    found = list(_MODULE.finditer(_module_of(address)))
    own = f"{'data.' if is_data else ''}{type_}.{name}"
    _, _, key = address.rpartition(own)
    return Change(
        address,
        ".".join(each[0] for each in found),
        tuple(each[1] for each in found),
        type_,
        name,
        key,
        is_data,
        before,
        after,
    )


def _module_of(address: str) -> str:
    """The part of an address that names the modules."""
    end = 0
    while (found := _MODULE.match(address, end)) and address[found.end() : found.end() + 1] == ".":
        end = found.end() + 1
    return address[:end]


def member(node: JsonValue | None, name: str) -> JsonValue | None:
    """The member of an object; None of anything else."""
    if not isinstance(node, JsonObject):
        return None
    return next((each.value for each in node.members if each.name == name), None)


def item(node: JsonValue | None, number: int) -> JsonValue | None:
    """The item of a list; None of anything else."""
    if not isinstance(node, JsonList) or number >= len(node.items):
        return None
    return node.items[number]


def text(node: JsonValue | None, name: str) -> str:
    """The member that is a text, or an empty one."""
    value = member(node, name)
    return value.value if isinstance(value, JsonString) else ""


def is_true(node: JsonValue | None) -> bool:
    """Whether a node is `true`, as what is not known is marked."""
    return isinstance(node, JsonBool) and node.value


def _object(node: JsonValue | None, name: str) -> JsonObject:
    value = member(node, name)
    if isinstance(value, JsonObject):
        return value
    return JsonObject((), node.position if node is not None else 0)


def _path(node: JsonValue | None, *names: str) -> JsonValue | None:
    for name in names:
        node = member(node, name)
    return node


@dataclass(frozen=True, slots=True)
class Configuration:
    """The part of a plan that says which expressions speak of what."""

    root: JsonValue | None

    def module(self, modules: tuple[str, ...]) -> JsonValue | None:
        """The declaration of a module, from the names on the way to it."""
        node = _path(self.root, "root_module")
        for name in modules:
            node = _path(node, "module_calls", name, "module")
        return node

    def call(self, modules: tuple[str, ...]) -> JsonValue | None:
        """The call of a module in the one around it."""
        return _path(self.module(modules[:-1]), "module_calls", modules[-1])

    def expressions(self, modules: tuple[str, ...], declared: str) -> JsonValue | None:
        """The expressions of a resource; None if it is not declared, or nobody says."""
        resources = member(self.module(modules), "resources")
        for each in resources.items if isinstance(resources, JsonList) else ():
            if text(each, "address") == declared:
                return _object(each, "expressions")
        return None


def references(expression: JsonValue | None) -> tuple[str, ...]:
    """What an expression speaks of, the longest form of each: `aws_s3_bucket.b.arn`."""
    listed = member(expression, "references")
    texts = [
        each.value
        for each in (listed.items if isinstance(listed, JsonList) else ())
        if isinstance(each, JsonString)
    ]
    return tuple(
        each
        for each in dict.fromkeys(texts)
        if not any(other.startswith((f"{each}.", f"{each}[")) for other in texts)
    )


def index(changes: Iterator[Change]) -> Mapping[tuple[str, str], list[Change]]:
    """The documents of a plan by the address of their module and their own without a key."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        if change.is_data and change.type == "aws_iam_policy_document":
            found.setdefault((change.module_address, change.declared), []).append(change)
    return found
