"""What the custom checks of IAM Access Analyzer are asked with: policies of a type, and access.

A check that is asked about the wrong thing passes too easily: a policy of another type, access that
no request can have. So everything that makes a check empty is an error here, with what to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from iamlogic.errors import IamlogicError
from iamlogic.semantics.explain import quoted
from iamlogic.symbolic.deadline import FOREVER
from iamlogic.symbolic.enforcer import is_some_resource
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.scope import Scope

PolicyTypeName = Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]
"""The types of policies that AWS's checks tell apart; a role's trust policy is the latter."""

_KINDS = {"IDENTITY_POLICY": PolicyKind.IDENTITY, "RESOURCE_POLICY": PolicyKind.RESOURCE}
_MEMBERS = ("actions", "resources")

Texts = str | Iterable[str]
"""Actions or resources: one, or several."""

AccessObject = Mapping[str, Texts]
"""AWS's object of the same name: `{"actions": […], "resources": […]}`, or one of the two."""


class CheckError(IamlogicError):
    """A check is asked about what it cannot be about: the wrong type of policy, or no access."""


def check_policy_type(policy: object, name: str, policy_type: str | None) -> None:
    """Raise for what is no policy, or not one of the stated type. `name` is what it is called."""
    if policy_type is not None and policy_type not in _KINDS:
        raise CheckError(
            f"policy_type is {policy_type!r}: expected {' or '.join(map(repr, _KINDS))}"
        )
    if isinstance(policy, PolicySet):
        raise CheckError(
            f"{policy.file or name} is a stack, but the check is about one policy\n"
            "    hint: compare and never_allows take stacks"
        )
    if not isinstance(policy, Policy):
        hint = "iamlogic.parse reads a policy"
        raise TypeError(f"{name} is a {type(policy).__name__}, no Policy: {hint}")
    # A policy without statements is of either type.
    if policy_type is None or not policy.statements or policy.kind is _KINDS[policy_type]:
        return
    first = policy.statements[0]
    if first.principals is None:
        found = f"{first.where}: the statement names no Principal, as a resource policy must"
    else:
        found = f"{first.principals.where}: an identity policy names no principals"
    other = next(each for each, kind in _KINDS.items() if kind is policy.kind)
    raise CheckError(
        f"{policy.file or name} is not of the type {policy_type}: {found}\n"
        f"    hint: its type is {other}"
    )


def scopes_of(actions: object, resources: object, access: object) -> tuple[Scope, ...]:
    """The requests that are asked about: one set for each access object."""
    given = {"actions": _listed(actions), "resources": _listed(resources)}
    if access is None:
        if not any(given.values()):
            raise CheckError("no access is named: give actions, resources or both, or access")
        return (_scope(given, "actions, resources"),)
    if any(given.values()):
        raise CheckError("access says it all: leave actions and resources out")
    objects = [access] if isinstance(access, Mapping) else access
    if isinstance(objects, str) or not isinstance(objects, Sequence):
        raise CheckError(f"access is a {type(access).__name__}: {_EXPECTED}, or a list of them")
    if not objects:
        raise CheckError(f"access is empty: {_EXPECTED}")
    return tuple(_read(each, f"access[{number}]") for number, each in enumerate(objects))


_EXPECTED = 'expected {"actions": […], "resources": […]} or one of the two'


def _read(given: object, name: str) -> Scope:
    if not isinstance(given, Mapping):
        raise CheckError(f"{name} is a {type(given).__name__}: {_EXPECTED}")
    for member in given:
        if member not in _MEMBERS:
            raise CheckError(f"{name} has the member {quoted(str(member))}: {_EXPECTED}")
    lists = {member: _listed(given.get(member, ())) for member in _MEMBERS}
    if not any(lists.values()):
        raise CheckError(f"{name} names neither actions nor resources: {_EXPECTED}")
    return _scope(lists, name)


def _listed(given: object) -> list[object]:
    """One text is the list of it; what is no text is told by the scope, with its place."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [given]
    return list(given)


def _scope(given: Mapping[str, list[object]], name: str) -> Scope:
    """Any of the actions (all, where none is named) on any of the resources (likewise)."""
    scope = {"Action": given["actions"] or ["*"]}
    if given["resources"]:
        scope["Resource"] = given["resources"]
    asked = Scope(scope, file=name)
    lowered = lower(asked.statement)
    for number, language in enumerate(lowered.resources.languages):
        if not is_some_resource(language, FOREVER):
            raise CheckError(
                f"{name}: no request has the resource "
                f"{quoted(lowered.resource_written(number).text)}, so that nothing would be checked"
                "\n    hint: an ARN has five colons, arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE"
            )
    return asked
