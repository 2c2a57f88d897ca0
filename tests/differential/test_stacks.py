"""Stacks: the formula against the evaluator, answers against requests, and the laws of section 6.

Whatever is claimed of all requests is held against drawn ones on the edges of the policies, of the
requesters that the question ranges over. A request in hand is judged by the evaluator, which the
decision table pins (tests/conformance), so a wrong proof cannot hide behind a wrong evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic import Outcome, PolicySet, Relation, Request, Verdict
from iamlogic.semantics import allows
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.world import can_exist, can_send
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Effect, Statement
from iamlogic.testing.strategies.scopes import scopes
from iamlogic.testing.strategies.stack_pairs import stack_pairs
from iamlogic.testing.strategies.stacks import levels_of_scps, own_policies, stacks
from iamlogic.testing.strategies.vocabulary import HERE, THERE
from tests.differential.fixing_stacks import formula_allows
from tests.differential.oracle import share
from tests.strategies.laws.stacks import LAWS, Law
from tests.strategies.stack_requests import (
    comes_by_endpoint,
    grids,
    is_concerned,
    is_left_out_as_linked,
    scopes_on_buckets,
    stack_requests,
)
from tests.strategies.stacked import STACKED, edit_policies

Pair = tuple[PolicySet, PolicySet]
Question = Callable[..., il.Answer]
SECONDS = 5.0
"""For one question, most of which take milliseconds."""

# One request


@share(50)
@given(st.data())
def test_formula_and_evaluator_agree_on_one_request(data: st.DataObject) -> None:
    stack = data.draw(stacks(STACKED))
    for _ in range(3):
        request = data.draw(stack_requests(stack))
        if can_exist(request, multivalued_keys(stack.policies())):
            outcome = il.evaluate(stack, request).outcome
            event(outcome.value)
            assert formula_allows(stack, request) == (outcome is Outcome.ALLOWED)


# Questions about a scope


class Asked(NamedTuple):
    """Whom and what a question is about, beside its scope."""

    principal: str | None
    resource_account: str | None
    all_requests: bool

    def holds(self, request: Request, scope: il.Scope, *given: PolicySet) -> bool:
        """Whether the request is one that the question is about (R-E24)."""
        keys = multivalued_keys(
            [*(p for stack in given for p in stack.policies()), il.Policy((scope.statement,))]
        )
        possible = (
            can_exist(request, keys)
            if self.all_requests
            else can_send(request, keys, to_stack=True) and comes_by_endpoint(request, *given)
        )
        return (
            possible
            and self.names(request)
            and statement_matches(scope.statement, request)
            and self._ranges_over(request, *given)
        )

    def _ranges_over(self, request: Request, *given: PolicySet) -> bool:
        if self.principal is None:
            return is_concerned(request, *given)
        return ":role/" in self.principal or not is_left_out_as_linked(request, *given)

    def names(self, request: Request) -> bool:
        """Whether the requester and the resource's account are those that are fixed."""
        if self.resource_account not in (None, request.resource_owner):
            return False
        role = request.requester.kind is RequesterKind.ROLE_SESSION
        whom = {request.principal, *([request.requester.principal_arn] if role else [])}
        return self.principal is None or self.principal in whom


def asked() -> st.SearchStrategy[Asked]:
    principals = sorted({principal for principal, _ in STACKED.requesters})
    return st.builds(
        Asked,
        st.none() | st.sampled_from(principals),
        st.none() | st.sampled_from([HERE, THERE]),
        st.booleans(),
    )


CLAIMS: dict[Question, tuple[Verdict, bool]] = {
    il.never_allows: (Verdict.FAILS, True),
    il.always_allows: (Verdict.FAILS, False),
    il.can: (Verdict.HOLDS, True),
}
"""By question, the verdict that a witness shows, and whether the witness is allowed."""

EMPTY = "the scope holds no request"


@pytest.mark.parametrize("question", CLAIMS, ids=lambda question: question.__name__)
@share(50)
@given(data=st.data())
def test_an_answer_shows_a_request_or_no_request_contradicts_it(
    question: Question, data: st.DataObject
) -> None:
    stack, scope, about = data.draw(stacks(STACKED)), data.draw(scopes(STACKED)), data.draw(asked())
    answer = question(stack, scope, **about._asdict(), timeout=SECONDS)
    event(f"{answer.verdict.value}: {answer.reason if answer.witness is None else 'witness'}")
    shown, allowed = CLAIMS[question]
    if answer.witness is not None:
        assert answer.verdict is shown
        assert answer.decision == il.evaluate(stack, answer.witness)
        assert allows(stack, answer.witness) is allowed
        assert about.names(answer.witness)
        assert statement_matches(scope.statement, answer.witness)
        assert answer.statements == answer.decision.statements
    elif answer.verdict is not Verdict.UNKNOWN:
        assert answer.verdict is not shown
        drawn = stack_requests(
            stack, scope=scope, principal=about.principal, sent=not about.all_requests
        )
        for request in (*data.draw(grids(about.principal)), data.draw(drawn), data.draw(drawn)):
            if about.holds(request, scope, stack):
                assert allows(stack, request) is not allowed
                assert answer.reason != EMPTY


@share(50)
@given(data=st.data())
def test_what_never_happens_cannot(data: st.DataObject) -> None:
    stack, scope, about = data.draw(stacks(STACKED)), data.draw(scopes(STACKED)), data.draw(asked())
    can, never, always = (
        question(stack, scope, **about._asdict(), timeout=SECONDS).verdict
        for question in (il.can, il.never_allows, il.always_allows)
    )
    if Verdict.UNKNOWN not in (can, never):
        assert can is not never
    if always is Verdict.HOLDS and can is Verdict.FAILS:
        assert il.always_allows(stack, scope, **about._asdict()).reason == EMPTY


@share(50)
@given(data=st.data())
def test_a_proof_of_denial_needs_each_statement_it_names(data: st.DataObject) -> None:
    stack, scope, about = data.draw(stacks(STACKED)), data.draw(scopes(STACKED)), data.draw(asked())
    answer = il.never_allows(stack, scope, **about._asdict(), timeout=SECONDS)
    if answer.verdict is Verdict.HOLDS:
        _every_statement_is_needed(list(answer.statements), stack, scope, about)


def _every_statement_is_needed(
    named: list[Statement], stack: PolicySet, scope: il.Scope, about: Asked
) -> None:
    for number, statement in enumerate(named):
        assert statement.effect is Effect.DENY
        others = [*named[:number], *named[number + 1 :]]
        event("a statement that is needed")
        assert il.can(with_denies(stack, others), scope, **about._asdict())
    if named:
        assert il.never_allows(with_denies(stack, named), scope, **about._asdict())


def with_denies(stack: PolicySet, kept: Sequence[Statement]) -> PolicySet:
    """The stack without the other Deny statements."""

    def edit(policy: il.Policy) -> il.Policy:
        statements = tuple(
            s
            for s in policy.statements
            if s.effect is Effect.ALLOW or any(s is each for each in kept)
        )
        return replace(policy, statements=statements)

    return edit_policies(stack, edit)


# Comparisons

MIRRORED = {
    Relation.MORE_PERMISSIVE: Relation.LESS_PERMISSIVE,
    Relation.LESS_PERMISSIVE: Relation.MORE_PERMISSIVE,
}
ALL = il.Scope({"Action": "*"})


def gains(relation: Relation) -> bool:
    return relation in (Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE)


def loses(relation: Relation) -> bool:
    return relation in (Relation.LESS_PERMISSIVE, Relation.INCOMPARABLE)


@share(50)
@given(data=st.data())
def test_no_request_contradicts_a_comparison(data: st.DataObject) -> None:
    pair, about = data.draw(stack_pairs(STACKED)), data.draw(asked())
    scope = data.draw(st.none() | st.none() | scopes(STACKED))
    comparison = il.compare(*pair, scope=scope, **about._asdict(), timeout=SECONDS)
    event(f"{comparison.relation.value}, complete: {comparison.complete}")
    before, after = pair
    sides = (
        (before, after, gains(comparison.relation), comparison.gained),
        (after, before, loses(comparison.relation), comparison.lost),
    )
    for earlier, later, happens, account in sides:
        if comparison.complete and comparison.relation is not Relation.UNKNOWN:
            assert happens == bool(account)
        for difference in account:
            witness = difference.witness
            assert allows(later, witness)
            assert not allows(earlier, witness)
            assert statement_matches(difference.region.as_statement(), witness)
            assert about.names(witness)
            assert scope is None or statement_matches(scope.statement, witness)
            assert difference.refusal.outcome is not Outcome.ALLOWED
    drawn = stack_requests(
        *pair, scope=scope, principal=about.principal, sent=not about.all_requests
    )
    for request in (*data.draw(grids(about.principal)), data.draw(drawn), data.draw(drawn)):
        then, now = allows(before, request), allows(after, request)
        if then == now or not about.holds(request, scope or ALL, *pair):
            continue
        event("a request in the difference")
        _, _, happens, account = sides[0 if now else 1]
        assert happens or comparison.relation is Relation.UNKNOWN
        regions = [d.region.as_statement() for d in account]
        inside = any(statement_matches(region, request) for region in regions)
        assert inside or not comparison.complete


@share(50)
@given(data=st.data())
def test_comparisons_mirror_each_other(data: st.DataObject) -> None:
    pair, about = data.draw(stack_pairs(STACKED)), data.draw(asked())
    there = il.compare(*pair, **about._asdict(), timeout=SECONDS).relation
    back = il.compare(*reversed(pair), **about._asdict(), timeout=SECONDS).relation
    assert Relation.UNKNOWN in (there, back) or back is MIRRORED.get(there, there)


# Laws


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@share(40)
@given(data=st.data())
def test_a_law(law: Law, data: st.DataObject) -> None:
    related = data.draw(st.composite(law)())
    before, after = related.before, related.after
    drawn = stack_requests(before, after)
    for request in (*data.draw(grids()), data.draw(drawn), data.draw(drawn)):
        then, now = allows(before, request), allows(after, request)
        assert now or not then or related.may_lose
        assert then or not now or related.may_gain
    about = data.draw(asked())
    relation = il.compare(before, after, **about._asdict(), timeout=SECONDS).relation
    event(relation.value)
    assert related.may_gain or not gains(relation)
    assert related.may_lose or not loses(relation)


@share(50)
@given(data=st.data())
def test_an_empty_level_allows_nothing_to_those_in_an_account(data: st.DataObject) -> None:
    # R-E4; R-E3: neither the management account nor service-linked roles are concerned
    stack = replace(
        data.draw(stacks(STACKED)),
        scps=data.draw(st.permutations([[], *data.draw(levels_of_scps(STACKED))])),
        management_account=False,
        service_linked=False,
    )
    principal = data.draw(st.sampled_from([each for each, _ in STACKED.requesters]))
    request = data.draw(stack_requests(stack, principal=principal))
    if request.requester.account is None or request.requester.path.startswith("aws-service-role/"):
        return
    assert not allows(stack, request)
    if request.requester.kind is not RequesterKind.ROLE_SESSION:  # its role may have that path
        answer = il.can(stack, ALL, principal=principal, timeout=SECONDS)
        assert answer.verdict is Verdict.FAILS


@share(50)
@given(data=st.data())
def test_one_identity_policy_is_the_same_alone_and_as_a_stack(data: st.DataObject) -> None:
    # In their own account, and where no resource policy is required (R-E8, R-E10)
    policy = data.draw(own_policies(STACKED))
    stack, scope = PolicySet(identity=[policy]), data.draw(scopes_on_buckets())
    principal = data.draw(st.sampled_from(["user/alice", "user/p/alice", "role/R", "role/p/R"]))
    about = {
        "principal": f"arn:aws:iam::{HERE}:{principal}",
        "resource_account": HERE,
        "all_requests": data.draw(st.booleans()),
    }
    request = data.draw(stack_requests(stack, scope=scope, principal=about["principal"]))
    request = replace(request, resource_account=HERE)
    if statement_matches(scope.statement, request):
        assert allows(stack, request) == allows(policy, request)
    for question in CLAIMS:
        verdicts = {question(each, scope, **about).verdict for each in (policy, stack)}
        assert len(verdicts) == 1
