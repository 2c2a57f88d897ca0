"""The table and the page are as they were when somebody last read them as a user would.

`ACCEPT_SNAPSHOTS=1` writes the new ones, to be read before they are committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import html5lib
import pytest

import iamlogic as il
from iamlogic.testing.coverage.page import coverage_html
from iamlogic.testing.coverage.recording import Record
from iamlogic.testing.coverage.source import State, marked_lines
from iamlogic.testing.coverage.table import table
from iamlogic.testing.coverage.tally import Coverage, tally
from tests.testing.coverage.coverages import a_coverage, hostile_coverage
from tests.testing.coverage.policies import REPORTS, reads

SNAPSHOTS = Path(__file__).with_name("snapshots")


def agrees(name: str, written: str) -> bool:
    file = SNAPSHOTS / name
    if os.environ.get("ACCEPT_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(written, encoding="utf-8", newline="\n")
    assert written == file.read_text(encoding="utf-8")
    return True


def marked(coverage: Coverage) -> list[tuple[str, State]]:
    (covered,) = coverage.policies
    pieces = (piece for line in marked_lines(covered) for piece in line.pieces)
    return [(piece.text, piece.state) for piece in pieces if piece.state is not None]


def test_the_table_is_as_it_was(tmp_path: Path) -> None:
    assert agrees("a_coverage.txt", "\n".join(table(a_coverage(tmp_path), tmp_path)) + "\n")


def test_the_page_is_as_it_was(tmp_path: Path) -> None:
    assert agrees("a_coverage.html", coverage_html(a_coverage(tmp_path), tmp_path))


def test_nothing_is_no_coverage(tmp_path: Path) -> None:
    nothing = Coverage(())
    assert list(table(nothing, tmp_path)) == ["no test had a policy in hand"]
    assert "No test had a policy in hand." in coverage_html(nothing, tmp_path)


@pytest.mark.parametrize("make", [a_coverage, hostile_coverage, lambda _: Coverage(())])
def test_the_page_is_html(make: object, tmp_path: Path) -> None:
    assert callable(make)
    html5lib.HTMLParser(strict=True).parse(coverage_html(make(tmp_path), tmp_path))


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    coverage = hostile_coverage(tmp_path)
    page = coverage_html(coverage, tmp_path)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page
    assert all(line.isprintable() for line in page.splitlines())
    assert all(line.isprintable() for line in table(coverage, tmp_path))


def test_an_entry_is_marked_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(REPORTS)
    record = Record()
    record.request(il.load(tmp_path / "a.json"), reads())
    found = marked(tally(record))
    assert ('"s3:GetObject"', State.REQUESTS) in found
    assert ('"s3:ListBucket"', State.MISSING) in found


def test_a_file_that_has_changed_is_not_what_was_tested(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(REPORTS)
    record = Record()
    record.request(il.load(tmp_path / "a.json"), reads())
    for text in ("no policy", REPORTS.replace("GetObject", "PutObject")):
        (tmp_path / "a.json").write_text(text)
        assert ('"s3:GetObject"', State.REQUESTS) in marked(tally(record))
    (tmp_path / "a.json").unlink()
    assert ('"s3:GetObject"', State.REQUESTS) in marked(tally(record))
