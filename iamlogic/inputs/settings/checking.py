"""What the rest of iamlogic refuses is a mistake in the settings, at the place that says it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from iamlogic.errors import SettingsError
from iamlogic.inputs.entries import Entry
from iamlogic.questions.review.globs import check_glob


def is_possible(entry: Entry, check: Callable[[], None]) -> bool:
    """Whether `check` passes; what it says is a mistake is reported at `entry`."""
    try:
        check()
    except SettingsError as error:
        for problem in error.problems:
            entry.problem(problem.message, problem.hint)
        return False
    return True


def read_globs(entry: Entry) -> tuple[str, ...]:
    """The globs of this list that are some; one text is the list of it."""
    items = [entry] if isinstance(entry.value, str) else entry.items("a list of globs")
    globs = []
    for item in items:
        text = item.text("a glob as a text")
        if text is not None and is_possible(item, partial(check_glob, text)):
            globs.append(text)
    return tuple(globs)
