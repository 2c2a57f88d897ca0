"""`listening`: while it lasts, what is asked of the module `iamlogic` is recorded.

The public functions are replaced by ones that ask the same and then tell the record, in the module
itself and in those that imported them from it earlier, such as a `conftest.py`. So all calls are
seen but those of functions imported from iamlogic's own modules. What fails, or comes to no answer,
has shown nothing: it is not recorded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any

import iamlogic as il
from iamlogic.questions.custom_checks.arguments import AccessObject, Texts, scopes_of
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.syntax.scope import Scope
from iamlogic.testing.coverage.proofs import EVERYTHING, Question, outside
from iamlogic.testing.coverage.recording import Record

Subject = il.Policy | il.PolicySet
"""What questions are about."""


@contextmanager
def listening(record: Record) -> Iterator[None]:
    """Every question in the body of the `with` is recorded."""
    asked = [getattr(il, name) for name in _LISTENERS]
    heard = [_heard(ask, _LISTENERS[ask.__name__], record) for ask in asked]
    _exchange(asked, heard)
    try:
        yield
    finally:
        _exchange(heard, asked)


def _exchange(old: Sequence[object], new: Sequence[object]) -> None:
    """Put functions in the place of others, wherever a module outside of iamlogic has them."""
    other = dict(zip(map(id, old), new, strict=True))
    for module in list(sys.modules.values()):
        is_own = getattr(module, "__name__", "").startswith("iamlogic.")
        members = {} if is_own else dict(getattr(module, "__dict__", None) or {})
        for name, value in members.items():
            if id(value) in other:
                setattr(module, name, other[id(value)])


def _heard(
    ask: Callable[..., object], listener: Callable[..., None], record: Record
) -> Callable[..., object]:
    @wraps(ask)
    def asked(*arguments: object, **further: object) -> object:
        __tracebackhide__ = True
        answer = ask(*arguments, **further)
        if _is_known(answer):
            listener(record, answer, *arguments, **further)
        return answer

    return asked


def _is_known(answer: object) -> bool:
    match answer:
        case il.Answer():
            return answer.verdict is not il.Verdict.UNKNOWN
        case il.Comparison():
            return answer.relation is not il.Relation.UNKNOWN
        case il.ExternalAccess() | il.Preview():
            return answer.complete
        case il.WhoCan():
            return not answer.unknown
        case _:
            return True


# Each listener takes the arguments of the function that it is for, after the record and the answer.


def _loaded(record: Record, answer: Subject, *_: object, **__: object) -> None:
    record.met(answer)


def _evaluated(record: Record, _: object, policy: Subject, request: il.Request) -> None:
    record.request(policy, request)


def _permitted(
    record: Record,
    _: object,
    subject: Subject,
    scope: Scope,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    record.proof(subject, _question(scope, **about))


def _compared(
    record: Record,
    _: object,
    before: Subject,
    after: Subject,
    *,
    scope: Scope | None = None,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    question = _question(EVERYTHING if scope is None else scope, **about)
    record.proof(before, question)
    record.proof(after, question)


def _checked_new_access(
    record: Record,
    _: object,
    existing: Subject,
    new: Subject,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    _compared(record, _, existing, new, **about)


def _checked_access(
    record: Record,
    _: object,
    policy: Subject,
    *,
    actions: Texts = (),
    resources: Texts = (),
    access: AccessObject | Sequence[AccessObject] | None = None,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    for scope in scopes_of(actions, resources, access):
        record.proof(policy, _question(scope, **about))


def _looked_for_outsiders(
    record: Record,
    _: object,
    policy: Subject,
    zone: il.Zone | None = None,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    record.proof(policy, _question(outside(zone or il.Zone()), **about))


def _previewed(
    record: Record,
    _: object,
    before: Subject,
    after: Subject,
    zone: il.Zone,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    for policy in (before, after):
        _looked_for_outsiders(record, _, policy, zone, **about)


def _held_against(
    record: Record,
    breaches: tuple[il.Breach, ...],
    policy: il.Policy,
    guardrails: Iterable[il.Guardrail],
    *,
    policy_type: il.PolicyType | None = None,
    file: str | None = None,
    **_: object,
) -> None:
    name = policy.file or "" if file is None else file
    placed = PlacedPolicy(name, "", il.Where(file=name), policy, policy, type=policy_type)
    unknown = {each.guardrail.name for each in breaches if not _is_known(each.answer)}
    for each in guardrails:
        if each.is_for(placed) and each.name not in unknown:
            record.proof(policy, Question(each.scope))


def _searched(
    record: Record,
    _: object,
    account: il.Account,
    scope: Scope,
    *,
    principals: Collection[str] | None = None,
    **about: Any,  # noqa: ANN401 (the rest of the question's arguments)
) -> None:
    question = _question(scope, **about)
    for policy in _policies_of(account, principals):
        record.proof(policy, question)


def _policies_of(account: il.Account, principals: Collection[str] | None) -> Iterator[il.Policy]:
    for identity in account.identities:
        if principals is None or identity.arn in principals:
            yield from identity.policies
            yield from (each for each in (identity.boundary, identity.trust) if each is not None)
    yield from account.resource_policies.values()
    for level in (*account.scps, *account.rcps):
        yield from level


def _question(
    scope: Scope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    all_requests: bool = False,
    **_: object,
) -> Question:
    """What requests it is about; how long it may take, and in which words it is told, is not."""
    return Question(scope, principal, resource_account, all_requests)


_LISTENERS: dict[str, Callable[..., None]] = {
    "load": _loaded,
    "load_stack": _loaded,
    "evaluate": _evaluated,
    "never_allows": _permitted,
    "always_allows": _permitted,
    "can": _permitted,
    "compare": _compared,
    "check_no_new_access": _checked_new_access,
    "check_access_not_granted": _checked_access,
    "check_no_public_access": _looked_for_outsiders,
    "is_public": _looked_for_outsiders,
    "external_access": _looked_for_outsiders,
    "preview_external_access": _previewed,
    "check_guardrails": _held_against,
    "who_can": _searched,
}
