"""What guardrails come to, tried on examples or held against policies: text, Markdown and JSON.

Texts of policies and settings are hostile: what leaves here is printable, and in Markdown whatever
is not ours stands in code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamlogic.questions.answer import Verdict
from iamlogic.questions.guardrail import Breach, Guardrail
from iamlogic.questions.guardrail_examples import Trial, WrongExample
from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.reports.json import place_json, statement_json
from iamlogic.reports.markdown import code, fenced, shell
from iamlogic.reports.openness import is_open, open_words_of
from iamlogic.reports.wording import Mark, command, statement_name
from iamlogic.semantics.explain import explain_request, printable
from iamlogic.semantics.request import Request


@dataclass(frozen=True, slots=True)
class Tried:
    """A guardrail tried on its examples, and what else is doubtful about it."""

    trial: Trial
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A policy, and which guardrails it does not keep."""

    policy: PlacedPolicy
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True)
class Guarded:
    """All guardrails held against all policies.

    `unread` is how many could not be read, `left_open` of how many a template leaves open all.
    """

    guardrails: tuple[Guardrail, ...]
    held: tuple[Held, ...]
    unread: int = 0
    left_open: int = 0

    @property
    def verdict(self) -> Verdict:
        """By the guardrails whose severity is an error: those alone fail a check."""
        counting = [b for each in self.held for b in each.breaches if _counts(b)]
        if any(map(_is_broken, counting)):
            return Verdict.FAILS
        return Verdict.UNKNOWN if counting or self.left_open else Verdict.HOLDS


def _counts(breach: Breach) -> bool:
    return breach.guardrail.severity is Severity.ERROR


def _is_broken(breach: Breach) -> bool:
    return breach.answer.verdict is Verdict.FAILS and not breach.depends_on


def breach_sentence(breach: Breach, mark: Mark = str) -> str:
    """`broken`, or on what it depends, or why it is not known."""
    names = ", ".join(mark(printable(name)) for name in breach.depends_on)
    if breach.answer.verdict is Verdict.UNKNOWN:
        return f"not known: {mark(printable(breach.answer.reason))}"
    return f"possibly broken, which depends on {names}" if names else "broken"


# Held against policies


def guarded_text(guarded: Guarded) -> str:
    """What is broken, policy by policy, each with an example."""
    lines = [_guarded_headline(guarded)]
    for each in guarded.held:
        for breach in each.breaches:
            lines += ["", breach_text(each.policy, breach)]
    return "\n".join(lines)


def breach_text(policy: PlacedPolicy, breach: Breach) -> str:
    """One guardrail that one policy does not keep: what it says, where it is broken, an example."""
    guardrail = breach.guardrail
    lines = [f"{guardrail.severity.value} {guardrail.name}: {printable(guardrail.message)}"]
    lines.append(f"  {printable(policy.title)}: {breach_sentence(breach)}")
    lines += (f"  {line}" for line in _statements(policy, breach))
    shown = _example(policy, breach)
    lines += ["", "  For example:", *(f"    {line}" for line in shown)] if shown else []
    return "\n".join(lines)


def guarded_markdown(guarded: Guarded) -> str:
    """The same in Markdown."""
    lines = [f"### {_guarded_headline(guarded)}"]
    for each in guarded.held:
        for breach in each.breaches:
            guardrail = breach.guardrail
            title = f"**{guardrail.severity.value} {code(guardrail.name)}**"
            lines += ["", f"{title}: {code(printable(guardrail.message))}", ""]
            place = code(printable(each.policy.title))
            lines.append(f"{place}: {breach_sentence(breach, code)}.")
            named = [f"- {line}" for line in _statements(each.policy, breach, code)]
            lines += ["", *named] if named else []
            shown = _example(each.policy, breach)
            lines += ["", "For example:", "", *fenced("sh", shown)] if shown else []
    return "\n".join(lines) + "\n"


def guarded_json(guarded: Guarded) -> str:
    """The same as `iamlogic/guardrails-check/1`."""
    document = {
        "schema": "iamlogic/guardrails-check/1",
        "verdict": guarded.verdict.value,
        "guardrails": [each.name for each in guarded.guardrails],
        "policies": len(guarded.held),
        "unread": guarded.unread,
        "left_open": guarded.left_open,
        "breaches": [
            _breach_json(each.policy, breach) for each in guarded.held for breach in each.breaches
        ],
    }
    return json.dumps(document, indent=2)


def _guarded_headline(guarded: Guarded) -> str:
    breaches = [breach for each in guarded.held for breach in each.breaches]
    broken = {b.guardrail.name for b in breaches if _is_broken(b)}
    doubtful = {b.guardrail.name for b in breaches} - broken
    policies = _count(len(guarded.held), "policy", "policies")
    unread = f"; {guarded.unread} could not be read" if guarded.unread else ""
    unread += f"; {guarded.left_open} left open as a whole" if guarded.left_open else ""
    total = _count(len(guarded.guardrails), "guardrail", "guardrails")
    if not breaches:
        known = "kept" if guarded.verdict is Verdict.HOLDS else "kept as far as it is known"
        return f"{known}: {total} by {policies}{unread}"
    told = [f"{len(broken)} of {total} broken"] if broken else []
    told += [f"{len(doubtful)} of {total} not known to be kept"] if doubtful else []
    by = sum(bool(each.breaches) for each in guarded.held)
    return f"{', '.join(told)}, by {by} of {policies}{unread}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _statements(placed: PlacedPolicy, breach: Breach, mark: Mark = str) -> Iterator[str]:
    for statement in breach.answer.statements:
        known = any(each is statement for each in placed.policy.statements)
        yield statement_name(statement, placed.policy if known else placed.for_any, mark)


def _example(placed: PlacedPolicy, breach: Breach) -> list[str]:
    """A command that tries the example; of a policy inside a file the request alone."""
    request = breach.answer.witness
    if request is None:
        return []
    if not placed.name and not placed.placeholders:
        return shell(command(request, placed.policy))
    told = [explain_request(request)]
    told += [
        printable(f"with {key} = {', '.join(request.values(key))}")
        for key in request.context
        if not is_open(key)
    ]
    return [*told, *(f"where {words}" for words in open_words_of(request))]


def _breach_json(placed: PlacedPolicy, breach: Breach) -> dict[str, object]:
    answer = breach.answer
    return {
        "guardrail": breach.guardrail.name,
        "message": breach.guardrail.message,
        "severity": breach.guardrail.severity.value,
        "file": placed.file,
        "policy": placed.name,
        "verdict": answer.verdict.value,
        "reason": answer.reason,
        "depends_on": list(breach.depends_on),
        "statements": [statement_json(each, None, None) for each in answer.statements],
        "witness": _request_json(answer.witness),
    }


def _request_json(request: Request | None) -> object:
    return None if request is None else json.loads(request.to_json())


# Tried on their examples


def tried_verdict(tried: Sequence[Tried]) -> Verdict:
    """Of all guardrails: it fails if one does, and is unknown if one is."""
    verdicts = {each.trial.verdict for each in tried}
    for verdict in (Verdict.FAILS, Verdict.UNKNOWN):
        if verdict in verdicts:
            return verdict
    return Verdict.HOLDS


def tried_text(tried: Sequence[Tried]) -> str:
    """What is wrong, and why; how many are right."""
    lines = [_tried_headline(tried)]
    for each in tried:
        told = [*_told(each.trial), *(f"warning: {remark}" for remark in each.remarks)]
        if told:
            guardrail = each.trial.guardrail
            lines += ["", f"{guardrail.name} ({printable(str(guardrail.where))})"]
            lines += (f"  {printable(line)}" for line in told)
    return "\n".join(lines)


def tried_markdown(tried: Sequence[Tried]) -> str:
    """The same in Markdown."""
    lines = [f"### {_tried_headline(tried)}"]
    for each in tried:
        told = [*_told(each.trial), *(f"warning: {remark}" for remark in each.remarks)]
        if told:
            guardrail = each.trial.guardrail
            where = code(printable(str(guardrail.where)))
            lines += ["", f"**{code(guardrail.name)}** ({where})", ""]
            lines += (f"- {code(printable(line.strip()))}" for line in told)
    return "\n".join(lines) + "\n"


def tried_json(tried: Sequence[Tried]) -> str:
    """The same as `iamlogic/guardrails-test/1`."""
    document = {
        "schema": "iamlogic/guardrails-test/1",
        "verdict": tried_verdict(tried).value,
        "guardrails": [
            {
                "name": each.trial.guardrail.name,
                "verdict": each.trial.verdict.value,
                "catches": len(each.trial.guardrail.caught),
                "passes": len(each.trial.guardrail.passed),
                "wrong": [_wrong_json(wrong) for wrong in each.trial.wrong],
                "scope": each.trial.empty,
                "warnings": list(each.remarks),
                **place_json(each.trial.guardrail.where),
            }
            for each in tried
        ],
    }
    return json.dumps(document, indent=2)


def _tried_headline(tried: Sequence[Tried]) -> str:
    wrong = sum(each.trial.verdict is Verdict.FAILS for each in tried)
    unknown = sum(each.trial.verdict is Verdict.UNKNOWN for each in tried)
    total = _count(len(tried), "guardrail", "guardrails")
    examples = _count(sum(each.trial.examples for each in tried), "example", "examples")
    if not wrong and not unknown:
        return f"right: {total} on {examples}"
    told = [f"{wrong} of {total} wrong"] if wrong else []
    told += [f"{unknown} of {total} not known to be right"] if unknown else []
    return f"{', '.join(told)}, on {examples}"


def _told(trial: Trial) -> Iterator[str]:
    if trial.empty is not None:
        known = "it is not known whether the scope holds any request"
        yield f"{known}: {trial.empty}" if trial.is_unknown else f"{trial.empty}: it guards nothing"
    for wrong in trial.wrong:
        yield f"{'not caught' if wrong.must_catch else 'caught'}: {wrong.title}"
        yield f"  {explain_request(wrong.request)}"
        yield f"  {wrong.reason}"


def _wrong_json(wrong: WrongExample) -> dict[str, object]:
    return {
        "example": wrong.title,
        "must_catch": wrong.must_catch,
        "request": _request_json(wrong.request),
        "reason": wrong.reason,
    }
