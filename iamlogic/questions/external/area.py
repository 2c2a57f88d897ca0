"""Areas: which actions on which resources a grant is about, with what Denies take out of it.

A `Part` is some patterns without others, a `Box` every action of one part on every resource of
another. Taking a Deny's lists out of a box, or keeping only what they speak of, gives boxes again.
Two patterns that overlap without one covering the other have no common pattern: `meet` keeps the
first then, so that it may hold more than the two have in common, but never less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import EVERYTHING, Language
from iamlogic.symbolic.lowering import Lowered, Patterns
from iamlogic.symbolic.symbolizer import SymbolicRequest
from iamlogic.symbolic.terms import Terms
from iamlogic.syntax.policy import Text


@dataclass(frozen=True, slots=True)
class Pattern:
    """A language, and the text that some policy writes it as."""

    language: Language
    text: Text = field(compare=False)


EVERY = Pattern(EVERYTHING, Text("*"))


@dataclass(frozen=True, slots=True)
class Part:
    """What lies in one of `within` and in none of `without`."""

    within: frozenset[Pattern]
    without: frozenset[Pattern] = frozenset()

    def minus(self, taken: Iterable[Pattern]) -> Part:
        """Without what lies in some pattern of `taken`."""
        taken = tuple(taken)
        left = [p for p in self.within if not any(_covers(t, p) for t in taken)]
        touching = {t for t in taken if any(_overlap(t, p) for p in left)}
        return Part(frozenset(left), _widest({*self.without, *touching})).tidy()

    def meet(self, kept: Iterable[Pattern]) -> Part:
        """What lies in some pattern of `kept`, or at worst a little more."""
        kept = tuple(kept)
        common = {c for p in self.within for k in kept if (c := _common(p, k)) is not None}
        return Part(_widest(common), self.without).tidy()

    def tidy(self) -> Part:
        """Without patterns that hold nothing, and what has no effect."""
        within = {p for p in self.within if not any(_covers(w, p) for w in self.without)}
        without = {w for w in self.without if any(_overlap(w, p) for p in within)}
        return Part(frozenset(within), frozenset(without))

    def singly(self) -> Iterator[Part]:
        """The same, one pattern each."""
        for pattern in _in_order(self.within):
            yield Part(frozenset({pattern}), self.without).tidy()

    def holds(self, other: Part) -> bool:
        """Whether it holds all of the other, which has some; certain if True."""
        return self.without <= other.without and all(
            any(_covers(wide, narrow) for wide in self.within) for narrow in other.within
        )

    def is_in(self, other: Part) -> bool:
        """Whether the other holds all of it; certain if True."""
        return self.within <= other.within and other.without <= self.without

    def formula(self, terms: Terms, lies_in: Callable[[Language], int]) -> int:
        """The requests whose action, or resource, lies in the part.

        In one order, for examples hang on that in which a solver is told of things.
        """
        return terms.all_of(
            [
                terms.any_of(lies_in(pattern.language) for pattern in _in_order(self.within)),
                *(-lies_in(pattern.language) for pattern in _in_order(self.without)),
            ]
        )


@dataclass(frozen=True, slots=True)
class Box:
    """Every action of the one part on every resource of the other."""

    actions: Part
    resources: Part

    @property
    def is_empty(self) -> bool:
        """Certain if True."""
        return not (self.actions.within and self.resources.within)

    def holds(self, other: Box) -> bool:
        """Whether it holds all of the other; certain if True."""
        return self.actions.holds(other.actions) and self.resources.holds(other.resources)

    def is_in(self, other: Box) -> bool:
        """Whether the other holds all of it; certain if True."""
        return self.actions.is_in(other.actions) and self.resources.is_in(other.resources)

    def may_meet(self, lists: Lists) -> bool:
        """Whether lists speak of something in the box; certain if False, and soon said."""
        return (lists.no_actions or _touches(self.actions, lists.actions)) and (
            lists.no_resources or _touches(self.resources, lists.resources)
        )

    def within(self, lists: Lists) -> Box:
        """What a statement's lists speak of."""
        return Box(
            _kept(self.actions, lists.actions, negated=lists.no_actions),
            _kept(self.resources, lists.resources, negated=lists.no_resources),
        )

    def outside(self, lists: Lists) -> list[Box]:
        """What they do not speak of: other actions, and these actions on other resources."""
        these = _kept(self.actions, lists.actions, negated=lists.no_actions)
        boxes = (
            Box(_kept(self.actions, lists.actions, negated=not lists.no_actions), self.resources),
            Box(these, _kept(self.resources, lists.resources, negated=not lists.no_resources)),
        )
        return [box for box in boxes if not box.is_empty]

    def formula(self, terms: Terms, request: SymbolicRequest) -> int:
        """The requests in the box."""
        return terms.all_of(
            [
                self.actions.formula(terms, request.action_in),
                self.resources.formula(terms, request.resource_in),
            ]
        )


@dataclass(frozen=True, slots=True)
class Lists:
    """A statement's actions and resources as patterns; `no_…`: it speaks of all others."""

    actions: tuple[Pattern, ...]
    resources: tuple[Pattern, ...]
    no_actions: bool = False
    no_resources: bool = False

    @staticmethod
    def of(statement: Lowered) -> Lists:
        return Lists(
            _patterns(statement.actions, statement.action_written),
            _patterns(statement.resources, statement.resource_written),
            statement.actions.negated,
            statement.resources.negated,
        )

    def box(self) -> Box:
        """What the statement speaks of."""
        every = Part(frozenset({EVERY}))
        return Box(
            _kept(every, self.actions, negated=self.no_actions),
            _kept(every, self.resources, negated=self.no_resources),
        )


def _patterns(patterns: Patterns, written: Callable[[int], Text]) -> tuple[Pattern, ...]:
    return tuple(Pattern(each, written(n)) for n, each in enumerate(patterns.languages))


def _kept(part: Part, patterns: Sequence[Pattern], *, negated: bool) -> Part:
    return part.minus(patterns) if negated else part.meet(patterns)


def _touches(part: Part, patterns: Iterable[Pattern]) -> bool:
    return any(_overlap(own, other) for other in patterns for own in part.within)


def _covers(wide: Pattern, narrow: Pattern) -> bool:
    return covers(wide.language, narrow.language)


def _overlap(one: Pattern, other: Pattern) -> bool:
    return may_overlap(one.language, other.language)


def _common(one: Pattern, other: Pattern) -> Pattern | None:
    if _covers(other, one):
        return one
    if _covers(one, other):
        return other
    return one if _overlap(one, other) else None


def _widest(patterns: Iterable[Pattern]) -> frozenset[Pattern]:
    """The patterns that no other covers; of two that cover each other, one."""
    kept: list[Pattern] = []
    for pattern in sorted(patterns, key=lambda p: (len(p.text.text), p.text.text)):
        if not any(_covers(other, pattern) for other in kept):
            kept = [other for other in kept if not _covers(pattern, other)]
            kept.append(pattern)
    return frozenset(kept)


def joined(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """The same area in fewer boxes: those with equal resources, then equal actions, are one."""
    by_resources: dict[tuple[Part, frozenset[Pattern]], set[Pattern]] = {}
    for box in boxes:
        key = (box.resources, box.actions.without)
        by_resources.setdefault(key, set()).update(box.actions.within)
    by_actions: dict[tuple[Part, frozenset[Pattern]], set[Pattern]] = {}
    for (resources, without), within in by_resources.items():
        part = Part(_widest(within), without)
        by_actions.setdefault((part, resources.without), set()).update(resources.within)
    return tuple(
        Box(actions, Part(_widest(within), without))
        for (actions, without), within in by_actions.items()
    )


_MOST_PAIRS = 256


def in_pairs(boxes: Sequence[Box]) -> Sequence[Box]:
    """The same area in boxes of one action and one resource, of which none lies in another.

    So it is the same however statements divide their lists; of very many pairs, the boxes as given.
    """
    count = sum(len(box.actions.within) * len(box.resources.within) for box in boxes)
    if len(boxes) == 1 or count > _MOST_PAIRS:
        return boxes
    kept: list[Box] = []
    pairs = (
        Box(action, resource)
        for box in boxes
        for action in box.actions.singly()
        for resource in box.resources.singly()
    )
    for pair in pairs:
        if not any(other.holds(pair) for other in kept):
            kept = [other for other in kept if not pair.holds(other)]
            kept.append(pair)
    return kept


def united(lists: Iterable[Lists]) -> Iterator[Lists]:
    """What any of the lists speaks of, in as few as can be, however it is divided.

    Of two that name all but some, those with equal exceptions are one.
    """
    boxes: list[Box] = []
    groups: dict[object, list[Lists]] = {}
    for each in lists:
        if not (each.no_actions or each.no_resources):
            boxes.append(each.box())
            continue
        exceptions = (
            frozenset(each.actions) if each.no_actions else None,
            frozenset(each.resources) if each.no_resources else None,
        )
        groups.setdefault(exceptions, []).append(each)
    for box in joined(boxes):
        yield Lists(_in_order(box.actions.within), _in_order(box.resources.within))
    for group in groups.values():
        first = group[0]
        yield Lists(
            first.actions if first.no_actions else _all([each.actions for each in group]),
            first.resources if first.no_resources else _all([each.resources for each in group]),
            first.no_actions,
            first.no_resources,
        )


def _all(patterns: Iterable[Iterable[Pattern]]) -> tuple[Pattern, ...]:
    return _in_order(_widest(each for some in patterns for each in some))


def _in_order(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    return tuple(sorted(patterns, key=lambda pattern: pattern.text.text))
