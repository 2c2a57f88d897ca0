"""Faults of Principal and NotPrincipal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iamlogic.testing.mutation.faults.entries import account_changed
from iamlogic.testing.mutation.faults.rewriting import (
    FaultOperator,
    Faults,
    Statement,
    said,
    texts,
    with_entry,
    without,
    without_entry,
)

_MEMBERS = ("Principal", "NotPrincipal")
_NAMED = re.compile(r"(arn:[a-z-]+:)(?:iam|sts)(::[0-9]{12}:)(?:user|role|assumed-role)/.*")


def _groups(statement: Statement) -> Iterator[tuple[str, str, Any]]:
    """Element, member (`AWS`, `Service`…) and its value."""
    for element in _MEMBERS:
        named = statement.get(element)
        for kind, value in named.items() if isinstance(named, dict) else ():
            yield element, kind, value


def _becomes_everyone(statement: Statement) -> Faults:
    for element in _MEMBERS:
        named = statement.get(element)
        if named is not None and named not in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
            yield [statement | {element: "*"}], f"changed {element} to * of"


def _left_out(statement: Statement) -> Faults:
    for element, kind, value in _groups(statement):
        named = statement[element]
        if isinstance(value, list) and len(value) > 1:
            for place, each in enumerate(value):
                rest = {**named, kind: without_entry(value, place)}
                yield [statement | {element: rest}], f"removed {said(each)} from {element} of"
        elif len(named) > 1:
            rest = without(named, kind)
            yield [statement | {element: rest}], f"removed {said(kind)} from {element} of"


def _becomes_its_account(statement: Statement) -> Faults:
    for element, kind, value in _groups(statement):
        for place, text in texts(value):
            if found := _NAMED.fullmatch(text):
                account = f"{found[1]}iam{found[2]}root"
                named = statement[element] | {kind: with_entry(value, place, account)}
                words = f"changed {said(text)} to {account} in {element} of"
                yield [statement | {element: named}], words


def _of_another_account(statement: Statement) -> Faults:
    for element, kind, value in _groups(statement):
        for place, text in texts(value):
            for other in account_changed(text):
                named = statement[element] | {kind: with_entry(value, place, other)}
                words = f"changed {said(text)} to {said(other)} in {element} of"
                yield [statement | {element: named}], words


PRINCIPAL_FAULTS = (
    FaultOperator(
        "principal becomes everyone", "Whoever is named becomes everybody.", _becomes_everyone
    ),
    FaultOperator(
        "principal becomes its account",
        "A user or a role becomes the whole account it is of.",
        _becomes_its_account,
    ),
    FaultOperator(
        "account of a principal changed",
        "A principal becomes one of another account.",
        _of_another_account,
    ),
    FaultOperator("principal left out", "One of several principals is gone.", _left_out),
)
