"""The HTML page of a review in a real browser: it works, for everybody, and nothing else runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from iamlogic.questions.review.notices import Severity
from iamlogic.reports.review.html import review_html
from tests.reports.review import chromium
from tests.reports.review.chromium import NoChromium, a_browser, showing
from tests.reports.review.reviews import a_review, hostile_review, many_changes, no_changes

pytestmark = pytest.mark.browser

WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 360, "height": 740}
SCHEMES = ("light", "dark")
REVIEWS = {
    "a review": a_review,
    "a hostile one": hostile_review,
    "an empty one": no_changes,
    "a large one": lambda: many_changes(60),
}
every_review = pytest.mark.parametrize("name", REVIEWS)
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {name: review_html(review()) for name, review in REVIEWS.items()}


@pytest.fixture
def page(browser: Browser, pages: dict[str, str]) -> Iterator[Page]:
    # Without motion nothing is on its way when it is looked at.
    with showing(browser, pages["a review"], viewport=WIDE, reduced_motion="reduce") as page:
        yield page


def shown(page: Page) -> list[str]:
    """The ids of the changes that are not filtered out."""
    found = page.locator("article.change:not([hidden])").evaluate_all("all => all.map(e => e.id)")
    return [str(each) for each in found]


def until(page: Page, expression: str) -> None:
    """Waits for something to be so. (Playwright's own way is forbidden by the page's policy.)"""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"it does not come to be so: {expression}")


def in_focus(page: Page) -> str:
    """The id of the element that has the focus."""
    return str(page.evaluate("document.activeElement.id"))


@every_review
def test_the_page_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    told: list[str] = []
    with showing(browser, pages[name], told) as page:
        page.keyboard.press("j")
        page.keyboard.press("d")
        page.wait_for_timeout(100)
        assert told == []


def test_hostile_texts_do_not_run(browser: Browser, pages: dict[str, str]) -> None:
    with showing(browser, pages["a hostile one"]) as page:
        assert page.locator("img, script:not(body > script:last-of-type)").count() == 0
        assert page.locator("script").count() == 1
        assert "<img src=x onerror=alert(1)>" in str(page.locator("main").text_content())


def test_what_is_put_into_the_page_later_does_not_run(page: Page) -> None:
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'>");
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None


def test_all_is_there_without_script(browser: Browser, pages: dict[str, str]) -> None:
    with showing(browser, pages["a review"], java_script_enabled=False) as page:
        assert page.locator("article.change").count() == len(a_review().changes) + 2
        assert not page.locator(".tools").is_visible()
        assert not page.locator(".copy").first.is_visible()
        heading = page.locator("article.change h3").last
        heading.scroll_into_view_if_needed()
        assert heading.is_visible()


def test_a_filter_shows_the_grave_ones(page: Page) -> None:
    everything = shown(page)
    page.get_by_role("radio", name=re.compile("Grave")).check()
    grave = shown(page)
    assert 0 < len(grave) < len(everything)
    assert page.locator("#count").inner_text() == f"{len(grave)} of {len(everything)} shown"
    severities = {page.locator(f"#{each}").get_attribute("data-severity") for each in grave}
    assert severities == {Severity.ERROR.value, Severity.WARNING.value}
    rows = page.locator(".contents tr[data-of]:not([hidden])").evaluate_all(
        "all => all.map(e => e.dataset.of)"
    )
    assert rows == grave
    page.get_by_role("radio", name=re.compile("All")).check()
    assert shown(page) == everything


def test_a_filter_shows_a_topic(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("Public")).check()
    for each in shown(page):
        assert "public" in str(page.locator(f"#{each}").get_attribute("data-topics")).split()


def test_a_search_finds_all_its_words_whatever_their_case(page: Page) -> None:
    page.get_by_role("searchbox").fill("PASSROLE app.json")
    (found,) = shown(page)
    assert "policies/app.json" in page.locator(f"#{found} h3").inner_text()
    page.get_by_role("searchbox").fill("there is nothing like it")
    assert shown(page) == []
    assert page.locator("#nothing").is_visible()
    page.keyboard.press("Escape")
    assert len(shown(page)) == len(a_review().changes) + 2


IN_VIEW = """(() => {{
  const place = {element}.getBoundingClientRect();
  const tools = document.querySelector(".tools").getBoundingClientRect();
  return place.top >= tools.bottom && place.bottom <= innerHeight;
}})()"""
"""Whether something is in view, and not behind the tools, which stay in view."""


def test_keys_go_to_the_next_and_the_previous_change(page: Page) -> None:
    for key, expected in (
        ("j", "c1"),
        ("n", "c2"),
        ("j", "c3"),
        ("k", "c2"),
        ("p", "c1"),
        ("k", "c1"),
    ):
        page.keyboard.press(key)
        assert in_focus(page) == f"{expected}-title"
        until(page, IN_VIEW.format(element=f"document.getElementById('{expected}-title')"))


def test_keys_pass_over_what_is_filtered_out(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("Public")).check()
    first, second = shown(page)[:2]
    page.keyboard.press("j")
    assert in_focus(page) == f"{first}-title"
    page.keyboard.press("j")
    assert in_focus(page) == f"{second}-title"


def test_a_key_shows_the_keys_and_escape_hides_them(page: Page) -> None:
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()


def test_what_is_typed_into_the_search_is_no_command(page: Page) -> None:
    page.keyboard.press("/")
    assert in_focus(page) == "search"
    page.keyboard.type("jjkk?")
    assert page.get_by_role("searchbox").input_value() == "jjkk?"
    assert page.locator("html").get_attribute("data-theme") is None


def test_tab_reaches_everything_and_is_seen(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = page.locator(".skip").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    wanted = page.locator(
        "a[href]:not([tabindex]):visible, button:visible, summary:visible, input:visible"
    ).count()
    reached: set[str] = set()
    for _ in range(3 * wanted):
        seen = page.evaluate(
            """() => {
              const element = document.activeElement;
              if (element === document.body) return null;
              element.dataset.seen ??= String(Math.random());
              const isRadio = element.matches("input[type=radio]");
              const shown = isRadio ? element.nextElementSibling : element;
              return [element.dataset.seen, element.tagName, getComputedStyle(shown).outlineStyle];
            }"""
        )
        if seen is None:
            break
        assert seen[2] != "none", seen
        reached.add(seen[0])
        page.keyboard.press("Tab")
    # Of the radio buttons, which are one group, only the chosen one is a stop.
    radios = page.locator("input[type=radio]").count()
    assert len(reached) >= wanted - radios + 1


def test_a_link_opens_what_it_leads_to(page: Page) -> None:
    page.locator(".contents a[href='#c2']").click()
    until(page, "Math.abs(document.getElementById('c2').getBoundingClientRect().top) < 200")
    folded = page.locator("details table a[id]").first
    name = folded.get_attribute("id")
    assert not folded.is_visible()
    page.evaluate(f"location.hash = '{name}'")
    until(page, "document.querySelector(':target')?.checkVisibility()")
    assert folded.is_visible()


def test_an_example_is_copied(browser: Browser, pages: dict[str, str]) -> None:
    with showing(
        browser, pages["a review"], permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        example = page.locator("article .side .example").first
        example.get_by_role("button", name="Copy").click()
        until(page, "document.querySelector('.side .copy').textContent === 'Copied'")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == example.locator("pre").inner_text()


@every_scheme
def test_the_system_s_colours_are_taken_and_a_switch_turns_them(
    browser: Browser, pages: dict[str, str], scheme: str
) -> None:
    with showing(browser, pages["a review"], color_scheme=scheme) as page:
        before = lightness(page)
        assert (before > 0.5) == (scheme == "light")
        page.locator("#theme").click()
        after = lightness(page)
        assert (after > 0.5) != (before > 0.5)


def lightness(page: Page) -> float:
    """Of the page's ground: 0 is black, 1 is white."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(int, re.findall(r"[0-9]+", colour)[:3])) / (3 * 255)


@every_scheme
@every_review
def test_texts_have_the_contrast_that_wcag_asks_for(
    browser: Browser, pages: dict[str, str], name: str, scheme: str
) -> None:
    with showing(browser, pages[name], color_scheme=scheme, viewport=WIDE) as page:
        open_all(page)
        found = page.evaluate(CONTRASTS)
        assert found["texts"] > 5
        assert found["poor"] == []


def test_a_contrast_that_is_too_little_would_be_found(page: Page) -> None:
    page.evaluate("document.documentElement.style.setProperty('--soft', '#999')")
    assert page.evaluate(CONTRASTS)["poor"] != []


@every_scheme
def test_lines_of_the_picture_stand_out_from_the_page(
    browser: Browser, pages: dict[str, str], scheme: str
) -> None:
    with showing(browser, pages["a review"], color_scheme=scheme) as page:
        found = page.evaluate(CONTRASTS)["lines"]
        assert set(found) == {"public", "external", "gained", "possible", "lost"}
        assert min(found.values()) >= 3  # WCAG 2.2, 1.4.11


def open_all(page: Page) -> None:
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")


CONTRASTS = (Path(__file__).parent / "contrasts.js").read_text(encoding="utf-8")


@pytest.mark.slow
@every_scheme
@pytest.mark.parametrize("name", ["a review", "a hostile one", "an empty one"])
def test_axe_finds_nothing_that_keeps_anybody_out(
    browser: Browser, pages: dict[str, str], name: str, scheme: str
) -> None:
    with showing(browser, pages[name], color_scheme=scheme, viewport=WIDE) as page:
        open_all(page)
        found = Axe().run(page).response["violations"]
        told = [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found]
        assert told == []


@every_review
def test_nothing_overflows_on_a_telephone(
    browser: Browser, pages: dict[str, str], name: str
) -> None:
    with showing(browser, pages[name], viewport=NARROW) as page:
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
        beyond = page.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .filter((e) => !e.closest(".canvas, .unseen, .skip, [hidden]"))
              .filter((e) => e.checkVisibility())
              .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
              .map((e) => e.outerHTML.slice(0, 100))"""
        )
        assert beyond == []


def test_on_a_telephone_what_was_stands_above_what_is_now(
    browser: Browser, pages: dict[str, str]
) -> None:
    with showing(browser, pages["a review"], viewport=NARROW) as page:
        places = side_of(page)
        assert places["before"]["x"] == places["after"]["x"]
        assert places["before"]["y"] < places["after"]["y"]
        mixed = page.evaluate(
            """() => {
              const visible = (cell) => cell.checkVisibility();
              const top = (cell) => cell.getBoundingClientRect().top;
              const cells = (group, side) =>
                [...group.querySelectorAll(`td.c.${side}`)].filter(visible).map(top);
              return [...document.querySelectorAll(".diff tbody.differs")]
                .map((group) => [cells(group, "before"), cells(group, "after")])
                .filter(([before, after]) => before.length && after.length)
                .map(([before, after]) => Math.max(...before) < Math.min(...after));
            }"""
        )
        assert len(mixed) > 1
        assert all(mixed)


def test_on_a_desk_one_policy_stands_beside_the_other(page: Page) -> None:
    places = side_of(page)
    assert places["before"]["x"] < places["after"]["x"]
    assert places["before"]["y"] == places["after"]["y"]


def side_of(page: Page) -> dict[str, dict[str, float]]:
    """Where the two sides of a line that changed stand."""
    row = page.locator(".diff tbody.differs tr:not(:has(.none))").first
    row.scroll_into_view_if_needed()
    found = {}
    for side in ("before", "after"):
        box = row.locator(f"td.c.{side}").bounding_box()
        assert box is not None
        found[side] = {"x": box["x"], "y": box["y"]}
    return found


@every_scheme
def test_on_paper_all_is_unfolded_on_white(
    browser: Browser, pages: dict[str, str], scheme: str
) -> None:
    with showing(browser, pages["a review"], color_scheme=scheme) as page:
        page.emulate_media(media="print")
        assert lightness(page) == 1
        assert not page.locator(".tools").is_visible()
        hidden = page.evaluate(
            "[...document.querySelectorAll('details table, details pre')]"
            ".filter((e) => !e.checkVisibility({contentVisibilityAuto: true})).length"
        )
        assert hidden == 0


def test_it_prints_to_a_pdf_of_several_pages(page: Page) -> None:
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
    assert page.locator("details[open]").count() == 0  # as it was before


@pytest.mark.slow
def test_a_thousand_changes_stay_usable(browser: Browser) -> None:
    with showing(browser, review_html(many_changes(1000)), viewport=WIDE) as page:
        page.get_by_role("searchbox").fill("accounts/00777/")
        assert len(shown(page)) == 1
        page.get_by_role("searchbox").fill("")
        page.get_by_role("radio", name=re.compile("Public")).check()
        assert len(shown(page)) > 100
        page.keyboard.press("j")
        assert in_focus(page) == "c1-title" or in_focus(page).endswith("-title")


def test_where_chromium_is_missing_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    with pytest.raises(NoChromium, match="apt-get install chromium"):
        chromium.chromium()
