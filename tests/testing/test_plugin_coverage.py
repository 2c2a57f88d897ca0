"""`pytest --policy-coverage`: which parts of policies the tests of a run touched.

Each run is a process of its own: the option replaces the functions of `iamlogic` while it lasts.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

POLICY = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
  ]
}
"""
REQUEST = """\
import pytest
import iamlogic as il
from iamlogic import evaluate
from iamlogic.testing import assert_allows, assert_never_allows

def reads():
    alice = "arn:aws:iam::111122223333:user/alice"
    return il.Request(principal=alice, action="s3:GetObject", resource="arn:aws:s3:::logs/a")

"""
BY_NAME = (
    REQUEST
    + """\
def test_it():
    assert evaluate(il.load("a.json"), reads()).outcome is il.Outcome.ALLOWED
"""
)


@pytest.fixture
def folder(pytester: pytest.Pytester) -> Path:
    (pytester.path / "a.json").write_text(POLICY)
    return pytester.path


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    usual = ("-p", "no:benchmark", "-p", "no:cacheprovider")
    return pytester.runpytest_subprocess(*usual, *arguments)


def rows(result: pytest.RunResult) -> dict[str, list[str]]:
    """The cells of the table, by policy."""
    text = result.stdout.str()
    assert "- policy coverage -" in text
    found = re.findall(r"(?m)^(\S.*?) {3,}(\d+) +(\d+) +(\d+%) +(\d+%) +(\d+%)(?: {3}(.*))?$", text)
    return {name: list(cells) for name, *cells in found}


@pytest.mark.usefixtures("folder")
def test_requests_of_tests_are_counted_however_they_are_made(pytester: pytest.Pytester) -> None:
    calls = {
        "name": "evaluate(p, reads())",
        "module": "il.evaluate(p, reads())",
        "assertion": "assert_allows(p, reads())",
    }
    for call in calls.values():
        pytester.makepyfile(REQUEST + f"def test_it():\n    p = il.load('a.json')\n    {call}\n")
        result = run(pytester, "--policy-coverage")
        result.assert_outcomes(passed=1)
        assert rows(result)["a.json"] == ["2", "1", "43%", "0%", "43%", "4, 5"], call


@pytest.mark.usefixtures("folder")
def test_names_that_were_imported_before_are_heard(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """\
import pytest
from iamlogic import evaluate as ask

@pytest.fixture
def asked():
    return ask
"""
    )
    pytester.makepyfile(REQUEST + "def test_it(asked): asked(il.load('a.json'), reads())\n")
    for workers in ("0", "1"):
        result = run(pytester, "--policy-coverage", "-n", workers)
        result.assert_outcomes(passed=1)
        assert rows(result)["a.json"][2] == "43%"


@pytest.mark.usefixtures("folder")
def test_proofs_are_a_column_of_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        REQUEST
        + """\
def test_it():
    assert_never_allows(il.load("a.json"), {"Action": "s3:DeleteObject"})
"""
    )
    result = run(pytester, "--policy-coverage")
    assert rows(result)["a.json"] == ["2", "1", "0%", "43%", "43%", "4"]


def test_a_policy_that_nobody_asked_about_shows_with_nothing(
    pytester: pytest.Pytester, folder: Path
) -> None:
    (folder / "b.json").write_text(POLICY)
    pytester.makepyfile(
        REQUEST
        + """\
def test_load():
    il.load("a.json")

@pytest.mark.policy("b.json")
def test_marked(policy):
    pass
"""
    )
    result = run(pytester, "--policy-coverage")
    result.assert_outcomes(passed=2)
    found = rows(result)
    assert found["a.json"] == found["b.json"] == ["2", "2", "0%", "0%", "0%", "4, 5"]
    assert found["TOTAL"][:5] == ["4", "4", "0%", "0%", "0%"]


def test_guardrails_are_proofs(pytester: pytest.Pytester, folder: Path) -> None:
    (folder / "iamlogic.toml").write_text(
        '[[guardrail]]\nname = "a"\nmessage = "b"\nnever.Action = "s3:DeleteObject"\n'
    )
    result = run(pytester, "--policy-coverage", "--guardrails", "iamlogic.toml")
    result.assert_outcomes(passed=1)
    assert rows(result)["a.json"] == ["2", "1", "0%", "43%", "43%", "4"]


@pytest.mark.usefixtures("folder")
def test_workers_add_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_one=BY_NAME,
        test_two=BY_NAME.replace("GetObject", "PutObject"),
        test_three=REQUEST
        + "def test_it(): il.never_allows(il.load('a.json'), il.Scope({'Action': 's3:Del*'}))\n",
    )
    result = run(pytester, "--policy-coverage", "-n", "2")
    result.assert_outcomes(passed=3)
    assert rows(result)["a.json"] == ["2", "0", "57%", "43%", "100%", ""]


@pytest.mark.usefixtures("folder")
def test_what_hypothesis_draws_is_recorded(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        REQUEST
        + """\
from hypothesis import given, settings, strategies as st

@given(st.sampled_from(["s3:GetObject", "s3:PutObject"]), st.text("abc", min_size=1))
@settings(max_examples=500, deadline=None)
def test_it(action, key):
    policy = il.load("a.json")
    evaluate(policy, il.Request("111122223333", action, "arn:aws:s3:::logs/" + key))
""".replace('"111122223333"', '"arn:aws:iam::111122223333:root"')
    )
    result = run(pytester, "--policy-coverage")
    result.assert_outcomes(passed=1)
    assert rows(result)["a.json"] == ["2", "1", "57%", "0%", "57%", "5"]


def test_the_page_is_written_where_pytest_was_started(
    pytester: pytest.Pytester, folder: Path
) -> None:
    pytester.makepyfile(BY_NAME)
    result = run(pytester, "--policy-coverage=out/policies.html")
    result.stdout.fnmatch_lines(["policy coverage as a page: out/policies.html"])
    page = (folder / "out/policies.html").read_text()
    assert "<title>Policy coverage: 43 %</title>" in page
    assert '<mark class="missing" title="touched by nothing">&#34;s3:PutObject&#34;</mark>' in page


def test_what_to_run_is_not_taken_for_the_page(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--policy-coverage", "tests")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "--policy-coverage: tests is no HTML file" in result.stderr.str()


def test_that_the_page_needs_a_library_is_told_before_the_tests(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest("import sys\nsys.modules['jinja2'] = None")
    result = run(pytester, "--policy-coverage=a.html")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'iamlogic[pytest]'" in result.stderr.str()


def test_a_run_without_policies_says_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester, "--policy-coverage")
    result.stdout.fnmatch_lines(["no test had a policy in hand"])


@pytest.mark.usefixtures("folder")
def test_without_the_option_nothing_listens(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BY_NAME + "    assert not hasattr(evaluate, '__wrapped__')\n")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "policy coverage" not in result.stdout.str()
