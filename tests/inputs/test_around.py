"""What stands around an account: the policies of its resources and those of its organization."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

import iamlogic as il
from iamlogic.inputs.account import load_account
from iamlogic.questions.account import Account
from tests.inputs.exports import (
    ACCOUNT,
    ALLOW_ALL,
    BUCKET,
    DETAILS,
    ON_BUCKET,
    ROLE,
    Json,
    fields,
    the_problem,
    url_encoded,
)

QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs/with-slash"
DENY: Json = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"},
}
ORGANIZATION: Json = {
    "scps": [[ALLOW_ALL, DENY], [ALLOW_ALL]],
    "rcps": [[DENY | {"Statement": DENY["Statement"] | {"Principal": "*"}}]],
    "management_account": False,
}


def load(**around: object) -> Account:
    return load_account(DETAILS, **around)  # type: ignore[arg-type]


def folder_of(root: Path, files: Json) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(json.dumps(content))
    return root


# Resource policies


@pytest.mark.parametrize(
    "policy",
    [ON_BUCKET, json.dumps(ON_BUCKET), url_encoded(ON_BUCKET)],
    ids=["JSON", "text", "URL"],
)
def test_a_resource_policy_is_named_after_its_resource(policy: object) -> None:
    read = load(resource_policies={BUCKET: policy}).resource_policies
    assert read == {BUCKET: il.parse(ON_BUCKET)}
    assert read[BUCKET].file == BUCKET


def test_a_parsed_policy_stays_as_it_is() -> None:
    policy = il.parse(ON_BUCKET, file="here.json")
    assert load(resource_policies={BUCKET: policy}).resource_policies[BUCKET] is policy


def test_a_file_and_a_folder_of_resource_policies_say_the_same(tmp_path: Path) -> None:
    policies = {BUCKET: ON_BUCKET, QUEUE: ON_BUCKET}
    files = {f"folder/{quote(arn, safe='')}.json": policy for arn, policy in policies.items()}
    folder_of(tmp_path, files | {"file.json": policies})
    of_file = load(resource_policies=str(tmp_path / "file.json")).resource_policies
    of_folder = load(resource_policies=tmp_path / "folder").resource_policies
    assert of_file == of_folder == {arn: il.parse(ON_BUCKET) for arn in policies}
    assert [policy.file for policy in of_folder.values()] == list(of_folder)
    assert of_folder[QUEUE].statements[0].where.line == 1


def test_other_files_beside_resource_policies_are_an_error(tmp_path: Path) -> None:
    folder_of(tmp_path, {quote(BUCKET, safe="") + ".json": ON_BUCKET, "README.md": ""})
    problem = the_problem(DETAILS, resource_policies=tmp_path)
    assert str(problem.where) == f"{tmp_path}: README.md"


def test_one_resource_with_two_files_is_an_error(tmp_path: Path) -> None:
    names = [quote(BUCKET, safe=""), quote(BUCKET, safe=":")]
    folder_of(tmp_path, {f"{name}.json": ON_BUCKET for name in names})
    problem = the_problem(DETAILS, resource_policies=tmp_path)
    assert "has a policy already" in problem.message


def test_a_folder_in_place_of_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    with pytest.raises(il.PolicyReadError):
        load(resource_policies=tmp_path)


@pytest.mark.parametrize(
    ("policies", "place", "message"),
    [
        ({ROLE: ON_BUCKET}, ROLE, "this is a role"),
        ({"search-index": ON_BUCKET}, "search-index", "is not the ARN of a resource"),
        ({f"{BUCKET}/*": ON_BUCKET}, f"{BUCKET}/*", "is not the ARN of a resource"),
        ({BUCKET: 7}, BUCKET, "expected a policy: an object, JSON text"),
        ({7: ON_BUCKET}, "resource_policies", "expected the ARN of a resource as a text"),
        ([], "resource_policies", "found a list, expected an object"),
    ],
)
def test_a_wrong_resource_policy_is_told(policies: object, place: str, message: str) -> None:
    problem = the_problem(DETAILS, resource_policies=policies)
    assert problem.where.dotted == place
    assert message in problem.message


def test_a_repeated_resource_in_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "policies.json"
    file.write_text(f'{{"{BUCKET}": {{}}, "{BUCKET}": {{}}}}')
    problem = the_problem(DETAILS, resource_policies=file)
    assert str(problem.where) == f"{file}: resource_policies"
    assert "occurs twice" in problem.message


def test_a_resource_policy_must_name_principals() -> None:
    with pytest.raises(il.PolicySyntaxError) as caught:
        load(resource_policies={BUCKET: ALLOW_ALL})
    assert caught.value.file == BUCKET


# The organization


def test_an_organization_is_read_level_by_level() -> None:
    account = load(organization=ORGANIZATION)
    full, deny = il.parse(ALLOW_ALL), il.parse(DENY)
    assert account.scps == ((full, deny), (full,))
    assert account.scps[0][1].file == "scps[0][1]"
    assert [len(level) for level in account.rcps] == [1]
    assert not account.management_account


def test_without_organization_there_are_no_levels() -> None:
    account = load(organization={})
    assert (account.scps, account.rcps, account.management_account) == ((), (), False)
    assert fields(account) == fields(load())


def test_the_management_account_is_told() -> None:
    assert load(organization={"management_account": True}).management_account


def test_an_organization_in_a_file_names_its_policies_by_it(tmp_path: Path) -> None:
    file = tmp_path / "organization.json"
    file.write_text(json.dumps(ORGANIZATION))
    account = load(organization=file)
    assert fields(account) == fields(load(organization=ORGANIZATION))
    assert account.scps[1][0].file == f"{file}: scps[1][0]"


def test_an_organization_in_a_folder_has_its_levels_by_name(tmp_path: Path) -> None:
    folder_of(
        tmp_path,
        {
            "scps/2-account/all.json": ALLOW_ALL,
            "scps/1-root/all.json": ALLOW_ALL,
            "scps/1-root/deny.json": DENY,
            "rcps/1-root/deny.json": ORGANIZATION["rcps"][0][0],
        },
    )
    account = load(organization=str(tmp_path))
    assert fields(account) == fields(load(organization=ORGANIZATION))
    assert account.scps[0][1].file == os.fspath(tmp_path / "scps" / "1-root" / "deny.json")


@pytest.mark.parametrize(
    ("organization", "place", "message", "hint"),
    [
        ({"scp": []}, "organization.scp", "no member", '"scps"?'),
        ({"zone": []}, "organization.zone", "no member", "scps, rcps, management_account"),
        ({"scps": {}}, "scps", "expected a list", None),
        ({"scps": [ALLOW_ALL]}, "scps[0]", "found an object, expected a list", None),
        ({"scps": [[7]]}, "scps[0][0]", "expected a policy", None),
        ({"management_account": 1}, "management_account", "expected true or false", None),
        ([], "organization", "found a list, expected an object", None),
    ],
)
def test_a_wrong_organization_is_told(
    organization: object, place: str, message: str, hint: str | None
) -> None:
    problem = the_problem(DETAILS, organization=organization)
    assert problem.where.dotted == place
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")


@pytest.mark.parametrize(
    ("file", "found", "hint"),
    [
        ("scp/1-root/x.json", "scp", 'did you mean "scps"?'),
        ("scps/x.json", "x.json", "a folder of its own"),
        ("rcps/1-root/x.txt", "x.txt", "take it away"),
    ],
)
def test_what_has_no_place_in_the_folder_of_an_organization_is_told(
    file: str, found: str, hint: str, tmp_path: Path
) -> None:
    problem = the_problem(DETAILS, organization=folder_of(tmp_path, {file: ALLOW_ALL}))
    assert problem.where.path == (found,)
    assert hint in (problem.hint or "")


def test_policies_of_an_organization_must_be_of_their_types(tmp_path: Path) -> None:
    files = {"scps/1/x.json": ON_BUCKET, "scps/1/y.json": {}, "rcps/1/z.json": ON_BUCKET}
    with pytest.raises(il.PolicySyntaxError) as caught:
        load(organization=folder_of(tmp_path, files))
    told = {os.path.basename(problem.where.file or "") for problem in caught.value.problems}  # noqa: PTH119
    assert told == {"x.json", "y.json", "z.json"}
