"""Inclusion and overlap of languages, cheaply.

Each answer is sound, most are exact: what is not seen here, `automata` decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache

from iamlogic.symbolic.languages import (
    CharSet,
    Glob,
    Language,
    Nothing,
    Ref,
    Sequence,
    Template,
    Union,
    Word,
    glob_covers,
    matches,
    spelled,
    without,
)
from iamlogic.symbolic.scales import Interval, Scale


def covers(wide: Language, narrow: Language) -> bool:
    """Whether every word of `narrow` lies in `wide`. True is certain; False may mean "not seen".

    The narrow pattern is read as one word over patterns' symbols: a star of it can be covered only
    by a star, a `?` only by `?` or a star. That is exact when `wide` has no `?`: a word of the
    narrow one that puts fresh characters for its wildcards matches only in that way.
    """
    if wide is narrow:
        return True
    match wide, narrow:
        case _, Nothing():
            return True
        case Glob(text="*"), _:
            return True
        case Template(), (Word() | Union()):
            return False
        case _, Word(text):
            return matches(wide, text)
        case ((Nothing() | Word()), _):
            return False
        case _, Union():
            return all(matches(wide, word) for word in narrow.words) and all(
                covers(wide, part) for part in narrow.others
            )
        case Union(), _:
            return any(covers(part, narrow) for part in wide.others)
        case Interval(), Interval():
            return wide.includes(narrow)
        case (Interval(), _) | (_, Interval()):
            return False
        case Glob(), Glob(text=text):
            return glob_covers(wide, text)
        case _:
            return _simulates(_row(wide), _row(narrow))


def _row(language: Glob | Sequence | Template) -> Sequence | Template:
    return language if isinstance(language, Template) else spelled(language)


def _simulates(wide: Sequence | Template, narrow: Sequence | Template) -> bool:
    """`covers` for spelled languages: one run of `wide` over the symbols of `narrow`.

    Whatever value a reference stands for, it is covered by the same reference, or by a loop that
    takes all the characters that the value may have. All states at once, one bit for each.
    """
    moves = _moves(wide)
    states = 1
    for position, loop in enumerate(narrow.loops):
        if loop is not None:
            states &= moves(loop)[1]
        if position < len(narrow.letters):
            on, stay = moves(narrow.letters[position])
            states = (states & on) << 1 | states & stay
        if not states:
            return False
    return states >> len(wide.letters) & 1 == 1


@lru_cache(maxsize=1 << 12)
def _moves(wide: Sequence | Template) -> Callable[[CharSet | Ref], tuple[int, int]]:
    """By bit of the state of `wide`: whether a symbol leads on from it, and whether it stays."""

    @cache
    def moves(symbol: CharSet | Ref) -> tuple[int, int]:
        letters, loops = enumerate(wide.letters), enumerate(wide.loops)
        on = sum(1 << i for i, letter in letters if _includes(letter, symbol))
        stay = sum(1 << i for i, loop in loops if loop is not None and _loops(loop, symbol))
        return on, stay

    return moves


def _includes(wide: CharSet | Ref, narrow: CharSet | Ref) -> bool:
    if isinstance(wide, CharSet) and isinstance(narrow, CharSet):
        return wide.includes(narrow)
    if isinstance(wide, Ref) and isinstance(narrow, Ref) and wide.any_case:
        return wide == replace(narrow, any_case=True, alphabet=wide.alphabet)
    return wide == narrow  # a `?` takes one character, a value may have any number


def _loops(loop: CharSet, over: CharSet | Ref) -> bool:
    if isinstance(over, CharSet):
        return loop.includes(over)
    fixed = (over.default or "") + ("" if over.reads is None else over.reads[1])
    if not all(char in loop for char in fixed):
        return False
    return loop.includes(without(over.alphabet, over.stops))


def may_overlap(left: Language, right: Language) -> bool:
    """Whether some word may lie in both. False is certain; True may mean "not seen"."""
    match left, right:
        case (Nothing(), _) | (_, Nothing()):
            return False
        case (Union(), _) | (_, Union()) | (Template(), _) | (_, Template()):
            return True
        case Word(text), _:
            return matches(right, text)
        case _, Word(text):
            return matches(left, text)
        case Interval(), Interval():
            if left.scale is right.scale:
                return max(left.span[0], right.span[0]) < min(left.span[1], right.span[1])
            return {left.scale, right.scale} == {Scale.NUMBER, Scale.INSTANT}
        case Glob(), Glob():
            return _ends_agree(left, right)
        case _:
            return True


def _ends_agree(left: Glob, right: Glob) -> bool:
    """Two globs can share a word only if their fixed beginnings and ends agree."""
    if left.tail is None or right.tail is None:
        fixed, other = (left, right) if left.tail is None else (right, left)
        if fixed.shortest < other.shortest or (
            other.tail is None and other.shortest != fixed.shortest
        ):
            return False
    if not _agree(left.head, right.head):
        return False
    if left.tail is None or right.tail is None:
        return True
    return _agree(left.tail[::-1], right.tail[::-1])


def _agree(left: str, right: str) -> bool:
    """The shorter text is the beginning of the longer, `?` standing for any character."""
    if "?" in left or "?" in right:
        return all(a in (b, "?") or b == "?" for a, b in zip(left, right, strict=False))
    return left.startswith(right) if len(left) > len(right) else right.startswith(left)
