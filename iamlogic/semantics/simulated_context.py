"""The context of a request as AWS's policy simulator takes it: keys, values and their types.

Just the keys that the policies look at are said. The IAM user guide tells of two kinds of keys that
cannot be:

- The simulator fills in some keys itself. Those that follow from a caller who is said are the
  request's as well, and are said again; of the others AWS has values of its own, be the request's
  what they may.
- A key cannot be said to be absent: one that is not said is missing, and what needs it does not
  hold. So a request may lack a key, but not where a statement matches just for that.

A key has one type. It is that of the operators which the policies use on it; where none tells (a
variable, `Null`) it is that of the key itself (R-K14), else text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from iamlogic.semantics.matching import actions_match
from iamlogic.semantics.request import Request
from iamlogic.semantics.simulation import Simulation, refused
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.global_keys import KEY_FAMILIES, MULTIVALUED_KEYS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family, Operator
from iamlogic.syntax.policy import Statement, Text, Variable

_TYPES = {
    Family.STRING: "string",
    Family.ARN: "string",
    Family.NUMERIC: "numeric",
    Family.DATE: "date",
    Family.BOOL: "boolean",
    Family.BINARY: "binary",
    Family.IP: "ip",
}
_OF_CALLER = frozenset({"aws:principalaccount", "aws:principaltype", "aws:username"})
_OF_AWS = frozenset(
    {
        "aws:principalid",
        "aws:type",
        "aws:userid",
        "aws:principalorgid",
        "aws:principalorgmasteraccountid",
        "aws:principalorgpaths",
    }
)
"""Keys that the simulator fills in, by the IAM user guide: from the caller, and from AWS."""

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


def entries_for(simulation: Simulation, request: Request) -> tuple[ContextEntry, ...]:
    """The keys that the request has and the policies look at, in the order of the policies.

    `RequestError` if the simulator would not see the context that the request has.
    """
    statements = [s for policy in simulation.policies() for s in policy.statements]
    for statement in statements:
        if actions_match(statement.actions, request):
            _check_filled_in(statement, simulation.caller, request)
        if statement_matches(statement, request):
            _check_present(statement, request)
    return tuple(
        _entry(use, values)
        for use in _uses(statements).values()
        if (values := request.values(use.name))
    )


def entries_given(simulation: Simulation, request: Request) -> tuple[ContextEntry, ...]:
    """The keys that the request was given, for policies of which nothing is known.

    `RequestError` for those that the simulator fills in itself.
    """
    for name in request.context:
        _check_key(_Use(name), simulation.caller, request)
    return tuple(_entry(_Use(name), request.values(name)) for name in request.context)


def _check_filled_in(statement: Statement, caller: str | None, request: Request) -> None:
    for use in _uses([statement]).values():
        _check_key(use, caller, request)


def _check_key(use: _Use, caller: str | None, request: Request) -> None:
    key = fold(use.name)
    if key in _OF_AWS:
        raise refused(f"it fills in {use.name} itself, with a value that only AWS knows")
    if key in _OF_CALLER and caller is None:
        raise refused(
            f"it fills in {use.name} itself, from its caller, and cannot be told that this is "
            f"{request.requester.text}"
        )


def _check_present(statement: Statement, request: Request) -> None:
    for use in _uses([_but_alternatives(statement)]).values():
        if not request.values(use.name):
            raise refused(
                f"the {statement.effect.value} statement at {statement.where} matches without "
                f"{use.name}, and it takes a key without value for one that was forgotten"
            )


def _but_alternatives(statement: Statement) -> Statement:
    """Without resources of which one that matches is enough: those of absent keys never do."""
    resources = statement.resources
    has_default = any(
        isinstance(part, Variable) and part.default is not None
        for text in (resources.patterns if resources else ())
        for part in text.template or ()
    )
    plain = resources is not None and not resources.negated and not has_default
    return replace(statement, resources=None) if plain else statement


def _uses(statements: Iterable[Statement]) -> dict[str, _Use]:
    """How the statements look at keys, by folded name."""
    uses: dict[str, _Use] = {}
    for statement in statements:
        _note_uses(statement, uses)
    return uses


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
        lengths = f"{_NAME_LENGTHS.start} to {_NAME_LENGTHS.stop - 1}"
        raise refused(f"the name of a key has {lengths} characters, unlike {use.name!a}")
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
        raise refused(
            f"it takes one type for a key, and the policies use {use.name} as "
            f"{' and as '.join(types)}"
        )
    return types[0]
