"""What one policy allows and another does not, from its first example to its whole account.

A gain is searched source by source, an Allow that only the one policy has or a Deny that only the
other has. `exists` stops at the first request found; `account` goes on from there, packs what is
found into regions, leaves out those that others make superfluous, and has the solver prove that
none is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from iamlogic.errors import InternalError
from iamlogic.questions.boxes import Box, boxes
from iamlogic.questions.region import (
    Packing,
    Region,
    as_found,
    changed_parts,
    widest,
)
from iamlogic.questions.source import Found, Others, Source
from iamlogic.semantics import Request, allows
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.compiler import Compiler, blocks
from iamlogic.symbolic.concretizer import concretize, replay, with_companions
from iamlogic.symbolic.deadline import TimeoutExpired, Undecided
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.symbolizer import ACTION
from iamlogic.syntax.policy import Policy, Statement


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
class Side:
    """A policy's statements in normal form."""

    policy: Policy
    allows: Sequence[Lowered]
    denies: Sequence[Lowered]

    @staticmethod
    def of(policy: Policy) -> Side:
        lowered = [lower(statement) for statement in policy.statements]
        return Side(
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
        self._stopped: Undecided | None = None

    def exists(self) -> bool:
        return bool(self.seen) or self._step()

    def all(self) -> list[Found]:
        while self._step():
            pass
        return self.seen

    def _step(self) -> bool:
        if self._stopped is not None:  # a search that a bound has ended cannot go on
            raise self._stopped
        try:
            found = next(self._rest, None)
        except Undecided as bound:
            self._stopped = bound
            raise
        if found is not None:
            self.seen.append(found)
        return found is not None


_EXAMPLES = 3
"""Of how many examples of a region the shortest is shown."""


class Gain:
    """The requests that `now` allows and `then` does not."""

    def __init__(self, solver: Solver, suggestions: Suggestions, now: Side, then: Side) -> None:
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
        """Whether there is any; `Undecided` only if no source shows one and a bound ended some."""
        bound: Undecided | None = None
        for trail in self._trails:
            try:
                if trail.exists():
                    return True
            except Undecided as reached:
                if isinstance(reached, TimeoutExpired):
                    raise
                bound = bound or reached
        if bound is not None:
            raise bound
        return False

    def example(self) -> tuple[Difference, ...]:
        """One difference, where that much is known: the cells in which it was found."""
        for trail in self._trails:
            for found in trail.seen[:1]:
                grid = found.grid
                first = (grid.actions[0], grid.resources[0], grid.principal)
                box = Box(*(frozenset({number}) for number in first))
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
        examples = (found for found in trail.seen if box.meets(found.grid))
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
        if not self._suggestions.knows(found.model.words.get(ACTION, "")):
            self._suggestions.learn(self._actions_as_written())
        request = concretize(found.model, self._suggestions)
        decided = found.model.keys if self._solver.facts else None
        if decided is not None:
            request = with_companions(request, decided)
        if not found.hints.actions:  # the action was chosen freely, apart from the resource
            usual = replace(request, resource=self._suggestions.usual_resource(request.action))
            if statement_matches(region, usual) and self._shows_gain(usual):
                request = usual
        if not statement_matches(region, request):
            raise InternalError(f"a witness is not in its region; please report {request}")
        expected = ((self._now.policy, True), (self._then.policy, False))
        return replay(request, expected, decided=decided)

    def _actions_as_written(self) -> Iterator[str]:
        for policy in (self._now.policy, self._then.policy):
            for statement in policy.statements:
                yield from (action.text for action in statement.actions.patterns)

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
        self._solver.tell_apart(ACTION)
        return self._solver.find(wanted, guess=within is not None) is not None


@dataclass(frozen=True, slots=True)
class _Entry:
    """A difference, and its region as a statement."""

    difference: Difference
    statement: Statement
    lowered: Lowered
