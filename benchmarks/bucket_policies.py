"""Bucket policies as they are found: a dozen shapes of AWS's documentation, with made-up names."""

from __future__ import annotations

import random
from collections.abc import Callable

Statement = dict[str, object]
OURS, ORGANIZATION = "111122223333", "o-exampleorgid"


def _allow(principal: object, action: object, resource: object, **more: object) -> Statement:
    head = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**head, "Resource": resource, **more}


def _deny(action: object, resource: object, condition: dict[str, object]) -> Statement:
    return {**_allow("*", action, resource), "Effect": "Deny", "Condition": condition}


def _account(chance: random.Random) -> str:
    return f"{chance.randrange(10**11, 10**12)}"


def _both(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def website(bucket: str, _: random.Random) -> list[Statement]:
    """Everybody reads."""
    return [_allow("*", "s3:GetObject", f"arn:aws:s3:::{bucket}/*")]


def partners(bucket: str, chance: random.Random) -> list[Statement]:
    """Some accounts read, one role writes."""
    roots = [f"arn:aws:iam::{_account(chance)}:root" for _ in range(chance.randint(1, 5))]
    role = f"arn:aws:iam::{_account(chance)}:role/service/uploader"
    return [
        _allow({"AWS": roots}, ["s3:GetObject", "s3:ListBucket"], _both(bucket)),
        _allow({"AWS": role}, "s3:PutObject", f"arn:aws:s3:::{bucket}/in/*"),
    ]


def whole_organization(bucket: str, _: random.Random) -> list[Statement]:
    """The members of an organization read and write."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    actions = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
    return [_allow("*", actions, _both(bucket), Condition=condition)]


def perimeter(bucket: str, chance: random.Random) -> list[Statement]:
    """A partner reads; the rest of the world is denied what is not from the organization."""
    partner = _account(chance)
    unless = {
        "StringNotEqualsIfExists": {
            "aws:PrincipalOrgID": ORGANIZATION,
            "aws:PrincipalAccount": [partner],
        },
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    return [
        _allow({"AWS": f"arn:aws:iam::{partner}:root"}, "s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
        _deny("s3:*", _both(bucket), unless),
    ]


def transport(bucket: str, chance: random.Random) -> list[Statement]:
    """Only with TLS; one account reads."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    return [
        _deny("s3:*", _both(bucket), insecure),
        _allow({"AWS": _account(chance)}, "s3:Get*", f"arn:aws:s3:::{bucket}/*"),
    ]


def endpoint(bucket: str, chance: random.Random) -> list[Statement]:
    """Everybody, through one VPC endpoint."""
    other = {"StringNotEquals": {"aws:SourceVpce": f"vpce-{chance.randrange(16**8):08x}"}}
    return [
        _allow("*", "s3:*", _both(bucket)),
        _deny("s3:*", _both(bucket), other),
    ]


def networks(bucket: str, chance: random.Random) -> list[Statement]:
    """Everybody, from some networks."""
    blocks = [f"203.0.{chance.randrange(256)}.0/24" for _ in range(chance.randint(1, 8))]
    return [
        _allow(
            "*",
            "s3:GetObject",
            f"arn:aws:s3:::{bucket}/*",
            Condition={"IpAddress": {"aws:SourceIp": blocks}},
        )
    ]


def distribution(bucket: str, chance: random.Random) -> list[Statement]:
    """CloudFront reads for one distribution."""
    arn = f"arn:aws:cloudfront::{OURS}:distribution/E{chance.randrange(36**6)}"
    condition = {"StringEquals": {"aws:SourceArn": arn}}
    service = {"Service": "cloudfront.amazonaws.com"}
    return [_allow(service, "s3:GetObject", f"arn:aws:s3:::{bucket}/*", Condition=condition)]


def trail(bucket: str, chance: random.Random) -> list[Statement]:
    """CloudTrail writes; somebody has forgotten for whom."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    prefix = f"arn:aws:s3:::{bucket}/AWSLogs/{OURS}/*"
    acl: dict[str, object] = {"s3:x-amz-acl": "bucket-owner-full-control"}
    source = f"arn:aws:cloudtrail:us-east-1:{OURS}:trail/t{chance.randrange(100)}"
    return [
        _allow(service, "s3:GetBucketAcl", f"arn:aws:s3:::{bucket}"),
        _allow(
            service,
            "s3:PutObject",
            prefix,
            Condition={"StringEquals": {**acl, "aws:SourceArn": source}},
        ),
    ]


def load_balancer(bucket: str, _: random.Random) -> list[Statement]:
    """The account of AWS that writes the logs of load balancers."""
    root = {"AWS": "arn:aws:iam::127311923021:root"}
    return [_allow(root, "s3:PutObject", f"arn:aws:s3:::{bucket}/alb/AWSLogs/{OURS}/*")]


def inside(bucket: str, chance: random.Random) -> list[Statement]:
    """Roles of the own account only."""
    roles = [f"arn:aws:iam::{OURS}:role/app-{chance.randrange(1000)}" for _ in range(4)]
    return [_allow({"AWS": roles}, ["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*")]


def encrypted(bucket: str, chance: random.Random) -> list[Statement]:
    """Uploads must be encrypted; roles of another account may upload."""
    plain = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    pattern = f"arn:aws:iam::{_account(chance)}:role/etl-*"
    return [
        _deny("s3:PutObject", f"arn:aws:s3:::{bucket}/*", plain),
        _allow(
            "*",
            ["s3:PutObject", "s3:AbortMultipartUpload"],
            f"arn:aws:s3:::{bucket}/*",
            Condition={"ArnLike": {"aws:PrincipalArn": pattern}},
        ),
    ]


SHAPES: tuple[Callable[[str, random.Random], list[Statement]], ...] = (
    website,
    partners,
    whole_organization,
    perimeter,
    transport,
    endpoint,
    networks,
    distribution,
    trail,
    load_balancer,
    inside,
    encrypted,
)


def bucket_policies(count: int, seed: int) -> list[dict[str, object]]:
    """So many policies, one to three shapes each."""
    chance = random.Random(seed)  # noqa: S311 (made-up names, no secrets)
    made: list[dict[str, object]] = []
    for number in range(count):
        shapes = chance.sample(SHAPES, chance.choice((1, 1, 1, 2, 3)))
        bucket = f"bucket-{number}"
        statements = [each for shape in shapes for each in shape(bucket, chance)]
        made.append({"Version": "2012-10-17", "Statement": statements})
    return made


def many_statements(count: int, seed: int) -> dict[str, object]:
    """One policy of so many statements: grants to partners on prefixes, and what is denied."""
    chance = random.Random(seed)  # noqa: S311 (made-up names, no secrets)
    statements = [_tenant(number, chance) for number in range(count - 2)]
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}
    statements.append(_deny("s3:*", _both("shared"), insecure))
    statements.append(_deny("s3:*", "arn:aws:s3:::shared/prefix-1*", elsewhere))
    return {"Version": "2012-10-17", "Statement": statements}


def _tenant(number: int, chance: random.Random) -> Statement:
    """A role of another account, or by a condition the whole account, reads under a prefix."""
    actions = ["s3:GetObject", "s3:GetObjectVersion"]
    prefix = f"arn:aws:s3:::shared/prefix-{number}/*"
    if number % 3:
        return _allow({"AWS": f"arn:aws:iam::{_account(chance)}:role/reader"}, actions, prefix)
    condition = {"StringEquals": {"aws:PrincipalAccount": _account(chance)}}
    return _allow("*", actions, prefix, Condition=condition)


def overlapping(count: int, seed: int = 1) -> dict[str, object]:
    """The hard shape: everybody, narrowed by patterns and networks that overlap one another's.

    AWS sends no aws:SourceArn with a requester that has an ARN: ask about all requests.
    """
    chance = random.Random(seed)  # noqa: S311 (made-up names, no secrets)
    statements = []
    for number in range(count):
        first, last = chance.sample("abcdefghijklmnopqrstuvwxyz", 2)
        pattern = f"{first}*{last}*" if number % 2 else f"*{first}*{last}"
        statements.append(
            _allow(
                "*",
                "s3:GetObject",
                "arn:aws:s3:::b/*",
                Condition={
                    "ArnLike": {
                        "aws:PrincipalArn": f"arn:aws:iam::*:role/{pattern}",
                        "aws:SourceArn": f"arn:aws:sns:*:*:{pattern}",
                    },
                    "IpAddress": {"aws:SourceIp": f"10.{number % 8}.0.0/{8 + number % 16}"},
                },
            )
        )
    return {"Version": "2012-10-17", "Statement": statements}
