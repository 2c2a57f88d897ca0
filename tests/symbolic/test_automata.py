"""Words found in products of automata, held against an enumeration of all short words."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.symbolic.automata import find_word
from iamlogic.symbolic.deadline import FOREVER, Deadline, TimeoutExpired
from iamlogic.symbolic.languages import (
    EVERYTHING,
    NOTHING,
    CharSet,
    Language,
    Union,
    Word,
    glob,
    matches,
    sequence,
)
from iamlogic.symbolic.values import smallest_conflict

Rows = list[list[Language]]

# "z" stands for every character that no pattern names: the search has a fresh one of its own.
WORDS = ["".join(letters) for n in range(6) for letters in itertools.product("abz", repeat=n)]
globs = st.text("ab*?", max_size=4).map(glob)
rows = st.lists(st.lists(globs, min_size=1, max_size=2), max_size=3)


def fits(word: str, inside: Rows, outside: list[Language]) -> bool:
    return all(any(matches(part, word) for part in row) for row in inside) and not any(
        matches(part, word) for part in outside
    )


@given(rows, st.lists(globs, max_size=4))
def test_a_word_found_fits_and_none_found_means_none_exists(
    inside: Rows, outside: list[Language]
) -> None:
    word = find_word(inside, outside, FOREVER)
    if word is None:
        assert not any(fits(candidate, inside, outside) for candidate in WORDS)
    else:
        assert fits(word, inside, outside)


@given(st.lists(globs, min_size=1, max_size=3), st.lists(globs, max_size=3))
def test_a_smallest_conflict_is_one_and_needs_each_of_its_members(
    inside: list[Language], outside: list[Language]
) -> None:
    domain: list[Language] = [EVERYTHING]
    if find_word([domain, *([part] for part in inside)], outside, FOREVER) is not None:
        return
    kept_in, kept_out = smallest_conflict([domain], inside, outside, FOREVER)

    def conflict(some: list[Language], none: list[Language]) -> bool:
        return find_word([domain, *([part] for part in some)], none, FOREVER) is None

    assert conflict(kept_in, kept_out)
    for part in kept_in:
        assert not conflict([p for p in kept_in if p is not part], kept_out)
    for part in kept_out:
        assert not conflict(kept_in, [p for p in kept_out if p is not part])


def test_a_pattern_that_the_shortcut_misses_is_seen_to_cover() -> None:
    # `*a?*` holds every word of `*a*b`.
    assert find_word([[glob("*a*b")]], [glob("*a?*")], FOREVER) is None


def test_several_patterns_can_cover_what_none_of_them_does() -> None:
    outside = [glob("a"), glob("a?"), glob("a??*")]
    assert find_word([[glob("a*")]], outside, FOREVER) is None
    word = find_word([[glob("a*")]], outside[:2], FOREVER)
    assert word is not None
    assert len(word) == 3


def test_unions_are_taken_apart() -> None:
    inside = Union([Word("a"), Word("b"), glob("c?")])
    word = find_word([[inside]], [Union([Word("a"), Word("b")])], FOREVER)
    assert word is not None
    assert matches(glob("c?"), word)
    assert find_word([[inside]], [Union([Word("a"), glob("c*"), Word("b")])], FOREVER) is None
    assert find_word([[NOTHING]], [], FOREVER) is None


def test_characters_of_a_complement_are_not_only_the_fresh_one() -> None:
    but_ab = sequence([CharSet(frozenset("ab"), negated=True)])
    assert find_word([[but_ab], [glob("c")]], [], FOREVER) == "c"
    assert find_word([[but_ab]], [glob("?")], FOREVER) is None
    everything_named = "".join(map(chr, range(0x20, 0x7F)))
    word = find_word(
        [[sequence([CharSet(frozenset(everything_named), negated=True)])]], [], FOREVER
    )
    assert word is not None
    assert word not in everything_named


def test_the_deadline_ends_a_search() -> None:
    hard = [glob(f"*{'ab'[i % 2]}{'?' * i}a*b*") for i in range(24)]
    with pytest.raises(TimeoutExpired):
        find_word([[part] for part in hard[:3]], hard[3:], Deadline.after(0.0))
