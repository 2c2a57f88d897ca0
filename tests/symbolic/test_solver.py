"""The default engine's formulas mean what the evaluator says, request by request."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given

import iamlogic as il
from iamlogic.semantics import Request, allows, can_exist
from iamlogic.semantics.requester import RequesterKind
from iamlogic.semantics.world import is_compared
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.deadline import Deadline, TimeoutExpired
from iamlogic.symbolic.enforcer import REQUESTERS
from iamlogic.symbolic.languages import Union, Word, matches
from iamlogic.symbolic.lowering import lower
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, SEPARATOR
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.symbolizer import ACTION
from iamlogic.symbolic.terms import SomeValue
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.colliding import MULTIVALUED as MULTIVALUED_WORDS
from iamlogic.testing.strategies.policies import policies
from tests.differential.oracle import share
from tests.strategies.edge_requests import with_request

VIEWS = {
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:username",
    "aws:principalisawsservice",
    "aws:principalservicename",
}
"""Keys that the requester's string determines (R-K6)."""


def requester_word(request: Request) -> str:
    """The requester's string in the symbolic request (see `symbolizer`)."""
    requester = request.requester
    if requester.kind is RequesterKind.ROLE_SESSION:
        session = request.principal.rpartition("/")[2]
        return f"{requester.principal_arn}{SEPARATOR}{session}"
    return request.principal + SEPARATOR


def fixed_to(request: Request, solver: Solver, policy: Policy) -> list[int]:
    """Every field of the symbolic request has the request's value."""
    unknown, terms = solver.request, solver.terms
    literals = [
        unknown.action_in(Word(fold(request.action))),
        unknown.resource_in(Word(request.resource)),
        unknown.requester_in(Word(requester_word(request))),
    ]
    literals += [-unseen for unseen in unknown.unseen.values()]
    tests = [test for s in policy.statements for test in lower(s).tests]
    for key in {RESOURCE_ACCOUNT, *(test.key for test in tests)} - VIEWS:
        values = request.values(key)
        present = unknown.present(key)  # so that what is known of the key is told
        literals.append(present if values else -present)
        if values and key not in MULTIVALUED_KEYS:
            literals.append(unknown.some_value(key, (Word(values[0]),)))
        if key in MULTIVALUED_KEYS:
            # A set is fixed by which of the policy's demands its values meet.
            for languages in {
                test.languages for test in tests if test.key == key and test.languages
            }:
                met = any(matches(part, value) for part in languages for value in values)
                some = terms.atom(SomeValue(key, languages))
                literals.append(some if met else -some)
    return literals


def symbolically_allowed(policy: Policy, request: Request) -> bool:
    """Whether the formula, fixed to the request, says "allowed"; it must say one or the other."""
    solver = Solver(REQUESTERS[policy.kind], Suggestions())
    statements = [lower(statement) for statement in policy.statements]
    allow = solver.compiler.some_matches(s for s in statements if s.allows)
    deny = solver.compiler.some_matches(s for s in statements if not s.allows)
    fixed = fixed_to(request, solver, policy)
    allowed = solver.find([*fixed, allow, -deny])
    denied = solver.find([*fixed, solver.terms.any_of([-allow, deny])])
    assert (allowed is None) is not (denied is None)
    return allowed is not None


@share(200)
@given(with_request(policies(COLLIDING)))
def test_a_fixed_request_is_allowed_by_the_formula_as_by_the_evaluator(
    drawn: tuple[Policy, Request],
) -> None:
    policy, request = drawn
    if can_exist(request) and is_compared(request, policy.kind):
        assert symbolically_allowed(policy, request) is allows(policy, request)


@share(100)
@given(with_request(policies(MULTIVALUED_WORDS), MULTIVALUED_WORDS))
def test_a_fixed_request_with_several_values_is_allowed_by_both_or_neither(
    drawn: tuple[Policy, Request],
) -> None:
    policy, request = drawn  # R-C6
    if can_exist(request) and is_compared(request, policy.kind):
        assert symbolically_allowed(policy, request) is allows(policy, request)


def test_a_solver_that_is_out_of_time_says_so() -> None:
    solver = Solver(REQUESTERS[PolicyKind.IDENTITY], Suggestions())
    some = solver.terms.any_of(
        solver.request.resource_in(Word(f"arn:aws:s3:::{n}")) for n in range(3)
    )
    solver.deadline = Deadline.after(-1.0)
    with pytest.raises(TimeoutExpired):
        solver.find([some], guess=False)


def test_questions_can_be_asked_from_several_threads() -> None:
    before = il.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*Object",
         "Resource": "arn:aws:s3:::a*"}}
    )  # fmt: skip
    after = il.parse(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",
         "Resource": "arn:aws:s3:::*b"}}
    )  # fmt: skip
    relations: list[il.Relation] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            # So many that the thread's z3 context is renewed at least once.
            relations.extend(il.compare(before, after).relation for _ in range(300))
        except BaseException as failure:  # noqa: BLE001  (shown by the assertion below)
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert set(relations) == {il.Relation.INCOMPARABLE}
    assert len(relations) == 1200


def test_lists_are_told_apart_only_where_they_share_no_word() -> None:
    solver = Solver(REQUESTERS[PolicyKind.IDENTITY], Suggestions())
    request = solver.request
    listed = Union((Word("s3:a"), Word("s3:b")))
    either, one, other = map(request.action_in, (listed, Word("s3:a"), Word("s3:c")))
    solver.tell_apart(ACTION)
    model = solver.find([either, one])
    assert model is not None
    assert model.words[ACTION] == "s3:a"
    assert solver.find([either, other]) is None
    assert solver.find([one, other]) is None
