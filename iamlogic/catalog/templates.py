"""What templates of CloudFormation and SAM hold: places of policies, and what references give.

The data is template_policies.toml and template_resources.toml. A type, a property or an attribute
that is not there is no mistake: whoever reads a template looks for the shape of a policy as well,
and leaves open what a reference gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType

from iamlogic.catalog.tables import Row, read_rows
from iamlogic.syntax.policy_types import PolicyType

_POLICIES = "template_policies.toml"
_RESOURCES = "template_resources.toml"


class PlaceForm(Enum):
    """What stands at a place."""

    DOCUMENT = "document"
    STATEMENTS = "statements"
    """The statements of a policy, without the rest of it."""
    POLICIES = "policies"
    """SAM's `Policies`: documents, names of managed policies, policy templates, in any mixture."""


@dataclass(frozen=True, slots=True)
class PolicyPlace:
    """A property of a resource that holds a policy.

    `path` leads to it from the resource's Properties, `*` being an item of a list. `policy` is the
    type of the policy, `resource` that of what it is attached to, each None where the property does
    not say. `page` is the page of AWS's documentation.
    """

    type: str
    path: tuple[str, ...]
    form: PlaceForm
    policy: PolicyType | None
    resource: str | None
    page: str


@dataclass(frozen=True, slots=True)
class OtherGrant:
    """A property, or a whole resource (`path` is empty), that grants in other words than a policy.

    `made` says that iamlogic makes the statement of it that AWS documents.
    """

    type: str
    path: tuple[str, ...]
    made: bool
    page: str


@dataclass(frozen=True, slots=True)
class ResourceForm:
    """What a reference to a resource of a type gives; the forms are those of the data file."""

    type: str
    name: str | None
    ref: str | None
    attributes: Mapping[str, str]


@cache
def policy_places() -> tuple[PolicyPlace, ...]:
    """All places, in the order of the file."""
    return tuple(_place(row) for row in read_rows(_POLICIES, "places"))


@cache
def other_grants() -> tuple[OtherGrant, ...]:
    """All grants in other words, in the order of the file."""
    return tuple(
        OtherGrant(
            row.text("type"),
            _path(row.text("path")),
            row.members.get("made") is True,
            row.text("page"),
        )
        for row in read_rows(_POLICIES, "grants")
    )


@cache
def resource_forms() -> Mapping[str, ResourceForm]:
    """What references give, by type."""
    rows = read_rows(_RESOURCES, "resources")
    forms = {row.text("type"): _form(row) for row in rows}
    assert len(forms) == len(rows), "a type stands twice in the catalog"
    return MappingProxyType(forms)


def _place(row: Row) -> PolicyPlace:
    policy = row.text("policy", "")
    return PolicyPlace(
        type=row.text("type"),
        path=_path(row.text("path")),
        form=PlaceForm(row.text("form", "document")),
        policy=PolicyType(policy) if policy else None,
        resource=row.text("resource", "") or None,
        page=row.text("page"),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split(".")) if text else ()


def _form(row: Row) -> ResourceForm:
    attributes = row.members.get("attributes", {})
    assert isinstance(attributes, dict)
    return ResourceForm(
        type=row.text("type"),
        name=row.text("name", "") or None,
        ref=row.text("ref", "") or None,
        attributes={str(name): str(form) for name, form in attributes.items()},
    )
