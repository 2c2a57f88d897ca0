"""Laws of what single operators compare: texts, patterns, ARNs, numbers, dates, addresses, truth.

Where a law holds of one value of the request it holds with every set prefix, and negated too.
"""

from __future__ import annotations

import ipaddress
import re
from itertools import product

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.strategies.rewritings import (
    NEGATED,
    ORDERS,
    POSITIVE,
    TWINS,
    Law,
    Rewriting,
    Subject,
    alternatives,
    has_wildcard,
    literal,
    one_of,
    outside_variables,
    single_valued,
    subject,
)

_ALL, _ANY = "ForAllValues:", "ForAnyValue:"


def _same(draw: DrawFn, s: Subject, operator: str, values: list[str]) -> Rewriting:
    """The subject's operator with its values says what `operator` says with `values`."""
    prefix, suffix = one_of(draw, "", _ALL, _ANY), one_of(draw, "", "IfExists")
    return alternatives(
        draw,
        s.vocabulary,
        [[(prefix + s.operator + suffix, s.key, s.values)]],
        [[(prefix + operator + suffix, s.key, values)]],
    )


def _implies(draw: DrawFn, s: Subject, wide: str, values: list[str]) -> Rewriting:
    """The subject's operator lies in `wide` with `values`; with the twins it is the other way."""
    prefix = one_of(draw, "", _ALL, _ANY)
    narrow = s.operator
    if wide in TWINS and narrow in TWINS and draw(st.booleans()):
        strong = (prefix + TWINS[wide], s.key, values)
        weak = (prefix + TWINS[narrow], s.key, s.values)
    else:
        strong = (prefix + narrow, s.key, s.values)
        weak = (prefix + wide, s.key, values)
    if draw(st.booleans()):
        return alternatives(draw, s.vocabulary, [[strong], [weak]], [[weak]])
    return alternatives(draw, s.vocabulary, [[strong, weak]], [[strong]])


def arn_equals_is_arn_like(draw: DrawFn) -> Rewriting:  # R-C13
    s = subject(draw, ("ArnEquals", "ArnNotEquals"))
    return _same(draw, s, s.operator.replace("Equals", "Like"), s.values)


def any_arn_is_six_segments(draw: DrawFn) -> Rewriting:  # R-C27
    s = subject(draw, ("ArnLike", "ArnNotLike"))
    s = Subject(s.vocabulary, s.key, s.operator, ["*"])
    return _same(draw, s, s.operator, ["arn:*:*:*:*:*"])


def equals_is_like_of_a_literal(draw: DrawFn) -> Rewriting:  # R-C7, R-C9, R-V8
    s = subject(draw, ("StringEquals", "StringNotEquals"))
    like = s.operator.replace("Equals", "Like")
    return _same(draw, s, like, [literal(value) for value in s.values])


def like_without_wildcards_is_equals(draw: DrawFn) -> Rewriting:  # R-C7, R-C9
    s = subject(draw, ("StringLike", "StringNotLike"), where=lambda v: not has_wildcard(v))
    return _same(draw, s, s.operator.replace("Like", "Equals"), s.values)


def ignoring_case_is_every_spelling(draw: DrawFn) -> Rewriting:  # R-C8, R-C26
    def is_short(value: str) -> bool:
        return "$" not in value and len(re.findall("[A-Za-z]", value)) <= 4

    ignoring = ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")
    s = subject(draw, ignoring, where=is_short)
    spellings = ["".join(word) for v in s.values for word in product(*map(_cases, v))]
    return _same(draw, s, s.operator.removesuffix("IgnoreCase"), sorted(set(spellings)))


def _cases(character: str) -> set[str]:
    return {character.lower(), character.upper()} if character.isascii() else {character}


def case_of_a_value_is_ignored(draw: DrawFn) -> Rewriting:  # R-C8, R-C26
    s = subject(draw, ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"))
    swapped = [outside_variables(v, lambda t: re.sub("[A-Za-z]", _swap, t)) for v in s.values]
    return _same(draw, s, s.operator, swapped)


def _swap(letter: re.Match[str]) -> str:
    return letter[0].swapcase()


def equals_implies_ignoring_case(draw: DrawFn) -> Rewriting:  # R-C7, R-C8
    s = subject(draw, ("StringEquals",))
    return _implies(draw, s, "StringEqualsIgnoreCase", s.values)


def equals_implies_like(draw: DrawFn) -> Rewriting:  # R-C7, R-C9: a glob matches its own text
    s = subject(draw, ("StringEquals",))
    return _implies(draw, s, "StringLike", s.values)


def arn_like_implies_string_like(draw: DrawFn) -> Rewriting:  # R-C9, R-C14: colons are crossed
    s = subject(draw, ("ArnLike", "ArnEquals"))
    return _implies(draw, s, "StringLike", s.values)


def like_star_is_presence(draw: DrawFn) -> Rewriting:  # R-C3, R-C23
    s = subject(draw, ("StringLike", "StringNotLike"))
    prefix = one_of(draw, "", _ALL, _ANY)
    present, absent = ([[("Null", s.key, [word])]] for word in ("false", "true"))
    match prefix, s.operator:
        case ("ForAllValues:", "StringLike"):
            same = [[]]
        case (_, "StringLike"):
            same = present
        case ("ForAnyValue:", _):
            same = []
        case _:
            same = absent
    return alternatives(draw, s.vocabulary, [[(prefix + s.operator, s.key, ["*"])]], same)


_PATTERNED = ("StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals")


def a_star_is_nothing_or_more(draw: DrawFn) -> Rewriting:  # R-C9, R-C14
    s = subject(draw, _PATTERNED, where=_has_one_star)
    assume("Arn" not in s.operator or "*" not in s.values)  # R-C27: it stands for six segments
    split = [
        outside_variables(v, lambda t, by=by: t.replace("*", by))
        for v in s.values
        for by in ("", "?*")
    ]
    return _same(draw, s, s.operator, split)


def _has_one_star(value: str) -> bool:
    return value.count("*") == 1 and "${*}" not in value


def two_stars_are_one(draw: DrawFn) -> Rewriting:  # R-C9, R-C14
    s = subject(draw, _PATTERNED, where=lambda v: v != "*")
    doubled = [outside_variables(v, lambda t: t.replace("*", "**")) for v in s.values]
    return _same(draw, s, s.operator, doubled)


def a_star_and_a_question_mark_commute(draw: DrawFn) -> Rewriting:  # R-C9, R-C14
    s = subject(draw, _PATTERNED, where=lambda v: v != "*" and has_wildcard(v))
    one, other = (
        [outside_variables(v, lambda t, by=by: re.sub(r"[*?]", by, t)) for v in s.values]
        for by in ("*?", "?*")
    )
    return _same(draw, Subject(s.vocabulary, s.key, s.operator, one), s.operator, other)


def _ordered(draw: DrawFn, *, one_value: bool = False) -> tuple[str, str, str, str]:
    """A vocabulary, a key, `Numeric` or `Date`, and a value."""
    s = subject(draw, ORDERS, key=single_valued if one_value else lambda _: True)
    return s.vocabulary, s.key, re.split("Less|Greater", s.operator)[0], s.values[0]


def at_most_is_less_or_equal(draw: DrawFn) -> Rewriting:  # R-C10, R-C11
    vocabulary, key, kind, value = _ordered(draw)
    prefix = one_of(draw, "", _ANY)
    order = prefix + kind + one_of(draw, "LessThan", "GreaterThan")
    return alternatives(
        draw,
        vocabulary,
        [[(order + "Equals", key, [value])]],
        [[(order, key, [value])], [(prefix + kind + "Equals", key, [value])]],
    )


def less_or_not_less_is_greater_or_not_greater(draw: DrawFn) -> Rewriting:  # R-C20: a number
    vocabulary, key, kind, value = _ordered(draw)
    kind = one_of(draw, "", _ANY) + kind
    return alternatives(
        draw,
        vocabulary,
        [[(kind + "LessThan", key, [value])], [(kind + "GreaterThanEquals", key, [value])]],
        [[(kind + "LessThanEquals", key, [value])], [(kind + "GreaterThan", key, [value])]],
    )


def at_most_and_at_least_is_equal(draw: DrawFn) -> Rewriting:  # R-C10, R-C11
    vocabulary, key, kind, value = _ordered(draw, one_value=True)
    both = [
        (kind + "LessThanEquals", key, [value]),
        (kind + "GreaterThanEquals", key, [value]),
    ]
    return alternatives(draw, vocabulary, [both], [[(kind + "Equals", key, [value])]])


def less_is_not_equal(draw: DrawFn) -> Rewriting:  # R-C10, R-C11, R-C20
    vocabulary, key, kind, value = _ordered(draw, one_value=True)
    order = (kind + one_of(draw, "LessThan", "GreaterThan"), key, [value])
    other = (kind + "NotEquals", key, [value])
    if draw(st.booleans()):
        return alternatives(draw, vocabulary, [[order], [other]], [[other]])
    return alternatives(draw, vocabulary, [[order, other]], [[order]])


_NUMBERS = [["10", "10.0", "1e1", "+10", "0010.", "100E-1"], ["0.5", ".5", "5e-1"], ["-1", "-1.00"]]
_INSTANTS = [
    [
        "2020", "2020-01", "2020-01-01", "2020-01-01T00:00Z", "2020-01-01T01:00:00+01:00",
        "2019-12-31T14:30-09:30", "2020-01-01T00:00:00.000Z", "1577836800", "1577836800.0",
    ],
    ["2019-12-31T23:59:59.5Z", "1577836799.5", "2020-01-01T05:59:59.50+06:00"],
]  # fmt: skip


def a_number_or_an_instant_is_no_spelling(draw: DrawFn) -> Rewriting:  # R-C10, R-C11, R-C16
    typed = (*ORDERS, "NumericEquals", "NumericNotEquals", "DateEquals", "DateNotEquals")
    s = subject(draw, typed)
    groups = _INSTANTS if s.operator.startswith("Date") else _NUMBERS
    one, other = draw(st.permutations(draw(st.sampled_from(groups))))[:2]
    beside = s.values[1:]
    s = Subject(s.vocabulary, s.key, s.operator, [one, *beside])
    return _same(draw, s, s.operator, [other, *beside])


def a_block_is_its_halves(draw: DrawFn) -> Rewriting:  # R-C18
    s = subject(draw, ("IpAddress", "NotIpAddress"))
    halves = [str(half) for v in s.values for half in ipaddress.ip_network(v).subnets()]
    return _same(draw, s, s.operator, sorted(set(halves)))


def bits_of_the_host_count_for_nothing(draw: DrawFn) -> Rewriting:  # R-C18
    s = subject(draw, ("IpAddress", "NotIpAddress"))
    blocks = [ipaddress.ip_network(value) for value in s.values]
    last = [f"{block[-1]}/{block.prefixlen}" for block in blocks]
    return _same(draw, s, s.operator, last)


def every_address_is_of_one_version(draw: DrawFn) -> Rewriting:  # R-C18, R-C20
    s = subject(draw, ("IpAddress",))
    both = ["0.0.0.0/0", "::/0"]
    operator = one_of(draw, "", _ALL, _ANY) + "IpAddress"
    narrow, wide = (operator, s.key, s.values), (operator, s.key, both)
    return alternatives(draw, s.vocabulary, [[narrow], [wide]], [[wide]])


def bool_is_equality_ignoring_case(draw: DrawFn) -> Rewriting:  # R-C8, R-C17
    s = subject(draw, ("Bool", "StringEquals"))
    words = draw(st.lists(st.sampled_from(["true", "false", "TRUE"]), min_size=1, unique=True))
    truth = Subject(s.vocabulary, s.key, "Bool", words)
    return _same(draw, truth, "StringEqualsIgnoreCase", [word.swapcase() for word in words])


def values_have_no_order_and_count_once(draw: DrawFn) -> Rewriting:  # R-C2, R-C5
    s = subject(draw, (*POSITIVE, *NEGATED), least=2)
    return _same(draw, s, s.operator, [*reversed(s.values), s.values[0]])


LAWS: tuple[Law, ...] = (
    arn_equals_is_arn_like,
    any_arn_is_six_segments,
    equals_is_like_of_a_literal,
    like_without_wildcards_is_equals,
    ignoring_case_is_every_spelling,
    case_of_a_value_is_ignored,
    equals_implies_ignoring_case,
    equals_implies_like,
    arn_like_implies_string_like,
    like_star_is_presence,
    a_star_is_nothing_or_more,
    two_stars_are_one,
    a_star_and_a_question_mark_commute,
    at_most_is_less_or_equal,
    less_or_not_less_is_greater_or_not_greater,
    at_most_and_at_least_is_equal,
    less_is_not_equal,
    a_number_or_an_instant_is_no_spelling,
    a_block_is_its_halves,
    bits_of_the_host_count_for_nothing,
    every_address_is_of_one_version,
    bool_is_equality_ignoring_case,
    values_have_no_order_and_count_once,
)
