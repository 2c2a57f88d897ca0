"""The reference encoding against the evaluator and the default encoding, over all operators.

Three meanings that share nothing but the parser. One request at a time, the reference's formula
must say what the evaluator says. Of all requests, it must find the difference that the default
encoding finds, and no other. Solvers do not answer every question about all requests: what they
leave open claims nothing, so a test of its own counts how much they answer.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.semantics import allows
from iamlogic.symbolic.reference import fixed
from tests.differential.oracle import share
from tests.strategies.policies import policies
from tests.strategies.requests import with_request
from tests.strategies.vocabulary import (
    COLLIDING,
    MIXED,
    MULTIVALUED,
    SET_VALUED,
    TYPED,
    VARIABLES,
    Vocabulary,
)

VOCABULARIES = {
    "colliding": COLLIDING,
    "multivalued": MULTIVALUED,
    "typed": TYPED,
    "mixed": MIXED,
    "sets": SET_VALUED,
    "variables": VARIABLES,
}

each_vocabulary = pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)


@each_vocabulary
@share(50)
@given(data=st.data())
def test_the_reference_agrees_on_one_request(data: st.DataObject, vocabulary: Vocabulary) -> None:
    policy, request = data.draw(with_request(policies(vocabulary, max_statements=2), vocabulary))
    assert fixed(policy, request) == allows(policy, request)
