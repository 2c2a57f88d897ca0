"""Every pair of near misses, exhaustively: no difference that a request shows may be missed.

Random policies rarely differ in one name alone, so what the engine takes for "the same" is tried
here on every pair of principals, conditions, actions and resources of small families. A claim that
nothing is gained is held against requests of every kind; a claim that something is needs no test
here, for its witness was replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, permutations, product

import pytest

import iamlogic as il
from iamlogic.semantics import Request, allows
from iamlogic.syntax.operators import BASES, Family

ACCOUNTS = ("111122223333", "444455556666")
PARTITIONS = ("aws", "aws-cn")

ARN_PRINCIPALS = [
    f"arn:{partition}:iam::{account}:{rest}"
    for partition, account in product(PARTITIONS, ACCOUNTS)
    for rest in ("user/a", "user/b", "user/p/a", "role/a", "role/b", "role/p/a", "root")
] + [
    f"arn:{partition}:sts::{account}:{rest}"
    for partition, account in product(PARTITIONS, ACCOUNTS)
    for rest in (
        "assumed-role/a/s", "assumed-role/a/t", "assumed-role/b/s",
        "federated-user/a", "federated-user/b",
    )
]  # fmt: skip
PROVIDERS = [
    f"arn:{partition}:iam::{account}:{kind}-provider/{name}"
    for partition, account in product(PARTITIONS, ACCOUNTS)
    for kind, name in product(("saml", "oidc"), ("a", "b"))
] + ["accounts.google.com", "www.amazon.com"]
SERVICES = ["ec2.amazonaws.com", "s3.amazonaws.com"]

PRINCIPALS: list[tuple[str, str]] = [
    *(("AWS", text) for text in (*ARN_PRINCIPALS, *ACCOUNTS, "*", "AROAEXAMPLEEXAMPLE123")),
    *(("Federated", text) for text in PROVIDERS),
    *(("Service", text) for text in SERVICES),
    ("CanonicalUser", "0" * 64),
]
A_SESSION = "arn:aws:sts::111122223333:assumed-role/a/s"
REQUESTERS = [
    Request(text, "sts:AssumeRole", "arn:aws:s3:::x")
    for text in (*ARN_PRINCIPALS, *PROVIDERS, *SERVICES, "anonymous")
    if ":role/" not in text  # R-E20: through its sessions
] + [
    Request(  # R-K2: a session of the role with a path
        A_SESSION,
        "sts:AssumeRole",
        "arn:aws:s3:::x",
        {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/p/a"},
    )
]


def missed(
    policies: Sequence[il.Policy], requests: Iterable[Request]
) -> list[tuple[il.Policy, il.Policy]]:
    """Pairs of which nothing is claimed to be gained, though a request is.

    A relation can be unknown for the principals by which no request is written (R-M8); what is
    gained is told all the same.
    """
    requests = list(requests)
    allowed = [{n for n, request in enumerate(requests) if allows(p, request)} for p in policies]
    return [
        (policies[before], policies[after])
        for before, after in permutations(range(len(policies)), 2)
        if allowed[after] - allowed[before]
        and not _gains(il.compare(policies[before], policies[after], all_requests=True))
    ]


def _gains(comparison: il.Comparison) -> bool:
    if comparison.relation is il.Relation.UNKNOWN:
        return bool(comparison.gained)
    return comparison.relation in (il.Relation.MORE_PERMISSIVE, il.Relation.INCOMPARABLE)


def policy(**members: object) -> il.Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return il.parse({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_principals(element: str) -> None:
    assert not missed([policy(**{element: {kind: p}}) for kind, p in PRINCIPALS], REQUESTERS)


def test_no_two_principals_are_equivalent_but_the_spellings_of_an_account() -> None:
    # R-M9, R-M16: an account and its root user's ARN, in any partition, are one entry.
    somebody = [(kind, text) for kind, text in PRINCIPALS if kind != "CanonicalUser"]
    somebody.remove(("AWS", "AROAEXAMPLEEXAMPLE123"))  # names nobody, as does the canonical user
    by_account = [text for _, text in somebody if text in ACCOUNTS or text.endswith(":root")]
    named = {text: policy(Principal={kind: text}) for kind, text in somebody}
    for one, other in permutations(named, 2):
        same = one in by_account and other in by_account and _account(one) == _account(other)
        equivalent = (
            il.compare(named[one], named[other], all_requests=True).relation
            is il.Relation.EQUIVALENT
        )
        assert equivalent is same, (one, other)


def _account(text: str) -> str:
    return next(account for account in ACCOUNTS if account in text)


@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_principals_of_a_deny(element: str) -> None:
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    denying = [
        {"Effect": "Deny", element: {kind: text}, "Action": "*", "Resource": "*"}
        for kind, text in PRINCIPALS
    ]
    policies = [
        il.parse({"Version": "2012-10-17", "Statement": [everyone, deny]}) for deny in denying
    ]
    assert not missed(policies, REQUESTERS)


CHAIN = [
    "111122223333",
    "arn:aws:iam::111122223333:user/a",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:sts::111122223333:assumed-role/a/s",
    "arn:aws:sts::111122223333:federated-user/a",
]
"""What the chains of a user, a role session and a federated session are made of (R-K3)."""


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_every_part_of_a_chain_counts(effect: str, element: str) -> None:
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    lists = [list(c) for n in range(1, len(CHAIN) + 1) for c in combinations(CHAIN, n)]
    policies = [
        il.parse(
            {
                "Version": "2012-10-17",
                "Statement": [
                    *([everyone] if effect == "Deny" else []),
                    everyone | {"Effect": effect, "Principal": {"AWS": listed}}
                    if element == "Principal"
                    else {
                        "Effect": effect,
                        "NotPrincipal": {"AWS": listed},
                        "Action": "*",
                        "Resource": "*",
                    },
                ],
            }
        )
        for listed in lists
    ]
    assert not missed(policies, REQUESTERS)


VALUES = {
    Family.STRING: ["a", "A", "a*", "?", "*", "", "true"],
    Family.ARN: ["arn:aws:s3:::a", "arn:aws:s3:::a*", "arn:*:*:*:*:*", "*", "arn:aws:s3:::?"],
    Family.BOOL: ["true", "false"],
    Family.NULL: ["true", "false"],
}
REQUEST_VALUES = [
    None, "", "a", "A", "b", "ab", "a*", "*", "true", "TRUE", "false", "é",
    "arn:aws:s3:::a", "arn:aws:s3:::ab", "arn:aws:s3:::a:b", "arn:aws:s3::::a", "arn:x",
]  # fmt: skip
OPERATORS = [
    (base.name + suffix, value)
    for base in BASES
    if base.family in VALUES
    for suffix in ([""] if base.family is Family.NULL else ["", "IfExists"])
    for value in [*([v] for v in VALUES[base.family]), VALUES[base.family][:2], []]
]


@pytest.mark.parametrize("key", ["s3:prefix", "aws:TagKeys"])
def test_conditions(key: str) -> None:
    given: list[object] = list(REQUEST_VALUES)
    if key == "aws:TagKeys":
        given += [["a", "b"], ["a", "true"], ["b", "A", "arn:aws:s3:::a"]]  # R-C6
    requests = [
        Request(
            principal="arn:aws:iam::111122223333:user/a",
            action="s3:GetObject",
            resource="arn:aws:s3:::x",
            context={} if value is None else {key: value},  # type: ignore[dict-item]
        )
        for value in given
    ]
    policies = [policy(Condition={operator: {key: value}}) for operator, value in OPERATORS]
    assert not missed(policies, requests)


PATTERNS = ["a", "b", "ab", "a*", "*a", "*", "?", "??", "a?", "?*", "a*b", "*a*", "aa*", "A"]


@pytest.mark.parametrize("negated", ["", "Not"])
def test_actions_and_resources(negated: str) -> None:
    words = ["".join(letters) for n in (1, 2, 3) for letters in product("abA", repeat=n)]
    requests = [
        Request("arn:aws:iam::111122223333:user/a", f"s3:{word}", f"arn:aws:s3:::{word}")
        for word in words
    ]
    actions = [
        {"Effect": "Allow", f"{negated}Action": f"s3:{p}", "Resource": "*"} for p in PATTERNS
    ]
    resources = [
        {"Effect": "Allow", "Action": "*", f"{negated}Resource": f"arn:aws:s3:::{p}"}
        for p in PATTERNS
    ]
    policies = [il.parse({"Version": "2012-10-17", "Statement": s}) for s in (*actions, *resources)]
    assert not missed(policies, requests)
