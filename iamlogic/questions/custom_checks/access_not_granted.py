"""Does a policy grant none of some access? AWS's CheckAccessNotGranted.

Access is named by actions, resources or both, and the check fails if any of the actions is allowed
on any of the resources; without actions any action counts, without resources any resource. So each
access object is a scope, and the check is that the policy never allows a request of one. Where it
fails, one request after the other is asked for through the statements not seen yet, until a proof
ends the search: every reason has its witness, and no statement that grants the access is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from iamlogic.questions.answer import Answer, Reason, Verdict
from iamlogic.questions.custom_checks.arguments import (
    AccessObject,
    PolicyTypeName,
    Texts,
    check_policy_type,
    scopes_of,
)
from iamlogic.questions.custom_checks.granting import Granting, allows_of, explain_access
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.questions.permits import never_allows
from iamlogic.semantics.evaluation import evaluate
from iamlogic.semantics.request import Request
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.scope import Scope


def check_access_not_granted(
    policy: Policy,
    *,
    actions: Texts = (),
    resources: Texts = (),
    access: AccessObject | Sequence[AccessObject] | None = None,
    policy_type: PolicyTypeName | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether `policy` allows none of the actions on any of the resources.

    HOLDS is AWS's PASS and FAILS its FAIL. Both lists are as in a policy, with wildcards; without
    `actions` the check is about all actions, without `resources` about all resources. `access` has
    both as AWS's API takes them: `[{"actions": […], "resources": […]}]`; of several such objects
    the policy must grant none.

    Where it fails, the witness is a request that is allowed, and `reasons` has every statement that
    grants some of the access. Where it holds, `statements` are the Deny statements that make it so.

    With `policy_type` the policy must be of that type. `timeout` is in seconds; `all_requests` asks
    about those as well that AWS never sends. Raises `CheckError` for access that is none.
    """
    check_policy_type(policy, "policy", policy_type)
    scopes = scopes_of(actions, resources, access)
    deadline = Deadline.after(timeout)
    answers: list[Answer] = []
    for scope in scopes:
        answer = never_allows(policy, scope, timeout=_left(deadline), all_requests=all_requests)
        if answer.verdict is Verdict.FAILS:
            return _Grants(policy, scopes, deadline, all_requests=all_requests).answer(answer)
        answers.append(answer)
    unknown = [answer for answer in answers if answer.verdict is Verdict.UNKNOWN]
    if unknown:
        return unknown[0]
    denies = {id(each): each for answer in answers for each in answer.statements}
    why = "denies what it would allow of the access" if denies else "allows nothing of the access"
    return Answer(Verdict.HOLDS, f"the policy {why}", statements=tuple(denies.values()))


def _left(deadline: Deadline) -> float | None:
    """The seconds left; None without a bound."""
    return None if deadline.at == inf else max(0.0, deadline.remaining())


class _Grants:
    """The statements that grant the access, asked for once it is known that there are some."""

    def __init__(
        self, policy: Policy, scopes: Sequence[Scope], deadline: Deadline, *, all_requests: bool
    ) -> None:
        self._policy, self._scopes = policy, scopes
        self._deadline, self._all_requests = deadline, all_requests

    def answer(self, found: Answer) -> Answer:
        """`found` with all the reasons; with those that were found in time, and that word."""
        witnesses, bound = self._witnesses()
        reason = "the policy allows some of the access"
        if bound is not None:
            reason += f"; further statements may ({bound})"
        reasons = tuple(
            Reason(
                f"allows {explain_access(witness)}", self._policy.statements[index], index, witness
            )
            for index, witness in sorted(witnesses.items())
        )
        if not reasons:  # the time was up before the first
            return replace(found, reason=reason)
        witness = reasons[0].witness
        return Answer(
            Verdict.FAILS,
            reason,
            witness,
            tuple(each.statement for each in reasons),
            evaluate(self._policy, witness),
            reasons,
        )

    def _witnesses(self) -> tuple[dict[int, Request], Undecided | None]:
        """A request for every statement that grants some; and what ended the search, if not all."""
        left = allows_of(self._policy)
        witnesses: dict[int, Request] = {}
        bound: Undecided | None = None
        for scope in self._scopes:
            try:
                witnesses.update(self._granting(scope).through(left))  # keeps those before a bound
            except Undecided as reached:
                bound = bound or reached
            left = {index: each for index, each in left.items() if index not in witnesses}
        return witnesses, bound

    def _granting(self, scope: Scope) -> Granting:
        about = About.of(scope, None, None, all_requests=self._all_requests)
        inquiry = Inquiry([self._policy], about)
        inquiry.solver.deadline = self._deadline
        compiler = inquiry.compiler()
        (subject,) = inquiry.subjects
        permitted = inquiry.meaning.allowed(subject, compiler)
        formula = [*inquiry.in_scope(compiler), permitted]
        return Granting(inquiry, compiler, formula, [(self._policy, True)])
