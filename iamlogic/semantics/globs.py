"""When a text matches a pattern: globs, and the patterns of ARNs, which are six globs.

A glob is a text in which `*` stands for any run of characters and `?` for exactly one (R-C15). It
is kept as its pieces between the stars, so that characters which come from elsewhere, such as the
value of a policy variable, can stand in it without being wildcards (R-V4).

`glob_matches` looks for the pieces from left to right, each as early as it can be: all that a later
piece needs is room, so the leftmost place is never worse than another and nothing is ever tried
twice. Pieces have a fixed length; finding one takes near-linear time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

ARN_SEGMENTS = 6
"""`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, of which only the last may contain colons."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a pattern; in a literal one `*`, `?` and `:` are characters like any other."""

    text: str
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two stars: characters, and the offsets at which any one will do."""

    text: str
    holes: frozenset[int] = frozenset()


Glob = tuple[Piece, ...]
"""The pieces of a pattern; between each two of them stands a `*`."""

ArnPattern = tuple[Glob, ...]
"""A glob for each segment of an ARN."""


def glob(chunks: Iterable[Chunk]) -> Glob:
    """The glob that the chunks of a pattern make together."""
    return tuple(map(_piece, _split(chunks, "*")))


@lru_cache(maxsize=4096)
def written(pattern: str) -> Glob:
    """The glob that is written in a text without variables."""
    return glob((Chunk(pattern),))


def arn_pattern(chunks: tuple[Chunk, ...]) -> ArnPattern | None:
    """R-C14: a pattern split at its first five colons; with fewer it matches nothing and is None.

    A colon in a literal chunk makes no segment (R-V4). The bare `*` is six stars (R-C27).
    """
    if chunks == (Chunk("*"),):
        return (written("*"),) * ARN_SEGMENTS
    segments = _split(chunks, ":", ARN_SEGMENTS - 1)
    return tuple(map(glob, segments)) if len(segments) == ARN_SEGMENTS else None


def arn_matches(pattern: ArnPattern, text: str) -> bool:
    """Whether `text` is an ARN of the form `pattern`, segment by segment (R-C13, R-C14)."""
    segments = text.split(":", ARN_SEGMENTS - 1)
    if len(segments) < ARN_SEGMENTS or segments[0] != "arn":
        return False
    return all(map(glob_matches, pattern, segments))


def glob_matches(pattern: Glob, text: str) -> bool:
    """Whether the whole of `text` is of the form `pattern`, case and all (R-C15)."""
    first, *rest = pattern
    if not rest:
        return len(first.text) == len(text) and _fits(first, text, 0)
    *middle, last = rest
    start, end = len(first.text), len(text) - len(last.text)
    if start > end or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    for piece in middle:
        found = _find(piece, text, start, end)
        if found is None:
            return False
        start = found + len(piece.text)
    return True


def _split(chunks: Iterable[Chunk], separator: str, most: int | None = None) -> list[list[Chunk]]:
    """The chunks between separators, of which at most `most` count and none in a literal chunk."""
    parts: list[list[Chunk]] = [[]]
    for chunk in chunks:
        if chunk.literal:
            parts[-1].append(chunk)
            continue
        left = -1 if most is None else most + 1 - len(parts)
        first, *later = chunk.text.split(separator, left)
        parts[-1].append(Chunk(first))
        parts += [[Chunk(text)] for text in later]
    return parts


def _piece(chunks: Iterable[Chunk]) -> Piece:
    texts, holes, length = list[str](), set[int](), 0
    for chunk in chunks:
        if not chunk.literal and "?" in chunk.text:
            holes.update(length + at for at, one in enumerate(chunk.text) if one == "?")
        texts.append(chunk.text)
        length += len(chunk.text)
    return Piece("".join(texts), frozenset(holes))


def _fits(piece: Piece, text: str, at: int) -> bool:
    """Whether a piece matches the characters of `text` from `at` on."""
    if not piece.holes:
        return text.startswith(piece.text, at)
    return at + len(piece.text) <= len(text) and all(
        text[at + offset] == one or offset in piece.holes for offset, one in enumerate(piece.text)
    )


def _find(piece: Piece, text: str, start: int, end: int) -> int | None:
    """The first place in `text[start:end]` where a piece matches, or None."""
    if not piece.holes:
        found = text.find(piece.text, start, end)
        return None if found < 0 else found
    # All beginnings of the piece are followed at once, one bit for each (the Shift-And method):
    # bit i of `alive` says that the last i + 1 characters match the first i + 1 of the piece.
    holes, fixed = 0, dict[str, int]()
    for offset, one in enumerate(piece.text):
        if offset in piece.holes:
            holes |= 1 << offset
        else:
            fixed[one] = fixed.get(one, 0) | 1 << offset
    alive, whole = 0, 1 << (len(piece.text) - 1)
    for place in range(start, end):
        alive = (alive << 1 | 1) & (fixed.get(text[place], 0) | holes)
        if alive & whole:
            return place - len(piece.text) + 1
    return None
