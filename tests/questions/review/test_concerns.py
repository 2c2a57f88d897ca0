"""What a reviewed change says that somebody should know, and what that makes of the exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

import iamlogic as il
from iamlogic.cli.answers import Exit
from iamlogic.cli.reviewing import exit_of
from iamlogic.inputs.unresolved.placeholders import Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.review.counting import DEFAULT_FAIL_ON
from iamlogic.questions.review.notices import Notice, Severity, Topic
from iamlogic.questions.review.pairing import Pair
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.questions.review.review import Review, ReviewedChange
from iamlogic.questions.review.reviewing import Terms, review_pair
from iamlogic.syntax.json_text import read_json_text
from iamlogic.syntax.problems import Document

Statement = dict[str, object]
BUCKET: Statement = {
    "Effect": "Allow",
    "Principal": {"AWS": "111122223333"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::logs/*",
}
READ: Statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
ZONE = il.Zone(accounts={"111122223333"})
TERMS = Terms(ZONE, today=date(2026, 1, 1))


def placed(*statements: Statement, **types: str) -> PlacedPolicy:
    placeholders = Placeholders()
    for name in ("Who", "Name", "Org"):
        placeholders.text(name, "a parameter without a default")
    placeholders.condition("C", "a condition")
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1)
    found = place_policy(
        read_json_text(text), Document(text, "t.json"), placeholders, name="P", **types
    )
    assert isinstance(found, PlacedPolicy), found
    return found


def reviewed(
    before: PlacedPolicy | None, after: PlacedPolicy | None, terms: Terms = TERMS
) -> ReviewedChange:
    return review_pair(Pair(before, after), terms)


def told(change: ReviewedChange) -> list[tuple[Topic, Severity, tuple[str, ...]]]:
    return [(each.topic, each.severity, each.depends_on) for each in change.notices]


def messages(change: ReviewedChange) -> str:
    return "\n".join(each.message for each in change.notices)


def code(change: ReviewedChange, *fail_on: str) -> Exit:
    topics = frozenset(map(Topic, fail_on)) or DEFAULT_FAIL_ON
    return exit_of(Review("a", "b", (change,)), topics)


def test_a_policy_that_allows_less_is_nothing_to_know() -> None:
    wide = {**READ, "Action": "s3:*"}
    change = reviewed(placed(wide), placed(READ))
    assert change.notices == ()
    assert code(change) is Exit.HOLDS


def test_a_gain_is_a_note_and_fails_on_demand() -> None:
    change = reviewed(placed(READ), placed({**READ, "Action": "s3:*"}))
    assert told(change) == [(Topic.GAINED, Severity.NOTE, ())]
    assert code(change) is Exit.HOLDS
    assert code(change, "gained") is Exit.FAILS


def test_an_account_outside_is_a_warning_and_fails() -> None:
    change = reviewed(
        placed(BUCKET), placed(BUCKET, {**BUCKET, "Principal": {"AWS": "444455556666"}})
    )
    assert (Topic.EXTERNAL, Severity.WARNING, ()) in told(change)
    assert code(change) is code(change, "external") is Exit.FAILS
    assert code(change, "public") is Exit.HOLDS


def test_everybody_is_an_error_and_counts_as_external_too() -> None:
    change = reviewed(None, placed({**BUCKET, "Principal": "*"}))
    assert told(change)[0] == (Topic.PUBLIC, Severity.ERROR, ())
    assert code(change, "external") is code(change, "public") is Exit.FAILS


def test_what_was_let_in_before_is_no_news() -> None:
    open_ = {**BUCKET, "Principal": "*"}
    change = reviewed(placed(open_, BUCKET), placed(open_))
    assert change.notices == ()


def test_whoever_an_open_principal_will_be_is_possible_and_unknown() -> None:
    change = reviewed(placed(BUCKET), placed(BUCKET, {**BUCKET, "Principal": {"AWS": "<Who>"}}))
    assert (Topic.PUBLIC, Severity.WARNING, ("Who",)) in told(change)
    assert "whoever <Who> will be can get access" in messages(change)
    assert code(change) is code(change, "external") is Exit.UNKNOWN
    assert code(change, "guardrail") is Exit.HOLDS


def test_a_bucket_whose_name_is_open_is_public_for_certain() -> None:
    public = {**BUCKET, "Principal": "*", "Resource": "arn:aws:s3:::<Name>/*"}
    change = reviewed(None, placed(public, resource_type="AWS::S3::Bucket"))
    assert told(change)[0] == (Topic.PUBLIC, Severity.ERROR, ())
    assert code(change) is Exit.FAILS


@pytest.mark.parametrize("resource", ["<Name>", "<Name>/*"])
def test_a_resource_of_which_nothing_is_known_hides_nobody(resource: str) -> None:
    public = {**BUCKET, "Principal": "*", "Resource": resource}
    change = reviewed(None, placed(public, resource_type="AWS::S3::Bucket"))
    assert told(change)[0] == (Topic.PUBLIC, Severity.ERROR, ())


def test_an_account_that_is_open_inside_a_condition_hides_nobody() -> None:
    # No requester's account is called <Who>: as a name it would seem to let in nobody.
    condition = {"StringEquals": {"aws:PrincipalAccount": "<Who>"}}
    change = reviewed(None, placed({**BUCKET, "Principal": "*", "Condition": condition}))
    assert any(each.depends_on == ("Who",) for each in change.notices)
    assert code(change, "external") is Exit.UNKNOWN


def test_the_account_of_the_deployment_is_trusted() -> None:
    placeholders = Placeholders()
    account = placeholders.account("AWS::AccountId")
    statement = {**BUCKET, "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    after = place_policy(read_json_text(text), Document(text, "t"), placeholders, name="")
    assert isinstance(after, PlacedPolicy)
    change = reviewed(None, after)
    assert {each.topic for each in change.notices} == {Topic.GAINED}


def test_what_s3_calls_public_is_public_though_the_zone_holds_all_of_them() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}
    statement = {**BUCKET, "Principal": "*", "Condition": condition}
    terms = Terms(il.Zone(organization="o-exampleorgid"), today=date(2026, 1, 1))
    change = reviewed(None, placed(statement, resource_type="AWS::S3::Bucket"), terms)
    assert (Topic.PUBLIC, Severity.ERROR, ()) in told(change)


def test_what_is_gained_for_some_values_alone_is_possible() -> None:
    all_but = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::logs/*"}
    named = {**READ, "Resource": "arn:aws:s3:::<Name>/*"}
    change = reviewed(placed(all_but), placed(all_but, named))
    assert change.comparison.relation is il.Relation.EQUIVALENT
    assert told(change) == [(Topic.GAINED, Severity.NOTE, ("Name",))]
    assert code(change, "gained") is Exit.UNKNOWN


def test_a_narrower_part_of_an_open_name_is_no_gain() -> None:
    wide = {**READ, "Resource": "arn:aws:s3:::<Name>/*"}
    narrow = {**READ, "Resource": "arn:aws:s3:::<Name>/public/*"}
    change = reviewed(placed(wide), placed(narrow))
    assert change.notices == ()
    assert code(change, "gained") is Exit.HOLDS


def test_a_branch_that_may_be_taken_is_possible() -> None:
    other: Statement = {"Fn::If": ["<if C>", {**READ, "Action": "s3:*"}, {"Ref": "AWS::NoValue"}]}
    change = reviewed(placed(READ), placed(READ, other))
    assert code(change, "gained") in {Exit.FAILS, Exit.UNKNOWN}
    assert change.notices


def test_a_service_that_acts_for_anyone_is_a_note_of_its_own() -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:eu-west-1:111122223333:q",
    }
    change = reviewed(None, placed(trust, resource_type="AWS::SQS::Queue"))
    assert (Topic.DEPUTY, Severity.NOTE, ()) in told(change)
    assert code(change) is Exit.HOLDS


def test_an_open_region_in_a_condition_leaves_its_account_known() -> None:
    placeholders = Placeholders()
    region = placeholders.region("AWS::Region")
    account = placeholders.account("AWS::AccountId")
    source = {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:{region}:{account}:topic"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "arn:aws:sqs:eu-west-1:111122223333:q",
        "Condition": source,
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    after = place_policy(read_json_text(text), Document(text, "t"), placeholders, name="")
    assert isinstance(after, PlacedPolicy)
    assert {each.topic for each in reviewed(None, after).notices} == {Topic.GAINED}


def test_a_fingerprint_is_the_same_wherever_the_lines_are() -> None:
    before, gain = placed(READ), {**READ, "Action": "s3:*"}
    other = {**READ, "Sid": "Other", "Action": "ec2:DescribeInstances", "Resource": "*"}
    first = reviewed(before, placed(READ, gain))
    second = reviewed(before, placed(READ, other, gain))
    assert {n.fingerprint for n in first.notices} < {n.fingerprint for n in second.notices}


def test_each_notice_has_a_fingerprint_of_its_own() -> None:
    shares = [{**BUCKET, "Principal": {"AWS": f"{n}" * 12}} for n in range(2, 6)]
    change = reviewed(placed(BUCKET), placed(BUCKET, *shares))
    assert len({each.fingerprint for each in change.notices}) == len(change.notices) >= 5


def test_without_a_zone_it_depends_who_is_outside_but_not_who_is_the_public() -> None:
    share, public = {**BUCKET, "Principal": {"AWS": "444455556666"}}, {**BUCKET, "Principal": "*"}
    nobody_said = Terms(today=date(2026, 1, 1))
    change = reviewed(None, placed(share), nobody_said)
    assert (Topic.EXTERNAL, Severity.NOTE, ("who is trusted",)) in told(change)
    assert code(change, "external") is Exit.UNKNOWN
    assert code(change, "public", "guardrail", "unknown") is Exit.HOLDS
    change = reviewed(None, placed(public), nobody_said)
    assert (Topic.PUBLIC, Severity.ERROR, ()) in told(change)
    assert code(change, "public") is code(change, "external") is Exit.FAILS


def test_what_everybody_gets_beside_what_they_had_is_news_without_a_zone_too() -> None:
    read = {**BUCKET, "Principal": "*"}
    write = {**read, "Action": ["s3:GetObject", "s3:PutObject"]}
    for terms in (TERMS, Terms(today=date(2026, 1, 1))):
        change = reviewed(placed(read), placed(write), terms)
        assert (Topic.PUBLIC, Severity.ERROR, ()) in told(change)
        assert code(change) is Exit.FAILS


def test_who_is_named_beside_their_account_needs_no_policy_any_more() -> None:
    intern = "arn:aws:iam::111122223333:role/intern"
    both = {**BUCKET, "Principal": {"AWS": ["111122223333", intern]}}
    change = reviewed(placed(BUCKET), placed(both))
    assert change.comparison.relation is il.Relation.EQUIVALENT
    assert f"it names {intern} beside their account" in messages(change)
    assert reviewed(placed(both), placed(BUCKET)).notices == ()


def test_what_is_no_longer_denied_is_told_though_the_policy_allows_nothing() -> None:
    deny = {"Effect": "Deny", "Action": ["cloudtrail:*", "s3:DeleteBucket"], "Resource": "*"}
    change = reviewed(placed(deny), placed({**deny, "Action": "cloudtrail:*"}))
    assert change.comparison.relation is il.Relation.EQUIVALENT
    assert told(change) == [(Topic.GAINED, Severity.WARNING, ())]
    assert "no longer denies: s3:DeleteBucket" in messages(change)
    assert code(change, "gained") is Exit.FAILS
    assert reviewed(placed({**deny, "Action": "cloudtrail:*"}), placed(deny)).notices == ()


def test_a_policy_that_only_denied_is_missed_when_it_is_gone() -> None:
    deny = {"Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*"}
    assert "no longer denies: cloudtrail:*" in messages(reviewed(placed(deny), None))


def test_a_deny_of_a_bucket_without_encryption_is_missed_too() -> None:
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    deny = {**BUCKET, "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": plain}
    change = reviewed(placed(BUCKET, deny), placed(BUCKET))
    assert "no longer denies: s3:*" in messages(change)


def test_a_deny_that_is_written_otherwise_denies_the_same() -> None:
    deny = {"Effect": "Deny", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"}
    parts = [{**deny, "Action": each, "Sid": each[3:6]} for each in deny["Action"]]
    assert reviewed(placed(deny), placed(*parts)).notices == ()


def test_a_deny_for_an_open_name_may_deny_less() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}
    named = {**deny, "Resource": "arn:aws:s3:::<Name>/*"}
    assert reviewed(placed(named), placed(named, deny)).notices == ()
    assert "no longer denies" in messages(reviewed(placed(deny), placed(named)))


def test_a_time_that_is_up_is_unknown_and_never_passes() -> None:
    change = reviewed(placed(READ), placed({**READ, "Action": "s3:*"}), Terms(ZONE, timeout=1e-9))
    assert {each.topic for each in change.notices} == {Topic.UNKNOWN}
    assert code(change) is code(change, "gained") is Exit.UNKNOWN


def _notice(topic: Topic, **parts: object) -> Notice:
    where = placed(READ).where
    return Notice(topic, Severity.ERROR, "m", "p", where, "f", "r", **parts)  # type: ignore[arg-type]


def _guardrail(severity: Severity) -> Notice:
    return replace(_notice(Topic.GUARDRAIL), severity=severity)


def _note(**parts: object) -> Notice:
    return replace(_notice(Topic.GAINED, **parts), severity=Severity.NOTE)


@pytest.mark.parametrize(
    ("notices", "fail_on", "expected"),
    [
        ((), "gained", Exit.HOLDS),
        ((_notice(Topic.UNREADABLE),), "gained", Exit.UNREADABLE),
        ((_notice(Topic.UNREADABLE), _notice(Topic.GAINED)), "gained", Exit.FAILS),
        ((_notice(Topic.UNKNOWN, about=Topic.GAINED),), "public", Exit.HOLDS),
        ((_notice(Topic.UNKNOWN, about=Topic.GAINED),), "gained", Exit.UNKNOWN),
        ((_notice(Topic.UNKNOWN, about=Topic.PUBLIC),), "external", Exit.UNKNOWN),
        ((_notice(Topic.UNKNOWN, about=Topic.GAINED),), "unknown", Exit.UNKNOWN),
        ((_notice(Topic.GUARDRAIL, depends_on=("x",)),), "guardrail", Exit.UNKNOWN),
        ((_notice(Topic.GUARDRAIL, depends_on=("x",)),), "unknown", Exit.UNKNOWN),
        ((_notice(Topic.GUARDRAIL, depends_on=("x",)),), "public", Exit.HOLDS),
        ((_note(depends_on=("x",)),), "unknown", Exit.HOLDS),
        ((_note(depends_on=("x",)),), "gained", Exit.UNKNOWN),
        ((_note(),), "unknown", Exit.HOLDS),
        ((_notice(Topic.UNKNOWN),), "gained", Exit.UNKNOWN),
        ((_notice(Topic.UNKNOWN),), "external", Exit.UNKNOWN),
        ((_notice(Topic.UNKNOWN),), "public", Exit.UNKNOWN),
        ((_notice(Topic.UNKNOWN),), "guardrail", Exit.UNKNOWN),
        ((_guardrail(Severity.WARNING),), "guardrail", Exit.HOLDS),
        ((_guardrail(Severity.ERROR),), "guardrail", Exit.FAILS),
    ],
)
def test_the_exit_code_follows_from_the_notices(
    notices: tuple[Notice, ...], fail_on: str, expected: Exit
) -> None:
    review = Review("a", "b", unread_notices=notices)
    assert exit_of(review, [Topic(fail_on)]) is expected
