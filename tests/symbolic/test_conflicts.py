"""What is learned of atoms with variables holds by itself: a conflict has all that it rests on.

A conflict becomes a clause, and is believed in every later branch of the search. One that leaves
out the atom which gave a variable its value would forbid requests that are allowed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.semantics import allows
from iamlogic.semantics.world import can_exist, is_compared
from iamlogic.symbolic.model import Conflict, Model
from iamlogic.symbolic.terms import Atom, OneValue, Present, SomeValue
from iamlogic.symbolic.variables import Choice
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.testing.strategies.colliding import WHOLE_LANGUAGE
from iamlogic.testing.strategies.policies import policies
from tests.differential.fixing import symbolically_allows
from tests.differential.oracle import share
from tests.strategies.edge_requests import with_request


@contextmanager
def contradicted() -> Iterator[list[tuple[Conflict, Model | None]]]:
    """Each conflict that is learned meanwhile, and a model of it by itself, which is a mistake."""
    learned: list[tuple[Conflict, Model | None]] = []
    outcome = Choice.outcome

    def recorded(choice: Choice) -> Model | list[Conflict]:
        found = outcome(choice)
        if not isinstance(found, Model):
            theory = choice._theory
            if theory.explains:
                alone = (theory.model(_with_presence(each), choice._deadline) for each in found)
                learned.extend(zip(found, alone, strict=True))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Choice, "outcome", recorded)
        yield learned


def _with_presence(conflict: Conflict) -> dict[Atom, bool]:
    """The conflict's atoms, about keys that are there: what has a value is."""
    keys = [atom.key for atom, _ in conflict if isinstance(atom, SomeValue | OneValue)]
    return {**{Present(key): True for key in keys}, **dict(conflict)}


@share(100)
@given(data=st.data())
def test_a_conflict_is_one_by_itself(data: st.DataObject) -> None:
    words = WHOLE_LANGUAGE["variables"]
    policy, request = data.draw(with_request(policies(words, max_statements=3), words))
    if not can_exist(request, multivalued_keys([policy])) or not is_compared(request, policy.kind):
        return
    with contradicted() as learned:
        assert symbolically_allows(policy, request) == allows(policy, request)
    event(f"learned: {min(len(learned), 3)}")
    assert all(model is None for _, model in learned)


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("ForAllValues:StringEqualsIgnoreCase", "a"),
        ("ForAllValues:StringEqualsIgnoreCase", "A"),
        ("ForAllValues:StringLike", "a"),
        ("ForAnyValue:StringNotEqualsIgnoreCase", "a"),
    ],
)
def test_a_conflict_says_what_gives_a_variable_its_value(operator: str, value: str) -> None:
    everything = {"Principal": "*", "Action": "*", "Resource": "*"}
    condition = {operator: {"kms:Keys": "${aws:PrincipalTag/t}"}}
    denied = {"Effect": "Deny", **everything, "Condition": condition}
    policy = il.parse(
        {"Version": "2012-10-17", "Statement": [denied, {"Effect": "Allow", **everything}]}
    )
    request = il.Request(
        "arn:aws:iam::111122223333:user/alice",
        "s3:GetObject",
        "*",
        {"aws:PrincipalTag/t": "a", "kms:Keys": value},
    )
    with contradicted() as learned:
        assert symbolically_allows(policy, request) == allows(policy, request)
    assert learned
    assert all(model is None for _, model in learned)
