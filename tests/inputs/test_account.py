"""An account as AWS exports it is read whole or not at all."""

import copy
import json
import pickle
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import iamlogic as il
from iamlogic.errors import AccountError
from iamlogic.inputs import json_files
from iamlogic.inputs.account import load_account
from iamlogic.questions.account import Account, Identity
from tests.inputs.exports import (
    ACCOUNT,
    ALLOW_ALL,
    BUCKET,
    DETAILS,
    ON_BUCKET,
    READ_LOGS,
    ROLE,
    Json,
    details,
    fields,
    named,
    problems_of,
    the_problem,
    url_encoded,
    written,
)

# What is read


def test_users_come_before_roles_in_the_order_of_the_file() -> None:
    account = load_account(DETAILS)
    assert (account.id, account.partition) == (ACCOUNT, "aws")
    assert [identity.arn for identity in account.identities] == [
        f"arn:aws:iam::{ACCOUNT}:user/staff/alice",
        f"arn:aws:iam::{ACCOUNT}:user/bob",
        ROLE,
    ]


def test_a_user_has_the_policies_of_its_groups_and_each_policy_once() -> None:
    alice = named(load_account(DETAILS), "alice")
    assert [policy.file for policy in alice.policies] == [
        READ_LOGS,  # attached, and by the group Auditors once more
        "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess",
        "group/Developers: inline policy Deploy",
    ]


def test_equal_policies_of_different_names_stay_two() -> None:
    given = details()
    deploy = given["GroupDetailList"][0]["GroupPolicyList"][0]
    given["UserDetailList"][0]["UserPolicyList"] = [deploy]
    alice = named(load_account(given), "alice")
    files = [policy.file for policy in alice.policies]
    assert "user/alice: inline policy Deploy" in files
    assert "group/Developers: inline policy Deploy" in files


def test_the_version_in_force_is_the_default_one_not_the_newest() -> None:
    read_logs = named(load_account(DETAILS), "alice").policies[0]
    assert read_logs.statements[0].actions.patterns[0].text == "logs:Get*"


def test_a_boundary_is_read_by_its_arn() -> None:
    boundary = named(load_account(DETAILS), "alice").boundary
    assert boundary is not None
    assert boundary.file == f"arn:aws:iam::{ACCOUNT}:policy/DeveloperBoundary"
    assert boundary.statements[0].actions.negated


def test_a_policy_can_be_attached_and_a_boundary_and_is_one() -> None:
    given = details()
    given["UserDetailList"][0]["PermissionsBoundary"]["PermissionsBoundaryArn"] = READ_LOGS
    alice = named(load_account(given), "alice")
    assert alice.boundary is alice.policies[0]


def test_a_role_has_its_trust_policy_and_a_user_none() -> None:
    account = load_account(DETAILS)
    trust = named(account, "Indexer").trust
    assert trust is not None
    assert trust.file == "role/Indexer: trust policy"
    assert trust.statements[0].principals is not None
    assert named(account, "bob").trust is None


def test_tags_are_kept_in_their_order() -> None:
    assert named(load_account(DETAILS), "alice").tags == (("team", "search"), ("CostCenter", ""))


def test_who_shares_a_policy_shares_one_object() -> None:
    given = details()
    given["UserDetailList"][1]["GroupList"] = ["Auditors"]
    account = load_account(given)
    assert named(account, "alice").policies[0] is named(account, "bob").policies[1]


def test_places_in_a_policy_name_it() -> None:
    bob = named(load_account(DETAILS), "bob")
    where = bob.policies[0].statements[0].where
    assert str(where) == "user/bob: inline policy NoBilling: Statement"


def test_an_unattached_policy_says_nothing_and_is_not_parsed() -> None:
    given = details()
    unused = copy.deepcopy(given["Policies"][0]) | {"Arn": "arn:aws:iam::aws:policy/Unused"}
    unused["PolicyVersionList"][1]["Document"] = {"Statement": "nonsense"}
    given["Policies"].append(unused)
    assert fields(load_account(given)) == fields(load_account(DETAILS))


@pytest.mark.parametrize(
    "write",
    [url_encoded, json.dumps, lambda document: "\n " + json.dumps(document, indent=2)],
    ids=["URL-encoded", "JSON text", "JSON text after a space"],
)
def test_all_encodings_of_policies_say_the_same(write: Callable[[Any], object]) -> None:
    assert fields(load_account(written(details(), write))) == fields(load_account(details()))


def test_a_percent_sign_in_json_text_is_no_encoding() -> None:
    given = details()
    pattern = "arn:aws:s3:::a/%2A"
    document = json.dumps(ALLOW_ALL | {"Statement": ALLOW_ALL["Statement"] | {"Resource": pattern}})
    given["UserDetailList"][1]["UserPolicyList"][0]["PolicyDocument"] = document
    (statement,) = named(load_account(given), "bob").policies[0].statements
    assert statement.resources is not None
    assert statement.resources.patterns[0].text == pattern


def test_an_encoded_policy_knows_its_paths() -> None:
    bob = named(load_account(written(details(), url_encoded)), "bob")
    where = bob.policies[0].statements[0].where
    assert (where.line, where.dotted) == (None, "Statement")


@pytest.mark.parametrize("number", ["10.50", "1e2", "-0", "1.0", "12345678901234567890"])
def test_numbers_of_a_file_are_what_parse_reads(number: str, tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    file.write_text(DETAILS.read_text().replace("10.5", number))
    policy = named(load_account(file), "Indexer").policies[0]
    assert policy.statements[0].conditions[0].values[0].text == number


def test_what_aws_leaves_out_or_nulls_is_empty() -> None:
    given = details()
    bob = given["UserDetailList"][1]
    for member in ("UserPolicyList", "GroupList", "AttachedManagedPolicies", "Tags"):
        del bob[member]
    bob["PermissionsBoundary"] = None
    assert named(load_account(given), "bob") == Identity(f"arn:aws:iam::{ACCOUNT}:user/bob")


def test_members_that_aws_may_add_are_left_alone() -> None:
    given = details()
    given["UserDetailList"][0]["LoginProfile"] = {"CreateDate": "2024-01-01"}
    given["UserDetailList"][0]["Tag"] = []  # close to Tags, but Tags is there
    given["ResponseMetadata"] = {"HTTPStatusCode": 200}
    assert fields(load_account(given)) == fields(load_account(DETAILS))


def test_other_partitions_are_told() -> None:
    text = DETAILS.read_text().replace("arn:aws:", "arn:aws-cn:")
    assert load_account(json.loads(text)).partition == "aws-cn"


# Pages


def pages() -> list[Json]:
    """Two pages: one ends amid the users, as AWS's do."""
    whole = details()
    first = {"UserDetailList": whole["UserDetailList"][:1], "IsTruncated": True, "Marker": "x"}
    rest = {**whole, "UserDetailList": whole["UserDetailList"][1:], "IsTruncated": False}
    return [first, rest]


def test_pages_are_one_account() -> None:
    assert fields(load_account(pages())) == fields(load_account(DETAILS))
    assert fields(load_account(iter(pages()))) == fields(load_account(DETAILS))


def test_pages_can_be_files_or_one_file(tmp_path: Path) -> None:
    files = [tmp_path / "1.json", tmp_path / "2.json"]
    for file, page in zip(files, pages(), strict=True):
        file.write_text(json.dumps(page))
    (tmp_path / "all.json").write_text(json.dumps(pages()))
    assert fields(load_account(files)) == fields(load_account(DETAILS))
    assert fields(load_account(str(tmp_path / "all.json"))) == fields(load_account(DETAILS))


@pytest.mark.parametrize("more", [{"IsTruncated": True}, {"NextToken": "eyJNYXJrZXIi"}])
def test_a_last_page_that_is_not_the_last_is_an_error(more: Json) -> None:
    problem = the_problem(details() | more)
    assert problem.where.dotted == next(iter(more))
    assert "all pages" in str(problem)


def test_a_place_on_a_page_names_the_page() -> None:
    first, rest = pages()
    first["UserDetailList"][0]["Arn"] = "arn:aws:iam::111122223333:role/alice"
    problem = the_problem([first, rest])
    assert problem.where.dotted == "[0].UserDetailList[0].Arn"


def test_no_page_at_all_is_an_error() -> None:
    assert "no page" in str(the_problem([]))


def test_the_same_page_twice_is_an_error() -> None:
    messages = [str(problem) for problem in problems_of([details(), details()])]
    assert any('[1].UserDetailList[0]: the user "alice" stands in' in each for each in messages)
    assert any('[1].GroupDetailList[0]: the group "Developers"' in each for each in messages)
    assert any('[1].RoleDetailList[0]: the role "Indexer"' in each for each in messages)
    assert any(f'[1].Policies[0].Arn: "{READ_LOGS}"' in each for each in messages)
    assert len(messages) == 8


# What is wrong with the details: each mistake by the change that makes it, its place, its words

Change = Callable[[Json], object]


def put(value: object, *path: str | int) -> Change:
    """Set what stands at `path`; ... takes it away."""

    def change(given: Any) -> None:  # noqa: ANN401  (JSON)
        for step in path[:-1]:
            given = given[step]
        if value is ...:
            del given[path[-1]]
        else:
            given[path[-1]] = value

    return change


def add(value: object, *path: str | int) -> Change:
    """Append to the list at `path`."""

    def change(given: Any) -> None:  # noqa: ANN401  (JSON)
        for step in path:
            given = given[step]
        given.append(value)

    return change


USER = ("UserDetailList", 0)
GROUP = ("GroupDetailList", 0)
A_ROLE = ("RoleDetailList", 0)
MANAGED = ("Policies", 0)
OTHER = "arn:aws:iam::444455556666:user/bob"
YES, NO = True, False
ONE_VERSION = {
    "PolicyVersionList": [{"Document": ALLOW_ALL, "VersionId": "v1", "IsDefaultVersion": True}]
}
UNKNOWN_POLICY = {"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/P"}

BOBS_POLICY = ("UserPolicyList", 0, "PolicyDocument")

MISTAKES: list[tuple[Change, str, str, str | None]] = [
    # change, place, part of the message, part of the hint
    (put(..., "RoleDetailList"), "details", "no RoleDetailList on any page", "--filter"),
    (put({}, "UserDetailList"), "UserDetailList", "found an object, expected a list", None),
    (put("x", *USER), "UserDetailList[0]", 'found the text "x", expected an object', None),
    (put("yes", "IsTruncated"), "IsTruncated", "expected true or false", None),
    # Names and ARNs
    (put(..., *USER, "Arn"), "UserDetailList[0]", "there is no Arn here", None),
    (put(7, *USER, "UserName"), "UserDetailList[0].UserName", "found a int, expected", None),
    (put("\ud800", *USER, "UserName"), "UserDetailList[0].UserName", "lone surrogate", None),
    (put(ROLE, *USER, "Arn"), "UserDetailList[0].Arn", "expected the ARN of a user", None),
    (put("x", *A_ROLE, "Arn"), "RoleDetailList[0].Arn", "expected the ARN of a role", None),
    (put("x", *GROUP, "Arn"), "GroupDetailList[0].Arn", "expected the ARN of a group", None),
    (add({"Arn": "x", **ONE_VERSION}, "Policies"), "Policies[3].Arn", "of a managed policy", None),
    (put("eve", *USER, "UserName"), "UserDetailList[0].UserName", 'the name is "eve" here', None),
    (
        put(f"arn:aws:iam::{ACCOUNT}:group/x", *GROUP, "Arn"),
        "GroupDetailList[0].GroupName",
        'the name is "Developers" here',
        None,
    ),
    (
        put(OTHER, "UserDetailList", 1, "Arn"),
        "UserDetailList[1].Arn",
        f"account 444455556666, but Policies[0].Arn of {ACCOUNT}",
        "each account by itself",
    ),
    (
        put(f"arn:aws-cn:iam::{ACCOUNT}:user/bob", "UserDetailList", 1, "Arn"),
        "UserDetailList[1].Arn",
        "partition aws-cn, but Policies[0].Arn of aws",
        None,
    ),
    # References
    (
        add(UNKNOWN_POLICY, *A_ROLE, "AttachedManagedPolicies"),
        "RoleDetailList[0].AttachedManagedPolicies[0]",
        'policy "arn:aws:iam::aws:policy/P" is not among Policies',
        "--filter",
    ),
    (
        add(UNKNOWN_POLICY, *GROUP, "AttachedManagedPolicies"),
        "GroupDetailList[0].AttachedManagedPolicies[1]",
        "is not among Policies",
        "--filter",
    ),
    (
        put("arn:aws:iam::aws:policy/P", *USER, "PermissionsBoundary", "PermissionsBoundaryArn"),
        "UserDetailList[0].PermissionsBoundary",
        "is not among Policies",
        "--filter",
    ),
    (
        add("Nobody", *USER, "GroupList"),
        "UserDetailList[0].GroupList[2]",
        'the group "Nobody" is not in GroupDetailList',
        "--filter",
    ),
    (put([3], *USER, "GroupList"), "UserDetailList[0].GroupList[0]", "expected a text", None),
    # Versions
    (
        put(NO, *MANAGED, "PolicyVersionList", 1, "IsDefaultVersion"),
        "Policies[0].PolicyVersionList",
        "no version is marked",
        None,
    ),
    (
        put(YES, *MANAGED, "PolicyVersionList", 0, "IsDefaultVersion"),
        "Policies[0].PolicyVersionList",
        "2 versions are marked",
        None,
    ),
    (put(..., *MANAGED, "PolicyVersionList"), "Policies[0]", "no PolicyVersionList", "--filter"),
    (
        put("v2", *MANAGED, "DefaultVersionId"),
        "Policies[0].DefaultVersionId",
        'default version is "v2" here, and "v1" by IsDefaultVersion',
        "changed meanwhile",
    ),
    (
        put(..., *MANAGED, "PolicyVersionList", 1, "Document"),
        "Policies[0].PolicyVersionList[1]",
        "there is no Document here",
        None,
    ),
    # Documents
    (
        put(..., *A_ROLE, "AssumeRolePolicyDocument"),
        "RoleDetailList[0]",
        "no AssumeRolePolicyDocument",
        "always has a trust policy",
    ),
    (
        put(["x"], *A_ROLE, "AssumeRolePolicyDocument"),
        "RoleDetailList[0].AssumeRolePolicyDocument",
        "found a list, expected a policy",
        None,
    ),
    (
        put("%7B%FF", *A_ROLE, "AssumeRolePolicyDocument"),
        "RoleDetailList[0].AssumeRolePolicyDocument",
        "does not decode to UTF-8",
        None,
    ),
    (
        add({"PolicyName": "Index", "PolicyDocument": ALLOW_ALL}, *A_ROLE, "RolePolicyList"),
        "RoleDetailList[0].RolePolicyList[1]",
        'the inline policy "Index" stands in the list already',
        None,
    ),
    # Tags, and names that were meant otherwise
    (
        add({"Key": "costcenter", "Value": "x"}, *USER, "Tags"),
        "UserDetailList[0].Tags[2]",
        'the tag "costcenter" stands in the list already',
        None,
    ),
    (add({"Key": "x"}, *USER, "Tags"), "UserDetailList[0].Tags[2]", "there is no Value", None),
    (
        put([], *USER, "UserPolicysList"),
        "UserDetailList[0].UserPolicysList",
        'there is no member "UserPolicysList" here',
        '"UserPolicyList"?',
    ),
    (put([], *USER, 7), "UserDetailList[0]", "a member's name is a int", None),
]


@pytest.mark.parametrize(("change", "place", "message", "hint"), MISTAKES)
def test_a_mistake_is_told_with_its_place(
    change: Change, place: str, message: str, hint: str | None
) -> None:
    given = details()
    change(given)
    problem = the_problem(given)
    assert problem.where.dotted == place
    assert message in problem.message
    assert hint is None or hint in (problem.hint or "")


def test_all_mistakes_are_told_at_once() -> None:
    given = details()
    put("x", *USER, "Arn")(given)
    add("Nobody", "UserDetailList", 1, "GroupList")(given)
    places = [problem.where.dotted for problem in problems_of(given, organization={"scp": []})]
    assert places == [
        "UserDetailList[0].Arn",
        "UserDetailList[1].GroupList[0]",
        "organization.scp",
    ]


def test_reading_stops_after_a_hundred_mistakes() -> None:
    given = details()
    given["UserDetailList"] = ["x"] * 1000
    problems = problems_of(given)
    assert len(problems) == 101
    assert "reading stopped" in problems[-1].message


def test_an_account_of_nobody_is_an_error() -> None:
    lists = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    assert "nothing here tells the account" in str(the_problem({name: [] for name in lists}))


def test_a_page_that_is_no_object_is_an_error(tmp_path: Path) -> None:
    assert str(the_problem([7])) == "[0]: found a int, expected an object"
    file = tmp_path / "details.json"
    file.write_text('"x"')
    assert str(the_problem(file)).endswith(
        'details.json: details: found the text "x", expected an object'
    )


# Policies that are none


def test_what_is_wrong_with_a_policy_names_it() -> None:
    given = details()
    put("Alow", "UserDetailList", 1, *BOBS_POLICY, "Statement", "Effect")(given)
    put(["x"], *MANAGED, "PolicyVersionList", 1, "Document", "Statement", "Action")(given)
    with pytest.raises(il.PolicySyntaxError) as caught:
        load_account(given)
    first, second = caught.value.problems
    assert str(first).startswith(f"{READ_LOGS}: Statement.Action[0]: ")
    assert str(second).startswith("user/bob: inline policy NoBilling: Statement.Effect: ")
    assert second.hint == 'did you mean "Allow"?'


def test_what_is_wrong_with_an_encoded_policy_has_its_line() -> None:
    given = details()
    put("Alow", "UserDetailList", 1, *BOBS_POLICY, "Statement", "Effect")(given)
    with pytest.raises(il.PolicySyntaxError) as caught:
        load_account(written(given, url_encoded))
    assert str(caught.value).startswith("user/bob: inline policy NoBilling:4:19: ")


def test_a_policy_must_be_of_the_type_of_its_place() -> None:
    given = details()
    put(ON_BUCKET, "UserDetailList", 1, *BOBS_POLICY)(given)
    put(ON_BUCKET, *A_ROLE, "AssumeRolePolicyDocument")(given)  # it has a Resource
    put(ON_BUCKET, *MANAGED, "PolicyVersionList", 1, "Document")(given)
    with pytest.raises(il.PolicySyntaxError) as caught:
        load_account(given)
    assert {problem.where.file for problem in caught.value.problems} == {
        READ_LOGS,
        "user/bob: inline policy NoBilling",
        "role/Indexer: trust policy",
    }


def test_a_wrong_account_is_told_before_wrong_policies() -> None:
    given = details()
    put("Alow", "UserDetailList", 1, *BOBS_POLICY, "Statement", "Effect")(given)
    assert "goes on" in str(the_problem(given | {"IsTruncated": True}))


def test_reading_stops_after_a_hundred_wrong_policies() -> None:
    given = details()
    wrong = [{"PolicyName": f"P{n}", "PolicyDocument": {}} for n in range(1000)]
    put(wrong, *A_ROLE, "RolePolicyList")(given)
    with pytest.raises(il.PolicySyntaxError) as caught:
        load_account(given)
    assert len(caught.value.problems) == 100


# Files


def test_a_repeated_name_in_a_policy_of_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    twice = '"Effect": "Allow", "Effect": "Deny",'
    file.write_text(DETAILS.read_text().replace('"Effect": "Deny",', twice))
    with pytest.raises(il.PolicySyntaxError) as caught:
        load_account(file)
    (problem,) = caught.value.problems
    assert problem.rule == "R-P11"
    assert str(problem.where) == "user/bob: inline policy NoBilling: Statement.Effect"


def test_a_repeated_name_elsewhere_in_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    twice = '"UserName": "bob", "UserName": "eve",'
    file.write_text(DETAILS.read_text().replace('"UserName": "bob",', twice))
    problem = the_problem(file)
    assert str(problem.where) == f"{file}: UserDetailList[1]"
    assert '"UserName" occurs twice' in problem.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "1:2: this is not JSON: expecting property name"),
        (b"", "1:1: this is not JSON: expecting value"),
        (b'{"x":\n tru}', "2:2: this is not JSON"),
        (b'{"x": NaN}', "found NaN, but JSON has no such number"),
        (b"[1e99999999999999999999999]", "a number beyond all bounds"),
        (b"[" * 200_000, "too deep in each other"),
        (b'{"x": "\xff"}', "1:8: byte 0xff is no UTF-8"),
        ("{}".encode("utf-16"), "the file is UTF-16"),
    ],
)
def test_a_file_that_is_no_json_is_told(content: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    file.write_bytes(content)
    problem = the_problem(file)
    assert problem.where.file == str(file)
    assert message in str(problem)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "details.json"
    file.write_bytes(b"\xef\xbb\xbf" + DETAILS.read_bytes())
    assert fields(load_account(file)) == fields(load_account(DETAILS))


def test_a_file_without_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "MAX_FILE", 1000)
    assert "more than the 1,000 bytes" in str(the_problem(DETAILS))


@pytest.mark.parametrize("name", ["absent.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(il.PolicyReadError):
        load_account(tmp_path / name)


# The account as a value


def test_an_account_is_equal_to_itself_only_and_can_be_a_weak_key() -> None:
    one, other = load_account(DETAILS), load_account(DETAILS)
    assert one != other
    assert weakref.WeakKeyDictionary({one: 1, other: 2})[one] == 1


def test_a_pickled_account_says_the_same() -> None:
    account = load_account(
        DETAILS, resource_policies={BUCKET: ON_BUCKET}, organization={"scps": [[ALLOW_ALL]]}
    )
    assert fields(pickle.loads(pickle.dumps(account))) == fields(account)  # noqa: S301


def test_an_account_keeps_a_copy_of_what_it_is_given() -> None:
    policies = {BUCKET: il.parse(ON_BUCKET)}
    account = Account(ACCOUNT, resource_policies=policies)
    policies.clear()
    assert BUCKET in account.resource_policies
    with pytest.raises(TypeError):
        account.resource_policies[BUCKET] = il.parse(ON_BUCKET)  # type: ignore[index]


def test_an_account_error_can_be_pickled() -> None:
    error = AccountError(problems_of([7]))
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301
    assert (error.file, error.hint) == (None, None)
