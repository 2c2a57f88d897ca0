"""The custom checks against single requests, compare and never_allows, and to their laws."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics import allows, can_exist
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.world import is_compared
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Effect, Policy, Statement
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.pairs import policy_pairs
from iamlogic.testing.strategies.policies import policies
from tests.differential.oracle import share
from tests.questions.reasons import hold_reasons
from tests.strategies.edge_requests import requests

GAINS = {il.Relation.MORE_PERMISSIVE, il.Relation.INCOMPARABLE}
NOTHING = il.parse({"Version": "2012-10-17", "Statement": []})


def through(one: Policy, index: int) -> Policy:
    """The policy with no other Allow than that of the index."""
    kept = enumerate(one.statements)
    return replace(
        one, statements=tuple(s for i, s in kept if i == index or s.effect is Effect.DENY)
    )


def allow_indexes(one: Policy) -> list[int]:
    return [i for i, s in enumerate(one.statements) if s.effect is Effect.ALLOW]


@share(100)
@given(policy_pairs(COLLIDING), st.data())
def test_no_request_contradicts_the_check_for_new_access(
    pair: tuple[Policy, Policy], data: st.DataObject
) -> None:
    existing, new = pair
    answer = il.check_no_new_access(existing, new, all_requests=True)
    hold_reasons(answer, new)
    assert not any(allows(existing, reason.witness) for reason in answer.reasons)
    for _ in range(10):
        request = data.draw(requests(*pair))
        if (
            can_exist(request, multivalued_keys(pair))
            and is_compared(request, new.kind)
            and allows(new, request)
            and not allows(existing, request)
        ):
            assert answer.verdict is not il.Verdict.HOLDS
            shown = {reason.index for reason in answer.reasons}
            granting = {
                i for i in allow_indexes(new) if statement_matches(new.statements[i], request)
            }
            assert granting <= shown or _is_unfinished(answer)


def _is_unfinished(answer: il.Answer) -> bool:
    """R-M8: what hangs on principals by whom no request is written is not settled."""
    return "by whom no request is written" in answer.reason


@share(60)
@given(policy_pairs(COLLIDING))
def test_the_check_for_new_access_agrees_with_compare(pair: tuple[Policy, Policy]) -> None:
    existing, new = pair
    answer = il.check_no_new_access(existing, new)
    comparison = il.compare(existing, new)
    if il.Relation.UNKNOWN is not comparison.relation:
        expected = il.Verdict.FAILS if comparison.relation in GAINS else il.Verdict.HOLDS
        assert answer.verdict is expected
    shown = [reason.index for reason in answer.reasons]
    for index in allow_indexes(new):
        alone = il.compare(existing, through(new, index)).relation
        if alone is not il.Relation.UNKNOWN and not _is_unfinished(answer):
            assert (alone in GAINS) is (index in shown)


@share(50)
@given(policy_pairs(COLLIDING))
def test_new_access_laws(pair: tuple[Policy, Policy]) -> None:
    existing, new = pair
    assert il.check_no_new_access(new, new)
    backwards = replace(new, statements=new.statements[::-1])
    assert il.check_no_new_access(new, backwards)
    assert il.check_no_new_access(existing, NOTHING)
    denials = [replace(s, effect=Effect.DENY) for s in existing.statements if not _negates(s)]
    narrowed = replace(new, statements=(*new.statements, *denials))
    assert il.check_no_new_access(new, narrowed)
    if il.check_no_new_access(existing, new).verdict is il.Verdict.HOLDS:
        assert il.check_no_new_access(existing, narrowed)


def _negates(statement: Statement) -> bool:
    return statement.principals is not None and statement.principals.negated


ACTIONS = st.lists(st.sampled_from(COLLIDING.actions), max_size=3)
RESOURCES = st.lists(st.sampled_from(COLLIDING.resources), max_size=2)


@share(60)
@given(policies(COLLIDING), ACTIONS, RESOURCES, st.data())
def test_granted_access_is_what_never_allows_says_of_the_scope(
    subject: Policy, actions: list[str], resources: list[str], data: st.DataObject
) -> None:
    if not (actions or resources):
        actions = ["*"]
    written = {"Action": actions or "*"} | ({"Resource": resources} if resources else {})
    scope = il.Scope(written)
    answer = il.check_access_not_granted(
        subject, actions=actions, resources=resources, all_requests=True
    )
    assert answer.verdict is il.never_allows(subject, scope, all_requests=True).verdict
    hold_reasons(answer, subject)
    shown = [reason.index for reason in answer.reasons]
    for index in allow_indexes(subject):
        alone = il.can(through(subject, index), scope, all_requests=True).verdict
        if alone is not il.Verdict.UNKNOWN and not _is_unfinished(answer):
            assert (alone is il.Verdict.HOLDS) is (index in shown)
    for _ in range(5):
        request = data.draw(requests(subject))
        if (
            can_exist(request, multivalued_keys([subject]))
            and is_compared(request, subject.kind)
            and statement_matches(scope.statement, request)
            and allows(subject, request)
        ):
            assert answer.verdict is not il.Verdict.HOLDS
