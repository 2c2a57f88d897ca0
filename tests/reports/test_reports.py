"""What a report shows and how it sets it off, whatever stands in the policies."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

import iamlogic as il
from iamlogic.reports.json import comparison_json, error_json
from iamlogic.reports.markdown import code, comparison_markdown
from iamlogic.reports.text import print_comparison
from iamlogic.reports.wording import SHOWN, command

ALLOW: dict[str, object] = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::logs/*",
}
MANY = [f"arn:aws:s3:::bucket-{number:03}/*" for number in range(40)]


def policy(name: str, *statements: dict[str, object]) -> il.Policy:
    return il.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}), file=name)


def gained(*statements: dict[str, object]) -> il.Comparison:
    return il.compare(policy("before.json"), policy("after.json", *statements))


def text(comparison: il.Comparison, *, terminal: bool = False, width: int = 80) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        width=width,
        legacy_windows=False,
    )
    print_comparison(comparison, console)
    return stream.getvalue()


def test_long_lists_are_counted_in_text_and_markdown_but_whole_in_json() -> None:
    comparison = gained({**ALLOW, "Resource": MANY})
    shown = SHOWN - 1
    for report in (text(comparison), comparison_markdown(comparison)):
        assert sum(bucket in report.split("For example")[0] for bucket in MANY) == shown
        assert f"… {len(MANY) - shown} more" in report
    (difference,) = json.loads(comparison_json(comparison))["gained"]
    assert difference["region"]["Resource"] == MANY


def test_a_list_that_just_fits_is_not_shortened() -> None:
    assert "…" not in text(gained({**ALLOW, "Resource": MANY[:SHOWN]}))


def test_lists_are_wrapped_and_commands_are_not() -> None:
    long = f"arn:aws:s3:::logs/{'x' * 200}"
    lines = text(gained({**ALLOW, "Resource": [*MANY[:5], long]}), terminal=True, width=60).split(
        "\n"
    )
    assert max(len(line) for line in lines if "bucket-" in line and "--" not in line) <= 60
    assert any(long in line for line in lines)


def test_colour_marks_the_verdict_on_a_terminal() -> None:
    comparison = gained(ALLOW)
    assert text(comparison, terminal=True).startswith("\x1b[1;31mmore permissive\x1b[0m: ")
    assert "\x1b" not in text(comparison)


def test_json_gives_every_list_as_a_list_and_the_witness_as_a_request() -> None:
    principal = {"AWS": "arn:aws:iam::111122223333:user/bob"}
    condition = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    comparison = gained({**ALLOW, "Sid": "one", "Principal": principal, "Condition": condition})
    document = json.loads(comparison_json(comparison))
    assert (document["schema"], document["relation"]) == ("iamlogic/compare/1", "MORE_PERMISSIVE")
    assert (document["complete"], document["reason"], document["lost"]) == (True, None, [])
    (difference,) = document["gained"]
    assert difference["region"] == {
        "Principal": {"AWS": ["arn:aws:iam::111122223333:user/bob"]},
        "Action": ["s3:GetObject"],
        "Resource": ["arn:aws:s3:::logs/*"],
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["blue"]}},
    }
    assert difference["statement"]["sid"] == "one"
    assert difference["statement"]["file"] == "after.json"
    witness = il.Request.from_json(difference["witness"])
    assert il.evaluate(comparison.after, witness).outcome is il.Outcome.ALLOWED


@pytest.mark.parametrize("hostile", ["`", "``` x", "a`b``c", " a ", "`a`", "|<b>|", "*_[x](y)"])
def test_a_code_span_holds_any_text(hostile: str) -> None:
    span = code(hostile)
    fence = re.match("`+", span)
    assert fence is not None
    inside = span.removeprefix(fence[0]).removesuffix(fence[0])
    assert fence[0] not in re.findall("`+", inside)
    # CommonMark strips one space at each end where both have one.
    stripped = inside[1:-1] if inside[0] == inside[-1] == " " else inside
    assert stripped == hostile


def test_markdown_keeps_html_and_backticks_of_a_policy_inside_code() -> None:
    hostile = "arn:aws:s3:::a```<img src=x>|b"
    markdown = comparison_markdown(gained({**ALLOW, "Resource": hostile}))
    outside = re.sub(r"(?s)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)
    assert hostile in markdown
    assert "<" not in outside
    assert "|" not in outside


def test_a_policy_from_no_file_is_evaluated_from_standard_input() -> None:
    request = il.Request("arn:aws:iam::111122223333:user/alice", "s3:GetObject", "*")
    assert command(request, il.parse({"Statement": []}))[0] == "iamlogic evaluate -"


def test_what_no_option_can_say_is_said_as_json() -> None:
    request = il.Request(
        "arn:aws:iam::111122223333:user/alice", "s3:GetObject", "*", {"aws:RequestTag/a=b": "c"}
    )
    _, argument = command(request, policy("p.json"))
    assert argument.startswith("--request '{")
    assert il.Request.from_json(argument.removeprefix("--request ").strip("'")) == request


def test_what_is_not_modelled_is_told_with_its_place() -> None:
    error = il.Unsupported("a character", policy("after.json", ALLOW).statements[0].where)
    document = json.loads(error_json(error))
    assert (document["schema"], document["error"]) == ("iamlogic/error/1", "Unsupported")
    assert document["problems"][0]["message"] == "a character is not supported yet"
    assert document["problems"][0]["path"] == "Statement[0]"
