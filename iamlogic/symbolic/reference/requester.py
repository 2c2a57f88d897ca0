"""The requester as a string: its kinds as regular languages, and what follows from it.

Each kind of R-K1 is a Boolean that demands the kind's form of the string `requester`, put together
from the strings `partition`, `account`, `path`, `name` and `session`. The condition keys that are
functions of the requester (R-K6) are tied to the same parts, so a model can't contradict itself.
`matches_principals` says which requesters a statement speaks of (R-M7 to R-M18).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from iamlogic.semantics.principals import Strength
from iamlogic.symbolic.reference.smtlib import (
    FALSE,
    TRUE,
    Formula,
    Word,
    all_of,
    alternatives,
    any_of,
    asserted,
    both,
    characters,
    declared,
    exactly,
    implies,
    joined,
    literal,
    member,
    negation,
    optional,
    repeated,
    repeated_once,
    same,
    sequence,
    symbol,
    times,
)
from iamlogic.syntax.policy import Effect, PolicyKind, Principal, PrincipalForm, Principals


class Kind(Enum):
    """The kinds of requesters (R-K1)."""

    ROOT = "root user"
    USER = "user"
    SESSION = "role session"
    UNNAMED_SESSION = "role, session not named"
    FEDERATED = "federated session"
    PROVIDER = "identity provider"
    SERVICE = "service"
    ANONYMOUS = "anonymous"

    @property
    def holds(self) -> Formula:
        """The requester is of this kind."""
        return Formula(symbol(f"is {self.value}"))


REQUESTER = Word("requester")
PARTITION = Word("partition")
ACCOUNT = Word("account")
PATH = Word("path")
NAME = Word("name")
SESSION = Word("session")

_IN_ACCOUNT = (Kind.ROOT, Kind.USER, Kind.SESSION, Kind.UNNAMED_SESSION, Kind.FEDERATED)
HAS_ACCOUNT = any_of(kind.holds for kind in _IN_ACCOUNT)

COMPARED = {
    PolicyKind.IDENTITY: (Kind.USER, Kind.SESSION, Kind.FEDERATED),
    PolicyKind.RESOURCE: tuple(kind for kind in Kind if kind is not Kind.UNNAMED_SESSION),
}
"""R-E20: the kinds of requesters that lone policies are compared over."""

_NAME_FORM = repeated_once(characters("AZ", "az", "09", *"_+=,.@-"))
_VISIBLE = characters("!~")
_HOST_CHARACTER = characters("az", "09", *".-")
_LABEL_CHARACTER = characters("az", "09", "-")
_DIGIT = characters("09")

TWELVE_DIGITS = times(12, _DIGIT)
_PART_FORMS = (
    (PARTITION, sequence([exactly("aws"), repeated(characters("az", "-"))])),
    (ACCOUNT, TWELVE_DIGITS),
    (PATH, optional(sequence([repeated(_VISIBLE), exactly("/")]))),
    (NAME, _NAME_FORM),
    (SESSION, _NAME_FORM),
)
_PROVIDER_HOSTS = (
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
)
_PROVIDER_ARN = sequence(
    [
        exactly("arn:aws"),
        repeated(characters("az", "-")),
        exactly(":iam::"),
        TWELVE_DIGITS,
        alternatives([exactly(":saml-provider/"), exactly(":oidc-provider/")]),
        repeated_once(_VISIBLE),
    ]
)
_HOST = sequence(
    [
        _LABEL_CHARACTER,
        repeated(_HOST_CHARACTER),
        exactly("."),
        repeated(_HOST_CHARACTER),
        _LABEL_CHARACTER,
    ]
)


def _arn(service: str, *resource: Word) -> Word:
    return joined(
        literal("arn:"), PARTITION, literal(f":{service}::"), ACCOUNT, literal(":"), *resource
    )


ROLE_ARN = _arn("iam", literal("role/"), PATH, NAME)
"""The ARN of the requester's role, with its path, which a session's ARN does not carry (R-K2)."""

_FORMS: dict[Kind, Formula] = {
    Kind.ROOT: same(REQUESTER, _arn("iam", literal("root"))),
    Kind.USER: same(REQUESTER, _arn("iam", literal("user/"), PATH, NAME)),
    Kind.SESSION: same(
        REQUESTER, _arn("sts", literal("assumed-role/"), NAME, literal("/"), SESSION)
    ),
    Kind.UNNAMED_SESSION: same(REQUESTER, ROLE_ARN),
    Kind.FEDERATED: same(REQUESTER, _arn("sts", literal("federated-user/"), NAME)),
    Kind.PROVIDER: any_of(
        [
            *(same(REQUESTER, literal(host)) for host in _PROVIDER_HOSTS),
            member(REQUESTER, _PROVIDER_ARN),
        ]
    ),
    Kind.SERVICE: all_of(
        [
            member(REQUESTER, _HOST),
            *(negation(same(REQUESTER, literal(host))) for host in _PROVIDER_HOSTS),
        ]
    ),
    Kind.ANONYMOUS: same(REQUESTER, literal("anonymous")),
}

_NOT_A_SERVICE = dict.fromkeys(_IN_ACCOUNT, literal("false"))

DEFINITIONS: dict[str, dict[Kind, Word]] = {
    "aws:PrincipalArn": {
        Kind.ROOT: REQUESTER,
        Kind.USER: REQUESTER,
        Kind.SESSION: ROLE_ARN,
        Kind.UNNAMED_SESSION: ROLE_ARN,
        Kind.FEDERATED: REQUESTER,
    },
    "aws:PrincipalAccount": {
        **dict.fromkeys(_IN_ACCOUNT, ACCOUNT),
        Kind.ANONYMOUS: literal("anonymous"),
    },
    "aws:PrincipalType": {
        Kind.ROOT: literal("Account"),
        Kind.USER: literal("User"),
        Kind.SESSION: literal("AssumedRole"),
        Kind.UNNAMED_SESSION: literal("AssumedRole"),
        Kind.FEDERATED: literal("FederatedUser"),
        Kind.ANONYMOUS: literal("Anonymous"),
    },
    "aws:username": {Kind.USER: NAME},
    "aws:PrincipalIsAWSService": {**_NOT_A_SERVICE, Kind.SERVICE: literal("true")},
    "aws:PrincipalServiceName": {Kind.SERVICE: REQUESTER},
}
"""R-K6, R-K10: what a key is for each kind that has it; for the other kinds it is absent."""


def requester_commands() -> Iterator[str]:
    """Declares the requester and its parts, and demands one kind and its form."""
    parts = [part for part, _ in _PART_FORMS]
    yield from (declared(part, "String") for part in (REQUESTER, *parts))
    yield from (declared(kind.holds, "Bool") for kind in Kind)
    yield from (asserted(member(part, form)) for part, form in _PART_FORMS)
    yield asserted(any_of(kind.holds for kind in Kind))
    kinds = list(Kind)
    for place, kind in enumerate(kinds):
        # The forms exclude one another; saying so of the Booleans saves the solver the proof.
        for other in kinds[place + 1 :]:
            yield asserted(negation(both(kind.holds, other.holds)))
    yield from (asserted(implies(kind.holds, form)) for kind, form in _FORMS.items())


def matches_principals(
    principals: Principals | None,
    effect: Effect,
    *,
    at_least: Strength = Strength.DELEGATED,
    bounded: bool = False,
) -> Formula:
    """The requester is one that a statement of `effect` with these principals speaks of.

    An Allow does so at least at this strength (R-M8); `bounded`: users and roles have a boundary,
    and no NotPrincipal of a Deny spares them (R-M12).
    """
    if principals is None:
        return TRUE
    if not principals.negated:
        return any_of(_is_named(entry, at_least) for entry in principals.entries)  # R-M7
    entries = principals.entries
    if effect is Effect.DENY:  # R-M11
        spared = any_of([_lists_everybody(entries), _lists_whole_chain(entries)])
        if bounded:
            return any_of([*(kind.holds for kind in _CAN_BE_BOUNDED), negation(spared)])
        return negation(spared)
    # R-M13
    return negation(any_of(_is_in_chain(entry) for entry in entries))


_CAN_BE_BOUNDED = (Kind.USER, Kind.SESSION, Kind.UNNAMED_SESSION)


def _is_named(entry: Principal, at_least: Strength) -> Formula:
    """R-M8: an entry of `Principal` names the requester, at least so strongly (R-M10)."""
    if entry.form is PrincipalForm.ACCOUNT and at_least > Strength.DELEGATED:
        return both(Kind.ROOT.holds, _is_in_chain(entry))
    if entry.form is PrincipalForm.ROLE and at_least > Strength.LIMITED:
        return FALSE
    if entry.form is not PrincipalForm.USER or at_least > Strength.LIMITED:
        return _is_in_chain(entry)
    _, _, user_name = (entry.name or "").rpartition("/")
    # R-M17: the federated session of that partition and account that goes by the user's name.
    session = f"arn:{entry.partition}:sts::{entry.account}:federated-user/{user_name}"
    return any_of(
        [_is_in_chain(entry), both(Kind.FEDERATED.holds, same(REQUESTER, literal(session)))]
    )


def _is_in_chain(entry: Principal) -> Formula:
    """R-K3: what an entry names is a member of the requester's chain."""
    text = literal(entry.text)
    match entry.form:
        case PrincipalForm.EVERYONE:
            return TRUE
        case PrincipalForm.ACCOUNT:  # R-M9, R-M16: in both spellings and whichever partition
            return both(HAS_ACCOUNT, same(ACCOUNT, literal(entry.account or entry.text)))
        case PrincipalForm.USER:
            return both(Kind.USER.holds, same(REQUESTER, text))
        case PrincipalForm.ROLE:
            is_session = any_of([Kind.SESSION.holds, Kind.UNNAMED_SESSION.holds])
            return both(is_session, same(ROLE_ARN, text))
        case PrincipalForm.ROLE_SESSION:
            return both(Kind.SESSION.holds, same(REQUESTER, text))
        case PrincipalForm.FEDERATED_USER:
            return both(Kind.FEDERATED.holds, same(REQUESTER, text))
        case PrincipalForm.SERVICE:
            return both(Kind.SERVICE.holds, same(REQUESTER, text))
        case PrincipalForm.PROVIDER:
            return both(Kind.PROVIDER.holds, same(REQUESTER, text))
        case PrincipalForm.CANONICAL_USER | PrincipalForm.CLOUDFRONT_IDENTITY:
            return unseen(entry)
        case PrincipalForm.UNIQUE_ID:  # R-P19: nobody
            return FALSE


def unseen(entry: Principal) -> Formula:
    """R-M8: the request is by a principal of which none is written; it may be so, or not."""
    return Formula(symbol(f"by {entry.text}"))


_CHAIN_FORMS: dict[Kind, tuple[PrincipalForm, ...]] = {
    Kind.ROOT: (PrincipalForm.ACCOUNT,),  # R-M9: the root's ARN is its account's entry
    Kind.USER: (PrincipalForm.USER, PrincipalForm.ACCOUNT),
    Kind.SESSION: (PrincipalForm.ROLE_SESSION, PrincipalForm.ROLE, PrincipalForm.ACCOUNT),
    Kind.UNNAMED_SESSION: (PrincipalForm.ROLE, PrincipalForm.ACCOUNT),
    Kind.FEDERATED: (PrincipalForm.FEDERATED_USER, PrincipalForm.ACCOUNT),
    Kind.PROVIDER: (PrincipalForm.PROVIDER,),
    Kind.SERVICE: (PrincipalForm.SERVICE,),
}
"""R-K3: the identities that each kind counts as. An anonymous requester has none (R-M18)."""


def _lists_everybody(entries: tuple[Principal, ...]) -> Formula:
    return TRUE if any(e.form is PrincipalForm.EVERYONE for e in entries) else FALSE


def _lists_whole_chain(entries: tuple[Principal, ...]) -> Formula:
    """R-M11: of each identity of the requester there is an entry."""
    listed = {
        form: any_of(_is_in_chain(entry) for entry in entries if entry.form is form)
        for form in PrincipalForm
    }
    account, by_canonical_user = PrincipalForm.ACCOUNT, PrincipalForm.CANONICAL_USER
    listed[account] = any_of([listed[account], listed[by_canonical_user]])  # R-M8
    chains = (
        all_of([kind.holds, *(listed[form] for form in forms)])
        for kind, forms in _CHAIN_FORMS.items()
    )
    return any_of([*chains, listed[PrincipalForm.CLOUDFRONT_IDENTITY]])
