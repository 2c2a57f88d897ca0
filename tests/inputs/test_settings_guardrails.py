"""Guardrails, parameters and the review in settings, TOML and YAML: what is read, and mistakes."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.errors import Problem
from iamlogic.inputs.settings import parse_settings, settings_file
from iamlogic.inputs.unresolved.placeholders import STAND_IN_ACCOUNT, Deployment
from iamlogic.questions.review.notices import Topic

WHOLE = """\
[[guardrail]]
name = "payroll-stays-inside"
message = "nobody outside the organization reads payroll"
severity = "warning"
files = ["policies/**/*.json", "*.yaml"]
except_files = "policies/old/"
types = ["resource policy", "role trust policy"]
never = { Action = "s3:GetObject", Resource = "arn:aws:s3:::payroll-*/*" }

[[guardrail.catches]]
principal = "anonymous"
action = "s3:GetObject"
resource = "arn:aws:s3:::payroll-1/a"
context = { "aws:SecureTransport" = true, "aws:TagKeys" = ["a", "b"], "s3:max-keys" = 3 }

[[guardrail]]
name = "everybody-may-say-who-they-are"
message = "sts:GetCallerIdentity is never refused"
[guardrail.always]
Action = "sts:GetCallerIdentity"
Condition.NumericLessThan."aws:MultiFactorAuthAge" = 3600

[parameters]
"AWS::AccountId" = "111122223333"
"AWS::Region" = "us-gov-west-1"
"AWS::Partition" = "aws-us-gov"
"AWS::StackName" = "logs"
BucketName = "acme-logs"
is_production = true
count = 3
empty = ""

[review]
fail_on = ["external", "guardrail"]
ignore = ["tests/fixtures/"]
baseline = "ci/accepted.json"
"""

WHOLE_IN_YAML = """\
guardrail:
  - name: payroll-stays-inside
    message: nobody outside the organization reads payroll
    severity: warning
    files: [policies/**/*.json, "*.yaml"]
    except_files: policies/old/
    types: [resource policy, role trust policy]
    never:
      Action: s3:GetObject
      Resource: arn:aws:s3:::payroll-*/*
    catches:
      - principal: anonymous
        action: s3:GetObject
        resource: arn:aws:s3:::payroll-1/a
        context: {"aws:SecureTransport": true, "aws:TagKeys": [a, b], "s3:max-keys": 3}
  - name: everybody-may-say-who-they-are
    message: sts:GetCallerIdentity is never refused
    always:
      Action: sts:GetCallerIdentity
      Condition: {NumericLessThan: {"aws:MultiFactorAuthAge": 3600}}
parameters:
  AWS::AccountId: "111122223333"
  AWS::Region: us-gov-west-1
  AWS::Partition: aws-us-gov
  AWS::StackName: logs
  BucketName: acme-logs
  is_production: true
  count: 3
  empty: ""
review:
  fail_on: [external, guardrail]
  ignore: [tests/fixtures/]
  baseline: ci/accepted.json
"""


def problems(text: str, file: str = "iamlogic.toml") -> tuple[Problem, ...]:
    with pytest.raises(il.SettingsError) as caught:
        parse_settings(text, file=file)
    return caught.value.problems


def the_problem(text: str, file: str = "iamlogic.toml") -> Problem:
    (problem,) = problems(text, file)
    return problem


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [(WHOLE, "iamlogic.toml", (1, 16)), (WHOLE_IN_YAML, "iamlogic.yaml", (2, 16))],
)
def test_guardrails_parameters_and_the_review_are_read(
    text: str, name: str, lines: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text)
    settings = il.load_settings(path)
    first, second = settings.guardrails
    assert first == il.Guardrail(
        "payroll-stays-inside",
        il.Demand.NEVER,
        il.Scope({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll-*/*"}),
        "nobody outside the organization reads payroll",
        il.Severity.WARNING,
        ("policies/**/*.json", "*.yaml"),
        ("policies/old/",),
        (il.PolicyType.RESOURCE, il.PolicyType.TRUST),
        (
            il.Request(
                "anonymous",
                "s3:GetObject",
                "arn:aws:s3:::payroll-1/a",
                {"aws:SecureTransport": "true", "aws:TagKeys": ["a", "b"], "s3:max-keys": "3"},
            ),
        ),
        where=first.where,
    )
    assert (second.demand, second.severity) == (il.Demand.ALWAYS, il.Severity.ERROR)
    condition = {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}
    assert second.scope == il.Scope({"Action": "sts:GetCallerIdentity", "Condition": condition})
    assert [each.where.line for each in (first, second)] == list(lines)
    further = {
        "AWS::StackName": "logs",
        "BucketName": "acme-logs",
        "is_production": "true",
        "count": "3",
        "empty": "",
    }
    assert settings.deployment == Deployment("aws-us-gov", "111122223333", "us-gov-west-1", further)
    assert settings.review == il.ReviewSettings(
        frozenset({Topic.EXTERNAL, Topic.GUARDRAIL}),
        ("tests/fixtures/",),
        str(tmp_path / "ci" / "accepted.json"),
    )


def test_what_nobody_says_is_left_open() -> None:
    settings = parse_settings("")
    assert settings.guardrails == ()
    assert settings.deployment == Deployment()
    assert settings.review == il.ReviewSettings(None, (), None)
    assert (
        parse_settings("review.fail_on = []").review.fail_on == frozenset()
    )  # nothing is not None
    assert parse_settings("# nothing yet\n", file="iamlogic.yml") == il.Settings(
        file="iamlogic.yml"
    )


def one(lines: str) -> str:
    """A guardrail whose other members are all right; `lines` begin in line 4."""
    return f'[[guardrail]]\nname = "a"\nmessage = "b"\n{lines}\n'


NEVER = 'never.Action = "s3:*"\n'


def example(lines: str) -> str:
    """An example, whose `lines` begin in line 6."""
    return one(f"{NEVER}[[guardrail.catches]]\n{lines}")


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("[guardrail]\n", (1, 2), "found a table, expected a list of guardrails", "[[guardrail]]"),
        ("guardrail = [1]\n", (1, 14), "found a number, expected a table", None),
        (f'[[guardrail]]\nmessage = "b"\n{NEVER}', (1, 3), "the guardrail has no name", None),
        (f'[[guardrail]]\nname = "a"\n{NEVER}', (1, 3), "has no message", "say what it is for"),
        (f'[[guardrail]]\nname = ""\nmessage = "b"\n{NEVER}', (2, 1), '"" is no name', "a letter"),
        (f'[[guardrail]]\nname = "a"\nmessage = " "\n{NEVER}', (3, 1), "message is empty", "say"),
        (one(""), (1, 3), "neither never nor always", "never = {"),
        (one(f'{NEVER}always.Action = "*"'), (5, 1), "both never and always", "two guardrails"),
        (one('nevr.Action = "*"'), (4, 1), 'there is no "nevr" here', 'did you mean "never"?'),
        (one(f"{NEVER}severity = 'fatal'"), (5, 1), '"fatal" is not a severity', "known are error"),
        (one(f"{NEVER}severity = 'warn'"), (5, 1), '"warn" is not', 'did you mean "warning"?'),
        (one(f"{NEVER}severity = 1"), (5, 1), "found a number, expected a severity", None),
        (
            one(f'{NEVER}types = ["identity", "a resource policy"]'),
            (5, 22),
            '"a resource policy" is not a type of policy',
            'did you mean "resource policy"?',
        ),
        (one(f"{NEVER}types = []"), (5, 1), "the list is empty: it is for no policy", "leave it"),
        (one(f"{NEVER}types = {{}}"), (5, 1), "found a table, expected a list of types", None),
        (one(f"{NEVER}files = []"), (5, 1), "the list is empty: it is for no file", "leave it out"),
        (one(f"{NEVER}files = 1"), (5, 1), "found a number, expected a list of globs", None),
        (one(f"{NEVER}files = ['a', 1]"), (5, 15), "found a number, expected a glob", None),
        (one(f"{NEVER}files = ['']"), (5, 10), "the glob is empty", None),
        (one(f"{NEVER}files = ['!a']"), (5, 10), "does not begin with !", "except_files"),
        (one(f"{NEVER}files = ['#a']"), (5, 10), "does not begin with #", '"\\#a"'),
        (one(f"{NEVER}files = ['./a']"), (5, 10), "starts at the repository's root", '"a"'),
        (one(f"{NEVER}files = ['../a']"), (5, 10), "starts at the repository's root", None),
        (one(f"{NEVER}files = ['a\\b']"), (5, 10), "has one / between folders", None),
        (one(f"{NEVER}files = ['a/../b']"), (5, 10), "starts at the repository's root", None),
        (one(f"{NEVER}files = ['a//b']"), (5, 10), "one / between folders", None),
        (one(f"{NEVER}files = ['/']"), (5, 10), "one / between folders", None),
        (one(f"{NEVER}files = ['[z-a]']"), (5, 10), "this is no glob", "[a-z]"),
        (one(f"{NEVER}files = ['[[:alpha:]]']"), (5, 10), "this is no glob", "[a-z]"),
        (one(f"{NEVER}except_files = [' a']"), (5, 17), "begins or ends with a blank", "leave"),
        (one("never = 's3:*'"), (4, 1), 'found the text "s3:*", expected a scope', "as { Action"),
        (one("never = {}"), (4, 1), "the scope has neither Action nor NotAction", "write *"),
        (
            one('never = { Action = "s3.GetObject" }'),
            (4, 11),
            'found "s3.GetObject"',
            'did you mean "s3:GetObject"?',
        ),
        (
            one('never = { Action = ["s3:*", 5], Resource = "*" }'),
            (4, 29),
            "found the number 5, expected an action as a text",
            None,
        ),
        (
            one('[guardrail.never]\nAction = "*"\nResources = "*"'),
            (6, 1),
            '"Resources" is no element of a scope',
            'did you mean "Resource"?',
        ),
        (
            one('[guardrail.never]\nEffect = "Allow"\nAction = "*"'),
            (5, 1),
            '"Effect" is no element of a scope',
            "remove it",
        ),
        (
            one('never.Action = "*"\nnever.Condition.StringEqual."aws:username" = "a"'),
            (5, 17),
            '"StringEqual" is no condition operator',
            "StringEquals",
        ),
        (
            one('never.Action = "*"\nnever.Condition.DateLessThan."aws:CurrentTime" = 2026-01-01'),
            (5, 30),
            "found a date or time without quotes, expected a text",
            "write it in quotes",
        ),
        (one(f"{NEVER}catches = {{}}"), (5, 1), "found a table, expected a list of requests", "[["),
        (example('action = "a:b"\nresource = "*"'), (5, 3), "the request has no principal", None),
        (example('principals = "a"'), (6, 1), 'there is no "principals" here', '"principal"'),
        (
            example('principal = "bob"\naction = "a:b"\nresource = "*"'),
            (5, 3),
            "'bob' is no principal",
            None,
        ),
        (
            example(
                'principal = "anonymous"\naction = "a:b"\nresource = "*"\n'
                "context = { a = 2026-01-01T00:00:00 }"
            ),
            (5, 3),
            "'a' is no condition key",
            None,
        ),
        ("[parameters]\n'AWS::AccountID' = '1'\n", (2, 1), "no pseudo parameter", "AccountId"),
        ("[parameters]\n'AWS::NoValue' = '1'\n", (2, 1), "no pseudo parameter", "known are"),
        ("[parameters]\n'AWS::AccountId' = '1'\n", (2, 1), 'is "1", expected an account', None),
        (
            f"[parameters]\n'AWS::AccountId' = '{STAND_IN_ACCOUNT}'\n",
            (2, 1),
            "expected an account's 12 digits",
            None,
        ),
        (
            "[parameters]\n'AWS::AccountId' = 111122223333\n'AWS::Region' = 'EU'\n",
            (3, 1),
            "EU",
            None,
        ),
        ("[parameters]\n'AWS::Partition' = 'amazon'\n", (2, 1), "a partition as aws", None),
        ("[parameters]\nv = 1.10\n", (2, 1), "found a number, expected a text", "in quotes"),
        ("[parameters]\nv = ['a']\n", (2, 1), "found a list, expected a text", '"a,b"'),
        ("[parameters]\nv = {}\n", (2, 1), "found a table, expected a text", None),
        ("[parameters]\n'var.v' = 'a'\n", (2, 1), '"var.v" is no name', 'did you mean "v"?'),
        ("[parameters]\n'' = 'a'\n", (2, 1), "the name of a parameter is empty", None),
        ("parameters = []\n", (1, 1), "found a list, expected a table", None),
        ("[review]\nfail = []\n", (2, 1), 'there is no "fail" here', "fail_on"),
        ("[review]\nfail_on = ['gaind']\n", (2, 12), 'no "gaind" to fail on', '"gained"'),
        ("[review]\nfail_on = ['x']\n", (2, 12), 'no "x" to fail on', "known are gained, external"),
        ("[review]\nfail_on = ['unreadable']\n", (2, 12), "nothing to choose", "leave it out"),
        ("[review]\nfail_on = 'gained'\n", (2, 1), "expected a list of texts", None),
        ("[review]\nignore = ['!a']\n", (2, 11), "does not begin with !", "except"),
        ("[review]\nbaseline = ''\n", (2, 1), "the name of the file is empty", "leave it out"),
        ("[review]\nbaseline = 1\n", (2, 1), "found a number, expected a file's name", None),
    ],
)
def test_a_mistake_is_told_with_its_place(
    text: str, place: tuple[int, int], message: str, hint: str | None
) -> None:
    problem = next(each for each in problems(text) if message in each.message)
    assert (problem.where.line, problem.where.column) == place
    assert problem.where.file == "iamlogic.toml"
    if hint is None:
        assert problem.hint is None
    else:
        assert hint in (problem.hint or "")


def test_without_the_library_for_globs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pathspec", None)
    with pytest.raises(
        il.IamlogicError, match=r"pathspec\n    hint: pip install 'iamlogic\[review"
    ):
        parse_settings(one(f"{NEVER}files = ['seen-nowhere-else/']"))
    assert parse_settings(one(NEVER)).guardrails  # without globs it is not needed


def test_a_mistake_is_told_once() -> None:
    for text in (one('never = { Action = "s3.GetObject" }'), one('nevr.Action = "*"'), example("")):
        told = [each.message for each in problems(text)]
        assert len(told) == len(set(told))
    assert len(problems(one('nevr.Action = "*"'))) == 1
    assert len(problems(f'[[guardrail]]\nnme = "a"\nmessage = "b"\n{NEVER}')) == 1


def test_all_mistakes_of_a_scope_are_told_by_its_own_reader() -> None:
    text = one('[guardrail.never]\nAction = ["s3", "s3:*"]\nPrincipal = "bob"\nNotAction = "*"')
    found = problems(text)
    assert [(each.where.line, each.where.column) for each in found] == [(5, 11), (6, 1), (7, 1)]
    assert [each.rule for each in found] == ["R-P16", "R-P18", "R-P4"]
    assert found[0].where.dotted == "guardrail[0].never.Action[0]"


def test_two_guardrails_of_one_name_are_told_apart() -> None:
    problem = the_problem(one(NEVER) + one(NEVER))
    assert problem.message == 'the guardrail "a" is there already, in line 1'
    assert problem.where.line == 6


# YAML


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("zone: {}\nzone: {}\n", (2, 1), '"zone" occurs twice in one mapping'),
        ("zone: {}\n---\nzone: {}\n", (3, 1), "here a second document begins"),
        ("zone: [}\n", (1, 8), ""),
        ("- zone\n", (1, 1), "found a list, expected a mapping"),
        ("guardrail:\n  name: a\n", (1, 1), "found a mapping, expected a list of guardrails"),
        ("guardrails: []\n", (1, 1), 'there is no "guardrails" here'),
        ("zone:\n", (1, 1), "found null, expected a mapping"),
        ("parameters:\n  v: 1.10\n", (2, 3), "found a number, expected a text"),
        ("parameters:\n  v: !Ref a\n", (2, 3), "found a mapping, expected a text"),
        ("zone:\n  accounts: [111122223333]\n", (2, 14), "found a number, expected a text"),
        ("archive:\n  - name: a\n", (2, 5), "the rule has no filter"),
    ],
)
def test_a_mistake_in_yaml_is_told_with_its_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    problem = the_problem(text, "iamlogic.yml")
    assert (problem.where.line, problem.where.column) == place
    assert message in problem.message
    assert problem.rule is None


def test_a_name_that_occurs_twice_hides_no_other_mistake() -> None:
    found = problems("zone: {}\nzones: {}\nzone: {}\n", "iamlogic.yaml")
    assert [each.where.line for each in found] == [2, 3]


@given(st.text("[]{}:-,'\"!&*#|> \nabceghilmnoprstuvz", max_size=60))
def test_any_text_in_yaml_is_settings_or_an_error(text: str) -> None:
    assert all(problem.where.line is not None for problem in told(text))


def told(text: str) -> tuple[Problem, ...]:
    try:
        parse_settings(text, file="iamlogic.yaml")
    except il.SettingsError as error:
        return error.problems
    return ()


# Which file


def test_a_folder_has_one_settings_file_or_none(tmp_path: Path) -> None:
    assert settings_file(tmp_path) is None
    (tmp_path / "iamlogic.yml").write_text("")
    assert settings_file(tmp_path) == str(tmp_path / "iamlogic.yml")
    (tmp_path / "iamlogic.toml").write_text("")
    with pytest.raises(
        il.SettingsError, match=r"iamlogic\.yml:1:1: there are settings in iamlogic"
    ):
        settings_file(tmp_path)


TOP = Path(__file__).parents[2]


def test_the_page_shows_settings_that_are_read() -> None:
    page = (TOP / "docs" / "how-to" / "guardrails.md").read_text()
    blocks = re.findall(r"^```(toml|yaml)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert {language for language, _ in blocks} == {"toml", "yaml"}
    for language, block in blocks:
        settings = parse_settings(block, file=f"iamlogic.{language}")
        assert settings.guardrails or settings.deployment.parameters or settings.review.ignore


def test_the_page_names_every_member_and_type() -> None:
    page = (TOP / "docs" / "how-to" / "guardrails.md").read_text()
    assert [each.value for each in il.PolicyType if f"`{each.value}`" not in page] == []
