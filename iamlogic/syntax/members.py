"""The members of an object, and the strings of a member: what every element is read with."""

from __future__ import annotations

from dataclasses import dataclass

from iamlogic.errors import Path
from iamlogic.syntax.json_tree import (
    JsonList,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
    describe,
    quote,
)
from iamlogic.syntax.problems import Problems, closest

POLICY_MEMBERS = ("Version", "Id", "Statement")
STATEMENT_MEMBERS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
SCOPE_MEMBERS = tuple(name for name in STATEMENT_MEMBERS if name != "Effect")
"""A set of requests: what a statement says but for what becomes of them."""

_OBJECTS = {
    POLICY_MEMBERS: ("policy", "R-P1"),
    STATEMENT_MEMBERS: ("statement", "R-P4"),
    SCOPE_MEMBERS: ("scope", "R-P4"),
}

_COUSINS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "notactions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
    "notresources": "NotResource",
    "principals": "Principal",
    "not_principals": "NotPrincipal",
    "notprincipals": "NotPrincipal",
    "statements": "Statement",
    "conditions": "Condition",
}
"""Names that other tools give these elements (Terraform, CloudFormation habits)."""


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one object by name, and the names that its misspelled ones are meant for.

    An element that is `meant` is not missing as well: its misspelling has been reported.
    """

    known: dict[str, Member]
    meant: frozenset[str]

    def get(self, name: str) -> Member | None:
        return self.known.get(name)

    def lacks(self, *names: str) -> bool:
        """Whether none of `names` is there, not even misspelled."""
        return not any(name in self.known or name in self.meant for name in names)


def read_members(
    node: JsonObject,
    known: tuple[str, ...],
    path: Path,
    problems: Problems,
) -> Members:
    """The members of `node`, a policy, statement or scope; a name not `known` is an error."""
    what, rule = _OBJECTS[known]
    members: dict[str, Member] = {}
    meant: set[str] = set()
    for member in node.members:
        name = member.name
        if name in known:
            members.setdefault(name, member)
            continue
        message = f"{quote(name)} is no element of a {what}, expected one of {', '.join(known)}"
        broken, hint = rule, None
        if exact := {other.lower(): other for other in known}.get(name.lower()):
            broken, hint = "R-P10", f'element names are case-sensitive: write "{exact}"'
            meant.add(exact)
        elif guess := _COUSINS.get(name.lower()) or closest(name, known):
            if guess in known:
                hint = f'did you mean "{guess}"?'
                meant.add(guess)
        elif name == "Effect" and known is SCOPE_MEMBERS:
            hint = "remove it: a scope is a set of requests, whatever becomes of them"
        elif name in STATEMENT_MEMBERS:
            hint = "it belongs into an object under Statement"
        elif name in POLICY_MEMBERS:
            hint = "it belongs into the policy itself, beside Statement"
        problems.error(member.position, (*path, name), message, broken, hint)
    return Members(members, frozenset(meant))


def read_text(member: Member | None, path: Path, problems: Problems) -> str | None:
    """A member that must be one string (R-P14)."""
    if member is None:
        return None
    if isinstance(member.value, JsonString):
        return member.value.value
    message = f"found {describe(member.value)}, expected a text"
    problems.error(member.value.position, path, message, "R-P14")
    return None


def read_strings(
    node: JsonValue, what: str, path: Path, problems: Problems
) -> list[tuple[JsonString, Path]]:
    """R-P12, R-P14: one string or a list of strings."""
    if isinstance(node, JsonString):
        return [(node, path)]
    if not isinstance(node, JsonList):
        message = f"found {describe(node)}, expected {what} as a text, or a list of them"
        problems.error(node.position, path, message, "R-P14")
        return []
    if not node.items:
        problems.warn(node.position, path, f"an empty list, expected {what}", "R-P13")
    strings: list[tuple[JsonString, Path]] = []
    for i, item in enumerate(node.items):
        if isinstance(item, JsonString):
            strings.append((item, (*path, i)))
            continue
        hint = "lists do not stand inside each other" if isinstance(item, JsonList) else None
        message = f"found {describe(item)}, expected {what} as a text"
        problems.error(item.position, (*path, i), message, "R-P14", hint)
    return strings
