"""When two texts are the same without regard to case: `fold` (R-M1, R-C8, R-K7).

AWS ignores the case of actions, of key names and under the `…IgnoreCase` operators, and says
nothing of letters beyond ASCII. We fold the 26 ASCII letters and nothing else (R-C26): every
character has at most one other case, a folded text is as long as the text itself (`"İ".lower()`
is not), and no character outside ASCII becomes an ASCII letter (the Kelvin sign `K` would).
"""

from __future__ import annotations

import string
from functools import lru_cache

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """`text` with its ASCII capitals made small: equal for texts that differ in their case only."""
    return text.lower() if text.isascii() else text.translate(_LOWER)
