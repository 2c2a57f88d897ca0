"""The vocabularies of our own differential tests: few words, and chosen to collide.

Patterns overlap, contain each other, differ in one character, in letter case or in where a wildcard
stands, so that two statements drawn at random often have something to do with one another.
"""

from __future__ import annotations

from dataclasses import replace

from iamlogic.testing.strategies.vocabulary import (
    ARN,
    CANONICAL,
    DATE,
    HERE,
    IP,
    NOBODY,
    NUMERIC,
    SETS,
    STRING,
    THERE,
    Key,
    Vocabulary,
)

COLLIDING = Vocabulary(
    actions=(
        "s3:GetObject",
        "*",
        "s3:*",
        "S3:getobject",
        "s3:Get*",
        "s3:*Object",
        "s3:Get?bject",
        "s3:PutObject",
        "s3:*t*",
        "ec2:Run?*",
    ),
    resources=(
        "arn:aws:s3:::a",
        "*",
        "arn:aws:s3:::a*",
        "arn:aws:s3:::?",
        "arn:aws:s3:::a/b",
        "arn:aws:s3:::*b",
        "arn:aws:s3:::A",
        "arn:*",
        "arn:aws:s3*",
        f"arn:aws:sns:*:{HERE}:*",
        f"arn:aws:sns:us-?ast-1:{THERE}:a*",
    ),
    principals=(
        ("AWS", HERE),
        ("AWS", "*"),
        ("AWS", THERE),
        ("AWS", f"arn:aws:iam::{HERE}:root"),
        ("AWS", f"arn:aws-cn:iam::{HERE}:root"),
        ("AWS", f"arn:aws:iam::{HERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:user/p/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:role/R"),
        ("AWS", f"arn:aws:iam::{HERE}:role/p/R"),
        ("AWS", f"arn:aws:sts::{HERE}:assumed-role/R/s"),
        ("AWS", f"arn:aws:sts::{HERE}:federated-user/alice"),
        ("AWS", NOBODY),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "sns.amazonaws.com"),
        ("Federated", "accounts.google.com"),
        ("Federated", f"arn:aws:iam::{HERE}:saml-provider/P"),
        ("CanonicalUser", CANONICAL),
    ),
    requesters=(
        (f"arn:aws:iam::{HERE}:user/alice", None),
        (f"arn:aws:iam::{HERE}:user/p/alice", None),
        (f"arn:aws:iam::{THERE}:user/alice", None),
        (f"arn:aws:iam::{HERE}:user/Alice", None),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", None),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", f"arn:aws:iam::{HERE}:role/R"),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", f"arn:aws:iam::{HERE}:role/p/R"),
        (f"arn:aws:sts::{HERE}:assumed-role/R/t", f"arn:aws:iam::{HERE}:role/p/R"),
        (f"arn:aws:sts::{THERE}:assumed-role/R/s", None),
        (f"arn:aws:iam::{HERE}:role/p/R", None),
        (f"arn:aws:iam::{HERE}:role/R", None),
        (f"arn:aws:sts::{HERE}:federated-user/alice", None),
        (f"arn:aws-cn:sts::{HERE}:federated-user/alice", None),
        (f"arn:aws:iam::{HERE}:root", None),
        (f"arn:aws-cn:iam::{HERE}:root", None),
        ("ec2.amazonaws.com", None),
        ("sqs.amazonaws.com", None),
        ("accounts.google.com", None),
        (f"arn:aws:iam::{HERE}:saml-provider/P", None),
        ("anonymous", None),
    ),
    accounts=(HERE, THERE),
    keys=(
        Key(
            ("aws:PrincipalArn", "AWS:principalarn"),
            (*ARN, *STRING),
            (
                f"arn:aws:iam::{HERE}:user/alice",
                f"arn:aws:iam::{HERE}:*",
                "arn:aws:iam::*:role/p/*",
                f"arn:aws:iam::{HERE}:role/R",
                f"arn:aws:sts::{HERE}:federated-user/?lice",
                "arn:*:*:*:*:*/p/*",
                "*",
            ),
        ),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "anonymous", "1111*", "a*")),
        Key(("aws:PrincipalType",), STRING, ("User", "AssumedRole", "user", "*e*", "Account")),
        Key(("aws:username", "aws:UserName"), STRING, ("alice", "Alice", "al*", "?lice")),
        Key(("aws:PrincipalIsAWSService",), ("Bool", "StringEquals"), ("true", "false")),
        Key(("aws:ResourceAccount",), STRING, (HERE, THERE, "4*", "?" * 12)),
        Key(
            ("s3:prefix", "S3:Prefix"),
            (*STRING, *ARN),
            ("", "a", "A", "a*", "?", "*b", "é", "É", "a?", "arn:a:b:c:d:e*", "arn:*:b:c:d:?"),
        ),
        Key(("aws:SecureTransport",), ("Bool", "StringEquals"), ("true", "false", "True")),
        Key(("aws:TagKeys",), ("Null",)),
    ),
)
"""The vocabulary of the differential tests."""

_ANYTHING = replace(COLLIDING, actions=("*",), resources=("*",))

PRINCIPALS = replace(_ANYTHING, keys=())
"""Nothing but principals decides: what policies say of them is not hidden by other parts."""

KEYS = replace(_ANYTHING, principals=(("AWS", "*"),))
"""Nothing but conditions decides."""

MULTIVALUED = replace(
    KEYS, keys=(Key(("aws:TagKeys", "aws:tagkeys"), STRING, ("a", "A", "a*", "b", "?")),)
)
"""Conditions without prefix on a key that has several values (R-C6)."""

TYPED = replace(
    KEYS,
    keys=(
        Key(("s3:max-keys",), NUMERIC, ("10", "10.0", "5", "-1", "1e1", "0.5")),
        Key(
            ("aws:CurrentTime", "aws:TokenIssueTime"),
            DATE,
            ("2020", "2020-01-01", "2020-01-01T01:00:00+01:00", "1577836800", "1577836799.5"),
        ),
        Key(("aws:EpochTime",), (*DATE, *NUMERIC), ("1577836800", "2020", "0", "-5")),
        Key(
            ("aws:SourceIp", "aws:VpcSourceIp"),
            IP,
            ("10.0.0.0/8", "10.0.0.0/9", "10.1.2.3", "0.0.0.0/0", "::/0", "2001:db8::/32", "::1"),
        ),
        Key(("s3:digest",), ("BinaryEquals",), ("QQ==", "QUI=", "QUJD", "")),
        Key(("aws:MultiFactorAuthAge",), NUMERIC, ("3600", "0")),
    ),
)
"""Numbers, dates, addresses and bytes; each key is used with operators of its own type."""

MIXED = replace(
    KEYS,
    keys=(
        Key(
            ("aws:SourceIp",),
            (*IP, *STRING),
            ("10.0.0.0/8", "10.1.2.3", "10.*", "10.1.2.?", "::1", "*:*"),
        ),
        Key(("s3:max-keys",), (*NUMERIC, *STRING), ("10", "1*", "10.0", "?")),
        Key(("aws:EpochTime",), (*NUMERIC, *DATE, *STRING), ("10", "2020", "2020-01-01", "1*")),
    ),
)
"""Keys that are compared both as texts and as what they are."""

SET_VALUED = replace(
    KEYS,
    multivalued=frozenset({"aws:tagkeys", "kms:keys"}),
    keys=(
        Key(("aws:TagKeys",), STRING, ("a", "A", "a*", "b", "?"), SETS),
        Key(("kms:Keys",), (*STRING, *NUMERIC), ("1", "2", "1*", "a"), SETS),
        Key(("s3:prefix",), STRING, ("a", "b", "a*"), SETS),
        Key(("aws:PrincipalType",), STRING, ("User", "*"), SETS),
        Key(("aws:SourceIp",), IP, ("10.0.0.0/8", "10.1.0.0/16"), SETS),
    ),
)
"""Set prefixes, on keys with one value and with many."""

VARIABLES = replace(
    KEYS,
    referred=("aws:principaltag/t", "s3:prefix", "kms:keys"),
    multivalued=frozenset({"kms:keys"}),
    resources=(
        "arn:aws:s3:::a/${aws:username}",
        "arn:aws:s3:::a/*",
        "arn:aws:s3:::a/alice",
        "arn:aws:s3:::a/${aws:PrincipalTag/t}",
        "arn:aws:s3:::a/${aws:PrincipalTag/t}*",
        "arn:aws:s3:::a/${aws:PrincipalTag/t, 'b'}",
        "arn:aws:s3:::a/${aws:username}/${aws:PrincipalTag/t}",
        "arn:aws:s3:::a/${*}",
        f"arn:aws:sns:us-east-1:{HERE}:${{aws:PrincipalAccount}}",
    ),
    keys=(
        Key(
            ("aws:PrincipalTag/t", "aws:principaltag/T"),
            STRING,
            ("a", "alice", "a*", "${aws:username}", "${s3:prefix}", "${kms:Keys}", "${*}"),
        ),
        Key(("s3:prefix",), STRING, ("a", "${aws:PrincipalTag/t}", "${aws:username}?", "b*")),
        Key(("kms:Keys",), STRING, ("a", "${aws:PrincipalTag/t}", "${s3:prefix, 'a'}"), SETS),
        Key(
            ("aws:ResourceAccount",),
            STRING,
            (HERE, "${aws:PrincipalAccount}", "1*", "${aws:PrincipalTag/t}"),
        ),
        Key(("aws:username",), STRING, ("alice", "a*", "${aws:PrincipalTag/t}")),
        Key(
            ("aws:PrincipalArn",),
            ARN,
            (
                "arn:aws:iam::*:user/${aws:PrincipalTag/t}",
                "arn:aws:iam::${aws:ResourceAccount}:*",
                "arn:aws:iam::*:user/alice",
            ),
        ),
    ),
)
"""Policy variables in resources and values, of keys that are derived, free or have many values."""

WHOLE_LANGUAGE = {
    "colliding": COLLIDING,
    "multivalued": MULTIVALUED,
    "typed": TYPED,
    "mixed": MIXED,
    "sets": SET_VALUED,
    "variables": VARIABLES,
}
"""Between them they have every operator, set prefix and kind of variable."""
