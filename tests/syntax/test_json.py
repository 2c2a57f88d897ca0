"""Text that is not JSON is one error, at the right place, with the likely fix (R-P1, R-P11)."""

import json

import pytest

import iamlogic as il
from iamlogic.syntax.json_tree import MAX_DEPTH, MAX_TEXT


def problem_of(text: str | bytes) -> il.Problem:
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse(text)
    assert len(caught.value.problems) == 1, caught.value
    return caught.value.problems[0]


MISTAKES = [
    # text, line, column, part of the message, part of the hint
    ("", 1, 1, "the text is empty", None),
    (" \n\t ", 1, 1, "the text is empty", None),
    ("\ufeff{}", 1, 1, "byte order mark", "without BOM"),
    ("<!DOCTYPE html><html></html>", 1, 1, "HTML", "login"),
    ("%7B%22Version%22%3A%222012-10-17%22%7D", 1, 1, "URL-encoded", "decode"),
    ('{\\"Version\\": \\"2012-10-17\\"}', 1, 1, "escaped", "decode it first"),
    ("Version: '2012-10-17'\nStatement: []", 1, 1, "YAML", "convert"),
    ("---\nStatement: []", 1, 1, "YAML", "convert"),
    ('data "aws_iam_policy_document" "p" {}', 1, 1, "Terraform", "json"),
    ("{\0", 1, 1, "NUL", "UTF-16"),
    ("hello", 1, 1, "found hello, expected a policy", None),
    ('{"a": 1,}', 1, 8, 'comma before "}"', "remove this comma"),
    ('{"a": ["x", "y",\n]}', 1, 16, 'comma before "]"', "remove this comma"),
    ('{"a": [1,,2]}', 1, 10, "found a comma", "remove this comma"),
    ('{,"a": 1}', 1, 2, "found a comma", "remove this comma"),
    ('{"a": 1\n "b": 2}', 1, 8, 'found "b" at line 2, column 2', "comma missing"),
    ('{"a": ["x" "y"]}', 1, 11, 'found "y"', "comma missing"),
    ('{"a": [{} {}]}', 1, 10, 'found "{"', "comma missing"),
    ('{"a" 1}', 1, 6, 'expected ":"', None),
    ('{"a" = 1}', 1, 6, 'found "=", expected ":"', None),
    ("{'a': 1}", 1, 2, "found '", "straight double quotes"),
    ("{\"a\": 'x'}", 1, 7, "found '", "straight double quotes"),
    ("{“a”: 1}", 1, 2, "found “", "straight double quotes"),
    ("{Version: 1}", 1, 2, "Version without quotes", 'write "Version"'),
    ('{"a": True}', 1, 7, "found True", "write true"),
    ('{"a": False}', 1, 7, "found False", "write false"),
    ('{"a": None}', 1, 7, "found None", "write null"),
    ('{"a": truee}', 1, 7, "found truee", '"truee"'),
    ('{"a": yes}', 1, 7, "found yes", '"yes"'),
    ('{"a": NaN}', 1, 7, "no such number", None),
    ('{"a": -Infinity}', 1, 7, "no such number", None),
    ('{"a": 012}', 1, 7, "not a number", "leading zero"),
    ('{"a": -01}', 1, 7, "not a number", "leading zero"),
    ('{"a": +1}', 1, 7, "not a number", "plus"),
    ('{"a": .5}', 1, 7, "not a number", "look like"),
    ('{"a": 1.}', 1, 7, "not a number", "look like"),
    ('{"a": 1e}', 1, 7, "not a number", "look like"),
    ('{"a": 0x1F}', 1, 7, "not a number", "look like"),
    ("{1: 2}", 1, 2, "expected a member name", None),
    ("// a\n{}", 1, 1, "no comments", "remove"),
    ('{"a": 1, # b\n"c": 2}', 1, 10, "no comments", "remove"),
    ('{\n"a": /* b */ 1}', 2, 6, "no comments", "remove"),
    ('{"a": "x\ny"}', 1, 7, "does not end on its line", "missing"),
    ('{"a": "x\ty"}', 1, 9, "control character (U+0009)", "\\u0009"),
    ('{"a": "\\q"}', 1, 8, "\\q is no escape", "backslash"),
    ('{"a": ["b", "c\\x"]}', 1, 15, "\\x is no escape", "backslash"),
    ('{"a": "it\\\'s"}', 1, 10, "\\' is no escape", "backslash"),
    ('{"a": "\\u12"}', 1, 8, "four hexadecimal digits", None),
    ('{"a": "\\ud800"}', 1, 8, "half of a surrogate pair", None),
    ('{"a": "\\udc00\\ud800"}', 1, 8, "half of a surrogate pair", None),
    ('{"a": "\\ud83d\\ude00 \\ude00"}', 1, 21, "half of a surrogate pair", None),
    ('{"a": ["\\n", "\\ud83d"]}', 1, 15, "half of a surrogate pair", None),
    ('{"a\\ud83d": 1}', 1, 4, "half of a surrogate pair", None),
    ('{"a": "\ud800"}', 1, 8, "lone surrogate (U+D800)", None),
    ('{"a": "b', 1, 7, "never closed", "missing at its end"),
    ('{"a": ["b", "c"', 1, 16, "ends too early", '"[" at line 1, column 7'),
    ('{"a": {\n"b": 1', 2, 7, "ends too early", '"{" at line 1, column 7'),
    ('{"a":', 1, 6, "ends too early, expected a value", "never closed"),
    ('{"a": [1}', 1, 9, 'found "}"', '"[" at line 1, column 7 is still open'),
    ('{"a": 1]', 1, 8, 'found "]", expected "," or "}"', "still open"),
    ("]", 1, 1, 'found "]"', None),
    ("{} {}", 1, 4, "after the end", "one text holds one policy"),
    ("{} x", 1, 4, "after the end", "remove"),
    ("{};", 1, 3, "after the end", "remove"),
    ("{}}", 1, 3, "after the end", "remove"),
    ('{"a": @}', 1, 7, 'found "@"', None),
    ('{"a": \x07}', 1, 7, "U+0007", None),
    ("null", 1, 1, "found null", None),
    ("[]", 1, 1, "found an empty list", "one object"),
    ('"{}"', 1, 1, "found the text", "inside a JSON text"),
    ("[" * (MAX_DEPTH + 1), 1, MAX_DEPTH + 1, "deep", None),
    ('{"a":' * 100_000, 1, 5 * MAX_DEPTH + 1, "deep", None),
    ("[" * 1_000_000 + "]" * 1_000_000, 1, MAX_DEPTH + 1, "deep", None),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "hint"), MISTAKES)
def test_a_mistake_in_json_is_told_where_it_stands(
    text: str, line: int, column: int, message: str, hint: str | None
) -> None:
    problem = problem_of(text)
    assert (problem.where.line, problem.where.column) == (line, column), problem
    assert message in problem.message
    assert (hint or "") in (problem.hint or "")
    assert problem.rule == "R-P1"


@pytest.mark.parametrize(
    ("content", "line", "column", "hint"),
    [
        (b'{"a": "\xff"}', 1, 8, "save the file as UTF-8"),
        ('{\n"ä": "'.encode() + b"\xe4", 2, 7, "save the file as UTF-8"),
        ("{}".encode("utf-16"), 1, 1, "UTF-16"),
        ("{}".encode("utf-8-sig"), 1, 1, "without BOM"),
    ],
)
def test_bytes_that_are_no_utf8_are_told_where_they_stand(
    content: bytes, line: int, column: int, hint: str
) -> None:
    problem = problem_of(content)
    assert (problem.where.line, problem.where.column) == (line, column)
    assert hint in (problem.hint or "")


@pytest.mark.parametrize("content", [" " * (MAX_TEXT + 1), b" " * (MAX_TEXT + 1)])
def test_a_text_beyond_the_bound_is_refused(content: str | bytes) -> None:
    assert f"{MAX_TEXT:,}" in problem_of(content).message


def test_nesting_up_to_the_bound_is_json() -> None:
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse(f'{{"a": {deep}}}')
    assert not any("deep" in problem.message for problem in caught.value.problems)


def test_brackets_inside_texts_do_not_nest() -> None:
    policy = il.parse('{"Id": "[[\\"' + "[{" * 100 + '", "Statement": []}')
    assert policy.id == '[["' + "[{" * 100


@pytest.mark.parametrize(
    "written", ['"', "\\", "/", "\b\f\n\r\t", "ä€😀", "\U0010ffff", "\x7f\u2028", "\u0000"]
)
@pytest.mark.parametrize("ensure_ascii", [True, False])
def test_escapes_and_surrogate_pairs_decode(written: str, *, ensure_ascii: bool) -> None:
    document = {"Id": written, "Statement": {"Effect": "Deny", "Action": [], "Resource": []}}
    assert il.parse(json.dumps(document, ensure_ascii=ensure_ascii)).id == written


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"Statement": [], "Statement": []}', 19),
        (
            '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*", "Resource": "*"}}',
            35,
        ),
        ('{"Statement": [], "\\u0053tatement": []}', 19),
    ],
)
def test_the_same_member_twice_is_an_error(text: str, column: int) -> None:
    problem = problem_of(text)
    assert (problem.rule, problem.where.column) == ("R-P11", column)
    assert "occurs twice" in problem.message


def test_the_same_member_twice_is_an_error_inside_unknown_elements_too() -> None:
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse('{"Statement": [], "X": [{"y": {"z": 1, "z": 1}}]}')
    assert [problem.rule for problem in caught.value.problems] == ["R-P1", "R-P11"]


def test_an_error_shows_its_line_with_a_caret() -> None:
    assert str(problem_of('{\n  "Version": "2012-10-17",\n  "Statement": [],\n}')) == (
        'line 3, column 18: found a comma before "}", where nothing follows it [R-P1]\n'
        '      "Statement": [],\n'
        "                     ^\n"
        "    hint: remove this comma"
    )


DECODED = [
    ({1: 2}, "policy", "name is a Python int"),
    ({"Id": {"a": object()}}, "Id.a", "type object"),
    ({"Id": {"a", "b"}}, "Id", "type set"),
    ({"Id": b"x"}, "Id", "type bytes"),
    ({"Id": [float("nan")]}, "Id[0]", "nan"),
    ({"Id": float("inf")}, "Id", "inf"),
    ({"Id": "\ud800"}, "Id", "lone surrogate"),
    ({"\ud800": 1}, "policy", "lone surrogate"),
    ({"Id": 10**5000}, "Id", "digits"),
]


@pytest.mark.parametrize(("value", "path", "message"), DECODED)
def test_what_json_cannot_write_is_an_error_in_decoded_json(
    value: dict[str, object], path: str, message: str
) -> None:
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse(value)
    (problem,) = caught.value.problems
    assert problem.where.dotted == path
    assert message in problem.message
    assert (problem.where.line, problem.source_line) == (None, None)


def test_a_cycle_in_decoded_json_is_an_error() -> None:
    cycle: dict[str, object] = {}
    cycle["Statement"] = [cycle]
    with pytest.raises(il.PolicySyntaxError, match="deep"):
        il.parse(cycle)


def test_decoded_json_that_unfolds_without_end_is_an_error() -> None:
    shared: object = "x"
    for _ in range(MAX_DEPTH - 2):
        shared = [shared] * 10
    with pytest.raises(il.PolicySyntaxError, match="more than 2,000,000 values"):
        il.parse({"Statement": shared})
