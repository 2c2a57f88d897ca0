"""Decoded JSON with its place: how what AWS exports is read, member by member.

A `Node` is a value and the path to it. It reports what is not as expected and gives what can be
read, so that one run tells all that is wrong. Members that iamlogic does not read are left alone,
since AWS adds some now and then; one that looks like a misspelling of a member that is missing is
an error, for what it says would be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from iamlogic.errors import AccountError, Path, PolicySyntaxError, Problem, Where
from iamlogic.inputs.json_files import RepeatedNames
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.problems import MAX_PROBLEMS, closest

_SURROGATE = re.compile("[\ud800-\udfff]")


class Report:
    """All that is wrong with the documents of one account, of them and of the policies inside."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []
        self._syntax: list[Problem] = []

    def add(self, problem: Problem) -> None:
        """Raises `AccountError` when there are too many to read."""
        self._problems.append(problem)
        if len(self._problems) == MAX_PROBLEMS:
            note = Problem(f"reading stopped after {MAX_PROBLEMS} errors", problem.where)
            raise AccountError((*self._problems, note))

    def add_policy(self, error: PolicySyntaxError) -> None:
        """Raises `PolicySyntaxError` when there are too many to read."""
        self._syntax += error.problems
        if len(self._syntax) >= MAX_PROBLEMS:
            raise PolicySyntaxError(tuple(self._syntax))

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._problems or self._syntax)

    def check(self) -> None:
        """Raise what was found: an `AccountError`, or else what is wrong with policies."""
        if self._problems:
            raise AccountError(tuple(self._problems))
        if self._syntax:
            raise PolicySyntaxError(tuple(self._syntax))


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document that describes an account, and its place there."""

    value: object
    path: Path
    report: Report = field(compare=False)
    file: str | None = None

    @property
    def where(self) -> Where:
        """This place, for a message. Only a page of the details as a whole has no path."""
        return Where(self.path or ("details",), file=self.file)

    def problem(self, message: str, hint: str | None = None) -> None:
        """Report what is wrong here."""
        self.report.add(Problem(message, self.where, hint))

    def is_object(self, known: tuple[str, ...] = (), *, closed: bool = False) -> bool:
        """Whether this is an object with the members `known` and, unless `closed`, others."""
        match self.value:
            case RepeatedNames(repeated=name):
                hint = "most programs silently keep the last one; join them or remove one"
                self.problem(f"{quote(name)} occurs twice in one object", hint)
                return False
            case Mapping():
                return self._names_are(known, closed=closed)
        self.problem(f"found {describe(self.value)}, expected an object")
        return False

    def _names_are(self, known: tuple[str, ...], *, closed: bool) -> bool:
        assert isinstance(self.value, Mapping)
        good = True
        for name in self.value:
            if not known or name in known:
                continue
            if not isinstance(name, str):
                self.problem(f"a member's name is {describe(name)}, expected a text")
                good = False
                continue
            meant = closest(name, known)
            if closed or (meant is not None and meant not in self.value):
                hint = f'did you mean "{meant}"?' if meant else f"known are {', '.join(known)}"
                self.at(name).problem(f"there is no member {quote(name)} here", hint)
                good = False
        return good

    def at(self, step: str | int, value: object = None) -> Node:
        """`value`, which stands under `step` of this object or list."""
        return Node(value, (*self.path, step), self.report, self.file)

    def get(self, name: str) -> Node | None:
        """The member `name` of this object, unless it is absent or null."""
        assert isinstance(self.value, Mapping)
        value = self.value.get(name)
        return None if value is None else self.at(name, value)

    def require(self, name: str, hint: str | None = None) -> Node | None:
        """The member `name`; that it is absent is reported."""
        node = self.get(name)
        if node is None:
            self.problem(f"there is no {name} here", hint)
        return node

    def text(self, name: str) -> str | None:
        """The member `name`, which must be there and be a text."""
        node = self.require(name)
        return node.as_text() if node else None

    def as_text(self) -> str | None:
        """This value, which must be a text."""
        if not isinstance(self.value, str):
            self.problem(f"found {describe(self.value)}, expected a text")
            return None
        if not self.value.isascii() and _SURROGATE.search(self.value):
            self.problem("a lone surrogate stands in the text: it is no character")
            return None
        return self.value

    def flag(self, name: str) -> bool:
        """The member `name`, true or false; false if it is absent."""
        node = self.get(name)
        if node is None or isinstance(node.value, bool):
            return node is not None and node.value is True
        node.problem(f"found {describe(node.value)}, expected true or false")
        return False

    def items(self, name: str) -> Iterator[Node]:
        """The items of the list `name`; none if it is absent."""
        node = self.get(name)
        return node.as_items() if node else iter(())

    def as_items(self, *, or_one: bool = False) -> Iterator[Node]:
        """The items of this list; with `or_one`, an object is the only item of a list of one."""
        if isinstance(self.value, list | tuple):
            yield from (self.at(number, item) for number, item in enumerate(self.value))
        elif or_one and isinstance(self.value, Mapping):
            yield self
        else:
            self.problem(f"found {describe(self.value)}, expected a list")


def describe(value: object) -> str:
    """What was found, for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {quote(value)}"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
    return f"a {type(value).__name__}"
