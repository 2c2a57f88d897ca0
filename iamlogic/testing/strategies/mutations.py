"""`mutations`: mutants of a policy, each with what was done and what that does, proved.

    @given(mutations(policy, effect=MutationEffect.WIDENED))
    def test_the_monitor_sees_what_is_granted(mutation): ...

The kind of the mutation is drawn first, so that a policy with a thousand actions is not mutated in
its actions alone; the example shrinks to the first kind that applies, and to its first place.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, partial

from hypothesis import strategies as st

import iamlogic as il
from iamlogic.errors import NOWHERE, IamlogicError, PolicySyntaxError
from iamlogic.testing.mutation import OPERATORS, REWRITINGS
from iamlogic.testing.mutation.effect import MutationEffect, effect_of
from iamlogic.testing.mutation.faults import FAULTS, faults_of
from iamlogic.testing.mutation.naming import described
from iamlogic.testing.strategies.errors import check_policy


@dataclass(frozen=True, slots=True)
class Mutation:
    """A mutant of a policy.

    `operator` is the kind of mutation, a name in `MUTATION_OPERATORS`; `what` says what was done,
    and to which statement: "removed the condition Bool aws:SecureTransport of Deny statement 2
    (bucket.json:14:5)". `effect` is proved.
    """

    policy: il.Policy
    operator: str
    what: str
    effect: MutationEffect


MUTATION_OPERATORS: dict[str, str] = {
    **{name: fault.sentence for name, fault in FAULTS.items()},
    **REWRITINGS,
}
"""Every kind of mutation that is drawn, and what it does in a sentence.

Most are faults that people make; the last are rewritings that leave the meaning alone.
"""


class NoSuchMutation(IamlogicError):
    """A policy has no mutation as it was asked for, or no operator has that name."""


def mutations(
    policy: il.Policy,
    *,
    effect: MutationEffect | None = None,
    operators: Collection[str] = tuple(MUTATION_OPERATORS),
) -> st.SearchStrategy[Mutation]:
    """Mutations of `policy`, which itself is left as it is.

    `effect`: only those that are proved to have this effect. `operators`: only those of these
    kinds, names in `MUTATION_OPERATORS`. Raises `NoSuchMutation` for an unknown name and, when it
    is drawn from, where the policy has no mutation of that kind.
    """
    check_policy(policy, named="policy", stack=False)
    unknown = sorted(set(operators) - set(MUTATION_OPERATORS))
    if unknown:
        raise NoSuchMutation(
            f"no operator is called {', '.join(map(repr, unknown))}: see MUTATION_OPERATORS"
        )
    return st.deferred(lambda: _drawn(policy, effect, tuple(operators)))


def _drawn(
    policy: il.Policy, effect: MutationEffect | None, operators: tuple[str, ...]
) -> st.SearchStrategy[Mutation]:
    proved = cache(partial(_proved, policy))
    by_operator: dict[str, list[Candidate]] = {}
    for candidate in _candidates(policy, operators):
        if effect is None or proved(candidate).effect is effect:
            by_operator.setdefault(candidate.operator, []).append(candidate)
    if not by_operator:
        which = f"that is proved to have {effect.value}" if effect else "of these operators"
        raise NoSuchMutation(f"{policy.file or 'the policy'} has no mutation {which}")
    kinds = st.sampled_from([st.sampled_from(each) for each in by_operator.values()])
    return kinds.flatmap(lambda kind: kind).map(proved)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mutant of which the effect is not known yet."""

    policy: il.Policy
    operator: str
    what: str


def _proved(policy: il.Policy, candidate: Candidate) -> Mutation:
    effect = effect_of(policy, candidate.policy)
    return Mutation(candidate.policy, candidate.operator, candidate.what, effect)


def _candidates(policy: il.Policy, operators: tuple[str, ...]) -> Iterator[Candidate]:
    """The mutants in the order of the operators, without those that no policy may be."""
    document = json.loads(il.format(policy))
    for name in operators:
        for what, mutant in _mutants(policy, document, name):
            try:
                mutated = il.parse(mutant, file=policy.file)
            except PolicySyntaxError:
                continue
            if mutated != policy:
                yield Candidate(mutated, name, what)


def _mutants(
    policy: il.Policy, document: dict[str, object], operator: str
) -> Iterator[tuple[str, dict[str, object]]]:
    if operator in FAULTS:
        for fault in faults_of(document, FAULTS[operator]):
            where = policy.statements[fault.statement].where
            place = None if where == NOWHERE else where
            old = document["Statement"][fault.statement]  # type: ignore[index]  # of our formatter
            yield described(fault, old, place), fault.document
    else:
        for mutant in OPERATORS[operator](document):
            yield f"rewrote the policy: {MUTATION_OPERATORS[operator]}", mutant.after
