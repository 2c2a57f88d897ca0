"""From the widest grants down to those that cannot be told more narrowly.

The method is stratified abstraction (Backes et al., CAV 2020), led by the policy's structure. It
starts from what the Allow statements give, and lets each Deny take effect: what a Deny does not
speak of stays as it is, and of what it speaks of those requests are left that fail one of its
conditions. Where these have to have some value ("deny unless from this network"), the grant becomes
narrower by each; where they need not, it cannot be told more narrowly and stays. At the end, grants
of which the others hold every request are left out.

Every step keeps all requests from outside that are allowed, so that together the grants hold all
of them; each that is left holds one that no other does, found by the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iamlogic.questions.external.area import Box, Lists, in_pairs, joined, united
from iamlogic.questions.external.grants import Grant, Key, Who, account_fits
from iamlogic.questions.external.identity import place
from iamlogic.questions.external.narrowing import Narrowing, Narrowings, left_over
from iamlogic.questions.external.neighbours import Neighbours
from iamlogic.questions.external.subject import Subject
from iamlogic.questions.external.universe import Universe
from iamlogic.symbolic.deadline import OnlyUnseen
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.lowering import Lowered, Test, lower_condition
from iamlogic.symbolic.model import Model
from iamlogic.syntax.policy import UNSEEN, PrincipalForm, Statement


@dataclass(frozen=True, slots=True, eq=False)
class Deny:
    """Deny statements that differ in their lists alone, and what they leave over.

    `statements` match what lies in `lists`, and perhaps more. Spared is a requester of whom
    something is `listed` (NotPrincipal), a request of one of the `narrowings`, one that fails one
    of the `loose` conditions, which narrows nothing, and, if they `name_some`, one by somebody else
    than they name. An organization's (RCPs) do not apply to service-linked roles (R-E3).
    """

    statements: tuple[Lowered, ...]
    lists: Lists
    listed: tuple[Who, ...]
    narrowings: tuple[Narrowing, ...]
    loose: tuple[Test, ...]
    name_some: bool
    of_organization: bool

    def focus(self, box: Box) -> Box | None:
        """What of the box the lists speak of; None if nothing."""
        if not box.may_meet(self.lists):
            return None
        focus = box.within(self.lists)
        return None if focus.is_empty else focus

    @staticmethod
    def all_of(statements: Iterable[Lowered], *, of_organization: bool) -> Iterator[Deny]:
        """The Denies of some statements, however these divide their lists."""
        alike: dict[object, list[Lowered]] = {}
        for each in statements:
            alike.setdefault((each.meaning[0], *each.meaning[3:]), []).append(each)
        for group in alike.values():
            first = group[0]
            principals = first.principals
            entries = () if principals is None else principals.entries
            everyone = any(entry.form is PrincipalForm.EVERYONE for entry in entries)
            lists_some = principals is not None and principals.negated and not everyone
            conditions = first.statement.conditions
            found = [(condition, left_over(condition)) for condition in conditions]
            for lists in united(Lists.of(each) for each in group):
                yield Deny(
                    tuple(group),
                    lists,
                    tuple(map(Who.named, entries)) if lists_some else (),
                    tuple(each for _, narrowings in found for each in narrowings or ()),
                    tuple(lower_condition(condition) for condition, left in found if left is None),
                    name_some=not lists_some,
                    of_organization=of_organization,
                )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a grant, and the Denies that may still narrow it."""

    key: Key
    box: Box
    sources: tuple[Statement, ...]
    denies: tuple[Deny, ...]
    is_coarse: bool = False


_MOST_PIECES = 1024
"""Pieces of one policy's grants; those beyond are not told more narrowly."""


class Descent:
    """The grants of some Allow statements to the requesters of `outside`, whom Denies spare."""

    def __init__(
        self,
        universe: Universe,
        subject: Subject,
        outside: Sequence[int],
        about: Callable[[Key, Box], None],
    ) -> None:
        self._universe, self._outside = universe, list(outside)
        self._compiler = universe.compiler
        self._solver = universe.solver
        self._terms = universe.solver.terms
        # In one order: a Deny that only overlaps a pattern narrows all of it, or what others left.
        own = Deny.all_of(subject.denies, of_organization=False)
        limits = Deny.all_of(subject.limits, of_organization=True)
        self._denies = tuple(sorted((*own, *limits), key=_place))
        self._about = about  # told what an example is looked for of
        self._models: dict[tuple[Key, Box], Model] = {}

    def grants(self, given: Iterable[tuple[Key, Box, Statement]]) -> list[Grant]:
        """What is left of the grants, each as narrow as can be told."""
        found: dict[Key, list[_Piece]] = {}
        for piece in self._descend(self._start(given)):
            found.setdefault(piece.key, []).append(piece)
        return [
            Grant(
                key,
                joined(piece.box for piece in pieces),
                tuple(dict.fromkeys(source for piece in pieces for source in piece.sources)),
                any(piece.is_coarse for piece in pieces),
            )
            for key, pieces in found.items()
        ]

    def _start(self, given: Iterable[tuple[Key, Box, Statement]]) -> Iterator[_Piece]:
        by_key: dict[Key, list[tuple[Box, Statement]]] = {}
        for key, box, source in given:
            by_key.setdefault(key, []).append((box, source))
        for key, pairs in by_key.items():
            self._solver.deadline.check()
            sources = tuple(dict.fromkeys(source for _, source in pairs))
            for box in joined(in_pairs([box for box, _ in pairs])):
                yield _Piece(key, box, sources, self._denies_of(key))

    def _descend(self, start: Iterable[_Piece]) -> Iterator[_Piece]:
        seen = dict.fromkeys(start)  # in one order, for examples hang on what was asked before
        waiting = list(seen)
        while waiting:
            self._solver.deadline.check()
            piece = waiting.pop()
            passed = self._passed(piece)
            if passed is None:
                continue  # it holds nothing
            narrower = self._narrower(piece, passed)
            if narrower is None:
                yield piece
                continue
            if len(seen) >= _MOST_PIECES:
                yield replace(piece, is_coarse=True)
                continue
            for each in narrower:
                if each not in seen:
                    seen[each] = None
                    waiting.append(each)

    def _passed(self, piece: _Piece) -> frozenset[Deny] | None:
        """Denies that some request passes by what narrows nothing, as far as one question tells.

        None if the piece holds no request at all.
        """
        formula = self._allowed(piece.key, [piece.box])
        loose = {
            deny: self._loosely(focus, deny)
            for deny in piece.denies
            if (focus := deny.focus(piece.box)) is not None
        }
        self._about(piece.key, piece.box)
        try:
            model = self._find([*formula, *loose.values()], piece.key) if loose else None
            passed = frozenset(loose) if model is not None else frozenset()
            model = model or self._find(formula, piece.key)
        except OnlyUnseen:  # some Deny may spare those alone: narrower, the piece is one to them
            return frozenset()
        if model is None:
            return None
        self._models[piece.key, piece.box] = model
        return passed

    def _narrower(self, piece: _Piece, passed: frozenset[Deny]) -> list[_Piece] | None:
        """The piece in parts, each spared by some Deny in one way; None if no Deny divides it."""
        for number, deny in enumerate(piece.denies):
            focus = None if deny in passed else deny.focus(piece.box)
            if focus is None or self._may_pass(piece.key, focus, deny):
                continue
            keys = list(_spared(piece.key, deny))
            if piece.key in keys:  # the Deny spares whatever the grant's own conditions let in
                continue
            rest = (*piece.denies[:number], *piece.denies[number + 1 :])
            untouched = [
                _Piece(piece.key, box, piece.sources, rest) for box in piece.box.outside(deny.lists)
            ]
            multivalued = self._solver.request.multivalued
            spared = [
                _Piece(key, focus, piece.sources, rest)
                for key in keys
                if not key.is_nobody_s(multivalued)
            ]
            return [*untouched, *spared]
        return None

    def _may_pass(self, key: Key, focus: Box, deny: Deny) -> bool:
        """Whether a request of the focus passes the Deny by something that narrows nothing."""
        loosely = [*self._allowed(key, [focus]), self._loosely(focus, deny)]
        try:
            return self._find(loosely, key) is not None
        except OnlyUnseen:
            return True

    def _loosely(self, focus: Box, deny: Deny) -> int:
        """The request is one of the focus and passes the Deny by something that narrows nothing."""
        loose = [-self._compiler.test(test) for test in deny.loose]
        if deny.name_some:
            loose.append(-self._compiler.principal_part(deny.statements[0]))
        return self._terms.all_of(
            [focus.formula(self._terms, self._solver.request), self._terms.any_of(loose)]
        )

    def _denies_of(self, key: Key) -> tuple[Deny, ...]:
        """Those that apply to the requesters under a key."""
        if not key.is_service_linked:
            return self._denies
        return tuple(deny for deny in self._denies if not deny.of_organization)

    # The solver's part

    def _allowed(self, key: Key, boxes: Sequence[Box]) -> list[int]:
        """The requests from outside under the key in the boxes that no Deny matches."""
        request = self._solver.request
        area = self._terms.any_of(box.formula(self._terms, request) for box in boxes)
        denied = dict.fromkeys(
            self._compiler.matches(statement)
            for deny in self._denies_of(key)
            if any(deny.focus(box) is not None for box in boxes)
            for statement in deny.statements
        )
        return [*self._outside, key.formula(self._compiler), area, *(-each for each in denied)]

    def _find(self, formula: list[int], key: Key) -> Model | None:
        return self._solver.find(formula, by=unseen_in(key))

    def example(self, grant: Grant, others: Iterable[Grant] = ()) -> Model | None:
        """A request of the grant that is allowed, in none of the others; None if there is none."""
        multivalued = self._solver.request.multivalued
        without = [
            -other.formula(self._compiler)
            for other in others
            if grant.key.may_meet(other.key, multivalued)
        ]
        known = self._models.get((grant.key, grant.boxes[0]))
        if known is not None and not without:
            return known
        self._about(grant.key, grant.boxes[0])
        return self._find([*self._allowed(grant.key, grant.boxes), *without], grant.key)

    def lies_outside(self, grants: Sequence[Grant], allows: Iterable[Lowered]) -> bool:
        """Whether an allowed request from outside is in none of the grants.

        Said of whole statements, one Allow at a time, without any step of the descent; left out is
        only what certainly has nothing in common with the Allow.
        """
        neighbours = Neighbours(grants)
        return any(self._is_missing(allow, neighbours) for allow in allows)

    def _is_missing(self, allow: Lowered, neighbours: Neighbours) -> bool:
        box = Lists.of(allow).box()
        matches = self._compiler.matches
        denies = (deny for deny in self._denies if deny.focus(box) is not None)
        formula = [
            *self._outside,
            matches(allow),
            *dict.fromkeys(-matches(each) for deny in denies for each in deny.statements),
            *(-grant.formula(self._compiler) for grant in neighbours.of([box])),
        ]
        return self._solver.find(formula, guess=False) is not None


def _place(deny: Deny) -> str:
    return place(deny.lists, deny.statements[0])


def unseen_in(key: Key) -> str | None:
    """The principal of the key by whom no request is written (R-M8), if it is one."""
    for who in key.who:
        if who.entry is not None and who.entry.form in UNSEEN:
            return who.entry.text
    return None


def _spared(key: Key, deny: Deny) -> Iterator[Key]:
    """The key, narrowed in each way in which requests can be spared."""
    for narrowing in deny.narrowings:
        if account_fits(key, narrowing):
            yield key
        else:
            yield Key(key.who, _narrowed(key.narrowings, narrowing))
    for who in deny.listed:
        yield Key(key.who | {who}, key.narrowings)


def _narrowed(narrowings: Narrowings, new: Narrowing) -> Narrowings:
    """With a further narrowing, without what the narrowest of a key implies."""
    if any(_implies(old, new) for old in narrowings):
        return narrowings
    return frozenset({new, *(old for old in narrowings if not _implies(new, old))})


def _implies(one: Narrowing, other: Narrowing) -> bool:
    """Whether requests of the one are of the other, too; certain if True."""
    a, b = one.test, other.test
    if a == b:
        return True
    positive = not (a.negated or b.negated or a.outside or b.outside or a.if_absent)
    return (
        positive
        and a.key == b.key
        and all(any(covers(wide, narrow) for wide in b.languages) for narrow in a.languages)
    )
