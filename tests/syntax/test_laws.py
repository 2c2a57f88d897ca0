"""Laws of reading: text and decoded JSON agree, format is undone by parse, garbage is an error."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.syntax.json_text import NotJson, read_json_text
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
)
from iamlogic.syntax.operators import OPERATORS, Family
from iamlogic.syntax.policy import Policy, PolicyKind
from tests.depth import examples

Json = object

_DATA = Path(__file__).parents[1] / "data" / "aws_managed_policies.json"
REAL: list[dict[str, Json]] = [
    entry["document"] for entry in json.loads(_DATA.read_text(encoding="utf-8"))["policies"]
]
BUCKET: dict[str, Json] = {
    "Version": "2012-10-17",
    "Id": "PutObjPolicy",
    "Statement": [
        {
            "Sid": "Deny un-encrypted ☂ uploads",
            "Effect": "Deny",
            "NotPrincipal": {
                "AWS": ["arn:aws:iam::111122223333:user/team/alice", "111122223333"],
                "Service": "cloudtrail.amazonaws.com",
            },
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::logs/${aws:PrincipalTag/team, 'none'}/${*}\n\u00e9",
            "Condition": {
                "StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": ["AES256", 1.5]},
                "NumericLessThan": {"s3:max-keys": 10},
                "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
            },
        },
        {"Effect": "Allow", "Principal": "*", "NotAction": [], "NotResource": "*"},
    ],
}

# Documents that are sometimes policies: the right words at mostly the right places.

# In both readings JSON can write it: no lone surrogates.
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts
)
_odd = st.recursive(_scalars, lambda inner: st.lists(inner, max_size=2), max_leaves=3)


def _mostly(words: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """One of `words`, a list of them, or rarely anything else."""
    return st.one_of(words, words, words, st.lists(words, max_size=3), _odd)


_actions = st.sampled_from(
    ["*", "*:*", "s3:Get*", "S3:get?", "a:b-c", "x", "s*:a", "a:${b:c}", "a:"]
)
_resources = st.sampled_from(
    [
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::${aws:username}",
        "arn:aws:s3:::${a:b, 'c'}${$}",
        "arn:aws:rds:*",
        "*:x",
        "b",
        "arn:aws:s3:::${x}",
        "arn:${a:b}",
        "arn:aws:s3:::${a:b",
    ]
)
_principals = st.one_of(
    st.just("*"),
    st.dictionaries(
        st.sampled_from(["AWS", "AWS", "Service", "Federated", "CanonicalUser", "aws"]),
        _mostly(
            st.sampled_from(
                [
                    "*",
                    "111122223333",
                    "arn:aws:iam::111122223333:root",
                    "arn:aws:iam::111122223333:role/p/r",
                    "arn:aws:sts::111122223333:assumed-role/r/s",
                    "ec2.amazonaws.com",
                    "accounts.google.com",
                    "arn:aws:iam::1:user/*",
                ]
            )
        ),
        max_size=2,
    ),
    _odd,
)
_operators = st.sampled_from([str(operator) for operator in OPERATORS.values()])
_keys = st.sampled_from(
    ["aws:SourceIp", "AWS:sourceip", "aws:TagKeys", "a:b", "a", "é:${x}", " a:b"]
)
_values = _mostly(
    st.one_of(
        st.sampled_from(["true", "10", "2020-01-01", "10.0.0.0/8", "QUJD", "${a:b}", "${", "*"]),
        st.booleans(),
        st.integers(-9, 99),
        st.floats(allow_nan=False, allow_infinity=False),
        _texts,
    )
)
_conditions = st.one_of(
    st.dictionaries(
        _operators | st.sampled_from(["Null", "bool", "STRINGLIKE", "StringEqual"]),
        st.dictionaries(_keys, _values, max_size=2) | _odd,
        max_size=2,
    ),
    _odd,
)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Json]:
    members: dict[str, Json] = {
        "Effect": draw(st.sampled_from(["Allow", "Deny", "Allow", "Deny", "allow"]))
    }
    if draw(st.integers(0, 3)) == 0:
        members[draw(st.sampled_from(["Principal", "NotPrincipal"]))] = draw(_principals)
    members[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(_mostly(_actions))
    members[draw(st.sampled_from(["Resource", "NotResource"]))] = draw(_mostly(_resources))
    if draw(st.booleans()):
        members["Condition"] = draw(_conditions)
    if draw(st.booleans()):
        members["Sid"] = draw(st.sampled_from(["A", "B", "", "a b"]) | _odd)
    if draw(st.integers(0, 9)) == 0:
        members[draw(st.sampled_from(["Efect", "action", "x"]))] = draw(_odd)
    return members


_documents: st.SearchStrategy[dict[str, Json]] = st.fixed_dictionaries(
    {"Statement": _statements() | st.lists(_statements(), max_size=3)},
    optional={
        "Version": st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", "2012"]) | _odd,
        "Id": _odd,
    },
)


def outcome(source: str | dict[str, Json]) -> tuple[Json, ...]:
    """The policy with its warnings, or the errors: messages and paths, no places."""
    try:
        policy = il.parse(source)
    except il.PolicySyntaxError as error:
        return ("error", [_plain(problem) for problem in error.problems])
    return (policy, [_plain(warning) for warning in policy.warnings])


def _plain(problem: il.Problem) -> tuple[Json, ...]:
    return (problem.message, problem.rule, problem.hint, problem.where.path)


@given(document=_documents, ensure_ascii=st.booleans(), indent=st.sampled_from([None, 1]))
@examples(1_000)
def test_text_and_decoded_json_agree(
    document: dict[str, Json], *, ensure_ascii: bool, indent: int | None
) -> None:
    text = json.dumps(document, ensure_ascii=ensure_ascii, indent=indent)
    assert outcome(document) == outcome(text)


@pytest.mark.parametrize("document", [*REAL, BUCKET])
def test_text_and_decoded_json_agree_on_real_policies(document: dict[str, Json]) -> None:
    assert isinstance(il.parse(document), Policy)
    assert outcome(document) == outcome(json.dumps(document))


# Documents that are always policies.

_legal_values: dict[Family, list[Json]] = {
    Family.STRING: [
        "a",
        "*",
        "",
        "${aws:username}",
        "${a:b, 'c*'}/${$}",
        1,
        1.0,
        True,
        "é\u202e\x00",
    ],
    Family.ARN: ["arn:aws:s3:::b", "*", "arn:aws:iam::*:role/${a:b}"],
    Family.NUMERIC: [0, 1.5, "10.0", "-3"],
    Family.DATE: ["2020-01-01T00:00:00Z", "2020", 1577836800],
    Family.BOOL: [True, "false", "TRUE"],
    Family.BINARY: ["QUJD", ""],
    Family.IP: ["203.0.113.0/24", "2001:db8::/32"],
    Family.NULL: ["true", False],
}


def _one_or_many(words: list[Json]) -> st.SearchStrategy[Json]:
    return st.sampled_from(words) | st.lists(st.sampled_from(words), max_size=3)


@st.composite
def _legal_conditions(draw: st.DrawFn) -> dict[str, Json]:
    names = draw(st.lists(_operators, max_size=3, unique=True))
    condition: dict[str, Json] = {}
    for name in names:
        words = _legal_values[OPERATORS[name.lower()].base.family]
        keys = st.sampled_from(["aws:SourceArn", "a:b", "a:ü", "aws:ResourceTag/x y"])
        condition[name] = draw(st.dictionaries(keys, _one_or_many(words), max_size=2))
    return condition


@st.composite
def _legal_documents(draw: st.DrawFn) -> dict[str, Json]:
    resource_side = draw(st.booleans())
    actions: list[Json] = ["*", "*:*", "s3:Get*", "a:b-c ", "iam:?"]
    resources: list[Json] = ["*", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:username}", "*:x\u2028"]
    named: dict[str, list[Json]] = {
        "AWS": ["*", "111122223333", "arn:aws:iam::111122223333:role/p/r", "AIDAEXAMPLE"],
        "Service": ["ec2.amazonaws.com", "s3.amazonaws.com"],
        "Federated": ["www.amazon.com", "arn:aws:iam::111122223333:saml-provider/x"],
        "CanonicalUser": ["0123456789abcdef" * 4],
    }
    statements: list[dict[str, Json]] = []
    for i in range(draw(st.integers(0, 3))):
        statement: dict[str, Json] = {"Effect": draw(st.sampled_from(["Allow", "Deny"]))}
        statement[draw(st.sampled_from(["Action", "NotAction"]))] = draw(_one_or_many(actions))
        if not resource_side or draw(st.booleans()):
            resource = draw(st.sampled_from(["Resource", "NotResource"]))
            statement[resource] = draw(_one_or_many(resources))
        if resource_side:
            kinds = draw(st.lists(st.sampled_from(list(named)), max_size=3, unique=True))
            listed: Json = {kind: draw(_one_or_many(named[kind])) for kind in kinds}
            member = draw(st.sampled_from(["Principal", "NotPrincipal"]))
            statement[member] = draw(st.sampled_from(["*", listed]))
        if draw(st.booleans()):
            statement["Condition"] = draw(_legal_conditions())
        if draw(st.booleans()):
            statement["Sid"] = f"S{i}" if draw(st.booleans()) else ""
        statements.append(statement)
    one = len(statements) == 1 and draw(st.booleans())
    document: dict[str, Json] = {"Statement": statements[0] if one else statements}
    if version := draw(st.sampled_from([None, "2008-10-17", "2012-10-17"])):
        document["Version"] = version
    if draw(st.booleans()):
        document["Id"] = draw(_texts)
    return document


@given(_legal_documents())
@examples(500)
def test_parse_undoes_format(document: dict[str, Json]) -> None:
    policy = il.parse(document)
    text = il.format(policy)
    again = il.parse(text)
    assert again == policy
    assert hash(again) == hash(policy)
    assert il.format(again) == text
    named = any(statement.principals for statement in policy.statements)
    assert policy.kind is (PolicyKind.RESOURCE if named else PolicyKind.IDENTITY)


@given(_legal_documents())
@examples(100)
def test_canonical_text_shows_every_character(document: dict[str, Json]) -> None:
    assert all(c.isprintable() or c == "\n" for c in il.format(il.parse(document)))


# Corruptions of real policies.

_SIGNS = st.sampled_from(
    [*'{}[]",:\\/$*?-. \n\t0', "\ufeff", "\ud800", "\x00", "é", "😀", "null", "//"]
)
_WORDS = st.sampled_from(
    [
        "${",
        "}",
        "${a:b}",
        "'",
        "true",
        "1e5",
        "NaN",
        '"Principal":"*",',
        '"Sid":"A",',
        "\\u",
        "[[",
        "]]",
    ]
)


@st.composite
def _edited_texts(draw: st.DrawFn) -> str:
    text = json.dumps(
        draw(st.sampled_from([*REAL, BUCKET])), indent=draw(st.sampled_from([None, 1]))
    )
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["cut", "delete", "insert", "replace", "repeat"]))
        span = draw(st.integers(1, 12))
        if kind == "cut":
            text = text[:at]
        elif kind == "delete":
            text = text[:at] + text[at + span :]
        elif kind == "insert":
            text = text[:at] + draw(_SIGNS | _WORDS) + text[at:]
        elif kind == "replace":
            text = text[:at] + draw(_SIGNS) + text[at + 1 :]
        else:
            text = text[:at] + text[at : at + span] * 2 + text[at + span :]
    return text


@st.composite
def _edited_bytes(draw: st.DrawFn) -> bytes:
    content = bytearray(draw(_edited_texts()).encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.integers(0, 2))):
        if content:
            content[draw(st.integers(0, len(content) - 1))] = draw(st.integers(0, 255))
    return bytes(content)


def _nodes(document: Json) -> list[dict[str, Json] | list[Json]]:
    """Every object and list of the document."""
    if isinstance(document, dict):
        return [document, *(node for value in document.values() for node in _nodes(value))]
    if isinstance(document, list):
        return [document, *(node for value in document for node in _nodes(value))]
    return []


@st.composite
def _edited_documents(draw: st.DrawFn) -> dict[str, Json]:
    document = copy.deepcopy(draw(st.sampled_from([*REAL, BUCKET])))
    for _ in range(draw(st.integers(1, 3))):
        node = draw(st.sampled_from(_nodes(document)))
        if not node:
            continue
        if isinstance(node, list):
            node[draw(st.integers(0, len(node) - 1))] = draw(_odd)
            continue
        name = draw(st.sampled_from(sorted(node)))
        kind = draw(st.sampled_from(["drop", "rename", "value", "swap"]))
        other = draw(st.sampled_from(sorted(node)))
        if kind == "drop":
            del node[name]
        elif kind == "rename":
            node[draw(_texts | st.sampled_from(["Principal", "NotAction"]))] = node.pop(name)
        elif kind == "value":
            node[name] = draw(_odd)
        else:
            node[name], node[other] = node[other], node[name]
    return document


def survives(source: str | bytes | dict[str, Json]) -> None:
    """Reading gives a Policy, which has a text of its own, or a `PolicySyntaxError`."""
    try:
        policy = il.parse(source)
    except il.PolicySyntaxError as error:
        told = (error.problems, str(error))
        assert all(told)
        return
    assert il.parse(il.format(policy)) == policy


# 10,000 corruptions in all.
_HEALTHY = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(_edited_texts())
@settings(examples(5_000), suppress_health_check=_HEALTHY)
def test_an_edited_text_is_a_policy_or_a_syntax_error(text: str) -> None:
    survives(text)


@given(_edited_bytes())
@settings(examples(2_000), suppress_health_check=_HEALTHY)
def test_edited_bytes_are_a_policy_or_a_syntax_error(content: bytes) -> None:
    survives(content)


@given(_edited_documents())
@settings(examples(3_000), suppress_health_check=_HEALTHY)
def test_an_edited_document_is_a_policy_or_a_syntax_error(document: dict[str, Json]) -> None:
    survives(document)


@given(st.text(max_size=40) | st.text(alphabet='{}[]",:\\$*? \n019.eE-truefalsn', max_size=40))
@examples(1_000)
def test_any_text_is_a_policy_or_a_syntax_error(text: str) -> None:
    survives(text)


def _plain_value(value: JsonValue) -> Json:
    """The tree as `json.loads` gives it with pairs for objects and texts for numbers."""
    match value:
        case JsonString(text, _) | JsonNumber(text, _):
            return text
        case JsonBool(truth, _):
            return truth
        case JsonNull():
            return None
        case JsonList(items, _):
            return [_plain_value(item) for item in items]
        case JsonObject(members, _):
            return [(member.name, _plain_value(member.value)) for member in members]


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


@st.composite
def _almost_json(draw: st.DrawFn) -> str:
    values = st.recursive(
        _scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
        max_leaves=8,
    )
    text = json.dumps(draw(values), ensure_ascii=draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(_SIGNS | _WORDS | st.just("")) + text[at + draw(st.booleans()) :]
    return text


@given(_almost_json())
@examples(3_000)
def test_json_is_what_the_standard_library_takes_for_json(text: str) -> None:
    """The library takes lone surrogates too (RFC 8259, 8.2, leaves them open); we do not."""
    try:
        value = json.loads(
            text,
            parse_constant=_no_constant,
            parse_int=str,
            parse_float=str,
            object_pairs_hook=list,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        with pytest.raises(NotJson):
            read_json_text(text)
        return
    assert _plain_value(read_json_text(text)) == value
