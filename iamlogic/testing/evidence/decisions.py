"""Why one request is allowed or denied, and what came close to deciding otherwise.

Of an allowed request: the statements that allow it, the conditions that it had to meet, and each
Deny that would have matched but for its conditions. Of a denied one: the Denies, or the Allows that
came nearest, with the parts in which they miss it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamlogic.questions.review.openness import is_guard
from iamlogic.reports.openness import open_words
from iamlogic.reports.wording import home_of
from iamlogic.semantics.decision import Decision, Outcome
from iamlogic.semantics.explain import printable
from iamlogic.semantics.reasons import Finding, findings
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Effect, Policy, Statement
from iamlogic.syntax.policy_set import PolicySet, policies_of
from iamlogic.testing.evidence.source import source_lines

_NEAREST = 3
"""Statements that nearly decided otherwise of which a message tells."""


def decision_lines(decision: Decision) -> Iterator[str]:
    """The statements that decided, with their source; then what came close."""
    subject, request = decision.policy, decision.request
    paragraphs: list[list[str]] = []
    if isinstance(subject, PolicySet) or not decision.statements:
        paragraphs.append([printable(decision.reason)])
    for statement in decision.statements:
        shown = _statement(statement, subject, _VERBS[statement.effect])
        paragraph = [*shown, *_conditions(statement, request)]
        if paragraph not in paragraphs:  # a policy can be attached to several levels
            paragraphs.append(paragraph)
    if decision.outcome is Outcome.ALLOWED:
        paragraphs += _near_denials(decision)
    elif decision.outcome is Outcome.IMPLICITLY_DENIED:
        paragraphs += _near_grants(decision)
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ""
        yield from paragraph


_VERBS = {Effect.ALLOW: "allows it", Effect.DENY: "denies it"}


def _statement(statement: Statement, subject: Policy | PolicySet, verb: str) -> Iterator[str]:
    yield f"{home_of(statement, subject)} {verb}:"
    yield from (f"  {line}" for line in source_lines(statement))


def _conditions(statement: Statement, request: Request) -> Iterator[str]:
    """The conditions that held: without one of them the statement would not have matched."""
    held = [each.reason for each in _told(statement, request) if each.element == "Condition"]
    yield "  It matches because" if held else "  It has no condition."
    yield from (f"    {reason}" for reason in held)


def _near_denials(decision: Decision) -> Iterator[list[str]]:
    """Each Deny that only its conditions kept from matching."""
    near = []
    for statement in _statements(decision.policy, Effect.DENY):
        missed = _missed(statement, decision.request)
        if missed and all(each.element == "Condition" for each in missed):
            near.append((statement, missed))
    yield from _near(near, decision.policy, "nearly denies it")


def _near_grants(decision: Decision) -> Iterator[list[str]]:
    """The Allows that miss the request in the fewest parts, where an Allow was needed.

    One that speaks of other actions and misses something else as well is not near.
    """
    policies: Iterable[Policy] = policies_of(decision.policy)
    if decision.deciding:
        policies = [policy for each in decision.deciding for policy in each.layer.policies]
    near = [
        (statement, missed)
        for policy in policies
        for statement in policy.statements
        if statement.effect is Effect.ALLOW
        if (missed := _missed(statement, decision.request))
        if len(missed) == 1 or not missed[0].element.endswith("Action")
    ]
    fewest = min((len(missed) for _, missed in near), default=0)
    nearest = [(statement, missed) for statement, missed in near if len(missed) == fewest]
    yield from _near(nearest, decision.policy, "nearly allows it")


def _near(
    near: list[tuple[Statement, list[Finding]]], subject: Policy | PolicySet, verb: str
) -> Iterator[list[str]]:
    for statement, missed in near[:_NEAREST]:
        why = [f"    {each.reason}" for each in missed]
        yield [*_statement(statement, subject, verb), "  It does not match because", *why]
    if len(near) > _NEAREST:
        yield [f"… and {len(near) - _NEAREST} more statements that came as close"]


def _missed(statement: Statement, request: Request) -> list[Finding]:
    return [each for each in _told(statement, request) if not each.holds]


def _told(statement: Statement, request: Request) -> list[Finding]:
    """Each part of the statement; what a template leaves open in words that people know."""
    found = findings(statement, request)
    first = len(found) - len(statement.conditions)
    for place, condition in enumerate(statement.conditions):
        if is_guard(condition):
            each = found[first + place]
            told = f"it hangs on whether {open_words(condition)}"
            found[first + place] = Finding("Condition", each.holds, told)
    return found


def _statements(subject: Policy | PolicySet, effect: Effect) -> Iterator[Statement]:
    for policy in policies_of(subject):
        yield from (each for each in policy.statements if each.effect is effect)
