"""Coverages to be shown: what a team has, and what is out to harm whoever looks at it."""

from __future__ import annotations

from pathlib import Path

import iamlogic as il
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.testing.coverage.proofs import Question
from iamlogic.testing.coverage.recording import Record
from iamlogic.testing.coverage.tally import Coverage, tally
from tests.testing.coverage.policies import REPORTS, reads

TEMPLATE = """\
Parameters:
  Bucket: {Type: String}
Resources:
  Shared:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Members
            Effect: Allow
            Principal: "*"
            Action: [s3:GetObject, 's3:ListBucket']
            Resource: !Sub "arn:aws:s3:::${Bucket}/*"
            Condition:
              StringEquals: {"aws:PrincipalOrgID": o-exampleorgid}
"""
HOSTILE = """\
{"Version": "2012-10-17", "Id": "\u202e<b>", "Statement": [
  {"Sid": "X", "Effect": "Allow", "Action": "s3:<script>alert(1)</script>", "Resource":
   ["arn:aws:s3:::</div><img src=x onerror=alert(1)>", "arn:aws:s3:::\u202e\\u001b[31m\\"'&", "*"]}
]}
"""


def a_coverage(folder: Path) -> Coverage:
    """Several policies: tested, proved, neither; in a template, without a file, on one line."""
    record = Record()
    asked = _loaded(folder, "reports.json", REPORTS)
    record.request(asked, reads())
    record.proof(asked, Question(il.Scope({"Action": "s3:GetObject"})))
    record.met(_loaded(folder, "untested.json", REPORTS))
    record.proof(_loaded(folder, "proved.json", _one_line()), Question())
    template = _placed(folder)
    record.met(template)
    record.proof(template.for_any, Question(il.Scope({"Action": "s3:GetObject"})))
    drawn = il.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", **_LISTS}})
    record.request(drawn, reads())
    return tally(record)


def hostile_coverage(folder: Path) -> Coverage:
    """Texts that are markup, scripts, and characters that move the cursor."""
    record = Record()
    record.request(_loaded(folder, "<b>&'.json", HOSTILE), reads())
    return tally(record)


_LISTS = {"Action": ["s3:Get*", "s3:Put*"], "Resource": ["*"]}


def _one_line() -> str:
    return (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", '
        '"Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}'
        "}}]}\n"
    )


def _loaded(folder: Path, file: str, text: str) -> il.Policy:
    place = folder / file
    place.write_text(text, encoding="utf-8")
    return il.load(place)


def _placed(folder: Path) -> PlacedPolicy:
    from iamlogic.inputs.places.files import policies_in
    from iamlogic.inputs.unresolved.placeholders import Deployment

    place = folder / "web.yaml"
    place.write_text(TEMPLATE, encoding="utf-8")
    (placed,) = policies_in(place.read_bytes(), str(place), Deployment()).policies
    return placed
