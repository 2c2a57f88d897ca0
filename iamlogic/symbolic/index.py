"""Which of many statements can a pattern concern? An index over their lists of patterns.

For a pattern p the index gives two sets of statements: those whose list certainly holds all of p,
and those that p may touch. Where the two are equal, p behaves as one letter would: every statement
takes all of it or none of it. Sets are bits of an integer. Words are looked up in a dictionary and
globs only among those of the same service, which keeps the cost near linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.symbolic.languages import Glob, Language, Word, covers, may_overlap
from iamlogic.symbolic.lowering import Patterns


@dataclass(frozen=True, slots=True)
class Reach:
    """The statements that take all of a pattern, and those that may take some of it."""

    whole: int
    some: int

    def uniform(self, among: int) -> bool:
        return not (self.whole ^ self.some) & among


class PatternIndex:
    """An index over lists of actions (or of resources); list number i is bit i.

    `segments` is how many of a pattern's colon-separated segments tell its service: 1 for actions,
    3 for ARNs.
    """

    def __init__(self, lists: Sequence[Patterns], segments: int) -> None:
        self._segments = segments
        self._negated = 0
        self._all = (1 << len(lists)) - 1
        self._words: dict[str, int] = {}
        self._globs: dict[str | None, dict[Language, int]] = {}
        for number, patterns in enumerate(lists):
            bit = 1 << number
            if patterns.negated:
                self._negated |= bit
            for language in patterns.languages:
                if isinstance(language, Word):
                    self._words[language.text] = self._words.get(language.text, 0) | bit
                else:
                    bucket = self._globs.setdefault(self._service(language), {})
                    bucket[language] = bucket.get(language, 0) | bit
        self._words_of: dict[str | None, list[tuple[str, int]]] | None = None

    def reach(self, pattern: Language) -> Reach:
        whole, some = self._reach_of_lists(pattern)
        positive = self._all & ~self._negated
        return Reach(
            whole & positive | self._negated & ~some,
            some & positive | self._negated & ~whole,
        )

    def _reach_of_lists(self, pattern: Language) -> tuple[int, int]:
        whole = some = 0
        service = self._service(pattern)
        if service is None:
            buckets = list(self._globs.values())
        else:
            buckets = [self._globs.get(service, {}), self._globs.get(None, {})]
        if isinstance(pattern, Word):
            whole = self._words.get(pattern.text, 0)
            for bucket in buckets:
                for language, bits in bucket.items():
                    if covers(language, pattern):
                        whole |= bits
            return whole, whole
        for bucket in buckets:
            for language, bits in bucket.items():
                if covers(language, pattern):
                    whole |= bits
                elif may_overlap(language, pattern):
                    some |= bits
        for text, bits in self._words_near(service):
            if bits & ~some and covers(pattern, Word(text)):
                some |= bits
        return whole, some | whole

    def _words_near(self, service: str | None) -> list[tuple[str, int]]:
        """The words that a glob of the service can hold, by service once a glob asks."""
        if service is None:
            return list(self._words.items())
        if self._words_of is None:
            self._words_of = {}
            for text, bits in self._words.items():
                near = self._words_of.setdefault(self._service(Word(text)), [])
                near.append((text, bits))
        return self._words_of.get(service, [])

    def _service(self, pattern: Language) -> str | None:
        """What every word of the pattern begins with, up to the service; None if that varies."""
        match pattern:
            case Word(text):
                return _service_of(text, self._segments)
            case Glob(head=head):
                return _service_of(head.partition("?")[0], self._segments)
            case _:
                return None


@lru_cache(maxsize=1 << 16)
def _service_of(beginning: str, segments: int) -> str | None:
    parts = beginning.split(":", segments)
    return ":".join(parts[:segments]) if len(parts) > segments else None
