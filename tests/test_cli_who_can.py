"""`iamlogic who-can`, and `evaluate` and `compare` on stacks, from files to exit code."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from iamlogic.cli import commands

Json = dict[str, Any]

EXAMPLES = Path(__file__).parents[1] / "examples"
PROGRAM = [sys.executable, "-c", "from iamlogic.cli import main; main()"]
ACCOUNT = "111122223333"
IAM = f"arn:aws:iam::{ACCOUNT}:"
BUCKET = "arn:aws:s3:::payroll"
FILE = f"{BUCKET}/2026.csv"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(commands, [str(each) for each in arguments], input=stdin)


def document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: object, resource: object = "*", **further: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(action: object, resource: object = "*", **further: object) -> Json:
    return {**allow(action, resource, **further), "Effect": "Deny"}


def a_user(name: str, *policies: Json, groups: tuple[str, ...] = ()) -> Json:
    return {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDA{name.upper():0<17}",
        "Arn": f"{IAM}user/{name}",
        "UserPolicyList": [
            {"PolicyName": f"P{number}", "PolicyDocument": each}
            for number, each in enumerate(policies, 1)
        ],
        "GroupList": list(groups),
        "AttachedManagedPolicies": [],
        "Tags": [],
    }


def a_role(name: str, trusted: object, *policies: Json) -> Json:
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{name.upper():0<17}",
        "Arn": f"{IAM}role/{name}",
        "AssumeRolePolicyDocument": document(trust),
        "InstanceProfileList": [],
        "RolePolicyList": [
            {"PolicyName": f"P{number}", "PolicyDocument": each}
            for number, each in enumerate(policies, 1)
        ],
        "AttachedManagedPolicies": [],
    }


GROUP = {
    "Path": "/",
    "GroupName": "Finance",
    "GroupId": "AGPAEXAMPLEFIN0000001",
    "Arn": f"{IAM}group/Finance",
    "GroupPolicyList": [
        {"PolicyName": "ReadPayroll", "PolicyDocument": document(allow("s3:Get*", f"{BUCKET}/*"))}
    ],
    "AttachedManagedPolicies": [],
}
ANN = a_user("ann", groups=("Finance",))
BEN = a_user("ben", document(allow("sts:AssumeRole", f"{IAM}role/*")))
DEPLOY = a_role("Deploy", {"AWS": f"{IAM}root"}, document(allow(["s3:*", "lambda:*"])))
HARD_VALUES = [f"${{s3:v{number}}}-{number}" for number in range(9)]
HARD = a_user(
    "hard",
    document(allow("s3:*", Condition={"ForAnyValue:StringLike": {"s3:k": HARD_VALUES}})),
)
"""More variables in one condition than the solver tells apart."""


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
    return path


def details(folder: Path, *identities: Json, name: str = "details.json") -> Path:
    users = [each for each in identities if "UserName" in each]
    roles = [each for each in identities if "RoleName" in each]
    page: Json = {"UserDetailList": users, "RoleDetailList": roles, "Policies": []}
    return write(folder / name, {**page, "GroupDetailList": [GROUP]})


def who(account: Path, *arguments: str | Path) -> Result:
    return run("who-can", "--account-details", account, *arguments)


def listed(account: Path, *arguments: str | Path) -> list[str]:
    result = who(account, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["unknown"] == []
    return [each["principal"].removeprefix(IAM) for each in answer["principals"]]


READ = ("--action", "s3:GetObject", "--resource", FILE)


# The answer


def test_the_text_says_how_many_then_who_what_and_why(tmp_path: Path) -> None:
    result = who(details(tmp_path, ANN, BEN, DEPLOY), *READ)
    assert (result.exit_code, result.stderr) == (0, "")
    first, *paragraphs = result.stdout.split("\n\n")
    assert first == f"3 of 4 principals can: Action s3:GetObject; Resource {FILE}"
    ann, deploy, root = (each.splitlines() for each in paragraphs)
    assert ann[0] == f"{IAM}user/ann"
    assert ann[1] == f"  s3:GetObject on {FILE} in {ACCOUNT}"
    assert "group/Finance: inline policy ReadPayroll" in ann[2]
    assert deploy[0] == f"{IAM}role/Deploy"
    assert "role/Deploy: inline policy P1" in deploy[2]
    assert root[0] == f"{IAM}root"
    assert "the root user" in root[2]


def test_the_text_shows_what_a_request_needs_in_its_context(tmp_path: Path) -> None:
    condition = {
        "Bool": {"aws:SecureTransport": "false"},
        "StringEquals": {"s3:prefix": "a|b \x1b[31m"},
    }
    careful = a_user("careful", document(allow("s3:*", Condition=condition)))
    result = who(details(tmp_path, careful), *READ)
    assert "aws:SecureTransport = false" in result.stdout
    assert "s3:prefix = a|b \\x1b[31m" in result.stdout
    assert "\x1b" not in result.output
    table = who(details(tmp_path, careful), *READ, "--format", "markdown").stdout
    assert "s3:prefix = a\\|b \\x1b[31m" in table  # in a code span
    assert "\x1b" not in table


def test_ways_through_roles_are_told_role_by_role(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    assert listed(account, *READ) == ["user/ann", "role/Deploy", "root"]
    way = (*READ, "--through-roles", "1")
    assert listed(account, *way) == ["user/ann", "user/ben", "role/Deploy", "root"]
    text = who(account, *way).stdout
    ben = text[text.index(f"{IAM}user/ben") : text.index(f"\n\n{IAM}role/Deploy")].splitlines()
    assert ben[1].startswith(f"  assumes {IAM}role/Deploy: allowed by the identity policy")
    assert "role trust policy" in ben[1]
    assert ben[2] == f"  s3:GetObject on {FILE} in {ACCOUNT}"
    table = who(account, *way, "--format", "markdown").stdout
    assert f"`{IAM}user/ben` → `{IAM}role/Deploy`" in table


def test_markdown_is_a_table_with_a_row_for_each(tmp_path: Path) -> None:
    result = who(details(tmp_path, ANN, BEN, DEPLOY), *READ, "--format", "markdown")
    assert result.exit_code == 0
    headline, _, _, _, empty, head, rule, *rows = result.stdout.splitlines()
    assert headline.startswith("### 3 of 4 principals can")
    assert (empty, rule) == ("", "|---|---|---|")
    assert len(rows) == 3
    for row in (head, *rows):
        assert row.startswith("| ")
        assert row.endswith(" |")
        assert row.replace("\\|", "").count("|") == 4


def test_json_has_witnesses_that_evaluate_repeats(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    result = who(account, *READ, "--through-roles", "1", "--format", "json")
    answer = json.loads(result.stdout)
    assert answer["schema"] == "iamlogic/who-can/1"
    ben = answer["principals"][1]
    (hop,) = ben["path"]
    assert hop["role"] == f"{IAM}role/Deploy"
    assert hop["witness"]["principal"] == f"{IAM}user/ben"
    assert hop["witness"]["action"] == "sts:AssumeRole"
    assert {each["policy"] for each in hop["statements"]} == {"IDENTITY", "TRUST"}
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/"
    assert ben["witness"]["principal"].startswith(session)
    (statement,) = ben["statements"]
    assert statement["effect"] == "Allow"
    assert statement["file"] == "role/Deploy: inline policy P1"
    policy = write(tmp_path / "policy.json", document(allow(["s3:*", "lambda:*"])))
    repeated = run("evaluate", policy, "--request", json.dumps(ben["witness"]))
    assert repeated.exit_code == 0, repeated.output


def test_nobody_is_an_answer_too(tmp_path: Path) -> None:
    closed = write(tmp_path / "org.json", {"scps": [[document(allow("ec2:*"))]]})
    result = who(details(tmp_path, ANN), *READ, "--organization", closed)
    assert result.exit_code == 0
    assert result.stdout == f"0 of 2 principals can: Action s3:GetObject; Resource {FILE}\n"


# What is asked


def test_several_actions_and_resources_are_one_scope(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    both = ("--action", "s3:GetObject", "--action", "lambda:InvokeFunction")
    here = ("--resource", "arn:aws:s3:::other/*", "--resource", FILE)
    assert listed(account, *both, *here) == ["user/ann", "role/Deploy", "root"]
    assert listed(account, *both, *here[:2]) == ["role/Deploy", "root"]
    assert listed(account, *both) == ["user/ann", "role/Deploy", "root"]


def test_a_scope_is_a_text_a_file_or_standard_input(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    scope = {"Action": "s3:Get*", "Resource": FILE, "Principal": {"AWS": f"{IAM}user/ann"}}
    text = json.dumps(scope)
    assert listed(account, "--scope", text) == ["user/ann"]
    assert listed(account, "--scope", write(tmp_path / "scope.json", text)) == ["user/ann"]
    piped = run("who-can", "--account-details", str(account), "--scope", "-", stdin=text)
    assert piped.exit_code == 0
    assert piped.stdout.startswith("1 of ")
    assert "Principal AWS: " in piped.stdout


def test_only_some_principals_are_asked_about(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    some = ("--principal", f"{IAM}role/Deploy", "--principal", f"{IAM}user/ben")
    assert listed(account, *READ, *some) == ["role/Deploy"]
    assert who(account, *READ, *some).stdout.startswith("1 of 2 principals can: ")


def test_pages_are_one_account(tmp_path: Path) -> None:
    first = details(tmp_path, ANN, name="1.json")
    second = write(
        tmp_path / "2.json",
        {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [DEPLOY], "Policies": []},
    )
    assert listed(first, "--account-details", second, *READ) == ["user/ann", "role/Deploy", "root"]


def test_policies_of_resources_and_of_the_organization_count(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    resource_policy = document(
        {**deny("s3:*"), "Principal": {"AWS": f"{IAM}user/ann"}},
        {**allow("s3:GetObject"), "Principal": {"AWS": f"{IAM}user/ben"}},
    )
    as_object = write(tmp_path / "resources.json", {BUCKET: resource_policy})
    name = quote(BUCKET, safe="")
    write(tmp_path / "resources" / f"{name}.json", resource_policy)
    for resources in (as_object, tmp_path / "resources"):
        given = (*READ, "--resource-policies", resources)
        assert listed(account, *given) == ["user/ben", "role/Deploy", "root"]
    rcp = document({**deny("s3:*", Condition=_of_roles()), "Principal": "*"})
    scp = document(allow(["s3:*", "sts:*"]))
    organization = {"scps": [[document(allow("*"))], [scp]], "rcps": [[rcp]]}
    as_object = write(tmp_path / "org.json", organization)
    write(tmp_path / "org" / "scps" / "1-root" / "all.json", document(allow("*")))
    write(tmp_path / "org" / "scps" / "2-unit" / "some.json", scp)
    write(tmp_path / "org" / "rcps" / "1-root" / "roles.json", rcp)
    for around in (as_object, tmp_path / "org"):
        assert listed(account, *READ, "--organization", around) == ["user/ann", "root"]
        invoking = ("--action", "lambda:InvokeFunction", "--organization", around)
        assert listed(account, *invoking) == []
    organization["management_account"] = True  # type: ignore[assignment]
    write(tmp_path / "org.json", organization)
    free = listed(account, *READ, "--organization", as_object)
    assert free == ["user/ann", "role/Deploy", "root"]


def _of_roles() -> Json:
    return {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}


def test_all_requests_are_those_that_aws_never_sends_too(tmp_path: Path) -> None:
    never = a_user("never", document(allow("s3:*", Condition={"Null": {"aws:userid": "true"}})))
    account = details(tmp_path, never)
    assert listed(account, *READ) == ["root"]
    assert listed(account, *READ, "--all-requests") == ["user/never", "root"]


def test_processes_share_the_work(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, BEN, DEPLOY)
    arguments = ["who-can", "--account-details", str(account), *READ, "--through-roles", "1"]
    results = [
        subprocess.run(
            [*PROGRAM, *arguments, "--jobs", jobs], capture_output=True, text=True, check=False
        )
        for jobs in ("1", "2")
    ]
    assert [result.returncode for result in results] == [0, 0], results[1].stderr
    assert results[0].stdout == results[1].stdout != ""


# Not known


def test_what_is_not_known_of_somebody_leaves_with_3(tmp_path: Path) -> None:
    account = details(tmp_path, ANN, HARD)
    result = who(account, *READ)
    assert result.exit_code == 3
    headline, *_, last = result.stdout.splitlines()
    assert headline.startswith("2 of 3 principals can, of 1 it is not known: ")
    assert last.startswith(f"{IAM}user/hard: unknown: too many variables")
    answer = json.loads(who(account, *READ, "--format", "json").stdout)
    assert [each["principal"] for each in answer["unknown"]] == [f"{IAM}user/hard"]
    assert answer["unknown"][0]["reason"].startswith("too many variables")
    table = who(account, *READ, "--format", "markdown")
    assert table.exit_code == 3
    assert f"- `{IAM}user/hard`: unknown: " in table.stdout
    assert who(account, *READ, "--principal", f"{IAM}user/ann").exit_code == 0


def test_a_timeout_leaves_with_3_and_names_nobody_wrongly(tmp_path: Path) -> None:
    people = [a_user(f"a{n}", document(allow("s3:Get*", f"{BUCKET}{n}/*"))) for n in range(9)]
    denied = {f"{BUCKET}{n}": document({**deny("s3:*"), "Principal": "*"}) for n in range(9)}
    around = ("--resource-policies", write(tmp_path / "resources.json", denied))
    given = ("--action", "s3:GetObject", *around, "--timeout", "0.000001", "--format", "json")
    result = who(details(tmp_path, *people), *given)
    assert result.exit_code == 3, result.output
    answer = json.loads(result.stdout)
    reasons = {each["reason"] for each in answer["unknown"]}
    assert reasons == {"the timeout was hit"}
    assert f"{IAM}user/a0" not in [each["principal"] for each in answer["principals"]]


# What cannot be read


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--action"),
        (("--resource", FILE), "--action"),
        (("--action", "s3:GetObject", "--scope", '{"Action": "*"}'), "--scope"),
        (("--scope", '{"Action": "*"}', "--resource", FILE), "--scope"),
        ((*READ, "--jobs", "0"), "--jobs"),
        ((*READ, "--through-roles", "-1"), "--through-roles"),
        ((*READ, "--timeout", "0"), "--timeout"),
        ((*READ, "--format", "yaml"), "--format"),
    ],
)
def test_a_misused_command_leaves_with_2(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    result = who(details(tmp_path, ANN), *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_the_help_has_a_command_to_copy() -> None:
    shown = [line.strip() for line in run("who-can", "--help").stdout.splitlines()]
    at = shown.index("iamlogic who-can --account-details details.json \\")
    assert shown[at + 1].startswith("--action s3:GetObject --resource arn:")


def test_the_account_must_be_given() -> None:
    result = run("who-can", *READ)
    assert result.exit_code == 2
    assert "--account-details" in result.stderr


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--action", "s3GetObject", 'found "s3GetObject"'),
        ("--resource", "payroll", 'found "payroll"'),
        ("--scope", '{"Effect": "Allow", "Action": "*"}', '--scope:1:2: "Effect"'),
        ("--scope", '{"Action": "*"', "--scope:1:15: the text ends too early"),
        ("--scope", '{"Resource": "*"}', "Action"),
        ("--scope", "[]", "cannot be read"),
        ("--principal", f"{IAM}user/anne", f"did you mean {IAM}user/ann?"),
        ("--resource-policies", "{file}", '"bucket" is not the ARN of a resource'),
        ("--organization", "{file}", '"bucket"'),
        ("--scope", "{file}", '"bucket" is no element of a scope'),
    ],
)
def test_what_cannot_be_read_leaves_with_2_and_says_where(
    option: str, content: str, message: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "given.json", '{"bucket": {"Statement": []}}')
    given = [option, content.replace("{file}", str(file))]
    asked = list(READ)
    if option == "--scope":
        asked = []
    if option == "--action":
        asked = asked[2:]
    account = details(tmp_path, ANN)
    result = who(account, *asked, *given)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    if content == "{file}":
        assert "given.json" in result.stderr
    as_json = who(account, *asked, *given, "--format", "json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.stdout)["schema"] == "iamlogic/error/1"


@pytest.mark.parametrize("option", ["--account-details", "--resource-policies", "--organization"])
def test_a_file_that_is_not_there_leaves_with_2(option: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone.json"
    given = [option, str(gone)]
    own = (
        [] if option == "--account-details" else ["--account-details", str(details(tmp_path, ANN))]
    )
    result = run("who-can", *own, *READ, *given)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "gone.json: cannot be read: no such file" in result.stderr


def test_what_is_no_account_leaves_with_2(tmp_path: Path) -> None:
    result = who(write(tmp_path / "details.json", '{"bucket": {"Statement": []}}'), *READ)
    assert (result.exit_code, result.stdout) == (2, "")
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    names = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
    for error, name in zip(errors, names, strict=True):
        assert name in error


def test_every_mistake_of_the_policies_is_told(tmp_path: Path) -> None:
    wrong = a_user("ann", document({**allow("s3:*"), "Effect": "Alow"}, allow("s3")))
    result = who(details(tmp_path, wrong), *READ)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "user/ann: inline policy P1" in result.stderr
    assert 'found the effect "Alow"' in result.stderr
    assert 'found "s3"' in result.stderr


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--resource-policies", {BUCKET: document(allow("s3:*"))}, "Principal"),
        ("--organization", {"scps": [[document({**allow("*"), "Principal": "*"})]]}, "Principal"),
        ("--organization", {"rcps": [[document({**deny("*"), "Principal": "*"})]]}, "RCP"),
        ("--organization", {"scps": [document(allow("*"))]}, "scps"),
    ],
)
def test_a_policy_is_held_to_the_row_of_its_type(
    option: str, content: Json, message: str, tmp_path: Path
) -> None:
    given = write(tmp_path / "given.json", content)
    result = who(details(tmp_path, ANN), *READ, option, given)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert message in result.stderr


def test_names_in_an_account_cannot_steer_the_terminal(tmp_path: Path) -> None:
    hostile = a_user("ann", document(allow("s3:*")))
    hostile["UserPolicyList"][0]["PolicyName"] = "P\x1b[31m\u202e"
    account = details(tmp_path, hostile)
    for output in ("text", "markdown", "json"):
        result = who(account, *READ, "--format", output)
        assert result.exit_code == 0
        assert "\x1b" not in result.output
        assert "\u202e" not in result.output


def test_the_example_account_answers_as_its_guide_says() -> None:
    folder = EXAMPLES / "account"
    given = ("--resource-policies", folder / "resource-policies.json", *READ)
    assert listed(folder / "details.json", *given) == ["user/ana", "role/deploy-web", "root"]
    everybody = listed(folder / "details.json", *given, "--through-roles", "1")
    assert everybody == ["user/ana", "user/ben", "role/deploy-web", "root"]


# Stacks on the command line


FULL_ACCESS = document(allow("*"))
REQUEST = (
    "--principal",
    f"{IAM}user/ann",
    "--action",
    "s3:GetObject",
    "--resource",
    FILE,
)


def test_a_stack_is_files_beside_it_and_policies_written_out(tmp_path: Path) -> None:
    write(tmp_path / "policies" / "read.json", document(allow("s3:Get*")))
    stack = {"identity": ["policies/read.json"], "scps": [[FULL_ACCESS], [FULL_ACCESS]]}
    result = run("evaluate", write(tmp_path / "stack.json", stack), *REQUEST)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("ALLOWED: ")
    for layer in ("identity policy", "policy of level 1", "policy of level 2", "read.json:"):
        assert layer in result.stdout
    scps = [[FULL_ACCESS], [document(allow("*"), deny("s3:GetObject"))]]
    stack |= {"scps": scps}
    denied = run("evaluate", write(tmp_path / "stack.json", stack), *REQUEST, "--format", "json")
    assert denied.exit_code == 1
    answer = json.loads(denied.stdout)
    assert answer["outcome"] == "EXPLICITLY_DENIED"
    layers = [(each["type"], each["level"], each["outcome"]) for each in answer["layers"]]
    assert ("SCP", 0, "ALLOWED") in layers
    assert ("SCP", 1, "EXPLICITLY_DENIED") in layers
    (statement,) = answer["statements"]
    assert (statement["policy"], statement["number"]) == ("SCP", 2)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, 1),
        ({"identity": [document(allow("s3:*"))]}, 0),
        ({"identity": [document(allow("s3:*"))], "boundary": document(allow("ec2:*"))}, 1),
        ({"identity": [document(allow("s3:*"))], "scps": [[]]}, 1),
        ({"identity": [document(allow("s3:*"))], "scps": [[]], "management_account": True}, 0),
        ({"resource": document({**allow("s3:*"), "Principal": {"AWS": f"{IAM}user/ann"}})}, 0),
        ({"resource": document({**allow("s3:*"), "Principal": {"AWS": ACCOUNT}})}, 1),
        (
            {
                "identity": [document(allow("s3:*"))],
                "rcps": [[document({**deny("s3:*"), "Principal": "*"})]],
            },
            1,
        ),
        (
            {
                "identity": [document(allow("s3:*"))],
                "vpc_endpoint": document({**allow("ec2:*"), "Principal": "*"}),
            },
            1,
        ),
    ],
)
def test_every_layer_of_a_stack_has_its_say(members: Json, code: int, tmp_path: Path) -> None:
    stack = write(tmp_path / "stack.json", {"scps": [], **members})
    result = run("evaluate", stack, *REQUEST)
    assert result.exit_code == code, result.output


def test_stacks_are_compared() -> None:
    before, after = (EXAMPLES / "guardrail" / name for name in ("before.json", "after.json"))
    fewer = run("compare", before, after)
    assert fewer.exit_code == 0
    assert fewer.stdout.startswith("less permissive: ")
    assert '"NoUsers"' in fewer.stdout
    more = run("compare", after, before, "--format", "json")
    assert more.exit_code == 1
    (difference,) = json.loads(more.stdout)["gained"]
    for stack, code in [(before, 0), (after, 1)]:
        witness = json.dumps(difference["witness"])
        assert run("evaluate", stack, "--request", witness).exit_code == code
    assert run("compare", before, before).stdout.startswith("equivalent: ")


def test_the_command_that_a_comparison_of_stacks_prints_runs(tmp_path: Path) -> None:
    before, after = (EXAMPLES / "guardrail" / name for name in ("before.json", "after.json"))
    text = run("compare", before, after).stdout
    start = text.index("iamlogic evaluate")
    command = shlex.split(text[start : text.index("\n\n", start)].replace("\\\n", " "))
    result = subprocess.run(
        [*PROGRAM, *command[1:]], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (result.returncode, result.stdout[:8]) == (0, "ALLOWED:"), result.stderr


def test_a_stack_and_a_policy_are_not_compared(tmp_path: Path) -> None:
    policy = write(tmp_path / "policy.json", FULL_ACCESS)
    stack = write(tmp_path / "stack.json", {"identity": ["policy.json"]})
    result = run("compare", stack, policy)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "stack" in result.stderr


WRONG_STACK = """{
  "identity": [{"Statement": []}, 5],
  "boundry": "x.json",
  "scps": ["a.json"],
  "rcps": 5,
  "session": ["a.json"],
  "management_account": "yes",
  "canonical_users": {"ab": 5}
}"""


def test_every_mistake_of_a_stack_is_told_with_its_place(tmp_path: Path) -> None:
    stack = write(tmp_path / "stack.json", WRONG_STACK)
    result = run("evaluate", stack, *REQUEST)
    assert (result.exit_code, result.stdout) == (2, "")
    places = [
        line.partition("stack.json:")[2].split(": ", 1)
        for line in result.stderr.splitlines()
        if line.startswith("error: ")
    ]
    assert [place for place, _ in places] == ["2:35", "3:3", "4:12", "5:11", "6:14", "7:25", "8:29"]
    messages = [message for _, message in places]
    assert "the number 5" in messages[0]
    assert '"boundry" is no member of a stack' in messages[1]
    assert 'did you mean "boundary"?' in result.stderr
    assert "true or false" in messages[5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"identity": []', "stack.json:1:16"),
        ('{"identity": [], "identity": []}', 'stack.json:1:18: "identity" occurs twice'),
        ('{"identity": [{"Statement": {"Effect": "Alow"}}]}', "stack.json:1:40"),
        ('{"identity": ["gone.json"]}', "gone.json: cannot be read"),
        ('{"identity": ["wrong.json"]}', "wrong.json:1:2"),
        (
            '{"boundary": {"Statement":\n{"Effect": "Allow", "Action": "*",\n"Principal": "*"}}}',
            "stack.json:3:1: a permissions boundary has no Principal",
        ),
        (
            '{"identity": [],\n"resource": {"Statement": {"Effect": "Allow", "Action": "*"}}}',
            "stack.json:2:27: ",
        ),
        ('{"canonical_users": {"ab": "111122223333"}}', "'ab' is no canonical user"),
        ("[]", "stack.json:1:1"),
        ("{}", "stack.json:1:1"),
    ],
)
def test_a_stack_that_cannot_be_read_leaves_with_2(text: str, message: str, tmp_path: Path) -> None:
    write(tmp_path / "wrong.json", '{"Statment": []}')
    result = run("evaluate", write(tmp_path / "stack.json", text), *REQUEST)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert message in result.stderr


def test_a_stack_from_standard_input_finds_its_files_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "policy.json", FULL_ACCESS)
    monkeypatch.chdir(tmp_path)
    text = '{"identity": ["policy.json"]}'
    assert run("evaluate", "-", *REQUEST, stdin=text).exit_code == 0


def test_warnings_of_the_policies_of_a_stack_are_told(tmp_path: Path) -> None:
    write(tmp_path / "policy.json", document(allow([], "*")))
    stack = write(tmp_path / "stack.json", {"identity": ["policy.json"]})
    result = run("evaluate", stack, *REQUEST)
    assert result.exit_code == 1
    assert "warning: " in result.stderr
    assert "policy.json:" in result.stderr
