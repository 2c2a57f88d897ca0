"""What the requests on the edges of policies are made of, computed once for each set of policies.

Each statement is a `Target`: patterns for the action and the resource, those who may ask, and the
conditions by key. `Edges` has the targets of all policies, and what is common to them. Words and
values themselves are made when they are first drawn: a policy can have thousands of patterns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.semantics.requester import parse_requester
from iamlogic.semantics.world import is_compared
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Condition, Policy, PolicyKind, Statement, Text, Variable
from iamlogic.testing.strategies.askers import DERIVED, RESOURCE_ACCOUNT, Asker, askers, split
from iamlogic.testing.strategies.sending import is_worldly
from iamlogic.testing.strategies.values import Manner, is_key
from iamlogic.testing.strategies.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class KeyTarget:
    """What a statement says of one key: `name` as it is written, `folded`, and the conditions."""

    name: str
    folded: str
    conditions: tuple[Condition, ...]
    varies: bool
    """Whether variables stand in the conditions."""


@dataclass(frozen=True, slots=True)
class Target:
    """One statement, as a request aims at it.

    `askers` match it, `strangers` do not. `keys` are those that nothing else of a request decides,
    in an order in which what variables name comes first; `accounts` the conditions on whose the
    resource is.
    """

    statement: Statement
    askers: tuple[Asker, ...]
    strangers: tuple[Asker, ...]
    keys: tuple[KeyTarget, ...]
    accounts: KeyTarget | None


@dataclass(frozen=True, slots=True)
class Edges:
    """All targets, the first statement first, and what is common to them.

    `multivalued` and `mentioned` are folded names of keys. `is_worldly` says that world facts speak
    of a key which the policies mention; else nothing that is drawn breaks one. `actions` and
    `resources` are all that the policies name.
    """

    targets: tuple[Target, ...]
    manner: Manner
    multivalued: frozenset[str]
    mentioned: frozenset[str]
    is_worldly: bool
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    accounts: tuple[str, ...]


@lru_cache(maxsize=256)
def edges_of(policies: tuple[Policy, ...], vocabulary: Vocabulary, *, all_requests: bool) -> Edges:
    """What requests about the policies are made of."""
    statements = [statement for policy in policies for statement in policy.statements]
    asking = askers(statements, vocabulary.requesters)
    if not all_requests and all(policy.kind is PolicyKind.IDENTITY for policy in policies):
        asking = [each for each in asking if is_compared(each.probe(), PolicyKind.IDENTITY)]
    keys = {fold(c.key) for statement in statements for c in statement.conditions}
    referred = {fold(each.key) for statement in statements for each in _variables(statement)}
    mentioned = keys | referred
    extra = vocabulary.multivalued if all_requests else MULTIVALUED_KEYS
    return Edges(
        targets=tuple(_target(each, asking) for each in statements),
        manner=Manner(vocabulary.fillings, vocabulary.substitutes, sent=not all_requests),
        multivalued=multivalued_keys(policies) | extra,
        mentioned=frozenset(mentioned),
        is_worldly=any(map(is_worldly, mentioned)),
        actions=tuple(dict.fromkeys(p.text for s in statements for p in s.actions.patterns)),
        resources=tuple(
            dict.fromkeys(p for s in statements if s.resources for p in s.resources.patterns)
        ),
        accounts=tuple(dict.fromkeys([*vocabulary.accounts, *_accounts(asking)])),
    )


def _accounts(asking: Iterable[Asker]) -> Iterator[str]:
    for each in asking:
        if account := parse_requester(each.principal).account:
            yield account


def _target(statement: Statement, asking: list[Asker]) -> Target:
    matched, others = split(statement, asking)
    by_key: dict[str, list[Condition]] = {}
    for condition in statement.conditions:
        by_key.setdefault(fold(condition.key), []).append(condition)
    names = {folded: conditions[0].key for folded, conditions in by_key.items()}
    for variable in _variables(statement):
        names.setdefault(fold(variable.key), variable.key)
        by_key.setdefault(fold(variable.key), [])
    made = [_key_target(names[folded], conditions) for folded, conditions in by_key.items()]
    free = [each for each in made if each.folded not in DERIVED and is_key(each.name)]
    owner = [each for each in made if each.folded == RESOURCE_ACCOUNT and each.conditions]
    return Target(
        statement,
        tuple(matched),
        tuple(others),
        tuple(sorted(free, key=lambda each: each.varies)),
        owner[0] if owner else None,
    )


def _key_target(name: str, conditions: list[Condition]) -> KeyTarget:
    varies = any(value.template for each in conditions for value in each.values)
    return KeyTarget(name, fold(name), tuple(conditions), varies)


def _variables(statement: Statement) -> Iterator[Variable]:
    texts = list(statement.resources.patterns) if statement.resources else []
    texts += [value for condition in statement.conditions for value in condition.values]
    for text in texts:
        yield from (part for part in text.template or () if isinstance(part, Variable))
