"""The picture of who gains what: whom it names and how gravely, and that it can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlogic.questions.review.review import ReviewedChange
from iamlogic.reports.review.html.picture import MOST, draw
from iamlogic.reports.review.html.strands import GRAVITY, Strand, StrandKind, strands_of
from tests.reports.review.reviews import (
    PARTNER,
    READ,
    WRITE,
    Side,
    a_review,
    change,
    share,
)

INSIDE = "111122223333"
OBJECTS = "arn:aws:s3:::logs/*"
DENY = {**share("*"), "Sid": "Stop", "Effect": "Deny", "Action": "s3:DeleteObject"}
SPARE = {
    "Sid": "Stop",
    "Effect": "Deny",
    "NotPrincipal": {"AWS": f"arn:aws:iam::{INSIDE}:root"},
    "Action": "s3:GetObject",
    "Resource": OBJECTS,
}
EVERYTHING = share({"AWS": INSIDE}, Sid="All", Action="s3:*")


def bucket(before: tuple[object, ...], after: tuple[object, ...]) -> ReviewedChange:
    sides = (Side("b.json", each) if each else None for each in (before, after))  # type: ignore[arg-type]
    return change(*sides, bucket=True)


def strand(who: str, actions: str, kind: StrandKind, resources: str = OBJECTS) -> Strand:
    return Strand(who, actions, resources, kind)


CASES = {
    "a policy that names nobody stands for those who have it": (
        change(Side("a.json", (READ,)), Side("a.json", (READ, WRITE))),
        [strand("a.json", "s3:PutObject", StrandKind.GAINED)],
    ),
    "what is gone is lost": (
        change(Side("a.json", (READ, WRITE)), Side("a.json", (READ,))),
        [strand("a.json", "s3:PutObject", StrandKind.LOST)],
    ),
    "everyone, of a policy that is public now": (
        bucket((share({"AWS": INSIDE}),), (share("*"),)),
        [strand("everyone", "s3:GetObject", StrandKind.PUBLIC)],
    ),
    "an account outside": (
        bucket((share({"AWS": INSIDE}),), (share({"AWS": [INSIDE, PARTNER]}),)),
        [strand("account 444455556666", "s3:GetObject", StrandKind.EXTERNAL)],
    ),
    "of a list, those outside apart from those inside": (
        bucket((), (share({"AWS": [f"arn:aws:iam::{INSIDE}:user/alice", PARTNER]}),)),
        [
            strand("account 444455556666", "s3:GetObject", StrandKind.EXTERNAL),
            strand(f"arn:aws:iam::{INSIDE}:user/alice", "s3:GetObject", StrandKind.GAINED),
        ],
    ),
    "a Deny that is gone gives to those whom something allows it": (
        bucket((EVERYTHING, DENY), (EVERYTHING,)),
        [strand("everyone, where allowed", "s3:DeleteObject", StrandKind.GAINED)],
    ),
    "a Deny that spared somebody": (
        bucket((share({"AWS": [INSIDE, PARTNER]}), SPARE), (share({"AWS": [INSIDE, PARTNER]}),)),
        [
            strand("account 444455556666", "s3:GetObject", StrandKind.EXTERNAL),
            strand(f"everyone but account {INSIDE}", "s3:GetObject", StrandKind.GAINED),
        ],
    ),
}


@pytest.mark.parametrize("claim", CASES)
def test_who_gains_what(claim: str) -> None:
    reviewed, expected = CASES[claim]
    assert strands_of(reviewed) == expected


def test_public_is_known_without_a_zone_of_trust() -> None:
    reviewed = replace(bucket((share({"AWS": INSIDE}),), (share("*"),)), external=None)
    assert [each.kind for each in strands_of(reviewed)] == [StrandKind.PUBLIC]


def test_what_hangs_on_a_placeholder_is_possible_and_no_more() -> None:
    (role,) = (each for each in a_review().changes if each.placed.name.startswith("PartnerRole"))
    told = [(each.who, each.kind) for each in strands_of(role)]
    assert told == [
        ("<PartnerArn>", StrandKind.POSSIBLE),
        (f"account {INSIDE}", StrandKind.LOST),
    ]


def test_every_change_that_gains_has_a_line() -> None:
    for each in a_review().changes:
        kinds = {strand.kind for strand in strands_of(each)}
        if each.comparison.gained:
            assert kinds - {StrandKind.LOST}, each.placed.title
        if each.comparison.lost:
            assert StrandKind.LOST in kinds


few_words = st.sampled_from(["a", "b", "c", "d" * 100])
strands = st.lists(
    st.builds(
        Strand,
        st.sampled_from([f"{n} " + "w" * n for n in range(40)]),
        few_words,
        few_words,
        st.sampled_from(StrandKind),
    ),
    max_size=80,
)


@given(strands)
def test_a_picture_can_be_read(found: list[Strand]) -> None:
    picture = draw(found)
    assert len(picture.curves) + picture.left_out == len(set(found))
    assert len(picture.curves) <= MOST
    names = sorted(each.y for each in picture.names)
    things = sorted(each.y for each in picture.things)
    ends = sorted(each.end for each in picture.curves)
    assert all(after - before >= 30 for before, after in pairwise(names))
    assert all(after - before >= 50 for before, after in pairwise(things))
    assert all(after - before >= 14 for before, after in pairwise(ends))
    for height in (*names, *things, *ends):
        assert 5 <= height <= picture.height - 5
    assert all(len(each.text) <= 44 for each in picture.names)
    assert all(len(each.actions) <= 60 and len(each.resources) <= 60 for each in picture.things)


@given(strands)
def test_the_gravest_are_drawn(found: list[Strand]) -> None:
    drawn = sorted(GRAVITY[each.kind] for each in draw(found).curves)
    assert drawn == sorted(GRAVITY[each.kind] for each in set(found))[:MOST]
