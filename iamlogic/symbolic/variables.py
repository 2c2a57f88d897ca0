"""Policy variables: choose their values, substitute, decide.

A template relates two strings, the one that it is compared with and the value that it refers to. To
find a model, a value for one of what is referred to is chosen; substituted, its templates speak of
one string less; and so on until the plain theory decides. Where all choices fail, the atoms are a
conflict only if a proof says so that leans on no choice: the cheap ones of `refutation` first, then
z3's theory of sequences, asked about this small conjunction. What neither settles is undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.languages import Language, Template, Word, ordered
from iamlogic.symbolic.model import Conflict, Model
from iamlogic.symbolic.refutation import beginnings, covered, refutation
from iamlogic.symbolic.relations import Relations, owner_of, templates_of, views_of
from iamlogic.symbolic.requester import DERIVED, derived_value
from iamlogic.symbolic.sequences import suggestions
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, SomeValue
from iamlogic.symbolic.values import find_value, fits
from iamlogic.symbolic.widening import values_within, widened

if TYPE_CHECKING:
    from iamlogic.symbolic.theory import Theory

_FIRST_CHOICES, _CHOICES = 2, 64
"""Choices that are tried before a proof is looked for, and after."""

_WORDS = 5
"""Words that are tried for one string; as many again that differ in case."""


class Choice:
    """One decision over atoms of which some speak of two strings."""

    def __init__(self, theory: Theory, chosen: Mapping[Atom, bool], deadline: Deadline) -> None:
        self._theory, self._deadline = theory, deadline
        self._chosen = chosen
        self._left = 0  # choices that may still be tried
        self._from_ends = False

    def outcome(self) -> Model | list[Conflict]:
        """A model, or a conflict that holds whatever the variables are."""
        relations = self._relations(self._chosen)
        taken = list(covered(relations))
        first = self._theory.decide_plain(relations.plain, self._deadline)
        if not isinstance(first, Model):
            return [*taken, *first]
        if taken:
            return taken
        model = self._search(relations, _FIRST_CHOICES)
        if model is not None or not self._theory.explains:
            return model or []
        conflict = refutation(relations, self._deadline)
        if conflict is not None:
            return [conflict]
        of_fixed = self._of_fixed(relations)
        if of_fixed:
            return of_fixed
        return (
            self._search(relations, _CHOICES)
            or self._search(relations, _CHOICES, from_ends=True)
            or self._by_sequences(relations)
        )

    def _relations(self, chosen: Mapping[Atom, bool]) -> Relations:
        return Relations(chosen, self._theory.request, self._theory.domains)

    def _of_fixed(self, relations: Relations) -> list[Conflict]:
        """Conflicts where variables that can have one value only have that one.

        No choice is made, so that they hold: each has the atoms that leave the variable its value
        beside the atom with the variable, in the place of what is substituted.
        """
        atoms = dict(relations.plain)
        origins: dict[Atom, Conflict] = {}
        for atom, holds in relations.related.items():
            refs = [ref for template in templates_of(atom) for ref in template.refs]
            fixed = {ref.key: relations.fixed(ref.key) for ref in refs}
            values = {key: known[0] for key, known in fixed.items() if known is not None}
            if len(values) < len(fixed):
                continue
            why = [each for known in fixed.values() if known is not None for each in known[1]]
            grounded = _grounded(atom, values)
            if atoms.setdefault(grounded, holds) is not holds:
                other = origins.get(grounded, [(grounded, not holds)])
                return [list(dict.fromkeys([(atom, holds), *why, *other]))]
            if grounded not in relations.plain:
                origins.setdefault(grounded, [(atom, holds), *why])
        outcome = self._theory.decide_plain(atoms, self._deadline) if origins else []
        if isinstance(outcome, Model):
            return []
        return [
            list(dict.fromkeys(each for part in found for each in origins.get(part[0], [part])))
            for found in outcome
        ]

    # Choose, substitute, decide

    def _search(
        self, relations: Relations, choices: int, *, from_ends: bool = False
    ) -> Model | None:
        """A model, within a number of choices."""
        self._left, self._from_ends = choices, from_ends
        return self._model(relations)

    def _model(self, relations: Relations) -> Model | None:
        """A model, by choosing a word for one string after the other."""
        self._deadline.check()
        first = self._theory.model(relations.plain, self._deadline)
        if first is None or not relations.related:
            return first
        owner = self._first_owner(relations)
        for word in self._candidates(relations, owner, first):
            if self._left <= 0:
                return None
            self._left -= 1
            atoms = self._substituted(relations, {owner: word})
            model = None if atoms is None else self._model(self._relations(atoms))
            if model is not None:
                return model
        return None

    def _first_owner(self, relations: Relations) -> str:
        """Where values refer to values to values, the last of the chain; or the first of it."""
        compared = {variable for variable, _, holds in relations.compared() if holds}
        return min(
            relations.owners, key=lambda owner: ((owner in compared) is not self._from_ends, owner)
        )

    def _substituted(
        self, relations: Relations, words: Mapping[str, str]
    ) -> dict[Atom, bool] | None:
        """The atoms where the strings have these words; None if they cannot."""
        atoms = dict(relations.plain)
        values = _values(relations.keys, words)
        for atom, holds in relations.related.items():
            if atoms.setdefault(_grounded(atom, values), holds) is not holds:
                return None
        for owner, word in words.items():
            pins: list[Atom] = [InLanguage(owner, Word(word))]
            if owner in self._theory.request.multivalued:
                pins = [SomeValue(owner, (Word(word),)), OneValue(owner)]
            if not all(atoms.setdefault(pin, True) for pin in pins):
                return None
        return atoms

    def _candidates(self, relations: Relations, owner: str, first: Model) -> Iterator[str]:
        """Words for a string: those that templates ask for, then likely ones."""
        found: dict[str, None] = {}
        for word in self._likely(relations, owner, first, found):
            if word not in found:
                found[word] = None
                yield word

    def _likely(
        self, relations: Relations, owner: str, first: Model, found: Mapping[str, None]
    ) -> Iterator[str]:
        """`_candidates`, with repetitions; `found` has those so far.

        Each is looked for when it is needed, since the first is nearly always enough.
        """
        inside, outside = relations.plain_languages(owner)
        compared = [(t, holds) for variable, t, holds in relations.compared() if variable == owner]
        inside += [widened(t, relations.range_of) for t, holds in compared if holds]
        only, banned = relations.only_value(owner)
        rows = [*relations.rows(owner, inside), *only]
        outside += banned
        hints = [part for row in rows for part in row]
        for key, value in self._asked_for(relations, owner):
            views = views_of(key, Word(value))
            if views is not None:
                word = self._word([*rows, views], outside, owner, views)
                if word is not None:
                    yield word
        for atom in relations.related:
            begun = [parts for parts, _ in beginnings(relations, owner, atom)]
            if begun and (word := self._word([*rows, *begun], outside, owner, hints)) is not None:
                yield word
        if owner in first.words:
            yield first.words[owner]
        for word in self._theory.suggest(owner, hints):
            if fits(word, rows, outside):
                yield word
            if len(found) >= _WORDS:
                break
        missed = [widened(t, relations.range_of) for t, holds in compared if not holds]
        for banned in (missed, [], []):
            if len(found) < _WORDS:
                other = find_value(rows, [*outside, *banned, *map(Word, found)], self._deadline)
                if other is not None:
                    yield other
        for word in list(found):  # what differs from a value in nothing but case
            if fits(word.swapcase(), rows, outside):
                yield word.swapcase()

    def _word(
        self,
        rows: list[list[Language]],
        outside: list[Language],
        owner: str,
        hints: list[Language],
    ) -> str | None:
        """A word of the rows, a believable one if it can be."""
        for word in self._theory.suggest(owner, hints):
            if fits(word, rows, outside):
                return word
        return find_value(rows, outside, self._deadline)

    def _asked_for(self, relations: Relations, owner: str) -> Iterator[tuple[str, str]]:
        """Values of the owner's keys that some template and what its string must be ask for."""
        for variable, template, holds in relations.compared():
            if not holds or not any(owner_of(ref.key) == owner for ref in template.refs):
                continue
            inside, outside = relations.plain_languages(variable)
            rows = relations.rows(variable, [*inside, widened(template, relations.range_of)])
            word = self._word(rows, outside, variable, [])
            if word is not None:
                for key, value in values_within(template, relations.range_of, word).items():
                    if owner_of(key) == owner:
                        yield key, value

    # z3's theory of sequences

    def _by_sequences(self, relations: Relations) -> Model | list[Conflict]:
        """What it suggests, or refutes; a refutation that some choice contradicts is none."""
        theory, atoms = self._theory, {**relations.plain, **relations.related}
        for answer in suggestions(
            atoms, relations.owners, theory.request, theory.domains, self._deadline
        ):
            if isinstance(answer, list):
                if self._search(self._relations(dict(answer)), _CHOICES) is not None:
                    break
                return [answer]
            substituted = self._substituted(relations, answer)
            model = None if substituted is None else theory.model(substituted, self._deadline)
            if model is not None:
                return model
        raise Undecided("the variables of the policies depend on each other in a way too hard")


def _values(keys: Iterable[str], words: Mapping[str, str]) -> dict[str, str | None]:
    """What the keys of these strings are; None: the requester lacks it, so it fits nothing."""
    values: dict[str, str | None] = {}
    for key in keys:
        word = words.get(owner_of(key))
        if word is not None:
            values[key] = derived_value(key, word) if key in DERIVED else word
    return values


def _grounded(atom: Atom, values: Mapping[str, str | None]) -> Atom:
    """The atom with the variables' values in their places."""
    match atom:
        case InLanguage(variable, Template() as template):
            return InLanguage(variable, template.substitute(values))
        case SomeValue(key, languages, outside):
            substituted = ordered(
                each.substitute(values) if isinstance(each, Template) else each
                for each in languages
            )
            return SomeValue(key, substituted, outside)
    return atom
