"""From a model to a request that anyone can try, proved by replaying it.

A model says something of the fields that the question depended on; the rest is filled in so that
the request is whole and believable. Before a witness leaves here the concrete semantics judges it:
if it does not show what it should, one of the two meanings is wrong, which is an internal error and
never an answer.
"""

from __future__ import annotations

from iamlogic.errors import InternalError
from iamlogic.semantics import Request, allows
from iamlogic.symbolic.believable import OUR_ACCOUNT, Suggestions
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.symbolizer import ACTION, REQUESTER, RESOURCE, RESOURCE_ACCOUNT, SEPARATOR
from iamlogic.syntax.policy import Policy

_DEFAULT_REQUESTER = f"arn:aws:iam::{OUR_ACCOUNT}:user/alice{SEPARATOR}"


def concretize(model: Model, suggestions: Suggestions) -> Request:
    """The request that a model describes; fields it leaves free get their usual example."""
    action = model.words.get(ACTION) or next(suggestions(ACTION, []), "s3:getobject")
    resource = model.words.get(RESOURCE) or next(suggestions(RESOURCE, []))
    principal, context = _requester(model.words.get(REQUESTER, _DEFAULT_REQUESTER))
    for key, present in model.keys.items():
        if present and key != RESOURCE_ACCOUNT:
            values = model.sets.get(key) or (model.words.get(key, "a"),)
            context[suggestions.spelled(key)] = values if len(values) > 1 else values[0]
    owner = None
    if model.keys.get(RESOURCE_ACCOUNT):
        owner = model.words.get(RESOURCE_ACCOUNT, OUR_ACCOUNT)
    return Request(
        principal=principal,
        action=suggestions.spelled(action),
        resource=resource,
        context=context,
        resource_account=owner,
    )


def _requester(word: str) -> tuple[str, dict[str, str | tuple[str, ...]]]:
    """The principal that a requester's string names, and the context its role's path needs."""
    arn, _, session = word.partition(SEPARATOR)
    if not session:
        return arn, {}
    prefix, _, name = arn.rpartition("/")
    _, partition, _, _, account, _ = arn.split(":", 5)
    principal = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
    pathed = not prefix.endswith(":role")
    return principal, {"aws:PrincipalArn": arn} if pathed else {}


def replay(request: Request, allowed_by: Policy, denied_by: Policy) -> Request:
    """The request, once the concrete semantics has confirmed it as a witness."""
    for policy, expected in ((allowed_by, True), (denied_by, False)):
        if allows(policy, request) is not expected:
            raise InternalError(
                f"the solver says that {policy.file or 'the policy'} "
                f"{'allows' if expected else 'does not allow'} this request, the evaluator says "
                f"otherwise; please report it:\n{request.to_json()}"
            )
    return request
