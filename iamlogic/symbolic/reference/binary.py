"""The texts in base64 that stand for given bytes: few, so they are listed (R-C19).

Before padding, the last letter carries two or four bits that are no part of the bytes; every letter
that differs in nothing else will do. All other letters are fixed.
"""

from __future__ import annotations

import base64
import string

from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Word,
    alternatives,
    exactly,
    literal,
    member,
    same,
    sequence,
)

_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def decodes_alike(word: Word, text: str) -> Formula:
    """`word` is base64 for the bytes that `text` is base64 for."""
    canonical = base64.b64encode(base64.b64decode(text)).decode("ascii")
    letters = canonical.rstrip("=")
    padding = canonical[len(letters) :]
    if not padding:
        return same(word, literal(canonical))
    unused = 4 ** len(padding)  # spellings: two bits for each letter of padding
    first = _LETTERS.index(letters[-1])
    last = alternatives(map(exactly, _LETTERS[first : first + unused]))
    return member(word, sequence([exactly(letters[:-1]), last, exactly(padding)]))
