"""`iamlogic.toml`: what it says, and every mistake in it at its line and column."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.cli.answers import complain
from iamlogic.errors import Problem
from iamlogic.inputs.settings import MAX_SETTINGS, parse_settings
from iamlogic.questions.external.filter_keys import FILTER_KEYS
from iamlogic.reports.json import error_json
from iamlogic.syntax.problems import MAX_PROBLEMS
from tests.strategies.findings import criteria

WHOLE = """
[zone]
accounts = ["111122223333", "222233334444"]
organization = "o-exampleorgid"
org_paths = ["o-exampleorgid/r-ab12/ou-ab12-11111111/"]
services = ["logging.s3.amazonaws.com"]

[[archive]]
name = "partner-reads-reports"
reason = "contract 4711, to the end of 2027"
filter.resource.eq = "arn:aws:s3:::reports"
filter."principal.AWS".eq = ["444455556666", "555566667777"]
filter.isPublic.eq = [false]

[[archive]]
name = "from-the-office"

[archive.filter]
"condition.aws:SourceIp" = { eq = ["203.0.113.0/24"], exists = true }
action = { contains = ["Get"], neq = ["s3:GetObject"] }
"""


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(il.SettingsError) as caught:
        parse_settings(text, file="iamlogic.toml")
    return caught.value.problems


def the_problem(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def in_filter(line: str) -> str:
    return f'[[archive]]\nname = "a"\n{line}\n'


def test_a_file_says_whom_to_trust_and_what_to_archive(tmp_path: Path) -> None:
    path = tmp_path / "iamlogic.toml"
    path.write_text(WHOLE)
    settings = il.load_settings(path)
    assert settings == il.Settings(
        il.Zone(
            {"111122223333", "222233334444"},
            "o-exampleorgid",
            {"o-exampleorgid/r-ab12/ou-ab12-11111111/"},
            {"logging.s3.amazonaws.com"},
        ),
        (
            il.ArchiveRule(
                "partner-reads-reports",
                (
                    il.Criterion("resource", eq=("arn:aws:s3:::reports",)),
                    il.Criterion("principal.AWS", eq=("444455556666", "555566667777")),
                    il.Criterion("isPublic", eq=("false",)),
                ),
                "contract 4711, to the end of 2027",
            ),
            il.ArchiveRule(
                "from-the-office",
                (
                    il.Criterion("condition.aws:SourceIp", eq=("203.0.113.0/24",), exists=True),
                    il.Criterion("action", contains=("Get",), neq=("s3:GetObject",)),
                ),
            ),
        ),
        str(path),
    )
    assert [str(rule.where) for rule in settings.archive] == [f"{path}:8:3", f"{path}:15:3"]


def test_a_file_may_say_nothing() -> None:
    assert parse_settings("# nothing yet\n") == il.Settings(None, (), None)


def test_an_empty_zone_is_not_no_zone() -> None:
    assert parse_settings("[zone]\n").zone == il.Zone()


def test_the_lines_of_windows_and_its_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "iamlogic.toml"
    path.write_bytes(b"\xef\xbb\xbf[zone]\r\naccounts = [\r\n]\r\nmore = 1\r\n")
    with pytest.raises(il.SettingsError) as caught:
        il.load_settings(path)
    assert caught.value.line == 4


# Mistakes


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("[zones]\n", (1, 2), 'there is no "zones" here', 'did you mean "zone"?'),
        ("xyz = 1\n", (1, 1), 'there is no "xyz" here', "known are zone, archive"),
        ("zone = 1\n", (1, 1), "found a number, expected a table", None),
        ("[zone]\naccount = []\n", (2, 1), 'there is no "account" here', '"accounts"'),
        ("[zone]\naccounts = 111122223333\n", (2, 1), "found a number, expected a list", None),
        ('[zone]\naccounts = "111122223333"\n', (2, 1), "expected a list of texts", None),
        (
            "[zone]\naccounts = [\n  111122223333,\n]\n",
            (3, 3),
            "found a number, expected a text",
            "write it in quotes",
        ),
        ('[zone]\naccounts = ["1"]\n', (2, 13), "accounts has '1': expected", None),
        ('[zone]\norganization = "o"\n', (2, 1), "organization has 'o': expected", None),
        ("[zone]\norganization = []\n", (2, 1), "found a list, expected a text", None),
        ("[zone]\norganization = 1979-05-27\n", (2, 1), "found a date or time", None),
        ('[zone]\norg_paths = ["r-1"]\n', (2, 14), "org_paths has 'r-1'", None),
        ("[zone]\nservices = [true]\n", (2, 13), "found true, expected a text", None),
        ("[archive]\n", (1, 2), "found a table, expected a list of rules", "[[archive]]"),
        ("archive = [1]\n", (1, 12), "found a number, expected a table", None),
        (
            "archive = []\nzone = { a.b = 1 }\n",
            (2, 10),
            'there is no "a" here',
            "known are accounts",
        ),
        ('[[archive]]\nname = "a"\n', (1, 3), "has no filter: it would archive every", None),
        ("[[archive]]\nfilter.isPublic.eq = true\n", (1, 3), "the rule has no name", None),
        (in_filter("filter = {}"), (3, 1), "the filter is empty", None),
        (in_filter("filter = []"), (3, 1), "found a list, expected a table", None),
        (in_filter("filters.isPublic.eq = true"), (3, 1), 'no "filters"', '"filter"'),
        (in_filter("filter.isPublic = false"), (3, 8), "expected a table of criteria", "eq = ["),
        (in_filter("filter.isPublic = {}"), (3, 8), "there is no criterion on isPublic", "neq"),
        (in_filter("filter.isPublic.equals = true"), (3, 17), 'no "equals"', "known are eq"),
        (in_filter("filter.isPublic.eq = []"), (3, 17), "the list is empty", None),
        (in_filter("filter.isPublic.eq = 1"), (3, 17), "found a number, expected a text", None),
        (in_filter('filter.isPublic.eq = [true, "no"]'), (3, 29), 'is never "no"', "true or"),
        (in_filter('filter.resource.exists = "true"'), (3, 17), "expected true or false", None),
        (
            in_filter('filter.resource.eq = ["a", ""]'),
            (3, 28),
            "a value of resource is empty",
            None,
        ),
        (
            in_filter('filter.resource = { eq = "a", exists = false }'),
            (3, 8),
            "cannot be absent and have a value",
            "leave out exists",
        ),
        (in_filter('filter.status.eq = "ACTIVE"'), (3, 8), "status can never match", "status"),
        (in_filter('filter.principal.AWS.eq = "*"'), (3, 8), "no filter key", '"principal.AWS"'),
        (
            in_filter('filter.condition.aws:SourceIp.eq = "10.0.0.0/8"'),
            (3, 21),
            "expected '=' after a key",
            "stands in quotes",
        ),
        (
            '[[archive]]\nname = "two words"\nfilter.isPublic.eq = true\n',
            (2, 1),
            '"two words" is no name',
            "letters, digits",
        ),
        (in_filter("name = 'b'"), (3, 11), "cannot overwrite a value", None),
    ],
)
def test_a_mistake_is_told_with_its_place(
    text: str, place: tuple[int, int], message: str, hint: str | None
) -> None:
    problem = the_problem(text)
    assert (problem.where.line, problem.where.column) == place
    assert message in problem.message
    assert problem.where.file == "iamlogic.toml"
    if hint is None:
        assert problem.hint is None
    else:
        assert hint in (problem.hint or "")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_text() -> None:
    text = (
        "[[archive]]\n"
        'name = "a"\n'
        'filter = { status.eq = "x", isPublic.eq = ["yes", "no"] }\n'
        "[zone]\n"
        'accounts = ["1"]\n'
    )
    assert [(each.where.line, each.where.column) for each in problems(text)] == [
        (3, 12),
        (3, 44),
        (3, 51),
        (5, 13),
    ]


def test_a_rule_with_a_mistake_is_no_rule_without_its_criterion() -> None:
    text = in_filter('filter.isPublic.eq = true\nfilter.resource.eq = ""')
    assert "a value of resource is empty" in the_problem(text).message


def test_two_rules_of_one_name_are_told_apart() -> None:
    rule = in_filter("filter.isPublic.eq = true")
    problem = the_problem(rule + rule)
    assert problem.message == 'the rule "a" is there already, in line 1'
    assert problem.where.line == 4


def test_an_error_shows_the_line() -> None:
    with pytest.raises(il.SettingsError) as caught:
        parse_settings('[zone]\naccounts = ["12"]\n', file="iamlogic.toml")
    assert str(caught.value) == (
        "iamlogic.toml:2:13: accounts has '12': expected an account's 12 digits\n"
        '    accounts = ["12"]\n'
        "                ^"
    )
    assert (caught.value.file, caught.value.line, caught.value.hint) == ("iamlogic.toml", 2, None)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems  # noqa: S301


def test_reading_stops_at_some_time() -> None:
    told = problems("".join(f"key{number} = 1\n" for number in range(1000)))
    assert len(told) == MAX_PROBLEMS + 1
    assert told[-1].message == f"reading stopped after {MAX_PROBLEMS} errors"


# Files


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(il.PolicyReadError, match="no such file"):
        il.load_settings(tmp_path / "iamlogic.toml")
    with pytest.raises(il.PolicyReadError, match="is a directory"):
        il.load_settings(tmp_path)
    with pytest.raises(il.PolicyReadError, match="null byte"):
        il.load_settings("iamlogic\0.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "iamlogic.toml"
    path.write_bytes(b"[zone]\n# \xff\n")
    with pytest.raises(il.SettingsError, match=r":2:3: byte 0xff is no UTF-8"):
        il.load_settings(path)


def test_a_file_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "iamlogic.toml"
    path.write_bytes(b"#" * (MAX_SETTINGS + 1))
    with pytest.raises(il.SettingsError, match="more than the 1,048,576 bytes"):
        il.load_settings(path)


# Laws


def written(rules: list[list[il.Criterion]]) -> str:
    lines = []
    for number, rule in enumerate(rules):
        lines += ["[[archive]]", f'name = "rule-{number}"']
        for each in rule:
            key = f'filter."{each.key}"'
            lines += [
                f"{key}.{member} = {[*values]}"
                for member in ("eq", "neq", "contains")
                if (values := getattr(each, member))
            ]
            if each.exists is not None:
                lines.append(f"{key}.exists = {str(each.exists).lower()}")
    return "\n".join(lines)


@given(
    st.lists(
        st.lists(criteria(), min_size=1, max_size=3, unique_by=lambda each: each.key), max_size=3
    )
)
def test_rules_are_read_as_they_are_written(rules: list[list[il.Criterion]]) -> None:
    read = parse_settings(written(rules)).archive
    assert [list(rule.criteria) for rule in read] == rules


@given(st.text("[]{}=.,'\"\\#\n abcefhinorvz", max_size=60))
def test_any_text_is_settings_or_an_error(text: str) -> None:
    assert all(problem.where.line is not None for problem in _told(text))


def _told(text: str) -> tuple[Problem, ...]:
    try:
        parse_settings(text)
    except il.SettingsError as error:
        return error.problems
    return ()


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "archive-rules.md"


def test_the_page_shows_settings_that_are_read() -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse_settings(block).archive


def test_the_page_names_every_filter_key() -> None:
    text = PAGE.read_text()
    assert [key for key in FILTER_KEYS if f"`{key}`" not in text] == []


def test_the_command_line_and_its_json_tell_every_problem(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(il.SettingsError) as caught:
        parse_settings("[zones]\nx = 1\n[archives]\n", file="iamlogic.toml")
    complain(caught.value)
    printed = capsys.readouterr().err
    assert printed.count("error: iamlogic.toml:") == 2
    document = json.loads(error_json(caught.value))
    assert document["error"] == "SettingsError"
    assert [each["line"] for each in document["problems"]] == [1, 3]
