"""`read_module`: the policies of one folder of Terraform's files.

Three searches, each for what the one before has not found: the attributes that are known to hold
policies; other attributes whose text is a policy by its shape; and documents that nothing in the
folder uses. A policy is where its document is written, under the name of what uses it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iamlogic.catalog.terraform_policies import is_no_policy, policies_of
from iamlogic.inputs.terraform.attachment import attached, condition_of
from iamlogic.inputs.terraform.declarations import Module, read_files
from iamlogic.inputs.terraform.dynamic import Expansion
from iamlogic.inputs.terraform.functions import known_text
from iamlogic.inputs.terraform.hcl import Block, Body, Expression
from iamlogic.inputs.terraform.lambda_permission import PERMISSIONS, permission
from iamlogic.inputs.terraform.placing import Place, Placer
from iamlogic.inputs.terraform.policy_document import read_policy_document
from iamlogic.inputs.terraform.references import References
from iamlogic.inputs.terraform.scope import MODULE, Scope
from iamlogic.inputs.terraform.values import Either, Entry, Null, Table, Value
from iamlogic.inputs.unresolved.placeholders import Deployment, Placeholders
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.policy_types import PolicyType

_DOCUMENT = "data.aws_iam_policy_document."
_ORGANIZATION_TYPES = {
    "SERVICE_CONTROL_POLICY": PolicyType.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyType.RCP,
}


def read_module(files: Mapping[str, str], deployment: Deployment) -> Found:
    """The policies of the files of one folder, by their names.

    Next to the `*.tf` and `*.tf.json` there may be `*.tfvars`, and the files that the code reads by
    `file` and `templatefile`. A file that cannot be parsed is `Unread`, and the others are read.
    """
    module = read_files(files)
    reading = _Reading(module, Placeholders(deployment))
    for address, block in module.resources.items():
        if not address.startswith("data."):
            reading.known(address, block)
    for address, block in module.resources.items():
        if not address.startswith("data."):
            reading.others(address, block)
    for address, block in module.others.items():
        reading.others(address, block)
    for address, block in module.resources.items():
        if address.startswith(_DOCUMENT):
            reading.document(address, block)
    for name, value in module.locals.items():
        reading.shaped(f"local.{name}", value, MODULE)
    return reading.placer.found() + Found(unread=tuple(module.unread))


@dataclass(frozen=True, slots=True)
class _At:
    """A value found on the way to an attribute, and how people call the place."""

    name: str
    value: Value


class _Reading:
    """One module, and what is found in it."""

    def __init__(self, module: Module, placeholders: Placeholders) -> None:
        self._module = module
        self._placeholders = placeholders
        self._references = References(module, placeholders, self._document)
        self._evaluator = self._references.evaluator
        self._expansion = Expansion(self._evaluator)
        self.placer = Placer(module.document, placeholders)

    def _document(self, address: str, block: Block, scope: Scope) -> Value | None:  # noqa: ARG002 (as its neighbours)
        return read_policy_document(block, scope, self._evaluator)

    def known(self, address: str, block: Block) -> None:
        """What the attributes hold that are known to hold policies."""
        scope = self._scope(address, block)
        type_ = block.labels[0]
        if type_ in PERMISSIONS:
            self._permission(address, block, scope)
        subjects = attached(block, scope, self._evaluator)
        condition = condition_of(block, self._evaluator)
        for row in policies_of(type_):
            kind = row.type
            if type_ == "aws_organizations_policy":
                kind = self._organization_type(block, scope)
                if kind is None:
                    continue
            for found in self._follow(address, block, row.path, scope):
                self.placer.place(
                    found.value, Place(found.name, kind, row.target, subjects, condition)
                )

    def _organization_type(self, block: Block, scope: Scope) -> PolicyType | None:
        """The type of a policy of an organization; None if it is not one of IAM's."""
        written = block.body.attributes.get("type")
        if written is None:
            return PolicyType.SCP
        text = known_text(self._evaluator.value(written, scope))
        return PolicyType.SCP if text is None else _ORGANIZATION_TYPES.get(text)

    def _permission(self, address: str, block: Block, scope: Scope) -> None:
        attributes = block.body.attributes

        def get(name: str) -> Value | None:
            return self._evaluator.value(attributes[name], scope) if name in attributes else None

        policy = permission(block.labels[0], get, block.position, self._placeholders)
        target = PERMISSIONS[block.labels[0]]
        self.placer.place(policy, Place(address, PolicyType.RESOURCE, target))

    def _scope(self, address: str, block: Block) -> Scope:
        is_many = bool({"count", "for_each"} & block.body.attributes.keys())
        return Scope(address) if is_many else Scope(address, varying=frozenset())

    def _follow(
        self, address: str, block: Block, path: tuple[str, ...], scope: Scope
    ) -> Iterator[_At]:
        """The values at the end of a path, which leads through nested blocks."""
        if len(path) == 1:
            written = block.body.attributes.get(path[0])
            if written is not None:
                value = self._evaluator.value(written, scope)
                yield _At(f"{address}.{path[0]}", value)
            return
        name, _, attribute = path

        def read(inner: Block, its_scope: Scope) -> Value:
            return self._attributes(inner, (attribute, "name"), its_scope)

        for number, found in enumerate(self._expansion.nested(block, name, scope, read)):
            label, value = _nested(found, attribute)
            yield _At(f"{address}.{name}[{label or number}].{attribute}", value)

    def _attributes(self, block: Block, names: tuple[str, ...], scope: Scope) -> Value:
        """Some attributes of a block as an object."""
        entries = (
            Entry(name, written.span.start, self._evaluator.value(written, scope))
            for name in names
            if (written := block.body.attributes.get(name)) is not None
        )
        return Table(tuple(entries), block.position)

    def others(self, address: str, block: Block) -> None:
        """What other attributes hold that are policies by their shape."""
        scope = self._scope(address, block)
        type_ = block.labels[0] if block.type == "resource" else ""
        known = {row.path for row in policies_of(type_)}
        for path, name, written in _attributes_of(block.body, (), address):
            if path not in known and not is_no_policy(type_, path):
                self.shaped(name, written, scope)

    def shaped(self, name: str, written: Expression, scope: Scope) -> None:
        """The policies in a value, by their shape."""
        value = self._evaluator.value(written, scope)
        self.placer.place_shaped(name, value)

    def document(self, address: str, block: Block) -> None:
        """A document that nothing uses which was found."""
        value = self._references.document(address, block, self._scope(address, block))
        if not self.placer.has_all(value):
            self.placer.place(value, Place(address))


def _nested(found: Value, attribute: str) -> tuple[str | None, Value]:
    """The name of a nested block, where it is known, and its attribute."""
    match found:
        case Table(_, at):
            name = known_text(found.get("name") or Null(at))
            return name, found.get(attribute) or Null(at)
        case Either(condition, if_true, if_false, at):
            name, yes = _nested(if_true, attribute)
            other, no = _nested(if_false, attribute)
            return name or other, Either(condition, yes, no, at)
    return None, Null(found.position)


def _attributes_of(
    body: Body, path: tuple[str, ...], name: str
) -> Iterator[tuple[tuple[str, ...], str, Expression]]:
    """All attributes of a body and of the blocks in it, by their path and their name."""
    for attribute, written in body.attributes.items():
        yield (*path, attribute), f"{name}.{attribute}", written
    for number, block in enumerate(body.blocks):
        inner = block.labels[0] if block.type == "dynamic" and block.labels else block.type
        if block.type == "content":
            yield from _attributes_of(block.body, path, name)
        else:
            yield from _attributes_of(block.body, (*path, inner, "*"), f"{name}.{inner}[{number}]")
