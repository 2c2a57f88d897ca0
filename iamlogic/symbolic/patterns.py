"""The texts of a policy as languages: what one value of a condition, or one resource, matches.

Texts with `${…}` become templates, whose references stand for values of other keys (R-V1 to R-V8).
A template without references, of escapes alone, is a language like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from string import ascii_letters

from iamlogic.errors import InternalError
from iamlogic.symbolic.deadline import Undecided
from iamlogic.symbolic.languages import (
    ANY,
    NOTHING,
    CharSet,
    Language,
    Languages,
    Part,
    Ref,
    Word,
    either_case,
    glob,
    matches,
    sequence,
    spell,
)
from iamlogic.symbolic.requester import alphabet_of
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Base, Comparison, Family
from iamlogic.syntax.policy import Escape, Template, Variable

_BUT_COLON = CharSet(frozenset(":"), negated=True)
_ARN_SEGMENTS = 6


def any_case(text: str) -> Language:
    """The text in any case (R-C8)."""
    return spell(map(either_case, text))


def arn_glob(pattern: str) -> Language:
    """ARNs that match segment by segment; a wildcard stays within its segment but in the last."""
    if pattern == "*":  # R-C14: a bare star matches every ARN
        pattern = "arn:*:*:*:*:*"
    segments = pattern.split(":", _ARN_SEGMENTS - 1)
    if len(segments) < _ARN_SEGMENTS or not matches(glob(segments[0]), "arn"):
        return NOTHING  # R-C14
    parts: list[Part] = ["arn"]
    for number, segment in enumerate(segments[1:], start=2):
        wildcard = ANY if number == _ARN_SEGMENTS else _BUT_COLON
        normal = glob(segment).text  # in normal form no two loops meet at one state
        parts.append(":")
        parts += [(wildcard,) if c == "*" else wildcard if c == "?" else c for c in normal]
    return spell(parts)


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def encodings(text: str) -> Language:
    """The base64 texts of the same bytes (R-C19): the last digit before `=` has unused bits."""
    padding = len(text) - len(text.rstrip("="))
    if not padding:
        return Word(text)
    last = _ALPHABET.index(text[-padding - 1])
    unused = 1 << 2 * padding
    same = _ALPHABET[last - last % unused : last - last % unused + unused]
    return sequence((text[: -padding - 1], CharSet(frozenset(same)), "=" * padding))


# Texts with variables


def lower_template(base: Base, template: Template) -> Languages:
    """What a value with variables takes under a String or Arn operator (R-V3), in one or more."""
    match base.family, base.comparison:
        case Family.STRING, Comparison.EQUALS:
            return (spell(part for each in template for part in _exact(each)),)
        case Family.STRING, Comparison.EQUALS_IGNORE_CASE:
            return (spell(part for each in template for part in _either_case(each)),)
        case Family.STRING, Comparison.LIKE:
            return (like_template(template),)
        case Family.ARN, Comparison.LIKE:
            return _arn_templates(template)
        case _:
            raise InternalError(f"a variable stands under {base.name}")  # R-V3 refuses it


def like_template(template: Template) -> Language:
    """A glob with variables."""
    return spell(part for each in template for part in _like(each, ANY))


def _exact(part: str | Variable | Escape) -> Iterator[Part]:
    match part:
        case str():
            yield part
        case Escape(character):
            yield character
        case Variable(key, default):
            folded = fold(key)
            yield Ref(folded, alphabet_of(folded), default)


def _either_case(part: str | Variable | Escape) -> Iterator[Part]:
    for each in _exact(part):
        if isinstance(each, Ref):
            # Digits, as of an account, have no case: a plain reference is decided more easily.
            has_case = each.default or any(char in each.alphabet for char in ascii_letters)
            yield replace(each, any_case=True, alphabet=ANY) if has_case else each
        elif isinstance(each, str):
            yield from map(either_case, each)


def _like(part: str | Variable | Escape, wildcard: CharSet) -> Iterator[Part]:
    """R-V4, R-V8: only what is written as a wildcard is one."""
    if not isinstance(part, str):
        yield from _exact(part)
        return
    for char in part:
        match char:
            case "*":
                yield (wildcard,)
            case "?":
                yield wildcard
            case _:
                yield char


def _arn_templates(template: Template) -> Languages:
    """R-V4: the pattern is split before values are put in, so a value cannot hold a boundary."""
    segments: list[list[str | Variable | Escape]] = [[]]
    for part in template:
        if not isinstance(part, str):
            segments[-1].append(part)
            continue
        room = _ARN_SEGMENTS - len(segments)
        first, *later = part.split(":", room) if room else (part,)
        segments[-1].append(first)
        segments += [[text] for text in later]
    if len(segments) < _ARN_SEGMENTS:
        return ()  # R-C14
    rest: list[Part] = []
    for number, segment in enumerate(segments[1:], start=2):
        last = number == _ARN_SEGMENTS
        rest.append(":")
        for each in segment:
            for spelled in _like(each, ANY if last else _BUT_COLON):
                if isinstance(spelled, Ref) and not last:
                    spelled = replace(spelled, stops=":")  # noqa: PLW2901
                rest.append(spelled)
    return tuple(spell((*first, *rest)) for first in _first_segments(segments[0]))


def _first_segments(segment: list[str | Variable | Escape]) -> Iterator[list[Part]]:
    """The first segment of an ARN is `arn`: the ways in which the pattern can be that.

    In each way all of the segment's variables but the first have one value; what they spell
    together stands in the place of the first.
    """
    parts = [part for each in segment for part in _like(each, _BUT_COLON)]
    refs = {place: part for place, part in enumerate(parts) if isinstance(part, Ref)}
    if not refs:
        if matches(spell(parts), _ARN):
            yield [_ARN]
        return
    if len(refs) > _MOST_REFS:
        raise Undecided("too many variables stand before the first colon of an ARN")
    ways: dict[tuple[str, ...], set[str]] = {}
    for pieces in _pieces(len(refs), len(_ARN)):
        read = list(parts)
        for place, piece in zip(refs, pieces, strict=True):
            read[place] = piece
        if matches(spell(read), _ARN):
            ways.setdefault(pieces[1:], set()).add(pieces[0])
    for later, fitting in ways.items():
        reads = [(frozenset(fitting), _ARN), *((frozenset((value,)), "") for value in later)]
        yield [replace(ref, reads=each) for ref, each in zip(refs.values(), reads, strict=True)]


_ARN = "arn"
_MOST_REFS = 6
"""Variables in one segment whose values are enumerated: at most three of them are not empty."""


def _pieces(count: int, room: int) -> Iterator[tuple[str, ...]]:
    """Parts of `arn`, so many, with no more characters than there is room."""
    if count == 0:
        yield ()
        return
    for piece in sorted({_ARN[i:j] for i in range(4) for j in range(i, min(i + room, 3) + 1)}):
        yield from ((piece, *later) for later in _pieces(count - 1, room - len(piece)))
