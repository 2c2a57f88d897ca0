"""How many examples a property draws that has a number of its own, whatever the profile says."""

from __future__ import annotations

from hypothesis import settings

_USUAL = 100
"""Examples of a property in the profile `dev`; `ci` has fewer, which are always the same."""


def examples(count: int) -> settings:
    """That many; in a profile that draws fewer than usual, as large a part of them."""
    usual = min(settings().max_examples, _USUAL)
    return settings(max_examples=max(1, count * usual // _USUAL))
