"""Globs and ARN patterns against slow, obvious references, and their time on hostile input."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iamlogic.semantics import globs
from iamlogic.semantics.globs import Chunk

PATTERNS = st.text("ab*?:", max_size=10)
TEXTS = st.text("ab*?:\n", max_size=14)
SEGMENTS = st.lists(st.text("ab*?", max_size=3), min_size=1, max_size=8).map(":".join)


def glob_matches(pattern: str, text: str) -> bool:
    return globs.glob_matches(globs.written(pattern), text)


def arn_matches(pattern: str, text: str) -> bool:
    segments = globs.arn_pattern((Chunk(pattern),))
    return segments is not None and globs.arn_matches(segments, text)


def reference(pattern: str, text: str, one: str = ".") -> bool:
    """A glob as a regular expression; `one` is what a wildcard may stand for."""
    wildcards = {"*": f"{one}*", "?": one}
    expression = "".join(wildcards.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def arn_reference(pattern: str, text: str) -> bool:
    """R-C14 as one regular expression: no wildcard of the first five segments is a colon."""
    if re.fullmatch(r"arn(:[^:]*){4}:.*", text, re.DOTALL) is None:
        return False
    if pattern == "*":
        return True
    *head, last = pattern.split(":", 5)
    return (
        len(head) == 5
        and re.fullmatch(r"((?:[^:]*:){5})(.*)", text, re.DOTALL) is not None
        and reference(":".join(head), ":".join(text.split(":", 5)[:5]), one="[^:]")
        and reference(last, text.split(":", 5)[5])
    )


@given(PATTERNS, TEXTS)
@example("?*?", "a")
@example("a*a", "a")
@example("*a?*b", "aab")
def test_glob_agrees_with_a_regular_expression(pattern: str, text: str) -> None:
    assert glob_matches(pattern, text) is reference(pattern, text)


@given(
    st.lists(st.sampled_from(["*", "?", "a", "aba", "?a", "ab?"]), max_size=8),
    st.text("ab", max_size=12),
)
@example(["*", "aba", "*", "aba", "*"], "ababa")  # two pieces may not share a character
@example(["*", "?a", "*", "?a", "*"], "aaa")
def test_glob_agrees_on_patterns_made_of_holes(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    assert glob_matches(pattern, text) is reference(pattern, text)


@given(TEXTS, st.data())
def test_hiding_characters_of_a_text_gives_a_glob_of_it(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    assert glob_matches(text[:start] + "*" + text[end:], text)
    assert glob_matches(text[:start] + "?" * (end - start) + text[end:], text)


@given(st.sampled_from(["arn:", ""]), SEGMENTS, st.sampled_from(["arn:", "*:", "", "*"]), SEGMENTS)
def test_arn_agrees_with_a_regular_expression(
    start: str, text: str, pattern_start: str, pattern: str
) -> None:
    text, pattern = start + text, pattern_start + pattern
    assert arn_matches(pattern, text) is arn_reference(pattern, text)


@given(SEGMENTS.map("arn:".__add__), SEGMENTS.map("arn:".__add__))
def test_an_arn_pattern_matches_no_more_than_its_glob(pattern: str, text: str) -> None:
    assert not arn_matches(pattern, text) or glob_matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        pytest.param("*a" * 30 + "b", "a" * 20_000, id="stars"),
        pytest.param("*" * 20_000 + "b", "a" * 20_000, id="only stars"),
        pytest.param("*a?" * 30 + "b", "a" * 20_000, id="stars and holes"),
        pytest.param("*" + "a?" * 5_000 + "b*", "a" * 20_000, id="one piece of many holes"),
        pytest.param("*" + "a" * 10_000 + "b*", "a" * 20_000, id="one long piece"),
        pytest.param("?" * 20_000 + "b", "a" * 20_000, id="only holes"),
    ],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    start = time.process_time()
    assert not glob_matches(pattern, text)
    assert time.process_time() - start < 20  # each takes milliseconds; backtracking, centuries


def test_a_catastrophic_pattern_takes_microseconds() -> None:
    start = time.process_time()
    for _ in range(1_000):
        glob_matches("*a*a*a*a*a*a*b", "a" * 60)
    assert time.process_time() - start < 10  # a thousand take some hundredths of a second
