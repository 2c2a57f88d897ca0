"""All formats of a review that are texts, by the ends of the names of their snapshots."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.console import Console

from iamlogic.questions.review.review import Review
from iamlogic.reports.review.code_quality import review_code_quality
from iamlogic.reports.review.json import review_json
from iamlogic.reports.review.junit import review_junit
from iamlogic.reports.review.markdown import review_markdown
from iamlogic.reports.review.sarif import review_sarif
from iamlogic.reports.review.text import print_review


def on_terminal(review: Review, *, colour: bool = False, width: int = 100) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
    )
    print_review(review, console)
    return stream.getvalue()


FORMATS: dict[str, Callable[[Review], str]] = {
    "txt": on_terminal,
    "md": review_markdown,
    "sarif": review_sarif,
    "xml": review_junit,
    "json": review_json,
    "gitlab.json": review_code_quality,
}
