"""For a pull request: a comparison or a decision as GitHub-flavoured Markdown.

Whatever comes from a policy or a request stands in a code span or a fenced block whose fence is
longer than any run of backticks in it: inside those neither Markdown nor HTML means anything. There
are no tables, in which a pipe would. Printability is the wording's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from iamlogic.questions.compare import Comparison
from iamlogic.questions.gain import Difference
from iamlogic.reports.wording import (
    ASSUMED,
    Row,
    Side,
    assumed,
    cause,
    command,
    coverage,
    refusal,
    rows,
    sides,
    verdict,
)
from iamlogic.semantics.decision import Decision


def comparison_markdown(comparison: Comparison) -> str:
    """The whole account of a comparison."""
    return "\n".join(_comparison(comparison)) + "\n"


def decision_markdown(decision: Decision, *, in_full: bool = False) -> str:
    """The outcome of one request and why, statement by statement; in full, part by part."""
    _, *statements = decision.explain(in_full=in_full).split("\n")
    lines = [
        f"### {decision.outcome.value.replace('_', ' ').capitalize()}",
        "",
        *fenced("sh", shell(command(decision.request, decision.policy))),
        "",
        *fenced("text", statements or ["the policy has no statements"]),
    ]
    return "\n".join(lines) + "\n"


def _comparison(comparison: Comparison) -> Iterator[str]:
    yield f"### {comparison.relation.value.capitalize()}"
    yield ""
    yield f"{verdict(comparison, code)}."
    for side in sides(comparison, code):
        yield ""
        yield f"**{side.title}**, {side.lead}:"
        for number, difference in enumerate(side.differences, start=1):
            yield ""
            yield from _difference(number, difference, side)
    said_of_rest = coverage(comparison, code)
    if said_of_rest is not None:
        yield ""
        yield said_of_rest
    facts = assumed(comparison)
    if facts:
        yield ""
        yield f"{ASSUMED}:"
        yield ""
        yield from (f"- {fact}" for fact in facts)


def _difference(number: int, difference: Difference, side: Side) -> Iterator[str]:
    bullet = f"{number}. "
    indent = " " * len(bullet)
    yield bullet + cause(difference, code, gained=side.gained)
    for row in rows(difference.region):
        yield f"{indent}- {row.element}: {entries(row)}"
    refused = refusal(difference, code, gained=side.gained)
    if refused is not None:
        yield f"{indent}- {refused}"
    yield ""
    yield f"{indent}For example:"
    yield ""
    for line in fenced("sh", shell(command(difference.witness, side.policy))):
        yield indent + line


def entries(row: Row) -> str:
    """The entries of a row as code spans, the rest counted."""
    shown = [code(entry) for entry in row.shown]
    return ", ".join([*shown, f"… {row.more} more"] if row.more else shown)


def shell(pieces: list[str]) -> list[str]:
    """A command in pieces as lines that a shell takes for one."""
    return [
        ("  " if position else "") + piece + (" \\" if position < len(pieces) - 1 else "")
        for position, piece in enumerate(pieces)
    ]


def code(text: str) -> str:
    """`text` as a code span, whatever is in it."""
    if not text:
        return '`""`'
    fence = "`" * (1 + _longest_run(text))
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def fenced(language: str, lines: Iterable[str]) -> list[str]:
    """The lines as a fenced block, whatever is in them."""
    body = list(lines)
    fence = "`" * max(3, 1 + max(map(_longest_run, body)))
    return [f"{fence}{language}", *body, fence]


def _longest_run(text: str) -> int:
    """Of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)
