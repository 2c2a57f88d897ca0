"""`Request.to_python`: an expression that makes the request, fit to stand in a file."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics.context import ContextValue
from iamlogic.syntax.policy import Policy
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.policies import policies
from iamlogic.testing.strategies.vocabulary import Vocabulary
from tests.strategies.edge_requests import with_request

ALICE = "arn:aws:iam::111122223333:user/alice"
HOSTILE = ['"', "'", "\\", "{", "\n", "\r", "\x1b[2J", "\x00", "\x7f", "\x85", "\u202e", "\u2028"]
HOSTILE += [
    "\ufeff",
    "\u00a0",
    "ü",
    "\U0001d4b3",
    "\U000e0001",
    "{il}",
    "%s",
    '"""',
    "\\N{DIGIT ONE}",
]
hostile = st.lists(st.sampled_from(HOSTILE) | st.characters(codec="utf-8"), min_size=1).map("".join)
hostile_requests = st.builds(
    il.Request,
    st.sampled_from([ALICE, "lambda.amazonaws.com", "anonymous"]),
    hostile,
    hostile,
    st.dictionaries(hostile.map("x:{}".format), hostile | st.lists(hostile), max_size=3).filter(
        lambda context: len({key.lower() for key in context}) == len(context)
    ),
    st.sampled_from([None, "111122223333"]),
)


def made_by(text: str) -> object:
    return eval(text, {"il": il})  # noqa: S307 (our own text)


@pytest.mark.parametrize("vocabulary", [EVERYDAY, *WHOLE_LANGUAGE.values()])
def test_the_expression_makes_the_request(vocabulary: Vocabulary) -> None:
    @given(with_request(policies(vocabulary), vocabulary))
    def each(drawn: tuple[Policy, il.Request]) -> None:
        assert made_by(drawn[1].to_python()) == drawn[1]

    each()


@given(hostile_requests)
def test_hostile_texts_are_written_where_they_can_be_seen(request: il.Request) -> None:
    text = request.to_python()
    assert made_by(text) == request
    assert all(line.isprintable() for line in text.split("\n"))


def test_what_fits_is_one_line() -> None:
    request = il.Request("anonymous", "s3:GetObject", "*", {"x:y": ["a", "b"]})
    assert request.to_python() == (
        'il.Request(principal="anonymous", action="s3:GetObject", resource="*", '
        'context={"x:y": ["a", "b"]})'
    )


def test_what_is_long_has_one_member_a_line() -> None:
    context: Mapping[str, ContextValue] = {"aws:SecureTransport": True, "aws:SourceIp": "10.0.0.1"}
    request = il.Request(ALICE, "s3:GetObject", "arn:aws:s3:::a/b", context, "111122223333")
    assert request.to_python() == (
        """\
il.Request(
    principal="arn:aws:iam::111122223333:user/alice",
    action="s3:GetObject",
    resource="arn:aws:s3:::a/b",
    context={"aws:SecureTransport": "true", "aws:SourceIp": "10.0.0.1"},
    resource_account="111122223333",
)"""
    )


def test_a_long_context_has_one_key_and_a_long_list_one_value_a_line() -> None:
    context = {"aws:TagKeys": ["k" * 50, "l" * 40], "aws:SourceIp": "10.0.0.1"}
    assert il.Request(ALICE, "s3:GetObject", "*", context).to_python() == (
        f"""\
il.Request(
    principal="{ALICE}",
    action="s3:GetObject",
    resource="*",
    context={{
        "aws:TagKeys": [
            "{"k" * 50}",
            "{"l" * 40}",
        ],
        "aws:SourceIp": "10.0.0.1",
    }},
)"""
    )


@pytest.mark.parametrize("columns", [100, 101])
def test_a_line_has_at_most_a_hundred_columns(columns: int) -> None:
    without = len(il.Request("anonymous", "s3:GetObject", "*").to_python())
    text = il.Request("anonymous", "s3:GetObject", "*" * (columns - without + 1)).to_python()
    assert text.count("\n") == (0 if columns == 100 else 4)


@pytest.mark.parametrize("columns", [100, 101])
def test_the_comma_behind_a_list_counts(columns: int) -> None:
    value = "v" * (columns - len('    context={"x:y": ["", "b"]},'))
    text = il.Request(ALICE, "s3:GetObject", "*", {"x:y": [value, "b"]}).to_python()
    assert ("context={\n" in text) is (columns > 100)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("it's", '"it\'s"'),
        ('a"b', "'a\"b'"),
        ('"it\'s"', "'\"it\\'s\"'"),
        ("'\"", '"\'\\""'),
        ("a\\b\n", '"a\\\\b\\n"'),
        ("\u202eü\x7f", '"\\u202eü\\x7f"'),
    ],
)
def test_quotes_are_those_that_save_escapes(text: str, literal: str) -> None:
    assert f"resource={literal}" in il.Request("anonymous", "a:b", text).to_python()
