"""Atoms as regular languages over one string: what a pattern matches, covers and overlaps.

An atom says "this variable lies in this language". Three forms are enough for every pattern of
IAM, and all three are a row of *letters* with optional *loops* between them:

- `Word`: exactly one word (`StringEquals`, a pattern without wildcards);
- `Glob`: `*` any run of characters, `?` any one character (`StringLike`, resources, actions);
- `Sequence`: letters and loops over arbitrary character sets (Arn operators, whose wildcards stop
  at colons; either-case texts; views of the requester).

A `Union` of such languages can be an atom too, where a list of patterns is always used whole.

Two more forms stand beside them: an `Interval` of a scale of numbers, instants or addresses
(`scales`), and a `Template`, a row of letters in which values of other keys stand (`${…}`), which
is a language once those values are chosen.

Here is what they are and which words lie in them; `inclusion` and `automata` decide the rest. Texts
never hold lone surrogates (`syntax` and `Request` refuse them), which leaves those free as
separators that no pattern can name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from iamlogic.errors import InternalError
from iamlogic.symbolic.scales import Interval


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


@lru_cache(maxsize=1 << 12)
def one(char: str) -> CharSet:
    """The set of one character."""
    return CharSet(frozenset((char,)))


def without(chars: CharSet, stops: str) -> CharSet:
    """The set without some characters."""
    if chars.negated:
        return CharSet(chars.chars.union(stops), negated=True)
    return CharSet(chars.chars.difference(stops))


def either_case(char: str) -> CharSet:
    """The character in both cases; beyond ASCII a character is only itself (R-C26)."""
    return CharSet(frozenset({char, char.upper(), char.lower()})) if char.isascii() else one(char)


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
    # Asked of very often: the hash, and where each character leads.
    _hash: int = field(default=0, init=False, compare=False, repr=False)
    _moves: Moves = field(default_factory=dict, init=False, compare=False, repr=False)
    _named: frozenset[str] | None = field(default=None, init=False, compare=False, repr=False)

    def __hash__(self) -> int:
        if not self._hash:
            object.__setattr__(self, "_hash", hash((self.letters, self.loops)))
        return self._hash

    def __reduce__(self) -> tuple[object, ...]:
        return (Sequence, (self.letters, self.loops))  # another process hashes differently

    def takes(self, word: str) -> bool:
        """Whether the word lies in it: all states at once, one bit for each."""
        moves = self._moves
        states = 1
        for char in word:
            on, stay = moves.get(char) or self.moves_on(char)
            states = (states & on) << 1 | states & stay
            if not states:
                return False
        return states >> len(self.letters) & 1 == 1

    def moves_on(self, char: str) -> tuple[int, int]:
        """By bit of the state: whether the character leads on from it, and whether it stays."""
        known = self._moves.get(char)
        if known is not None:
            return known
        on = sum(1 << i for i, letter in enumerate(self.letters) if char in letter)
        loops = enumerate(self.loops)
        stay = sum(1 << i for i, loop in loops if loop is not None and char in loop)
        self._moves[char] = on, stay
        return on, stay

    @property
    def named(self) -> frozenset[str]:
        """The characters that some set of it names; all others are alike to it."""
        if self._named is None:
            sets = (each.chars for each in (*self.letters, *self.loops) if each is not None)
            object.__setattr__(self, "_named", frozenset[str]().union(*sets))
        assert self._named is not None
        return self._named


Moves = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Ref:
    """The value of another key, in a `Template`: itself, literally (R-V4).

    `alphabet` has the characters that such a value can consist of. A value with one of `stops` fits
    nothing here: it would run over the end of the part that the reference stands in. `reads` is
    given where only some values fit: those values, and the text that stands here for all of them.
    """

    key: str
    alphabet: CharSet
    default: str | None = None  # the value of an absent key (R-V7)
    any_case: bool = False
    stops: str = ""
    reads: tuple[frozenset[str], str] | None = None

    def reading(self, value: str) -> tuple[CharSet, ...] | None:
        """The letters that a value puts here; None if it fits nothing."""
        if any(stop in value for stop in self.stops):
            return None
        if self.reads is not None:
            values, text = self.reads
            return tuple(map(one, text)) if value in values else None
        return tuple(either_case(c) if self.any_case else one(c) for c in value)


@dataclass(frozen=True, slots=True)
class Template:
    """A `Sequence` in which values of other keys stand."""

    letters: tuple[CharSet | Ref, ...]
    loops: tuple[CharSet | None, ...]

    @property
    def refs(self) -> tuple[Ref, ...]:
        return tuple(letter for letter in self.letters if isinstance(letter, Ref))

    @property
    def sole_ref(self) -> Ref | None:
        """The reference, where the template is nothing else: a text that equals a value."""
        match self:
            case Template((Ref() as ref,), (None, None)) if not ref.any_case:
                return ref
        return None

    def substitute(self, values: Mapping[str, str | None]) -> Language:
        """The language for given values; references to other keys stay. None: it has none."""

        def read(ref: Ref) -> tuple[Part, ...] | None:
            if ref.key not in values:
                return (ref,)
            value = values[ref.key]
            return None if value is None else ref.reading(value)

        return self._mapped(read)

    def without_default(self, key: str) -> Language:
        """The template of a request that has the key."""
        return self._mapped(lambda ref: (replace(ref, default=None),) if ref.key == key else (ref,))

    def defaulted(self, key: str) -> Language:
        """The template of a request that lacks the key: nothing, where that has no default."""

        def read(ref: Ref) -> tuple[Part, ...] | None:
            if ref.key != key:
                return (ref,)
            return None if ref.default is None else ref.reading(ref.default)

        return self._mapped(read)

    def _mapped(self, read: Callable[[Ref], tuple[Part, ...] | None]) -> Language:
        """The template with something in the place of each reference; None: it holds nothing."""
        parts: list[Part] = []
        for position, loop in enumerate(self.loops):
            if loop is not None:
                parts.append((loop,))
            if position == len(self.letters):
                break
            letter = self.letters[position]
            reading = read(letter) if isinstance(letter, Ref) else (letter,)
            if reading is None:
                return NOTHING
            parts += reading
        return spell(parts)


@dataclass(frozen=True, slots=True)
class Nothing:
    """The empty language."""


class Union:
    """What lies in one of many languages; each `Union` is equal to itself alone.

    It is taken apart only when a word is looked for: most unions are decided as a whole.
    """

    def __init__(self, parts: Collection[Language]) -> None:
        if not all(isinstance(part, Word | Glob | Sequence) for part in parts):
            raise InternalError("a union is made of rows of letters")
        self._parts = parts

    @cached_property
    def words(self) -> frozenset[str]:
        """The languages of one word."""
        return frozenset(part.text for part in self._parts if isinstance(part, Word))

    @cached_property
    def others(self) -> tuple[Glob | Sequence, ...]:
        """All the others."""
        return tuple(p for p in ordered(self._parts) if isinstance(p, Glob | Sequence))

    def part_with(self, word: str) -> Single | None:
        """One of the languages that the word lies in."""
        if word in self.words:
            return Word(word)
        return next((part for part in self.others if matches(part, word)), None)


NOTHING = Nothing()
EVERYTHING = Glob("*", "", (), "", marks=False, shortest=0)

Single = Word | Glob | Sequence
Language = Single | Union | Nothing | Interval | Template

Languages = tuple[Language, ...]
"""A set of languages in the one order that `ordered` gives it: equal sets are equal."""


def ordered(languages: Iterable[Language]) -> Languages:
    """The set of these languages, in an order that no hash decides: answers do not hang on runs."""
    return tuple(sorted(set(languages), key=_rank))


@lru_cache(maxsize=1 << 13)
def _rank(language: Language) -> tuple[int, str]:
    match language:
        case Word(text):
            return 0, text
        case Glob():
            return 1, language.text
        case Sequence(letters, loops) | Template(letters, loops):
            return 2, " ".join(map(_written, (*letters, *loops)))
        case Union():
            return 3, " ".join(sorted(language.words))
    return 4, repr(language)


def _written(letter: CharSet | Ref | None) -> str:
    if not isinstance(letter, CharSet):
        return repr(letter)
    return f"{'^' if letter.negated else ''}{sorted(letter.chars)}"


Part = str | CharSet | tuple[CharSet] | Ref
"""How languages are spelled: texts, letters, loops (as 1-tuples) and references."""

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
    letters, loops = _rows(parts)
    return Sequence(tuple(each for each in letters if isinstance(each, CharSet)), loops)


def spell(parts: Iterable[Part]) -> Single | Template:
    """`sequence`, also with references; a word or a glob where it is one."""
    letters, loops = _rows(parts)
    row = tuple(each for each in letters if isinstance(each, CharSet))
    if len(row) < len(letters):
        return Template(letters, loops)
    if not any(loops) and all(len(each.chars) == 1 and not each.negated for each in row):
        return Word("".join(char for each in row for char in each.chars))
    text = _as_glob(row, loops)
    return Sequence(row, loops) if text is None else glob(text)


def _as_glob(letters: tuple[CharSet, ...], loops: tuple[CharSet | None, ...]) -> str | None:
    """The glob that the row is, if it is one."""
    text = []
    for position, loop in enumerate(loops):
        if loop is not None:
            if loop != ANY:
                return None
            text.append("*")
        if position < len(letters):
            letter = letters[position]
            if letter == ANY:
                text.append("?")
                continue
            char = next(iter(letter.chars), "*")
            if letter.negated or len(letter.chars) != 1 or char in "*?":
                return None
            text.append(char)
    return "".join(text)


def _rows(parts: Iterable[Part]) -> tuple[tuple[CharSet | Ref, ...], tuple[CharSet | None, ...]]:
    letters: list[CharSet | Ref] = []
    loops: list[CharSet | None] = [None]
    for part in parts:
        match part:
            case str():
                letters += map(one, part)
                loops += [None] * len(part)
            case CharSet() | Ref():
                letters.append(part)
                loops.append(None)
            case (loop,):
                standing = loops[-1]
                if standing is not None and not standing.includes(loop):
                    if not loop.includes(standing):
                        raise ValueError("two different loops at one state")
                    standing = None
                loops[-1] = standing or loop
    return tuple(letters), tuple(loops)


@lru_cache(maxsize=1 << 13)
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
            return language.takes(word)
        case Union():
            return language.part_with(word) is not None
        case Nothing():
            return False
        case Interval():
            return language.holds(word)
        case Template():
            raise InternalError("a template has no words before its variables are chosen")


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


def glob_covers(wide: Glob, narrow: str) -> bool:
    """Whether a glob takes another as it stands, letter by letter; see `inclusion.covers`."""
    if wide.marks:
        return _marked_glob_matches(wide, narrow, _MARK_UNDER_COVER)
    return _glob_matches(wide, narrow)
