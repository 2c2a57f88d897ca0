"""Two policies side by side: nothing is lost, and what is marked is what differs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.reports.review.html.alignment import Line, Mark, Pair, Part, side_by_side
from iamlogic.reports.review.html.folding import stretches

READ = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}
READ_MORE = {**READ, "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}
WRITE = {"Sid": "Write", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": ["iam:*", "sts:*"], "Resource": "*"}
DENY_LESS = {"Effect": "Deny", "Action": ["iam:*"], "Resource": "*"}
STATEMENTS = (READ, READ_MORE, WRITE, DENY, DENY_LESS)


def text(*statements: dict[str, object]) -> str:
    return il.format(il.parse(json.dumps({"Version": "2012-10-17", "Statement": statements})))


def pairs(parts: Iterable[Part]) -> list[Pair]:
    return [pair for part in parts for pair in part.pairs]


def written(line: Line | None) -> str:
    return "" if line is None else "".join(piece.text for piece in line.pieces)


policies = st.lists(
    st.sampled_from(STATEMENTS), max_size=5, unique_by=lambda each: str(each.get("Sid", each))
).map(lambda each: text(*each))


@given(policies, policies)
def test_every_line_of_both_sides_is_there(before: str, after: str) -> None:
    found = pairs(side_by_side(before, after))
    left = [each.before for each in found if each.before]
    right = [each.after for each in found if each.after]
    assert [(each.number, written(each)) for each in right] == list(
        enumerate(after.splitlines(), 1)
    )
    # Statements that moved are shown where they are now.
    by_number = sorted((each.number, written(each)) for each in left)
    assert by_number == list(enumerate(before.splitlines(), 1))


@given(policies, policies)
def test_a_line_is_marked_unless_it_is_the_same_on_both_sides(before: str, after: str) -> None:
    for pair in pairs(side_by_side(before, after)):
        if pair.mark is Mark.SAME:
            assert written(pair.before).rstrip(",") == written(pair.after).rstrip(",")
            assert pair.before is not None


@given(policies, policies)
def test_words_that_are_not_marked_are_the_same_on_both_sides(before: str, after: str) -> None:
    for part in side_by_side(before, after):
        sides = ([pair.before for pair in part.pairs], [pair.after for pair in part.pairs])
        left, right = (
            re.sub(
                r"[\s,]",
                "",
                "".join(p.text for line in side if line for p in line.pieces if not p.differs),
            )
            for side in sides
        )
        assert left == right


@given(policies)
def test_a_policy_beside_itself_has_no_difference(policy: str) -> None:
    assert all(each.mark is Mark.SAME for each in pairs(side_by_side(policy, policy)))


@given(policies, policies)
def test_folding_hides_only_what_is_alike_and_loses_nothing(before: str, after: str) -> None:
    parts = side_by_side(before, after)
    found = list(stretches(parts, lambda _: False))
    assert [pair for stretch in found for pair in stretch.pairs] == pairs(parts)
    for stretch in found:
        assert not stretch.is_folded or all(each.mark is Mark.SAME for each in stretch.pairs)


def test_what_is_to_be_in_view_is_not_folded() -> None:
    policy = text(READ, WRITE)
    parts = side_by_side(policy, policy)
    assert [each.is_folded for each in stretches(parts, lambda _: False)] == [True]
    first_of_write = [10]
    shown = stretches(
        parts, lambda pair: pair.before is not None and pair.before.number in first_of_write
    )
    folded = [
        pair.before.number for each in shown if each.is_folded for pair in each.pairs if pair.before
    ]
    assert folded == [4, 5, 6, 7, 8, 9]


@dataclass(frozen=True)
class Beside:
    """Two policies, the lines of both that are marked, and where what moved begins."""

    claim: str
    before: str
    after: str
    removed: list[int]
    added: list[int]
    moved: list[int]


CASES = [
    Beside(
        "a new statement stands from brace to brace",
        text(READ),
        text(READ, WRITE),
        [],
        [*range(10, 16)],
        [],
    ),
    Beside("so does one that is gone", text(WRITE, READ), text(READ), [*range(4, 10)], [], []),
    Beside(
        "one that only moved is known",
        text(READ, WRITE),
        text(WRITE, READ),
        [],
        [],
        [4],
    ),
    Beside(
        "one that moved and changed stands beside what it was",
        text(READ, WRITE),
        text({**WRITE, "Action": "s3:*"}, READ),
        [13],
        [7],
        [4],
    ),
    Beside(
        "a line that changed stands alone",
        text(READ),
        text({**READ, "Action": "s3:*"}),
        [7],
        [7],
        [],
    ),
    Beside("a value that became a list", text(READ), text(READ_MORE), [8], [8, 9, 10, 11], []),
    Beside(
        "another name is another statement",
        text(READ),
        text(WRITE),
        [*range(4, 10)],
        [*range(4, 10)],
        [],
    ),
    Beside("a policy that is new", "", text(READ), [], [*range(1, 12)], []),
    Beside("an empty policy keeps its head", text(), text(DENY_LESS), [3, 4], [*range(3, 11)], []),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.claim)
def test_what_is_marked_of_two_policies(case: Beside) -> None:
    found = pairs(side_by_side(case.before, case.after))
    different = [each for each in found if each.mark is Mark.DIFFERS]
    moved = [
        each.pairs[0].after.number
        for each in side_by_side(case.before, case.after)
        if each.has_moved and each.pairs[0].after
    ]
    assert [each.before.number for each in different if each.before] == case.removed
    assert [each.after.number for each in different if each.after] == case.added
    assert moved == case.moved


def test_only_the_words_that_differ_are_marked() -> None:
    after = text({**READ, "Resource": "arn:aws:s3:::b/*"})
    (pair,) = [each for each in pairs(side_by_side(text(READ), after)) if each.mark is Mark.DIFFERS]
    assert pair.before is not None
    assert pair.after is not None
    assert [each.text for each in pair.before.pieces if each.differs] == ["a"]
    assert [each.text for each in pair.after.pieces if each.differs] == ["b"]


def test_a_value_that_becomes_a_list_is_no_difference_by_itself() -> None:
    found = pairs(side_by_side(text(READ), text(READ_MORE)))
    words = [
        [piece.text for line in side if line for piece in line.pieces if piece.differs]
        for side in ([each.before for each in found], [each.after for each in found])
    ]
    assert words == [[], ["[", '"arn:aws:s3:::b/*"', "]"]]


def test_hundreds_of_statements_that_all_changed_their_names_are_matched() -> None:
    one = text(*({**READ, "Sid": f"S{number}"} for number in range(900)))
    other = text(*({**READ, "Sid": f"T{number}"} for number in range(900)))
    assert len(pairs(side_by_side(one, other))) >= len(one.splitlines())
