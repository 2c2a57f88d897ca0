"""The baseline's file: the same bytes each way, and every mistake at its place."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.errors import Problem
from iamlogic.inputs import baseline_file
from iamlogic.inputs.baseline_file import format_baseline, parse_baseline
from iamlogic.questions.external.baseline import Acceptance, Baseline
from iamlogic.syntax.problems import MAX_PROBLEMS
from tests.strategies.findings import TODAY, finding

WRITTEN = """{
  "schema": "iamlogic/baseline/1",
  "findings": [
    {
      "id": "a1",
      "principal": "444455556666",
      "actions": ["s3:GetObject", "s3:ListBucket"],
      "resources": ["arn:aws:s3:::reports/*"],
      "conditions": [],
      "file": "policies/reports.json",
      "reason": "für Müller",
      "accepted": "2026-11-27",
      "expires": "2027-02-25"
    },
    {
      "id": "b2",
      "principal": null,
      "actions": [],
      "resources": [],
      "conditions": [],
      "file": null,
      "reason": null,
      "accepted": "2026-11-27",
      "expires": null
    }
  ]
}
"""
BASELINE = Baseline(
    (
        Acceptance(
            "a1",
            "policies/reports.json",
            TODAY,
            date(2027, 2, 25),
            "für Müller",
            "444455556666",
            ("s3:GetObject", "s3:ListBucket"),
            ("arn:aws:s3:::reports/*",),
        ),
        Acceptance("b2", None, TODAY),
    )
)
EMPTY = '{\n  "schema": "iamlogic/baseline/1",\n  "findings": []\n}\n'


def test_a_baseline_is_written_for_people_and_for_merges() -> None:
    assert format_baseline(BASELINE) == WRITTEN
    assert format_baseline(Baseline()) == EMPTY


def test_a_baseline_is_read_as_it_was_written() -> None:
    assert parse_baseline(WRITTEN) == BASELINE
    assert parse_baseline(EMPTY) == Baseline()
    assert [str(each.where) for each in parse_baseline(WRITTEN, file="b.json").acceptances] == [
        "b.json: findings[0]",
        "b.json: findings[1]",
    ]


def test_an_entry_by_hand_needs_four_members() -> None:
    entry = '{"id": "a", "file": "*", "accepted": "2026-11-27", "expires": null}'
    text = f'{{"findings": [{entry}], "schema": "iamlogic/baseline/1"}}'
    assert parse_baseline(text).acceptances == (Acceptance("a", "*", TODAY),)


# Files


def test_a_baseline_knows_its_folder(tmp_path: Path) -> None:
    policy = tmp_path / "policies" / "reports.json"
    path = tmp_path / "ci" / "baseline.json"
    path.parent.mkdir()
    told = finding(file=str(policy))
    baseline = il.load_baseline(path, missing_ok=True)
    il.save_baseline(path, il.accept([told], baseline, TODAY, None, None))
    read = il.load_baseline(path)
    assert read.acceptances[0].file == "../policies/reports.json"
    assert il.judge([told], [], read, TODAY).counting == ()


def test_a_missing_baseline_is_an_error_unless_it_may_be_missing(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(il.PolicyReadError, match="no such file"):
        il.load_baseline(path)
    assert il.load_baseline(path, missing_ok=True) == Baseline()


def test_saving_keeps_links_and_permissions_and_leaves_nothing_else(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text(EMPTY)
    real.chmod(0o640)
    link = tmp_path / "baseline.json"
    link.symlink_to(real)
    il.save_baseline(link, BASELINE)
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == WRITTEN
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert {each.name for each in tmp_path.iterdir()} == {"real.json", "baseline.json"}


def test_a_new_baseline_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    il.save_baseline(tmp_path / "baseline.json", BASELINE)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_baseline_that_cannot_be_written_is_unharmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(EMPTY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(il.SettingsError, match="cannot be written: no space left on device"):
        il.save_baseline(path, BASELINE)
    assert path.read_text() == EMPTY
    assert [each.name for each in tmp_path.iterdir()] == ["baseline.json"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(il.SettingsError, match=r"baseline.json: baseline: cannot be written: no"):
        il.save_baseline(tmp_path / "none" / "baseline.json", BASELINE)


# Mistakes


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(il.SettingsError) as caught:
        parse_baseline(text, file="baseline.json")
    return caught.value.problems


def entry(**changes: object) -> str:
    """A baseline of one entry, each member on its line, with some changed; None takes one away."""
    members = {"id": "a", "file": "f", "accepted": "2026-11-27", "expires": "2027-02-25"} | changes
    lines = [f'"{name}": {json.dumps(value)}' for name, value in members.items()]
    head = '{"schema": "iamlogic/baseline/1", "findings": [{'
    return head + "\n" + ",\n".join(lines) + "\n}]}"


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("", (1, 1), "this is not JSON: expecting value", None),
        ("{\n  'a': 1}", (2, 3), "this is not JSON", None),
        ("[]", (1, 1), "found a list, expected a JSON object", None),
        ("{}", (1, 1), 'there is no "schema" and no "findings" here', None),
        ('{"schema": "iamlogic/baseline/1"}', (1, 1), 'there is no "findings" here', None),
        ('{"schema": 1, "findings": []}', (1, 12), "found a number, expected", "version"),
        (
            '{"schema": "iamlogic/baseline/2", "findings": []}',
            (1, 12),
            'expected the text "iamlogic/baseline/1"',
            "another version",
        ),
        (
            '{"schema": "iamlogic/baseline/1", "findings": {}}',
            (1, 47),
            "found a JSON object, expected a list",
            None,
        ),
        (
            '{"schema": "iamlogic/baseline/1", "findings": [1]}',
            (1, 48),
            "found a number, expected a JSON object",
            None,
        ),
        (entry(id=7), (2, 7), "found a number, expected a text", None),
        (entry(id=""), (2, 7), "the id is empty", None),
        (entry(file=[]), (3, 9), "found a list, expected a text or null", None),
        (entry(accepted=None), (4, 13), "found null, expected a date as 2026-01-31", None),
        (entry(accepted="27.11.2026"), (4, 13), "expected a date as 2026-01-31", None),
        (entry(accepted="20261127"), (4, 13), "expected a date as 2026-01-31", None),
        (entry(accepted="2026-W48-5"), (4, 13), "expected a date as 2026-01-31", None),
        (entry(accepted="2026-11-31"), (4, 13), "expected a date as 2026-01-31", None),
        (entry(expires="2027-02-25T00:00:00Z"), (5, 12), "expected a date", None),
        (entry(expires=False), (5, 12), "found false, expected a date", None),
        (entry(expires="2026-11-26"), (5, 12), "it expires before it was accepted", None),
        (entry(reason=5), (6, 11), "found a number, expected a text or null", None),
        (entry(actions={}), (6, 12), "found a JSON object, expected a list of texts", None),
        (entry(actions=["a", None]), (6, 18), "found null, expected a text", None),
        (entry(expired="2027-02-25"), (6, 12), 'there is no "expired" here', '"expires"'),
        (
            entry().replace('"file": "f"', '"id": "a"'),
            (1, 48),
            '"id" occurs twice in one object',
            "after a merge",
        ),
        (
            entry().replace('"file": "f",\n', ""),
            (1, 48),
            'there is no "file" here',
            None,
        ),
        (
            entry().replace("}]}", '},\n{"id": "a", "file": "f", "accepted": "2026-11-27", ')
            + '"expires": null}]}',
            (7, 1),
            'the finding "a" is accepted twice for this file',
            "after a merge",
        ),
        (
            entry().replace('"file"', '<<<<<<< HEAD\n"file"'),
            (3, 1),
            "this is not JSON",
            "resolve the merge conflict first",
        ),
        ("[" * 100_000, (1, 1), "stand too deep in each other", None),
    ],
)
def test_a_mistake_is_told_with_its_place(
    text: str, place: tuple[int, int], message: str, hint: str | None
) -> None:
    (problem,) = problems(text)
    assert message in problem.message
    assert problem.where.file == "baseline.json"
    assert (problem.where.line, problem.where.column) == place
    if hint is None:
        assert problem.hint is None
    else:
        assert hint in (problem.hint or "")


def test_all_mistakes_are_told_at_once() -> None:
    told = problems(entry(id=7, accepted="yesterday", expires="tomorrow"))
    assert [each.where.dotted for each in told] == [
        "findings[0].id",
        "findings[0].accepted",
        "findings[0].expires",
    ]


def test_a_number_of_many_digits_is_a_number() -> None:
    (problem,) = problems(entry().replace('"a"', "1" * 10_000))
    assert problem.message == "found a number, expected a text"


def test_reading_stops_at_some_time() -> None:
    text = '{"schema": "iamlogic/baseline/1", "findings": [' + "0," * 1000 + "0]}"
    assert len(problems(text)) == MAX_PROBLEMS + 1


def test_where_a_text_is_too_large_for_places_its_path_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(baseline_file, "MAX_PLACED", 10)
    (problem,) = problems(entry(id=7))
    assert str(problem) == ("baseline.json: findings[0].id: found a number, expected a text")


def test_a_file_beyond_all_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline_file, "MAX_BASELINE", 10)
    path = tmp_path / "baseline.json"
    path.write_text(EMPTY)
    with pytest.raises(il.SettingsError, match="more than the 10 bytes"):
        il.load_baseline(path)


# Laws

TEXTS = st.text(max_size=6) | st.sampled_from(["\ud800", "\u202e", "\x7f", "\U000e0001", '"\\'])
DATES = st.dates(date(2026, 1, 1), date(2026, 12, 31))
LATER = st.none() | st.dates(date(2027, 1, 1))
ENTRIES = st.builds(
    Acceptance,
    st.text(min_size=1, max_size=4),
    st.none() | TEXTS,
    DATES,
    LATER,
    st.none() | TEXTS,
    st.none() | TEXTS,
    *[st.lists(TEXTS, max_size=2).map(tuple)] * 3,
)
BASELINES = st.lists(ENTRIES, max_size=4, unique_by=lambda each: each.key).map(
    lambda entries: Baseline(tuple(entries))
)


@given(BASELINES)
def test_a_round_trip_is_the_same_and_the_same_bytes(baseline: Baseline) -> None:
    text = format_baseline(baseline)
    read = parse_baseline(text)
    assert read == baseline
    assert format_baseline(read).encode() == text.encode()


@given(BASELINES)
def test_nothing_hides_in_a_baseline(baseline: Baseline) -> None:
    assert all(line.isprintable() for line in format_baseline(baseline).split("\n"))


@given(
    st.lists(ENTRIES, max_size=4, unique_by=lambda each: each.key).flatmap(
        lambda entries: st.tuples(st.just(entries), st.permutations(entries))
    )
)
def test_the_order_of_acceptances_does_not_matter(
    entries: tuple[list[Acceptance], list[Acceptance]],
) -> None:
    first, second = (Baseline(tuple(each)) for each in entries)
    assert format_baseline(first) == format_baseline(second)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | DATES.map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["schema", "findings", "id", "file", "x"]), inner)
    ),
    max_leaves=6,
)


@given(JSON, st.sampled_from(["id", "file", "accepted", "expires", "reason", "actions"]))
def test_whatever_stands_in_an_entry_is_read_or_an_error(value: object, member: str) -> None:
    for text in (json.dumps(value), entry(**{member: value})):
        with suppress(il.SettingsError):
            assert isinstance(parse_baseline(text), Baseline)
