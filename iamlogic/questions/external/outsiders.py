"""Whom a grant really lets in: the principal, or what its conditions bound `*` to.

A condition bounds the requester only if its value fixes an account, an organization or one
principal (R-X4): a wildcard in the place of the account bounds nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from iamlogic.questions.external.finding import OutsiderKind
from iamlogic.questions.external.grants import Key, Who
from iamlogic.questions.external.narrowing import Narrowing
from iamlogic.syntax.operators import Comparison, Family
from iamlogic.syntax.policy import PrincipalForm, PrincipalType
from iamlogic.syntax.principal import BadPrincipal, read_principal


class Outsider(NamedTuple):
    """Who a grant is to, as AWS's analyzer writes it."""

    kind: OutsiderKind
    text: str


EVERYONE = Outsider(OutsiderKind.EVERYONE, "*")

_KINDS = {
    PrincipalForm.EVERYONE: OutsiderKind.EVERYONE,
    PrincipalForm.ACCOUNT: OutsiderKind.ACCOUNT,
    PrincipalForm.USER: OutsiderKind.USER,
    PrincipalForm.ROLE: OutsiderKind.ROLE,
    PrincipalForm.ROLE_SESSION: OutsiderKind.ROLE_SESSION,
    PrincipalForm.FEDERATED_USER: OutsiderKind.FEDERATED_USER,
    PrincipalForm.CLOUDFRONT_IDENTITY: OutsiderKind.CLOUDFRONT_IDENTITY,
    PrincipalForm.UNIQUE_ID: OutsiderKind.EVERYONE,  # names nobody (R-P19), so it grants nothing
    PrincipalForm.SERVICE: OutsiderKind.SERVICE,
    PrincipalForm.PROVIDER: OutsiderKind.PROVIDER,
    PrincipalForm.CANONICAL_USER: OutsiderKind.CANONICAL_USER,
}

_NARROWEST = (
    OutsiderKind.CANONICAL_USER,  # whoever else it may be, no request is written by it (R-M8)
    OutsiderKind.CLOUDFRONT_IDENTITY,
    OutsiderKind.ROLE_SESSION,
    OutsiderKind.FEDERATED_USER,
    OutsiderKind.USER,
    OutsiderKind.ROOT,
    OutsiderKind.ROLE,
    OutsiderKind.SERVICE,
    OutsiderKind.PROVIDER,
    OutsiderKind.ANONYMOUS,
    OutsiderKind.ACCOUNT,
    OutsiderKind.ORGANIZATION,
    OutsiderKind.EVERYONE,
)


def outsider_of(key: Key) -> Outsider:
    """The narrowest of what the grant's principals and conditions say."""
    found = [EVERYONE]
    found += (_named(who) for who in key.who)
    found += (each for one in key.narrowings if (each := bound_by(one, key)) is not None)
    return min(found, key=lambda each: (_NARROWEST.index(each.kind), each.text))


def _named(who: Who) -> Outsider:
    entry = who.entry
    if entry is None:
        return EVERYONE
    text = entry.account if entry.form is PrincipalForm.ACCOUNT else entry.text
    return Outsider(_KINDS[entry.form], text or entry.text)


def bound_by(narrowing: Narrowing, key: Key) -> Outsider | None:
    """Whom a condition bounds the requester to; None where it bounds it to nobody fixed."""
    outsiders = bounds_of(narrowing, key)
    return outsiders.pop() if len(outsiders) == 1 else None


def bounds_of(narrowing: Narrowing, key: Key) -> set[Outsider | None]:
    """Whom each value bounds the requester to: of one condition several where a list stays whole.

    Empty, where the condition bounds nobody, whatever its values are.
    """
    bound = _BOUNDS.get(narrowing.test.key)
    if bound is None or not asks_for_values(narrowing, key):
        return set()
    return {bound(narrowing, value.text) for value in narrowing.condition.values}


def asks_for_values(narrowing: Narrowing, key: Key) -> bool:
    """Whether the context key must be there, with values that are written (R-X13).

    `ForAllValues:` alone does not ask for it; beside another condition of the grant that does, its
    values are the only ones.
    """
    test = narrowing.test
    if narrowing.condition.operator.base.family is Family.NULL:
        return False
    if test.negated and test.outside:
        return any(not each.test.if_absent and each.test.key == test.key for each in key.narrowings)
    return not (test.negated or test.outside or test.if_absent)


_WILD = re.compile(r"[*?]|\$\{")


def is_fixed(narrowing: Narrowing, text: str) -> bool:
    """Whether the value is one text: without wildcards that the operator reads, or variables."""
    base = narrowing.condition.operator.base
    if base.family is Family.STRING and base.comparison is not Comparison.LIKE:
        return "${" not in text
    return _WILD.search(text) is None


_ACCOUNT = re.compile(r"[0-9]{12}")
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:*?$]+:[^:*?$]*:[^:*?$]*:([0-9]{12})")


def _account(narrowing: Narrowing, text: str) -> Outsider | None:
    if text == "anonymous":
        return Outsider(OutsiderKind.ANONYMOUS, "anonymous")
    is_account = _ACCOUNT.fullmatch(text) and is_fixed(narrowing, text)
    return Outsider(OutsiderKind.ACCOUNT, text) if is_account else None


def _organization(narrowing: Narrowing, text: str) -> Outsider | None:
    return Outsider(OutsiderKind.ORGANIZATION, text) if is_fixed(narrowing, text) else None


def _path(narrowing: Narrowing, text: str) -> Outsider | None:
    """A path begins with its organization's id."""
    organization, slash, _ = text.partition("/")
    if not slash or not is_fixed(narrowing, organization):
        return None
    return Outsider(OutsiderKind.ORGANIZATION, organization)


def _arn(narrowing: Narrowing, text: str) -> Outsider | None:
    base = narrowing.condition.operator.base
    if is_fixed(narrowing, text) and base.comparison is not Comparison.EQUALS_IGNORE_CASE:
        entry = read_principal(PrincipalType.AWS, text, narrowing.condition.where)
        if not isinstance(entry, BadPrincipal) and entry.form in _KINDS:
            if entry.form is PrincipalForm.ACCOUNT:  # R-K10: the root user's own ARN
                return Outsider(OutsiderKind.ROOT, text)
            return Outsider(_KINDS[entry.form], text)
    begins = _ARN_OF_ACCOUNT.match(text)  # its account ends with the twelfth digit
    account = begins[1] if begins else account_in(narrowing, text)
    return None if account is None else Outsider(OutsiderKind.ACCOUNT, account)


def _user_id(narrowing: Narrowing, text: str) -> Outsider | None:
    """The account of root and federated users; from unique ids no account can be told."""
    account = text.partition(":")[0]
    return _account(narrowing, account)


def _service(narrowing: Narrowing, text: str) -> Outsider | None:
    return Outsider(OutsiderKind.SERVICE, text) if is_fixed(narrowing, text) else None


_BOUNDS: dict[str, Callable[[Narrowing, str], Outsider | None]] = {
    "aws:principalaccount": _account,
    "kms:calleraccount": _account,
    "aws:sourceowner": _account,
    "aws:principalarn": _arn,
    "aws:principalorgid": _organization,
    "aws:principalorgpaths": _path,
    "aws:principalservicename": _service,
    "aws:principalservicenameslist": _service,
    "aws:userid": _user_id,
}


DEFINED_FOR_ACCOUNTS = frozenset({"aws:principalaccount", "aws:principalarn"})
KEYS_OF_ACCOUNTS = DEFINED_FOR_ACCOUNTS | {"aws:principalorgid", "aws:principalorgpaths"}
"""Keys that requesters have who belong to an account, and services have not (R-K10).

Of the first that holds by definition, of all as far as AWS sends the request (R-K16).
"""


def account_in(narrowing: Narrowing, text: str) -> str | None:
    """The account that an ARN's pattern fixes, if it does.

    Arn operators match segment by segment. Elsewhere a star runs over colons, so the account is
    fixed only if nothing before its end is a wildcard.
    """
    segments = text.split(":", 5)
    if len(segments) < 6 or _ACCOUNT.fullmatch(segments[4]) is None:
        return None
    before = ":".join(segments[:5])
    if narrowing.condition.operator.base.family is Family.ARN or is_fixed(narrowing, before):
        return segments[4]
    return None
