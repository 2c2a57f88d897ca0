"""The laws of condition operators (R-C1 to R-C23); single answers are conformance cases."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from iamlogic.semantics import Request
from iamlogic.semantics.conditions import condition_holds
from iamlogic.syntax.operators import OPERATORS, Operator
from iamlogic.syntax.policy import Condition, Text

NEGATIONS = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}
BASES = [*NEGATIONS, *NEGATIONS.values(), "Bool"]
VALUES = ["", "a", "A", "b", "a*", "*", "?", "true", "TRUE", "false", "é", "É"]
VALUES += ["arn:aws:s3:::a", "arn:aws:s3:::A", "arn:*:s3:::*", "arn:aws:s3:::?"]
KEY = "aws:PrincipalTag/Team"

policy_values = st.lists(st.sampled_from(VALUES), max_size=4)
request_values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=3)
maybe_values = st.none() | request_values


def operator(name: str) -> Operator:
    return OPERATORS[name.lower()]


def holds(name: str, wanted: list[str], values: list[str] | None, key: str = KEY) -> bool:
    condition = Condition(operator(name), key, tuple(map(Text, wanted)))
    context = {} if values is None else {KEY: values}
    user = "arn:aws:iam::111122223333:user/alice"
    return condition_holds(condition, Request(user, "s3:GetObject", "*", context))


@given(st.sampled_from(BASES), policy_values, maybe_values)
def test_if_exists_is_absent_or_plain(
    base: str, wanted: list[str], values: list[str] | None
) -> None:
    assert holds(base + "IfExists", wanted, values) is (
        values is None or holds(base, wanted, values)
    )


@given(st.sampled_from(sorted(NEGATIONS)), policy_values, maybe_values)
def test_negated_is_not_positive(base: str, wanted: list[str], values: list[str] | None) -> None:
    assert holds(NEGATIONS[base], wanted, values) is not holds(base, wanted, values)


@given(st.sampled_from(BASES), policy_values)
def test_on_an_absent_key_only_negated_operators_hold(base: str, wanted: list[str]) -> None:
    assert holds(base, wanted, None) is (base in NEGATIONS.values())


@given(st.sampled_from([*BASES, "Null"]), policy_values, maybe_values, st.data())
def test_the_case_of_a_key_never_matters(
    base: str, wanted: list[str], values: list[str] | None, data: st.DataObject
) -> None:
    key = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) for c in KEY)
    assert holds(base, wanted, values, key) is holds(base, wanted, values)


@given(st.sampled_from([*BASES, "Null"]), policy_values, maybe_values)
def test_the_order_of_values_never_matters(
    base: str, wanted: list[str], values: list[str] | None
) -> None:
    backwards = None if values is None else values[::-1]
    assert holds(base, wanted[::-1], backwards) is holds(base, wanted, values)


@given(st.sampled_from(sorted(NEGATIONS)), policy_values, policy_values, maybe_values)
def test_policy_values_are_alternatives(
    base: str, left: list[str], right: list[str], values: list[str] | None
) -> None:
    together = holds(base, left + right, values)
    assert together is (holds(base, left, values) or holds(base, right, values))


@given(st.sampled_from(sorted(NEGATIONS)), policy_values, request_values, request_values)
def test_request_values_are_alternatives(
    base: str, wanted: list[str], left: list[str], right: list[str]
) -> None:
    together = holds(base, wanted, left + right)
    assert together is (holds(base, wanted, left) or holds(base, wanted, right))


@given(policy_values, maybe_values)
def test_arn_equals_is_arn_like(wanted: list[str], values: list[str] | None) -> None:
    assert holds("ArnEquals", wanted, values) is holds("ArnLike", wanted, values)


@given(st.sampled_from(VALUES))
def test_bool_matches_nothing_but_booleans(text: str) -> None:
    assert holds("Bool", [text], [text]) is (text.lower() in ("true", "false"))


@given(maybe_values)
def test_string_like_star_asks_for_presence(values: list[str] | None) -> None:
    assert holds("StringLike", ["*"], values) is holds("Null", ["false"], values)


@given(maybe_values)
def test_null_true_and_null_false_are_opposites(values: list[str] | None) -> None:
    assert holds("Null", ["true"], values) is not holds("Null", ["false"], values)


def test_the_case_of_an_operator_name_does_not_matter() -> None:
    assert operator("stringEQUALSifexists") == replace(operator("StringEquals"), if_exists=True)
