"""What a rule accepts "with a warning" is in `policy.warnings`, with its rule and place."""

import json

import pytest

import iamlogic as il
from iamlogic.syntax.problems import MAX_PROBLEMS

A, B = "111122223333", "444455556666"


def identity(**members: object) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **members}
    return {"Version": "2012-10-17", "Statement": [statement]}


def resource(effect: str, *listed: str, member: str = "NotPrincipal") -> dict[str, object]:
    statement = {"Effect": effect, member: {"AWS": list(listed)}, "Action": "s3:GetObject"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def when(operator: str, key: str, values: object) -> dict[str, object]:
    return identity(Condition={operator: {key: values}})


def user(account: str) -> str:
    return f"arn:aws:iam::{account}:user/team/alice"


ROLE = f"arn:aws:iam::{A}:role/team/deploy"
SESSION = f"arn:aws:sts::{A}:assumed-role/deploy/ci"
CONDITION = "Statement[0].Condition"

DOUBTS = [
    # document, path, rule, part of the message
    ({**identity(), "Id": "x"}, "Id", "R-P7", "an identity policy has no Id"),
    ({"Statement": []}, "Statement", "R-P13", "matches nothing"),
    (identity(Action=[]), "Statement[0].Action", "R-P13", "an empty list"),
    (identity(Resource=[]), "Statement[0].Resource", "R-P13", "an empty list"),
    (when("StringLike", "a:b", []), f"{CONDITION}.StringLike.a:b", "R-P13", "no values"),
    (resource("Deny"), "Statement[0].NotPrincipal.AWS", "R-P13", "an empty list"),
    (when("StringLike", "a:b", ["c", 1]), f"{CONDITION}.StringLike.a:b", "R-P14", "different JSON"),
    (when("StringLike", "a:b", [True, 1]), f"{CONDITION}.StringLike.a:b", "R-P14", "different"),
    (identity(Action="config:select-x"), "Statement[0].Action", "R-P16", 'character "-"'),
    (identity(Action=["a:B", "a:B "]), "Statement[0].Action[1]", "R-P16", 'character " "'),
    (identity(Action="a:B\n"), "Statement[0].Action", "R-P16", "\\u000a"),
    (identity(Action="a:${B}"), "Statement[0].Action", "R-V3", "no meaning in an action"),
    (identity(Resource="arn:aws:rds:*"), "Statement[0].Resource", "R-P17", "4 of an ARN's six"),
    (identity(Resource="*:foo"), "Statement[0].Resource", "R-P17", "starts with a wildcard"),
    (identity(Resource="*/*"), "Statement[0].Resource", "R-P17", "starts with a wildcard"),
    (identity(Resource="arn:aws:*:::x"), "Statement[0].Resource", "R-P17", "wildcard stands in"),
    (when("Bool", "a:b", ["true", "False"]), f"{CONDITION}.Bool.a:b", "R-C17", "both true and"),
    (when("StringLike", "aws:TagKeys", "x"), f"{CONDITION}.StringLike.aws:TagKeys", "R-C6", "many"),
    (when("StringLike", "AWS:tagkeys", "x"), f"{CONDITION}.StringLike.AWS:tagkeys", "R-C6", "many"),
    (
        when("StringEquals", "aws:SourceIp", "x"),
        f"{CONDITION}.StringEquals.aws:SourceIp",
        "R-K15",
        "is of type IP address",
    ),
    (when("StringLike", " a:b", "x"), f"{CONDITION}.StringLike. a:b", "R-P23", "spaces"),
    (
        when("StringLike", "a:${b:c}", "x"),
        f"{CONDITION}.StringLike.a:${{b:c}}",
        "R-V3",
        "no meaning",
    ),
    (
        {"Statement": identity(Resource="arn:aws:s3:::${aws:username}")["Statement"]},
        "Statement[0].Resource",
        "R-V2",
        "plain text, not a variable",
    ),
    (resource("Allow", A), "Statement[0].NotPrincipal", "R-M13", "anonymous requesters too"),
    (resource("Deny", user(A)), "Statement[0].NotPrincipal", "R-M11", "still reaches"),
    (resource("Deny", user(A), B, user(B)), "Statement[0].NotPrincipal", "R-M11", "still reaches"),
    (resource("Deny", A), "Statement[0].NotPrincipal", "R-M11", "but its root user"),
    (resource("Deny", ROLE, A), "Statement[0].NotPrincipal", "R-M11", "every session"),
    (resource("Deny", SESSION, A), "Statement[0].NotPrincipal", "R-M11", "still reaches"),
    (
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "accounts.google.com"},
                "Action": "s3:GetObject",
            }
        },
        "Statement.Principal.Service",
        "R-K1",
        "identity provider",
    ),
]


@pytest.mark.parametrize(("document", "path", "rule", "message"), DOUBTS)
def test_a_doubtful_text_is_read_with_one_warning(
    document: dict[str, object], path: str, rule: str, message: str
) -> None:
    (warning,) = il.parse(json.dumps(document)).warnings
    assert (warning.where.dotted, warning.rule) == (path, rule)
    assert message in warning.message
    assert warning.where.line == 1


CLEAN = [
    identity(),
    identity(Action=["*", "*:*", "s3:Get*", "s3-object-lambda:*", "S3:get?"]),
    identity(Resource=["*", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:username}/${*}"]),
    identity(Sid=""),
    when("ForAnyValue:StringLike", "aws:TagKeys", ["a", "b"]),
    when("Null", "aws:TagKeys", "true"),
    when("NumericLessThan", "aws:EpochTime", 10),
    when("DateLessThan", "aws:EpochTime", "2020-01-01"),
    when("Bool", "aws:SecureTransport", ["true", "TRUE"]),
    when("StringLike", "graph.facebook.com:app_id", [1, 2]),
    resource("Deny", "*"),
    resource("Deny", user(A), A),
    resource("Deny", ROLE, SESSION, f"arn:aws:iam::{A}:root"),
    resource("Allow", A, member="Principal"),
]


@pytest.mark.parametrize("document", CLEAN)
def test_ordinary_texts_have_no_warning(document: dict[str, object]) -> None:
    assert il.parse(json.dumps(document)).warnings == ()


def test_warnings_come_in_the_order_of_the_text_and_count_neither_for_equality_nor_hash() -> None:
    text = json.dumps(identity(Resource=[], Action=["a:B-", "a:B_"]))
    policy = il.parse(text)
    assert [w.where.dotted for w in policy.warnings] == [
        "Statement[0].Action[0]",
        "Statement[0].Action[1]",
        "Statement[0].Resource",
    ]
    bare = il.Policy(policy.statements, policy.version)
    assert (bare, hash(bare)) == (policy, hash(policy))


def test_warnings_beyond_the_bound_are_counted() -> None:
    policy = il.parse(identity(Action=["a:-"] * (MAX_PROBLEMS + 7)))
    assert len(policy.warnings) == MAX_PROBLEMS + 1
    assert policy.warnings[-1].message == "7 more warnings are not shown"
