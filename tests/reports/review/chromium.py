"""A real Chromium, the system's, without a window: for the tests of the HTML page.

Chromium comes from the system's packages; Playwright only drives it. Where it is missing, what
needs it fails and says how to get it: a browser test that is skipped has tested nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "Chromium is not installed; the tests marked `browser` look at a page in it\n"
    "    hint: apt-get install chromium (Debian), or deselect them: pytest -m 'not browser'"
)
_ARGUMENTS = [
    "--no-sandbox",  # tests run as root in containers; the page is our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class NoChromium(Exception):
    """There is no Chromium here."""


def chromium() -> str:
    """Where Chromium is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoChromium(MISSING)
    return found


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium, headless, with a profile of its own that goes with it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def showing(
    browser: Browser, html: str, told: list[str] | None = None, **options: object
) -> Iterator[Page]:
    """A page that shows a file with this text; `options` are those of a new page.

    `told` gets all that the page says, asks for or opens beyond itself.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "review.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(**options)  # type: ignore[arg-type]
        if told is not None:
            _listen(page, file.as_uri(), told)
        try:
            page.goto(file.as_uri())
            yield page
        finally:
            page.close()


def _listen(page: Page, own: str, told: list[str]) -> None:
    def asked(request: Request) -> None:
        if request.url != own:
            told.append(f"request: {request.url}")

    page.on("request", asked)
    page.on("console", lambda message: told.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: told.append(f"error: {error}"))
    page.on("dialog", lambda dialog: told.append(f"dialog: {dialog.message}"))
    page.on("popup", lambda _: told.append("a window"))
