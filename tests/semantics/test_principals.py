"""The strengths of R-M8 and the laws of `NotPrincipal`; R-M7 to R-M15's outcomes are cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.semantics.principals import Strength, principal_strength
from iamlogic.semantics.requester import Requester, parse_requester
from iamlogic.syntax.documents import parse
from iamlogic.syntax.policy import Statement

A, B = "111122223333", "444455556666"
ENTRIES = (
    "*",
    A,
    f"arn:aws:iam::{A}:root",
    f"arn:aws:iam::{A}:user/alice",
    f"arn:aws:iam::{A}:role/app",
    f"arn:aws:sts::{A}:assumed-role/app/s1",
    f"arn:aws:sts::{A}:federated-user/alice",
    B,
)
REQUESTERS = (
    f"arn:aws:iam::{A}:root",
    f"arn:aws:iam::{A}:user/alice",
    f"arn:aws:iam::{A}:role/app",
    f"arn:aws:sts::{A}:assumed-role/app/s1",
    f"arn:aws:sts::{A}:assumed-role/app/s2",
    f"arn:aws:sts::{A}:federated-user/alice",
    f"arn:aws:iam::{B}:user/alice",
    f"arn:aws:iam::{A}:saml-provider/corp",
    "lambda.amazonaws.com",
    "anonymous",
)
NONE, DELEGATED, LIMITED, DIRECT = Strength
STRENGTHS = {  # one row for each requester, one column for each entry (R-M8)
    REQUESTERS[0]: (DIRECT, DIRECT, DIRECT, NONE, NONE, NONE, NONE, NONE),
    REQUESTERS[1]: (DIRECT, DELEGATED, DELEGATED, DIRECT, NONE, NONE, NONE, NONE),
    REQUESTERS[2]: (DIRECT, DELEGATED, DELEGATED, NONE, LIMITED, NONE, NONE, NONE),
    REQUESTERS[3]: (DIRECT, DELEGATED, DELEGATED, NONE, LIMITED, DIRECT, NONE, NONE),
    REQUESTERS[4]: (DIRECT, DELEGATED, DELEGATED, NONE, LIMITED, NONE, NONE, NONE),
    REQUESTERS[5]: (DIRECT, DELEGATED, DELEGATED, LIMITED, NONE, NONE, DIRECT, NONE),
    REQUESTERS[6]: (DIRECT, NONE, NONE, NONE, NONE, NONE, NONE, DELEGATED),
    REQUESTERS[7]: (DIRECT, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    REQUESTERS[8]: (DIRECT, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    REQUESTERS[9]: (DIRECT, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
}

entry_lists = st.lists(st.sampled_from(ENTRIES), unique=True)
requesters = st.sampled_from(REQUESTERS).map(parse_requester)


def statement(effect: str, element: str, entries: list[str]) -> Statement:
    body = {"Effect": effect, element: {"AWS": entries}, "Action": "s3:*", "Resource": "*"}
    return parse({"Version": "2012-10-17", "Statement": [body]}).statements[0]


def matches(effect: str, element: str, entries: list[str], requester: Requester) -> bool:
    return principal_strength(statement(effect, element, entries), requester) is not NONE


@pytest.mark.parametrize("requester", REQUESTERS)
def test_strength_of_each_entry(requester: str) -> None:
    found = tuple(
        principal_strength(statement("Allow", "Principal", [entry]), parse_requester(requester))
        for entry in ENTRIES
    )
    assert found == STRENGTHS[requester]


@given(entry_lists, requesters)
def test_the_strongest_entry_counts(entries: list[str], requester: Requester) -> None:
    strengths = [STRENGTHS[requester.text][ENTRIES.index(entry)] for entry in entries]
    found = principal_strength(statement("Allow", "Principal", entries), requester)
    assert found == max(strengths, default=NONE)


@given(entry_lists, requesters)
def test_principal_does_not_look_at_the_effect(entries: list[str], requester: Requester) -> None:
    assert matches("Deny", "Principal", entries, requester) == matches(
        "Allow", "Principal", entries, requester
    )


@given(entry_lists, entry_lists, requesters)
def test_listing_more_spares_more(
    entries: list[str], more: list[str], requester: Requester
) -> None:
    both = [*entries, *(entry for entry in more if entry not in entries)]
    for effect in ("Allow", "Deny"):
        if matches(effect, "NotPrincipal", both, requester):
            assert matches(effect, "NotPrincipal", entries, requester)


@given(entry_lists, requesters)
def test_a_deny_with_not_principal_reaches_further_than_an_allow(
    entries: list[str], requester: Requester
) -> None:
    if matches("Allow", "NotPrincipal", entries, requester):
        assert matches("Deny", "NotPrincipal", entries, requester)


@given(requesters)
def test_a_statement_without_principals_matches_directly(requester: Requester) -> None:
    policy = parse({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
    assert principal_strength(policy.statements[0], requester) is DIRECT
