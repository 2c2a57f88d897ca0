"""`mutations(policy)`: faults as people make them, the effect of each proved."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.testing import (
    MUTATION_OPERATORS,
    Mutation,
    MutationEffect,
    NoSuchMutation,
    mutations,
)
from iamlogic.testing.mutation import OPERATORS, REWRITINGS, SENTENCES
from iamlogic.testing.mutation.effect import effect_of
from iamlogic.testing.mutation.faults import FAULTS, faults_of

IDENTITY = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:List*"],
      "Resource": ["arn:aws:s3:::logs/2026/*", "arn:aws:s3:::home/${aws:username}/*"],
      "Condition": {
        "StringLike": {"aws:PrincipalTag/team": ["blue-*", "red"], "s3:prefix": "${aws:username}"},
        "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
        "NumericLessThanEquals": {"s3:max-keys": "10"},
        "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["cost", "stage"]}
      }
    },
    {
      "Effect": "Allow",
      "Action": "sqs:*",
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"
    },
    {
      "Sid": "TlsOnly",
      "Effect": "Deny",
      "NotAction": "iam:*",
      "Resource": "*",
      "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}
    }
  ]
}"""
RESOURCE = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow",
   "Principal": {"AWS": ["arn:aws:iam::111122223333:role/app", "444455556666"]},
   "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme/*",
   "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}},
  {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::acme"}
]}"""
POLICIES = [il.parse(IDENTITY, file="dev.json"), il.parse(RESOURCE, file="bucket.json")]
_QUICK = settings(
    max_examples=40, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("name", FAULTS)
def test_every_kind_of_fault_is_made_of_some_policy(name: str) -> None:
    documents = [json.loads(il.format(policy)) for policy in POLICIES]
    assert any(list(faults_of(each, FAULTS[name])) for each in documents)


@pytest.mark.parametrize("text", [IDENTITY, RESOURCE])
def test_a_fault_leaves_the_policy_that_it_is_made_of_alone(text: str) -> None:
    document = json.loads(text)
    before = copy.deepcopy(document)
    made = [fault for each in FAULTS.values() for fault in faults_of(document, each)]
    assert all(fault.document != before for fault in made)
    assert document == before


@_QUICK
@given(st.sampled_from(POLICIES).flatmap(lambda p: st.tuples(st.just(p), mutations(p))))
def test_the_effect_of_a_mutation_is_shown_by_requests(drawn: tuple[il.Policy, Mutation]) -> None:
    policy, mutation = drawn
    comparison = il.compare(policy, mutation.policy)
    gained = [each.witness for each in comparison.gained]
    lost = [each.witness for each in comparison.lost]
    for request in gained:
        assert il.evaluate(policy, request).outcome is not il.Outcome.ALLOWED
        assert il.evaluate(mutation.policy, request).outcome is il.Outcome.ALLOWED
    for request in lost:
        assert il.evaluate(policy, request).outcome is il.Outcome.ALLOWED
        assert il.evaluate(mutation.policy, request).outcome is not il.Outcome.ALLOWED
    expected = {
        (False, False): MutationEffect.STAYED,
        (True, False): MutationEffect.WIDENED,
        (False, True): MutationEffect.NARROWED,
        (True, True): MutationEffect.BOTH,
    }
    assert mutation.effect is expected[bool(gained), bool(lost)]


@pytest.mark.parametrize(
    "effect", [each for each in MutationEffect if each is not MutationEffect.UNKNOWN]
)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda each: each.file)
def test_an_effect_that_is_asked_for_is_the_only_one(
    policy: il.Policy, effect: MutationEffect
) -> None:
    @_QUICK
    @given(mutations(policy, effect=effect))
    def check(mutation: Mutation) -> None:
        assert mutation.effect is effect

    check()


def test_operators_that_are_asked_for_are_the_only_ones() -> None:
    @_QUICK
    @given(mutations(POLICIES[0], operators=["condition removed", "lists reordered"]))
    def check(mutation: Mutation) -> None:
        seen.add(mutation.operator)

    seen: set[str] = set()
    check()
    assert seen == {"condition removed", "lists reordered"}


def test_what_was_done_is_told_with_the_statement_and_its_place() -> None:
    strategy = mutations(POLICIES[0], operators=["condition removed"])
    told = "removed the condition BoolIfExists aws:SecureTransport of Deny statement 3"
    found = find(strategy, lambda each: "BoolIfExists" in each.what)
    assert found.what == f'{told} "TlsOnly" (dev.json:21:5)'


def test_a_mutation_shrinks_to_the_first_kind_and_the_first_place() -> None:
    found = find(
        mutations(POLICIES[0]),
        lambda _: True,
        settings=settings(database=None, phases=[Phase.generate, Phase.shrink]),
    )
    assert found.what == "removed Allow statement 1 (dev.json:4:5)"


def test_an_operator_that_there_is_not_is_named() -> None:
    with pytest.raises(NoSuchMutation, match="no operator is called 'condition dropt'"):
        mutations(POLICIES[0], operators=["condition dropt"])


def test_a_policy_without_such_a_mutation_says_so() -> None:
    nothing = il.parse({"Version": "2012-10-17", "Statement": []}, file="empty.json")
    with pytest.raises(NoSuchMutation, match=r"empty\.json has no mutation"):
        find(mutations(nothing, effect=MutationEffect.WIDENED), lambda _: True)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda each: each.file)
def test_rewritings_leave_the_meaning_alone(policy: il.Policy) -> None:
    document = json.loads(il.format(policy))
    for name in REWRITINGS:
        for mutant in OPERATORS[name](document):
            assert il.compare(policy, il.parse(mutant.after)).relation is il.Relation.EQUIVALENT


def test_every_operator_says_what_it_does_in_a_sentence() -> None:
    assert set(MUTATION_OPERATORS) == {*FAULTS, *REWRITINGS}
    assert set(SENTENCES) == set(OPERATORS)
    assert all(each.endswith(".") for each in (MUTATION_OPERATORS | SENTENCES).values())


def test_what_cannot_be_compared_is_unknown() -> None:
    identity, resource = POLICIES
    assert effect_of(identity, resource) is MutationEffect.UNKNOWN
