"""What a placeholder leaves open of a request: guards on keys that no request of AWS has.

Whether a text with a placeholder matches a request is not known. So it is asked of the request
itself: the key `iamlogic:open/Resource` is the set of the open resources that match it. A guard is
a condition on such a key. The solver is free in them, as the deployment is free in the values of
its placeholders: whatever those are, every request has the sets that say how they match it. What is
proved for all sets is therefore proved for all values, also for those that hold wildcards.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlogic.questions.review.placed import Placeholder
from iamlogic.semantics.request import Request
from iamlogic.syntax.operators import OPERATORS, Operator
from iamlogic.syntax.policy import Condition, Text

OPEN = "iamlogic:open/"
"""What the keys begin with. `Resource`, `Action` and `Principal` follow, whose values are entries
of theirs; or whatever else may hold or not, and then the one value is `HOLDS`."""

HOLDS = "holds"

_SOME = OPERATORS["foranyvalue:stringequals"]
_NONE = OPERATORS["forallvalues:stringnotequals"]


def guard(subject: str, entries: Iterable[str] = (HOLDS,), *, matches: bool = True) -> Condition:
    """The condition that one of the subject's entries matches the request; or that none does."""
    values = tuple(Text(each) for each in sorted(set(entries)))
    return Condition(_SOME if matches else _NONE, OPEN + subject, values)


def is_guard(condition: Condition) -> bool:
    """Whether a condition says something of what is left open."""
    return condition.key.startswith(OPEN)


def asks_for(condition: Condition) -> bool:
    """Whether a guard asks for a match; else for there being none."""
    return condition.operator == _SOME


def what_of(condition: Condition) -> tuple[str, ...]:
    """What a guard is about, each in the words of the policy: `Resource <QueueArn>`."""
    return _told(condition.key, (each.text for each in condition.values))


def open_entries(request: Request) -> tuple[str, ...]:
    """What of all that is left open matches a request, in the same words."""
    return tuple(
        sorted(
            each
            for key in request.context
            if key.startswith(OPEN)
            for each in _told(key, map(str, request.values(key)))
        )
    )


def _told(key: str, values: Iterable[str]) -> tuple[str, ...]:
    subject = key.removeprefix(OPEN)
    return tuple(subject if value == HOLDS else f"{subject} {value}" for value in values)


def condition_subject(operator: Operator, key: str, values: Iterable[str]) -> str:
    """What a guard is about where it is not known whether a condition holds."""
    return f"Condition {operator} {key} {', '.join(sorted(values))}"


def named_in(texts: Iterable[str], placeholders: Iterable[Placeholder]) -> tuple[str, ...]:
    """The names of the placeholders that occur in the texts."""
    joined = "\n".join(texts)
    return tuple(sorted({each.name for each in placeholders if each.text in joined}))
