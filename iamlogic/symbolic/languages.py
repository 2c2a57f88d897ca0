"""Atoms as regular languages over one string: what a pattern matches, covers and overlaps.

An atom says "this variable lies in this language". Three forms are enough for every pattern of
IAM, and all three are a row of *letters* with optional *loops* between them:

- `Word`: exactly one word (`StringEquals`, a pattern without wildcards);
- `Glob`: `*` any run of characters, `?` any one character (`StringLike`, resources, actions);
- `Sequence`: letters and loops over arbitrary character sets (Arn operators, whose wildcards stop
  at colons; either-case texts; views of the requester).

A `Union` of such languages can be an atom too, where a list of patterns is always used whole.

Here are the cheap questions, each sound and most of them exact; `automata` decides the rest.
Texts never hold lone surrogates (`syntax` and `Request` refuse them), which leaves those free as
separators that no pattern can name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache


@dataclass(frozen=True, slots=True)
class CharSet:
    """The characters listed or, negated, all others."""

    chars: frozenset[str]
    negated: bool = False

    def __contains__(self, char: str) -> bool:
        return (char in self.chars) is not self.negated

    def includes(self, other: CharSet) -> bool:
        """Every character of `other` is one of this set (the universe is taken as infinite)."""
        if self.negated:
            if other.negated:
                return self.chars <= other.chars
            return self.chars.isdisjoint(other.chars)
        return not other.negated and other.chars <= self.chars


ANY = CharSet(frozenset(), negated=True)


def one(char: str) -> CharSet:
    """The set of one character."""
    return CharSet(frozenset((char,)))


@dataclass(frozen=True, slots=True)
class Word:
    """The language of one word."""

    text: str

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Glob:
    """The language of a glob with at least one wildcard; build it with `glob`."""

    text: str
    head: str  # what stands before the first star
    middle: tuple[str, ...]  # the non-empty pieces between stars
    tail: str | None  # what stands after the last star; None without a star
    marks: bool  # whether it has a `?`
    shortest: int  # the length of its shortest word

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Glob) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class Sequence:
    """`letters[i]` leads from state i to i+1; `loops[i]`, where there is one, from i to i."""

    letters: tuple[CharSet, ...]
    loops: tuple[CharSet | None, ...]  # one longer than letters


@dataclass(frozen=True, slots=True)
class Nothing:
    """The empty language."""


class Union:
    """What lies in one of many languages; each `Union` is equal to itself alone.

    It is taken apart only when a word is looked for: most unions are decided as a whole.
    """

    def __init__(self, parts: Collection[Language]) -> None:
        self._parts = parts

    @cached_property
    def words(self) -> frozenset[str]:
        """The languages of one word."""
        return frozenset(part.text for part in self._parts if isinstance(part, Word))

    @cached_property
    def others(self) -> tuple[Glob | Sequence, ...]:
        """All the others."""
        return tuple(part for part in self._parts if isinstance(part, Glob | Sequence))

    def part_with(self, word: str) -> Single | None:
        """One of the languages that the word lies in."""
        if word in self.words:
            return Word(word)
        return next((part for part in self.others if matches(part, word)), None)


NOTHING = Nothing()
EVERYTHING = Glob("*", "", (), "", marks=False, shortest=0)

Single = Word | Glob | Sequence
Language = Single | Union | Nothing

_WILDCARD_RUN = re.compile(r"[*?]*\*[*?]*")


def _normal_run(run: re.Match[str]) -> str:
    return "?" * run[0].count("?") + "*"


@lru_cache(maxsize=1 << 16)
def glob(text: str) -> Word | Glob:
    """The language of a glob, in normal form: `**` is `*`, and `*?` is `?*`."""
    if "*" not in text:
        if "?" not in text:
            return Word(text)
        return Glob(text, text, (), None, marks=True, shortest=len(text))
    if "**" in text or "*?" in text or "?*" in text:
        text = _WILDCARD_RUN.sub(_normal_run, text)
    head, *middle, tail = text.split("*")
    return Glob(
        text,
        head,
        tuple(filter(None, middle)),
        tail,
        marks="?" in text,
        shortest=len(text) - len(middle) - 1,
    )


def sequence(parts: Iterable[str | CharSet | tuple[CharSet]]) -> Sequence:
    """Spell a language: a `str` is itself, a set is one letter of it, a 1-tuple a loop over it."""
    letters: list[CharSet] = []
    loops: list[CharSet | None] = [None]
    for part in parts:
        match part:
            case str():
                letters += map(one, part)
                loops += [None] * len(part)
            case CharSet():
                letters.append(part)
                loops.append(None)
            case (loop,):
                standing = loops[-1]
                if standing is not None and not standing.includes(loop):
                    if not loop.includes(standing):
                        raise ValueError("two different loops at one state")
                    standing = None
                loops[-1] = standing or loop
    return Sequence(tuple(letters), tuple(loops))


def spelled(language: Single) -> Sequence:
    """Any language as letters and loops."""
    match language:
        case Sequence():
            return language
        case Word(text):
            return sequence(map(one, text))
        case Glob(text=text):
            return sequence((ANY,) if c == "*" else ANY if c == "?" else c for c in text)


# Membership


def matches(language: Language, word: str) -> bool:
    """Whether `word` lies in the language. Never backtracks: time is pieces times length."""
    match language:
        case Word(text):
            return word == text
        case Glob():
            return _glob_matches(language, word)
        case Sequence():
            return _sequence_matches(language, word)
        case Union():
            return language.part_with(word) is not None
        case Nothing():
            return False


def _glob_matches(glob: Glob, word: str) -> bool:
    if len(word) < glob.shortest:
        return False
    if glob.marks:
        return _marked_glob_matches(glob, word)
    if not (word.startswith(glob.head) and word.endswith(glob.tail or "")):
        return False
    # The leftmost place for each piece leaves the most room for the next.
    at, end = len(glob.head), len(word) - len(glob.tail or "")
    for piece in glob.middle:
        at = word.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


_MARK = "."
"""What a `?` of a glob stands for in membership: any character."""
_MARK_UNDER_COVER = "[^*]"
"""…and where the "word" is itself a glob: anything but a star, which may be empty or long."""


@lru_cache(maxsize=1 << 13)
def _piece(text: str, mark: str) -> re.Pattern[str]:
    return re.compile("".join(mark if c == "?" else re.escape(c) for c in text), re.DOTALL)


def _marked_glob_matches(glob: Glob, word: str, mark: str = _MARK) -> bool:
    head = _piece(glob.head, mark)
    if glob.tail is None:
        return head.fullmatch(word) is not None
    if not head.match(word):
        return False
    at, end = len(glob.head), len(word) - len(glob.tail)
    if at > end or not _piece(glob.tail, mark).match(word, end):
        return False
    for piece in glob.middle:
        found = _piece(piece, mark).search(word, at, end)
        if found is None:
            return False
        at = found.end()
    return True


def _sequence_matches(language: Sequence, word: str) -> bool:
    letters, loops = language.letters, language.loops
    states = {0}
    for char in word:
        states = {
            after
            for state in states
            for after in _steps(letters, loops, state, char)
        }  # fmt: skip
        if not states:
            return False
    return len(letters) in states


def _steps(
    letters: tuple[CharSet, ...], loops: tuple[CharSet | None, ...], state: int, char: str
) -> Iterable[int]:
    loop = loops[state]
    if loop is not None and char in loop:
        yield state
    if state < len(letters) and char in letters[state]:
        yield state + 1


# Inclusion and overlap, cheaply


def covers(wide: Language, narrow: Language) -> bool:
    """Whether every word of `narrow` lies in `wide`. True is certain; False may mean "not seen".

    The narrow pattern is read as one word over patterns' symbols: a star of it can be covered only
    by a star, a `?` only by `?` or a star. That is exact when `wide` has no `?`: a word of the
    narrow one that puts fresh characters for its wildcards matches only in that way.
    """
    match wide, narrow:
        case _, Nothing():
            return True
        case Glob(text="*"), _:
            return True
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
        case Glob(marks=False), Glob(text=text):
            return _glob_matches(wide, text)
        case Glob(), Glob(text=text):
            return _marked_glob_matches(wide, text, _MARK_UNDER_COVER)
        case ((Glob() | Sequence()), (Glob() | Sequence())):
            return _simulates(spelled(wide), spelled(narrow))


def _simulates(wide: Sequence, narrow: Sequence) -> bool:
    """`covers` for spelled languages: one run of `wide` over the symbols of `narrow`."""
    states = {0}
    for position, loop in enumerate(narrow.loops):
        if loop is not None:
            states = {
                i for i in states if (own := wide.loops[i]) is not None and own.includes(loop)
            }
        if position == len(narrow.letters):
            break
        letter = narrow.letters[position]
        after = {
            i + 1 for i in states if i < len(wide.letters) and wide.letters[i].includes(letter)
        }
        after |= {i for i in states if (own := wide.loops[i]) is not None and own.includes(letter)}
        states = after
    return len(wide.letters) in states


def may_overlap(left: Language, right: Language) -> bool:
    """Whether some word may lie in both. False is certain; True may mean "not seen"."""
    match left, right:
        case (Nothing(), _) | (_, Nothing()):
            return False
        case (Union(), _) | (_, Union()):
            return True
        case Word(text), _:
            return matches(right, text)
        case _, Word(text):
            return matches(left, text)
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
