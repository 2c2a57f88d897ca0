"""Where two policies differ: the requests that one allows now and the other does not.

Such a request is granted by an Allow of the one and either no Allow of the other grants it, or a
Deny of the other forbids it. So every *source* of a difference is one statement: an Allow that
grants it now, or a Deny that forbade it until now. Statements that both sides share are no sources.

A source is a grid of *cells*, one for each action pattern, resource pattern and principal that it
names. Most cells are decided without a solver: a statement of the other side covers the cell whole,
or nothing there touches it. Patterns that every other statement takes whole or not at all are
alike, so one question answers for all cells that are alike; only what remains is asked of the
solver.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from iamlogic.symbolic.believable import Hints, Suggestions
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.enforcer import is_some_resource
from iamlogic.symbolic.index import PatternIndex, Reach
from iamlogic.symbolic.languages import Language, Template
from iamlogic.symbolic.lowering import Lowered, Patterns, patterns_include
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.stacks import Rest
from iamlogic.symbolic.terms import FALSE, TRUE
from iamlogic.syntax.policy import Principal, PrincipalForm

WHOLE = None
"""Stands for the only pattern of a part that names none one by one: NotAction, NotResource, …"""


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells: every action with every resource, for one principal.

    The numbers are indices into the source's actions, resources and principals; 0 for a `WHOLE`
    part. Cells can be millions where patterns are thousands, so they are not listed.
    """

    actions: tuple[int, ...]
    resources: tuple[int, ...]
    principal: int


@dataclass(frozen=True, slots=True)
class Found:
    """Cells that are alike and hold requests of the difference; `model` is one, in the first."""

    grid: Grid
    model: Model
    hints: Hints


@dataclass(frozen=True, slots=True)
class _Alike:
    """Cells that are answered together, and what they look like to the other statements."""

    grid: Grid
    reach_of_action: Reach
    reach_of_resource: Reach


class Others(ABC):
    """What else holds of a source's requests, said with other statements.

    `all` are those statements. Of them the first, `against`, must not match, so that a cell which
    one of these covers is empty.
    """

    def __init__(self, against: Sequence[Lowered], further: Sequence[Lowered]) -> None:
        self.against = against
        self.all = (*against, *further)

    @abstractmethod
    def says(self, compiler: Compiler, rest: Rest) -> list[int]:
        """The formulas that must hold.

        `rest` says when all but the principal part of a statement matches.
        """

    def formula(self, compiler: Compiler) -> list[int]:
        """What is said, of any request."""
        return self.says(compiler, compiler.rest_matches)

    @cached_property
    def by_action(self) -> PatternIndex:
        return PatternIndex.of([other.actions for other in self.all])

    @cached_property
    def by_resource(self) -> PatternIndex:
        return PatternIndex.of([other.resources for other in self.all])

    @cached_property
    def speak_of_owner(self) -> bool:
        """Whether they tell resources apart by their account, which an ARN can tell (R-K4)."""
        return any(test.key == RESOURCE_ACCOUNT for each in self.all for test in each.tests)


class Source:
    """One statement and the requests through it that are in the difference."""

    def __init__(
        self, solver: Solver, suggestions: Suggestions, statement: Lowered, others: Others
    ) -> None:
        self.statement = statement
        self.others = others
        self.solver = solver
        self._resource_reaches: dict[int, Reach] = {}
        self._some_resource: dict[int, bool] = {}
        self._suggestions = suggestions
        self.actions = _parts(statement.actions)
        self.resources = _parts(statement.resources)
        principals = statement.principals
        named = principals is not None and not principals.negated
        self.principals: Sequence[Principal | None] = (
            principals.entries if principals is not None and named else (WHOLE,)
        )

    def formula(self, compiler: Compiler) -> list[int]:
        """The whole difference of this source, said without any of the shortcuts below."""
        return [compiler.matches(self.statement), *self.others.formula(compiler)]

    def found(self) -> Iterator[Found]:
        """All cells that hold requests of the difference; lazily, so that one can be enough."""
        for alike in self._alike():
            self.solver.deadline.check()
            hints = self._hints(alike.grid.actions[0], alike.grid.resources[0])
            model = self._ask(alike, hints)
            if model is not None:
                yield Found(alike.grid, model, hints)

    def named(self, principal: int) -> int:
        entry = self.principals[principal]
        return TRUE if entry is WHOLE else self.solver.compiler.named_by(entry)

    def _hints(self, action: int, resource: int) -> Hints:
        actions, resources = self.statement.actions, self.statement.resources
        return Hints(
            () if actions.negated else (self.statement.action_written(action).text,),
            () if resources.negated else (self.statement.resource_written(resource).text,),
            self._accounts,
        )

    @cached_property
    def _accounts(self) -> tuple[str, ...]:
        accounts = (entry.account for entry in self.principals if entry is not None)
        return tuple(dict.fromkeys(filter(None, accounts)))

    # What need not be asked one by one

    def _alike(self) -> Iterator[_Alike]:
        """The cells that no single statement empties, those that are alike together."""
        taken_by = [self._statements_naming(entry) & self._twins for entry in self.principals]
        for actions, action_reach in self._action_classes():
            for principal, taken in enumerate(taken_by):
                left = self._resources_left(emptying=action_reach.whole & taken)
                for resources, reach in self._resource_classes(left, action_reach.some):
                    yield _Alike(Grid(actions, resources, principal), action_reach, reach)

    def _resources_left(self, emptying: int) -> Iterator[tuple[int, Reach]]:
        """The resources of which no statement of `emptying` takes all."""
        if self.resources == (WHOLE,):
            if not self._reach_of_all_resources.whole & emptying:
                yield 0, self._reach_of_all_resources
            return
        index = self.others.by_resource
        for number, part in enumerate(self.resources):
            if part is WHOLE or index.listed(part) & emptying or not self._is_some(number):
                continue
            reach = self._resource_reaches.get(number)
            if reach is None:
                self.solver.deadline.check()
                reach = self._resource_reaches[number] = index.reach(part)
            if not reach.whole & emptying:
                yield number, reach

    def _is_some(self, number: int) -> bool:
        """Whether a resource can match the source's pattern of that number."""
        known = self._some_resource.get(number)
        if known is None:
            part = self.resources[number]
            known = part is WHOLE or is_some_resource(part, self.solver.deadline)
            self._some_resource[number] = known
        return known

    @cached_property
    def _reach_of_all_resources(self) -> Reach:
        lists = [other.resources for other in self.others.all]
        return _reach_of_whole(self.statement.resources, lists)

    @cached_property
    def _twins(self) -> int:
        """The statements whose conditions hold whenever the source's do."""
        tests = set(self.statement.tests)
        return sum(
            1 << number
            for number, other in enumerate(self.others.against)
            if tests.issuperset(other.tests)
        )

    def _new_actions(self) -> Iterable[tuple[int, Language | None]]:
        """The actions, without those that a statement alike in all else lists word for word."""
        own = self.statement
        if own.actions.negated:
            return enumerate(self.actions)
        old = set[Language]()
        for number, other in enumerate(self.others.against):
            if (
                self._twins >> number & 1
                and not other.actions.negated
                and patterns_include(other.resources, own.resources)
                and all(_names(other, entry, own) for entry in self.principals)
            ):
                old |= other.actions.members
        return [(n, part) for n, part in enumerate(self.actions) if part not in old]

    def _action_classes(self) -> Iterable[tuple[tuple[int, ...], Reach]]:
        everyone = (1 << len(self.others.all)) - 1
        classes: dict[object, tuple[list[int], Reach]] = {}
        for number, part in self._new_actions():
            if part is WHOLE:
                lists = [other.actions for other in self.others.all]
                reach = _reach_of_whole(self.statement.actions, lists)
            else:
                self.solver.deadline.check()
                reach = self.others.by_action.reach(part)
            alike: object = reach.whole if reach.uniform(everyone) else (number,)
            classes.setdefault(alike, ([], reach))[0].append(number)
        return [(tuple(numbers), reach) for numbers, reach in classes.values()]

    def _resource_classes(
        self, left: Iterable[tuple[int, Reach]], concerned: int
    ) -> Iterable[tuple[tuple[int, ...], Reach]]:
        """Resources that look alike to the statements which the action concerns.

        One with variables is like no other: what they refer to, the conditions speak of as well.
        """
        classes: dict[object, tuple[list[int], Reach]] = {}
        for number, reach in left:
            apart = self._speaks_of_owner or isinstance(self.resources[number], Template)
            uniform = reach.uniform(concerned) and not apart
            alike: object = reach.whole & concerned if uniform else (number,)
            classes.setdefault(alike, ([], reach))[0].append(number)
        return [(tuple(numbers), reach) for numbers, reach in classes.values()]

    @cached_property
    def _speaks_of_owner(self) -> bool:
        """Some statement has a condition on the resource account, which an ARN can tell (R-K4)."""
        own = any(test.key == RESOURCE_ACCOUNT for test in self.statement.tests)
        return own or self.others.speak_of_owner

    def _statements_naming(self, entry: Principal | None) -> int:
        """The other statements that certainly name all requesters whom the entry names."""
        return sum(
            1 << number
            for number, other in enumerate(self.others.all)
            if _names(other, entry, self.statement)
        )

    # What is asked

    def _ask(self, alike: _Alike, hints: Hints) -> Model | None:
        self._suggestions.about(hints)
        compiler = self.solver.compiler
        concerned = alike.reach_of_action.some & alike.reach_of_resource.some
        numbers = self._numbers

        def rest(other: Lowered) -> int:
            """All but the principal part matches, given that the request is in an alike cell."""
            number = numbers[other]
            if not concerned >> number & 1:
                return FALSE
            parts = [compiler.condition_part(other.tests)]
            if not alike.reach_of_action.whole >> number & 1:
                parts.append(compiler.action_part(other.actions))
            if not alike.reach_of_resource.whole >> number & 1:
                parts.append(compiler.resource_part(other.resources))
            return self.solver.terms.all_of(parts)

        return self.solver.find(
            [
                *self._in_first_cell(alike.grid),
                compiler.condition_part(self.statement.tests),
                *self.others.says(compiler, rest),
            ]
        )

    @cached_property
    def _numbers(self) -> dict[Lowered, int]:
        """By statement, one of its numbers: where both sides share it, they look alike."""
        return {other: number for number, other in enumerate(self.others.all)}

    def _in_first_cell(self, grid: Grid) -> list[int]:
        """The first cell's own patterns."""
        request, compiler = self.solver.request, self.solver.compiler
        action, resource = self.actions[grid.actions[0]], self.resources[grid.resources[0]]
        return [
            compiler.action_part(self.statement.actions)
            if action is WHOLE
            else request.action_in(action),
            compiler.resource_part(self.statement.resources)
            if resource is WHOLE
            else request.resource_in(resource),
            compiler.principal_part(self.statement)
            if self.principals[grid.principal] is WHOLE
            else self.named(grid.principal),
        ]


def _parts(patterns: Patterns) -> tuple[Language | None, ...]:
    return (WHOLE,) if patterns.negated else patterns.languages


def _reach_of_whole(patterns: Patterns, lists: Sequence[Patterns]) -> Reach:
    """`Reach` of a negated list: what certainly holds all of it; anything may hold some."""
    whole = sum(1 << n for n, other in enumerate(lists) if patterns_include(other, patterns))
    return Reach(whole, (1 << len(lists)) - 1)


def _names(other: Lowered, entry: Principal | None, statement: Lowered) -> bool:
    """Whether `other` certainly names every requester that `entry` of `statement` does."""
    principals = other.principals
    if principals is None:
        return True
    if entry is WHOLE:
        return other.meaning[3] == statement.meaning[3] and other.allows is statement.allows
    if principals.negated:
        return False
    return any(_includes(wide, entry) for wide in principals.entries)


def _includes(wide: Principal, narrow: Principal) -> bool:
    if wide.form is PrincipalForm.EVERYONE or (wide.form, wide.text) == (narrow.form, narrow.text):
        return True
    return (
        wide.form is PrincipalForm.ACCOUNT
        and wide.account == narrow.account
        and narrow.form is not PrincipalForm.PROVIDER
    )
