"""Regions: a difference in the policy's own words, as few and as tight as they can be.

A region is a set of requests written as a statement is: actions, resources, principals and
conditions. The cells of a source in which the difference lives are packed into boxes: actions with
the same cells together, then resources with the same principals. Boxes are merged until there is at
most one for each part of the statement that changed. Last, a pattern that others of its region make
superfluous is left out, so that each one named has a request of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from iamlogic.questions.boxes import Box
from iamlogic.questions.source import WHOLE, Found, Grid, Source
from iamlogic.symbolic.deadline import Deadline
from iamlogic.symbolic.inclusion import may_overlap
from iamlogic.symbolic.index import PatternIndex
from iamlogic.symbolic.languages import Language, Template, Word
from iamlogic.symbolic.lowering import Lowered, Patterns, lower_condition, lower_value
from iamlogic.symbolic.terms import TRUE
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Principals,
    Resources,
    Statement,
    Text,
)


@dataclass(frozen=True, slots=True)
class Region:
    """A set of requests in a policy's own terms: the requests that such a statement matches.

    Its nodes are those of the policy they come from, with their positions. `effect` is that of the
    statement they come from, and decides what `NotPrincipal` means (R-M11, R-M13).
    """

    effect: Effect
    actions: Actions
    resources: Resources | None
    principals: Principals | None
    conditions: tuple[Condition, ...]

    @staticmethod
    def of(statement: Statement) -> Region:
        """The requests that a statement matches."""
        return Region(
            statement.effect,
            statement.actions,
            statement.resources,
            statement.principals,
            statement.conditions,
        )

    def as_statement(self) -> Statement:
        """The statement that matches exactly the requests of the region."""
        return Statement(
            self.effect, self.actions, self.resources, self.principals, self.conditions
        )


def changed_parts(statement: Lowered, counterparts: Iterable[Lowered]) -> int:
    """In how many parts a statement differs from the one most like it: the limit of its regions."""

    def differences(other: Lowered) -> int:
        return sum(a != b for a, b in zip(statement.meaning[1:], other.meaning[1:], strict=True))

    return min(map(differences, counterparts), default=1)


def widest(source: Source, founds: Sequence[Found]) -> list[Grid]:
    """The cells found, without patterns that a wider one among them covers.

    A wider pattern's cell holds what the narrower one's does, so nothing is lost.
    """
    deadline = source.solver.deadline
    grids = [found.grid for found in founds]
    actions = _maximal(source.actions, {n for grid in grids for n in grid.actions}, deadline)
    resources = _maximal(source.resources, {n for grid in grids for n in grid.resources}, deadline)
    return [
        Grid(
            tuple(n for n in grid.actions if n in actions),
            tuple(n for n in grid.resources if n in resources),
            grid.principal,
        )
        for grid in grids
    ]


def _maximal(parts: Sequence[Language | None], among: set[int], deadline: Deadline) -> set[int]:
    languages = {number: part for number in among if (part := parts[number]) is not WHOLE}
    if all(isinstance(language, Word) for language in languages.values()):
        return among
    index = PatternIndex([[language] for language in languages.values()])
    kept = among - languages.keys()
    for position, (number, language) in enumerate(languages.items()):
        deadline.check()
        if index.reach(language).whole == 1 << position:
            kept.add(number)
    return kept


def as_found(source: Source, box: Box) -> Region:
    """The region of a box with its patterns as they stand, when there is no time for more."""
    written = source.statement.statement
    actions, resources = written.actions.patterns, written.resources and written.resources.patterns
    if WHOLE not in source.actions:
        actions = tuple(map(source.statement.action_written, sorted(box.actions)))
    if resources is not None and WHOLE not in source.resources:
        resources = tuple(map(source.statement.resource_written, sorted(box.resources)))
    principals = written.principals
    if principals is not None and not principals.negated:
        entries = tuple(principals.entries[n] for n in sorted(box.principals))
        principals = replace(principals, entries=entries)
    return Region(
        written.effect,
        replace(written.actions, patterns=actions),
        written.resources and replace(written.resources, patterns=resources or ()),
        principals,
        written.conditions,
    )


class Packing:
    """One box of a source, to be written as a region without superfluous patterns."""

    def __init__(self, source: Source, box: Box) -> None:
        self._source = source
        self._box = box

    def region(self) -> Region:
        source, box = self._source, self._box
        statement, others = source.statement, source.others.all
        request = source.solver.request
        actions, no_actions = self._patterns(
            _Part(
                statement.actions,
                source.actions,
                box.actions,
                [(other.actions, other.action_written) for other in others],
                statement.action_written,
                request.action_in,
            ),
        )
        resources, no_resources = self._patterns(
            _Part(
                statement.resources,
                source.resources,
                box.resources,
                [(other.resources, other.resource_written) for other in others],
                statement.resource_written,
                request.resource_in,
            ),
        )
        written = statement.statement
        return Region(
            written.effect,
            replace(written.actions, patterns=actions, negated=no_actions),
            written.resources
            and replace(written.resources, patterns=resources, negated=no_resources),
            self._principals(),
            tuple(map(self._narrowed, written.conditions)),
        )

    @cached_property
    def _in_box(self) -> list[int]:
        """The difference within the box; most boxes need not ask about it."""
        source, box, any_of = self._source, self._box, self._source.solver.terms.any_of
        request = source.solver.request
        actions = [part for n in box.actions if (part := source.actions[n]) is not WHOLE]
        resources = [part for n in box.resources if (part := source.resources[n]) is not WHOLE]
        return [
            *source.formula(source.solver.compiler),
            any_of(map(request.action_in, actions)) if actions else TRUE,
            any_of(map(request.resource_in, resources)) if resources else TRUE,
            any_of(map(source.named, box.principals)),
        ]

    def _patterns(self, part: _Part) -> tuple[tuple[Text, ...], bool]:
        """The patterns to name for a part, and whether they are exclusions."""
        if part.parts != (WHOLE,):
            languages = {n: language for n in part.numbers if (language := part.parts[n])}
            kept = self._needed(languages, part.lies_in, self._overlapping(languages))
            return tuple(map(part.written, sorted(kept))), False
        # NotAction, NotResource: if only what the other side excludes is new, that is what to name.
        excluded = {
            language: written(number)
            for other, written in part.others
            if other.negated
            for number, language in enumerate(other.languages)
            if language not in part.own.members
        }
        outside = [-part.lies_in(language) for language in excluded]
        if not excluded or self._find(outside):
            return tuple(map(part.written, range(len(part.own.languages)))), True
        kept = self._needed(dict(enumerate(excluded)), part.lies_in, range(len(excluded)))
        texts = tuple(excluded.values())
        return tuple(texts[n] for n in sorted(kept)), False

    def _needed(
        self,
        languages: dict[int, Language],
        lies_in: Callable[[Language], int],
        doubtful: Iterable[int],
    ) -> set[int]:
        """The patterns, without the doubtful ones that hold nothing which the others do not."""
        kept = set(languages)
        for number in doubtful:
            if len(kept) == 1:
                break  # the box is not empty, so the last one is needed
            language = languages[number]
            rivals = [n for n in kept - {number} if may_overlap(language, languages[n])]
            own = [lies_in(language), *(-lies_in(languages[rival]) for rival in rivals)]
            if not self._find(own):
                kept.discard(number)
        return kept

    def _overlapping(self, languages: dict[int, Language]) -> list[int]:
        """Patterns of cells that were found to hold a request, which another's may be as well.

        No pattern covers another here, so words are apart from all but templates, and globs can
        meet globs only.
        """
        globs = languages
        if not any(isinstance(part, Template) for part in languages.values()):
            globs = {n: part for n, part in languages.items() if not isinstance(part, Word)}
        index = PatternIndex([[language] for language in globs.values()])
        doubtful = []
        for position, (number, language) in enumerate(globs.items()):
            self._source.solver.deadline.check()
            if index.reach(language).some != 1 << position:
                doubtful.append(number)
        return doubtful

    def _principals(self) -> Principals | None:
        source, box = self._source, self._box
        principals = source.statement.principals
        if principals is None or principals.negated:
            return principals
        kept = set(box.principals)
        for number in sorted(box.principals):
            rivals = [-source.named(other) for other in kept - {number}]
            if rivals and not self._find([source.named(number), *rivals]):
                kept.discard(number)
        return replace(principals, entries=tuple(principals.entries[n] for n in sorted(kept)))

    def _narrowed(self, condition: Condition) -> Condition:
        """The condition without values that hold nothing of the difference.

        Only where another statement puts the same condition with other values can it be the values
        that differ; elsewhere the condition is no part of the change and stays as it is written.
        """
        if condition.operator.base.family is Family.NULL:
            return condition  # its values are no patterns
        test = lower_condition(condition)
        if (
            test.negated
            or test.outside
            or not any(
                other != test
                and (other.key, other.negated, other.if_absent) == (test.key, False, test.if_absent)
                and not set(other.languages).isdisjoint(test.languages)
                for statement in self._source.others.all
                for other in statement.tests
            )
        ):
            return condition
        request = self._source.solver.request
        lowered = [lower_value(condition, text) for text in condition.values]
        if any(len(languages) > 1 for languages in lowered):
            return condition  # rare: variables before the first colon of an ARN
        by_number = {n: languages[0] for n, languages in enumerate(lowered) if languages}
        kept = self._needed(
            by_number,
            lambda language: request.some_value(test.key, (language,)),
            list(by_number),
        )
        values = tuple(condition.values[n] for n in sorted(kept))
        return replace(condition, values=values or condition.values)  # none: the key is absent

    def _find(self, formula: list[int]) -> bool:
        """Whether the difference within the box holds a request of which the formula is true."""
        return self._source.solver.find([*self._in_box, *formula]) is not None


@dataclass(frozen=True, slots=True)
class _Part:
    """The actions or the resources of a source, and what other statements have there."""

    own: Patterns
    parts: tuple[Language | None, ...]
    numbers: frozenset[int]
    others: Sequence[tuple[Patterns, Callable[[int], Text]]]  # a list, and its texts by number
    written: Callable[[int], Text]
    lies_in: Callable[[Language], int]
