"""What a text becomes: the nodes of a Policy, their places, and what counts as equal."""

import json
import pickle
from decimal import Decimal

import pytest

import iamlogic as il
from iamlogic.errors import Where
from iamlogic.syntax.policy import (
    Effect,
    Escape,
    Policy,
    PolicyKind,
    PrincipalForm,
    PrincipalType,
    Text,
    Variable,
    Version,
)

BUCKET_POLICY = """{
  "Version": "2012-10-17",
  "Id": "bucket",
  "Statement": [
    {
      "Sid": "Read it",
      "Effect": "Allow",
      "Principal": {"AWS": ["111122223333", "*"], "Service": "ec2.amazonaws.com"},
      "NotAction": "s3:Put*",
      "Condition": {"StringLike": {"aws:PrincipalArn": ["a", "b"]}, "bool": {"x:y": true}}
    },
    {"Effect": "Deny", "NotPrincipal": "*", "Action": ["s3:*"], "NotResource": "arn:a:s3:::b"}
  ]
}"""


def test_every_element_is_read() -> None:
    policy = il.parse(BUCKET_POLICY)
    assert (policy.version, policy.id, policy.kind) == (
        Version.V2012,
        "bucket",
        PolicyKind.RESOURCE,
    )
    first, second = policy.statements
    assert (first.effect, second.effect) == (Effect.ALLOW, Effect.DENY)
    assert (first.sid, second.sid) == ("Read it", None)
    assert first.actions.negated
    assert [str(p) for p in first.actions.patterns] == ["s3:Put*"]
    assert first.resources is None
    assert second.resources is not None
    assert second.resources.negated
    assert first.principals is not None
    assert second.principals is not None
    assert [entry.form for entry in first.principals.entries] == [
        PrincipalForm.ACCOUNT,
        PrincipalForm.EVERYONE,
        PrincipalForm.SERVICE,
    ]
    assert (first.principals.negated, second.principals.negated) == (False, True)
    assert second.principals.entries[0].type is PrincipalType.ANY
    assert [(str(c.operator), c.key, c.values) for c in first.conditions] == [
        ("StringLike", "aws:PrincipalArn", (Text("a"), Text("b"))),
        ("Bool", "x:y", (Text("true"),)),
    ]


def test_every_node_knows_its_line_column_and_path() -> None:
    policy = il.parse(BUCKET_POLICY, file="bucket.json")
    first, second = policy.statements
    assert first.principals is not None
    assert second.resources is not None
    places = [
        (first.where, 5, 5, "Statement[0]"),
        (first.principals.where, 8, 7, "Statement[0].Principal"),
        (first.principals.entries[1].where, 8, 45, "Statement[0].Principal.AWS[1]"),
        (first.principals.entries[2].where, 8, 62, "Statement[0].Principal.Service"),
        (first.actions.where, 9, 7, "Statement[0].NotAction"),
        (first.actions.patterns[0].where, 9, 20, "Statement[0].NotAction"),
        (first.conditions[0].where, 10, 36, "Statement[0].Condition.StringLike.aws:PrincipalArn"),
        (
            first.conditions[0].values[1].where,
            10,
            62,
            "Statement[0].Condition.StringLike.aws:PrincipalArn[1]",
        ),
        (first.conditions[1].values[0].where, 10, 85, "Statement[0].Condition.bool.x:y"),
        (second.where, 12, 5, "Statement[1]"),
        (second.actions.patterns[0].where, 12, 56, "Statement[1].Action[0]"),
        (second.resources.patterns[0].where, 12, 80, "Statement[1].NotResource"),
    ]
    lines = BUCKET_POLICY.split("\n")
    for where, line, column, dotted in places:
        assert (where.line, where.column, where.dotted) == (line, column, dotted)
        assert where.file == "bucket.json"
        assert lines[line - 1][column - 1] in '"{t'


def test_decoded_json_gives_paths_without_lines() -> None:
    policy = il.parse(json.loads(BUCKET_POLICY))
    where = policy.statements[1].actions.patterns[0].where
    assert where == Where(("Statement", 1, "Action", 0))


def test_bytes_and_carriage_returns_read_like_text() -> None:
    text = BUCKET_POLICY.replace("\n", "\r\n")
    assert il.parse(text.encode()) == il.parse(BUCKET_POLICY)
    assert il.parse(text).statements[1].where.line == 12


def test_a_policy_is_equal_hashable_and_picklable_whatever_its_places() -> None:
    policy, flat = il.parse(BUCKET_POLICY), il.parse(json.loads(BUCKET_POLICY))
    assert policy == flat
    assert len({policy, flat}) == 1
    copy = pickle.loads(pickle.dumps(policy))  # noqa: S301  (our own)
    assert copy == policy
    assert copy.statements[0].where == policy.statements[0].where


def only(resource: str, version: str | None = "2012-10-17") -> Text:
    document: dict[str, object] = {"Version": version} if version else {}
    statement = {"Effect": "Allow", "Action": "*", "Resource": resource}
    policy = il.parse({**document, "Statement": statement})
    assert policy.statements[0].resources is not None
    return policy.statements[0].resources.patterns[0]


ARN = "arn:aws:s3:::"


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("${aws:username}", (Variable("aws:username"),)),
        ("b/${aws:username}/*", ("b/", Variable("aws:username"), "/*")),
        ("${aws:PrincipalTag/a, 'b c*'}", (Variable("aws:PrincipalTag/a", "b c*"),)),
        ("${aws:PrincipalTag/a, ''}", (Variable("aws:PrincipalTag/a", ""),)),
        ("${a:b, '${c'}", (Variable("a:b", "${c"),)),
        ("${aws:PrincipalTag/a:b@c/d}", (Variable("aws:PrincipalTag/a:b@c/d"),)),
        ("${*}${?}${$}{x}", (Escape("*"), Escape("?"), Escape("$"), "{x}")),
        ("${a:b}${c:d}", (Variable("a:b"), Variable("c:d"))),
        ("$${a:b}$", ("$", Variable("a:b"), "$")),
        ("é\n${a:é}", ("é\n", Variable("a:é"))),
    ],
)
def test_variables_defaults_and_escapes(text: str, template: tuple[object, ...]) -> None:
    first, *rest = template
    prefixed = (ARN + first, *rest) if isinstance(first, str) else (ARN, *template)
    assert only(ARN + text).template == prefixed


@pytest.mark.parametrize("text", ["a$b", "a$", "{aws:username}", "*", "$*"])
def test_a_text_without_variables_has_no_template(text: str) -> None:
    assert only(ARN + text).template is None


@pytest.mark.parametrize("version", ["2008-10-17", None])
@pytest.mark.parametrize("text", ["${aws:username}", "${*}", "${", "${x}", "${}"])
def test_in_the_old_version_there_are_no_variables(version: str | None, text: str) -> None:
    assert only(ARN + text, version).template is None  # R-V2


def test_an_escape_may_stand_before_the_fifth_colon_and_a_colon_in_a_variable_counts_not() -> None:
    assert only("arn:aws:s3:${*}::b/${a:b}").template is not None
    with pytest.raises(il.PolicySyntaxError, match="R-V3"):
        only("arn:aws:s3::${a:b}b")


def principal(kind: str, text: str) -> tuple[object, ...]:
    statement = {"Effect": "Allow", "Principal": {kind: text}, "Action": "*"}
    policy = il.parse({"Statement": statement})
    assert policy.statements[0].principals is not None
    (entry,) = policy.statements[0].principals.entries
    return (entry.type.value, entry.form, entry.partition, entry.account, entry.name)


A = "111122223333"


@pytest.mark.parametrize(
    ("kind", "text", "form", "partition", "account", "name"),
    [
        ("AWS", "*", PrincipalForm.EVERYONE, None, None, None),
        ("AWS", A, PrincipalForm.ACCOUNT, None, A, None),
        ("AWS", f"arn:aws:iam::{A}:root", PrincipalForm.ACCOUNT, "aws", A, None),
        ("AWS", f"arn:aws-cn:iam::{A}:user/a", PrincipalForm.USER, "aws-cn", A, "a"),
        ("AWS", f"arn:aws:iam::{A}:user/p/q/a@b", PrincipalForm.USER, "aws", A, "p/q/a@b"),
        ("AWS", f"arn:aws:iam::{A}:user/!:~/a", PrincipalForm.USER, "aws", A, "!:~/a"),
        ("AWS", f"arn:aws:iam::{A}:user/root", PrincipalForm.USER, "aws", A, "root"),
        ("AWS", f"arn:aws-us-gov:iam::{A}:role/p/r", PrincipalForm.ROLE, "aws-us-gov", A, "p/r"),
        ("AWS", f"arn:aws:sts::{A}:assumed-role/r/s", PrincipalForm.ROLE_SESSION, "aws", A, "r/s"),
        ("AWS", f"arn:aws:sts::{A}:federated-user/f", PrincipalForm.FEDERATED_USER, "aws", A, "f"),
        ("AWS", "AIDAJQABLZS4A3QDU576Q", PrincipalForm.UNIQUE_ID, None, None, None),
        ("AWS", "AROAJQABLZS4A3QDU576Q", PrincipalForm.UNIQUE_ID, None, None, None),
        ("Service", "ecs.amazonaws.com", PrincipalForm.SERVICE, None, None, None),
        ("Service", "logs.eu-west-1.amazonaws.com.cn", PrincipalForm.SERVICE, None, None, None),
        ("Federated", "accounts.google.com", PrincipalForm.PROVIDER, None, None, None),
        ("Federated", "www.amazon.com", PrincipalForm.PROVIDER, None, None, None),
        ("Federated", f"arn:aws:iam::{A}:saml-provider/x", PrincipalForm.PROVIDER, "aws", A, None),
        (
            "Federated",
            f"arn:aws:iam::{A}:oidc-provider/a.b/c",
            PrincipalForm.PROVIDER,
            "aws",
            A,
            None,
        ),
        ("CanonicalUser", "0123456789abcdef" * 4, PrincipalForm.CANONICAL_USER, None, None, None),
    ],
)
def test_principals(
    kind: str,
    text: str,
    form: PrincipalForm,
    partition: str | None,
    account: str | None,
    name: str | None,
) -> None:
    assert principal(kind, text) == (kind, form, partition, account, name)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("AWS", f"arn:aws:iam::{A}:user/"),
        ("AWS", f"arn:aws:iam::{A}:user/p/"),
        ("AWS", f"arn:aws:iam::{A}:user/a b"),
        ("AWS", f"arn:aws:iam::{A}:root/x"),
        ("AWS", f"arn:aws:iam::{A}:Root"),
        ("AWS", f"arn:aws:iam:us-east-1:{A}:root"),
        ("AWS", f"arn:AWS:iam::{A}:root"),
        ("AWS", "arn:aws:iam::11112222333:root"),
        ("AWS", f"{A}3"),
        ("AWS", "١" * 12),
        ("AWS", f"arn:aws:sts::{A}:assumed-role/p/r/s"),
        ("AWS", f"arn:aws:sts::{A}:role/r"),
        ("AWS", f"arn:aws:iam::{A}:assumed-role/r/s"),
        ("AWS", f"{A}\n"),
        ("AWS", ""),
        ("Service", "a."),
        ("Service", ".a"),
        ("Service", f"arn:aws:iam::{A}:root"),
        ("Federated", f"arn:aws:iam::{A}:saml-provider/"),
        ("Federated", f"arn:aws:iam::{A}:root"),
        ("CanonicalUser", "0123456789abcdef" * 4 + "0"),
        ("CanonicalUser", "0123456789abcdeg" * 4),
    ],
)
def test_what_is_no_principal(kind: str, text: str) -> None:
    with pytest.raises(il.PolicySyntaxError, match="R-P19"):
        principal(kind, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (10, "10"),
        (-3, "-3"),
        (1.0, "1.0"),
        (1e16, "1e+16"),
        (0.1, "0.1"),
        (Decimal("1.10"), "1.10"),
    ],
)
def test_a_number_or_boolean_means_its_json_text(value: object, text: str) -> None:
    # R-P14
    document = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = il.parse({"Statement": {**document, "Condition": {"StringEquals": {"a:b": value}}}})
    assert policy.statements[0].conditions[0].values == (Text(text),)


def test_a_numbers_text_is_kept_as_written() -> None:
    condition = '{"StringEquals": {"a:b": [1.0, 10, 1E2, -0]}}'
    statement = f'{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}'
    (read,) = il.parse(f'{{"Statement": {statement}}}').statements[0].conditions
    assert [value.text for value in read.values] == ["1.0", "10", "1E2", "-0"]


def test_one_value_and_the_list_of_it_are_the_same() -> None:
    # R-P12
    one = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Resource": "*"}
    many = {"Effect": "Deny", "Principal": {"AWS": ["*"]}, "Action": ["*"], "Resource": ["*"]}
    condition = {"StringLike": {"a:b": "c"}}
    conditions = {"StringLike": {"a:b": ["c"]}}
    assert il.parse({"Statement": {**one, "Condition": condition}}) == il.parse(
        {"Statement": [{**many, "Condition": conditions}]}
    )


def test_operators_are_known_by_any_case() -> None:
    # R-P22
    spellings = ["stringequals", "STRINGEQUALS", "StringEquals"]
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies: set[Policy] = {
        il.parse({"Statement": {**statement, "Condition": {name: {"a:b": "c"}}}})
        for name in spellings
    }
    assert len(policies) == 1


def test_equal_empty_sids_do_not_collide_and_odd_sids_are_fine_in_resource_policies() -> None:
    # R-P15
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*"}
    il.parse({"Statement": [{**statement, "Sid": ""}, {**statement, "Sid": ""}]})
    il.parse({"Statement": [{**statement, "Sid": "a b-ü"}, statement]})
