"""Atoms of which some speak of two strings, and what the plain ones say of each string.

A template relates the string that it is compared with to the values that it refers to. Here is what
choosing values (`variables`) and proofs without a choice (`refutation`) both look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iamlogic.symbolic.enforcer import Domains, domain_of
from iamlogic.symbolic.languages import NOTHING, Glob, Language, Ref, Sequence, Template, Word
from iamlogic.symbolic.model import Conflict
from iamlogic.symbolic.requester import DERIVED, derived_value, with_value
from iamlogic.symbolic.symbolizer import CONSTANT, REQUESTER, SymbolicRequest
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, Present, SomeValue
from iamlogic.symbolic.values import Rows


def templates_of(atom: Atom) -> list[Template]:
    """The templates that an atom speaks of."""
    match atom:
        case InLanguage(_, Template() as template):
            return [template]
        case SomeValue(_, languages):
            return [each for each in languages if isinstance(each, Template)]
    return []


def owner_of(key: str) -> str:
    """The string variable that a key's value is, or is a part of."""
    return REQUESTER if key in DERIVED else key


def views_of(key: str, language: Language) -> list[Language] | None:
    """The words of the key's owner with which the key lies in the language."""
    return with_value(key, language) if key in DERIVED else [language]


class Relations:
    """The truth values of atoms, those apart that relate two strings."""

    def __init__(
        self, chosen: Mapping[Atom, bool], request: SymbolicRequest, domains: Domains
    ) -> None:
        self._request, self._domains = request, domains
        self.plain = {atom: holds for atom, holds in chosen.items() if not templates_of(atom)}
        self.related = {
            atom: holds
            for atom, holds in chosen.items()
            if templates_of(atom) and not self._is_idle(atom)
        }
        keys = {ref.key for a in self.related for each in templates_of(a) for ref in each.refs}
        self.keys = sorted(keys)
        self.owners = sorted(set(map(owner_of, keys)))

    def _is_idle(self, atom: Atom) -> bool:
        """A variable of the atom has no value, so that nothing asks what the atom is."""
        return any(
            self.plain.get(Present(ref.key)) is False or self.plain.get(OneValue(ref.key)) is False
            for template in templates_of(atom)
            for ref in template.refs
        )

    def compared(self) -> Iterator[tuple[str, Template, bool]]:
        """Each string with the templates that it must lie in, or must not."""
        for atom, holds in self.related.items():
            match atom:
                case InLanguage(variable, Template() as template):
                    yield variable, template, holds

    def domain(self, variable: str) -> Rows:
        return domain_of(variable, self._domains)

    def rows(self, variable: str, inside: list[Language]) -> list[list[Language]]:
        """The variable's domain and the languages that it must lie in."""
        return [*map(list, self.domain(variable)), *([part] for part in inside)]

    def plain_languages(self, variable: str) -> tuple[list[Language], list[Language]]:
        """Of a variable: the languages it lies in, and those that it does not."""
        inside: list[Language] = []
        outside: list[Language] = []
        for atom, holds in self.plain.items():
            if isinstance(atom, InLanguage) and atom.variable == variable:
                (inside if holds else outside).append(atom.language)
        return inside, outside

    def only_value(self, key: str) -> tuple[list[list[Language]], list[Language]]:
        """What the one value of a multivalued key lies in, one of each row, and what not."""
        rows: list[list[Language]] = []
        outside: list[Language] = []
        for atom, holds in self.plain.items():
            if isinstance(atom, SomeValue) and atom.key == key:
                if holds is atom.outside:
                    outside += atom.languages
                else:
                    rows.append(list(atom.languages))
        return rows, outside

    def known(self, key: str) -> Iterator[tuple[Language, Atom]]:
        """Languages that a key, or a string, lies in, each with the atom that says so."""
        for atom, holds in self.plain.items():
            if not holds or not isinstance(atom, InLanguage) or atom.variable != owner_of(key):
                continue
            if key not in DERIVED:
                yield atom.language, atom
            elif isinstance(atom.language, Word):
                value = derived_value(key, atom.language.text)
                yield NOTHING if value is None else Word(value), atom
            elif (language := self._request.views.get(key, {}).get(atom.language)) is not None:
                yield language, atom

    def fixed(self, key: str) -> tuple[str, Conflict] | None:
        """The only value that a key, or a string, can have, and why."""
        if key.startswith(CONSTANT):
            return key.removeprefix(CONSTANT), []
        for language, atom in self.known(key):
            if isinstance(language, Word):
                return language.text, [(atom, True)]
        return None

    def range(self, ref: Ref) -> tuple[Language | None, Conflict]:
        """A language that holds every value of a reference, and why."""
        fixed = self.fixed(ref.key)
        if fixed is not None:
            return Word(fixed[0]), fixed[1]
        for language, atom in self.known(ref.key):
            if isinstance(language, Glob | Sequence):
                return language, [(atom, True)]
        domain = self.domain(ref.key)
        return next((row[0] for row in domain if len(row) == 1), None), []

    def range_of(self, ref: Ref) -> Language | None:
        return self.range(ref)[0]
