"""Policies as decoded JSON, taken apart and put together again; texts matched by patterns.

Nothing here is iamlogic's: what a mutation does to a policy must not hang on the code under test.
`matches` is the plain definition of a glob by a regular expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from iamlogic.syntax.operators import OPERATORS, Operator

Document = dict[str, Any]
Statement = dict[str, Any]


class Change(Enum):
    """What a mutation does to what a policy allows, or to the requests a part of it matches."""

    SAME = "equivalent"
    WIDER = "more permissive"
    NARROWER = "less permissive"
    INCOMPARABLE = "incomparable"

    @property
    def inverse(self) -> Change:
        """The change of a complement: of what a Deny leaves, of what a negated operator passes."""
        return _INVERSES.get(self, self)


_INVERSES = {Change.WIDER: Change.NARROWER, Change.NARROWER: Change.WIDER}

FRESH = "zz-iamlogic-probe"
"""A text that no policy holds; who plants it checks that no pattern matches it."""
FRESH_ACTION = "zz-iamlogic:Probe123"
FRESH_RESOURCE = "arn:aws:zz-iamlogic:::probe-123"
FRESH_KEY = "zz-iamlogic:ProbeKey"
FRESH_ACCOUNT = "999988887777"


def listed(value: object) -> list[Any]:
    """R-P12: one value is the list of one."""
    return list(value) if isinstance(value, list) else [value]


def statements(document: Document) -> list[Statement]:
    """The statements of a policy."""
    return listed(document["Statement"])


def with_statements(document: Document, new: Iterable[Statement]) -> Document:
    """The policy with other statements. Sids are dropped where they would occur twice."""
    seen: set[str] = set()
    kept = []
    for statement in new:
        sid = statement.get("Sid")
        kept.append({k: v for k, v in statement.items() if k != "Sid" or sid not in seen})
        if sid:
            seen.add(sid)
    return document | {"Statement": kept}


def replaced(document: Document, index: int, *new: Statement) -> Document:
    """The policy with others in the place of one statement; none removes it."""
    old = statements(document)
    return with_statements(document, [*old[:index], *new, *old[index + 1 :]])


def without(statement: Statement, *names: str) -> Statement:
    """The statement without some members."""
    return {name: value for name, value in statement.items() if name not in names}


def has_variable(value: object) -> bool:
    """Whether `${` occurs anywhere in it."""
    return "${" in json.dumps(value)


# Conditions


@dataclass(frozen=True, slots=True)
class Item:
    """One (operator, key) pair of a condition block, its values as text."""

    name: str
    key: str
    values: tuple[str, ...]

    @property
    def operator(self) -> Operator:
        return OPERATORS[self.name.lower()]


def items(statement: Statement) -> list[Item]:
    """The conditions of a statement, in order."""
    return [
        Item(name, key, tuple(map(_text, listed(values))))
        for name, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    ]


def with_items(statement: Statement, new: Iterable[Item]) -> Statement:
    """The statement with other conditions."""
    block: dict[str, dict[str, list[str]]] = {}
    for item in new:
        block.setdefault(item.name, {})[item.key] = list(item.values)
    return without(statement, "Condition") | ({"Condition": block} if block else {})


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# Patterns


_VARIABLE = r"\$\{[^}]*\}"
_TOKEN = re.compile(rf"({_VARIABLE}|\*|\?)")


@lru_cache(maxsize=1 << 14)
def _compiled(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    parts = (
        ".*" if part.startswith("${") and part.endswith("}") else wild.get(part) or re.escape(part)
        for part in _TOKEN.split(pattern)
    )
    return re.compile("".join(parts), re.DOTALL)


def matches(patterns: Iterable[str], text: str) -> bool:
    """Whether some pattern may match: a variable is taken to stand for any text at all."""
    return any(_compiled(pattern).fullmatch(text) for pattern in patterns)


def sample(pattern: str, star: str = "zzq", mark: str = "z", variable: str = "zzuser") -> str:
    """A text that the pattern matches, if the variables in it can have that value."""
    filled = {"*": star, "?": mark}
    return "".join(
        variable if part.startswith("${") and part.endswith("}") else filled.get(part, part)
        for part in _TOKEN.split(pattern)
    )


def resource_sample(pattern: str) -> str:
    """A text that a resource pattern matches, of the form of a resource wherever that is easy."""
    return "arn:aws:zz-iamlogic:::zzq" if pattern == "*" else sample(pattern)


def is_resource(text: str) -> bool:
    """R-E21: the form of a resource in comparisons."""
    return text == "*" or matches(["arn:?*:?*:*:*:?*"], text)
