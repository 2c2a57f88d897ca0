"""What resource policies of external access are drawn from: who it is, and from where.

Conditions are those by which people narrow grants, on few values that nest and overlap; principals
are inside and outside of `ZONES`.
"""

from __future__ import annotations

from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics.request import Request
from iamlogic.testing.strategies.vocabulary import (
    ARN,
    CANONICAL,
    HERE,
    IP,
    SETS,
    STRING,
    THERE,
    Key,
    Vocabulary,
)

OURS, THEIRS = "o-exampleorgid", "o-foreignorgid"
PATH = f"{OURS}/r-ab12/ou-ab12-11111111/"
ELSEWHERE = "777788889999"

EXTERNAL = Vocabulary(
    actions=("s3:GetObject", "s3:*", "*", "s3:Get*", "s3:PutObject", "s3:*Object"),
    resources=("arn:aws:s3:::a/*", "*", "arn:aws:s3:::a/b*", "arn:aws:s3:::a", "arn:aws:s3:::*b"),
    principals=(
        ("AWS", "*"),
        ("AWS", "*"),
        ("AWS", HERE),
        ("AWS", THERE),
        ("AWS", f"arn:aws:iam::{THERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{THERE}:role/p/R"),
        ("AWS", f"arn:aws:iam::{HERE}:role/p/R"),
        ("AWS", f"arn:aws:sts::{THERE}:assumed-role/R/s"),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "sns.amazonaws.com"),
        ("CanonicalUser", CANONICAL),
    ),
    requesters=(
        (f"arn:aws:iam::{HERE}:user/alice", None),
        (f"arn:aws:iam::{THERE}:user/alice", None),
        (f"arn:aws:iam::{ELSEWHERE}:user/alice", None),
        (f"arn:aws:sts::{THERE}:assumed-role/R/s", f"arn:aws:iam::{THERE}:role/p/R"),
        (f"arn:aws:sts::{THERE}:assumed-role/R/t", f"arn:aws:iam::{THERE}:role/R"),
        (f"arn:aws:sts::{HERE}:assumed-role/R/s", f"arn:aws:iam::{HERE}:role/p/R"),
        (f"arn:aws:sts::{THERE}:federated-user/alice", None),
        (f"arn:aws:iam::{THERE}:root", None),
        ("ec2.amazonaws.com", None),
        ("sns.amazonaws.com", None),
        ("anonymous", None),
        ("anonymous", None),
    ),
    accounts=(HERE,),
    keys=(
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "4*", "*")),
        Key(
            ("aws:PrincipalArn",),
            (*ARN, *STRING),
            (
                f"arn:aws:iam::{THERE}:role/p/R",
                f"arn:aws:iam::{THERE}:*",
                "arn:aws:iam::*:user/a*",
                f"arn:aws:iam::*:role/{HERE}*",
            ),
        ),
        Key(("aws:PrincipalOrgID",), STRING, (OURS, THEIRS, "o-*"), ("", "ForAllValues:")),
        Key(("aws:PrincipalOrgPaths",), STRING, (f"{OURS}/*", PATH, f"{THEIRS}/*"), SETS),
        Key(("aws:SourceIp",), IP, ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32")),
        Key(("aws:SourceVpce",), STRING, ("vpce-1", "vpce-2", "vpce-*")),
        Key(("aws:SourceAccount",), STRING, (HERE, THERE)),
        Key(
            ("aws:SourceArn",),
            (*ARN, *STRING),
            (f"arn:aws:sns:us-east-1:{HERE}:t", f"arn:aws:sns:*:{THERE}:*", "arn:aws:s3:::a"),
        ),
        Key(("aws:SecureTransport",), ("Bool",), ("true", "false")),
        Key(("aws:PrincipalIsAWSService",), ("Bool",), ("true", "false")),
        Key(("aws:PrincipalTag/team",), STRING, ("blue", "b*")),
        Key(("s3:prefix",), STRING, ("a", "a*")),
    ),
    multivalued=frozenset({"aws:principalorgpaths"}),
)


def zones() -> st.SearchStrategy[il.Zone]:
    """Zones of trust of accounts, an organization, a part of one, and none."""
    return st.sampled_from(
        [
            il.Zone(accounts={HERE}),
            il.Zone(accounts={HERE}, organization=OURS),
            il.Zone(organization=OURS),
            il.Zone(accounts={HERE, ELSEWHERE}, org_paths={PATH}),
            il.Zone(accounts={HERE}, services={"ec2.amazonaws.com"}),
            il.Zone(),
        ]
    )


def is_trusted(zone: il.Zone, request: Request) -> bool:
    """R-X1, said a second time."""
    if request.requester.account is None:
        return False
    organizations = set(request.values("aws:PrincipalOrgID"))
    paths = request.values("aws:PrincipalOrgPaths")
    return (
        request.requester.account in zone.accounts
        or zone.organization in organizations
        or any(path.startswith(tuple(zone.org_paths)) for path in paths)
    )
