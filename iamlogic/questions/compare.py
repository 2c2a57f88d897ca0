"""Is one policy more permissive than another, and where do they differ?

The relation of two policies follows from two searches, for a request that only `after` allows and
for one that only `before` does. The account of the difference, `gained` and `lost`, is made when it
is first asked for: a list of regions in the policies' own words, each with a witness, that together
hold every request of the difference, which one more call to the solver proves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from itertools import islice

from iamlogic.errors import IamlogicError, InternalError
from iamlogic.questions.gain import Found, Others, Source
from iamlogic.questions.region import (
    Box,
    Packing,
    Region,
    as_found,
    boxes,
    changed_parts,
    widest,
)
from iamlogic.semantics import Request, allows
from iamlogic.semantics.evaluation import statement_matches
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.compiler import Compiler, blocks
from iamlogic.symbolic.concretizer import concretize, replay
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.solver import Solver
from iamlogic.syntax.policy import Policy, PolicyKind, Statement


class Relation(Enum):
    """How `after` relates to `before`."""

    EQUIVALENT = "equivalent"
    MORE_PERMISSIVE = "more permissive"
    LESS_PERMISSIVE = "less permissive"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """One region of a difference, the statement that makes it, and a request that shows it.

    `statement` is the Allow that grants the region now (of what is lost: that granted it before)
    or, if a Deny changed, the Deny that forbade it before (of what is lost: that forbids it now).
    It stands in `policy`. The witness is allowed by one of the two policies and not by the other;
    the evaluator has confirmed it.
    """

    region: Region
    statement: Statement
    policy: Policy
    witness: Request


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
    def _account(self) -> _Account:
        search = self._search
        if search is None or not search.usable_here:
            search = _Search(self.before, self.after)
        return search.account(Deadline.after(self._seconds_left))

    def __reduce__(self) -> tuple[object, ...]:
        state = (self.before, self.after, self.relation, self._reason, self._seconds_left, None)
        return (_unpickle, (state, self._account))


def _unpickle(state: tuple[object, ...], account: _Account) -> Comparison:
    comparison = Comparison(*state)  # type: ignore[arg-type]
    comparison.__dict__["_account"] = account
    return comparison


def compare(before: Policy, after: Policy, *, timeout: float | None = None) -> Comparison:
    """How permissive `after` is, relative to `before`.

    Two lone policies are compared over the requests of R-E20 and R-E21. `timeout` (seconds) bounds
    the relation and the account together; when it is hit the relation is UNKNOWN, with the reason.
    Raises `Unsupported` for what iamlogic does not model, with its position.
    """
    started = time.monotonic()
    deadline = Deadline.after(timeout)
    search = _Search(before, after)
    reason = None
    try:
        relation = search.relation(deadline)
    except Undecided as bound:
        relation, reason = Relation.UNKNOWN, str(bound)
    left = None if timeout is None else max(0.0, timeout - (time.monotonic() - started))
    return Comparison(before, after, relation, reason, left, search)


_RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.MORE_PERMISSIVE,
    (False, True): Relation.LESS_PERMISSIVE,
    (True, True): Relation.INCOMPARABLE,
}


class _Search:
    """Both directions of a comparison, sharing one solver."""

    def __init__(self, before: Policy, after: Policy) -> None:
        self._thread = threading.get_ident()
        suggestions = Suggestions()
        suggestions.learn(
            condition.key
            for policy in (before, after)
            for statement in policy.statements
            for condition in statement.conditions
        )
        solver = self._solver = Solver(_common_kind(before, after), suggestions)
        old, new = _Side.of(before), _Side.of(after)
        self.gained = _Gain(solver, suggestions, new, old)
        self.lost = _Gain(solver, suggestions, old, new)

    @property
    def usable_here(self) -> bool:
        """The solver belongs to its thread."""
        return self._thread == threading.get_ident()

    def relation(self, deadline: Deadline) -> Relation:
        self._solver.deadline = deadline
        return _RELATIONS[self.gained.exists(), self.lost.exists()]

    def account(self, deadline: Deadline) -> _Account:
        self._solver.deadline = deadline
        sides: list[tuple[Difference, ...]] = []
        reason = None
        for gain in (self.gained, self.lost):
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


@dataclass(frozen=True, slots=True)
class _Side:
    """A policy's statements in normal form."""

    policy: Policy
    allows: Sequence[Lowered]
    denies: Sequence[Lowered]

    @staticmethod
    def of(policy: Policy) -> _Side:
        lowered = [lower(statement) for statement in policy.statements]
        return _Side(
            policy,
            [statement for statement in lowered if statement.allows],
            [statement for statement in lowered if not statement.allows],
        )


class _Trail:
    """What has been found of one source so far, and how to go on."""

    def __init__(self, source: Source, policy: Policy, counterparts: Sequence[Lowered]) -> None:
        self.source, self.policy, self.counterparts = source, policy, counterparts
        self.seen: list[Found] = []
        self._rest = source.found()

    def exists(self) -> bool:
        return bool(self.seen) or self._step()

    def all(self) -> list[Found]:
        while self._step():
            pass
        return self.seen

    def _step(self) -> bool:
        found = next(self._rest, None)
        if found is not None:
            self.seen.append(found)
        return found is not None


_EXAMPLES = 3
"""Of how many examples of a region the shortest is shown."""


class _Gain:
    """The requests that `now` allows and `then` does not."""

    def __init__(self, solver: Solver, suggestions: Suggestions, now: _Side, then: _Side) -> None:
        self._solver, self._suggestions = solver, suggestions
        self._now, self._then = now, then
        self._trails = list(self._sources())

    def _sources(self) -> Iterator[_Trail]:
        """The Allows that only `now` has, and the Denies that only `then` has."""
        now, then = self._now, self._then
        granting = Others([*now.denies, *then.allows])
        freeing = Others(now.denies, [now.allows, then.allows])
        for new, old, others, policy in (
            (now.allows, then.allows, granting, now.policy),
            (then.denies, now.denies, freeing, then.policy),
        ):
            shared = {statement.meaning for statement in old}
            for statement in new:
                if statement.meaning not in shared:
                    source = Source(self._solver, self._suggestions, statement, others)
                    yield _Trail(source, policy, old)

    def exists(self) -> bool:
        return any(trail.exists() for trail in self._trails)

    def example(self) -> tuple[Difference, ...]:
        """One difference, where that much is known: the cells in which it was found."""
        for trail in self._trails:
            for found in trail.seen[:1]:
                box = Box(*(frozenset({number}) for number in found.cells[0]))
                return (self._entry(trail, box, as_found(trail.source, box)).difference,)
        return ()

    def account(self) -> tuple[Difference, ...]:
        entries = [
            self._entry(trail, box, Packing(trail.source, box).region())
            for trail in self._trails
            if trail.all()
            for box in boxes(
                widest(trail.source, trail.seen),
                limit=max(1, changed_parts(trail.source.statement, trail.counterparts)),
            )
        ]
        entries = self._irredundant(entries)
        self._prove_complete(entries)
        return tuple(entry.difference for entry in entries)

    def _entry(self, trail: _Trail, box: Box, region: Region) -> _Entry:
        """The region with the shortest of the examples that were found in it."""
        statement = region.as_statement()
        examples = (found for found in trail.seen if any(cell in box for cell in found.cells))
        witnesses = [self._witness(found, statement) for found in islice(examples, _EXAMPLES)]
        difference = Difference(
            region,
            trail.source.statement.statement,
            trail.policy,
            min(witnesses, key=lambda request: len(request.to_json())),
        )
        return _Entry(difference, statement, lower(statement))

    def _witness(self, found: Found, region: Statement) -> Request:
        self._suggestions.about(found.hints)
        request = concretize(found.model, self._suggestions)
        if not found.hints.actions:  # the action was chosen freely, apart from the resource
            usual = replace(request, resource=self._suggestions.usual_resource(request.action))
            if statement_matches(region, usual) and self._shows_gain(usual):
                return usual
        if not statement_matches(region, request):
            raise InternalError(f"a witness is not in its region; please report {request}")
        return replay(request, self._now.policy, self._then.policy)

    def _shows_gain(self, request: Request) -> bool:
        return allows(self._now.policy, request) and not allows(self._then.policy, request)

    def _irredundant(self, entries: list[_Entry]) -> list[_Entry]:
        """Without regions of which the others hold all requests of the difference."""
        kept = list(entries)
        for entry in entries:
            rest = [other for other in kept if other is not entry]
            witness = entry.difference.witness
            if any(statement_matches(other.statement, witness) for other in rest) and not (
                self._lies_outside(rest, within=[entry])
            ):
                kept = rest
        return kept

    def _prove_complete(self, entries: list[_Entry]) -> None:
        if self._lies_outside(entries):
            raise InternalError(
                "the account of the difference between "
                f"{self._now.policy.file or 'a policy'} and {self._then.policy.file or 'another'} "
                "misses a request; please report it"
            )

    def _lies_outside(
        self, entries: Sequence[_Entry], within: Sequence[_Entry] | None = None
    ) -> bool:
        """Whether some request of the difference lies in none of the regions (but in `within`).

        One call over the whole difference, made of whole statements without any shortcut.
        """
        sources = [trail.source for trail in self._trails]
        regions = [entry.lowered for entry in entries]
        bounds = [entry.lowered for entry in within or ()]
        statements = {
            id(statement): statement
            for statement in (
                *(source.statement for source in sources),
                *(other for source in sources for other in source.others.all),
                *regions,
                *bounds,
            )
        }.values()
        terms = self._solver.terms
        compiler = Compiler(
            terms,
            self._solver.request,
            blocks(part for each in statements for part in (each.actions, each.resources)),
        )
        wanted = [
            terms.any_of(terms.all_of(source.formula(compiler)) for source in sources),
            -compiler.some_matches(regions),
        ]
        if within is not None:
            wanted.append(compiler.some_matches(bounds))
        return self._solver.find(wanted, guess=within is not None) is not None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A difference, and its region as a statement."""

    difference: Difference
    statement: Statement
    lowered: Lowered
