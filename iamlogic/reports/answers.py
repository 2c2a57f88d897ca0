"""Whether something holds, for people: as text, and as Markdown."""

from __future__ import annotations

from iamlogic.questions.answer import Answer
from iamlogic.reports.wording import command, home_of
from iamlogic.semantics.explain import printable
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet


def answer_text(answer: Answer, subject: Policy | PolicySet) -> str:
    """The verdict and why; the statements of a proof, or the request that shows it."""
    lines = [f"{answer.verdict.value}: {printable(answer.reason)}"]
    if answer.witness is None:
        lines += [f"  {home_of(each, subject)}" for each in answer.statements]
    else:
        lines += ["", "For example:", *_pieces(answer, subject)]
    return "\n".join(lines)


def answer_markdown(answer: Answer, subject: Policy | PolicySet) -> str:
    """The same in Markdown."""
    lines = [f"### {answer.verdict.value.capitalize()}", "", f"{printable(answer.reason)}."]
    if answer.witness is None:
        lines += ["", *(f"- {home_of(each, subject)}" for each in answer.statements)]
    else:
        lines += ["", "For example:", "", "```sh", *_pieces(answer, subject), "```"]
    return "\n".join(lines) + "\n"


def _pieces(answer: Answer, subject: Policy | PolicySet) -> list[str]:
    assert answer.witness is not None
    head, *options = command(answer.witness, subject)
    return [f"  {head} \\", *(f"    {piece} \\" for piece in options[:-1]), f"    {options[-1]}"]
