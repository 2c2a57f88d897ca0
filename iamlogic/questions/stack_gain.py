"""The gain between two stacks: what the policies around a request allow now, and did not then.

A request that `now` allows and `then` does not comes through something that changed:

- a Deny that `then` has and `now` has not;
- an Allow that `now` has, in a layer that needs one, and `then` has not;
- else what lets it pass is in both, and a layer stands in `then` that is silent and that `now` does
  not have, or that counts for less: then the source is what grants it now, an Allow of the identity
  or resource policies. A root user needs none: its source is a statement of our own.

Sources of the last kind are asked only for what those before leave, which is mostly nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from iamlogic.questions.gain import Difference, Gain, Trail
from iamlogic.questions.inquiry import Inquiry
from iamlogic.questions.region import Region
from iamlogic.questions.source import Found, Others, Source
from iamlogic.semantics import Request, evaluate
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.compiler import Compiler
from iamlogic.symbolic.lowering import Lowered, lower
from iamlogic.symbolic.model import Model
from iamlogic.symbolic.stacks import RESOURCE_SIDE, Group, Meaning, Rest, Subject
from iamlogic.syntax.documents import parse
from iamlogic.syntax.policy import Statement
from iamlogic.syntax.policy_set import Member, members_of
from iamlogic.syntax.policy_types import PolicyType


@lru_cache(maxsize=1)
def _root_in_its_account() -> Lowered:
    """Stands for what a root user is allowed without any statement (R-E13)."""
    is_root = {"StringEquals": {"aws:PrincipalType": "Account"}}
    document = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": is_root}
    (statement,) = parse({"Version": "2012-10-17", "Statement": document}).statements
    return lower(statement)


_GRANTING = (PolicyType.IDENTITY, PolicyType.RESOURCE)

_ByType = dict[PolicyType, list[Lowered]]


class StackGain(Gain):
    """The requests of the inquiry that the stack `now` allows and the stack `then` does not.

    It answers of lone policies as well, where the inquiry is not about all requests.
    """

    def __init__(self, inquiry: Inquiry, now: Subject, then: Subject) -> None:
        super().__init__(inquiry.solver, inquiry.suggestions, now.given, then.given)
        self._inquiry = inquiry
        self._subjects = now, then
        self._example: Model | None = None
        self._proved_empty = False

    @cached_property
    def _unchanged_stack(self) -> bool:
        now, then = self._subjects
        return now.meaning == then.meaning

    def exists(self) -> bool:
        if self._unchanged_stack:
            return False
        if self._only_change is not None:
            return self._comes_through_some()
        self._example = self._inquiry.find(self._whole(self._inquiry.compiler()))
        self._proved_empty = self._example is None
        return not self._proved_empty

    def account(self) -> tuple[Difference, ...]:
        return () if self._proved_empty else super().account()

    def example(self) -> tuple[Difference, ...]:
        """One difference, where that much is known, with the statement that grants it now."""
        if self._example is None:
            return () if self._only_change is None else super().example()
        now, then = self._subjects
        witness = self._inquiry.witness(self._example, [(now.given, True), (then.given, False)])
        granting = [
            finding
            for finding in evaluate(now.given, witness).deciding
            if finding.layer.type in _GRANTING and finding.statements
        ]
        statement = granting[0].statements[0] if granting else None
        region = Region.of(statement or _root_in_its_account().statement)
        home = None if statement is None else self._home(statement, granting[0].layer.type)
        return (Difference.of(region, statement, home, witness, then.given),)

    def _may_move(self, found: Found) -> bool:
        """Whose a resource is matters here, and the first one that fits is one of nobody's."""
        return found.hints.resources in ((), ("*",))

    def _shows_gain(self, request: Request) -> bool:
        scope = self._inquiry.about.scope
        in_scope = scope is None or statement_matches(scope.statement, request)
        return in_scope and super()._shows_gain(request)

    def _whole(self, compiler: Compiler) -> list[int]:
        whole = [*self._inquiry.in_scope(compiler), *self._difference().formula(compiler)]
        if self._only_change is not None:  # so that it comes through what changed
            changed = (trail.source.statement for trail in self._changed)
            whole.append(compiler.some_matches(changed))
        return whole

    def _statements(self) -> Iterator[Lowered]:
        for subject in self._subjects:
            yield from subject.statements
        yield from self._inquiry.scope_statements

    def _difference(
        self, *, against: Sequence[Lowered] = (), outside: Sequence[Lowered] = ()
    ) -> _Stacks:
        now, then = self._subjects
        return _Stacks(self._inquiry, now, then, against, outside)

    @cached_property
    def _only_change(self) -> tuple[Group, Group] | None:
        """The one group that differs, now and then, where all else is the same.

        Not where a Deny with NotPrincipal reaches those who have a boundary (R-M12): such a
        statement matches more than it says.
        """
        subjects = self._subjects
        if len({each.service_linked for each in subjects}) > 1:
            return None
        now, then = ({id(group): group for group in each.groups} for each in subjects)
        for key, group in list(now.items()):
            twin = next((k for k, each in then.items() if each.meaning == group.meaning), None)
            if twin is not None:
                del now[key], then[twin]
        if len(now) != 1 or len(then) != 1:
            return None
        (new,), (old,) = now.values(), then.values()
        bounded = any(each.of_type(PolicyType.BOUNDARY) for each in subjects)
        if new.type is not old.type or (bounded and any(map(_spares, (new, old)))):
            return None
        return new, old

    @cached_property
    def _changed(self) -> list[Trail]:
        if self._only_change is not None:
            return list(self._in_one_group(*self._only_change))
        now, then = self._subjects
        difference = self._difference()
        return [
            *self._new(_denies(then), _denies(now), difference),
            *self._new(_allows(now), _allows(then), difference),
        ]

    def _in_one_group(self, new: Group, old: Group) -> Iterator[Trail]:
        """The statements that one version of the group has, and the other has not.

        What a statement of the other version covers is no difference, for all else that decides is
        the same; but for a grant, of which the strength counts as well (R-M8).
        """
        weighed = old.type is PolicyType.RESOURCE
        denying = self._difference(against=new.denies)
        allowing = self._difference(against=() if weighed else old.allows)
        type_ = new.type
        yield from self._new({type_: [*old.denies]}, {type_: [*new.denies]}, denying)
        yield from self._new({type_: [*new.allows]}, {type_: [*old.allows]}, allowing)

    def _trails(self) -> Sequence[Trail]:
        if self._unchanged_stack or self._proved_empty:
            return []
        return [*self._changed, *self._unchanged]

    @cached_property
    def _unchanged(self) -> list[Trail]:
        """What grants now, where that is all there is.

        Nothing, if one group alone has changed: what passes it by an Allow that both versions have
        passes it in both, and all else is the same.
        """
        if self._only_change is not None:
            return []
        changed = [trail.source.statement for trail in self._changed]
        rest = self._difference(outside=changed)
        compiler = self._inquiry.compiler(*changed)
        if self._inquiry.find([*self._inquiry.in_scope(compiler), *rest.formula(compiler)]) is None:
            return []
        now, _ = self._subjects
        groups = [group for group in now.groups if group.type in _GRANTING]
        trails = [self._trail(s, each.type, (), rest) for each in groups for s in each.allows]
        grants = [trail.source.statement for trail in trails]
        rootless = self._difference(outside=[*changed, *grants])
        root = Source(self._solver, self._suggestions, _root_in_its_account(), rootless)
        return [*trails, Trail(root, None, ())]

    def _new(self, these: _ByType, those: _ByType, difference: _Stacks) -> Iterator[Trail]:
        """The statements of `these` that are not among `those` of their type."""
        for type_, statements in these.items():
            old = those.get(type_, [])
            shared = {statement.meaning for statement in old}
            for statement in statements:
                if statement.meaning not in shared:
                    yield self._trail(statement, type_, old, difference)

    def _trail(
        self,
        statement: Lowered,
        type_: PolicyType,
        counterparts: Sequence[Lowered],
        others: Others,
    ) -> Trail:
        source = Source(self._solver, self._suggestions, statement, others)
        return Trail(source, self._home(statement.statement, type_), counterparts)

    def _home(self, statement: Statement, type_: PolicyType) -> Member | None:
        """What the statement stands in, of the members of its type."""
        types = {type_, PolicyType.TRUST} if type_ is PolicyType.RESOURCE else {type_}
        for subject in self._subjects:
            for member in members_of(subject.given):
                if member.type in types and any(s is statement for s in member.policy.statements):
                    return member
        return None


class _Stacks(Others):
    """`now` allows and `then` does not, by none of the statements `outside`.

    None of `against` matches either, which follows from that.
    """

    def __init__(
        self,
        inquiry: Inquiry,
        now: Subject,
        then: Subject,
        against: Sequence[Lowered],
        outside: Sequence[Lowered],
    ) -> None:
        spoken_of = (*now.statements, *then.statements, *inquiry.scope_statements, *RESOURCE_SIDE)
        super().__init__(against, (*spoken_of, *outside))
        self._inquiry = inquiry
        self._now, self._then = now, then
        self._outside = outside

    def says(self, compiler: Compiler, rest: Rest) -> list[int]:
        meaning: Meaning = self._inquiry.meaning

        def matches(other: Lowered) -> int:
            return compiler.terms.all_of([rest(other), compiler.principal_part(other)])

        return [
            *self._inquiry.in_scope(compiler),
            meaning.allowed(self._now, compiler, rest),
            -meaning.allowed(self._then, compiler, rest),
            *(-matches(other) for other in self._outside),
        ]

    @cached_property
    def speak_of_owner(self) -> bool:
        """Whose a resource is decides which policies are needed (R-K5)."""
        return True


def _spares(group: Group) -> bool:
    """Whether a Deny of the group names those whom it spares."""
    return any(each.principals is not None and each.principals.negated for each in group.denies)


def _allows(subject: Subject) -> _ByType:
    return _by_type((group.type, group.allows) for group in subject.groups)


def _denies(subject: Subject) -> _ByType:
    return _by_type((group.type, group.denies) for group in subject.groups)


def _by_type(groups: Iterable[tuple[PolicyType, Iterable[Lowered]]]) -> _ByType:
    found: _ByType = {}
    for type_, statements in groups:
        found.setdefault(type_, []).extend(statements)
    return found
