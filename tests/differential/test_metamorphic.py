"""What a policy means does not depend on how it is written: laws of the language as properties.

Each law rewrites a part of a policy among other statements. That nothing changes is checked twice:
the evaluator decides requests on the edges of both policies, and the comparison proves it for all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic import Outcome, Policy, Relation
from iamlogic.syntax.policy import Effect
from iamlogic.testing.strategies.policies import documents, policies
from iamlogic.testing.strategies.vocabulary import Vocabulary
from tests.differential.oracle import share
from tests.strategies.edge_requests import requests
from tests.strategies.laws import comparisons, conditions, parts, variables
from tests.strategies.rewritings import VOCABULARIES, Law, written

LAWS: tuple[Law, ...] = (*conditions.LAWS, *comparisons.LAWS, *parts.LAWS, *variables.LAWS)
SECONDS = 2.0
"""For one comparison, most of which take milliseconds."""
MOST_UNKNOWN = 0.05
"""The share of a run's comparisons that may end without an answer: those of variables alone come
to two in a hundred, nearly all of them of one law, `equality_has_no_direction`."""

SAME = (Relation.EQUIVALENT, Relation.UNKNOWN)
"""UNKNOWN claims nothing; the tally holds how often that may be said."""

Tally = Counter[Relation]

each_vocabulary = pytest.mark.parametrize("vocabulary", VOCABULARIES)


@pytest.fixture(scope="module")
def tally() -> Iterator[Tally]:
    relations: Tally = Counter()
    yield relations
    assert relations[Relation.UNKNOWN] <= MOST_UNKNOWN * relations.total()


def name_of(law: Law) -> str:
    return f"{law.__module__.rpartition('.')[2]}-{law.__name__}"


@pytest.mark.parametrize("law", LAWS, ids=name_of)
@share(20)
@given(data=st.data())
def test_a_law(law: Law, data: st.DataObject, tally: Tally) -> None:
    two = data.draw(written(law))
    for before, after in outcomes(data, two.before, two.after, VOCABULARIES[two.vocabulary]):
        if two.only_denials:
            assert (before is Outcome.ALLOWED) == (after is Outcome.ALLOWED)
        else:
            assert before is after
    assert proved(two.before, two.after, tally, two.vocabulary) in SAME


def outcomes(
    data: st.DataObject, before: Policy, after: Policy, vocabulary: Vocabulary
) -> list[tuple[Outcome, Outcome]]:
    """What both policies say to a few requests on their edges."""
    drawn = [data.draw(requests(before, after, vocabulary=vocabulary)) for _ in range(5)]
    return [
        (il.evaluate(before, request).outcome, il.evaluate(after, request).outcome)
        for request in drawn
    ]


def proved(before: Policy, after: Policy, tally: Tally, vocabulary: str) -> Relation:
    relation = il.compare(before, after, all_requests=True, timeout=SECONDS).relation
    tally[relation] += 1
    event(f"{vocabulary}: {relation.value}")
    return relation


@each_vocabulary
@share(20)
@given(data=st.data())
def test_one_more_statement_moves_one_way(
    data: st.DataObject, vocabulary: str, tally: Tally
) -> None:  # R-E1: a Deny never gains, an Allow never loses
    words = VOCABULARIES[vocabulary]
    longer = data.draw(policies(words, max_statements=3))
    shorter = replace(longer, statements=longer.statements[1:])
    forbidden = (
        (Relation.LESS_PERMISSIVE, (True, False))
        if longer.statements[0].effect is Effect.ALLOW
        else (Relation.MORE_PERMISSIVE, (False, True))
    )
    for before, after in outcomes(data, shorter, longer, words):
        assert (before is Outcome.ALLOWED, after is Outcome.ALLOWED) != forbidden[1]
    relation = proved(shorter, longer, tally, vocabulary)
    assert relation not in (forbidden[0], Relation.INCOMPARABLE)


@each_vocabulary
@share(20)
@given(data=st.data())
def test_statements_have_no_order(data: st.DataObject, vocabulary: str, tally: Tally) -> None:
    policy = data.draw(policies(VOCABULARIES[vocabulary]))
    other = replace(policy, statements=tuple(data.draw(st.permutations(policy.statements))))
    for before, after in outcomes(data, policy, other, VOCABULARIES[vocabulary]):  # R-E18
        assert before is after
    assert proved(policy, other, tally, vocabulary) in SAME


@each_vocabulary
@share(20)
@given(data=st.data())
def test_neither_format_nor_names_say_anything(
    data: st.DataObject, vocabulary: str, tally: Tally
) -> None:
    policy = data.draw(policies(VOCABULARIES[vocabulary]))
    named = [replace(s, sid=f"S{n}") for n, s in enumerate(policy.statements)]
    other = il.parse(il.format(replace(policy, statements=tuple(named), id="Id")))
    assert replace(other, statements=policy.statements, id=None) == policy
    for before, after in outcomes(data, policy, other, VOCABULARIES[vocabulary]):  # R-P15
        assert before is after
    assert proved(policy, other, tally, vocabulary) in SAME


@each_vocabulary
@share(20)
@given(data=st.data())
def test_the_old_version_has_no_variables(
    data: st.DataObject, vocabulary: str, tally: Tally
) -> None:  # R-V2, R-V8: `${aws:username}` is what `${$}{aws:username}` is in the new one
    document = data.draw(documents(VOCABULARIES[vocabulary]))
    text = json.dumps(document["Statement"])
    old, new = (
        il.parse({"Version": version, "Statement": json.loads(statements)})
        for version, statements in (
            ("2008-10-17", text),
            ("2012-10-17", text.replace("$", "${$}")),
        )
    )
    for before, after in outcomes(data, old, new, VOCABULARIES[vocabulary]):
        assert before is after
    assert proved(old, new, tally, vocabulary) in SAME
