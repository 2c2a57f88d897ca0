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
    found: str | None = None
    if "\0" in head:
        return Mistake(at, "the text holds NUL characters", "is the file UTF-16? Save it as UTF-8")
    if head.startswith("<"):
        found, hint = (
            "an HTML or XML page",
            "was a login or error page saved instead of the policy?",
        )
    elif re.match(r"%(?:7B|5B|22|0A|20)", head, re.IGNORECASE):
        found = "URL-encoded text"
        hint = "IAM's API returns documents this way: decode them first (urllib.parse.unquote)"
    elif head.startswith('{\\"'):
        found = "JSON that was escaped to stand in a string"
        hint = 'decode it first: every \\" must become a plain "'
    elif re.match(r"---(?:\s|$)|[A-Za-z][\w-]*:(?:\s|$)|- [A-Za-z]", head):
        found, hint = "text that looks like YAML", "convert it to JSON"
    elif re.match(r'(?:data|resource|locals|variable)\s+["{]', head):
        found = "text that looks like Terraform"
        hint = 'give the JSON document that the data source renders ("json" attribute)'
    if found is None:
        return None
    return Mistake(at, f"found {found}, expected a policy as a JSON object", hint)


def mistake_at(text: str, at: int, expected: frozenset[str]) -> Mistake:
    """The mistake in `text`, of which offset `at` is the first that no JSON text can have there.

    `expected` holds the names of the terminals of json.lark that could have stood there.
    """
    if at >= len(text):
        return _ended(text, expected)
    return (
        _not_a_string(text, at)
        or _comment(text, at)
        or _after_the_end(text, at, expected)
        or _comma(text, at, expected)
        or _bracket(text, at, expected)
        or _word(text, at, expected)
        or _number(text, at, expected)
        or Mistake(at, f"found {_sign(text, at)}, expected {_words(expected)}")
    )


def _ended(text: str, expected: frozenset[str]) -> Mistake:
    at = len(text.rstrip(" \t\r\n"))
    unclosed = _open_brackets(text, len(text))
    hint = None
    if unclosed:
        hint = f'the "{text[unclosed[-1]]}" at {_place(text, unclosed[-1])} is never closed'
    return Mistake(at, f"the text ends too early, expected {_words(expected)}", hint)


def _not_a_string(text: str, at: int) -> Mistake | None:
    """Something that was meant as a string: other quotes, or a bad character inside."""
    if text[at] in _QUOTES:
        return Mistake(
            at,
            f"found {text[at]}, but names and texts stand in double quotes in JSON",
            'replace it by a straight double quote: "',
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


def _after_the_end(text: str, at: int, expected: frozenset[str]) -> Mistake | None:
    if expected - {"BLANK"} != {"$END"}:
        return None
    return Mistake(
        at,
        f"found {_sign(text, at)} after the end of the policy",
        "one text holds one policy" if text[at] == "{" else "remove what follows the last bracket",
    )


def _comma(text: str, at: int, expected: frozenset[str]) -> Mistake | None:
    before = len(text[:at].rstrip(" \t\r\n")) - 1
    previous = text[before] if before >= 0 else ""
    if text[at] in "]}" and previous == ",":
        return Mistake(
            before,
            f'found a comma before "{text[at]}", where nothing follows it',
            "remove this comma",
        )
    if text[at] == "," and previous and previous in ",[{:":
        return Mistake(at, f"found a comma, expected {_words(expected)}", "remove this comma")
    if "COMMA" in expected and text[at] in '"{[':
        return Mistake(
            before + 1,
            f"found {_sign(text, at)} at {_place(text, at)}, expected {_words(expected)}",
            "is a comma missing here?",
        )
    return None


def _bracket(text: str, at: int, expected: frozenset[str]) -> Mistake | None:
    if text[at] not in "]}" or not expected & {"RBRACE", "RSQB"}:
        return None
    unclosed = _open_brackets(text, at)
    opened = f' ("{text[unclosed[-1]]}" at {_place(text, unclosed[-1])} is open)'
    return Mistake(at, f"found {_sign(text, at)}, expected {_words(expected)}{opened}")


def _word(text: str, at: int, expected: frozenset[str]) -> Mistake | None:
    word = _WORD.match(text, at)
    if word is None:
        return None
    found = word[0]
    if found in _NOT_NUMBERS:
        return Mistake(at, f"found {found}, but JSON has no such number", "write a plain number")
    if found in _WORDS:
        return Mistake(at, f"found {found}, expected {_words(expected)}", f"write {_WORDS[found]}")
    if _UNQUOTED_NAME.match(text, at):
        return Mistake(
            at, f"found the name {found} without quotes", f'write "{found}" in double quotes'
        )
    hint = f'texts stand in double quotes: "{found}"' if expected & _VALUE_STARTS else None
    return Mistake(at, f"found {quote(found)[1:-1]}, expected {_words(expected)}", hint)


def _number(text: str, at: int, expected: frozenset[str]) -> Mistake | None:
    number = _NUMBER_LIKE.match(text, at)
    if number is None or "NUMBER" not in expected:
        return None
    found = number[0]
    hint = "JSON numbers look like 10, -1.5 or 2e9"
    if re.match(r"-?0[0-9]", found):
        hint = "a number has no leading zero; an account id is a text: put it in double quotes"
    elif found[0] == "+":
        hint = "a number has no leading plus sign"
    return Mistake(at, f"found {found}, which is not a number in JSON", hint)


def _sign(text: str, at: int) -> str:
    """What stands at `at`, short: a whole string, else the one character."""
    if text[at] == '"' and (string := _GOOD_STRING.match(text, at)):
        return quote(string[0][1:])
    if text[at].isprintable():
        return f'"{text[at]}"'
    return f"the character U+{ord(text[at]):04X}"


def _words(expected: frozenset[str]) -> str:
    """`expected` as a person would say it."""
    words = []
    if expected & _VALUE_STARTS:
        words.append("a value")
    elif "STRING" in expected:
        words.append("a member name in double quotes")
    words += [sign for terminal, sign in _PUNCTUATION.items() if terminal in expected]
    if "$END" in expected:
        words.append("the end of the text")
    return " or ".join(words) if words else "nothing more"


def _place(text: str, at: int) -> str:
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
