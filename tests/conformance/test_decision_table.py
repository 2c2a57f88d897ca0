"""Stacks of policies as a decision table: who asks, what each policy says, what the answer is.

`decision_table.jsonl` has one row on a line, in words; a layer that a row does not name is not
given. The tables below turn its words into policies and a request, and know nothing of how policies
combine. `expected` was decided row by row by reading docs/semantics.md (R-K1 to R-K5, R-M8 to
R-M18, R-E1 to R-E18): nothing computes it.

The requester is of `ACCOUNT`, if of any; the resource is of that account or of `OTHER`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, NotRequired, TypedDict

import pytest

import iamlogic as il

HERE = Path(__file__).parent
SEMANTICS = HERE.parent.parent / "docs" / "semantics.md"

Words = str | list[str]
Statement = dict[str, object]
Sayings = dict[str, list[Statement]]

Grants = TypedDict(
    "Grants",
    {
        "grant": NotRequired[Words],  # a statement for each word
        "grant in one": NotRequired[list[str]],  # one statement with them all
        "grant all but": NotRequired[list[str]],  # by NotPrincipal
        "deny": NotRequired[Words],
        "deny all but": NotRequired[list[str]],
    },
)


class Row(TypedDict):
    id: str
    who: str
    accounts: str
    on: NotRequired[str]
    identity: NotRequired[Words]
    boundary: NotRequired[str]
    session: NotRequired[str]
    scps: NotRequired[list[Words]]
    rcps: NotRequired[list[Words]]
    resource: NotRequired[str | Grants]
    endpoint: NotRequired[str | Grants]
    management_account: NotRequired[bool]
    service_linked: NotRequired[bool]
    canonical_user: NotRequired[str]
    expected: str
    why: str
    rules: list[str]


class Target(NamedTuple):
    action: str
    resource: str
    elsewhere: str  # an action that is not asked for
    scope: str | None = "*"  # the Resource of its policy: a trust policy has none (R-P6)
    spelled: str | None = None  # how the request writes the action, if not as policies do


class Owner(NamedTuple):
    """The resource's account, by its ARN (if that has one) and as told with the request (R-K4)."""

    in_arn: str
    told: str | None


ACCOUNT, OTHER = "111122223333", "444455556666"
CANONICAL_USER = "0123456789abcdef" * 4
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
ROLE_WITH_A_PATH = f"arn:aws:iam::{ACCOUNT}:role/team/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s1"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"

REQUESTERS = {
    "user": f"arn:aws:iam::{ACCOUNT}:user/alice",
    "role session": SESSION,
    "session of a role with a path": SESSION,
    "role": ROLE,  # a session of it whose name is of no matter
    "root": f"arn:aws:iam::{ACCOUNT}:root",
    "federated session": f"arn:aws:sts::{ACCOUNT}:federated-user/alice",
    "service": "logging.s3.amazonaws.com",
    "anonymous": "anonymous",
    "OIDC identity": OIDC,
    "SAML identity": SAML,
    "Cognito identity": "cognito-identity.amazonaws.com",
}
CONTEXTS = {"session of a role with a path": {"aws:PrincipalArn": ROLE_WITH_A_PATH}}

ACCOUNTS = {
    "same": Owner(ACCOUNT, ACCOUNT),
    "cross": Owner(OTHER, OTHER),
    "none": Owner(ACCOUNT, ACCOUNT),  # it is the requester that has none
    "not told": Owner(ACCOUNT, None),
    "not told, cross": Owner(OTHER, None),
}

OBJECT = Target("s3:GetObject", "arn:aws:s3:::data/a.txt", "s3:PutObject", "arn:aws:s3:::data/*")
KEY = Target("kms:Decrypt", "arn:aws:kms:us-east-1:{}:key/1234abcd", "kms:Encrypt")
TRUST = Target("sts:AssumeRole", "arn:aws:iam::{}:role/target", "sts:GetCallerIdentity", None)
TARGETS = {
    "object": OBJECT,
    "key": KEY,
    "key, in capitals": KEY._replace(spelled="KMS:DECRYPT"),
    "alias": KEY._replace(resource="arn:aws:kms:us-east-1:{}:alias/data"),
    "list of keys": KEY._replace(action="kms:ListKeys", resource="*"),
    "role": TRUST,
    "role, in capitals": TRUST._replace(spelled="STS:ASSUMEROLE"),
    "role, by web identity": TRUST._replace(action="sts:AssumeRoleWithWebIdentity"),
    "role, by SAML": TRUST._replace(action="sts:AssumeRoleWithSAML"),
    "role, tagging the session": TRUST._replace(action="sts:TagSession"),
    "role, setting the source identity": TRUST._replace(action="sts:SetSourceIdentity"),
    "role, reading it": TRUST._replace(action="iam:GetRole"),
}

PRINCIPALS = {
    "anyone under AWS": ("AWS", "*"),
    "account": ("AWS", f"arn:aws:iam::{ACCOUNT}:root"),
    "account number": ("AWS", ACCOUNT),
    "other account": ("AWS", OTHER),
    "user ARN": ("AWS", f"arn:aws:iam::{ACCOUNT}:user/alice"),
    "user ARN with a path": ("AWS", f"arn:aws:iam::{ACCOUNT}:user/team/alice"),
    "other user ARN": ("AWS", f"arn:aws:iam::{ACCOUNT}:user/bob"),
    "role ARN": ("AWS", ROLE),
    "role ARN with a path": ("AWS", ROLE_WITH_A_PATH),
    "session ARN": ("AWS", SESSION),
    "other session ARN": ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s2"),
    "federated ARN": ("AWS", f"arn:aws:sts::{ACCOUNT}:federated-user/alice"),
    "service": ("Service", "logging.s3.amazonaws.com"),
    "other service": ("Service", "cloudtrail.amazonaws.com"),
    "OIDC provider": ("Federated", OIDC),
    "SAML provider": ("Federated", SAML),
    "Cognito": ("Federated", "cognito-identity.amazonaws.com"),
    "canonical user": ("CanonicalUser", CANONICAL_USER),
}
# Words for the principal `*`, with the condition that narrows it.
ANYONE: dict[str, Statement] = {
    "anyone": {},
    "anyone, if PrincipalArn is the role": {"ArnEquals": {"aws:PrincipalArn": ROLE}},
    "anyone, if PrincipalArn is the session": {"ArnEquals": {"aws:PrincipalArn": SESSION}},
}
CANONICAL_USERS = {"account": ACCOUNT, "other account": OTHER}


def _on_the_requesters_side(action: str) -> Sayings:
    """What a word says in an identity policy, boundary, session policy or SCP."""
    allow: Statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    deny: Statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    another = {"Action": "ec2:DescribeInstances"}
    return {
        "allow": [allow],
        "silent": [allow | another],
        "empty": [],
        "allow elsewhere": [allow | {"Resource": "arn:aws:s3:::elsewhere/*"}],
        "allow, deny another action": [allow, deny | another],
        "deny": [allow, deny],
        "deny the root user": [allow, deny | _if_principal_is(f"arn:aws:iam::{ACCOUNT}:root")],
        "deny the role": [allow, deny | _if_principal_is(ROLE)],
        "deny the session": [allow, deny | _if_principal_is(SESSION)],
    }


def _if_principal_is(arn: str) -> Statement:
    return {"Condition": {"ArnEquals": {"aws:PrincipalArn": arn}}}


def _in_rcps(action: str, owner: str) -> Sayings:
    """What a word says in an RCP: only Deny, but for the managed one (R-P8)."""
    service = action.partition(":")[0]
    everybody: Statement = {"Principal": "*", "Resource": "*"}
    deny = everybody | {"Effect": "Deny", "Action": f"{service}:*"}
    outsiders = {
        "StringNotEqualsIfExists": {"aws:PrincipalAccount": owner},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    return {
        "RCPFullAWSAccess": [everybody | {"Effect": "Allow", "Action": "*"}],
        "deny": [deny],
        "deny another service": [deny | {"Action": "secretsmanager:*"}],
        "deny other accounts": [deny | {"Condition": outsiders}],
    }


# What the endpoint's short words stand for; "silent" is of another action.
IN_SHORT: dict[str, Grants] = {
    "allow": {"grant": "anyone"},
    "deny": {"grant": "anyone", "deny": "anyone"},
}


def _on_the_resources_side(said: str | Grants, target: Target) -> list[Statement]:
    """What a word or grants say in a resource policy or an endpoint policy."""
    if said == "silent":
        return [_statement("Allow", "Principal", ["anyone"], target, target.elsewhere)]
    grants = IN_SHORT[said] if isinstance(said, str) else said
    lists = [("Allow", "Principal", [word]) for word in _list(grants.get("grant", []))]
    lists += [("Deny", "Principal", [word]) for word in _list(grants.get("deny", []))]
    lists += [
        ("Allow", "Principal", grants.get("grant in one", [])),
        ("Allow", "NotPrincipal", grants.get("grant all but", [])),
        ("Deny", "NotPrincipal", grants.get("deny all but", [])),
    ]
    return [_statement(*words, target, target.action) for words in lists if words[-1]]


def _statement(
    effect: str, element: str, words: list[str], target: Target, action: str
) -> Statement:
    statement: Statement = {"Effect": effect, "Action": action}
    if words[0] in ANYONE:
        (word,) = words
        statement |= {element: "*", "Condition": ANYONE[word]}
    else:
        by_type: dict[str, list[str]] = {}
        for type_, value in (PRINCIPALS[word] for word in words):
            by_type.setdefault(type_, []).append(value)
        statement[element] = by_type
    if target.scope is not None:
        statement["Resource"] = target.scope
    return statement


def _list(words: Words) -> list[str]:
    return [words] if isinstance(words, str) else words


def _stack(row: Row, *, backwards: bool = False) -> il.PolicySet:
    """The policies of a row; `backwards` turns round all that has an order."""
    target = TARGETS[row.get("on", "object")]
    of_requester = _on_the_requesters_side(target.action)
    of_rcps = _in_rcps(target.action, ACCOUNTS[row["accounts"]].in_arn)
    order = slice(None, None, -1 if backwards else 1)

    def policy(statements: list[Statement]) -> il.Policy:
        document: Statement = {"Version": "2012-10-17", "Statement": statements}
        return il.parse(_turned_round(document) if backwards else document)

    def group(said: Sayings, words: Words) -> tuple[il.Policy, ...]:
        return tuple(policy(said[word]) for word in _list(words)[order])

    def levels(said: Sayings, given: list[Words]) -> tuple[tuple[il.Policy, ...], ...]:
        return tuple(group(said, words) for words in given[order])

    def of_the_requester(word: str | None) -> il.Policy | None:
        return None if word is None else policy(of_requester[word])

    def of_the_resource(said: str | Grants | None) -> il.Policy | None:
        return None if said is None else policy(_on_the_resources_side(said, target))

    mapped = row.get("canonical_user")
    return il.PolicySet(
        identity=group(of_requester, row.get("identity", [])),
        boundary=of_the_requester(row.get("boundary")),
        session=of_the_requester(row.get("session")),
        scps=levels(of_requester, row.get("scps", [])),
        rcps=levels(of_rcps, row.get("rcps", [])),
        resource=of_the_resource(row.get("resource")),
        vpc_endpoint=of_the_resource(row.get("endpoint")),
        management_account=row.get("management_account", False),
        service_linked=row.get("service_linked", False),
        canonical_users={} if mapped is None else {CANONICAL_USER: CANONICAL_USERS[mapped]},
    )


def _turned_round(document: Statement) -> Statement:
    return {key: _reversed(value) for key, value in reversed(document.items())}


def _reversed(node: object) -> object:
    match node:
        case list():
            return [_reversed(entry) for entry in reversed(node)]
        case dict():
            return _turned_round(node)
    return node


def _request(row: Row) -> il.Request:
    target, account = TARGETS[row.get("on", "object")], ACCOUNTS[row["accounts"]]
    return il.Request(
        principal=REQUESTERS[row["who"]],
        action=target.spelled or target.action,
        resource=target.resource.format(account.in_arn),
        resource_account=account.told,
        context=CONTEXTS.get(row["who"], {}),
    )


def _rows() -> Iterator[Row]:
    for line in (HERE / "decision_table.jsonl").read_text(encoding="utf-8").splitlines():
        if line:
            yield json.loads(line)


ROWS = list(_rows())
EVERY_ROW = pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])


@EVERY_ROW
def test_row_has_its_outcome(row: Row) -> None:
    decision = il.evaluate(_stack(row), _request(row))
    assert decision.outcome.value == row["expected"], f"{row['why']} {row['rules']}"


@EVERY_ROW
def test_order_never_matters(row: Row) -> None:
    """…of statements, policies, levels and entries (R-E18)."""
    decision = il.evaluate(_stack(row, backwards=True), _request(row))
    assert decision.outcome.value == row["expected"]


def test_there_are_many_rows() -> None:
    assert len(ROWS) >= 600


def test_no_two_rows_have_one_id() -> None:
    assert _repeated(row["id"] for row in ROWS) == []


def test_no_two_rows_ask_the_same() -> None:
    answer = {"id", "expected", "why", "rules"}
    assert (
        _repeated(repr([pair for pair in r.items() if pair[0] not in answer]) for r in ROWS) == []
    )


def test_rows_have_known_members_and_give_rules_as_their_reason() -> None:
    known = set(re.findall(r"\*\*(R-[A-Z]\d+)\*\*", SEMANTICS.read_text(encoding="utf-8")))
    for row in ROWS:
        assert set(row) <= set(Row.__annotations__), row["id"]
        assert row["why"], row["id"]
        assert row["rules"], row["id"]
        assert set(row["rules"]) <= known, row["id"]


def test_every_word_is_used() -> None:
    assert _used("who") == set(REQUESTERS)
    assert _used("accounts") == set(ACCOUNTS)
    assert _used("on") == set(TARGETS) - {"object"}  # what a row asks for that does not say it
    assert _used("canonical_user") == set(CANONICAL_USERS)
    assert _used("rcps") == set(_in_rcps(OBJECT.action, ACCOUNT))
    requesters_side = set(_on_the_requesters_side(OBJECT.action))
    assert _used("identity", "boundary", "session", "scps") == requesters_side
    grants = {*Grants.__annotations__, *PRINCIPALS, *ANYONE}
    assert _used("resource", "endpoint") == {"silent", *IN_SHORT, *grants}


@pytest.mark.parametrize("layer", ["identity", "boundary", "session", "scps", "endpoint"])
def test_every_layer_allows_is_silent_and_denies(layer: str) -> None:
    assert _used(layer) >= {"allow", "silent", "deny"}


@pytest.mark.parametrize("accounts", ["same", "cross"])
@pytest.mark.parametrize("who", ["user", "role session", "root", "federated session"])
def test_whoever_asks_there_is_every_outcome(who: str, accounts: str) -> None:
    met = {row["expected"] for row in ROWS if (row["who"], row["accounts"]) == (who, accounts)}
    assert met == {outcome.value for outcome in il.Outcome}


def _used(*members: str) -> set[str]:
    return {word for row in ROWS for member in members for word in _words(row.get(member, []))}


def _words(said: object) -> Iterator[str]:
    match said:
        case str():
            yield said
        case list():
            yield from (word for entry in said for word in _words(entry))
        case dict():
            yield from said
            yield from _words(list(said.values()))


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]
