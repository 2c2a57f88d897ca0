from __future__ import annotations

from typing import TypeVar

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.semantics.facts import WorldFact
from iamlogic.semantics.statements import statement_matches
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import can_send
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.testing.strategies import StrategyError, policies, requests, scopes
from iamlogic.testing.strategies.sending import _DROPPED, as_sent
from tests.strategies.edge_requests import requests as edge_requests

T = TypeVar("T")

ALICE = "arn:aws:iam::111122223333:user/alice"


_SHRINKING = settings(
    database=None, derandomize=True, phases=[Phase.generate, Phase.shrink]
)  # not Phase.explain, after which `find` gives what was tried last


def policy(**statement: object) -> il.Policy:
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **statement}
    return il.parse({"Version": "2012-10-17", "Statement": whole})


def drawn(strategy: SearchStrategy[T], count: int = 200) -> list[T]:
    found: list[T] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(each: T) -> None:
        found.append(each)

    collect()
    return found


def values_drawn(key: str, **condition: object) -> set[tuple[str, ...]]:
    about = policy(Condition=condition)
    return {request.values(key) for request in drawn(requests(for_policy=about), 300)}


def test_an_action_is_matched_and_missed_by_a_character() -> None:
    found = {each.action for each in drawn(requests(for_policy=policy()))}
    whole = "s3:GetObject"
    assert {whole, whole[:-1], whole + "a", whole.swapcase(), "s3:x"} <= found


def test_a_wildcard_of_an_action_is_filled_and_its_neighbour_taken_away() -> None:
    found = {each.action for each in drawn(requests(for_policy=policy(Action="s3:Get*")))}
    assert {"s3:Get", "s3:GetResource", "s3:Ge"} <= found


def test_a_resource_is_matched_and_missed_by_a_segment() -> None:
    about = policy(Resource="arn:aws:sns:*:111122223333:a?")
    found = {each.resource for each in drawn(requests(for_policy=about), 400)}
    assert "arn:aws:sns:us-east-1:111122223333:aa" in found
    assert {"arn:aws:sns:us-east-1:111122223333:x", "arn:aws:sns:us-east-1:x:aa"} <= found
    assert {"arn:aws:sns:a:111122223333:a", "arn:aws:sns:a:111122223333:aab"} <= found


def test_a_condition_is_drawn_true_false_and_absent() -> None:
    about = policy(Condition={"StringLike": {"s3:prefix": "home/*"}})
    found = [each.values("s3:prefix") for each in drawn(requests(for_policy=about))]
    assert () in found
    assert any(values and values[0].startswith("home/") for values in found)
    assert any(values and not values[0].startswith("home/") for values in found)


def test_if_exists_and_null_are_drawn_with_the_key_and_without() -> None:
    for operator, value in (("StringEqualsIfExists", "a"), ("Null", "true"), ("Null", "false")):
        found = values_drawn("s3:prefix", **{operator: {"s3:prefix": value}})
        assert () in found
        assert len(found) > 1


def test_a_number_is_drawn_at_its_bound_and_beside_it() -> None:
    found = values_drawn("s3:max-keys", NumericLessThan={"s3:max-keys": "10"})
    assert {("10",), ("9",), ("11",), ("9.5",), ("10.0",)} <= found


def test_a_date_is_drawn_at_its_bound_and_beside_it() -> None:
    found = values_drawn("s3:until", DateLessThan={"s3:until": "2026-01-01T00:00:00Z"})
    assert {
        ("2026-01-01T00:00:00Z",),
        ("2025-12-31T23:59:59Z",),
        ("2026-01-01T00:00:01Z",),
        ("2026-01-01T01:00:00+01:00",),
        ("1767225600",),
    } <= found


def test_an_address_is_drawn_on_both_sides_of_both_edges_of_a_block() -> None:
    found = values_drawn("aws:SourceIp", IpAddress={"aws:SourceIp": "10.1.0.0/16"})
    edges = {("10.1.0.0",), ("10.1.255.255",), ("10.0.255.255",), ("10.2.0.0",)}
    assert {*edges, ("::ffff:10.1.0.0",)} <= found


def test_the_segments_of_an_arn_are_drawn_with_colons_too_few_and_too_many() -> None:
    found = values_drawn("s3:arn", ArnLike={"s3:arn": "arn:aws:s3:::a"})
    assert {("arn:aws:s3:::a",), ("arn:aws:s3:::a:b",), ("aws:s3:::a",)} <= found


def test_a_set_is_drawn_empty_with_one_and_with_several() -> None:
    condition = {"ForAllValues:StringEquals": {"s3:keys": ["a", "b"]}}
    sizes = {len(values) for values in values_drawn("s3:keys", **condition)}
    assert {0, 1, 2, 3} <= sizes


def test_a_variable_is_drawn_with_a_value_and_without() -> None:
    about = policy(Resource="arn:aws:s3:::home/${aws:PrincipalTag/team}/*")
    found = drawn(requests(for_policy=about))
    assert any(not each.values("aws:PrincipalTag/team") for each in found)
    assert any(
        each.resource.startswith(f"arn:aws:s3:::home/{team}/")
        for each in found
        for team in each.values("aws:PrincipalTag/team")
    )


def test_those_near_a_principal_are_drawn() -> None:
    role = "arn:aws:iam::999988887777:role/p/R"
    found = {
        (each.principal, each.values("aws:PrincipalArn"))
        for each in drawn(requests(for_policy=policy(Principal={"AWS": role})), 400)
    }
    session = "arn:aws:sts::999988887777:assumed-role/R/s"
    assert (session, (role,)) in found
    assert (session, ("arn:aws:iam::999988887777:role/R",)) in found
    assert any(":user/" in principal for principal, _ in found)


def test_a_deny_is_a_target_too() -> None:
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::secret/*"}
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    about = il.parse({"Version": "2012-10-17", "Statement": [allow, deny]})
    outcomes = {il.evaluate(about, each).outcome for each in drawn(requests(for_policy=about))}
    assert outcomes == set(il.Outcome)


def test_negated_parts_are_matched_and_missed() -> None:
    statement = {"NotAction": ["s3:Get*", "iam:*"], "NotResource": "arn:aws:s3:::a/*"}
    about = il.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **statement}})
    allowed = [il.evaluate(about, each).statements for each in drawn(requests(for_policy=about))]
    assert any(allowed)
    assert not all(allowed)


def mentioned_in(about: il.Policy) -> set[str]:
    return {fold(c.key) for s in about.statements for c in s.conditions}


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    policies(max_statements=2).flatmap(
        lambda drawn: st.tuples(st.just(drawn), requests(for_policy=drawn))
    )
)
def test_every_request_can_be_sent(pair: tuple[il.Policy, il.Request]) -> None:
    about, request = pair
    whole = with_usual_context(request, mentioned_in(about))
    assert can_send(whole, multivalued_keys([about]), to_stack=True)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_request_becomes_one_that_can_be_sent(data: st.DataObject) -> None:
    about = data.draw(policies())
    request = data.draw(edge_requests(about))
    sent = with_usual_context(as_sent(request, mentioned_in(about)), mentioned_in(about))
    assert can_send(replace_form(sent), [fold(key) for key in sent.context], to_stack=True)


def replace_form(request: il.Request) -> il.Request:
    """With an action and a resource of their form, which are not what is asked here."""
    return il.Request(
        request.principal,
        "s3:GetObject",
        "*",
        request.context,
        request.resource_account,
    )


def test_what_each_world_fact_is_about_can_be_dropped() -> None:
    assert set(_DROPPED) == set(WorldFact)


def test_requests_that_nobody_sends_are_drawn_on_demand_alone() -> None:
    about = policy(Condition={"Bool": {"aws:SecureTransport": "true"}})
    asked = requests(for_policy=about, all_requests=True)
    assert any(not each.values("aws:SecureTransport") for each in drawn(asked))
    assert all(each.values("aws:SecureTransport") for each in drawn(requests(for_policy=about)))


def test_it_shrinks_to_the_plainest_request_that_matches_the_first_statement() -> None:
    first = {
        "Effect": "Allow",
        "Action": ["s3:Get*", "s3:List*"],
        "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::a"],
        "Condition": {"StringEquals": {"s3:prefix": ["b", "c"]}},
    }
    second = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    about = il.parse({"Version": "2012-10-17", "Statement": [first, second]})
    found = find(requests(for_policy=about), lambda _: True, settings=_SHRINKING)
    assert found == il.Request(ALICE, "s3:GetResource", "arn:aws:s3:::a/a", {"s3:prefix": "b"})


def test_a_failure_shrinks_to_one_miss() -> None:
    about = policy(Resource="arn:aws:s3:::a/*", Condition={"StringEquals": {"s3:prefix": "b"}})
    found = find(
        requests(for_policy=about),
        lambda each: il.evaluate(about, each).outcome is not il.Outcome.ALLOWED,
        settings=_SHRINKING,
    )
    assert found == il.Request(ALICE, "s3:GetObject"[:-1], "arn:aws:s3:::a/a", {"s3:prefix": "b"})


def test_without_a_policy_they_are_about_the_words_of_the_vocabulary() -> None:
    found = drawn(requests(), 300)
    assert {"s3:GetObject", "kms:Decrypt"} <= {each.action for each in found}
    assert any(each.values("aws:PrincipalOrgID") for each in found)


def test_requests_about_a_stack_are_allowed_and_denied_by_it() -> None:
    allow = policy(Action="s3:*", Resource="arn:aws:s3:::a/*")
    limit = policy(Action="s3:Get*")
    stack = il.PolicySet(identity=[allow], scps=[[limit]])
    outcomes = {il.evaluate(stack, each).outcome for each in drawn(requests(for_policy=stack))}
    assert {il.Outcome.ALLOWED, il.Outcome.IMPLICITLY_DENIED} <= outcomes


SCOPES = [
    {"Action": "s3:DeleteBucket", "Resource": "*"},
    {"NotAction": "s3:*", "NotResource": "arn:aws:s3:::a*"},
    {"Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/*"},
    {"Action": "sns:Publish", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}},
    {"Action": "*", "Principal": {"AWS": "111122223333"}},
    {
        "Action": "s3:GetObject",
        "Condition": {
            "StringEquals": {"s3:prefix": "${aws:PrincipalTag/t}"},
            "StringLike": {"aws:PrincipalTag/t": "ab*c*"},
            "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
        },
    },
    {
        "Action": "s3:GetObject",
        "Condition": {
            "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
            "StringEquals": {"aws:RequestTag/a": "x"},
        },
    },
]


@pytest.mark.parametrize("written", SCOPES)
def test_requests_that_satisfy_a_scope_are_in_it_can_be_sent_and_differ(
    written: dict[str, object],
) -> None:
    scope = il.Scope(written)
    found = drawn(requests(satisfying=scope), 60)
    assert all(statement_matches(scope.statement, each) for each in found)
    assert all(can_send(each, to_stack=True) for each in found)
    assert len(set(found)) >= 15


def test_with_a_policy_too_they_are_on_its_edges_and_in_the_scope() -> None:
    about = policy(Action="s3:*", Condition={"StringEquals": {"s3:prefix": "home"}})
    scope = il.Scope({"Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"})
    found = drawn(requests(for_policy=about, satisfying=scope), 80)
    assert all(statement_matches(scope.statement, each) for each in found)
    assert {(), ("home",), ("homea",)} <= {each.values("s3:prefix") for each in found}


def test_what_cannot_be_built_the_solver_finds() -> None:
    # No value that either pattern suggests is in both.
    clash = {"s3:prefix": ["*ab?b*", "*ab??b*"]}
    scope = il.Scope(
        {
            "Action": "s3:GetObject",
            "Condition": {
                "StringLike": clash,
                "StringLikeIfExists": {"s3:prefix": "x*y*z"},
                "StringNotLike": {"s3:prefix": ["xy*", "*yz"]},
            },
        }
    )
    found = drawn(requests(satisfying=scope), 30)
    assert all(statement_matches(scope.statement, each) for each in found)
    assert len({each.principal for each in found}) > 1


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scopes(), st.data())
def test_of_any_scope_only_its_requests_are_drawn_or_none(
    scope: il.Scope, data: st.DataObject
) -> None:
    try:
        request = data.draw(requests(satisfying=scope, all_requests=True))
    except StrategyError:
        assert not il.can(policy(Principal="*", Action="*"), scope, all_requests=True)
    else:
        assert statement_matches(scope.statement, request)


def test_a_scope_without_a_request_is_an_error() -> None:
    scope = il.Scope(
        {
            "Action": "*",
            "Condition": {"StringEquals": {"s3:prefix": "a"}, "Null": {"s3:prefix": "true"}},
        }
    )
    with pytest.raises(StrategyError) as raised:
        drawn(requests(satisfying=scope))
    assert str(raised.value) == "the scope holds no request: nothing can be drawn"


def test_a_scope_whose_requests_aws_never_sends_is_an_error_that_says_so() -> None:
    scope = il.Scope({"Action": "*", "Condition": {"Null": {"aws:SecureTransport": "true"}}})
    with pytest.raises(StrategyError, match="hint: all_requests=True"):
        drawn(requests(satisfying=scope))
    assert drawn(requests(satisfying=scope, all_requests=True), 5)
