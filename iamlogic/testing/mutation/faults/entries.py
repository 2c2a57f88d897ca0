"""Faults of the entries of Action and Resource, and of the elements that negate them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from iamlogic.testing.mutation.faults.rewriting import (
    FaultOperator,
    Faults,
    Statement,
    said,
    texts,
    with_entry,
    without_entry,
)

Respelled = Callable[[str], Iterator[str]]
"""Other texts for the text of an entry."""

ACTIONS = ("Action", "NotAction")
RESOURCES = ("Resource", "NotResource")

VARIABLE = re.compile(r"\$\{[^}*?$]+\}")
_WORD = re.compile(r"([a-z0-9-]+:[A-Z][a-z]+)[A-Z]\w*")
_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


def _removed(members: tuple[str, ...]) -> Callable[[Statement], Faults]:
    def on(statement: Statement) -> Faults:
        for member in members:
            value = statement.get(member)
            if not isinstance(value, list) or len(value) < 2:
                continue
            for place, each in enumerate(value):
                rest = statement | {member: without_entry(value, place)}
                yield [rest], f"removed {said(each)} from {member} of"

    return on


def _becomes_star(members: tuple[str, ...]) -> Callable[[Statement], Faults]:
    """Also where a template's function stands: what becomes of that does not matter."""

    def on(statement: Statement) -> Faults:
        for member in members:
            if member not in statement:
                continue
            value = statement[member]
            every = value if isinstance(value, list) else [value]
            for place, each in enumerate(every):
                if each != "*":
                    new = statement | {member: with_entry(value, place, "*")}
                    yield [new], f"changed {said(each)} to * in {member} of"

    return on


def _respelled(members: tuple[str, ...], respelled: Respelled) -> Callable[[Statement], Faults]:
    def on(statement: Statement) -> Faults:
        for member in members:
            for place, text in texts(statement.get(member)):
                for new in respelled(text):
                    changed = statement | {member: with_entry(statement[member], place, new)}
                    yield [changed], f"changed {said(text)} to {said(new)} in {member} of"

    return on


# Actions


def _to_all_of_the_service(action: str) -> Iterator[str]:
    service, colon, name = action.partition(":")
    if colon and name != "*":
        yield f"{service}:*"


def _to_all_of_the_verb(action: str) -> Iterator[str]:
    """`s3:GetObject` to `s3:Get*`."""
    if found := _WORD.fullmatch(action):
        yield f"{found[1]}*"


def star_appended(text: str) -> Iterator[str]:
    """A star where the text has none."""
    if text and not text.endswith("*"):
        yield f"{text}*"


def star_dropped(text: str) -> Iterator[str]:
    """The text without the star at its end, which is to leave something of a name."""
    if text.endswith("*") and text.rstrip("*")[-1:] not in {"", ":"}:
        yield text.rstrip("*").removesuffix("/")


# Resources


def segment_widened(arn: str) -> Iterator[str]:
    """The last part of a path becomes a star: `logs/2026/*` to `logs/*`."""
    head, slash, tail = arn.rpartition("/")
    if slash and tail == "*" and "/" in head:
        yield head.rpartition("/")[0] + "/*"
    elif slash and tail != "*":
        yield f"{head}/*"


def slash_dropped(arn: str) -> Iterator[str]:
    """`logs/*` to `logs*`, which is other buckets, too."""
    if arn.endswith("/*"):
        yield arn.removesuffix("/*") + "*"


def account_opened(arn: str) -> Iterator[str]:
    """The account of an ARN becomes a star."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn" and parts[4].isdigit():
        yield ":".join([*parts[:4], "*", parts[5]])


def _region_opened(arn: str) -> Iterator[str]:
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn" and parts[3] not in {"", "*"}:
        yield ":".join([*parts[:3], "*", *parts[4:]])


def account_changed(text: str) -> Iterator[str]:
    """Each account in the text becomes another, one digit away."""
    for found in _ACCOUNT.finditer(text):
        other = found[0][:-1] + str((int(found[0][-1]) + 1) % 10)
        yield text[: found.start()] + other + text[found.end() :]


def variable_opened(text: str) -> Iterator[str]:
    """A policy variable becomes a star."""
    for found in VARIABLE.finditer(text):
        yield text[: found.start()] + "*" + text[found.end() :]


ENTRY_FAULTS = (
    FaultOperator("action becomes *", "An action becomes every action.", _becomes_star(ACTIONS)),
    FaultOperator(
        "resource becomes *", "A resource becomes every resource.", _becomes_star(RESOURCES)
    ),
    FaultOperator(
        "action becomes its service",
        "An action becomes all of its service: s3:*.",
        _respelled(ACTIONS, _to_all_of_the_service),
    ),
    FaultOperator(
        "action becomes its verb",
        "An action becomes all that begin with the same word: s3:Get*.",
        _respelled(ACTIONS, _to_all_of_the_verb),
    ),
    FaultOperator(
        "action gets a star",
        "An action becomes all that begin like it: s3:GetObject*.",
        _respelled(ACTIONS, star_appended),
    ),
    FaultOperator(
        "action loses its star",
        "An action loses the star at its end.",
        _respelled(ACTIONS, star_dropped),
    ),
    FaultOperator("action left out", "One of several actions is gone.", _removed(ACTIONS)),
    FaultOperator(
        "resource gets a star",
        "A resource becomes all that begin like it.",
        _respelled(RESOURCES, star_appended),
    ),
    FaultOperator(
        "resource loses its star",
        "A resource loses the star at its end, with the slash before it.",
        _respelled(RESOURCES, star_dropped),
    ),
    FaultOperator(
        "resource widened by a part",
        "The last part of a resource's path becomes a star.",
        _respelled(RESOURCES, segment_widened),
    ),
    FaultOperator(
        "slash before the star left out",
        "logs/* becomes logs*, which matches logs-old as well.",
        _respelled(RESOURCES, slash_dropped),
    ),
    FaultOperator(
        "account of a resource opened",
        "The account in a resource's ARN becomes a star.",
        _respelled(RESOURCES, account_opened),
    ),
    FaultOperator(
        "region of a resource opened",
        "The region in a resource's ARN becomes a star.",
        _respelled(RESOURCES, _region_opened),
    ),
    FaultOperator(
        "account of a resource changed",
        "The account in a resource's ARN becomes another.",
        _respelled(RESOURCES, account_changed),
    ),
    FaultOperator(
        "variable of a resource becomes *",
        "A policy variable such as ${aws:username} in a resource becomes a star.",
        _respelled(RESOURCES, variable_opened),
    ),
    FaultOperator("resource left out", "One of several resources is gone.", _removed(RESOURCES)),
)
