"""`resource_type`: which requests count as access to a resource of a type.

A policy of a resource is about that resource: `"Action": "*"` in a queue's policy lets nobody read
a bucket. What is asked about a policy with a type is asked of the requests that the type has:
`actions` on `resources`, by requesters that AWS lets come. The data is resource_types.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from iamlogic.catalog.tables import Row, read_rows
from iamlogic.errors import IamlogicError
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.problems import did_you_mean

_FILE = "resource_types.toml"

RESOURCE_TYPES: tuple[ResourceType, ...]
"""All types, in the order of the file; read when it is first used."""


class UnknownResourceType(IamlogicError):
    """A name is not that of a type of resource. `hint` says which one was probably meant."""

    def __init__(self, name: str, hint: str | None = None) -> None:
        message = f"{quote(name)} is no type of resource that iamlogic knows"
        super().__init__(f"{message}: {hint}" if hint else message)
        self.name, self.hint = name, hint

    def __reduce__(self) -> tuple[type[UnknownResourceType], tuple[str, str | None]]:
        return (type(self), (self.name, self.hint))


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A type of resource, and the requests that count as access to it.

    `name` is AWS's (`AWS::S3::Bucket`), `title` what people say ("S3 bucket"), `service` the prefix
    of its actions. `actions` and `resources` are globs over the requests; resources are `*` alone
    for a trust policy, which names none. The first of `resources` is the usual form.

    `anonymous` says whether AWS takes requests for it from nobody in particular, `public_check`
    whether AWS's CheckNoPublicAccess takes its name, or one of its `aliases`. `source` is the page
    of AWS's documentation that says so.
    """

    name: str
    title: str
    service: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    anonymous: bool
    public_check: bool
    source: str
    aliases: tuple[str, ...] = ()
    note: str = ""


def resource_type(name: str) -> ResourceType:
    """The type of that name, in any case; `AWS::` may be left out.

    Raises `UnknownResourceType`.

        resource_type("AWS::S3::Bucket").actions == ("s3:*",)
    """
    known = _by_name()
    folded = fold(name)
    found = known.get(folded) or known.get(f"aws::{folded}")
    if found is None:
        names = [each for entry in _types() for each in (entry.name, *entry.aliases)]
        raise UnknownResourceType(name, did_you_mean(name, names))
    return found


@cache
def _types() -> tuple[ResourceType, ...]:
    return tuple(_type(row) for row in read_rows(_FILE, "type"))


@cache
def _by_name() -> Mapping[str, ResourceType]:
    entries = [(fold(name), each) for each in _types() for name in (each.name, *each.aliases)]
    known = dict(entries)
    assert len(known) == len(entries), "a name stands twice in the catalog"
    return MappingProxyType(known)


def _type(row: Row) -> ResourceType:
    return ResourceType(
        name=row.text("name"),
        title=row.text("title"),
        service=row.text("service"),
        actions=row.texts("actions"),
        resources=row.texts("resources"),
        anonymous=row.flag("anonymous"),
        public_check=row.flag("public_check"),
        source=row.text("source"),
        aliases=row.texts("aliases"),
        note=row.text("note", ""),
    )


def __getattr__(name: str) -> object:
    if name == "RESOURCE_TYPES":
        return _types()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
