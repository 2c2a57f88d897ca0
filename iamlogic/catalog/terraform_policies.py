"""`policies_of`: which attributes of a resource of Terraform hold IAM policies, and of which type.

The data is terraform_policies.toml. What it does not know is not lost: whoever reads a resource
looks at its other texts as well, and takes those that are policies by their shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from iamlogic.catalog.tables import Row, read_rows
from iamlogic.syntax.policy_types import PolicyType

_FILE = "terraform_policies.toml"


@dataclass(frozen=True, slots=True)
class PolicyAttribute:
    """An attribute that holds a policy.

    `path` leads to it inside the resource; the step `*` means every item of a list of blocks.
    `type` is None where another attribute decides it. `target` is the type of the resource that
    the policy is attached to, as `resource_type` knows it.
    """

    resource: str
    path: tuple[str, ...]
    type: PolicyType | None
    target: str | None
    note: str = ""

    @property
    def dotted(self) -> str:
        """The path as people write it: `inline_policy[*].policy`."""
        return ".".join(self.path).replace(".*", "[*]")


@cache
def policy_attributes() -> tuple[PolicyAttribute, ...]:
    """All attributes that hold IAM policies, in the order of the file."""
    return tuple(_attribute(row) for row in read_rows(_FILE, "attribute"))


@cache
def other_attributes() -> tuple[PolicyAttribute, ...]:
    """The attributes whose texts have the shape of IAM policies, and are none."""
    return tuple(_attribute(row) for row in read_rows(_FILE, "other"))


def policies_of(resource: str) -> tuple[PolicyAttribute, ...]:
    """The attributes of that type of resource that hold policies; none if it has none, or is new.

    policies_of("aws_sqs_queue")[0].dotted == "policy"
    """
    return _by_resource().get(resource, ())


def is_no_policy(resource: str, path: tuple[str, ...]) -> bool:
    """Whether the attribute is known to hold something else, whatever it looks like."""
    return any(each.resource == resource and each.path == path for each in other_attributes())


@cache
def _by_resource() -> Mapping[str, tuple[PolicyAttribute, ...]]:
    grouped: dict[str, tuple[PolicyAttribute, ...]] = {}
    for each in policy_attributes():
        grouped[each.resource] = (*grouped.get(each.resource, ()), each)
    return grouped


def _attribute(row: Row) -> PolicyAttribute:
    kind = row.text("type", "")
    return PolicyAttribute(
        resource=row.text("resource"),
        path=tuple(row.text("path").replace("[*]", ".*").split(".")),
        type=PolicyType[kind] if kind else None,
        target=row.text("target", "") or None,
        note=row.text("note", ""),
    )
