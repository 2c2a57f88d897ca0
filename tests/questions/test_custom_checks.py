"""check_no_new_access and check_access_not_granted: AWS's published examples, reasons, errors.

custom_checks.json has the policies of the examples and what AWS says of them. In its README's and
its blog's cases the new policies are ours, made as the text describes them.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import iamlogic as il
from iamlogic.syntax.policy import Policy
from tests.questions.reasons import hold_reasons

PUBLISHED = json.loads((Path(__file__).parent / "custom_checks.json").read_text())
VERDICTS = {"PASS": il.Verdict.HOLDS, "FAIL": il.Verdict.FAILS}
BUCKET = "arn:aws:s3:::b/*"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def policy(*statements: Mapping[str, Any], file: str | None = None) -> Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)}, file=file)


def allow(action: str | list[str], resource: str = "*", **further: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(action: str | list[str], resource: str = "*", **further: object) -> dict[str, Any]:
    return {**allow(action, resource, **further), "Effect": "Deny"}


FULL = policy(allow("*"))
ANYBODY = policy(allow("*", Principal="*"))


# AWS's published examples


@pytest.mark.parametrize(
    ("example", "new"),
    [
        pytest.param(example, new, id=f"{example['source']}: {new['result']} {new['why']}")
        for example in PUBLISHED["check_no_new_access"]
        for new in example["new"]
    ],
)
def test_new_access_is_what_aws_publishes(example: dict[str, Any], new: dict[str, Any]) -> None:
    reference, candidate = policy(*example["existing"]), policy(*new["statements"])
    answer = il.check_no_new_access(reference, candidate, policy_type=example["policy_type"])
    assert answer.verdict is VERDICTS[new["result"]]
    hold_reasons(answer, candidate)


@pytest.mark.parametrize("example", PUBLISHED["check_access_not_granted"])
def test_granted_access_is_what_aws_publishes(example: dict[str, Any]) -> None:
    subject = policy(*example["statements"])
    answer = il.check_access_not_granted(
        subject, access=example["access"], policy_type=example["policy_type"]
    )
    assert answer.verdict is VERDICTS[example["result"]]
    assert [reason.index for reason in answer.reasons] == example["reasons"]
    hold_reasons(answer, subject)


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"])
def test_two_published_candidates_are_no_policies_here(action: str) -> None:
    """Candidates 5 of the two federation samples name every provider, which R-P20 refuses."""
    with pytest.raises(il.PolicySyntaxError, match="R-P20"):
        policy({"Effect": "Allow", "Action": action, "Principal": {"Federated": "*"}})


# Reasons by statement


def test_every_statement_with_new_access_is_a_reason_and_no_other() -> None:
    existing = policy(allow("s3:*"), deny("s3:Delete*", Sid="Keep"))
    new = policy(
        allow("s3:*"),
        allow("s3:Get*"),
        allow("ec2:*", Sid="Servers"),
        allow("iam:*"),
        allow("s3:DeleteBucket"),
        allow("s3:DeleteJob"),
        deny(["iam:*", "s3:DeleteJob"]),
    )
    answer = il.check_no_new_access(existing, new)
    hold_reasons(answer, new)
    assert [reason.index for reason in answer.reasons] == [0, 2, 4]
    removed, servers, bucket = (reason.description for reason in answer.reasons)
    denied = 'which the existing policy denies: Deny statement 2 "Keep" (Statement[1])'
    assert removed.endswith(denied)
    assert bucket.startswith("allows s3:DeleteBucket on arn:aws:s3:::")
    assert bucket.endswith(denied)
    assert servers.startswith("allows ec2:")
    assert servers.endswith("which no statement of the existing policy allows")


def test_every_statement_that_grants_the_access_is_a_reason_and_no_other() -> None:
    subject = policy(
        deny("ec2:*"), allow("ec2:*"), allow("s3:Get*"), allow("s3:PutObject"), allow("s3:*")
    )
    answer = il.check_access_not_granted(subject, actions=["s3:GetObject", "ec2:RunInstances"])
    hold_reasons(answer, subject)
    assert [reason.index for reason in answer.reasons] == [2, 4]
    assert answer.reasons[0].description.startswith("allows s3:GetObject on ")


def test_equal_statements_are_reasons_each() -> None:
    doubled = policy(allow("s3:*"), allow("s3:*"))
    assert len(il.check_no_new_access(policy(), doubled).reasons) == 2
    assert len(il.check_access_not_granted(doubled, actions="s3:*").reasons) == 2


def test_what_holds_names_the_denials_that_it_needs() -> None:
    guarded = policy(allow("*"), deny("ec2:*"), deny("iam:PassRole"))
    answer = il.check_access_not_granted(guarded, actions="iam:PassRole")
    assert (answer.verdict, answer.reasons) == (il.Verdict.HOLDS, ())
    assert answer.statements == (guarded.statements[2],)
    assert answer.reason == "the policy denies what it would allow of the access"
    silent = il.check_access_not_granted(policy(allow("s3:*")), actions="iam:PassRole")
    assert (silent.statements, silent.reason) == ((), "the policy allows nothing of the access")


# What access means


@pytest.mark.parametrize(
    ("asked", "verdict"),
    [
        ({"actions": ["s3:PutObject"]}, il.Verdict.FAILS),
        ({"actions": "S3:PUTOBJECT"}, il.Verdict.FAILS),
        ({"actions": ["s3:*"]}, il.Verdict.FAILS),
        ({"actions": ["*"]}, il.Verdict.FAILS),
        ({"actions": ["s3:PutObjectAcl", "ec2:*"]}, il.Verdict.HOLDS),
        ({"resources": ["arn:aws:s3:::b/x"]}, il.Verdict.FAILS),
        ({"resources": "arn:aws:s3:::*"}, il.Verdict.FAILS),
        ({"resources": ["arn:aws:s3:::c/*", "arn:aws:s3:::b"]}, il.Verdict.HOLDS),
        ({"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::b/x"]}, il.Verdict.FAILS),
        ({"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::c/x"]}, il.Verdict.HOLDS),
        ({"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::b/x"]}, il.Verdict.HOLDS),
    ],
)
def test_any_of_the_actions_on_any_of_the_resources(
    asked: dict[str, Any], verdict: il.Verdict
) -> None:
    subject = policy(allow("s3:PutObject", BUCKET))
    assert il.check_access_not_granted(subject, **asked).verdict is verdict
    assert il.check_access_not_granted(subject, access=[asked]).verdict is verdict
    assert il.check_access_not_granted(subject, access=asked).verdict is verdict


def test_of_several_access_objects_none_may_be_granted() -> None:
    subject = policy(allow("s3:PutObject", BUCKET), allow("iam:*"))
    put_elsewhere = {"actions": ["s3:PutObject"], "resources": ["arn:aws:s3:::c/*"]}
    answer = il.check_access_not_granted(subject, access=[put_elsewhere, {"actions": ["ec2:*"]}])
    assert answer.verdict is il.Verdict.HOLDS
    answer = il.check_access_not_granted(subject, access=[put_elsewhere, {"actions": ["iam:*"]}])
    assert [reason.index for reason in answer.reasons] == [1]


def test_a_condition_narrows_access_and_does_not_take_it_away() -> None:
    narrow = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    subject = policy(allow("iam:PassRole", Condition=narrow))
    answer = il.check_access_not_granted(subject, actions="iam:PassRole")
    assert answer.witness is not None
    assert answer.witness.context == {"aws:PrincipalTag/team": "red"}


def test_not_action_counts_by_what_it_means() -> None:
    all_but = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert il.check_access_not_granted(all_but, actions="iam:PassRole")
    assert not il.check_access_not_granted(all_but, actions="sts:AssumeRole")


def test_a_trust_policy_is_a_resource_policy_and_speaks_of_every_resource() -> None:
    trust = il.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            },
        }
    )
    role = "arn:aws:iam::111122223333:role/app"
    for asked in ({"actions": "sts:AssumeRole"}, {"resources": role}):
        answer = il.check_access_not_granted(trust, policy_type="RESOURCE_POLICY", **asked)
        assert answer.verdict is il.Verdict.FAILS
        assert answer.witness is not None
        assert answer.witness.principal == "ec2.amazonaws.com"
    assert il.check_access_not_granted(trust, actions="sts:TagSession")


def test_requests_that_aws_never_sends_count_if_asked_for() -> None:
    plain = policy(allow("s3:*", Condition={"Null": {"aws:CurrentTime": "true"}}))
    assert il.check_access_not_granted(plain, actions="s3:*")
    assert not il.check_access_not_granted(plain, actions="s3:*", all_requests=True)
    assert il.check_no_new_access(policy(), plain)
    assert not il.check_no_new_access(policy(), plain, all_requests=True)


# Three values, and errors


def test_a_bound_that_is_hit_is_unknown() -> None:
    ending, further = deny("*", "arn:aws:s3:::*a"), deny("*", "arn:aws:s3:::*a?*")
    guarded = policy(allow("*", "arn:aws:s3:::*a*"), ending, further)
    for answer in (
        il.check_no_new_access(policy(allow("s3:*")), FULL, timeout=1e-9),
        il.check_access_not_granted(guarded, actions="s3:*", timeout=1e-9),
    ):
        assert answer.verdict is il.Verdict.UNKNOWN
        assert answer.reason == "the timeout was hit"


def test_a_statement_that_matches_only_what_aws_never_sends_is_no_reason() -> None:
    """The witness does not show aws:SecureTransport, which every request has."""
    unsent = allow("s3:*", Condition={"Null": {"aws:SecureTransport": "true"}})
    subject = policy(allow("s3:*"), unsent)
    for answer in (
        il.check_no_new_access(policy(), subject),
        il.check_access_not_granted(subject, actions="s3:*"),
        il.check_no_new_access(policy(allow("s3:*"), unsent, deny("s3:*")), subject),
    ):
        assert [reason.index for reason in answer.reasons] == [0]


def test_what_hangs_on_an_unwritten_principal_is_unknown_or_said_beside_the_reasons() -> None:
    user = allow("s3:*", Principal={"CanonicalUser": CANONICAL})
    for answer in (
        il.check_no_new_access(policy(), policy(user)),
        il.check_access_not_granted(policy(user), actions="s3:*"),
    ):
        assert answer.verdict is il.Verdict.UNKNOWN
        assert "no request is written" in answer.reason
    both = policy(user, allow("sqs:*", Principal="*"))
    for answer in (
        il.check_no_new_access(policy(), both),
        il.check_access_not_granted(both, actions=["sqs:*", "s3:*"]),
    ):
        assert [reason.index for reason in answer.reasons] == [1]
        assert "further statements may" in answer.reason


def test_an_answer_with_reasons_can_be_pickled() -> None:
    answer = il.check_access_not_granted(FULL, actions="s3:*")
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301


Ask = Callable[[], il.Answer]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: il.check_access_not_granted(FULL), "no access is named"),
        (lambda: il.check_access_not_granted(FULL, access=[]), "access is empty"),
        (lambda: il.check_access_not_granted(FULL, access=[{}]), r"access\[0\] names neither"),
        (lambda: il.check_access_not_granted(FULL, access={"action": "s3:*"}), '"action"'),
        (lambda: il.check_access_not_granted(FULL, access="s3:*"), "access is a str"),
        (lambda: il.check_access_not_granted(FULL, access=["s3:*"]), r"access\[0\] is a str"),
        (
            lambda: il.check_access_not_granted(FULL, actions="s3:*", access={"actions": "s3:*"}),
            "access says it all",
        ),
        (
            lambda: il.check_access_not_granted(FULL, resources=["*", "arn:aws:s3:b"]),
            r'no request has the resource "arn:aws:s3:b"(.|\n)*five colons',
        ),
        (
            lambda: il.check_access_not_granted(
                policy(allow("*"), file="a.json"), actions="*", policy_type="RESOURCE_POLICY"
            ),
            r"a\.json is not of the type RESOURCE_POLICY(.|\n)*its type is IDENTITY_POLICY",
        ),
        (
            lambda: il.check_no_new_access(ANYBODY, ANYBODY, policy_type="IDENTITY_POLICY"),
            r"existing is not of the type IDENTITY_POLICY: Statement\[0\]\.Principal",
        ),
        (
            lambda: il.check_no_new_access(FULL, FULL, policy_type="SCP"),  # type: ignore[arg-type]
            "'IDENTITY_POLICY' or 'RESOURCE_POLICY'",
        ),
        (
            lambda: il.check_no_new_access(FULL, il.PolicySet(identity=[FULL])),  # type: ignore[arg-type]
            "new is a stack(.|\n)*compare and never_allows",
        ),
    ],
)
def test_a_check_that_would_be_about_nothing_is_an_error(ask: Ask, message: str) -> None:
    with pytest.raises(il.CheckError, match=message):
        ask()


@pytest.mark.parametrize("actions", ["s3", [5], 5, "", ["s3:Get", "s3:"]])
def test_actions_are_held_to_the_grammar_of_policies(actions: Sequence[str]) -> None:
    with pytest.raises(il.PolicySyntaxError, match="actions, resources: Action"):
        il.check_access_not_granted(FULL, actions=actions)


def test_what_is_no_policy_is_told_in_words() -> None:
    with pytest.raises(TypeError, match=r"existing is a dict, no Policy: iamlogic\.parse"):
        il.check_no_new_access({"Statement": []}, FULL)  # type: ignore[arg-type]


def test_policies_of_two_types_are_not_checked_against_each_other() -> None:
    with pytest.raises(il.MixedKinds, match=r"existing is of the type identity policy"):
        il.check_no_new_access(FULL, ANYBODY)
    for empty_or_not in (FULL, ANYBODY):
        assert il.check_no_new_access(empty_or_not, policy())
