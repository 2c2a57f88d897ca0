"""What a policy means does not depend on how it is written: laws of the language as properties.

Each law rewrites a part of a policy among other statements. That nothing changes is checked twice:
the evaluator decides requests on the edges of both policies, and the comparison proves it for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import iamlogic as il
from tests.differential.oracle import share
from tests.strategies.laws import comparisons, conditions, parts, variables
from tests.strategies.requests import requests
from tests.strategies.rewritings import VOCABULARIES, Law, written

LAWS: tuple[Law, ...] = (*conditions.LAWS, *comparisons.LAWS, *parts.LAWS, *variables.LAWS)
SECONDS = 5.0
"""For one comparison, most of which take milliseconds."""
MOST_UNKNOWN = 0.02
"""The share of comparisons that may end without an answer, of a run of this file."""

Tally = Counter[il.Relation]


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    relations: Tally = Counter()
    yield relations
    assert relations[il.Relation.UNKNOWN] <= MOST_UNKNOWN * relations.total()


@pytest.mark.parametrize(
    "law", LAWS, ids=lambda law: f"{law.__module__.rpartition('.')[2]}-{law.__name__}"
)
@share(50)
@given(data=st.data())
def test_a_law(law: Law, data: st.DataObject, tally: Tally) -> None:
    two = data.draw(written(law))
    for _ in range(3):
        request = data.draw(
            requests(two.before, two.after, vocabulary=VOCABULARIES[two.vocabulary])
        )
        before, after = il.evaluate(two.before, request), il.evaluate(two.after, request)
        if two.only_denials:
            allowed = il.Outcome.ALLOWED
            assert (before.outcome is allowed) == (after.outcome is allowed)
        else:
            assert before.outcome is after.outcome
    relation = il.compare(two.before, two.after, all_requests=True, timeout=SECONDS).relation
    tally[relation] += 1
    event(f"{two.vocabulary}: {relation.value}")
    assert relation in (il.Relation.EQUIVALENT, il.Relation.UNKNOWN)
