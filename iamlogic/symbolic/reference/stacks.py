"""A stack of policies as SMT-LIB text: section 6 of docs/semantics.md, as directly as can be.

Each statement of each policy is one named formula, all but its principal part; the layers, the
strengths of grants and the accounts are put together from these by the rules, one line for each.
Written apart from `symbolic.stacks`, which the tests hold against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlogic.semantics.principals import Strength
from iamlogic.symbolic.reference.formula import (
    ACTION,
    RESOURCE,
    RESOURCE_ACCOUNT,
    RESOURCE_ACCOUNT_IS_KNOWN,
    all_but_principals_match,
    allows,
)
from iamlogic.symbolic.reference.keys import Keys
from iamlogic.symbolic.reference.patterns import NOT_A_COLON, matches_glob
from iamlogic.symbolic.reference.requester import (
    ACCOUNT,
    HAS_ACCOUNT,
    PATH,
    Kind,
    matches_principals,
)
from iamlogic.symbolic.reference.smtlib import (
    ANY_WORD,
    FALSE,
    TRUE,
    Formula,
    Language,
    all_of,
    any_of,
    both,
    comment,
    defined,
    exactly,
    implies,
    member,
    negation,
    repeated,
    same,
    sequence,
    symbol,
)
from iamlogic.syntax.policy import Effect, Policy, Statement
from iamlogic.syntax.policy_set import PolicySet

_IS_ROLE = any_of([Kind.SESSION.holds, Kind.UNNAMED_SESSION.holds])
_HAS_POLICIES = any_of([_IS_ROLE, Kind.USER.holds, Kind.FEDERATED.holds])
_HAS_SESSION = any_of([_IS_ROLE, Kind.FEDERATED.holds])
_SAME_ACCOUNT = both(RESOURCE_ACCOUNT_IS_KNOWN, same(RESOURCE_ACCOUNT, ACCOUNT))
_ASSUMING = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """Statements that speak together, each with the formula of all but its principal part."""

    statements: tuple[tuple[Statement, Formula], ...]
    bounded: bool = False  # its NotPrincipal spares nobody who has a boundary (R-M12)

    def allows(self, at_least: Strength = Strength.DELEGATED) -> Formula:
        """R-E2, R-M8."""
        return any_of(
            both(rest, matches_principals(s.principals, s.effect, at_least=at_least))
            for s, rest in self.statements
            if s.effect is Effect.ALLOW
        )

    def denies(self) -> Formula:
        """R-M10 to R-M12."""
        return any_of(
            both(rest, matches_principals(s.principals, s.effect, bounded=self.bounded))
            for s, rest in self.statements
            if s.effect is Effect.DENY
        )


def stack_commands(name: str, stack: PolicySet, keys: Keys) -> Iterator[str]:
    """Defines every statement of the stack as a formula, and `allows(name)` of them (R-E1)."""
    written = _Written(name, keys)
    identity = written.layer("identity", stack.identity)
    resource = written.layer("resource", _given(stack.resource), bounded=stack.boundary is not None)
    boundary = written.layer("boundary", _given(stack.boundary))
    session = written.layer("session", _given(stack.session))
    endpoint = written.layer("endpoint", _given(stack.vpc_endpoint))
    scps = [written.layer(f"scps[{n}]", level) for n, level in enumerate(stack.scps)]
    rcps = [written.layer(f"rcps[{n}]", level) for n, level in enumerate(stack.rcps)]
    yield from written.commands

    controlled = FALSE if stack.management_account else negation(_service_linked(stack))  # R-E3
    limited = both(HAS_ACCOUNT, controlled)
    denied = any_of(
        [
            both(_HAS_POLICIES, any_of([identity.denies(), boundary.denies()])),
            both(_HAS_SESSION, session.denies()),
            both(limited, any_of(level.denies() for level in scps)),
            both(controlled, any_of(level.denies() for level in rcps)),
            resource.denies(),
            endpoint.denies(),
        ]
    )
    within_boundary = TRUE if stack.boundary is None else boundary.allows()
    within_session = TRUE if stack.session is None else implies(_HAS_SESSION, session.allows())
    own = any_of(
        [
            Kind.ROOT.holds,  # R-E13
            all_of(
                [
                    _HAS_POLICIES,
                    identity.allows(),
                    within_boundary,
                    within_session,
                    TRUE if stack.session is not None else negation(Kind.FEDERATED.holds),  # R-E14
                ]
            ),
        ]
    )
    granted = resource.allows()
    in_one_account = any_of(  # R-E8, R-E10
        [
            resource.allows(Strength.DIRECT),
            all_of([resource.allows(Strength.LIMITED), within_boundary, within_session]),
            both(own, any_of([granted, negation(_needs_resource_side())])),
        ]
    )
    rows = any_of(
        [
            both(negation(HAS_ACCOUNT), granted),  # R-E12
            all_of([HAS_ACCOUNT, _SAME_ACCOUNT, in_one_account]),
            all_of([HAS_ACCOUNT, negation(_SAME_ACCOUNT), own, granted]),  # R-E11
        ]
    )
    passed = all_of(
        [
            negation(denied),
            implies(limited, all_of(level.allows() for level in scps)),  # R-E4
            TRUE if stack.vpc_endpoint is None else endpoint.allows(),  # R-E17
            rows,
        ]
    )
    yield comment(f"{name}: how they decide together (R-E1 to R-E17)")
    yield defined(allows(name), "Bool", passed)


class _Written:
    """The statements written so far."""

    def __init__(self, name: str, keys: Keys) -> None:
        self._name, self._keys = name, keys
        self.commands: list[str] = []

    def layer(self, label: str, policies: Sequence[Policy], *, bounded: bool = False) -> _Layer:
        found = []
        for number, policy in enumerate(policies):
            for place, statement in enumerate(policy.statements):
                formula = Formula(symbol(f"{self._name}: {label}[{number}].Statement[{place}]"))
                self.commands += [
                    comment(f"{self._name}, {label}, {statement.where}: {statement.effect.value}"),
                    defined(formula, "Bool", all_but_principals_match(statement, self._keys)),
                ]
                found.append((statement, formula))
        return _Layer(tuple(found), bounded)


def _given(policy: Policy | None) -> tuple[Policy, ...]:
    return () if policy is None else (policy,)


def _service_linked(stack: PolicySet) -> Formula:
    """R-E23."""
    if stack.service_linked:
        return _IS_ROLE
    path = sequence([exactly("aws-service-role/"), ANY_WORD])
    return both(_IS_ROLE, member(PATH, path))


def _needs_resource_side() -> Formula:
    """R-E10."""
    return any_of(
        [
            both(_action_is("kms:*"), member(RESOURCE, _arns("kms", "key"))),
            both(any_of(map(_action_is, _ASSUMING)), member(RESOURCE, _arns("iam", "role"))),
        ]
    )


def _action_is(pattern: str) -> Formula:
    return matches_glob(ACTION, (pattern,), ignore_case=True)


def _arns(service: str, kind: str) -> Language:
    segment = repeated(NOT_A_COLON)
    parts = [exactly("arn:"), segment, exactly(f":{service}:"), segment, exactly(":"), segment]
    return sequence([*parts, exactly(f":{kind}/"), ANY_WORD])
