"""The evaluator and the default encoding say the same of every single request, over all operators.

Small vocabularies that collide on purpose: numbers, dates and addresses; keys compared both as
texts and as what they are; set prefixes; variables.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics import allows
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import can_exist, can_send, is_compared
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE
from iamlogic.testing.strategies.pairs import policy_pairs
from iamlogic.testing.strategies.policies import policies
from iamlogic.testing.strategies.vocabulary import Vocabulary
from tests.differential.fixing import symbolically_allows
from tests.differential.oracle import share
from tests.strategies.edge_requests import requests, with_request

each_vocabulary = pytest.mark.parametrize("vocabulary", WHOLE_LANGUAGE.values(), ids=WHOLE_LANGUAGE)


@each_vocabulary
@share(100)
@given(data=st.data())
def test_both_meanings_agree_on_one_request(data: st.DataObject, vocabulary: Vocabulary) -> None:
    policy, request = data.draw(with_request(policies(vocabulary, max_statements=3), vocabulary))
    if can_exist(request, multivalued_keys([policy])) and is_compared(request, policy.kind):
        assert symbolically_allows(policy, request) == allows(policy, request)


@each_vocabulary
@share(100)
@given(data=st.data())
def test_no_request_contradicts_a_comparison(data: st.DataObject, vocabulary: Vocabulary) -> None:
    pair = data.draw(policy_pairs(vocabulary, max_statements=2))
    before, after = pair
    comparison = il.compare(before, after, all_requests=True)
    if comparison.relation is il.Relation.UNKNOWN:
        return
    for _ in range(8):
        request = data.draw(requests(*pair, vocabulary=vocabulary))
        if can_exist(request, multivalued_keys(pair)) and is_compared(request, before.kind):
            if allows(after, request) and not allows(before, request):
                assert comparison.gained
            if allows(before, request) and not allows(after, request):
                assert comparison.lost


@each_vocabulary
@share(100)
@given(data=st.data())
def test_no_request_that_aws_sends_contradicts_a_comparison(
    data: st.DataObject, vocabulary: Vocabulary
) -> None:
    pair = data.draw(policy_pairs(vocabulary, max_statements=2))
    before, after = pair
    comparison = il.compare(before, after)
    if comparison.relation is il.Relation.UNKNOWN:
        return
    multivalued = multivalued_keys(pair)
    for _ in range(8):
        drawn = data.draw(requests(*pair, vocabulary=vocabulary))
        request = with_usual_context(drawn, ())
        if can_send(request, multivalued) and is_compared(request, before.kind):
            if allows(after, request) and not allows(before, request):
                assert comparison.gained
            if allows(before, request) and not allows(after, request):
                assert comparison.lost


@each_vocabulary
@share(100)
@given(data=st.data())
def test_world_facts_only_take_differences_away(
    data: st.DataObject, vocabulary: Vocabulary
) -> None:
    pair = data.draw(policy_pairs(vocabulary, max_statements=2))
    sent, any_ = il.compare(*pair), il.compare(*pair, all_requests=True)
    if il.Relation.UNKNOWN not in (sent.relation, any_.relation):
        assert not sent.gained or any_.gained
        assert not sent.lost or any_.lost
        assert sent.relation is any_.relation or sent.assumptions


def test_a_set_is_held_against_the_one_value_that_a_variable_can_have() -> None:
    keys = {"ForAllValues:StringEqualsIgnoreCase": {"kms:Keys": "${aws:PrincipalTag/t}"}}
    everything = {"Principal": "*", "Action": "*", "Resource": "*"}
    policy = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Deny", **everything, "Condition": keys},
                {"Effect": "Allow", **everything},
            ],
        }
    )
    for value, allowed in (("a", False), ("A", False), ("b", True)):
        context = {"aws:PrincipalTag/t": "a", "kms:Keys": value}
        request = il.Request("arn:aws:iam::111122223333:user/alice", "kms:D", "*", context)
        assert allows(policy, request) is allowed
        assert symbolically_allows(policy, request) is allowed
