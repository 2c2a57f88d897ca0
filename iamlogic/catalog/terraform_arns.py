"""`named_resource`: what the ARN, the name and the id of a resource of Terraform look like.

Of a resource that does not exist yet the ARN is known but for its name, the account and the region.
The data is terraform_arns.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from iamlogic.catalog.tables import Row, read_rows

_FILE = "terraform_arns.toml"


@dataclass(frozen=True, slots=True)
class NamedResource:
    """A type of resource: the attribute with its name, what its `id` is, the forms of its ARNs.

    `arns` are the forms by the attribute that has them, `without` the beginning of a name that
    stands in none of them.
    """

    type: str
    name: str | None
    id: str | None
    arns: Mapping[str, str]
    without: str = ""


def named_resource(type_: str) -> NamedResource | None:
    """What is known of that type.

    named_resource("aws_s3_bucket").arns["arn"] == "arn:{partition}:s3:::{name}"
    """
    return _by_type().get(type_)


@cache
def _by_type() -> Mapping[str, NamedResource]:
    return {row.text("type"): _resource(row) for row in read_rows(_FILE, "resource")}


def _resource(row: Row) -> NamedResource:
    arns = {name: row.text(name) for name in ("arn", "iam_arn") if name in row.members}
    return NamedResource(
        row.text("type"),
        row.text("name", "") or None,
        row.text("id", "") or None,
        arns,
        row.text("without", ""),
    )
