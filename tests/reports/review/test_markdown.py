"""The comment on a pull request: it fits, it can be found again, and nobody writes in it but us."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from xml.etree.ElementTree import Element

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.reports.markdown import code
from iamlogic.reports.review.markdown import LONGEST_COMMENT, MARKER, review_markdown
from iamlogic.reports.review.prose import LONGEST, cell, prose
from tests.reports.review.reviews import (
    HOSTILE,
    READ,
    Side,
    a_review,
    change,
    hostile_review,
    many_changes,
    no_changes,
)

OURS = {
    *("html", "head", "body", "h3", "p", "strong", "code", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
}
"""Elements that a comment has; no link, no image, no script."""


def rendered(markdown: str) -> Element:
    """What GitHub makes of it, before it takes out what is dangerous."""
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    tree: Element = html5lib.parse(html, namespaceHTMLElements=False)
    return tree


def elements(tree: Element) -> set[str]:
    return {str(each.tag) for each in tree.iter()}


def outside_of_code(tree: Element) -> str:
    """The text of everything but code, where GitHub looks for mentions and references."""
    found = []
    if tree.tag != "code" and isinstance(tree.tag, str):
        found = [tree.text or "", *map(outside_of_code, tree)]
    return "".join([*found, tree.tail or ""])


def codes(tree: Element) -> list[str]:
    return ["".join(each.itertext()) for each in tree.iter("code")]


@cache
def small() -> ReviewedChange:
    return change(None, Side("a.json", (READ,)))


def named(text: str) -> Review:
    """A review in which everything that others write is this text."""
    made = small()
    assert made.after is not None
    notices = tuple(
        replace(each, message=text, detail=(text,), policy=text, rule=text, depends_on=(text,))
        for each in made.notices
    )
    moved = replace(made.after, file=text, name=text)
    return Review(text, text, (replace(made, after=moved, notices=notices),), remarks=(text,))


@pytest.mark.parametrize("review", [a_review(), hostile_review(), no_changes()])
def test_it_starts_with_the_line_by_which_it_is_found_again(review: Review) -> None:
    markdown = review_markdown(review)
    assert markdown.startswith(f"{MARKER}\n")
    assert markdown.count(MARKER) == 1


@pytest.mark.parametrize("review", [a_review(), hostile_review(), many_changes(300)])
def test_it_renders_as_what_it_is_meant_to_be(review: Review) -> None:
    tree = rendered(review_markdown(review))
    assert elements(tree) <= OURS
    assert all(len(row) == 3 for row in tree.iter("tr"))
    folds = list(tree.iter("details"))
    assert len(folds) == len(list(tree.iter("summary")))
    assert all(fold[0].tag == "summary" for fold in folds)
    assert "**" not in outside_of_code(tree)


def test_each_account_is_inside_its_fold() -> None:
    tree = rendered(review_markdown(a_review()))
    for fold in tree.iter("details"):
        assert list(fold.iter("details")) == [fold]  # none is inside another
        assert len(fold) > 1  # what stands behind the summary is inside as well
    after = [each.tag for each in next(tree.iter("body"))]
    assert after[-1] == "details"


def test_hostile_texts_are_read_as_they_are_written() -> None:
    told = codes(rendered(review_markdown(hostile_review())))
    shown = "a`|[x](http://evil.example)<img src=x onerror=alert(1)>\\x1b[31m\\u202e@team -->"
    assert sum(shown in each for each in told) > 10
    assert any(each.startswith("policies/a`|b <script>\\x07\\u202e&?#%41.json: ") for each in told)


NASTY = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="`|\\<>&[]()!*_~#@:/.w$\n -+=1GH", max_size=40),
    st.sampled_from(
        [
            HOSTILE,
            "@octocat",
            "GH-1",
            "#12",
            "www.example.com",
            "https://example.com",
            "a@example.com",
            "</summary></details><h1>",
            "octocat/repo#1",
            "<!-- -->",
            "1. a\n2. b",
            "a | b \\| c \\\\| d",
            "`` ` ``",
            "www.a|www.b",
        ]
    ),
)


@given(text=NASTY)
def test_no_text_of_others_is_markdown_html_a_link_or_a_mention(text: str) -> None:
    tree = rendered(review_markdown(named(text)))
    assert elements(tree) <= OURS
    assert all(len(row) == 3 for row in tree.iter("tr"))
    told = outside_of_code(tree)
    assert not re.search(r"[@#<>`*_|\\]|https?:|www\.|GH-[0-9]", told)


@given(text=st.text(alphabet="`|\\<&;#a w", max_size=20))
def test_a_cell_holds_any_text(text: str) -> None:
    tree = rendered(f"| a | b |\n|---|---|\n| {cell(text)} | {cell(text)} |")
    first, second = codes(tree)
    assert first == second
    # CommonMark makes one space of a line's end, and strips one at each end where both have one.
    assert first.strip() == (text or '""').strip()


WORDS = st.sampled_from(["plain", "s3:Get*", "a", "@b", "(see", "it)", "x,", "12"])


@given(words=st.lists(WORDS, min_size=1))
def test_prose_says_all_of_a_sentence(words: list[str]) -> None:
    sentence = " ".join(words)
    assert prose(sentence).replace("`", "") == sentence


def test_prose_leaves_words_as_they_are() -> None:
    assert prose("it breaks the guardrail no-pass-role: nobody, ever.") == (
        "it breaks the guardrail no-pass-role: nobody, ever."
    )
    assert prose("allows s3:Get* on logs.") == "allows `s3:Get*` on logs."


@pytest.mark.parametrize("count", [12, 60, 250, 1000])
def test_it_is_never_longer_than_a_platform_takes(count: int) -> None:
    assert len(review_markdown(many_changes(count))) <= LONGEST_COMMENT


@pytest.mark.parametrize("length", [5_000, 70_000])
@pytest.mark.parametrize("letter", ["`", "|", " ", "\x1b"])
@pytest.mark.parametrize(("remarks", "unread"), [(1, 1), (300, 600)])
def test_nor_can_anybody_make_it_longer(
    length: int, letter: str, remarks: int, unread: int
) -> None:
    review = named(letter * length)
    broken = a_review().unread[0]
    review = replace(
        review,
        changes=review.changes * 30,
        remarks=review.remarks * remarks,
        unread=tuple(replace(broken, file=letter * length) for _ in range(unread)),
    )
    assert len(review_markdown(review)) <= LONGEST_COMMENT


def test_what_is_left_out_is_told() -> None:
    assert "Left out" not in review_markdown(a_review())
    end = review_markdown(many_changes(1000)).split("\n")[-2]
    assert re.match(r"Left out for length: [0-9]+ rows of the table, .*the details of [0-9]+", end)
    assert "Proved" not in review_markdown(many_changes(1000))


def test_losses_give_way_before_gains() -> None:
    gains = many_changes(12).changes
    for count in range(12, 200):
        text = review_markdown(replace(many_changes(count), unread=(), unread_notices=()))
        if "what is lost of" in text:
            assert "**Gained**" in text
            assert "**Lost**" not in text
            assert "the details of" not in text.split("Left out")[1]
            break
    else:
        pytest.fail("no review is so long that its losses give way, and no longer")
    assert gains


def test_the_gravest_keep_their_details() -> None:
    text = review_markdown(many_changes(1000))
    folds = text.count("<details><summary><code>")
    assert folds > 10
    order = ["**error**", "**warning**"]
    rows = [line for line in text.split("\n") if line.startswith("| `")]
    severities = [next((each for each in order if each in row), "") for row in rows]
    assert severities == sorted(severities, key=[*order, ""].index)


def small_changes(count: int) -> list[ReviewedChange]:
    made = small()
    assert made.after is not None
    return [
        replace(made, after=replace(made.after, file=f"small-{number:03}.json"))
        for number in range(count)
    ]


def test_one_flood_does_not_hide_what_is_less_grave() -> None:
    statements = tuple(
        {**READ, "Sid": f"S{number}", "Resource": f"arn:aws:s3:::b{number}/{'x' * 200}"}
        for number in range(24)
    )
    flood = change(None, Side("flood.json", statements))
    flood = replace(flood, notices=(a_review().changes[1].notices[0], *flood.notices))
    alone = review_markdown(Review("a", "b", (flood,)))
    assert alone.count("now allows") == len(statements)
    rest = small_changes(90)
    text = review_markdown(Review("a", "b", (flood, *rest)))
    assert len(alone) + len(review_markdown(Review("a", "b", tuple(rest)))) > LONGEST_COMMENT
    assert text.count("<details><summary><code>small-") == len(rest)
    assert "parts of the details of 1 policy" in text


def test_nor_does_one_that_does_not_even_fit_in_brief() -> None:
    error = replace(a_review().changes[1].notices[0], detail=("x" * 290,) * 60)
    flood = replace(small(), notices=(error,))
    text = review_markdown(Review("a", "b", (flood, *small_changes(200))))
    assert "<details><summary><code>a.json" not in text
    assert "<details><summary><code>small-000.json" in text


def test_losses_are_told_in_a_line_each() -> None:
    text = review_markdown(a_review())
    lost = text.split("**Lost**, allowed before, not now:\n\n", 1)[1].split("\n")[0]
    assert lost.startswith("- Allow statement 1")
    assert "For example" not in lost


def test_long_texts_of_others_are_cut() -> None:
    assert max(map(len, codes(rendered(review_markdown(named("a" * 5000)))))) <= LONGEST
    assert code("a") == "`a`"
