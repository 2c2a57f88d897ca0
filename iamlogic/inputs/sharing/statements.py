"""Statements that say what a grant, an ACL or an attribute says.

Each stands where its origin stands in the document that was read, so that findings lead there.
Texts of a document are taken as they are: a `*` in an object's key is that character and no
wildcard, which version 2012-10-17 writes as `${*}` (R-V8).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamlogic.errors import Problem, Where
from iamlogic.inputs.nodes import Node
from iamlogic.syntax.operators import OPERATORS
from iamlogic.syntax.pattern import BadPattern, read_template
from iamlogic.syntax.policy import (
    Actions,
    Condition,
    Effect,
    Policy,
    PolicyKind,
    Principal,
    PrincipalForm,
    Principals,
    PrincipalType,
    Resources,
    Statement,
    Text,
    Version,
)
from iamlogic.syntax.principal import BadPrincipal, read_principal

ACCOUNT_ID = re.compile(r"[0-9]{12}")


def plain(text: str, where: Where) -> Text:
    """A value that is `text` and nothing else, where `*` is no wildcard in any case."""
    return _text(text.replace("${", "${$}{"), where)


def literal(text: str) -> str:
    """What stands in a pattern for `text` and nothing else."""
    return re.sub(r"[*?]|\$(?=\{)", lambda found: f"${{{found[0]}}}", text)


def pattern(text: str, where: Where) -> Text:
    """A pattern as it is written, in which what `literal` gives stands for itself."""
    return _text(text, where)


def _text(written: str, where: Where) -> Text:
    template = read_template(written)
    assert not isinstance(template, BadPattern)
    return Text(written, template, where)


def condition(operator: str, key: str, values: Iterable[Text], where: Where) -> Condition:
    """The condition of that operator, under its name."""
    return Condition(OPERATORS[operator.lower()], key, tuple(values), where)


def everyone(where: Where) -> Principal:
    """Everybody, with or without an account."""
    return Principal(PrincipalType.ANY, PrincipalForm.EVERYONE, "*", where=where)


def signed(where: Where) -> Condition:
    """That the requester is not anonymous.

    Together with `everyone` these are all whom AWS knows: the identities of every account, and
    AWS's services, whose requests are signed too and which have no aws:PrincipalType (R-K10).
    """
    values = (plain("Anonymous", where),)
    return condition("StringNotEquals", "aws:PrincipalType", values, where)


def unsigned(where: Where) -> Condition:
    """That the requester is anonymous."""
    values = (plain("Anonymous", where),)
    return condition("StringEquals", "aws:PrincipalType", values, where)


def principal(kind: PrincipalType, text: str, where: Where) -> Principal | None:
    """The principal that stands as `text` under `kind`, if it is one."""
    found = read_principal(kind, text, where)
    return None if isinstance(found, BadPrincipal) else found


def account(node: Node, text: str) -> Principal | None:
    """The account with these 12 digits; that it has not 12 is reported."""
    if ACCOUNT_ID.fullmatch(text):
        return principal(PrincipalType.AWS, text, node.where)
    digits = f"this has {len(text)}" if text.isdecimal() else "nothing else"
    node.problem(f'found "{text}", expected the id of an account', f"12 digits, {digits}")
    return None


def allow(
    sid: str,
    who: Principal,
    actions: Iterable[str],
    resources: Iterable[str],
    conditions: Iterable[Condition] = (),
    *,
    where: Where,
) -> Statement:
    """An Allow statement; `resources` are patterns."""
    return Statement(
        Effect.ALLOW,
        Actions(tuple(Text(action, None, where) for action in actions), where=where),
        Resources(tuple(pattern(resource, where) for resource in resources), where=where),
        Principals((who,), where=where),
        tuple(conditions),
        sid,
        where,
    )


def policy_of(
    statements: Iterable[Statement], warnings: Iterable[Problem], file: str | None
) -> Policy:
    """The resource policy of these statements."""
    return Policy(
        tuple(statements), Version.V2012, None, PolicyKind.RESOURCE, file, tuple(warnings)
    )
