"""What one policy allows and another does not, from its first example to its whole account.

A gain is searched source by source: a source is a statement through which the difference comes.
`account` packs what is found into regions, leaves out those that others make superfluous, and has
the solver prove that none is missing. What the sources are is said by `LoneGain`, of two policies
that stand for themselves, and by `StackGain`, of two stacks.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
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
from iamlogic.questions.source import Found, Source
from iamlogic.semantics import (
    Decision,
    Request,
    allows,
    evaluate,
)
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.compiler import Compiler, blocks
from iamlogic.symbolic.concretizer import concretize, moved, replay, with_companions
from iamlogic.symbolic.deadline import TimeoutExpired, Undecided
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.symbolizer import ACTION
from iamlogic.syntax.policy import Policy, Statement
from iamlogic.syntax.policy_set import Member, PolicySet, policies_of
from iamlogic.syntax.policy_types import PolicyType

Given = Policy | PolicySet


@dataclass(frozen=True, slots=True)
class Difference:
    """One region of a difference, the statement that makes it, and a request that shows it.

    `statement` is the Allow that grants the region now (of what is lost: that granted it before)
    or, if a Deny changed, the Deny that forbade it before (of what is lost: that forbids it now).
    It stands in `policy`, which is of the `type`. In a stack an unchanged Allow can make a
    difference, because what limits it changed; and a root user needs none: `statement`, `policy`
    and `type` are None then. The witness is allowed by one of the two sides and not by
    `refused_by`; the evaluator has confirmed it.
    """

    region: Region
    statement: Statement | None
    policy: Policy | None
    type: PolicyType | None
    witness: Request
    refused_by: Given = field(repr=False)

    @staticmethod
    def of(
        region: Region,
        statement: Statement | None,
        home: Member | None,
        witness: Request,
        refused_by: Given,
    ) -> Difference:
        """The difference through a statement of the policy `home`."""
        policy, type_ = (home.policy, home.type) if home is not None else (None, None)
        return Difference(region, statement, policy, type_, witness, refused_by)

    @property
    def refusal(self) -> Decision:
        """Why the witness is refused by the side that does not allow it."""
        return evaluate(self.refused_by, self.witness)


class Trail:
    """What has been found of one source so far, and how to go on.

    `counterparts` are the statements of the other side that the source's is to be told from; of a
    source that is no statement of a policy, `home` is None.
    """

    def __init__(
        self, source: Source, home: Member | None, counterparts: Sequence[Lowered]
    ) -> None:
        self.source, self.home, self.counterparts = source, home, counterparts
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


class Gain(ABC):
    """The requests that `now` allows and `then` does not."""

    def __init__(self, solver: Solver, suggestions: Suggestions, now: Given, then: Given) -> None:
        self._solver, self._suggestions = solver, suggestions
        self._now, self._then = now, then

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is any; `Undecided` where that cannot be told."""

    @abstractmethod
    def _trails(self) -> Sequence[Trail]:
        """The sources, which together hold every request of the difference."""

    @abstractmethod
    def _whole(self, compiler: Compiler) -> list[int]:
        """The whole difference, said of whole statements without any shortcut."""

    @abstractmethod
    def _statements(self) -> Iterator[Lowered]:
        """What `_whole` speaks of."""

    def _comes_through_some(self) -> bool:
        """Whether some source holds a request of the difference.

        `Undecided` only if none shows one and a bound ended the search of some.
        """
        bound: Undecided | None = None
        for trail in self._trails():
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
        known = (self._first(trail) for trail in self._trails() if trail.seen)
        return tuple(islice(known, 1))

    def examples(self) -> tuple[list[Difference], Undecided | None]:
        """One difference of each source that has any; and what ended the search, if a bound did.

        Without a bound, sources of which there is none are proved to have none.
        """
        found: list[Difference] = []
        bound: Undecided | None = None
        for trail in self._trails():
            try:
                if trail.exists():
                    found.append(self._first(trail))
            except Undecided as reached:
                if isinstance(reached, TimeoutExpired):
                    return found, reached
                bound = bound or reached
        return found, bound

    def _first(self, trail: Trail) -> Difference:
        """What was found first of a source, and where."""
        grid = trail.seen[0].grid
        first = (grid.actions[0], grid.resources[0], grid.principal)
        box = Box(*(frozenset({number}) for number in first))
        return self._entry(trail, box, as_found(trail.source, box)).difference

    def account(self) -> tuple[Difference, ...]:
        entries = [
            self._entry(trail, box, Packing(trail.source, box).region())
            for trail in self._trails()
            if trail.all()
            for box in boxes(
                widest(trail.source, trail.seen),
                limit=max(1, changed_parts(trail.source.statement, trail.counterparts)),
            )
        ]
        entries = self._irredundant(entries)
        self._prove_complete(entries)
        return tuple(entry.difference for entry in entries)

    def _entry(self, trail: Trail, box: Box, region: Region) -> _Entry:
        """The region with the shortest of the examples that were found in it."""
        statement = region.as_statement()
        examples = (found for found in trail.seen if box.meets(found.grid))
        witnesses = [self._witness(found, statement) for found in islice(examples, _EXAMPLES)]
        written = trail.source.statement.statement
        difference = Difference.of(
            region,
            None if trail.home is None else written,
            trail.home,
            min(witnesses, key=lambda request: len(request.to_json())),
            self._then,
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
        if self._may_move(found):
            request = self._moved(request, region, decided)
        if not statement_matches(region, request):
            raise InternalError(f"a witness is not in its region; please report {request}")
        return replay(request, ((self._now, True), (self._then, False)), decided=decided)

    def _may_move(self, found: Found) -> bool:
        """Whether the resource was chosen apart from the action."""
        return not found.hints.actions

    def _moved(
        self, request: Request, region: Statement, decided: Collection[str] | None
    ) -> Request:
        """On the resource that people expect with the action, where that shows the same."""

        def shows(other: Request) -> bool:
            return statement_matches(region, other) and self._shows_gain(other)

        usual = self._suggestions.usual_resource(request.action)
        to_stack = isinstance(self._now, PolicySet)
        return moved(request, usual, shows, decided=decided, to_stack=to_stack)

    def _actions_as_written(self) -> Iterator[str]:
        for given in (self._now, self._then):
            for policy in policies_of(given):
                for statement in policy.statements:
                    yield from (action.text for action in statement.actions.patterns)

    def _shows_gain(self, request: Request) -> bool:
        return allows(self._now, request) and not allows(self._then, request)

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
                f"{self._now.file or 'a policy'} and {self._then.file or 'another'} "
                "misses a request; please report it"
            )

    def _lies_outside(
        self, entries: Sequence[_Entry], within: Sequence[_Entry] | None = None
    ) -> bool:
        """Whether some request of the difference lies in none of the regions (but in `within`).

        One call over the whole difference, made of whole statements without any shortcut.
        """
        regions = [entry.lowered for entry in entries]
        bounds = [entry.lowered for entry in within or ()]
        every = (*self._statements(), *regions, *bounds)
        statements = {id(statement): statement for statement in every}.values()
        compiler = Compiler(
            self._solver.terms,
            self._solver.request,
            blocks(part for each in statements for part in (each.actions, each.resources)),
        )
        wanted = [*self._whole(compiler), -compiler.some_matches(regions)]
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
