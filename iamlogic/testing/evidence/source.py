"""A statement as it stands in its file, with the numbers of its lines.

A node knows where it starts. A statement ends where the last thing in it stands, which is all that
a reader needs: it may lack a closing bracket. Where the file is not what was read, or there is
none, the statement is shown in its canonical form.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iamlogic.errors import PolicySyntaxError
from iamlogic.semantics.explain import printable
from iamlogic.syntax.formatter import format as canonical
from iamlogic.syntax.policy import Policy, PolicyKind, Statement

_MOST_LINES = 16
"""Lines of a statement that are shown before the rest is counted."""
_MOST_LETTERS = 160
"""Letters of a line: policies are often one line."""


def source_lines(statement: Statement) -> list[str]:
    """The statement's lines, ready to be printed."""
    return _in_file(statement) or _canonical(statement)


def _in_file(statement: Statement) -> list[str]:
    where = statement.where
    if where.file is None or where.line is None:
        return []
    lines = _lines_of(where.file)
    last = max((where.line, *_lines_within(statement)))
    if last > len(lines) or not _is_as_read(statement, lines):
        return []
    shown = [_shown(line) for line in lines[where.line - 1 : last]]
    shown[0] = _shown(lines[where.line - 1], where.column)
    width = len(str(last))
    return _shortened([f"{where.line + n:>{width}} | {line}" for n, line in enumerate(shown)])


def _is_as_read(statement: Statement, lines: list[str]) -> bool:
    """Whether an action stands where it stood; else the file, or the folder, is another by now."""
    return any(
        each.text in lines[each.where.line - 1]
        for each in statement.actions.patterns
        if each.where.line is not None
    )


def _lines_of(file: str) -> list[str]:
    try:
        text = Path(file).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return []
    return text.replace("\r\n", "\n").split("\n")


def _lines_within(statement: Statement) -> Iterator[int]:
    """The lines of everything in the statement that stands in the same file."""
    actions, resources, principals = statement.actions, statement.resources, statement.principals
    places = [actions.where, *(each.where for each in actions.patterns)]
    if resources is not None:
        places += [resources.where, *(each.where for each in resources.patterns)]
    if principals is not None:
        places += [principals.where, *(each.where for each in principals.entries)]
    for condition in statement.conditions:
        places += [condition.where, *(each.where for each in condition.values)]
    for where in places:
        if where.line is not None and where.file == statement.where.file:
            yield where.line


def _canonical(statement: Statement) -> list[str]:
    kind = PolicyKind.IDENTITY if statement.principals is None else PolicyKind.RESOURCE
    try:
        text = canonical(Policy((statement,), kind=kind))
    except PolicySyntaxError:  # one that no text can give: it was built by a program
        return []
    return _shortened([_shown(line[4:]) for line in text.splitlines()[2:-2]])


def _shown(line: str, column: int | None = None) -> str:
    """The line; of one that is too long the part from a column on, as far as there is room."""
    if column is not None and len(line) > _MOST_LETTERS:
        line = f"…{line[column - 1 :]}"
    line = printable(line.expandtabs(4))
    return line if len(line) <= _MOST_LETTERS else f"{line[:_MOST_LETTERS]}…"


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    more = len(lines) - _MOST_LINES + 1
    return [*lines[: _MOST_LINES - 1], f"… {more} more lines"]
