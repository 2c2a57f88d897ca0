"""Texts with variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

`grammar/pattern.lark` decides what is well formed. Most texts hold no `${` and never reach it; of
the rest the last few thousand are remembered, since policies repeat the same variables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from iamlogic.syntax.global_keys import MULTIVALUED_KEYS
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Escape, Template, Variable

_REMEMBERED = 4096
"""Texts with variables whose parse is kept."""


@dataclass(frozen=True, slots=True)
class BadPattern:
    """Why a text with `${` is not one: the offset in it, what is wrong, the rule, the fix."""

    offset: int
    message: str
    rule: str
    hint: str | None = None


def read_template(text: str) -> Template | BadPattern | None:
    """The parts of `text`, as the version 2012-10-17 has them; None where it holds no `${`."""
    return _read(text) if "${" in text else None


@lru_cache(maxsize=_REMEMBERED)
def _read(text: str) -> Template | BadPattern:
    from lark import Token
    from lark.exceptions import UnexpectedInput

    from iamlogic.syntax.grammars import small_language, stopped_at

    try:
        tree = small_language("pattern", "start").parse(text)
    except UnexpectedInput as error:
        at = stopped_at(error, text)
        # A `${` at `at` itself stands inside the variable that is wrong: look before it.
        return _why(text, text.rindex("${", 0, at + 1))
    parts: list[str | Variable | Escape] = []
    for part in tree.children:
        if isinstance(part, Token):
            parts.append(Escape(part[2]) if part.type == "ESCAPE" else str(part))
            continue
        key, *default = map(str, part.children)
        if fold(key) in MULTIVALUED_KEYS:  # R-V9
            return BadPattern(
                text.index("${" + key),
                f"{key} has many values, so it cannot be a variable",
                "R-V9",
            )
        parts.append(Variable(key, default[0][3:-1] if default else None))
    return tuple(parts)


_NAME = re.compile(r"[^\s,'\"{}$]*")
_LONGEST_SHOWN = 80


def _why(text: str, start: int) -> BadPattern:
    """Why no variable, default or escape starts at `start`, where `${` stands."""
    close = text.find("}", start)
    inner = text[start + 2 : close] if close >= 0 else text[start + 2 : start + _LONGEST_SHOWN]
    name = _NAME.match(inner)
    head = name[0] if name else ""
    rest = inner[len(head) :]
    shape = "a variable is ${key} or ${key, 'default'}"
    if close < 0:
        return BadPattern(start, "this variable is never closed", "R-V10", 'add the missing "}"')
    if not inner:
        return BadPattern(start, "${} names no key", "R-V10", "write ${$} for the character $")
    if rest.startswith(","):
        return BadPattern(
            start,
            f"the default of {quote(head)[1:-1]} is not written as a default must be",
            "R-V7",
            f"one comma, one space, single quotes: ${{{quote(head)[1:-1]}, 'default'}}",
        )
    if "${" in rest or "{" in rest:
        return BadPattern(start, "this variable is not closed before the next one", "R-V10", shape)
    if rest[:1].isspace() or inner != inner.strip():
        return BadPattern(start, "a space stands inside a variable", "R-V10", f"remove it: {shape}")
    if rest:
        found = quote(rest[0])[1:-1]
        return BadPattern(start, f"found {found} inside a variable's key", "R-V10", shape)
    if ":" in head:
        message = f"{quote(head)[1:-1]} is no condition key"
        return BadPattern(start, message, "R-V10", "a key is PREFIX:NAME, such as aws:username")
    return BadPattern(
        start,
        f"{quote(head)[1:-1]} is no condition key: it has no colon",
        "R-V10",
        f'did you mean "${{aws:{quote(head)[1:-1]}}}"?',
    )
