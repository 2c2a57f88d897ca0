"""`policy_snapshot`: meanings are kept, and only other meanings are changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import iamlogic as il
from iamlogic.testing.snapshots import Snapshot, otherwise, read_snapshot

pytest_plugins = ["pytester"]

READS = {
    "Sid": "Read",
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
}
WRITES = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*"}
TEST = """\
import iamlogic as il

def test_the_role(policy_snapshot):
    policy_snapshot.assert_unchanged(il.load("role.json"))
"""
FOLDER = "__policy_snapshots__/test_role"
UPDATE = "--policy-snapshot-update"


def policy(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(autouse=True)
def role(pytester: pytest.Pytester) -> Path:
    """A policy's file, and a test that keeps what it means."""
    file = pytester.path / "role.json"
    file.write_text(policy(READS, WRITES), encoding="utf-8")
    (pytester.path / "test_role.py").write_text(TEST, encoding="utf-8")
    return file


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def kept(pytester: pytest.Pytester) -> list[str]:
    return sorted(file.name for file in (pytester.path / FOLDER).glob("*"))


def test_without_a_snapshot_the_test_fails(pytester: pytest.Pytester) -> None:
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*role.json has no snapshot yet: {FOLDER}/test_the_role.json",
            f"E*{UPDATE} accepts what it means now",
        ]
    )
    assert kept(pytester) == []


def test_an_update_writes_what_people_can_read(pytester: pytest.Pytester, role: Path) -> None:
    result = run(pytester, UPDATE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 policy snapshot written:", f"  {FOLDER}/test_the_role.json"])
    written = pytester.path / FOLDER / "test_the_role.json"
    assert written.read_text(encoding="utf-8") == il.format(il.load(role))
    run(pytester).assert_outcomes(passed=1)


def test_form_and_order_do_not_count(pytester: pytest.Pytester, role: Path) -> None:
    run(pytester, UPDATE)
    turned = {**READS, "Sid": "Other", "Action": ["s3:listbucket", "S3:GetObject", "s3:GetObj*ct"]}
    role.write_text(json.dumps(json.loads(policy(WRITES, turned)), indent=3), encoding="utf-8")
    run(pytester).assert_outcomes(failed=1)  # s3:GetObj*ct takes in more
    turned["Action"] = ["s3:listbucket", "S3:GetObject"]
    role.write_text(json.dumps(json.loads(policy(WRITES, turned)), indent=3), encoding="utf-8")
    run(pytester).assert_outcomes(passed=1)


def test_a_change_is_told_with_its_account(pytester: pytest.Pytester, role: Path) -> None:
    run(pytester, UPDATE)
    wider = {**READS, "Resource": "arn:aws:s3:::logs*"}
    role.write_text(policy(wider), encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*role.json does not mean what was accepted in {FOLDER}/test_the_role.json: *",
            "E*Gained, allowed by role.json, not by test_the_role.json:",
            'E*1. Allow statement 1 "Read" (role.json:1:41) now allows',
            "E*Resource  arn:aws:s3:::logs[*]",
            "E*Lost, allowed by test_the_role.json, not by role.json:",
            "E*Action    s3:PutObject",
            f"E*{UPDATE} accepts what it means now",
        ]
    )
    run(pytester, UPDATE).assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)


@pytest.mark.parametrize("now", ["iam:CreateUser", None])
def test_a_denial_counts_also_where_the_policy_itself_allows_nothing(
    pytester: pytest.Pytester, role: Path, now: str | None
) -> None:
    """An SCP, or an identity policy beside others, may be there to overrule alone."""
    role.write_text(policy({**WRITES, "Effect": "Deny", "Action": "iam:*User*"}), "utf-8")
    run(pytester, UPDATE).assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)
    left = [] if now is None else [{**WRITES, "Effect": "Deny", "Action": now}]
    role.write_text(policy(*left), "utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*role.json does not deny what was accepted in {FOLDER}/test_the_role.json, beside *",
            "E*Deny statement 1 (*test_the_role.json:4:5) no longer denies",
        ]
    )


def test_another_form_of_a_denial_does_not_count(pytester: pytest.Pytester, role: Path) -> None:
    denies = {**WRITES, "Effect": "Deny", "Action": ["iam:*", "sqs:*"], "Resource": "*"}
    role.write_text(policy(READS, denies), "utf-8")
    run(pytester, UPDATE)
    role.write_text(policy(*({**denies, "Action": a} for a in ("sqs:*", "iam:*")), READS), "utf-8")
    run(pytester).assert_outcomes(passed=1)


def test_an_update_leaves_alone_what_means_the_same(pytester: pytest.Pytester, role: Path) -> None:
    run(pytester, UPDATE)
    file = pytester.path / FOLDER / "test_the_role.json"
    before = file.stat().st_mtime_ns
    role.write_text(policy(WRITES, READS), encoding="utf-8")
    result = run(pytester, UPDATE)
    assert file.stat().st_mtime_ns == before
    result.stdout.no_fnmatch_line("*written*")


def test_the_other_kind_of_policy_is_a_change(pytester: pytest.Pytester, role: Path) -> None:
    run(pytester, UPDATE)
    role.write_text(policy({**READS, "Principal": "*"}), encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*role.json is not what was accepted in *: it was an identity policy, now it is a res*"]
    )
    run(pytester, UPDATE).assert_outcomes(passed=1)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": "iamlogic/policy-snapshot/1"}'])
def test_what_is_no_snapshot_fails_and_can_be_replaced(
    pytester: pytest.Pytester, content: str
) -> None:
    run(pytester, UPDATE)
    (pytester.path / FOLDER / "test_the_role.json").write_text(content, encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"E*{FOLDER}/test_the_role.json*"])
    run(pytester, UPDATE).assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)


def test_several_in_one_test_are_told_apart(pytester: pytest.Pytester) -> None:
    (pytester.path / "test_role.py").write_text(
        TEST
        + "    policy_snapshot.assert_unchanged(il.load('role.json'))\n"
        + "    policy_snapshot.assert_unchanged(il.load('role.json'), 'by name/here')\n",
        encoding="utf-8",
    )
    run(pytester, UPDATE).assert_outcomes(passed=1)
    names = kept(pytester)
    assert len(names) == 3
    assert names[0] == "test_the_role 2.json"
    assert names[1] == "test_the_role by name%2Fhere.json"
    assert names[2] == "test_the_role.json"


def test_names_that_differ_in_odd_letters_are_two(pytester: pytest.Pytester) -> None:
    (pytester.path / "test_role.py").write_text(
        "import iamlogic as il, pytest\n\n"
        "@pytest.mark.parametrize('name', ['a/b', 'a:b', 'x' * 300, 'x' * 301])\n"
        "def test_the_role(policy_snapshot, name):\n"
        "    policy_snapshot.assert_unchanged(il.load('role.json'), name)\n",
        encoding="utf-8",
    )
    run(pytester, UPDATE).assert_outcomes(passed=4)
    assert len(kept(pytester)) == 4


def test_what_no_test_uses_is_told_and_removed(pytester: pytest.Pytester) -> None:
    run(pytester, UPDATE)
    file = pytester.path / "test_role.py"
    file.write_text(TEST.replace("the_role", "a_role"), encoding="utf-8")
    run(pytester, UPDATE, "-k", "a_role")
    assert kept(pytester) == ["test_a_role.json", "test_the_role.json"]
    told = f"  {FOLDER}/test_the_role.json"
    result = run(pytester)
    result.stdout.fnmatch_lines(["1 policy snapshot that no test uses any more*", told])
    result = run(pytester, UPDATE)
    result.stdout.fnmatch_lines(["1 policy snapshot removed, which no test uses*", told])
    assert kept(pytester) == ["test_a_role.json"]


@pytest.mark.parametrize("chosen", [["-k", "role"], ["test_role.py::test_the_role"]])
def test_a_part_of_the_tests_makes_nothing_unused(
    pytester: pytest.Pytester, chosen: list[str]
) -> None:
    file = pytester.path / "test_role.py"
    file.write_text(TEST + TEST.replace("the_role", "a_role"), encoding="utf-8")
    run(pytester, UPDATE)
    run(pytester, UPDATE, *chosen)
    assert kept(pytester) == ["test_a_role.json", "test_the_role.json"]


def test_a_test_that_fails_makes_nothing_unused(pytester: pytest.Pytester) -> None:
    run(pytester, UPDATE)
    file = pytester.path / "test_role.py"
    file.write_text(
        TEST.replace("    policy_snap", "    assert 0\n    policy_snap"), encoding="utf-8"
    )
    run(pytester, UPDATE).assert_outcomes(failed=1)
    assert kept(pytester) == ["test_the_role.json"]


def test_workers_write_and_tell_the_same(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess(UPDATE, "-n", "2")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 policy snapshot written:"])
    run(pytester).assert_outcomes(passed=1)


def test_a_stack_is_kept_as_one(tmp_path: Path) -> None:
    read, write = il.parse(policy(READS)), il.parse(policy(WRITES))
    stack = il.PolicySet(identity=[read], boundary=write, scps=[[read, write], []])
    path = tmp_path / "a" / "stack.json"
    Snapshot.of(stack).write(path)
    found = read_snapshot(path)
    assert found is not None
    assert found.subject == stack
    assert il.load_stack(path) == stack
    Snapshot.of(il.PolicySet()).write(path)
    assert read_snapshot(path) == Snapshot.of(il.PolicySet())


def test_tests_of_two_classes_have_snapshots_of_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_role="""
        import iamlogic as il

        class TestOne:
            def test_it(self, policy_snapshot):
                policy_snapshot.assert_unchanged(il.load("role.json"))

        class TestOther:
            def test_it(self, policy_snapshot):
                policy_snapshot.assert_unchanged(il.parse({"Statement": []}))
        """
    )
    run(pytester, UPDATE).assert_outcomes(passed=2)
    assert kept(pytester) == ["TestOne.test_it.json", "TestOther.test_it.json"]
    run(pytester).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (
            "",
            "Live 0123456789abcdef",
            "it was there always, now it is there under the condition Live",
        ),
        (
            "Live 0123456789abcdef",
            "Live fedcba9876543210",
            "it is there under the condition Live, which is defined in another way now",
        ),
        ("count = 1", "", "it was there under the condition count = 1, now it is there always"),
        ("count = 1", "count = 1", None),
    ],
)
def test_when_a_policy_is_there_is_part_of_it(then: str, now: str, told: str | None) -> None:
    subject = il.parse(policy(READS))
    assert otherwise(Snapshot(subject, (), then), Snapshot(subject, (), now)) == told


TEMPLATE = """\
Parameters:
  Bucket: {Type: String}
  Kind: {Type: String}
Conditions:
  IsLive: !Equals [!Ref Kind, live]
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Action: "s3:GetObject", Resource: !Sub "arn:aws:s3:::${Bucket}/*"}
          - !If [IsLive, {Effect: Allow, Action: "s3:*", Resource: "*"}, !Ref "AWS::NoValue"]
"""


@pytest.mark.parametrize(
    ("changed", "into", "same"),
    [
        ("s3:GetObject", "S3:getobject", True),
        ("${Bucket}/*", "${Bucket}/a/*", False),
        ("!Ref Kind, live", "!Ref Kind, test", False),
        ("[IsLive", "[!Not [IsLive]", False),
        ("2012-10-17", "2008-10-17", False),
        ("Bucket", "Store", False),
        ("    Properties", "    Condition: IsLive\n    Properties", False),
    ],
)
def test_a_template_is_kept_for_all_values(
    pytester: pytest.Pytester, changed: str, into: str, *, same: bool
) -> None:
    pytester.makepyfile(
        test_role="""
        import pytest

        @pytest.mark.policy("web.yaml")
        def test_it(policy, policy_snapshot):
            assert policy.placeholders
            policy_snapshot.assert_unchanged(policy, "policy")
        """
    )
    file = pytester.path / "web.yaml"
    file.write_text(TEMPLATE, encoding="utf-8")
    run(pytester, UPDATE).assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)
    assert changed in TEMPLATE
    file.write_text(TEMPLATE.replace(changed, into), encoding="utf-8")
    run(pytester).assert_outcomes(**{"passed" if same else "failed": 1})
    run(pytester, UPDATE).assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)
