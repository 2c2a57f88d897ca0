"""Faults of the values of one condition."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from functools import partial

from iamlogic.syntax.operators import OPERATORS, Comparison, Family, Operator
from iamlogic.testing.mutation.faults.entries import (
    account_changed,
    account_opened,
    segment_widened,
    star_appended,
    star_dropped,
    variable_opened,
)
from iamlogic.testing.mutation.faults.rewriting import (
    FaultOperator,
    Faults,
    Statement,
    said,
    tests,
    with_entry,
    with_value,
    without_entry,
)

Changed = Callable[[Operator, str], Iterator[str]]
"""Other values for a value that an operator compares with."""


def _left_out(statement: Statement) -> Faults:
    for operator, key, value in tests(statement):
        for place in range(len(value) if isinstance(value, list) and len(value) > 1 else 0):
            rest = with_value(statement, operator, key, without_entry(value, place))
            gone = said(_as_text(value[place]))
            yield [rest], f"removed {gone} from {said(operator)} {said(key)} of"


def _changing(changed: Changed) -> Callable[[Statement], Faults]:
    return partial(_with_other_values, changed=changed)


def _with_other_values(statement: Statement, *, changed: Changed) -> Faults:
    for name, key, value in tests(statement):
        operator = OPERATORS.get(name.lower())
        every = value if isinstance(value, list) else [value]
        for place, each in enumerate(every if operator is not None else []):
            text = _as_text(each)
            for new in changed(operator, text) if operator and isinstance(text, str) else ():
                if new == text:
                    continue
                other = with_value(statement, name, key, with_entry(value, place, new))
                change = f"changed {said(text)} to {said(new)}"
                yield [other], f"{change} in {said(name)} {said(key)} of"


def _as_text(value: object) -> object:
    """The text that a truth value or a number of JSON means (R-P14)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _flipped(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family in {Family.BOOL, Family.NULL}:
        yield "false" if value.lower() == "true" else "true"


def _of_another_account(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family in {Family.STRING, Family.ARN}:
        yield from account_changed(value)


def _misspelt(operator: Operator, value: str) -> Iterator[str]:
    """The last letter or digit is another one: a typing error."""
    if operator.base.family is Family.STRING and value[-1:].isascii() and value[-1:].isalnum():
        yield value[:-1] + ("x" if value[-1] != "x" else "y")


def _widened(operator: Operator, value: str) -> Iterator[str]:
    if _has_patterns(operator):
        yield from star_appended(value)
        yield from segment_widened(value)
        yield from account_opened(value)


def _has_patterns(operator: Operator) -> bool:
    base = operator.base
    return base.family is Family.ARN or base.comparison is Comparison.LIKE


def _narrowed(operator: Operator, value: str) -> Iterator[str]:
    if _has_patterns(operator):
        yield from star_dropped(value)


def _variable_opened(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family in {Family.STRING, Family.ARN}:
        yield from variable_opened(value)


def _number_moved(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family is Family.NUMERIC:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return
        yield f"{number * 10:f}"
        yield f"{number + 1:f}"


def _date_moved(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family is Family.DATE:
        try:
            date = dt.datetime.strptime(value[:10], "%Y-%m-%d").replace(tzinfo=dt.UTC)
        except ValueError:
            return
        yield f"{date + dt.timedelta(days=366):%Y-%m-%d}{value[10:]}"


def _network_moved(operator: Operator, value: str) -> Iterator[str]:
    if operator.base.family is not Family.IP:
        return
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return
    if network.prefixlen > 8:
        yield str(network.supernet(new_prefix=network.prefixlen - 8))
    if network.prefixlen > 0:
        yield "0.0.0.0/0" if network.version == 4 else "::/0"


VALUE_FAULTS = (
    FaultOperator("truth value flipped", "true for false, or false for true.", _changing(_flipped)),
    FaultOperator(
        "network widened",
        "A CIDR block becomes a larger one, or all addresses.",
        _changing(_network_moved),
    ),
    FaultOperator(
        "variable of a value becomes *",
        "A policy variable in a condition's value becomes a star.",
        _changing(_variable_opened),
    ),
    FaultOperator(
        "value widened", "A pattern in a condition matches more texts.", _changing(_widened)
    ),
    FaultOperator(
        "value narrowed",
        "A pattern in a condition loses the star at its end.",
        _changing(_narrowed),
    ),
    FaultOperator(
        "account of a value changed",
        "An account in a condition's value becomes another.",
        _changing(_of_another_account),
    ),
    FaultOperator(
        "value misspelt", "A condition's value has a typing error.", _changing(_misspelt)
    ),
    FaultOperator(
        "number moved", "A number in a condition is another one.", _changing(_number_moved)
    ),
    FaultOperator("date moved", "A date in a condition is a year later.", _changing(_date_moved)),
    FaultOperator("value left out", "One of several values is gone.", _left_out),
)
