"""The policies around a request as one formula: section 6 of docs/semantics.md, for all requests.

`Subject` is what a question is about, a lone policy or a stack, with its statements in normal form.
`Meaning.allowed` is the formula of the requests that it allows: no Deny of a layer that applies
matches, SCPs and endpoint policy let the request pass, and one of the rows of R-E8 to R-E14 holds.
A stronger grant needs less, so each row asks for *at least* its strength, and rows need no order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iamlogic.symbolic.compiler import Compiler, Grant
from iamlogic.symbolic.languages import CharSet, Language, Word, glob, sequence
from iamlogic.symbolic.lowering import Lowered, Patterns, lower
from iamlogic.symbolic.requester import Kind
from iamlogic.symbolic.symbolizer import SymbolicRequest
from iamlogic.symbolic.terms import TRUE, Terms
from iamlogic.syntax.policy import Actions, Effect, Policy, PolicyKind, Statement
from iamlogic.syntax.policy_set import PolicySet
from iamlogic.syntax.policy_types import PolicyType

Rest = Callable[[Lowered], int]
"""Of a statement, the formula that all but its principal part match."""


@dataclass(frozen=True, slots=True)
class Group:
    """A layer's statements in normal form (R-E2)."""

    type: PolicyType
    allows: tuple[Lowered, ...]
    denies: tuple[Lowered, ...]

    @property
    def meaning(self) -> object:
        """Equal for two groups that differ in the order of their statements alone."""
        parts = (frozenset(each.meaning for each in part) for part in (self.allows, self.denies))
        return (self.type, *parts)

    @staticmethod
    def of(type_: PolicyType, policies: Iterable[Policy]) -> Group:
        lowered = [lower(statement) for policy in policies for statement in policy.statements]
        return Group(
            type_,
            tuple(each for each in lowered if each.allows),
            tuple(each for each in lowered if not each.allows),
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, with its statements in normal form.

    A lone policy has one group, which speaks for itself (R-E20). `stack` has what a stack says
    beside its policies.
    """

    groups: tuple[Group, ...]
    given: Policy | PolicySet

    @staticmethod
    def of(given: Policy | PolicySet) -> Subject:
        if isinstance(given, Policy):
            identity = given.kind is PolicyKind.IDENTITY
            type_ = PolicyType.IDENTITY if identity else PolicyType.RESOURCE
            return Subject((Group.of(type_, [given]),), given)
        return Subject(tuple(_groups(given)), given)

    @property
    def statements(self) -> Iterator[Lowered]:
        for group in self.groups:
            yield from group.allows
            yield from group.denies

    def with_denies(self, kept: Callable[[Lowered], bool]) -> Subject:
        """The subject without the other Deny statements."""
        groups = (replace(g, denies=tuple(filter(kept, g.denies))) for g in self.groups)
        return replace(self, groups=tuple(groups))

    @property
    def service_linked(self) -> bool:
        """Whether the caller says that the role is a service-linked one (R-E23)."""
        return isinstance(self.given, PolicySet) and self.given.service_linked

    @property
    def meaning(self) -> object:
        """Equal for two stacks that differ in the order of their policies and levels alone."""
        return Counter(group.meaning for group in self.groups), self.service_linked

    def of_type(self, type_: PolicyType) -> list[Group]:
        return [group for group in self.groups if group.type is type_]


def _groups(stack: PolicySet) -> Iterator[Group]:
    yield Group.of(PolicyType.IDENTITY, stack.identity)
    yield Group.of(PolicyType.RESOURCE, [stack.resource] if stack.resource else [])
    for type_, single in (
        (PolicyType.BOUNDARY, stack.boundary),
        (PolicyType.SESSION, stack.session),
        (PolicyType.ENDPOINT, stack.vpc_endpoint),
    ):
        if single is not None:
            yield Group.of(type_, [single])
    if not stack.management_account:  # R-E3
        for level in stack.scps:
            yield Group.of(PolicyType.SCP, level)
        for level in stack.rcps:
            denies = Group.of(PolicyType.RCP, level).denies  # R-E5
            yield Group(PolicyType.RCP, (), denies)


_ROLES = (Kind.ROLE_SESSION, Kind.UNNAMED_ROLE_SESSION)
_WITH_POLICIES = (*_ROLES, Kind.USER, Kind.FEDERATED_USER)

_BUT_COLON = (CharSet(frozenset(":"), negated=True),)
_ANY_RUN = (CharSet(frozenset(), negated=True),)


def _arn(service: str, kind: str) -> tuple[str | tuple[CharSet], ...]:
    parts = ("arn:", _BUT_COLON, f":{service}:", _BUT_COLON, ":", _BUT_COLON)
    return (*parts, f":{kind}/", _ANY_RUN)


_KEY = sequence(_arn("kms", "key"))
_ROLE = sequence(_arn("iam", "role"))
_SERVICE_LINKED = sequence(
    ("arn:", _BUT_COLON, ":iam::", _BUT_COLON, ":role/aws-service-role/", _ANY_RUN)
)
_ASSUMING = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
)


def _pseudo(actions: Iterable[Language], resource: Language) -> Lowered:
    """Lists of actions and resources that no policy has, for telling requests apart by them."""
    statement = Statement(Effect.ALLOW, Actions(()))
    actions_, resources = (Patterns.of(each, negated=False) for each in (actions, [resource]))
    return Lowered(statement, actions_, resources, None, (), ())


_OF_KMS = glob("kms:*")
RESOURCE_SIDE = (_pseudo([_OF_KMS], _KEY), _pseudo(map(Word, _ASSUMING), _ROLE))
"""R-E10: what requests are about that the resource's policy must grant."""


class Meaning:
    """What subjects allow, as formulas over one symbolic request."""

    def __init__(self, terms: Terms, request: SymbolicRequest) -> None:
        self._terms = terms
        self._request = request

    def allowed(self, subject: Subject, compiler: Compiler, rest: Rest | None = None) -> int:
        """The requests that the subject allows.

        `rest` says when all but the principal part of a statement matches; by default, when its
        parts do. A caller who knows something of the request says it in fewer words.
        """
        says = _Says(self._terms, compiler, rest or compiler.rest_matches)
        if isinstance(subject.given, Policy):  # R-E20
            (group,) = subject.groups
            return self._terms.all_of([says.some(group.allows), -says.some(group.denies)])
        return self._terms.all_of(
            [
                -self.denied(subject, says),
                self._controls_allow(subject, says),
                *(says.some(each.allows) for each in subject.of_type(PolicyType.ENDPOINT)),
                self._granted(subject, says),
            ]
        )

    def denied(self, subject: Subject, says: _Says) -> int:
        """R-E1, R-E3: a Deny of some layer that applies matches."""
        kinds, any_of = self._request.any_kind, self._terms.any_of
        bounded = bool(subject.of_type(PolicyType.BOUNDARY))
        applies = {
            PolicyType.IDENTITY: lambda: kinds(_WITH_POLICIES),
            PolicyType.BOUNDARY: lambda: kinds(_WITH_POLICIES),
            PolicyType.SESSION: lambda: kinds((*_ROLES, Kind.FEDERATED_USER)),
            PolicyType.SCP: lambda: self._controlled(subject, self._request.has_account()),
            PolicyType.RCP: lambda: self._controlled(subject, TRUE),
        }
        found = []
        for group in subject.groups:
            if group.denies:
                always = group.type not in applies
                holds = TRUE if always else applies[group.type]()
                matching = says.some(
                    group.denies, bounded=bounded and group.type is PolicyType.RESOURCE
                )
                found.append(self._terms.all_of([holds, matching]))
        return any_of(found)

    def _controlled(self, subject: Subject, among: int) -> int:
        """R-E3, R-E23: requesters whom the organization's policies concern."""
        assert isinstance(subject.given, PolicySet)
        linked = self._request.any_kind(_ROLES)
        if not subject.given.service_linked:
            linked = self.is_service_linked()
        return self._terms.all_of([among, -linked])

    def is_service_linked(self) -> int:
        """R-E23: a session of a role that is known by its path to be a service-linked one."""
        path = self._request.requester_in(_SERVICE_LINKED)
        return self._terms.all_of([self._request.any_kind(_ROLES), path])

    def _controls_allow(self, subject: Subject, says: _Says) -> int:
        """R-E4: every level of SCPs allows by itself."""
        levels = subject.of_type(PolicyType.SCP)
        if not levels:
            return TRUE
        concerned = self._controlled(subject, self._request.has_account())
        passed = self._terms.all_of(says.some(level.allows) for level in levels)
        return self._terms.any_of([-concerned, passed])

    def _granted(self, subject: Subject, says: _Says) -> int:
        """The rows of R-E8 to R-E14."""
        all_of, any_of = self._terms.all_of, self._terms.any_of
        (resource,) = subject.of_type(PolicyType.RESOURCE)
        grant = {at: says.some(resource.allows, grant=at) for at in Grant}
        has_account, same = self._request.has_account(), self._request.same_account()
        within_boundary, own = self._within_boundary(subject, says), self._own_side(subject, says)
        session = self._within_session(subject, says)
        without = [-self.needs_resource_side(), grant[Grant.ANY]]
        return any_of(
            [
                all_of([-has_account, grant[Grant.ANY]]),  # R-E12
                all_of([has_account, own, grant[Grant.ANY]]),  # R-E11, and R-E8 or R-E10 with it
                all_of([has_account, same, grant[Grant.DIRECT]]),  # R-E8
                all_of([has_account, same, grant[Grant.LIMITED], within_boundary, session]),
                all_of([has_account, same, own, any_of(without)]),  # R-E8, R-E10
            ]
        )

    def _within_boundary(self, subject: Subject, says: _Says) -> int:
        """R-E16, if there is a boundary."""
        return self._terms.all_of(says.some(g.allows) for g in subject.of_type(PolicyType.BOUNDARY))

    def _within_session(self, subject: Subject, says: _Says) -> int:
        """R-E15, if there is a session policy; it says nothing of users."""
        sessions = subject.of_type(PolicyType.SESSION)
        if not sessions:
            return TRUE
        is_user = self._request.any_kind([Kind.USER])
        return self._terms.any_of([is_user, *(says.some(each.allows) for each in sessions)])

    def _own_side(self, subject: Subject, says: _Says) -> int:
        """The identity side (R-E11); always true of a root user (R-E13)."""
        identity = self._terms.any_of(
            says.some(group.allows) for group in subject.of_type(PolicyType.IDENTITY)
        )
        permitted = [
            identity,
            self._within_boundary(subject, says),
            self._within_session(subject, says),
            self._request.any_kind(_WITH_POLICIES),
        ]
        if not subject.of_type(PolicyType.SESSION):  # R-E14
            permitted.append(-self._request.any_kind([Kind.FEDERATED_USER]))
        return self._terms.any_of(
            [self._request.any_kind([Kind.ROOT]), self._terms.all_of(permitted)]
        )

    def needs_resource_side(self) -> int:
        """R-E10."""
        request, all_of, any_of = self._request, self._terms.all_of, self._terms.any_of
        assuming = any_of(request.action_in(Word(action)) for action in _ASSUMING)
        return any_of(
            [
                all_of([request.action_in(_OF_KMS), request.resource_in(_KEY)]),
                all_of([assuming, request.resource_in(_ROLE)]),
            ]
        )


@dataclass(frozen=True, slots=True)
class _Says:
    """When statements match, given how the caller says all but their principal part."""

    terms: Terms
    compiler: Compiler
    rest: Rest

    def some(
        self, statements: Sequence[Lowered], *, grant: Grant = Grant.ANY, bounded: bool = False
    ) -> int:
        """Some statement matches, at least as strongly as asked (R-M8)."""
        return self.terms.any_of(
            self.terms.all_of(
                [
                    self.rest(statement),
                    self.compiler.principal_part(statement, grant=grant, bounded=bounded),
                ]
            )
            for statement in statements
        )
