"""What only looks the same on both sides of a change: placeholders, versions, findings."""

from __future__ import annotations

from dataclasses import replace

import pytest

import iamlogic as il
from iamlogic.errors import Where
from iamlogic.questions.review.apart import told_apart
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.pairing import Pair, paired
from iamlogic.questions.review.placed import PlacedPolicy, Placeholder
from iamlogic.questions.review.reviewing import Terms, review_pair

Statement = dict[str, object]
READ: Statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::<A>/*"}
OPEN = Placeholder("A", "<A>", "open")
EVERYONE: Statement = {**READ, "Principal": "*", "Resource": "*"}
DENY: Statement = {"Effect": "Deny", "Principal": {"AWS": "444455556666"}, "Action": "*"}
ZONE = il.Zone({"111122223333"})


def placed(
    *statements: Statement, version: str = "2012-10-17", a: Placeholder = OPEN
) -> PlacedPolicy:
    policy = il.parse({"Version": version, "Statement": list(statements)}, file="p")
    used = (a,) if a.text in str(policy) else ()
    return PlacedPolicy("p", "", Where((), 1, 1, "p"), policy, opened(policy, used), used)


@pytest.mark.parametrize(
    "other", [replace(OPEN, name="B"), replace(OPEN, meaning="defined otherwise")]
)
def test_a_placeholder_with_another_name_or_meaning_is_another(other: Placeholder) -> None:
    (pair,) = paired([placed(READ)], [placed(READ, a=other)], {})
    assert not pair.is_unchanged
    assert pair.before is not None
    assert "<A before>/*" in il.format(pair.before.policy)
    assert "<A before>/*" in il.format(pair.before.for_any)
    assert [each.text for each in pair.before.placeholders] == ["<A before>"]
    topics = {each.topic.value for each in review_pair(pair, Terms()).notices}
    assert topics == {"gained"}


def test_a_placeholder_of_the_same_meaning_is_the_same() -> None:
    before = placed(READ)
    assert told_apart(before, placed(READ, a=replace(OPEN, reason="said otherwise"))) is before


def test_an_open_value_in_another_version_of_the_language_is_another() -> None:
    condition = {"StringEquals": {"aws:SourceVpc": "<A>"}}
    statement = {**EVERYONE, "Condition": condition}
    pair = Pair(placed(statement), placed(statement, version="2008-10-17"))
    topics = {each.topic.value for each in review_pair(pair, Terms(zone=ZONE)).notices}
    assert topics >= {"gained", "public"}
    assert review_pair(Pair(pair.before, pair.before), Terms(zone=ZONE)).notices == ()


def test_somebody_who_is_not_denied_any_more_gets_access_beside_everyone() -> None:
    before = placed(EVERYONE, {**DENY, "Resource": "*"})
    preview = il.preview_external_access(before.policy, placed(EVERYONE).policy, ZONE)
    assert (len(preview.new), len(preview.unchanged), len(preview.widened)) == (0, 1, 1)
    notices = review_pair(Pair(before, placed(EVERYONE)), Terms(zone=ZONE)).notices
    assert "external" in {each.topic.value for each in notices}


def test_whoever_is_denied_as_before_gets_nothing() -> None:
    before = placed(EVERYONE, {**DENY, "Resource": "*"})
    after = placed({**DENY, "Resource": ["*", "arn:aws:s3:::l"]}, EVERYONE)
    assert il.preview_external_access(before.policy, after.policy, ZONE).widened == ()
