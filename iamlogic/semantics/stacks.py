"""How the policies around a request decide together: section 6 of docs/semantics.md.

`layers_of` lists who has a say in a request (R-E3). A Deny in any of them decides; else the request
is allowed if every layer that it *needs* allows it. What it needs follows from the accounts of its
requester and of its resource, and from how strongly the resource policy grants it: `needs` is the
rows of R-E8 to R-E14.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlogic.semantics.decision import Decision, Layer, LayerFinding, Outcome
from iamlogic.semantics.principals import Strength
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import Requester, RequesterKind
from iamlogic.semantics.statements import match_strength
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Effect, Statement
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import PolicyType

_ROLES = {RequesterKind.ROLE_SESSION, RequesterKind.ROLE}
_WITH_POLICIES = _ROLES | {RequesterKind.USER, RequesterKind.FEDERATED_SESSION}
_IN_ACCOUNTS = _WITH_POLICIES | {RequesterKind.ROOT}
_BOUNDED = _ROLES | {RequesterKind.USER}

_ASSUMING = {
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
}
_KEY = re.compile(r"arn:[^:]*:kms:[^:]*:[^:]*:key/.*", re.DOTALL)
_ROLE = re.compile(r"arn:[^:]*:iam:[^:]*:[^:]*:role/.*", re.DOTALL)
_SERVICE_LINKED = "aws-service-role/"


def decide(stack: PolicySet, request: Request) -> Decision:
    """What comes of a request under all the policies of a stack (R-E1)."""
    said = [(layer, _matching(layer, stack, request)) for layer in layers_of(stack, request)]
    grant = max(
        (
            strength
            for layer, matching in said
            if layer.type is PolicyType.RESOURCE
            for statement, strength in matching
            if statement.effect is Effect.ALLOW
        ),
        default=Strength.NONE,
    )
    needed = needs(stack, request, grant)
    findings = tuple(
        _finding(layer, [statement for statement, _ in matching], needed=layer.type in needed)
        for layer, matching in said
    )
    denying = [f for f in findings if f.outcome is Outcome.EXPLICITLY_DENIED]
    if denying:
        return _decision(Outcome.EXPLICITLY_DENIED, denying, stack, request, findings)
    letting = [f for f in findings if f.needed]
    if all(f.outcome is Outcome.ALLOWED for f in letting):
        return _decision(Outcome.ALLOWED, letting, stack, request, findings)
    return _decision(Outcome.IMPLICITLY_DENIED, [], stack, request, findings)


def _decision(
    outcome: Outcome,
    deciding: list[LayerFinding],
    stack: PolicySet,
    request: Request,
    findings: tuple[LayerFinding, ...],
) -> Decision:
    statements = tuple(statement for finding in deciding for statement in finding.statements)
    return Decision(outcome, statements, stack, request, findings)


def _finding(layer: Layer, matching: list[Statement], *, needed: bool) -> LayerFinding:
    """What a layer says: a Deny, else an Allow, else nothing (R-E2)."""
    denials = tuple(s for s in matching if s.effect is Effect.DENY)
    if denials:
        return LayerFinding(layer, Outcome.EXPLICITLY_DENIED, denials, needed)
    allowed = matching or layer.type is PolicyType.RCP  # R-E5
    outcome = Outcome.ALLOWED if allowed else Outcome.IMPLICITLY_DENIED
    return LayerFinding(layer, outcome, tuple(matching), needed)


def layers_of(stack: PolicySet, request: Request) -> Iterator[Layer]:
    """R-E3: the layers that have a say in the request; the resource's has, be it empty."""
    requester = request.requester
    if requester.kind in _WITH_POLICIES:
        yield Layer(PolicyType.IDENTITY, stack.identity)
        if stack.boundary is not None:
            yield Layer(PolicyType.BOUNDARY, (stack.boundary,))
    if stack.session is not None and requester.kind in _WITH_POLICIES - {RequesterKind.USER}:
        yield Layer(PolicyType.SESSION, (stack.session,))
    elif requester.kind is RequesterKind.FEDERATED_SESSION:  # R-E14: it has no permissions then
        yield Layer(PolicyType.SESSION, ())
    yield _resource(stack)
    controlled = not stack.management_account and not _is_service_linked(requester, stack)
    if controlled and requester.kind in _IN_ACCOUNTS:
        for number, level in enumerate(stack.scps):
            yield Layer(PolicyType.SCP, level, number)
    if controlled:
        for number, level in enumerate(stack.rcps):
            yield Layer(PolicyType.RCP, level, number)
    if stack.vpc_endpoint is not None:
        yield Layer(PolicyType.ENDPOINT, (stack.vpc_endpoint,))


def needs(stack: PolicySet, request: Request, grant: Strength) -> frozenset[PolicyType]:
    """The types of layers that must each allow the request, if its layers have them.

    `grant` is the greatest strength at which the resource policy grants it. RCPs are never needed,
    for RCPFullAWSAccess is always there (R-E5).
    """
    requester = request.requester
    always = frozenset({PolicyType.SCP, PolicyType.ENDPOINT})  # R-E4, R-E17
    resource = frozenset({PolicyType.RESOURCE})
    own = frozenset({PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION})  # R-E15, R-E16
    if requester.kind not in _IN_ACCOUNTS:
        return always | resource  # R-E12
    if requester.kind is RequesterKind.ROOT:
        own = frozenset()  # R-E13
    if requester.account != request.resource_owner:
        return always | resource | own  # R-E11
    match grant:  # R-E8
        case Strength.DIRECT:
            return always | resource
        case Strength.LIMITED:  # R-E14, R-E15: the session policy, if there is one
            limits = {PolicyType.BOUNDARY, *([PolicyType.SESSION] if stack.session else [])}
            return always | resource | limits
        case _ if needs_resource_side(request):
            return always | own | resource  # R-E10
        case _:
            return always | own


def needs_resource_side(request: Request) -> bool:
    """R-E10: whether the request is never allowed without a grant of the resource policy."""
    action = fold(request.action)
    if action.startswith("kms:"):
        return _KEY.fullmatch(request.resource) is not None
    return action in _ASSUMING and _ROLE.fullmatch(request.resource) is not None


def _resource(stack: PolicySet) -> Layer:
    return Layer(PolicyType.RESOURCE, () if stack.resource is None else (stack.resource,))


def _is_service_linked(requester: Requester, stack: PolicySet) -> bool:
    """R-E23: a service-linked role is known by its path, or the caller says that it is one."""
    return requester.kind in _ROLES and (
        stack.service_linked or requester.path.startswith(_SERVICE_LINKED)
    )


def _matching(layer: Layer, stack: PolicySet, request: Request) -> list[tuple[Statement, Strength]]:
    bounded = (
        layer.type is PolicyType.RESOURCE
        and stack.boundary is not None
        and request.requester.kind in _BOUNDED
    )
    found: list[tuple[Statement, Strength]] = []
    for policy in layer.policies:
        for statement in policy.statements:
            if layer.type is PolicyType.RCP and statement.effect is Effect.ALLOW:
                continue  # R-E5
            strength = match_strength(statement, request, bounded=bounded)
            if strength is not Strength.NONE:
                found.append((statement, strength))
    return found
