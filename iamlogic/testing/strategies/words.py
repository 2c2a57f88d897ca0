"""Words on the edge of a pattern: those it just matches and those it just misses.

A word fills the wildcards, or is one that does changed in one place (a character less or more,
another case, another segment), so that an evaluator which is wrong in one place is wrong about one
of them. They are parted by whether they match; that only says how often which is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.semantics.globs import ARN_SEGMENTS, Chunk, glob, glob_matches, written
from iamlogic.syntax.letter_case import fold

Pattern = tuple[Chunk, ...]
"""A pattern with its variables filled in: in a literal chunk nothing is a wildcard."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words about one pattern; `hits` match it, the plainest first, `near` do not."""

    hits: tuple[str, ...]
    near: tuple[str, ...]

    @staticmethod
    def parted(words: Iterable[str], matches: Callable[[str], bool]) -> Words:
        """The words in their order, each once and none empty, by whether they match."""
        found = {word: matches(word) for word in dict.fromkeys(words) if word}
        hits = tuple(word for word, matched in found.items() if matched)
        return Words(hits, tuple(word for word, matched in found.items() if not matched))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource is that a pattern does not say so of: its service and its account."""

    service: str
    account: str


@lru_cache(maxsize=1 << 14)
def action_words(pattern: str, fillings: tuple[str, ...]) -> Words:
    """Of an action's pattern."""
    if pattern in ("*", "*:*"):
        return Words.parted(["s3:GetObject", "iam:PassRole", "a:b", *fillings], lambda _: True)
    service, _, name = pattern.partition(":")
    usual = "GetResource" if name[:1] in ("*", "?") else "Resource"
    plain = f"{service.replace('*', 's3')}:{name.replace('*', usual)}".replace("?", "a")
    made = (plain, *_changed(plain), *filled_words((Chunk(pattern),), fillings))
    folded = written(fold(pattern))
    return Words.parted(made, lambda word: glob_matches(folded, fold(word)))


@lru_cache(maxsize=1 << 14)
def resource_words(pattern: Pattern, fillings: tuple[str, ...], place: Place) -> Words:
    """Of a resource's pattern: the first is a whole ARN, if one matches."""
    if pattern == (Chunk("*"),):
        usual = f"arn:aws:{place.service}:us-east-1:{place.account}:a"
        plain = "arn:aws:s3:::a" if place.service in ("s3", "*") else usual
        made: tuple[str, ...] = (plain, "*", "arn:aws:s3:::a/b:c", *fillings)
    else:
        plain = _whole_arn(pattern, place)
        made = (plain, *_changed(plain), *filled_words(pattern, fillings))
    wanted = glob(pattern)
    return Words.parted(made, lambda word: glob_matches(wanted, word))


@lru_cache(maxsize=1 << 14)
def filled_words(pattern: Pattern, fillings: tuple[str, ...]) -> tuple[str, ...]:
    """Of any glob: its wildcards filled, and then the plainest of these changed in one place."""
    parts = tuple(_parts(pattern))
    stars = [at for at, part in enumerate(parts) if part is _STAR]
    alike = [_filled(parts, filling) for filling in ("a", *fillings)]
    one_star = [_filled(parts, "a", {stars[-1]: filling}) for filling in fillings if len(stars) > 1]
    near = list(_changed(alike[0]))
    for at, part in enumerate(parts):
        if part is _HOLE:
            near += [_filled(parts, "a", {at: ""}), _filled(parts, "a", {at: "ab"})]
        if part is _STAR and at:
            near.append(_filled(parts, "a", {at - 1: parts[at - 1].text[:-1], at: ""}))
        if part is _STAR and at + 1 < len(parts):
            near.append(_filled(parts, "a", {at: "", at + 1: parts[at + 1].text[1:]}))
    return tuple(dict.fromkeys([*alike, *one_star, *near]))


@dataclass(frozen=True, slots=True)
class _Part:
    """Letters that stand for themselves, or one of the two wildcards below."""

    text: str


_STAR, _HOLE = _Part("*"), _Part("?")


def _parts(pattern: Pattern) -> Iterator[_Part]:
    for chunk in pattern:
        if chunk.literal:
            yield _Part(chunk.text)
            continue
        run = ""
        for one in chunk.text:
            if one not in "*?":
                run += one
                continue
            if run:
                yield _Part(run)
            run = ""
            yield _STAR if one == "*" else _HOLE
        if run:
            yield _Part(run)


def _filled(parts: Sequence[_Part], filling: str, instead: dict[int, str] | None = None) -> str:
    """The parts with wildcards filled; `instead` has what stands in some places."""
    chosen = instead or {}
    words = []
    for at, part in enumerate(parts):
        if at in chosen:
            words.append(chosen[at])
        elif part is _STAR:
            words.append(filling)
        else:
            words.append((filling[:1] or "a") if part is _HOLE else part.text)
    return "".join(words)


def _changed(word: str) -> Iterator[str]:
    """The word changed in one place."""
    yield word[:-1]
    yield word + "a"
    yield word.swapcase()
    yield word[1:]
    middle = len(word) // 2
    yield word[:middle] + word[middle + 1 :]
    for separator in (":", "/"):
        segments = word.split(separator)
        if len(segments) > 1:
            yield separator.join([*segments[:-1], "x"])
            yield separator.join([*segments, "x"])
            yield separator.join([*segments[:-2], "x", segments[-1]])


def _whole_arn(pattern: Pattern, place: Place) -> str:
    """A hit that is an ARN, where the pattern matches one: stars stand for what is missing."""
    usual = ("arn", "aws", place.service, "us-east-1", place.account, "a")
    parts = tuple(_parts(pattern))
    stars = [at for at, part in enumerate(parts) if part is _STAR]
    missing = ARN_SEGMENTS - 1 - sum(part.text.count(":") for part in parts)
    filled: dict[int, str] = {}
    before = 0  # how many colons stand before the part
    for at, part in enumerate(parts):
        before += part.text.count(":")
        if part is not _STAR:
            continue
        begins = at == 0 or parts[at - 1].text.endswith(":")
        ends = at + 1 == len(parts) or parts[at + 1].text.startswith(":")
        if at == stars[-1] and missing > 0:
            segments = usual[before : before + missing + 1]
            filled[at] = ":".join(segments if begins else ("", *segments[1:]))
        elif begins and ends and before < len(usual):
            filled[at] = usual[before]
    word = _filled(parts, "a", filled)
    return word if glob_matches(glob(pattern), word) else _filled(parts, "a")
