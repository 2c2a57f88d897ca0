"""The patterns of policies as regular languages: globs, either-case globs, ARN patterns.

`?` is any one character and `*` any run of them (R-C15). Case is ignored by writing both cases of
each ASCII letter and of nothing else (R-C26), so that no text of a policy is ever folded. An ARN
pattern is cut at its first five colons and each of the first five segments is read over the
characters that are no colon, so that no wildcard runs over one of them (R-C14).

A policy variable puts a string of the request into the pattern: SMT-LIB's `str.to_re` takes any
string, so it stands there as the language of that one word, and no character of it is a wildcard
(R-V4). z3 and cvc5 both decide such memberships, negated ones too.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

from iamlogic.symbolic.reference.smtlib import (
    ANY_CHARACTER,
    ANY_WORD,
    FALSE,
    LAST_CHARACTER,
    TRUE,
    Formula,
    Language,
    Word,
    all_of,
    alternatives,
    contains,
    exactly,
    joined,
    literal,
    member,
    negation,
    repeated,
    repeated_once,
    same,
    sequence,
    verbatim,
)

NOT_A_COLON = Language("any-but-colon")
"""The name of `NOT_A_COLON_MEANS` in the text."""
NOT_A_COLON_MEANS = Language(
    f'(re.union (re.range "\\u{{0}}" "9") (re.range ";" "\\u{{{LAST_CHARACTER:x}}}"))'
)

_SEGMENTS = 6
_UPPER_CASE = string.ascii_uppercase

LOWER_CASE = "lower-case"
"""The name of a function from strings to strings: `A` to `Z` become `a` to `z` (R-C26)."""
LOWER_CASE_DEFINED = (
    f"(define-fun {LOWER_CASE} ((text String)) String "
    + "(str.replace_all " * len(_UPPER_CASE)
    + "text"
    + "".join(f' "{letter}" "{letter.lower()}")' for letter in _UPPER_CASE)
    + ")"
)
"""Its definition. It is used where neither side is known; solvers may give up on it."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A part of a pattern that stands for a string of the request, or for a literal character."""

    word: Word


Pattern = tuple[str | Verbatim, ...]
"""A text: its own characters, wildcards among them where an operator has wildcards, and others'."""


def equals(word: Word, pattern: Pattern) -> Formula:
    """R-C7: `word` is the text, in which `*` and `?` are themselves."""
    return same(word, _text(pattern))


def equals_ignoring_case(word: Word, pattern: Pattern) -> Formula:
    """R-C8: `word` is the text up to the case of ASCII letters."""
    if all(isinstance(part, str) for part in pattern):
        return member(word, glob(pattern, ignore_case=True, wildcards=False))
    return same(_lower_case(word), _lower_case(_text(pattern)))


def _text(pattern: Pattern) -> Word:
    return joined(*(p.word if isinstance(p, Verbatim) else literal(p) for p in pattern))


def _lower_case(word: Word) -> Word:
    return Word(f"({LOWER_CASE} {word})")


def matches_glob(word: Word, pattern: Pattern, *, ignore_case: bool = False) -> Formula:
    """`word` as a whole is of the form `pattern`."""
    if not ignore_case and not any(isinstance(p, str) and _has_wildcard(p) for p in pattern):
        return equals(word, pattern)
    return member(word, glob(pattern, ignore_case=ignore_case))


def glob(
    pattern: Pattern,
    *,
    ignore_case: bool = False,
    wildcards: bool = True,
    character: Language = ANY_CHARACTER,
) -> Language:
    """The words of the form `pattern`, wildcards standing for `character`s."""
    any_run = ANY_WORD if character == ANY_CHARACTER else repeated(character)
    languages: list[Language] = []
    for part in pattern:
        if isinstance(part, Verbatim):
            languages.append(verbatim(part.word))
            continue
        # Runs of stars are one star: a word has one way less to match, the language is the same.
        for piece in re.findall(r"\*+|\?|[^*?]+", part) if wildcards else [part]:
            if wildcards and piece[0] == "*":
                languages.append(any_run)
            elif wildcards and piece == "?":
                languages.append(character)
            else:
                languages.append(_plain(piece, ignore_case=ignore_case))
    return sequence(languages)


def matches_arn(word: Word, pattern: Pattern) -> Formula:
    """R-C13, R-C14: `word` is an ARN whose six segments are of the forms of the pattern's six."""
    if pattern == ("*",):  # R-C27
        return member(word, ARN)
    segments = _split(pattern)
    if len(segments) < _SEGMENTS:
        return FALSE
    head, *middle, last = segments
    # R-V4: a colon in a value makes no segment, and no segment but the last can have one.
    values = (part.word for segment in middle for part in segment if isinstance(part, Verbatim))
    language = _colons_between(
        [
            exactly("arn"),
            *(glob(segment, character=NOT_A_COLON) for segment in middle),
            glob(last),
        ]
    )
    return all_of(
        [
            TRUE if head == ("arn",) else matches_glob(literal("arn"), head),
            *(negation(contains(value, literal(":"))) for value in values),
            member(word, language),
        ]
    )


def _split(pattern: Pattern) -> list[Pattern]:
    """The segments of an ARN's pattern, cut at the first five colons that it writes itself."""
    segments: list[list[str | Verbatim]] = [[]]
    for part in pattern:
        if isinstance(part, Verbatim):
            segments[-1].append(part)
            continue
        first, *rest = part.split(":", _SEGMENTS - len(segments))
        segments[-1].append(first)
        segments += [[text] for text in rest]
    return list(map(tuple, segments))


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
