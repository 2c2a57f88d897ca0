"""The gain between two policies that stand for themselves (R-E20).

A request is in it if `now` allows it and `then` does not. It is granted by an Allow of `now` and
either no Allow of `then` grants it, or a Deny of `then` forbids it. So the sources are the Allows
that only `now` has and the Denies that only `then` has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlogic.questions.gain import Gain, Trail
from iamlogic.questions.source import Others, Source
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.stacks import Rest
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import members_of


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


class _OtherStatements(Others):
    """None of `against` matches and, for each group of `needed`, some statement does."""

    def __init__(
        self, against: Sequence[Lowered], needed: Sequence[Sequence[Lowered]] = ()
    ) -> None:
        super().__init__(against, [other for group in needed for other in group])
        self._needed = needed

    def says(self, compiler: Compiler, rest: Rest) -> list[int]:
        def matches(other: Lowered) -> int:
            return compiler.terms.all_of([rest(other), compiler.principal_part(other)])

        return [
            *(-matches(other) for other in self.against),
            *(compiler.terms.any_of(map(matches, group)) for group in self._needed),
        ]


class LoneGain(Gain):
    """The requests that the policy `now` allows and the policy `then` does not."""

    def __init__(self, solver: Solver, suggestions: Suggestions, now: Side, then: Side) -> None:
        super().__init__(solver, suggestions, now.policy, then.policy)
        self._found_trails = list(self._sources(now, then))

    def _sources(self, now: Side, then: Side) -> Iterator[Trail]:
        """The Allows that only `now` has, and the Denies that only `then` has."""
        kept, given = (next(members_of(side.policy)) for side in (then, now))
        granting = _OtherStatements([*now.denies, *then.allows])
        freeing = _OtherStatements(now.denies, [now.allows, then.allows])
        for new, old, others, home in (
            (now.allows, then.allows, granting, given),
            (then.denies, now.denies, freeing, kept),
        ):
            shared = {statement.meaning for statement in old}
            for statement in new:
                if statement.meaning not in shared:
                    source = Source(self._solver, self._suggestions, statement, others)
                    yield Trail(source, home, old)

    def _trails(self) -> Sequence[Trail]:
        return self._found_trails

    def exists(self) -> bool:
        return self._comes_through_some()

    def _whole(self, compiler: Compiler) -> list[int]:
        terms = compiler.terms
        sources = (trail.source for trail in self._found_trails)
        return [terms.any_of(terms.all_of(source.formula(compiler)) for source in sources)]

    def _statements(self) -> Iterator[Lowered]:
        for trail in self._found_trails:
            yield trail.source.statement
            yield from trail.source.others.all
