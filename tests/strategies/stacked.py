"""The words of the tests of stacks: accounts, roles, users and keys that collide on purpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import iamlogic as il
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.vocabulary import HERE, STRING, THERE, Key, Vocabulary

SERVICE_LINKED = "aws-service-role/es.amazonaws.com/R"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/k"
ROLE = f"arn:aws:iam::{HERE}:role/R"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/s"

STACKED = Vocabulary(
    actions=(
        "s3:GetObject",
        "*",
        "s3:*",
        "S3:getobject",
        "kms:Decrypt",
        "KMS:*",
        "kms:D*",
        "sts:AssumeRole",
        "sts:*",
        "sts:TagSession",
        "sns:Publish",
    ),
    resources=(
        "arn:aws:s3:::a",
        "*",
        "arn:aws:s3:::a*",
        KEY,
        f"arn:aws:kms:*:{THERE}:key/*",
        f"arn:aws:kms:us-east-1:{HERE}:alias/k",
        ROLE,
        f"arn:aws:iam::{THERE}:role/R",
        f"arn:aws:iam::*:role/{SERVICE_LINKED}",
        f"arn:aws:sns:us-east-1:{THERE}:a",
        "arn:aws:s3:::a/${aws:PrincipalAccount}",
    ),
    principals=(
        *COLLIDING.principals,
        ("AWS", f"arn:aws:iam::{THERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}"),
        ("AWS", f"arn:aws:sts::{HERE}:assumed-role/R/t"),
    ),
    requesters=(
        *COLLIDING.requesters,
        (f"arn:aws:iam::{HERE}:user/bob", None),
        (f"arn:aws:iam::{THERE}:root", None),
        (SESSION, f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}"),
        (f"arn:aws:iam::{HERE}:role/{SERVICE_LINKED}", None),
        (f"arn:aws:iam::{HERE}:role/aws-service-role", None),
        (f"arn:aws:iam::{HERE}:user/{SERVICE_LINKED}", None),
        (f"arn:aws:sts::{THERE}:federated-user/alice", None),
    ),
    accounts=(HERE, THERE),
    keys=(
        Key(
            ("aws:PrincipalArn",),
            ("ArnLike", "ArnNotEquals", "StringEquals"),
            (
                ROLE,
                f"arn:aws:iam::{HERE}:user/alice",
                f"arn:aws:iam::{HERE}:role/p/R",
                "arn:aws:iam::*:role/aws-service-role/*",
                SESSION,
            ),
        ),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "1*", "${aws:ResourceAccount}")),
        Key(("aws:ResourceAccount",), STRING, (HERE, THERE, "${aws:PrincipalAccount}")),
        Key(("aws:PrincipalType",), STRING, ("User", "AssumedRole", "Account", "*User")),
        Key(("aws:SourceVpce",), ("StringEquals", "StringNotEquals"), ("vpce-a", "vpce-b")),
        Key(("aws:PrincipalOrgID", "aws:ResourceOrgID"), ("StringEquals",), ("o-a", "o-b")),
        Key(("s3:prefix", "S3:Prefix"), STRING, ("a", "A", "a*", "${aws:username}")),
        Key(("aws:SecureTransport",), ("Bool",), ("true", "false")),
    ),
    fillings=("", "a", "us-east-1", "/b", ":", HERE),
    referred=("s3:prefix",),
)
"""Two accounts, each with a user, a role and resources of the kinds that R-E10 tells apart."""


def edit_policies(stack: il.PolicySet, edit: Callable[[il.Policy], il.Policy]) -> il.PolicySet:
    """The stack with each of its policies edited."""

    def edited_or_none(policy: il.Policy | None) -> il.Policy | None:
        return None if policy is None else edit(policy)

    return replace(
        stack,
        identity=tuple(map(edit, stack.identity)),
        resource=edited_or_none(stack.resource),
        boundary=edited_or_none(stack.boundary),
        session=edited_or_none(stack.session),
        scps=tuple(tuple(map(edit, level)) for level in stack.scps),
        rcps=tuple(tuple(map(edit, level)) for level in stack.rcps),
        vpc_endpoint=edited_or_none(stack.vpc_endpoint),
    )
