"""The canonical text of a policy to be read: what a template leaves open stands in it as it is.

A policy of a template can have guards (`questions.review.openness`), conditions on keys that stand
for what is left open. Nobody should see those: where a guard says which entries of a list are
meant, the list has them again, and any other stands in words under `"if"`, after the effect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from iamlogic.questions.review.openness import HOLDS, OPEN, asks_for, is_guard
from iamlogic.questions.review.placed import UNKNOWN_ARN, PlacedPolicy
from iamlogic.reports.openness import open_words
from iamlogic.syntax.formatter import format as canonical
from iamlogic.syntax.policy import (
    Condition,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Statement,
)

_EFFECT = '      "Effect": '
"""How the line of a statement begins that has its effect: no other line does."""


def readable(placed: PlacedPolicy) -> str:
    """What people read: of a policy that leaves nothing open its canonical text."""
    policy = placed.policy
    told = [_told(each) for each in policy.statements]
    text = canonical(replace(policy, statements=tuple(statement for statement, _ in told)))
    for each in placed.placeholders:
        text = text.replace(f'"{UNKNOWN_ARN}{each.text}', f'"{each.text}')
    if not any(words for _, words in told):
        return text
    return "\n".join(_with_words(text.split("\n"), [words for _, words in told]))


def _with_words(lines: list[str], words: list[list[str]]) -> Iterator[str]:
    statements = iter(words)
    for line in lines:
        yield line
        if line.startswith(_EFFECT):
            for each in next(statements):
                yield f'      "if": {json.dumps(each, ensure_ascii=False)},'


def _told(statement: Statement) -> tuple[Statement, list[str]]:
    """A statement without its guards, and what those say that its lists cannot."""
    words: list[str] = []
    kept: list[Condition] = []
    for condition in statement.conditions:
        if not is_guard(condition):
            kept.append(condition)
        elif named := principals_of(condition):
            statement = replace(statement, principals=_entries(named))
        else:
            words.append(open_words(condition))
    return replace(statement, conditions=tuple(kept)), words


def principals_of(guard: Condition) -> tuple[str, ...]:
    """The entries of `Principal` that a guard stands for, one of which is whoever asks."""
    texts = tuple(value.text for value in guard.values)
    is_list = guard.key == f"{OPEN}Principal" and asks_for(guard) and texts != (HOLDS,)
    return texts if is_list else ()


def _entries(texts: tuple[str, ...]) -> Principals:
    """Entries of which it is not known what form they have: no text of them says."""
    form = PrincipalForm.UNIQUE_ID
    return Principals(tuple(Principal(PrincipalType.AWS, form, text) for text in texts))
