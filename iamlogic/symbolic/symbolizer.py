"""A request whose fields are unknowns.

Each field is a string variable, or a set of strings for a multivalued key, of which formulas say
only "lies in this language" and "is present". The requester is one string laid out as

    ARN SEPARATOR SESSION

(the role's ARN with its path for a role session; for all others what the request names, with
nothing behind the separator). Everything that R-K6 derives from the requester is a view of that
string: an atom on the view becomes an atom on the requester whose language is the view's preimage,
so no model can give a user name that its ARN contradicts. The separator is a lone surrogate,
which neither policies nor requests can hold.
"""

from __future__ import annotations

from enum import Enum

from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Glob,
    Language,
    Nothing,
    Sequence,
    Union,
    Word,
    matches,
    sequence,
    spelled,
)
from iamlogic.symbolic.terms import FALSE, TRUE, Present, SomeIn, Terms
from iamlogic.syntax.global_keys import MULTIVALUED_KEYS

SEPARATOR = "\udfff"

ACTION = "action"
RESOURCE = "resource"
REQUESTER = "requester"
RESOURCE_ACCOUNT = "aws:resourceaccount"  # also the key's name: the key is the field (R-K6)


def _chars(text: str) -> CharSet:
    return CharSet(frozenset(text))


_DIGIT = _chars("0123456789")
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_NAME = _chars(_LOWER + _LOWER.upper() + "0123456789_+=,.@-")
_PATH = _chars("".join(map(chr, range(0x21, 0x7F))))
_HOST_END = _chars(_LOWER + "0123456789-")
_HOST = _chars(_LOWER + "0123456789-.")
_NAMES: tuple[CharSet | tuple[CharSet], ...] = (_NAME, (_NAME,))
_PARTITION = ("aws", (_chars(_LOWER + "-"),))
_ACCOUNT = (_DIGIT,) * 12


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


_WITH_ACCOUNT = (
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


def _iam(*rest: str | CharSet | tuple[CharSet]) -> Sequence:
    return sequence(("arn:", *_PARTITION, ":iam::", *_ACCOUNT, ":", *rest))


def _identity(kind: str, *session: CharSet | tuple[CharSet]) -> Language:
    """A user or role with and without a path, and its session."""
    behind = (SEPARATOR, *session)
    return Union(
        (
            _iam(f"{kind}/", *_NAMES, *behind),
            _iam(f"{kind}/", (_PATH,), "/", *_NAMES, *behind),
        )
    )


_SHAPES: dict[Kind, Language] = {
    Kind.USER: _identity("user"),
    Kind.ROLE_SESSION: _identity("role", *_NAMES),
    Kind.UNNAMED_ROLE_SESSION: _identity("role"),
    Kind.FEDERATED_USER: sequence(
        ("arn:", *_PARTITION, ":sts::", *_ACCOUNT, ":federated-user/", *_NAMES, SEPARATOR)
    ),
    Kind.ROOT: _iam("root", SEPARATOR),
    Kind.PROVIDER: Union(
        (
            _iam("saml-provider/", _PATH, (_PATH,), SEPARATOR),
            _iam("oidc-provider/", _PATH, (_PATH,), SEPARATOR),
            *(Word(host + SEPARATOR) for host in PROVIDER_HOSTS),
        )
    ),
    # A host name; the four of providers are taken out where the atom is made.
    Kind.SERVICE: sequence((_HOST_END, (_HOST,), ".", (_HOST,), _HOST_END, SEPARATOR)),
    Kind.ANONYMOUS: Word(ANONYMOUS + SEPARATOR),
}
"""What the requester's string looks like, by kind (R-K1). The kinds are disjoint."""

_PRINCIPAL_TYPES = {
    Kind.USER: "User",
    Kind.ROLE_SESSION: "AssumedRole",
    Kind.UNNAMED_ROLE_SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}
"""R-K10, aws:PrincipalType; absent for the kinds not listed."""

_IS_SERVICE = dict.fromkeys(_WITH_ACCOUNT, "false") | {Kind.SERVICE: "true"}
"""R-K10, aws:PrincipalIsAWSService."""


class SymbolicRequest:
    """The atoms of one unknown request. Key names are given in lower case (R-K7)."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.kinds: dict[Kind, int] = {}  # the kinds that some formula speaks of

    # The fields

    def action_in(self, language: Language) -> int:
        return self._in(ACTION, language)

    def resource_in(self, language: Language) -> int:
        return self._in(RESOURCE, language)

    def requester_in(self, language: Language) -> int:
        return self._in(REQUESTER, language)

    def is_kind(self, kind: Kind) -> int:
        literal = self.kinds.get(kind)
        if literal is None:
            literal = self.requester_in(_SHAPES[kind])
            if kind is Kind.SERVICE:
                hosts = [-self.requester_in(Word(host + SEPARATOR)) for host in PROVIDER_HOSTS]
                literal = self._terms.all_of([literal, *hosts])
            self.kinds[kind] = literal
        return literal

    def has_account(self) -> int:
        return self._terms.any_of(map(self.is_kind, _WITH_ACCOUNT))

    def of_account(self, account: str) -> int:
        """The requester belongs to the account: to it as an identity, not as its provider."""
        return self._terms.all_of(
            [self.has_account(), self.requester_in(_within_account(Word(account)))]
        )

    # The context

    def present(self, key: str) -> int:
        match key:
            case "aws:principalarn":
                return self.has_account()
            case "aws:principalaccount":
                return self._terms.any_of([self.has_account(), self.is_kind(Kind.ANONYMOUS)])
            case "aws:principaltype":
                return self._terms.any_of(map(self.is_kind, _PRINCIPAL_TYPES))
            case "aws:username":
                return self.is_kind(Kind.USER)
            case "aws:principalisawsservice":
                return self._terms.any_of(map(self.is_kind, _IS_SERVICE))
            case "aws:principalservicename":
                return self.is_kind(Kind.SERVICE)
            case _:
                return self._terms.atom(Present(key))

    def value_in(self, key: str, languages: frozenset[Language]) -> int:
        """The key is present and its value (or one of its values) lies in one of the languages."""
        present = self.present(key)
        if key in MULTIVALUED_KEYS:
            atom = self._terms.atom(SomeIn(key, languages)) if languages else FALSE
            return self._terms.all_of([present, atom])
        one_value = self._terms.any_of(self._value_in(key, language) for language in languages)
        return self._terms.all_of([present, one_value])

    def _value_in(self, key: str, language: Language) -> int:
        """…for one language of a single-valued key, given that the key is present."""
        match key:
            case "aws:principalarn":
                return self.requester_in(_before_separator(language))
            case "aws:principalaccount":
                identity = self.of_account_in(language)
                if matches(language, ANONYMOUS):
                    return self._terms.any_of([identity, self.is_kind(Kind.ANONYMOUS)])
                return identity
            case "aws:principaltype":
                return self._constant_in(language, _PRINCIPAL_TYPES)
            case "aws:username":
                return self.requester_in(_user_name(language))
            case "aws:principalisawsservice":
                return self._constant_in(language, _IS_SERVICE)
            case "aws:principalservicename":
                return self.requester_in(_before_separator(language))
            case _:
                return self._in(key, language)

    def of_account_in(self, language: Language) -> int:
        return self._terms.all_of(
            [self.has_account(), self.requester_in(_within_account(language))]
        )

    def _constant_in(self, language: Language, values: dict[Kind, str]) -> int:
        return self._terms.any_of(
            self.is_kind(kind) for kind, value in values.items() if matches(language, value)
        )

    def _in(self, variable: str, language: Language) -> int:
        match language:
            case Glob(text="*"):
                return TRUE
            case Nothing():
                return FALSE
            case _:
                return self._terms.in_language(variable, language)


def kind_language(kind: Kind) -> Language:
    """The requesters of a kind, as a language of the requester's string."""
    return _SHAPES[kind]


# Views: the preimage, on the requester's string, of a language of a part of it


def _without(chars: CharSet, stops: str) -> CharSet:
    if chars.negated:
        return CharSet(chars.chars.union(stops), negated=True)
    return CharSet(chars.chars.difference(stops))


def _confined(language: Language, stops: str) -> tuple[CharSet | tuple[CharSet], ...]:
    """The language, its wildcards kept from running over the characters that end the part."""
    assert isinstance(language, Word | Glob | Sequence), language
    shape = spelled(language)
    parts: list[CharSet | tuple[CharSet]] = []
    for position, loop in enumerate(shape.loops):
        if loop is not None:
            parts.append((_without(loop, stops),))
        if position < len(shape.letters):
            parts.append(_without(shape.letters[position], stops))
    return tuple(parts)


_BUT_COLON = (CharSet(frozenset(":"), negated=True),)
_BUT_SEPARATOR = (CharSet(frozenset(SEPARATOR), negated=True),)


def _before_separator(language: Language) -> Sequence:
    """What stands before the separator: the ARN, or a service's name."""
    return sequence((*_confined(language, SEPARATOR), SEPARATOR, (ANY,)))


def _within_account(language: Language) -> Sequence:
    """The fifth segment of the ARN."""
    before = ("arn:", _BUT_COLON, ":", _BUT_COLON, "::")
    return sequence((*before, *_confined(language, ":" + SEPARATOR), ":", (ANY,)))


def _user_name(language: Language) -> Sequence:
    """What follows the last slash of a user's ARN; a path, if any, begins at the first."""
    before = ("arn:", _BUT_COLON, ":iam::", _BUT_COLON, ":user", _BUT_SEPARATOR, "/")
    return sequence((*before, *_confined(language, "/" + SEPARATOR), SEPARATOR))


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
