"""The requests that count as access from outside, for a solver: R-X1 to R-X3.

A question of external access ranges over the requests that AWS sends, to a resource of the given
type, with a requester outside the zone of trust. Services are nobody's outsiders; those that may
act for accounts outside are looked for apart. The resource itself is in the zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamlogic.catalog.resource_types import ResourceType
from iamlogic.questions.external.grants import Grant
from iamlogic.questions.external.zone import Zone
from iamlogic.symbolic.believable import Suggestions
from iamlogic.symbolic.languages import (
    CharSet,
    Languages,
    Template,
    Word,
    glob,
    ordered,
    sequence,
)
from iamlogic.symbolic.lowering import Lowered
from iamlogic.symbolic.requester import RESOURCE_ACCOUNT, Kind, exactly
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.symbolizer import ACTION, RESOURCE
from iamlogic.symbolic.world import ALL_FACTS, NO_FACTS
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.policy import UNSEEN, PrincipalForm

_KINDS = (
    Kind.USER,
    Kind.ROLE_SESSION,
    Kind.FEDERATED_USER,
    Kind.ROOT,
    Kind.PROVIDER,
    Kind.SERVICE,
    Kind.ANONYMOUS,
)
_SAML = glob("arn:*:saml-provider/*")
_WITH_SAML, _WITH_WEB_IDENTITY = "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"
_ORGANIZATION, _PATHS = "aws:principalorgid", "aws:principalorgpaths"
_BUT_COLON = (CharSet(frozenset(":"), negated=True),)
_ANY_RUN = (CharSet(frozenset(), negated=True),)


class Universe:
    """A solver for one policy and zone, and the formulas of who is outside.

    `statements` are all that the question speaks of, `multivalued` the keys with several values.
    Without a `type` the resource may be any, and requesters are all but SAML and OIDC identities,
    which call sts alone, unless a statement names one.
    """

    def __init__(
        self,
        statements: Sequence[Lowered],
        zone: Zone,
        type_: ResourceType | None,
        suggestions: Suggestions,
        multivalued: frozenset[str],
        *,
        all_requests: bool,
    ) -> None:
        self.zone, self.type, self.suggestions = zone, type_, suggestions
        self._statements = statements
        kinds = tuple(_kinds(type_, names_providers=any(map(_names_provider, statements))))
        suggestions.kinds = frozenset(kinds)
        facts = NO_FACTS if all_requests else ALL_FACTS
        self.solver = Solver(kinds, suggestions, multivalued, facts, within=_bounds(type_))
        request = self.solver.request
        self._terms, self._request = self.solver.terms, request
        # Patterns are atoms one by one, not united list by list: grants speak of them singly.
        self.compiler = self.solver.compiler
        self._common = list(self._resource_is_ours())
        if Kind.PROVIDER in kinds:
            self._common += self._sts_calls()
        self.external = [
            *self._common,
            -request.is_kind(Kind.SERVICE),
            -self._is_inside(),
        ]

    def deputy(self) -> list[int]:
        """Services that may act for somebody outside (R-X3)."""
        request, zone = self._request, self.zone
        trusted = [request.requester_in(exactly(name)) for name in sorted(zone.services)]
        return [
            *self._common,
            request.is_kind(Kind.SERVICE),
            *(-request.is_unseen(name) for name in self._unseen()),
            *(-each for each in trusted),
            -self._acts_for_zone(),
        ]

    def _unseen(self) -> Iterator[str]:
        """Principals of whom no request is written; they are no services."""
        for statement in self._statements:
            for entry in () if statement.principals is None else statement.principals.entries:
                if entry.form in UNSEEN:
                    yield entry.text

    def in_none_of(self, grants: Iterable[Grant]) -> list[int]:
        """Requests that are in none of the grants."""
        return [-grant.formula(self.compiler) for grant in grants]

    def _is_inside(self) -> int:
        """R-X1."""
        request, zone = self._request, self.zone
        inside = [request.of_account(account) for account in sorted(zone.accounts)]
        if zone.organization is not None:
            member = request.some_value(_ORGANIZATION, (Word(zone.organization),))
            inside.append(self._terms.all_of([request.has_account(), member]))
        if zone.org_paths:
            below = request.some_value(_PATHS, _below(zone.org_paths))
            inside.append(self._terms.all_of([request.has_account(), below]))
        return self._terms.any_of(inside)

    def _acts_for_zone(self) -> int:
        """The service says that it acts for an account of the zone."""
        request, zone = self._request, self.zone
        found = []
        for account in sorted(zone.accounts):
            arn = sequence(("arn:", *(_BUT_COLON, ":") * 3, account, ":", _ANY_RUN))
            found += [
                request.some_value("aws:sourceaccount", (Word(account),)),
                request.some_value("aws:sourceowner", (Word(account),)),
                request.some_value("aws:sourcearn", (arn,)),
            ]
        if zone.organization is not None:
            found.append(request.some_value("aws:sourceorgid", (Word(zone.organization),)))
        paths = [*zone.org_paths, *([f"{zone.organization}/"] if zone.organization else [])]
        if paths:
            found.append(request.some_value("aws:sourceorgpaths", _below(paths)))
        return self._terms.any_of(found)

    def _resource_is_ours(self) -> Iterator[int]:
        """The resource lies in the zone; told only where some statement asks whose it is."""
        request, zone = self._request, self.zone
        asked = {key for each in self._statements for key in _keys(each)}
        if RESOURCE_ACCOUNT in asked and (zone.accounts or zone.organization or zone.org_paths):
            ours = [request.some_value(RESOURCE_ACCOUNT, ordered(map(Word, zone.accounts)))]
            if zone.organization is not None or zone.org_paths:
                # Which accounts are in an organization nobody says here: none of somebody outside.
                same = self._terms.all_of([request.has_account(), request.same_account()])
                ours.append(-same)
            yield self._terms.any_of(ours)
        if zone.organization is not None and "aws:resourceorgid" in asked:
            member = request.some_value("aws:resourceorgid", (Word(zone.organization),))
            yield self._terms.any_of([member, -request.present("aws:resourceorgid")])

    def _sts_calls(self) -> Iterator[int]:
        """Identities of a provider assume roles by the call of their kind, all others do not."""
        request, terms = self._request, self._terms
        provider, saml = request.is_kind(Kind.PROVIDER), request.requester_in(_SAML)
        with_saml = request.action_in(Word(_WITH_SAML))
        with_web = request.action_in(Word(_WITH_WEB_IDENTITY))
        yield terms.any_of([-with_saml, terms.all_of([provider, saml])])
        yield terms.any_of([-with_web, terms.all_of([provider, -saml])])
        yield terms.any_of([-provider, with_saml, with_web])


def is_role(type_: ResourceType | None) -> bool:
    """Whether it is a role, whose policy says who may assume it."""
    return type_ is not None and type_.service == "sts"


def _names_provider(statement: Lowered) -> bool:
    principals = statement.principals
    return principals is not None and any(
        entry.form is PrincipalForm.PROVIDER for entry in principals.entries
    )


def _kinds(type_: ResourceType | None, *, names_providers: bool) -> Iterator[Kind]:
    """Providers call sts alone: they come where a role is, or what must be one as it names them."""
    for kind in _KINDS:
        if kind is Kind.PROVIDER and not (is_role(type_) or (type_ is None and names_providers)):
            continue
        if kind is Kind.ANONYMOUS and type_ is not None and not type_.anonymous:
            continue
        yield kind


def _bounds(type_: ResourceType | None) -> Mapping[str, Languages]:
    if type_ is None:
        return {}
    return {
        ACTION: ordered(glob(fold(each)) for each in type_.actions),
        RESOURCE: ordered(map(glob, type_.resources)),
    }


def _below(paths: Iterable[str]) -> Languages:
    return ordered(glob(f"{path}*") for path in paths)


def _keys(statement: Lowered) -> Iterator[str]:
    """The keys that a statement speaks of, as its conditions do or its variables."""
    languages = [language for test in statement.tests for language in test.languages]
    yield from (test.key for test in statement.tests)
    for language in (*languages, *statement.resources.languages):
        if isinstance(language, Template):
            yield from (ref.key for ref in language.refs)
