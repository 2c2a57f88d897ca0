"""Does an updated policy allow what the existing one does not? AWS's CheckNoNewAccess.

It holds exactly if every request that `new` allows is allowed by `existing`, over the requests that
`compare` ranges over (R-E20, R-E21): one direction of a comparison is asked, source by source. What
is found names the Allow statements of `new` that grant it, and the search goes on until the others
are proved to grant nothing new. So every reason stands on a witness, and none is left out.
"""

from __future__ import annotations

from iamlogic.questions.answer import Answer, Reason, Verdict
from iamlogic.questions.compare import MixedKinds
from iamlogic.questions.custom_checks.arguments import PolicyTypeName, check_policy_type
from iamlogic.questions.custom_checks.granting import Granting, allows_of, explain_access
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.questions.lone_gain import LoneGain, Side
from iamlogic.semantics.decision import Decision, Outcome
from iamlogic.semantics.evaluation import evaluate
from iamlogic.semantics.explain import headline
from iamlogic.semantics.request import Request
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.syntax.policy import Effect, Policy, Statement


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
        self._allows = allows_of(new)

    def answer(self) -> Answer:
        witnesses, bound = self._witnesses()
        if not witnesses:
            if bound is not None:
                return Answer(Verdict.UNKNOWN, str(bound))
            reason = "the new policy allows nothing that the existing one does not"
            return Answer(Verdict.HOLDS, reason)
        reason = "the new policy allows what the existing one does not"
        if bound is not None:
            reason += f"; further statements may ({bound})"
        reasons = tuple(self._reason(index, witnesses[index]) for index in sorted(witnesses))
        witness = reasons[0].witness
        return Answer(
            Verdict.FAILS,
            reason,
            witness,
            tuple(each.statement for each in reasons),
            evaluate(self._new.policy, witness),
            reasons,
        )

    def _witnesses(self) -> tuple[dict[int, Request], Undecided | None]:
        """A request for every statement that grants new access; and what ended the search.

        A source of the difference is an Allow of `new`, which grants its own, or a Deny of
        `existing` that is gone, whose requests any Allow may grant.
        """
        inquiry = self._inquiry
        gain = LoneGain(inquiry.solver, inquiry.suggestions, self._new, self._old)
        differences, bound = gain.examples()
        shown = {id(each.statement): each.witness for each in differences}
        statements = enumerate(self._new.policy.statements)
        witnesses = {i: shown[id(each)] for i, each in statements if id(each) in shown}
        if any(_is_deny(each.statement) for each in differences):
            left = {i: each for i, each in self._allows.items() if i not in witnesses}
            try:  # what is found before a bound is kept
                witnesses.update(self._granting_what_was_denied().through(left))
            except Undecided as reached:
                bound = bound or reached
        return witnesses, bound

    def _granting_what_was_denied(self) -> Granting:
        kept = {each.meaning for each in self._new.denies}
        gone = [each for each in self._old.denies if each.meaning not in kept]
        compiler = self._inquiry.compiler()
        formula = [compiler.some_matches(gone), -compiler.some_matches(self._new.denies)]
        expected = [(self._new.policy, True), (self._old.policy, False)]
        return Granting(self._inquiry, compiler, formula, expected)

    def _reason(self, index: int, witness: Request) -> Reason:
        refused = _why_new(evaluate(self._old.policy, witness), self._old.policy)
        description = f"allows {explain_access(witness)}, which {refused}"
        return Reason(description, self._new.policy.statements[index], index, witness)


def _why_new(refusal: Decision, existing: Policy) -> str:
    if refusal.outcome is not Outcome.EXPLICITLY_DENIED:
        return "no statement of the existing policy allows"
    numbers = enumerate(existing.statements, start=1)
    denying = [headline(each, n) for n, each in numbers if each in refusal.statements]
    return f"the existing policy denies: {', '.join(denying)}"


def _is_deny(statement: Statement | None) -> bool:
    return statement is not None and statement.effect is Effect.DENY
