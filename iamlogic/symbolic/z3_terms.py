"""Texts and languages as terms of z3's theory of sequences, each `Z3Terms` on a context of its own.

z3's characters end at U+2FFFF. A text with one beyond would be read as several characters, and
what is refuted of it would not be so: such a text is no term but `Undecided`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count
from typing import Any

import z3  # type: ignore[import-untyped]  # z3 ships no types

from iamlogic.errors import InternalError
from iamlogic.symbolic.deadline import Undecided
from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Glob,
    Language,
    Sequence,
    Union,
    Word,
    spelled,
)

_LAST = "\U0002ffff"


class Z3Terms:
    """Makes terms on one context, so that questions of several threads do not meet."""

    def __init__(self) -> None:
        self._context = z3.Context()
        self._numbers = count()
        self.true = z3.BoolVal(True, ctx=self._context)  # noqa: FBT003 - z3's own form
        self.false = z3.Not(self.true)

    def solver(self) -> Any:
        return z3.SimpleSolver(ctx=self._context)

    def boolean(self, name: str) -> Any:
        return z3.Bool(name, ctx=self._context)

    def string(self, name: str) -> Any:
        return z3.String(name, ctx=self._context)

    def fresh(self) -> Any:
        """Some text."""
        return self.string(f"some {next(self._numbers)}")

    def word(self, text: str) -> Any:
        if any(char > _LAST for char in text):
            raise Undecided("variables stand beside a character beyond U+2FFFF")
        return z3.StringVal("".join(f"\\u{{{ord(char):x}}}" for char in text), ctx=self._context)

    def row(self, pieces: list[Any]) -> Any:
        """One text behind the other."""
        return z3.Concat(*pieces) if len(pieces) > 1 else next(iter(pieces), self.word(""))

    def all_of(self, facts: Iterable[Any]) -> Any:
        return z3.And(*facts, self.true)

    def any_of(self, facts: Iterable[Any]) -> Any:
        return z3.Or(*facts, self.false)

    def regex(self, language: Language) -> Any:
        match language:
            case Union():
                parts = (*map(Word, sorted(language.words)), *language.others)
                return _join(z3.Union, [self.regex(part) for part in parts])
            case Word(text):
                return z3.Re(self.word(text))
            case Glob() | Sequence():
                row = spelled(language)
                terms: list[Any] = []
                for position, loop in enumerate(row.loops):
                    if loop is not None:
                        terms.append(z3.Star(self.char(loop)))
                    if position < len(row.letters):
                        terms.append(self.char(row.letters[position]))
                return _join(z3.Concat, terms or [z3.Re(self.word(""))])
        raise InternalError(f"{language} is no regular expression")

    def char(self, chars: CharSet) -> Any:
        """One character of the set."""
        if chars == ANY:
            return z3.AllChar(z3.ReSort(z3.StringSort(self._context)), ctx=self._context)
        if not chars.chars:
            return z3.Empty(z3.ReSort(z3.StringSort(self._context)))
        ranges = [z3.Range(self.word(a), self.word(b)) for a, b in _ranges(chars.chars)]
        listed = _join(z3.Union, ranges)
        if not chars.negated:
            return listed
        return z3.Intersect(self.char(ANY), z3.Complement(listed))


def _join(how: Any, terms: list[Any]) -> Any:
    return how(*terms) if len(terms) > 1 else terms[0]


def _ranges(chars: Iterable[str]) -> list[tuple[str, str]]:
    """Characters as runs without gaps, from the first of each to the last."""
    runs: list[tuple[str, str]] = []
    for char in sorted(chars):
        first, last = runs[-1] if runs else ("", "")
        if last and ord(char) == ord(last) + 1:
            runs[-1] = (first, char)
        else:
            runs.append((char, char))
    return runs


_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


def text_of(value: Any) -> str:
    """z3 writes what is not printable ASCII as escapes."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value.as_string())
