"""What cannot be drawn is told where the strategy is made, in words that say what to write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import iamlogic as il
from iamlogic.testing import StrategyError, mutations, policies, requests, statements
from iamlogic.testing.strategies import vocabulary_of

POLICY = il.parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "kind": (lambda: policies(kind="scp"), "kind is 'scp', expected one of PolicyKind.IDENTITY,"),
    "kind of statements": (lambda: statements(kind="scp"), "kind is 'scp', expected one of"),
    "policy as words": (lambda: policies(POLICY), "vocabulary is a Policy, expected a Vocabulary"),
    "file": (lambda: requests(for_policy="x.json"), "for_policy is a str, expected a Policy or"),
    "decoded": (lambda: requests(for_policy={"Statement": []}), "for_policy is a dict, expected"),
    "one of several": (lambda: requests(for_policy=[POLICY, 3]), "for_policy is a int, expected"),
    "number": (lambda: requests(for_policy=3), "for_policy is a int, expected"),
    "scope": (lambda: requests(satisfying="s3:*"), "satisfying is a str, expected a Scope"),
    "policy as scope": (lambda: requests(satisfying=POLICY), "satisfying is a Policy, expected"),
    "words": (lambda: vocabulary_of("x"), "the policy is a str, expected a Policy or PolicySet"),
    "mutated stack": (lambda: mutations(il.PolicySet()), "policy is a PolicySet, expected one"),
    "mutated nothing": (lambda: mutations(None), "policy is a NoneType, expected one Policy"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_drawn_is_told_at_once(name: str) -> None:
    make, told = WRONG[name]
    with pytest.raises(StrategyError, match=told):
        make()


def test_a_scope_may_be_given_as_it_is_written() -> None:
    requests(satisfying={"Action": "s3:GetObject", "Resource": "*"}).validate()
    with pytest.raises(il.PolicySyntaxError):
        requests(satisfying={"Actions": "s3:GetObject"})
