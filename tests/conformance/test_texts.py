"""Which text is a policy (R-P1 to R-P25), as cases: its errors and warnings, by the rules' ids.

A case has the policy, or its `text` where JSON decodes to less than it says; `errors` and
`warnings` are all that is reported, in the order of the text, and none where they are missing.
`equals` is another way to write the same policy, `kind` the side that it is read for (R-P7).
"""

from __future__ import annotations

import json

import pytest

from iamlogic.errors import PolicySyntaxError
from iamlogic.syntax.documents import parse
from tests.conformance.cases import Case, cases

TEXTS = cases("texts")


@pytest.mark.parametrize("case", [c for c in TEXTS if "errors" in c.values[0]])
def test_errors(case: Case) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse(_text(case))
    assert [problem.rule for problem in caught.value.problems] == case["errors"]


@pytest.mark.parametrize("case", [c for c in TEXTS if "errors" not in c.values[0]])
def test_a_policy_and_its_warnings(case: Case) -> None:
    policy = parse(_text(case))
    assert [warning.rule for warning in policy.warnings] == case.get("warnings", [])
    assert policy.kind.name == case.get("kind", policy.kind.name)
    assert policy == parse(case.get("equals", _text(case)))


@pytest.mark.parametrize("case", [c for c in TEXTS if "errors" in c.values[0]])
def test_an_error_is_of_a_rule_that_the_case_names(case: Case) -> None:
    assert set(case["errors"]) <= set(case["rule"])


def test_size_limits_are_not_checked() -> None:
    # R-P25: AWS takes 6,144 characters in a managed policy and 20 KB in a bucket policy.
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    many = [{**statement, "Sid": f"S{n}"} for n in range(1000)]
    assert len(parse({"Version": "2012-10-17", "Statement": many}).statements) == 1000


def _text(case: Case) -> str:
    return case["text"] if "text" in case else json.dumps(case["policy"])
