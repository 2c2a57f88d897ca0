"""The loop between z3 and the languages: is there a request that satisfies a formula?

1. z3 finds truth values for the atoms that make the formula true.
2. Of those only some are needed; the others are dropped (an *implicant*), so that nothing is asked
   of the strings that the formula does not ask.
3. The theory finds values for the strings, which are a model; or atoms that cannot be true
   together, which go back to z3 as a clause.

Clauses are facts about languages and hold in every question, so the solver keeps them. The loop
ends, because there are finitely many atoms; a deadline bounds it all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Sequence as Row
from functools import partial
from types import MappingProxyType

from iamlogic.semantics.facts import WorldFact
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.deadline import FOREVER, OnlyUnseen
from iamlogic.symbolic.enforcer import (
    domains,
    requester_facts,
    resource_account_facts,
    spelled_facts,
)
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import Glob, Sequence, Template, Union, Word
from iamlogic.symbolic.model import Model, Suggest
from iamlogic.symbolic.relations import templates_of
from iamlogic.symbolic.requester import (
    PROVIDER_HOSTS,
    RESOURCE_ACCOUNT,
    SEPARATOR,
    Kind,
)
from iamlogic.symbolic.sat import Sat
from iamlogic.symbolic.symbolizer import SymbolicRequest, Within
from iamlogic.symbolic.terms import FALSE, TRUE, Atom, InLanguage, Present, Terms, Unseen
from iamlogic.symbolic.theory import Theory
from iamlogic.symbolic.world import NO_FACTS, Facts, World, typed
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS


class Solver:
    """Questions about one symbolic request by requesters of some kinds.

    `multivalued` are the keys that can have several values (R-K8), `facts` what AWS sends, `within`
    bounds on the request's fields, `account` and `owner` the accounts of requester and resource
    where the question fixes them; `none_unseen` as for a `SymbolicRequest`.
    """

    def __init__(
        self,
        requesters: tuple[Kind, ...],
        suggest: Suggest,
        multivalued: frozenset[str] = MULTIVALUED_KEYS,
        facts: Facts = NO_FACTS,
        *,
        within: Within = MappingProxyType({}),
        account: str | None = None,
        owner: str | None = None,
        none_unseen: bool = False,
    ) -> None:
        self.terms = Terms()
        self.request = SymbolicRequest(
            self.terms,
            multivalued,
            requesters,
            one_clock=WorldFact.TIME in facts,
            within=within,
            account=account,
            owner=owner,
            none_unseen=none_unseen,
        )
        self.compiler = Compiler(self.terms, self.request)
        self._requesters = requesters
        self._bounds = [*self.request.bounds(), *_no_provider(self.request)]
        self._theory = Theory(domains(requesters) | typed(facts), suggest, self.request)
        self.facts = facts
        self._world = World(self.request, facts, owner)
        self._facts: dict[str, list[list[int]]] = {}  # the clauses told of a key
        self._sat: Sat | None = None
        self._kinds_told = 0
        self._keys_told = 0
        self._covers_told: dict[str, int] = {}
        self._callers_told: dict[str, int] = {}
        self.deadline = FOREVER

    def find(
        self, formula: Iterable[int], *, guess: bool = True, by: str | None = None
    ) -> Model | None:
        """A model in which all the literals hold, or None if no request satisfies them.

        A guess comes before the search; leave it out where a model would be a surprise. `by` is a
        principal of whom no request is written (R-M8): the formula says that it is the requester.
        """
        asked = (*formula, *self._bounds)
        wanted = [literal for literal in dict.fromkeys(asked) if literal != TRUE]
        if FALSE in wanted:
            return None
        unseen = {name: -atom for name, atom in self.request.unseen.items() if name != by}
        model = self._find([*wanted, *unseen.values()], guess=guess)
        if model is None and unseen and self._find(wanted, guess=guess) is not None:
            raise OnlyUnseen(unseen)
        return model

    def _find(self, wanted: list[int], *, guess: bool) -> Model | None:
        if guess and (model := self._guess(wanted)) is not None:
            return model
        if self._sat is None:
            self._sat = Sat(self.terms)
        self._tell(self._sat)
        while self._sat.solve(wanted, self.deadline):
            read = partial(_implicant, self.terms, value=self._sat.value, worth={})
            chosen = self._with_facts(wanted, read)
            assert chosen is not None  # z3's model makes the facts true as well
            outcome = self._theory.decide(chosen, self.deadline)
            if isinstance(outcome, Model):
                return outcome
            for conflict in outcome:
                literals = [
                    self.terms.atom(atom) * (-1 if holds else 1) for atom, holds in conflict
                ]
                self._sat.require(literals)
        return None

    def by_endpoint(self) -> int:
        """The request comes through a VPC endpoint, as far as that can be told (R-K11, R-K22)."""
        return self._world.by_endpoint() if WorldFact.NETWORK in self.facts else TRUE

    def tell_apart(self, variable: str) -> None:
        """Tell z3 at once that a string is one word, instead of pair by pair as it comes up.

        Of the languages that consist of words, those that were made last and share none.
        """
        if self._sat is None:
            self._sat = Sat(self.terms)
        seen: set[str] = set()
        apart: list[int] = []
        for language, literal in reversed(self.terms.by_variable().get(variable, {}).items()):
            match language:
                case Word(text):
                    words = frozenset((text,))
                case Union() if not language.others:
                    words = language.words
                case _:
                    continue
            if seen.isdisjoint(words):
                seen |= words
                apart.append(literal)
        if len(apart) > 1:
            self._sat.at_most_one(apart)

    def _guess(self, wanted: list[int]) -> Model | None:
        """A model found without search, if the first choice at each disjunction happens to do."""
        chosen = self._with_facts(wanted, partial(_first_choices, self.terms))
        return None if chosen is None else self._theory.model(chosen, self.deadline)

    def _with_facts(
        self, wanted: list[int], choose: Callable[[list[int]], dict[Atom, bool] | None]
    ) -> dict[Atom, bool] | None:
        """What to choose so that the formula holds, and what is known of each key in it."""
        facts: dict[str, None] = {}
        literals = wanted
        while (chosen := choose(literals)) is not None:
            keys = {key for atom in chosen for key in _keys(atom)} - facts.keys()
            if not keys:
                break
            facts |= dict.fromkeys(sorted(keys))
            known = (self.terms.any_of(clause) for key in facts for clause in self._known(key))
            literals = [*wanted, *(literal for literal in known if literal != TRUE)]
            if FALSE in literals:
                return None
        return chosen

    def _known(self, key: str) -> list[list[int]]:
        """Clauses about a key: definitions and world facts."""
        clauses = self._facts.get(key)
        if clauses is None:
            clauses = self._facts[key] = list(self._world.clauses(key))
            clauses += spelled_facts(self.request, key)
            if key == RESOURCE_ACCOUNT:
                clauses += resource_account_facts(self.request)
        return clauses

    def _tell(self, sat: Sat) -> None:
        """Tell z3 what is known of all that the question speaks of, and of what that leads to."""
        while self._keys_told < len(self.request.mentioned):
            for key in list(self.request.mentioned)[self._keys_told :]:
                self._keys_told += 1
                for clause in self._known(key):
                    sat.require(clause)
        if len(self.request.kinds) > self._kinds_told:
            for clause in list(requester_facts(self.request, self._requesters)):
                sat.require(clause)
            self._kinds_told = len(self.request.kinds)
        self._tell_callers(sat)
        self._tell_covers(sat)

    def _tell_callers(self, sat: Sat) -> None:
        """What is asked of a key that is the caller's account is asked of the requester.

        The theory would find that out by the template that says so (R-K23); z3 need not try.
        """
        for key, excused in self._world.callers():
            literals = self.terms.by_variable().get(key, {})
            told = self._callers_told.get(key, 0)
            self._callers_told[key] = len(literals)
            for language, literal in list(literals.items())[told:]:
                if isinstance(language, Word | Glob | Sequence):
                    unlike = [-self.request.present(key), excused]
                    account = self.request.of_account_in(language)
                    sat.require([*unlike, -literal, account])
                    sat.require([*unlike, literal, -account])

    def _tell_covers(self, sat: Sat) -> None:
        """Tell z3 which templates lie in which other languages, whatever the variables are.

        Of plain languages it learns that as it goes; templates meet in too many ways for that.
        """
        for variable, literals in self.terms.by_variable().items():
            told = self._covers_told.get(variable, 0)
            self._covers_told[variable] = len(literals)
            atoms = list(literals.items())
            for at, (template, literal) in enumerate(atoms):
                if not isinstance(template, Template):
                    continue
                self.deadline.check()
                for other, other_literal in atoms[told if at < told else 0 :]:
                    if other is not template and covers(other, template):
                        sat.require([-literal, other_literal])


def _no_provider(request: SymbolicRequest) -> Iterator[int]:
    """A provider's host has the form of a service's, so the domain has it where none may come."""
    if Kind.SERVICE in request.possible and Kind.PROVIDER not in request.possible:
        yield from (-request.requester_in(Word(host + SEPARATOR)) for host in PROVIDER_HOSTS)


def _keys(atom: Atom) -> Iterator[str]:
    """The condition keys that an atom speaks of."""
    match atom:
        case Unseen():
            return
        case InLanguage(variable):
            yield variable
        case _:
            yield atom.key
    for template in templates_of(atom):
        yield from (ref.key for ref in template.refs)


def _rank(terms: Terms, literal: int) -> int:
    """How much a literal asks of a model: the absence of a key least, a compound formula most."""
    meaning = terms.meaning(abs(literal))
    if isinstance(meaning, tuple):
        return 3
    if literal > 0:
        return 2
    return 0 if isinstance(meaning, Present) else 1


def _implicant(
    terms: Terms,
    wanted: Row[int],
    *,
    value: Callable[[int], bool],
    worth: dict[int, bool],
) -> dict[Atom, bool]:
    """Atoms whose truth values, by themselves, make all the literals true in z3's model.

    `worth` keeps what has been read off the model, from one call to the next.
    """

    def holds(literal: int) -> bool:
        variable = abs(literal)
        known = worth.get(variable)
        if known is None:
            meaning = terms.meaning(variable)
            known = all(map(holds, meaning)) if isinstance(meaning, tuple) else value(variable)
            worth[variable] = known
        return known is (literal > 0)

    chosen: dict[Atom, bool] = {}
    seen: set[int] = set()
    waiting = list(wanted)
    while waiting:
        literal = waiting.pop()
        if literal in seen:
            continue
        seen.add(literal)
        meaning = terms.meaning(abs(literal))
        if not isinstance(meaning, tuple):
            chosen[meaning] = literal > 0
        elif literal > 0:
            waiting += meaning
        else:
            reasons = [-child for child in meaning if holds(-child)]
            if seen.isdisjoint(reasons):
                waiting.append(min(reasons, key=lambda reason: _rank(terms, reason)))
    return chosen


def _first_choices(terms: Terms, wanted: Row[int]) -> dict[Atom, bool] | None:
    """`_implicant` without a model: at each disjunction, the least demanding consistent choice."""
    chosen: dict[Atom, bool] = {}
    taken: set[int] = set()
    choices: list[tuple[int, ...]] = []
    waiting = list(wanted)
    while waiting or choices:
        if not waiting:
            children = choices.pop()
            if any(-child in taken for child in children):
                continue
            open_ones = [-child for child in children if child not in taken]
            if not open_ones:
                return None
            waiting.append(min(open_ones, key=lambda choice: _rank(terms, choice)))
        literal = waiting.pop()
        if literal in taken:
            continue
        if -literal in taken:
            return None
        taken.add(literal)
        meaning = terms.meaning(abs(literal))
        if not isinstance(meaning, tuple):
            chosen[meaning] = literal > 0
        elif literal > 0:
            waiting += meaning
        else:
            choices.append(meaning)
    return chosen
