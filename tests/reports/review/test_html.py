"""The HTML page of a review, as a text: what is in it, and what never is."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

import iamlogic as il
from iamlogic.questions.review.notices import Topic
from iamlogic.questions.review.review import Review
from iamlogic.reports.review.html import review_html
from iamlogic.reports.review.html.page import IN_FULL, MOST_LINES
from iamlogic.reports.review.html.sections import MOST_ENTRIES
from iamlogic.reports.review.html.sides import MOST_ROWS
from tests.reports.review.reviews import (
    HOSTILE,
    PASS,
    READ,
    Side,
    a_review,
    change,
    hostile_review,
    many_changes,
    no_changes,
)

ROOT = Path(__file__).parents[3]
REVIEWS = {
    "a review": a_review,
    "a hostile one": hostile_review,
    "an empty one": no_changes,
    "a large one": lambda: many_changes(30),
}
every_review = pytest.mark.parametrize("name", REVIEWS)


@cache
def html(name: str) -> str:
    return review_html(REVIEWS[name](), in_full=20)


@cache
def parsed(name: str) -> Element:
    """The page, read by the rules of HTML; a mistake in it is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(html(name))
    return root


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """All elements of these names, in their order."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] in tags:
            yield element


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(root: Element, name: str) -> Element:
    (found,) = (element for element in root.iter() if element.get("id") == name)
    return found


@every_review
def test_the_page_is_html_without_a_mistake(name: str) -> None:
    assert parsed(name).find("body/main") is not None


@every_review
def test_nothing_is_fetched_from_anywhere(name: str) -> None:
    for element in parsed(name).iter():
        for attribute in ("src", "href", "srcset", "data", "poster", "action", "background"):
            value = element.get(attribute)
            assert value is None or value.startswith("#"), (element.tag, attribute, value)
    assert not list(
        elements(parsed(name), "img", "iframe", "object", "embed", "link", "base", "use")
    )
    (style,) = elements(parsed(name), "style")
    assert not re.search(r"url\(|@import|image-set|@font-face", words(style))


@every_review
def test_the_security_policy_lets_only_the_page_s_own_style_and_script_be(name: str) -> None:
    root = parsed(name)
    (meta,) = (each for each in elements(root, "meta") if each.get("http-equiv"))
    directives = dict(each.split(" ", 1) for each in str(meta.get("content")).split("; "))
    hashes = {}
    for tag in ("style", "script"):
        (element,) = elements(root, tag)
        digest = hashlib.sha256(str(element.text).encode()).digest()
        hashes[f"{tag}-src"] = f"'sha256-{base64.b64encode(digest).decode()}'"
    none = dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    assert directives == {**none, **hashes}


@every_review
def test_no_attribute_is_style_or_script(name: str) -> None:
    for element in parsed(name).iter():
        assert not [each for each in element.attrib if each == "style" or each.startswith("on")]


@every_review
def test_ids_are_unique_and_links_lead_somewhere(name: str) -> None:
    root = parsed(name)
    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    assert max(ids.values()) == 1
    for element in root.iter():
        href = element.get("href")
        assert href is None or href[1:] in ids
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert set(str(element.get(attribute) or "").split()) <= set(ids)


@every_review
def test_headings_are_in_order(name: str) -> None:
    body = parsed(name).find("body")
    assert body is not None
    levels = [int(each.tag[1]) for each in elements(body, "h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_review
def test_every_change_and_every_notice_is_told(name: str) -> None:
    review, root = REVIEWS[name](), parsed(name)
    articles = list(elements(root, "article"))
    assert len(articles) == len(review.changes) + len(review.unread)
    told = Counter(words(item) for item in elements(root, "span") if item.get("class") == "message")
    said = Counter(" ".join(il_printable(each.message).split()) for each in review.notices)
    assert told == said


def il_printable(text: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@every_review
def test_the_contents_name_all_that_the_page_has(name: str) -> None:
    root = parsed(name)
    rows = [each.get("data-of") for each in elements(root, "tr") if each.get("data-of")]
    assert rows == [each.get("id") for each in elements(root, "article")]


@every_review
def test_filters_count_what_they_show(name: str) -> None:
    root = parsed(name)
    articles = list(elements(root, "article"))
    for item in elements(root, "input"):
        value = item.get("value")
        if item.get("type") != "radio":
            continue
        shown = [
            each
            for each in articles
            if value == ""
            or (value == "!" and each.get("data-severity") in {"error", "warning"})
            or value in str(each.get("data-topics")).split()
        ]
        (label,) = (each for each in elements(root, "label") if item in list(each))
        assert words(label).endswith(f" {len(shown)}")


def test_the_gravest_come_first() -> None:
    order = ["error", "warning", "note", "none"]
    grave = [
        order.index(str(each.get("data-severity")))
        for each in elements(parsed("a review"), "article")
    ]
    of_changes = grave[: len(a_review().changes)]
    assert of_changes == sorted(of_changes)


def test_the_same_review_gives_the_same_bytes_in_whatever_order_it_is_put_together() -> None:
    review = a_review()
    other = replace(
        review,
        changes=review.changes[::-1],
        unread=review.unread[::-1],
        unread_notices=review.unread_notices[::-1],
    )
    assert review_html(other) == html("a review")


def test_bytes_do_not_hang_on_the_seed_of_hashes() -> None:
    program = (
        "import hashlib\n"
        "from tests.reports.review.reviews import a_review\n"
        "from iamlogic.reports.review.html import review_html\n"
        "print(hashlib.sha256(review_html(a_review()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1")
    }
    assert len(digests) == 1


def test_hostile_texts_are_text_and_printable() -> None:
    text = html("a hostile one")
    assert all(c.isprintable() or c == "\n" for c in text)
    text.encode("utf-8")
    assert len(list(elements(parsed("a hostile one"), "script"))) == 1
    shown = il_printable(HOSTILE)
    assert shown in words(parsed("a hostile one"))


def test_no_key_that_stands_for_what_is_left_open_is_seen() -> None:
    assert "iamlogic:open" not in html("a review")
    assert "arn:aws:unknown" not in html("a review")
    assert '"if": "IsProduction holds",' in words(parsed("a review"))


def test_a_statement_that_gained_or_lost_something_leads_to_what_it_was() -> None:
    root = parsed("a review")
    tags = [each for each in elements(root, "a") if str(each.get("class")).startswith("tag ")]
    assert {words(each) for each in tags} == {"gains", "loses", "may gain"}
    for tag in tags:
        entry = words(by_id(root, str(tag.get("href"))[1:]))
        assert re.search("now (allows|denies)|no longer (allows|denies)", entry)


def test_a_difference_has_an_example_to_copy() -> None:
    root = parsed("a review")
    first = next(number for number, each in enumerate(a_review().changes) if each.comparison.gained)
    witness = a_review().changes[first].comparison.gained[0].witness
    examples = [words(each) for each in elements(root, "pre")]
    assert any(f"--action {witness.action}" in each for each in examples)


@pytest.mark.parametrize("count", [1, 12, 40, 60])
def test_the_picture_has_as_many_lines_as_it_says(count: int) -> None:
    before = Side("a.json", (READ,))
    one = change(before, Side("a.json", (READ, PASS)))
    changes = tuple(
        replace(
            one,
            before=replace(one.before, file=f"{number}.json"),
            after=replace(one.after, file=f"{number}.json"),
        )
        for number in range(count)
    )
    root = html5lib.parse(
        review_html(Review("a", "b", changes), in_full=50), namespaceHTMLElements=False
    )
    (section,) = (each for each in elements(root, "section") if each.get("class") == "picture")
    drawn = [each for each in elements(section, "text") if each.get("class") == "name"]
    listed = [each for each in elements(section, "tr") if each.find("td") is not None]
    shown = min(count, 50)
    left_out = f"{shown - 24} more, the less grave, are left out of the picture."
    assert len(drawn) == min(count, 24)
    assert len(listed) == shown
    assert (left_out in words(section)) == (count > 24)
    assert (f"It shows the {50} gravest of {count} changes." in words(section)) == (count > 50)


def test_the_picture_says_of_how_many_policies_it_cannot_speak() -> None:
    said = words(by_id(parsed("a review"), "changes"))
    assert "3 policies of which the meaning is not known have no line here." in said


def test_a_page_with_a_thousand_changes_is_bounded_and_says_so() -> None:
    review = many_changes(1000)
    text = review_html(review)
    assert len(text.encode()) < 4_000_000
    left_out = 1000 - IN_FULL
    assert f"Of the other {left_out} the page has the verdict and all notices." in text
    assert text.count("Side by side it is not shown here") == left_out
    for notice in review.notices:
        assert notice.policy in text


def test_a_policy_too_long_to_be_shown_is_cut_and_says_so() -> None:
    many = [f"s3:Get{number}" for number in range(MOST_ROWS + 100)]
    long = change(Side("a.json", (READ,)), Side("a.json", ({**READ, "Action": many},)))
    text = review_html(Review("a", "b", (long,)))
    assert re.search(r"[0-9]+ more lines are left out", text)
    assert text.count("<tr>") < MOST_ROWS + 100


def test_policies_that_are_long_together_are_not_all_shown_side_by_side() -> None:
    many = [f"s3:Get{number}" for number in range(MOST_ROWS)]
    long = change(Side("a.json", (READ,)), Side("a.json", ({**READ, "Action": many},)))
    text = review_html(Review("a", "b", (long,) * 30))
    shown = -(-MOST_LINES // MOST_ROWS)
    assert text.count("Side by side it is not shown here") == 30 - shown
    assert f"are shown for the {shown} gravest changes. Of the other {30 - shown} the page" in text


def test_more_than_can_be_told_of_one_change_is_counted() -> None:
    many = tuple(
        {**READ, "Sid": f"S{number}", "Resource": f"arn:aws:s3:::{number}/*"}
        for number in range(MOST_ENTRIES + 7)
    )
    root = html5lib.parse(
        review_html(Review("a", "b", (change(None, Side("a.json", many)),))),
        namespaceHTMLElements=False,
    )
    assert "… 7 more" in [words(each) for each in elements(root, "li")]
    ids = {each.get("id") for each in root.iter()}
    links = [str(each.get("href")) for each in elements(root, "a")]
    assert {each[1:] for each in links} <= ids


def test_without_a_change_there_is_nothing_to_filter() -> None:
    root = parsed("an empty one")
    assert "No policy changed" in words(root)
    assert not list(elements(root, "article", "figure"))


def test_topics_are_tallied() -> None:
    (tallies,) = (
        each for each in elements(parsed("a review"), "dl") if each.get("class") == "tallies"
    )
    counts = Counter(each.topic for each in a_review().notices)
    told = {words(group[0]): int(words(group[1]).split()[0]) for group in tallies}
    assert told == {topic.value: counts[topic] for topic in Topic if counts[topic]}


def test_without_jinja_the_error_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from iamlogic.questions.review.review import Review\n"
        "from iamlogic.errors import IamlogicError\n"
        "from iamlogic.reports.review.html import review_html\n"
        "try: review_html(Review('a', 'b'))\n"
        "except IamlogicError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT
    )
    assert "pip install 'iamlogic[review]'" in done.stdout


def test_policies_are_shown_as_canonical_text() -> None:
    root = parsed("a review")
    found = next(each for each in elements(root, "article") if "policies/app.json" in words(each))
    lines = [
        "".join(code.itertext())
        for cell in elements(found, "td")
        if cell.get("class") == "c after"
        for code in elements(cell, "code")
    ]
    app = next(each for each in a_review().changes if each.placed.file == "policies/app.json")
    assert "\n".join(lines) + "\n" == il.format(app.comparison.after)
