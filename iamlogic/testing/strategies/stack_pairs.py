"""Two stacks, of which the second is mostly an edit of the first: for tests of comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

import iamlogic as il
from iamlogic.syntax.policy import Statement
from iamlogic.syntax.policy_set import Levels
from iamlogic.testing.strategies.everyday import EVERYDAY
from iamlogic.testing.strategies.stacks import (
    FULL_ACCESS,
    FULL_ACCESS_FOR_ALL,
    own_policies,
    rarely,
    rcps,
    resource_policies,
    stacks,
)
from iamlogic.testing.strategies.vocabulary import Vocabulary

_Single = Literal["resource", "boundary", "session", "vpc_endpoint"]
_Levelled = Literal["scps", "rcps"]
_SINGLE: tuple[_Single, ...] = ("resource", "boundary", "session", "vpc_endpoint")
_LEVELLED: tuple[_Levelled, ...] = ("scps", "rcps")
_Layer: TypeAlias = _Single | _Levelled | Literal["identity"]
_Place: TypeAlias = tuple[_Layer, int, int]
"""A layer, in it a level or a policy, in the level a policy."""


def stack_pairs(
    vocabulary: Vocabulary = EVERYDAY,
) -> SearchStrategy[tuple[il.PolicySet, il.PolicySet]]:
    """A stack before and after: mostly alike but for one or two policies.

    @given(stack_pairs())
    def test_…(pair): before, after = pair …
    """
    plain, any_stack = _plain_stacks(vocabulary), stacks(vocabulary)
    one_of_both = st.one_of(plain, plain, any_stack)
    own, foreign = own_policies(vocabulary), resource_policies(vocabulary)
    fresh = {"resource": foreign, "vpc_endpoint": foreign, "rcps": rcps(vocabulary)}

    @st.composite
    def pair(draw: DrawFn) -> tuple[il.PolicySet, il.PolicySet]:
        two = one = draw(one_of_both)
        for _ in range(draw(st.integers(1, 2))):
            place = draw(st.sampled_from(list(_places(two))))
            two = _edited(draw, two, place, draw(fresh.get(place[0], own)))
        if draw(st.integers(0, 4)) == 4:
            two = draw(any_stack)
        if draw(rarely()):
            two = replace(two, service_linked=not two.service_linked)
        return (one, two) if draw(st.booleans()) else (two, one)

    return pair()


def _plain_stacks(vocabulary: Vocabulary) -> SearchStrategy[il.PolicySet]:
    """Stacks in which every layer lets all pass: what is changed in one will show."""
    full_or_none = st.sampled_from([None, FULL_ACCESS])
    to_accounts = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": list(vocabulary.accounts)},
                "Action": "*",
                "Resource": "*",
            },
        }
    )
    return st.builds(
        il.PolicySet,
        identity=st.sampled_from([(FULL_ACCESS,), (FULL_ACCESS,), ()]),
        resource=st.sampled_from([None, FULL_ACCESS_FOR_ALL, to_accounts]),
        boundary=full_or_none,
        session=full_or_none,
        scps=st.integers(0, 2).map(lambda levels: ((FULL_ACCESS,),) * levels),
        service_linked=rarely(),
        management_account=rarely(),
    )


def _edited(draw: DrawFn, stack: il.PolicySet, place: _Place, fresh: il.Policy) -> il.PolicySet:
    """The stack with one of its policies changed, left out, or put where none was."""
    found = _at(stack, place)
    if found is None:
        return _put(stack, place, fresh)
    fewer = [replace(found, statements=_but(found, n)) for n in range(len(found.statements))]
    more = replace(found, statements=(*found.statements, *fresh.statements[-1:]), kind=fresh.kind)
    try:
        return _put(stack, place, draw(st.sampled_from([fresh, more, None, *fewer])))
    except il.PolicySyntaxError:  # what is left would be a role's policy, and has resources (R-P6)
        return _put(stack, place, fresh)


def _places(stack: il.PolicySet) -> Iterator[_Place]:
    """Where policies are or, in each layer, one more can be."""
    for single in _SINGLE:
        yield single, 0, 0
    yield from (("identity", 0, number) for number in range(len(stack.identity) + 1))
    for name in _LEVELLED:
        for number, level in enumerate((*_levels(stack, name), ())):
            yield from ((name, number, place) for place in range(len(level) + 1))


def _at(stack: il.PolicySet, place: _Place) -> il.Policy | None:
    name, level, number = place
    match name:
        case "identity":
            found = stack.identity
        case "scps" | "rcps":
            levels = _levels(stack, name)
            found = levels[level] if level < len(levels) else ()
        case _:
            return _single(stack, name)
    return found[number] if number < len(found) else None


def _single(stack: il.PolicySet, name: _Single) -> il.Policy | None:
    match name:
        case "resource":
            return stack.resource
        case "boundary":
            return stack.boundary
        case "session":
            return stack.session
        case "vpc_endpoint":
            return stack.vpc_endpoint


def _levels(stack: il.PolicySet, name: _Levelled) -> Levels:
    return stack.scps if name == "scps" else stack.rcps


def _put(stack: il.PolicySet, place: _Place, policy: il.Policy | None) -> il.PolicySet:
    """The stack with the policy in that place; None: with nothing there."""
    name, level, number = place
    match name:
        case "resource":
            return replace(stack, resource=policy)
        case "boundary":
            return replace(stack, boundary=policy)
        case "session":
            return replace(stack, session=policy)
        case "vpc_endpoint":
            return replace(stack, vpc_endpoint=policy)
        case "identity":
            return replace(stack, identity=_placed(stack.identity, number, policy))
        case "scps":
            return replace(stack, scps=_placed_in(stack.scps, level, number, policy))
        case "rcps":
            return replace(stack, rcps=_placed_in(stack.rcps, level, number, policy))


def _placed_in(levels: Levels, level: int, number: int, policy: il.Policy | None) -> Levels:
    found = levels[level] if level < len(levels) else ()
    return (*levels[:level], _placed(found, number, policy), *levels[level + 1 :])


def _placed(
    policies: Sequence[il.Policy], number: int, policy: il.Policy | None
) -> tuple[il.Policy, ...]:
    return (*policies[:number], *(() if policy is None else (policy,)), *policies[number + 1 :])


def _but(policy: il.Policy, gone: int) -> tuple[Statement, ...]:
    return tuple(s for number, s in enumerate(policy.statements) if number != gone)
