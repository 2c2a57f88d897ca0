"""From truth values of atoms to values of fields, or to the atoms that cannot be true together.

z3 sees atoms as bare Booleans; what they say of strings is decided here, one variable at a time,
for no atom speaks of two. The cheap cases come first, in the order of how often they decide: a
literal, a believable word, a single covering pattern; the product of automata decides the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from iamlogic.symbolic.automata import find_word, smallest_conflict
from iamlogic.symbolic.deadline import Deadline
from iamlogic.symbolic.enforcer import domain_of
from iamlogic.symbolic.languages import EVERYTHING, Language, Union, Word, covers, matches
from iamlogic.symbolic.terms import Atom, InLanguage, Present, SomeIn


@dataclass(frozen=True, slots=True)
class Model:
    """Values for what a formula depends on; all else is free.

    `words` has the string variables that atoms constrain, `keys` which context keys are present
    (absent: False), `sets` the values of multivalued keys.
    """

    words: dict[str, str] = field(default_factory=dict)
    keys: dict[str, bool] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)


Conflict = list[tuple[Atom, bool]]
"""Atoms that cannot have these truth values together."""

Suggest = Callable[[str, list[Language]], Iterable[str]]
"""Words that a person would expect, for a variable and the languages it must lie in."""


class Theory:
    """Decides sets of atoms over given domains; remembers what it has decided."""

    def __init__(self, fields: dict[str, tuple[Language, ...]], suggest: Suggest) -> None:
        self._fields = fields
        self._suggest = suggest
        self._decided: dict[
            tuple[str, frozenset[Language], frozenset[Language]],
            str | tuple[list[Language], list[Language]],
        ] = {}

    def decide(self, chosen: dict[Atom, bool], deadline: Deadline) -> Model | list[Conflict]:
        """A model of the atoms' truth values, or why there is none."""
        model = Model()
        inside: dict[str, list[Language]] = {}
        outside: dict[str, list[Language]] = {}
        some: dict[str, list[SomeIn]] = {}
        none: dict[str, list[SomeIn]] = {}
        for atom, holds in chosen.items():
            match atom:
                case InLanguage(variable, language):
                    (inside if holds else outside).setdefault(variable, []).append(language)
                case SomeIn(key):
                    (some if holds else none).setdefault(key, []).append(atom)
                case Present(key):
                    model.keys[key] = holds
        conflicts: list[Conflict] = []
        for variable in inside.keys() | outside.keys():
            outcome = self._word(
                variable, inside.get(variable, []), outside.get(variable, []), deadline
            )
            if isinstance(outcome, str):
                model.words[variable] = outcome
            else:
                conflict: Conflict = [(InLanguage(variable, part), True) for part in outcome[0]]
                conflict += [(InLanguage(variable, part), False) for part in outcome[1]]
                conflicts.append(conflict)
        for key in some.keys() | none.keys():
            values = _values(
                key,
                some.get(key, []),
                none.get(key, []),
                deadline,
                present=model.keys.get(key, False),
            )
            if isinstance(values, tuple):
                model.sets[key] = values
            else:
                conflicts.append(values)
        return conflicts or model

    def _word(
        self, variable: str, inside: list[Language], outside: list[Language], deadline: Deadline
    ) -> str | tuple[list[Language], list[Language]]:
        """A value in all of `inside` and none of `outside`, or a conflict among them."""
        question = (variable, frozenset(inside), frozenset(outside))
        answer = self._decided.get(question)
        if answer is None:
            answer = self._decided[question] = self._find(variable, inside, outside, deadline)
        return answer

    def _find(
        self, variable: str, inside: list[Language], outside: list[Language], deadline: Deadline
    ) -> str | tuple[list[Language], list[Language]]:
        domain = domain_of(variable, self._fields)
        for part in inside:
            if isinstance(part, Union):
                return self._find_in_union(variable, part, inside, outside, deadline)
        for fixed in inside:
            if isinstance(fixed, Word):
                return _try_word(fixed, domain, inside, outside)
        for word in self._suggest(variable, inside):
            if fits(word, domain, inside, outside):
                return word
        for wide in outside:
            for narrow in inside:
                if covers(wide, narrow):
                    return [narrow], [wide]
        found = find_word([domain, *([part] for part in inside)], outside, deadline)
        if found is None:
            return smallest_conflict(domain, inside, outside, deadline)
        for word in self._suggest(variable, [Word(found)]):  # perhaps there is a plainer one
            if fits(word, domain, inside, outside):
                return word
        return found

    def _find_in_union(
        self,
        variable: str,
        union: Union,
        inside: list[Language],
        outside: list[Language],
        deadline: Deadline,
    ) -> str | tuple[list[Language], list[Language]]:
        """`_find` where one of `inside` is a union: a word of any part will do.

        If no part has one, what stood against the parts stands together against the union.
        """
        others = [part for part in inside if part is not union]
        against_in: dict[Language, None] = {}
        against_out: dict[Language, None] = {}
        words = union.words
        for part in outside:  # most words go at once, with the lists that hold them
            if isinstance(part, Union) and not words.isdisjoint(part.words):
                words = words - part.words
                against_out[part] = None
        for part in (*map(Word, sorted(words)), *union.others):
            outcome = self._find(variable, [part, *others], outside, deadline)
            if isinstance(outcome, str):
                return outcome
            against_in |= dict.fromkeys(outcome[0])
            against_out |= dict.fromkeys(outcome[1])
        return [union, *(part for part in others if part in against_in)], list(against_out)


def fits(
    word: str, domain: Iterable[Language], inside: Iterable[Language], outside: Iterable[Language]
) -> bool:
    """Whether the word lies in the domain, in all of `inside` and in none of `outside`."""
    return (
        any(matches(part, word) for part in domain)
        and all(matches(part, word) for part in inside)
        and not any(matches(part, word) for part in outside)
    )


def _try_word(
    fixed: Word, domain: tuple[Language, ...], inside: list[Language], outside: list[Language]
) -> str | tuple[list[Language], list[Language]]:
    word = fixed.text
    for part in inside:
        if not matches(part, word):
            return [fixed, part], []
    for part in outside:
        if matches(part, word):
            return [fixed], [part]
    if not any(matches(part, word) for part in domain):
        return [fixed], []
    return word


def _values(
    key: str, some: list[SomeIn], none: list[SomeIn], deadline: Deadline, *, present: bool
) -> tuple[str, ...] | Conflict:
    """Values for a multivalued key: one for each demand, all of them outside of what is ruled out.

    Demands do not get in each other's way, since further values only help a demand: so each can be
    met, or shown impossible, alone.
    """
    banned = [language for atom in none for language in atom.languages]
    demands: list[tuple[Conflict, list[Language]]] = [
        ([(atom, True)], list(atom.languages)) for atom in some
    ]
    if present and not demands:
        demands.append(([(Present(key), True)], [EVERYTHING]))
    values: list[str] = []
    for reason, row in demands:
        value = find_word([row], banned, deadline)
        if value is None:
            return [*reason, *((atom, False) for atom in none)]
        values.append(value)
    return tuple(dict.fromkeys(values))
