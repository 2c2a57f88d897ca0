"""Comparing stacks: what a policy around a request changes, in the words of what changed."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import iamlogic as il

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"


def policy(*statements: dict[str, Any], file: str | None = None) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)}, file=file)


def allow(action: str | list[str], **further: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": "*", **further}


def deny(action: str | list[str], **further: object) -> dict[str, Any]:
    return {**allow(action, **further), "Effect": "Deny"}


DEV = policy(allow(["s3:*", "sqs:*", "iam:CreateUser"]), file="dev.json")
FULL = policy(allow("*"), file="full.json")
NO_IAM = policy(allow("*"), deny("iam:*"), file="no-iam.json")
BOUNDARY = policy(allow(["s3:Get*", "sqs:*"]), file="boundary.json")
GRANT = policy(allow("s3:*", Principal="*"), file="bucket.json")
IN_ORG = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}
RCP = policy(deny("s3:*", Principal="*", Condition=IN_ORG), file="rcp.json")

Found = list[tuple[str, list[str], str | None]]


def told(differences: tuple[il.Difference, ...]) -> Found:
    return [
        (
            "" if each.type is None else each.type.name,
            [action.text for action in each.region.actions.patterns],
            None if each.policy is None else each.policy.file,
        )
        for each in differences
    ]


LOSSES: list[tuple[il.PolicySet, il.PolicySet, Found]] = [
    (  # a new Deny of the organization
        il.PolicySet(identity=[DEV], scps=[[FULL]]),
        il.PolicySet(identity=[DEV], scps=[[FULL, NO_IAM]]),
        [("SCP", ["iam:*"], "no-iam.json")],
    ),
    (  # a new level: what grants is the same, and a layer is silent
        il.PolicySet(identity=[DEV], scps=[[FULL]]),
        il.PolicySet(identity=[DEV], scps=[[FULL], [BOUNDARY]]),
        [("IDENTITY", ["s3:*", "iam:CreateUser"], "dev.json")],
    ),
    (
        il.PolicySet(identity=[DEV]),
        il.PolicySet(identity=[DEV], boundary=BOUNDARY),
        [("IDENTITY", ["s3:*", "iam:CreateUser"], "dev.json")],
    ),
    (
        il.PolicySet(identity=[DEV], session=FULL),
        il.PolicySet(identity=[DEV], session=BOUNDARY),
        [("SESSION", ["*"], "full.json")],
    ),
    (
        il.PolicySet(resource=GRANT),
        il.PolicySet(resource=GRANT, rcps=[[RCP]]),
        [("RCP", ["s3:*"], "rcp.json")],
    ),
    (
        il.PolicySet(identity=[FULL], boundary=policy(allow("s3:*"), allow("ec2:*"))),
        il.PolicySet(identity=[FULL], boundary=policy(allow("s3:*"))),
        [("BOUNDARY", ["ec2:*"], None)],
    ),
    (  # the root user is limited by SCPs alone, and needs no statement
        il.PolicySet(scps=[[FULL]]),
        il.PolicySet(scps=[[FULL], [BOUNDARY]]),
        [("", ["*"], None)],
    ),
    (
        il.PolicySet(identity=[DEV], scps=[[NO_IAM]], management_account=True),
        il.PolicySet(identity=[DEV], scps=[[NO_IAM]]),
        [("SCP", ["iam:*"], "no-iam.json")],
    ),
]


@pytest.mark.parametrize(("before", "after", "lost"), LOSSES)
def test_what_is_lost_is_told_in_the_words_of_what_changed(
    before: il.PolicySet, after: il.PolicySet, lost: Found
) -> None:
    comparison = il.compare(before, after)
    assert comparison.relation is il.Relation.LESS_PERMISSIVE
    assert (told(comparison.lost), comparison.gained) == (lost, ())
    assert comparison.complete
    for difference in comparison.lost:
        assert il.evaluate(before, difference.witness).outcome is il.Outcome.ALLOWED
        assert difference.refusal == il.evaluate(after, difference.witness)
        assert difference.refusal.outcome is not il.Outcome.ALLOWED


@pytest.mark.parametrize(("before", "after", "lost"), LOSSES)
def test_a_comparison_the_other_way_round_is_its_mirror(
    before: il.PolicySet, after: il.PolicySet, lost: Found
) -> None:
    mirrored = il.compare(after, before)
    assert mirrored.relation is il.Relation.MORE_PERMISSIVE
    assert (told(mirrored.gained), mirrored.lost) == (lost, ())


def test_a_boundary_that_allows_all_that_is_used_changes_nothing() -> None:
    used = policy(allow(["s3:GetObject", "sqs:SendMessage"]))
    comparison = il.compare(
        il.PolicySet(identity=[used]), il.PolicySet(identity=[used], boundary=BOUNDARY)
    )
    assert comparison.relation is il.Relation.EQUIVALENT


def test_levels_and_policies_in_another_order_are_the_same() -> None:
    one = il.PolicySet(identity=[DEV, BOUNDARY], scps=[[FULL, NO_IAM], [BOUNDARY]])
    other = il.PolicySet(identity=[BOUNDARY, DEV], scps=[[BOUNDARY], [NO_IAM, FULL]])
    assert il.compare(one, other).relation is il.Relation.EQUIVALENT


def test_a_comparison_can_be_about_one_role_one_account_one_scope() -> None:
    before = il.PolicySet(identity=[DEV], scps=[[FULL]])
    only_alice = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/alice"}}
    scp = policy(allow("*"), deny("iam:*", Condition=only_alice))
    after = il.PolicySet(identity=[DEV], scps=[[scp]])
    assert il.compare(before, after).relation is il.Relation.LESS_PERMISSIVE
    assert il.compare(before, after, principal=ROLE).relation is il.Relation.EQUIVALENT
    s3 = il.Scope({"Action": "s3:*"})
    assert il.compare(before, after, scope=s3).relation is il.Relation.EQUIVALENT
    iam = il.Scope({"Action": "iam:CreateUser"})
    about = il.compare(before, after, scope=iam, resource_account=ACCOUNT)
    (lost,) = about.lost
    assert (lost.witness.action, lost.witness.resource_account) == ("iam:CreateUser", ACCOUNT)


def test_lone_policies_can_be_compared_within_a_scope() -> None:
    iam, s3 = il.Scope({"Action": "iam:*"}), il.Scope({"Action": "s3:*"})
    comparison = il.compare(FULL, NO_IAM, scope=iam)
    assert comparison.relation is il.Relation.LESS_PERMISSIVE
    assert [d.witness.action.partition(":")[0] for d in comparison.lost] == ["iam"]
    assert il.compare(FULL, NO_IAM, scope=s3).relation is il.Relation.EQUIVALENT


def test_what_is_not_modelled_is_left_to_the_policies() -> None:
    """R-E19: there is no word for grants, ACLs and the like; policies alone decide."""
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    request = il.Request(f"arn:aws:iam::{ACCOUNT}:user/alice", "kms:Decrypt", key)
    assert il.evaluate(il.PolicySet(identity=[FULL]), request).outcome.name == "IMPLICITLY_DENIED"


def test_a_policy_is_not_compared_with_a_stack() -> None:
    stack = il.PolicySet(identity=[DEV])
    with pytest.raises(il.MixedKinds, match=r"PolicySet\(identity=\[policy\]\)"):
        il.compare(DEV, stack)
    with pytest.raises(il.MixedKinds, match=r"bucket.json(.|\n)*PolicySet\(resource=policy\)"):
        il.compare(stack, GRANT)


def test_a_bound_leaves_the_relation_unknown_and_one_example_if_it_was_known() -> None:
    before, after = LOSSES[1][0], LOSSES[1][1]
    assert il.compare(before, after, timeout=1e-9).relation is il.Relation.UNKNOWN
    comparison = il.compare(before, after)
    object.__setattr__(comparison, "_seconds_left", 0.0)
    assert not comparison.complete
    assert told(comparison.lost) == [("IDENTITY", ["s3:*", "sqs:*", "iam:CreateUser"], "dev.json")]


def test_a_comparison_of_stacks_can_be_pickled() -> None:
    comparison = il.compare(*LOSSES[0][:2])
    copy = pickle.loads(pickle.dumps(comparison))  # noqa: S301
    assert copy.relation is comparison.relation
    assert copy.lost == comparison.lost


def test_assumptions_are_told_for_stacks_too() -> None:
    queue = "arn:aws:sqs:us-east-1:444455556666:q"
    grant = policy(allow("sqs:*", Principal={"AWS": ACCOUNT}))
    own = il.Scope({"Action": "sqs:*", "Resource": queue})
    before, after = il.PolicySet(identity=[FULL]), il.PolicySet(identity=[FULL], resource=grant)
    alice = f"arn:aws:iam::{ACCOUNT}:user/alice"
    comparison = il.compare(before, after, scope=own, principal=alice)
    assert comparison.relation is il.Relation.MORE_PERMISSIVE
    mirrored = il.compare(after, before, scope=own, principal=alice)
    assert mirrored.relation is il.Relation.LESS_PERMISSIVE
    scp = il.PolicySet(
        identity=[FULL],
        scps=[
            [policy(allow("*"), deny("sqs:*", Condition={"Null": {"aws:SecureTransport": "true"}}))]
        ],
    )
    assumed = il.compare(il.PolicySet(identity=[FULL], scps=[[FULL]]), scp)
    assert assumed.relation is il.Relation.EQUIVALENT
    assert [fact.name for fact in assumed.assumptions] == ["ALWAYS_PRESENT"]
