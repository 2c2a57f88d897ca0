"""YAML becomes the tree of the JSON that means the same, with exact places, whatever the text."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.errors import PolicySyntaxError
from iamlogic.inputs.yaml_tree import MAX_NODES, content_start, read_yaml
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.json_tree import (
    MAX_DEPTH,
    MAX_TEXT,
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
)
from iamlogic.syntax.problems import Document


def tree(text: str) -> JsonValue:
    (root,) = read_yaml(text, Document(text, "file.yaml"))
    return root


def positions(node: JsonValue) -> list[tuple[str, int]]:
    """Every name and every text, with where it stands."""
    match node:
        case JsonString(text, position) | JsonNumber(text, position):
            return [(text, position)]
        case JsonList(items, _):
            return [each for item in items for each in positions(item)]
        case JsonObject(members, _):
            found = []
            for member in members:
                found += [(member.name, member.position), *positions(member.value)]
            return found
    return []


SAME_AS_JSON = [
    ("a: b", {"a": "b"}),
    ("- a\n- [b, c]", ["a", ["b", "c"]]),
    ("{a: 1, b: 1.5, c: -2}", {"a": 1, "b": 1.5, "c": -2}),
    ("[true, False, yes, off, null, ~, '']", [True, False, True, False, None, None, ""]),
    ("a:", {"a": None}),
    ("Version: 2012-10-17", {"Version": "2012-10-17"}),
    ("at: 2012-10-17T00:00:00Z", {"at": "2012-10-17T00:00:00Z"}),
    ("id: 012345678901", {"id": "012345678901"}),
    ("id: 001234567", {"id": "001234567"}),
    ("[0x10, 1_000, 190:20:30, .inf, +1]", ["0x10", "1_000", "190:20:30", ".inf", "+1"]),
    ("a: 'true'", {"a": "true"}),
    ("a: !!str true", {"a": "true"}),
    ("a: ! 1", {"a": "1"}),
    ("on: x", {"on": "x"}),
    ("1: x", {"1": "x"}),
    ("~: x", {"~": "x"}),
    # Short forms are long forms
    ("!Ref A", {"Ref": "A"}),
    ("!Condition A", {"Condition": "A"}),
    ("!Sub 'x'", {"Fn::Sub": "x"}),
    ("!Sub 1", {"Fn::Sub": "1"}),
    ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
    ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
    ("!If [A, !Ref B, c]", {"Fn::If": ["A", {"Ref": "B"}, "c"]}),
    ("!Join ['', [a]]", {"Fn::Join": ["", ["a"]]}),
    ("!Transform {Name: x}", {"Fn::Transform": {"Name": "x"}}),
    ("!Base64 {Fn::Sub: x}", {"Fn::Base64": {"Fn::Sub": "x"}}),
    ("!Not [!Equals [a, b]]", {"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}),
    ("!python/object:os.system x", {"Fn::python/object:os.system": "x"}),
    # Anchors and merging
    ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
    ("d: {<<: [{a: 1}, {a: 2, b: 3}]}", {"d": {"a": 1, "b": 3}}),
    ("'<<': x", {"<<": "x"}),
    ("\ufeffa: b", {"a": "b"}),
]


def decoded(node: JsonValue) -> object:
    match node:
        case JsonObject(members, _):
            return {member.name: decoded(member.value) for member in members}
        case JsonList(items, _):
            return [decoded(item) for item in items]
        case JsonNumber(text, _):
            return json.loads(text)
        case JsonString(value, _) | JsonBool(value, _):
            return value
        case JsonNull():
            return None


@pytest.mark.parametrize(("text", "value"), SAME_AS_JSON, ids=[case[0] for case in SAME_AS_JSON])
def test_yaml_means(text: str, value: object) -> None:
    assert decoded(tree(text)) == value


PLACED = """\
# A comment with é
Résumé: &anchor "quoted"
Block: !Sub |
  text
List:
- !Ref Plain
-   spaced
- !GetAtt
  Later.Arn
Merged: {key: 'single'}\r
Last: value
"""


def test_every_node_knows_where_it_stands() -> None:
    for text, position in positions(tree(PLACED)):
        shown = PLACED[position:].lstrip("\"'|\n ")
        assert shown.startswith((text.strip(), "!Sub", "!Ref", "!GetAtt", "Later."))


def test_a_short_form_stands_where_its_tag_does_and_its_argument_after_it() -> None:
    text = "a: !Sub\n  'x'"
    (member,) = tree(text).members  # type: ignore[union-attr]
    (inner,) = member.value.members
    assert (member.value.position, inner.position) == (3, 3)
    assert inner.value == JsonString("x", text.index("'"))


@pytest.mark.parametrize(
    ("text", "start"),
    [("!Sub x", 5), ("&a !Ref x", 8), ("!Sub |\n x", 5), ("!If\n  - a", 6), ("x", 0), ("*a", 0)],
)
def test_content_starts_after_tag_and_anchor(text: str, start: int) -> None:
    assert content_start(text, 0) == start


def test_a_name_that_is_there_twice_stays_twice() -> None:
    node = tree("a: 1\na: 2")
    assert isinstance(node, JsonObject)
    assert [member.name for member in node.members] == ["a", "a"]


def test_every_document_of_a_text_is_read() -> None:
    text = "a: 1\n---\nb: 2\n---\n"
    assert [decoded(root) for root in read_yaml(text, Document(text, None))] == [
        {"a": 1},
        {"b": 2},
        None,
    ]


REFUSED = [
    ("a:\n\t- b", 2, 1, "tab"),
    ("a: [b", 1, 6, "no YAML"),
    ("a: b: c", 1, 5, "mapping values"),
    ("a: *nothing", 1, 4, "no anchor &nothing"),
    ("a: \x01", 1, 4, "U+0001"),
    ("\n\n? [a]\n: b", 3, 3, "must be a text"),
    ("a: {<<: 1}", 1, 9, "<< merges mappings"),
    ("a: @b", 1, 4, "no YAML"),
    ("a: \ud800", 1, 4, "U+D800"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), REFUSED)
def test_what_is_no_yaml_says_where_and_why(
    text: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(PolicySyntaxError, match=r"(?s).") as raised:
        tree(text)
    problem = raised.value.problems[0]
    assert (problem.where.line, problem.where.column) == (line, column)
    assert message in str(raised.value)


def test_aliases_that_multiply_are_bounded() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    with pytest.raises(PolicySyntaxError, match=f"more than the {MAX_NODES:,} nodes"):
        tree("\n".join(lines))


@pytest.mark.parametrize(
    "text",
    [
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "[" * 100_000,
        "- " * 200 + "a",
        "a: &a " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 40 + "*a" + "]" * 40,
        "a: &a "
        + "[" * 40
        + "]" * 40
        + "\nb: &b "
        + "[" * 20
        + "*a"
        + "]" * 20
        + "\nc: [[[[*b]]]]",
    ],
    ids=["brackets", "many brackets", "dashes", "an alias", "an alias of an alias"],
)
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(PolicySyntaxError):
        tree(text)


def test_depth_up_to_the_bound_is_read() -> None:
    assert isinstance(tree("[" * MAX_DEPTH + "]" * MAX_DEPTH), JsonList)


def test_size_is_bounded() -> None:
    with pytest.raises(PolicySyntaxError, match="characters, more than"):
        tree("a" * (MAX_TEXT + 1))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('abé日\n\t"\\:{}[]#, -', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcé", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values)
def test_json_is_read_as_the_same_tree(value: object) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    assert tree(text) == read_json_text(text)


@given(st.text(st.sampled_from("ab:-[]{}!&*|>'\"\\\n\t #,?%@`~0.<"), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(PolicySyntaxError):  # and nothing else
        read_yaml(text, Document(text, None))
