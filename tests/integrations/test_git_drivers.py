"""`git diff` and `git log -p` with iamlogic as their driver, in repositories made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integrations.scratch import OF_ACCOUNT, PUBLIC, READS, WRITES, Scratch, allow, policy

FILE = "policies/bucket.json"
TEMPLATE = """\
Description: {about}
Resources:
  Logs:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: logs
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {principal}
            Action: s3:GetObject
            Resource: arn:aws:s3:::logs/*
"""

MODULE = """\
variable "bucket" {{}}
data "aws_iam_policy_document" "logs" {{
  statement {{
    actions   = ["{action}"]
    resources = ["${{var.bucket}}/*"]
  }}
}}
resource "aws_iam_policy" "logs" {{
  policy = data.aws_iam_policy_document.logs.json
}}
"""


@pytest.fixture
def by_meaning(tmp_path: Path) -> Scratch:
    """A repository whose policies are compared as the lines of `iamlogic textconv`."""
    scratch = Scratch.made(tmp_path / "repository")
    scratch.git("config", "diff.iamlogic.textconv", "iamlogic textconv")
    scratch.git("config", "diff.iamlogic.xfuncname", "^(=== .*|(Allow|Deny).*)$")
    scratch.write(".gitattributes", "*.json diff=iamlogic\n*.yaml diff=iamlogic\n")
    return scratch


@pytest.fixture
def told(tmp_path: Path) -> Scratch:
    """A repository of which `git diff` tells what the change of a policy means."""
    scratch = Scratch.made(tmp_path / "repository")
    scratch.git("config", "diff.iamlogic.command", "iamlogic difftool")
    scratch.write(".gitattributes", "*.json diff=iamlogic\n*.yaml diff=iamlogic\n")
    return scratch


def changed_lines(diff: str) -> list[str]:
    """The lines of a diff that were added or removed."""
    lines = diff.splitlines()
    return [each for each in lines if each[:1] in {"+", "-"} and each[:3] not in {"+++", "---"}]


# textconv


def test_another_spelling_of_a_policy_is_no_difference(by_meaning: Scratch) -> None:
    by_meaning.commit({FILE: policy(allow(["s3:GetObject", "s3:PutObject"], ["*"], Sid="A"))})
    statement = '{"Resource": "*", "Action": ["s3:PutObject", "s3:GetObject"], "Effect": "Allow",'
    by_meaning.write(FILE, f'{{"Statement": {statement} "Sid": "A"}}, "Version": "2012-10-17"}}')
    assert by_meaning.git("diff", "--stat") != ""
    assert changed_lines(by_meaning.git("diff")) == []


def test_a_value_more_is_a_line_more(by_meaning: Scratch) -> None:
    by_meaning.commit({FILE: READS})
    by_meaning.write(FILE, WRITES)
    assert changed_lines(by_meaning.git("diff")) == ["+  Action: s3:PutObject"]


def test_the_history_is_told_in_the_same_lines(by_meaning: Scratch) -> None:
    by_meaning.commit({FILE: OF_ACCOUNT}, "one account")
    by_meaning.commit({FILE: PUBLIC}, "everybody")
    log = by_meaning.git("log", "--patch", "--format=%s", "-1")
    assert log.startswith("everybody\n")
    assert changed_lines(log) == ["-  Principal AWS: 111122223333", "+  Principal AWS: *"]


def test_a_hunk_says_which_statement_it_is_in(by_meaning: Scratch) -> None:
    many = [allow(f"s3:Get{n}", [f"arn:aws:s3:::{n}/{m}" for m in range(9)], Sid=n) for n in "AB"]
    more = [*many[:1], {**many[1], "Condition": {"Bool": {"aws:SecureTransport": "true"}}}]
    by_meaning.commit({FILE: policy(*many)})
    by_meaning.write(FILE, policy(*more))
    assert "@@ Allow B\n" in by_meaning.git("diff")


def test_a_file_without_a_policy_is_compared_as_it_is(by_meaning: Scratch) -> None:
    by_meaning.commit({"package.json": '{"version": 1}\n'})
    by_meaning.write("package.json", '{"version": 2}\n')
    assert changed_lines(by_meaning.git("diff")) == ['-{"version": 1}', '+{"version": 2}']


def test_a_policy_that_no_longer_parses_is_compared_as_text(by_meaning: Scratch) -> None:
    by_meaning.commit({FILE: READS})
    by_meaning.write(FILE, READS.replace("Allow", "Alow"))
    lines = changed_lines(by_meaning.git("diff"))
    assert "-  Action: s3:GetObject" in lines
    assert any("not read" in each for each in lines)
    assert '+      "Effect": "Alow",' in lines


def test_json_that_is_broken_is_the_text_itself(by_meaning: Scratch) -> None:
    by_meaning.commit({FILE: READS})
    by_meaning.write(FILE, READS.rstrip().removesuffix("}"))
    assert '+      "Effect": "Allow",' in changed_lines(by_meaning.git("diff"))


def test_what_is_around_the_policies_of_a_template_is_compared_too(by_meaning: Scratch) -> None:
    by_meaning.commit({"t.yaml": TEMPLATE.format(about="old", principal='"111122223333"')})
    by_meaning.write("t.yaml", TEMPLATE.format(about="new", principal='"*"'))
    diff = by_meaning.git("diff")
    lines = changed_lines(diff)
    assert "+  Principal AWS: *" in lines
    assert {"-Description: old", "+Description: new"} <= set(lines)


def test_a_module_of_terraform_is_compared_by_its_policies(by_meaning: Scratch) -> None:
    by_meaning.write(".gitattributes", "*.tf diff=iamlogic\n")
    by_meaning.commit({"main.tf": MODULE.format(action="s3:GetObject")})
    by_meaning.write("main.tf", MODULE.format(action="s3:*"))
    diff = by_meaning.git("diff", "--unified=9")
    assert "\n   Resource: <var.bucket>/*\n" in diff
    assert changed_lines(diff)[:2] == ["-  Action: s3:GetObject", "+  Action: s3:*"]


def test_bytes_that_are_no_text_stay_as_they_are(by_meaning: Scratch) -> None:
    (by_meaning.root / "odd.json").write_bytes(b"\xff\xfe\r\n\xe9")
    done = by_meaning.run("sh", "-c", "iamlogic textconv odd.json | cmp - odd.json")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_file_that_is_not_there_is_an_error(by_meaning: Scratch) -> None:
    done = by_meaning.run("iamlogic", "textconv", "missing.json")
    assert done.returncode != 0
    assert "missing.json" in done.stderr


# difftool


def test_git_diff_tells_what_a_change_grants_and_shows_the_text(told: Scratch) -> None:
    told.commit({FILE: OF_ACCOUNT})
    told.write(FILE, PUBLIC)
    diff = told.git("diff")
    first, verdict, *_ = diff.splitlines()
    assert first == f"diff --git a/{FILE} b/{FILE}"
    assert verdict.startswith("grants more: ")
    assert "  error    " in diff
    assert f"--- a/{FILE}\n+++ b/{FILE}\n@@ " in diff
    assert changed_lines(diff)[-1] == '+      "Principal": "*"'


def test_a_difference_in_spelling_is_told_to_mean_nothing(told: Scratch) -> None:
    told.commit({FILE: READS})
    told.write(FILE, json.dumps(json.loads(READS)))
    diff = told.git("diff")
    assert "grants more" not in diff
    assert changed_lines(diff)


def test_a_new_policy_is_compared_with_nothing(told: Scratch) -> None:
    told.commit({})
    told.write(FILE, PUBLIC)
    told.git("add", FILE)
    diff = told.git("diff", "--cached")
    assert "new file mode 100644" in diff
    assert "grants more: " in diff
    assert '+      "Principal": "*"' in diff


def test_a_policy_that_is_gone_grants_less(told: Scratch) -> None:
    told.commit({FILE: PUBLIC})
    told.git("rm", "--quiet", FILE)
    diff = told.git("diff", "--cached")
    assert "deleted file mode 100644" in diff
    assert "grants less: " in diff


def test_a_policy_that_moves_and_widens_is_one_change(told: Scratch) -> None:
    several = [allow(f"s3:Get{n}", Principal={"AWS": "111122223333"}) for n in "ABCDEF"]
    told.commit({FILE: policy(*several)})
    told.git("mv", FILE, "policies/moved.json")
    told.write("policies/moved.json", policy(*several, allow("s3:PutObject", Principal="*")))
    told.git("add", "--all")
    diff = told.git("diff", "--cached", "--find-renames")
    assert f"diff --git a/{FILE} b/policies/moved.json" in diff
    assert f"rename from {FILE}" in diff
    assert "1 changed policy 1 allows more than before" in diff


def test_a_change_of_mode_alone_is_shown(told: Scratch) -> None:
    told.commit({FILE: READS})
    told.git("update-index", "--chmod=+x", FILE)
    diff = told.git("diff", "--cached")
    assert "old mode 100644\nnew mode 100755\n" in diff


def test_the_settings_of_the_repository_count(told: Scratch) -> None:
    trusted = policy(allow("s3:GetObject", Principal={"AWS": "444455556666"}))
    settings = '[zone]\naccounts = ["111122223333"]\n'
    told.commit({FILE: OF_ACCOUNT, "iamlogic.toml": settings})
    told.write(FILE, trusted)
    (told.root / "below").mkdir()
    assert "444455556666" in told.git("-C", "below", "diff").partition("---")[0]


def test_settings_that_cannot_be_read_do_not_hide_the_change(told: Scratch) -> None:
    told.commit({FILE: OF_ACCOUNT, "iamlogic.toml": "[zone"})
    told.write(FILE, PUBLIC)
    diff = told.git("diff")
    assert "error: " in diff
    assert '+      "Principal": "*"' in diff


def test_a_policy_that_cannot_be_read_does_not_stop_git(told: Scratch) -> None:
    told.commit({FILE: READS, "z.json": READS})
    told.write(FILE, READS.replace("Allow", "Alow"))
    told.write("z.json", WRITES)
    diff = told.git("diff")
    assert f"{FILE}, not read:" in diff
    assert '+      "Effect": "Alow",' in diff
    assert "s3:PutObject" in diff


def test_what_is_no_policy_is_shown_as_ever(told: Scratch) -> None:
    told.commit({"package.json": '{"version": 1}\n'})
    told.write("package.json", '{"version": 2}\n')
    ours = told.git("diff")
    theirs = told.git("diff", "--no-ext-diff")
    assert changed_lines(ours) == changed_lines(theirs)
    assert ours.count("\n") == theirs.count("\n") - 1  # the line with the ids of the contents


def test_colours_are_git_s(told: Scratch) -> None:
    told.commit({FILE: OF_ACCOUNT})
    told.write(FILE, PUBLIC)
    assert "\x1b[" not in told.git("diff")
    told.git("config", "color.diff", "always")
    assert "\x1b[32m+" in told.git("diff", TERM="xterm")


def test_a_conflict_is_told_as_git_tells_it(told: Scratch) -> None:
    told.commit({FILE: READS})
    told.git("switch", "--quiet", "--create", "other")
    told.commit({FILE: WRITES})
    told.git("switch", "--quiet", "main")
    told.commit({FILE: PUBLIC})
    assert told.run("git", "merge", "other").returncode == 1
    assert told.git("diff", "--cached").startswith(f"* Unmerged path {FILE}\n")


def test_git_difftool_gives_two_files_and_their_name(told: Scratch) -> None:
    told.git(
        "config", "difftool.iamlogic.cmd", 'iamlogic difftool --path "$MERGED" "$LOCAL" "$REMOTE"'
    )
    told.commit({FILE: OF_ACCOUNT})
    told.write(FILE, PUBLIC)
    shown = told.git("difftool", "--no-prompt", "--tool=iamlogic")
    assert f"{FILE}, changed: allows everything that it did before, and more" in shown
