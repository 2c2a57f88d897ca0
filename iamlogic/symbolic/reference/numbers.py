"""The number that a text writes, by its digits: exact, whatever the exponent (R-C10).

A number other than 0 is 0.DIGITS times ten to the power PLACE, and DIGITS begins with no 0. That
turns comparing into two questions that solvers can answer: integers for the places, a regular
language for the digits. `commands` ties both to the text: sign, whole part, point, fraction, mark
and power make up the text; whole part and fraction together are some zeros and the digits. A text
that is a number can be cut up in one way only, so what is said of the parts may be negated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from iamlogic.symbolic.reference.digits import (
    DIGIT,
    DIGITS,
    ZEROS,
    fraction_below,
    fraction_equal,
)
from iamlogic.symbolic.reference.smtlib import (
    TRUE,
    Formula,
    Language,
    Number,
    Word,
    all_of,
    alternatives,
    any_of,
    asserted,
    both,
    characters,
    counted,
    declared,
    either_number,
    equal,
    exactly,
    from_to,
    iff,
    implies,
    integer,
    joined,
    length,
    less,
    literal,
    member,
    multiple,
    negation,
    optional,
    part_of,
    repeated_once,
    same,
    sequence,
    total,
)

_SIGN = characters("+", "-")
_MARK = sequence([characters("e", "E"), optional(_SIGN)])
_EMPTY = literal("")
_PARTS = ("sign", "whole", "point", "fraction", "mark", "power", "zeros", "digits")

IS_NUMBER = Language("number-text")
"""The name of `IS_NUMBER_MEANS` in the text."""
IS_NUMBER_MEANS = sequence(
    [
        optional(_SIGN),
        alternatives(
            [
                sequence([repeated_once(DIGIT), optional(sequence([exactly("."), DIGITS]))]),
                sequence([exactly("."), repeated_once(DIGIT)]),
            ]
        ),
        optional(sequence([_MARK, from_to(1, 4, DIGIT)])),
    ]
)


def is_number(word: Word) -> Formula:
    """`word` writes a number."""
    return member(word, IS_NUMBER)


def commands(word: Word) -> Iterator[str]:
    """Declares the parts of `word`, and demands that they are its parts if it is a number."""
    sign, whole, point, fraction, mark, power, zeros, digits = parts = [
        Word(part_of(word, part)) for part in _PARTS
    ]
    forms = (
        (sign, optional(_SIGN)),
        (whole, DIGITS),
        (point, optional(exactly("."))),
        (fraction, DIGITS),
        (mark, optional(_MARK)),
        (power, from_to(0, 4, DIGIT)),
        (zeros, ZEROS),
        (digits, optional(sequence([characters("19"), DIGITS]))),
    )
    yield from (declared(part, "String") for part in parts)
    yield declared(_place(word), "Int")
    yield from (asserted(member(part, form)) for part, form in forms)
    yield asserted(implies(same(point, _EMPTY), same(fraction, _EMPTY)))
    yield asserted(iff(same(mark, _EMPTY), same(power, _EMPTY)))
    text = joined(sign, whole, point, fraction, mark, power)
    yield asserted(implies(is_number(word), same(word, text)))
    yield asserted(same(joined(whole, fraction), joined(zeros, digits)))
    falls = any_of(same(mark, literal(spelling)) for spelling in ("e-", "E-"))
    exponent = either_number(
        same(power, _EMPTY),
        integer(0),
        either_number(falls, multiple(-1, counted(power)), counted(power)),
    )
    place = total(length(whole), multiple(-1, length(zeros)), exponent)
    yield asserted(equal(_place(word), place))


_WRITTEN = re.compile(r"([+-]?)([0-9]*)(\.?)([0-9]*)((?:[eE][+-]?)?)([0-9]*)")


def parts_are(word: Word, text: str) -> Formula:
    """The parts of `word` are those of `text`.

    Of a `word` that is `text` this follows, if it is a number; but solvers take long to find it.
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return TRUE
    all_digits = written[2] + written[4]
    digits = all_digits.lstrip("0")
    zeros = "0" * (len(all_digits) - len(digits))
    parts = zip(_PARTS, (*written.groups(), zeros, digits), strict=True)
    is_cut = all_of(same(Word(part_of(word, part)), literal(value)) for part, value in parts)
    return implies(is_number(word), is_cut)


def is_equal(word: Word, text: str) -> Formula:
    """`word` writes the number that `text` does."""
    negative, digits, place = _written(text)
    if not digits:
        return both(is_number(word), _is_zero(word))
    sign = _is_negative(word) if negative else negation(_is_negative(word))
    return both(is_number(word), sign, _has_size(word, digits, place))


def is_below(word: Word, text: str) -> Formula:
    """`word` writes a smaller number than `text`."""
    negative, digits, place = _written(text)
    is_negative = _is_negative(word)
    if not digits:
        return both(is_number(word), is_negative, negation(_is_zero(word)))
    smaller, as_large = _is_smaller(word, digits, place), _has_size(word, digits, place)
    if negative:
        return both(is_number(word), is_negative, negation(any_of([smaller, as_large])))
    return both(is_number(word), any_of([is_negative, smaller]))


def is_plain(word: Word) -> Formula:
    """If `word` is a number, it has no exponent: every number has such a spelling, too."""
    return same(Word(part_of(word, "mark")), _EMPTY)


def _written(text: str) -> tuple[bool, str, int]:
    """Of the policy's number: whether it is negative, its digits, and its place."""
    sign, digits, exponent = Decimal(text).as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    return bool(sign), written.rstrip("0"), len(written) + int(exponent)


def _has_size(word: Word, digits: str, place: int) -> Formula:
    return both(equal(_place(word), integer(place)), member(_digits(word), fraction_equal(digits)))


def _is_smaller(word: Word, digits: str, place: int) -> Formula:
    falls_below = member(_digits(word), fraction_below(digits))
    return any_of(
        [
            _is_zero(word),
            less(_place(word), integer(place)),
            both(equal(_place(word), integer(place)), falls_below),
        ]
    )


def _is_zero(word: Word) -> Formula:
    return same(_digits(word), _EMPTY)


def _is_negative(word: Word) -> Formula:
    return same(Word(part_of(word, "sign")), literal("-"))


def _digits(word: Word) -> Word:
    return Word(part_of(word, "digits"))


def _place(word: Word) -> Number:
    return Number(part_of(word, "place"))
