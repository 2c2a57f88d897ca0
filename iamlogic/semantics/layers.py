"""A stack's decision in words: which layers decided, and of each what its statements say.

    IMPLICITLY_DENIED: iam:CreateUser on * by arn:aws:iam::111122223333:user/alice
    allowed by the identity policy (dev.json:12:5), but no service control policy of level 2
    (org.json) allows iam:CreateUser

`reason` is the sentence, `explain_layers` that and the layers one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from iamlogic.errors import NOWHERE
from iamlogic.semantics.decision import Decision, Layer, LayerFinding, Outcome
from iamlogic.semantics.explain import explain_statements, printable
from iamlogic.semantics.reasons import explain_parts
from iamlogic.syntax.policy import Policy, Statement
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import PolicyType, is_trust_policy

_SHOWN = 3
"""Places that a sentence names before it counts the rest."""

_VERDICTS = {
    Outcome.ALLOWED: "allows",
    Outcome.EXPLICITLY_DENIED: "denies",
    Outcome.IMPLICITLY_DENIED: "is silent",
}


def reason(decision: Decision) -> str:
    """Which statements, of which layers, decided."""
    if not isinstance(decision.policy, PolicySet):
        return _of_lone(decision)
    letting = [f for f in decision.deciding if f.statements]
    match decision.outcome:
        case Outcome.EXPLICITLY_DENIED:
            return f"denied by {_joined(map(_by, decision.deciding))}"
        case Outcome.ALLOWED if letting:
            return f"allowed by {_joined(map(_by, letting))}"
        case Outcome.ALLOWED:
            return "allowed: the root user needs no policy in its own account (R-E13)"
    action = printable(decision.request.action)
    missing = " and ".join(f"no {_whose(f)} allows {action}" for f in decision.deciding)
    passed = [f for f in decision.findings if f.needed and f.outcome is Outcome.ALLOWED]
    granting = [f for f in passed if f.statements and f.layer.type in _GRANTING]
    return f"allowed by {_joined(map(_by, granting))}, but {missing}" if granting else missing


def explain_layers(decision: Decision, *, in_full: bool) -> list[str]:
    """The sentence, and for each layer that applies what it and its statements say."""
    explained = explain_parts if in_full else explain_statements
    lines = [reason(decision)]
    for finding in decision.findings:
        needed = "" if finding.needed or finding.outcome is Outcome.EXPLICITLY_DENIED else _ASIDE
        lines.append(f"{_title(finding.layer)}: {_VERDICTS[finding.outcome]}{needed}")
        for policy in finding.layer.policies:
            lines += [f"  {line}" for line in explained(policy, decision.request)]
    return lines


_ASIDE = ", which does not count here"
_GRANTING = {PolicyType.IDENTITY, PolicyType.RESOURCE}


def layer_name(layer: Layer) -> str:
    """What people call a policy of the layer: `service control policy of level 2`."""
    trust = layer.type is PolicyType.RESOURCE and any(map(is_trust_policy, layer.policies))
    name = PolicyType.TRUST.value if trust else layer.type.value
    return name if layer.level is None else f"{name} of level {layer.level + 1}"


def _title(layer: Layer) -> str:
    name = layer_name(layer)
    return f"{name} ({_files(layer.policies)})" if layer.policies else f"{name} (there is none)"


def _whose(finding: LayerFinding) -> str:
    """The layer, and the files in which an Allow was looked for."""
    files = _files(finding.layer.policies, only_named=True)
    return layer_name(finding.layer) + (f" ({files})" if files else "")


def _files(policies: Sequence[Policy], *, only_named: bool = False) -> str:
    named = [printable(policy.file) for policy in policies if policy.file]
    if not named and not only_named:
        return "one policy" if len(policies) == 1 else f"{len(policies)} policies"
    return _shortened(list(dict.fromkeys(named)))


def _by(finding: LayerFinding) -> str:
    places = [_place(statement, finding.layer.policies) for statement in finding.statements]
    return f"the {layer_name(finding.layer)} ({_shortened(places)})"


def _place(statement: Statement, policies: Iterable[Policy]) -> str:
    """Where a statement stands, or which one it is."""
    if statement.where != NOWHERE:
        return printable(str(statement.where))
    numbers = (
        number
        for policy in policies
        for number, each in enumerate(policy.statements, start=1)
        if each is statement
    )
    return f"{statement.effect.value} statement {next(numbers, 1)}"


def _of_lone(decision: Decision) -> str:
    assert isinstance(decision.policy, Policy)
    places = [_place(statement, [decision.policy]) for statement in decision.statements]
    match decision.outcome:
        case Outcome.EXPLICITLY_DENIED:
            return f"denied by {_shortened(places)}"
        case Outcome.ALLOWED:
            return f"allowed by {_shortened(places)}"
    return f"no statement allows {printable(decision.request.action)}"


def _shortened(texts: list[str]) -> str:
    more = [f"{len(texts) - _SHOWN} more"] if len(texts) > _SHOWN else []
    return ", ".join([*texts[:_SHOWN], *more])


def _joined(parts: Iterator[str] | Iterable[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
