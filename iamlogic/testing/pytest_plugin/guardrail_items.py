"""Guardrails as pytest's items: what is collected in a file of policies, and how it is told.

A failure is a text for who reviews policies, the one of `iamlogic guardrails`: nobody is helped by
the way through Python on which it came about.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from iamlogic.errors import IamlogicError
from iamlogic.inputs.settings import Settings
from iamlogic.inputs.settings.guarding import outside_of_root
from iamlogic.questions.answer import Verdict
from iamlogic.questions.guardrail import Guardrail, held_against
from iamlogic.questions.guardrail_examples import try_guardrail
from iamlogic.questions.review.notices import Severity
from iamlogic.questions.review.placed import Found, PlacedPolicy, Unread
from iamlogic.reports.guardrails import Tried, breach_text, tried_text
from iamlogic.testing.warning import PolicyWarning

if TYPE_CHECKING:
    # What pytest's own method is declared with.
    from _pytest._code.code import TerminalRepr, TracebackStyle

    from iamlogic.testing.pytest_plugin.guardrails import Guardrails


class Broken(Exception):
    """A test of a policy fails; the text is all that is to be said."""


class PolicyFile(pytest.File):
    """A file in which there may be policies."""

    def __init__(self, plugin: Guardrails, **further: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**further)
        self._plugin = plugin

    def collect(self) -> Iterable[pytest.Item]:
        try:
            found = self._plugin.found_in(self.path)
            if found == Found() and self._plugin.is_named(self.path):
                raise self.CollectError(
                    f"{self._plugin.shown(self.path)}: there is no policy in it"
                )
            return list(self._items(found))
        except IamlogicError as error:  # a glob without the library that reads globs
            raise self.CollectError(str(error)) from error

    def _items(self, found: Found) -> Iterator[pytest.Item]:
        taken: set[str] = set()
        for unread in found.unread:
            name = _unique("policy can be read", unread.name, taken)
            yield UnreadItem.from_parent(self, name=name, unread=unread)
        for placed in found.policies:
            doubts = list(_doubts(placed))
            if not self._plugin.in_root(placed):
                doubts.append(outside_of_root(placed.file, self._plugin.root))
            for guardrail in self._plugin.for_policy(placed):
                name = _unique(f"guardrail {guardrail.name}", placed.name, taken)
                yield GuardrailItem.from_parent(
                    self,
                    name=name,
                    plugin=self._plugin,
                    placed=placed,
                    guardrail=guardrail,
                    doubts=doubts,
                )
                doubts = []  # told once


class ExamplesFile(pytest.File):
    """The settings file: its guardrails' examples."""

    def __init__(self, plugin: Guardrails, **further: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**further)
        self._settings: Settings = plugin.settings

    def collect(self) -> Iterable[pytest.Item]:
        return [
            ExamplesItem.from_parent(self, name=f"examples of {each.name}", guardrail=each)
            for each in self._settings.guardrails
            if each.caught or each.passed
        ]


class _PolicyItem(pytest.Item):
    """A test whose failure is a text."""

    line: int | None = None

    def repr_failure(
        self,
        excinfo: pytest.ExceptionInfo[BaseException],
        style: TracebackStyle | None = None,
    ) -> str | TerminalRepr:
        if isinstance(excinfo.value, Broken | PolicyWarning):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str], int | None, str]:
        line = None if self.line is None else self.line - 1  # pytest counts from 0
        return self.path, line, self.name


class GuardrailItem(_PolicyItem):
    """One guardrail, held against one policy."""

    def __init__(
        self,
        plugin: Guardrails,
        placed: PlacedPolicy,
        guardrail: Guardrail,
        doubts: list[str],
        **further: Any,  # noqa: ANN401 (pytest's own)
    ) -> None:
        super().__init__(**further)
        self._plugin, self._placed, self._guardrail = plugin, placed, guardrail
        self._doubts = doubts
        self.line = placed.where.line

    def runtest(self) -> None:
        for doubt in self._doubts:
            self.warn(PolicyWarning(doubt))
        name = self._plugin.in_root(self._placed)
        breaches = held_against(self._placed, [self._guardrail], file=name)
        if not breaches or breaches[0].answer.verdict is not Verdict.UNKNOWN:
            self._plugin.record(self._placed, self._guardrail)
        for breach in breaches:
            text = breach_text(self._placed, breach)
            if self._guardrail.severity is Severity.ERROR:
                raise Broken(text)
            self.warn(PolicyWarning(text))


class UnreadItem(_PolicyItem):
    """A policy that cannot be read, or that is left open: it keeps nothing for certain."""

    def __init__(self, unread: Unread, **further: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**further)
        self._unread = unread
        self.line = unread.where.line

    def runtest(self) -> None:
        what = "not known" if self._unread.is_open else "cannot be read"
        raise Broken(f"{self._unread.title}: {what}\n{self._unread.error}")


class ExamplesItem(_PolicyItem):
    """A guardrail, tried on its own examples."""

    def __init__(self, guardrail: Guardrail, **further: Any) -> None:  # noqa: ANN401 (pytest's own)
        super().__init__(**further)
        self._guardrail = guardrail
        self.line = guardrail.where.line

    def runtest(self) -> None:
        trial = try_guardrail(self._guardrail)
        if trial.verdict is not Verdict.HOLDS:
            raise Broken(tried_text([Tried(trial)]))


def _doubts(placed: PlacedPolicy) -> Iterator[str]:
    """The policy's warnings, but for those of a name that stands for what is left open."""
    names = [each.text for each in placed.placeholders]
    for warning in placed.policy.warnings:
        if not any(name in warning.message for name in names):
            yield str(warning)


def _unique(name: str, policy: str, taken: set[str]) -> str:
    """The name of a test as pytest writes parameters: `guardrail no-new-users[Role.Policies]`."""
    number = 1
    found = f"{name}[{policy}]" if policy else name
    while found in taken:
        number += 1
        found = f"{name}[{f'{policy} ' if policy else ''}#{number}]"
    taken.add(found)
    return found
