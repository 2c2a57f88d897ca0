"""The cheap answers about patterns, held against an enumeration of all short words."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import (
    ANY,
    EVERYTHING,
    NOTHING,
    CharSet,
    Glob,
    Language,
    Union,
    Word,
    glob,
    matches,
    one,
    sequence,
    spelled,
)
from iamlogic.symbolic.lowering import any_case, arn_glob

WORDS = ["".join(letters) for n in range(7) for letters in itertools.product("ab", repeat=n)]
globs = st.text("ab*?", max_size=6).map(glob)
languages = globs | globs.map(spelled) | st.lists(globs, max_size=3).map(Union)


def as_regex(text: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in text), re.DOTALL)


@given(st.text("ab*?", max_size=7), st.text("ab", max_size=9))
def test_a_glob_matches_as_its_regular_expression_does(text: str, word: str) -> None:
    expected = as_regex(text).fullmatch(word) is not None
    assert matches(glob(text), word) == expected
    assert matches(spelled(glob(text)), word) == expected


@given(st.text("ab*?", max_size=7), st.text("ab*?", max_size=7))
def test_globs_of_one_normal_form_have_the_same_words(left: str, right: str) -> None:
    if glob(left) == glob(right):
        assert [w for w in WORDS if matches(glob(left), w)] == [
            w for w in WORDS if matches(glob(right), w)
        ]


@pytest.mark.parametrize(
    ("text", "normal"), [("a**b", "a*b"), ("*?", "?*"), ("?*?*", "??*"), ("a*?*b", "a?*b")]
)
def test_normal_form(text: str, normal: str) -> None:
    language = glob(text)
    assert isinstance(language, Glob)
    assert language.text == normal


@given(languages, languages)
def test_covering_means_that_no_word_is_missing(wide: Language, narrow: Language) -> None:
    if covers(wide, narrow):
        assert all(matches(wide, word) for word in WORDS if matches(narrow, word))


@given(st.text("ab*", max_size=5).map(glob), st.text("abc*?", max_size=5).map(glob))
def test_covering_is_exact_for_globs_without_question_marks(
    wide: Language, narrow: Language
) -> None:
    # A third letter stands for all others: what holds over "abc" holds over any alphabet.
    words = ["".join(w) for n in range(6) for w in itertools.product("abc", repeat=n)]
    if not covers(wide, narrow):
        assert isinstance(narrow, Word | Glob)
        fresh = narrow.text.replace("*", "zz").replace("?", "z")
        assert any(matches(narrow, word) and not matches(wide, word) for word in [*words, fresh])


@given(languages, languages)
def test_languages_that_may_not_overlap_share_no_word(left: Language, right: Language) -> None:
    if not may_overlap(left, right):
        assert not any(matches(left, word) and matches(right, word) for word in WORDS)


def test_a_question_mark_is_not_covered_by_a_letter_and_a_star_not_by_a_question_mark() -> None:
    assert not covers(glob("a?"), glob("a*"))
    assert not covers(glob("ab"), glob("a?"))
    assert covers(glob("a?"), glob("ab"))
    assert covers(glob("a*"), glob("a?*"))
    assert not covers(glob("a?*"), glob("a*"))


def test_everything_and_nothing() -> None:
    assert covers(EVERYTHING, glob("a?b*"))
    assert covers(Word("x"), NOTHING)
    assert not may_overlap(NOTHING, EVERYTHING)
    assert not matches(NOTHING, "")


def test_a_star_in_a_literal_is_a_character() -> None:
    assert matches(Word("a*"), "a*")
    assert not matches(Word("a*"), "ab")
    assert not covers(glob("a?c*"), Word("a*"))
    assert covers(glob("a?"), Word("a*"))


ARN_PATTERNS = [
    ("arn:aws:iam::*:role/app*", "arn:aws:iam::111122223333:role/app-1"),
    ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y"),
    ("*", "arn:aws:s3:::b"),
    ("*:aws:s3:::b", "arn:aws:s3:::b"),
    ("arn:aws:s3:::?", "arn:aws:s3::::"),
]
NOT_ARN_PATTERNS = [
    ("arn:aws:iam::*:role/*", "arn:aws:iam::1:x:role/a"),
    ("arn:*", "arn:aws:s3:::b"),
    ("*", "b"),
    ("x*:aws:s3:::b", "arn:aws:s3:::b"),
    ("arn:aws:s3:?::b", "arn:aws:s3::::b"),
]


@pytest.mark.parametrize(("pattern", "value"), ARN_PATTERNS)
def test_arn_patterns_match_segment_by_segment(pattern: str, value: str) -> None:
    assert matches(arn_glob(pattern), value)  # R-C14


@pytest.mark.parametrize(("pattern", "value"), NOT_ARN_PATTERNS)
def test_arn_patterns_stay_within_their_segments(pattern: str, value: str) -> None:
    assert not matches(arn_glob(pattern), value)  # R-C14


@given(st.text("aZ1é", max_size=4), st.text("aAzZ1éÉ", max_size=4))
def test_any_case_folds_ascii_letters_only(text: str, word: str) -> None:
    def folded(value: str) -> str:
        return "".join(c.lower() if c.isascii() else c for c in value)

    assert matches(any_case(text), word) == (folded(text) == folded(word))


def test_character_sets_include_one_another_over_an_infinite_alphabet() -> None:
    vowel, letter = CharSet(frozenset("ae")), CharSet(frozenset("abcde"))
    but_colon = CharSet(frozenset(":"), negated=True)
    assert letter.includes(vowel)
    assert not vowel.includes(letter)
    assert but_colon.includes(letter)
    assert not but_colon.includes(one(":"))
    assert ANY.includes(but_colon)
    assert not but_colon.includes(ANY)
    assert not letter.includes(but_colon)


def test_two_loops_at_one_state_must_be_one_inside_the_other() -> None:
    with pytest.raises(ValueError, match="two different loops"):
        sequence([(one("a"),), (one("b"),)])


@pytest.mark.parametrize("hostile", ["*a" * 40, "*a" * 40 + "b", "?*" * 40 + "a", "*a?" * 30])
def test_matching_does_not_backtrack(hostile: str) -> None:
    # With backtracking none of these would end.
    assert matches(glob(hostile), "a" * 5000) is (hostile[-1] != "b")
