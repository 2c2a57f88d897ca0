"""What a finding claims, against what a reviewer found wrong once: nothing narrower than it covers.

Each case is the smallest that showed the mistake.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

import iamlogic as il
from tests.strategies.external import OURS

HERE, THERE = "111122223333", "444455556666"
ZONE = il.Zone(accounts={HERE})
BUCKET = "arn:aws:s3:::b"
PROVIDER = f"arn:aws:iam::{HERE}:oidc-provider/token.actions.githubusercontent.com"


def allow(**more: object) -> dict[str, object]:
    head = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    return {**head, "Resource": f"{BUCKET}/*", **more}


def policy(*statements: dict[str, object]) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def access(
    *statements: dict[str, object], zone: il.Zone = ZONE, **more: object
) -> il.ExternalAccess:
    options = {"resource_type": "AWS::S3::Bucket", **more}
    return il.external_access(policy(*statements), zone, **options)  # type: ignore[arg-type]


def test_if_exists_of_no_values_lets_in_who_lacks_the_key() -> None:
    """R-C3, R-C4."""
    (finding,) = access(allow(Condition={"ArnEqualsIfExists": {"aws:SourceArn": []}}))
    assert finding.witness is not None
    assert not finding.witness.values("aws:SourceArn")


def test_the_resource_is_anywhere_in_the_organization_also_beside_accounts() -> None:
    zone = il.Zone(accounts={HERE}, organization=OURS)
    condition = {"StringEquals": {"aws:ResourceAccount": THERE}}
    (finding,) = access(allow(Condition=condition), zone=zone)
    assert finding.principal == "*"


def test_a_list_too_long_to_be_taken_apart_bounds_as_its_values_do() -> None:
    accounts = [f"{number:012}" for number in range(300)]
    (finding,) = access(allow(Condition={"StringEquals": {"aws:PrincipalAccount": accounts}}))
    assert not finding.is_public
    condition = {"StringLike": {"aws:PrincipalAccount": [*accounts, "4*"]}}
    (finding,) = access(allow(Condition=condition))
    assert finding.is_public


def test_a_public_acl_does_not_make_the_policy_public() -> None:
    """R-X15: RestrictPublicBuckets asks whether the policy is public."""
    block = il.BlockPublicAccess(restrict_public_buckets=True)
    acl = policy(allow())
    found = access(allow(Principal={"AWS": HERE}), sharing=[acl], block_public_access=block)
    assert [finding.is_public for finding in found] == [True]
    assert not access(allow(), sharing=[acl], block_public_access=block)


def test_where_case_is_ignored_the_principal_is_no_single_user() -> None:
    arn = f"arn:aws:iam::{THERE}:user/alice"
    (finding,) = access(allow(Condition={"StringEqualsIgnoreCase": {"aws:PrincipalArn": arn}}))
    assert (finding.principal, finding.principal_kind) == (THERE, il.OutsiderKind.ACCOUNT)


def test_an_account_listed_twice_is_listed() -> None:
    once = allow(NotPrincipal={"AWS": [HERE]})
    twice = allow(NotPrincipal={"AWS": [HERE, f"arn:aws:iam::{HERE}:root"]})
    del once["Principal"], twice["Principal"]
    assert [f.id for f in access(once)] == [f.id for f in access(twice)]


def test_an_id_has_nothing_of_the_exceptions_to_other_patterns() -> None:
    """A box excepts what some pattern of its list holds, whichever that is."""
    get, put, one, two = "s3:Get*", "s3:Put*", f"{BUCKET}/1*", f"{BUCKET}/2*"
    denied = {**allow(Resource="*"), "Effect": "Deny"}
    (by_actions,) = access(
        allow(Action=get, Resource=[one, two]), allow(Action=put, Resource=one), denied
    )
    (by_resources,) = access(
        allow(Action=[get, put], Resource=one), allow(Action=get, Resource=two), denied
    )
    assert by_actions.id == by_resources.id


@pytest.mark.parametrize("block", ["2001::/23", "::/0", "0.0.0.0/1"])
def test_wide_blocks_are_public_though_python_calls_some_private(block: str) -> None:
    """R-X12."""
    (finding,) = access(allow(Condition={"IpAddress": {"aws:SourceIp": block}}))
    assert finding.is_public


@pytest.mark.parametrize("block", ["fc00::/7", "10.0.0.0/8", "2001:db8::/32"])
def test_private_and_narrow_blocks_are_not(block: str) -> None:
    (finding,) = access(allow(Condition={"IpAddress": {"aws:SourceIp": block}}))
    assert not finding.is_public


def test_a_policy_that_names_a_provider_is_asked_of_its_identities() -> None:
    """Of sts or not: who names a provider means a role."""
    trust: dict[str, object] = {"Effect": "Allow", "Principal": {"Federated": PROVIDER}}
    trust["Action"] = "*"
    (finding,) = access(trust, resource_type=None)
    assert (finding.principal, finding.is_public) == (PROVIDER, True)


def test_a_service_that_says_for_whom_it_calls_is_still_the_service() -> None:
    """R-K23: aws:SourceOwner of a service is not its account."""
    found = access(allow(Condition={"StringEquals": {"aws:SourceOwner": THERE}}))
    (deputy,) = found.confused_deputies
    assert (deputy.principal, deputy.principal_kind) == ("*", il.OutsiderKind.SERVICE)


OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"


def deny(**more: object) -> dict[str, object]:
    return {**allow(Action="s3:*", Resource="*"), "Effect": "Deny", **more}


def test_a_deny_for_all_but_a_cloudfront_identity_leaves_that_one() -> None:
    """Of all whom the Allow names, it is the only one left: no answer hangs on it."""
    but_one = deny(NotPrincipal={"AWS": OAI})
    del but_one["Principal"]
    found = access(allow(), but_one)
    assert [finding.principal for finding in found] == [OAI]
    assert not found.confused_deputies


def test_where_any_request_counts_a_service_may_have_an_organization() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-foreignorgid"}}
    context = {"aws:PrincipalOrgID": "o-foreignorgid"}
    request = il.Request("sns.amazonaws.com", "s3:GetObject", f"{BUCKET}/a", context)
    found = access(allow(Condition=condition), all_requests=True)
    assert any(deputy.covers(request) for deputy in found.confused_deputies)
    assert not access(allow(Condition=condition)).confused_deputies


@pytest.mark.parametrize("action", ["s3:*", "s3:*Object"])
def test_ids_do_not_hang_on_the_order_of_denies(action: str) -> None:
    """One that overlaps a pattern narrows the whole of it, unless others have taken from it."""
    denies = [
        deny(Action="s3:GetObject", Resource=f"{BUCKET}/1"),
        deny(Resource=f"{BUCKET}/*1"),
        deny(Action="s3:List*", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    ]
    orders = [denies, denies[::-1], [denies[1], denies[0], denies[2]]]
    ids = [{f.id for f in access(allow(Action=action), *order)} for order in orders]
    assert ids[0] == ids[1] == ids[2]


_WITNESSES = """
import iamlogic as il
actions = ["s3:*Object", "s3:Get*", "s3:List*", "s3:PutObject"]
base = {"Principal": "*", "Action": actions, "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b"]}
lists = {"aws:SourceVpc": ["vpc-1", "vpc-2"], "aws:PrincipalTag/team": ["a", "b", "c"]}
denied = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "StringNotLike": {"s3:prefix": "a*"}}
policy = il.parse({"Version": "2012-10-17", "Statement": [
    {**base, "Effect": "Allow", "Condition": {"StringEquals": lists}},
    {**base, "Effect": "Allow", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}},
    {**base, "Effect": "Deny", "Action": ["s3:Get*", "s3:ListBucket"], "Condition": denied},
]})
for finding in il.external_access(policy, il.Zone(accounts={"111122223333"})):
    print(finding.id, finding.witness.to_json())
"""


def test_examples_are_the_same_in_every_process() -> None:
    outputs = set()
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", _WITNESSES]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        outputs.add(ran.stdout)
    assert len(outputs) == 1


@pytest.mark.parametrize("key", ["aws:userid", "aws:PrincipalAccount", "aws:PrincipalType"])
def test_anonymous_in_any_case_is_the_public(key: str) -> None:
    (finding,) = access(allow(Condition={"StringEqualsIgnoreCase": {key: "Anonymous"}}))
    assert finding.is_public


def test_nobody_is_asked_about_who_could_not_come() -> None:
    """Without an account come services alone: a provider's host is none, nor an outsider here."""
    condition = {"StringNotLike": {"aws:PrincipalAccount": "*"}}
    statement = allow(Action=["s3:GetObject", "s3:PutObject"], Condition=condition)
    for type_ in ("AWS::S3::Bucket", None):
        wider = allow(Action="*", Condition=condition)
        found = access(statement, wider, resource_type=type_)
        assert not found
        assert [deputy.principal for deputy in found.confused_deputies] == ["*"]


def test_the_timeout_holds_while_grants_are_taken_apart() -> None:
    """Many principals under many values are as many grants, before anything is asked of them."""
    principals = {"AWS": [f"{number:012}" for number in range(600)]}
    blocks = [f"10.{number}.0.0/16" for number in range(200)]
    statement = allow(Principal=principals, Condition={"IpAddress": {"aws:SourceIp": blocks}})
    start = time.monotonic()
    found = access(statement, timeout=0.5)
    assert found.reason == "the timeout was hit"
    assert time.monotonic() - start < 5  # far from 20 seconds, also on a slow machine


@pytest.mark.parametrize("operator", ["StringEquals", "StringEqualsIgnoreCase", "StringLike"])
def test_the_account_of_the_resource_is_inside_in_any_case(operator: str) -> None:
    """An account has no case, so that nothing is unknown of it."""
    condition = {operator: {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}
    for zone in (il.Zone(accounts={HERE}), il.Zone(organization=OURS)):
        assert not access(allow(Condition=condition), zone=zone)


def test_what_is_no_arn_names_no_account_of_the_zone() -> None:
    """Only where any request counts can aws:SourceArn be one (R-C14)."""
    request = il.Request(
        "sns.amazonaws.com",
        "s3:GetObject",
        f"{BUCKET}/a",
        {"aws:SourceArn": f"arN:aws:sns:us-east-1:{HERE}:t"},
    )
    condition = {"StringEqualsIgnoreCase": {"aws:SourceArn": f"arN:aws:sns:us-east-1:{HERE}:t"}}
    service = {"Service": "sns.amazonaws.com"}
    statement = allow(Principal=service, Condition=condition)
    (deputy,) = access(statement, all_requests=True).confused_deputies
    assert deputy.covers(request)
    assert not ZONE.is_acted_for(request)


def test_a_deputy_does_not_hang_on_how_statements_divide_its_actions() -> None:
    """Of two actions, one is everyone's already: the other is a service's, with it or without."""
    no_account = {"Null": {"aws:PrincipalAccount": "true"}}
    both: dict[str, object] = {"Effect": "Allow", "Principal": "*", "Condition": no_account}
    actions = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]
    only_services: dict[str, object] = {
        **both,
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    }
    role = "AWS::IAM::Role"
    whole = access({**both, "Action": actions}, only_services, resource_type=role)
    divided: list[dict[str, object]] = [{**both, "Action": each} for each in actions]
    parts = access(*divided, only_services, resource_type=role)
    for one, other in ((whole, parts), (whole.confused_deputies, parts.confused_deputies)):
        assert [each.id for each in one] == [each.id for each in other]


def test_ids_do_not_hang_on_which_list_is_divided_where_denies_overlap() -> None:
    one, two = f"{BUCKET}/1*", f"{BUCKET}/2"
    actions = ["s3:*Object", "s3:Get*", "s3:List*"]
    rest = [
        allow(Action="s3:*", Resource=two),
        deny(
            Action=["s3:Get*", "s3:PutObject"],
            Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        ),
        deny(
            Action="s3:*Object",
            Resource=one,
            Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}},
        ),
    ]
    whole = access(allow(Action=actions, Resource=[one, two]), *rest)
    by_action = access(*(allow(Action=each, Resource=[one, two]) for each in actions), *rest)
    by_resource = access(*(allow(Action=actions, Resource=each) for each in (one, two)), *rest)
    ids = [{finding.id for finding in found} for found in (whole, by_action, by_resource)]
    assert ids[0] == ids[1] == ids[2]
