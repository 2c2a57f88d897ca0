"""A policy in its place is held to the row of its type (R-P6, R-P8, R-P9)."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import iamlogic as il
from iamlogic.syntax.policy_types import check_policy, is_trust_policy

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DENY: dict[str, Any] = {**ALLOW, "Effect": "Deny"}
GRANT = {**ALLOW, "Principal": "*"}
FORBID = {**DENY, "Principal": "*"}
TRUST = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
FULL_RCP = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
NAMELESS = ("IDENTITY", "BOUNDARY", "SESSION", "SCP")
NAMING = ("RCP", "RESOURCE", "TRUST", "ENDPOINT")


def policy(*statements: dict[str, Any], **members: str) -> il.Policy:
    return il.parse({"Version": "2012-10-17", **members, "Statement": list(statements)})


def without(statement: dict[str, Any], *members: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in members}


TAKEN = [
    *((type_, policy(ALLOW, DENY)) for type_ in NAMELESS),
    *(
        ("SCP", policy({**ALLOW, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}))
        for _ in [0]
    ),
    ("SCP", policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b"})),
    ("RCP", policy(FORBID)),
    ("RCP", policy(FULL_RCP, FORBID)),
    ("RESOURCE", policy(GRANT, FORBID, Id="x")),
    ("RESOURCE", policy(without(GRANT, "Resource"))),
    ("RESOURCE", policy({**without(FORBID, "Principal"), "NotPrincipal": {"AWS": "111122223333"}})),
    ("ENDPOINT", policy(GRANT, Id="x")),
    ("TRUST", policy(TRUST, Id="x")),
    *((type_, il.parse({"Statement": []})) for type_ in (*NAMELESS, *NAMING)),
]
WRONG = [
    *((type_, policy(GRANT), "has no Principal", "R-P6") for type_ in NAMELESS),
    *((type_, policy(ALLOW, Id="x"), "has no Id", "R-P6") for type_ in NAMELESS),
    *((type_, policy(ALLOW), "names no Principal", "R-P6") for type_ in NAMING),
    ("SCP", policy({**without(FORBID, "Principal"), "NotPrincipal": "*"}), "NotPrincipal", "R-P6"),
    ("RCP", policy(FORBID, Id="x"), "has no Id", "R-P6"),
    ("RCP", policy({**FORBID, "Principal": {"AWS": "111122223333"}}), "all principals", "R-P6"),
    ("RCP", policy({**without(FORBID, "Principal"), "NotPrincipal": "*"}), "NotPrincipal", "R-P6"),
    ("RCP", policy(without(FORBID, "Resource")), "needs Resource", "R-P6"),
    ("RCP", policy(GRANT), "an RCP denies", "R-P8"),
    ("RCP", policy({**FULL_RCP, "Condition": {"Null": {"a:b": "true"}}}), "an RCP denies", "R-P8"),
    ("RCP", policy({**FORBID, "Action": "*"}), "not all actions", "R-P8"),
    ("RCP", policy({**without(FORBID, "Action"), "NotAction": "s3:*"}), "NotAction", "R-P8"),
    ("TRUST", policy({**TRUST, "Resource": "*"}), "has no Resource", "R-P6"),
    ("TRUST", policy({**TRUST, "NotResource": "*"}), "has no NotResource", "R-P6"),
    (
        "TRUST",
        policy({**without(TRUST, "Principal"), "Effect": "Deny", "NotPrincipal": "*"}),
        "has no NotPrincipal",
        "R-P6",
    ),
]


@pytest.mark.parametrize(("type_", "given"), TAKEN)
def test_a_policy_of_its_type_is_taken(type_: str, given: il.Policy) -> None:
    check_policy(given, il.PolicyType[type_])


@pytest.mark.parametrize(("type_", "given", "message", "rule"), WRONG)
def test_a_policy_that_is_none_of_its_type(
    type_: str, given: il.Policy, message: str, rule: str
) -> None:
    with pytest.raises(il.PolicySyntaxError) as caught:
        check_policy(given, il.PolicyType[type_])
    told = [problem for problem in caught.value.problems if message in problem.message]
    assert [problem.rule for problem in told] == [rule]
    assert all(problem.hint for problem in caught.value.problems)


def test_every_problem_is_told_with_its_place() -> None:
    text = (
        '{"Version": "2012-10-17", "Id": "x", "Statement": [\n'
        ' {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},\n'
        ' {"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]}'
    )
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.PolicySet(rcps=[[il.parse(text, file="rcp.json")]])
    assert [(p.where.line, p.rule) for p in caught.value.problems] == [
        (None, "R-P6"),
        (3, "R-P6"),
        (2, "R-P8"),
        (3, "R-P8"),
    ]
    assert caught.value.file == "rcp.json"


def test_a_policy_whose_actions_are_all_of_sts_is_a_trust_policy() -> None:
    assert is_trust_policy(policy(TRUST))
    assert is_trust_policy(policy({**TRUST, "Action": ["STS:AssumeRole", "sts:Tag*"]}))
    assert not is_trust_policy(policy(TRUST, GRANT))
    assert not is_trust_policy(policy({**without(TRUST, "Action"), "NotAction": "sts:*"}))
    assert not is_trust_policy(policy())
    with pytest.raises(il.PolicySyntaxError, match="a role trust policy has no Resource"):
        il.PolicySet(resource=policy({**TRUST, "Resource": "*"}))


# Stacks


def test_a_stack_is_made_of_lists_and_keeps_tuples() -> None:
    stack = il.PolicySet(identity=[policy(ALLOW)], scps=[[policy(ALLOW)], []])
    assert stack.identity == (policy(ALLOW),)
    assert stack.scps == ((policy(ALLOW),), ())
    assert pickle.loads(pickle.dumps(stack)) == stack  # noqa: S301
    assert hash(stack) == hash(il.PolicySet(identity=(policy(ALLOW),), scps=((policy(ALLOW),), ())))


def test_none_is_no_policy() -> None:
    none: Any = None
    stack = il.PolicySet(identity=none, resource=none, boundary=none, scps=none, rcps=none)
    assert stack == il.PolicySet()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"identity": policy(ALLOW)}, "identity is a Policy, expected a list of policies"),
        ({"identity": [ALLOW]}, r"identity\[0\] is a dict, expected a Policy"),
        ({"identity": [None]}, r"identity\[0\]"),
        ({"identity": "dev.json"}, "identity is a str"),
        ({"boundary": ALLOW}, "boundary is a dict(.|\n)*iamlogic.parse"),
        ({"resource": [policy(GRANT)]}, "resource is a list"),
        ({"scps": [policy(ALLOW)]}, r"scps\[0\] is a policy(.|\n)*one level is"),
        ({"scps": policy(ALLOW)}, "scps is a Policy"),
        ({"rcps": [[ALLOW]]}, r"rcps\[0\]\[0\] is a dict"),
        ({"canonical_users": []}, "canonical_users is a list"),
        ({"canonical_users": {"abc": "111122223333"}}, "64 hexadecimal digits"),
        ({"canonical_users": {"a" * 64: "1"}}, "expected 12 digits"),
    ],
)
def test_what_is_no_stack(members: dict[str, Any], message: str) -> None:
    with pytest.raises(il.PolicySetError, match=message):
        il.PolicySet(**members)


def test_a_canonical_user_is_the_account_it_is_mapped_to() -> None:
    user = "79A59DF900B949E55D96A1E698FBACEDFD6E09D98EACF8F8D5218E7CD47EF2BE"
    grant = policy({**GRANT, "Principal": {"CanonicalUser": [user, "b" * 64]}})
    stack = il.PolicySet(resource=grant, canonical_users={user: "444455556666"})
    assert stack.resource is not None
    principals = stack.resource.statements[0].principals
    assert principals is not None
    assert [(e.form.name, e.account, e.text) for e in principals.entries] == [
        ("ACCOUNT", "444455556666", user),
        ("CANONICAL_USER", None, "b" * 64),
    ]
    with pytest.raises(TypeError):
        stack.canonical_users[user] = "1"  # type: ignore[index]
