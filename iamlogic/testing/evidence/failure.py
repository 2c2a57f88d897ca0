"""`PolicyAssertionError`: what is wrong, in the first line, and under it what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import iamlogic as il
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.reports.access import asked_by
from iamlogic.reports.markdown import shell
from iamlogic.reports.openness import open_words_of
from iamlogic.reports.wording import command, home_of
from iamlogic.semantics.decision import Decision
from iamlogic.semantics.explain import printable
from iamlogic.semantics.request import Request
from iamlogic.testing.evidence.decisions import decision_lines
from iamlogic.testing.subjects import Subject, for_any, title


class PolicyAssertionError(AssertionError):
    """A policy is not as a test says. `witness` is a request that shows it, if there is one."""

    def __init__(self, message: str, witness: Request | None = None) -> None:
        super().__init__(message)
        self.witness = witness

    # What a test prints begins with this name, which is the one that it can be imported by.
    __module__ = "iamlogic.testing"

    def __reduce__(self) -> tuple[type[PolicyAssertionError], tuple[str, Request | None]]:
        return (type(self), (str(self), self.witness))


def failure(
    said: str, evidence: Iterable[str] = (), witness: Request | None = None
) -> PolicyAssertionError:
    """The error that says `said`, with lines of evidence below."""
    lines = [printable(said), *(f"  {line}".rstrip() for line in evidence)]
    return PolicyAssertionError("\n".join(lines), witness)


def by_request(
    said: str, decision: Decision, subject: Subject, depends_on: Sequence[str] = ()
) -> PolicyAssertionError:
    """The error that a decision shows."""
    request = decision.request
    lines = ["", asked_by(request), "", *decision_lines(decision)]
    if depends_on:
        lines += ["", *open_lines(subject, depends_on)]
    kept = list(kept_lines(request, subject))
    return failure(said, [*lines, "", *kept] if kept else lines, request)


def open_lines(subject: Subject, names: Sequence[str]) -> Iterable[str]:
    """Which values a template leaves open that this hangs on, and why nobody knows them."""
    placeholders = subject.placeholders if isinstance(subject, PlacedPolicy) else ()
    yield "That hangs on what the template leaves open:"
    for name in names:
        why = next((each.reason for each in placeholders if each.name == name), "")
        yield f"  {printable(name)}, {printable(why)}" if why else f"  {printable(name)}"


def kept_lines(request: Request, subject: Subject) -> Iterable[str]:
    """How to keep the request as an example, and how to try it."""
    if open_words_of(request):
        return
    yield "To keep this request as an example of a property:"
    yield from (f"  {line}" for line in f"@example({request.to_python()})".splitlines())
    if not isinstance(subject, PlacedPolicy) and subject.file is not None:
        yield "To try it:"
        yield from (f"  {line}" for line in shell(command(request, subject)))


def shown(
    said: str, answer: il.Answer, subject: Subject, depends_on: tuple[str, ...] = ()
) -> PolicyAssertionError:
    """The error with the answer's witness, and what of the template it hangs on."""
    told, asked = f"{title(subject)} {said}", for_any(subject)
    if answer.witness is None:
        return failure(f"{told}: {answer.reason}", [home_of(e, asked) for e in answer.statements])
    decision = answer.decision or il.evaluate(asked, answer.witness)
    return by_request(told, decision, subject, depends_on)
