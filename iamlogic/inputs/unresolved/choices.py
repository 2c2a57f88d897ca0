"""What a tree holds that a template leaves open in its structure: alternatives, and nothing.

A resolved template is an ordinary JSON tree with three forms that only templates have:

- a text with a placeholder in it; a text that *is* one placeholder may be anything, also a list or
  an object;
- a choice: one of two values, after a condition that nobody knows yet;
- absence: a value that takes the member, or the item, that it would be the value of away.

The latter two are written as CloudFormation writes them in JSON, `{"Fn::If": [condition, a, b]}`
and `{"Ref": "AWS::NoValue"}`, which no policy can hold otherwise. Other readers use the same.
"""

from __future__ import annotations

from typing import NamedTuple

from iamlogic.syntax.json_tree import JsonList, JsonObject, JsonString, JsonValue, Member

_IF = "Fn::If"
_NOTHING = "AWS::NoValue"


class Choice(NamedTuple):
    """One of two values; `condition` is the text of a placeholder for a condition."""

    condition: str
    if_true: JsonValue
    if_false: JsonValue


def choice(condition: str, if_true: JsonValue, if_false: JsonValue, position: int) -> JsonObject:
    """The node that is `if_true` where the condition holds, and `if_false` where it does not."""
    parts = (JsonString(condition, position), if_true, if_false)
    return JsonObject((Member(_IF, position, JsonList(parts, position)),), position)


def absent(position: int) -> JsonObject:
    """The node that takes away the member or item that it stands for."""
    return JsonObject((Member("Ref", position, JsonString(_NOTHING, position)),), position)


def as_choice(node: JsonValue) -> Choice | None:
    """The choice that a node is, if it is one."""
    match node:
        case JsonObject((Member(name, _, JsonList((JsonString(text, _), yes, no), _)),), _):
            return Choice(text, yes, no) if name == _IF else None
    return None


def is_absent(node: JsonValue) -> bool:
    """Whether a node stands for nothing."""
    match node:
        case JsonObject((Member("Ref", _, JsonString(text, _)),), _):
            return text == _NOTHING
    return False
