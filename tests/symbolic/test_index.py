"""The index answers as asking every list in turn would, or more carefully, never less."""

from hypothesis import given
from hypothesis import strategies as st

from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.index import PatternIndex
from iamlogic.symbolic.languages import Language, glob
from iamlogic.symbolic.lowering import Patterns

texts = st.text("ab*?", min_size=1, max_size=4)


def patterns(written: list[str], *, negated: bool) -> Patterns:
    return Patterns.of(map(glob, written), negated=negated)


lists = st.lists(
    st.builds(patterns, st.lists(texts, min_size=1, max_size=3), negated=st.booleans()), max_size=5
)


@given(lists, texts.map(glob))
def test_reach_is_what_each_list_says_by_itself(drawn: list[Patterns], pattern: Language) -> None:
    reach = PatternIndex.of(drawn).reach(pattern)
    for number, one in enumerate(drawn):
        covered = any(covers(language, pattern) for language in one.languages)
        touched = any(may_overlap(language, pattern) for language in one.languages)
        whole, some = (not touched, not covered) if one.negated else (covered, touched)
        assert reach.whole >> number & 1 == whole
        assert reach.some >> number & 1 == some
