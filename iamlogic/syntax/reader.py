"""JSON tree → Policy: one function for each element of the language.

Each function reports what is wrong and gives what it could read, so that all errors of a document
come at once. A Policy is built only when there was no error.
"""

from __future__ import annotations

import re

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
from iamlogic.syntax.members import POLICY_MEMBERS, Members, read_members, read_text
from iamlogic.syntax.policy import (
    Policy,
    PolicyKind,
    Version,
)
from iamlogic.syntax.problems import Problems, did_you_mean
from iamlogic.syntax.statement import read_statement


def read_policy(root: JsonValue, problems: Problems) -> Policy:
    """The policy that `root` writes down. Raises `PolicySyntaxError` with every error found."""
    policy = _read_root(root, problems)
    if policy is None or problems.failed:
        raise problems.failure()
    return policy


def _read_root(root: JsonValue, problems: Problems) -> Policy | None:
    if not isinstance(root, JsonObject):
        hint = None
        if isinstance(root, JsonList):
            hint = "a policy is one object; its Statement may be a list"
        elif isinstance(root, JsonString) and root.value.lstrip().startswith("{"):
            hint = "this is a policy inside a JSON text: decode it once more"
        message = f"found {describe(root)}, expected a policy as a JSON object"
        problems.error(root.position, (), message, "R-P1", hint)
        return None
    report_repeated_names(root, problems)
    members = read_members(root, POLICY_MEMBERS, (), problems)
    version = _read_version(members.get("Version"), problems)
    policy_id = read_text(members.get("Id"), ("Id",), problems)
    nodes = _statement_nodes(root, members, problems)
    kind = _kind(nodes, problems)
    _check_sids(nodes, kind, problems)
    statements = [
        read_statement(node, version or Version.V2008, kind, path, problems) for node, path in nodes
    ]
    if policy_id is not None and kind is PolicyKind.IDENTITY:  # R-P7
        message = "an identity policy has no Id: no statement here names a principal"
        problems.warn(
            members.known["Id"].position, ("Id",), message, "R-P7", "remove it, or use Sid"
        )
    return Policy(
        statements=tuple(s for s in statements if s is not None),
        version=version,
        id=policy_id,
        kind=kind,
        file=problems.document.file,
        warnings=problems.warnings(),
    )


def report_repeated_names(root: JsonValue, problems: Problems) -> None:
    """R-P11: no object of the document has the same member name twice."""
    pending: list[tuple[JsonValue, Path]] = [(root, ())]
    while pending:
        node, path = pending.pop()
        if isinstance(node, JsonList):
            pending += [
                (item, (*path, i))
                for i, item in enumerate(node.items)
                if isinstance(item, JsonObject | JsonList)
            ]
        elif isinstance(node, JsonObject):
            seen: set[str] = set()
            for name, position, value in node.members:
                here = (*path, name)
                if name in seen:
                    message = f"{quote(name)} occurs twice in one object"
                    hint = "most programs silently keep the last one; join them or remove one"
                    problems.error(position, here, message, "R-P11", hint)
                seen.add(name)
                if isinstance(value, JsonObject | JsonList):
                    pending.append((value, here))


def _read_version(member: Member | None, problems: Problems) -> Version | None:
    """R-P2. After an error the current version stands in, to read the rest by."""
    if member is None:
        return None
    known = [version.value for version in Version]
    text = read_text(member, ("Version",), problems)
    if text in known:
        return Version(text)
    if text is not None:
        message = f"there is no version {quote(text)}, expected {' or '.join(known)}"
        hint = did_you_mean(text, known) or 'the current version is "2012-10-17"'
        problems.error(member.value.position, ("Version",), message, "R-P2", hint)
    return Version.V2012


def _statement_nodes(
    root: JsonObject, members: Members, problems: Problems
) -> list[tuple[JsonObject, Path]]:
    """R-P3: one object, or a list of objects."""
    member = members.get("Statement")
    if member is None:
        if members.lacks("Statement"):
            message = "the policy has no Statement, expected an object or a list of objects"
            hint = None
            if any(inner.name == "Effect" for inner in root.members):
                hint = 'this looks like a statement alone: put it into {"Statement": …}'
            problems.error(root.position, (), message, "R-P3", hint)
        return []
    path: Path = ("Statement",)
    entries = [(member.value, path)]
    if isinstance(member.value, JsonList):
        entries = [(item, (*path, i)) for i, item in enumerate(member.value.items)]
        if not entries:
            message = "the list of statements is empty: the policy matches nothing"
            problems.warn(member.value.position, path, message, "R-P13")
    nodes: list[tuple[JsonObject, Path]] = []
    for node, here in entries:
        if isinstance(node, JsonObject):
            nodes.append((node, here))
        else:
            message = f"found {describe(node)}, expected a statement as an object"
            problems.error(node.position, here, message, "R-P3")
    return nodes


def _kind(nodes: list[tuple[JsonObject, Path]], problems: Problems) -> PolicyKind:
    """R-P7: all statements name principals, or none does."""
    naming: list[tuple[Member, Path]] = []
    silent: list[tuple[JsonObject, Path]] = []
    for node, path in nodes:
        members = [m for m in node.members if m.name in ("Principal", "NotPrincipal")]
        if members:
            naming.append((members[0], (*path, members[0].name)))
        else:
            silent.append((node, path))
    if not naming:
        return PolicyKind.IDENTITY
    if silent and len(naming) <= len(silent):
        for member, path in naming:
            message = (
                f"{member.name} in a policy in which other statements name no principal: "
                "an identity policy has none, a resource policy has one in every statement"
            )
            hint = f"remove {member.name}, or give every statement one"
            problems.error(member.position, path, message, "R-P7", hint)
    else:
        for node, path in silent:
            message = (
                "this statement names no Principal, but others of this policy do: "
                "in a resource policy every statement has one"
            )
            problems.error(node.position, path, message, "R-P7", "add a Principal")
    return PolicyKind.RESOURCE


def _check_sids(nodes: list[tuple[JsonObject, Path]], kind: PolicyKind, problems: Problems) -> None:
    """R-P15."""
    first: dict[str, Path] = {}
    for node, path in nodes:
        for member in node.members:
            if member.name != "Sid" or not isinstance(member.value, JsonString):
                continue
            sid, position = member.value.value, member.value.position
            here = (*path, "Sid")
            odd = re.search(r"[^A-Za-z0-9]", sid)
            if odd and kind is PolicyKind.IDENTITY:
                message = f"{quote(odd[0])} in a Sid, expected ASCII letters and digits only"
                plain = re.sub(r"[^A-Za-z0-9]", "", sid)[:100]
                hint = f'did you mean "{plain}"?' if plain else None
                problems.error(position, here, message, "R-P15", hint, offset=odd.start())
            if sid in first and first[sid] != path:
                other = f"Statement[{first[sid][-1]}]"
                message = f"the Sid {quote(sid)} stands in {other} already"
                problems.error(position, here, message, "R-P15", "a Sid is unique in its policy")
            elif sid:
                first.setdefault(sid, path)
