from __future__ import annotations

from dataclasses import replace

import iamlogic as il
from iamlogic.errors import Where
from iamlogic.questions.review.pairing import Pair, paired
from iamlogic.questions.review.placed import PlacedPolicy

Statement = dict[str, object]
READ: Statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
WRITE: Statement = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
LIST: Statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
SHARE: Statement = {**READ, "Principal": "*"}


def placed(file: str, *statements: Statement, name: str = "", line: int = 1) -> PlacedPolicy:
    policy = il.parse({"Version": "2012-10-17", "Statement": list(statements)}, file=file)
    return PlacedPolicy(file, name, Where((), line, 1, file), policy, policy)


def names(pairs: tuple[Pair, ...]) -> list[tuple[str | None, str | None]]:
    return [(each.before and each.before.title, each.after and each.after.title) for each in pairs]


def test_a_policy_is_known_by_its_place_whatever_it_says() -> None:
    pairs = paired([placed("a", READ)], [placed("a", WRITE)], {})
    assert names(pairs) == [("a", "a")]
    assert not pairs[0].is_unchanged


def test_the_same_policy_in_the_same_place_is_unchanged() -> None:
    pairs = paired([placed("a", READ, line=1)], [placed("a", READ, line=9)], {})
    assert pairs[0].is_unchanged


def test_a_policy_for_another_type_of_resource_is_not_unchanged() -> None:
    before, after = placed("a", SHARE), placed("a", SHARE)
    pairs = paired([before], [replace(after, resource_type="AWS::S3::Bucket")], {})
    assert not pairs[0].is_unchanged


def test_a_renamed_file_takes_its_policies_with_it() -> None:
    pairs = paired([placed("a", READ, name="x")], [placed("b", WRITE, name="x")], {"a": "b"})
    assert names(pairs) == [("a: x", "b: x")]


def test_the_very_same_policy_elsewhere_comes_before_a_similar_one() -> None:
    before = [placed("a", READ, WRITE)]
    after = [placed("b", READ, WRITE, LIST), placed("c", READ, WRITE)]
    assert names(paired(before, after, {})) == [(None, "b"), ("a", "c")]


def test_the_most_similar_policy_is_what_became_of_it() -> None:
    before = [placed("a", READ, WRITE)]
    after = [placed("b", READ), placed("c", READ, WRITE, LIST)]
    assert names(paired(before, after, {})) == [(None, "b"), ("a", "c")]


def test_policies_with_little_in_common_are_gone_and_new() -> None:
    pairs = paired([placed("a", READ, WRITE, LIST)], [placed("b", READ)], {})
    assert names(pairs) == [("a", None), (None, "b")]


def test_a_policy_of_another_kind_is_no_version_of_it() -> None:
    pairs = paired([placed("a", READ)], [placed("a", SHARE)], {})
    assert sorted(map(str, names(pairs))) == ["('a', None)", "(None, 'a')"]


def test_each_policy_is_paired_once() -> None:
    before = [placed("a", READ), placed("b", READ)]
    after = [placed("c", READ), placed("d", READ), placed("e", READ)]
    assert names(paired(before, after, {})) == [("a", "c"), ("b", "d"), (None, "e")]


def test_the_order_is_that_of_files_and_places() -> None:
    after = [
        placed("b", READ, name="y", line=9),
        placed("b", READ, name="z", line=2),
        placed("a", READ),
    ]
    assert names(paired([], after, {})) == [(None, "a"), (None, "b: z"), (None, "b: y")]
