"""What the hypothesis strategies draw: how often each operator and each form of a statement.

    python benchmarks/strategies.py [DRAWS]
    python benchmarks/strategies.py requests HISTORY [EVERY]

The second measures requests on real policies: HISTORY has a policy in each line, with its `name`
and its `versions`, of which the last one's `document` is taken; EVERY nth line is measured. Without
HISTORY it is benchmarks/data/history_sample.jsonl.

The shares are those of docs/reference/strategies.md; tests/testing/strategies hold floors below
them.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.policy import Policy, PrincipalForm, Statement, Text, Version
from iamlogic.testing.strategies import policies, requests

_Drawn = TypeVar("_Drawn")
DRAWS = 3_000
_RUN = 100


def drawn(strategy: SearchStrategy[_Drawn], count: int) -> list[_Drawn]:
    """That many draws, always the same: in runs of a hundred, as tests draw them."""
    found: list[_Drawn] = []
    for number in range(0, count, _RUN):

        @seed(number)
        @settings(
            max_examples=_RUN,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def collect(each: _Drawn) -> None:
            found.append(each)

        collect()
    return found


def anew(strategy: SearchStrategy[_Drawn]) -> SearchStrategy[_Drawn]:
    """The same, with each example drawn for itself.

    Left to itself hypothesis goes on from an example by copying one part of it over a like one, so
    that much comes again and again. It copies nothing within a list that has no repetitions, and in
    a list of one nothing is refused.
    """
    return st.lists(strategy, min_size=1, max_size=1, unique_by=id).map(lambda only: only[0])


def operators_of(policy: Policy) -> set[str]:
    """The operators of the policy, with their modifiers."""
    return {str(c.operator) for s in policy.statements for c in s.conditions}


def forms_of(policy: Policy) -> set[str]:
    """What a policy has beside the plainest form of a statement."""
    return {form for statement in policy.statements for form in _forms(statement)} | {
        policy.kind.value,
        *(["several statements"] if len(policy.statements) > 1 else []),
        *(["no variables (version)"] if policy.version is not Version.V2012 else []),
    }


def _forms(statement: Statement) -> Iterator[str]:
    yield statement.effect.value
    if statement.sid is not None:
        yield "Sid"
    if statement.actions.negated:
        yield "NotAction"
    if statement.resources is None:
        yield "no Resource"
    elif statement.resources.negated:
        yield "NotResource"
    if statement.principals is not None:
        if statement.principals.negated:
            yield "NotPrincipal"
        yield from (f"principal: {entry.form.value}" for entry in statement.principals.entries)
    if statement.conditions:
        yield "Condition"
    if len(statement.conditions) > 1:
        yield "several conditions"
    if any(len(condition.values) > 1 for condition in statement.conditions):
        yield "several values"
    texts = list(_texts(statement))
    if any(text.template for text in texts):
        yield "variables"
    if any("*" in text.text or "?" in text.text for text in texts):
        yield "wildcards"


def _texts(statement: Statement) -> Iterator[Text]:
    yield from statement.actions.patterns
    if statement.resources is not None:
        yield from statement.resources.patterns
    for condition in statement.conditions:
        yield from condition.values


EXPECTED_FORMS = frozenset(
    {
        "Allow",
        "Deny",
        "Sid",
        "NotAction",
        "NotResource",
        "NotPrincipal",
        "no Resource",
        "Condition",
        "several conditions",
        "several values",
        "several statements",
        "variables",
        "wildcards",
        "no variables (version)",
        *(kind.value for kind in il.PolicyKind),
        *(
            f"principal: {form.value}"
            for form in PrincipalForm
            # By these no request is written, or they mean nobody; EVERYDAY leaves them out.
            if form
            not in {
                PrincipalForm.CANONICAL_USER,
                PrincipalForm.CLOUDFRONT_IDENTITY,
                PrincipalForm.UNIQUE_ID,
            }
        ),
    }
)
EXPECTED_OPERATORS = frozenset(map(str, OPERATORS.values()))


def shares(of: Iterable[set[str]], count: int) -> dict[str, float]:
    """By feature the share of those that have it, the rarest first."""
    tally = Counter(feature for features in of for feature in features)
    return {feature: found / count for feature, found in reversed(tally.most_common())}


def policies_table(count: int) -> str:
    """Forms and operators, as tables of Markdown."""
    started = time.perf_counter()
    found = drawn(policies(), count)
    seconds = time.perf_counter() - started
    forms = shares(map(forms_of, found), len(found))
    each_for_itself = drawn(anew(policies()), count)
    operators = shares(map(operators_of, each_for_itself), count)
    rows = [f"| {name} | {share:.1%} |" for name, share in sorted(forms.items())]
    lacking = sorted((EXPECTED_OPERATORS - operators.keys()) | (EXPECTED_FORMS - forms.keys()))
    rarest = ", ".join(f"`{name}` {share:.2%}" for name, share in list(operators.items())[:3])
    return "\n".join(
        [
            f"{len(found)} policies, {len(found) / seconds:.0f} a second",
            "",
            "| of the policies have | share |",
            "|---|---|",
            *rows,
            "",
            "Operators, where each policy is drawn for itself:",
            f"{len(operators)} of {len(EXPECTED_OPERATORS)}; the rarest are {rarest}",
            f"never drawn: {', '.join(lacking) or 'nothing'}",
            "",
            "| base operator | share of policies |",
            "|---|---|",
            *_bases(operators),
        ]
    )


def _bases(operators: dict[str, float]) -> Iterator[str]:
    names = dict.fromkeys(operator.base.name for operator in OPERATORS.values())
    for name in names:
        found = [share for each, share in operators.items() if _base(each) == name]
        yield f"| {name} | {min(found):.2%} to {max(found):.2%} in {len(found)} forms |"


def _base(operator: str) -> str:
    return OPERATORS[operator.lower()].base.name


REQUESTS = 100
SAMPLE = Path(__file__).parent / "data" / "history_sample.jsonl"
SCOPES: tuple[dict[str, object], ...] = (
    {"Action": "s3:DeleteBucket", "Resource": "*"},
    {"Action": ["iam:Pass*", "s3:*"], "Resource": "arn:aws:s3:::a*"},
    {"Action": "s3:Get*", "Resource": "arn:aws:s3:::${aws:username}/*"},
    {"Action": "sns:Publish", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}},
    {
        "Action": "s3:GetObject",
        "Condition": {
            "StringEquals": {"s3:prefix": "${aws:PrincipalTag/t}"},
            "StringLike": {"aws:PrincipalTag/t": "ab*c*"},
            "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
        },
    },
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a hundred requests on the edges of a policy came to."""

    size: int
    allowed: float
    covered: float
    rate: float


def measured(policy: Policy) -> Measured:
    """A hundred draws, from nothing: with what is computed once for a policy."""
    started = time.perf_counter()
    found = drawn(requests(for_policy=policy), REQUESTS)
    seconds = time.perf_counter() - started
    allowed = sum(il.evaluate(policy, each).outcome is il.Outcome.ALLOWED for each in found)
    covered = sum(any(statement_matches(s, each) for each in found) for s in policy.statements)
    return Measured(
        size=len(policy.statements),
        allowed=allowed / len(found),
        covered=covered / max(1, len(policy.statements)),
        rate=len(found) / seconds,
    )


def requests_table(policies: list[Policy]) -> str:
    """By the number of statements: means of the shares and the coverage, the median speed."""
    found = [measured(policy) for policy in policies]
    rows = [
        _row(name, [each for each in found if least <= each.size <= most])
        for name, least, most in (
            ("1 statement", 1, 1),
            ("2 to 5", 2, 5),
            ("6 to 20", 6, 20),
            ("more", 21, 10_000),
            ("all", 0, 10_000),
        )
    ]
    return "\n".join(
        [
            "| statements | policies | allowed | in 30 to 70 % | covered | draws a second |",
            "|---|---|---|---|---|---|",
            *filter(None, rows),
        ]
    )


def _row(name: str, found: list[Measured]) -> str:
    if not found:
        return ""
    between = mean(0.3 <= each.allowed <= 0.7 for each in found)
    allowed, covered = mean(each.allowed for each in found), mean(each.covered for each in found)
    rate = median(each.rate for each in found)
    return f"| {name} | {len(found)} | {allowed:.0%} | {between:.0%} | {covered:.1%} | {rate:.0f} |"


def scopes_table() -> str:
    """Of a hundred requests of each scope, how many differ, and in what."""
    rows = []
    for written in SCOPES:
        started = time.perf_counter()
        found = drawn(requests(satisfying=il.Scope(written)), REQUESTS)
        rate = len(found) / (time.perf_counter() - started)
        distinct = [len({part(each) for each in found}) for part in _PARTS]
        rows.append(f"| `{json.dumps(written)}` | {' | '.join(map(str, distinct))} | {rate:.0f} |")
    return "\n".join(
        [
            "| scope | requests | actions | resources | principals | a second |",
            "|---|---|---|---|---|---|",
            *rows,
        ]
    )


_PARTS: tuple[Callable[[il.Request], object], ...] = (
    lambda each: each,
    lambda each: each.action,
    lambda each: each.resource,
    lambda each: each.principal,
)


def real_policies(file: Path, every: int) -> list[Policy]:
    """The last versions of every nth policy of the file."""
    content = file.read_bytes()
    text = (gzip.decompress(content) if file.suffix == ".gz" else content).decode()
    written = [json.loads(line) for line in text.splitlines()]
    return [il.parse(each["versions"][-1]["document"]) for each in written[::every]]


if __name__ == "__main__":
    if sys.argv[1:2] == ["requests"]:
        file = Path(sys.argv[2]) if sys.argv[2:] else SAMPLE
        every = int(sys.argv[3]) if sys.argv[3:] else 1
        print(requests_table(real_policies(file, every)))
        print()
        print(scopes_table())
    else:
        print(policies_table(int(sys.argv[1]) if sys.argv[1:] else DRAWS))
