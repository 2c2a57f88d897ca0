"""Stacks as files: a JSON object whose members are those of `PolicySet`.

    {"identity": ["dev.json"], "boundary": "boundary.json",
     "scps": [["root.json"], ["unit.json", {"Version": "2012-10-17", "Statement": …}]]}

A policy is written out, or is the name of its file, relative to the stack's. `read_subject` takes a
text that is a policy or a stack, whichever its members tell.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from iamlogic.errors import Path as Place
from iamlogic.errors import PolicyReadError, PolicySyntaxError, Problem
from iamlogic.syntax.documents import load, read_document, read_file
from iamlogic.syntax.json_tree import (
    JsonBool,
    JsonList,
    JsonNull,
    JsonObject,
    JsonString,
    JsonValue,
    Member,
    describe,
    quote,
)
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet, PolicySetError
from iamlogic.syntax.problems import Problems, did_you_mean
from iamlogic.syntax.reader import read_policy, report_repeated_names

_SINGLE = ("resource", "boundary", "session", "vpc_endpoint")
_LEVELS = ("scps", "rcps")
_FLAGS = ("management_account", "service_linked")
MEMBERS = ("identity", *_SINGLE, *_LEVELS, *_FLAGS, "canonical_users")


def load_stack(path: str | os.PathLike[str]) -> PolicySet:
    """The stack in the file at `path`, JSON in UTF-8.

    Raises `PolicySyntaxError` for all that is wrong in it, in its policies or with their files, and
    `PolicyReadError` if the file itself cannot be read.
    """
    root, problems = read_document(read_file(path), os.fspath(path))
    return _Reader(problems).stack(root)


def read_subject(content: bytes, file: str) -> Policy | PolicySet:
    """What a file holds: a policy, or a stack of policies."""
    return subject_in(*read_document(content, file))


def subject_in(root: JsonValue, problems: Problems) -> Policy | PolicySet:
    """What a document holds that is read already: a policy, or a stack of policies."""
    return _Reader(problems).stack(root) if is_stack(root) else read_policy(root, problems)


def is_stack(root: JsonValue) -> bool:
    """Whether a document says which policies decide together; its members tell."""
    names = {member.name for member in root.members} if isinstance(root, JsonObject) else set()
    return bool(names & set(MEMBERS)) and "Statement" not in names


class _Reader:
    """Reads one stack, and reports all that is wrong with it at once."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._of_policies: list[Problem] = []

    def stack(self, root: JsonValue) -> PolicySet:
        if not isinstance(root, JsonObject):
            self._wrong(root, (), "a stack of policies as a JSON object")
            raise self._problems.failure()
        report_repeated_names(root, self._problems)
        found: dict[str, object] = {}
        for member in root.members:
            if member.name in MEMBERS:
                if not isinstance(member.value, JsonNull):  # null is: there is none
                    found[member.name] = self._member(member)
            else:
                message = f"{quote(member.name)} is no member of a stack"
                hint = did_you_mean(member.name, MEMBERS) or f"expected {', '.join(MEMBERS)}"
                self._problems.error(member.position, (member.name,), message, "R-P1", hint)
        told = self._problems.failure().problems if self._problems.failed else ()
        if told or self._of_policies:
            raise PolicySyntaxError((*told, *self._of_policies))
        try:
            return PolicySet(**found, file=self._problems.document.file)  # type: ignore[arg-type]
        except PolicySetError as error:
            self._problems.error(root.position, (), str(error), "R-P1")
            raise self._problems.failure() from None

    def _member(self, member: Member) -> object:
        name, value, place = member.name, member.value, (member.name,)
        if name == "identity":
            return self._all(value, place, self._policy)
        if name in _SINGLE:
            return self._policy(value, place)
        if name in _LEVELS:
            return self._all(value, place, lambda node, at: self._all(node, at, self._policy))
        if name in _FLAGS:
            return self._flag(value, place)
        return self._users(value, place)

    def _all(
        self, value: JsonValue, place: Place, read: Callable[[JsonValue, Place], object]
    ) -> list[object]:
        if not isinstance(value, JsonList):
            self._wrong(value, place, "a list")
            return []
        return [read(item, (*place, number)) for number, item in enumerate(value.items)]

    def _policy(self, value: JsonValue, place: Place) -> Policy | None:
        try:
            match value:
                case JsonObject():
                    return read_policy(value, Problems(self._problems.document))
                case JsonString(name, _):
                    return load(self._beside(name))
                case _:
                    self._wrong(value, place, "a policy, or the name of its file")
        except PolicySyntaxError as error:
            self._of_policies += error.problems
        except PolicyReadError as error:
            self._problems.error(value.position, place, str(error), "R-P1")
        return None

    def _beside(self, name: str) -> str:
        """A file's name is relative to the stack's own."""
        own = self._problems.document.file
        return name if own is None else str(Path(own).parent / name)

    def _flag(self, value: JsonValue, place: Place) -> bool:
        if isinstance(value, JsonBool):
            return value.value
        self._wrong(value, place, "true or false")
        return False

    def _users(self, value: JsonValue, place: Place) -> dict[str, str]:
        if not isinstance(value, JsonObject):
            self._wrong(value, place, "an object of canonical user ids and their accounts")
            return {}
        users = {}
        for name, _, account in value.members:
            if isinstance(account, JsonString):
                users[name] = account.value
            else:
                self._wrong(account, (*place, name), "an account as a text of 12 digits")
        return users

    def _wrong(self, value: JsonValue, place: Place, expected: str) -> None:
        message = f"found {describe(value)}, expected {expected}"
        self._problems.error(value.position, place, message, "R-P1")
