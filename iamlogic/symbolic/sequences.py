"""The last resort for policy variables: a small conjunction, put to z3's theory of sequences.

It gets the atoms that choosing values and the proofs leave: a handful, about strings that refer to
one another. What z3 is told follows from the atoms and may be less than they say (a text in either
case is a text of that length; of what a template must not hold, some words). So

- what z3 refutes is refuted: the atoms are a conflict, whatever the values are;
- what z3 satisfies is a suggestion: values that the caller substitutes and decides.

z3 is asked once for each form of the requester's string, of whose fields the derived keys are
parts: that spares it most of its work. A template with a derived key that the requester lacks holds
nothing, here as in the other proofs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import z3  # type: ignore[import-untyped]

from iamlogic.symbolic.deadline import Deadline
from iamlogic.symbolic.enforcer import Domains, domain_of
from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Language,
    Nothing,
    Ref,
    Template,
    Word,
)
from iamlogic.symbolic.model import Conflict
from iamlogic.symbolic.requester import (
    DERIVED,
    LAYOUTS,
    SEPARATOR,
    Field,
    Kind,
    Layout,
    View,
    field_languages,
    kind_language,
)
from iamlogic.symbolic.scales import Interval
from iamlogic.symbolic.symbolizer import CONSTANT, REQUESTER, SymbolicRequest
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, Present, SomeValue
from iamlogic.symbolic.widening import segments
from iamlogic.symbolic.z3_terms import Z3Terms, text_of

_Viewed = dict[Language, dict[str, Language]]
"""Of a language of requesters, the keys whose values it stands for: two keys can be one part."""

_LONG = 1e6
"""Seconds that are no bound in practice; z3 takes at most 32 bits of milliseconds."""

_SUGGESTIONS = 8
"""Combinations of values that z3 is asked for, for one form of the requester."""

_EFFORT = 2_000_000
"""Steps of z3 (its `rlimit`) for one answer, some seconds at most: a count, so that the answer does
not hang on the machine."""


def suggestions(
    atoms: Mapping[Atom, bool],
    owners: Collection[str],
    request: SymbolicRequest,
    domains: Domains,
    deadline: Deadline,
) -> Iterator[dict[str, str] | Conflict]:
    """Words for the owners that may do, one after the other, or a conflict as the last.

    The caller draws the next only if words did not do. Without a conflict, z3 cannot say.
    """
    viewed: _Viewed = {}
    for key, views in request.views.items():
        for view, language in views.items():
            viewed.setdefault(view, {})[key] = language
    concerned = {*owners, *_compared(atoms)}
    layouts: list[tuple[Kind, Layout]] | list[None] = [None]
    if REQUESTER in concerned:
        layouts = [
            (kind, row) for kind in Kind if kind in request.possible for row in LAYOUTS[kind]
        ]
    # Words of a set's only value can fail because it is taken to be the only one.
    failing_is_proof = request.multivalued.isdisjoint(owners)
    conflict: dict[tuple[Atom, bool], None] = {}
    refuted = True
    for layout in layouts:
        case = _Case(atoms, concerned, layout, viewed, domains)
        answer = case.solve(owners, deadline)
        for _ in range(_SUGGESTIONS):
            if not isinstance(answer, dict):
                break
            yield answer
            case.refuse(answer)
            answer = case.solve(owners, deadline)
            if isinstance(answer, list):  # also the refused words fail, for reasons unknown here
                answer = list(atoms.items()) if failing_is_proof else None
        if isinstance(answer, list):
            conflict |= dict.fromkeys(answer)
        else:
            refuted = False
    if refuted:
        yield list(conflict)


class _Case:
    """A conjunction of atoms as constraints on strings, for one form of the requester's string."""

    def __init__(
        self,
        atoms: Mapping[Atom, bool],
        concerned: Collection[str],
        layout: tuple[Kind, Layout] | None,
        viewed: _Viewed,
        domains: Domains,
    ) -> None:
        self._domains, self._viewed = domains, viewed
        self._z3 = Z3Terms()
        self._facts: list[Any] = []
        self._strings: dict[str, Any] = {}
        self._kind: Kind | None = None
        self._parts: dict[Field | None, Any] = {}
        self._segments: list[list[Any]] = [[]]  # of what identifies the requester, between colons
        if layout is not None:
            self._lay_out(*layout)
        self._told: dict[str, tuple[Atom, bool]] = {}
        self._switches: list[Any] = []
        self._tell({atom: atoms[atom] for atom in atoms if _speaks_of(atom) in concerned})

    def _lay_out(self, kind: Kind, layout: Layout) -> None:
        """The requester's string, of its fields."""
        self._kind = kind
        pieces: list[Any] = []
        for part in layout:
            if part == SEPARATOR:
                self._parts[None] = self._z3.row(pieces)
            if isinstance(part, Field):
                field = self._parts[part] = self._z3.string(part.value)
                self._facts.append(self._any_of(field, field_languages(part), holds=True))
                pieces.append(field)
            else:
                pieces.append(self._z3.word(part))
        self._strings[REQUESTER] = self._z3.row(pieces)
        for part in layout[: layout.index(SEPARATOR)]:
            if isinstance(part, Field):
                self._segments[-1].append(self._parts[part])
                continue
            first, *others = part.split(":")
            self._segments[-1].append(self._z3.word(first))
            self._segments += [[self._z3.word(each)] for each in others]

    def solve(
        self, owners: Collection[str], deadline: Deadline
    ) -> dict[str, str] | Conflict | None:
        """Words for the owners that may do, atoms that cannot be; None: z3 cannot say."""
        strings = {owner: self._string(owner) for owner in owners}
        solver = self._asserting(self._switches)
        outcome = _check(solver, (), deadline)
        if outcome == z3.unsat:
            return [self._told[str(switch)] for switch in self._needed(deadline)]
        if outcome != z3.sat:
            return None
        model = solver.model()
        return {o: text_of(model.eval(s, model_completion=True)) for o, s in strings.items()}

    def _needed(self, deadline: Deadline) -> list[Any]:
        """Of atoms that were refuted together, some that are refuted by themselves.

        Which ones z3 names is a hint, no more: with strings it can leave out what it needed. So
        they are asserted alone, without assumptions that z3 could lose track of.
        """
        solver = self._asserting([])
        if _check(solver, self._switches, deadline) == z3.unsat:
            core = list(solver.unsat_core())
            if _check(self._asserting(core), (), deadline) == z3.unsat:
                return core
        return self._switches

    def _asserting(self, switches: list[Any]) -> Any:
        """A new solver that knows these atoms, and nothing of what was asked before."""
        solver = self._z3.solver()
        solver.set("rlimit", _EFFORT)
        solver.add(*self._facts, *switches)
        return solver

    def refuse(self, words: Mapping[str, str]) -> None:
        """Other words, please."""
        self._facts.append(
            self._z3.any_of([self._string(o) != self._z3.word(w) for o, w in words.items()])
        )

    # Atoms

    def _tell(self, atoms: Mapping[Atom, bool]) -> None:
        elements: dict[str, dict[Atom, tuple[Any, Any]]] = {}
        for atom, holds in atoms.items():
            switch = self._z3.boolean(f"atom {len(self._told)}")
            self._switches.append(switch)
            self._told[str(switch)] = (atom, holds)
            if holds and isinstance(atom, SomeValue | Present):  # a set has some value
                elements.setdefault(atom.key, {})[atom] = (switch, self._z3.fresh())
            elif holds and isinstance(atom, OneValue):
                elements.setdefault(atom.key, {})[atom] = (switch, self._string(atom.key))
        for switch, (atom, holds) in zip(self._switches, self._told.values(), strict=True):
            fact = self._fact(atom, elements.get(_speaks_of(atom), {}), holds=holds)
            self._facts.append(z3.Implies(switch, fact))

    def _fact(self, atom: Atom, elements: Mapping[Atom, tuple[Any, Any]], *, holds: bool) -> Any:
        """What an atom says, given the values of its key that other atoms ask for."""
        match atom:
            case InLanguage(variable, language) if variable == REQUESTER:
                return self._requester_in(language, holds=holds)
            case InLanguage(variable, language):
                return self._lies_in(self._string(variable), language, holds=holds)
            case SomeValue(_, languages, outside) if holds:
                return self._any_of(elements[atom][1], languages, holds=not outside)
            case SomeValue(_, languages, outside):
                return self._z3.all_of(
                    z3.Implies(switch, self._any_of(value, languages, holds=outside))
                    for switch, value in elements.values()
                )
            case OneValue(key) if holds:
                only = self._string(key)
                return self._z3.all_of(
                    z3.Implies(switch, v == only) for switch, v in elements.values()
                )
        return self._z3.true

    def _requester_in(self, language: Language, *, holds: bool) -> Any:
        """A language that is a kind, or a view of a part of the requester, is said of that."""
        for kind in Kind:
            if language == kind_language(kind):
                return self._z3.true if (kind is self._kind) is holds else self._z3.false
        assert self._kind is not None
        for key, within in self._viewed.get(language, {}).items():
            view = DERIVED[key].get(self._kind)
            if isinstance(view, View) and view.field is None:
                return self._identifier_in(within, holds=holds)
            if isinstance(view, View):
                return self._lies_in(self._parts[view.field], within, holds=holds)
        if language in self._viewed and isinstance(language, Template):
            return self._z3.true
        return self._lies_in(self._string(REQUESTER), language, holds=holds)

    def _identifier_in(self, within: Language, *, holds: bool) -> Any:
        """An ARN is compared segment by segment, as far as no part can run over a colon."""
        rows = segments(within, len(self._segments) - 1)
        ends = len(rows) - 1
        rest: list[Any] = []
        for segment in self._segments[ends:]:
            rest += [*segment, self._z3.word(":")]
        values = [*self._segments[:ends], rest[:-1]]
        facts = [
            self._lies_in(self._z3.row(value), row, holds=holds)
            for value, row in zip(values, rows, strict=True)
        ]
        return self._z3.all_of(facts) if holds else self._z3.any_of(facts)

    def _any_of(self, value: Any, languages: Iterable[Language], *, holds: bool) -> Any:
        """The value lies in one of the languages or, if not `holds`, in none."""
        facts = [self._lies_in(value, each, holds=holds) for each in languages]
        return self._z3.any_of(facts) if holds else self._z3.all_of(facts)

    def _lies_in(self, value: Any, language: Language, *, holds: bool) -> Any:
        match language:
            case Template():
                return self._held(value, language) if holds else self._missed(value, language)
            case Interval():
                return self._z3.true
            case Nothing():
                return self._z3.false if holds else self._z3.true
            case Word(text):
                fact = value == self._z3.word(text)
            case _:
                fact = z3.InRe(value, self._z3.regex(language))
        return fact if holds else z3.Not(fact)

    def _held(self, value: Any, template: Template) -> Any:
        """The value is the row of letters, with some text in the place of each loop."""
        pieces: list[Any] = []
        facts: list[Any] = []
        for position, loop in enumerate(template.loops):
            if loop is not None:
                pieces.append(self._z3.fresh())
                if loop != ANY:
                    facts.append(z3.InRe(pieces[-1], z3.Star(self._z3.char(loop))))
            if position == len(template.letters):
                break
            letter = template.letters[position]
            if isinstance(letter, Ref):
                reading = self._reading(letter)
                if reading is None:
                    return self._z3.false
                text, lacks = reading
                facts += map(z3.Not, lacks)
                if letter.any_case:
                    pieces.append(self._z3.fresh())
                    facts.append(z3.Length(pieces[-1]) == z3.Length(text))
                else:
                    pieces.append(text)
            elif (char := _only(letter)) is not None:
                pieces.append(self._z3.word(char))
            else:
                pieces.append(self._z3.fresh())
                facts.append(z3.InRe(pieces[-1], self._z3.char(letter)))
        return self._z3.all_of([value == self._z3.row(pieces), *facts])

    def _missed(self, value: Any, template: Template) -> Any:
        """The value is not the row: said of one or two loops, of more as if they were empty."""
        pieces: list[list[Any]] = [[]]
        lacking: list[Any] = []
        for position, loop in enumerate(template.loops):
            if loop == ANY:
                pieces.append([])
            if position == len(template.letters):
                break
            letter = template.letters[position]
            if isinstance(letter, Ref):
                reading = self._reading(letter)
                if reading is None:
                    return self._z3.true
                text, lacks = reading
                lacking += lacks
            elif (char := _only(letter)) is not None:
                text = self._z3.word(char)
            else:
                return self._z3.true
            pieces[-1].append(text)
        return self._z3.any_of([*lacking, z3.Not(self._fits(value, pieces))])

    def _fits(self, value: Any, pieces: list[list[Any]]) -> Any:
        """The value is these pieces with anything between them, or perhaps a little less."""
        match pieces:
            case [whole]:
                return value == self._z3.row(whole)
            case [[], middle, []]:
                return z3.Contains(value, self._z3.row(middle))
        head = self._z3.row(pieces[0])
        tail = self._z3.row([text for piece in pieces[1:] for text in piece])
        room = z3.Length(value) >= z3.Length(head) + z3.Length(tail)
        return self._z3.all_of([z3.PrefixOf(head, value), z3.SuffixOf(tail, value), room])

    # Strings

    def _string(self, variable: str) -> Any:
        """A string variable, within its domain."""
        if variable.startswith(CONSTANT):
            return self._z3.word(variable.removeprefix(CONSTANT))
        if variable not in self._strings:
            string = self._strings[variable] = self._z3.string(variable)
            for row in domain_of(variable, self._domains):
                self._facts.append(self._any_of(string, row, holds=True))
        return self._strings[variable]

    def _reading(self, ref: Ref) -> tuple[Any, list[Any]] | None:
        """The text that a reference puts in its place, and what must not be; None: no value."""
        value = self._string(ref.key)
        if ref.key in DERIVED:
            assert self._kind is not None
            part = DERIVED[ref.key].get(self._kind)
            if part is None:
                return None
            value = self._z3.word(part) if isinstance(part, str) else self._parts[part.field]
        lacks = [z3.Contains(value, self._z3.word(stop)) for stop in ref.stops]
        if ref.reads is None:
            return value, lacks
        values, text = ref.reads
        lacks.append(self._z3.all_of(value != self._z3.word(each) for each in sorted(values)))
        return self._z3.word(text), lacks


def _check(solver: Any, assumptions: Iterable[Any], deadline: Deadline) -> Any:
    deadline.check()
    if (remaining := deadline.remaining()) < _LONG:
        solver.set("timeout", max(1, int(remaining * 1000)))
    outcome = solver.check(*assumptions)
    if outcome == z3.unknown:
        if "interrupted" in solver.reason_unknown():
            raise KeyboardInterrupt
        deadline.check()
    return outcome


def _only(chars: CharSet) -> str | None:
    """The only character of the set."""
    return None if chars.negated or len(chars.chars) != 1 else next(iter(chars.chars))


def _speaks_of(atom: Atom) -> str:
    return atom.variable if isinstance(atom, InLanguage) else atom.key


def _compared(atoms: Iterable[Atom]) -> Iterable[str]:
    """The strings and keys that templates are compared with."""
    for atom in atoms:
        match atom:
            case InLanguage(variable, Template()):
                yield variable
            case SomeValue(key, languages) if any(isinstance(e, Template) for e in languages):
                yield key
