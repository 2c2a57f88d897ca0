"""Does an updated policy allow what the existing one does not? AWS's CheckNoNewAccess.

It holds exactly if every request that `new` allows is allowed by `existing`, over the requests that
`compare` ranges over (R-E20, R-E21). What is asked is one direction of a comparison. Where there is
new access, the same is asked of each Allow statement of `new` with all its Deny statements: a
request through that statement, which `existing` refuses. So every reason stands on its own witness,
and no statement that grants something new is left out.
"""

from __future__ import annotations

from iamlogic.questions.answer import Answer, Reason, Verdict
from iamlogic.questions.compare import MixedKinds
from iamlogic.questions.custom_checks.arguments import PolicyTypeName, check_policy_type
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.questions.lone_gain import LoneGain, Side
from iamlogic.semantics.decision import Decision, Outcome
from iamlogic.semantics.evaluation import evaluate
from iamlogic.semantics.explain import headline
from iamlogic.semantics.request import Request
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired, Undecided
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.policy import Effect, Policy


def check_no_new_access(
    existing: Policy,
    new: Policy,
    *,
    policy_type: PolicyTypeName | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Answer:
    """Whether `new` allows no request that `existing` does not.

    HOLDS is AWS's PASS and FAILS its FAIL. Where it fails, the witness is a request that only `new`
    allows, and `reasons` has every Allow statement of `new` that grants such requests, also an
    unchanged one whose requests a Deny statement of `existing` refused.

    With `policy_type` both policies must be of that type; without, of one type, or `MixedKinds` is
    raised. `timeout` is in seconds; `all_requests` asks about those as well that AWS never sends.
    """
    for policy, name in ((existing, "existing"), (new, "new")):
        check_policy_type(policy, name, policy_type)
    if existing.statements and new.statements and existing.kind is not new.kind:
        raise MixedKinds(
            "the check is about two policies of one type: "
            f"{existing.file or 'existing'} is of the type {existing.kind.value}, "
            f"{new.file or 'new'} of the type {new.kind.value}"
        )
    about = About.of(None, None, None, all_requests=all_requests)
    try:
        return _Check(existing, new, about, Deadline.after(timeout)).answer()
    except Undecided as bound:
        return Answer(Verdict.UNKNOWN, str(bound))


class _Check:
    """The two policies with one solver."""

    def __init__(self, existing: Policy, new: Policy, about: About, deadline: Deadline) -> None:
        self._inquiry = Inquiry([existing, new], about)
        self._inquiry.solver.deadline = deadline
        self._old, self._new = Side.of(existing), Side.of(new)

    def answer(self) -> Answer:
        whole = self._gain(self._new)
        if not whole.exists():
            reason = "the new policy allows nothing that the existing one does not"
            return Answer(Verdict.HOLDS, reason)
        reasons, bound = self._reasons(whole.example()[0].witness)
        witness = reasons[0].witness
        reason = "the new policy allows what the existing one does not"
        if bound is not None:
            reason += f"; further statements may ({bound})"
        return Answer(
            Verdict.FAILS,
            reason,
            witness,
            tuple(each.statement for each in reasons),
            evaluate(self._new.policy, witness),
            reasons,
        )

    def _gain(self, now: Side) -> LoneGain:
        return LoneGain(self._inquiry.solver, self._inquiry.suggestions, now, self._old)

    def _reasons(self, first: Request) -> tuple[tuple[Reason, ...], Undecided | None]:
        """All statements that grant new access; and what ended the search, where not all may be."""
        witnesses = self._shown_by(first)
        bound: Undecided | None = None
        new = self._new
        for index, statement in enumerate(new.policy.statements):
            if index in witnesses or statement.effect is not Effect.ALLOW:
                continue
            through = self._gain(Side(new.policy, [lower(statement)], new.denies))
            try:
                if through.exists():
                    witnesses[index] = through.example()[0].witness
            except Undecided as reached:
                bound = reached
                if isinstance(reached, TimeoutExpired):
                    break
        return tuple(self._reason(index, witnesses[index]) for index in sorted(witnesses)), bound

    def _shown_by(self, witness: Request) -> dict[int, Request]:
        return {
            index: witness
            for index, statement in enumerate(self._new.policy.statements)
            if statement.effect is Effect.ALLOW and statement_matches(statement, witness)
        }

    def _reason(self, index: int, witness: Request) -> Reason:
        refusal = evaluate(self._old.policy, witness)
        statement = self._new.policy.statements[index]
        return Reason(_why_new(refusal, self._old.policy), statement, index, witness)


def _why_new(refusal: Decision, existing: Policy) -> str:
    if refusal.outcome is not Outcome.EXPLICITLY_DENIED:
        return "allows what no statement of the existing policy allows"
    numbers = enumerate(existing.statements, start=1)
    denying = [headline(each, n) for n, each in numbers if each in refusal.statements]
    return f"allows what the existing policy denies: {', '.join(denying)}"
