"""`@pytest.mark.policy` and the fixture `policy`, as somebody who writes tests meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

READS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}
DELETES = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
TEMPLATE = """\
Parameters:
  Bucket: {Type: String}
Resources:
  Shared:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: "*", Action: "s3:GetObject",
             Resource: !Sub "arn:aws:s3:::${Bucket}/*"}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}
"""
TERRAFORM = """\
resource "aws_iam_policy" "deploy" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:DeleteObject", Resource = "*" }]
  })
}
"""
NEVER = """\
import pytest
from iamlogic.testing import assert_never_allows

@pytest.mark.policy({marked})
def test_nobody_deletes(policy):
    assert_never_allows(policy, {{"Action": "s3:DeleteObject", "Resource": "*"}})
"""


@pytest.fixture(autouse=True)
def repository(pytester: pytest.Pytester) -> Path:
    """Policies of several kinds, and a folder for tests."""
    root = pytester.path
    for folder in ("policies", "templates", "tests"):
        (root / folder).mkdir()
    for name, statement in (("reads", READS), ("deletes", DELETES)):
        document = {"Version": "2012-10-17", "Statement": [statement]}
        (root / "policies" / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    stack = {"identity": ["deletes.json"], "boundary": "reads.json"}
    (root / "policies" / "stack.json").write_text(json.dumps(stack), encoding="utf-8")
    (root / "templates" / "web.yaml").write_text(TEMPLATE, encoding="utf-8")
    (root / "templates" / "main.tf").write_text(TERRAFORM, encoding="utf-8")
    return root


def run(pytester: pytest.Pytester, marked: str, *arguments: str) -> pytest.RunResult:
    file = pytester.path / "tests" / "test_policies.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(NEVER.format(marked=marked), encoding="utf-8")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rA", *arguments)


def test_a_test_runs_once_for_each_policy(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"policies/*s.json"')
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "PASSED tests/test_policies.py::test_nobody_deletes[[]policies/reads.json[]]",
            "FAILED tests/test_policies.py::test_nobody_deletes[[]policies/deletes.json[]]*",
            "E*Allow statement 1 (policies/deletes.json:1:41) allows it:",
        ]
    )


def test_a_stack_is_one(pytester: pytest.Pytester) -> None:
    run(pytester, '"policies/stack.json"').assert_outcomes(passed=1)


def test_each_policy_of_a_template_is_one(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"templates/*.yaml"')
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(
        [
            "*[[]templates/web.yaml:Shared.PolicyDocument[]]",
            "*[[]templates/web.yaml:Role.AssumeRolePolicyDocument[]]",
        ]
    )


def test_terraform_is_read_by_its_module(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"templates/*.tf"')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*[[]templates/main.tf:aws_iam_policy.deploy*"])


def test_a_folder_means_all_below(pytester: pytest.Pytester) -> None:
    run(pytester, '"templates"').assert_outcomes(passed=2, failed=1)


def test_a_path_with_dots_starts_at_the_test(pytester: pytest.Pytester) -> None:
    run(pytester, '"../policies/reads.json"').assert_outcomes(passed=1)


def test_several_globs_and_markers_add_up(pytester: pytest.Pytester) -> None:
    marked = '"policies/reads.json", "policies/*s.json")\n@pytest.mark.policy("templates/web.yaml"'
    run(pytester, marked).assert_outcomes(passed=3, failed=1)


@pytest.mark.parametrize(
    "types", ['["role trust policy"]', '__import__("iamlogic").PolicyType.TRUST']
)
def test_types_leave_others_out(pytester: pytest.Pytester, types: str) -> None:
    result = run(pytester, f'"templates", types={types}')
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*Role.AssumeRolePolicyDocument[]]"])


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ('"policies/*.jsn"', "*policies/[*].jsn matches no file in *"),
        ('"tests/*.py"', "*there is no policy in what tests/[*].py matches in *"),
        ('"policies/reads.json", types="resource policy"', "*there is no policy of the types*"),
        ('"policies/reads.json", types="bucket"', "*'bucket' is no type of policy: expected *"),
        ('"policies/reads.json", kind="bucket"', "*the marker policy is wrong: kind is none*"),
        ("", "*the marker policy is wrong: it names files*"),
        ("3", "*the marker policy is wrong: it names files*"),
    ],
)
def test_a_marker_that_tests_nothing_is_an_error(
    pytester: pytest.Pytester, marked: str, told: str
) -> None:
    result = run(pytester, marked)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])


def test_what_cannot_be_read_is_a_test_that_fails(
    pytester: pytest.Pytester, repository: Path
) -> None:
    broken = '{"Version": "2012-10-17", "Statement": [{"Efect": "Allow", "Action": "s3:*"}]}'
    (repository / "policies" / "broken.json").write_text(broken, encoding="utf-8")
    (repository / "policies" / "stack.json").write_text('{"identity": ["gone.json"]}', "utf-8")
    result = run(pytester, '"policies/*.json"')
    result.assert_outcomes(passed=1, failed=1, errors=2)
    result.stdout.fnmatch_lines_random(
        [
            '*policies/broken.json:1:42: "Efect" is no element of a statement*',
            "policies/stack.json:1:15: policies/gone.json: cannot be read: no such file*",
        ]
    )


def test_a_test_without_the_fixture_cannot_have_the_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.mark.policy('x.json')\ndef test_nothing():\n    pass"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a test with the marker policy takes a policy*"])


def test_a_module_may_have_the_marker_for_some_of_its_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\npytestmark = pytest.mark.policy('policies/*s.json')\n"
        "def test_others():\n    pass\ndef test_each(policy):\n    assert policy.statements"
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=3)


def test_the_fixture_needs_the_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_nothing(policy):\n    pass")
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the fixture policy has no policy*says which it is*"])


def test_somebodys_own_fixture_of_that_name_is_theirs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.fixture\ndef policy():\n    return 3\n"
        "def test_three(policy):\n    assert policy == 3"
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_parameters_of_templates_come_from_the_settings(
    pytester: pytest.Pytester, repository: Path
) -> None:
    settings = '[parameters]\nBucket = "logs"\n'
    (repository / "iamlogic.toml").write_text(settings, encoding="utf-8")
    pytester.makepyfile(
        """
        import pytest
        import iamlogic as il
        from iamlogic.testing import assert_allows

        @pytest.mark.policy("templates/web.yaml", types="resource policy")
        def test_anybody_reads(policy):
            assert not policy.placeholders
            assert_allows(policy, il.Request("anonymous", "s3:GetObject", "arn:aws:s3:::logs/a"))
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_markers_are_declared(pytester: pytest.Pytester) -> None:
    run(pytester, '"policies/reads.json"', "--strict-markers").assert_outcomes(passed=1)
    result = pytester.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.policy*"])


def test_a_file_with_something_open_is_no_plain_policy(pytester: pytest.Pytester) -> None:
    """A policy by itself that refers to a template's parameter holds for all its values."""
    resource = {"Fn::Sub": "arn:aws:s3:::${Bucket}/*"}
    document = {"Version": "2012-10-17", "Statement": [{**READS, "Resource": resource}]}
    (pytester.path / "open.json").write_text(json.dumps(document), encoding="utf-8")
    pytester.makepyfile(
        """
        import pytest
        import iamlogic as il

        @pytest.mark.policy("open.json")
        def test_it(policy):
            assert isinstance(policy, il.PlacedPolicy)
            assert policy.placeholders
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=1)


def test_a_folder_has_its_stacks_as_well(pytester: pytest.Pytester) -> None:
    result = run(pytester, '"policies"')
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines_random(["PASSED *[[]policies/stack.json[]]"])


@pytest.mark.parametrize(
    "content",
    ["", "{}", "{", '{"Statment": []}', '{"identiti": ["reads.json"]}'],
)
def test_a_named_file_that_is_no_policy_is_a_test_that_fails(
    pytester: pytest.Pytester, repository: Path, content: str
) -> None:
    (repository / "policies" / "news.json").write_text(content, encoding="utf-8")
    result = run(pytester, '"policies/*s.json"')
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(["policies/news.json: there is no policy in it"])
    # Among the files below a folder there are others.
    run(pytester, '"policies"').assert_outcomes(passed=2, failed=1)


def test_a_template_need_not_have_a_policy(pytester: pytest.Pytester, repository: Path) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    (repository / "policies" / "topics.json").write_text(json.dumps(template), encoding="utf-8")
    run(pytester, '"policies/*s.json"').assert_outcomes(passed=1, failed=1)


def test_a_link_goes_by_its_own_name(pytester: pytest.Pytester, repository: Path) -> None:
    (repository / "policies" / "links.json").symlink_to("reads.json")
    result = run(pytester, '"policies/links.json", "policies/reads.json"')
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(["PASSED *[[]policies/links.json[]]"])


@pytest.mark.parametrize(
    "test",
    [
        "class TestIt(unittest.TestCase):\n    @MARK\n    def test_it(self):\n        pass",
        "@MARK\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        pass",
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=MARK)])\ndef test_it(x):\n    pass",
    ],
)
def test_a_marker_that_pytest_passes_over_is_an_error(pytester: pytest.Pytester, test: str) -> None:
    pytester.makepyfile(
        f"import pytest, unittest\nMARK = pytest.mark.policy('policies/reads.json')\n{test}"
    )
    result = pytester.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*::test_it*: the marker policy does not work for *"])


def test_a_module_with_the_marker_may_have_test_cases(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest, unittest\npytestmark = pytest.mark.policy('policies/reads.json')\n"
        "class TestIt(unittest.TestCase):\n    def test_it(self):\n        pass\n"
        "def test_each(policy):\n    pass"
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=2)


def test_a_property_may_be_one_of_each_policy(pytester: pytest.Pytester) -> None:
    """Such tests run in the order in which they are written, as others do."""
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import given, strategies

        @pytest.mark.policy("policies/*s.json")
        @given(strategies.integers())
        def test_first(policy, number):
            assert policy.statements

        @pytest.mark.policy("policies/*s.json")
        def test_second(policy):
            assert policy.statements
        """
    )
    result = pytester.runpytest_inprocess("-v")
    result.assert_outcomes(passed=4)
    names = ["first*deletes", "first*reads", "second*deletes", "second*reads"]
    result.stdout.fnmatch_lines([f"*test_{name}*" for name in names])


def test_snapshots_are_nobodys_policies(pytester: pytest.Pytester) -> None:
    folder = pytester.path / "tests" / "__policy_snapshots__" / "test_policies"
    folder.mkdir(parents=True)
    kept = {"Version": "2012-10-17", "Statement": [DELETES]}
    (folder / "test_it.json").write_text(json.dumps(kept), encoding="utf-8")
    (pytester.path / "tests" / "own.json").write_text(json.dumps(kept), encoding="utf-8")
    for marked in ('"tests"', '"tests/**/*.json"'):
        result = run(pytester, marked)
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*[[]tests/own.json[]]*"])
