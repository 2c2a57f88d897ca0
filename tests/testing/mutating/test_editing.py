"""Mutants in place: the text says what the mutated document is, and is otherwise as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlogic.testing.mutating.editing import Source
from iamlogic.testing.mutating.written import json_written, plain, yaml_written
from iamlogic.testing.mutation.faults import FAULTS, faults_of

JSON = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",   "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:ListBucket"
      ],
      "Resource": "arn:aws:s3:::logs/2026/*",
      "Condition": {
        "StringLike": {
          "aws:PrincipalTag/team": ["blue-*", "red"],
          "s3:prefix": "${aws:username}"
        },
        "NumericLessThan": {"s3:max-keys": 10},
        "Bool": {"aws:SecureTransport": true}
      }
    },
    {"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:aws:s3:::\\u006cogs", "*"]}
  ]
}
"""
YAML = """\
Version: "2012-10-17"
Statement:
  # who reads
  - Sid: Read
    Effect: Allow
    Principal:
      AWS:
      - arn:aws:iam::111122223333:role/app
      - "444455556666"
    Action:
    - s3:GetObject   # objects
    - s3:ListBucket
    Resource:
      - !GetAtt Logs.Arn
      - !Sub "${Logs.Arn}/*"
      - Fn::Join: ["", [!GetAtt Logs.Arn, "/x"]]
    Condition:
      StringEquals:
        aws:PrincipalOrgID: !Ref Org
        aws:PrincipalTag/team: [blue, red]
      Bool: {aws:SecureTransport: true}
  - {Effect: Deny, Principal: "*", Action: [s3:Put*, s3:Del*], Resource: "*"}
"""
SINGLE = """\
Statement:
  Effect: Allow
  Action:
    - s3:GetObject
  Resource: >-
    arn:aws:s3:::logs/*
  Condition:
    NumericLessThan:
      s3:max-keys: 10
Version: 2012-10-17
"""
MINIFIED = json.dumps(json.loads(JSON), separators=(",", ":"))
CRLF = JSON.replace("\n", "\r\n")


@pytest.mark.parametrize("operator", FAULTS)
@pytest.mark.parametrize("text", [JSON, MINIFIED, CRLF], ids=["json", "minified", "crlf"])
def test_mutated_json_says_what_the_mutated_document_is(text: str, operator: str) -> None:
    node = json_written(text)
    document = plain(node)
    assert isinstance(document, dict)
    for fault in faults_of(document, FAULTS[operator]):
        mutated = Source(text, is_yaml=False).with_value(node, fault.document)
        assert _comparable(plain(json_written(mutated))) == _comparable(fault.document)


@pytest.mark.parametrize("operator", FAULTS)
@pytest.mark.parametrize("text", [YAML, SINGLE], ids=["list", "single"])
def test_mutated_yaml_says_what_the_mutated_document_is(text: str, operator: str) -> None:
    (node,) = yaml_written(text)
    document = plain(node)
    assert isinstance(document, dict)
    for fault in faults_of(document, FAULTS[operator]):
        mutated = Source(text, is_yaml=True).with_value(node, fault.document)
        (again,) = yaml_written(mutated)
        assert _comparable(plain(again)) == _comparable(fault.document), mutated


def _comparable(value: object) -> object:
    """A document without places: an expression is what it says."""
    match value:
        case dict():
            return [(name, _comparable(each)) for name, each in value.items()]
        case list():
            return [_comparable(each) for each in value]
        case _:
            return str(value)


def _mutated(text: str, words: str, *, is_yaml: bool) -> str:
    node = yaml_written(text)[0] if is_yaml else json_written(text)
    document = plain(node)
    assert isinstance(document, dict)
    made = [fault for each in FAULTS.values() for fault in faults_of(document, each)]
    (fault,) = [each for each in made if each.words == words]
    return Source(text, is_yaml=is_yaml).with_value(node, fault.document)


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        ("removed s3:GetObject from Action of", '"s3:GetObject",\n        ', ""),
        ("removed s3:ListBucket from Action of", ',\n        "s3:ListBucket"', ""),
        (
            "removed the condition Bool aws:SecureTransport of",
            ',\n        "Bool": {"aws:SecureTransport": true}',
            "",
        ),
        (
            "turned Bool aws:SecureTransport into BoolIfExists in",
            '"Bool": {',
            '"BoolIfExists": {',
        ),
        ("made a Deny of", '"Effect": "Allow"', '"Effect": "Deny"'),
        (
            "changed 10 to 11 in NumericLessThan s3:max-keys of",
            '"s3:max-keys": 10}',
            '"s3:max-keys": "11"}',
        ),
    ],
)
def test_json_is_changed_where_it_is_different_and_nowhere_else(
    words: str, old: str, new: str
) -> None:
    assert JSON.count(old) == 1
    assert _mutated(JSON, words, is_yaml=False) == JSON.replace(old, new)


@pytest.mark.parametrize(
    ("words", "old", "new"),
    [
        ("removed s3:GetObject from Action of", "s3:GetObject   # objects\n    - ", ""),
        ("removed !GetAtt Logs.Arn from Resource of", "!GetAtt Logs.Arn\n      - ", ""),
        ("changed !GetAtt Logs.Arn to * in Resource of", "- !GetAtt Logs.Arn\n", '- "*"\n'),
        ("changed s3:GetObject to s3:* in Action of", "s3:GetObject ", '"s3:*" '),
        (
            "removed the condition StringEquals aws:PrincipalTag/team of",
            "\n        aws:PrincipalTag/team: [blue, red]",
            "",
        ),
        (
            "removed the condition Bool aws:SecureTransport of",
            "\n      Bool: {aws:SecureTransport: true}",
            "",
        ),
        ("changed s3:Put* to s3:Put in Action of", "s3:Put*", '"s3:Put"'),
    ],
)
def test_yaml_is_changed_where_it_is_different_and_nowhere_else(
    words: str, old: str, new: str
) -> None:
    assert YAML.count(old) == 1
    assert _mutated(YAML, words, is_yaml=True) == YAML.replace(old, new)


_KEYS = st.text('abcdé"\\\n:#', min_size=1, max_size=3)
_VALUES = st.recursive(
    st.text('abé"\\\n*{[:# ', max_size=4) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, database=None, deadline=None)
@given(_VALUES, _VALUES, st.sampled_from([None, 2]))
def test_any_json_can_be_changed_to_any_other(before: object, after: object, indent: int) -> None:
    text = json.dumps(before, indent=indent, ensure_ascii=indent is None)
    node = json_written(text)
    assert json.loads(Source(text, is_yaml=False).with_value(node, after)) == after
