"""Statements to formulas over the atoms of a symbolic request.

A statement matches when its action, resource, principal and condition parts all do. The parts are
gates of their own, made once for each normal form, so equal parts of different statements are one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import Enum
from itertools import count

from iamlogic.symbolic.languages import Language, Template, Union, Word, ordered
from iamlogic.symbolic.lowering import Lowered, Patterns, Test
from iamlogic.symbolic.requester import PROVIDER_HOSTS, Kind, any_session_of, exactly, session
from iamlogic.symbolic.symbolizer import SymbolicRequest
from iamlogic.symbolic.terms import FALSE, TRUE, Terms
from iamlogic.syntax.policy import Effect, Principal, PrincipalForm, Principals


class Grant(Enum):
    """How strongly an Allow must match at least (R-M8)."""

    ANY = "any"
    LIMITED = "limited"
    DIRECT = "direct"


Blocks = Mapping[Patterns, Sequence[Language]]
"""Lists of patterns said in fewer atoms; see `blocks`."""


def blocks(lists: Iterable[Patterns]) -> Blocks:
    """Say many lists in few atoms: patterns that stand in the same lists are one union.

    Where most patterns of two long lists are the same, as in two versions of one policy, what they
    share is a single atom.
    """
    unique = list(dict.fromkeys(lists))
    parts: dict[int, frozenset[Language]] = {}  # disjoint; refined list by list
    home: dict[Language, int] = {}  # the part that a language is in
    fresh = count()

    def touching(members: frozenset[Language]) -> list[int]:
        """The parts that share a pattern with the list: sets of many are best asked as sets."""
        if len(members) > _LONG:
            return [number for number, part in parts.items() if not part.isdisjoint(members)]
        return sorted({home[language] for language in members if language in home})

    for patterns in unique:
        rest = patterns.members
        for number in touching(rest):
            part = parts[number]
            common = part & rest
            rest -= common
            if len(common) < len(part):
                moved, parts[number] = sorted((common, part - common), key=len)
                parts[new := next(fresh)] = moved
                home.update(dict.fromkeys(moved, new))
        if rest:
            parts[new := next(fresh)] = rest
            home.update(dict.fromkeys(rest, new))
    said = {number: _said(part) for number, part in parts.items()}
    return {
        patterns: [each for number in touching(patterns.members) for each in said[number]]
        for patterns in unique
    }


def _said(part: frozenset[Language]) -> list[Language]:
    """The languages as two unions; but each template for itself, for its variables are chosen.

    Words are a union of their own: of such no two hold together, which can be told z3 at once.
    """
    templates = ordered(each for each in part if isinstance(each, Template))
    words = [each for each in part if isinstance(each, Word)]
    others = part.difference(templates, words)
    return [*_union(words), *_union(others), *templates]


def _union(parts: Collection[Language]) -> Collection[Language]:
    """The languages as one, in fewer than two as they are."""
    return [Union(parts)] if len(parts) > 1 else parts


_LONG = 32
"""Patterns in a list that is long: there are few such lists, even in large policies."""


_BOUNDED = (Kind.USER, Kind.ROLE_SESSION, Kind.UNNAMED_ROLE_SESSION)


class Compiler:
    """Compiles statements over one symbolic request, their lists by `blocks` where it has them."""

    def __init__(
        self, terms: Terms, request: SymbolicRequest, blocks: Blocks | None = None
    ) -> None:
        self.terms = terms
        self.request = request
        self._blocks = {} if blocks is None else blocks
        self._actions: dict[Patterns, int] = {}
        self._resources: dict[Patterns, int] = {}
        self._principals: dict[tuple[Effect, Principals, Grant], int] = {}
        self._tests: dict[frozenset[Test], int] = {}

    def matches(self, statement: Lowered) -> int:
        """The request matches the statement."""
        return self.terms.all_of([self.rest_matches(statement), self.principal_part(statement)])

    def rest_matches(self, statement: Lowered) -> int:
        """All but the principal part of the statement matches."""
        return self.terms.all_of(
            [
                self.action_part(statement.actions),
                self.resource_part(statement.resources),
                self.condition_part(statement.tests),
            ]
        )

    def some_matches(self, statements: Iterable[Lowered]) -> int:
        """The request matches one of the statements."""
        return self.terms.any_of(map(self.matches, statements))

    def action_part(self, actions: Patterns) -> int:
        """R-M2."""
        return self._part(self._actions, actions, self.request.action_in)

    def resource_part(self, resources: Patterns) -> int:
        """R-M5."""
        return self._part(self._resources, resources, self.request.resource_in)

    def _part(
        self, cache: dict[Patterns, int], patterns: Patterns, lies_in: Callable[[Language], int]
    ) -> int:
        literal = cache.get(patterns)
        if literal is None:
            languages = self._blocks.get(patterns, patterns.languages)
            literal = self.terms.any_of(map(lies_in, languages))
            literal = cache[patterns] = -literal if patterns.negated else literal
        return literal

    # Conditions

    def condition_part(self, tests: Collection[Test]) -> int:
        """R-C1."""
        wanted = frozenset(tests)
        literal = self._tests.get(wanted)
        if literal is None:
            literal = self._tests[wanted] = self.terms.all_of(map(self.test, tests))
        return literal

    def test(self, test: Test) -> int:
        """R-C2 to R-C5."""
        some = self.request.some_value(test.key, test.languages, outside=test.outside)
        if test.negated is test.if_absent:  # `some` says that the key is present
            return -some if test.negated else some
        present = self.request.present(test.key)
        if test.if_absent:
            return self.terms.any_of([some, -present])
        return self.terms.all_of([-some, present])

    # Principals

    def principal_part(
        self, statement: Lowered, *, grant: Grant = Grant.ANY, bounded: bool = False
    ) -> int:
        """The principal part matches, of an Allow at least so strongly.

        `bounded`: requesters have a permissions boundary, and no NotPrincipal spares those (R-M12).
        """
        principals = statement.principals
        if principals is None:  # R-M14
            return TRUE
        effect = statement.statement.effect
        literal = self._principals.get((effect, principals, grant))
        if literal is None:
            literal = self._principal(effect, principals, grant)
            self._principals[effect, principals, grant] = literal
        if bounded and principals.negated and effect is Effect.DENY:
            return self.terms.any_of([literal, self.request.any_kind(_BOUNDED)])
        return literal

    def _principal(self, effect: Effect, principals: Principals, grant: Grant) -> int:
        entries = principals.entries
        if not principals.negated:  # R-M7, R-M10
            return self.terms.any_of(self.named_by(entry, grant) for entry in entries)
        if effect is Effect.ALLOW:  # R-M13: no member of the chain is listed
            return -self.terms.any_of(map(self._lists_a_member, entries))
        return -self._all_listed(entries)  # R-M11

    def named_by(self, entry: Principal, grant: Grant = Grant.ANY) -> int:
        """The entry of a `Principal` matches the requester, at least so strongly (R-M8)."""
        if entry.form is PrincipalForm.ACCOUNT and grant is not Grant.ANY:
            # To all but its root user an account only delegates.
            is_root = self.request.any_kind([Kind.ROOT])
            return self.terms.all_of([is_root, self._lists_a_member(entry)])
        if entry.form is PrincipalForm.ROLE and grant is Grant.DIRECT:
            return FALSE
        if entry.form is PrincipalForm.USER and grant is not Grant.DIRECT:
            # R-M8: naming a user also reaches the federated sessions that it makes.
            assert entry.name is not None
            name = entry.name.rpartition("/")[2]
            session_arn = f"arn:{entry.partition}:sts::{entry.account}:federated-user/{name}"
            return self.terms.any_of(
                [self._lists_a_member(entry), self.request.requester_in(exactly(session_arn))]
            )
        return self._lists_a_member(entry)

    def _lists_a_member(self, entry: Principal) -> int:
        """The entry is one of the requester's chain (R-K3), or everyone."""
        request = self.request
        match entry.form:
            case PrincipalForm.EVERYONE:
                return TRUE
            case PrincipalForm.ACCOUNT:
                assert entry.account is not None
                return request.of_account(entry.account)
            case PrincipalForm.ROLE:
                return request.requester_in(any_session_of(entry.text))
            case PrincipalForm.ROLE_SESSION:
                assert entry.partition is not None
                assert entry.account is not None
                assert entry.name is not None
                role, _, name = entry.name.partition("/")
                return request.requester_in(session(entry.partition, entry.account, role, name))
            case PrincipalForm.SERVICE if entry.text in PROVIDER_HOSTS:
                return FALSE  # R-K1: under Service an identity provider names nobody
            case (
                PrincipalForm.USER
                | PrincipalForm.FEDERATED_USER
                | PrincipalForm.PROVIDER
                | PrincipalForm.SERVICE
            ):
                return request.requester_in(exactly(entry.text))
            case PrincipalForm.CANONICAL_USER | PrincipalForm.CLOUDFRONT_IDENTITY:
                return request.is_unseen(entry.text)
            case PrincipalForm.UNIQUE_ID:
                return FALSE  # R-P19: nobody

    def _all_listed(self, entries: tuple[Principal, ...]) -> int:
        """Every member of the requester's chain is listed (R-K3, R-M11)."""
        terms, request = self.terms, self.request

        def listed(*forms: PrincipalForm) -> int:
            return terms.any_of(
                self._lists_a_member(entry)
                for entry in entries
                if entry.form in (PrincipalForm.EVERYONE, *forms)
            )

        account = listed(PrincipalForm.ACCOUNT, PrincipalForm.CANONICAL_USER)
        unseen = listed(PrincipalForm.CLOUDFRONT_IDENTITY)
        role = listed(PrincipalForm.ROLE)
        named_session = listed(PrincipalForm.ROLE_SESSION)
        chains = {
            Kind.USER: (listed(PrincipalForm.USER), account),
            Kind.ROLE_SESSION: (named_session, role, account),
            Kind.UNNAMED_ROLE_SESSION: (role, account),
            Kind.FEDERATED_USER: (listed(PrincipalForm.FEDERATED_USER), account),
            Kind.ROOT: (account,),  # R-M9: the root user's ARN and its account are one entry
            Kind.SERVICE: (listed(PrincipalForm.SERVICE),),
            Kind.PROVIDER: (listed(PrincipalForm.PROVIDER),),
            Kind.ANONYMOUS: (listed(),),  # nobody's chain is empty but its: only `*` lists it
        }
        of_a_kind = (
            terms.all_of([request.is_kind(kind), *members]) for kind, members in chains.items()
        )
        return terms.any_of([*of_a_kind, unseen])
