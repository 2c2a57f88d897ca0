"""A scope is a statement without Effect: its grammar, its errors, its meaning (R-P26)."""

from __future__ import annotations

import pickle

import pytest

import iamlogic as il
from iamlogic.semantics.statements import statement_matches

PASS_ROLE = {"Action": "iam:PassRole", "Resource": "*"}


def test_a_scope_is_a_statement_without_effect() -> None:
    statement = {"Effect": "Allow", **PASS_ROLE}
    policy = il.parse({"Version": "2012-10-17", "Statement": statement})
    assert il.Scope(PASS_ROLE).statement == policy.statements[0]
    assert il.Scope('{"Action": "iam:PassRole", "Resource": "*"}') == il.Scope(PASS_ROLE)
    assert il.Scope(b'{"Action": "iam:PassRole", "Resource": "*"}') == il.Scope(PASS_ROLE)


def test_a_scope_can_be_pickled_and_is_hashable() -> None:
    scope = il.Scope(PASS_ROLE)
    assert pickle.loads(pickle.dumps(scope)) == scope  # noqa: S301
    assert len({scope, il.Scope(PASS_ROLE)}) == 1


def test_parts_that_are_left_out_leave_open() -> None:
    scope = il.Scope({"NotAction": "iam:*"})
    for principal in ("anonymous", "lambda.amazonaws.com", "arn:aws:iam::111122223333:root"):
        for resource in ("*", "arn:aws:s3:::b/x"):
            request = il.Request(principal, "s3:GetObject", resource)
            assert statement_matches(scope.statement, request)
    assert not statement_matches(scope.statement, il.Request("anonymous", "iam:GetUser", "*"))


def test_variables_work_in_a_scope() -> None:
    scope = il.Scope({"Action": "s3:*", "Resource": "arn:aws:s3:::home/${aws:username}/*"})
    alice = il.Request(
        "arn:aws:iam::111122223333:user/alice", "s3:Get", "arn:aws:s3:::home/alice/x"
    )
    bob = il.Request("arn:aws:iam::111122223333:user/bob", "s3:Get", "arn:aws:s3:::home/alice/x")
    assert statement_matches(scope.statement, alice)
    assert not statement_matches(scope.statement, bob)


def test_not_principal_means_those_of_whom_nothing_is_listed() -> None:
    scope = il.Scope({"Action": "*", "NotPrincipal": {"AWS": "111122223333"}})
    alice = il.Request("arn:aws:iam::111122223333:user/alice", "s3:Get", "*")
    assert not statement_matches(scope.statement, alice)
    assert statement_matches(scope.statement, il.Request("anonymous", "s3:Get", "*"))


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        (
            '{"Effect": "Allow", "Action": "*"}',
            (1, 2),
            '"Effect" is no element of a scope',
            "remove",
        ),
        ('{"Resource": "*"}', (1, 1), "the scope has neither Action nor NotAction", "write *"),
        ('{"Action": "s3.Get"}', (1, 12), 'found "s3.Get"', "s3:Get"),
        ('{"Action": "*",\n "Actoin": "*"}', (2, 2), '"Actoin" is no element of a scope', "Action"),
        ('{"Action": "*",\n "Action": "*"}', (2, 2), "occurs twice", None),
        ('{"Action": "*", "NotAction": "*"}', (1, 17), "both Action and NotAction", None),
        ('["s3:*"]', (1, 1), "expected a scope as a JSON object", None),
        ("{", (1, 2), "", None),
    ],
)
def test_mistakes_have_their_place(
    text: str, place: tuple[int, int], message: str, hint: str | None
) -> None:
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.Scope(text, file="scope.json")
    error = caught.value
    assert (error.line, error.column) == place
    assert error.file == "scope.json"
    assert message in error.problems[0].message
    assert hint is None or (error.hint and hint in error.hint)
