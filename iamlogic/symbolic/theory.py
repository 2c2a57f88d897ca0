"""From truth values of atoms to values of fields, or to the atoms that cannot be true together.

z3 sees atoms as bare Booleans; what they say of strings is decided here, one variable at a time,
for no atom speaks of two. The cheap cases come first, in the order of how often they decide: a
literal, a believable word, a single covering pattern; the product of automata decides the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.enforcer import Domains, domain_of
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import Language, Union, Word, matches
from iamlogic.symbolic.model import Conflict, Model, Suggest
from iamlogic.symbolic.relations import templates_of
from iamlogic.symbolic.scales import Scale, read, spellings
from iamlogic.symbolic.symbolizer import CURRENT_TIME, EPOCH_TIME, SymbolicRequest
from iamlogic.symbolic.terms import Atom, InLanguage, OneValue, Present, SomeValue
from iamlogic.symbolic.values import Rows, find_value, fits, smallest_conflict
from iamlogic.symbolic.variables import Choice


@dataclass(slots=True)
class _Demands:
    """What atoms say of the values of one multivalued key."""

    atoms: dict[Atom, bool] = field(default_factory=dict)

    def some(self) -> Iterable[SomeValue]:
        """What some value must do."""
        return (a for a, holds in self.atoms.items() if holds and isinstance(a, SomeValue))

    def all(self) -> tuple[Rows, list[Language]]:
        """What every value must do: lie in one language of each row, and in none of the list."""
        rows: list[list[Language]] = []
        banned: list[Language] = []
        for atom, holds in self.atoms.items():
            if holds or not isinstance(atom, SomeValue):
                continue
            if atom.outside:
                rows.append(list(atom.languages))
            else:
                banned += atom.languages
        return rows, banned


class Theory:
    """Decides sets of atoms over given domains; remembers what it has decided."""

    def __init__(self, domains: Domains, suggest: Suggest, request: SymbolicRequest) -> None:
        self.domains = domains
        self.suggest = suggest
        self.request = request
        self.explains = True  # a conflict is cut down to what it needs
        self._decided: dict[
            tuple[str, frozenset[Language], frozenset[Language]],
            str | tuple[list[Language], list[Language]],
        ] = {}

    def model(self, chosen: dict[Atom, bool], deadline: Deadline) -> Model | None:
        """A model of the atoms' truth values, if there is one; nothing is explained."""
        explains, self.explains = self.explains, False
        try:
            outcome = self.decide(chosen, deadline)
        finally:
            self.explains = explains
        return outcome if isinstance(outcome, Model) else None

    def decide(self, chosen: dict[Atom, bool], deadline: Deadline) -> Model | list[Conflict]:
        """A model of the atoms' truth values, or why there is none."""
        if any(map(templates_of, chosen)):
            return Choice(self, chosen, deadline).outcome()
        return self.decide_plain(chosen, deadline)

    def decide_plain(self, chosen: dict[Atom, bool], deadline: Deadline) -> Model | list[Conflict]:
        """`decide` for atoms that speak of one variable each."""
        model = Model()
        inside: dict[str, list[Language]] = {}
        outside: dict[str, list[Language]] = {}
        demands: dict[str, _Demands] = {}
        for atom, holds in chosen.items():
            match atom:
                case InLanguage(variable, language):
                    (inside if holds else outside).setdefault(variable, []).append(language)
                case SomeValue(key) | OneValue(key):
                    demands.setdefault(key, _Demands()).atoms[atom] = holds
                case Present(key):
                    model.keys[key] = holds
                    if holds and key in self.request.multivalued:
                        demands.setdefault(key, _Demands())
                    elif holds and key in self.domains:
                        inside.setdefault(key, [])
        conflicts: list[Conflict] = []
        for variable in sorted(inside.keys() | outside.keys()):
            outcome = self._word(
                variable, inside.get(variable, []), outside.get(variable, []), deadline
            )
            if isinstance(outcome, str):
                model.words[variable] = outcome
            else:
                conflict: Conflict = [(InLanguage(variable, part), True) for part in outcome[0]]
                conflict += [(InLanguage(variable, part), False) for part in outcome[1]]
                conflicts.append(conflict)
        for key, wanted in demands.items():
            values: tuple[str, ...] | Conflict = ()
            if chosen.get(Present(key)):
                values = self._values(key, wanted, deadline)
            if isinstance(values, tuple):
                model.sets[key] = values
            else:
                conflicts.append(values)
        if not conflicts and self.request.one_clock and model.keys.get(EPOCH_TIME):
            _set_clocks(model, compares_texts=bool(inside.get(EPOCH_TIME) or EPOCH_TIME in outside))
        return conflicts or model

    def _word(
        self, variable: str, inside: list[Language], outside: list[Language], deadline: Deadline
    ) -> str | tuple[list[Language], list[Language]]:
        """A value in all of `inside` and none of `outside`, or a conflict among them."""
        question = (variable, frozenset(inside), frozenset(outside))
        answer = self._decided.get(question)
        if answer is None:
            answer = self._find(variable, inside, outside, deadline)
            if self.explains or isinstance(answer, str):
                self._decided[question] = answer
        return answer

    def _find(
        self, variable: str, inside: list[Language], outside: list[Language], deadline: Deadline
    ) -> str | tuple[list[Language], list[Language]]:
        domain = domain_of(variable, self.domains)
        for part in inside:
            if isinstance(part, Union):
                return self._find_in_union(variable, part, inside, outside, deadline)
        for fixed in inside:
            if isinstance(fixed, Word):
                return _try_word(fixed, domain, inside, outside)
        rows = [*domain, *([part] for part in inside)]
        for word in self.suggest(variable, inside):
            if fits(word, rows, outside):
                return word
        for wide in outside:
            for narrow in inside:
                if covers(wide, narrow):
                    return [narrow], [wide]
        for row in domain:
            cover = [next((w for w in outside if covers(w, part)), None) for part in row]
            if None not in cover:
                return [], [wide for wide in cover if wide is not None]
        found = find_value(rows, outside, deadline)
        if found is None:
            if not self.explains:
                return inside, outside
            return smallest_conflict(domain, inside, outside, deadline)
        for word in self.suggest(variable, [Word(found)]):  # perhaps there is a plainer one
            if fits(word, rows, outside):
                return word
        return found

    def _values(self, key: str, wanted: _Demands, deadline: Deadline) -> tuple[str, ...] | Conflict:
        """Values for a multivalued key: one for each demand, all of them as every value must be.

        Demands do not get in each other's way, since a further value only helps a demand: so each
        is met, or shown impossible, alone; unless one value has to meet them all (R-V9).
        """
        rows, banned = wanted.all()
        rows = [*domain_of(key, self.domains), *rows]
        count = wanted.atoms.get(OneValue(key))
        if count:
            return self._one_value(key, wanted, deadline)
        values: list[str] = []
        for atom in wanted.some():
            value = self._member(key, atom, rows, banned, deadline)
            if value is None:
                return [(atom, True), *((each, h) for each, h in wanted.atoms.items() if not h)]
            values.append(value)
        least = 1 if count is None else 2
        while len(set(values)) < least:
            other = find_value(rows, [*banned, *map(Word, values)], deadline)
            if other is None:
                return [*wanted.atoms.items(), (Present(key), True)]
            values.append(other)
        return tuple(dict.fromkeys(values))

    def _member(
        self,
        key: str,
        atom: SomeValue,
        rows: Rows,
        banned: list[Language],
        deadline: Deadline,
    ) -> str | None:
        """A value that meets a demand, a believable one if it can be."""
        if atom.outside:
            banned = [*banned, *atom.languages]
        else:
            rows = [*rows, list(atom.languages)]
        for word in self.suggest(key, [part for row in rows for part in row]):
            if fits(word, rows, banned):
                return word
        return find_value(rows, banned, deadline)

    def _one_value(
        self, key: str, wanted: _Demands, deadline: Deadline
    ) -> tuple[str, ...] | Conflict:
        """The only value of a multivalued key: some value and every value are the same."""
        rows, banned = wanted.all()
        rows = [*domain_of(key, self.domains), *rows]
        for atom in wanted.some():
            if atom.outside:
                banned += atom.languages
            else:
                rows = [*rows, list(atom.languages)]
        value = find_value(rows, banned, deadline)
        if value is None:
            return [*wanted.atoms.items(), (Present(key), True)]
        return (value,)

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


def _try_word(
    fixed: Word, domain: Rows, inside: list[Language], outside: list[Language]
) -> str | tuple[list[Language], list[Language]]:
    word = fixed.text
    for part in inside:
        if not matches(part, word):
            return [fixed, part], []
    for part in outside:
        if matches(part, word):
            return [fixed], [part]
    return word if fits(word, domain, ()) else ([fixed], [])


_SOME_TIME = "2026-01-01T00:00:00Z"


def _set_clocks(model: Model, *, compares_texts: bool) -> None:
    """R-K11: both keys of the time are one instant, for which instants are compared once."""
    if not compares_texts:
        now = read(Scale.INSTANT, model.words.get(CURRENT_TIME, _SOME_TIME))
        if now is None:
            raise Undecided("aws:CurrentTime is compared as what is no time")
        *_, model.words[EPOCH_TIME] = spellings(Scale.INSTANT, now)
        return
    then = read(Scale.INSTANT, model.words[EPOCH_TIME])
    now = read(Scale.INSTANT, model.words[CURRENT_TIME]) if CURRENT_TIME in model.words else None
    if then is None or now not in (then, None):
        raise Undecided("aws:EpochTime is compared as a text and as a time")
    model.words.setdefault(CURRENT_TIME, next(spellings(Scale.INSTANT, then)))
