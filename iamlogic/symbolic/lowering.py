"""Statements in normal form: lists of patterns as sets of languages, conditions as one shape.

Lowering forgets what has no meaning (order, letter case of actions, doubled stars, which of two
names an operator goes by), so that statements which differ in nothing else are equal. It keeps, for
each language, the number of the pattern it came from, because answers are given in the policy's own
words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from iamlogic.errors import InternalError
from iamlogic.symbolic.inclusion import covers
from iamlogic.symbolic.languages import (
    EVERYTHING,
    NOTHING,
    Language,
    Languages,
    Word,
    glob,
    ordered,
)
from iamlogic.symbolic.patterns import (
    any_case,
    arn_glob,
    encodings,
    like_template,
    lower_template,
)
from iamlogic.symbolic.scales import Scale, block, compared
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Comparison, Family, SetPrefix
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Principal,
    PrincipalForm,
    Principals,
    Resources,
    Statement,
    Text,
)


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """A list of actions or of resources: what lies in some language or, negated, in none.

    `languages[i]` is that of the pattern number `places[i]` in the list as written, the first of
    several with that language. Equal lists have equal `members`; the object itself is equal to
    itself alone, since lists are long and are looked up often.
    """

    languages: tuple[Language, ...]
    negated: bool
    places: tuple[int, ...]
    members: frozenset[Language]

    @staticmethod
    def of(languages: Iterable[Language], *, negated: bool) -> Patterns:
        """The list of the languages of patterns as they are written."""
        first: dict[Language, int] = {}
        for place, language in enumerate(languages):
            first.setdefault(language, place)
        return Patterns(tuple(first), negated, tuple(first.values()), frozenset(first))


@dataclass(frozen=True, slots=True)
class Test:
    """Any condition: what an absent key is worth, and which values of a present one pass.

    Absent: `if_absent`. Present: some value lies in one of `languages` (`outside`: in none of
    them); `negated`, no value does. R-C2 to R-C6, R-C22 and R-C23 are all of this form.
    """

    key: str
    languages: Languages
    negated: bool
    if_absent: bool
    outside: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A statement in normal form. Two have equal `meaning` if they differ in no meaning."""

    statement: Statement
    actions: Patterns
    resources: Patterns
    principals: Principals | None
    tests: tuple[Test, ...]
    meaning: tuple[object, ...]

    @property
    def allows(self) -> bool:
        return self.statement.effect is Effect.ALLOW

    def action_written(self, number: int) -> Text:
        """The text that `actions.languages[number]` stands for, where this statement has it."""
        return self.statement.actions.patterns[self.actions.places[number]]

    def resource_written(self, number: int) -> Text:
        """…and that of `resources.languages[number]`."""
        resources = self.statement.resources
        patterns = (_EVERY_RESOURCE,) if resources is None else resources.patterns
        return patterns[self.resources.places[number]]


def lower(statement: Statement) -> Lowered:
    """The statement in normal form.

    What is cached is the meaning. Equal statements may stand in different places, and what is said
    of one must not show the place of another.
    """
    lowered = _lower(statement)
    if lowered.statement is statement:
        return lowered
    return replace(lowered, statement=statement, principals=statement.principals)


@lru_cache(maxsize=8192)
def _lower(statement: Statement) -> Lowered:
    actions = lower_actions(statement.actions)
    resources = lower_resources(statement.resources)
    tests = tuple(dict.fromkeys(map(lower_condition, statement.conditions)))
    principals = statement.principals
    meaning = (
        statement.effect,
        (actions.members, actions.negated),
        (resources.members, resources.negated),
        principals and (frozenset(map(_identity, principals.entries)), principals.negated),
        frozenset(tests),
    )
    return Lowered(statement, actions, resources, principals, tests, meaning)


def _identity(entry: Principal) -> tuple[object, ...]:
    """Entries that name the same requesters: an account goes by two names (R-M9)."""
    if entry.form is PrincipalForm.ACCOUNT:
        return (entry.form, entry.account)
    return (entry.form, entry.text)


def lower_actions(actions: Actions) -> Patterns:
    """The list of a statement's actions."""
    languages = []
    for action in actions.patterns:
        # R-P16: `*:*` means `*`. R-M1: all actions are folded, and so is the action's variable.
        language = glob(fold(action.text))
        languages.append(EVERYTHING if action.text == "*:*" else language)
    return Patterns.of(languages, negated=actions.negated)


_EVERY_RESOURCE = Text("*")
_ALL_RESOURCES = Patterns.of([EVERYTHING], negated=False)


def lower_resources(resources: Resources | None) -> Patterns:
    """The list of a statement's resources."""
    if resources is None:  # R-P6: the statement speaks of all
        return _ALL_RESOURCES
    return Patterns.of(
        [
            glob(resource.text) if resource.template is None else like_template(resource.template)
            for resource in resources.patterns  # R-M3, R-V3
        ],
        negated=resources.negated,
    )


def lower_condition(condition: Condition) -> Test:
    """The condition in normal form."""
    operator, base = condition.operator, condition.operator.base
    key = fold(condition.key)  # R-K7
    if base.family is Family.NULL:
        return _presence_test(key, condition.values)
    languages = ordered(
        each for value in condition.values for each in lower_value(condition, value)
    )
    match operator.set_prefix:
        case None:  # R-C2, R-C6; R-C3: an absent key passes negated operators and …IfExists
            return Test(key, languages, base.negated, base.negated or operator.if_exists)
        case SetPrefix.FOR_ALL_VALUES:  # R-C5: no value is outside or, negated, inside; R-C3
            return Test(key, languages, negated=True, if_absent=True, outside=not base.negated)
        case SetPrefix.FOR_ANY_VALUE:  # R-C5, R-C3
            return Test(key, languages, False, operator.if_exists, outside=base.negated)  # noqa: FBT003


def _presence_test(key: str, values: tuple[Text, ...]) -> Test:
    """R-C23: `"true"` asks for absence, `"false"` for presence, values are alternatives."""
    wanted = {fold(value.text) for value in values}
    present = (EVERYTHING,) if "false" in wanted else ()
    return Test(key, present, negated=False, if_absent="true" in wanted)


def lower_value(condition: Condition, value: Text) -> Languages:
    """The values of the request that one value of the policy matches: what lies in one of these."""
    if value.template is not None:
        return lower_template(condition.operator.base, value.template)
    language = _lower_text(condition, value)
    return () if language == NOTHING else (language,)


def _lower_text(condition: Condition, value: Text) -> Language:
    base = condition.operator.base
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:  # R-C7
            return Word(value.text)
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:  # R-C8
            return any_case(value.text)
        case Family.STRING, Comparison.LIKE:  # R-C9
            return glob(value.text)
        case Family.ARN, Comparison.LIKE:  # R-C13
            return arn_glob(value.text)
        case Family.BOOL, Comparison.EQUALS:  # R-C17: truth values, whatever their case
            return any_case(value.text)
        case Family.NUMERIC, comparison:  # R-C10
            return compared(Scale.NUMBER, comparison, value.text)
        case Family.DATE, comparison:  # R-C11
            return compared(Scale.INSTANT, comparison, value.text)
        case Family.IP, _:  # R-C18
            return block(value.text)
        case Family.BINARY, _:  # R-C19
            return encodings(value.text)
        case _:
            raise InternalError(f"{condition.operator} has no meaning for single values")


def patterns_include(wide: Patterns, narrow: Patterns) -> bool:
    """Whether `wide` holds all that `narrow` does: certain if True."""
    if not wide.negated and EVERYTHING in wide.members:
        return True
    if wide.negated is not narrow.negated:
        return False
    if wide.negated:
        wide, narrow = narrow, wide
    new = narrow.members - wide.members
    if not new:
        return True
    outers = [outer for outer in wide.languages if not isinstance(outer, Word)]
    return all(any(covers(outer, inner) for outer in outers) for inner in new)
