"""Findings of external access, made directly: what the engine gives, without asking it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from iamlogic import Criterion, Finding, FindingKind, OutsiderKind, Request
from iamlogic.errors import SettingsError
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.policy import Condition, Policy, Text

TODAY = date(2026, 11, 27)
PARTNER = "444455556666"
OWNER = "111122223333"

PRINCIPALS = {
    OutsiderKind.EVERYONE: "*",
    OutsiderKind.ANONYMOUS: "*",
    OutsiderKind.ACCOUNT: PARTNER,
    OutsiderKind.ORGANIZATION: "o-partnerorg1",
    OutsiderKind.USER: f"arn:aws:iam::{PARTNER}:user/alice",
    OutsiderKind.ROLE: f"arn:aws:iam::{PARTNER}:role/deploy",
    OutsiderKind.ROLE_SESSION: f"arn:aws:sts::{PARTNER}:assumed-role/deploy/ci",
    OutsiderKind.FEDERATED_USER: f"arn:aws:sts::{PARTNER}:federated-user/bob",
    OutsiderKind.ROOT: f"arn:aws:iam::{PARTNER}:root",
    OutsiderKind.PROVIDER: "accounts.google.com",
    OutsiderKind.CANONICAL_USER: "0123456789abcdef" * 4,
    OutsiderKind.CLOUDFRONT_IDENTITY: (
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
    ),
    OutsiderKind.SERVICE: "lambda.amazonaws.com",
}

BUCKETS = ("arn:aws:s3:::reports", "arn:aws:s3:::reports/*", "arn:aws:s3:::logs/2026/*")
QUEUE = f"arn:aws:sqs:eu-west-1:{OWNER}:jobs"
ACTIONS = ("s3:GetObject", "s3:ListBucket", "s3:Get*", "sqs:SendMessage", "*")
FILES = ("policies/reports.json", "policies/jobs.json", "./policies/../roles/deploy.json")


def condition(operator: str, key: str, *values: str) -> Condition:
    return Condition(OPERATORS[operator.lower()], key, tuple(map(Text, values)))


CONDITIONS = (
    condition("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    condition("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
    condition("StringEquals", "aws:PrincipalOrgID", "o-partnerorg1"),
    condition("StringEqualsIfExists", "aws:PrincipalOrgID", "o-partnerorg1"),
    condition("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{PARTNER}:role/*"),
    condition("StringEquals", "aws:SourceVpc", "vpc-91237329"),
    condition("Bool", "aws:SecureTransport", "true"),
)


def finding(
    principal: str = PARTNER,
    kind: OutsiderKind = OutsiderKind.ACCOUNT,
    *conditions: Condition,
    actions: tuple[str, ...] = ("s3:GetObject",),
    resources: tuple[str, ...] = ("arn:aws:s3:::reports/*",),
    is_public: bool = False,
    what: FindingKind = FindingKind.EXTERNAL_ACCESS,
    id_: str = "f00d",
    resource_type: str | None = "AWS::S3::Bucket",
    file: str | None = "policies/reports.json",
    owner: str | None = None,
) -> Finding:
    return Finding(
        what,
        principal,
        kind,
        actions,
        resources,
        conditions,
        is_public,
        (),
        _witness(owner),
        id_,
        resource_type,
        policy=Policy((), file=file),
    )


@cache
def _witness(owner: str | None) -> Request:
    asks = (f"arn:aws:iam::{PARTNER}:root", "s3:GetObject", "arn:aws:s3:::reports/a")
    return Request(*asks, resource_account=owner)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    kind = draw(st.sampled_from(OutsiderKind))
    return finding(
        PRINCIPALS[kind],
        kind,
        *draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique=True)),
        actions=_some(draw, ACTIONS),
        resources=_some(draw, (*BUCKETS, QUEUE)),
        is_public=draw(st.booleans()),
        what=draw(st.sampled_from(FindingKind)),
        id_=draw(st.text("abc", min_size=1, max_size=2)),
        resource_type=draw(st.sampled_from(["AWS::S3::Bucket", "AWS::SQS::Queue", None])),
        file=draw(st.sampled_from([*FILES, None])),
        owner=draw(st.sampled_from([OWNER, None])),
    )


def plain_findings() -> st.SearchStrategy[Finding]:
    """Findings that say one plain text under each key, as AWS's do: no lists and no wildcards."""
    return findings().map(_plain)


def _plain(drawn: Finding) -> Finding:
    conditions = {each.key: each for each in drawn.conditions if "*" not in each.values[0].text}
    return finding(
        drawn.principal if drawn.principal != "*" else PARTNER,
        OutsiderKind.ACCOUNT if drawn.principal_kind in _EVERYBODY else drawn.principal_kind,
        *conditions.values(),
        actions=("s3:GetObject",),
        resources=(QUEUE,),
        is_public=drawn.is_public,
        what=drawn.kind,
        id_=drawn.id,
        resource_type=drawn.resource_type,
        file=drawn.policy.file,
    )


_EVERYBODY = {OutsiderKind.EVERYONE, OutsiderKind.ANONYMOUS, OutsiderKind.ORGANIZATION}


def _some(draw: st.DrawFn, choices: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(choices), min_size=1, max_size=3, unique=True)))


VALUES = {
    "resource": (*BUCKETS, QUEUE),
    "resourceType": ("AWS::S3::Bucket", "AWS::SQS::Queue"),
    "resourceOwnerAccount": (OWNER, PARTNER),
    "isPublic": ("true", "false"),
    "findingType": ("ExternalAccess", "ConfusedDeputy"),
    "action": ACTIONS,
    "principal.AWS": (PARTNER, "*", f"arn:aws:iam::{PARTNER}:root"),
    "principal.Federated": ("accounts.google.com", "arn:aws:iam::444455556666:saml-provider/a"),
    "principal.CanonicalUser": ("0123456789abcdef" * 4,),
    "principal.Service": ("lambda.amazonaws.com", "s3.amazonaws.com"),
    "condition.aws:SourceIp": ("203.0.113.0/24", "203.0.113.7", "10.0.0.0/8"),
    "condition.aws:principalorgid": ("o-partnerorg1", "o-exampleorgid"),
    "condition.aws:PrincipalArn": (f"arn:aws:iam::{PARTNER}:role/*",),
    "condition.aws:SourceVpc": ("vpc-91237329",),
}


@st.composite
def keys_and_values(draw: st.DrawFn) -> tuple[str, tuple[str, ...]]:
    """A filter key and some values that it could have."""
    key = draw(st.sampled_from(sorted(VALUES)))
    return key, _some(draw, VALUES[key])


@st.composite
def criteria(draw: st.DrawFn) -> Criterion:
    key, values = draw(keys_and_values())
    member = draw(st.sampled_from(["eq", "neq", "contains", "exists"]))
    try:
        if member == "exists":
            return Criterion(key, exists=draw(st.booleans()))
        return Criterion(key, **{member: values})
    except SettingsError:  # isPublic contains nothing
        return Criterion(key, eq=values)


def days() -> st.SearchStrategy[date]:
    return st.integers(0, 400).map(lambda number: TODAY + timedelta(days=number))
