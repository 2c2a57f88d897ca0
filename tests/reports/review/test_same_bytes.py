"""The same review is the same bytes, in whatever order it was put together."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.questions.review.review import Review
from tests.reports.review.formats import FORMATS
from tests.reports.review.reviews import a_review, many_changes

_Thing = TypeVar("_Thing")


def shuffled(review: Review, seed: int) -> Review:
    """The same changes, notices and unread policies in another order."""
    dice = random.Random(seed)  # noqa: S311 (no secret)

    def mixed(things: tuple[_Thing, ...]) -> tuple[_Thing, ...]:
        return tuple(dice.sample(things, len(things)))

    changes = tuple(replace(each, notices=mixed(each.notices)) for each in review.changes)
    return replace(
        review,
        changes=mixed(changes),
        unread=mixed(review.unread),
        unread_notices=mixed(review.unread_notices),
    )


@cache
def written(format_: str) -> str:
    return FORMATS[format_](a_review())


@pytest.mark.parametrize("format_", FORMATS)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_changes_and_notices_does_not_matter(format_: str, seed: int) -> None:
    assert FORMATS[format_](shuffled(a_review(), seed)) == written(format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_nor_does_it_where_not_everything_fits(format_: str) -> None:
    review = many_changes(400)
    assert FORMATS[format_](shuffled(review, 1)) == FORMATS[format_](review)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_shows_a_key_that_stands_for_what_is_left_open(format_: str) -> None:
    assert "iamlogic:open" not in written(format_)
