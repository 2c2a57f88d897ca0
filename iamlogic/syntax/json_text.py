"""Text → JSON tree, by lark (`grammar/json.lark`), every value with its position.

What the grammar cannot say is checked here: the size, the depth (before lark sees the text, so
that a million brackets cost one scan), and surrogate escapes without a partner. A text that is not
JSON is one error, at the first character that cannot be right; `json_mistakes` words it.
"""

from __future__ import annotations

import re
from functools import cache

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from iamlogic.errors import InternalError
from iamlogic.syntax.grammars import grammar, stopped_at
from iamlogic.syntax.json_mistakes import Mistake, brackets, mistake_at, not_json_at_all
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
    Member,
)

_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[Dd][89A-Fa-f]..")
_SURROGATE_PAIR = re.compile(r"\\u[Dd][89ABab]..\\u[Dd][C-Fc-f]..")
_PLAIN_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class NotJson(Exception):
    """The text is not JSON; carries the one `Mistake` that is told."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.message)
        self.mistake = mistake


def read_json_text(text: str) -> JsonValue:
    """The value that `text` writes down. Raises `NotJson`."""
    if len(text) > MAX_TEXT:
        raise NotJson(
            Mistake(0, f"the text has {len(text):,} characters, more than the {MAX_TEXT:,} allowed")
        )
    if mistake := not_json_at_all(text):
        raise NotJson(mistake)
    _check_depth(text)
    try:
        value: JsonValue = _parser().parse(text)  # type: ignore[assignment]  # the transformer's
    except UnexpectedInput as error:
        raise NotJson(mistake_at(text, stopped_at(error, text), _expected(error))) from None
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for offset in brackets(text, len(text)):
        if text[offset] in "]}":
            depth -= 1
            continue
        depth += 1
        if depth > MAX_DEPTH:
            message = f"objects and lists stand more than {MAX_DEPTH} deep in each other"
            raise NotJson(Mistake(offset, message))


def _expected(error: UnexpectedInput) -> frozenset[str]:
    if isinstance(error, UnexpectedToken):
        return frozenset(error.accepts or error.expected)
    if isinstance(error, UnexpectedCharacters):
        return frozenset(error.allowed or ())
    return frozenset()


def _unescape(raw: str, position: int) -> str:
    """The text that `raw`, the inside of a string whose quote stands at `position`, means."""
    if "\\" not in raw:
        return raw

    def character(found: re.Match[str]) -> str:
        digits, plain = found[1], found[2]
        return chr(int(digits, 16)) if digits else _PLAIN_ESCAPES.get(plain, plain)

    value = _ESCAPE.sub(character, raw)
    if _SURROGATE.search(value) is None:
        return value
    # RFC 8259, 7: a character beyond the BMP is written as two escapes, a surrogate pair.
    paired = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    if _SURROGATE.search(paired) is None:
        return paired
    raise NotJson(_lone_surrogate(raw, position))


def _lone_surrogate(raw: str, position: int) -> Mistake:
    """The mistake of the first surrogate in `raw` without its other half."""
    paired_until = 0
    lone = ""
    at = 0
    for found in _ESCAPE.finditer(raw):
        if found.start() < paired_until or not _SURROGATE_ESCAPE.match(found[0]):
            continue
        if pair := _SURROGATE_PAIR.match(raw, found.start()):
            paired_until = pair.end()
            continue
        lone, at = found[0], found.start()
        break
    message = f"{lone} is half of a surrogate pair, and the other half is missing"
    return Mistake(position + 1 + at, message)


_Child = JsonValue | Member | Token


class _Tree(Transformer[Token, JsonValue]):
    """What each rule and terminal of json.lark gives; the names are those of the grammar."""

    def STRING(self, token: Token) -> JsonString:
        position = _start(token)
        return JsonString(_unescape(token[1:-1], position), position)

    def STRINGS(self, token: Token) -> JsonList:
        start = _start(token)
        if "\\" not in token:
            items = [JsonString(s[1], start + s.start()) for s in _STRING.finditer(token)]
        else:
            items = [
                JsonString(_unescape(s[1], start + s.start()), start + s.start())
                for s in _STRING.finditer(token)
            ]
        return JsonList(tuple(items), start)

    def NUMBER(self, token: Token) -> JsonNumber:
        return JsonNumber(str(token), _start(token))

    def TRUE(self, token: Token) -> JsonBool:
        return JsonBool(value=True, position=_start(token))

    def FALSE(self, token: Token) -> JsonBool:
        return JsonBool(value=False, position=_start(token))

    def NULL(self, token: Token) -> JsonNull:
        return JsonNull(_start(token))

    def member(self, children: tuple[JsonString, JsonValue]) -> Member:
        name, value = children
        return Member(name.value, name.position, value)

    def object(self, children: list[_Child]) -> JsonObject:
        members = tuple(child for child in children if isinstance(child, Member))
        return JsonObject(members, _start(children[0]))

    def array(self, children: list[_Child]) -> JsonList:
        items = tuple(child for child in children if not isinstance(child, Member | Token))
        return JsonList(items, _start(children[0]))

    def start(self, children: list[JsonValue]) -> JsonValue:
        return children[0]


def _start(token: _Child) -> int:
    """The offset of a token, which an object's or a list's bracket is too."""
    position = token.start_pos if isinstance(token, Token) else None
    if position is None:
        raise InternalError("lark gave a token without its place")
    return position


@cache
def _parser() -> Lark:
    return Lark(
        grammar("json"),
        parser="lalr",
        transformer=_Tree(),
        maybe_placeholders=False,
    )
