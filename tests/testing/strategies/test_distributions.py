"""Nothing that a policy can have is rare in what is drawn: floors below the measured shares.

The draws are always the same, so a floor holds or does not. benchmarks/strategies.py prints the
shares; docs/reference/strategies.md has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

import iamlogic as il
from benchmarks.strategies import EXPECTED_FORMS, EXPECTED_OPERATORS, anew, drawn, forms_of, shares
from benchmarks.strategies import operators_of as operators_in
from iamlogic.testing.strategies import Vocabulary, conditions, policies, stacks
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE

BLOCKS = 2_500
POLICIES = 600


@cache
def shares_of_operators() -> dict[str, float]:
    blocks = drawn(conditions(min_size=1, max_size=4), BLOCKS)
    return shares(map(set, blocks), len(blocks))


@cache
def shares_of_forms() -> dict[str, float]:
    found = drawn(policies(), POLICIES)
    return shares(map(forms_of, found), len(found))


@pytest.mark.slow
def test_no_operator_is_rare() -> None:
    found = shares_of_operators()
    assert found.keys() == EXPECTED_OPERATORS
    assert min(found.values()) >= 0.004


@pytest.mark.slow
def test_a_thousand_policies_have_every_operator() -> None:
    found = drawn(anew(policies()), 1_000)
    operators = shares(map(operators_in, found), len(found))
    assert operators.keys() == EXPECTED_OPERATORS
    assert min(operators.values()) >= 0.002


@pytest.mark.slow
def test_plain_operators_are_the_usual_ones() -> None:
    found = shares_of_operators()
    plain = [share for name, share in found.items() if ":" not in name]
    with_prefix = [share for name, share in found.items() if ":" in name]
    assert sum(plain) / len(plain) > 1.5 * sum(with_prefix) / len(with_prefix)


@pytest.mark.slow
@pytest.mark.parametrize("form", sorted(EXPECTED_FORMS))
def test_no_form_of_a_statement_is_rare(form: str) -> None:
    assert shares_of_forms()[form] >= 0.02


def test_no_form_is_drawn_that_nothing_is_said_of() -> None:
    assert shares_of_forms().keys() == EXPECTED_FORMS


@pytest.mark.slow
def test_no_layer_of_a_stack_is_rare() -> None:
    found = drawn(stacks(), 200)
    layers = shares(map(layers_of, found), len(found))
    expected = {
        "identity": 0.3,
        "resource": 0.3,
        "boundary": 0.3,
        "session": 0.3,
        "scps": 0.3,
        "rcps": 0.3,
        "vpc_endpoint": 0.2,
        "management_account": 0.01,
        "service_linked": 0.03,
    }
    assert layers.keys() == expected.keys()
    assert {name for name, floor in expected.items() if layers[name] < floor} == set()


def layers_of(stack: il.PolicySet) -> set[str]:
    names = ("identity", "resource", "boundary", "session", "scps", "rcps", "vpc_endpoint")
    return {
        name for name in (*names, "management_account", "service_linked") if getattr(stack, name)
    }


def test_the_vocabularies_of_our_own_tests_have_every_operator() -> None:
    drawable = {name for vocabulary in WHOLE_LANGUAGE.values() for name in operators_of(vocabulary)}
    plain = {name for name in EXPECTED_OPERATORS if ":" not in name}
    assert plain <= drawable
    assert {name.split(":")[0] for name in drawable if ":" in name} == {
        "ForAllValues",
        "ForAnyValue",
    }


def operators_of(vocabulary: Vocabulary) -> Iterator[str]:
    yield "Null"
    for key in vocabulary.keys:
        for operator in key.operators:
            for prefix in key.prefixes:
                if operator != "Null":
                    yield f"{prefix}{operator}"
                    yield f"{prefix}{operator}IfExists"
