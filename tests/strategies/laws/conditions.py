"""Laws of what all operators have in common: lists, negation, absence, sets (R-C1 to R-C6).

They do not look at what one value is compared with; what they hold for is drawn: operator, key,
values, and where the law allows them the set prefix and `IfExists`.
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.strategies.rewritings import (
    NEGATED,
    POSITIVE,
    TWINS,
    Law,
    Rewriting,
    alternatives,
    one_of,
    single_valued,
    subject,
)

_ALL, _ANY = "ForAllValues:", "ForAnyValue:"


def if_exists_is_absent_or_plain(draw: DrawFn) -> Rewriting:  # R-C22, R-C23
    s = subject(draw, (*POSITIVE, *NEGATED))
    operator = one_of(draw, "", _ALL, _ANY) + s.operator
    return alternatives(
        draw,
        s.vocabulary,
        [[(operator + "IfExists", s.key, s.values)]],
        [[("Null", s.key, ["true"])], [(operator, s.key, s.values)]],
    )


def if_exists_changes_nothing_where_absence_is_true(draw: DrawFn) -> Rewriting:  # R-C3, R-C22
    s = subject(draw, (*POSITIVE, *NEGATED))
    prefix = one_of(draw, "", _ALL) if s.operator in NEGATED else _ALL
    operator = prefix + s.operator
    return alternatives(
        draw,
        s.vocabulary,
        [[(operator, s.key, s.values)]],
        [[(operator + "IfExists", s.key, s.values)]],
    )


def a_positive_list_is_an_or(draw: DrawFn) -> Rewriting:  # R-C2, R-C5
    s = subject(draw, POSITIVE, least=2)
    operator = one_of(draw, "", _ANY) + s.operator + one_of(draw, "", "IfExists")
    split = [[(operator, s.key, [value])] for value in s.values]
    return alternatives(draw, s.vocabulary, [[(operator, s.key, s.values)]], split)


def a_negated_list_is_an_and(draw: DrawFn) -> Rewriting:  # R-C2, R-C5; the twin is R-C22
    s = subject(draw, NEGATED, least=2)
    operator = one_of(draw, "", _ALL) + s.operator
    first, *others = s.values
    both = [(operator, s.key, [first]), (operator + "IfExists", s.key, others)]
    return alternatives(draw, s.vocabulary, [[(operator, s.key, s.values)]], [both])


_COMPLEMENTS = [("", ""), (_ANY, _ALL), (_ALL, _ANY)]


def a_test_or_its_negation_is_nothing(draw: DrawFn) -> Rewriting:  # R-C2, R-C5
    s = subject(draw, TWINS)
    positive, negated = draw(st.sampled_from(_COMPLEMENTS))
    split = [
        [(positive + s.operator, s.key, s.values)],
        [(negated + TWINS[s.operator], s.key, s.values)],
    ]
    return alternatives(draw, s.vocabulary, [[]], split)


def a_test_and_its_negation_never_hold(draw: DrawFn) -> Rewriting:  # R-C2, R-C5
    s = subject(draw, TWINS)
    positive, negated = draw(st.sampled_from(_COMPLEMENTS))
    both = [
        (positive + s.operator, s.key, s.values),
        (negated + TWINS[s.operator], s.key, s.values),
    ]
    return alternatives(draw, s.vocabulary, [both], [])


def the_negation_of_if_exists_is_present_and_not(draw: DrawFn) -> Rewriting:  # R-C22
    s = subject(draw, TWINS)
    positive, negated = draw(st.sampled_from(_COMPLEMENTS))
    holds = (positive + s.operator + "IfExists", s.key, s.values)
    fails = (negated + TWINS[s.operator], s.key, s.values)
    present = ("Null", s.key, ["false"])
    if draw(st.sampled_from([True, False])):
        return alternatives(draw, s.vocabulary, [[]], [[holds], [fails, present]])
    return alternatives(draw, s.vocabulary, [[holds, fails, present]], [])


def a_key_is_absent_or_present(draw: DrawFn) -> Rewriting:  # R-C23
    s = subject(draw, (*POSITIVE, *NEGATED))
    split = [[("Null", s.key, ["true"])], [("Null", s.key, ["false"])]]
    if draw(st.sampled_from([True, False])):
        return alternatives(draw, s.vocabulary, [[]], split)
    return alternatives(draw, s.vocabulary, [[]], [[("Null", s.key, ["true", "false"])]])


def no_prefix_is_some_value_and_negated_no_value(draw: DrawFn) -> Rewriting:  # R-C6
    s = subject(draw, (*POSITIVE, *NEGATED))
    operator = s.operator + one_of(draw, "", "IfExists")
    prefix = _ALL if s.operator in NEGATED else _ANY
    return alternatives(
        draw,
        s.vocabulary,
        [[(prefix + operator, s.key, s.values)]],
        [[(operator, s.key, s.values)]],
    )


def all_of_one_value_is_if_exists(draw: DrawFn) -> Rewriting:  # R-C3, R-C6
    s = subject(draw, (*POSITIVE, *NEGATED), key=single_valued)
    return alternatives(
        draw,
        s.vocabulary,
        [[(_ALL + s.operator, s.key, s.values)]],
        [[(s.operator + "IfExists", s.key, s.values)]],
    )


def any_of_one_value_is_present_and_plain(draw: DrawFn) -> Rewriting:  # R-C3, R-C6
    s = subject(draw, (*POSITIVE, *NEGATED), key=single_valued)
    return alternatives(
        draw,
        s.vocabulary,
        [[(_ANY + s.operator, s.key, s.values)]],
        [[(s.operator, s.key, s.values), ("Null", s.key, ["false"])]],
    )


def a_list_of_no_values(draw: DrawFn) -> Rewriting:  # R-C4
    s = subject(draw, (*POSITIVE, *NEGATED))
    prefix = one_of(draw, "", _ALL, _ANY)
    negated = s.operator in NEGATED
    match prefix, negated:
        case ("", False) | ("ForAnyValue:", False):
            same: list[list[tuple[str, str, list[str]]]] = []
        case ("ForAllValues:", False):
            same = [[("Null", s.key, ["true"])]]
        case ("ForAnyValue:", True):
            same = [[("Null", s.key, ["false"])]]
        case _:
            same = [[]]
    return alternatives(draw, s.vocabulary, [[(prefix + s.operator, s.key, [])]], same)


def a_longer_list_says_less_and_negated_more(draw: DrawFn) -> Rewriting:  # R-C2, R-C5
    s = subject(draw, (*POSITIVE, *NEGATED), least=2)
    operator = one_of(draw, "", _ALL, _ANY) + s.operator
    few, many = ([(operator, s.key, values)] for values in (s.values[1:], s.values))
    wide = few if s.operator in NEGATED else many
    return alternatives(draw, s.vocabulary, [few, many], [wide])


def another_condition_says_more(draw: DrawFn) -> Rewriting:  # R-C1
    s = subject(draw, (*POSITIVE, *NEGATED))
    operator = one_of(draw, "", _ALL, _ANY) + s.operator + one_of(draw, "", "IfExists")
    return alternatives(draw, s.vocabulary, [[], [(operator, s.key, s.values)]], [[]])


def neither_keys_nor_operators_have_a_case(draw: DrawFn) -> Rewriting:  # R-K7, R-P22
    s = subject(draw, (*POSITIVE, *NEGATED))
    operator = one_of(draw, "", _ALL, _ANY) + s.operator + one_of(draw, "", "IfExists")
    return alternatives(
        draw,
        s.vocabulary,
        [[(operator, s.key, s.values)]],
        [[(operator.swapcase(), s.key.swapcase(), s.values)]],
    )


LAWS: tuple[Law, ...] = (
    if_exists_is_absent_or_plain,
    if_exists_changes_nothing_where_absence_is_true,
    a_positive_list_is_an_or,
    a_negated_list_is_an_and,
    a_test_or_its_negation_is_nothing,
    a_test_and_its_negation_never_hold,
    the_negation_of_if_exists_is_present_and_not,
    a_key_is_absent_or_present,
    no_prefix_is_some_value_and_negated_no_value,
    all_of_one_value_is_if_exists,
    any_of_one_value_is_present_and_plain,
    a_list_of_no_values,
    a_longer_list_says_less_and_negated_more,
    another_condition_says_more,
    neither_keys_nor_operators_have_a_case,
)
