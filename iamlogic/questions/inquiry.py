"""One symbolic request, and what policies and stacks say to it: what every question is asked with.

An `Inquiry` ranges over the requests that the question is about: those of a scope, by one requester
or on resources of one account where that is fixed, and those that AWS sends unless told otherwise.
Whatever it finds leaves as a request that the evaluator has confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from iamlogic.errors import InternalError, RequestError
from iamlogic.semantics import Request, allows
from iamlogic.semantics.facts import WorldFact
from iamlogic.semantics.requester import Requester, RequesterKind, parse_requester
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.believable import Hints, Suggestions
from iamlogic.symbolic.compiler import Compiler, blocks
from iamlogic.symbolic.concretizer import concretize, moved, replay, with_companions
from iamlogic.symbolic.enforcer import REQUESTERS
from iamlogic.symbolic.languages import Language, Languages, Template, ordered
from iamlogic.symbolic.lowering import Lowered, Patterns, lower
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.requester import Kind, any_session_of, exactly, session
from iamlogic.symbolic.solver import Solver
from iamlogic.symbolic.stacks import Meaning, Subject
from iamlogic.symbolic.symbolizer import ACTION, REQUESTER, RESOURCE, Within
from iamlogic.symbolic.world import ALL_FACTS, NO_FACTS, STACK_FACTS, Facts
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import UNSEEN, Policy, PolicyKind, PrincipalForm, Statement
from iamlogic.syntax.policy_set import PolicySet, policies_of
from iamlogic.syntax.scope import Scope


@dataclass(frozen=True, slots=True)
class About:
    """Which requests a question is about.

    `principals` are requesters of R-K1, of which it is one; a role's ARN means its sessions.
    `resource_account` is the account of the resources, 12 digits, `resources` has languages that
    they lie in. None, or nothing, leaves open. `everybody` has requesters as well whom a stack's
    policies are not about (R-E24).
    """

    scope: Scope | None = None
    principals: tuple[str, ...] = ()
    resource_account: str | None = None
    all_requests: bool = False
    everybody: bool = False
    resources: Languages = ()

    @staticmethod
    def of(
        scope: Scope | None,
        principal: str | None,
        resource_account: str | None,
        *,
        all_requests: bool,
    ) -> About:
        """From the arguments that every question has."""
        if scope is not None:
            check_scope(scope)
        for name, given in (("principal", principal), ("resource_account", resource_account)):
            if given is not None and not isinstance(given, str):
                raise RequestError(f"{name} is {given!r}: expected a text")
        principals = () if principal is None else (principal,)
        return About(scope, principals, resource_account, all_requests)

    @property
    def requesters(self) -> tuple[Requester, ...]:
        return tuple(map(parse_requester, self.principals))

    def facts(self, *, of_stacks: bool) -> Facts:
        """What the requests are known to be like (R-K16, R-K22)."""
        if self.all_requests:
            return NO_FACTS
        return STACK_FACTS if of_stacks else ALL_FACTS


def check_scope(given: object) -> None:
    """Raise `TypeError` for what is no scope, with what to write instead."""
    if not isinstance(given, Scope):
        raise TypeError(f"scope is a {type(given).__name__}: write Scope({{…}})")


class Inquiry:
    """A solver for one question, and the formulas of what its subjects allow.

    `multivalued` are keys that policies beside the subjects show to have several values (R-K8).
    """

    def __init__(
        self,
        given: Sequence[Policy | PolicySet],
        about: About,
        facts: Facts | None = None,
        *,
        multivalued: frozenset[str] = frozenset(),
    ) -> None:
        _check_types(given)
        self.about = about
        self._given = given
        self.of_stacks = any(isinstance(each, PolicySet) for each in given)
        scope = None if about.scope is None else about.scope.statement
        self._scope = None if scope is None else lower(scope)
        requesters = about.requesters
        self.suggestions = Suggestions()
        self.suggestions.learn(c.key for each in self._statements() for c in each.conditions)
        known = about.facts(of_stacks=self.of_stacks) if facts is None else facts
        owner = _account(about.resource_account)
        if owner is None and WorldFact.RESOURCE_OWNER in known:
            owner = _owner_in(scope)
        policies = [policy for each in given for policy in policies_of(each)]
        asked = [*policies, Policy((scope,))] if scope is not None else policies
        self._within = _within(self._scope, requesters, about.resources)
        kinds = _kinds(given, requesters, everybody=about.everybody)
        self.suggestions.kinds = frozenset(kinds)
        self.solver = Solver(
            kinds,
            self.suggestions,
            multivalued | multivalued_keys(asked),
            known,
            within=self._within,
            account=_common_account(requesters),
            owner=owner,
            none_unseen=bool(requesters) or _names_only_seen(scope),
        )
        self.meaning = Meaning(self.solver.terms, self.solver.request)
        self.hints = _hints(scope, requesters)

    def _statements(self) -> Iterator[Statement]:
        """All that is asked with, as it is written."""
        if self.about.scope is not None:
            yield self.about.scope.statement
        for each in self._given:
            for policy in policies_of(each):
                yield from policy.statements

    @cached_property
    def subjects(self) -> list[Subject]:
        """What is asked about, in normal form."""
        return [Subject.of(each) for each in self._given]

    @property
    def is_of_all(self) -> bool:
        """Whether the question is about all requests, not some of them."""
        about = self.about
        return (about.scope, about.principals, about.resource_account) == (None, (), None)

    def compiler(self, *further: Lowered) -> Compiler:
        """A compiler that says the long lists of all subjects in few atoms.

        Not those of fields that have bounds: most of their patterns, said one by one, are no atoms.
        """
        statements = {id(s): s for subject in self.subjects for s in subject.statements}
        lists: Iterable[Patterns] = (
            part
            for each in (*statements.values(), *self.scope_statements, *further)
            for variable, part in ((ACTION, each.actions), (RESOURCE, each.resources))
            if variable not in self._within
        )
        return Compiler(self.solver.terms, self.solver.request, blocks(lists))

    def in_scope(self, compiler: Compiler) -> list[int]:
        """The requests that the question is about."""
        literals = [] if self._scope is None else [compiler.matches(self._scope)]
        if any(isinstance(each, PolicySet) and each.vpc_endpoint for each in self._given):
            literals.append(self.solver.by_endpoint())
        if self._leaves_own_root_out:
            root = self.solver.request.any_kind([Kind.ROOT])
            own = self.solver.terms.all_of([root, self.solver.request.same_account()])
            literals.append(-own)
        if self._leaves_linked_out:
            literals.append(-self.meaning.is_service_linked())
        return literals

    @property
    def _leaves_linked_out(self) -> bool:
        """R-E24: SCPs and RCPs are not about service-linked roles, unless one is asked about."""
        named = any(each.kind is RequesterKind.ROLE for each in self.about.requesters)
        if self.about.everybody or named:
            return False
        return any(
            isinstance(each, PolicySet) and (each.scps or each.rcps) and not each.service_linked
            for each in self._given
        )

    @property
    def _leaves_own_root_out(self) -> bool:
        """R-E24: a root user needs no policy in its account: no resource policy is about it."""
        about = self.about
        if about.everybody or about.principals or not self.of_stacks:
            return False
        return any(isinstance(each, PolicySet) and each.resource for each in self._given)

    @property
    def scope_statements(self) -> tuple[Lowered, ...]:
        """The scope in normal form, if there is one."""
        return () if self._scope is None else (self._scope,)

    def find(self, formula: Iterable[int]) -> Model | None:
        """A request that satisfies the formula, if there is one."""
        self.suggestions.about(self.hints)
        return self.solver.find(formula)

    def witness(
        self,
        model: Model,
        expected: Sequence[tuple[Policy | PolicySet, bool]],
        *,
        movable: bool = False,
    ) -> Request:
        """The request of a model, once the evaluator has confirmed what the subjects say to it.

        `movable`: that is all that was asked of the model, so another resource may do as well.
        """
        if not self.suggestions.knows(model.words.get(ACTION, "")):
            self.suggestions.learn(a.text for s in self._statements() for a in s.actions.patterns)
        request = concretize(model, self.suggestions)
        decided = model.keys if self.solver.facts else None
        if decided is not None:
            request = with_companions(request, decided)
        if not self._is_in_scope(request):
            raise InternalError(f"a witness is not in its scope; please report {request}")
        if movable:
            request = self._moved(request, expected, decided)
        return replay(request, expected, decided=decided)

    def _is_in_scope(self, request: Request) -> bool:
        scope = self.about.scope
        return scope is None or statement_matches(scope.statement, request)

    def _moved(
        self,
        request: Request,
        expected: Sequence[tuple[Policy | PolicySet, bool]],
        decided: Collection[str] | None,
    ) -> Request:
        """The request on the resource that people expect with its action, if it shows the same."""
        if self.hints.resources not in ((), ("*",)):
            return request

        def shows(other: Request) -> bool:
            said = all(allows(subject, other) is allowed for subject, allowed in expected)
            return said and self._is_in_scope(other)

        usual = self.suggestions.usual_resource(request.action)
        return moved(request, usual, shows, decided=decided, to_stack=self.of_stacks)


def _check_types(given: Sequence[object]) -> None:
    for each in given:
        if not isinstance(each, Policy | PolicySet):
            hint = "iamlogic.parse reads a policy"
            raise TypeError(f"a {type(each).__name__} is no Policy or PolicySet: {hint}")


_OWNER = re.compile(r"arn:[^:*?$]+:[^:*?$]+:[^:*?$]*:([0-9]{12}):")
"""An ARN, or a pattern of ARNs, that says whose the resource is."""

_KINDS = {
    RequesterKind.ROOT: Kind.ROOT,
    RequesterKind.USER: Kind.USER,
    RequesterKind.ROLE_SESSION: Kind.ROLE_SESSION,
    RequesterKind.ROLE: Kind.ROLE_SESSION,  # through its sessions (R-E20)
    RequesterKind.FEDERATED_SESSION: Kind.FEDERATED_USER,
    RequesterKind.PROVIDER: Kind.PROVIDER,
    RequesterKind.SERVICE: Kind.SERVICE,
    RequesterKind.ANONYMOUS: Kind.ANONYMOUS,
}


def _kinds(
    given: Sequence[Policy | PolicySet], requesters: Sequence[Requester], *, everybody: bool
) -> tuple[Kind, ...]:
    """Whom the question ranges over: R-E20 of lone policies, R-E24 of stacks."""
    if not all(isinstance(each, PolicySet) for each in given):
        kinds = {policy.kind for policy in given if isinstance(policy, Policy)}
        identity = kinds == {PolicyKind.IDENTITY}
        possible = REQUESTERS[PolicyKind.IDENTITY if identity else PolicyKind.RESOURCE]
    else:
        stacks = [each for each in given if isinstance(each, PolicySet)]
        possible = REQUESTERS[PolicyKind.RESOURCE]
        if not everybody and not requesters:
            possible = tuple(kind for kind in possible if _concerns(stacks, kind))
    if not requesters:
        return possible
    asked = {_KINDS[requester.kind] for requester in requesters}
    return tuple(kind for kind in possible if kind in asked)


def _concerns(stacks: Sequence[PolicySet], kind: Kind) -> bool:
    """R-E24: whether a requester of the kind can be the one whom the stacks are about."""
    has_own = any(each.identity or each.boundary or each.session for each in stacks)
    if any(each.service_linked for each in stacks):
        return kind is Kind.ROLE_SESSION
    match kind:
        case Kind.ROOT:
            return not has_own
        case Kind.USER:
            return not any(each.session for each in stacks)
        case Kind.FEDERATED_USER:
            return all(each.session for each in stacks) or any(each.resource for each in stacks)
        case Kind.ROLE_SESSION | Kind.UNNAMED_ROLE_SESSION:
            return True
        case _:
            return any(each.resource for each in stacks)


def _within(scope: Lowered | None, requesters: Sequence[Requester], resources: Languages) -> Within:
    """Bounds on the fields, so that what they decide is no question for the solver."""
    bounds: dict[str, Languages] = {}
    if requesters:
        bounds[REQUESTER] = ordered(map(_language, requesters))
    if scope is not None:
        for variable, part in ((ACTION, scope.actions), (RESOURCE, scope.resources)):
            if not part.negated and part.languages and not _varies(part.languages):
                bounds[variable] = ordered(part.languages)
    if resources:
        bounds[RESOURCE] = resources
    return bounds


def _common_account(requesters: Sequence[Requester]) -> str | None:
    """The account that all of them are of, if it is one."""
    accounts = {requester.account for requester in requesters}
    return accounts.pop() if len(accounts) == 1 else None


def _varies(languages: Iterable[Language]) -> bool:
    return any(isinstance(each, Template) for each in languages)


def _language(requester: Requester) -> Language:
    """The requester's strings (`symbolic.requester`)."""
    if requester.kind is RequesterKind.ROLE:
        return any_session_of(requester.text)
    if requester.kind is RequesterKind.ROLE_SESSION:
        assert requester.partition is not None
        assert requester.account is not None
        assert requester.name is not None
        name = requester.text.rpartition("/")[2]
        return session(requester.partition, requester.account, requester.name, name)
    return exactly(requester.text)


def _names_only_seen(scope: Statement | None) -> bool:
    """Whether the scope's principals are all of forms by which requests are written (R-M8)."""
    principals = None if scope is None else scope.principals
    if principals is None or principals.negated:
        return False
    return not any(e.form in UNSEEN | {PrincipalForm.EVERYONE} for e in principals.entries)


def _owner_in(scope: Statement | None) -> str | None:
    """The account that the scope's resources are of by their ARNs (R-K22), if it is one."""
    resources = None if scope is None else scope.resources
    if resources is None or resources.negated:
        return None
    accounts = {found and found[1] for found in (_OWNER.match(r.text) for r in resources.patterns)}
    return accounts.pop() if len(accounts) == 1 else None


def _account(given: str | None) -> str | None:
    if given is not None and not (len(given) == 12 and given.isascii() and given.isdigit()):
        raise RequestError(f"resource_account is {given!r}: expected the 12 digits of an account")
    return given


def _hints(scope: Statement | None, requesters: Sequence[Requester]) -> Hints:
    accounts = tuple(dict.fromkeys(each.account for each in requesters if each.account))
    if scope is None:
        return Hints((), (), accounts)
    actions = () if scope.actions.negated else [a.text for a in scope.actions.patterns]
    resources = scope.resources
    named = () if resources is None or resources.negated else [r.text for r in resources.patterns]
    return Hints(tuple(actions), tuple(named), accounts)
