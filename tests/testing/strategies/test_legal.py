"""Whatever the strategies draw is legal, of the kind that was asked for, and survives writing."""

from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.semantics.globs import glob_matches, written
from iamlogic.semantics.world import has_action_form, has_resource_form
from iamlogic.syntax.policy import Statement
from iamlogic.syntax.policy_types import check_policy
from iamlogic.testing.strategies import (
    accounts,
    action_patterns,
    actions,
    arns,
    conditions,
    documents,
    ip_networks,
    own_policies,
    policies,
    policy_pairs,
    principals,
    rcps,
    resource_policies,
    scopes,
    stack_pairs,
    stacks,
    statements,
)
from iamlogic.testing.strategies.services import SERVICES
from tests.differential.oracle import share

HERE = "111122223333"
services = st.sampled_from([*SERVICES, "batch", "bedrock-agent"])


def allowing(**members: object) -> il.Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return il.parse({"Version": "2012-10-17", "Statement": statement})


@share(50)
@given(policies())
def test_a_policy_reads_back_as_it_was_drawn(policy: il.Policy) -> None:
    assert il.parse(il.format(policy)) == policy


@share(50)
@given(documents())
def test_a_document_is_read(document: dict[str, object]) -> None:
    assert il.parse(document).statements


@pytest.mark.parametrize("kind", [*il.PolicyKind, *il.PolicyType], ids=lambda kind: kind.name)
@share(30)
@given(data=st.data())
def test_a_policy_is_of_the_kind_that_was_asked_for(
    kind: il.PolicyKind | il.PolicyType, data: st.DataObject
) -> None:
    policy = data.draw(policies(kind=kind, min_statements=1, max_statements=3))
    assert 1 <= len(policy.statements) <= 3
    if isinstance(kind, il.PolicyKind):
        assert policy.kind is kind
    else:
        check_policy(policy, kind)


MEMBERS: dict[str, SearchStrategy[il.Policy]] = {
    "identity": policies(kind=il.PolicyType.IDENTITY),
    "boundary": policies(kind=il.PolicyType.BOUNDARY),
    "session": own_policies(),
    "scps": own_policies(),
    "rcps": rcps() | policies(kind=il.PolicyType.RCP),
    "resource": resource_policies()
    | policies(kind=il.PolicyType.RESOURCE)
    | policies(kind=il.PolicyType.TRUST),
    "vpc_endpoint": policies(kind=il.PolicyType.ENDPOINT),
}


@pytest.mark.parametrize("layer", MEMBERS)
@share(30)
@given(data=st.data())
def test_a_policy_fits_the_layer_that_it_is_drawn_for(layer: str, data: st.DataObject) -> None:
    policy = data.draw(MEMBERS[layer])
    place = {"identity": [policy], "scps": [[policy]], "rcps": [[policy]]}
    stack = il.PolicySet(**{layer: place.get(layer, policy)})  # type: ignore[arg-type]
    assert list(stack.policies()) == [policy]


@share(50)
@given(statements(), statements(kind=il.PolicyKind.RESOURCE))
def test_a_statement_names_principals_if_its_policy_does(one: Statement, two: Statement) -> None:
    assert one.principals is None
    assert two.principals is not None


@share(30)
@given(stacks(layers=["identity", "scps"], max_levels=1))
def test_a_stack_has_the_layers_that_were_asked_for_alone(stack: il.PolicySet) -> None:
    bare = il.PolicySet(
        identity=stack.identity,
        scps=stack.scps,
        management_account=stack.management_account,
        service_linked=stack.service_linked,
    )
    assert stack == bare
    assert len(stack.scps) <= 1


@share(30)
@given(policy_pairs(kind=il.PolicyKind.RESOURCE), stack_pairs(), scopes())
def test_questions_take_pairs_and_scopes(
    pair: tuple[il.Policy, il.Policy], both: tuple[il.PolicySet, il.PolicySet], scope: il.Scope
) -> None:
    assert {policy.kind for policy in pair} == {il.PolicyKind.RESOURCE}
    assert isinstance(il.compare(*pair, scope=scope, timeout=5), il.Comparison)
    assert isinstance(il.compare(*both, scope=scope, timeout=5), il.Comparison)


@given(principals(max_size=2), conditions(min_size=1, max_size=3))
def test_parts_stand_in_a_statement(named: object, block: dict[str, dict[str, object]]) -> None:
    read = allowing(Principal=named, Condition=block).statements[0]
    assert 1 <= len(read.conditions) <= 3
    assert read.principals is not None
    assert 1 <= len(read.principals.entries) <= 2


@given(principals(types=["Service"]))
def test_principals_are_of_the_types_that_were_asked_for(named: object) -> None:
    assert named == "*" or (isinstance(named, dict) and set(named) == {"Service"})


@given(services, st.data())
def test_an_action_is_one_of_its_service(service: str, data: st.DataObject) -> None:
    action = data.draw(actions(service))
    assert action.startswith(f"{service}:")
    assert has_action_form(action)
    assert not set("*?") & set(action)


@given(services, st.data())
def test_a_pattern_of_actions_matches_an_action_of_its_service(
    service: str, data: st.DataObject
) -> None:
    pattern = data.draw(action_patterns(service)).lower()
    assert allowing(Action=pattern).warnings == ()
    known = SERVICES[service].actions if service in SERVICES else ("GetItem", "ListItems")
    others = ("CreateItem", "UpdateItem", "DeleteItem", "TagResource")
    words = [f"{service}:{name}".lower() for name in (*known, *others)]
    assert any(glob_matches(written(pattern), word) for word in words)


@given(services, st.data())
def test_an_arn_is_one_of_its_service(service: str, data: st.DataObject) -> None:
    patterns = data.draw(st.booleans())
    arn = data.draw(arns(service, patterns=patterns))
    assert arn.split(":")[2] == service
    assert has_resource_form(arn)
    assert allowing(Resource=arn).statements
    assert patterns or not set("*?") & set(arn)


@given(st.data())
def test_what_is_given_of_an_arn_stands_in_it(data: st.DataObject) -> None:
    patterns = data.draw(st.booleans())
    arn = data.draw(arns(partition="aws-cn", account=HERE, patterns=patterns))
    _, partition, _, region, account, _ = arn.split(":", 5)
    assert (partition, account) == ("aws-cn", HERE)
    assert region in ("", "*") or region.startswith("cn-")


@given(accounts())
def test_an_account_has_twelve_digits(account: str) -> None:
    assert re.fullmatch("[0-9]{12}", account)


@given(st.sampled_from([4, 6, None]), st.data())
def test_a_network_can_stand_under_ip_address(version: object, data: st.DataObject) -> None:
    host_bits = data.draw(st.booleans())
    network = data.draw(ip_networks(version, host_bits=host_bits))  # type: ignore[arg-type]
    assert allowing(Condition={"IpAddress": {"aws:SourceIp": network}}).warnings == ()
    read = ipaddress.ip_network(network, strict=not host_bits)
    assert version in (None, read.version)


@given(
    st.sampled_from(["10.0.0.0/8", "203.0.113.0/31", "2001:db8::/32", "10.1.2.3/32", "::/0"]),
    st.data(),
)
def test_a_network_lies_within_the_outer_one(outer: str, data: st.DataObject) -> None:
    host_bits = data.draw(st.booleans())
    network = data.draw(ip_networks(within=outer, host_bits=host_bits))
    read = ipaddress.ip_network(network, strict=False)
    assert read.subnet_of(ipaddress.ip_network(outer))  # type: ignore[arg-type]
