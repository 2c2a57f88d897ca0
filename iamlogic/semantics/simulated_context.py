"""The context of a request as AWS's policy simulator takes it: keys, values and their types.

The simulator supplies a value where a policy looks at the key, so just the keys that the policies
look at are said. It is documented nowhere which keys it derives from its caller, so the keys that
follow from the request's fields (R-K6) are said like any other: where it derives them, too, the
values are the same. A key that the request lacks is not said, and the simulator counts it among the
`MissingContextValues` of its answer.

A key has one type. It is that of the operators which the policies use on it; where none tells (a
variable, `Null`) it is that of the key itself (R-K14), else text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from iamlogic.errors import RequestError
from iamlogic.semantics.request import Request
from iamlogic.syntax.global_keys import (
    KEY_FAMILIES,
    MULTIVALUED_KEYS,
    SINGLE_VALUED_FAMILIES,
    SINGLE_VALUED_KEYS,
)
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family, Operator
from iamlogic.syntax.policy import Policy, Statement, Text, Variable

_TYPES = {
    Family.STRING: "string",
    Family.ARN: "string",
    Family.NUMERIC: "numeric",
    Family.DATE: "date",
    Family.BOOL: "boolean",
    Family.BINARY: "binary",
    Family.IP: "ip",
}
_NAME_LENGTHS = range(5, 257)
"""How long the name of a key can be, by the API's reference."""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One key, as the API's type of that name has it."""

    name: str
    values: tuple[str, ...]
    type: str


@dataclass(slots=True)
class _Use:
    """How policies look at a key: by which name, first, and with which operators."""

    name: str
    operators: list[Operator] = field(default_factory=list)


def entries_for(request: Request, policies: Iterable[Policy]) -> tuple[ContextEntry, ...]:
    """The keys that the request has and the policies look at, in the order of the policies."""
    uses: dict[str, _Use] = {}
    for policy in policies:
        for statement in policy.statements:
            _note_uses(statement, uses)
    return tuple(
        _entry(use, values) for use in uses.values() if (values := request.values(use.name))
    )


def entries_for_any_policy(request: Request) -> tuple[ContextEntry, ...]:
    """All keys of the request, for policies that are not known: only global keys have a type."""
    derived = [name for name in _DERIVED if fold(name) not in map(fold, request.context)]
    names = [*request.context, *derived]
    return tuple(
        _entry(_Use(_global(name)), values) for name in names if (values := request.values(name))
    )


_DERIVED = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:username",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:ResourceAccount",
)
"""R-K6, in the spelling of AWS."""


def _global(name: str) -> str:
    key = fold(name)
    if key in SINGLE_VALUED_KEYS | MULTIVALUED_KEYS or key.startswith(SINGLE_VALUED_FAMILIES):
        return name
    raise RequestError(
        f"of which type {name} is for AWS's policy simulator, only a policy that uses it tells"
        "\n    hint: give the policy"
    )


def _note_uses(statement: Statement, uses: dict[str, _Use]) -> None:
    for condition in statement.conditions:
        use = uses.setdefault(fold(condition.key), _Use(condition.key))
        use.operators.append(condition.operator)
        for name in _variables(condition.values):
            uses.setdefault(fold(name), _Use(name))
    if statement.resources is not None:
        for name in _variables(statement.resources.patterns):
            uses.setdefault(fold(name), _Use(name))


def _variables(texts: Iterable[Text]) -> Iterator[str]:
    for text in texts:
        for part in text.template or ():
            if isinstance(part, Variable):
                yield part.key


def _entry(use: _Use, values: tuple[str, ...]) -> ContextEntry:
    if len(use.name) not in _NAME_LENGTHS:
        raise RequestError(
            f"AWS's policy simulator takes no key {use.name!a}: a name has "
            f"{_NAME_LENGTHS.start} to {_NAME_LENGTHS.stop - 1} characters"
        )
    several = (
        len(values) > 1
        or fold(use.name) in MULTIVALUED_KEYS
        or any(operator.set_prefix for operator in use.operators)
    )
    return ContextEntry(use.name, values, _type(use) + ("List" if several else ""))


def _type(use: _Use) -> str:
    families = {operator.base.family for operator in use.operators} - {Family.NULL}
    if not families:
        families = {KEY_FAMILIES.get(fold(use.name), (Family.STRING,))[0]}
    types = sorted({_TYPES[family] for family in families})
    if len(types) > 1:
        raise RequestError(
            f"AWS's policy simulator takes one type for a key, and the policies use {use.name} "
            f"as {' and as '.join(types)}"
        )
    return types[0]
