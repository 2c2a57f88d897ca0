"""What templates leave open, in words: nobody should see the keys that stand for it.

A guard (`questions.review.openness`) is a condition on such a key, and a request that shows what
can happen has values for them: they say which of the open texts match it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from iamlogic.questions.review.openness import HOLDS, OPEN, asks_for
from iamlogic.questions.review.placed import UNKNOWN_ARN
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Condition

_LISTS = {"Resource": "the resource", "Action": "the action", "Principal": "the principal"}
"""Elements whose open entries match a request or do not."""

_CONDITION = re.compile(r"<if (.*)>")
_EFFECT = re.compile(r"(Effect|Statement) (.*), (Allow|Deny)")
_EXCEPTION = re.compile(r"NotPrincipal (.*), (Allow|Deny)?")


def is_open(key: str) -> bool:
    """Whether a condition key stands for what is left open."""
    return key.startswith(OPEN)


def open_words(condition: Condition) -> str:
    """What a guard asks for: `<PartnerArn> matches the principal`, `IsProduction holds`."""
    return _words(
        condition.key, [each.text for each in condition.values], holds=asks_for(condition)
    )


def open_words_of(request: Request) -> list[str]:
    """What of all that is left open is so for a request, in the same words."""
    found = (
        _words(key, request.values(key), holds=True) for key in request.context if is_open(key)
    )
    return sorted(found)


def _words(key: str, values: Sequence[str], *, holds: bool) -> str:
    subject = key.removeprefix(OPEN)
    if subject in _LISTS and list(values) != [HOLDS]:
        return _matching(values, _LISTS[subject], holds=holds)
    if found := _CONDITION.fullmatch(subject):
        return f"{printable(found[1])} {'holds' if holds else 'does not hold'}"
    if found := _EXCEPTION.fullmatch(subject):
        return _matching([found[1]], "the principal", holds=holds)
    if found := _EFFECT.fullmatch(subject):
        what = "the effect" if found[1] == "Effect" else "the statement"
        return f"{what} {printable(found[2])} is {'' if holds else 'not '}{found[3]}"
    listed = [each for each in values if each != HOLDS]
    told = printable(" ".join([f"{subject[:1].lower()}{subject[1:]}", ", ".join(listed)]).strip())
    return f"the {told} {'holds' if holds else 'does not hold'}"


def _matching(entries: Sequence[str], what: str, *, holds: bool) -> str:
    listed = [printable(each.removeprefix(UNKNOWN_ARN)) for each in entries]
    if len(listed) == 1:
        return f"{listed[0]} {'matches' if holds else 'does not match'} {what}"
    return f"{'one' if holds else 'none'} of {', '.join(listed)} matches {what}"
