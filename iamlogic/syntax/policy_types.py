"""What a policy must be for the place it is used in: the rows of R-P6, R-P8 and R-P9.

A policy is read without knowing what it is for, by the union of the rows (R-P7). Once its place is
known, as in a `PolicySet`, `check_policy` holds it to its own row, and reports all that is against
it at once, as the reader does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum

from iamlogic.errors import PolicySyntaxError, Problem, Where
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Effect, Policy, PrincipalForm, Statement


class PolicyType(Enum):
    """The types of policies (R-P6); the value is what people call one."""

    IDENTITY = "identity policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    RESOURCE = "resource policy"
    TRUST = "role trust policy"
    ENDPOINT = "VPC endpoint policy"


_NAMELESS = {PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCP}
"""Policies of a requester, which name no principals."""


def check_policy(policy: Policy, type_: PolicyType) -> None:
    """Raise `PolicySyntaxError` unless `policy` is one of the type, with every problem found."""
    problems = _problems(policy, type_)
    if problems:
        raise PolicySyntaxError(problems)


def _problems(policy: Policy, type_: PolicyType) -> tuple[Problem, ...]:
    return tuple(problem for check in _CHECKS for problem in check(policy, type_))


def is_trust_policy(policy: Policy) -> bool:
    """Whether a resource policy is a role's: those alone speak of actions of sts."""
    lists = [statement.actions for statement in policy.statements]
    actions = [action.text for each in lists for action in each.patterns]
    negated = any(each.negated for each in lists)
    return (
        bool(actions) and not negated and all(fold(action).startswith("sts:") for action in actions)
    )


def _id(policy: Policy, type_: PolicyType) -> Iterator[Problem]:
    if policy.id is not None and (type_ in _NAMELESS or type_ is PolicyType.RCP):
        yield Problem(
            f"{_a(type_)} has no Id", Where(("Id",), file=policy.file), "remove it", "R-P6"
        )


def _principals(policy: Policy, type_: PolicyType) -> Iterator[Problem]:
    for statement in policy.statements:
        principals = statement.principals
        if principals is None:
            if type_ not in _NAMELESS:
                message = f"the statement names no Principal, as {_a(type_)} must"
                yield Problem(message, statement.where, "add a Principal", "R-P6")
            continue
        element = "NotPrincipal" if principals.negated else "Principal"
        if type_ in _NAMELESS:
            message = f"{_a(type_)} has no {element}: it speaks of those it is attached to"
            yield Problem(message, principals.where, f"remove {element}", "R-P6")
        elif principals.negated and type_ in {PolicyType.TRUST, PolicyType.RCP}:
            message = f"{_a(type_)} has no NotPrincipal"
            yield Problem(message, principals.where, "name who is meant under Principal", "R-P6")
        elif type_ is PolicyType.RCP:
            for entry in principals.entries:
                if entry.form is not PrincipalForm.EVERYONE:
                    hint = 'write "Principal": "*", and narrow it by conditions'
                    yield Problem("an RCP names all principals, as *", entry.where, hint, "R-P6")


def _resources(policy: Policy, type_: PolicyType) -> Iterator[Problem]:
    for statement in policy.statements:
        if statement.resources is not None and type_ is PolicyType.TRUST:
            element = "NotResource" if statement.resources.negated else "Resource"
            message = f"a role trust policy has no {element}: it speaks of its role"
            yield Problem(message, statement.resources.where, f"remove {element}", "R-P6")
        elif statement.resources is None and (type_ in _NAMELESS or type_ is PolicyType.RCP):
            message = f"{_a(type_)} needs Resource or NotResource in every statement"
            yield Problem(message, statement.where, 'to mean all write "Resource": "*"', "R-P6")


def _control(policy: Policy, type_: PolicyType) -> Iterator[Problem]:
    """R-P8: only the managed RCPFullAWSAccess allows; a customer's RCP names actions."""
    if type_ is not PolicyType.RCP:
        return
    for statement in policy.statements:
        actions = statement.actions
        if statement.effect is Effect.ALLOW:
            if not _allows_all(statement):
                message = "an RCP denies: only the managed RCPFullAWSAccess has an Allow"
                yield Problem(message, statement.where, "write a Deny of the opposite", "R-P8")
        elif actions.negated:
            message = "an RCP has no NotAction"
            yield Problem(message, actions.where, "list the actions under Action", "R-P8")
        for action in actions.patterns:
            if statement.effect is Effect.DENY and action.text in {"*", "*:*"}:
                message = "the Action of an RCP is not all actions"
                yield Problem(message, action.where, "name services, as s3:*", "R-P8")


def _allows_all(statement: Statement) -> bool:
    return (
        not statement.actions.negated
        and [action.text for action in statement.actions.patterns] == ["*"]
        and statement.resources is not None
        and not statement.resources.negated
        and [resource.text for resource in statement.resources.patterns] == ["*"]
        and not statement.conditions
    )


_CHECKS: tuple[Callable[[Policy, PolicyType], Iterator[Problem]], ...] = (
    _id,
    _principals,
    _resources,
    _control,
)


def _a(type_: PolicyType) -> str:
    return f"{'an' if type_ is PolicyType.IDENTITY else 'a'} {type_.value}"
