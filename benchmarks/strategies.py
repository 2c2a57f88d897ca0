"""What the hypothesis strategies draw: how often each operator and each form of a statement.

    python benchmarks/strategies.py [DRAWS]

The shares are those of docs/reference/strategies.md; tests/testing/strategies hold floors below
them.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

import iamlogic as il
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.policy import Policy, PrincipalForm, Statement, Text, Version
from iamlogic.testing.strategies import policies

_Drawn = TypeVar("_Drawn")
DRAWS = 3_000


def drawn(strategy: SearchStrategy[_Drawn], count: int) -> list[_Drawn]:
    """That many draws, always the same."""
    found: list[_Drawn] = []

    @settings(
        max_examples=count,
        derandomize=True,
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
    operators = shares(map(operators_of, found), len(found))
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
            f"operators: {len(operators)} of {len(EXPECTED_OPERATORS)}; the rarest are {rarest}",
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


if __name__ == "__main__":
    print(policies_table(int(sys.argv[1]) if sys.argv[1:] else DRAWS))
