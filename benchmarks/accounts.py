"""A made-up AWS account of any size, as AWS exports one: what the account benchmarks run on.

Managed policies are real documents (of AWS managed policies, whole or cut to some statements); the
rest (inline policies, trust, resource policies, the organization's) is of the kinds that real
accounts have, and speaks of the same buckets, queues and roles. One seed gives one account.

    details = account_details(documents(HISTORY), scale=1)
    policies = resource_policies(scale=1)

At scale 1: 300 users, 60 groups, 300 roles, 900 managed policies, 200 resource policies.
"""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ACCOUNT = "111122223333"
OTHER_ACCOUNTS = ("444455556666", "777788889999", "123456789012")
ORGANIZATION = "o-exampleorgid"
REGIONS = ("us-east-1", "eu-west-1", "eu-central-1")
TEAMS = ("search", "billing", "shop", "data", "mobile", "platform", "fraud", "ads")
ENVIRONMENTS = ("dev", "test", "prod")

USERS, GROUPS, ROLES, POLICIES = 300, 60, 300, 900
RESOURCES = {"s3": 80, "sqs": 40, "sns": 30, "kms": 30, "secretsmanager": 20}
_BOUNDED = 0.1
"""The share of users and of roles that have a permissions boundary."""

_DATE = "2024-05-01T12:00:00+00:00"


def documents(path: Path) -> list[Json]:
    """The newest version of each policy of a history (`history.py` has the form)."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line)["versions"][-1]["document"] for line in lines]


def account_details(policies: Sequence[Json], *, scale: int = 1, seed: int = 1) -> Json:
    """What `aws iam get-account-authorization-details` prints, with `policies` as managed ones."""
    rng = random.Random(seed)  # noqa: S311  (a sample, no secret)
    managed = _managed_policies(policies, POLICIES * scale, rng)
    deck = _Deck([each for each in managed if "Boundary" not in each["PolicyName"]], rng)
    boundaries = [each["Arn"] for each in managed if "Boundary" in each["PolicyName"]]
    groups = [_group(n, deck, scale, rng) for n in range(GROUPS * scale)]
    return {
        "UserDetailList": [
            _user(n, groups, deck, boundaries, scale, rng) for n in range(USERS * scale)
        ],
        "GroupDetailList": groups,
        "RoleDetailList": [_role(n, deck, boundaries, scale, rng) for n in range(ROLES * scale)],
        "Policies": managed,
    }


def resource_policies(*, scale: int = 1, seed: int = 1) -> dict[str, Json]:
    """Policies of buckets, queues, topics, keys and secrets, by ARN."""
    rng = random.Random(seed)  # noqa: S311  (a sample, no secret)
    makers = {
        "s3": _bucket_policy,
        "sqs": _queue_policy,
        "sns": _topic_policy,
        "kms": _key_policy,
        "secretsmanager": _secret_policy,
    }
    return {
        resource(service, n): makers[service](resource(service, n), scale, rng)
        for service, count in RESOURCES.items()
        for n in range(count * scale)
    }


def organization(*, seed: int = 1) -> Json:
    """Two to four levels of SCPs, and an RCP."""
    rng = random.Random(seed)  # noqa: S311  (a sample, no secret)
    full = _document(_allow("*", "*"))
    levels = [
        _document(_deny("organizations:LeaveOrganization", "*")),
        _document(
            {
                "Effect": "Deny",
                "NotAction": ["iam:*", "sts:*", "organizations:*", "route53:*", "support:*"],
                "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(REGIONS)}},
            }
        ),
        _document(
            _deny(["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "*")
            | {"Condition": {"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{_ADMIN}"}}}
        ),
        _document(
            _deny("*", "*")
            | {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}
        ),
    ]
    only_the_organization = _deny(["s3:*", "sqs:*", "kms:*", "secretsmanager:*"], "*") | {
        "Principal": "*",
        "Condition": {
            "StringNotEqualsIfExists": {
                "aws:PrincipalOrgID": ORGANIZATION,
                "aws:PrincipalAccount": OTHER_ACCOUNTS[0],
            },
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    return {
        "scps": [[full, each] for each in levels[: rng.randint(2, len(levels))]],
        "rcps": [
            [_document(_allow("*", "*") | {"Principal": "*"})],
            [_document(only_the_organization)],
        ],
        "management_account": False,
    }


# Names

_ADMIN = "OrganizationAdmin"


def user_arn(n: int) -> str:
    """The ARN of user `n`."""
    return f"arn:aws:iam::{ACCOUNT}:user/{_path(n)}{_user_name(n)}"


def role_arn(n: int) -> str:
    """The ARN of role `n`."""
    return f"arn:aws:iam::{ACCOUNT}:role/{_path(n)}{_role_name(n)}"


def resource(service: str, n: int) -> str:
    """The ARN of resource `n` of a service of `RESOURCES`."""
    team, region = TEAMS[n % len(TEAMS)], REGIONS[n % len(REGIONS)]
    place = f"arn:aws:{service}:{region}:{ACCOUNT}"
    match service:
        case "s3":
            return f"arn:aws:s3:::{team}-{ENVIRONMENTS[n % 3]}-bucket-{n}"
        case "kms":
            return f"{place}:key/{n:08x}-1234-1234-1234-{n:012x}"
        case "secretsmanager":
            return f"{place}:secret:{team}/password-{n}-AbCdEf"
    return f"{place}:{team}-{'jobs' if service == 'sqs' else 'events'}-{n}"


def _user_name(n: int) -> str:
    return f"{TEAMS[n % len(TEAMS)]}.user{n}"


def _role_name(n: int) -> str:
    return f"{TEAMS[n % len(TEAMS)].capitalize()}Role{n}"


def _path(n: int) -> str:
    return f"{TEAMS[n % len(TEAMS)]}/" if n % 4 == 0 else ""


def _some(service: str, scale: int, rng: random.Random) -> str:
    return resource(service, rng.randrange(RESOURCES[service] * scale))


def _some_role(scale: int, rng: random.Random) -> str:
    return role_arn(rng.randrange(ROLES * scale))


def _some_user(scale: int, rng: random.Random) -> str:
    return user_arn(rng.randrange(USERS * scale))


# Managed policies and who has them


class _Deck:
    """Deals managed policies: a few popular ones often, each other one before any comes again."""

    def __init__(self, managed: Sequence[Json], rng: random.Random) -> None:
        self._policies = list(managed)
        self._popular = rng.sample(self._policies, 20)
        self._rng = rng
        self._dealt = self._deal()

    def hand(self, most: int) -> list[Json]:
        count = self._rng.randint(0, most)
        picked = [
            self._rng.choice(self._popular) if self._rng.random() < 0.25 else next(self._dealt)
            for _ in range(count)
        ]
        by_arn = {each["Arn"]: each["PolicyName"] for each in picked}
        return [{"PolicyName": name, "PolicyArn": arn} for arn, name in by_arn.items()]

    def _deal(self) -> Iterator[Json]:
        while True:
            yield from self._rng.sample(self._policies, len(self._policies))


def _managed_policies(found: Sequence[Json], count: int, rng: random.Random) -> list[Json]:
    """AWS managed policies as they are, then customer managed ones, then boundaries."""
    order = rng.sample(range(len(found)), len(found))
    aws = min(len(found), count // 2)
    managed = [_aws_managed(found[order[n]], n) for n in range(aws)]
    managed += [_customer_managed(found, n, rng) for n in range(count - aws - len(_BOUNDARIES))]
    managed += [
        _policy_detail(f"{name}Boundary", ACCOUNT, [document])
        for name, document in _BOUNDARIES.items()
    ]
    return managed


def _aws_managed(document: Json, n: int) -> Json:
    return _policy_detail(f"ManagedByAws{n}", "aws", [document])


def _customer_managed(found: Sequence[Json], n: int, rng: random.Random) -> Json:
    """Some statements of a real policy, and up to two older versions of it."""
    document = rng.choice(found)
    versions = [_cut(document, rng) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
    return _policy_detail(f"{TEAMS[n % len(TEAMS)].capitalize()}Access{n}", ACCOUNT, versions)


def _cut(document: Json, rng: random.Random) -> Json:
    written = document["Statement"]
    statements = written if isinstance(written, list) else [written]
    kept = sorted(rng.sample(range(len(statements)), rng.randint(1, len(statements))))
    return {**document, "Statement": [copy.deepcopy(statements[n]) for n in kept]}


def _policy_detail(name: str, owner: str, versions: Sequence[Json]) -> Json:
    """The last of `versions` is the default; AWS lists the newest first."""
    latest = len(versions)
    return {
        "PolicyName": name,
        "PolicyId": _id("ANPA", f"{owner}{name}"),
        "Arn": f"arn:aws:iam::{owner}:policy/{name}",
        "Path": "/",
        "DefaultVersionId": f"v{latest}",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": _DATE,
        "UpdateDate": _DATE,
        "PolicyVersionList": [
            {
                "Document": versions[number - 1],
                "VersionId": f"v{number}",
                "IsDefaultVersion": number == latest,
                "CreateDate": _DATE,
            }
            for number in range(latest, 0, -1)
        ],
    }


def _id(prefix: str, name: str) -> str:
    """Sixteen characters that tell the name apart, in the manner of AWS's unique ids."""
    digits = random.Random(name).choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16)  # noqa: S311
    return prefix + "".join(digits)


# Users, groups and roles


def _user(
    n: int,
    groups: Sequence[Json],
    deck: _Deck,
    boundaries: Sequence[str],
    scale: int,
    rng: random.Random,
) -> Json:
    name = _user_name(n)
    joined = rng.sample(groups, rng.randint(0, 3))
    user = {
        "Path": f"/{_path(n)}",
        "UserName": name,
        "UserId": _id("AIDA", name),
        "Arn": user_arn(n),
        "CreateDate": _DATE,
        "GroupList": [group["GroupName"] for group in joined],
        "AttachedManagedPolicies": deck.hand(2),
        **_boundary(boundaries, rng),
        "Tags": _tags(n, rng),
    }
    inline = _inline(scale, rng, most=1)
    return user | ({"UserPolicyList": inline} if inline else {})  # AWS leaves out the empty list


def _group(n: int, deck: _Deck, scale: int, rng: random.Random) -> Json:
    name = f"{TEAMS[n % len(TEAMS)]}-group{n}"
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": _id("AGPA", name),
        "Arn": f"arn:aws:iam::{ACCOUNT}:group/{name}",
        "CreateDate": _DATE,
        "GroupPolicyList": _inline(scale, rng, most=1),
        "AttachedManagedPolicies": deck.hand(5),
    }


def _role(n: int, deck: _Deck, boundaries: Sequence[str], scale: int, rng: random.Random) -> Json:
    name = _role_name(n)
    return {
        "Path": f"/{_path(n)}",
        "RoleName": name,
        "RoleId": _id("AROA", name),
        "Arn": role_arn(n),
        "CreateDate": _DATE,
        "AssumeRolePolicyDocument": _trust(scale, rng),
        "InstanceProfileList": [],
        "RolePolicyList": _inline(scale, rng, most=2),
        "AttachedManagedPolicies": deck.hand(5),
        **_boundary(boundaries, rng),
        "Tags": _tags(n, rng),
        "RoleLastUsed": {"LastUsedDate": _DATE, "Region": rng.choice(REGIONS)},
    }


def _boundary(boundaries: Sequence[str], rng: random.Random) -> Json:
    if rng.random() >= _BOUNDED:
        return {}
    arn = rng.choice(boundaries)
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    return {"PermissionsBoundary": boundary}


def _tags(n: int, rng: random.Random) -> list[Json]:
    tags = {"team": TEAMS[n % len(TEAMS)], "environment": rng.choice(ENVIRONMENTS)}
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _trust(scale: int, rng: random.Random) -> Json:
    service = rng.choice(("ec2", "lambda", "ecs-tasks", "states", "glue", "codebuild"))
    other = rng.choice(OTHER_ACCOUNTS)
    github = "token.actions.githubusercontent.com"
    by_service = {"Principal": {"Service": f"{service}.amazonaws.com"}}
    forms: list[Json] = [
        by_service,
        by_service,
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Principal": {"AWS": [_some_role(scale, rng), _some_user(scale, rng)]}},
        {
            "Principal": {"AWS": f"arn:aws:iam::{other}:root"},
            "Condition": {"StringEquals": {"sts:ExternalId": f"id-{rng.randrange(10**6)}"}},
        },
        {
            "Principal": {"AWS": f"arn:aws:iam::{other}:role/Deploy"},
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
        {
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{github}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {f"{github}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{github}:sub": f"repo:example/{rng.choice(TEAMS)}:*"},
            },
        },
        {
            "Principal": {"AWS": "*"},
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}},
        },
    ]
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole"} | rng.choice(forms))


def _inline(scale: int, rng: random.Random, *, most: int) -> list[Json]:
    return [
        {"PolicyName": f"inline-{n}", "PolicyDocument": _inline_document(scale, rng)}
        for n in range(rng.randint(0, most))
    ]


def _inline_document(scale: int, rng: random.Random) -> Json:
    bucket, team = _some("s3", scale, rng), rng.choice(TEAMS)
    statements = [
        _allow(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], [bucket, f"{bucket}/*"]),
        _allow(["s3:GetObject*", "s3:List*"], f"arn:aws:s3:::{team}-*"),
        _allow(["s3:*Object"], f"{bucket}/home/${{aws:username}}/*"),
        _allow(["sqs:SendMessage", "sqs:ReceiveMessage"], _some("sqs", scale, rng)),
        _allow("sns:Publish", _some("sns", scale, rng)),
        _allow(["kms:Decrypt", "kms:GenerateDataKey*"], _some("kms", scale, rng)),
        _allow("secretsmanager:GetSecretValue", _some("secretsmanager", scale, rng)),
        _allow("sts:AssumeRole", [_some_role(scale, rng) for _ in range(3)]),
        _allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{team}/*")
        | {"Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}},
        _allow(["ec2:StartInstances", "ec2:StopInstances"], "*")
        | {"Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
        _deny(["s3:DeleteBucket", "s3:PutBucketPolicy"], "*"),
        _deny("*", "*") | {"Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
    ]
    return _document(*rng.sample(statements, rng.randint(1, 3)))


# Policies of resources


def _bucket_policy(arn: str, scale: int, rng: random.Random) -> Json:
    objects = f"{arn}/*"
    statements = [
        _for({"AWS": [_some_role(scale, rng), _some_role(scale, rng)]}, "s3:GetObject", objects),
        _for({"AWS": _some_user(scale, rng)}, ["s3:GetObject", "s3:PutObject"], objects),
        _for({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "s3:*", [arn, objects]),
        _for(
            {"AWS": rng.choice(OTHER_ACCOUNTS)}, ["s3:GetObject", "s3:ListBucket"], [arn, objects]
        ),
        _for("*", "s3:GetObject", objects)
        | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}},
        _for({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject", f"{arn}/AWSLogs/{ACCOUNT}/*")
        | {"Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}},
        _for({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", objects)
        | {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
        _for("*", "s3:*", [arn, objects], effect="Deny")
        | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        _for("*", "s3:PutObject", objects, effect="Deny")
        | {"Condition": {"StringNotLike": {"aws:PrincipalArn": _some_role(scale, rng)}}},
        _for({"AWS": _some_user(scale, rng)}, "s3:Delete*", [arn, objects], effect="Deny"),
    ]
    return _document(*rng.sample(statements, rng.randint(1, 4)))


def _queue_policy(arn: str, scale: int, rng: random.Random) -> Json:
    statements = [
        _for({"Service": "sns.amazonaws.com"}, "sqs:SendMessage", arn)
        | {"Condition": {"ArnEquals": {"aws:SourceArn": _some("sns", scale, rng)}}},
        _for({"AWS": _some_role(scale, rng)}, ["sqs:SendMessage", "sqs:ReceiveMessage"], arn),
        _for({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "sqs:*", arn),
        _for({"AWS": f"arn:aws:iam::{rng.choice(OTHER_ACCOUNTS)}:root"}, "sqs:SendMessage", arn),
    ]
    return _document(*rng.sample(statements, rng.randint(1, 3)))


def _topic_policy(arn: str, scale: int, rng: random.Random) -> Json:
    statements = [
        _for({"AWS": "*"}, ["sns:Publish", "sns:Subscribe"], arn)
        | {"Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}},
        _for({"Service": "events.amazonaws.com"}, "sns:Publish", arn),
        _for({"AWS": _some_role(scale, rng)}, "sns:Publish", arn),
        _for({"AWS": "*"}, "sns:Subscribe", arn)
        | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}},
    ]
    return _document(*rng.sample(statements, rng.randint(1, 2)))


def _key_policy(_: str, scale: int, rng: random.Random) -> Json:
    """In a key policy, `*` is the key itself."""
    enable = _for({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", "*")
    statements = [
        _for({"AWS": [_some_role(scale, rng), _some_user(scale, rng)]}, ["kms:Decrypt"], "*"),
        _for({"AWS": _some_role(scale, rng)}, "kms:CreateGrant", "*")
        | {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
        _for({"Service": "logs.eu-west-1.amazonaws.com"}, ["kms:Encrypt*", "kms:Decrypt*"], "*"),
        _for({"AWS": f"arn:aws:iam::{rng.choice(OTHER_ACCOUNTS)}:root"}, "kms:Decrypt", "*"),
    ]
    return _document(enable, *rng.sample(statements, rng.randint(0, 2)))


def _secret_policy(_: str, scale: int, rng: random.Random) -> Json:
    reader = _some_role(scale, rng)
    read = "secretsmanager:GetSecretValue"
    return _document(
        _for({"AWS": reader}, read, "*"),
        _for("*", read, "*", effect="Deny")
        | {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": reader}}},
    )


# Statements


def _document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: str | list[str], on: str | list[str]) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": on}


def _deny(action: str | list[str], on: str | list[str]) -> Json:
    return {"Effect": "Deny", "Action": action, "Resource": on}


def _for(
    principal: str | Json, action: str | list[str], on: str | list[str], *, effect: str = "Allow"
) -> Json:
    return {"Effect": effect, "Principal": principal, "Action": action, "Resource": on}


_BOUNDARIES = {
    "Developer": _document(_allow("*", "*"), _deny(["iam:*", "organizations:*", "account:*"], "*")),
    "Services": _document(
        _allow(["s3:*", "sqs:*", "sns:*", "kms:*", "secretsmanager:*", "lambda:*", "logs:*"], "*")
    ),
    "Regional": _document(
        _allow("*", "*") | {"Condition": {"StringEquals": {"aws:RequestedRegion": list(REGIONS)}}}
    ),
}
