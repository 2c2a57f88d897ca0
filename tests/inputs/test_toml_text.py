"""The places of a TOML text are those of all that tomllib reads of it, and no others."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.errors import Path
from iamlogic.inputs.toml_text import MAX_DEPTH, NotToml, read_toml

# Every way to write a thing that could mislead a pass over the tokens.
EVERYTHING = '''
# a comment with [brackets] = { and , "quotes
title = "a # no comment, [no] {table} = x"
plain.dotted . "quo.ted" = 1.5 # 1.5 is one value
escaped."tab\\there" = 'literal # " \\'
long = """
[not.a.header]
key = "no key" \\""" and "" two
"""
ends = """two quotes at the end"""""
raw = \'\'\'
# no comment
it's [fine]\'\'\'
when = 1979-05-27T07:32:00-08:00
special = +inf
list = [
  1, # one
  [2, [3]],
  { a = 1, b.c = [ { d = 2 } ] },
  "x]y", # , ]
]
empty = []
nothing = {}

[ table . "with.dot" ]
x = 1
[table]
y = { z = [] }

[[rules]]
name = "a"
[rules.filter]
"principal.AWS".eq = ["1"]
[[rules.steps]]
n = 1
[[rules.steps]]
n = 2
[rules.steps.last]
n = 3

[[rules]]
name = "b"
[[rules.steps]]
n = 4
'''


def paths(value: object, path: Path = ()) -> set[Path]:
    match value:
        case dict():
            inner = [paths(each, (*path, name)) for name, each in value.items()]
        case list():
            inner = [paths(each, (*path, number)) for number, each in enumerate(value)]
        case _:
            inner = []
    return {path}.union(*inner)


def test_everything_has_its_place() -> None:
    value, places = read_toml(EVERYTHING)
    assert value == tomllib.loads(EVERYTHING)
    assert places.keys() == paths(value) - {()}


@pytest.mark.parametrize(
    ("path", "at"),
    [
        (("title",), 'title = "a #'),
        (("plain", "dotted", "quo.ted"), '"quo.ted" = 1.5'),
        (("escaped", "tab\there"), '"tab\\there" ='),
        (("list", 0), "1, # one"),
        (("list", 1, 1, 0), "3]],"),
        (("list", 2, "b", "c", 0, "d"), "d = 2"),
        (("list", 3), '"x]y"'),
        (("table", "with.dot"), '"with.dot" ]'),
        (("rules", 0, "filter", "principal.AWS", "eq", 0), '"1"]'),
        (("rules", 0, "steps", 1, "n"), "n = 2"),
        (("rules", 0, "steps", 1, "last", "n"), "n = 3"),
        (("rules", 1), "rules]]\nname = "),
        (("rules", 1, "steps", 0, "n"), "n = 4"),
    ],
)
def test_a_place_is_that_of_the_key_or_of_the_item(path: Path, at: str) -> None:
    _, places = read_toml(EVERYTHING)
    assert EVERYTHING[places[path] :].startswith(at)


# Whatever is written

NAMES = st.sampled_from(["a", "b-1", "1", '"c.d"', "'e f'", '"g\\th"', '""'])
SCALARS = st.sampled_from(
    ["1", "-1.5", "true", "nan", "1979-05-27", '"x"', "'#'", '"""\n[a]\n"""', "'''b''c'''", '"\\""']
)
GAPS = st.sampled_from(["", " ", "\t "])
BREAKS = st.sampled_from(["", " ", "\n", " # [a] = {\n"])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["scalar", "list", "table"] if depth else ["scalar"]))
    gap = draw(GAPS)
    if kind == "scalar":
        return draw(SCALARS)
    if kind == "table":
        members = draw(st.lists(keys_with_values(depth - 1), max_size=2))
        return "{" + gap + f"{gap},{gap}".join(members) + gap + "}"
    items = [draw(BREAKS) + draw(values(depth - 1)) + draw(BREAKS) for _ in range(draw(SIZES))]
    last = draw(st.sampled_from(["", ","])) if items else ""
    return "[" + ",".join(items) + last + draw(BREAKS) + "]"


SIZES = st.integers(0, 3)


@st.composite
def keys(draw: st.DrawFn) -> str:
    return f"{draw(GAPS)}.{draw(GAPS)}".join(draw(st.lists(NAMES, min_size=1, max_size=2)))


@st.composite
def keys_with_values(draw: st.DrawFn, depth: int = 2) -> str:
    return f"{draw(keys())}{draw(GAPS)}={draw(GAPS)}{draw(values(depth))}"


@st.composite
def lines(draw: st.DrawFn) -> str:
    gap, key = draw(GAPS), draw(keys())
    line = draw(
        st.sampled_from(["", "# c = 1", f"[{gap}{key}{gap}]", f"{gap}[[{key}{gap}]]"])
        | keys_with_values()
    )
    return line + draw(st.sampled_from(["", " ", " # [x]"])) + "\n"


@given(st.lists(lines(), max_size=8).map("".join))
def test_places_are_those_of_what_is_read(text: str) -> None:
    try:
        value, places = read_toml(text)
    except NotToml:
        return
    assert places.keys() == paths(value) - {()}


@given(st.text("[]{}=.,'\"\\#\n ab1", max_size=40))
def test_any_text_is_toml_or_a_mistake_with_its_place(text: str) -> None:
    read = _read(text)
    if isinstance(read, NotToml):
        assert 0 <= read.position <= len(text)
    else:
        value, places = read
        assert places.keys() == paths(value) - {()}


def _read(text: str) -> tuple[dict[str, object], dict[Path, int]] | NotToml:
    try:
        return read_toml(text)
    except NotToml as mistake:
        return mistake


# What is no TOML


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("a = 1\na = 2\n", 11, "cannot overwrite a value"),
        ("a = \n", 4, "invalid value"),
        ("a = [1", 6, "unclosed array"),
        ("\n\nb = 1 2\n", 8, "expected newline or end of document after a statement"),
        ("n = 1" + "0" * 5000, 0, "a number has too many digits"),
        (".".join("a" * 20) + " = 1", 2 * MAX_DEPTH, f"this stands more than {MAX_DEPTH} steps"),
        ("a = " + "[" * 20, 3 + MAX_DEPTH, f"this stands more than {MAX_DEPTH} steps"),
        ("[" + ".".join("a" * 12) + "]\n" + ".".join("b" * 6) + " = 1", 34, "16 steps deep"),
        ("a." * 8 + "a = " + "{ a = " * 9, 62, f"this stands more than {MAX_DEPTH} steps"),
    ],
)
def test_a_mistake_has_its_place(text: str, position: int, message: str) -> None:
    with pytest.raises(NotToml, match=message) as caught:
        read_toml(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "line",
    [
        'condition.aws:SourceIp = ["x"]',
        'filter.condition.aws:SourceIp.eq = ["x"]',
        'filter = { condition.aws:SourceIp = { eq = ["x"] } }',
        'aws:SourceIp = "x"',
    ],
)
def test_a_key_with_a_colon_belongs_in_quotes(line: str) -> None:
    with pytest.raises(NotToml) as caught:
        read_toml(line)
    assert "stands in quotes" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 200_000) + " = 1",
        "[" + ".".join("a" * 200_000) + "]",
        "a = " + "[" * 500_000,
        "a = " + "{a=" * 300_000,
        'a = "' + "x" * 1_000_000,
        'a = """' + '""\\' * 300_000,
        "a = '''" + "''x" * 300_000,
        "#" * 1_000_000 + "\n=",
    ],
    ids=["key", "header", "lists", "tables", "text", "long text", "literal", "comment"],
)
def test_a_hostile_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(NotToml):
        read_toml(text)
