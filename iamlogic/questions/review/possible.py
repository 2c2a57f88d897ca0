"""What hangs on placeholders alone: differences that some of their values make, and others do not.

A difference is guarded if its region asks for something of what is left open: whether a condition
of the template holds, or whether a placeholder is this principal. It is possible, and not certain.
A difference for all values is told already where one with names for them has the same statement,
and all that it is guarded by is written there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlogic.errors import Where
from iamlogic.questions.gain import Difference
from iamlogic.questions.region import Region
from iamlogic.questions.review.openness import condition_subject, is_guard, what_of
from iamlogic.questions.review.review import ReviewedChange


def is_guarded(difference: Difference) -> bool:
    """Whether it hangs on what is left open whether there is such a difference."""
    return any(map(is_guard, difference.region.conditions))


def untold(for_any: Iterable[Difference], told: Iterable[Difference]) -> Iterator[Difference]:
    """The differences for all values that those with names for them do not show."""
    shown: dict[Where, set[str]] = {}
    for each in told:
        if each.statement is not None:
            shown.setdefault(each.statement.where, set()).update(_written(each.region))
    for each in for_any:
        known = None if each.statement is None else shown.get(each.statement.where)
        if known is None or not _asked(each.region) <= known:
            yield each


def undenied(change: ReviewedChange) -> Iterator[Difference]:
    """What is no longer denied, but for what is told already, as gained by the same words."""
    gained = change.comparison.gained
    told = {(each.statement.where, each.region) for each in gained if each.statement is not None}
    for each in change.denials.gained if change.denials is not None else ():
        if each.statement is None or (each.statement.where, each.region) not in told:
            yield each


def _asked(region: Region) -> set[str]:
    """What the guards of a region are about, as `what_of` tells it."""
    return {text for each in region.conditions if is_guard(each) for text in what_of(each)}


def _written(region: Region) -> set[str]:
    """All that a region names, in the words of guards: `Resource <QueueArn>`."""
    found = {f"Action {each.text}" for each in region.actions.patterns}
    if region.resources is not None:
        found |= {f"Resource {each.text}" for each in region.resources.patterns}
    if region.principals is not None:
        found |= {f"Principal {each.text}" for each in region.principals.entries}
    for each in region.conditions:
        if is_guard(each):
            found |= {*what_of(each)}
        else:
            texts = [value.text for value in each.values]
            found |= {condition_subject(each.operator, each.key, texts)}
            found |= {condition_subject(each.operator, each.key, [text]) for text in texts}
    return found
