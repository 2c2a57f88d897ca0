"""The coverage of policies as a table for a terminal, and what there is to say below it.

`Cover` is of all parts, touched by a request or a proof; beside it each of the two alone. `Missing`
has what nothing touched by its lines: of a condition with the branch that nobody took.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from iamlogic.semantics.explain import printable
from iamlogic.testing.coverage.parts import BRANCHES, Element, Part, where_of
from iamlogic.testing.coverage.tally import Coverage, Covered, per_cent

_HEAD = ("Policy", "Stmts", "Miss", "Requests", "Proofs", "Cover", "Missing")
_MOST = 12
"""Places that a row names of what is missing, before it counts the rest."""


def table(coverage: Coverage, root: Path) -> Iterator[str]:
    """The lines of the table, files by their paths from `root`."""
    if not coverage.policies:
        yield "no test had a policy in hand"
        return
    rows = [(title(each, root), *_numbers([each]), missing(each)) for each in coverage.policies]
    total = ("TOTAL", *_numbers(coverage.policies), "")
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, total, strict=True)]
    rule = "-" * (sum(widths[:-1]) + 3 * (len(widths) - 2) + len(_HEAD[-1]) + 3)
    yield _line(_HEAD, widths)
    yield rule
    yield from (_line(row, widths) for row in rows)
    yield rule
    yield _line(total, widths)
    yield from notes(coverage, root)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers, last = cells
    shown = [each.rjust(width) for each, width in zip(numbers, widths[1:-1], strict=True)]
    return "   ".join([first.ljust(widths[0]), *shown, last]).rstrip()


def _numbers(policies: Sequence[Covered]) -> tuple[str, ...]:
    of = sum(len(each.parts) for each in policies)
    shares = (
        sum(len(each.by_requests) for each in policies),
        sum(len(each.by_proofs) for each in policies),
        sum(len(each.touched) for each in policies),
    )
    statements = sum(len(each.policy.statements) for each in policies)
    lost = sum(part.element is Element.STATEMENT for each in policies for part in each.missing)
    return str(statements), str(lost), *(f"{per_cent(each, of)}%" for each in shares)


def title(covered: Covered, root: Path) -> str:
    """What people call the policy."""
    if covered.file is None:
        sid = next((each.sid for each in covered.policy.statements if each.sid), None)
        return f"<without a file, {covered.number}{f': {printable(sid)}' if sid else ''}>"
    path = Path(covered.file)
    shown = os.path.relpath(path, root) if path.is_relative_to(root) else covered.file
    return printable(f"{shown}: {covered.name}" if covered.name else shown)


def missing(covered: Covered) -> str:
    """Where what nothing touched stands: lines of whole statements, lines, branches."""
    places = list(dict.fromkeys(_places(covered)))
    more = f", {len(places) - _MOST} more" if len(places) > _MOST else ""
    return ", ".join(places[:_MOST]) + more


def _places(covered: Covered) -> Iterator[str]:
    lost = {part.statement for part in covered.missing if part.element is Element.STATEMENT}
    for number, statement in enumerate(covered.policy.statements):
        parts = [part for part in covered.missing if part.statement == number]
        if number in lost and not _is_partly_touched(covered, number):
            lines = [
                _line_of(covered, part) or 0 for part in covered.parts if part.statement == number
            ]
            start = statement.where.line
            yield _range(start, max(lines)) if start else f"statement {number + 1}"
            continue
        yield from _entries(covered, parts)


def _is_partly_touched(covered: Covered, number: int) -> bool:
    return any(part.statement == number for part in covered.touched)


def _entries(covered: Covered, parts: Iterable[Part]) -> Iterator[str]:
    lines: list[int] = []
    for part in parts:
        line = _line_of(covered, part)
        if part.element not in BRANCHES and line:
            lines.append(line)
            continue
        yield from _ranges(lines)
        lines = []
        place = str(line) if line else where_of(covered.policy, part).dotted
        branch = BRANCHES.get(part.element)
        yield f"{place} {branch}" if branch else place
    yield from _ranges(lines)


def _line_of(covered: Covered, part: Part) -> int | None:
    return where_of(covered.policy, part).line


def _ranges(lines: Iterable[int]) -> Iterator[str]:
    start = end = 0
    for line in sorted(set(lines)):
        if start and line == end + 1:
            end = line
            continue
        if start:
            yield _range(start, end)
        start = end = line
    if start:
        yield _range(start, end)


def _range(start: int, end: int) -> str:
    return str(start) if start >= end else f"{start}-{end}"


def notes(coverage: Coverage, root: Path) -> Iterator[str]:
    """What the numbers do not say."""
    impossible = sum(len(each.impossible) for each in coverage.policies)
    if impossible:
        branches = f"{impossible} branch{'es' if impossible > 1 else ''} of conditions"
        yield f"not counted: {branches} that no request can take"
    for each in coverage.policies:
        if each.unknown:
            count = f"{len(each.unknown)} part{'s' if len(each.unknown) > 1 else ''}"
            yield f"not known: whether proofs touch {count} of {title(each, root)}"
    if coverage.left_out:
        yield f"left out: {coverage.left_out} more policies without a file"
