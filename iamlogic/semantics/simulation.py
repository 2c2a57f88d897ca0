"""What of a question AWS's policy simulator can be asked, by its documentation.

`simulation_of` sorts the policies that have a say in a request (R-E3) into the parameters of the
API operation SimulateCustomPolicy, or tells why it cannot: a command that asks something else than
the request is worse than none. By the API's reference and the IAM user guide the simulator takes

- identity policies, one permissions boundary, and SCPs level by level; no session policies, RCPs
  or VPC endpoint policies;
- a caller who is an IAM user or a role: of a session it is the role, for an identity policy sees
  of a session only condition keys;
- a resource policy, but no role's trust policy, with a caller who is an IAM user;
- one resource for most actions, but several together for ec2:RunInstances.

An identity policy alone is asked without a caller where the resource's side has a say as well
(R-E10, R-E11): that is not asked about then. A resource policy alone is asked beside an identity
policy that is made up: one which allows the action if the requester is of another account, where
both must allow, and one which allows everything else if not. That is the same question unless the
policy hands the decision to the account's identity policies (R-E8), which the evaluator tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from iamlogic.errors import RequestError
from iamlogic.semantics.decision import Layer
from iamlogic.semantics.evaluation import evaluate
from iamlogic.semantics.request import Request
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.stacks import layers_of, needs_resource_side
from iamlogic.syntax.letter_case import fold
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
from iamlogic.syntax.policy_set import Levels, PolicySet
from iamlogic.syntax.policy_types import PolicyType, is_trust_policy

_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9_.-]+")
_ACTION_LENGTHS = range(3, 129)
_RESOURCE = re.compile(r"arn:[^:]+:[^:]+:[^:]*:([^:]*):.+", re.DOTALL)
_RESOURCE_LENGTH = 2048
_OF_SEVERAL = frozenset({"ec2:runinstances"})
_LEVELS = 7
"""Levels of an organization that the simulator takes: the root, five of units, the account."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """The policies of one simulation, and whose. `caller` and `owner` are ARNs.

    `owner` is the resource's account where it is not the caller's.
    """

    identity: tuple[Policy, ...]
    boundary: Policy | None = None
    scps: Levels = ()
    resource: Policy | None = None
    caller: str | None = None
    owner: str | None = None

    def policies(self) -> tuple[Policy, ...]:
        """All of them."""
        single = [policy for policy in (self.boundary, self.resource) if policy is not None]
        return (*self.identity, *single, *(policy for level in self.scps for policy in level))


def simulation_of(subject: Policy | PolicySet, request: Request) -> Simulation:
    """How the simulator is asked for `request` under `subject`; `RequestError` if it cannot be."""
    _check_names(request)
    if isinstance(subject, PolicySet):
        return _of_stack(subject, request)
    if subject.kind is PolicyKind.IDENTITY:
        return replace(simulation_of_identity(request), identity=(subject,))
    _check_no_trust(subject)  # a stack would hold one to its grammar
    beside = _made_up(request, granting=_is_foreign(request))
    stack = PolicySet(identity=(beside,), resource=subject)
    simulation = _of_stack(stack, request)
    if evaluate(stack, request).outcome is not evaluate(subject, request).outcome:
        raise refused(
            "the resource policy leaves the decision to the identity policies of the account",
            "ask about a PolicySet with both",
        )
    return simulation


def simulation_of_identity(request: Request) -> Simulation:
    """How the simulator is asked for `request` under one identity policy, whichever that is."""
    _check_names(request)
    alone = _is_foreign(request) or needs_resource_side(request)
    return Simulation((), caller=None if alone else _caller(request))


def _check_names(request: Request) -> None:
    """The action and the resource, as the API takes them."""
    action, resource = request.action, request.resource
    if fold(action) in _OF_SEVERAL:
        raise refused(f"it decides {action} for several resources together")
    if _ACTION.fullmatch(action) is None or len(action) not in _ACTION_LENGTHS:
        raise refused(f"{action!a} is no name of an action")
    if resource == "*":
        return
    if _RESOURCE.fullmatch(resource) is None:
        raise refused(f"the resource {resource!a} is no ARN, nor *")
    if "*" in resource or "?" in resource:
        raise refused(
            f"in a name of a resource, as {resource!a}, it could read * and ? as wildcards"
        )
    if len(resource) > _RESOURCE_LENGTH:
        raise refused(f"a resource's ARN has at most {_RESOURCE_LENGTH} characters")


def _of_stack(stack: PolicySet, request: Request) -> Simulation:
    simulation = Simulation((), caller=_caller(request))
    has_identity = False
    for layer in layers_of(stack, request):
        has_identity = has_identity or layer.type is PolicyType.IDENTITY
        simulation = _with_layer(simulation, layer, request)
    if not has_identity:
        raise refused(f"{request.requester.text} has no identity policies, which it starts from")
    if simulation.resource is None and (_is_foreign(request) or needs_resource_side(request)):
        raise refused("this request needs a grant of the resource policy, and there is none")
    if not simulation.identity:  # the API takes no empty list
        simulation = replace(simulation, identity=(_made_up(request, granting=False),))
    return simulation


def _with_layer(simulation: Simulation, layer: Layer, request: Request) -> Simulation:
    match layer.type:
        case PolicyType.IDENTITY:
            return replace(simulation, identity=layer.policies)
        case PolicyType.BOUNDARY:
            return replace(simulation, boundary=layer.policies[0])
        case PolicyType.RESOURCE if not layer.policies:
            return simulation
        case PolicyType.RESOURCE:
            return _with_resource(simulation, layer.policies[0], request)
        case PolicyType.SCP:
            return _with_level(simulation, layer.policies)
        case PolicyType.RCP if not _denies(layer.policies):
            return simulation  # R-E5: the Allow of an RCP says nothing
    raise refused(f"it takes no {layer.type.value}")


def _with_level(simulation: Simulation, level: tuple[Policy, ...]) -> Simulation:
    if not level:
        raise refused("what a level without SCPs is to it is documented nowhere")
    if len(simulation.scps) == _LEVELS:
        raise refused(f"it takes {_LEVELS} levels of SCPs and no more")
    return replace(simulation, scps=(*simulation.scps, level))


def _denies(policies: tuple[Policy, ...]) -> bool:
    return any(s.effect is Effect.DENY for policy in policies for s in policy.statements)


def _with_resource(simulation: Simulation, policy: Policy, request: Request) -> Simulation:
    requester, owner = request.requester, request.resource_owner
    if requester.kind is not RequesterKind.USER:
        raise refused(
            f"beside a resource policy only an IAM user can ask, and {requester.text} is none"
        )
    _check_no_trust(policy)
    named = _account_named(request)
    if request.resource == "*":
        raise refused("beside a resource policy the resource is the one that has it, not *")
    if named not in {"", owner}:
        raise refused(f"it takes {request.resource} for a resource of {named}, not of {owner}")
    foreign = f"arn:{requester.partition}:iam::{owner}:root"
    return replace(
        simulation,
        resource=policy,
        owner=None if owner == requester.account else foreign,
    )


def _check_no_trust(policy: Policy) -> None:
    if is_trust_policy(policy):
        raise refused("it takes no role trust policies")


def _caller(request: Request) -> str | None:
    """The ARN of the user or the role that asks; None for whom the simulator does not know."""
    known = {RequesterKind.USER, RequesterKind.ROLE, RequesterKind.ROLE_SESSION}
    return request.requester.principal_arn if request.requester.kind in known else None


def _is_foreign(request: Request) -> bool:
    """Whether the resource is of another account, by the request or by the ARN's account."""
    account = request.requester.account
    return request.resource_owner != account or _account_named(request) not in {"", account}


def _account_named(request: Request) -> str:
    arn = _RESOURCE.fullmatch(request.resource)
    return arn[1] if arn else ""


def _made_up(request: Request, *, granting: bool) -> Policy:
    """An identity policy that allows the request's action, or everything else."""
    actions = Actions((Text(request.action),), negated=not granting)
    statement = Statement(Effect.ALLOW, actions, Resources((Text("*"),)))
    return Policy((statement,), Version.V2012)


def refused(reason: str, hint: str | None = None) -> RequestError:
    """The error of a question that the simulator cannot be asked."""
    message = f"AWS's policy simulator cannot be asked this: {reason}"
    return RequestError(message if hint is None else f"{message}\n    hint: {hint}")
