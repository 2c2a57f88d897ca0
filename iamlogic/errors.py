"""What iamlogic raises: every error a user can meet derives from `IamlogicError`.

Nothing from lark, z3 or json escapes raw. An error about a text carries `Problem`s, and a problem
says where it is, what was found, what was expected and, where one can be guessed, the likely fix.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""The way from the root of a document to a node: `("Statement", 0, "Action", 2)`."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a node stands: line and column (from 1) when it was read from text, its path always."""

    path: Path = ()
    line: int | None = None
    column: int | None = None
    file: str | None = None

    def __reduce__(self) -> tuple[type[Where], tuple[Path, int | None, int | None, str | None]]:
        # Every node of a policy has one, and policies are sent between processes.
        return (Where, (self.path, self.line, self.column, self.file))

    @property
    def dotted(self) -> str:
        """The path as people write it: `Statement[0].Action[2]`; `policy` for the root."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return text.removeprefix(".") or "policy"

    def __str__(self) -> str:
        if self.line is None:
            return f"{self.file}: {self.dotted}" if self.file else self.dotted
        place = f"{self.line}:{self.column}"
        return f"{self.file}:{place}" if self.file else f"line {self.line}, column {self.column}"


NOWHERE = Where()
"""The place of nodes that were built by a program and stand in no document."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong (or, as a warning, doubtful) with a text.

    `rule` is the id in docs/semantics.md of the rule that is broken, `hint` the likely fix,
    `source_line` the line of the text that `where` points into (None for decoded JSON).
    """

    message: str
    where: Where = NOWHERE
    hint: str | None = None
    rule: str | None = None
    source_line: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        rule = f" [{self.rule}]" if self.rule else ""
        lines = [f"{self.where}: {self.message}{rule}"]
        if self.source_line and self.source_line.strip() and self.where.column is not None:
            shown, caret = _excerpt(self.source_line, self.where.column)
            lines += [f"    {shown}", "    " + " " * caret + "^"]
        if self.hint:
            lines.append(f"    hint: {self.hint}")
        return "\n".join(lines)


_EXCERPT = 96
"""Characters of a source line that an error shows: policies are often minified onto one line."""


def _excerpt(line: str, column: int) -> tuple[str, int]:
    """The part of `line` around `column`, and the caret's offset in it."""
    start = max(0, column - 1 - _EXCERPT // 2)
    shown = line[start : start + _EXCERPT]
    before, after = "…" if start else "", "…" if start + _EXCERPT < len(line) else ""
    printable = "".join(c if c.isprintable() else "·" for c in shown)
    return before + printable + after, column - 1 - start + len(before)


class IamlogicError(Exception):
    """The base of everything that iamlogic raises on purpose."""


class _WithProblems(IamlogicError):
    """`problems` has all that was found, each with its place; the rest is that of the first."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type[_WithProblems], tuple[tuple[Problem, ...]]]:
        return (type(self), (self.problems,))

    @property
    def file(self) -> str | None:
        return self.problems[0].where.file

    @property
    def line(self) -> int | None:
        return self.problems[0].where.line

    @property
    def column(self) -> int | None:
        return self.problems[0].where.column

    @property
    def hint(self) -> str | None:
        return self.problems[0].hint


class PolicySyntaxError(_WithProblems):
    """A text is not a policy. `problems` has all that was found, in the order of the text.

    `line`, `column` and `hint` are those of the first problem.
    """


class PolicyReadError(IamlogicError):
    """A policy's file cannot be read: it is missing, a directory, not permitted, …"""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: cannot be read: {reason}")
        self.file, self.reason = file, reason

    def __reduce__(self) -> tuple[type[PolicyReadError], tuple[str, str]]:
        return (type(self), (self.file, self.reason))


class AccountError(_WithProblems):
    """What describes an account cannot be used: malformed, incomplete, or at odds with itself.

    An incomplete account would make "nobody else can" a wrong answer, so nothing is passed over.
    `problems` has all that was found, each with its place (`RoleDetailList[3].Arn`); `file` and
    `hint` are those of the first.
    """


class SettingsError(_WithProblems):
    """What a user keeps beside the policies cannot be used: `iamlogic.toml`, or the baseline.

    `problems` has all that was found, each with its place; `file`, `line` and `hint` are those of
    the first.
    """


class RequestError(IamlogicError):
    """A request cannot be written down: malformed, at odds with itself (R-K6), or not as asked."""


class Unsupported(IamlogicError):
    """A policy uses a legal part of the language whose meaning iamlogic does not model (yet)."""

    def __init__(self, what: str, where: Where = NOWHERE) -> None:
        super().__init__(f"{where}: {what} is not supported yet")
        self.what, self.where = what, where

    def __reduce__(self) -> tuple[type[Unsupported], tuple[str, Where]]:
        return (type(self), (self.what, self.where))


class InternalError(IamlogicError):
    """Two parts of iamlogic disagree. This is a bug, never an answer: please report it."""
