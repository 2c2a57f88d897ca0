"""What a text with policy variables stands for in the symbolic request (R-V1 to R-V12).

A variable is the string of its key, or its default where the request lacks the key; an escape is
its character. `resolved` says when all variables of a text have values: a text that is not resolved
is matched by nothing (R-V5, R-V6).
"""

from __future__ import annotations

from iamlogic.symbolic.reference.keys import Keys
from iamlogic.symbolic.reference.patterns import Pattern, Verbatim
from iamlogic.symbolic.reference.smtlib import (
    Formula,
    Word,
    all_of,
    both,
    either,
    implies,
    literal,
    same,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import Escape, Text, Variable


def pattern_of(text: Text, keys: Keys) -> Pattern:
    """The text, its variables replaced; of meaning where it is resolved."""
    if text.template is None:  # R-V2: also where it has `${`
        return (text.text,)
    parts: list[str | Verbatim] = []
    for part in text.template:
        match part:
            case str():
                parts.append(part)
            case Escape(character):  # R-V8
                parts.append(Verbatim(literal(character)))
            case Variable():
                parts.append(Verbatim(_value(part, keys)))
    return tuple(parts)


def resolved(text: Text, keys: Keys) -> Formula:
    """Every variable of the text has a value."""
    variables = dict.fromkeys(p for p in text.template or () if isinstance(p, Variable))
    return all_of(_has_value(variable, keys) for variable in variables)


def _value(variable: Variable, keys: Keys) -> Word:
    key = keys[fold(variable.key)]
    if variable.default is None:
        return key.elements[0]
    return either(key.present, key.elements[0], literal(variable.default))  # R-V7


def _has_value(variable: Variable, keys: Keys) -> Formula:
    """R-V7: a default is for an absent key alone. R-V9: two different values are none."""
    key = keys[fold(variable.key)]
    first, *others = key.elements
    is_one = all_of(same(first, other) for other in others)
    if variable.default is None:
        return both(key.present, is_one)
    return implies(key.present, is_one)
