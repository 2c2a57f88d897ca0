"""Sound JSON that is no policy: each mistake has its own message, rule, place and fix."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import iamlogic as il
from iamlogic.syntax.problems import MAX_PROBLEMS

Json = object


def policy(*statements: dict[str, Json], **members: Json) -> dict[str, Json]:
    return {"Version": "2012-10-17", **members, "Statement": list(statements)}


def allow(**members: Json) -> dict[str, Json]:
    """An identity statement with some members replaced, or left out by None."""
    plain = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    return {name: value for name, value in {**plain, **members}.items() if value is not ...}


def trust(principal: Json) -> dict[str, Json]:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"})


def when(**condition: Json) -> dict[str, Json]:
    return policy(allow(Condition=condition))


def problems_of(document: Json) -> tuple[il.Problem, ...]:
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse(json.dumps(document))
    return caught.value.problems


ARN = "arn:aws:iam::111122223333:"
LONE = "Statement[0]"
KELVIN = "StringLi\u212ae"  # its lower case is "stringlike"

MISTAKES = [
    # document, path, rule, part of the message, part of the hint
    # The policy and its members
    (["x"], "policy", "R-P1", "found a list", "Statement may be a list"),
    ({"Statment": [allow()]}, "Statment", "R-P1", "no element of a policy", '"Statement"?'),
    ({"Version": "2012-10-17"}, "policy", "R-P3", "no Statement", None),
    ({"statement": []}, "statement", "R-P10", "no element", 'write "Statement"'),
    (policy(allow(), Condition={}), "Condition", "R-P1", "no element", "under Statement"),
    (policy(allow(), Version="2012-10-18"), "Version", "R-P2", "2012-10-18", '"2012-10-17"?'),
    (policy(allow(), Version="2024"), "Version", "R-P2", "2024", "current version"),
    (policy(allow(), Version=2012), "Version", "R-P14", "the number 2012", None),
    (policy(allow(), Id=7), "Id", "R-P14", "the number 7", None),
    ({"Statement": "x"}, "Statement", "R-P3", 'the text "x"', None),
    ({"Statement": [[allow()]]}, "Statement[0]", "R-P3", "found a list", None),
    # The statement's members
    (policy(allow(Effect=..., Efect="Allow")), f"{LONE}.Efect", "R-P4", "no element", '"Effect"?'),
    (policy(allow(Action=..., action="*")), f"{LONE}.action", "R-P10", "no element", '"Action"'),
    (policy(allow(Action=..., actions="*")), f"{LONE}.actions", "R-P4", "actions", '"Action"?'),
    (policy(allow(Version="x")), f"{LONE}.Version", "R-P4", "Version", "beside Statement"),
    (policy(allow(Comment="x")), f"{LONE}.Comment", "R-P4", "Comment", None),
    (
        policy(allow(NotAction="a:b")),
        f"{LONE}.NotAction",
        "R-P4",
        "both Action and NotAction",
        "two",
    ),
    (policy(allow(NotResource="*")), f"{LONE}.NotResource", "R-P4", "both Resource", "two"),
    (policy(allow(Action=...)), LONE, "R-P4", "neither Action nor NotAction", "*"),
    (policy(allow(Resource=...)), LONE, "R-P7", "neither Resource nor", "Principal"),
    (policy(allow(Effect=...)), LONE, "R-P5", "no Effect", None),
    (policy(allow(Effect="allow")), f"{LONE}.Effect", "R-P5", '"allow"', '"Allow"?'),
    (policy(allow(Effect="Permit")), f"{LONE}.Effect", "R-P5", '"Permit"', None),
    (policy(allow(Effect=True)), f"{LONE}.Effect", "R-P14", "found true", None),
    (policy(allow(Sid="a b")), f"{LONE}.Sid", "R-P15", '" " in a Sid', '"ab"?'),
    (policy(allow(Sid="é")), f"{LONE}.Sid", "R-P15", '"é" in a Sid', None),
    (policy(allow(Sid=5)), f"{LONE}.Sid", "R-P14", "the number 5", None),
    (
        policy(allow(Sid="A"), allow(Sid="A")),
        "Statement[1].Sid",
        "R-P15",
        "stands in Statement[0] already",
        "unique",
    ),
    # Actions
    (policy(allow(Action=5)), f"{LONE}.Action", "R-P14", "the number 5", None),
    (policy(allow(Action=[None])), f"{LONE}.Action[0]", "R-P14", "found null", None),
    (policy(allow(Action=[["*"]])), f"{LONE}.Action[0]", "R-P14", "found a list", "inside each"),
    (policy(allow(Action={})), f"{LONE}.Action", "R-P14", "an empty object", None),
    (policy(allow(Action="GetObject")), f"{LONE}.Action", "R-P16", '"GetObject"', None),
    (policy(allow(Action="s3.GetObject")), f"{LONE}.Action", "R-P16", "s3.", '"s3:GetObject"?'),
    (policy(allow(Action="s3*")), f"{LONE}.Action", "R-P16", '"s3*"', "bare *"),
    (policy(allow(Action="")), f"{LONE}.Action", "R-P16", 'found ""', None),
    (policy(allow(Action="s3:a:b")), f"{LONE}.Action", "R-P16", "one colon", None),
    (policy(allow(Action="arn:aws:s3:::b")), f"{LONE}.Action", "R-P16", "has 5", "Resource?"),
    (policy(allow(Action="s*:Get")), f"{LONE}.Action", "R-P16", "wildcard stands in the", "each"),
    (policy(allow(Action="*:Get")), f"{LONE}.Action", "R-P16", "wildcard stands in the", "each"),
    (policy(allow(Action="s3:")), f"{LONE}.Action", "R-P16", "no name after", '"s3:*"'),
    (policy(allow(Action=":Get")), f"{LONE}.Action", "R-P16", "names no service", None),
    (policy(allow(Action=" s3:Get")), f"{LONE}.Action", "R-P16", "letters, digits", '"s3:Get"?'),
    (policy(allow(Action="s3:${aws:a}")), f"{LONE}.Action", "R-P16", "has 2", "no meaning"),
    # Resources and variables
    (policy(allow(Resource=5)), f"{LONE}.Resource", "R-P14", "the number 5", None),
    (policy(allow(Resource="b/*")), f"{LONE}.Resource", "R-P17", 'starts with "arn:"', None),
    (policy(allow(Resource="logs/*")), f"{LONE}.Resource", "R-P17", "logs", ":::logs/*"),
    (policy(allow(Resource="ARN:a:b:::c")), f"{LONE}.Resource", "R-P17", "ARN", "lower case"),
    (policy(allow(Resource="")), f"{LONE}.Resource", "R-P17", 'found ""', None),
    (policy(allow(Resource="${aws:a}")), f"{LONE}.Resource", "R-P17", "${aws:a}", None),
    (
        policy(allow(Resource="arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:q")),
        f"{LONE}.Resource",
        "R-V3",
        "in the account of a resource",
        "after the fifth colon",
    ),
    (policy(allow(Resource="arn:a:s3:::${aws:a")), f"{LONE}.Resource", "R-V10", "closed", '"}"'),
    (policy(allow(Resource="arn:a:s3:::${}")), f"{LONE}.Resource", "R-V10", "no key", "${$}"),
    (policy(allow(Resource="arn:a:s3:::${a}")), f"{LONE}.Resource", "R-V10", "colon", "${aws:a}"),
    (
        policy(allow(Resource="arn:a:s3:::${a:}")),
        f"{LONE}.Resource",
        "R-V10",
        "no condition key",
        "",
    ),
    (policy(allow(Resource="arn:a:s3:::${ a:b}")), f"{LONE}.Resource", "R-V10", "a space", ""),
    (policy(allow(Resource="arn:a:s3:::${a:b }")), f"{LONE}.Resource", "R-V10", "a space", ""),
    (policy(allow(Resource="arn:a:s3:::${a:${b:c}}")), f"{LONE}.Resource", "R-V10", "closed", ""),
    (policy(allow(Resource="arn:a:s3:::${a:b${b:c}}")), f"{LONE}.Resource", "R-V10", "closed", ""),
    (policy(allow(Resource="arn:a:s3:::${a:b,'c'}")), f"{LONE}.Resource", "R-V7", "default", "one"),
    (policy(allow(Resource="arn:a:s3:::${a:b,  'c'}")), f"{LONE}.Resource", "R-V7", "default", ""),
    (
        policy(allow(Resource="arn:a:s3:::${a:b, c}")),
        f"{LONE}.Resource",
        "R-V7",
        "default",
        "single",
    ),
    (policy(allow(Resource="arn:a:s3:::${a:b, 'c}")), f"{LONE}.Resource", "R-V7", "default", ""),
    (policy(allow(Resource="arn:a:s3:::${aws:TagKeys}")), f"{LONE}.Resource", "R-V9", "many", None),
    # Principals
    (
        policy(allow(Principal="*"), allow(), allow()),
        "Statement[0].Principal",
        "R-P7",
        "an identity policy has none",
        "remove Principal",
    ),
    (
        policy(allow(), allow(Principal="*")),
        "Statement[1].Principal",
        "R-P7",
        "an identity policy has none",
        "remove Principal",
    ),
    (
        policy(allow(Principal="*"), allow(Principal="*"), allow()),
        "Statement[2]",
        "R-P7",
        "names no Principal",
        "add",
    ),
    (trust(f"{ARN}root"), f"{LONE}.Principal", "R-P18", "found the text", '{"AWS": "arn'),
    (trust("ec2.amazonaws.com"), f"{LONE}.Principal", "R-P18", "found the text", '{"Service"'),
    (trust(["*"]), f"{LONE}.Principal", "R-P18", "found a list", None),
    (trust(None), f"{LONE}.Principal", "R-P18", "found null", None),
    (trust({"aws": "*"}), f"{LONE}.Principal.aws", "R-P18", "no type", '"AWS"?'),
    (trust({"Services": "a.b"}), f"{LONE}.Principal.Services", "R-P18", "no type", '"Service"?'),
    (trust({"*": "*"}), f"{LONE}.Principal.*", "R-P18", "no type", None),
    (trust({"AWS": 111122223333}), f"{LONE}.Principal.AWS", "R-P14", "the number", "quotes"),
    (trust({"AWS": [["*"]]}), f"{LONE}.Principal.AWS[0]", "R-P14", "a list", "inside each"),
    (trust({"AWS": f"{ARN}user/*"}), f"{LONE}.Principal.AWS", "R-P20", "wildcard", "PrincipalArn"),
    (trust({"AWS": "1111*"}), f"{LONE}.Principal.AWS", "R-P20", "wildcard", ""),
    (trust({"AWS": f"{ARN}user/a?"}), f"{LONE}.Principal.AWS", "R-P20", "wildcard", ""),
    (trust({"AWS": f"{ARN}user/*/a"}), f"{LONE}.Principal.AWS", "R-P20", "wildcard", ""),
    (trust({"AWS": f"{ARN}user/${{aws:a}}"}), f"{LONE}.Principal.AWS", "R-V3", "variables", None),
    (
        trust({"Service": "*"}),
        f"{LONE}.Principal.Service",
        "R-P20",
        "under Service",
        '{"AWS": "*"}',
    ),
    (trust({"Federated": "*"}), f"{LONE}.Principal.Federated", "R-P20", "under Federated", ""),
    (trust({"AWS": f"{ARN}group/g"}), f"{LONE}.Principal.AWS", "R-P20", "user group", "role"),
    (
        trust({"AWS": f"{ARN}instance-profile/p"}),
        f"{LONE}.Principal.AWS",
        "R-P20",
        "instance profile",
        "role",
    ),
    (trust({"AWS": "11112222333"}), f"{LONE}.Principal.AWS", "R-P19", "expected", "this has 11"),
    (trust({"AWS": "1111-2222-3333"}), f"{LONE}.Principal.AWS", "R-P19", "", '"111122223333"'),
    (trust({"AWS": f" {ARN}root"}), f"{LONE}.Principal.AWS", "R-P19", "", "spaces"),
    (trust({"AWS": "ec2.amazonaws.com"}), f"{LONE}.Principal.AWS", "R-P19", "", 'under "Service"?'),
    (trust({"AWS": "AIDA"}), f"{LONE}.Principal.AWS", "R-P19", "", None),
    (
        trust({"AWS": "arn:aws:sts::111122223333:assumed-role/R"}),
        f"{LONE}.Principal.AWS",
        "R-P19",
        "",
        "/SESSION",
    ),
    (trust({"Service": "ec2"}), f"{LONE}.Principal.Service", "R-P19", "", '"ec2.amazonaws.com"?'),
    (trust({"Service": "EC2.aws"}), f"{LONE}.Principal.Service", "R-P19", "", '"ec2.aws"?'),
    (
        trust({"Federated": "a.example"}),
        f"{LONE}.Principal.Federated",
        "R-P19",
        "",
        "oidc-provider",
    ),
    (trust({"CanonicalUser": "ab"}), f"{LONE}.Principal.CanonicalUser", "R-P19", "64 hex", None),
    # Conditions
    (policy(allow(Condition=[])), f"{LONE}.Condition", "R-P21", "an empty list", None),
    (when(StringEquals="x"), f"{LONE}.Condition.StringEquals", "R-P21", "the text", None),
    (
        when(StringEqual={"aws:a": "b"}),
        f"{LONE}.Condition.StringEqual",
        "R-P22",
        "no condition operator",
        '"StringEquals"?',
    ),
    (when(StringMatches={}), f"{LONE}.Condition.StringMatches", "R-P22", "no condition op", None),
    (when(**{KELVIN: {}}), f"{LONE}.Condition.{KELVIN}", "R-P22", "no condition", "StringLike"),
    (
        when(**{"ForAnyValues:StringLike": {}}),
        f"{LONE}.Condition.ForAnyValues:StringLike",
        "R-P22",
        "no condition operator",
        '"ForAnyValue:StringLike"?',
    ),
    (
        when(**{"aws:Quite": {"x:StringEquals": "b"}}),
        f"{LONE}.Condition.aws:Quite",
        "R-P22",
        "no condition operator",
        "operator stands outside",
    ),
    (when(NullIfExists={}), f"{LONE}.Condition.NullIfExists", "R-P22", "neither", '"Null"'),
    (
        when(**{"ForAllValues:Null": {}}),
        f"{LONE}.Condition.ForAllValues:Null",
        "R-P22",
        "neither a set prefix",
        '"Null"',
    ),
    (
        when(StringEquals={"a": "b"}),
        f"{LONE}.Condition.StringEquals.a",
        "R-P23",
        "no colon",
        "aws:",
    ),
    (when(StringEquals={":a": "b"}), f"{LONE}.Condition.StringEquals.:a", "R-P23", "prefix", None),
    (when(StringEquals={"a:": "b"}), f"{LONE}.Condition.StringEquals.a:", "R-P23", "name", None),
    (
        when(StringEquals={"aws:a": None}),
        f"{LONE}.Condition.StringEquals.aws:a",
        "R-P14",
        "found null",
        None,
    ),
    (
        when(StringEquals={"aws:a": ["b", ["c"]]}),
        f"{LONE}.Condition.StringEquals.aws:a[1]",
        "R-P14",
        "found a list",
        "inside each other",
    ),
    (
        when(StringEquals={"aws:a": {"b": "c"}}),
        f"{LONE}.Condition.StringEquals.aws:a",
        "R-P14",
        "found an object",
        None,
    ),
    (
        when(StringEquals={"aws:SourceArn": "b", "AWS:sourcearn": "c"}),
        f"{LONE}.Condition.StringEquals.AWS:sourcearn",
        "R-P11",
        "the same name",
        "join",
    ),
    (
        when(StringEquals={"aws:a": "b"}, stringequals={"aws:c": "d"}),
        f"{LONE}.Condition.stringequals",
        "R-P11",
        "the same name",
        "join",
    ),
    (
        when(StringLike={"aws:a": "${aws:b"}),
        f"{LONE}.Condition.StringLike.aws:a",
        "R-V10",
        "never closed",
        '"}"',
    ),
]


@pytest.mark.parametrize(("document", "path", "rule", "message", "hint"), MISTAKES)
def test_a_mistake_is_one_error_with_its_rule_place_and_fix(
    document: Json, path: str, rule: str, message: str, hint: str | None
) -> None:
    (problem,) = problems_of(document)
    assert (problem.where.dotted, problem.rule) == (path, rule)
    assert message in problem.message
    assert (problem.hint is None) == (hint is None), problem
    assert (hint or "") in (problem.hint or "")


def test_each_mistake_has_a_message_of_its_own() -> None:
    first = {"Efect", "Statment", "2012-10-18", "StringEqual", "actions", "action"}
    messages = {problems_of(document)[0].message for document, *_ in MISTAKES}
    assert len(messages) > len(MISTAKES) * 0.6
    for word in first:
        assert sum(f'"{word}"' in message for message in messages) == 1


VALUES = [
    # operator, values it takes, values it does not (R-P24)
    (
        "NumericEquals",
        ["0", "-1", "+1.50", "10.0", ".5", "5.", "1e3"],
        ["ten", "", "1,000", "0x1F", "NaN", "inf", "1 ", "٣", "1e99999"],
    ),
    (
        "DateLessThan",
        [
            "2020",
            "2020-02",
            "2020-02-29",
            "2020-01-01T00:00Z",
            "2020-01-01T00:00:00Z",
            "2020-01-01T23:59:59.123+05:30",
            "2020-01-01T00:00:00",
            "0",
            "1577836800",
            "-1.5",
            "0000-01-01",
        ],
        [
            "yesterday",
            "",
            "2020-13",
            "2020-00",
            "2020-01-00",
            "2021-02-29",
            "2020-01-01T24:00Z",
            "2020-01-01T00:60Z",
            "2020-01-01T00:00:00+24:00",
            "2020-1-1",
            "01/02/2020",
            "2020-01-01 00:00:00",
            "20200101T000000Z",
        ],
    ),
    ("Bool", ["true", "false", "True", "FALSE"], ["yes", "1", "", "truе"]),
    ("Null", ["true", "false", "True"], ["null", "", "0"]),
    ("BinaryEquals", ["", "QUJD", "QUI=", "+/+/"], ["QUJ", "QUJD=", "%%%%", "QU JD", "ä"]),
    (
        "NotIpAddress",
        [
            "203.0.113.9",
            "203.0.113.9/24",
            "0.0.0.0/0",
            "::/0",
            "2001:DB8::1",
            "::ffff:192.0.2.1",
            "10.0.0.0/08",
        ],
        [
            "10.0.0",
            "10.0.0.0/33",
            "256.0.0.1",
            "10.0.0.0/255.0.0.0",
            "fe80::1%eth0",
            "::/129",
            "",
            "*",
            "10.0.0.*",
            "10.0.0.0/",
            "010.0.0.1",
        ],
    ),
]


@pytest.mark.parametrize(
    ("operator", "value"), [(operator, value) for operator, good, _ in VALUES for value in good]
)
def test_a_literal_of_the_operators_type_is_read(operator: str, value: str) -> None:
    (condition,) = il.parse(when(**{operator: {"x:y": value}})).statements[0].conditions
    assert [text.text for text in condition.values] == [value]


@pytest.mark.parametrize(
    ("operator", "value"), [(operator, value) for operator, _, bad in VALUES for value in bad]
)
def test_a_literal_of_another_type_is_an_error(operator: str, value: str) -> None:
    (problem,) = problems_of(when(**{operator: {"x:y": value}}))
    assert problem.rule == "R-P24"
    assert f"under {operator}, expected" in problem.message


@pytest.mark.parametrize("operator", [operator for operator, _, _ in VALUES])
def test_a_variable_where_none_works_is_an_error(operator: str) -> None:
    (problem,) = problems_of(when(**{operator: {"x:y": "${aws:username}"}}))
    assert problem.rule == "R-V3"


def test_in_the_old_version_it_is_a_text_of_another_type() -> None:
    # R-V2, R-P24
    document = when(NumericEquals={"x:y": "${aws:username}"})
    (problem,) = problems_of({**document, "Version": "2008-10-17"})
    assert problem.rule == "R-P24"


def test_all_errors_come_at_once_in_the_order_of_the_text() -> None:
    document = policy(
        allow(Effect="allow", Action=["GetObject", "s3:a:b"], Resource="b"),
        allow(Condition={"StringEqual": {"key": None}}),
        Version="2012",
    )
    problems = problems_of(document)
    assert [problem.rule for problem in problems] == [
        "R-P2",
        "R-P5",
        "R-P16",
        "R-P16",
        "R-P17",
        "R-P22",
        "R-P23",
        "R-P14",
    ]
    columns = [problem.where.column or 0 for problem in problems]
    assert columns == sorted(columns)


def test_reading_stops_after_so_many_errors_and_says_so() -> None:
    problems = problems_of(policy(allow(Action=list(range(10 * MAX_PROBLEMS)))))
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].message == f"reading stopped after {MAX_PROBLEMS} errors"


def test_an_error_inside_a_text_points_into_it() -> None:
    (problem,) = problems_of(policy(allow(Resource="arn:aws:s3:::b/${aws:username")))
    line = problem.source_line or ""
    assert line[(problem.where.column or 0) - 1 :].startswith("${aws:username")


def test_an_error_inside_a_text_with_escapes_points_at_the_text() -> None:
    text = '{"Version": "2012-10-17", "Statement": {"Sid": "\\u0041 B", "Effect": "Allow",'
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.parse(text + '"Action": "*", "Resource": "*"}}')
    assert caught.value.column == text.index('"\\u0041') + 1


def test_the_error_has_the_first_problems_place_and_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text('{\n "Statement": [],\n "Ident": "x"\n}', encoding="utf-8")
    with pytest.raises(il.PolicySyntaxError) as caught:
        il.load(file)
    error = caught.value
    assert (error.file, error.line, error.column) == (str(file), 3, 2)
    assert str(error).startswith(f"{file}:3:2: ")
    assert pickle.loads(pickle.dumps(error)).problems == error.problems  # noqa: S301  (our own)


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    with pytest.raises(il.PolicyReadError, match="no such file") as caught:
        il.load(missing)
    assert isinstance(caught.value, il.IamlogicError)
    assert pickle.loads(pickle.dumps(caught.value)).file == str(missing)  # noqa: S301
    for path in (tmp_path, "a\0b"):
        with pytest.raises(il.PolicyReadError):
            il.load(path)


def test_a_file_without_end_is_refused() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no such device here")
    with pytest.raises(il.PolicySyntaxError, match="bytes allowed"):
        il.load("/dev/zero")


def test_import_loads_neither_lark_nor_z3_and_plain_decoded_json_needs_no_lark() -> None:
    program = (
        "import sys, iamlogic\n"
        "heavy = lambda: {'lark', 'z3'} & set(sys.modules)\n"
        "assert not heavy(), heavy()\n"
        "statement = {'Effect': 'Allow', 'Action': 's3:*', 'Resource': 'arn:aws:s3:::b',\n"
        "             'Condition': {'StringLike': {'aws:PrincipalArn': '*'}}}\n"
        "policy = iamlogic.parse({'Version': '2012-10-17', 'Statement': statement})\n"
        "assert not heavy(), heavy()\n"
        "assert iamlogic.parse(iamlogic.format(policy)) == policy\n"
        "assert heavy() == {'lark'}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
