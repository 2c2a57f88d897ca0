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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamlogic.errors import RequestError
from iamlogic.questions.account import Tags
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.semantics import Request, allows, can_send, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.deadline import Deadline, Undecided
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
    return [found for group in work.groups for found in _Search(work, group, deadline).found()]


class _Search:
    """The search for one group."""

    def __init__(self, work: Work, group: Group, deadline: Deadline) -> None:
        self._work, self._group, self._deadline = work, group, deadline

    def found(self) -> Iterator[Found]:
        group = self._group
        example, proved = self._together()
        for principal, named in zip(group.principals, group.named, strict=True):
            try:
                witness = example and self._tried(example, principal)
                if witness is None:
                    witness = self._alone(principal, named, on_its_own=not proved)
                yield Found(principal, witness)
            except Undecided as bound:
                yield Found(principal, None, str(bound))

    def _together(self) -> tuple[Request | None, bool]:
        """A request that one of them can make on its own, or whether it is proved that none can."""
        if not self._group.on_its_own:
            return None, True
        try:
            example = self._ask(self._group.principals, _delegating(self._work.account))
        except Undecided:
            return None, False
        return example, example is None

    def _alone(self, principal: str, named: Sequence[int], *, on_its_own: bool) -> Request | None:
        """A request of one principal; `Undecided` where that is all that stands against one."""
        targets = self._work.targets
        asked = [targets[number] for number in named]
        bound: Undecided | None = None
        if on_its_own:
            try:
                example = self._ask((principal,), _delegating(self._work.account))
                if example is not None:
                    if self._is_allowed(example):
                        return example
                    if witness := self._ask((principal,), None):
                        return witness
                    asked = list(targets)
            except Undecided as reached:
                bound, asked = reached, list(targets)
        elif self._group.on_its_own:  # of another account's resources that proof said nothing
            asked += [each for each in targets if each.owner != self._work.account]
        for target in asked:
            try:
                witness = self._ask((principal,), target.policy, target)
            except Undecided as reached:
                bound = bound or reached
                continue
            if witness is not None:
                return witness
        if bound is not None:
            raise bound
        return None

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
            request = made_by(principal, example)
        except RequestError:
            return None
        if not statement_matches(self._work.scope.statement, request):
            return None
        if not (self._has_its_tags(request) and self._is_allowed(request)):
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

    def _has_its_tags(self, request: Request) -> bool:
        if self._group.tags is None:
            return True
        tags = {fold(name): value for name, value in self._group.tags}
        return all(
            request.values(key) == (tags.get(fold(key).removeprefix(PRINCIPAL_TAG)),)
            for key in request.context
            if fold(key).startswith(PRINCIPAL_TAG)
        )


_OF_THE_REQUESTER = ("aws:principalarn", "aws:userid", "aws:username")


def made_by(principal: str, example: Request) -> Request:
    """The request with another requester of the same kind: a user, the root user or a role."""
    context: dict[str, ContextValue] = {
        key: value for key, value in example.context.items() if fold(key) not in _OF_THE_REQUESTER
    }
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
