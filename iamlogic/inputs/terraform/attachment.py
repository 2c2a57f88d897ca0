"""What a resource's policies are attached to, when it is there, and what its data are looked up by.

None of that stands in a policy, and all of it decides what the policy grants: the same document for
another role, or with `count = 1` instead of none, is another grant. Each is told as a text that is
the same for the same meaning.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from iamlogic.inputs.terraform.declarations import Module
from iamlogic.inputs.terraform.hcl import Block
from iamlogic.inputs.terraform.scope import Scope
from iamlogic.inputs.terraform.values import Sequence, Value, as_text

if TYPE_CHECKING:
    from iamlogic.inputs.terraform.evaluation import Evaluator

_NAMES = (
    *("role", "user", "group", "roles", "users", "groups", "bucket", "queue_url", "key_id"),
    *("arn", "secret_arn", "resource_arn", "stream_arn", "repository", "repository_name"),
    *("file_system_id", "backup_vault_name", "vault_name", "domain_name", "event_bus_name"),
)
"""Attributes that say to whom, or to what, the policies of a resource are attached."""

_REFERENCE = re.compile(r"\bdata\.\w+\.\w+")


def attached(block: Block, scope: Scope, evaluator: Evaluator) -> frozenset[str]:
    """To what the policies of a resource are attached: `role: deployer`."""
    attributes = block.body.attributes
    return frozenset(
        f"{name}: {text}"
        for name in _NAMES
        if name in attributes
        for text in _texts(evaluator.value(attributes[name], scope), evaluator, block, name)
    )


def _texts(value: Value, evaluator: Evaluator, block: Block, name: str) -> list[str]:
    items = value.items if isinstance(value, Sequence) else (value,)
    written = evaluator.source(block.body.attributes[name])
    texts = [as_text(each) for each in items]
    return [written if each is None else each.value for each in texts]


def condition_of(block: Block, evaluator: Evaluator) -> str:
    """How often a resource is there, as it is written; empty for once, always."""
    attributes = block.body.attributes
    return ", ".join(
        f"{name} = {evaluator.source(attributes[name])}"
        for name in ("count", "for_each")
        if name in attributes
    )


def looked_up(module: Module, expression: str) -> str:
    """What decides about the data that an expression speaks of; empty where it does of none."""
    names = sorted(set(_REFERENCE.findall(expression))) if "data." in expression else []
    blocks = [module.resources[name] for name in names if name in module.resources]
    if not blocks:
        return ""
    digest = hashlib.sha256()
    for block in blocks:
        written = " ".join(module.document.block_from(block.position).split())
        digest.update(written.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:16]
