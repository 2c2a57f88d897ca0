"""What AWS sends: the world facts of R-K10 to R-K12, as clauses over a symbolic request.

Facts are told only of keys that the question mentions, or that a told fact leads to. Relations
between two values are templates (`languages`), as policy variables are. `semantics.world` states
the same facts a second time, for one concrete request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from iamlogic.semantics.facts import FACTS_OF_STACKS, WorldFact
from iamlogic.symbolic.enforcer import OWNED
from iamlogic.symbolic.languages import (
    ANY,
    CharSet,
    Language,
    Part,
    Word,
    either_case,
    ordered,
    sequence,
    spell,
)
from iamlogic.symbolic.patterns import arn_glob
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, SESSION_NAME, Kind, value_of
from iamlogic.symbolic.scales import Scale, compared, every
from iamlogic.symbolic.symbolizer import SymbolicRequest
from iamlogic.symbolic.terms import FALSE
from iamlogic.symbolic.values import Rows
from iamlogic.syntax.operators import Comparison

Facts = frozenset[WorldFact]
ALL_FACTS: Facts = frozenset(WorldFact) - FACTS_OF_STACKS
STACK_FACTS: Facts = frozenset(WorldFact)
NO_FACTS: Facts = frozenset()

Clause = list[int]

_TRUE = Word("true")
_ROLES = (Kind.ROLE_SESSION, Kind.UNNAMED_ROLE_SESSION)
_SESSIONS = (*_ROLES, Kind.FEDERATED_USER)

_IN_EVERY_REQUEST = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:securetransport",
        "aws:requestedregion",
        "aws:useragent",
        "aws:viaawsservice",
    }
)
_FOR_ACCOUNTS = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:tokenissuetime",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
    }
)
_FOR_ROLES = frozenset({"aws:federatedprovider", "aws:sourceidentity"})
_EC2 = frozenset(
    {"aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4", "ec2:sourceinstancearn"}
)
_NETWORK = ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip")
_SOURCE = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
_USER_ID = "aws:userid"
_SERVICE_NAMES = "aws:principalservicenameslist"
_CALLED_VIA, _ENDS = "aws:calledvia", ("aws:calledviafirst", "aws:calledvialast")
_CALLER_ACCOUNTS = ("kms:calleraccount", "aws:sourceowner")
_VIA_SERVICE = "aws:viaawsservice"
_PRINCIPAL_TAG = "aws:principaltag/"
_REQUEST_TAG = "aws:requesttag/"
_TAG_KEYS = "aws:tagkeys"

_BOOLEAN: Rows = ((Word("true"), Word("false")),)
_INSTANT: Rows = ((every(Scale.INSTANT),),)
_ADDRESS: Rows = ((every(Scale.IPV4), every(Scale.IPV6)),)

TYPES: dict[str, Rows] = {
    "aws:multifactorauthpresent": _BOOLEAN,
    "aws:securetransport": _BOOLEAN,
    "aws:viaawsservice": _BOOLEAN,
    "aws:currenttime": _INSTANT,
    "aws:tokenissuetime": _INSTANT,
    "aws:epochtime": ((every(Scale.NUMBER),), (every(Scale.INSTANT),)),
    "aws:multifactorauthage": ((compared(Scale.NUMBER, Comparison.GREATER_EQUAL, "0"),),),
    "aws:sourceip": _ADDRESS,
    "aws:vpcsourceip": _ADDRESS,
    "aws:ec2instancesourceprivateipv4": ((every(Scale.IPV4),),),
    "aws:sourcearn": ((arn_glob("*"),),),
}
"""R-K14: what the values of global keys are, but of those that follow from the requester."""

_BUT_SLASHES = sequence(((CharSet(frozenset("/"), negated=True),),))
_BUT_COLON = (CharSet(frozenset(":"), negated=True),)
_UPPER = CharSet(frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))


_UNIQUE = (_UPPER, (_UPPER,))
_USER_IDS: dict[Kind, tuple[Part, ...]] = {
    Kind.USER: ("AIDA", *_UNIQUE),
    Kind.ROLE_SESSION: ("AROA", *_UNIQUE, ":", value_of(SESSION_NAME)),
    Kind.FEDERATED_USER: (value_of("aws:principalaccount"), ":", value_of(SESSION_NAME)),
    Kind.ROOT: (value_of("aws:principalaccount"),),
    Kind.ANONYMOUS: ("anonymous",),
}
"""R-K10, the row of `aws:userid`."""


@dataclass(frozen=True, slots=True)
class World:
    """The facts that a question holds its requests to."""

    request: SymbolicRequest
    facts: Facts
    owner: str | None = None  # the resource account, where the question fixes it

    def clauses(self, key: str) -> Iterator[Clause]:
        """What is known of a key that the question mentions, and of what it leads to."""
        for fact, tell in _TOLD_BY.items():
            if fact in self.facts:
                yield from tell(self, key)

    def mentions(self, key: str) -> bool:
        """Whether the question, or a fact told before, speaks of a key."""
        return key in self.request.mentioned

    def _has(self, key: str) -> int:
        return self.request.present(key)

    def _some(self, key: str, *languages: Language, outside: bool = False) -> int:
        return self.request.some_value(key, ordered(languages), outside=outside)

    def _is(self, *kinds: Kind) -> int:
        return self.request.any_kind(kinds)

    def _same(self, key: str, other: str) -> int:
        """The key's value, or one of its values, is the value of the other."""
        return self._some(key, spell([value_of(other)]))

    def _only_for(self, key: str, holders: int) -> Clause:
        return [-self._has(key), holders]

    def always_present(self, key: str) -> Iterator[Clause]:
        """R-K12."""
        if key in _IN_EVERY_REQUEST:
            yield [self._has(key)]
        elif key == _USER_ID:
            yield [self._has(key), self._is(Kind.SERVICE, Kind.PROVIDER)]

    def principal_keys(self, key: str) -> Iterator[Clause]:
        """R-K10: who has which key."""
        if key in _FOR_ACCOUNTS:
            yield self._only_for(key, self.request.has_account())
        if key == "aws:tokenissuetime":
            yield [self._has(key), -self._is(*_SESSIONS)]
        elif key.startswith(_PRINCIPAL_TAG):
            yield self._only_for(key, self._is(Kind.USER, *_SESSIONS))
        elif key in _FOR_ROLES:
            yield self._only_for(key, self._is(*_ROLES))
        elif key == _SERVICE_NAMES:
            yield self._only_for(key, self._is(Kind.SERVICE))
            yield [self._has(key), -self._is(Kind.SERVICE)]
            yield [-self._has(key), self._same(key, "aws:principalservicename")]

    def user_id(self, key: str) -> Iterator[Clause]:
        """R-K10: the unique id, by kind of requester."""
        if key != _USER_ID:
            return
        for kind, form in _USER_IDS.items():
            if self._is(kind) != FALSE:
                yield [-self._is(kind), self._some(key, spell(form))]
        yield self._only_for(key, -self._is(Kind.SERVICE, Kind.PROVIDER))

    def organization_paths(self, key: str) -> Iterator[Clause]:
        """R-K11."""
        for side in ("principal", "resource", "source"):
            organization, paths = f"aws:{side}orgid", f"aws:{side}orgpaths"
            if key == organization:
                yield [-self._has(key), self._some(key, _BUT_SLASHES)]
            if key == paths:
                begins = spell([replace(value_of(organization), stops="/"), "/", (ANY,)])
                yield [-self._has(organization), -self._some(paths, begins, outside=True)]
            if side == "source":
                continue
            if key == paths or (key == organization and self.mentions(paths)):
                yield [-self._has(paths), self._has(organization)]
                yield [self._has(paths), -self._has(organization)]
        if key in ("aws:resourceorgid", "aws:resourceorgpaths"):
            yield self._only_for(key, self._has(RESOURCE_ACCOUNT))

    def same_organization(self, key: str) -> Iterator[Clause]:
        """R-K11: one account is in one organization."""
        theirs, ours = "aws:principalorgid", "aws:resourceorgid"
        if key in (theirs, ours) and self.mentions(theirs) and self.mentions(ours):
            yield [
                -self.request.same_account(),
                -self._has(theirs),
                -self._has(ours),
                self._same(ours, theirs),
            ]

    def network(self, key: str) -> Iterator[Clause]:
        """R-K11: a request comes by an endpoint or from an address."""
        address = "aws:sourceip"
        if key == address or key in _NETWORK:
            yield [self._has(address), *map(self._has, _NETWORK)]
            for other in _NETWORK:
                yield [-self._has(other), -self._has(address)]

    def by_endpoint(self) -> int:
        """The request has a key that only those by an endpoint have."""
        return self.request.any_present(_NETWORK)

    def source_keys(self, key: str) -> Iterator[Clause]:
        """R-K11: what a service says of whom it acts for."""
        if key in _SOURCE:
            yield self._only_for(key, self._is(Kind.SERVICE))

    def source_account(self, key: str) -> Iterator[Clause]:
        """R-K11."""
        arn, account = "aws:sourcearn", "aws:sourceaccount"
        if key in (arn, account) and self.mentions(arn) and self.mentions(account):
            before = ("arn:", _BUT_COLON, ":", _BUT_COLON, ":", _BUT_COLON, ":")
            unowned = sequence((*before, ":", (ANY,)))
            owned = spell([*before, replace(value_of(account), stops=":"), ":", (ANY,)])
            yield [-self._has(arn), -self._has(account), self._some(arn, unowned, owned)]

    def caller_account(self, key: str) -> Iterator[Clause]:
        """R-K23."""
        if key in _CALLER_ACCOUNTS:
            excused = self._names_another(key)
            yield [-self._has(key), excused, self.request.has_account()]
            theirs = spell([value_of("aws:principalaccount")])
            yield [-self._has(key), excused, -self._some(key, theirs, outside=True)]

    def _names_another(self, key: str) -> int:
        """What a service says in aws:SourceOwner is no account of its own."""
        return self._is(Kind.SERVICE) if key == "aws:sourceowner" else FALSE

    def callers(self) -> Iterator[tuple[str, int]]:
        """The keys that are the caller's account, and when they are not."""
        if WorldFact.CALLER_ACCOUNT in self.facts:
            for key in _CALLER_ACCOUNTS:
                if self.mentions(key):
                    yield key, self._names_another(key)

    def via_service(self, key: str) -> Iterator[Clause]:
        """R-K11: calls that services make with the caller's credentials."""
        via = self._some(_VIA_SERVICE, _TRUE) if key in (_CALLED_VIA, *_ENDS, _VIA_SERVICE) else 0
        if key == _CALLED_VIA or key in _ENDS:
            yield self._only_for(key, via)
        if key in _ENDS:
            yield [-self._has(key), self._has(_CALLED_VIA)]
            yield [self._has(key), -self._has(_CALLED_VIA)]
            yield [-self._has(key), self._same(_CALLED_VIA, key)]
        if key == _VIA_SERVICE:
            yield [-via, -self._is(Kind.SERVICE)]

    def tag_keys(self, key: str) -> Iterator[Clause]:
        """R-K11: the names of the request's tags, compared without case."""
        tags = [key] if key.startswith(_REQUEST_TAG) and self.mentions(_TAG_KEYS) else []
        if key == _TAG_KEYS:
            tags = [each for each in self.request.mentioned if each.startswith(_REQUEST_TAG)]
        for tag in tags:
            name = spell(map(either_case, tag.removeprefix(_REQUEST_TAG)))
            yield [-self._has(tag), self._some(_TAG_KEYS, name)]
            yield [self._has(tag), -self._some(_TAG_KEYS, name)]

    def multi_factor(self, key: str) -> Iterator[Clause]:
        """R-K11."""
        if key == "aws:multifactorauthage":
            authenticated = self._some("aws:multifactorauthpresent", _TRUE)
            yield [-self._has(key), authenticated]
            yield [self._has(key), -authenticated]

    def resource_owner(self, key: str) -> Iterator[Clause]:
        """R-K22: the account in a resource's ARN is the resource's."""
        if key == RESOURCE_ACCOUNT:
            before = ("arn:", _BUT_COLON, ":", _BUT_COLON, ":", _BUT_COLON, ":")
            owner = self.owner or replace(value_of(RESOURCE_ACCOUNT), stops=":")
            owned = self.request.resource_in(spell([*before, owner, ":", (ANY,)]))
            yield [-self.request.resource_in(OWNED), owned]

    def ec2_instance(self, key: str) -> Iterator[Clause]:
        """R-K11."""
        if key in _EC2:
            yield self._only_for(key, self._is(*_ROLES))


_TOLD_BY: dict[WorldFact, Callable[[World, str], Iterator[Clause]]] = {
    WorldFact.ALWAYS_PRESENT: World.always_present,
    WorldFact.USER_ID: World.user_id,
    WorldFact.PRINCIPAL_KEYS: World.principal_keys,
    WorldFact.ORGANIZATION_PATHS: World.organization_paths,
    WorldFact.SAME_ACCOUNT_SAME_ORGANIZATION: World.same_organization,
    WorldFact.NETWORK: World.network,
    WorldFact.SOURCE_KEYS: World.source_keys,
    WorldFact.SOURCE_ACCOUNT: World.source_account,
    WorldFact.CALLER_ACCOUNT: World.caller_account,
    WorldFact.VIA_SERVICE: World.via_service,
    WorldFact.TAG_KEYS: World.tag_keys,
    WorldFact.MFA: World.multi_factor,
    WorldFact.EC2_INSTANCE: World.ec2_instance,
    WorldFact.RESOURCE_OWNER: World.resource_owner,
}
"""How each fact is told; `KEY_TYPES` are domains, and `TIME` one variable for both clocks."""


def typed(facts: Facts) -> dict[str, Rows]:
    """What the values of global keys must be."""
    return TYPES if WorldFact.KEY_TYPES in facts else {}
