"""The policies of a plan, before and after.

data/plan.json is what Terraform 1.11 planned for data/plan/, with version 5.100.0 of the AWS
provider, over a state that was made for it; what no reader needs was taken out.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from iamlogic.inputs.terraform.module import read_module
from iamlogic.inputs.terraform.plan import looks_like_plan, read_plan
from iamlogic.questions.review.placed import Found
from iamlogic.syntax.documents import read_document
from tests.inputs.terraform.modules import NOWHERE, said, unordered

DATA = Path(__file__).parent / "data"
TEXT = (DATA / "plan.json").read_text(encoding="utf-8")
BEFORE, AFTER = read_plan(TEXT, "plan.json", NOWHERE)


def _by_name(found: Found) -> dict[str, object]:
    return {each.name: said(each) for each in found.policies}


def _statements(found: Found, name: str) -> list[Any]:
    policy = _by_name(found)[name]
    assert isinstance(policy, dict)
    statements = policy["Statement"]
    assert isinstance(statements, list)
    return statements


def test_both_sides_have_the_resources_that_they_have() -> None:
    assert set(_by_name(BEFORE)) == {
        "aws_iam_policy.deleted.policy",
        "aws_iam_policy.forgotten.policy",
        "aws_iam_policy.read_logs.policy",
        "aws_iam_role.deploy.assume_role_policy",
        "aws_iam_role.deploy.inline_policy[tables].policy",
        "aws_sqs_queue.jobs.policy",
    }
    assert set(_by_name(AFTER)) == {
        "aws_iam_policy.forgotten.policy",
        "aws_iam_policy.of_app.policy",
        "aws_iam_policy.read_logs.policy",
        "aws_iam_role.deploy.assume_role_policy",
        "aws_iam_role.deploy.inline_policy[logs].policy",
        "aws_iam_role.deploy.inline_policy[tables].policy",
        "aws_lambda_permission.bucket",
        "aws_sqs_queue.jobs.policy",
        *(
            f'module.app["{key}"].aws_iam_policy.{name}.policy'
            for key in ("one", "two")
            for name in ("alarms", "given")
        ),
    }


def test_what_terraform_forgets_stays_as_it_is() -> None:
    name = "aws_iam_policy.forgotten.policy"
    assert _by_name(AFTER)[name] == _by_name(BEFORE)[name]


def test_a_resource_that_moved_has_its_new_address_before() -> None:
    assert "old_name" in TEXT
    assert not any("old_name" in each.name for each in BEFORE.policies)


def test_a_policy_that_is_not_known_is_made_of_its_document() -> None:
    (found,) = _statements(AFTER, "aws_iam_policy.read_logs.policy")
    address = "data.aws_iam_policy_document.read_logs.statement[0].resources"
    assert found["Sid"] == "Read"
    assert found["Action"] == ["s3:GetObject", "s3:ListBucket"]
    assert found["Condition"] == {"StringEquals": {"aws:PrincipalTag/team": ["audit", "ops"]}}
    assert set(found["Resource"]) == {
        "arn:aws:s3:::home/${aws:username}",
        f"arn:aws:unknown:::<{address}[1]>",
        f"arn:aws:unknown:::<{address}[2]>",
    }
    reasons = {
        each.reason
        for placed in AFTER.policies
        if placed.name == "aws_iam_policy.read_logs.policy"
        for each in placed.placeholders
    }
    assert reasons == {"known after the deployment only, from aws_s3_bucket.logs.arn"}


def test_a_document_is_found_through_modules_and_merged() -> None:
    name = 'module.app["one"].aws_iam_policy.alarms.policy'
    assert [each["Action"] for each in _statements(AFTER, name)] == [
        ["s3:GetObject", "s3:ListBucket"],
        "sns:Publish",
    ]
    assert _by_name(AFTER)[name] == _by_name(AFTER)["aws_iam_policy.of_app.policy"]
    other = 'module.app["two"].aws_iam_policy.alarms.policy'
    assert _by_name(AFTER)[name] != _by_name(AFTER)[other]


def test_what_cannot_be_made_is_open_and_says_what_it_waits_for() -> None:
    (found,) = AFTER.unread
    assert (found.name, found.is_open) == ("aws_iam_policy.encoded.policy", True)
    assert "aws_s3_bucket.logs.arn" in str(found.error)


def test_what_aws_makes_up_is_no_policy_of_the_plan() -> None:
    assert '"aws_kms_key.default"' in TEXT
    names = {each.name for each in (*AFTER.policies, *AFTER.unread)}
    assert not any("aws_kms_key" in name for name in names)


def test_policies_stand_at_their_lines() -> None:
    lines = TEXT.splitlines()
    for placed in (*BEFORE.policies, *AFTER.policies):
        for each in placed.policy.statements:
            assert each.where.line is not None
            assert each.where.column is not None
            at = lines[each.where.line - 1][each.where.column - 1]
            assert at == "{", placed.name


@pytest.mark.parametrize(
    "name",
    [
        "aws_iam_role.deploy.assume_role_policy",
        "aws_iam_role.deploy.inline_policy[tables].policy",
        "aws_sqs_queue.jobs.policy",
        "aws_lambda_permission.bucket",
    ],
)
def test_the_files_say_the_same_as_their_plan(name: str) -> None:
    code = (DATA / "plan" / "main.tf").read_text(encoding="utf-8")
    found = _by_name(read_module({"main.tf": code}, NOWHERE))
    assert unordered(found[name]) == unordered(_by_name(AFTER)[name])


def _changed(change: dict[str, object]) -> str:
    """A plan with one change."""
    resource = {
        "address": "aws_iam_policy.p",
        "mode": "managed",
        "type": "aws_iam_policy",
        "name": "p",
        "change": change,
    }
    return json.dumps({"format_version": "1.2", "resource_changes": [resource]})


POLICY = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'


def test_a_state_has_only_policies_that_are() -> None:
    resource = {
        "address": 'module.m["a.b"].aws_iam_policy.p[0]',
        "mode": "managed",
        "type": "aws_iam_policy",
        "name": "p",
        "values": {"policy": POLICY},
    }
    module = {"child_modules": [{"resources": [resource]}]}
    state = json.dumps({"format_version": "1.0", "values": {"root_module": module}})
    before, after = read_plan(state, "state.json", NOWHERE)
    assert before == Found()
    assert [each.name for each in after.policies] == ['module.m["a.b"].aws_iam_policy.p[0].policy']


def test_another_attribute_with_a_policy_is_found_by_its_shape() -> None:
    change = {"actions": ["create"], "before": None, "after": {"rules": [{"text": POLICY}]}}
    _, after = read_plan(_changed(change), "plan.json", NOWHERE)
    assert [(each.name, each.type) for each in after.policies] == [
        ("aws_iam_policy.p.rules[0].text", None)
    ]


def test_a_broken_policy_is_told_where_it_stands() -> None:
    change = {"actions": ["create"], "before": None, "after": {"policy": '{"Version": 1'}}
    _, after = read_plan(_changed(change), "plan.json", NOWHERE)
    (found,) = after.unread
    assert (found.name, found.is_open) == ("aws_iam_policy.p.policy", False)


def test_without_configuration_what_is_not_known_is_open() -> None:
    change = {
        "actions": ["create"],
        "before": None,
        "after": {},
        "after_unknown": {"policy": True},
    }
    _, after = read_plan(_changed(change), "plan.json", NOWHERE)
    assert [each.is_open for each in after.unread] == [True]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format_version": "1"}', "null"])
def test_what_is_no_plan_is_unread(text: str) -> None:
    before, after = read_plan(text, "plan.json", NOWHERE)
    assert before == Found()
    assert [each.title for each in after.unread] == ["plan.json"]


def test_a_plan_that_failed_is_told() -> None:
    text = json.dumps({"format_version": "1.2", "resource_changes": [], "errored": True})
    _, after = read_plan(text, "plan.json", NOWHERE)
    assert "failed" in str(after.unread[0].error)


def test_a_plan_is_told_from_other_json() -> None:
    assert looks_like_plan(read_document(TEXT, None)[0])
    assert not looks_like_plan(read_document(POLICY, None)[0])
    assert not looks_like_plan(read_document('{"format_version": "1", "Resources": {}}', None)[0])
    assert not looks_like_plan(read_document("[]", None)[0])
