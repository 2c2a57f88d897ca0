"""Laws of variables: what stands in their place, what a default is, when they are nothing (R-V).

A variable's key is drawn from those of one value that vocabularies use; most are present or absent
as the requester decides, so that the unresolved variable is met as often as the resolved one.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from iamlogic.testing.strategies.elements import Json
from tests.strategies.rewritings import (
    NEGATED,
    Alternatives,
    Condition,
    Law,
    Rewriting,
    Subject,
    alternatives,
    literal,
    one_of,
    subject,
)

_STRING = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
)
_KEYS = ("aws:username", "aws:PrincipalTag/t", "aws:principaltag/U", "aws:PrincipalAccount")
_WORDS = ("alice", "a", "b", "A", "a*", "111122223333")


def _variable(draw: DrawFn, subject_key: str) -> str:
    """A key to name in a variable, other than the one that is tested."""
    return one_of(draw, *(key for key in _KEYS if key.lower() != subject_key.lower()))


def _in(operator: str, word: str) -> str:
    """The word as a value that means nothing else."""
    return literal(word) if "Like" in operator else word


def _around(draw: DrawFn, s: Subject) -> tuple[str, list[str]]:
    """What stands before and after the variable in its value, and the other values."""
    before, after = (one_of(draw, *some) for some in (("", "a"), ("", "/b", "?")))
    return before + "{}" + after, s.values[: draw(st.integers(0, 1))]


def _modified(draw: DrawFn, operator: str) -> str:
    prefix = one_of(draw, "", "", "ForAllValues:", "ForAnyValue:")
    return prefix + operator + one_of(draw, "", "IfExists")


def a_default_stands_where_the_key_is_absent(draw: DrawFn) -> Rewriting:  # R-V5, R-V6, R-V7
    s = subject(draw, _STRING)
    key, default = _variable(draw, s.key), one_of(draw, *_WORDS)
    shape, others = _around(draw, s)
    operator = _modified(draw, s.operator)

    def where(value: str, *more: Condition) -> list[Condition]:
        return [(operator, s.key, [shape.format(value), *others]), *more]

    return alternatives(
        draw,
        s.vocabulary,
        [where(f"${{{key}, '{default}'}}")],
        [
            where(f"${{{key}}}", ("Null", key, ["false"])),
            where(_in(s.operator, default), ("Null", key, ["true"])),
        ],
    )


def a_variable_is_its_only_value(draw: DrawFn) -> Rewriting:  # R-V1, R-V4
    s = subject(draw, _STRING)
    key, word = _variable(draw, s.key), one_of(draw, *_WORDS)
    shape, others = _around(draw, s)
    operator = _modified(draw, s.operator)
    only = ("StringEquals", key, [word])
    default = one_of(draw, "", ", 'b'")
    return alternatives(
        draw,
        s.vocabulary,
        *(
            [[only, (operator, s.key, [shape.format(value), *others])]]
            for value in (f"${{{key}{default}}}", _in(s.operator, word))
        ),
    )


def a_variable_is_one_of_its_values(draw: DrawFn) -> Rewriting:  # R-V1, R-C2
    s = subject(draw, _STRING)
    key = _variable(draw, s.key)
    words = draw(st.lists(st.sampled_from(_WORDS), min_size=2, max_size=3, unique=True))
    shape, others = _around(draw, s)
    operator = _modified(draw, s.operator)
    return alternatives(
        draw,
        s.vocabulary,
        [[("StringEquals", key, words), (operator, s.key, [shape.format(f"${{{key}}}"), *others])]],
        [
            [
                ("StringEquals", key, [word]),
                (operator, s.key, [shape.format(_in(s.operator, word)), *others]),
            ]
            for word in words
        ],
    )


def an_unresolved_variable_is_no_value(draw: DrawFn) -> Rewriting:  # R-V6
    s = subject(draw, _STRING)
    key = _variable(draw, s.key)
    shape, others = _around(draw, s)
    operator = _modified(draw, s.operator)
    absent = ("Null", key, ["true"])
    return alternatives(
        draw,
        s.vocabulary,
        [[absent, (operator, s.key, [shape.format(f"${{{key}}}"), *others])]],
        [[absent, (operator, s.key, others)]],
    )


def equality_has_no_direction(draw: DrawFn) -> Rewriting:  # R-C7, R-C8, R-V6: both of one value
    one, other = draw(st.permutations(_KEYS))[:2]
    vocabulary = one_of(draw, "colliding", "variables")
    operator = one_of(draw, *_STRING[:4])  # R-V4: what is substituted is no pattern
    like = operator.replace("Equals", "Like") if "Case" not in operator else operator
    return alternatives(
        draw,
        vocabulary,
        [[(operator, one, [f"${{{other}}}"])]],
        [[(one_of(draw, operator, like), other, [f"${{{one}}}"])]],
    )


def a_variable_of_the_key_itself_is_presence(draw: DrawFn) -> Rewriting:  # R-C7, R-V1, R-V6
    key = one_of(draw, *_KEYS)
    vocabulary = one_of(draw, "colliding", "variables")
    operator = one_of(draw, *_STRING)
    same: Alternatives = [[("Null", key, ["true" if operator in NEGATED else "false"])]]
    return alternatives(draw, vocabulary, [[(operator, key, [f"${{{key.swapcase()}}}"])]], same)


def an_escape_is_its_character(draw: DrawFn) -> Rewriting:  # R-V8, R-V10, R-C7
    s = subject(draw, _STRING[:2])
    word, escaped = draw(
        st.sampled_from([("*", "${*}"), ("a?", "a${?}"), ("$", "${$}"), ("$x*", "${$}x${*}")])
    )
    operator = s.operator.replace("Equals", one_of(draw, "Equals", "Like"))
    return alternatives(
        draw, s.vocabulary, [[(s.operator, s.key, [word])]], [[(operator, s.key, [escaped])]]
    )


def _hosting(rewriting: Rewriting, before: list[Json], after: list[Json], member: str) -> Rewriting:
    """The rewriting with each statement's resources replaced too."""

    def placed(statement: dict[str, Json], resources: Json) -> dict[str, Json]:
        kept = {k: v for k, v in statement.items() if k not in ("Resource", "NotResource")}
        return kept | {member: resources}

    return Rewriting(
        rewriting.vocabulary,
        rewriting.kind,
        [placed(s, r) for s, r in zip(rewriting.before, before, strict=True)],
        [placed(s, r) for s, r in zip(rewriting.after, after, strict=True)],
    )


_SHAPE = "arn:aws:s3:::a/{}"


def a_default_in_a_resource(draw: DrawFn) -> Rewriting:  # R-V5, R-V7
    key, default = one_of(draw, *_KEYS), one_of(draw, *_WORDS)
    shape, member = _SHAPE + one_of(draw, "", "*", "/b"), one_of(draw, "Resource", "NotResource")
    present, absent = ("Null", key, ["false"]), ("Null", key, ["true"])
    split = alternatives(draw, "variables", [[]], [[present], [absent]])
    resolved, otherwise = shape.format(f"${{{key}}}"), shape.format(literal(default))
    whole = shape.format(f"${{{key}, '{default}'}}")
    return _hosting(split, [whole], [resolved, otherwise], member)


def a_variable_in_a_resource_is_its_only_value(draw: DrawFn) -> Rewriting:  # R-V1, R-V4
    key, word = one_of(draw, *_KEYS), one_of(draw, *_WORDS)
    shape, member = _SHAPE + one_of(draw, "", "*", "/b"), one_of(draw, "Resource", "NotResource")
    only: Alternatives = [[("StringEquals", key, [word])]]
    same = alternatives(draw, "variables", only, only)
    return _hosting(same, [shape.format(f"${{{key}}}")], [shape.format(literal(word))], member)


def an_unresolved_variable_in_a_resource_is_none(draw: DrawFn) -> Rewriting:  # R-V5
    key, member = one_of(draw, *_KEYS), one_of(draw, "Resource", "NotResource")
    absent: Alternatives = [[("Null", key, ["true"])]]
    same = alternatives(draw, "variables", absent, absent)
    entries: list[Json] = draw(st.sampled_from([[], ["arn:aws:s3:::a/b"], ["arn:aws:s3:::*"]]))
    return _hosting(same, [[*entries, _SHAPE.format(f"${{{key}}}")]], [entries], member)


LAWS: tuple[Law, ...] = (
    a_default_stands_where_the_key_is_absent,
    a_variable_is_its_only_value,
    a_variable_is_one_of_its_values,
    an_unresolved_variable_is_no_value,
    equality_has_no_direction,
    a_variable_of_the_key_itself_is_presence,
    an_escape_is_its_character,
    a_default_in_a_resource,
    a_variable_in_a_resource_is_its_only_value,
    an_unresolved_variable_in_a_resource_is_none,
)
