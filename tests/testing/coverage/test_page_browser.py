"""The page of policy coverage in a real browser: readable for everybody, and nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from iamlogic.testing.coverage.page import coverage_html
from tests.reports.review.chromium import a_browser, showing
from tests.testing.coverage.coverages import a_coverage, hostile_coverage

pytestmark = pytest.mark.browser

PAGES = {"a coverage": a_coverage, "a hostile one": hostile_coverage}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return coverage_html(PAGES[request.param](tmp_path), tmp_path)


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, html: str) -> None:
    told: list[str] = []
    with showing(browser, html, told) as page:
        page.wait_for_timeout(100)
        assert told == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_everybody_can_read_it(browser: Browser, html: str, scheme: str, width: int) -> None:
    viewport = {"width": width, "height": 900}
    options = {"viewport": viewport, "color_scheme": scheme, "bypass_csp": True}
    with showing(browser, html, **options) as page:
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
