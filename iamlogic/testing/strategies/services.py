"""A dozen services as policies write them: some of their actions, and the ARNs of their resources.

Nothing is decided by these tables: a proof ranges over all actions and resources. They are what
examples look like.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """Actions by name, and ARNs: whether they have a region and an account, and what comes then."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    has_region: bool = True
    has_account: bool = True


SERVICES: dict[str, Service] = {
    "s3": Service(
        (
            "GetObject",
            "PutObject",
            "ListBucket",
            "DeleteObject",
            "GetBucketPolicy",
            "PutBucketPolicy",
        ),
        ("reports", "reports/2026/january.csv", "logs", "logs/a", "reports-archive"),
        has_region=False,
        has_account=False,
    ),
    "iam": Service(
        ("PassRole", "CreateUser", "AttachRolePolicy", "GetRole", "ListUsers"),
        ("role/deploy", "role/app/deploy", "user/alice", "user/staff/alice", "group/admins"),
        has_region=False,
    ),
    "sts": Service(
        ("AssumeRole", "TagSession", "GetFederationToken", "SetSourceIdentity"),
        ("assumed-role/deploy/build-17", "federated-user/alice"),
        has_region=False,
    ),
    "kms": Service(
        ("Decrypt", "Encrypt", "GenerateDataKey", "CreateGrant"),
        ("key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/reports"),
    ),
    "dynamodb": Service(
        ("GetItem", "PutItem", "Query", "DeleteTable"),
        ("table/orders", "table/orders/index/by-day", "table/orders-archive"),
    ),
    "lambda": Service(
        ("InvokeFunction", "UpdateFunctionCode", "AddPermission"),
        ("function:resize", "function:resize:live"),
    ),
    "sqs": Service(("SendMessage", "ReceiveMessage", "PurgeQueue"), ("orders", "orders.fifo")),
    "sns": Service(("Publish", "Subscribe", "DeleteTopic"), ("alarms", "orders")),
    "ec2": Service(
        ("RunInstances", "TerminateInstances", "DescribeInstances", "CreateTags"),
        ("instance/i-0123456789abcdef0", "volume/vol-0123456789abcdef0"),
    ),
    "logs": Service(
        ("PutLogEvents", "CreateLogStream", "GetLogEvents"),
        ("log-group:/aws/lambda/resize", "log-group:/aws/lambda/resize:log-stream:a"),
    ),
    "secretsmanager": Service(
        ("GetSecretValue", "PutSecretValue", "DescribeSecret"),
        ("secret:database-a1B2c3", "secret:app/token-d4E5f6"),
    ),
    "cloudtrail": Service(("StopLogging", "DeleteTrail", "LookupEvents"), ("trail/audit",)),
}
"""By the prefix of their actions, which is the service segment of their ARNs as well."""

OTHER = Service(
    ("GetItem", "ListItems", "CreateItem", "UpdateItem", "DeleteItem", "TagResource"),
    ("item/example", "item/example-2"),
)
"""What a service that is not in the table is taken to have: names of the usual form."""

REGIONS = {
    "aws": ("eu-west-1", "us-east-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}
"""Two of each partition."""
