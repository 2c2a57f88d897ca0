"""`[parameters]`: values that templates leave open until they are deployed.

    [parameters]
    "AWS::AccountId" = "111122223333"
    PartnerArn = "arn:aws:iam::444455556666:role/reader"     # CloudFormation's, by its name
    bucket_name = "acme-logs"                                # Terraform's variable

A value holds for every template. What no template can ask for is a mistake: a misspelt pseudo
parameter would leave open, unseen, what its author meant to settle.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from iamlogic.inputs.entries import Entry
from iamlogic.inputs.unresolved.placeholders import STAND_IN_ACCOUNT, Deployment
from iamlogic.syntax.json_tree import quote
from iamlogic.syntax.problems import did_you_mean

_PSEUDO = "AWS::"
_ACCOUNT, _REGION, PARTITION = f"{_PSEUDO}AccountId", f"{_PSEUDO}Region", f"{_PSEUDO}Partition"


@dataclass(frozen=True, slots=True)
class _Form:
    """What a pseudo parameter's value must be, in words."""

    is_one: Callable[[str], bool]
    expected: str


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_FORMS = {
    _ACCOUNT: _Form(
        lambda text: text != STAND_IN_ACCOUNT and _like("[0-9]{12}")(text),
        "an account's 12 digits",
    ),
    _REGION: _Form(_like("[a-z]{2,}(-[a-z]+)+-[0-9]+"), "a region as eu-west-1"),
    PARTITION: _Form(_like("aws(-[a-z]+)*"), "a partition as aws or aws-us-gov"),
}
_FURTHER = tuple(f"{_PSEUDO}{name}" for name in ("StackName", "StackId", "URLSuffix"))
"""Pseudo parameters that are texts of any form."""

_EMBELLISHED = re.compile(r"var\.(.+)|\$\{(.+)\}|<(.+)>")
"""How a name is written where it is used, but not where it is defined."""


def read_parameters(entry: Entry) -> Deployment:
    """The deployment that the table describes."""
    read = {name: _value(name, each) for name, each in entry.table().items()}
    values = {name: value for name, value in read.items() if value is not None}
    partition = values.pop(PARTITION, "aws")
    account, region = values.pop(_ACCOUNT, None), values.pop(_REGION, None)
    return Deployment(partition, account, region, values)


def _value(name: str, entry: Entry) -> str | None:
    """The value as a text, which may be empty; None once a mistake is reported."""
    if not _is_name(name, entry):
        return None
    value = _text(entry)
    if value is not None and name in _FORMS and not _FORMS[name].is_one(value):
        entry.problem(f"{name} is {quote(value)}, expected {_FORMS[name].expected}")
        return None
    return value


def _text(entry: Entry) -> str | None:
    match entry.value:
        case bool():
            return "true" if entry.value else "false"
        case int():
            return str(entry.value)
        case float():  # 1.10 and 1.1 are the same number, and not the same text
            entry.unexpected("a text", "write it in quotes")
            return None
        case list():
            entry.unexpected("a text", 'a list is written as templates take it: "a,b"')
            return None
    return entry.text()


def _is_name(name: str, entry: Entry) -> bool:
    known = (*_FORMS, *_FURTHER)
    embellished = _EMBELLISHED.fullmatch(name)
    if embellished is not None:
        plain = next(part for part in embellished.groups() if part)
        entry.problem(f"{quote(name)} is no name of a parameter", f'did you mean "{plain}"?')
    elif name.startswith(_PSEUDO) and name not in known:
        hint = did_you_mean(name, known) or f"known are {', '.join(known)}"
        entry.problem(f"there is no pseudo parameter {quote(name)} to set", hint)
    elif not name:
        entry.problem("the name of a parameter is empty")
    else:
        return True
    return False
