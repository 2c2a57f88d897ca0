"""Is one policy more permissive than another, and where do they differ?

The relation of two policies follows from two searches, for a request that only `after` allows and
for one that only `before` does. The account of the difference, `gained` and `lost`, is made when it
is first asked for: a list of regions in the policies' own words, each with a witness, that together
hold every request of the difference, which one more call to the solver proves.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from iamlogic.errors import IamlogicError
from iamlogic.questions.gain import Difference, Gain, Side
from iamlogic.semantics.facts import WorldFact
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.enforcer import REQUESTERS
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.world import ALL_FACTS, NO_FACTS, Facts
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy, PolicyKind


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
    """The relation of two policies and, on demand, the account of their difference.

    The account (`gained`, `lost`, `complete`) is made on first access and takes what the relation
    left of the timeout. Comparisons are immutable, can be pickled and be shared by threads.
    """

    before: Policy
    after: Policy
    relation: Relation
    all_requests: bool
    _reason: str | None
    _seconds_left: float | None
    _search: _Search | None = field(compare=False, repr=False)

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
        which no fact can be left out.
        """
        if self.relation is Relation.UNKNOWN or self._holds_with(NO_FACTS):
            return ()
        needed = self._facts
        for fact in WorldFact:
            if self._holds_with(needed - {fact}):
                needed -= {fact}
        return tuple(fact for fact in WorldFact if fact in needed)

    def _holds_with(self, facts: Facts) -> bool:
        """The relation is the same over the requests that satisfy the facts."""
        if facts == self._facts:
            return True
        try:
            deadline = Deadline.after(self._seconds_left)
            return _Search(self.before, self.after, facts).relation(deadline) is self.relation
        except Undecided:
            return False

    @property
    def _facts(self) -> Facts:
        return NO_FACTS if self.all_requests else ALL_FACTS

    @cached_property
    def _account(self) -> _Account:
        search = self._search
        if search is None or not search.usable_here:
            search = _Search(self.before, self.after, self._facts)
        return search.account(Deadline.after(self._seconds_left))

    def __reduce__(self) -> tuple[object, ...]:
        state = (
            self.before,
            self.after,
            self.relation,
            self.all_requests,
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
    before: Policy, after: Policy, *, timeout: float | None = None, all_requests: bool = False
) -> Comparison:
    """How permissive `after` is, relative to `before`.

    Two lone policies are compared over the requests of R-E20 and R-E21 that AWS can send (R-K10 to
    R-K12); `all_requests` compares over those as well that it cannot, of which only the definitions
    hold (R-K16). `timeout` (seconds) bounds the relation and the account together; when it is hit
    the relation is UNKNOWN, with the reason.
    """
    started = time.monotonic()
    deadline = Deadline.after(timeout)
    search = _Search(before, after, NO_FACTS if all_requests else ALL_FACTS)
    reason = None
    try:
        relation = search.relation(deadline)
    except Undecided as bound:
        relation, reason = Relation.UNKNOWN, str(bound)
    left = None if timeout is None else max(0.0, timeout - (time.monotonic() - started))
    return Comparison(before, after, relation, all_requests, reason, left, search)


_RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.MORE_PERMISSIVE,
    (False, True): Relation.LESS_PERMISSIVE,
    (True, True): Relation.INCOMPARABLE,
}


class _Search:
    """Both directions of a comparison, sharing one solver."""

    def __init__(self, before: Policy, after: Policy, facts: Facts) -> None:
        self._thread = threading.get_ident()
        suggestions = Suggestions()
        suggestions.learn(
            condition.key
            for policy in (before, after)
            for statement in policy.statements
            for condition in statement.conditions
        )
        self._solver = Solver(
            REQUESTERS[_common_kind(before, after)],
            suggestions,
            multivalued_keys((before, after)),
            facts,
        )
        self._sides = (before, after)
        self._suggestions = suggestions

    @cached_property
    def _gains(self) -> tuple[Gain, Gain]:
        """What is gained and what is lost; lowering the policies can hit a bound."""
        old, new = map(Side.of, self._sides)
        solver, suggestions = self._solver, self._suggestions
        return Gain(solver, suggestions, new, old), Gain(solver, suggestions, old, new)

    @property
    def usable_here(self) -> bool:
        """The solver belongs to its thread."""
        return self._thread == threading.get_ident()

    def relation(self, deadline: Deadline) -> Relation:
        self._solver.deadline = deadline
        gained, lost = self._gains
        return _RELATIONS[gained.exists(), lost.exists()]

    def account(self, deadline: Deadline) -> _Account:
        self._solver.deadline = deadline
        sides: list[tuple[Difference, ...]] = []
        reason = None
        try:
            gains = self._gains
        except Undecided as bound:
            return _Account((), (), str(bound))
        for gain in gains:
            try:
                sides.append(gain.account())
            except Undecided as bound:
                reason = f"{bound} before the account of the difference was complete"
                sides.append(gain.example())
        return _Account(sides[0], sides[1], reason)


class MixedKinds(IamlogicError):
    """An identity policy and a resource policy speak of different requests: not comparable."""


def _common_kind(before: Policy, after: Policy) -> PolicyKind:
    """The kind of both. A policy without statements is of any kind."""
    kinds = {policy.kind for policy in (before, after) if policy.statements}
    if len(kinds) > 1:
        raise MixedKinds(
            "an identity policy cannot be compared with a resource policy: "
            f"{before.file or 'before'} is {_a(before.kind)}, "
            f"{after.file or 'after'} is {_a(after.kind)}"
        )
    return kinds.pop() if kinds else PolicyKind.IDENTITY


def _a(kind: PolicyKind) -> str:
    return f"an {kind.value}" if kind is PolicyKind.IDENTITY else f"a {kind.value}"
