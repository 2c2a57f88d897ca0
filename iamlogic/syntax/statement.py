"""One statement of a policy (R-P4): its members, each read by the function of its element.

A scope is a set of requests written as a statement without Effect, and is read by the same
functions: `read_scope` gives the Allow statement that matches exactly these requests.
"""

from __future__ import annotations

from iamlogic.errors import Path
from iamlogic.syntax.conditions import read_conditions
from iamlogic.syntax.json_tree import JsonObject, Member, quote
from iamlogic.syntax.members import (
    SCOPE_MEMBERS,
    STATEMENT_MEMBERS,
    Members,
    read_members,
    read_strings,
    read_text,
)
from iamlogic.syntax.policy import (
    Actions,
    Effect,
    PolicyKind,
    Resources,
    Statement,
    Text,
    Version,
)
from iamlogic.syntax.principals import read_principals, warn_of_not_principal
from iamlogic.syntax.problems import Problems, did_you_mean
from iamlogic.syntax.texts import check_action, read_resource


def read_statement(
    node: JsonObject, version: Version, kind: PolicyKind, path: Path, problems: Problems
) -> Statement | None:
    """R-P4."""
    members = read_members(node, STATEMENT_MEMBERS, path, problems)
    effect = _read_effect(node, members, path, problems)
    if members.lacks("Resource", "NotResource") and kind is PolicyKind.IDENTITY:
        message = "the statement has neither Resource nor NotResource"
        hint = 'an identity policy needs one ("Resource": "*" means all), a resource policy needs '
        problems.error(node.position, path, message, "R-P7", hint + "a Principal")
    return _read_parts(node, members, effect, version, path, problems)


def read_scope(node: JsonObject, problems: Problems) -> Statement | None:
    """The requests of a scope: a part that it does not have leaves them free.

    Variables work in it as in a policy of version 2012-10-17. NotPrincipal means those of whom
    nothing is listed, as in an Allow (R-M13).
    """
    members = read_members(node, SCOPE_MEMBERS, (), problems)
    return _read_parts(node, members, Effect.ALLOW, Version.V2012, (), problems)


def _read_parts(
    node: JsonObject,
    members: Members,
    effect: Effect | None,
    version: Version,
    path: Path,
    problems: Problems,
) -> Statement | None:
    """All but the effect."""
    principal = _one_of(members, "Principal", "NotPrincipal", path, problems)
    action = _one_of(members, "Action", "NotAction", path, problems)
    resource = _one_of(members, "Resource", "NotResource", path, problems)
    sid = read_text(members.get("Sid"), (*path, "Sid"), problems)
    principals = read_principals(principal, path, problems) if principal else None
    if principal and principals and principals.negated and effect and members.get("Effect"):
        warn_of_not_principal(principals, effect, principal, path, problems)
    actions = _read_actions(action, path, problems) if action else None
    resources = _read_resources(resource, version, path, problems) if resource else None
    condition = members.get("Condition")
    conditions = (
        read_conditions(condition.value, version, (*path, "Condition"), problems)
        if condition
        else ()
    )
    if members.lacks("Action", "NotAction"):
        message = f"the {'statement' if path else 'scope'} has neither Action nor NotAction"
        hint = "to mean all actions write *"
        problems.error(node.position, path, f"{message}, expected one of them", "R-P4", hint)
    if effect is None or actions is None:
        return None
    where = problems.document.where(node.position, path)
    return Statement(effect, actions, resources, principals, conditions, sid, where)


def _read_effect(
    node: JsonObject, members: Members, path: Path, problems: Problems
) -> Effect | None:
    """R-P5."""
    member = members.get("Effect")
    if member is None:
        if members.lacks("Effect"):
            message = "the statement has no Effect, expected Allow or Deny"
            problems.error(node.position, path, message, "R-P5")
        return None
    here = (*path, "Effect")
    text = read_text(member, here, problems)
    known = [effect.value for effect in Effect]
    if text in known:
        return Effect(text)
    if text is not None:
        message = f"found the effect {quote(text)}, expected Allow or Deny, in this spelling"
        hint = did_you_mean(text, known)
        problems.error(member.value.position, here, message, "R-P5", hint)
    return None


def _one_of(
    members: Members, plain: str, negated: str, path: Path, problems: Problems
) -> Member | None:
    """The one member of a pair (R-P4)."""
    first, second = members.get(plain), members.get(negated)
    if first and second:
        later = max(first, second, key=lambda member: member.position)
        message = f"the statement has both {plain} and {negated}, expected one of them"
        hint = "write two statements, or remove one of the two"
        problems.error(later.position, (*path, later.name), message, "R-P4", hint)
    return first or second


def _read_actions(member: Member, path: Path, problems: Problems) -> Actions:
    here = (*path, member.name)
    patterns: list[Text] = []
    where = problems.document.where
    for node, place in read_strings(member.value, "an action", here, problems):
        check_action(node, place, problems)
        patterns.append(Text(node.value, None, where(node.position, place)))
    negated = member.name == "NotAction"
    return Actions(tuple(patterns), negated, where(member.position, here))


def _read_resources(member: Member, version: Version, path: Path, problems: Problems) -> Resources:
    here = (*path, member.name)
    patterns: list[Text] = []
    where = problems.document.where
    for node, place in read_strings(member.value, "a resource", here, problems):
        template = read_resource(node, version, place, problems)
        patterns.append(Text(node.value, template, where(node.position, place)))
    negated = member.name == "NotResource"
    return Resources(tuple(patterns), negated, where(member.position, here))
