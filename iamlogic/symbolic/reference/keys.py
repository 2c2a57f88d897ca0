"""The condition keys of the symbolic request: whether it has them, and their values.

A key has a Boolean (present) and one string for each value. A key with one value has one (R-K8). Of
a multivalued key the request has a list, of any length, and here as many strings as there are
conditions on the key, and one more if a variable names it. That is enough. Given the values of all
other keys, a condition says of the list that some value passes a test, or that all do. Keep of any
list, for each "some" that holds, a value that passes and, for each "all" that fails, one that does
not: one value at most for each condition. What some value passes in the shorter list, some passed
in the longer; what all passed, they still do. So every condition says of it what it said. Variables
ask whether there are two different values, and if not, which one there is (R-V9): if all kept
values are one, keep another one too, if the list has any. Strings may be equal, so still shorter
lists are covered, and lists are never empty (R-K9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from iamlogic.symbolic.reference import dates, numbers
from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Word,
    declared,
    part_of,
    symbol,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Statement, Text, Variable


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key of the symbolic request: `name` as a policy writes it first (R-K7).

    `families` are those of the operators that compare it; `is_referred`: a variable names it.
    """

    name: str
    present: Formula
    elements: tuple[Word, ...]
    families: frozenset[Family] = frozenset()
    is_referred: bool = False

    def declarations(self) -> Iterator[str]:
        """The commands that declare it."""
        yield declared(self.present, "Bool")
        yield from (declared(element, "String") for element in self.elements)

    def readings(self) -> Iterator[str]:
        """The commands that read its values as what its operators compare."""
        for element in self.elements:
            if Family.NUMERIC in self.families:
                yield from numbers.commands(element)
            if Family.DATE in self.families:
                yield from dates.commands(element)

    def plain_spellings(self) -> Iterator[Formula]:
        """Demands that take nothing away from what a key's values can do, unless texts matter.

        A key which nothing but Numeric operators compare is told apart by numbers alone, and so is
        one with Date operators by instants: one spelling of each is enough.
        """
        if self.is_referred:
            return
        for family, is_plain in ((Family.NUMERIC, numbers.is_plain), (Family.DATE, dates.is_plain)):
            if self.families - {Family.NULL} == {family}:
                yield from map(is_plain, self.elements)


Keys = Mapping[str, Key]
"""The keys that the policies mention, by their folded names."""


def keys_of(
    statements: Iterable[Statement],
    multivalued: Collection[str],
    lengths: Mapping[str, int] | None = None,
) -> Keys:
    """The keys that `statements` mention, each with as many elements as the module's text says.

    `multivalued` has the folded names of the keys that can have several values (R-K8). `lengths`
    (folded name → number) asks for a given number of elements instead.
    """
    statements = list(statements)
    conditions: dict[str, dict[Condition, None]] = {}  # each key's, in order, none twice
    names: dict[str, str] = {}
    referred: set[str] = set()
    for statement in statements:
        for condition in statement.conditions:
            names.setdefault(fold(condition.key), condition.key)
            conditions.setdefault(fold(condition.key), {})[condition] = None
        for variable in variables_of(statement):
            names.setdefault(fold(variable.key), variable.key)
            referred.add(fold(variable.key))
    keys = {}
    for folded, name in names.items():
        on_key = conditions.get(folded, {})
        if lengths is not None:
            count = max(1, lengths.get(folded, 1))
        elif folded in multivalued:
            count = max(1, len(on_key)) + (folded in referred)
        else:
            count = 1
        first = symbol(name)
        others = (part_of(first, f"no. {place}") for place in range(2, count + 1))
        keys[folded] = Key(
            name=name,
            present=Formula(part_of(first, "present")),
            elements=tuple(map(Word, (first, *others))),
            families=frozenset(condition.operator.base.family for condition in on_key),
            is_referred=folded in referred,
        )
    return keys


def variables_of(statement: Statement) -> Iterator[Variable]:
    """The variables in a statement's resources and condition values."""
    texts: list[Text] = list(statement.resources.patterns) if statement.resources else []
    texts += (value for condition in statement.conditions for value in condition.values)
    for text in texts:
        yield from (part for part in text.template or () if isinstance(part, Variable))
