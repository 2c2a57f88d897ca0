"""Policy variables: choose their values, substitute, decide.

A template relates two strings, the one that it is compared with and the value that it refers to. To
find a model, values for what is referred to are chosen first; substituted, every atom speaks of one
string again, and the plain theory decides. Where all choices fail, the atoms are a conflict only if
a proof says so that does not lean on the choice:

- a template that some banned language takes whatever the value is (`inclusion.covers`);
- templates widened to all values that the variable may have, where even that is too little;
- a template whose string is known, or that is the variable alone: what is asked of the string is
  then asked of the variable.

What no choice satisfies and none of these refutes stays undecided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING

from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.enforcer import domain_of
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import (
    ANY,
    NOTHING,
    CharSet,
    Glob,
    Language,
    Ref,
    Sequence,
    Template,
    Word,
    one,
)
from iamlogic.symbolic.model import Conflict, Model
from iamlogic.symbolic.requester import DERIVED, derived_value, with_value
from iamlogic.symbolic.symbolizer import CONSTANT, REQUESTER
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, Present, SomeValue
from iamlogic.symbolic.values import find_value, fits
from iamlogic.symbolic.widening import first_parts, residue, values_within, widened

if TYPE_CHECKING:
    from iamlogic.symbolic.theory import Theory


def templates_of(atom: Atom) -> list[Template]:
    """The templates that an atom speaks of."""
    match atom:
        case InLanguage(_, Template() as template):
            return [template]
        case SomeValue(_, languages):
            return [each for each in languages if isinstance(each, Template)]
    return []


def _owner(key: str) -> str:
    """The string variable that a key's value is, or is a part of."""
    return REQUESTER if key in DERIVED else key


_FIRST_CHOICES, _CHOICES = 2, 64
"""Combinations of values that are tried before a proof is looked for, and after."""


class Choice:
    """One decision over atoms of which some speak of two strings."""

    def __init__(self, theory: Theory, chosen: Mapping[Atom, bool], deadline: Deadline) -> None:
        self._theory, self._deadline = theory, deadline
        self._plain = {atom: holds for atom, holds in chosen.items() if not templates_of(atom)}
        self._related = {
            atom: holds
            for atom, holds in chosen.items()
            if templates_of(atom) and not self._is_idle(atom)
        }
        self._keys = sorted(
            {ref.key for atom in self._related for each in templates_of(atom) for ref in each.refs}
        )
        self._owners = sorted(set(map(_owner, self._keys)))

    def _is_idle(self, atom: Atom) -> bool:
        """A variable of the atom has no value, so that nothing asks what the atom is."""
        return any(
            self._plain.get(Present(ref.key)) is False
            or self._plain.get(OneValue(ref.key)) is False
            for template in templates_of(atom)
            for ref in template.refs
        )

    def outcome(self) -> Model | list[Conflict]:
        """A model, or a conflict that holds whatever the variables are."""
        covered = list(self._covered())
        first = self._theory.decide_plain(self._plain, self._deadline)
        if not isinstance(first, Model):
            return [*covered, *first]
        if covered:
            return covered
        choices = self._choices(first)
        model = self._first_model(islice(choices, _FIRST_CHOICES))
        if model is not None or not self._theory.explains:
            return model or []
        conflict = self._widened() or self._transferred()
        if conflict is not None:
            return [conflict]
        model = self._first_model(islice(choices, _CHOICES))
        if model is not None:
            return model
        raise Undecided("the variables of the policies depend on each other in a way too hard")

    # Choose, substitute, decide

    def _first_model(self, choices: Iterable[Mapping[str, str]]) -> Model | None:
        for words in choices:
            self._deadline.check()
            model = self._with(words)
            if model is not None:
                return model
        return None

    def _with(self, words: Mapping[str, str]) -> Model | None:
        """A model in which the owners have these words."""
        values = self._values(words)
        atoms = dict(self._plain)
        for atom, holds in self._related.items():
            grounded = _grounded(atom, values)
            if atoms.setdefault(grounded, holds) is not holds:
                return None
        for owner, word in words.items():
            pins: list[Atom] = [InLanguage(owner, Word(word))]
            if owner in self._theory.request.multivalued:
                pins = [SomeValue(owner, frozenset({Word(word)})), OneValue(owner)]
            if not all(atoms.setdefault(pin, True) for pin in pins):
                return None
        return self._theory.model(atoms, self._deadline)

    def _values(self, words: Mapping[str, str]) -> dict[str, str]:
        """What the variables are; one that the requester lacks is compared with nothing."""
        values = {}
        for key in self._keys:
            if key in DERIVED:
                derived = derived_value(key, words[REQUESTER])
                values[key] = "" if derived is None else derived
            else:
                values[key] = words[key]
        return values

    def _choices(self, first: Model) -> Iterator[dict[str, str]]:
        """Words for the owners: those that the templates ask for, then likely ones."""
        candidates = {owner: list(self._candidates(owner, first)) for owner in self._owners}
        for combination in product(*candidates.values()):
            yield dict(zip(candidates, combination, strict=True))

    def _candidates(self, owner: str, first: Model) -> Iterable[str]:
        inside, outside = self._plain_languages(owner)
        inside += [
            widened(atom.language, self._range_of)
            for atom, holds in self._related.items()
            if holds
            and isinstance(atom, InLanguage)
            and atom.variable == owner
            and isinstance(atom.language, Template)
        ]
        domain = domain_of(owner, self._theory.domains)
        found: dict[str, None] = {}
        for key, value in self._asked_for(owner):
            views = _views(key, Word(value))
            if views is not None:
                rows = [*domain, *([part] for part in inside), views]
                for word in self._theory.suggest(owner, views):
                    if fits(word, rows, outside):
                        found[word] = None
                        break
                else:
                    other = find_value(rows, outside, self._deadline)
                    if other is not None:
                        found[other] = None
        if owner in first.words:
            found[first.words[owner]] = None
        rows = [*domain, *([part] for part in inside)]
        for word in self._theory.suggest(owner, inside):
            if fits(word, rows, outside):
                found[word] = None
            if len(found) >= _WORDS:
                break
        if len(found) < _WORDS:
            other = find_value(rows, [*outside, *map(Word, found)], self._deadline)
            if other is not None:
                found[other] = None
        return found

    def _asked_for(self, owner: str) -> Iterator[tuple[str, str]]:
        """Values of the owner's keys that some template and what its string must be ask for."""
        for atom, holds in self._related.items():
            if not holds or not isinstance(atom, InLanguage):
                continue
            template = atom.language
            assert isinstance(template, Template)
            if not any(_owner(ref.key) == owner for ref in template.refs):
                continue
            inside, outside = self._plain_languages(atom.variable)
            wide = widened(template, self._range_of)
            rows = [*domain_of(atom.variable, self._theory.domains), *([p] for p in inside)]
            word = find_value([*rows, [wide]], outside, self._deadline)
            if word is not None:
                for key, value in values_within(template, self._range_of, word).items():
                    if _owner(key) == owner:
                        yield key, value

    # Proofs

    def _covered(self) -> Iterator[Conflict]:
        """A template is asked for and banned languages take it, whatever its variables are."""
        atoms = (*self._related.items(), *self._plain.items())
        banned = [atom for atom, holds in atoms if not holds]
        for atom in (atom for atom, holds in self._related.items() if holds):
            other = next((other for other in banned if _takes(other, atom)), None)
            if other is not None:
                yield [(atom, True), (other, False)]

    def _widened(self) -> Conflict | None:
        """Even with every value of the variables at once, a string finds no word."""
        variables = {atom.variable for atom in self._related if isinstance(atom, InLanguage)}
        for variable in sorted(variables):
            reasons: dict[tuple[Atom, bool], None] = {}
            rows = list(domain_of(variable, self._theory.domains))
            outside: list[Language] = []
            for atom, holds in (*self._plain.items(), *self._related.items()):
                if not isinstance(atom, InLanguage) or atom.variable != variable:
                    continue
                language = atom.language
                if isinstance(language, Template):
                    ranges = [self._range(ref) for ref in language.refs]
                    if not holds and not all(isinstance(known, Word) for known, _ in ranges):
                        continue
                    reasons |= dict.fromkeys(reason for _, why in ranges for reason in why)
                    language = widened(language, self._range_of)
                reasons[atom, holds] = None
                if holds:
                    rows.append([language])
                else:
                    outside.append(language)
            if find_value(rows, outside, self._deadline) is None:
                return list(reasons)
        return self._widened_sets()

    def _widened_sets(self) -> Conflict | None:
        """…or a demand on a multivalued key finds no value."""
        for key in sorted({atom.key for atom in self._related if isinstance(atom, SomeValue)}):
            rows = list(domain_of(key, self._theory.domains))
            banned: list[Language] = []
            reasons: dict[tuple[Atom, bool], None] = {}
            demands: list[tuple[list[Language], Conflict]] = []
            for atom, holds in (*self._plain.items(), *self._related.items()):
                if not isinstance(atom, SomeValue) or atom.key != key or atom.outside is holds:
                    continue  # only what lies in languages: some value, or every value
                refs = [ref for each in templates_of(atom) for ref in each.refs]
                why: Conflict = [(atom, holds), *(r for ref in refs for r in self._range(ref)[1])]
                row = [
                    widened(each, self._range_of) if isinstance(each, Template) else each
                    for each in atom.languages
                ]
                if holds:
                    demands.append((row, why))
                else:
                    rows.append(row)
                    reasons |= dict.fromkeys(why)
            for atom, holds in self._plain.items():
                if isinstance(atom, SomeValue) and atom.key == key and not (holds or atom.outside):
                    banned += atom.languages
                    reasons[atom, False] = None
            for row, why in demands:
                if find_value([*rows, row], banned, self._deadline) is None:
                    return list(dict.fromkeys((*why, *reasons)))
        return None

    def _transferred(self) -> Conflict | None:
        """What is asked of a string that is known, or equals a variable, is asked of that."""
        for owner in self._owners:
            inside, outside = self._plain_languages(owner)
            reasons: dict[tuple[Atom, bool], None] = {
                (atom, holds): None
                for atom, holds in self._plain.items()
                if isinstance(atom, InLanguage) and atom.variable == owner
            }
            rows = [*domain_of(owner, self._theory.domains), *([part] for part in inside)]
            for atom, holds in self._related.items():
                if isinstance(atom, SomeValue) and not holds and atom.outside:
                    for parts, why in self._beginnings(owner, atom):
                        reasons |= dict.fromkeys(why)
                        rows.append(parts)
                if not isinstance(atom, InLanguage):
                    continue
                for views, view_holds, why in self._asked_of(owner, atom, holds=holds):
                    reasons |= dict.fromkeys(why)
                    if view_holds:
                        rows.append(views)
                    else:
                        outside += views
            if find_value(rows, outside, self._deadline) is None:
                return list(reasons)
        return None

    def _beginnings(
        self, owner: str, every: SomeValue
    ) -> Iterator[tuple[list[Language], Conflict]]:
        """All values of a key begin with the owner's: so what some value begins with is that."""
        (template,) = every.languages if len(every.languages) == 1 else (NOTHING,)
        ref = _is_beginning(template)
        if ref is None or ref.key != owner:
            return
        for atom, holds in self._plain.items():
            if (
                holds
                and isinstance(atom, SomeValue)
                and (atom.key, atom.outside) == (every.key, False)
            ):
                parts = [first_parts(language, ref.stops) for language in atom.languages]
                if None not in parts:
                    flat = [part for each in parts for part in each or ()]
                    yield flat, [(every, False), (atom, True)]

    def _asked_of(
        self, owner: str, atom: InLanguage, *, holds: bool
    ) -> Iterator[tuple[list[Language], bool, Conflict]]:
        """(languages of the owner, whether it lies in one or in none, why), from one template."""
        template = atom.language
        assert isinstance(template, Template)
        refs = template.refs
        if len(refs) != 1 or _owner(refs[0].key) != owner or atom.variable == owner:
            return
        key = refs[0].key
        pinned = self._fixed(atom.variable)
        if pinned is not None:
            word, why = pinned
            values = residue(template, word)
            views = [_views(key, Word(value)) for value in values or ()]
            if values is not None and None not in views:
                flat = [view for each in views for view in each or ()]
                yield flat, holds, [*why, (atom, holds)]
        elif holds and template.sole_ref is not None and not refs[0].stops:
            for other, other_holds in self._plain.items():
                if isinstance(other, InLanguage) and other.variable == atom.variable:
                    known = _views(key, other.language)
                    if known is not None:
                        yield known, other_holds, [(other, other_holds), (atom, True)]

    # What the plain atoms say

    def _plain_languages(self, variable: str) -> tuple[list[Language], list[Language]]:
        """Of a variable: the languages it lies in, and those that it does not."""
        inside: list[Language] = []
        outside: list[Language] = []
        for atom, holds in self._plain.items():
            if isinstance(atom, InLanguage) and atom.variable == variable:
                (inside if holds else outside).append(atom.language)
        return inside, outside

    def _known(self, key: str) -> Iterator[tuple[Language, Atom]]:
        """Languages that a key, or a string, lies in, each with the atom that says so."""
        for atom, holds in self._plain.items():
            if not holds or not isinstance(atom, InLanguage) or atom.variable != _owner(key):
                continue
            if key not in DERIVED:
                yield atom.language, atom
            elif isinstance(atom.language, Word):
                value = derived_value(key, atom.language.text)
                yield NOTHING if value is None else Word(value), atom
            elif (
                language := self._theory.request.views.get(key, {}).get(atom.language)
            ) is not None:
                yield language, atom

    def _fixed(self, key: str) -> tuple[str, Conflict] | None:
        """The only value that a key, or a string, can have, and why."""
        if key.startswith(CONSTANT):
            return key.removeprefix(CONSTANT), []
        for language, atom in self._known(key):
            if isinstance(language, Word):
                return language.text, [(atom, True)]
        return None

    def _range(self, ref: Ref) -> tuple[Language | None, Conflict]:
        """A language that holds every value of a reference, and why."""
        fixed = self._fixed(ref.key)
        if fixed is not None:
            return Word(fixed[0]), fixed[1]
        for language, atom in self._known(ref.key):
            if isinstance(language, Glob | Sequence):
                return language, [(atom, True)]
        domain = domain_of(ref.key, self._theory.domains)
        return next((row[0] for row in domain if len(row) == 1), None), []

    def _range_of(self, ref: Ref) -> Language | None:
        return self._range(ref)[0]


_WORDS = 5
"""Words that are tried for one owner."""


def _views(key: str, language: Language) -> list[Language] | None:
    """The words of the key's owner with which the key lies in the language."""
    return with_value(key, language) if key in DERIVED else [language]


def _takes(wide: Atom, narrow: Atom) -> bool:
    """The one atom holds whenever the other does, whatever the variables are."""
    match wide, narrow:
        case InLanguage(variable, all_), InLanguage(other, some):
            return variable == other and covers(all_, some)
        case SomeValue(key, all_of, False), SomeValue(other, some_of, False):
            return key == other and all(any(covers(w, n) for w in all_of) for n in some_of)
    return False


def _is_beginning(template: Language) -> Ref | None:
    """The reference of a template that says how texts begin: a value, a stop, and anything."""
    match template:
        case Template((Ref(stops=stops) as ref, CharSet() as stop), (None, None, loop)) if (
            loop == ANY and len(stops) == 1 and stop == one(stops)
        ):
            return ref
    return None


def _grounded(atom: Atom, values: Mapping[str, str]) -> Atom:
    """The atom with the variables' values in their places."""
    match atom:
        case InLanguage(variable, Template() as template):
            return InLanguage(variable, template.substitute(values))
        case SomeValue(key, languages, outside):
            substituted = frozenset(
                each.substitute(values) if isinstance(each, Template) else each
                for each in languages
            )
            return SomeValue(key, substituted, outside)
    return atom
