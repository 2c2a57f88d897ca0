"""Small accounts as hypothesis strategies, and scopes to ask them about: all names collide.

    @given(cases())
    def test_…(case): …

Resources lie below each other, roles trust each other, tags and names of users stand in resources.
What a law needs to look at every resource apart is `PLACES`: of all that the drawn patterns tell
apart, one resource each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy_types import is_trust_policy

Json = dict[str, Any]

HERE, THERE = "111122223333", "444455556666"
ROOT = f"arn:aws:iam::{HERE}:root"
USERS = tuple(f"arn:aws:iam::{HERE}:user/{name}" for name in ("x", "ops/y"))
ROLES = tuple(
    f"arn:aws:iam::{HERE}:role/{name}"
    for name in ("r", "p/s", "aws-service-role/es.amazonaws.com/l")
)
BUCKET = "arn:aws:s3:::b"
FUNCTION = f"arn:aws:lambda:us-east-1:{HERE}:function:f"
KEY = f"arn:aws:kms:us-east-1:{HERE}:key/k"
THEIR_QUEUE = f"arn:aws:sqs:us-east-1:{THERE}:q"
THEIR_ROLE = f"arn:aws:iam::{THERE}:role/r"
ATTACHED = (BUCKET, f"{BUCKET}/x", FUNCTION, f"{FUNCTION}:live", KEY, THEIR_QUEUE)

ACTIONS = (
    "s3:GetObject",
    "s3:*",
    "*",
    "lambda:InvokeFunction",
    "kms:Decrypt",
    "sqs:SendMessage",
    "sts:AssumeRole",
    "sts:*",
    "S3:getobject",
    "s3:*Object",
)
RESOURCES = (
    "*",
    BUCKET,
    f"{BUCKET}/*",
    f"{BUCKET}*",
    f"{BUCKET}/x",
    FUNCTION,
    f"{FUNCTION}:*",
    f"{FUNCTION}*",
    KEY,
    "arn:aws:kms:*:*:key/*",
    THEIR_QUEUE,
    ROLES[0],
    f"arn:aws:iam::{HERE}:role/*",
    f"{BUCKET}/${{aws:username}}",
    f"{BUCKET}/${{aws:PrincipalTag/team}}",
)
PLACES = (
    "*",
    BUCKET,
    f"{BUCKET}/",
    f"{BUCKET}/x",
    f"{BUCKET}/x/1",
    f"{BUCKET}/x:1",
    f"{BUCKET}/xx",
    f"{BUCKET}/y",
    f"{BUCKET}/blue",
    f"{BUCKET}/red",
    f"{BUCKET}:1",
    f"{BUCKET}b",
    f"{BUCKET}b/x",
    "arn:aws:s3:::c/x",
    FUNCTION,
    f"{FUNCTION}:live",
    f"{FUNCTION}:live:1",
    f"{FUNCTION}:lively",
    f"{FUNCTION}/1",
    f"{FUNCTION}f",
    KEY,
    f"{KEY}k",
    f"{KEY}/1",
    THEIR_QUEUE,
    f"{THEIR_QUEUE}q",
    f"{THEIR_QUEUE}:1",
    *ROLES,
    f"{ROLES[0]}/1",
    f"arn:aws:iam::{HERE}:role/other",
    THEIR_ROLE,
)

CONDITIONS: tuple[Json, ...] = (
    {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
    {"StringNotEquals": {"aws:PrincipalTag/Team": "blue"}},
    {"StringEqualsIfExists": {"aws:PrincipalTag/team": "red"}},
    {"Null": {"aws:PrincipalTag/team": "true"}},
    {"ForAnyValue:StringEquals": {"aws:PrincipalTag/team": ["blue", "red"]}},
    {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/team}"}},
    {"StringLike": {"s3:prefix": "${aws:username, 'blue'}"}},
    {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/site, 'blue'}"}},
    {"StringEquals": {"s3:prefix": "blue"}},
    {"StringEquals": {"s3:prefix": "blue"}, "StringLike": {"s3:prefix": "r*"}},
    {"ForAnyValue:StringEquals": {"s3:prefix": ["blue", "x"]}},
    {"ForAllValues:StringEquals": {"S3:Prefix": "red"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HERE}:user/*"}},
    {"ArnNotLike": {"aws:PrincipalArn": [ROLES[0], USERS[1]]}},
    {"StringEquals": {"aws:PrincipalArn": [ROLES[1], USERS[0], ROOT]}},
    {"StringEquals": {"aws:username": "x"}},
    {"StringNotEquals": {"aws:username": ["x", "y"]}},
    {"StringEquals": {"aws:PrincipalType": ["User", "Account"]}},
    {"StringNotLike": {"aws:userid": "AROA*"}},
    {"StringNotLike": {"aws:userid": ["AIDA*", HERE]}},
    {"StringLike": {"aws:userid": "*:s"}},
    {"Null": {"aws:TokenIssueTime": "true"}},
    {"DateGreaterThan": {"aws:TokenIssueTime": "2020"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"Null": {"aws:FederatedProvider": "false"}},
    {"StringEquals": {"aws:SourceIdentity": "x"}},
    {"StringEquals": {"aws:ResourceAccount": HERE}},
    {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}},
    {"StringEquals": {"aws:PrincipalOrgID": "o-a"}},
    {"StringNotEquals": {"aws:ResourceOrgID": "o-a"}},
    {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}},
    {"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"Bool": {"aws:ViaAWSService": "true"}},
    {"Bool": {"aws:PrincipalIsAWSService": "false"}},
)
PRINCIPALS: tuple[object, ...] = (
    "*",
    {"AWS": HERE},
    {"AWS": USERS[0]},
    {"AWS": [USERS[1], ROLES[0]]},
    {"AWS": ROLES[1]},
    {"AWS": f"arn:aws:sts::{HERE}:assumed-role/r/a"},
    {"AWS": f"arn:aws:sts::{HERE}:assumed-role/s/a"},
    {"AWS": ROOT},
    {"AWS": ROLES[2]},
    {"AWS": THERE},
    {"Service": "ec2.amazonaws.com"},
    {"AWS": [HERE, USERS[0]]},
)


def policy(*statements: Json) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


FULL_ACCESS = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
_rarely = st.integers(0, 9).map(lambda number: number == 9)
_seldom = st.integers(0, 3).map(lambda number: number == 3)
_effects = st.sampled_from(["Allow", "Allow", "Allow", "Deny"])


@dataclass(frozen=True)
class Words:
    """Those of all that one account and its scope are written with: few, so that they meet."""

    actions: tuple[object, ...]
    resources: tuple[object, ...]
    conditions: tuple[Json, ...]

    def what(self) -> SearchStrategy[Json]:
        """Actions, resources and a condition."""
        return _what(self)

    def own_statements(self) -> SearchStrategy[Json]:
        """Statements of identity policies, boundaries, session policies and SCPs."""
        return st.builds(lambda effect, what: {"Effect": effect, **what}, _effects, self.what())

    def own_policies(self) -> SearchStrategy[il.Policy]:
        drawn = st.lists(self.own_statements(), min_size=1, max_size=2)
        written = drawn.map(lambda each: policy(*each))
        return st.just(FULL_ACCESS) | written | written

    def resource_policies(self) -> SearchStrategy[il.Policy]:
        return st.lists(_resource_statement(self), min_size=1, max_size=2).map(_no_trust_policy)

    def trust_policies(self) -> SearchStrategy[il.Policy]:
        drawn = st.lists(_trust_statement(self), min_size=1, max_size=2)
        return drawn.map(lambda each: policy(*each))


def _some(values: Sequence[object], most: int = 2) -> SearchStrategy[list[object]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique_by=str)


@st.composite
def words(draw: DrawFn) -> Words:
    return Words(
        tuple(draw(_some(ACTIONS, 3))),
        tuple(draw(_some(RESOURCES, 4))),
        tuple(draw(st.lists(st.sampled_from(CONDITIONS), max_size=3, unique_by=str))),
    )


@st.composite
def _what(draw: DrawFn, words: Words) -> Json:
    return {
        "NotAction" if draw(_rarely) else "Action": draw(_some(words.actions)),
        "NotResource" if draw(_rarely) else "Resource": draw(
            st.just(["*"]) | _some(words.resources)
        ),
        **draw(_condition(words)),
    }


def _condition(words: Words) -> SearchStrategy[Json]:
    none: SearchStrategy[Json] = st.just({})
    if not words.conditions:
        return none
    return none | st.sampled_from(words.conditions).map(lambda each: {"Condition": each})


@st.composite
def _resource_statement(draw: DrawFn, words: Words) -> Json:
    return {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        "NotPrincipal" if draw(_rarely) else "Principal": draw(st.sampled_from(PRINCIPALS)),
        **draw(words.what()),
    }


def _no_trust_policy(statements: list[Json]) -> il.Policy:
    """R-P26: one that speaks of actions of sts alone would be a role's."""
    drawn = policy(*statements)
    if not is_trust_policy(drawn):
        return drawn
    (first, *rest) = statements
    return policy({**first, "Action": ["s3:*", *first["Action"]]}, *rest)


@st.composite
def _trust_statement(draw: DrawFn, words: Words) -> Json:
    tagging: list[object] = ["sts:*", ["sts:AssumeRole", "sts:TagSession"], "sts:TagSession"]
    return {
        "Effect": draw(_effects),
        "Principal": draw(st.sampled_from(PRINCIPALS)),
        "Action": draw(st.sampled_from(["sts:AssumeRole", "sts:AssumeRole", *tagging])),
        **draw(_condition(words)),
    }


@st.composite
def _rcps(draw: DrawFn, words: Words) -> il.Policy:
    services = ("s3:GetObject", "s3:*", "kms:*", "sts:*", "lambda:*", "sqs:*")
    denial: Json = {"Effect": "Deny", "Principal": "*", "Action": draw(_some(services))}
    resources = draw(st.just(["*"]) | _some(words.resources))
    return policy({**denial, "Resource": resources, **draw(_condition(words))})


_tags = st.sampled_from(
    [(), (), (("team", "blue"),), (("Team", "red"), ("site", "b")), (("site", "blue"),)]
)


@st.composite
def _identities(draw: DrawFn, words: Words, arn: str) -> il.Identity:
    return il.Identity(
        arn,
        tuple(draw(st.lists(words.own_policies(), max_size=2))),
        draw(words.own_policies()) if draw(_seldom) else None,
        draw(words.trust_policies()) if ":role/" in arn else None,
        draw(_tags),
    )


@st.composite
def _accounts(draw: DrawFn, words: Words) -> il.Account:
    """Two to four principals, up to three resources with policies, perhaps an organization."""
    arns = draw(st.lists(st.sampled_from([*USERS, *ROLES]), min_size=2, max_size=4, unique=True))
    attached = draw(st.lists(st.sampled_from(ATTACHED), max_size=3, unique=True))
    own = words.own_policies()
    levels = st.lists(own, max_size=2) | own.map(lambda each: [FULL_ACCESS, each])
    scps = draw(st.lists(levels, min_size=1, max_size=2)) if draw(_seldom) else []
    return il.Account(
        HERE,
        identities=tuple(draw(_identities(words, arn)) for arn in arns),
        resource_policies={arn: draw(words.resource_policies()) for arn in attached},
        scps=tuple(map(tuple, scps)),
        rcps=((draw(_rcps(words)),),) if draw(_seldom) else (),
        management_account=draw(_rarely),
    )


@dataclass(frozen=True)
class Asked:
    """A scope as it was written, and as it is read; and what else a question is asked with."""

    document: Json
    session: il.Policy | None = None
    scope: il.Scope = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scope", il.Scope(self.document))


@st.composite
def _asked(draw: DrawFn, words: Words) -> Asked:
    document = draw(words.what())
    if draw(_seldom):
        document = {name: value for name, value in document.items() if name != "Resource"}
    if draw(_rarely):
        element = "NotPrincipal" if draw(st.booleans()) else "Principal"
        document[element] = draw(st.sampled_from(PRINCIPALS))
    return Asked(document, draw(words.own_policies()) if draw(_rarely) else None)


@dataclass(frozen=True)
class Case:
    """An account, what is asked of it, and the words that both are written with."""

    account: il.Account
    asked: Asked
    words: Words

    def who_can(self, account: il.Account | None = None, **further: Any) -> il.WhoCan:  # noqa: ANN401
        """The answer; a case in which it is not known of somebody is no case."""
        asked = self.asked
        found = il.who_can(account or self.account, asked.scope, session=asked.session, **further)
        assume(not found.unknown)
        return found


@st.composite
def cases(draw: DrawFn) -> Case:
    drawn = draw(words())
    return Case(draw(_accounts(drawn)), draw(_asked(drawn)), drawn)
