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

from iamlogic.errors import Unsupported
from iamlogic.symbolic.languages import (
    ANY,
    EVERYTHING,
    NOTHING,
    CharSet,
    Language,
    Word,
    covers,
    glob,
    matches,
    sequence,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Comparison, Family
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

    Absent: `if_absent`, always true of negated ones. Present: some value lies in one of `languages`
    or, negated, none does.
    R-C2, R-C3, R-C6, R-C22 and R-C23 are all of this form.
    """

    key: str
    languages: frozenset[Language]
    negated: bool
    if_absent: bool


@dataclass(frozen=True, slots=True, eq=False)
class Lowered:
    """A statement in normal form. Two have equal `meaning` if they differ in no meaning."""

    statement: Statement
    actions: Patterns
    resources: Patterns
    principals: Principals | None
    tests: frozenset[Test]
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
    """The statement in normal form; `Unsupported` for what has no symbolic meaning yet.

    What is cached is the meaning. Equal statements may stand in different places, and what is said
    of one must not show the place of another.
    """
    lowered = _lower(statement)
    if lowered.statement is statement:
        return lowered
    return replace(lowered, statement=statement, principals=statement.principals)


@lru_cache(maxsize=8192)
def _lower(statement: Statement) -> Lowered:
    actions = _actions(statement.actions)
    resources = _resources(statement.resources)
    tests = frozenset(map(lower_condition, statement.conditions))
    principals = statement.principals
    meaning = (
        statement.effect,
        (actions.members, actions.negated),
        (resources.members, resources.negated),
        principals and (frozenset(map(_identity, principals.entries)), principals.negated),
        tests,
    )
    return Lowered(statement, actions, resources, principals, tests, meaning)


def _identity(entry: Principal) -> tuple[object, ...]:
    """Entries that name the same requesters: an account goes by two names (R-M9)."""
    if entry.form is PrincipalForm.ACCOUNT:
        return (entry.form, entry.account)
    return (entry.form, entry.text)


def _actions(actions: Actions) -> Patterns:
    languages = []
    for action in actions.patterns:
        _refuse_template(action)
        # R-P16: `*:*` means `*`. R-M1: all actions are folded, and so is the action's variable.
        language = glob(fold(action.text))
        languages.append(EVERYTHING if action.text == "*:*" else language)
    return Patterns.of(languages, negated=actions.negated)


_EVERY_RESOURCE = Text("*")
_ALL_RESOURCES = Patterns.of([EVERYTHING], negated=False)


def _resources(resources: Resources | None) -> Patterns:
    if resources is None:  # R-P6: the statement speaks of all
        return _ALL_RESOURCES
    for resource in resources.patterns:
        _refuse_template(resource)
    return Patterns.of(
        [glob(resource.text) for resource in resources.patterns],
        negated=resources.negated,
    )


def _refuse_template(text: Text) -> None:
    if text.template is not None:
        raise Unsupported(f"the policy variable in {text.text!r}", text.where)


def lower_condition(condition: Condition) -> Test:
    """The condition in normal form; `Unsupported` for operators of the next tier."""
    operator, base = condition.operator, condition.operator.base
    key = fold(condition.key)  # R-K7
    if operator.set_prefix is not None:
        raise Unsupported(f"the operator {operator}", condition.where)
    if base.family is Family.NULL:
        return _presence_test(key, condition.values)
    languages = frozenset(lower_value(condition, value) for value in condition.values)
    # R-C3: an absent key fails positive operators and passes negated ones and …IfExists.
    return Test(key, languages - {NOTHING}, base.negated, base.negated or operator.if_exists)


def _presence_test(key: str, values: tuple[Text, ...]) -> Test:
    """R-C23: `"true"` asks for absence, `"false"` for presence, values are alternatives."""
    wanted = {fold(value.text) for value in values}
    present = frozenset({EVERYTHING}) if "false" in wanted else frozenset[Language]()
    return Test(key, present, negated=False, if_absent="true" in wanted)


def lower_value(condition: Condition, value: Text) -> Language:
    """The values of the request that one value of the policy matches."""
    _refuse_template(value)
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
        case _:
            raise Unsupported(f"the operator {condition.operator}", condition.where)


def any_case(text: str) -> Language:
    """The text in any case (R-C8)."""
    letters = [CharSet(frozenset({c, c.upper(), c.lower()} if c.isascii() else {c})) for c in text]
    if all(len(letter.chars) == 1 for letter in letters):
        return Word(text)
    return sequence(letters)


_BUT_COLON = CharSet(frozenset(":"), negated=True)
_ARN_SEGMENTS = 6


def arn_glob(pattern: str) -> Language:
    """ARNs that match segment by segment; a wildcard stays within its segment but in the last."""
    if pattern == "*":  # R-C14: a bare star matches every ARN
        pattern = "arn:*:*:*:*:*"
    segments = pattern.split(":", _ARN_SEGMENTS - 1)
    if len(segments) < _ARN_SEGMENTS or not matches(glob(segments[0]), "arn"):
        return NOTHING  # R-C14
    parts: list[str | CharSet | tuple[CharSet]] = ["arn"]
    for number, segment in enumerate(segments[1:], start=2):
        wildcard = ANY if number == _ARN_SEGMENTS else _BUT_COLON
        normal = glob(segment).text  # in normal form no two loops meet at one state
        parts.append(":")
        parts += [(wildcard,) if c == "*" else wildcard if c == "?" else c for c in normal]
    if not any(isinstance(part, tuple | CharSet) for part in parts):
        return Word(":".join(("arn", *segments[1:])))
    return sequence(parts)


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
