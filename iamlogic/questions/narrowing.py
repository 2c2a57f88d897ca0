"""The part of a policy that speaks of a scope: what else it says decides none of its requests.

A statement whose actions or resources share nothing with the scope's never matches there, and is
left out. Of a list only the patterns that share something are kept; that holds for NotAction and
NotResource as well, for what is never matched excludes nothing. A `Shelf` finds the statements of
many policies that a scope concerns, in the time of a look at its index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from iamlogic.symbolic.inclusion import may_overlap
from iamlogic.symbolic.index import PatternIndex
from iamlogic.symbolic.languages import Language, Template
from iamlogic.symbolic.lowering import Lowered, Patterns, lower_actions, lower_resources
from iamlogic.syntax.policy import Policy, Statement, Text


@dataclass(frozen=True, slots=True)
class Lists:
    """What of a statement tells whether it speaks of a scope: no condition does."""

    actions: Patterns
    resources: Patterns


class Shelf:
    """Policies, each once, with an index over all their statements."""

    def __init__(self, policies: Iterable[Policy]) -> None:
        self._policies = {id(policy): policy for policy in policies}
        self._first: dict[int, int] = {}  # by policy, the number of its first statement
        self._lists: list[Lists] = []
        for key, policy in self._policies.items():
            self._first[key] = len(self._lists)
            self._lists += (
                Lists(lower_actions(each.actions), lower_resources(each.resources))
                for each in policy.statements
            )

    @cached_property
    def _by_action(self) -> PatternIndex:
        return PatternIndex.of([each.actions for each in self._lists])

    @cached_property
    def _by_resource(self) -> PatternIndex:
        return PatternIndex.of([each.resources for each in self._lists])

    def narrowed(self, scope: Lowered) -> Narrowed:
        """What the policies say of a scope."""
        concerned = _some(self._by_action, scope.actions) & _some(
            self._by_resource, scope.resources
        )
        return Narrowed(self._first, self._lists, concerned, scope)


class Narrowed:
    """What the policies of a shelf say of one scope; each is narrowed when first asked for."""

    def __init__(
        self,
        first: dict[int, int],
        lists: Sequence[Lists],
        concerned: int,
        scope: Lowered,
    ) -> None:
        self._first, self._lists = first, lists
        self._concerned, self._scope = concerned, scope
        self._known: dict[int, Policy] = {}

    def __call__(self, policy: Policy) -> Policy:
        """The policy without what the scope does not concern; it may have no statements left."""
        key = id(policy)
        found = self._known.get(key)
        if found is None:
            first = self._first[key]
            numbers = range(first, first + len(policy.statements))
            kept = (
                self._statement(statement, self._lists[number])
                for number, statement in zip(numbers, policy.statements, strict=True)
                if self._concerned >> number & 1
            )
            found = self._known[key] = replace(
                policy, statements=tuple(each for each in kept if each is not None), warnings=()
            )
        return found

    def _statement(self, statement: Statement, lists: Lists) -> Statement | None:
        actions = replace(
            statement.actions,
            patterns=_kept(lists.actions, self._scope.actions, statement.actions.patterns),
        )
        resources = statement.resources
        if resources is not None:
            patterns = _kept(lists.resources, self._scope.resources, resources.patterns)
            resources = replace(resources, patterns=patterns)
        for part in (actions, resources):
            if part is not None and not part.negated and not part.patterns:
                return None
        return replace(statement, actions=actions, resources=resources)


_ALL = -1  # every bit is set


def _some(index: PatternIndex, asked: Patterns) -> int:
    """The statements that share something with the list."""
    if _is_open(asked):
        return _ALL
    found = 0
    for language in asked.languages:
        found |= index.reach(language).some
    return found


def _kept(own: Patterns, asked: Patterns, written: tuple[Text, ...]) -> tuple[Text, ...]:
    """The patterns that share something with the list."""
    if _is_open(asked):
        return written
    return tuple(
        written[place]
        for language, place in zip(own.languages, own.places, strict=True)
        if overlaps(language, asked.languages)
    )


def overlaps(language: Language, others: Iterable[Language]) -> bool:
    """Whether the language may share a word with one of the others; False is certain."""
    return any(may_overlap(language, other) for other in others)


def _is_open(asked: Patterns) -> bool:
    """Nothing is left out for lists that say what they do not hold, or that have variables."""
    return asked.negated or any(isinstance(each, Template) for each in asked.languages)
