"""The reference encoding against the evaluator and the default encoding, over all operators.

Three meanings that share nothing but the parser. One request at a time, the reference's formula
must say what the evaluator says. Of all requests, it must find the difference that the default
encoding finds, and no other. Solvers do not answer every question about all requests: what they
leave open claims nothing, so a test of its own counts how much they answer.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import iamlogic as il
from iamlogic.semantics import Request, allows
from iamlogic.symbolic.reference import fixed
from iamlogic.syntax.policy import Policy
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE
from iamlogic.testing.strategies.elements import conditions
from iamlogic.testing.strategies.policies import policies
from iamlogic.testing.strategies.vocabulary import Vocabulary
from tests.differential.oracle import allows_more, share
from tests.strategies.edge_requests import with_request

each_vocabulary = pytest.mark.parametrize("vocabulary", WHOLE_LANGUAGE.values(), ids=WHOLE_LANGUAGE)

ANSWERED = 0.4
"""The least share of questions that the solvers have to answer; on an idle machine it is 0.8."""


@each_vocabulary
@share(50)
@given(data=st.data())
def test_the_reference_agrees_on_one_request(data: st.DataObject, vocabulary: Vocabulary) -> None:
    policy, request = data.draw(with_request(policies(vocabulary, max_statements=2), vocabulary))
    assert fixed(policy, request) == allows(policy, request)


VALUES = {
    "NumericEquals NumericLessThan NumericGreaterThanEquals": (
        *("10", "10.0", "5.", "-1", "1e1", ".5", "-0", "+0.00", "1E+2", "00.10", "-0.1e1"),
        *("1e0001", "10e9999", "1e-9999", "0e5", "12.34", "1234e-2", "0.0012", "12e-4"),
    ),
    "DateEquals DateLessThan DateGreaterThanEquals": (
        *("2020", "2020-01", "2020-01-01", "2020-01-01T00:00Z", "2020-01-01T01:00:00+01:00"),
        *("2019-12-31T23:30:00-00:30", "2019-12-31T00:01-23:59", "1577836800", "1577836799.5"),
        *("2019-12-31T23:59:59.50", "2020-01-01T00:00:00.25Z", "2020-02-29", "2000-02-29"),
        *("0000", "0000-01-01T00:00+23:59", "9999-12-31T23:59:59.999-23:59", "-5", "-5.5"),
        *("-0", "-0.5", "1969-12-31T23:59:54.5Z", "2020.5", "02020", "253402300800", "0001"),
    ),
    "IpAddress": (
        *("10.0.0.0", "10.1.2.3", "0.0.0.0/0", "10.1.2.0/23", "255.255.255.255", "::", "1::"),
        *("::1", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", "::1.2.3.4", "::/0"),
        *("1:2:3:4:5:6:1.2.3.4", "::ffff:1.2.3.4", "2001:DB8::/33", "2001:db8:0:0::/61"),
    ),
    "BinaryEquals": ("QQ==", "QR==", "QUI=", "QUJ=", "QUL=", "QUJD", "", "QUJDQUI=", "/+8="),
}
"""Operators, and texts on the edges of what is a value for them."""


@st.composite
def typed_values(draw: DrawFn) -> tuple[str, str, str]:
    """An operator, a value of a policy, and a text that is such a value or nearly is one."""
    operators, texts = draw(st.sampled_from(list(VALUES.items())))
    text = draw(st.sampled_from(texts)).partition("/")[0]
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(text)))
        rest = text[place + draw(st.integers(0, 1)) :]
        text = text[:place] + draw(st.sampled_from([*"0159+-.eTZ:f=A", ""])) + rest
    return draw(st.sampled_from(operators.split())), draw(st.sampled_from(texts)), text


@share(100)
@given(typed_values())
def test_the_reference_reads_a_value_as_the_evaluator_does(drawn: tuple[str, str, str]) -> None:
    operator, wanted, text = drawn
    policy = _identity([("Allow", "*", {operator: {"s3:x": wanted}})])
    request = Request(
        principal="arn:aws:iam::111122223333:user/alice",
        action="s3:GetObject",
        resource="*",
        context={"s3:x": text},
    )
    assert fixed(policy, request) == allows(policy, request)


@each_vocabulary
@pytest.mark.hypothesis
def test_the_reference_finds_the_same_differences(vocabulary: Vocabulary) -> None:
    answers: Counter[bool | None] = Counter()

    @share(12)
    @given(policies_by_conditions(vocabulary), policies_by_conditions(vocabulary))
    def claim(before: Policy, after: Policy) -> None:
        comparison = il.compare(before, after, all_requests=True)
        for earlier, later, differences in (
            (before, after, comparison.gained),
            (after, before, comparison.lost),
        ):
            found = allows_more(earlier, later)
            answers[found] += 1
            if comparison.relation is not il.Relation.UNKNOWN:
                assert found in (bool(differences), None)

    claim()
    assert answers.total() - answers[None] >= ANSWERED * answers.total()


@st.composite
def policies_by_conditions(draw: DrawFn, vocabulary: Vocabulary) -> Policy:
    """Identity policies in which little but conditions and variables decides."""
    effects = draw(st.sampled_from([["Allow"], ["Allow"], ["Allow", "Allow"], ["Allow", "Deny"]]))
    return _identity(
        [
            (effect, draw(st.sampled_from(vocabulary.resources)), draw(conditions(vocabulary)))
            for effect in effects
        ]
    )


def _identity(statements: list[tuple[str, str, object]]) -> Policy:
    return il.parse(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": effect, "Action": "*", "Resource": resource, "Condition": condition}
                for effect, resource, condition in statements
            ],
        }
    )
