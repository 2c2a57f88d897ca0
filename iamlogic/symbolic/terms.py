"""Formulas: atoms and conjunctions, hash-consed, with all simplification in one place.

A *literal* is an integer, as in DIMACS: a positive one names an atom or a gate, its negative is the
negation. The only gate is the conjunction; a disjunction is the negation of one. Equal formulas
are equal literals, so a statement that stands on both sides of a comparison is one gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from iamlogic.symbolic.languages import Language, Languages

TRUE = 1
FALSE = -1


@dataclass(frozen=True, slots=True)
class InLanguage:
    """The value of a string variable lies in a language."""

    variable: str
    language: Language


@dataclass(frozen=True, slots=True)
class Present:
    """The request has the context key."""

    key: str


@dataclass(frozen=True, slots=True)
class SomeValue:
    """Some value of a multivalued key lies in one of the languages or, `outside`, in none (R-C5).

    That all values lie in them, or none does, is the negation of the one or the other.
    """

    key: str
    languages: Languages
    outside: bool = False


@dataclass(frozen=True, slots=True)
class OneValue:
    """A multivalued key has exactly one value, and so can be a variable (R-V9)."""

    key: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """The request is by a principal of which no request is written here (R-M8).

    It may be so in some request, and in others not; no model shows one in which it is.
    """

    key: str


Atom = InLanguage | Present | SomeValue | OneValue | Unseen


class Terms:
    """The formulas of one question."""

    def __init__(self) -> None:
        self._atoms: dict[Atom, int] = {}
        self._in_language: dict[str, dict[Language, int]] = {}
        self._gates: dict[tuple[int, ...], int] = {}
        # By number: what a variable is. 0 is unused, so that -0 never arises; 1 is TRUE.
        self._meaning: list[Atom | tuple[int, ...] | None] = [None, ()]

    def atom(self, atom: Atom) -> int:
        literal = self._atoms.get(atom)
        if literal is None:
            literal = self._atoms[atom] = len(self._meaning)
            self._meaning.append(atom)
        return literal

    def in_language(self, variable: str, language: Language) -> int:
        """The atom `InLanguage(variable, language)`, found without making it: most exist."""
        literals = self._in_language.setdefault(variable, {})
        literal = literals.get(language)
        if literal is None:
            literal = literals[language] = self.atom(InLanguage(variable, language))
        return literal

    def by_variable(self) -> Mapping[str, dict[Language, int]]:
        """The atoms `InLanguage` of each variable, in the order in which they were made."""
        return self._in_language

    def all_of(self, literals: Iterable[int]) -> int:
        kept = set(literals)
        kept.discard(TRUE)
        if FALSE in kept or any(-literal in kept for literal in kept):
            return FALSE
        if not kept:
            return TRUE
        if len(kept) == 1:
            return kept.pop()
        children = tuple(sorted(kept))
        gate = self._gates.get(children)
        if gate is None:
            gate = self._gates[children] = len(self._meaning)
            self._meaning.append(children)
        return gate

    def any_of(self, literals: Iterable[int]) -> int:
        return -self.all_of([-literal for literal in literals])

    def meaning(self, variable: int) -> Atom | tuple[int, ...]:
        """The atom, or the children of the conjunction, that a positive literal names."""
        meaning = self._meaning[variable]
        assert meaning is not None
        return meaning
