"""Which of many statements can a pattern concern? An index over their lists of patterns.

For a pattern p the index gives two sets of statements: those whose list certainly holds all of p,
and those that p may touch. Where the two are equal, p behaves as one letter would: every statement
takes all of it or none of it. Sets of statements are bits of an integer.

Two patterns can share a word only if the fixed beginning of one begins that of the other. So the
candidates are found by looking up the beginnings of a pattern's own beginning, and by bisection
among those that it begins; the cost is near linear in the number of patterns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlogic.symbolic.inclusion import covers, may_overlap
from iamlogic.symbolic.languages import Glob, Language, Template, Word
from iamlogic.symbolic.lowering import Patterns


@dataclass(frozen=True, slots=True)
class Reach:
    """The statements that take all of a pattern, and those that may take some of it."""

    whole: int
    some: int

    def uniform(self, among: int) -> bool:
        """Each of the statements takes all of the pattern or none."""
        return not (self.whole ^ self.some) & among


class PatternIndex:
    """An index over lists of actions, or of resources; list number i is bit i."""

    def __init__(self, lists: Sequence[Sequence[Language]], negated: int = 0) -> None:
        """Index the lists; `negated` has the bits of those that mean what is in none of them."""
        self._negated = negated
        self._all = (1 << len(lists)) - 1
        self._words: dict[str, int] = {}
        self._globs: dict[str, dict[Language, int]] = {}  # by fixed beginning
        for number, languages in enumerate(lists):
            bit = 1 << number
            for language in languages:
                if isinstance(language, Word):
                    self._words[language.text] = self._words.get(language.text, 0) | bit
                else:
                    alike = self._globs.setdefault(_beginning(language), {})
                    alike[language] = alike.get(language, 0) | bit
        self._lengths = sorted(set(map(len, self._globs)))
        self._sorted_words: list[str] | None = None
        self._sorted_beginnings: list[str] | None = None

    @staticmethod
    def of(lists: Sequence[Patterns]) -> PatternIndex:
        """An index over actions or resources of statements."""
        negated = sum(1 << number for number, each in enumerate(lists) if each.negated)
        return PatternIndex([each.languages for each in lists], negated)

    def reach(self, pattern: Language) -> Reach:
        """Which statements the pattern concerns."""
        whole, some = self._lists(pattern)
        positive = self._all & ~self._negated
        return Reach(
            whole & positive | self._negated & ~some,
            some & positive | self._negated & ~whole,
        )

    def listed(self, pattern: Language) -> int:
        """The statements whose list has the pattern word for word; a cheap part of `reach`."""
        if isinstance(pattern, Word):
            lists = self._words.get(pattern.text, 0)
        else:
            lists = self._globs.get(_beginning(pattern), {}).get(pattern, 0)
        return lists & ~self._negated

    def _lists(self, pattern: Language) -> tuple[int, int]:
        """`reach` as if no list were negated."""
        beginning = _beginning(pattern)
        if isinstance(pattern, Word):
            whole, some = self._words.get(pattern.text, 0), 0
            for language, lists in self._before(beginning):
                if covers(language, pattern):
                    whole |= lists
                elif isinstance(language, Template):
                    some |= lists
            return whole, whole | some
        whole = some = 0
        for language, lists in self._before(beginning):
            if covers(language, pattern):
                whole |= lists
            elif may_overlap(language, pattern):
                some |= lists
        for language, lists in self._after(beginning):
            if may_overlap(language, pattern):
                some |= lists
        return whole, some | whole

    def _before(self, beginning: str) -> Iterator[tuple[Language, int]]:
        """The globs whose own beginning begins this one, or is it."""
        for length in self._lengths:
            if length > len(beginning):
                break
            alike = self._globs.get(beginning[:length])
            if alike:
                yield from alike.items()

    def _after(self, beginning: str) -> Iterator[tuple[Language, int]]:
        """The words and the globs that begin so, and go on."""
        if self._sorted_words is None or self._sorted_beginnings is None:
            self._sorted_words = sorted(self._words)
            self._sorted_beginnings = sorted(self._globs)
        for text in _beginning_with(beginning, self._sorted_words):
            yield Word(text), self._words[text]
        for longer in _beginning_with(beginning, self._sorted_beginnings):
            if longer != beginning:
                yield from self._globs[longer].items()


def _beginning_with(beginning: str, ordered: list[str]) -> Iterator[str]:
    for at in range(bisect_left(ordered, beginning), len(ordered)):
        if not ordered[at].startswith(beginning):
            break
        yield ordered[at]


def _beginning(pattern: Language) -> str:
    """What every word of the pattern begins with."""
    match pattern:
        case Word(text):
            return text
        case Glob(head=head):
            return head.partition("?")[0]
        case _:
            return ""
