"""What a text with policy variables stands for in a request (R-V1 to R-V12).

The parser decides where variables work: a text has a template there and nowhere else (R-V2, R-V3).
Here each variable becomes its value, which is literal text, as escapes and defaults are: a chunk in
which wildcards and colons mean nothing (R-V4). A variable without value leaves the whole text
unresolved, and what is unresolved is matched by nothing (R-V5, R-V6).
"""

from __future__ import annotations

from iamlogic.semantics.globs import ArnPattern, Chunk, Glob, arn_pattern, glob, written
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Escape, Text, Variable


def chunks(text: Text, request: Request) -> tuple[Chunk, ...] | None:
    """The parts of `text` with its variables replaced; None if it is unresolved."""
    resolved: list[Chunk] = []
    for part in text.template or (text.text,):
        match part:
            case str():
                resolved.append(Chunk(part))
            case Escape(character):
                resolved.append(Chunk(character, literal=True))  # R-V8
            case Variable():
                value = value_of(part, request)
                if value is None:
                    return None
                resolved.append(Chunk(value, literal=True))  # R-V4, R-V12
    return tuple(resolved)


def plain(text: Text, request: Request) -> str | None:
    """The text itself, for operators without wildcards (R-C7); None if it is unresolved."""
    if text.template is None:
        return text.text
    resolved = chunks(text, request)
    return None if resolved is None else "".join(chunk.text for chunk in resolved)


def glob_of(text: Text, request: Request) -> Glob | None:
    """The text as a glob (R-C9, R-M3); None if it is unresolved."""
    if text.template is None:
        return written(text.text)
    resolved = chunks(text, request)
    return None if resolved is None else glob(resolved)


def arn_pattern_of(text: Text, request: Request) -> ArnPattern | None:
    """The text as the pattern of an ARN (R-C13); None if it is unresolved or matches nothing."""
    resolved = chunks(text, request)
    return None if resolved is None else arn_pattern(resolved)


def value_of(variable: Variable, request: Request) -> str | None:
    """What a variable stands for; None: it is unresolved.

    R-V11: values come from where conditions have theirs. R-V7: a default is for an absent key
    alone. R-V9: two or more values are none that could be substituted.
    """
    values = set(request.values(variable.key))  # equal values are one (R-V9)
    if not values:
        return variable.default
    return values.pop() if len(values) == 1 else None
