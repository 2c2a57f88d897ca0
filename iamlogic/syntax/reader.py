"""JSON tree → Policy: one function for each element of the language.

Each function reports what is wrong and gives what it could read, so that all errors of a document
come at once. A Policy is built only when there was no error.
"""

from __future__ import annotations

import re

from iamlogic.errors import Path
from iamlogic.syntax.conditions import read_conditions
from iamlogic.syntax.json_tree import (
    JsonList,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
    describe,
    quote,
)
from iamlogic.syntax.policy import (
    Actions,
    Effect,
    Policy,
    PolicyKind,
    Resources,
    Statement,
    Text,
    Version,
)
from iamlogic.syntax.principals import read_principals, warn_of_not_principal
from iamlogic.syntax.problems import Problems, did_you_mean
from iamlogic.syntax.texts import check_action, read_resource

_POLICY_MEMBERS = ("Version", "Id", "Statement")
_STATEMENT_MEMBERS = (
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
    members = _members(root, _POLICY_MEMBERS, "policy", (), "R-P1", problems)
    version = _read_version(members.get("Version"), problems)
    policy_id = _read_text(members.get("Id"), ("Id",), problems)
    nodes = _statement_nodes(root, members.get("Statement"), problems)
    kind = _kind(nodes, problems)
    _check_sids(nodes, kind, problems)
    statements = [
        _read_statement(node, version or Version.V2008, kind, path, problems)
        for node, path in nodes
    ]
    if policy_id is not None and kind is PolicyKind.IDENTITY:  # R-P7
        message = "an identity policy has no Id: no statement here names a principal"
        problems.warn(members["Id"].position, ("Id",), message, "R-P7", "remove it, or use Sid")
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


def _members(
    node: JsonObject,
    known: tuple[str, ...],
    what: str,
    path: Path,
    rule: str,
    problems: Problems,
) -> dict[str, Member]:
    """The members of `node` by name; a name that is not `known` is an error."""
    members: dict[str, Member] = {}
    for member in node.members:
        if member.name in known:
            members.setdefault(member.name, member)
            continue
        name = member.name
        message = f"{quote(name)} is no element of a {what}, expected one of {', '.join(known)}"
        hint = did_you_mean(name, known)
        exact = {other.lower(): other for other in known}.get(name.lower())
        if exact:  # R-P10
            hint, rule_here = f'element names are case-sensitive: write "{exact}"', "R-P10"
        else:
            rule_here = rule
            if _COUSINS.get(name.lower()) in known:
                hint = f'did you mean "{_COUSINS[name.lower()]}"?'
            elif name in _STATEMENT_MEMBERS:
                hint = "it belongs into an object under Statement"
            elif name in _POLICY_MEMBERS:
                hint = "it belongs into the policy itself, beside Statement"
        problems.error(member.position, (*path, name), message, rule_here, hint)
    return members


def _read_text(member: Member | None, path: Path, problems: Problems) -> str | None:
    """A member that must be one string (R-P14)."""
    if member is None:
        return None
    if isinstance(member.value, JsonString):
        return member.value.value
    message = f"found {describe(member.value)}, expected a text"
    problems.error(member.value.position, path, message, "R-P14")
    return None


def _read_version(member: Member | None, problems: Problems) -> Version | None:
    """R-P2. After an error the current version stands in, to read the rest by."""
    if member is None:
        return None
    known = [version.value for version in Version]
    text = _read_text(member, ("Version",), problems)
    if text in known:
        return Version(text)
    if text is not None:
        message = f"there is no version {quote(text)}, expected {' or '.join(known)}"
        hint = did_you_mean(text, known) or 'the current version is "2012-10-17"'
        problems.error(member.value.position, ("Version",), message, "R-P2", hint)
    return Version.V2012


def _statement_nodes(
    root: JsonObject, member: Member | None, problems: Problems
) -> list[tuple[JsonObject, Path]]:
    """R-P3: one object, or a list of objects."""
    if member is None:
        message = "the policy has no Statement, expected an object or a list of objects"
        problems.error(root.position, (), message, "R-P3")
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
                hint = f'did you mean "{re.sub("[^A-Za-z0-9]", "", sid)[:100]}"?'
                problems.error(position, here, message, "R-P15", hint, odd.start())
            if sid in first and first[sid] != path:
                other = f"Statement[{first[sid][-1]}]"
                message = f"the Sid {quote(sid)} stands in {other} already"
                problems.error(position, here, message, "R-P15", "a Sid is unique in its policy")
            elif sid:
                first.setdefault(sid, path)


def _read_statement(
    node: JsonObject, version: Version, kind: PolicyKind, path: Path, problems: Problems
) -> Statement | None:
    """R-P4."""
    members = _members(node, _STATEMENT_MEMBERS, "statement", path, "R-P4", problems)
    effect = _read_effect(node, members.get("Effect"), path, problems)
    principal = _one_of(members, "Principal", "NotPrincipal", path, problems)
    action = _one_of(members, "Action", "NotAction", path, problems)
    resource = _one_of(members, "Resource", "NotResource", path, problems)
    sid = _read_text(members.get("Sid"), (*path, "Sid"), problems)
    principals = read_principals(principal, path, problems) if principal else None
    actions = _read_actions(action, path, problems) if action else None
    resources = _read_resources(resource, version, path, problems) if resource else None
    condition = members.get("Condition")
    conditions = (
        read_conditions(condition.value, version, (*path, "Condition"), problems)
        if condition
        else ()
    )
    if actions is None:
        message = "the statement has neither Action nor NotAction, expected one of them"
        problems.error(node.position, path, message, "R-P4", "to mean all actions write *")
    if resource is None and kind is PolicyKind.IDENTITY:
        message = "the statement has neither Resource nor NotResource"
        hint = 'an identity policy needs one ("Resource": "*" means all), a resource policy needs '
        problems.error(node.position, path, message, "R-P7", hint + "a Principal")
    if effect is None or actions is None:
        return None
    if principals is not None and principals.negated:
        warn_of_not_principal(principals, effect, principal, path, problems)
    where = problems.document.where(node.position, path)
    return Statement(effect, actions, resources, principals, conditions, sid, where)


def _read_effect(
    node: JsonObject, member: Member | None, path: Path, problems: Problems
) -> Effect | None:
    """R-P5."""
    if member is None:
        message = "the statement has no Effect, expected Allow or Deny"
        problems.error(node.position, path, message, "R-P5")
        return None
    here = (*path, "Effect")
    text = _read_text(member, here, problems)
    known = [effect.value for effect in Effect]
    if text in known:
        return Effect(text)
    if text is not None:
        message = f"found the effect {quote(text)}, expected Allow or Deny, in this spelling"
        hint = did_you_mean(text, known)
        problems.error(member.value.position, here, message, "R-P5", hint)
    return None


def _one_of(
    members: dict[str, Member], plain: str, negated: str, path: Path, problems: Problems
) -> Member | None:
    """The one member of a pair (R-P4)."""
    first, second = members.get(plain), members.get(negated)
    if first and second:
        later = max(first, second, key=lambda member: member.position)
        message = f"the statement has both {plain} and {negated}, expected one of them"
        hint = "write two statements, or remove one of the two"
        problems.error(later.position, (*path, later.name), message, "R-P4", hint)
    return first or second


def _strings(
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
        problems.warn(node.position, path, f"an empty list: there is no {what} in it", "R-P13")
    strings: list[tuple[JsonString, Path]] = []
    for i, item in enumerate(node.items):
        if isinstance(item, JsonString):
            strings.append((item, (*path, i)))
            continue
        hint = "lists do not stand inside each other" if isinstance(item, JsonList) else None
        message = f"found {describe(item)}, expected {what} as a text"
        problems.error(item.position, (*path, i), message, "R-P14", hint)
    return strings


def _read_actions(member: Member, path: Path, problems: Problems) -> Actions:
    here = (*path, member.name)
    patterns: list[Text] = []
    where = problems.document.where
    for node, place in _strings(member.value, "an action", here, problems):
        check_action(node, place, problems)
        patterns.append(Text(node.value, None, where(node.position, place)))
    negated = member.name == "NotAction"
    return Actions(tuple(patterns), negated, where(member.position, here))


def _read_resources(member: Member, version: Version, path: Path, problems: Problems) -> Resources:
    here = (*path, member.name)
    patterns: list[Text] = []
    where = problems.document.where
    for node, place in _strings(member.value, "a resource", here, problems):
        template = read_resource(node, version, place, problems)
        patterns.append(Text(node.value, template, where(node.position, place)))
    negated = member.name == "NotResource"
    return Resources(tuple(patterns), negated, where(member.position, here))
