"""Never, always, can: what a policy or a stack says to all requests of a scope.

Each is one search: for a request of the scope that is allowed, or for one that is not. A witness is
confirmed by the evaluator; without one the search is a proof, and `reason` tells what it rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.semantics.evaluation import evaluate
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.lowering import Lowered
from iamlogic.syntax.policy import Policy, Statement
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.scope import Scope


def never_allows(
    subject: Policy | PolicySet,
    scope: Scope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether no request of the scope is allowed; the witness is one that is.

    `principal` (a requester as in `Request`; a role's ARN means its sessions) and
    `resource_account` (12 digits) fix who asks and whose the resources are. Without `all_requests`
    the scope's requests are those that AWS can send. `timeout` is in seconds.
    """
    about = About.of(scope, principal, resource_account, all_requests=all_requests)
    return _answer(_Search.allowed, (Verdict.FAILS, Verdict.HOLDS), subject, about, timeout)


def always_allows(
    subject: Policy | PolicySet,
    scope: Scope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether every request of the scope is allowed; the witness is one that is not.

    The arguments are those of `never_allows`.
    """
    about = About.of(scope, principal, resource_account, all_requests=all_requests)
    return _answer(_Search.refused, (Verdict.FAILS, Verdict.HOLDS), subject, about, timeout)


def can(
    subject: Policy | PolicySet,
    scope: Scope,
    *,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether some request of the scope is allowed; the witness is one.

    The arguments are those of `never_allows`.
    """
    about = About.of(scope, principal, resource_account, all_requests=all_requests)
    return _answer(_Search.allowed, (Verdict.HOLDS, Verdict.FAILS), subject, about, timeout)


def _answer(
    search: Callable[[_Search], Answer],
    verdicts: tuple[Verdict, Verdict],
    subject: Policy | PolicySet,
    about: About,
    timeout: float | None,
) -> Answer:
    """Found means the first verdict, proved that there is none the second."""
    deadline = Deadline.after(timeout)
    try:
        answer = search(_Search(subject, about, verdicts, deadline))
        if answer.reason == EMPTY_SCOPE:  # by those whom the stack is about (R-E24)
            answer = search(_Search(subject, replace(about, everybody=True), verdicts, deadline))
    except Undecided as bound:
        return Answer(Verdict.UNKNOWN, str(bound))
    return answer


class _Search:
    """The search for one request, and the answer made of what it comes to."""

    def __init__(
        self,
        subject: Policy | PolicySet,
        about: About,
        verdicts: tuple[Verdict, Verdict],
        deadline: Deadline,
    ) -> None:
        self.inquiry = Inquiry([subject], about)
        self.inquiry.solver.deadline = deadline
        self._given = subject
        self._found, self._none = verdicts
        self._compiler = self.inquiry.compiler()
        self._in_scope = self.inquiry.in_scope(self._compiler)

    def allowed(self) -> Answer:
        """One that is allowed, or why none is."""
        answer = self._look_for(allowed=True)
        if answer is not None:
            return answer
        reason, statements = self._why_none()
        return Answer(self._none, reason, statements=statements)

    def refused(self) -> Answer:
        """One that is not allowed, or the proof that all are."""
        answer = self._look_for(allowed=False)
        if answer is not None:
            return answer
        reason = "every request of the scope is allowed"
        return Answer(self._none, reason if self._scope_is_inhabited() else EMPTY_SCOPE)

    def _look_for(self, *, allowed: bool) -> Answer | None:
        permitted = self._permitted(self._compiler)
        model = self.inquiry.find([*self._in_scope, permitted if allowed else -permitted])
        if model is None:
            return None
        witness = self.inquiry.witness(model, [(self._given, allowed)], movable=True)
        decision = evaluate(self._given, witness)
        return Answer(self._found, decision.reason, witness, decision.statements, decision)

    def _permitted(
        self, compiler: Compiler, denies: Callable[[Lowered], bool] | None = None
    ) -> int:
        (subject,) = self.inquiry.subjects
        if denies is not None:
            subject = subject.with_denies(denies)
        return self.inquiry.meaning.allowed(subject, compiler)

    # Why nothing is allowed

    def _why_none(self) -> tuple[str, tuple[Statement, ...]]:
        """The Deny statements without which something would be; or that nothing allows any."""
        if not self._scope_is_inhabited():
            return EMPTY_SCOPE, ()
        (subject,) = self.inquiry.subjects
        needed = [each for each in subject.statements if not each.allows]
        if not self._can_with([]):
            return "nothing allows a request of the scope", ()
        if len(needed) > _MOST_DENIES:
            return "what would be allowed is denied", ()
        for deny in list(needed):
            rest = [each for each in needed if each is not deny]
            if not self._can_with(rest):
                needed = rest
        return "what would be allowed is denied", tuple(each.statement for each in needed)

    def _can_with(self, denies: list[Lowered]) -> bool:
        kept = {id(each) for each in denies}
        permitted = self._permitted(self._compiler, lambda each: id(each) in kept)
        return self.inquiry.find([*self._in_scope, permitted]) is not None

    def _scope_is_inhabited(self) -> bool:
        return self.inquiry.find(self._in_scope) is not None


EMPTY_SCOPE = "the scope holds no request"
"""The reason of an answer that holds for lack of requests."""
_MOST_DENIES = 24
"""Deny statements among which those that a proof needs are looked for, one question each."""
