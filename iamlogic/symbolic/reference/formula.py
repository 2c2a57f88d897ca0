"""Policies and the symbolic request as SMT-LIB text: the direct, Zelkova-style encoding.

The request is a set of string constants: action, resource, requester, resource account, and for
each condition key a Boolean (present) and its value. A statement is one named formula, a policy
the disjunction of its Allows without its Denies (R-E20). Patterns are regular expressions over
those strings, one membership each. Nothing is simplified and nothing is shared with the default
encoding: what is slow here is plain, and what is plain can be checked.

A multivalued key has as many symbolic elements as there are conditions on it. That is enough: what
a condition needs of a list is at most one element that matches (to make an unqualified positive
operator true, or a negated one false, R-C6); a list cut down to those elements, one at least,
gives every condition the truth value it had. Elements may be equal, so shorter lists are covered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from iamlogic.errors import InternalError, Unsupported
from iamlogic.semantics.support import require_supported
from iamlogic.symbolic.reference.patterns import (
    ACTION_FORM,
    NOT_A_COLON,
    NOT_A_COLON_MEANS,
    NOT_A_SURROGATE,
    NOT_A_SURROGATE_MEANS,
    RESOURCE_FORM,
    arn_of_account,
    equals_ignoring_case,
    matches_arn,
    matches_glob,
    truth,
)
from iamlogic.symbolic.reference.requester import (
    COMPARED,
    DEFINITIONS,
    HAS_ACCOUNT,
    TWELVE_DIGITS,
    Kind,
    matches_principals,
    requester_commands,
)
from iamlogic.symbolic.reference.smtlib import (
    TRUE,
    Formula,
    Word,
    all_of,
    any_of,
    asserted,
    both,
    comment,
    declared,
    defined,
    iff,
    implies,
    is_expressible,
    literal,
    member,
    negation,
    repeated,
    same,
    symbol,
)
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Base, Comparison, Family
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    Principal,
    Resources,
    Statement,
    Text,
)

ACTION = Word("action")
RESOURCE = Word("resource")
RESOURCE_ACCOUNT = Word("resource-account")
RESOURCE_ACCOUNT_IS_KNOWN = Formula("resource-account-is-known")

_RESOURCE_ACCOUNT_KEY = "aws:ResourceAccount"
_DEFINITIONS = {fold(name): words for name, words in DEFINITIONS.items()}
DEFINED_KEYS = frozenset({*_DEFINITIONS, fold(_RESOURCE_ACCOUNT_KEY)})
"""The folded names of the keys that follow from the request's other fields (R-K6)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A condition key of the symbolic request: `name` as a policy writes it first (R-K7)."""

    name: str
    present: Formula
    elements: tuple[Word, ...]


Keys = Mapping[str, Key]
"""The keys that the policies mention, by their folded names."""


def require_encodable(policy: Policy) -> None:
    """Raises `Unsupported` at the first part that has no meaning yet or no place in SMT-LIB."""
    require_supported(policy)
    for text in _texts(policy):
        if not is_expressible(str(text)):
            raise Unsupported(f"a character beyond U+2FFFF in SMT-LIB ({str(text)!a})", text.where)


def keys_of(statements: Iterable[Statement], lengths: Mapping[str, int] | None = None) -> Keys:
    """The keys that `statements` mention, each with as many elements as the module's text says.

    `lengths` (folded name → number) asks for a given number of elements instead.
    """
    conditions = dict.fromkeys(c for s in statements for c in s.conditions)
    names: dict[str, str] = {}
    demands: dict[str, int] = {}
    for condition in conditions:
        folded = fold(condition.key)
        names.setdefault(folded, condition.key)
        demands[folded] = demands.get(folded, 0) + 1
    keys = {}
    for folded, name in names.items():
        count = demands[folded] if folded in MULTIVALUED_KEYS else 1
        if lengths is not None:
            count = max(1, lengths.get(folded, 1))
        elements = [name, *(f"{name} [{place}]" for place in range(1, count))]
        keys[folded] = Key(
            name=name,
            present=Formula(symbol(f"has {name}")),
            elements=tuple(Word(symbol(element)) for element in elements),
        )
    return keys


def request_commands(keys: Keys) -> Iterator[str]:
    """Declares the symbolic request, and demands what is part of being a request (R-K4, R-K6)."""
    yield comment("Classes of characters")
    yield defined(NOT_A_COLON, "RegLan", NOT_A_COLON_MEANS)
    yield defined(NOT_A_SURROGATE, "RegLan", NOT_A_SURROGATE_MEANS)
    yield comment("The requester, its parts and its kind (R-K1)")
    yield from requester_commands()
    yield comment("The action, the resource and its account (R-K4)")
    yield from (declared(word, "String") for word in (ACTION, RESOURCE, RESOURCE_ACCOUNT))
    yield declared(RESOURCE_ACCOUNT_IS_KNOWN, "Bool")
    yield asserted(implies(RESOURCE_ACCOUNT_IS_KNOWN, member(RESOURCE_ACCOUNT, TWELVE_DIGITS)))
    names_account = member(RESOURCE, arn_of_account(TWELVE_DIGITS))
    yield asserted(
        any_of([RESOURCE_ACCOUNT_IS_KNOWN, negation(any_of([HAS_ACCOUNT, names_account]))])
    )
    if keys:
        yield comment("The condition keys: whether the request has them, and their values")
    for folded, key in keys.items():
        yield declared(key.present, "Bool")
        yield from (declared(element, "String") for element in key.elements)
        if folded in DEFINED_KEYS:
            yield from map(asserted, _definition(folded, key))
        else:
            yield from (asserted(member(e, repeated(NOT_A_SURROGATE))) for e in key.elements)


def _definition(folded: str, key: Key) -> Iterator[Formula]:
    """R-K6: what a key is that follows from the request's other fields."""
    (value,) = key.elements
    if folded not in _DEFINITIONS:
        yield iff(key.present, RESOURCE_ACCOUNT_IS_KNOWN)
        yield implies(key.present, same(value, RESOURCE_ACCOUNT))
        return
    words = _DEFINITIONS[folded]
    yield iff(key.present, any_of(kind.holds for kind in words))
    yield from (implies(kind.holds, same(value, word)) for kind, word in words.items())


def universe_commands(kinds: Collection[Kind]) -> Iterator[str]:
    """Demands a request by one of these kinds of requesters, and R-E21's forms of the rest."""
    yield comment("The requests over which policies are compared (R-E20, R-E21)")
    yield from (asserted(negation(kind.holds)) for kind in Kind if kind not in kinds)
    yield asserted(member(ACTION, ACTION_FORM))
    yield asserted(member(RESOURCE, RESOURCE_FORM))


def compared_kinds(policies: Iterable[Policy]) -> list[Kind]:
    """R-E20: the kinds of requesters over which `policies` are compared."""
    compared = {kind for policy in policies for kind in COMPARED[policy.kind]}
    return [kind for kind in Kind if kind in compared]


def allows(name: str) -> Formula:
    """The formula that `policy_commands(name, …)` defines."""
    return Formula(symbol(f"{name} allows"))


def policy_commands(name: str, policy: Policy, keys: Keys) -> Iterator[str]:
    """Defines each statement of `policy` as a formula, and `allows(name)` of them (R-E20)."""
    matching: dict[Effect, list[Formula]] = {Effect.ALLOW: [], Effect.DENY: []}
    for place, statement in enumerate(policy.statements):
        formula = Formula(symbol(f"{name}: Statement[{place}]"))
        matching[statement.effect].append(formula)
        sid = f" {statement.sid}" if statement.sid else ""
        yield comment(f"{name}, {statement.where}: {statement.effect.value}{sid}")
        yield defined(formula, "Bool", matches(statement, keys))
    granted, denied = any_of(matching[Effect.ALLOW]), any_of(matching[Effect.DENY])
    yield defined(allows(name), "Bool", both(granted, negation(denied)))


def matches(statement: Statement, keys: Keys) -> Formula:
    """All parts of a statement match (R-C1 for its conditions)."""
    return all_of(
        [
            matches_principals(statement.principals, statement.effect),
            _matches_actions(statement.actions),
            _matches_resources(statement.resources),
            *(_holds(condition, keys[fold(condition.key)]) for condition in statement.conditions),
        ]
    )


def _matches_actions(actions: Actions) -> Formula:
    """R-M1, R-M2."""
    found = any_of(matches_glob(ACTION, p.text, ignore_case=True) for p in actions.patterns)
    return negation(found) if actions.negated else found


def _matches_resources(resources: Resources | None) -> Formula:
    """R-M3, R-M5; a statement without resources speaks of all (R-P6)."""
    if resources is None:
        return TRUE
    found = any_of(matches_glob(RESOURCE, pattern.text) for pattern in resources.patterns)
    return negation(found) if resources.negated else found


def _holds(condition: Condition, key: Key) -> Formula:
    """R-C2 to R-C6, R-C21 to R-C23."""
    operator, base = condition.operator, condition.operator.base
    if base.family is Family.NULL:  # R-C23
        absent = negation(key.present)
        return any_of(absent if _is_true(v) else key.present for v in condition.values)
    matched = any_of(
        _value_matches(base, element, value)
        for element in key.elements
        for value in condition.values
    )
    if base.negated:  # R-C3: true of an absent key, with IfExists or without
        return implies(key.present, negation(matched))
    if operator.if_exists:  # R-C22
        return implies(key.present, matched)
    return both(key.present, matched)


def _value_matches(base: Base, word: Word, value: Text) -> Formula:
    """`word`, of the request, matches `value`, of the policy; negation left aside."""
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:  # R-C7
            return same(word, literal(value.text))
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:
            return equals_ignoring_case(word, value.text)
        case Family.STRING, Comparison.LIKE:  # R-C9
            return matches_glob(word, value.text)
        case Family.ARN, Comparison.LIKE:
            return matches_arn(word, value.text)
        case Family.BOOL, Comparison.EQUALS:
            return member(word, truth(value=_is_true(value)))
        case _:
            raise InternalError(f"{base.name} has no encoding here and was not refused")


def _is_true(value: Text) -> bool:
    """R-P24: a value under Bool or Null is `true` or `false`, in any case."""
    return value.text.lower() == "true"


def _texts(policy: Policy) -> Iterator[Text | Principal]:
    for statement in policy.statements:
        yield from statement.actions.patterns
        yield from statement.resources.patterns if statement.resources else ()
        yield from statement.principals.entries if statement.principals else ()
        for condition in statement.conditions:
            yield from condition.values
