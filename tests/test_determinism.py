"""Equal questions get equal answers, to the letter, whatever the run's hash seed is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
import iamlogic as il
from iamlogic.reports.json import comparison_json

for before, after in json.load(sys.stdin):
    print(comparison_json(il.compare(il.parse(before), il.parse(after), all_requests=True)))
"""

DATA = Path(__file__).parent / "data" / "aws_managed_policies.json"


def answers(pairs: str, seed: int) -> str:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=pairs,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture(scope="module")
def pairs() -> str:
    """Policies that AWS publishes, each against the next; and one with sets and variables."""
    published = [entry["document"] for entry in json.loads(DATA.read_text())["policies"]]

    def with_values(*values: str) -> object:
        condition = {
            "ForAnyValue:StringLike": {"aws:TagKeys": [*values, "${aws:username}"]},
            "StringEqualsIgnoreCase": {"s3:prefix": ["${aws:PrincipalTag/a}", *values]},
        }
        statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
        return {"Version": "2012-10-17", "Statement": [statement]}

    return json.dumps(
        [*pairwise(published), (with_values("b*", "c", "d"), with_values("d?", "a*", "${*}"))]
    )


def test_answers_do_not_hang_on_the_hash_seed(pairs: str) -> None:
    assert answers(pairs, 1) == answers(pairs, 2) != ""
