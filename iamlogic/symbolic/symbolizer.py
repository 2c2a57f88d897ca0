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

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from enum import Enum

from iamlogic.symbolic.deadline import Undecided
from iamlogic.symbolic.languages import (
    ANY,
    EVERYTHING,
    CharSet,
    Glob,
    Language,
    Nothing,
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
from iamlogic.symbolic.terms import FALSE, TRUE, OneValue, Present, SomeValue, Terms

SEPARATOR = "\udfff"

ACTION = "action"
RESOURCE = "resource"
REQUESTER = "requester"
RESOURCE_ACCOUNT = "aws:resourceaccount"  # also the key's name: the key is the field (R-K6)
SESSION_NAME = "requester:session"  # a role session's or federated user's name; no policy's key
CURRENT_TIME, EPOCH_TIME = "aws:currenttime", "aws:epochtime"
CONSTANT = "="  # `=User` is the variable that can only be `User`


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


_ALPHABETS: dict[str, CharSet] = {
    "aws:principalaccount": _chars(_LOWER + "0123456789"),  # `anonymous` is one (R-K10)
    "aws:principaltype": _chars(_LOWER + _LOWER.upper()),
    "aws:username": _NAME,
    "aws:principalisawsservice": _chars(_LOWER),
    "aws:principalservicename": _HOST,
    SESSION_NAME: _NAME,
    RESOURCE_ACCOUNT: _DIGIT,
}


def alphabet_of(key: str) -> CharSet:
    """The characters that values of a key can have, whatever the request."""
    return _ALPHABETS.get(key, ANY)


_MOST_CASES = 6
"""Variables of one list that may be resolved or not, each on its own: the cases double."""


class SymbolicRequest:
    """The atoms of one unknown request. Key names are given in lower case (R-K7).

    `multivalued` are the keys that can have several values in this question (R-K8), `possible` the
    kinds of its requesters. With `one_clock`, both keys of the time are read from one instant.
    """

    def __init__(
        self,
        terms: Terms,
        multivalued: frozenset[str],
        possible: tuple[Kind, ...] = tuple(Kind),
        *,
        one_clock: bool = False,
    ) -> None:
        self._terms = terms
        self.multivalued = multivalued
        self._possible = frozenset(possible)
        self.one_clock = one_clock
        self.mentioned: dict[str, None] = {}  # the keys that some formula speaks of, in order
        self.kinds: dict[Kind, int] = {}  # the kinds that some formula speaks of
        # By derived key: of a language of requesters, that of the key which it stands for.
        self.views: dict[str, dict[Language, Language]] = {key: {} for key in _VIEWS}

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

    def any_kind(self, kinds: Iterable[Kind]) -> int:
        """The requester is of one of the kinds."""
        asked = self._possible.intersection(kinds)
        if asked == self._possible:
            return TRUE
        return self._terms.any_of(self.is_kind(kind) for kind in Kind if kind in asked)

    def has_account(self) -> int:
        return self.any_kind(_WITH_ACCOUNT)

    def of_account(self, account: str) -> int:
        """The requester belongs to the account: to it as an identity, not as its provider."""
        return self.of_account_in(Word(account))

    # The context

    def present(self, key: str) -> int:
        self.mentioned.setdefault(key)
        match key:
            case "aws:principalarn":
                return self.has_account()
            case "aws:principalaccount":
                return self.any_kind((*_WITH_ACCOUNT, Kind.ANONYMOUS))
            case "aws:principaltype":
                return self.any_kind(_PRINCIPAL_TYPES)
            case "aws:username":
                return self.any_kind((Kind.USER,))
            case "aws:principalisawsservice":
                return self.any_kind(_IS_SERVICE)
            case "aws:principalservicename":
                return self.any_kind((Kind.SERVICE,))
            case "requester:session":
                return self.any_kind((Kind.ROLE_SESSION, Kind.FEDERATED_USER))
            case _:
                return self._terms.atom(Present(key))

    def resolved(self, key: str) -> int:
        """A variable has a value to stand for: the key is present, with one value (R-V5, R-V9)."""
        if key not in self.multivalued:
            return self.present(key)
        return self._terms.all_of([self.present(key), self._terms.atom(OneValue(key))])

    def some_value(self, key: str, languages: frozenset[Language], *, outside: bool = False) -> int:
        """The key is present, and some value of it lies in one of the languages (outside: in none).

        A language with variables that have no value holds nothing (R-V6).
        """
        present = self.present(key)
        if key not in self.multivalued:
            inside = self._terms.any_of(self._value_in(key, language) for language in languages)
            return self._terms.all_of([present, -inside if outside else inside])
        templates = [each for each in languages if isinstance(each, Template)]
        plain = languages.difference(templates)
        return self._terms.all_of(
            [present, self._some_value(key, plain, templates, outside=outside)]
        )

    def _some_value(
        self,
        key: str,
        held: frozenset[Language],
        templates: list[Template],
        *,
        outside: bool,
    ) -> int:
        """One case for each way in which the variables of the templates have values or not."""
        if len(templates) > _MOST_CASES:
            raise Undecided("too many variables stand in the values of one condition")
        if templates:
            template, *rest = templates
            return self._terms.any_of(
                self._terms.all_of(
                    [
                        condition,
                        self._some_value(
                            key,
                            held if reading is None else held | {reading},
                            rest,
                            outside=outside,
                        ),
                    ]
                )
                for condition, reading in self._readings(template)
            )
        if EVERYTHING in held:
            return FALSE if outside else TRUE
        if not held:
            return TRUE if outside else FALSE
        return self._terms.atom(SomeValue(key, held, outside))

    def _readings(self, template: Template) -> Iterable[tuple[int, Language | None]]:
        """(condition, what the template is then), for each case of its variables; None: nothing."""
        for ref in template.refs:
            if ref.default is not None:  # R-V7
                resolved, absent = self.resolved(ref.key), -self.present(ref.key)
                yield from self._all_readings(resolved, template.without_default(ref.key))
                yield from self._all_readings(absent, template.defaulted(ref.key))
                yield self._terms.all_of([-resolved, -absent]), None  # R-V9
                return
        resolved = self._terms.all_of(self.resolved(ref.key) for ref in template.refs)
        yield resolved, template
        yield -resolved, None  # R-V5, R-V6

    def _all_readings(
        self, condition: int, language: Language
    ) -> Iterable[tuple[int, Language | None]]:
        if not isinstance(language, Template):
            yield condition, None if isinstance(language, Nothing) else language
            return
        for further, reading in self._readings(language):
            yield self._terms.all_of([condition, further]), reading

    def _value_in(self, key: str, language: Language) -> int:
        """The value of a single-valued key lies in the language, given that the key is present."""
        if isinstance(language, Interval):
            if key in ("aws:principalaccount", RESOURCE_ACCOUNT):
                return self._terms.any_of(self._value_in(key, row) for row in accounts_in(language))
            if key == "aws:principalarn":
                return FALSE  # R-C20: no ARN is a number, a date or an address
            if key in _VIEWS:
                return self._in(key, language)
            if self.one_clock and key == EPOCH_TIME:
                return self._in(CURRENT_TIME, Interval(Scale.INSTANT, language.span))
        if isinstance(language, Template) and self._is_mirrored(key, language):
            (ref,) = language.refs
            mirror = Template((Ref(key, alphabet_of(key)),), (None, None))
            return self._terms.all_of([self.present(ref.key), self._value_in(ref.key, mirror)])
        match key:
            case "aws:principalarn" | "aws:username" | "aws:principalservicename":
                return self._viewed(key, language)
            case "aws:principalaccount":
                identity = self.of_account_in(language)
                named = self._holds(language, ANONYMOUS)
                anonymous = FALSE if named == FALSE else self.any_kind((Kind.ANONYMOUS,))
                return self._terms.any_of([identity, self._terms.all_of([anonymous, named])])
            case "aws:principaltype":
                return self._constant_in(language, _PRINCIPAL_TYPES)
            case "aws:principalisawsservice":
                return self._constant_in(language, _IS_SERVICE)
            case _:
                return self._in(key, language)

    def _is_mirrored(self, key: str, template: Template) -> bool:
        """The equality of two keys is one atom whichever is written as the variable.

        A derived key is referred to, of two others the first by name is.
        """
        ref = template.sole_ref
        if ref is None or ref.default is not None or ref.key in DERIVED_KEYS:
            return False
        if {key, ref.key} & self.multivalued:
            return False
        return key in DERIVED_KEYS or key < ref.key

    def of_account_in(self, language: Language) -> int:
        return self._terms.all_of(
            [self.has_account(), self._viewed("aws:principalaccount", language)]
        )

    def _viewed(self, key: str, language: Language) -> int:
        """The part of the requester that the key is lies in the language."""
        view = _VIEWS[key](language)
        self.views[key][view] = language
        return self.requester_in(view)

    def _constant_in(self, language: Language, values: dict[Kind, str]) -> int:
        return self._terms.any_of(
            self._terms.all_of([self.any_kind((kind,)), self._holds(language, value)])
            for kind, value in values.items()
        )

    def _holds(self, language: Language, text: str) -> int:
        """The text itself lies in the language."""
        if isinstance(language, Template):
            return self._in(CONSTANT + text, language)
        return TRUE if matches(language, text) else FALSE

    def _in(self, variable: str, language: Language) -> int:
        match language:
            case Glob(text="*"):
                return TRUE
            case Nothing():
                return FALSE
            case Template():
                return self._terms.any_of(
                    self._terms.all_of(
                        [
                            condition,
                            self._terms.in_language(variable, reading)
                            if isinstance(reading, Template)
                            else self._in(variable, reading),
                        ]
                    )
                    for condition, reading in self._readings(language)
                    if reading is not None
                )
            case _:
                return self._terms.in_language(variable, language)


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


_VIEWS = {
    "aws:principalarn": _before_separator,
    "aws:principalaccount": _within_account,
    "aws:username": _user_name,
    "aws:principalservicename": _before_separator,
}
"""Of the keys that are part of the requester's string: the requesters with such a value."""

DERIVED_KEYS = frozenset({*_VIEWS, "aws:principaltype", "aws:principalisawsservice", SESSION_NAME})
"""The keys that follow from the requester (R-K6)."""


def with_value(key: str, language: Language) -> list[Language] | None:
    """The requesters whose derived key lies in the language; None where no view says so."""
    if isinstance(language, Interval):
        return None
    if key == SESSION_NAME:
        named = _confined(language, SEPARATOR + "/")
        before = ("arn:", _BUT_COLON, ":sts::", _BUT_COLON, ":federated-user/")
        return [spell(((ANY,), SEPARATOR, *named)), spell((*before, *named, SEPARATOR))]
    view = _VIEWS.get(key)
    return None if view is None else [view(language)]


def derived_value(key: str, requester: str) -> str | None:
    """What a derived key is for a requester (R-K10); None: it is absent."""
    kind = next(kind for kind, shape in _SHAPES.items() if matches(shape, requester))
    name = requester.partition(SEPARATOR)[0]
    match key:
        case "aws:principalarn":
            return name if kind in _WITH_ACCOUNT else None
        case "aws:principalaccount":
            if kind is Kind.ANONYMOUS:
                return ANONYMOUS
            return name.split(":")[4] if kind in _WITH_ACCOUNT else None
        case "aws:principaltype":
            return _PRINCIPAL_TYPES.get(kind)
        case "aws:username":
            return name.rpartition("/")[2] if kind is Kind.USER else None
        case "aws:principalisawsservice":
            return _IS_SERVICE.get(kind)
        case "requester:session":
            if kind is Kind.ROLE_SESSION:
                return requester.partition(SEPARATOR)[2]
            return name.rpartition("/")[2] if kind is Kind.FEDERATED_USER else None
        case _:
            return name if kind is Kind.SERVICE else None


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
