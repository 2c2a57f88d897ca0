"""From a model to a request that anyone can try, proved by replaying it.

A model says something of the fields that the question depended on; the rest is filled in so that
the request is whole and believable. Before a witness leaves here the concrete semantics judges it:
if it does not show what it should, one of the two meanings is wrong, which is an internal error and
never an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from iamlogic.errors import InternalError
from iamlogic.semantics import Request, allows
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import broken_facts
from iamlogic.symbolic.believable import OUR_ACCOUNT, Suggestions
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, SEPARATOR
from iamlogic.symbolic.symbolizer import ACTION, CURRENT_TIME, EPOCH_TIME, REQUESTER, RESOURCE
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet


def concretize(model: Model, suggestions: Suggestions) -> Request:
    """The request that a model describes; fields it leaves free get their usual example."""
    action = model.words.get(ACTION) or next(suggestions(ACTION, []), "s3:getobject")
    resource = model.words.get(RESOURCE) or next(suggestions(RESOURCE, []))
    principal, context = _requester(model.words.get(REQUESTER) or suggestions.usual_requester())
    for key, present in model.keys.items():
        if present and key != RESOURCE_ACCOUNT:
            word = model.words.get(key, suggestions.usual_value(key))
            values = model.sets.get(key) or (word,)
            if key == _CALLED_VIA:
                values = _in_order(values, model)
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


_CALLED_VIA, _FIRST, _LAST = "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"


def _in_order(called: tuple[str, ...], model: Model) -> tuple[str, ...]:
    """R-K11: a model has the set of the services; the keys of its ends say how the list goes."""
    first, last = (
        [each for each in called if model.keys.get(end) and each == model.words.get(end)]
        for end in (_FIRST, _LAST)
    )
    between = [service for service in called if service not in (*first, *last)]
    if first == last and not between:
        return tuple(first)
    return (*first, *between, *last)


_COMPANIONS: tuple[tuple[str, ...], ...] = (
    ("aws:multifactorauthpresent", "aws:multifactorauthage"),
    (CURRENT_TIME, EPOCH_TIME),
    ("aws:viaawsservice", _CALLED_VIA, _FIRST, _LAST),
    ("aws:tagkeys", "aws:requesttag/"),
    ("aws:principalorgid", "aws:principalorgpaths"),
    ("aws:resourceorgid", "aws:resourceorgpaths"),
    ("aws:sourcearn", "aws:sourceaccount"),
)
"""Keys, or beginnings of keys, of which one is a function of the others (R-K11)."""


def with_companions(request: Request, decided: Collection[str]) -> Request:
    """The request with the keys that follow from those it has, as AWS would send them."""
    whole = with_usual_context(request, decided)
    groups = [
        group
        for group in _COMPANIONS
        if any(fold(own).startswith(group) for own in request.context)
    ]
    shown = {
        key: value
        for key, value in whole.context.items()
        if any(fold(key).startswith(group) for group in groups)
    }
    return replace(request, context={**request.context, **shown})


def moved(
    request: Request,
    resource: str,
    shows: Callable[[Request], bool],
    *,
    decided: Collection[str] | None,
    to_stack: bool,
) -> Request:
    """The request on another resource, if it shows the same there.

    Other statements speak of that resource, and of the keys which they look at nothing is decided:
    so the request must show it alone and with what AWS adds, as in `replay`.
    """
    there = replace(request, resource=resource)
    whole = there if decided is None else with_usual_context(there, decided)
    is_sent = decided is None or not broken_facts(whole, to_stack=to_stack)
    return there if is_sent and shows(there) and shows(whole) else request


def replay(
    request: Request,
    expected: Sequence[tuple[Policy | PolicySet, bool]],
    *,
    decided: Collection[str] | None,
) -> Request:
    """The request, once the concrete semantics has confirmed it as a witness.

    `expected` says of each policy or stack whether it allows the request. `decided` are the keys of
    which the question says whether the request has them; with the others as AWS would send them it
    must be a request that AWS can send. None: it need not be.
    """
    whole = request if decided is None else with_usual_context(request, decided)
    for subject, allowed in expected:
        if any(allows(subject, each) is not allowed for each in (request, whole)):
            raise InternalError(
                f"the solver says that {subject.file or 'the policy'} "
                f"{'allows' if allowed else 'does not allow'} this request, the evaluator says "
                f"otherwise; please report it:\n{request.to_json()}"
            )
    to_stack = any(isinstance(subject, PolicySet) for subject, _ in expected)
    broken = () if decided is None else broken_facts(whole, to_stack=to_stack)
    if broken:
        raise InternalError(
            f"the solver says that AWS sends this request, but not so that {broken[0].value}; "
            f"please report it:\n{whole.to_json()}"
        )
    return request
