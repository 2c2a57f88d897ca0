"""When a text matches a pattern, and when a statement's actions and resources match a request.

A glob is a text in which `*` stands for any run of characters and `?` for exactly one (R-C15).
`glob_matches` cuts it at its stars and looks for the pieces from left to right, each as early as
it can be: all that a later piece needs is room, so the leftmost place is never worse than another
and nothing is ever tried twice. Pieces have a fixed length; finding one takes near-linear time.
"""

from __future__ import annotations

from iamlogic.semantics.request import Request
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Actions, Resources

ARN_SEGMENTS = 6
"""`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, of which only the last may contain colons."""


def glob_matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` is of the form `pattern`, case and all (R-C15)."""
    if "*" not in pattern and "?" not in pattern:  # most patterns are plain texts
        return pattern == text
    first, *rest = pattern.split("*")
    if not rest:
        return len(first) == len(text) and _fits(first, text, 0)
    *middle, last = rest
    start, end = len(first), len(text) - len(last)
    if start > end or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    for piece in middle:
        found = _find(piece, text, start, end)
        if found is None:
            return False
        start = found + len(piece)
    return True


def arn_matches(pattern: str, text: str) -> bool:
    """Whether `text` is an ARN of the form `pattern`, segment by segment (R-C13, R-C14)."""
    segments, patterns = _segments(text), _segments(pattern)
    if len(segments) < ARN_SEGMENTS or segments[0] != "arn":
        return False
    if pattern == "*":
        return True  # R-C27
    return len(patterns) == ARN_SEGMENTS and all(map(glob_matches, patterns, segments))


def actions_match(actions: Actions, request: Request) -> bool:
    """R-M2: `Action` matches if any of its globs does, `NotAction` if none does."""
    action = fold(request.action)  # R-M1
    found = any(glob_matches(fold(pattern.text), action) for pattern in actions.patterns)
    return found is not actions.negated


def resources_match(resources: Resources | None, request: Request) -> bool:
    """R-M5: `Resource` matches if any entry does, `NotResource` if none does.

    A statement without either speaks of the resource it is attached to, that is of all (R-P6).
    """
    if resources is None:
        return True
    # R-M3, R-M4, R-M6: the whole text, with its case; `:` and `/` are characters like any other.
    found = any(glob_matches(pattern.text, request.resource) for pattern in resources.patterns)
    return found is not resources.negated


def _segments(text: str) -> list[str]:
    return text.split(":", ARN_SEGMENTS - 1)


def _fits(piece: str, text: str, at: int) -> bool:
    """Whether a piece without `*` matches the characters of `text` from `at` on."""
    if "?" not in piece:
        return text.startswith(piece, at)
    return at + len(piece) <= len(text) and all(
        wanted in ("?", text[at + offset]) for offset, wanted in enumerate(piece)
    )


def _find(piece: str, text: str, start: int, end: int) -> int | None:
    """The first place in `text[start:end]` where a piece without `*` matches, or None."""
    if "?" not in piece:
        found = text.find(piece, start, end)
        return None if found < 0 else found
    # All beginnings of the piece are followed at once, one bit for each (the Shift-And method):
    # bit i of `alive` says that the last i + 1 characters match the first i + 1 of the piece.
    holes, fixed = 0, dict[str, int]()
    for offset, wanted in enumerate(piece):
        if wanted == "?":
            holes |= 1 << offset
        else:
            fixed[wanted] = fixed.get(wanted, 0) | 1 << offset
    alive, whole = 0, 1 << (len(piece) - 1)
    for place in range(start, end):
        alive = (alive << 1 | 1) & (fixed.get(text[place], 0) | holes)
        if alive & whole:
            return place - len(piece) + 1
    return None
