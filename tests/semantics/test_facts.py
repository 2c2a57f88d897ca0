"""Every world fact (R-K10 to R-K12, R-K14): what keeps it and what breaks it, and nothing else."""

from __future__ import annotations

import pytest

from iamlogic.semantics import Request, broken_facts, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.facts import FACTS_OF_STACKS, WorldFact

A, B = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{A}:user/alice"
SESSION = f"arn:aws:sts::{A}:assumed-role/app/s1"
ROLE = f"arn:aws:iam::{A}:role/app"
FEDERATED = f"arn:aws:sts::{A}:federated-user/bob"
ROOT = f"arn:aws:iam::{A}:root"
PROVIDER = f"arn:aws:iam::{A}:saml-provider/corp"
SERVICE = "lambda.amazonaws.com"
ANONYMOUS = "anonymous"
BUCKET = "arn:aws:s3:::b"
Keys = dict[str, ContextValue]


def request_with(principal: str, keys: Keys) -> Request:
    """What AWS usually sends, with `keys` in their places; an empty list takes a key away."""
    whole = with_usual_context(Request(principal, "s3:GetObject", BUCKET), ())
    replaced = {key.lower() for key in keys}
    kept = {key: value for key, value in whole.context.items() if key.lower() not in replaced}
    return Request(principal, "s3:GetObject", BUCKET, {**kept, **keys})


def orgs(side: str, each: str, path: str) -> Keys:
    return {f"aws:{side}OrgID": each, f"aws:{side}OrgPaths": path}


VIA: Keys = {
    "aws:ViaAWSService": True,
    "aws:CalledVia": ["a.com", "b.com"],
    "aws:CalledViaFirst": "a.com",
    "aws:CalledViaLast": "b.com",
}
TOPIC = f"arn:aws:sns:us-east-1:{B}:t"

KEPT: list[tuple[str, Keys]] = [
    (ALICE, {}),
    (ALICE, {"aws:EpochTime": "0", "aws:CurrentTime": "1970-01-01T02:00:00+02:00"}),
    (ALICE, {"aws:userid": "AIDA1"}),
    (ROLE, {"aws:userid": "AROA1:any_session"}),
    (ALICE, orgs("Principal", "o-1", "o-1/r/")),
    (ALICE, {**orgs("Principal", "o-1", "o-1/r/"), **orgs("Resource", "o-1", "o-1/x/")}),
    (ALICE, {"aws:PrincipalTag/team": "blue", "aws:TokenIssueTime": "2026"}),
    (ROOT, {"aws:TokenIssueTime": "2026-01-01"}),
    (SESSION, {"aws:FederatedProvider": "x", "aws:SourceIdentity": "y", "aws:PrincipalTag/t": "b"}),
    (SERVICE, {"aws:PrincipalServiceNamesList": ["x.com", SERVICE]}),
    (SERVICE, {"aws:SourceArn": TOPIC, "aws:SourceAccount": B}),
    (SERVICE, {"aws:SourceArn": BUCKET, "aws:SourceAccount": B}),
    (SERVICE, {"aws:SourceArn": TOPIC, **orgs("Source", "o-1", "o-1/r/")}),
    (ALICE, VIA),
    (ALICE, {"aws:ViaAWSService": True}),
    (ALICE, {"aws:SourceIp": [], "aws:SourceVpc": "vpc-1", "aws:SourceVpce": "vpce-1"}),
    (ALICE, {"aws:SourceIp": "2001:db8::1"}),
    (
        ALICE,
        {"aws:TagKeys": ["Team", "cost"], "aws:RequestTag/team": "a", "aws:RequestTag/Cost": ""},
    ),
    (ALICE, {"kms:CallerAccount": A, "aws:SourceOwner": A}),
    (SERVICE, {"aws:SourceOwner": B}),
    (ALICE, {"aws:MultiFactorAuthPresent": "false"}),
    (ALICE, {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}),
    (SESSION, {"aws:Ec2InstanceSourcePrivateIPv4": "10.0.0.1", "ec2:SourceInstanceARN": TOPIC}),
]

BROKEN: list[tuple[str, str, Keys]] = [
    ("ALWAYS_PRESENT", ALICE, {"aws:CurrentTime": []}),
    ("ALWAYS_PRESENT", ALICE, {"aws:EpochTime": []}),
    ("ALWAYS_PRESENT", ALICE, {"aws:SecureTransport": []}),
    ("ALWAYS_PRESENT", ALICE, {"aws:RequestedRegion": []}),
    ("ALWAYS_PRESENT", ALICE, {"aws:UserAgent": []}),
    ("ALWAYS_PRESENT", ALICE, {"aws:ViaAWSService": []}),
    ("ALWAYS_PRESENT", ANONYMOUS, {"aws:userid": []}),
    ("KEY_TYPES", ALICE, {"aws:SecureTransport": "True"}),
    ("KEY_TYPES", ALICE, {"aws:MultiFactorAuthPresent": "yes"}),
    ("KEY_TYPES", ALICE, {"aws:CurrentTime": "now"}),
    ("KEY_TYPES", SESSION, {"aws:TokenIssueTime": ""}),
    ("KEY_TYPES", ALICE, {"aws:EpochTime": "2026-01-01T00:00:00Z"}),
    ("KEY_TYPES", ALICE, {"aws:SourceIp": "10.0.0.0/8"}),
    ("KEY_TYPES", ALICE, {"aws:SourceIp": [], "aws:VpcSourceIp": "x"}),
    ("KEY_TYPES", SESSION, {"aws:Ec2InstanceSourcePrivateIPv4": "::1"}),
    ("KEY_TYPES", SERVICE, {"aws:SourceArn": "arn:aws:sns:us-east-1:t"}),
    (
        "KEY_TYPES",
        ALICE,
        {"aws:MultiFactorAuthPresent": True, "aws:MultiFactorAuthAge": "-1"},
    ),
    ("USER_ID", ALICE, {"aws:userid": "AROA1"}),
    ("USER_ID", SESSION, {"aws:userid": "AROA1:s2"}),
    ("USER_ID", ROLE, {"aws:userid": "AROA1"}),
    ("USER_ID", FEDERATED, {"aws:userid": f"{B}:bob"}),
    ("USER_ID", ROOT, {"aws:userid": B}),
    ("USER_ID", ANONYMOUS, {"aws:userid": "nobody"}),
    ("USER_ID", SERVICE, {"aws:userid": "AIDA1"}),
    ("USER_ID", PROVIDER, {"aws:userid": "AIDA1"}),
    ("PRINCIPAL_KEYS", ANONYMOUS, orgs("Principal", "o-1", "o-1/r/")),
    ("PRINCIPAL_KEYS", ROOT, {"aws:PrincipalTag/team": "blue"}),
    ("PRINCIPAL_KEYS", ALICE, {"aws:FederatedProvider": "x"}),
    ("PRINCIPAL_KEYS", FEDERATED, {"aws:SourceIdentity": "x"}),
    ("PRINCIPAL_KEYS", SESSION, {"aws:TokenIssueTime": []}),
    ("PRINCIPAL_KEYS", SERVICE, {"aws:TokenIssueTime": "2026"}),
    ("PRINCIPAL_KEYS", PROVIDER, {"aws:MultiFactorAuthPresent": "false"}),
    ("PRINCIPAL_KEYS", SERVICE, {"aws:PrincipalServiceNamesList": ["x.com"]}),
    ("PRINCIPAL_KEYS", ALICE, {"aws:PrincipalServiceNamesList": ["x.com"]}),
    ("ORGANIZATION_PATHS", ALICE, {"aws:PrincipalOrgID": "o-1"}),
    ("ORGANIZATION_PATHS", ALICE, {"aws:PrincipalOrgPaths": "o-1/r/"}),
    ("ORGANIZATION_PATHS", ALICE, orgs("Principal", "o-1", "o-12/r/")),
    ("ORGANIZATION_PATHS", ALICE, {"aws:ResourceOrgID": "o-1"}),
    ("ORGANIZATION_PATHS", SERVICE, orgs("Resource", "o-1", "o-1/r/")),  # of an unknown account
    ("ORGANIZATION_PATHS", SERVICE, orgs("Source", "o-1", "o-2/r/")),
    (
        "SAME_ACCOUNT_SAME_ORGANIZATION",
        ALICE,
        {**orgs("Principal", "o-1", "o-1/r/"), **orgs("Resource", "o-2", "o-2/x/")},
    ),
    ("NETWORK", ALICE, {"aws:SourceIp": []}),
    ("NETWORK", ALICE, {"aws:SourceVpce": "vpce-1"}),
    ("NETWORK", ALICE, {"aws:VpcSourceIp": "10.0.0.1"}),
    ("SOURCE_KEYS", ALICE, {"aws:SourceArn": BUCKET}),
    ("SOURCE_KEYS", ANONYMOUS, {"aws:SourceAccount": B}),
    ("SOURCE_KEYS", SESSION, {"aws:SourceOrgPaths": "o-1/r/"}),
    ("SOURCE_ACCOUNT", SERVICE, {"aws:SourceArn": TOPIC, "aws:SourceAccount": A}),
    ("CALLER_ACCOUNT", ALICE, {"kms:CallerAccount": B}),
    ("CALLER_ACCOUNT", SERVICE, {"kms:CallerAccount": A}),
    ("CALLER_ACCOUNT", ANONYMOUS, {"aws:SourceOwner": A}),
    ("CALLER_ACCOUNT", SESSION, {"aws:SourceOwner": B}),
    ("VIA_SERVICE", SERVICE, {"aws:ViaAWSService": True}),
    ("VIA_SERVICE", ALICE, {**VIA, "aws:ViaAWSService": False}),
    ("VIA_SERVICE", ALICE, {**VIA, "aws:CalledViaFirst": []}),
    ("VIA_SERVICE", ALICE, {**VIA, "aws:CalledVia": []}),
    ("VIA_SERVICE", ALICE, {**VIA, "aws:CalledViaLast": "a.com"}),
    ("TAG_KEYS", ALICE, {"aws:TagKeys": ["team"]}),
    ("TAG_KEYS", ALICE, {"aws:RequestTag/team": "blue"}),
    ("MFA", ALICE, {"aws:MultiFactorAuthAge": "1"}),
    ("MFA", ALICE, {"aws:MultiFactorAuthPresent": True}),
    ("MFA", ALICE, {"aws:MultiFactorAuthPresent": False, "aws:MultiFactorAuthAge": "1"}),
    ("TIME", ALICE, {"aws:EpochTime": "1767225600.001"}),
    ("EC2_INSTANCE", ALICE, {"aws:Ec2InstanceSourceVpc": "vpc-1"}),
    ("EC2_INSTANCE", FEDERATED, {"ec2:SourceInstanceARN": TOPIC}),
]


@pytest.mark.parametrize(("principal", "keys"), KEPT)
def test_aws_can_send_this(principal: str, keys: Keys) -> None:
    assert broken_facts(request_with(principal, keys)) == ()


@pytest.mark.parametrize(("fact", "principal", "keys"), BROKEN)
def test_this_breaks_one_fact_and_no_other(fact: str, principal: str, keys: Keys) -> None:
    assert broken_facts(request_with(principal, keys)) == (WorldFact[fact],)


def test_every_fact_can_be_broken_and_names_its_rule() -> None:
    ours = set(WorldFact) - FACTS_OF_STACKS  # those have a test of their own
    assert {fact for fact, _, _ in BROKEN} == {fact.name for fact in ours}
    assert all("(R-K1" in fact.value or "(R-K2" in fact.value for fact in ours)
    assert len({fact.value for fact in WorldFact}) == len(WorldFact)


@pytest.mark.parametrize(
    ("resource", "owner", "kept"),
    [
        (TOPIC, B, True),
        (TOPIC, A, False),
        (TOPIC, None, True),  # the account of the ARN is the owner then (R-K4)
        (BUCKET, A, True),
        (f"arn:aws:sns:us-east-1:{B}", A, True),  # no ARN
        ("arn:aws:sns:us-east-1:aws:t", A, True),
        ("*", A, True),
    ],
)
def test_a_resource_is_of_the_account_in_its_arn(
    resource: str, owner: str | None, *, kept: bool
) -> None:
    request = Request(ALICE, "sns:Publish", resource, resource_account=owner)
    whole = with_usual_context(request, ())
    broken = () if kept else (WorldFact.RESOURCE_OWNER,)
    assert broken_facts(whole, to_stack=True) == broken
    assert broken_facts(whole) == ()


def test_two_accounts_can_be_in_two_organizations() -> None:
    keys = {**orgs("Principal", "o-1", "o-1/r/"), **orgs("Resource", "o-2", "o-2/x/")}
    request = Request(ALICE, "s3:GetObject", BUCKET, keys, resource_account=B)
    assert broken_facts(with_usual_context(request, ())) == ()
