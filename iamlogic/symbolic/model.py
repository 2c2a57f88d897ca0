"""What the theory answers: values for the fields of a request, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from iamlogic.symbolic.languages import Language
from iamlogic.symbolic.terms import Atom


@dataclass(frozen=True, slots=True)
class Model:
    """Values for what a formula depends on; all else is free.

    `words` has the string variables that atoms constrain, `keys` which context keys are present
    (absent: False), `sets` the values of multivalued keys.
    """

    words: dict[str, str] = field(default_factory=dict)
    keys: dict[str, bool] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)


Conflict = list[tuple[Atom, bool]]
"""Atoms that cannot have these truth values together."""

Suggest = Callable[[str, list[Language]], Iterable[str]]
"""Words that a person would expect, for a variable and the languages it must lie in."""
