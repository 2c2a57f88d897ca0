"""`coverage_html`: the coverage of policies as one HTML page, with the text of every policy.

The page needs nothing else, runs no script, and says in words what it says in colour. What is not
covered is what one wants to see: the policies stand in the order of the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from iamlogic.reports.pages import environment, inlined, security_policy
from iamlogic.testing.coverage.parts import Element
from iamlogic.testing.coverage.source import Line, State, marked_lines, state_of
from iamlogic.testing.coverage.table import missing, notes, title
from iamlogic.testing.coverage.tally import Coverage, Covered, per_cent

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Share:
    """How many parts of one kind were touched by each, as in a row of a table."""

    kind: str
    of: int
    by_requests: int
    by_proofs: int
    missing: int


@dataclass(frozen=True, slots=True)
class Section:
    """A policy on the page."""

    id: str
    title: str
    statements: int
    by_requests: int
    by_proofs: int
    cover: int
    missing: str
    shares: tuple[Share, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template shows."""

    cover: int
    by_requests: int
    by_proofs: int
    parts: int
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    legend: tuple[State, ...]


def coverage_html(coverage: Coverage, root: Path) -> str:
    """The page, files by their paths from `root`. Raises `MissingLibrary` without Jinja2."""
    style = inlined(_TEMPLATES / "page.css")
    template = environment(_TEMPLATES).get_template("page.html.jinja")
    return template.render(page=_page(coverage, root), style=style, policy=security_policy(style))


def _page(coverage: Coverage, root: Path) -> Page:
    policies = coverage.policies
    of = sum(len(each.parts) for each in policies)
    sections = tuple(_section(each, f"policy-{n}", root) for n, each in enumerate(policies, 1))
    used = {state_of(each, part) for each in policies for part in (*each.parts, *each.impossible)}
    return Page(
        cover=per_cent(sum(len(each.touched) for each in policies), of),
        by_requests=per_cent(sum(len(each.by_requests) for each in policies), of),
        by_proofs=per_cent(sum(len(each.by_proofs) for each in policies), of),
        parts=of,
        sections=sections,
        notes=tuple(notes(coverage, root)),
        legend=tuple(each for each in State if each in used),
    )


def _section(covered: Covered, id_: str, root: Path) -> Section:
    of = len(covered.parts)
    return Section(
        id=id_,
        title=title(covered, root),
        statements=len(covered.policy.statements),
        by_requests=per_cent(len(covered.by_requests), of),
        by_proofs=per_cent(len(covered.by_proofs), of),
        cover=per_cent(len(covered.touched), of),
        missing=missing(covered),
        shares=tuple(_shares(covered)),
        lines=tuple(marked_lines(covered)),
    )


def _shares(covered: Covered) -> Iterator[Share]:
    for element in Element:
        parts = [part for part in covered.parts if part.element is element]
        if parts:
            yield Share(
                element.value,
                len(parts),
                sum(part in covered.by_requests for part in parts),
                sum(part in covered.by_proofs for part in parts),
                sum(part not in covered.touched for part in parts),
            )
