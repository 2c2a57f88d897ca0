"""What is wrong with a text that is not JSON, in words a person can act on.

lark tells where it stopped and what could have stood there. This module looks at the text around
that place for the mistakes people make: a trailing comma, a comment, single quotes, a Python or
YAML text, a page of HTML. It only words errors: whether a text is JSON is decided by the grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from iamlogic.syntax.json_tree import quote


@dataclass(frozen=True, slots=True)
class Mistake:
    """One error of a JSON text: the offset it stands at, what is wrong, how to mend it."""

    position: int
    message: str
    hint: str | None = None


_WORDS = {
    "True": "true",
    "False": "false",
    "TRUE": "true",
    "FALSE": "false",
    "None": "null",
    "NULL": "null",
    "nil": "null",
    "undefined": "null",
}
_NOT_NUMBERS = ("NaN", "Infinity", "-Infinity", "inf", "nan")
_QUOTES = "'`‘’‚‛“”„‟«»"
_BLANKS = " \t\r\n"
_VALUE_STARTS = frozenset({"OPEN_OBJECT", "OPEN_LIST", "NUMBER", "TRUE", "FALSE", "NULL"})
_PUNCTUATION = {"COMMA": '","', "COLON": '":"', "RBRACE": '"}"', "RSQB": '"]"'}

_GOOD_STRING = re.compile(
    r'"[^"\\\x00-\x1f\ud800-\udfff]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f\ud800-\udfff]*+)*+'
)
_STRING_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{}]', re.DOTALL)
_NUMBER_LIKE = re.compile(r"[-+]?\.?[0-9][0-9A-Za-z_.+-]{0,40}")
_WORD = re.compile(r"-?[^\W\d][\w-]{0,60}")
_UNQUOTED_NAME = re.compile(r"[^\W\d][\w-]{0,60}[ \t]{0,10}:")
_FIRST_SIGN = re.compile(r"[^ \t\r\n]")
_LOOKED_AT = 200
"""Characters at the start of a text that are looked at to guess what was given instead of JSON."""


_NOT_JSON: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile("<"),
        "an HTML or XML page",
        "was a login or error page saved instead of the policy?",
    ),
    (
        re.compile("%(?:7B|5B|22|0A|20)", re.IGNORECASE),
        "URL-encoded text",
        "IAM's API returns documents this way: decode them first (urllib.parse.unquote)",
    ),
    (
        re.compile(r'\{\\"'),
        "JSON that was escaped to stand in a string",
        'decode it first: every \\" must become a plain "',
    ),
    (
        re.compile(r"---(?:\s|$)|[A-Za-z][\w-]*:(?:\s|$)|- [A-Za-z]"),
        "text that looks like YAML",
        "convert it to JSON",
    ),
    (
        re.compile(r'(?:data|resource|locals|variable)\s+["{]'),
        "text that looks like Terraform",
        'give the JSON document that the data source renders (its "json" attribute)',
    ),
)
"""How texts start that are something else: the start, what it is, how to get at the policy."""


def not_json_at_all(text: str) -> Mistake | None:
    """The mistake of giving something else than JSON, where the first characters show it."""
    if text.startswith("\ufeff"):
        return Mistake(
            0,
            "the text starts with a byte order mark (U+FEFF), which JSON does not have",
            "save the file as UTF-8 without BOM",
        )
    first = _FIRST_SIGN.search(text)
    if first is None:
        return Mistake(0, "the text is empty, expected a policy as a JSON object")
    at = first.start()
    head = text[at : at + _LOOKED_AT]
    if "\0" in head:
        return Mistake(at, "the text holds NUL characters", "is the file UTF-16? Save it as UTF-8")
    for start, found, hint in _NOT_JSON:
        if start.match(head):
            return Mistake(at, f"found {found}, expected a policy as a JSON object", hint)
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the text goes wrong: what could stand there, and which brackets are open."""

    text: str
    at: int
    expected: frozenset[str]
    unclosed: tuple[int, ...]

    @property
    def at_start(self) -> bool:
        return not self.unclosed and not self.text[: self.at].strip(_BLANKS)

    @property
    def after_end(self) -> bool:
        return not self.unclosed and not self.at_start

    @property
    def wanted(self) -> str:
        """What could have stood here, as a person would say it."""
        if self.at_start:
            return "a policy as a JSON object"
        words = []
        if self.expected & _VALUE_STARTS:
            words.append("a value")
        elif "STRING" in self.expected:
            words.append("a member name in double quotes")
        words += [sign for terminal, sign in _PUNCTUATION.items() if terminal in self.expected]
        return " or ".join(words) if words else "nothing more"


def mistake_at(text: str, at: int, expected: frozenset[str]) -> Mistake:
    """The mistake in `text`, of which offset `at` is the first that no JSON text can have there.

    `expected` holds the names of the terminals of json.lark that could have stood there.
    """
    unclosed = tuple(_open_brackets(text, at))
    if unclosed:  # lark's states do not always know which bracket is open
        expected -= {"RSQB" if text[unclosed[-1]] == "{" else "RBRACE"}
    place = _Place(text, at, expected, unclosed)
    if at >= len(text):
        return _ended(place)
    return (
        _not_a_string(text, at)
        or _comment(text, at)
        or _after_the_end(place)
        or _comma(place)
        or _bracket(place)
        or _word(place)
        or _number(place)
        or Mistake(at, f"found {_sign(text, at)}, expected {place.wanted}")
    )


def _ended(place: _Place) -> Mistake:
    text, unclosed = place.text, place.unclosed
    at = len(text.rstrip(_BLANKS))
    hint = None
    if unclosed:
        hint = f'the "{text[unclosed[-1]]}" at {_spot(text, unclosed[-1])} is never closed'
    return Mistake(at, f"the text ends too early, expected {place.wanted}", hint)


def _not_a_string(text: str, at: int) -> Mistake | None:
    """Something that was meant as a string: other quotes, or a bad character inside."""
    if text[at] in _QUOTES:
        return Mistake(
            at,
            f"found {text[at]}, but names and texts stand in double quotes in JSON",
            "write straight double quotes; from Python, write the policy with json.dumps",
        )
    if text[at] != '"':
        return None
    good = _GOOD_STRING.match(text, at)
    end = good.end() if good else at + 1
    if end >= len(text):
        return Mistake(at, "this text is never closed", 'a double quote (") is missing at its end')
    match text[end]:
        case '"':
            return None
        case "\n" | "\r":
            return Mistake(
                at,
                "this text does not end on its line",
                'a double quote (") is missing; a line break inside a text is written \\n',
            )
        case "\\":
            escape = text[end : end + 2]
            if escape == "\\u":
                return Mistake(end, "\\u must be followed by four hexadecimal digits")
            return Mistake(
                end,
                f"{quote(escape)[1:-1]} is no escape of JSON",
                'after a backslash stands one of " \\ / b f n r t u; a backslash itself is \\\\',
            )
        case sign if sign < " ":
            return Mistake(
                end,
                f"a control character (U+{ord(sign):04X}) stands in a text",
                f"write it as \\u{ord(sign):04x}, or remove it",
            )
        case sign:
            message = f"a lone surrogate (U+{ord(sign):04X}) stands in a text: it is no character"
            return Mistake(end, message)


def _comment(text: str, at: int) -> Mistake | None:
    if text.startswith(("//", "/*", "#"), at):
        return Mistake(at, "found a comment, but JSON has no comments", "remove it")
    return None


def _after_the_end(place: _Place) -> Mistake | None:
    if not place.after_end:
        return None
    found = _sign(place.text, place.at)
    another = place.text[place.at] == "{"
    hint = "one text holds one policy" if another else "remove what follows the last bracket"
    return Mistake(place.at, f"found {found} after the end of the policy", hint)


def _comma(place: _Place) -> Mistake | None:
    text, at = place.text, place.at
    before = len(text[:at].rstrip(_BLANKS)) - 1
    previous = text[before] if before >= 0 else ""
    if text[at] in "]}" and previous == ",":
        message = f'found a comma before "{text[at]}", where nothing follows it'
        return Mistake(before, message, "remove this comma")
    if text[at] == "," and previous and previous in ",[{:":
        return Mistake(at, f"found a comma, expected {place.wanted}", "remove this comma")
    if "COMMA" in place.expected and text[at] in '"{[':
        found = f"{_sign(text, at)} at {_spot(text, at)}"
        message = f"found {found}, expected {place.wanted}"
        return Mistake(before + 1, message, "is a comma missing here?")
    return None


def _bracket(place: _Place) -> Mistake | None:
    if place.text[place.at] not in "]}" or not place.unclosed:
        return None
    opened = place.unclosed[-1]
    found, bracket = _sign(place.text, place.at), place.text[opened]
    hint = f'the "{bracket}" at {_spot(place.text, opened)} is still open'
    return Mistake(place.at, f"found {found}, expected {place.wanted}", hint)


def _word(place: _Place) -> Mistake | None:
    text, at = place.text, place.at
    word = _WORD.match(text, at)
    if word is None:
        return None
    found = word[0]
    if found in _NOT_NUMBERS:
        return Mistake(at, f"found {found}, but JSON has no such number", "write a plain number")
    if found in _WORDS:
        return Mistake(at, f"found {found}, expected {place.wanted}", f"write {_WORDS[found]}")
    if _UNQUOTED_NAME.match(text, at):
        hint = f'write "{found}" in double quotes'
        return Mistake(at, f"found the name {found} without quotes", hint)
    message = f"found {quote(found)[1:-1]}, expected {place.wanted}"
    if place.expected & _VALUE_STARTS and not place.at_start:
        return Mistake(at, message, f'texts stand in double quotes: "{found}"')
    return Mistake(at, message)


def _number(place: _Place) -> Mistake | None:
    number = _NUMBER_LIKE.match(place.text, place.at)
    if number is None or "NUMBER" not in place.expected:
        return None
    found = number[0]
    hint = "JSON numbers look like 10, -1.5 or 2e9"
    if re.match(r"-?0[0-9]", found):
        hint = "a number has no leading zero; an account id is a text: put it in double quotes"
    elif found[0] == "+":
        hint = "a number has no leading plus sign"
    return Mistake(place.at, f"found {found}, which is not a number in JSON", hint)


def _sign(text: str, at: int) -> str:
    """What stands at `at`, short: a whole string, else the one character."""
    if text[at] == '"' and (string := _GOOD_STRING.match(text, at)):
        return quote(string[0][1:])
    if text[at].isprintable():
        return f'"{text[at]}"'
    return f"the character U+{ord(text[at]):04X}"


def _spot(text: str, at: int) -> str:
    line_start = text.rfind("\n", 0, at) + 1
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - line_start + 1}"


def brackets(text: str, end: int) -> Iterator[int]:
    """The offsets before `end` of the brackets outside strings.

    They stop at a string that is never closed: what follows has no structure.
    """
    for found in _STRING_OR_BRACKET.finditer(text, 0, end):
        if found[0] == '"':
            return
        if found[0] in "[]{}":
            yield found.start()


def _open_brackets(text: str, end: int) -> list[int]:
    """The offsets of the brackets that are open at `end`, outermost first."""
    unclosed: list[int] = []
    for offset in brackets(text, end):
        if text[offset] in "[{":
            unclosed.append(offset)
        elif unclosed:
            unclosed.pop()
    return unclosed
