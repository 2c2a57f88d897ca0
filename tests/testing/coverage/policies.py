"""A policy with every kind of part, and how its parts are called in tests."""

from __future__ import annotations

from collections.abc import Iterable

import iamlogic as il
from iamlogic.testing.coverage.parts import BRANCHES, Part, text_of

REPORTS = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "OfficeReads",
      "Effect": "Allow",
      "Principal": {"AWS": ["111122223333", "444455556666"]},
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
      "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    },
    {
      "Sid": "SecretStays",
      "Effect": "Deny",
      "Principal": "*",
      "NotAction": ["s3:GetObject", "s3:ListBucket"],
      "Resource": "arn:aws:s3:::reports/secret/*"
    }
  ]
}
"""
ALICE = "arn:aws:iam::111122223333:user/alice"
OFFICE, ELSEWHERE = {"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "198.51.100.1"}
A_REPORT = "arn:aws:s3:::reports/a"


def reports() -> il.Policy:
    return il.parse(REPORTS)


def reads(resource: str = A_REPORT, context: dict[str, str] = OFFICE) -> il.Request:
    return il.Request(ALICE, "s3:GetObject", resource, context)


def named(policy: il.Policy, parts: Iterable[Part]) -> set[str]:
    """The parts in words: `OfficeReads`, `OfficeReads s3:GetObject`, `OfficeReads not held`."""
    return {_name(policy, part) for part in parts}


def _name(policy: il.Policy, part: Part) -> str:
    sid = policy.statements[part.statement].sid or str(part.statement)
    branch = BRANCHES.get(part.element)
    own = branch or text_of(policy, part)
    return sid if own == sid else f"{sid} {own}"
