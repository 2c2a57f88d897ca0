"""The words that users' tests start with, and how to get those of their own policies.

`EVERYDAY` reads like policies that people have, of one small company with two accounts, and
collides like the words of our own tests: buckets whose names begin alike, one user in two paths,
one role in two accounts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from iamlogic.semantics.requester import parse_requester
from iamlogic.syntax.operators import BASES, Family
from iamlogic.syntax.policy import Condition, Policy, PrincipalForm, PrincipalType, Variable
from iamlogic.syntax.policy_set import PolicySet, policies_of
from iamlogic.testing.strategies.errors import StrategyError, check_policy
from iamlogic.testing.strategies.vocabulary import (
    ARN,
    DATE,
    HERE,
    IP,
    NUMERIC,
    SETS,
    STRING,
    THERE,
    Key,
    Vocabulary,
    is_legal,
)

_Word = TypeVar("_Word")

_ORGANIZATION = "o-exampleorgid"

EVERYDAY = Vocabulary(
    actions=(
        "s3:GetObject",
        "s3:*",
        "*",
        "s3:Get*",
        "s3:PutObject",
        "s3:getobject",
        "s3:*Object",
        "s3:??tObject",
        "s3:ListBucket",
        "kms:Decrypt",
        "kms:*",
        "iam:PassRole",
        "sts:AssumeRole",
        "sts:TagSession",
        "sts:*",
        "sns:Publish",
        "dynamodb:GetItem",
    ),
    resources=(
        "arn:aws:s3:::reports/*",
        "*",
        "arn:aws:s3:::reports",
        "arn:aws:s3:::reports/2026/*",
        "arn:aws:s3:::reports/202?/*.csv",
        "arn:aws:s3:::reports-archive/*",
        "arn:aws:s3:::reports*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::reports/${aws:username}/*",
        "arn:aws:s3:::reports/${aws:PrincipalTag/team, 'blue'}/*",
        f"arn:aws:kms:eu-west-1:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        f"arn:aws:kms:*:{THERE}:key/*",
        f"arn:aws:iam::{HERE}:role/deploy",
        f"arn:aws:iam::{HERE}:role/app/*",
        f"arn:aws:sns:eu-west-1:{HERE}:alarms",
        f"arn:aws:dynamodb:*:{HERE}:table/orders*",
    ),
    principals=(
        ("AWS", HERE),
        ("AWS", "*"),
        ("AWS", THERE),
        ("AWS", f"arn:aws:iam::{HERE}:root"),
        ("AWS", f"arn:aws:iam::{HERE}:user/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:user/staff/alice"),
        ("AWS", f"arn:aws:iam::{HERE}:role/deploy"),
        ("AWS", f"arn:aws:iam::{HERE}:role/app/deploy"),
        ("AWS", f"arn:aws:iam::{THERE}:role/deploy"),
        ("AWS", f"arn:aws:sts::{HERE}:assumed-role/deploy/build-17"),
        ("AWS", f"arn:aws:sts::{HERE}:federated-user/alice"),
        ("Service", "cloudtrail.amazonaws.com"),
        ("Service", "ec2.amazonaws.com"),
        ("Federated", f"arn:aws:iam::{HERE}:saml-provider/Company"),
        ("Federated", "cognito-identity.amazonaws.com"),
    ),
    requesters=(
        (f"arn:aws:iam::{HERE}:user/alice", None),
        (f"arn:aws:iam::{HERE}:user/staff/alice", None),
        (f"arn:aws:iam::{HERE}:user/bob", None),
        (f"arn:aws:iam::{THERE}:user/alice", None),
        (
            f"arn:aws:sts::{HERE}:assumed-role/deploy/build-17",
            f"arn:aws:iam::{HERE}:role/deploy",
        ),
        (
            f"arn:aws:sts::{HERE}:assumed-role/deploy/build-18",
            f"arn:aws:iam::{HERE}:role/app/deploy",
        ),
        (
            f"arn:aws:sts::{THERE}:assumed-role/deploy/build-17",
            f"arn:aws:iam::{THERE}:role/deploy",
        ),
        (f"arn:aws:sts::{HERE}:federated-user/alice", None),
        (f"arn:aws:iam::{HERE}:root", None),
        ("cloudtrail.amazonaws.com", None),
        ("ec2.amazonaws.com", None),
        ("anonymous", None),
    ),
    accounts=(HERE, THERE),
    # Set prefixes on keys with one value: some people write them (R-C6).
    keys=(
        Key(
            ("aws:PrincipalOrgID", "aws:principalorgid"),
            STRING,
            (_ORGANIZATION, "o-otherorg1d", "o-*"),
        ),
        Key(
            ("aws:PrincipalTag/team",),
            STRING,
            ("blue", "Blue", "red", "b*", "?lue", "${aws:username}"),
        ),
        Key(("aws:TagKeys",), STRING, ("team", "Team", "cost-center", "t*"), SETS),
        Key(
            ("aws:PrincipalOrgPaths",),
            STRING,
            (f"{_ORGANIZATION}/r-ab12/ou-ab12-11111111/", f"{_ORGANIZATION}/*", "o-*/r-ab12/*"),
            SETS[1:],
        ),
        Key(("s3:prefix",), STRING, ("2026/", "", "2026/*", "${aws:username}/*", "202?/")),
        Key(("aws:PrincipalAccount",), STRING, (HERE, THERE, "${aws:ResourceAccount}")),
        Key(("aws:SourceVpce",), STRING, ("vpce-0a1b2c3d", "vpce-0a1b2c3e", "vpce-*")),
        Key(
            ("aws:PrincipalArn",),
            (*ARN, *STRING),
            (
                f"arn:aws:iam::{HERE}:role/deploy",
                f"arn:aws:iam::{HERE}:role/app/*",
                "arn:aws:iam::*:user/alice",
                f"arn:*:iam::{HERE}:*",
                "arn:aws:iam::${aws:ResourceAccount}:role/*",
            ),
        ),
        Key(
            ("aws:SourceArn",),
            ARN,
            (
                f"arn:aws:cloudtrail:eu-west-1:{HERE}:trail/audit",
                f"arn:aws:cloudtrail:*:{HERE}:trail/*",
                "arn:aws:s3:::reports",
            ),
            SETS,
        ),
        Key(("aws:SecureTransport",), ("Bool",), ("true", "false"), SETS),
        Key(("aws:MultiFactorAuthPresent",), ("Bool",), ("true", "false"), SETS),
        Key(("aws:MultiFactorAuthAge",), NUMERIC, ("3600", "300", "86400", "0")),
        Key(("s3:max-keys",), NUMERIC, ("10", "100", "1000", "9.5", "-1"), SETS),
        Key(
            ("aws:CurrentTime",),
            DATE,
            ("2026-01-01T00:00:00Z", "2026-12-31", "2026-01-01T01:00:00+01:00", "1767225600"),
            SETS,
        ),
        Key(("aws:TokenIssueTime",), DATE, ("2026-01-01T00:00:00Z", "2026")),
        Key(
            ("aws:SourceIp",),
            IP,
            ("203.0.113.0/24", "203.0.113.17", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0"),
            SETS,
        ),
        Key(("aws:VpcSourceIp",), IP, ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32")),
        # No key of AWS is known to have bytes; the operator exists all the same.
        Key(("example:Digest",), ("BinaryEquals",), ("QQ==", "QUI=", "QUJD"), SETS),
    ),
    fillings=("2026", "", "a", "/", "alice", "x:y", HERE),
    substitutes=("alice", "blue", "bob", "*", HERE),
    referred=("aws:principaltag/team",),
    multivalued=frozenset({"aws:tagkeys", "aws:principalorgpaths"}),
)
"""Buckets, roles and conditions as people name and write them."""


def vocabulary_of(*subjects: Policy | PolicySet, otherwise: Vocabulary = EVERYDAY) -> Vocabulary:
    """The words of your own policies and stacks, so that what is drawn has to do with them.

        words = vocabulary_of(il.load("policies/deploy.json"))

        @given(policies(words))
        def test_…(policy): …

    Actions, resources, principals and conditions are those that they have; each condition key is
    drawn with every operator that compares what its own operators compare. `requesters` are the
    users, roles, services and accounts that they name, and then those of `otherwise`; whatever the
    policies lack is from `otherwise` as well.
    """
    for subject in subjects:
        check_policy(subject, named="the policy")
    statements = [s for subject in subjects for p in policies_of(subject) for s in p.statements]
    if not statements:
        raise StrategyError("the policies have no statements, so no words to draw from")
    entries = [e for s in statements if s.principals for e in s.principals.entries]
    named = [(e.type.value, e.text) for e in entries if e.type is not PrincipalType.ANY]
    found = _requesters(e.text for e in entries if e.form in _WHO_ASK)
    texts = [
        *(p for s in statements for p in s.actions.patterns),
        *(p for s in statements if s.resources for p in s.resources.patterns),
        *(v for s in statements for c in s.conditions for v in c.values),
    ]
    variables = {
        part.key.lower() for t in texts for part in t.template or () if isinstance(part, Variable)
    }
    keys = _keys(c for s in statements for c in s.conditions)
    return Vocabulary(
        actions=_once(p.text for s in statements for p in s.actions.patterns) or otherwise.actions,
        resources=_once(p.text for s in statements if s.resources for p in s.resources.patterns)
        or otherwise.resources,
        principals=_once(named) or otherwise.principals,
        requesters=_once([*found, *otherwise.requesters]),
        accounts=_once([*(e.account for e in entries if e.account), *otherwise.accounts]),
        keys=keys or otherwise.keys,
        fillings=otherwise.fillings,
        substitutes=otherwise.substitutes,
        referred=tuple(sorted(variables)),
        multivalued=otherwise.multivalued
        | {key.spellings[0].lower() for key in keys if key.prefixes != ("",)},
    )


_WHO_ASK = {
    PrincipalForm.USER,
    PrincipalForm.ROLE,
    PrincipalForm.ROLE_SESSION,
    PrincipalForm.FEDERATED_USER,
    PrincipalForm.SERVICE,
}


def _requesters(texts: Iterable[str]) -> list[tuple[str, str | None]]:
    """Those who send requests where a policy names them: of a role its sessions."""
    found: list[tuple[str, str | None]] = []
    for text in texts:
        requester = parse_requester(text)
        if ":role/" in text:
            sts = f"arn:{requester.partition}:sts::{requester.account}:assumed-role"
            found.append((f"{sts}/{requester.name}/session", text))
        else:
            found.append((text, None))
    return found


def _keys(conditions: Iterable[Condition]) -> tuple[Key, ...]:
    """R-K7: a key is one whatever its case."""
    by_name: dict[str, list[Condition]] = {}
    for condition in conditions:
        by_name.setdefault(condition.key.lower(), []).append(condition)
    return tuple(_key(written) for written in by_name.values())


def _key(written: list[Condition]) -> Key:
    families = {condition.operator.base.family for condition in written} - {Family.NULL}
    compared = [c for c in written if c.operator.base.family is not Family.NULL]
    values = _once(value.text for condition in compared for value in condition.values)
    operators = tuple(
        base.name
        for base in BASES
        if base.family in families and any(is_legal(base.name, value) for value in values)
    )
    prefixes = _once(c.operator.set_prefix for c in compared)
    return Key(
        spellings=_once(condition.key for condition in written),
        operators=operators or ("Null",),
        values=values,
        prefixes=tuple(f"{prefix.value}:" if prefix else "" for prefix in prefixes) or ("",),
    )


def _once(given: Iterable[_Word]) -> tuple[_Word, ...]:
    return tuple(dict.fromkeys(given))
