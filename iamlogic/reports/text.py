"""For a terminal: the verdict in one line, what changed and where, and a request to try.

Lines are made first, of styled pieces, and printed as they are; lists are wrapped here, so that a
command is never broken by the terminal's width. Colour is rich's affair: it drops it when the
output is no terminal (or NO_COLOR is set).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text as Line

from iamlogic.questions.compare import Comparison, Relation
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
from iamlogic.semantics.decision import Decision, Outcome

WIDTH = 100
"""Columns that lists are wrapped to where the output is no terminal, and at most on one."""

_RELATION_STYLES = {
    Relation.EQUIVALENT: "bold green",
    Relation.LESS_PERMISSIVE: "bold green",
    Relation.MORE_PERMISSIVE: "bold red",
    Relation.INCOMPARABLE: "bold red",
    Relation.UNKNOWN: "bold yellow",
}
_OUTCOME_STYLES = {
    Outcome.ALLOWED: "bold green",
    Outcome.EXPLICITLY_DENIED: "bold red",
    Outcome.IMPLICITLY_DENIED: "bold red",
}


def print_comparison(comparison: Comparison, console: Console) -> None:
    """The whole account of a comparison."""
    print_lines(_comparison_lines(comparison, width_of(console)), console)


def print_decision(decision: Decision, console: Console, *, in_full: bool = False) -> None:
    """The outcome of one request and why, statement by statement; in full, part by part."""
    outcome, *statements = decision.explain(in_full=in_full).split("\n")
    style = _OUTCOME_STYLES[decision.outcome]
    name = decision.outcome.value
    lines = [Line.assemble((name, style), outcome.removeprefix(name))]
    print_lines([*lines, *(Line(f"  {line}") for line in statements)], console)


def width_of(console: Console) -> int:
    """The columns that lists are wrapped to."""
    return min(console.width, WIDTH) if console.is_terminal else WIDTH


def print_lines(lines: Iterable[Line], console: Console) -> None:
    """Lines as they are: nothing in them is markup, and none is broken."""
    # Each call costs as much as a dozen lines, so the lines go out together.
    text = Line("\n").join(lines)
    console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)


def _comparison_lines(comparison: Comparison, width: int) -> Iterator[Line]:
    relation = comparison.relation
    style = _RELATION_STYLES[relation]
    yield Line.assemble((relation.value, style), f": {verdict(comparison)}")
    for side in sides(comparison):
        yield Line()
        yield Line.assemble((side.title, "bold"), f", {side.lead}:")
        for number, difference in enumerate(side.differences, start=1):
            yield from _difference(number, difference, side, width)
    said_of_rest = coverage(comparison)
    if said_of_rest is not None:
        yield Line()
        yield Line(said_of_rest, style="green" if comparison.complete else "yellow")
    facts = assumed(comparison)
    if facts:
        yield Line()
        yield Line(f"{ASSUMED}:")
        yield from (Line(f"  - {fact}") for fact in facts)


def _difference(number: int, difference: Difference, side: Side, width: int) -> Iterator[Line]:
    yield Line()
    yield Line(f"  {number}. {cause(difference, gained=side.gained)}")
    table = rows(difference.region)
    label = max(len(row.element) for row in table)
    for row in table:
        yield from row_lines(row, label, width)
    refused = refusal(difference, gained=side.gained)
    if refused is not None:
        yield Line()
        yield Line(f"     {refused}")
    yield Line()
    yield from example_lines(command(difference.witness, side.policy))


def example_lines(pieces: list[str]) -> Iterator[Line]:
    """The command that evaluates an example, over as many lines as it has pieces."""
    yield Line("     For example:", style="dim")
    for position, piece in enumerate(pieces):
        start = "       " if position == 0 else "         "
        end = "" if position == len(pieces) - 1 else " \\"
        yield Line(f"{start}{piece}{end}", style="cyan")


def row_lines(row: Row, label: int, width: int) -> Iterator[Line]:
    """An element and its entries, wrapped; `label` is the width of the longest element."""
    indent = " " * (5 + label + 2)
    head: str | None = f"     {row.element:<{label}}  "
    for text in _wrapped(row, width - len(indent)):
        yield Line.assemble((head, "bold"), text) if head else Line(indent + text)
        head = None


def _wrapped(row: Row, width: int) -> Iterator[str]:
    """The entries on lines of `width`; an entry is never broken, a condition has its own line."""
    separator = " and" if row.element == "Condition" else ","
    entries = [f"{entry}{separator}" for entry in row.shown]
    entries.append(f"… {row.more} more" if row.more else entries.pop().removesuffix(separator))
    line = ""
    for entry in entries:
        if line and (row.element == "Condition" or len(line) + 1 + len(entry) > width):
            yield line
            line = ""
        line = f"{line} {entry}" if line else entry
    yield line
