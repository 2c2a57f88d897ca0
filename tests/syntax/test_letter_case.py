"""Laws of `fold` (R-C26)."""

from hypothesis import given
from hypothesis import strategies as st

from iamlogic.syntax.letter_case import fold


@given(st.text())
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_changes_ascii_capitals_and_nothing_else(text: str) -> None:
    expected = "".join(c.lower() if "A" <= c <= "Z" else c for c in text)
    assert fold(text) == expected
