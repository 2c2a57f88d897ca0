"""`format` writes one canonical text for each policy."""

from dataclasses import replace

import pytest

import iamlogic as il

CANONICAL = """{
  "Version": "2012-10-17",
  "Id": "é😀 \\u200b\\u202e\\u007f\\udb40\\udc01",
  "Statement": [
    {
      "Sid": "a",
      "Effect": "Deny",
      "NotPrincipal": {
        "AWS": [
          "111122223333",
          "*"
        ],
        "Service": "ec2.amazonaws.com"
      },
      "Action": [
        "s3:Get*",
        "s3:Put*"
      ],
      "NotResource": "arn:aws:s3:::${aws:username}",
      "Condition": {
        "ForAnyValue:StringLike": {
          "aws:TagKeys": [
            "a",
            "b"
          ],
          "x:y": []
        },
        "Bool": {
          "aws:SecureTransport": "true"
        }
      }
    },
    {
      "Effect": "Allow",
      "Principal": "*",
      "NotAction": "s3:*"
    },
    {
      "Effect": "Allow",
      "Principal": {},
      "Action": []
    }
  ]
}
"""


def test_canonical_text_is_left_as_it_is() -> None:
    assert il.format(il.parse(CANONICAL)) == CANONICAL


def test_order_case_lists_and_numbers_are_made_canonical() -> None:
    text = """{"Statement": {"Condition": {"BOOL": {"a:b": [true]}}, "Resource": ["*"],
      "Action": ["s3:*"], "Effect": "Allow", "Sid": "x"}, "Version": "2008-10-17"}"""
    assert (
        il.format(il.parse(text))
        == """{
  "Version": "2008-10-17",
  "Statement": [
    {
      "Sid": "x",
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": "*",
      "Condition": {
        "Bool": {
          "a:b": "true"
        }
      }
    }
  ]
}
"""
    )


def test_conditions_that_no_text_can_give_are_refused() -> None:
    policy = il.parse(CANONICAL)
    statement = policy.statements[0]
    twice = replace(statement, conditions=(*statement.conditions, statement.conditions[0]))
    with pytest.raises(il.PolicySyntaxError, match="R-P11"):
        il.format(replace(policy, statements=(twice,)))
