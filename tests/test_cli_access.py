"""`iamlogic access`, from files and options to findings, formats and exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from iamlogic.cli import commands, judging

Json = dict[str, Any]

OWN, PARTNER, OTHER = "111122223333", "444455556666", "777788889999"
ZONE = ("--account", OWN)
BUCKET = ("--type", "AWS::S3::Bucket")
ME = "1" * 64
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(judging, "today", lambda: TODAY)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, ["access", *arguments], input=stdin)


def found(*arguments: str, code: int = 1, stdin: str | None = None) -> Json:
    """What `--format json` says, after a look at the exit code."""
    result = run(*arguments, "--format", "json", stdin=stdin)
    assert result.exit_code == code, result.output
    told: Json = json.loads(result.stdout)
    return told


def allow(principal: object, action: object = "s3:GetObject", **further: object) -> Json:
    who = principal if principal == "*" or isinstance(principal, dict) else {"AWS": principal}
    resource = "arn:aws:s3:::logs/*"
    return {
        "Effect": "Allow",
        "Principal": who,
        "Action": action,
        "Resource": resource,
        **further,
    }


def document(*statements: Json) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)


def written(name: str, *statements: Json) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document(*statements))
    return name


def saved(name: str, content: object) -> str:
    Path(name).write_text(content if isinstance(content, str) else json.dumps(content))
    return name


def acl(*grants: tuple[Json, str]) -> Json:
    listed = [{"Grantee": who, "Permission": what} for who, what in grants]
    return {"Owner": {"ID": ME}, "Grants": listed}


ALL_USERS = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}


# Findings and exit codes


def test_nobody_outside_is_0_and_said_in_one_line() -> None:
    written("p.json", allow(OWN))
    result = run("p.json", *ZONE)
    assert result.exit_code == 0
    assert result.stdout == (
        "no external access: p.json lets nobody in from outside the zone of trust\n"
        f"Trusted: account {OWN}\n"
    )


def test_a_finding_has_its_statement_its_grant_and_an_example_to_try() -> None:
    written("p.json", allow(PARTNER, Sid="Partner"))
    result = run("p.json", *ZONE, *BUCKET)
    assert result.exit_code == 1
    assert (
        result.stdout
        == f"""\
external access: 1 finding in p.json
Trusted: account {OWN}

  1. Allow statement 1 "Partner" (p.json:4:5) lets in an account
     Principal  {PARTNER}
     Action     s3:GetObject
     Resource   arn:aws:s3:::logs/*

     For example:
       iamlogic evaluate p.json \\
         --principal arn:aws:iam::{PARTNER}:user/alice \\
         --action s3:GetObject \\
         --resource arn:aws:s3:::logs/a \\
         --resource-account {OWN}

Proved: nobody else outside is let in.
"""
    )


def test_the_example_is_allowed_as_the_report_says() -> None:
    written("p.json", allow("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}))
    (finding,) = found("p.json", *ZONE, *BUCKET)["findings"]
    request = json.dumps(finding["witness"])
    result = CliRunner().invoke(commands, ["evaluate", "p.json", "--request", request])
    assert result.exit_code == 0, result.output


def test_a_service_that_acts_for_anybody_counts() -> None:
    written("p.json", allow({"Service": "sns.amazonaws.com"}))
    (finding,) = found("p.json", *ZONE)["findings"]
    assert (finding["findingType"], finding["principal"]) == (
        "ConfusedDeputy",
        {"Service": "sns.amazonaws.com"},
    )
    text = run("p.json", *ZONE).stdout
    assert text.startswith("confused deputy: 1 confused deputy in p.json\n")
    assert "lets in a service, which may act for anybody" in text
    assert run("p.json", *ZONE, "--trust-service", "sns.amazonaws.com").exit_code == 0


def test_what_cannot_be_read_is_2_and_the_rest_is_told_all_the_same() -> None:
    written("d/a.json", allow("*"))
    saved("d/b.json", "{")
    written("d/c.json", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    result = run("d", *ZONE)
    assert result.exit_code == 2
    assert result.stdout.startswith(
        "external access: 1 finding (public) in d/a.json; 2 of 3 files could not be read\n"
    )
    assert "Proved" not in result.stdout
    assert "error: d/b.json:1:2:" in result.stderr
    assert "d/c.json: cannot be read: it names no principals" in result.stderr
    told = found("d", *ZONE, code=2)
    assert (told["outcome"], told["complete"]) == ("UNREADABLE", False)
    errors = [each["error"] and each["error"]["error"] for each in told["policies"]]
    assert errors == [None, "PolicySyntaxError", "PolicyReadError"]


@pytest.mark.parametrize("bad", ["folder", "pattern*.json", "missing.json"])
def test_an_argument_that_names_nothing_is_2(bad: str) -> None:
    Path("folder").mkdir()
    result = run(bad, *ZONE)
    assert result.exit_code == 2
    assert bad in result.stderr


def test_unknown_is_3_and_never_a_pass() -> None:
    written("p.json", *hard(12))
    result = run("p.json", *ZONE, "--timeout", "0.000001")
    assert result.exit_code == 3
    assert result.stdout.startswith("unknown: who outside has access is not known of p.json\n")
    assert "Unknown of p.json: " in result.stdout
    told = found("p.json", *ZONE, "--timeout", "0.000001", code=3)
    assert (told["outcome"], told["complete"]) == ("UNKNOWN", False)
    assert told["policies"][0]["reason"]


def test_a_finding_is_1_whatever_else_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    written("a.json", allow(PARTNER))
    written("b.json", allow(PARTNER))
    _unknown_of(monkeypatch, "b.json")
    result = run("a.json", "b.json", *ZONE)
    assert result.exit_code == 1
    assert result.stdout.startswith("external access: 1 finding in a.json; unknown of b.json\n")


def hard(count: int) -> list[Json]:
    """Statements that overlap in three ways each."""
    return [
        allow(
            "*",
            Condition={
                "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{chr(97 + n)}*"},
                "IpAddress": {"aws:SourceIp": f"10.{n}.0.0/15"},
            },
        )
        for n in range(count)
    ]


def _unknown_of(monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    import iamlogic as il

    ask = il.external_access

    def bounded(policy: il.Policy, zone: il.Zone, **options: Any) -> il.ExternalAccess:  # noqa: ANN401
        if policy.file == file:
            return il.ExternalAccess((), reason="the time ran out")
        return ask(policy, zone, **options)

    monkeypatch.setattr(il, "external_access", bounded)


# The zone of trust


def test_without_a_zone_is_a_usage_error_with_the_way_out() -> None:
    written("p.json", allow(PARTNER))
    result = run("p.json")
    assert result.exit_code == 2
    assert "--account" in result.stderr
    assert "[zone] of iamlogic.toml" in result.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--account", PARTNER), 0),
        (("--account", OWN, "--account", PARTNER), 0),
        (("--organization", "o-exampleorgid"), 1),
    ],
)
def test_options_say_who_is_trusted(options: tuple[str, ...], code: int) -> None:
    written("p.json", allow(PARTNER))
    assert run("p.json", *options).exit_code == code


def test_organization_and_paths_are_trusted() -> None:
    in_org = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    written("org.json", allow("*", Condition=in_org))
    assert run("org.json", "--organization", "o-exampleorgid").exit_code == 0
    below = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorgid/r-ab12/ou-ab12/*"}}
    written("path.json", allow("*", Condition=below))
    assert run("path.json", "--org-path", "o-exampleorgid/r-ab12/").exit_code == 0
    assert run("path.json", "--org-path", "o-exampleorgid/r-zz99/").exit_code == 1


def test_the_zone_comes_from_the_settings_and_each_option_replaces_its_own_part() -> None:
    written("p.json", allow(PARTNER), allow({"Service": "sns.amazonaws.com"}))
    settings = f'[zone]\naccounts = ["{PARTNER}"]\nservices = ["sns.amazonaws.com"]\n'
    saved("other.toml", settings)
    assert run("p.json", "--settings", "other.toml").exit_code == 0
    told = found("p.json", "--settings", "other.toml", "--account", OWN)
    assert told["zone"] == {
        "accounts": [OWN],
        "organization": None,
        "orgPaths": [],
        "services": ["sns.amazonaws.com"],
    }
    assert [each["findingType"] for each in told["findings"]] == ["ExternalAccess"]


def test_iamlogic_toml_of_the_working_directory_is_the_default() -> None:
    written("p.json", allow(PARTNER))
    saved("iamlogic.toml", f'[zone]\naccounts = ["{PARTNER}"]\n')
    assert run("p.json").exit_code == 0
    saved("iamlogic.toml", "[zone]\n")
    assert run("p.json").exit_code == 1  # an empty zone trusts nobody


def test_a_mistake_in_settings_or_zone_is_2() -> None:
    written("p.json", allow(PARTNER))
    saved("bad.toml", "[zone]\naccount = []\n")
    result = run("p.json", "--settings", "bad.toml")
    assert (result.exit_code, "bad.toml:2:" in result.stderr) == (2, True)
    assert run("p.json", "--settings", "missing.toml").exit_code == 2
    result = run("p.json", "--account", "123")
    assert (result.exit_code, "12 digits" in result.stderr) == (2, True)


# What is asked about


def test_a_type_says_what_counts_as_access() -> None:
    written("p.json", allow(PARTNER, "sqs:SendMessage"))
    assert run("p.json", *ZONE, *BUCKET).exit_code == 0
    assert run("p.json", *ZONE).exit_code == 1
    result = run("p.json", *ZONE, "--type", "AWS::S3::Buket")
    assert (result.exit_code, "AWS::S3::Bucket" in result.stderr) == (2, True)


def test_a_trust_policy_needs_no_type() -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "sts:AssumeRole"}
    written("p.json", trust)
    (finding,) = found("p.json", *ZONE)["findings"]
    assert finding["resourceType"] == "AWS::IAM::Role"


def test_a_stack_is_limited_by_its_rcps_and_its_example_is_of_the_policy() -> None:
    written("bucket.json", allow("*", ["s3:GetObject", "s3:PutObject"]))
    written(
        "rcp.json",
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"},
    )
    saved("stack.json", {"resource": "bucket.json", "rcps": [["rcp.json"]]})
    result = run("stack.json", *ZONE, *BUCKET)
    assert result.exit_code == 1
    assert "iamlogic evaluate bucket.json" in result.stdout
    (finding,) = found("stack.json", *ZONE, *BUCKET)["findings"]
    assert finding["action"] == ["s3:GetObject"]
    assert finding["statements"][0]["file"] == "bucket.json"
    request = json.dumps(finding["witness"])
    example = CliRunner().invoke(commands, ["evaluate", "bucket.json", "--request", request])
    assert example.exit_code == 0, example.output


def test_a_stack_of_a_requester_s_policies_is_2() -> None:
    written("dev.json", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    written("bucket.json", allow("*"))
    saved("stack.json", {"resource": "bucket.json", "identity": ["dev.json"]})
    result = run("stack.json", *ZONE)
    assert (result.exit_code, "resource and rcps alone" in result.stderr) == (2, True)


def test_an_acl_is_read_where_its_grants_stand() -> None:
    grant = acl((ALL_USERS, "READ"), ({"Type": "CanonicalUser", "ID": "2" * 64}, "WRITE"))
    saved("acl.json", json.dumps(grant, indent=2))
    first, second = found("acl.json", *ZONE, *BUCKET)["findings"]
    assert (first["isPublic"], first["principal"]) == (True, {"AWS": "*"})
    place = first["statements"][0]
    assert (place["sid"], place["path"], place["line"]) == ("ACL grant 1", "Grants[0]", 6)
    assert (second["principal"], second["witness"]) == ({"CanonicalUser": "2" * 64}, None)
    text = run("acl.json", *ZONE, *BUCKET).stdout
    assert "no example request can be written" in text
    example = ["evaluate", "acl.json", "--request", json.dumps(first["witness"])]
    assert CliRunner().invoke(commands, example).exit_code == 0


def test_a_mistake_in_an_acl_has_its_line() -> None:
    saved("acl.json", json.dumps(acl((ALL_USERS, "REED")), indent=2))
    result = run("acl.json", *ZONE)
    assert result.exit_code == 2
    assert "acl.json:11:" in result.stderr
    assert 'did you mean "READ"?' in result.stderr


def test_grants_of_a_key_and_attributes_of_a_snapshot_are_read() -> None:
    key = f"arn:aws:kms:us-east-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    grant = {
        "KeyId": key,
        "GrantId": "g",
        "GranteePrincipal": f"arn:aws:iam::{PARTNER}:root",
        "Operations": ["Decrypt"],
    }
    saved("grants.json", {"Grants": [grant]})
    (finding,) = found("grants.json", *ZONE)["findings"]
    assert (finding["action"], finding["resource"]) == (["kms:Decrypt"], key)
    shared = {"SnapshotId": "snap-0123456789abcdef0", "CreateVolumePermissions": [{"Group": "all"}]}
    saved("snapshot.json", shared)
    (finding,) = found("snapshot.json", *ZONE, "--type", "AWS::EC2::Snapshot")["findings"]
    assert finding["isPublic"]


def test_sharing_counts_beside_the_policy() -> None:
    written("p.json", allow(OWN))
    saved("acl.json", acl((ALL_USERS, "READ")))
    options = (*ZONE, *BUCKET, "--sharing", "acl.json")
    (finding,) = found("p.json", *options, "--resource", "arn:aws:s3:::logs")["findings"]
    assert finding["resource"] == "arn:aws:s3:::logs"
    assert (finding["file"], finding["resources"]) == ("acl.json", ["arn:aws:s3:::logs"])
    assert run("p.json", *options, "--block-public-access", "ignore-public-acls").exit_code == 0


def test_an_acl_by_itself_is_ignored_where_public_acls_are() -> None:
    saved("acl.json", acl((ALL_USERS, "READ")))
    blocked = ("--block-public-access", "ignore-public-acls")
    assert run("acl.json", *ZONE, *BUCKET).exit_code == 1
    assert run("acl.json", *ZONE, *BUCKET, *blocked).exit_code == 0


def test_block_public_access_takes_effect_and_is_about_buckets() -> None:
    written("p.json", allow("*"))
    blocked = ("--block-public-access", "restrict-public-buckets,ignore-public-acls")
    told = found("p.json", *ZONE, *BUCKET, *blocked)
    assert [each["findingType"] for each in told["findings"]] == ["ConfusedDeputy"]
    assert "give --type AWS::S3::Bucket" in run("p.json", *ZONE, *blocked).stderr
    result = run("p.json", *ZONE, *BUCKET, "--block-public-access", "everything")
    assert (result.exit_code, "expected all, or some of" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "option",
    [("--sharing", "acl.json"), ("--before", "a.json"), ("--resource", "arn:aws:s3:::logs")],
)
def test_what_is_about_one_resource_takes_one_file(option: tuple[str, str]) -> None:
    written("a.json", allow(OWN))
    written("b.json", allow(OWN))
    saved("acl.json", acl())
    result = run("a.json", "b.json", *ZONE, *option)
    assert result.exit_code == 2
    assert f"{option[0]} is about one FILE, and there are 2" in result.stderr


def test_all_requests_has_in_what_aws_never_sends() -> None:
    never = {"Null": {"aws:CurrentTime": "true"}}
    written("p.json", allow(PARTNER, Condition=never))
    assert run("p.json", *ZONE).exit_code == 0
    assert run("p.json", *ZONE, "--all-requests").exit_code == 1


def test_the_resource_tells_equal_grants_apart() -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": PARTNER}, "Action": "sts:AssumeRole"}
    written("p.json", trust)
    roles = [f"arn:aws:iam::{OWN}:role/{name}" for name in "ab"]
    told = [found("p.json", *ZONE, "--resource", role)["findings"][0] for role in roles]
    assert [each["resource"] for each in told] == roles
    assert told[0]["id"] != told[1]["id"]


def test_standard_input_is_a_file_and_read_once() -> None:
    text = document(allow(PARTNER))
    (finding,) = found("-", *ZONE, stdin=text)["findings"]
    assert finding["file"] == "<stdin>"
    assert "iamlogic evaluate - " in run("-", *ZONE, stdin=text).stdout
    assert run("-", *ZONE, "--before", "-", stdin=text).exit_code == 2


# Many files


def test_jobs_change_nothing_but_the_time() -> None:
    for number in range(12):
        who: object = ("*", OWN, PARTNER, {"Service": "sns.amazonaws.com"})[number % 4]
        written(f"d/{number:02}.json", allow(who))
    saved("d/broken.json", "[")
    for output in ("text", "json", "sarif"):
        one, two = (run("d", *ZONE, "--jobs", jobs, "--format", output) for jobs in ("1", "2"))
        assert (one.exit_code, one.stdout, one.stderr) == (2, two.stdout, two.stderr)
        assert two.exit_code == 2


def test_a_bar_is_for_a_terminal_and_on_standard_error_only() -> None:
    for number in range(30):
        written(f"d/{number:02}.json", allow(OWN))
    program = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
    arguments = [*program, "access", "d", *ZONE]
    plain = subprocess.run(arguments, capture_output=True, check=True)
    assert plain.stderr == b""
    ours, theirs = pytest.importorskip("pty").openpty()  # not on Windows
    environment = {**os.environ, "TERM": "xterm"}
    on_terminal = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=theirs, check=True, env=environment
    )
    os.close(theirs)
    assert b"Policies" in os.read(ours, 1 << 16)
    os.close(ours)
    assert on_terminal.stdout == plain.stdout


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_an_interrupt_leaves_no_process_behind() -> None:
    for number in range(400):
        written(f"d/{number:03}.json", *hard(8))
    program = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
    arguments = [*program, "access", "d", *ZONE, "--jobs", "2"]
    command = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{command.pid}/task/{command.pid}/children")
    started: list[str] = []
    while len(started) < 3 and command.poll() is None:  # the workers, and what tracks resources
        started = children.read_text().split()
        time.sleep(0.05)
    time.sleep(1)
    command.send_signal(signal.SIGINT)
    assert command.wait(10) == 130
    until = time.monotonic() + 10
    while any(map(_is_alive, started)) and time.monotonic() < until:
        time.sleep(0.05)
    left = [int(each) for each in started if _is_alive(each)]
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert not left


def _is_alive(process: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


# Preview


def test_a_preview_counts_only_what_is_new() -> None:
    written("old.json", allow(PARTNER), allow("*", "s3:ListBucket"))
    written("new.json", allow(OTHER), allow([PARTNER], Sid="Moved"))
    result = run("new.json", "--before", "old.json", *ZONE)
    assert result.exit_code == 1
    assert result.stdout.startswith("external access: 1 new finding in new.json\n")
    assert result.stdout.index(OTHER) < result.stdout.index("Gone, 1 finding:")
    assert result.stdout.index("Gone, 1 finding:") < result.stdout.index("Unchanged, 1 finding:")
    told = found("new.json", "--before", "old.json", *ZONE)
    assert {each["principalName"]: each["isNew"] for each in told["findings"]} == {
        OTHER: True,
        PARTNER: False,
    }
    (gone,) = told["preview"]["gone"]
    assert (gone["status"], gone["file"]) == ("RESOLVED", "old.json")


def test_a_grant_that_lets_in_less_than_before_is_narrowed() -> None:
    written("old.json", allow("*"))
    written("new.json", allow(PARTNER))
    result = run("new.json", "--before", "old.json", *ZONE)
    assert result.exit_code == 0
    assert "Narrowed, 1 finding:" in result.stdout
    output = run("new.json", "--before", "old.json", *ZONE, "--format", "json").stdout
    (told,) = json.loads(output)["findings"]
    assert (told["isNew"], told["isNarrowed"], told["counts"]) == (False, True, False)
    sarif = json.loads(run("new.json", "--before", "old.json", *ZONE, "--format", "sarif").stdout)
    states = [result["baselineState"] for result in sarif["runs"][0]["results"]]
    assert sorted(states) == ["absent", "updated"]


def test_a_preview_without_anything_new_is_0() -> None:
    written("old.json", allow(PARTNER), allow("*", "s3:ListBucket"))
    written("new.json", allow(PARTNER))
    result = run("new.json", "--before", "old.json", *ZONE)
    assert result.exit_code == 0
    assert result.stdout.startswith("no new external access: new.json lets nobody in from outside")


def test_a_preview_is_unknown_where_one_side_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written("old.json", allow(PARTNER))
    written("new.json", allow(PARTNER))
    for file in ("old.json", "new.json"):
        with monkeypatch.context() as patched:
            _unknown_of(patched, file)
            result = run("new.json", "--before", "old.json", *ZONE)
        assert result.exit_code == 3, result.output
        assert f"Unknown of {file}: the time ran out" in result.stdout


def test_a_preview_needs_the_version_before() -> None:
    written("new.json", allow(PARTNER))
    assert run("new.json", "--before", "missing.json", *ZONE).exit_code == 2


# Archive rules and the baseline


def test_what_a_rule_archives_does_not_count() -> None:
    rule = f'[[archive]]\nname = "partner"\nfilter."principal.AWS".eq = ["{PARTNER}"]\n'
    saved("iamlogic.toml", rule)
    written("p.json", allow(PARTNER))
    result = run("p.json", *ZONE)
    assert result.exit_code == 0
    assert "1 finding is archived, by rules: partner 1" in result.stdout
    (finding,) = found("p.json", *ZONE, code=0)["findings"]
    assert (finding["status"], finding["counts"]) == ("ARCHIVED", False)
    assert finding["archivedBy"] == {"ruleName": "partner", "reason": None}


def test_the_baseline_s_life() -> None:
    written("p.json", allow(PARTNER), allow(OTHER))
    base = ("--baseline", "accepted.json")
    result = run("p.json", *ZONE, *base)
    assert (result.exit_code, "accepted.json: cannot be read" in result.stderr) == (2, True)

    update = run("p.json", *ZONE, *base, "--update-baseline", "--reason", "audit 12")
    assert update.exit_code == 0, update.output
    assert "2 findings are accepted in accepted.json" in update.stdout
    assert "The baseline is updated: 2 newly accepted until 2027-02-25, 0 removed" in update.stdout
    entries = json.loads(Path("accepted.json").read_text())["findings"]
    assert {each["reason"] for each in entries} == {"audit 12"}
    assert {each["accepted"] for each in entries} == {"2026-11-27"}

    written("p.json", allow(OTHER), allow("*", "s3:ListBucket"))
    told = found("p.json", *ZONE, *base)
    status = {each["principalName"]: each["status"] for each in told["findings"]}
    assert status == {"*": "ACTIVE", OTHER: "ARCHIVED"}
    (stale,) = told["stale"]
    assert (stale["principal"], stale["reason"], stale["place"]["file"]) == (
        PARTNER,
        "audit 12",
        "accepted.json",
    )
    text = run("p.json", *ZONE, *base).stdout
    assert "Stale in the baseline: no longer found (--update-baseline takes them out):\n" in text
    assert f"  {stale['id']} of p.json, principal {PARTNER}\n" in text

    update = run("p.json", *ZONE, *base, "--update-baseline", "--expires", "never")
    assert "1 newly accepted for ever, 1 removed" in update.stdout
    entries = json.loads(Path("accepted.json").read_text())["findings"]
    assert {each["expires"] for each in entries} == {None, "2027-02-25"}
    assert run("p.json", *ZONE, *base).exit_code == 0


def test_an_acceptance_that_has_expired_counts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written("p.json", allow(PARTNER))
    base = ("--baseline", "accepted.json")
    update = ("--update-baseline", "--expires", "2026-12-31", "--reason", "until the move")
    assert run("p.json", *ZONE, *base, *update).exit_code == 0
    monkeypatch.setattr(judging, "today", lambda: date(2027, 1, 1))
    result = run("p.json", *ZONE, *base)
    assert result.exit_code == 1
    assert "Note: accepted until 2026-12-31 (until the move): expired, it counts" in result.stdout
    (finding,) = found("p.json", *ZONE, *base)["findings"]
    assert (finding["status"], finding["acceptance"]["expired"]) == ("ACTIVE", True)


def test_a_baseline_is_not_updated_by_half_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    written("d/a.json", allow(PARTNER))
    written("d/b.json", allow(PARTNER))
    update = ("--baseline", "accepted.json", "--update-baseline")
    with monkeypatch.context() as patched:
        _unknown_of(patched, "d/b.json")
        result = run("d", *ZONE, *update)
    assert (result.exit_code, "accepted.json is not updated" in result.stderr) == (1, True)
    saved("d/c.json", "[]")
    result = run("d", *ZONE, *update)
    assert (result.exit_code, "accepted.json is not updated" in result.stderr) == (2, True)
    assert not Path("accepted.json").exists()


def test_what_was_not_looked_at_is_not_stale_but_what_is_no_more_is() -> None:
    for name in ("a.json", "b.json", "c.json"):
        written(name, allow(PARTNER))
    base = ("--baseline", "accepted.json")
    assert run("a.json", "b.json", "c.json", *ZONE, *base, "--update-baseline").exit_code == 0
    Path("c.json").unlink()
    stale = found("a.json", *ZONE, *base, code=0)["stale"]
    assert [each["file"] for each in stale] == ["c.json"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--update-baseline",), "it is written to --baseline"),
        (("--baseline", "b.json", "--update-baseline", "--before", "p.json"), "--before shows"),
        (("--reason", "x"), "go with --update-baseline"),
        (("--expires", "never"), "go with --update-baseline"),
        (("--expires", "soon"), "expected a date"),
    ],
)
def test_options_of_the_baseline_go_together(options: tuple[str, ...], message: str) -> None:
    written("p.json", allow(PARTNER))
    result = run("p.json", *ZONE, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_acceptance_cannot_have_expired_already() -> None:
    written("p.json", allow(PARTNER))
    update = ("--baseline", "b.json", "--update-baseline", "--expires", "2026-11-26")
    result = run("p.json", *ZONE, *update)
    assert (result.exit_code, "cannot have expired" in result.stderr) == (2, True)
    assert not Path("b.json").exists()


# Formats


@pytest.mark.parametrize("output", ["text", "json", "markdown", "sarif"])
def test_equal_questions_have_equal_answers_to_the_byte(output: str) -> None:
    networks = [f"203.0.{number}.0/24" for number in range(9)]
    several = allow([PARTNER, OTHER], ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
    office = allow("*", Condition={"IpAddress": {"aws:SourceIp": networks}})
    deny = allow("*", "s3:PutObject", Condition={"Bool": {"aws:SecureTransport": "false"}})
    written("p.json", several, office, {**deny, "Effect": "Deny"}, *hard(3))
    program = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
    outputs = set()
    for seed in "01234":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        arguments = [*program, "access", "p.json", *ZONE, "--format", output]
        done = subprocess.run(arguments, capture_output=True, env=environment, check=False)
        outputs.add(done.stdout)
    assert len(outputs) == 1
    assert outputs != {b""}


def test_what_goes_wrong_is_json_too_where_json_is_asked_for() -> None:
    result = run("missing*.json", *ZONE, "--format", "json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["schema"] == "iamlogic/error/1"


def test_the_examples_of_the_page_on_archive_rules_agree(tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "examples" / "partner-access"
    shutil.copytree(source, tmp_path / "partner-access")
    told = found(
        "partner-access/reports.json", "--settings", "partner-access/iamlogic.toml", *BUCKET
    )
    assert [each["status"] for each in told["findings"]] == ["ARCHIVED", "ACTIVE", "ACTIVE"]


# check no-public-access


@pytest.fixture
def check() -> Callable[..., Result]:
    def asked(*arguments: str) -> Result:
        return CliRunner().invoke(commands, ["check", "no-public-access", *arguments])

    return asked


def test_no_public_access_passes_and_fails_with_a_statement(check: Callable[..., Result]) -> None:
    written("d/a.json", allow(PARTNER))
    written("d/b.json", allow(OWN), allow("*", Sid="Open"))
    result = check("d", *BUCKET)
    assert result.exit_code == 1
    assert result.stdout.startswith("FAIL: 1 of 2 policies fails\n\nFAIL d/b.json: ")
    assert 'Allow statement 2 "Open" (d/b.json:' in result.stdout
    assert "iamlogic evaluate d/b.json" in result.stdout
    assert check("d/a.json", *BUCKET).stdout == "PASS: every grant is to someone fixed\n"


def test_no_public_access_has_aws_s_members(check: Callable[..., Result]) -> None:
    written("p.json", allow(OWN), allow("*", Sid="Open"))
    told = json.loads(check("p.json", *BUCKET, "--format", "json").stdout)
    assert (told["check"], told["result"]) == ("no-public-access", "FAIL")
    (reason,) = told["reasons"]
    assert (reason["statementIndex"], reason["statementId"]) == (1, "Open")
    assert reason["description"]


def test_no_public_access_needs_a_type_that_aws_takes(check: Callable[..., Result]) -> None:
    written("p.json", allow("*"))
    assert "--type" in check("p.json").stderr
    assert check("p.json", "--type", "AWS::Nothing").exit_code == 2
    written("i.json", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    written("j.json", {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    result = check("i.json", "j.json", *BUCKET)
    assert result.exit_code == 2
    assert result.stderr.count("cannot be read: it names no principals") == 2
