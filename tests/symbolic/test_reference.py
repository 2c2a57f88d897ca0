"""The reference encoding: its text is standard, its answers are replayed, nothing is guessed."""

from __future__ import annotations

import threading

import pytest
import z3  # type: ignore[import-untyped]

import iamlogic as il
from iamlogic.errors import InternalError, Unsupported
from iamlogic.semantics import Request, allows
from iamlogic.symbolic.reference import Found, Nothing, Unknown, fixed, search, solving, to_smtlib
from iamlogic.syntax.policy import Policy
from tests.differential.oracle import cvc5_verdict

HERE = "111122223333"


def identity(**members: object) -> Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **members}
    return il.parse({"Version": "2012-10-17", "Statement": statement})


def resource_side(*principals: object, **members: object) -> Policy:
    statements = [
        {"Effect": "Allow", "Principal": p, "Action": "s3:GetObject", **members} for p in principals
    ]
    return il.parse({"Version": "2012-10-17", "Statement": statements})


NOTHING = il.parse({"Statement": []})
ROLE = {"AWS": f"arn:aws:iam::{HERE}:role/p/R"}

PAIRS = {
    "equal": (identity(), identity(), False),
    "narrower action": (identity(), identity(Action="s3:GetObject"), False),
    "wider action": (identity(Action="s3:getobject"), identity(Action="S3:Get*"), True),
    "actions ignore case": (
        identity(Action="s3:getobject"),
        identity(Action="S3:GETOBJECT"),
        False,
    ),
    "resources do not": (
        identity(Resource="arn:aws:s3:::b"),
        identity(Resource="arn:aws:s3:::B"),
        True,
    ),
    "the text * alone": (identity(Resource="arn:*"), identity(), True),
    "missing segments": (
        identity(Resource="arn:aws:rds:*:*:*"),
        identity(Resource="arn:aws:rds:*"),
        False,
    ),
    "beyond ASCII": (
        identity(Resource="arn:aws:s3:::é*"),
        identity(Resource=["arn:aws:s3:::é\u2028", 'arn:aws:s3:::é"\\u{41}']),
        False,
    ),
    "a backslash is itself": (
        identity(Resource="arn:aws:s3:::A"),
        identity(Resource="arn:aws:s3:::\\u{41}"),
        True,
    ),
    "odd names": (
        identity(Condition={"StringLike": {"a|b\\c:d{7c}": "x"}}),
        identity(Condition={"StringEquals": {"A|B\\C:D{7C}": "x"}}, Sid="odd"),
        False,
    ),
    "arn wildcards stay in their segments": (  # R-C14
        identity(Condition={"ArnLike": {"aws:SourceArn": "arn:*:*:s3:a:b:c"}}),
        identity(Condition={"ArnLike": {"aws:SourceArn": "arn:*:s3:a:b:c"}}),
        True,
    ),
    "an arn is matched by one way to cut it": (  # R-C14
        NOTHING,
        identity(
            Condition={
                "StringEquals": {"aws:SourceArn": "arn:x:y:s3:a:b:c"},
                "ArnLike": {"aws:SourceArn": "arn:*:s3:a:b:c"},
            }
        ),
        False,
    ),
    "session of a role with a path": (
        resource_side({"AWS": HERE}),
        resource_side(ROLE),
        False,
    ),
    "account over role": (resource_side(ROLE), resource_side({"AWS": HERE}), True),
    "services are in *": (
        resource_side({"AWS": HERE}),
        resource_side("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}),
        True,
    ),
    "no service in an account": (
        NOTHING,
        resource_side({"AWS": HERE}, Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}),
        False,
    ),
}

CONDITIONS = {
    "numbers are no texts": (  # R-C10
        {"NumericEquals": {"s3:max-keys": "10"}},
        {"StringEquals": {"s3:max-keys": ["010.0", "1e1", "+.1E+02", "0.01e3"]}},
        False,
    ),
    "a text of a number": (
        {"NumericEquals": {"s3:max-keys": "10"}},
        {"NumericEquals": {"s3:max-keys": "10"}, "StringLike": {"s3:max-keys": "???"}},
        False,
    ),
    "a number with few digits": (
        {"StringLike": {"s3:max-keys": "10*"}},
        {"NumericEquals": {"s3:max-keys": "1000000"}, "StringLike": {"s3:max-keys": "???"}},
        True,
    ),
    "less and not less": (  # R-C20: a text that is no number is neither
        {"NumericLessThan": {"s3:max-keys": "5"}},
        {"NumericLessThanEquals": {"s3:max-keys": "5"}},
        True,
    ),
    "between two numbers": (
        {"NumericGreaterThan": {"s3:max-keys": "4.9"}},
        {"NumericGreaterThanEquals": {"s3:max-keys": "5"}},
        False,
    ),
    "no number": (
        {
            "NumericLessThanIfExists": {"s3:max-keys": "1"},
            "NumericGreaterThanIfExists": {"s3:max-keys": "1"},
        },
        {
            "NumericNotEquals": {"s3:max-keys": "1"},
            "NumericGreaterThanEquals": {"s3:max-keys": "1"},
        },
        True,
    ),
    "a zone": (  # R-C16
        {"DateEquals": {"aws:CurrentTime": "1577836800"}},
        {"StringEquals": {"aws:CurrentTime": "2020-01-01T01:00:00+01:00"}},
        False,
    ),
    "before is no later": (
        {"DateLessThanEquals": {"aws:CurrentTime": "2020"}},
        {"DateLessThan": {"aws:CurrentTime": "1577836799.5"}},
        False,
    ),
    "a smaller block": (  # R-C18
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"IpAddress": {"aws:SourceIp": "10.128.0.0/9"}},
        False,
    ),
    "all of one version": (
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": "::ffff:0:0/96"}},
        True,
    ),
    "an address by its text": (
        {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}},
        {"StringEquals": {"aws:SourceIp": ["2001:0DB8:0:0::1", "2001:db8::1.2.3.4"]}},
        False,
    ),
    "bytes": (  # R-C19
        {"BinaryEquals": {"s3:digest": "QQ=="}},
        {"StringEquals": {"s3:digest": ["QQ==", "QR=="]}},
        False,
    ),
    "some value and all values": (  # R-C5
        {"ForAllValues:StringLike": {"aws:TagKeys": "a*"}},
        {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}},
        True,
    ),
    "all values of none": (  # R-C3
        {"ForAnyValue:StringLike": {"aws:TagKeys": "a*"}},
        {"ForAllValues:StringLike": {"aws:TagKeys": "a*"}},
        True,
    ),
    "two values are not all equal": (
        {"StringEquals": {"aws:TagKeys": ["a", "b"]}},
        {
            "ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]},
            "ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"},
        },
        False,
    ),
    "a default": (  # R-V7
        {"StringEquals": {"s3:prefix": ["${aws:PrincipalTag/t}", "b"]}},
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/t, 'b'}"}},
        False,
    ),
    "no default": (  # R-V6
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/t}"}},
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/t, 'b'}"}},
        True,
    ),
    "a value is no pattern": (  # R-V4
        {"StringLike": {"s3:prefix": ["${aws:PrincipalTag/t}", "x"]}},
        {
            "StringLike": {"s3:prefix": "${aws:PrincipalTag/t}"},
            "StringEquals": {"aws:PrincipalTag/t": "${*}"},
        },
        False,
    ),
    "a wildcard beside a value": (
        {"StringLike": {"s3:prefix": "*"}},
        {"StringLike": {"s3:prefix": "*${aws:PrincipalTag/t}?*${aws:username}"}},
        False,
    ),
    "a colon in a value": (  # R-V4
        {"Null": {"s3:prefix": "true"}},
        {
            "ArnLike": {"aws:SourceArn": "arn:aws:${aws:PrincipalTag/t}:*:*:x"},
            "StringLike": {"aws:PrincipalTag/t": "*:*"},
        },
        False,
    ),
    "case of a value": (  # R-C8
        {"StringEqualsIgnoreCase": {"s3:prefix": "${aws:PrincipalTag/t}"}},
        {
            "StringEqualsIgnoreCase": {"s3:prefix": "${aws:PrincipalTag/t}"},
            "StringEquals": {"s3:prefix": "A", "aws:PrincipalTag/t": "a"},
        },
        False,
    ),
    "two values of a variable": (  # R-V9
        {"ForAnyValue:StringEquals": {"kms:Keys": "${kms:Keys}"}},
        {"ForAnyValue:StringLike": {"kms:Keys": "*"}},
        True,
    ),
    "two values of a variable and one condition": (  # R-V9, R-V6
        {"Null": {"s3:prefix": "true"}},
        {
            "ForAnyValue:StringEquals": {"kms:Keys": "a"},
            "StringEquals": {"s3:prefix": "a"},
            "StringNotEquals": {"s3:prefix": "${kms:Keys, 'a'}"},
        },
        True,
    ),
    "how a number is written, for a variable": (
        {"Null": {"s3:prefix": "true"}},
        {
            "NumericEquals": {"s3:max-keys": "10"},
            "StringEquals": {"s3:prefix": "${s3:max-keys}"},
            "StringLike": {"s3:prefix": "1e1"},
        },
        True,
    ),
    "one value of a variable": (
        {"ForAnyValue:StringEquals": {"kms:Keys": ["${kms:Keys}", "a"]}},
        {"ForAllValues:StringEquals": {"kms:Keys": "a"}, "Null": {"kms:Keys": "false"}},
        False,
    ),
}
"""A condition before and one after, and whether the second holds of a request more."""


@pytest.mark.parametrize("name", PAIRS)
def test_z3_and_cvc5_read_the_text_and_agree(name: str) -> None:
    before, after, expected = PAIRS[name]
    text = to_smtlib(before, after)
    solver = z3.Solver(ctx=z3.Context())
    solver.from_string(text)
    assert text.isascii()
    assert cvc5_verdict(text, seconds=20) is expected
    assert solver.check() == (z3.sat if expected else z3.unsat)
    assert isinstance(search(after, before), Found if expected else Nothing)


@pytest.mark.parametrize("name", CONDITIONS)
def test_no_solver_contradicts_and_one_answers(name: str) -> None:
    before, after, expected = CONDITIONS[name]
    earlier, later = identity(Condition=before), identity(Condition=after)
    verdict = cvc5_verdict(to_smtlib(earlier, later), seconds=4)
    answer = search(later, earlier, timeout=30 if verdict is None else 0.5)
    if verdict is None and isinstance(answer, Unknown):  # on a busy machine
        verdict = cvc5_verdict(to_smtlib(earlier, later), seconds=120)
    assert verdict in (expected, None)
    assert isinstance(answer, (Found if expected else Nothing, Unknown))
    assert verdict is not None or not isinstance(answer, Unknown)


def test_the_text_says_which_statement_is_where() -> None:
    policy = il.parse(
        '{"Statement": [\n{"Sid": "One", "Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    )
    assert "; before, line 2, column 1: Deny One\n(define-fun |before: Statement[0]|" in to_smtlib(
        policy, policy
    )


def test_a_comment_stays_on_its_line() -> None:
    policy = resource_side("*", Resource="*", Sid="x\n(assert false)\r\u2028é")
    assert isinstance(search(policy, NOTHING), Found)
    assert cvc5_verdict(to_smtlib(NOTHING, policy), seconds=20) is True


def test_a_witness_has_the_characters_of_the_policy() -> None:
    resource = 'arn:aws:s3:::é\\u{41}"\U0001f600|'
    answer = search(identity(Resource=resource), NOTHING)
    assert isinstance(answer, Found)
    assert answer.witness.resource == resource


def test_a_witness_has_as_many_values_as_conditions_ask_for() -> None:
    policy = identity(  # R-C6
        Condition={
            "StringEquals": {"aws:TagKeys": "a"},
            "StringLike": {"aws:TagKeys": "b*"},
            "StringNotLike": {"aws:TagKeys": "?"},
        }
    )
    assert search(policy, NOTHING) == Nothing()
    satisfiable = identity(
        Condition={"StringEquals": {"aws:TagKeys": "a"}, "StringLike": {"aws:TagKeys": "b*"}}
    )
    answer = search(satisfiable, NOTHING)
    assert isinstance(answer, Found)
    assert len(answer.witness.values("aws:TagKeys")) == 2


def test_a_key_with_one_value_cannot_have_two() -> None:
    policy = identity(
        Condition={"StringEquals": {"s3:prefix": "a"}, "StringLike": {"s3:prefix": "b*"}}
    )
    assert search(policy, NOTHING) == Nothing()


def test_a_session_carries_the_path_of_its_role() -> None:
    answer = search(
        resource_side("*", Condition={"StringEquals": {"aws:PrincipalArn": ROLE["AWS"]}}), NOTHING
    )
    assert isinstance(answer, Found)
    assert answer.witness.context["aws:PrincipalArn"] == (ROLE["AWS"],)
    assert answer.witness.principal.startswith(f"arn:aws:sts::{HERE}:assumed-role/R/")


def test_identity_policies_are_compared_over_those_who_have_them() -> None:
    for kind in ("Account", "Anonymous"):
        policy = identity(Condition={"StringEquals": {"aws:PrincipalType": kind}})
        assert search(policy, NOTHING) == Nothing()  # R-E20


def test_within_narrows_the_question() -> None:
    both = identity(Action=["s3:GetObject", "s3:PutObject"])
    get = identity(Action="s3:GetObject")
    assert search(both, get, within=get.statements[0]) == Nothing()
    assert isinstance(search(both, get, within=both.statements[0]), Found)


REQUESTERS = [
    f"arn:aws:iam::{HERE}:root",
    f"arn:aws:iam::{HERE}:user/a/b/alice",
    f"arn:aws:sts::{HERE}:assumed-role/R/s",
    f"arn:aws:iam::{HERE}:role/p/R",
    f"arn:aws:sts::{HERE}:federated-user/alice",
    f"arn:aws:iam::{HERE}:oidc-provider/example.com/x:y",
    "www.amazon.com",
    "sns.amazonaws.com",
    "anonymous",
]


@pytest.mark.parametrize("principal", REQUESTERS)
def test_a_request_by_anybody_can_be_fixed(principal: str) -> None:
    request = Request(principal=principal, action="s3:GetObject", resource="arn:aws:s3:::b/k")
    for member in ("Principal", "NotPrincipal"):
        for effect in ("Allow", "Deny"):
            statement = {"Effect": effect, member: ROLE, "Action": "s3:*"}
            every = {"Effect": "Allow", "Principal": "*", "Action": "*"}
            policy = il.parse({"Version": "2012-10-17", "Statement": [statement, every]})
            assert fixed(policy, request) is allows(policy, request)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/t, '\U00030000'}"}},
        {"StringEquals": {"s3:prefix": "\U000e0001"}},
        {"StringEquals": {"s3:prefix": "\U0010ffff"}},
    ],
)
def test_a_character_that_smtlib_does_not_have_is_refused_with_its_place(
    condition: dict[str, dict[str, str]],
) -> None:
    policy = identity(Condition=condition)
    with pytest.raises(Unsupported) as refused:
        to_smtlib(NOTHING, policy)
    with pytest.raises(Unsupported):
        search(policy, NOTHING)
    assert refused.value.where.dotted.startswith("Statement")


def test_a_timeout_is_unknown() -> None:
    policy = resource_side("*", Condition={"ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:role/*"}})
    assert search(policy, NOTHING, timeout=0) == Unknown("timeout")
    assert isinstance(search(policy, NOTHING, timeout=0.001), Unknown)


def test_what_z3_refuses_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "inclusion", lambda *_: ["(assert nonsense)"])
    answer = search(identity(), NOTHING)
    assert isinstance(answer, Unknown)
    assert "nonsense" in answer.reason


def test_a_witness_that_fails_its_replay_is_an_internal_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solving, "concretely_allows", lambda *_: False)
    with pytest.raises(InternalError, match="replay"):
        search(identity(), NOTHING)


def test_threads_do_not_meet() -> None:
    answers: list[object] = []
    before, after, _ = PAIRS["account over role"]
    threads = [
        threading.Thread(target=lambda: answers.append(search(before, after))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [Nothing()] * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-5", True), ("-5.0e0", False), ("1577836800", True), ("00.00e-12", False), ("abc", False)],
)
def test_a_key_compared_as_number_and_as_date_is_decided_both_ways(
    text: str, *, expected: bool
) -> None:
    """z3 once found "allowed" and tired of refuting "not allowed": both have to be settled."""
    times = ["-5", "0", "1577836800"]
    statements = [
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {
                "NumericLessThanEquals": {"aws:EpochTime": times},
                "DateEqualsIfExists": {"aws:EpochTime": dates},
            },
        }
        for dates in (times, ["1577836800", "2020", "0"])
    ]
    policy = il.parse({"Version": "2012-10-17", "Statement": statements})
    request = il.Request(
        "arn:aws:iam::111122223333:user/alice", "s3:x", "*", {"aws:EpochTime": text}
    )
    assert fixed(policy, request) is expected
    assert (il.evaluate(policy, request).outcome is il.Outcome.ALLOWED) is expected
