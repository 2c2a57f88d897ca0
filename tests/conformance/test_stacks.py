"""Cases of several policies around one request: held now, asserted when iamlogic has stacks.

Until then what they are made of is tested: that every policy of a stack is read, as a policy of its
side, and the request too. `expected` is what R-E1 to R-E19 say, and no test looks at it yet.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iamlogic.semantics import Outcome, Request
from iamlogic.syntax.documents import parse
from iamlogic.syntax.policy import PolicyKind
from tests.conformance.cases import Case, cases

STACKS = cases("stacks")
RESOURCE_SIDE = {"resource", "rcps"}
MEMBERS = {"identity", "boundary", "session", "scps", *RESOURCE_SIDE}


@pytest.mark.parametrize("case", STACKS)
def test_every_policy_of_the_stack_is_read(case: Case) -> None:
    assert set(case["policies"]) <= MEMBERS
    for member, given in case["policies"].items():
        kind = PolicyKind.RESOURCE if member in RESOURCE_SIDE else PolicyKind.IDENTITY
        for document in _documents(given):
            assert parse(document).kind is kind, member


@pytest.mark.parametrize("case", STACKS)
def test_the_request_is_read(case: Case) -> None:
    request = Request.from_json(case["request"])
    assert request.to_dict()["principal"] == case["request"]["principal"]
    assert case["expected"] in {outcome.value for outcome in Outcome}


def _documents(given: object) -> Iterator[dict[str, object]]:
    """The policies of one member: one policy, a list of them, or a list for each level."""
    match given:
        case dict():
            yield given
        case list():
            for entry in given:
                yield from _documents(entry)
        case _:
            pytest.fail(f"no policy: {given!r}")
