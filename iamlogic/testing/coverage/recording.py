"""`Record`: which policies tests had in hand, what requests touched of them, what was to be proved.

A policy is told from others by its file and its place in there and, as a file can change, by its
content; without a file by the content alone. What a request touches is found out at once, since it
is cheap and requests are many; of proofs only the questions are kept. So a record is small, and can
be sent from one process to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.semantics.request import Request
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet, policies_of
from iamlogic.testing.coverage.parts import Part, parts_of
from iamlogic.testing.coverage.proofs import Question
from iamlogic.testing.coverage.requests import touched_by

MOST_WITHOUT_FILE = 100
"""Policies without a file that are kept: properties draw thousands that nobody has ever written."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which policy it is. `line` and `column` are those of its first statement in the file."""

    file: str | None
    line: int
    column: int
    policy: Policy

    @staticmethod
    def of(policy: Policy) -> Key:
        if policy.file is None:
            return Key(None, 0, 0, policy)
        where = policy.statements[0].where if policy.statements else None
        place = (where.line or 0, where.column or 0) if where is not None else (0, 0)
        return Key(str(Path(policy.file).absolute()), *place, policy)


@dataclass(slots=True)
class Asked:
    """What was asked about one policy.

    `name` is the policy's in its template, `left_open` has the texts that stand for values which
    the template leaves open.
    """

    name: str = ""
    left_open: frozenset[str] = frozenset()
    by_requests: set[Part] = field(default_factory=set)
    untouched: set[Part] = field(default_factory=set)
    questions: dict[Question, None] = field(default_factory=dict)


@dataclass(slots=True)
class Record:
    """All policies in the order they were met; `left_out` are those too many without a file.

    A template's policy is asked about with everything open that hangs on a placeholder. It is
    recorded as it is written, with names in the place of values, which requests may have as well.
    """

    asked: dict[Key, Asked] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)
    _aliases: dict[Key, Key] = field(default_factory=dict)

    def met(self, subject: Policy | PolicySet | PlacedPolicy) -> None:
        """A test has it in hand, whether or not it asks anything."""
        if isinstance(subject, PlacedPolicy):
            key = Key.of(subject.policy)
            self._aliases[Key.of(subject.for_any)] = key
            asked = self._asked(key)
            if asked is not None:
                asked.name = subject.name
                asked.left_open = frozenset(each.text for each in subject.placeholders)
            return
        for policy in policies_of(subject):
            self._asked(self._key(policy))

    def request(self, subject: Policy | PolicySet, request: Request) -> None:
        """A request was tried: on each policy of a stack, whichever decided."""
        for policy in policies_of(subject):
            key = self._key(policy)
            asked = self._asked(key)
            if asked is not None and asked.untouched:
                found = asked.untouched.intersection(touched_by(request, key.policy))
                asked.by_requests |= found
                asked.untouched -= found

    def proof(self, subject: Policy | PolicySet, question: Question) -> None:
        """Something was proved, or refuted, of all requests that the question is about."""
        for policy in policies_of(subject):
            asked = self._asked(self._key(policy))
            if asked is not None:
                asked.questions[question] = None

    def add(self, other: Record) -> None:
        """What another process recorded."""
        self._aliases |= other._aliases
        self.left_out |= other.left_out
        for key, theirs in other.asked.items():
            mine = self._asked(key)
            if mine is None:
                continue
            mine.by_requests |= theirs.by_requests
            mine.untouched -= theirs.by_requests
            mine.questions |= theirs.questions
            mine.name, mine.left_open = theirs.name, theirs.left_open

    def policies(self) -> Iterator[tuple[Key, Asked]]:
        """In the order of the files; those without one at the end, in the order they were met."""
        with_file = [each for each in self.asked.items() if each[0].file is not None]
        yield from sorted(with_file, key=_place)
        yield from (each for each in self.asked.items() if each[0].file is None)

    def _key(self, policy: Policy) -> Key:
        key = Key.of(policy)
        return self._aliases.get(key, key)

    def _asked(self, key: Key) -> Asked | None:
        """What is kept of a policy; None for one too many without a file."""
        known = self.asked.get(key)
        if known is not None:
            return known
        if key.file is None and _count_without_file(self.asked) >= MOST_WITHOUT_FILE:
            self.left_out.add(hash(key))
            return None
        self.asked[key] = Asked(untouched=set(parts_of(key.policy)))
        return self.asked[key]


def _place(entry: tuple[Key, Asked]) -> tuple[str, int, int]:
    key, _ = entry
    return key.file or "", key.line, key.column


def _count_without_file(keys: Iterable[Key]) -> int:
    return sum(key.file is None for key in keys)
