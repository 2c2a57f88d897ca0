"""Reports of external access: blocks, hostile texts, and SARIF that is valid."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

import iamlogic as il
from iamlogic.questions.external.baseline import FindingStatus, JudgedFinding
from iamlogic.reports.external import AccessReport, Change, Looked
from iamlogic.reports.external_blocks import blocks_of
from iamlogic.reports.external_json import access_json
from iamlogic.reports.external_markdown import access_markdown
from iamlogic.reports.external_sarif import access_sarif
from iamlogic.reports.external_text import print_access
from iamlogic.reports.wording import SHOWN

Json = dict[str, Any]
SCHEMA = json.loads((Path(__file__).parents[1] / "data" / "sarif-2.1.0.json").read_text())
ZONE = il.Zone(accounts={"111122223333"})
TODAY = date(2026, 11, 27)
PARTNERS = [f"4444555566{number:02}" for number in range(15)]
NETWORKS = [f"203.0.{number}.0/24" for number in range(40)]
HOSTILE = "a`|[x](http://evil)<b>\x1b[31m\u202e${aws:username}\\"


def statement(**members: object) -> Json:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "444455556666"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::logs/*",
        **members,
    }


def looked_at(*statements: Json, file: str = "p.json") -> Looked:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=2)
    policy = il.parse(text, file=file)
    access = il.external_access(policy, ZONE, resource_type="AWS::S3::Bucket")
    judged = [
        JudgedFinding(finding, FindingStatus.ACTIVE)
        for finding in (*access, *access.confused_deputies)
    ]
    return Looked(file, policy, tuple(judged))


def report(*statements: Json, file: str = "p.json") -> AccessReport:
    return AccessReport((looked_at(*statements, file=file),), ZONE)


def text(about: AccessReport, *, terminal: bool = False) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
        legacy_windows=False,
    )
    print_access(about, console)
    return stream.getvalue()


def sarif(about: AccessReport) -> Json:
    log: Json = json.loads(access_sarif(about))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


# Blocks


def test_a_list_of_forty_networks_is_one_block() -> None:
    networks = statement(Principal="*", Condition={"IpAddress": {"aws:SourceIp": NETWORKS}})
    about = report(networks)
    assert len(about.judged) == len(NETWORKS)
    (block,) = blocks_of(about.judged)
    assert [value.text for value in block.conditions[0].values] == NETWORKS
    for written in (text(about), access_markdown(about)):
        before_example = written.split("For example")[0]
        assert sum(network in before_example for network in NETWORKS) == SHOWN - 1
        assert f"… {len(NETWORKS) - SHOWN + 1} more" in before_example
        assert written.count("iamlogic evaluate") == 1
    assert len(json.loads(access_json(about))["findings"]) == len(NETWORKS)
    assert len(sarif(about)["results"]) == len(NETWORKS)


def test_a_list_of_accounts_is_one_block() -> None:
    about = report(statement(Principal={"AWS": PARTNERS}))
    (block,) = blocks_of(about.judged)
    assert list(block.principals) == PARTNERS
    assert f"lets in {len(PARTNERS)} accounts" in text(about)


def test_combinations_are_one_block_only_where_all_are_there() -> None:
    both = {
        "IpAddress": {"aws:SourceIp": NETWORKS[:3]},
        "StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-west-2"]},
    }
    about = report(statement(Principal="*", Condition=both))
    assert len(about.judged) == 6
    assert len(blocks_of(about.judged)) == 1
    parts = blocks_of(about.judged[:5])
    assert sum(len(block.findings) for block in parts) == 5
    for block in parts:
        values = [len(condition.values) for condition in block.conditions]
        assert values[0] * values[1] == len(block.findings)


@pytest.mark.parametrize(
    "other",
    [
        statement(Principal={"AWS": "777788889999"}, Action="s3:PutObject"),
        statement(Principal={"AWS": "777788889999"}, Resource="arn:aws:s3:::logs"),
        statement(Principal={"AWS": "arn:aws:iam::777788889999:role/r"}),
        statement(Principal={"AWS": "777788889999"}),
    ],
)
def test_what_is_granted_apart_is_shown_apart(other: Json) -> None:
    assert len(blocks_of(report(statement(), other).judged)) == 2


def test_every_finding_is_in_exactly_one_block() -> None:
    about = report(
        statement(Principal={"AWS": PARTNERS}, Action=["s3:GetObject", "s3:ListBucket"]),
        statement(Principal="*", Condition={"IpAddress": {"aws:SourceIp": NETWORKS}}),
        statement(Principal={"Service": "sns.amazonaws.com"}),
    )
    shown = [finding.id for block in blocks_of(about.judged) for finding in block.findings]
    assert sorted(shown) == sorted(judged.finding.id for judged in about.judged)


# Hostile texts


def hostile() -> AccessReport:
    return report(
        statement(
            Sid=HOSTILE,
            Resource=f"arn:aws:s3:::logs/{HOSTILE}".replace("\\", ""),
            Condition={"StringLike": {"s3:prefix": HOSTILE}},
        ),
        file="a`b\x1b]0;c\u202e[d](e).json",
    )


def test_no_format_carries_what_steers_a_terminal() -> None:
    for written in (
        text(hostile()),
        access_markdown(hostile()),
        access_json(hostile()),
        access_sarif(hostile()),
    ):
        assert not {character for character in written if not character.isprintable()} - {"\n"}
        assert "\u202e" not in written


def test_markdown_has_hostile_texts_in_code_only() -> None:
    written = access_markdown(hostile())
    outside = re.sub(r"^ *(`{3,}).*?^ *\1$", "", written, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", outside, flags=re.DOTALL)
    assert "evil" in written
    assert "evil" not in outside
    assert "<b>" not in outside


def test_sarif_messages_have_neither_links_nor_placeholders() -> None:
    (result,) = sarif(hostile())["results"]
    said = result["message"]["text"]
    assert "evil" in said
    assert not re.search(r"(?<!\\)\[", said)
    assert "{" not in said.replace("{{", "").replace("}}", "")


def test_rich_s_markup_means_nothing() -> None:
    about = report(statement(Sid="[bold]x[/bold]"))
    assert "[bold]x[/bold]" in text(about, terminal=True)


def test_text_is_coloured_on_a_terminal_only() -> None:
    assert "\x1b" in text(report(statement()), terminal=True)
    assert "\x1b" not in text(report(statement()))


# SARIF


def test_a_result_stands_at_its_statement() -> None:
    run = sarif(report(statement(), statement(Principal="*", Sid="Open")))
    places = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    rules = [result["ruleId"] for result in run["results"]]
    levels = [result["level"] for result in run["results"]]
    assert (rules, levels) == (["public-access"], ["error"])
    assert [place["startLine"] for place in places] == [12]


def test_each_kind_has_its_rule() -> None:
    run = sarif(
        report(
            statement(),
            statement(Principal="*", Action="s3:ListBucket", Resource="arn:aws:s3:::logs"),
            statement(Principal={"Service": "sns.amazonaws.com"}),
        )
    )
    rules = run["tool"]["driver"]["rules"]
    told = {(result["ruleId"], result["level"]) for result in run["results"]}
    assert told == {
        ("external-access", "warning"),
        ("public-access", "error"),
        ("confused-deputy", "warning"),
    }
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_fingerprints_follow_the_meaning_and_the_file() -> None:
    def prints(*statements: Json, file: str = "p.json") -> list[Json]:
        results = sarif(report(*statements, file=file))["results"]
        return [result["partialFingerprints"] for result in results]

    (one,) = prints(statement(Action=["s3:GetObject", "s3:ListBucket"]))
    (same,) = prints(statement(Action=["S3:listbucket", "s3:GetObject"], Sid="Renamed"))
    (moved,) = prints(statement(Action=["s3:GetObject", "s3:ListBucket"]), file="q.json")
    assert one == same
    assert one["iamlogicFinding/v1"] == moved["iamlogicFinding/v1"]
    assert one["primaryLocationLineHash"] != moved["primaryLocationLineHash"]


def test_what_does_not_count_is_suppressed_and_says_why() -> None:
    looked = looked_at(statement(), statement(Principal={"AWS": "777788889999"}, Action="s3:Put*"))
    criterion = il.Criterion("principal.AWS", eq=("444455556666",))
    rule = il.ArchiveRule("partner", (criterion,), "contract 4711")
    findings = [judged.finding for judged in looked.judged]
    others = [each for each in findings if each.principal != "444455556666"]
    accepted = il.accept(others, il.Baseline(), TODAY, "yearly audit", None)
    judgement = il.judge(findings, [rule], accepted, TODAY)
    about = AccessReport((replace(looked, judged=judgement.findings),), ZONE, baseline="b.json")
    told = [result["suppressions"] for result in sarif(about)["results"]]
    assert [[each["justification"] for each in one] for one in told] == [
        ["archived by partner: contract 4711"],
        ["yearly audit"],
    ]
    later = il.accept(others, il.Baseline(), TODAY, "yearly audit", TODAY)
    expired = il.judge(findings, [], later, date(2027, 1, 1))
    about = AccessReport((replace(looked, judged=expired.findings),), ZONE)
    assert [result["suppressions"] for result in sarif(about)["results"]] == [[], []]


def test_a_preview_says_what_is_new_unchanged_and_absent() -> None:
    old = looked_at(statement(), statement(Principal={"AWS": "777788889999"}, Action="s3:Put*"))
    new = looked_at(statement(), statement(Principal="*", Action="s3:ListBucket"))
    ids = {judged.finding.id: judged.finding for judged in old.judged}
    gone = [ids[each] for each in ids if each not in {judged.finding.id for judged in new.judged}]
    change = Change("old.json", tuple(gone), frozenset(ids))
    run = sarif(AccessReport((new,), ZONE, change=change))
    states = sorted(result["baselineState"] for result in run["results"])
    assert states == ["absent", "new", "unchanged"]


def test_what_could_not_be_answered_is_a_notification() -> None:
    error = il.PolicyReadError("a b.json", "no such file")
    about = AccessReport(
        (Looked("a b.json", error=error), Looked("c.json", reason="the time ran out")), ZONE
    )
    (invocation,) = sarif(about)["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [each["message"]["text"] for each in invocation["toolExecutionNotifications"]]
    assert texts == ["unknown: the time ran out", "a b.json: cannot be read: no such file"]
    uris = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in invocation["toolExecutionNotifications"]
    ]
    assert uris == ["c.json", "a%20b.json"]


def test_nothing_found_is_a_valid_log_without_results() -> None:
    run = sarif(report(statement(Principal={"AWS": "111122223333"})))
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("d/p.json", {"uri": "d/p.json", "uriBaseId": "%SRCROOT%"}),
        ("/tmp/p.json", {"uri": "file:///tmp/p.json"}),  # noqa: S108  (only a name)
        ("a:b#c?.json", {"uri": "a%3Ab%23c%3F.json", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.json", {"uri": "%FF.json", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_names_of_files_are_uris(file: str, uri: Json) -> None:
    (result,) = sarif(report(statement(), file=file))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == uri


# JSON


def test_json_has_aws_s_names_where_they_can_say_it() -> None:
    org = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}
    about = report(statement(Principal="*", Condition=org))
    (finding,) = json.loads(access_json(about))["findings"]
    told = {
        name: finding[name]
        for name in ("principal", "action", "resource", "resourceType", "isPublic", "condition")
    }
    assert told == {
        "principal": {"AWS": "*"},
        "action": ["s3:GetObject"],
        "resource": "arn:aws:s3:::logs",
        "resourceType": "AWS::S3::Bucket",
        "isPublic": False,
        "condition": {"aws:PrincipalOrgID": "o-exampleorgid"},
    }
    assert (finding["findingType"], finding["status"]) == ("ExternalAccess", "ACTIVE")
    assert (finding["principalKind"], finding["principalName"]) == (
        "ORGANIZATION",
        "o-exampleorgid",
    )


def test_what_is_excepted_and_what_deserves_a_look_is_told_everywhere() -> None:
    deny = statement(Effect="Deny", Principal="*", Action="s3:PutObject")
    about = report(statement(Action="s3:*"), deny)
    (finding,) = json.loads(access_json(about))["findings"]
    assert finding["exceptActions"] == ["s3:PutObject"]
    for written in (text(about), access_markdown(about), access_sarif(about)):
        assert re.search(r"but not\W+s3:PutObject", written)
