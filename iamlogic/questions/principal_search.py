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

from iamlogic.errors import RequestError
from iamlogic.questions.account import Tags
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.semantics import Request, allows, can_send, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import Languages, Template, Word, glob, ordered
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.documents import parse
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.scope import Scope

PRINCIPAL_TAG = "aws:principaltag/"


def governs(arn: str, resource: str) -> bool:
    """R-E25: whether the policy that is attached to `arn` decides requests for `resource`."""
    return resource == arn or resource.startswith((f"{arn}/", f"{arn}:"))


@dataclass(frozen=True, slots=True)
class Target:
    """A resource with a policy: what is attached to the ARN governs that and what lies below it."""

    arn: str
    policy: Policy
    owner: str

    @property
    def governed(self) -> Languages:
        """The resources that it governs (`governs`)."""
        return ordered([Word(self.arn), glob(f"{self.arn}/*"), glob(f"{self.arn}:*")])


@dataclass(frozen=True, slots=True)
class Group:
    """Principals of one kind whose policies say the same of the scope.

    `stack` has their own policies and the organization's, not the resource's. `on_its_own`: these
    can allow something. `tags` are theirs, None where a session can have others. `named` are, by
    principal, the numbers of the targets whose policies grant to it directly.
    """

    principals: tuple[str, ...]
    stack: PolicySet
    tags: Tags | None
    on_its_own: bool
    named: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Groups to ask about, and what they have in common; `until` is a time of the clock."""

    scope: Scope
    account: str
    targets: tuple[Target, ...]
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
    examples = _Examples()
    return [
        found for group in work.groups for found in _Search(work, group, deadline, examples).found()
    ]


class _Examples:
    """Requests that others could make, the one that served most often first."""

    def __init__(self) -> None:
        self._served: dict[Request, int] = {}

    def likely(self) -> list[Request]:
        return sorted(self._served, key=lambda each: -self._served[each])[:_TRIED]

    def served(self, example: Request) -> None:
        self._served[example] = self._served.get(example, 0) + 1


_TRIED = 3
"""Examples of others that a principal is tried with; trying one costs a tenth of a question."""


class _Search:
    """The search for one group."""

    def __init__(self, work: Work, group: Group, deadline: Deadline, examples: _Examples) -> None:
        self._work, self._group, self._deadline = work, group, deadline
        self._examples = examples
        self._witnesses: dict[str, Request] = {}
        self._left = dict.fromkeys(group.principals)  # those of whom nothing has been found yet
        self._unknown: dict[str, str] = {}

    def found(self) -> Iterator[Found]:
        for example in self._examples.likely():
            self._try(example, self._left)
        if self._group.on_its_own:
            self._on_their_own()
        for number, target in enumerate(self._work.targets):
            named = zip(self._group.principals, self._group.named, strict=True)
            self._ask_all(
                [who for who, numbers in named if number in numbers], target.policy, target
            )
        for principal in self._group.principals:
            witness = self._witnesses.get(principal)
            why = None if witness is not None else self._unknown.get(principal)
            yield Found(principal, witness, why)

    def _on_their_own(self) -> None:
        """What they can do by their own policies; where it matters, resource by resource."""
        work = self._work
        refused = self._ask_all(self._left, _delegating(work.account))
        self._ask_all(refused, None)
        for target in work.targets:
            # Of another account's resources the first question said nothing.
            foreign = target.owner != work.account
            self._ask_all(self._left if foreign else refused, target.policy, target)

    def _ask_all(
        self, principals: Iterable[str], resource: Policy | None, target: Target | None = None
    ) -> list[str]:
        """Ask until none is left of whom a request is found.

        Those are given back with whom that did not end: what the question finds for them is refused
        by the policy of the very resource.
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
                singly = (self._ask_all([each], resource, target) for each in asked)
                return [*refused, *(each for one in singly for each in one)]
            if example is None:
                break
            self._try(example, asked)
            maker = next(p for p in asked if _is_by(example, p))
            if maker in self._left:
                refused.append(maker)
            asked = [p for p in asked if p in self._left and p != maker]
        return refused

    def _try(self, example: Request, principals: Iterable[str]) -> None:
        """Note who of the principals can make the same request."""
        for principal in list(principals):
            if principal not in self._left:
                continue
            own = _is_by(example, principal)
            witness = example if own and self._is_allowed(example) else None
            if witness is None:
                witness = self._tried(example, principal)
            if witness is not None:
                self._witnesses[principal] = witness
                self._left.pop(principal)
                self._examples.served(example)

    def _ask(
        self, principals: tuple[str, ...], resource: Policy | None, target: Target | None = None
    ) -> Request | None:
        """A request that the group's policies and the resource's allow one of the principals.

        On the target, or else on resources of the account, with `resource` as their policy;
        without one, on resources that have none.
        """
        work = self._work
        stack = replace(self._group.stack, resource=resource)
        owner = work.account if target is None else target.owner
        within = () if target is None else self._shared_with(target)
        inquiry = Inquiry(
            [stack],
            About(work.scope, principals, owner, work.all_requests, resources=within),
        )
        inquiry.solver.deadline = self._deadline
        compiler = inquiry.compiler()
        wanted = [
            *inquiry.in_scope(compiler),
            inquiry.meaning.allowed(inquiry.subjects[0], compiler),
        ]
        request = inquiry.solver.request
        if target is not None:
            in_target = map(request.resource_in, target.governed)
            wanted.append(inquiry.solver.terms.any_of(in_target))
        elif resource is None:
            wanted += [
                -request.resource_in(language)
                for each in work.targets
                for language in each.governed
            ]
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

    def _tried(self, example: Request, principal: str) -> Request | None:
        """The same request by the principal, if it is allowed and one that AWS sends."""
        try:
            request = made_by(principal, example, self._group.tags)
        except RequestError:
            return None
        if not statement_matches(self._work.scope.statement, request):
            return None
        if not self._is_allowed(request):
            return None
        if self._work.all_requests or self._can_be_sent(request):
            return request
        return None

    def _is_allowed(self, request: Request) -> bool:
        """Under the policy of the very resource that the request is for."""
        target = next((t for t in self._work.targets if governs(t.arn, request.resource)), None)
        policy = None if target is None else target.policy
        return allows(replace(self._group.stack, resource=policy), request)

    def _can_be_sent(self, request: Request) -> bool:
        stack = self._group.stack
        policies = [*stack.policies(), *(each.policy for each in self._work.targets)]
        asked = Policy((self._work.scope.statement,))
        whole = with_usual_context(request, [fold(key) for key in request.context])
        return can_send(whole, multivalued_keys([*policies, asked]), to_stack=True)


_OF_THE_REQUESTER = ("aws:principalarn", "aws:userid", "aws:username")


def _is_by(request: Request, principal: str) -> bool:
    """Whether the requester is the principal, of a role one of its sessions."""
    return principal in (request.principal, request.requester.principal_arn)


def made_by(principal: str, example: Request, tags: Tags | None) -> Request:
    """The request with another requester: a user, the root user, or a session of a role.

    It has the tags, or those of the example where the principal's are not fixed.
    """
    context: dict[str, ContextValue] = {
        key: value
        for key, value in example.context.items()
        if fold(key) not in _OF_THE_REQUESTER
        and (tags is None or not fold(key).startswith(PRINCIPAL_TAG))
    }
    context |= {f"aws:PrincipalTag/{name}": value for name, value in tags or ()}
    head, _, name = principal.rpartition("/")
    if ":role/" in principal:
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
