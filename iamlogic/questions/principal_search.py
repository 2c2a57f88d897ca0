"""Which of some principals can do something: the part of `who_can` that runs on its own.

Principals with the same policies, as far as these speak of the scope, are a `Group` and are asked
about together: if none of them can, that is one proof. What one can, the others are tried with, and
asked about singly only where the evaluator refuses it.

A principal reaches a resource in two ways. *On its own*: its policies allow, and the resource's, if
it has any, delegates. That is asked first as if every resource delegated; the answer is then tried
under the policy of the resource it fell on, and asked again for each resource where it fails.
*Directly*: the resource's policy names the principal, and its own policies need not allow.

All is data in and data out, so that any executor can run it. Policies here are narrowed to the
scope (`narrowing`), which changes nothing for its requests.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import nlargest

from iamlogic.errors import InternalError, RequestError
from iamlogic.questions.account import Tags, is_role
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.questions.targets import Target, governed_by, governing, parent
from iamlogic.semantics import Request, allows, can_send, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import Languages, Template, Word, ordered
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.documents import parse
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet, with_members
from iamlogic.syntax.scope import Scope

PRINCIPAL_TAG = "aws:principaltag/"


@dataclass(frozen=True, slots=True)
class Group:
    """Principals of one kind whose policies say the same of the scope.

    `stack` has their own policies and the organization's, not the resource's. `on_its_own`: these
    can allow something. `tags` are theirs where tags matter; where they matter and a session can
    have others, they are None and `open_tags`. `named` are, by principal, the numbers of the
    targets whose policies name it.
    """

    principals: tuple[str, ...]
    stack: PolicySet
    tags: Tags | None
    open_tags: bool
    on_its_own: bool
    named: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Groups to ask about, and what they have in common.

    `to_everybody` are the numbers of the targets whose policies grant to all; `multivalued` the
    keys that have several values in some policy of the account (R-K8), narrowed away or not;
    `until` is a time of the clock.
    """

    scope: Scope
    account: str
    targets: tuple[Target, ...]
    to_everybody: tuple[int, ...]
    multivalued: frozenset[str]
    groups: tuple[Group, ...]
    until: float | None
    all_requests: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Of one principal: a request that it can make, or none; or why that is not known."""

    principal: str
    witness: Request | None
    unknown: str | None = None


def search(work: Work) -> list[Found]:
    """What each principal of the groups can do."""
    deadline = Deadline.after(None if work.until is None else work.until - time.time())
    common = _Common(work)
    return [found for group in work.groups for found in _Search(common, group, deadline).found()]


class _Common:
    """What the groups of one piece of work share, and learn from each other."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.foreign = [each for each in work.targets if each.owner != work.account]
        self.by_arn = {target.arn: target for target in work.targets}
        self._served: dict[Request, int] = {}

    def likely(self) -> list[Request]:
        """Requests that others could make, those that served most often."""
        return nlargest(_TRIED, self._served, key=lambda each: self._served[each])

    def served(self, example: Request) -> None:
        self._served[example] = self._served.get(example, 0) + 1


_TRIED = 3
"""Examples of others that a principal is tried with; trying one costs a tenth of a question."""


class _Search:
    """The search for one group."""

    def __init__(self, common: _Common, group: Group, deadline: Deadline) -> None:
        self._common, self._work = common, common.work
        self._group, self._deadline = group, deadline
        self._witnesses: dict[str, Request] = {}
        self._left = dict.fromkeys(group.principals)  # those of whom nothing has been found yet
        self._unknown: dict[str, str] = {}

    def found(self) -> Iterator[Found]:
        for example in self._common.likely():
            self._try(example, self._left)
        if self._group.on_its_own:
            self._on_their_own()
        for target in (self._work.targets[number] for number in self._work.to_everybody):
            self._ask_all(self._left, target.policy, target)
        for number, principals in self._by_target().items():
            target = self._work.targets[number]
            self._ask_all(principals, target.policy, target)
        for principal in self._group.principals:
            witness = self._witnesses.get(principal)
            why = None if witness is not None else self._unknown.get(principal)
            yield Found(principal, witness, why)

    def _by_target(self) -> dict[int, list[str]]:
        """By the number of a target, those whom its policy names."""
        found: dict[int, list[str]] = {}
        for principal, numbers in zip(self._group.principals, self._group.named, strict=True):
            for number in numbers:
                found.setdefault(number, []).append(principal)
        return found

    def _on_their_own(self) -> None:
        """What they can do by their own policies; where it matters, resource by resource."""
        work = self._work
        refused = self._ask_all(self._left, _delegating(work.account), supposed=True)
        if refused:
            self._ask_all(refused, None)
            for target in work.targets:
                self._ask_all(refused, target.policy, target)
        for target in self._common.foreign:  # of these the first question said nothing
            self._ask_all(self._left, target.policy, target)

    def _ask_all(
        self,
        principals: Iterable[str],
        resource: Policy | None,
        target: Target | None = None,
        *,
        supposed: bool = False,
    ) -> list[str]:
        """Ask until none is left of whom a request is found.

        Where the resource's policy is only `supposed`, what is found may be refused by the policy
        of the very resource: whom that happens to is given back, and of whom nothing is known.
        """
        asked = [principal for principal in principals if principal in self._left]
        refused: list[str] = []
        while asked:
            try:
                example = self._ask(tuple(asked), resource, target)
            except Undecided as bound:
                if len(asked) == 1 or isinstance(bound, TimeoutExpired):
                    self._unknown |= dict.fromkeys(asked, str(bound))
                    return [*refused, *asked]
                singly = (
                    self._ask_all([each], resource, target, supposed=supposed) for each in asked
                )
                return [*refused, *(each for one in singly for each in one)]
            if example is None:
                break
            self._try(example, asked, proved=not supposed)
            maker = next(p for p in asked if _is_by(example, p))
            if maker in self._left:
                if not supposed:
                    raise InternalError(
                        f"the solver says that {maker} can make this request, the evaluator says "
                        f"otherwise; please report it:\n{example.to_json()}"
                    )
                refused.append(maker)
            asked = [p for p in asked if p in self._left and p != maker]
        return refused

    def _try(self, example: Request, principals: Iterable[str], *, proved: bool = False) -> None:
        """Note who of the principals can make the same request.

        `proved`: the solver has found it for its maker, under the policy of the very resource.
        """
        for principal in list(principals):
            if principal not in self._left:
                continue
            own = proved and _is_by(example, principal) and self._is_allowed(example)
            witness = example if own else self._tried(example, principal)
            if witness is not None:
                self._witnesses[principal] = witness
                self._left.pop(principal)
                self._common.served(example)

    def _ask(
        self, principals: tuple[str, ...], resource: Policy | None, target: Target | None = None
    ) -> Request | None:
        """A request that the group's policies and the resource's allow one of the principals.

        On the target, or else on resources of the account, with `resource` as their policy;
        without one, on resources that have none.
        """
        work = self._work
        owner = work.account if target is None else target.owner
        stack = self._stack(resource, owner)
        within = () if target is None else self._shared_with(target)
        inquiry = Inquiry(
            [stack],
            About(work.scope, principals, owner, work.all_requests, resources=within),
            multivalued=work.multivalued,
        )
        inquiry.solver.deadline = self._deadline
        if target is not None:
            inquiry.hints = replace(inquiry.hints, resources=_expected(target.arn))
        compiler = inquiry.compiler()
        wanted = [
            *inquiry.in_scope(compiler),
            inquiry.meaning.allowed(inquiry.subjects[0], compiler),
        ]
        if target is not None:
            wanted.append(_decides(target, inquiry))
        elif resource is None:
            wanted += [-_decides(each, inquiry) for each in work.targets]
        wanted += self._tags(inquiry)
        model = inquiry.find(wanted)
        return None if model is None else inquiry.witness(model, [(stack, True)])

    def _shared_with(self, target: Target) -> Languages:
        """Languages that hold every resource which the scope and the target share."""
        asked = lower(self._work.scope.statement).resources
        if asked.negated or any(isinstance(each, Template) for each in asked.languages):
            return target.governed
        return ordered(
            narrow if covers(wide, narrow) else wide
            for wide in target.governed
            for narrow in asked.languages
            if may_overlap(wide, narrow)
        )

    def _tags(self, inquiry: Inquiry) -> Iterator[int]:
        """The principal has its tags and no others, where a session cannot have more."""
        if self._group.tags is None:
            return
        request, tags = inquiry.solver.request, {fold(k): v for k, v in self._group.tags}
        for key in list(request.mentioned):
            if key.startswith(PRINCIPAL_TAG):
                value = tags.get(key.removeprefix(PRINCIPAL_TAG))
                if value is None:
                    yield -request.present(key)
                else:
                    yield request.some_value(key, (Word(value),))

    def _tags_of(self, example: Request) -> Tags:
        """The tags that a request of the group has: its own, or where they are open any."""
        if self._group.tags is not None:
            return self._group.tags
        return tuple(
            (key[len(PRINCIPAL_TAG) :], example.values(key)[0])
            for key in example.context
            if self._group.open_tags and fold(key).startswith(PRINCIPAL_TAG)
        )

    def _tried(self, example: Request, principal: str) -> Request | None:
        """The same request by the principal, if it is allowed and one that AWS sends."""
        try:
            request = made_by(principal, example, self._tags_of(example))
        except RequestError:
            return None
        if not self._shows_it(request):
            return None
        if self._work.all_requests:
            return request
        # Policies and scope may look at what AWS adds: the whole request must show it as well.
        whole = with_usual_context(request, [fold(key) for key in request.context])
        shown = self._shows_it(whole) and can_send(whole, self._work.multivalued, to_stack=True)
        return request if shown else None

    def _shows_it(self, request: Request) -> bool:
        return statement_matches(self._work.scope.statement, request) and self._is_allowed(request)

    def _is_allowed(self, request: Request) -> bool:
        """Under the policy of the very resource that the request is for."""
        target = governing(request.resource, self._common.by_arn)
        if target is not None and self._lies_apart(request.resource, target):
            target = None  # what governs it says nothing of the scope
        if target is None:
            return allows(self._stack(None, self._work.account), request)
        return allows(self._stack(target.policy, target.owner), request)

    def _stack(self, resource: Policy | None, owner: str) -> PolicySet:
        """RCPs are those of the resource's account, and of others none are known (R-E3)."""
        rcps = self._group.stack.rcps if owner == self._work.account else ()
        return with_members(self._group.stack, resource=resource, rcps=rcps)

    @staticmethod
    def _lies_apart(resource: str, target: Target) -> bool:
        return resource in target.apart or bool(parent(resource, target.apart))


def _decides(target: Target, inquiry: Inquiry) -> int:
    """The request is for a resource that the target's policy decides for."""
    terms, resource_in = inquiry.solver.terms, inquiry.solver.request.resource_in
    apart = (language for arn in target.apart for language in governed_by(arn))
    below = terms.any_of(map(resource_in, target.governed))
    return terms.all_of([below, *(-resource_in(language) for language in apart)])


def _expected(arn: str) -> tuple[str, ...]:
    """What people expect as an example of a resource with a policy: of a bucket, an object."""
    return (f"{arn}/*", arn) if ":s3:" in arn else (arn,)


_OF_THE_REQUESTER = ("aws:principalarn", "aws:userid", "aws:username")


def _is_by(request: Request, principal: str) -> bool:
    """Whether the requester is the principal, of a role one of its sessions."""
    return principal in (request.principal, request.requester.principal_arn)


def made_by(principal: str, example: Request, tags: Tags) -> Request:
    """The request with another requester: a user, the root user, or a session of a role."""
    context: dict[str, ContextValue] = {
        key: value
        for key, value in example.context.items()
        if fold(key) not in _OF_THE_REQUESTER and not fold(key).startswith(PRINCIPAL_TAG)
    }
    context |= {f"aws:PrincipalTag/{name}": value for name, value in tags}
    head, _, name = principal.rpartition("/")
    if is_role(principal):
        _, partition, _, _, account, _ = principal.split(":", 5)
        session = example.principal.rpartition("/")[2]
        requester = f"arn:{partition}:sts::{account}:assumed-role/{name}/{session}"
        if not head.endswith(":role"):
            context["aws:PrincipalArn"] = principal
        return replace(example, principal=requester, context=context)
    return replace(example, principal=principal, context=context)


@lru_cache(maxsize=64)
def _delegating(account: str) -> Policy:
    """A resource policy that leaves all to the policies of the account's principals (R-M8)."""
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}
    return parse({"Version": "2012-10-17", "Statement": statement})
