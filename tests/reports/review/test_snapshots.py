"""Reports are as they were when somebody last read them as a user would.

Where a change is meant, `ACCEPT_SNAPSHOTS=1 pytest tests/reports/review/test_snapshots.py` writes
the new ones. Read them before they are committed: that they are as they are is all that is tested.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from iamlogic.questions.review.review import Review
from tests.reports.review.formats import FORMATS
from tests.reports.review.reviews import a_review, hostile_review, no_changes

SNAPSHOTS = Path(__file__).with_name("snapshots")
REVIEWS: dict[str, Callable[[], Review]] = {
    "a_review": a_review,
    "hostile_review": hostile_review,
    "no_changes": no_changes,
}


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", REVIEWS)
def test_a_report_is_as_it_was(name: str, format_: str) -> None:
    written = FORMATS[format_](REVIEWS[name]())
    # The version of iamlogic is no part of what a report says.
    written = re.sub(r'("name": "iamlogic",\s*"version": )"[^"]*"', r'\1"0"', written)
    file = SNAPSHOTS / f"{name}.{format_}"
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(written, encoding="utf-8", newline="\n")
    assert written == file.read_text(encoding="utf-8")
