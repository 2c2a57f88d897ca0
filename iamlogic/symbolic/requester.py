"""A requester as one string: its form by kind, and the keys that are parts of it.

The string is laid out as

    ARN SEPARATOR SESSION

(the role's ARN with its path for a role session; for all others what the request names, with
nothing behind the separator). Everything that R-K6 derives from the requester is a constant of its
kind or a view of that string: a language of the view has a preimage on the requester's string, so
no model can give a user name that its ARN contradicts. The separator is a lone surrogate, which
neither policies nor requests can hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from enum import Enum
from itertools import product

from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Glob,
    Language,
    Part,
    Ref,
    Sequence,
    Template,
    Union,
    Word,
    matches,
    sequence,
    spell,
    spelled,
    without,
)
from iamlogic.symbolic.scales import Cut, Interval, Scale

SEPARATOR = "\udfff"

RESOURCE_ACCOUNT = "aws:resourceaccount"  # also the key's name: the key is the field (R-K6)
SESSION_NAME = "requester:session"  # a role session's or federated user's name; no policy's key


def _chars(text: str) -> CharSet:
    return CharSet(frozenset(text))


_DIGIT = _chars("0123456789")
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_NAME = _chars(_LOWER + _LOWER.upper() + "0123456789_+=,.@-")
_PATH = _chars("".join(map(chr, range(0x21, 0x7F))))
_HOST_END = _chars(_LOWER + "0123456789-")
_HOST = _chars(_LOWER + "0123456789-.")
_NAMES: tuple[CharSet | tuple[CharSet], ...] = (_NAME, (_NAME,))


class Kind(Enum):
    """The kinds of requesters (R-K1). A role session's name may be left out (R-K3)."""

    USER = "user"
    ROLE_SESSION = "role session"
    UNNAMED_ROLE_SESSION = "role session, not named"
    FEDERATED_USER = "federated session"
    ROOT = "root user"
    PROVIDER = "SAML or OIDC identity"
    SERVICE = "service"
    ANONYMOUS = "anonymous"


WITH_ACCOUNT = (
    Kind.USER,
    Kind.ROLE_SESSION,
    Kind.UNNAMED_ROLE_SESSION,
    Kind.FEDERATED_USER,
    Kind.ROOT,
)

PROVIDER_HOSTS = (
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
)

ANONYMOUS = "anonymous"


class Field(Enum):
    """What varies in the requester's string."""

    PARTITION = "partition"
    ACCOUNT = "account"
    PATH = "path"  # from its first slash, the last slash not included
    NAME = "name"
    SESSION = "session"
    PROVIDER = "provider"
    HOST = "host"


_FIELDS: Mapping[Field, tuple[tuple[str | CharSet | tuple[CharSet], ...], ...]] = {
    Field.PARTITION: (("aws", (_chars(_LOWER + "-"),)),),
    Field.ACCOUNT: ((_DIGIT,) * 12,),
    Field.PATH: ((), ("/", (_PATH,))),
    Field.NAME: (_NAMES,),
    Field.SESSION: (_NAMES,),
    Field.PROVIDER: ((_PATH, (_PATH,)),),
    Field.HOST: ((_HOST_END, (_HOST,), ".", (_HOST,), _HOST_END),),
}
"""The forms of each field, as `sequence` spells them."""

Layout = tuple[str | Field, ...]


def _iam(*rest: str | Field) -> Layout:
    return ("arn:", Field.PARTITION, ":iam::", Field.ACCOUNT, ":", *rest, SEPARATOR)


_USER = _iam("user", Field.PATH, "/", Field.NAME)
_ROLE = _iam("role", Field.PATH, "/", Field.NAME)
_FEDERATED: Layout = (
    *("arn:", Field.PARTITION, ":sts::", Field.ACCOUNT),
    *(":federated-user/", Field.NAME, SEPARATOR),
)

LAYOUTS: Mapping[Kind, tuple[Layout, ...]] = {
    Kind.USER: (_USER,),
    Kind.ROLE_SESSION: ((*_ROLE, Field.SESSION),),
    Kind.UNNAMED_ROLE_SESSION: (_ROLE,),
    Kind.FEDERATED_USER: (_FEDERATED,),
    Kind.ROOT: (_iam("root"),),
    Kind.PROVIDER: (
        _iam("saml-provider/", Field.PROVIDER),
        _iam("oidc-provider/", Field.PROVIDER),
        *((host, SEPARATOR) for host in PROVIDER_HOSTS),
    ),
    # A host name; the four of providers are taken out where the atom is made.
    Kind.SERVICE: ((Field.HOST, SEPARATOR),),
    Kind.ANONYMOUS: ((ANONYMOUS, SEPARATOR),),
}
"""What the requester's string looks like, by kind (R-K1). The kinds are disjoint."""


def _shape(layouts: tuple[Layout, ...]) -> Language:
    """A kind's layouts as one language."""
    rows = [
        spell(part for parts in row for part in parts)
        for layout in layouts
        for row in product(*(_FIELDS[e] if isinstance(e, Field) else ((e,),) for e in layout))
    ]
    return rows[0] if len(rows) == 1 else Union(rows)


_SHAPES = {kind: _shape(layouts) for kind, layouts in LAYOUTS.items()}


def field_languages(field: Field) -> list[Language]:
    """The forms of a field, each as a language."""
    return [spell(form) for form in _FIELDS[field]]


SPELLED = {"aws:username": "requester:username", "aws:principalservicename": "requester:service"}
"""Derived keys of any text, each with the string through which it is read as a number, a date or an
address: such texts are no language of the requester's string, but what the key is, that string is.
"""

_ALPHABETS: dict[str, CharSet] = {
    "aws:principalaccount": _chars(_LOWER + "0123456789"),  # `anonymous` is one (R-K10)
    "aws:principaltype": _chars(_LOWER + _LOWER.upper()),
    "aws:username": _NAME,
    "aws:principalisawsservice": _chars(_LOWER),
    "aws:principalservicename": _HOST,
    SESSION_NAME: _NAME,
    RESOURCE_ACCOUNT: _DIGIT,
    SPELLED["aws:username"]: _NAME,
    SPELLED["aws:principalservicename"]: _HOST,
}


def alphabet_of(key: str) -> CharSet:
    """The characters that values of a key can have, whatever the request."""
    return _ALPHABETS.get(key, ANY)


def value_of(key: str) -> Ref:
    """A reference to the value of a key, as a policy variable is one."""
    return Ref(key, alphabet_of(key))


def kind_language(kind: Kind) -> Language:
    """The requesters of a kind, as a language of the requester's string."""
    return _SHAPES[kind]


# Views: the preimage, on the requester's string, of a language of a part of it


def _confined(language: Language, stops: str) -> tuple[Part, ...]:
    """The language, its wildcards kept from running over the characters that end the part."""
    assert isinstance(language, Word | Glob | Sequence | Template), language
    shape = language if isinstance(language, Template) else spelled(language)
    parts: list[Part] = []
    for position, loop in enumerate(shape.loops):
        if loop is not None:
            parts.append((without(loop, stops),))
        if position < len(shape.letters):
            letter = shape.letters[position]
            if isinstance(letter, Ref):
                parts.append(replace(letter, stops=letter.stops + stops))
            else:
                parts.append(without(letter, stops))
    return tuple(parts)


_BUT_COLON = (CharSet(frozenset(":"), negated=True),)
_BUT_SEPARATOR = (CharSet(frozenset(SEPARATOR), negated=True),)


def _before_separator(language: Language) -> Language:
    """What stands before the separator: the ARN, or a service's name."""
    return spell((*_confined(language, SEPARATOR), SEPARATOR, (ANY,)))


def _within_account(language: Language) -> Language:
    """The fifth segment of the ARN."""
    before = ("arn:", _BUT_COLON, ":", _BUT_COLON, "::")
    return spell((*before, *_confined(language, ":" + SEPARATOR), ":", (ANY,)))


def _user_name(language: Language) -> Language:
    """What follows the last slash of a user's ARN; a path, if any, begins at the first."""
    before = ("arn:", _BUT_COLON, ":iam::", _BUT_COLON, ":user", _BUT_SEPARATOR, "/")
    return spell((*before, *_confined(language, "/" + SEPARATOR), SEPARATOR))


def _after_separator(language: Language) -> Language:
    """The name of a role session."""
    return spell(((ANY,), SEPARATOR, *_confined(language, SEPARATOR + "/")))


def _federated_name(language: Language) -> Language:
    """The name of a federated user."""
    before = ("arn:", _BUT_COLON, ":sts::", _BUT_COLON, ":federated-user/")
    return spell((*before, *_confined(language, SEPARATOR + "/"), SEPARATOR))


@dataclass(frozen=True, slots=True)
class View:
    """A part of the requester's string: a field or, without one, what stands before the separator.

    `preimage` tells, of a language, the requesters whose part lies in it.
    """

    field: Field | None
    preimage: Callable[[Language], Language]


_IDENTIFIER = View(None, _before_separator)
_ACCOUNT = View(Field.ACCOUNT, _within_account)

_PRINCIPAL_TYPES = {
    Kind.USER: "User",
    Kind.ROLE_SESSION: "AssumedRole",
    Kind.UNNAMED_ROLE_SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}

DERIVED: Mapping[str, Mapping[Kind, View | str]] = {
    "aws:principalarn": dict.fromkeys(WITH_ACCOUNT, _IDENTIFIER),
    "aws:principalaccount": {
        **dict.fromkeys(WITH_ACCOUNT, _ACCOUNT),
        Kind.ANONYMOUS: ANONYMOUS,
    },
    "aws:principaltype": _PRINCIPAL_TYPES,
    "aws:username": {Kind.USER: View(Field.NAME, _user_name)},
    "aws:principalisawsservice": {**dict.fromkeys(WITH_ACCOUNT, "false"), Kind.SERVICE: "true"},
    "aws:principalservicename": {Kind.SERVICE: _IDENTIFIER},
    SESSION_NAME: {
        Kind.ROLE_SESSION: View(Field.SESSION, _after_separator),
        Kind.FEDERATED_USER: View(Field.NAME, _federated_name),
    },
}
"""R-K10: of the keys that follow from the requester (R-K6), by kind, the part of the string or the
constant that they are; absent for the kinds not listed."""


def with_value(key: str, language: Language) -> list[Language] | None:
    """The requesters whose derived key lies in the language; None where no view says so."""
    if isinstance(language, Interval):
        return None
    found: dict[Language, None] = {}
    for kind, value in DERIVED[key].items():
        if not isinstance(value, str):
            found[value.preimage(language)] = None
        elif matches(language, value):
            found[_SHAPES[kind]] = None
    return list(found)


def kind_of(requester: str) -> Kind:
    """What a requester's string names."""
    return next(kind for kind, shape in _SHAPES.items() if matches(shape, requester))


def derived_value(key: str, requester: str) -> str | None:
    """What a derived key is for a requester; None: it is absent."""
    name, _, session = requester.partition(SEPARATOR)
    value = DERIVED[key].get(kind_of(requester))
    if value is None or isinstance(value, str):
        return value
    match value.field:
        case None:
            return name
        case Field.ACCOUNT:
            return name.split(":")[4]
        case Field.SESSION:
            return session
    return name.rpartition("/")[2]


def accounts_in(interval: Interval) -> list[Language]:
    """The accounts whose 12 digits, as a number, lie in the interval (R-C10, R-C11)."""
    rows: list[Language] = []
    if interval.scale in (Scale.NUMBER, Scale.INSTANT):
        least, after = (_whole_number(cut) for cut in interval.span)
        _digits_between("", least, after, rows)
    return rows


def _whole_number(cut: Cut) -> int:
    """The first account behind the cut, as a number."""
    point, is_after = cut
    bounded = min(max(Decimal(point), Decimal(0)), Decimal(10**_DIGITS_OF_ACCOUNT))
    whole = int(bounded.to_integral_value(ROUND_CEILING))
    return whole + 1 if is_after and whole == point else whole


_DIGITS_OF_ACCOUNT = 12


def _digits_between(head: str, least: int, after: int, rows: list[Language]) -> None:
    """Rows of digits for the accounts that begin with `head`, from `least` to before `after`."""
    free = _DIGITS_OF_ACCOUNT - len(head)
    first = int(head or "0") * 10**free
    if least <= first and first + 10**free <= after:
        rows.append(sequence((head, *(_DIGIT,) * free)))
    elif first < after and least < first + 10**free:
        for digit in "0123456789":
            _digits_between(head + digit, least, after, rows)


# What entries of Principal name


def exactly(arn: str) -> Language:
    """The requester that is no session, or whose session has no name."""
    return Word(arn + SEPARATOR)


def any_session_of(role_arn: str) -> Language:
    """Sessions of a role given by its ARN, named or not."""
    return sequence((role_arn + SEPARATOR, (ANY,)))


def session(partition: str, account: str, role: str, name: str) -> Language:
    """A session ARN names its role without the path (R-K2), so the path is left open."""
    return sequence(
        (f"arn:{partition}:iam::{account}:role", _BUT_SEPARATOR, f"/{role}{SEPARATOR}{name}")
    )
