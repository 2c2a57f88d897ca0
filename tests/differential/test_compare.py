"""Comparisons hold against the reference encoding, against single requests, and to their laws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic import Relation
from iamlogic.semantics import Request, allows, can_exist
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.world import is_compared
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Effect, Policy, Statement
from iamlogic.testing.strategies.colliding import COLLIDING, MULTIVALUED
from iamlogic.testing.strategies.pairs import policy_pairs
from iamlogic.testing.strategies.policies import policies
from tests.differential.oracle import allows_more, share
from tests.strategies.edge_requests import requests

RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.MORE_PERMISSIVE,
    (False, True): Relation.LESS_PERMISSIVE,
    (True, True): Relation.INCOMPARABLE,
}
MIRRORED = {
    Relation.MORE_PERMISSIVE: Relation.LESS_PERMISSIVE,
    Relation.LESS_PERMISSIVE: Relation.MORE_PERMISSIVE,
}
T = TypeVar("T")
PairOfPolicies = tuple[Policy, Policy]


def gains(relation: Relation) -> bool:
    return relation in (Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE)


def loses(relation: Relation) -> bool:
    return relation in (Relation.LESS_PERMISSIVE, Relation.INCOMPARABLE)


@share(50)
@given(policy_pairs(COLLIDING))
def test_the_relation_is_the_reference_s(pair: PairOfPolicies) -> None:
    comparison = il.compare(*pair, all_requests=True)
    if _hangs_on_unseen(comparison):
        return
    relation = comparison.relation
    before, after = pair
    for more, claimed in (
        (allows_more(before, after), gains(relation)),
        (allows_more(after, before), loses(relation)),
    ):
        assert more in (claimed, None)


@share(20)
@given(policy_pairs(MULTIVALUED, max_statements=2))
def test_the_relation_is_the_reference_s_where_keys_have_several_values(
    pair: PairOfPolicies,
) -> None:
    comparison = il.compare(*pair, all_requests=True)
    if not _hangs_on_unseen(comparison):
        assert allows_more(*pair) in (gains(comparison.relation), None)


def _hangs_on_unseen(comparison: il.Comparison) -> bool:
    """R-M8: unknown, because of principals by whom no request is written; the reference writes one.

    Nothing else may be unknown here.
    """
    if comparison.relation is not Relation.UNKNOWN:
        return False
    assert "by whom no request is written here" in (comparison.reason or "")
    return True


@share(200)
@given(policy_pairs(COLLIDING), st.data())
def test_no_request_contradicts_a_comparison(pair: PairOfPolicies, data: st.DataObject) -> None:
    comparison = il.compare(*pair, all_requests=True)
    for _ in range(10):
        request = data.draw(requests(*pair))
        if can_exist(request, multivalued_keys(pair)) and is_compared(request, pair[0].kind):
            _hold_against(request, comparison)


def _hold_against(request: Request, comparison: il.Comparison) -> None:
    before, after = comparison.before, comparison.after
    for earlier, later, happens, account in (
        (before, after, gains(comparison.relation), comparison.gained),
        (after, before, loses(comparison.relation), comparison.lost),
    ):
        if allows(later, request) and not allows(earlier, request):
            assert happens or comparison.relation is il.Relation.UNKNOWN  # R-M8
            inside = [d for d in account if statement_matches(d.region.as_statement(), request)]
            assert inside or not comparison.complete


@share(100)
@given(policy_pairs(COLLIDING))
def test_every_comparison_is_decided_and_its_account_complete(pair: PairOfPolicies) -> None:
    comparison = il.compare(*pair, all_requests=True)
    if not comparison.complete:  # it hangs on a principal by which no request is written (R-M8)
        assert any(warning.rule == "R-M8" for policy in pair for warning in policy.warnings)
        assert "no request is written" in (comparison.reason or "")
        return
    assert comparison.relation is RELATIONS[bool(comparison.gained), bool(comparison.lost)]


@share(100)
@given(policy_pairs(COLLIDING))
def test_every_witness_lies_in_its_region_and_in_the_difference(pair: PairOfPolicies) -> None:
    comparison = il.compare(*pair, all_requests=True)
    before, after = pair
    for earlier, later, account in (
        (before, after, comparison.gained),
        (after, before, comparison.lost),
    ):
        for difference in account:
            witness = difference.witness
            assert allows(later, witness)
            assert not allows(earlier, witness)
            assert statement_matches(difference.region.as_statement(), witness)
            assert can_exist(witness, multivalued_keys(pair))
            assert is_compared(witness, before.kind)


@share(15)
@given(policy_pairs(COLLIDING, max_statements=2))
def test_every_pattern_of_a_region_has_a_request_of_its_own(pair: PairOfPolicies) -> None:
    """A request in the difference that no other pattern of its list in the region matches."""
    for earlier, later, regions in _directions(pair):
        for region in regions:
            if not _can_be_denied(region):
                continue
            for alone, others in _splits(region):
                rest = _denying(later, [others])
                assert allows_more(earlier, rest, within=alone) in (True, None)


@share(30)
@given(policy_pairs(COLLIDING, max_statements=2))
def test_no_region_can_be_left_out(pair: PairOfPolicies) -> None:
    for earlier, later, regions in _directions(pair):
        for region in regions:
            others = [other for other in regions if other is not region]
            if others and all(map(_can_be_denied, others)):
                rest = _denying(later, others)
                assert allows_more(earlier, rest, within=region) in (True, None)


def _directions(pair: PairOfPolicies) -> list[tuple[Policy, Policy, list[Statement]]]:
    """What is gained and what is lost: the policy without it, the one with it, and the regions."""
    comparison = il.compare(*pair, all_requests=True)
    before, after = pair
    return [
        (before, after, [d.region.as_statement() for d in comparison.gained]),
        (after, before, [d.region.as_statement() for d in comparison.lost]),
    ]


def _denying(policy: Policy, statements: Sequence[Statement]) -> Policy:
    denials = [replace(statement, effect=Effect.DENY) for statement in statements]
    return replace(policy, statements=(*policy.statements, *denials))


def _splits(region: Statement) -> Iterator[tuple[Statement, Statement]]:
    """For each pattern that a region names: the region with it alone, and with all but it."""
    actions, resources, principals = region.actions, region.resources, region.principals
    if not actions.negated:
        for action, actions_left in _each(actions.patterns):
            yield (
                replace(region, actions=replace(actions, patterns=(action,))),
                replace(region, actions=replace(actions, patterns=actions_left)),
            )
    if resources is not None and not resources.negated:
        for resource, resources_left in _each(resources.patterns):
            yield (
                replace(region, resources=replace(resources, patterns=(resource,))),
                replace(region, resources=replace(resources, patterns=resources_left)),
            )
    if principals is not None and not principals.negated:
        for entry, entries_left in _each(principals.entries):
            yield (
                replace(region, principals=replace(principals, entries=(entry,))),
                replace(region, principals=replace(principals, entries=entries_left)),
            )


def _each(nodes: tuple[T, ...]) -> Iterator[tuple[T, tuple[T, ...]]]:
    for place, node in enumerate(nodes):
        yield node, (*nodes[:place], *nodes[place + 1 :])


def _can_be_denied(region: Statement) -> bool:
    """Whether a Deny of the region's words has its meaning: NotPrincipal changes (R-M11, R-M13)."""
    negated = region.principals is not None and region.principals.negated
    return region.effect is Effect.DENY or not negated


@given(policies(COLLIDING))
def test_a_policy_is_equivalent_to_itself(policy: Policy) -> None:
    assert il.compare(policy, policy, all_requests=True).relation is Relation.EQUIVALENT


@given(policy_pairs(COLLIDING))
def test_comparisons_mirror_each_other(pair: PairOfPolicies) -> None:
    before, after = pair
    there, back = (
        il.compare(before, after, all_requests=True),
        il.compare(after, before, all_requests=True),
    )
    assert back.relation is MIRRORED.get(there.relation, there.relation)
    assert bool(back.gained) == bool(there.lost)
    assert bool(back.lost) == bool(there.gained)


@given(policy_pairs(COLLIDING))
def test_another_allow_never_loses_and_another_deny_never_gains(pair: PairOfPolicies) -> None:
    policy, other = pair
    for statement in other.statements:
        longer = replace(policy, statements=(*policy.statements, statement))
        relation = il.compare(policy, longer, all_requests=True).relation
        assert not (loses if statement.effect is Effect.ALLOW else gains)(relation)


@given(policies(COLLIDING), st.data())
def test_neither_order_of_statements_nor_of_values_matters(
    policy: Policy, data: st.DataObject
) -> None:
    def shuffled(nodes: Sequence[T]) -> tuple[T, ...]:
        return tuple(data.draw(st.permutations(nodes)))

    def reordered(statement: Statement) -> Statement:
        resources, principals = statement.resources, statement.principals
        return replace(
            statement,
            actions=replace(statement.actions, patterns=shuffled(statement.actions.patterns)),
            resources=resources and replace(resources, patterns=shuffled(resources.patterns)),
            principals=principals and replace(principals, entries=shuffled(principals.entries)),
            conditions=shuffled(
                [replace(c, values=shuffled(c.values)) for c in statement.conditions]
            ),
        )

    other = replace(policy, statements=shuffled([reordered(s) for s in policy.statements]))
    assert il.compare(policy, other, all_requests=True).relation is Relation.EQUIVALENT
