"""Policies and the symbolic request as SMT-LIB text: the direct, Zelkova-style encoding.

The request is a set of string constants: action, resource, requester, resource account, and for
each condition key a Boolean (present) and its value. A statement is one named formula, a policy
the disjunction of its Allows without its Denies (R-E20). Patterns are regular expressions over
those strings, one membership each. Nothing is simplified and nothing is shared with the default
encoding: what is slow here is plain, and what is plain can be checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from iamlogic.errors import Unsupported
from iamlogic.symbolic.reference import dates, numbers
from iamlogic.symbolic.reference.conditions import holds
from iamlogic.symbolic.reference.keys import Key, Keys
from iamlogic.symbolic.reference.patterns import (
    ACTION_FORM,
    LOWER_CASE_DEFINED,
    NOT_A_COLON,
    NOT_A_COLON_MEANS,
    NOT_A_SURROGATE,
    NOT_A_SURROGATE_MEANS,
    RESOURCE_FORM,
    arn_of_account,
    matches_glob,
)
from iamlogic.symbolic.reference.requester import (
    COMPARED,
    DEFINITIONS,
    HAS_ACCOUNT,
    TWELVE_DIGITS,
    Kind,
    matches_principals,
    requester_commands,
    unseen,
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
    member,
    negation,
    repeated,
    same,
    symbol,
)
from iamlogic.symbolic.reference.variables import pattern_of, resolved
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import (
    UNSEEN,
    Actions,
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


def require_encodable(policy: Policy) -> None:
    """Raises `Unsupported` at the first text with a character that SMT-LIB does not have."""
    for text in _texts(policy):
        if not is_expressible(str(text)):
            raise Unsupported(f"a character beyond U+2FFFF in SMT-LIB ({str(text)!a})", text.where)


def request_commands(keys: Keys) -> Iterator[str]:
    """Declares the symbolic request, and demands what is part of being a request (R-K4, R-K6)."""
    yield comment("Classes of characters")
    yield defined(NOT_A_COLON, "RegLan", NOT_A_COLON_MEANS)
    yield defined(NOT_A_SURROGATE, "RegLan", NOT_A_SURROGATE_MEANS)
    yield from _named_languages(keys)
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
        yield from key.declarations()
        if folded in DEFINED_KEYS:
            yield from map(asserted, _definition(folded, key))
        else:
            yield from (asserted(member(e, repeated(NOT_A_SURROGATE))) for e in key.elements)
        yield from key.readings()


def _named_languages(keys: Keys) -> Iterator[str]:
    """Defines what only some questions need."""
    families = frozenset[Family]().union(*(key.families for key in keys.values()))
    if Family.NUMERIC in families:
        yield comment("Numbers (R-C10)")
        yield defined(numbers.IS_NUMBER, "RegLan", numbers.IS_NUMBER_MEANS)
    if Family.DATE in families:
        yield comment("Dates (R-C16)")
        yield defined(dates.IS_CALENDAR_DATE, "RegLan", dates.IS_CALENDAR_DATE_MEANS)
        yield defined(dates.IS_COUNT, "RegLan", dates.IS_COUNT_MEANS)
    if Family.STRING in families:
        yield comment("Letter case (R-C26)")
        yield LOWER_CASE_DEFINED


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


def unseen_principals(policies: Iterable[Policy]) -> list[Formula]:
    """That the request is by one of the principals that no request is written by (R-M8)."""
    statements = (statement for policy in policies for statement in policy.statements)
    entries = (e for s in statements if s.principals is not None for e in s.principals.entries)
    return list(dict.fromkeys(unseen(entry) for entry in entries if entry.form in UNSEEN))


def universe_commands(kinds: Collection[Kind], keys: Keys) -> Iterator[str]:
    """Demands a request by one of these kinds of requesters, and R-E21's forms of the rest.

    Of the requests that no policy can tell apart, one is enough: see `Key.plain_spellings`.
    """
    yield comment("The requests over which policies are compared (R-E20, R-E21)")
    yield from (asserted(negation(kind.holds)) for kind in Kind if kind not in kinds)
    yield asserted(member(ACTION, ACTION_FORM))
    yield asserted(member(RESOURCE, RESOURCE_FORM))
    free = (key for folded, key in keys.items() if folded not in DEFINED_KEYS)
    yield from (asserted(plain) for key in free for plain in key.plain_spellings())


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
    """All parts of a statement match."""
    named = matches_principals(statement.principals, statement.effect)
    return both(named, all_but_principals_match(statement, keys))


def all_but_principals_match(statement: Statement, keys: Keys) -> Formula:
    """All parts but its principals match (R-C1 for its conditions)."""
    return all_of(
        [
            _matches_actions(statement.actions),
            _matches_resources(statement.resources, keys),
            *(holds(condition, keys) for condition in statement.conditions),
        ]
    )


def _matches_actions(actions: Actions) -> Formula:
    """R-M1, R-M2."""
    found = any_of(_matches_action(pattern.text) for pattern in actions.patterns)
    return negation(found) if actions.negated else found


def _matches_action(pattern: str) -> Formula:
    if pattern == "*:*":  # R-P16
        return TRUE
    return matches_glob(ACTION, (pattern,), ignore_case=True)


def _matches_resources(resources: Resources | None, keys: Keys) -> Formula:
    """R-M3, R-M5, R-V5; a statement without resources speaks of all (R-P6)."""
    if resources is None:
        return TRUE
    found = any_of(
        both(resolved(pattern, keys), matches_glob(RESOURCE, pattern_of(pattern, keys)))
        for pattern in resources.patterns
    )
    return negation(found) if resources.negated else found


def _texts(policy: Policy) -> Iterator[Text | Principal]:
    for statement in policy.statements:
        yield from statement.actions.patterns
        yield from statement.resources.patterns if statement.resources else ()
        yield from statement.principals.entries if statement.principals else ()
        for condition in statement.conditions:
            yield from condition.values
