"""One statement of a policy (R-P4): its members, each read by the function of its element."""

from __future__ import annotations

from iamlogic.errors import Path
from iamlogic.syntax.conditions import read_conditions
from iamlogic.syntax.json_tree import JsonObject, Member, quote
from iamlogic.syntax.members import (
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
    principal = _one_of(members, "Principal", "NotPrincipal", path, problems)
    action = _one_of(members, "Action", "NotAction", path, problems)
    resource = _one_of(members, "Resource", "NotResource", path, problems)
    sid = read_text(members.get("Sid"), (*path, "Sid"), problems)
    principals = read_principals(principal, path, problems) if principal else None
    if principal and principals and principals.negated and effect:
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
        message = "the statement has neither Action nor NotAction, expected one of them"
        problems.error(node.position, path, message, "R-P4", "to mean all actions write *")
    if members.lacks("Resource", "NotResource") and kind is PolicyKind.IDENTITY:
        message = "the statement has neither Resource nor NotResource"
        hint = 'an identity policy needs one ("Resource": "*" means all), a resource policy needs '
        problems.error(node.position, path, message, "R-P7", hint + "a Principal")
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
