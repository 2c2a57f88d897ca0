"""`told_apart`: placeholders that only look the same on the two sides of a change.

A name stands for one value on both sides, and so the two are compared as if it had. That is not so
where one text stands for different names, as long expressions are cut, or where what is known of a
name has changed: the definition of a condition, what is looked up. Such a placeholder gets another
text in the policy of before, so that whatever hangs on it is seen to have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from iamlogic.errors import Where
from iamlogic.questions.review.placed import PlacedPolicy, Placeholder, PlaceholderKind

_T = TypeVar("_T")


def told_apart(before: PlacedPolicy, after: PlacedPolicy) -> PlacedPolicy:
    """The policy of before, with other texts for the placeholders that are others now."""
    now = {each.text: each for each in after.placeholders}
    others = {
        each.text: _fresh(each.text, now)
        for each in before.placeholders
        if each.text in now and _identity(each) != _identity(now[each.text])
    }
    if not others:
        return before
    return replace(
        before,
        policy=_renamed(before.policy, others),
        for_any=_renamed(before.for_any, others),
        placeholders=tuple(
            replace(each, name=f"{each.name} before", text=others[each.text])
            if each.text in others
            else each
            for each in before.placeholders
        ),
    )


def _identity(placeholder: Placeholder) -> tuple[str, PlaceholderKind, str]:
    # An account is one, however a template asks for it.
    is_account = placeholder.kind is PlaceholderKind.ACCOUNT
    return "" if is_account else placeholder.name, placeholder.kind, placeholder.meaning


def _fresh(text: str, taken: Mapping[str, Placeholder]) -> str:
    fresh, number = f"{text.removesuffix('>')} before>", 1
    while fresh in taken:
        number += 1
        fresh = f"{text.removesuffix('>')} before {number}>"
    return fresh


def _renamed(node: _T, texts: Mapping[str, str]) -> _T:
    """The same tree with texts in the place of others, wherever they occur in it."""
    found: object = node
    match node:
        case str() if not isinstance(node, Enum):
            text = str(node)
            for old, new in texts.items():
                text = text.replace(old, new)
            found = text
        case tuple():
            found = tuple(_renamed(each, texts) for each in node)
        case _ if is_dataclass(node) and not isinstance(node, (type, Where)):
            values = {each.name: getattr(node, each.name) for each in fields(node) if each.init}
            changed = {
                name: renamed
                for name, value in values.items()
                if (renamed := _renamed(value, texts)) != value
            }
            found = replace(node, **changed) if changed else node
    return found  # type: ignore[return-value]
