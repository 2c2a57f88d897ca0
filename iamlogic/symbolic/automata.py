"""Words that lie in some languages and not in others: a lazily explored product of automata.

Every language is a row of letters and loops (`languages.Sequence`), so its automaton has one state
between any two letters, and a set of states is a set of bits. All automata of a product lie side by
side in one integer, and reading a character moves all of them with a shift and two masks. Only
products that some word reaches are ever built; the breadth-first search finds a shortest word or,
having seen every product, proves that there is none.

Characters that no letter and no loop tells apart are one class with one representative, so the
alphabet is the characters that occur and a fresh one.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Row

from iamlogic.errors import InternalError
from iamlogic.symbolic.deadline import Deadline, Undecided
from iamlogic.symbolic.languages import (
    Glob,
    Language,
    Nothing,
    Sequence,
    Single,
    Union,
    Word,
    matches,
    spelled,
)

_FRESH = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_.=+,@/ "
"""Characters for a position where any will do, the most readable first."""

_CHECK_EVERY = 256
"""Products between two looks at the clock."""

_MOST_PRODUCTS = 2_000_000
"""Products before a search is given up: they take some 200 bytes each."""


def find_word(inside: Row[Row[Language]], outside: Row[Language], deadline: Deadline) -> str | None:
    """A shortest word in one language of each row of `inside` and in none of `outside`."""
    rows = [list(_single(row)) for row in inside]
    if any(not row for row in rows):
        return None
    for row in rows:
        if all(isinstance(part, Word) for part in row):
            return _choose(row, rows, outside)
    # Most negative languages exclude none of the words that come to mind, so they join the product
    # only once a word has been found in them.
    product_of: list[Single] = []
    while True:
        deadline.check()
        word = _Product(rows, product_of).shortest(deadline)
        if word is None:
            return None
        broken = next(_single_with(word, outside), None)
        if broken is None:
            return word
        product_of.append(broken)


def _single(row: Row[Language]) -> Iterator[Single]:
    """The languages of a row, unions taken apart."""
    for part in row:
        match part:
            case Union():
                yield from map(Word, sorted(part.words))
                yield from part.others
            case Nothing():
                pass
            case Word() | Glob() | Sequence():
                yield part
            case _:
                raise InternalError(f"{type(part).__name__} is no row of letters")


def _single_with(word: str, languages: Row[Language]) -> Iterator[Single]:
    """The languages that the word lies in, one of each union."""
    for part in languages:
        if isinstance(part, Union):
            found = part.part_with(word)
            if found is not None:
                yield found
        elif isinstance(part, Word | Glob | Sequence) and matches(part, word):
            yield part


def _choose(words: Row[Language], rows: Row[Row[Language]], banned: Row[Language]) -> str | None:
    """`find_word` where one row lists words only: try each."""
    for candidate in words:
        assert isinstance(candidate, Word)
        word = candidate.text
        if all(any(matches(part, word) for part in row) for row in rows) and not any(
            matches(part, word) for part in banned
        ):
            return word
    return None


class _Product:
    """The automata of some rows (a word must end in one of each) and of banned languages."""

    def __init__(self, rows: Row[Row[Single]], banned: Row[Single]) -> None:
        self._shapes: list[tuple[int, Sequence]] = []  # each with the number of its first state
        self._width = 0
        self._start = 0
        self._goals: list[int] = []  # of each row, its accepting states
        self._alive: list[int] = []  # of each row, all of its states
        self._sinks = 0  # banned states that, once reached, are never left
        self._bad = 0  # accepting states of banned languages
        for row in rows:
            goal = alive = 0
            for part in row:
                states, accepting, _ = self._add(part)
                goal |= accepting
                alive |= states
            self._goals.append(goal)
            self._alive.append(alive)
        for part in banned:
            _, accepting, sink = self._add(part)
            self._bad |= accepting
            self._sinks |= sink
        self._classes = self._character_classes()

    def _add(self, part: Single) -> tuple[int, int, int]:
        """Lay an automaton beside the others: (its states, the accepting one, that if a sink)."""
        shape = spelled(part)
        base, size = self._width, len(shape.letters) + 1
        self._start |= 1 << base
        self._shapes.append((base, shape))
        self._width += size
        accepting = 1 << base + size - 1
        last = shape.loops[-1]
        forever = last is not None and last.negated and not last.chars
        return ((1 << size) - 1) << base, accepting, accepting if forever else 0

    def _character_classes(self) -> list[tuple[str, int, int]]:
        """(representative, bits whose letter it is, bits whose loop it is), one for each class."""
        named = frozenset[str]().union(*(shape.named for _, shape in self._shapes))
        fresh = next((c for c in _FRESH if c not in named), None) or _unnamed(named)
        seen: dict[tuple[int, int], str] = {}
        for char in (fresh, *sorted(named, key=_plainness)):
            letters = loops = 0
            for base, shape in self._shapes:
                on, stay = shape.moves_on(char)
                letters |= on << base
                loops |= stay << base
            seen.setdefault((letters, loops), char)
        return [(char, letters, loops) for (letters, loops), char in seen.items()]

    def shortest(self, deadline: Deadline) -> str | None:
        """A shortest accepted word, or None if the language is empty."""
        start = self._start
        if not self._hopeless(start) and self._accepts(start):
            return ""
        came_from: dict[int, tuple[int, str]] = {start: (start, "")}
        frontier = [start]
        since_check = 0
        while frontier:
            reached: list[int] = []
            for state in frontier:
                since_check += 1
                if since_check >= _CHECK_EVERY:
                    deadline.check()
                    if len(came_from) > _MOST_PRODUCTS:
                        raise Undecided("too many patterns overlap in too many ways")
                    since_check = 0
                for char, after in self._moves(state):
                    if after in came_from:
                        continue
                    came_from[after] = (state, char)
                    if self._accepts(after):
                        return _spell(came_from, after, start)
                    reached.append(after)
            frontier = reached
        return None

    def _moves(self, state: int) -> Iterator[tuple[str, int]]:
        alive, sinks = self._alive, self._sinks
        for char, letters, loops in self._classes:
            after = (state & letters) << 1 | state & loops
            if after & sinks:
                continue
            for row in alive:
                if not after & row:
                    break
            else:
                yield char, after

    def _hopeless(self, state: int) -> bool:
        return bool(state & self._sinks) or any(not state & row for row in self._alive)

    def _accepts(self, state: int) -> bool:
        return not state & self._bad and all(state & goal for goal in self._goals)


def _plainness(char: str) -> tuple[int, str]:
    at = _FRESH.find(char)
    return (at if at >= 0 else len(_FRESH) + ord(char), char)


def _unnamed(named: frozenset[str]) -> str:
    """A character outside a large alphabet; surrogates are no characters of a word."""
    code = next(code for code in range(0x100, 0xD800) if chr(code) not in named)
    return chr(code)


def _spell(came_from: dict[int, tuple[int, str]], state: int, start: int) -> str:
    chars: list[str] = []
    while state != start:
        state, char = came_from[state]
        chars.append(char)
    return "".join(reversed(chars))
