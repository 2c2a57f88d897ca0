"""Words of digits as regular languages, by the number that they write.

A word of digits is read as a fraction (`25` is 0.25: trailing zeros mean nothing), as a whole
number (leading zeros mean nothing), or as a field of fixed width. Numbers, dates and addresses are
put together from these.
"""

from __future__ import annotations

from collections.abc import Iterator

from iamlogic.symbolic.reference.smtlib import (
    NO_WORD,
    Language,
    alternatives,
    between,
    characters,
    exactly,
    from_to,
    repeated,
    sequence,
    times,
)

DIGIT = characters("09")
DIGITS = repeated(DIGIT)
ZEROS = repeated(exactly("0"))


def fraction_equal(digits: str) -> Language:
    """The words that write the same fraction as `digits`."""
    return sequence([exactly(digits.rstrip("0")), ZEROS])


def fraction_below(digits: str) -> Language:
    """The words that write a smaller fraction than `digits`: they end early, or fall below it."""
    wanted = digits.rstrip("0")
    ends = [exactly(wanted[:place]) for place in range(len(wanted))]
    falls = [sequence([fall, DIGITS]) for fall, _ in _falls(wanted)]
    return alternatives([*ends, *falls])


def field_below(digits: str) -> Language:
    """The words of as many digits that write a smaller number than `digits`."""
    return alternatives(sequence([fall, times(left, DIGIT)]) for fall, left in _falls(digits))


def whole_equal(number: int) -> Language:
    """The words that write `number`, which is not negative; the empty word writes 0."""
    return sequence([ZEROS, exactly(str(number) if number else "")])


def whole_below(number: int) -> Language:
    """The words that write a smaller number than `number`."""
    if number <= 0:
        return NO_WORD
    digits = str(number)
    shorter = from_to(0, len(digits) - 1, DIGIT)
    return sequence([ZEROS, alternatives([shorter, field_below(digits)])])


def _falls(digits: str) -> Iterator[tuple[Language, int]]:
    """The words that begin as `digits` does and then have a smaller digit; the places left."""
    for place, digit in enumerate(digits):
        if digit > "0":
            smaller = between("0", chr(ord(digit) - 1))
            yield sequence([exactly(digits[:place]), smaller]), len(digits) - place - 1
