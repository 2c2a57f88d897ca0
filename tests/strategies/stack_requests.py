"""Requests and scopes on the edges of stacks, and whom a question about stacks ranges over.

`stack_requests` draws requests that just match or just miss the policies. `grids` have every
requester of the vocabulary on a resource of every kind: what changes who is allowed shows there.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.semantics.requester import RequesterKind, parse_requester
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import can_send, has_action_form, has_resource_form
from iamlogic.testing.strategies.vocabulary import HERE, THERE
from tests.strategies.edge_requests import requests
from tests.strategies.stacked import KEY, ROLE, STACKED

_ACTIONS = ("s3:GetObject", "kms:Decrypt", "sts:AssumeRole", "sns:Publish", "STS:tagSession")
_RESOURCES = (
    "arn:aws:s3:::a",
    KEY,
    ROLE,
    f"arn:aws:kms:us-east-1:{THERE}:key/k",
    f"arn:aws:iam::{THERE}:role/p/R",
    f"arn:aws:kms:us-east-1:{HERE}:alias/k",
    f"arn:aws:sns:us-east-1:{THERE}:a",
    "*",
)


_CONTEXTS: tuple[dict[str, str], ...] = (
    {},
    {"aws:SourceVpce": "vpce-a", "s3:prefix": "a", "aws:PrincipalOrgID": "o-a"},
    {"aws:SourceVpce": "vpce-b", "aws:SecureTransport": "false", "aws:ResourceOrgID": "o-b"},
)
_TARGETS = (
    ("s3:GetObject", "arn:aws:s3:::a", HERE),
    ("s3:GetObject", "arn:aws:s3:::a", THERE),
    ("kms:Decrypt", KEY, HERE),
    ("kms:Decrypt", f"arn:aws:kms:us-east-1:{THERE}:key/k", THERE),
    ("sts:AssumeRole", ROLE, HERE),
    ("sns:Publish", f"arn:aws:sns:us-east-1:{THERE}:a", THERE),
)


def grids(principal: str | None = None) -> SearchStrategy[tuple[il.Request, ...]]:
    """Requests as AWS sends them, by everybody or by `principal`, on resources of every kind."""
    return st.sampled_from(range(len(_CONTEXTS))).map(lambda number: _grid(principal, number))


@cache
def _grid(principal: str | None, number: int) -> tuple[il.Request, ...]:
    requesters = STACKED.requesters if principal is None else _asking(principal)
    made = (
        il.Request(
            requester,
            action,
            resource,
            _CONTEXTS[number] | ({} if role is None else {"aws:PrincipalArn": role}),
            owner,
        )
        for (requester, role), (action, resource, owner) in product(requesters, _TARGETS)
    )
    whole = (with_usual_context(each, ()) for each in made)
    return tuple(request for request in whole if can_send(request, to_stack=True))


@st.composite
def stack_requests(
    draw: DrawFn,
    *given: il.PolicySet,
    scope: il.Scope | None = None,
    principal: str | None = None,
    sent: bool = False,
) -> il.Request:
    """A request that the stacks have something to say about, mostly in the scope.

    By `principal`, where that is given, or by a session of it. `sent`: with what AWS sends beside
    it, and of the account that its ARN says (R-K22).
    """
    written = [policy for stack in given for policy in stack.policies()]
    asked = [] if scope is None else [il.Policy((scope.statement,))]
    drawn = draw(requests(*written, *asked, vocabulary=STACKED))
    if scope is not None:
        aimed = draw(requests(*asked, vocabulary=STACKED))
        drawn = replace(drawn, action=aimed.action, resource=aimed.resource)
    if not has_action_form(drawn.action):
        drawn = replace(drawn, action=draw(st.sampled_from(_ACTIONS)))
    if not has_resource_form(drawn.resource):
        drawn = replace(drawn, resource=draw(st.sampled_from(_RESOURCES)))
    if any(stack.vpc_endpoint for stack in given) and not drawn.values("aws:SourceVpce"):
        drawn = replace(drawn, context={"aws:sourcevpce": "vpce-a"} | dict(drawn.context))
    if principal is not None:
        text, role = draw(st.sampled_from(_asking(principal)))
        context = {k: v for k, v in drawn.context.items() if k.lower() != "aws:principalarn"}
        if role is not None:
            context["aws:PrincipalArn"] = role
        drawn = replace(drawn, principal=text, context=context)
    if sent:
        in_arn = drawn.resource.split(":")[4:5] if drawn.resource.startswith("arn:") else []
        if in_arn in ([HERE], [THERE]):
            drawn = replace(drawn, resource_account=in_arn[0])
        drawn = with_usual_context(drawn, ())
    return drawn


def _asking(principal: str) -> list[tuple[str, str | None]]:
    """Whom `principal` means in a question, with what gives a session's role its path."""
    requester = parse_requester(principal)
    if requester.kind is RequesterKind.ROLE:
        sts = f"arn:{requester.partition}:sts::{requester.account}:assumed-role/{requester.name}"
        return [(f"{sts}/s", principal), (f"{sts}/t", principal)]
    return [each for each in STACKED.requesters if each[0] == principal]


def scopes_on_buckets() -> SearchStrategy[il.Scope]:
    """Scopes of which no request needs a grant of the resource's policy (R-E10)."""
    action = st.sampled_from(["*", "s3:*", "s3:GetObject", "s3:Get*"])
    resource = st.sampled_from(["arn:aws:s3:::a", "arn:aws:s3:::*", "arn:aws:s3:::a*"])
    return st.builds(lambda a, r: il.Scope({"Action": a, "Resource": r}), action, resource)


def is_concerned(request: il.Request, *given: il.PolicySet) -> bool:
    """Whether questions about the stacks, of no requester in particular, are about it (R-E24)."""
    requester, any_resource = request.requester, any(stack.resource for stack in given)
    own = any(s.identity or s.boundary or s.session for s in given)
    if requester.kind is not RequesterKind.ROLE_SESSION and any(s.service_linked for s in given):
        return False
    match requester.kind:
        case RequesterKind.ROOT:
            in_own = requester.account == request.resource_owner
            return not own and not (any_resource and in_own)
        case RequesterKind.USER:
            return not any(stack.session for stack in given)
        case RequesterKind.FEDERATED_SESSION:
            return any_resource or all(stack.session for stack in given)
        case RequesterKind.ROLE_SESSION:
            return not is_left_out_as_linked(request, *given)
        case RequesterKind.ROLE:
            return False
        case _:
            return any_resource


def is_left_out_as_linked(request: il.Request, *given: il.PolicySet) -> bool:
    """Whether it is by a service-linked role, whom SCPs and RCPs are not about (R-E23, R-E24)."""
    controlled = any((s.scps or s.rcps) and not s.service_linked for s in given)
    return controlled and request.requester.path.startswith("aws-service-role/")


def comes_by_endpoint(request: il.Request, *given: il.PolicySet) -> bool:
    """Whether the request can come through the endpoint of the stacks, if they have one."""
    keys = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
    return not any(s.vpc_endpoint for s in given) or any(request.values(key) for key in keys)
