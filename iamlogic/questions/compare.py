"""Is one policy more permissive than another, and where do they differ?

The relation of two policies follows from two searches, for a request that only `after` allows and
for one that only `before` does. The account of the difference, `gained` and `lost`, is made when it
is first asked for: a list of regions in the policies' own words, each with a witness, that together
hold every request of the difference, which one more call to the solver proves.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property

from iamlogic.errors import IamlogicError
from iamlogic.questions.gain import Difference, Gain
from iamlogic.questions.inquiry import About, Inquiry
from iamlogic.questions.lone_gain import LoneGain, Side
from iamlogic.questions.stack_gain import StackGain
from iamlogic.semantics.facts import WorldFact
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.world import NO_FACTS, Facts
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.scope import Scope


class Relation(Enum):
    """How `after` relates to `before`."""

    EQUIVALENT = "equivalent"
    MORE_PERMISSIVE = "more permissive"
    LESS_PERMISSIVE = "less permissive"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Account:
    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    reason: str | None  # why the regions may not cover the whole difference


@dataclass(frozen=True)
class Comparison:
    """The relation of two policies or stacks and, on demand, the account of their difference.

    The account (`gained`, `lost`, `complete`) is made on first access and takes what the relation
    left of the timeout. Comparisons are immutable, can be pickled and be shared by threads.
    """

    before: Policy | PolicySet
    after: Policy | PolicySet
    relation: Relation
    about: About
    _reason: str | None
    _seconds_left: float | None
    _search: _Search | None = field(compare=False, repr=False)

    @property
    def all_requests(self) -> bool:
        """Whether requests that AWS never sends are compared, too."""
        return self.about.all_requests

    @property
    def gained(self) -> tuple[Difference, ...]:
        """What `after` allows and `before` does not."""
        return self._account.gained

    @property
    def lost(self) -> tuple[Difference, ...]:
        """What `before` allows and `after` does not."""
        return self._account.lost

    @property
    def complete(self) -> bool:
        """Whether `gained` and `lost` are proved to hold every request of the difference."""
        return self._account.reason is None

    @property
    def reason(self) -> str | None:
        """Why the relation is unknown, or else why the account is not complete."""
        return self._reason or self._account.reason

    @cached_property
    def assumptions(self) -> tuple[WorldFact, ...]:
        """The facts about what AWS sends without which the relation would be another (R-K16).

        None where it holds for all requests. Of several sets of facts that suffice it is one, from
        which no fact can be left out. Finding them takes what the relation left of the timeout;
        facts that were not tried by then count as needed.
        """
        deadline = Deadline.after(self._seconds_left)
        if self.relation is Relation.UNKNOWN or self._holds_with(NO_FACTS, deadline):
            return ()
        needed = self._facts
        for fact in WorldFact:
            if self._holds_with(needed - {fact}, deadline):
                needed -= {fact}
        return tuple(fact for fact in WorldFact if fact in needed)

    def _holds_with(self, facts: Facts, deadline: Deadline) -> bool:
        """The relation is the same over the requests that satisfy the facts."""
        if facts == self._facts:
            return True
        try:
            search = _Search(self.before, self.after, self.about, facts)
            return search.relation(deadline) is self.relation
        except Undecided:
            return False

    @property
    def _facts(self) -> Facts:
        return self.about.facts(of_stacks=isinstance(self.before, PolicySet))

    @cached_property
    def _account(self) -> _Account:
        search = self._search
        try:
            if search is None or not search.usable_here:
                search = _Search(self.before, self.after, self.about, self._facts)
            return search.account(Deadline.after(self._seconds_left))
        except Undecided as bound:
            return _Account((), (), str(bound))

    def __reduce__(self) -> tuple[object, ...]:
        state = (
            self.before,
            self.after,
            self.relation,
            self.about,
            self._reason,
            self._seconds_left,
            None,
        )
        return (_unpickle, (state, self._account))


def _unpickle(state: tuple[object, ...], account: _Account) -> Comparison:
    comparison = Comparison(*state)  # type: ignore[arg-type]
    comparison.__dict__["_account"] = account
    return comparison


def compare(
    before: Policy | PolicySet,
    after: Policy | PolicySet,
    *,
    scope: Scope | None = None,
    principal: str | None = None,
    resource_account: str | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> Comparison:
    """How permissive `after` is, relative to `before`: two policies, or two stacks.

    Two lone policies are compared over the requests of R-E20 and R-E21, two stacks over those of
    R-E24, that AWS can send (R-K10 to R-K12); `all_requests` compares over those as well that it
    cannot, of which only the definitions hold (R-K16). `scope`, `principal` (a requester as in
    `Request`; a role's ARN means its sessions) and `resource_account` (12 digits) narrow that down.

    `timeout` (seconds) bounds the relation and the account together; when it is hit the relation is
    UNKNOWN, with the reason. Raises `MixedKinds` for what cannot be compared.
    """
    started = time.monotonic()
    deadline = Deadline.after(timeout)
    _check_kinds(before, after)
    about = About.of(scope, principal, resource_account, all_requests=all_requests)
    facts = about.facts(of_stacks=isinstance(before, PolicySet))
    reason = search = None
    try:
        search = _Search(before, after, about, facts)
        relation = search.relation(deadline)
        if relation is Relation.EQUIVALENT and search.is_of_nobody():
            about = replace(about, everybody=True)
            search = _Search(before, after, about, facts)
            relation = search.relation(deadline)
    except Undecided as bound:
        relation, reason = Relation.UNKNOWN, str(bound)
    left = None if timeout is None else max(0.0, timeout - (time.monotonic() - started))
    return Comparison(before, after, relation, about, reason, left, search)


_RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.MORE_PERMISSIVE,
    (False, True): Relation.LESS_PERMISSIVE,
    (True, True): Relation.INCOMPARABLE,
}


class _Search:
    """Both directions of a comparison, sharing one solver."""

    def __init__(
        self, before: Policy | PolicySet, after: Policy | PolicySet, about: About, facts: Facts
    ) -> None:
        self._thread = threading.get_ident()
        self._inquiry = Inquiry([before, after], about, facts)
        self._sides = before, after

    @cached_property
    def _gains(self) -> tuple[Gain, Gain]:
        """What is gained and what is lost; lowering the policies can hit a bound."""
        before, after = self._sides
        inquiry = self._inquiry
        if isinstance(before, Policy) and isinstance(after, Policy) and inquiry.is_of_all:
            old, new = Side.of(before), Side.of(after)
            solver, suggestions = inquiry.solver, inquiry.suggestions
            return LoneGain(solver, suggestions, new, old), LoneGain(solver, suggestions, old, new)
        then, now = inquiry.subjects
        return StackGain(inquiry, now, then), StackGain(inquiry, then, now)

    @property
    def usable_here(self) -> bool:
        """The solver belongs to its thread."""
        return self._thread == threading.get_ident()

    def relation(self, deadline: Deadline) -> Relation:
        self._inquiry.solver.deadline = deadline
        gained, lost = self._gains
        return _RELATIONS[gained.exists(), lost.exists()]

    def is_of_nobody(self) -> bool:
        """R-E24: the scope holds no request by those whom the stacks are about."""
        inquiry = self._inquiry
        if not inquiry.of_stacks or inquiry.about.scope is None:
            return False
        return inquiry.find(inquiry.in_scope(inquiry.compiler())) is None

    def account(self, deadline: Deadline) -> _Account:
        self._inquiry.solver.deadline = deadline
        sides: list[tuple[Difference, ...]] = []
        reason = None
        for gain in self._gains:
            try:
                sides.append(gain.account())
            except Undecided as bound:
                reason = f"{bound} before the account of the difference was complete"
                sides.append(gain.example())
        return _Account(sides[0], sides[1], reason)


class MixedKinds(IamlogicError):
    """An identity with a resource policy, or a policy with a stack: not comparable."""


def _check_kinds(before: Policy | PolicySet, after: Policy | PolicySet) -> None:
    """R-E20: two policies of one kind, which without statements is any, or two stacks."""
    match before, after:
        case Policy(), Policy():
            if before.statements and after.statements and before.kind is not after.kind:
                raise MixedKinds(
                    "an identity policy cannot be compared with a resource policy: "
                    f"{before.file or 'before'} is {_a(before.kind)}, "
                    f"{after.file or 'after'} is {_a(after.kind)}"
                )
        case PolicySet(), Policy():
            raise MixedKinds(_lifting(after, "after"))
        case Policy(), PolicySet():
            raise MixedKinds(_lifting(before, "before"))


def _lifting(policy: Policy, name: str) -> str:
    """How a lone policy becomes a stack."""
    identity = policy.kind is PolicyKind.IDENTITY
    lifted = "PolicySet(identity=[policy])" if identity else "PolicySet(resource=policy)"
    name_ = policy.file or "policy.json"
    as_file = f'{{"identity": ["{name_}"]}}' if identity else f'{{"resource": "{name_}"}}'
    return (
        f"a policy that stands for itself cannot be compared with a stack: {policy.file or name} "
        f"is {_a(policy.kind)}\n    hint: make a stack of it: {lifted}, or as a file {as_file}"
    )


def _a(kind: PolicyKind) -> str:
    return f"an {kind.value}" if kind is PolicyKind.IDENTITY else f"a {kind.value}"
