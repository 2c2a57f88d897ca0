"""What a change grants does not pass in silence, however it is written: `iamlogic review`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iamlogic.cli import commands
from tests.repositories import READ, Repo, policy

Json = dict[str, Any]

EVERYTHING: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EVIL, GOOD = policy(EVERYTHING), policy({**READ})
ALL = [x for topic in ("gained", "external", "public", "unknown") for x in ("--fail-on", topic)]


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    made = Repo.new(tmp_path / "repo")
    monkeypatch.chdir(made.root)
    return made


def review(*arguments: str, code: int) -> Json:
    result = CliRunner().invoke(commands, ["review", *arguments, *ALL, "--format", "json"])
    assert result.exit_code == code, result.output
    told: Json = json.loads(result.stdout)
    return told


def changed(repo: Repo, before: dict[str, str | bytes], after: dict[str, str | bytes]) -> None:
    """Files as they were committed, and as they are now."""
    for file, text in before.items():
        repo.write(file, text)
    repo.commit()
    for file, text in after.items():
        repo.write(file, text)


def _escaped(text: str) -> str:
    return text.replace('"Statement"', '"\\u0053tatement"').replace('"Effect"', '"\\u0045ffect"')


FLOW = '{? "State\\\n  ment": [{Effect: Allow, Action: "*", Resource: "*"}]}\n'


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("p.json", _escaped(EVIL), 1),
        ("p.json", json.dumps({"policy": _escaped(EVIL)}), 1),
        ("p.json", json.dumps({"policy": json.dumps({"inner": EVIL})}), 2),
        ("p.json", EVIL.encode("utf-16"), 2),
        ("p.json", EVIL.encode("utf-16-le"), 2),
        ("p.json", EVIL.encode("utf-32"), 2),
        ("p.json", b"\xef\xbb\xbf" + EVIL.encode(), 2),
        ("p.yaml", EVIL.encode("utf-16"), 2),
        ("p.yaml", FLOW, 1),
        ("p.yaml", f"{EVIL}\n---\n{GOOD}\n", 1),
        ("p.json", f'{{"a": {EVIL}, "a": {GOOD}}}', 1),
    ],
)
def test_a_policy_is_found_however_it_is_written(
    repo: Repo, file: str, text: str | bytes, code: int
) -> None:
    changed(repo, {"README": ""}, {file: text})
    review(code=code)


def test_of_two_policies_of_one_name_none_hides_the_other(repo: Repo) -> None:
    changed(repo, {"p.yaml": f"{GOOD}\n---\n{GOOD}\n"}, {"p.yaml": f"{EVIL}\n---\n{GOOD}\n"})
    told = review(code=1)
    assert [each["comparison"]["relation"] for each in told["changes"]] == ["MORE_PERMISSIVE"]


@pytest.mark.parametrize("file", ["p.j2", "p.hcl", "p.txt"])
def test_a_policy_in_a_notation_that_is_not_read_is_named(repo: Repo, file: str) -> None:
    changed(repo, {"README": ""}, {file: 'Statement:\n- Effect: Allow\n  Action: "*"\n'})
    assert any(remark.startswith(f"{file} holds") for remark in review(code=0)["remarks"])


@pytest.mark.parametrize("arguments", [[], ["--staged"], ["HEAD~..HEAD"]])
def test_a_link_is_read_as_what_it_leads_to(repo: Repo, arguments: list[str]) -> None:
    repo.write("good.json", GOOD)
    repo.write("evil.json", EVIL)
    (repo.root / "p.json").symlink_to("good.json")
    repo.commit()
    (repo.root / "p.json").unlink()
    (repo.root / "p.json").symlink_to("evil.json")
    if arguments:
        repo.git("add", "--all")
    if arguments == ["HEAD~..HEAD"]:
        repo.commit()
    told = review(*arguments, code=1)
    assert [each["after"]["file"] for each in told["changes"]] == ["p.json"]


def test_a_link_out_of_the_repository_is_not_followed_and_named(repo: Repo) -> None:
    (repo.root.parent / "evil.json").write_text(EVIL)
    repo.commit()
    (repo.root / "p.json").symlink_to("../evil.json")
    assert any("p.json is a link" in remark for remark in review(code=0)["remarks"])


def test_settings_twice_are_an_error_on_the_reviewed_side_as_well(repo: Repo) -> None:
    changed(repo, {"iamlogic.yaml": "zone: {}\n"}, {"p.json": EVIL, "iamlogic.toml": ""})
    result = CliRunner().invoke(commands, ["review", *ALL])
    assert result.exit_code == 2
    assert "one of them would not be read" in result.output


def test_an_unfinished_merge_is_an_error_and_not_nothing(repo: Repo) -> None:
    repo.commit(a_json=GOOD)
    repo.git("checkout", "--quiet", "-b", "other")
    repo.commit(a_json=EVIL)
    repo.git("checkout", "--quiet", "main")
    repo.commit(a_json=policy({**READ, "Action": "s3:*"}))
    with pytest.raises(Exception, match="merge"):
        repo.git("merge", "other")
    result = CliRunner().invoke(commands, ["review", "--staged", *ALL])
    assert result.exit_code == 2
    assert "a.json cannot be read" in result.output


def _template(*, bucket: str = "a", type_: str = "S3::BucketPolicy", condition: str = "") -> str:
    subject = f"Topics: [{bucket}]" if "Topic" in type_ else f"Bucket: {bucket}"
    return f"""
Conditions: {{C: !Equals [a, b]}}
Resources:
  P:
    Type: AWS::{type_}
    {condition}
    Properties:
      {subject}
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{{Effect: Allow, Principal: "*", Action: "*", Resource: "*"}}]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_template(), _template(bucket="b")),
        (_template(), _template(type_="SNS::TopicPolicy")),
        (_template(condition="Condition: C"), _template()),
        (_template(condition="Condition: C"), _template(condition="Condition: D")),
    ],
)
def test_the_same_document_for_something_else_is_a_new_policy(
    repo: Repo, before: str, after: str
) -> None:
    changed(repo, {"t.yaml": before}, {"t.yaml": after})
    assert "ADDED" in {each["kind"] for each in review(code=1)["changes"]}


@pytest.mark.parametrize("after", [_template(condition="Condition: C"), _template()])
def test_a_policy_that_is_there_less_often_is_not_new(repo: Repo, after: str) -> None:
    changed(repo, {"t.yaml": _template()}, {"t.yaml": after})
    assert review(code=0)["changes"] == []


TERRAFORM: Callable[..., str] = (
    'variable "who" {{}}\n'
    'data "aws_iam_role" "d" {{\n  name = "{looked_up}"\n}}\n'
    'resource "aws_iam_role_policy" "p" {{\n  count = {count}\n  role = "{role}"\n'
    '  policy = jsonencode({{Version = "2012-10-17", Statement = [{{Effect = "Allow", '
    'Action = "sts:AssumeRole", Resource = {resource}}}]}})\n}}\n'
).format
USUAL = {"looked_up": "a", "count": 1, "role": "r", "resource": "data.aws_iam_role.d.arn"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "other"}, 1),
        ({"looked_up": "b"}, 1),
        ({"count": 2}, 1),
    ],
)
def test_what_terraform_gives_a_policy_to_is_a_part_of_it(
    repo: Repo, change: dict[str, object], code: int
) -> None:
    changed(repo, {"m.tf": TERRAFORM(**USUAL)}, {"m.tf": TERRAFORM(**USUAL | change)})
    review(code=code)


def test_expressions_that_are_shown_alike_are_not_the_same(repo: Repo) -> None:
    first, second = ('"${var.who[\\"x y\\"]}"', '"${var.who[\\"x:y\\"]}"')
    before = TERRAFORM(**USUAL | {"resource": first.replace("\\", "")})
    after = TERRAFORM(**USUAL | {"resource": second.replace("\\", "")})
    changed(repo, {"m.tf": before}, {"m.tf": after})
    review(code=1)


CONDITIONAL = """
Parameters:
  Env: {{Type: String}}
  P: {{Type: "AWS::SSM::Parameter::Value<String>", Default: {p}}}
Conditions:
  C: !Equals [!Ref Env, {env}]
Resources:
  R:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: !If [C, "s3:*", "s3:Get*"]
            Resource: !Sub "arn:aws:s3:::${{P}}"
"""


@pytest.mark.parametrize(("env", "p"), [("dev", "/a"), ("prod", "/b")])
def test_a_value_that_is_defined_otherwise_is_another(repo: Repo, env: str, p: str) -> None:
    before = CONDITIONAL.format(env="prod", p="/a")
    changed(repo, {"t.yaml": before}, {"t.yaml": CONDITIONAL.format(env=env, p=p)})
    review(code=3)


def test_a_policy_of_aws_that_is_attached_is_a_gain(repo: Repo) -> None:
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    changed(repo, {"m.tf": ""}, {"m.tf": f'locals {{\n  arn = "{arn}"\n}}\n'})
    told = review(code=1)
    assert "AdministratorAccess" in told["unread_notices"][0]["message"]
    assert any("AdministratorAccess" in remark for remark in told["remarks"])


STACK = "Resources: {{A: {{Type: 'AWS::CloudFormation::Stack', Properties: {{P: '{}'}}}}}}\n"
CALL = 'module "m" {{\n  source = "./m"\n  who = "{}"\n}}\n'


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("main.tf", CALL.format("a"), CALL.format("*")),
        ("env/prod.tfvars", 'who = "a"\n', 'who = "*"\n'),
        ("t.yaml", STACK.format("a"), STACK.format("*")),
    ],
)
def test_what_is_given_to_others_is_named(repo: Repo, file: str, before: str, after: str) -> None:
    changed(repo, {file: before}, {file: after})
    assert any(file in remark for remark in review(code=0)["remarks"])
