"""The patterns of policies as regular languages: globs, either-case globs, ARN patterns.

`?` is any one character and `*` any run of them (R-C15). Case is ignored by writing both cases of
each ASCII letter and of nothing else (R-C26), so neither pattern nor value is ever folded. An ARN
pattern is cut at its first five colons and each of the first five segments is read over the
characters that are no colon, so that no wildcard runs over one of them (R-C14).
"""

from __future__ import annotations

import re
import string

from iamlogic.symbolic.reference.smtlib import (
    ANY_CHARACTER,
    ANY_WORD,
    LAST_CHARACTER,
    NO_WORD,
    Formula,
    Language,
    Word,
    alternatives,
    exactly,
    literal,
    member,
    overlap,
    repeated,
    repeated_once,
    same,
    sequence,
)

NOT_A_COLON = Language("any-but-colon")
"""The name of `NOT_A_COLON_MEANS` in the text."""
NOT_A_COLON_MEANS = Language(
    f'(re.union (re.range "\\u{{0}}" "9") (re.range ";" "\\u{{{LAST_CHARACTER:x}}}"))'
)

_SEGMENTS = 6


def matches_glob(word: Word, pattern: str, *, ignore_case: bool = False) -> Formula:
    """`word` as a whole is of the form `pattern`."""
    if not ignore_case and not _has_wildcard(pattern):
        return same(word, literal(pattern))
    return member(word, glob(pattern, ignore_case=ignore_case))


def equals_ignoring_case(word: Word, text: str) -> Formula:
    """R-C8: `word` is `text` up to the case of ASCII letters."""
    return member(word, _plain(text, ignore_case=True))


def matches_arn(word: Word, pattern: str) -> Formula:
    """R-C13: `word` is an ARN of the form `pattern`."""
    return member(word, arn(pattern))


def glob(
    pattern: str, *, ignore_case: bool = False, character: Language = ANY_CHARACTER
) -> Language:
    """The words of the form `pattern`, wildcards standing for `character`s."""
    any_run = ANY_WORD if character == ANY_CHARACTER else repeated(character)
    # Runs of stars are one star: a word has one way less to match, the language is the same.
    pieces = re.findall(r"\*+|\?|[^*?]+", pattern)
    return sequence(
        any_run if p[0] == "*" else character if p == "?" else _plain(p, ignore_case=ignore_case)
        for p in pieces
    )


def arn(pattern: str) -> Language:
    """R-C14: the ARNs whose six segments are of the forms of the pattern's six."""
    if pattern == "*":
        return ARN
    patterns = pattern.split(":", _SEGMENTS - 1)
    if len(patterns) < _SEGMENTS:
        return NO_WORD
    head, *middle, last = patterns
    segments = [
        exactly("arn") if head == "arn" else overlap(exactly("arn"), glob(head)),
        *(glob(segment, character=NOT_A_COLON) for segment in middle),
        glob(last),
    ]
    return _colons_between(segments)


def _colons_between(segments: list[Language]) -> Language:
    first, *rest = segments
    return sequence([first, *(part for s in rest for part in (exactly(":"), s))])


ARN = _colons_between([exactly("arn"), *[repeated(NOT_A_COLON)] * (_SEGMENTS - 2), ANY_WORD])
"""Every text with six segments of which the first is `arn` (R-C14)."""


def arn_of_account(account: Language) -> Language:
    """The ARNs whose fifth segment lies in `account` (R-K4)."""
    skipped = [repeated(NOT_A_COLON)] * 3
    return _colons_between([exactly("arn"), *skipped, account, ANY_WORD])


def truth(*, value: bool) -> Language:
    """R-C17: the spellings of a Boolean."""
    return _plain("true" if value else "false", ignore_case=True)


NOT_A_SURROGATE = Language("any-but-surrogate")
"""The name of `NOT_A_SURROGATE_MEANS` in the text."""
NOT_A_SURROGATE_MEANS = Language(
    '(re.union (re.range "\\u{0}" "\\u{d7ff}")'
    f' (re.range "\\u{{e000}}" "\\u{{{LAST_CHARACTER:x}}}"))'
)
"""What an action, a resource or a condition value can hold: Unicode's scalar values (R-K17)."""

_SOME_TEXT = repeated_once(NOT_A_SURROGATE)
_ANY_TEXT = repeated(NOT_A_SURROGATE)

ACTION_FORM = sequence([_SOME_TEXT, exactly(":"), _SOME_TEXT])
"""R-E21: `?*:?*`."""
RESOURCE_FORM = alternatives(
    [
        exactly("*"),
        _colons_between([exactly("arn"), _SOME_TEXT, _SOME_TEXT, *[_ANY_TEXT] * 2, _SOME_TEXT]),
    ]
)
"""R-E21: `arn:?*:?*:*:*:?*`, or the text `*`."""


def _plain(text: str, *, ignore_case: bool) -> Language:
    if not ignore_case:
        return exactly(text)
    # Letters one by one, all that lies between them as one literal.
    return sequence(map(_either_case, re.findall(r"[A-Za-z]|[^A-Za-z]+", text)))


def _either_case(piece: str) -> Language:
    if piece not in string.ascii_letters:
        return exactly(piece)
    return alternatives([exactly(piece.lower()), exactly(piece.upper())])


def _has_wildcard(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern
