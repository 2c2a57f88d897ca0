"""A `Request` as a value: what it takes, what it refuses, and its JSON form."""

from __future__ import annotations

import json
import pickle
from contextlib import suppress
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.errors import RequestError
from iamlogic.semantics import Request
from iamlogic.semantics.context import ContextValue

ALICE = "arn:aws:iam::111122223333:user/alice"
BASIC = {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::logs/a"}


def with_value(value: object) -> Request:
    return Request(**BASIC, context={"x:y": cast("ContextValue", value)})


names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1)
texts = st.text(st.characters(exclude_categories=["Cs"]))
contexts = st.dictionaries(
    st.sampled_from(["x:y", "aws:PrincipalTag/Größe", "aws:TagKeys", "s3:prefix"]),
    texts | st.booleans() | st.integers() | st.lists(texts, max_size=3),
)
principals = st.sampled_from(
    [
        ALICE,
        "arn:aws:sts::111122223333:assumed-role/app/s1",
        "arn:aws:iam::111122223333:root",
        "lambda.amazonaws.com",
        "anonymous",
    ]
)
requests = st.builds(
    Request, principals, names, names, contexts, st.none() | st.just("444455556666")
)


@given(requests)
def test_the_json_form_is_the_request(request: Request) -> None:
    assert Request.from_json(request.to_json()) == request
    assert Request.from_json(request.to_dict()) == request
    assert json.loads(request.to_json()) == request.to_dict()


@given(requests)
def test_a_request_is_a_value(request: Request) -> None:
    pickled = pickle.loads(pickle.dumps(request))  # noqa: S301 (our own bytes)
    written = eval(repr(request))  # noqa: S307 (our own text)
    for copy in (pickled, written, replace(request)):
        assert copy == request
        assert hash(copy) == hash(request)
        assert copy.values("aws:PrincipalArn") == request.values("aws:PrincipalArn")


def test_a_request_does_not_change() -> None:
    given_context: dict[str, ContextValue] = {"x:y": ["a"]}
    request = Request(ALICE, "s3:GetObject", "*", given_context)
    given_context["x:y"] = "b"
    assert request.values("x:y") == ("a",)
    with pytest.raises(FrozenInstanceError):
        request.action = "s3:PutObject"  # type: ignore[misc]


def test_the_json_form_of_a_request() -> None:
    context: dict[str, ContextValue] = {"aws:SecureTransport": True, "aws:TagKeys": ("a", "b")}
    request = Request(**BASIC, context=context)
    assert request.to_dict() == {
        **BASIC,
        "resource_account": None,
        "context": {"aws:SecureTransport": "true", "aws:TagKeys": ["a", "b"]},
    }


def test_requests_are_equal_when_only_the_case_of_keys_differs() -> None:
    assert with_value("a") == Request(**BASIC, context={"X:Y": ["a"]})
    assert with_value("a") != Request(**BASIC, context={"X:Y": ["A"]})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (1.50, "1.5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+2"), "100"),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "2024-01-02T03:04:05Z"),
        (datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=2))), "2024-01-01T22:00:00Z"),
    ],
)
def test_values_become_text(value: object, text: str) -> None:
    assert with_value(value).values("x:y") == (text,)
    assert with_value([value, "z"]).values("x:y") == (text, "z")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "no decimal number"),
        (float("inf"), "no decimal number"),
        (Decimal("sNaN"), "no decimal number"),
        (Decimal("1e999999999"), "more than 400 digits"),
        (Decimal("1e-999999999"), "more than 400 digits"),
        (10**401, "more than 400 digits"),
        (datetime(2024, 1, 1), "without time zone"),  # noqa: DTZ001 (the point of the test)
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "outside of the calendar"),
        (b"bytes", "type bytes"),
        ([["nested"]], "type list"),
        ({"a"}, "type set"),
        (None, "type NoneType"),
        ("\ud800", "lone surrogate"),
    ],
)
def test_values_that_have_no_text_are_refused(value: object, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        with_value(value)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("[]", "a request is a JSON object, not a list"),
        ("7", "a request is a JSON object, not a number"),
        ("{", "line 1, column 2: this is not JSON"),
        (json.dumps({**BASIC, "recource": "*"}), "did you mean 'resource'"),
        (json.dumps({**BASIC, "Action": "*"}), "did you mean 'action'"),
        (json.dumps({**BASIC, "zzz": "*"}), "expected principal, action"),
        (json.dumps({"principal": ALICE, "action": "s3:Get"}), "has no 'resource'"),
        ('{"action": "a", "action": "b"}', "'action' occurs twice"),
        ('{"context": {"x:y": "a", "x:y": "b"}}', "'x:y' occurs twice"),
        ('{"context": {"x:y": NaN}}', "NaN is no JSON value"),
        ('{"context": {"x:y": ' + "9" * 10_000 + "}}", "too many digits"),
        ('{"context": {"x:y": 1e99999999999999999999}}', "too many digits"),
        ("[" * 200_000, "nested too deeply"),
        (json.dumps({**BASIC, "action": 7}), "action must be a text, not int"),
        (json.dumps({**BASIC, "resource": "a\ud800"}), "lone surrogate"),
        (json.dumps({**BASIC, "context": []}), "context must be a mapping"),
        (json.dumps({**BASIC, "context": None}), "context must be a mapping"),
        (json.dumps({**BASIC, "resource_account": 111122223333}), "12 digits"),
    ],
)
def test_a_malformed_document_is_refused(document: str, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        Request.from_json(document)
    assert message in str(refused.value)


@given(st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_no_document_raises_anything_but_a_request_error(document: object) -> None:
    whole = {**BASIC, "context": {"x:y": document}}
    for text in (str(document), json.dumps(document), json.dumps(whole)):
        with suppress(RequestError):
            Request.from_json(text)


@given(st.text() | st.from_regex(r"arn:aws:(iam|sts)::111122223333:[a-z/-]*.*", fullmatch=True))
def test_no_principal_raises_anything_but_a_request_error(principal: str) -> None:
    try:
        request = Request(principal, "s3:GetObject", "*")
    except RequestError:
        return
    assert request.requester.text == principal


@pytest.mark.parametrize("form", ["{}.", ".{}", "a{}", "arn:aws:iam::111122223333:user/{}"])
def test_a_long_principal_takes_no_long_time(form: str) -> None:
    for unit in ("./", ".", "/", "a."):
        with pytest.raises(RequestError):
            Request(form.format(unit * 50_000) + "!", "s3:GetObject", "*")
