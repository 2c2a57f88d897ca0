"""`iamlogic review` on real repositories: what it finds, what it says, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlogic.cli import commands
from tests.repositories import READ, WRITE, Repo, policy

Json = dict[str, Any]

SHARE = {
    "Sid": "Share",
    "Effect": "Allow",
    "Principal": {"AWS": "444455556666"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::l/*",
}
PASS = {"Sid": "Pass", "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
SETTINGS = """
[zone]
accounts = ["111122223333"]

[[guardrail]]
name = "no-pass-role"
message = "nobody passes roles"
never = { Action = "iam:PassRole", Resource = "*" }
"""


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = Repo.new(tmp_path / "repo")
    monkeypatch.chdir(made.root)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["review", *arguments])


def found(*arguments: str, code: int) -> Json:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == code, result.output
    told: Json = json.loads(result.stdout)
    return told


def kinds(told: Json) -> dict[str, str]:
    return {(each["after"] or each["before"])["file"]: each["kind"] for each in told["changes"]}


def topics(told: Json) -> set[tuple[str, str]]:
    notices = [*(n for each in told["changes"] for n in each["notices"]), *told["unread_notices"]]
    return {(each["topic"], each["severity"]) for each in notices}


def test_a_repository_without_a_policy_has_nothing_to_review(repo: Repo) -> None:
    repo.commit(**{"README.md": "A statement.", "package.json": "{}"})
    repo.write("README.md", "Another statement.")
    repo.write("package.json", '{"a": 1}')
    assert found(code=0)["changes"] == []


def test_a_repository_without_a_commit_has_new_policies_alone(repo: Repo) -> None:
    repo.write("a.json", policy(READ))
    assert kinds(found(code=0)) == {"a.json": "ADDED"}


def test_a_new_file_allows_all_that_it_allows(repo: Repo) -> None:
    repo.commit()
    repo.write("policies/a.json", policy(READ))
    told = found(code=0)
    assert kinds(told) == {"policies/a.json": "ADDED"}
    assert told["changes"][0]["comparison"]["relation"] == "MORE_PERMISSIVE"
    assert found("--fail-on", "gained", code=1)


def test_a_removed_file_allows_nothing_any_more(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.commit(a_json=None)
    told = found("HEAD~..HEAD", code=0)
    assert kinds(told) == {"a.json": "REMOVED"}
    assert told["changes"][0]["comparison"]["relation"] == "LESS_PERMISSIVE"


def test_a_file_that_no_longer_parses_is_unreadable_and_not_gone(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy(READ).replace("]", "", 1))
    told = found(code=2)
    assert told["changes"] == []
    assert topics(told) == {("unreadable", "error")}
    assert "can no longer be read" in json.dumps(told)


def test_a_file_that_is_no_policy_any_more_is_unreadable(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy({**READ, "Effect": "Permit"}))
    told = found(code=2)
    assert told["changes"] == []
    assert told["unread"][0]["file"] == "a.json"


def test_a_file_that_could_not_be_read_before_is_new_and_that_is_told(repo: Repo) -> None:
    repo.commit(a_json=policy(READ).replace("]", "", 1))
    repo.write("a.json", policy(READ))
    told = found(code=0)
    assert kinds(told) == {"a.json": "ADDED"}
    assert any("could not be read" in remark for remark in told["remarks"])


def test_what_is_unreadable_as_before_is_no_news(repo: Repo) -> None:
    broken = policy(READ).replace("Allow", "Permit")
    repo.commit(a_json=json.dumps({"old": json.loads(broken), "n": 1}))
    repo.write("a.json", json.dumps({"old": json.loads(broken), "n": 2}))
    told = found(code=0)
    assert told["unread"] == []


def test_a_policy_that_is_written_anew_is_no_change_of_meaning(repo: Repo) -> None:
    repo.commit(a_json=policy(READ, WRITE))
    repo.write("a.json", policy(WRITE, {**READ, "Action": ["s3:getobject"]}, indent=None))
    told = found("--fail-on", "gained", code=0)
    assert told["changes"][0]["comparison"]["relation"] == "EQUIVALENT"


def test_a_policy_that_is_only_indented_anew_is_unchanged(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy(READ, indent=None))
    told = found(code=0)
    assert told["changes"] == []
    assert told["unchanged"] == 1


def test_a_moved_policy_is_compared_with_itself(repo: Repo) -> None:
    repo.commit(**{"old.json": policy(READ, WRITE, PASS)})
    (repo.root / "new").mkdir()
    repo.git("mv", "old.json", "new/name.json")
    assert kinds(found(code=0)) == {"new/name.json": "MOVED"}
    repo.write("new/name.json", policy(READ, WRITE, PASS, {**WRITE, "Sid": "W", "Action": "s3:*"}))
    told = found("--fail-on", "gained", code=1)
    assert kinds(told) == {"new/name.json": "CHANGED"}
    assert told["changes"][0]["before"]["file"] == "old.json"


def test_a_policy_that_moves_within_a_document_is_paired_with_itself(repo: Repo) -> None:
    inner = json.loads(policy(READ, WRITE))
    repo.commit(a_json=json.dumps({"roles": {"reader": inner}}))
    inner["Statement"][1]["Action"] = "s3:*"
    repo.write("a.json", json.dumps({"groups": {"readers": inner}, "x": 1}))
    told = found("--fail-on", "gained", code=1)
    assert [each["before"]["name"] for each in told["changes"]] == ["roles.reader"]
    assert [each["after"]["name"] for each in told["changes"]] == ["groups.readers"]


def test_a_policy_of_another_kind_is_gone_and_a_new_one_there(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy(SHARE))
    told = found("--fail-on", "gained", code=1)
    assert sorted(each["kind"] for each in told["changes"]) == ["ADDED", "REMOVED"]


def test_policies_in_other_documents_and_texts_are_found_where_they_stand(repo: Repo) -> None:
    repo.commit()
    text = policy(READ, indent=None)
    repo.write("exports.json", json.dumps({"Policy": text, "list": [json.loads(text)]}, indent=1))
    told = found(code=0)
    assert [
        (each["after"]["name"], each["after"]["place"]["line"]) for each in told["changes"]
    ] == [
        ("Policy", 2),
        ("list[0]", 4),
    ]
    statement = told["changes"][0]["comparison"]["gained"][0]["statement"]
    written = (repo.root / "exports.json").read_text().splitlines()[statement["line"] - 1]
    assert written[statement["column"] - 1 :].startswith('{\\"Sid\\"')


def test_a_broken_guardrail_is_an_error(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS, "a.json": policy(READ)})
    repo.write("a.json", policy(READ, PASS))
    told = found(code=1)
    assert ("guardrail", "error") in topics(told)
    assert found("--fail-on", "public", code=0)
    assert found("--fail-on", "public,guardrail", code=1)


def test_access_from_outside_is_found_and_can_be_archived(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS})
    repo.write("b.json", policy(SHARE))
    assert ("external", "warning") in topics(found(code=1))
    archive = '[[archive]]\nname = "p"\nfilter."principal.AWS".eq = ["444455556666"]\n'
    repo.write("iamlogic.toml", SETTINGS + archive)
    told = found(code=0)
    assert ("external", "warning") not in topics(told)
    assert any("iamlogic.toml changed" in remark for remark in told["remarks"])


def test_an_accepted_finding_is_no_news(repo: Repo) -> None:
    review = '[review]\nbaseline = "ci/accepted.json"\n'
    repo.commit(**{"iamlogic.toml": SETTINGS + review})
    repo.write("data/b.json", policy(SHARE))
    (repo.root / "ci").mkdir()
    accepting = ["access", "data/b.json", "--settings", "iamlogic.toml"]
    CliRunner().invoke(
        commands,
        [*accepting, "--baseline", "ci/accepted.json", "--update-baseline", "--reason", "partner"],
    )
    assert (repo.root / "ci/accepted.json").exists()
    assert ("external", "warning") not in topics(found(code=0))
    assert ("external", "warning") not in topics(found("--repository", "data", code=0))


def test_public_access_is_an_error(repo: Repo) -> None:
    repo.commit()
    repo.write("b.json", policy({**SHARE, "Principal": "*"}))
    assert ("public", "error") in topics(found(code=1))


def test_settings_are_those_of_the_reviewed_side(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.commit(**{"iamlogic.toml": SETTINGS, "a.json": policy(READ, PASS)})
    repo.commit(**{"iamlogic.toml": "", "a.json": policy(READ, PASS)})
    assert found("HEAD~2..HEAD~1", code=1)
    assert found("HEAD~2..HEAD", code=0)


def test_a_mistake_in_the_settings_is_told_and_nothing_reviewed(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": "[zoen]\n", "a.json": policy(READ)})
    result = run()
    assert result.exit_code == 2
    assert "iamlogic.toml:1:2" in result.output
    assert "zone" in result.output


def test_ignored_files_are_not_looked_at(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": '[review]\nignore = ["fixtures/"]\n'})
    repo.write("fixtures/a.json", policy(PASS))
    repo.write("b.json", policy(READ))
    assert kinds(found(code=0)) == {"b.json": "ADDED"}


def test_a_form_that_is_not_read_is_told(repo: Repo) -> None:
    repo.commit()
    repo.write("policy.json.tpl", policy(READ))
    told = found(code=0)
    assert any("policy.json.tpl" in remark for remark in told["remarks"])


def test_what_is_staged_is_reviewed_alone(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy(READ, WRITE))
    repo.git("add", "a.json")
    repo.write("a.json", policy(READ, WRITE, PASS))
    told = found("--staged", code=0)
    actions = [each["region"]["Action"] for each in told["changes"][0]["comparison"]["gained"]]
    assert actions == [["s3:PutObject"]]


def test_no_repository_is_an_error(tmp_path: Path) -> None:
    result = run("--repository", str(tmp_path))
    assert result.exit_code == 2
    assert "lies in no git repository" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "pdf"), "no format"),
        (("--format", "json", "--format", "sarif"), "one format is printed"),
        (("--fail-on", "public,lost"), "'lost' is no topic"),
        (("--terraform-plan", "p.json", "main"), "leave the range out"),
        (("--parameter", "x"), "no NAME=VALUE"),
        (("--staged", "HEAD..HEAD"), "one revision"),
        (("--parameter", "AWS::AccountID=1"), "AWS::AccountId"),
        (("gone",), "there is no revision 'gone'"),
    ],
)
def test_a_wrong_call_is_told(repo: Repo, arguments: tuple[str, ...], said: str) -> None:
    repo.commit()
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_every_format_is_written_to_its_file_and_one_is_printed(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS, "a.json": policy(READ)})
    repo.write("a.json", policy(READ, PASS))
    formats = ["markdown", "json", "sarif", "junit", "html", "code-quality"]
    outputs = [f"--format={each}=out.{each}" for each in formats]
    result = run(*outputs, "--format", "text")
    assert result.exit_code == 1
    assert "no-pass-role" in result.stdout
    for each in formats:
        assert "no-pass-role" in (repo.root / f"out.{each}").read_text(), each


def test_a_format_that_cannot_be_written_is_an_error(repo: Repo) -> None:
    repo.commit()
    result = run("--format", "json=gone/out.json")
    assert result.exit_code == 2
    assert "cannot be written" in result.output


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "sarif", "junit", "html"])
def test_the_same_change_is_the_same_bytes(repo: Repo, format_: str) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS})
    for number in range(4):
        repo.write(f"p/{number}.json", policy(READ, PASS))
        repo.write(f"b/{number}.json", policy(SHARE))
    first = run("--format", format_, "--jobs", "1")
    second = run("--format", format_, "--jobs", "2")
    assert first.stdout == second.stdout
    assert first.exit_code == second.exit_code == 1


def test_hostile_names_and_texts_do_not_reach_the_terminal(repo: Repo) -> None:
    repo.commit()
    repo.write("a\x1b[31m\n.json", policy({**READ, "Resource": "arn:aws:s3:::\x1b]0;x\x07/*"}))
    result = run()
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_nothing_in_the_repository_is_changed(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", policy(READ, WRITE))
    before = {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file()}
    run()
    after = {path: path.read_bytes() for path in repo.root.rglob("*") if path.is_file()}
    assert before == after


def test_it_is_run_from_any_folder_of_the_repository(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS, "sub/x.txt": ""})
    repo.write("a.json", policy(READ, PASS))
    here = found(code=1)
    monkeypatch.chdir(repo.root / "sub")
    assert found(code=1) == here


TEMPLATE = """
Parameters:
  Who: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {AWS: 111122223333}
            Action: s3:GetObject
            Resource: !Sub "${Bucket.Arn}/*"
"""


def test_a_template_is_reviewed_policy_by_policy_at_its_lines(repo: Repo) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS, "t.yaml": TEMPLATE})
    repo.write("t.yaml", TEMPLATE.replace("111122223333", "!Ref Who"))
    told = found(code=3)
    (change,) = told["changes"]
    assert change["after"]["name"] == "Policy.PolicyDocument"
    assert change["after"]["resource_type"] == "AWS::S3::Bucket"
    assert {n["place"]["line"] for n in change["notices"]} == {14}
    assert any(n["depends_on"] == ["Who"] for n in change["notices"])
    who = "arn:aws:iam::{}:role/x"
    assert found("--parameter", f"Who={who.format('111122223333')}", code=0)
    assert found("--parameter", f"Who={who.format('444455556666')}", code=1)


def test_a_module_is_reviewed_when_a_file_changes_that_its_policies_speak_of(repo: Repo) -> None:
    main = """
variable "actions" { default = ["s3:GetObject"] }
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = local.actions, Resource = "*" }]
  })
}
"""
    repo.commit(m__main_tf=main, m__locals_tf='locals { actions = ["s3:GetObject"] }\n')
    repo.write("m/locals.tf", 'locals { actions = ["s3:GetObject", "s3:PutObject"] }\n')
    told = found("--fail-on", "gained", code=1)
    (change,) = told["changes"]
    assert change["after"]["name"] == "aws_iam_policy.p.policy"
    assert change["comparison"]["gained"][0]["region"]["Action"] == ["s3:PutObject"]


def test_a_module_is_reviewed_when_a_file_changes_that_it_reads_in(repo: Repo) -> None:
    main = """resource "aws_iam_policy" "p" { policy = file("${path.module}/policies/p.json") }\n"""
    repo.commit(m__main_tf=main, m__policies__p_json=policy(READ))
    repo.write("m/policies/p.json", policy(READ, PASS))
    told = found("--fail-on", "gained", code=1)
    assert any("aws_iam_policy.p" in each["policy"] for each in told["changes"])


def test_a_plan_has_both_sides(repo: Repo) -> None:
    def change(address: str, before: str | None, after: str | None) -> Json:
        actions = [["create"], ["delete"], ["update"]][
            0 if before is None else 1 if after is None else 2
        ]
        return {
            "address": address,
            "mode": "managed",
            "type": "aws_iam_policy",
            "name": address.partition(".")[2],
            "change": {
                "actions": actions,
                "before": None if before is None else {"policy": before},
                "after": None if after is None else {"policy": after},
                "after_unknown": {},
            },
        }

    changes = [
        change("aws_iam_policy.wider", policy(READ), policy(READ, PASS)),
        change("aws_iam_policy.same", policy(READ), policy(READ, indent=None)),
        change("aws_iam_policy.new", None, policy(WRITE)),
        change("aws_iam_policy.gone", policy(READ), None),
    ]
    plan = {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": changes}
    repo.write("plan.json", json.dumps(plan))
    repo.write("iamlogic.toml", SETTINGS)
    told = found("--terraform-plan", "plan.json", code=1)
    relations = {each["policy"]: each["kind"] for each in told["changes"]}
    assert sorted(relations.values()) == ["ADDED", "CHANGED", "REMOVED"]
    assert ("guardrail", "error") in topics(told)
    assert told["unchanged"] == 1


SERVERLESS = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      MemorySize: 128
      Policies:
        - S3ReadPolicy: {BucketName: a}
"""


def test_a_policy_that_stays_open_as_it_was_is_no_news(repo: Repo) -> None:
    repo.commit(**{"t.yaml": SERVERLESS})
    repo.write("t.yaml", SERVERLESS.replace("128", "256"))
    assert found(code=0)["unread"] == []
    repo.write("t.yaml", SERVERLESS.replace("BucketName: a", "BucketName: b"))
    assert len(found(code=3)["unread"]) == 1


def test_an_open_policy_of_a_module_is_news_when_it_changes(repo: Repo) -> None:
    main = 'resource "aws_iam_policy" "p" {\n  name = "x"\n  policy = %s\n}\n'
    repo.commit(m__main_tf=main % 'templatefile("a.tpl", {})')
    repo.write("m/main.tf", (main % 'templatefile("a.tpl", {})').replace('"x"', '"y"'))
    assert found(code=0)["unread"] == []
    repo.write("m/main.tf", main % 'templatefile("b.tpl", {})')
    assert len(found(code=3)["unread"]) == 1


def test_a_url_that_asks_for_no_authentication_is_told_wherever_it_stands(repo: Repo) -> None:
    repo.commit(**{"t.yaml": SERVERLESS})
    one = SERVERLESS.replace("MemorySize: 128", "FunctionUrlConfig: {AuthType: NONE}")
    repo.write("t.yaml", one)
    assert ("public", "error") in topics(found(code=1))
    all_ = "Globals: {Function: {FunctionUrlConfig: {AuthType: NONE}}}"
    repo.write("t.yaml", SERVERLESS + all_)
    assert ("unknown", "warning") in topics(found(code=3))


@pytest.mark.parametrize(
    "text",
    [
        "// all\n" + policy(PASS),
        "<<<<<<< HEAD\n" + policy(PASS),
        '{"Version":"2012-10-17",',
        "",
        "not json",
    ],
)
def test_a_policy_that_is_no_json_any_more_is_not_gone(repo: Repo, text: str) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", text)
    told = found(code=2)
    assert told["changes"] == []
    assert [each["file"] for each in told["unread"]] == ["a.json"]


def test_a_policy_that_becomes_another_document_is_gone(repo: Repo) -> None:
    repo.commit(a_json=policy(READ))
    repo.write("a.json", "{}")
    assert kinds(found(code=0)) == {"a.json": "REMOVED"}


def test_what_nobody_was_asked_about_is_told(repo: Repo) -> None:
    repo.commit()
    repo.write("b.json", policy(SHARE))
    told = found(code=0)
    assert any("nobody says who is trusted" in each for each in told["remarks"])
    told = found("--fail-on", "external", code=3)
    assert "who is trusted" in str(told["changes"][0]["notices"])


def test_statements_of_another_tool_are_no_policy(repo: Repo) -> None:
    repo.commit()
    text = "provider:\n  iam:\n    role:\n      statements:\n        - Effect: Allow\n"
    repo.write("serverless.yml", text + "          Action: s3:*\n          Resource: '*'\n")
    assert found(code=0)["unread"] == []


def test_a_plan_in_its_own_form_says_how_to_print_it(repo: Repo) -> None:
    repo.write("plan.json", b"PK\x03\x04\xff\xfe")
    result = run("--terraform-plan", "plan.json")
    assert result.exit_code == 2
    assert "terraform show -json" in result.output


@pytest.mark.parametrize("topic", ["gained", "external", "public", "guardrail", "unknown"])
def test_a_policy_that_is_open_as_a_whole_passes_for_no_topic(repo: Repo, topic: str) -> None:
    repo.commit(**{"iamlogic.toml": SETTINGS})
    template = TEMPLATE.partition("      PolicyDocument:")[0] + "      PolicyDocument: !Ref Who\n"
    repo.write("t.yaml", template)
    assert len(found("--fail-on", topic, code=3)["unread"]) == 1
