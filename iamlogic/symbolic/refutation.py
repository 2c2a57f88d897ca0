"""Proofs that atoms with variables cannot be true together, which lean on no choice of values.

- A banned language takes a template that is asked for, whatever its variables are; variables that
  must be equal count as one.
- A string finds no word even where its templates are widened to all values of their variables.
- A string is known, or is a variable alone: what is asked of it is then asked of the variable.

A template whose variable a requester lacks holds nothing here (`sequences` agrees).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from iamlogic.symbolic.deadline import Deadline
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import (
    ANY,
    NOTHING,
    CharSet,
    Language,
    Ref,
    Template,
    Word,
    one,
)
from iamlogic.symbolic.model import Conflict
from iamlogic.symbolic.relations import Relations, owner_of, templates_of, views_of
from iamlogic.symbolic.terms import Atom, InLanguage, Present, SomeValue
from iamlogic.symbolic.values import find_value
from iamlogic.symbolic.widening import first_parts, residue, widened


def refutation(relations: Relations, deadline: Deadline) -> Conflict | None:
    """A conflict, if one of the proofs goes through; `covered` is asked apart, being cheap."""
    return (
        _widened_texts(relations, deadline)
        or _widened_sets(relations, deadline)
        or _transferred(relations, deadline)
    )


def covered(relations: Relations) -> Iterator[Conflict]:
    """A template is asked for and banned languages take it, whatever its variables are."""
    atoms = {**relations.related, **relations.plain}
    equal = dict(_equalities(relations))
    renamed = {atom: _renamed(atom, equal) for atom in atoms} if equal else {}
    banned = [atom for atom, holds in atoms.items() if not holds]
    for atom in (atom for atom, holds in relations.related.items() if holds):
        for other in banned:
            if _takes(other, atom):
                yield [(atom, True), (other, False)]
                break
            (wide, why), (narrow, too) = (
                renamed.get(other, (other, ())),
                renamed.get(atom, (atom, ())),
            )
            if (why or too) and _takes(wide, narrow):
                yield list(dict.fromkeys([(atom, True), (other, False), *why, *too]))
                break


def _equalities(relations: Relations) -> Iterator[tuple[str, tuple[Ref, Atom]]]:
    """Each string that must be the value of a variable, with that and the atom that says so."""
    for atom, holds in relations.related.items():
        match atom:
            case InLanguage(variable, Template() as template) if holds:
                ref = template.sole_ref
                if ref is not None and not ref.stops and ref.reads is None:
                    yield variable, (ref, atom)


def _renamed(atom: Atom, equal: Mapping[str, tuple[Ref, Atom]]) -> tuple[Atom, Conflict]:
    """The atom with variables in the place of their equals, and why they are equal."""
    why: Conflict = []
    if not isinstance(atom, InLanguage) or not isinstance(atom.language, Template):
        return atom, why
    template = atom.language
    letters: list[CharSet | Ref] = []
    for letter in template.letters:
        if isinstance(letter, Ref) and letter.key in equal:
            ref, because = equal[letter.key]
            letters.append(replace(letter, key=ref.key, alphabet=ref.alphabet))
            why.append((because, True))
        else:
            letters.append(letter)
    return InLanguage(atom.variable, Template(tuple(letters), template.loops)), why


def _widened_texts(relations: Relations, deadline: Deadline) -> Conflict | None:
    """Even with every value of the variables at once, a string finds no word."""
    variables = {atom.variable for atom in relations.related if isinstance(atom, InLanguage)}
    for variable in sorted(variables):
        reasons: dict[tuple[Atom, bool], None] = {}
        rows = list(relations.domain(variable))
        outside: list[Language] = []
        for atom, holds in (*relations.plain.items(), *relations.related.items()):
            if not isinstance(atom, InLanguage) or atom.variable != variable:
                continue
            language = atom.language
            if isinstance(language, Template):
                ranges = [relations.range(ref) for ref in language.refs]
                if not holds and not all(isinstance(known, Word) for known, _ in ranges):
                    continue
                reasons |= dict.fromkeys(reason for _, why in ranges for reason in why)
                language = widened(language, relations.range_of)
            reasons[atom, holds] = None
            if holds:
                rows.append([language])
            else:
                outside.append(language)
        if find_value(rows, outside, deadline) is None:
            return list(reasons)
    return None


def _widened_sets(relations: Relations, deadline: Deadline) -> Conflict | None:
    """…or a demand on a multivalued key finds no value."""
    for key in sorted({atom.key for atom in relations.related if isinstance(atom, SomeValue)}):
        rows = list(relations.domain(key))
        banned: list[Language] = []
        reasons: dict[tuple[Atom, bool], None] = {}
        demands: list[tuple[list[Language], Conflict]] = []
        for atom, holds in (*relations.plain.items(), *relations.related.items()):
            if not isinstance(atom, SomeValue) or atom.key != key or atom.outside is holds:
                continue  # only what lies in languages: some value, or every value
            refs = [ref for each in templates_of(atom) for ref in each.refs]
            why: Conflict = [
                (atom, holds),
                *(each for ref in refs for each in relations.range(ref)[1]),
            ]
            row = [
                widened(each, relations.range_of) if isinstance(each, Template) else each
                for each in atom.languages
            ]
            if holds:
                demands.append((row, why))
            else:
                rows.append(row)
                reasons |= dict.fromkeys(why)
        for atom, holds in relations.plain.items():
            if isinstance(atom, SomeValue) and atom.key == key and not (holds or atom.outside):
                banned += atom.languages
                reasons[atom, False] = None
        for row, why in demands:
            if find_value([*rows, row], banned, deadline) is None:
                return list(dict.fromkeys((*why, *reasons)))
    return None


def _transferred(relations: Relations, deadline: Deadline) -> Conflict | None:
    """What is asked of a string that is known, or equals a variable, is asked of that."""
    for owner in relations.owners:
        inside, outside = relations.plain_languages(owner)
        reasons: dict[tuple[Atom, bool], None] = {
            (atom, holds): None
            for atom, holds in relations.plain.items()
            if isinstance(atom, InLanguage) and atom.variable == owner
        }
        rows = [*relations.domain(owner), *([part] for part in inside)]
        for atom, holds in relations.related.items():
            for parts, why in beginnings(relations, owner, atom):
                reasons |= dict.fromkeys(why)
                rows.append(parts)
            if not isinstance(atom, InLanguage):
                continue
            for views, view_holds, why in _asked_of(relations, owner, atom, holds=holds):
                reasons |= dict.fromkeys(why)
                if view_holds:
                    rows.append(views)
                else:
                    outside += views
        if find_value(rows, outside, deadline) is None:
            return list(reasons)
    return None


def beginnings(
    relations: Relations, owner: str, every: Atom
) -> Iterator[tuple[list[Language], Conflict]]:
    """What the owner lies in, and why, where all values of a key begin with the owner's value.

    Then it is what some of them, or all of them, begin with.
    """
    if not isinstance(every, SomeValue) or not every.outside or relations.related[every]:
        return
    (template,) = every.languages if len(every.languages) == 1 else (NOTHING,)
    ref = _is_beginning(template)
    if ref is None or ref.key != owner:
        return
    atoms = [a for a in relations.plain.items() if _speaks_of_key(a[0], every.key)]
    has_values = relations.plain.get(Present(every.key)) is True
    for atom, holds in atoms:
        assert isinstance(atom, SomeValue)
        if atom.outside is holds or not (holds or has_values):
            continue  # every value lies in these languages, but there need be none
        parts: list[Language] = []
        why: Conflict = [(every, False), (atom, holds)]
        if not holds:
            why.append((Present(every.key), True))
        for language in atom.languages:
            banned = next((other for other, h in atoms if not h and _bans(other, language)), None)
            if banned is not None:  # no value lies in it
                why.append((banned, False))
                continue
            first = first_parts(language, ref.stops)
            if first is None:
                break
            parts += first
        else:
            yield parts, why


def _speaks_of_key(atom: Atom, key: str) -> bool:
    return isinstance(atom, SomeValue) and atom.key == key


def _bans(atom: Atom, language: Language) -> bool:
    """An atom that is false says that no value lies in the language."""
    assert isinstance(atom, SomeValue)
    return not atom.outside and any(covers(each, language) for each in atom.languages)


def _asked_of(
    relations: Relations, owner: str, atom: InLanguage, *, holds: bool
) -> Iterator[tuple[list[Language], bool, Conflict]]:
    """(languages of the owner, whether it lies in one or in none, why), from one template."""
    template = atom.language
    assert isinstance(template, Template)
    refs = template.refs
    if len(refs) != 1 or owner_of(refs[0].key) != owner or atom.variable == owner:
        return
    key = refs[0].key
    pinned = relations.fixed(atom.variable)
    if pinned is not None:
        word, why = pinned
        values = residue(template, word)
        views = [views_of(key, Word(value)) for value in values or ()]
        if values is not None and None not in views:
            flat = [view for each in views for view in each or ()]
            yield flat, holds, [*why, (atom, holds)]
    elif holds and template.sole_ref is not None and not refs[0].stops:
        for other, other_holds in relations.plain.items():
            if isinstance(other, InLanguage) and other.variable == atom.variable:
                known = views_of(key, other.language)
                if known is not None:
                    yield known, other_holds, [(other, other_holds), (atom, True)]


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
