"""Who in an account can do something, each with a request that shows it and the policies behind it.

    for access in who_can(account, Scope({"Action": "s3:GetObject", "Resource": "*"})):
        print(access.principal, access.decision.reason)

Policies are cut down to what they say of the scope (`narrowing`), principals with the same left are
asked about together (`principal_search`), in other processes where an executor is given. What comes
back is evaluated once more under the account's own policies before it is told.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from iamlogic.errors import IamlogicError, InternalError
from iamlogic.questions.account import Account
from iamlogic.questions.inquiry import check_scope
from iamlogic.questions.population import Population, population_of
from iamlogic.questions.principal_search import Found, Work, search
from iamlogic.semantics import Decision, Outcome, Request, evaluate
from iamlogic.symbolic.deadline import Undecided
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_types import PolicyType, check_policy
from iamlogic.syntax.scope import Scope


class UnknownPrincipal(IamlogicError):
    """An account has no such principal."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One role assumed on the way: the request for it, and the decision that allows it."""

    role: str
    witness: Request
    decision: Decision


@dataclass(frozen=True, slots=True)
class Access:
    """A principal that can: the request that shows it, and what allows that.

    `decision` has the chain of policies. `path` are the roles that it assumes first; the request is
    then by a session of the last one.
    """

    principal: str
    witness: Request
    decision: Decision
    path: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class WhoCan:
    """The principals that can, in the order of the account; those of which it is not known, why.

    Everybody else in the account is proved to be unable to.
    """

    accesses: tuple[Access, ...]
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def principals(self) -> tuple[str, ...]:
        """The ARNs of those that can."""
        return tuple(access.principal for access in self.accesses)

    def __iter__(self) -> Iterator[Access]:
        return iter(self.accesses)

    def __len__(self) -> int:
        return len(self.accesses)


def who_can(
    account: Account,
    scope: Scope,
    *,
    principals: Collection[str] | None = None,
    session: Policy | None = None,
    through_roles: int = 0,
    executor: Executor | None = None,
    timeout: float | None = None,
    all_requests: bool = False,
) -> WhoCan:
    """Who in an account is allowed some request of the scope: users, roles, the root user.

    `principals` asks about some of them only, by their ARNs; `session` is a session policy that
    their role sessions have. With `through_roles`, a principal can also do what a role can that it
    may assume, over up to so many roles. An `executor` shares the work out; it runs here without.
    `timeout` (seconds) is for the whole question: what is not known then is `unknown`.

    Raises `UnknownPrincipal` for an ARN that the account does not have.
    """
    check_scope(scope)
    if session is not None:
        if not isinstance(session, Policy):
            raise TypeError(f"session is a {type(session).__name__}: iamlogic.parse reads a policy")
        check_policy(session, PolicyType.SESSION)
    question = _Question(
        population_of(account),
        executor,
        until=None if timeout is None else time.time() + timeout,
        all_requests=all_requests,
    )
    everybody = question.population.principals
    asked = everybody if principals is None else _known(everybody, principals)
    found = question.of_themselves(scope, asked, session)
    if through_roles:
        found = _Chains(question, scope, found, asked, session).followed(through_roles)
    return WhoCan(
        tuple(found.accesses[arn] for arn in asked if arn in found.accesses),
        tuple((arn, found.unknown[arn]) for arn in asked if arn in found.unknown),
    )


def _known(everybody: Sequence[str], principals: Collection[str]) -> tuple[str, ...]:
    """Those that are asked for, in the order of the account."""
    from difflib import get_close_matches  # only errors need it

    if isinstance(principals, str):
        raise TypeError(f"principals is a text: write [{principals!r}]")
    asked, known = dict.fromkeys(principals), frozenset(everybody)
    for arn in asked:
        if arn not in known:
            close = get_close_matches(arn, everybody, n=1)
            hint = f"\n    hint: did you mean {close[0]}?" if close else ""
            raise UnknownPrincipal(f"the account has no principal {arn}{hint}")
    return tuple(arn for arn in everybody if arn in asked)


@dataclass(frozen=True, slots=True)
class _Answers:
    """By principal, what it can do, or why that is not known; of all others, that they cannot."""

    accesses: dict[str, Access]
    unknown: dict[str, str]


_GROUPS_A_TASK = 512
"""Groups that one task asks about. What they share is sent along with each task, and groups of one
task learn from each other's examples: few large tasks cost less than many small ones."""


@dataclass(frozen=True, slots=True)
class _Question:
    """How to ask about some principals of one account."""

    population: Population
    executor: Executor | None
    until: float | None
    all_requests: bool

    def of_themselves(
        self, scope: Scope, principals: Iterable[str], session: Policy | None
    ) -> _Answers:
        """What the principals can do without assuming a role first."""
        answers = _Answers({}, {})
        for found in self._search(scope, principals, session):
            if found.witness is not None:
                access = self._access(found.principal, found.witness, session)
                answers.accesses[access.principal] = access
            elif found.unknown is not None:
                answers.unknown[found.principal] = found.unknown
        return answers

    def _search(
        self, scope: Scope, principals: Iterable[str], session: Policy | None
    ) -> Iterator[Found]:
        try:
            concerned = self.population.of_scope(scope)
        except Undecided as bound:
            yield from (Found(principal, None, str(bound)) for principal in principals)
            return
        groups = list(concerned.groups(principals, session))
        further = [] if session is None else [session]
        asked = multivalued_keys([Policy((scope.statement,)), *further])
        multivalued = self.population.multivalued | asked
        share = len(groups) if self.executor is None else _GROUPS_A_TASK
        shares = [
            Work(
                scope,
                self.population.id,
                concerned.targets,
                concerned.named.everybody,
                multivalued,
                tuple(groups[at : at + share]),
                self.until,
                self.all_requests,
            )
            for at in range(0, len(groups), max(1, share))
        ]
        run = map if self.executor is None else self.executor.map
        for answers in run(search, shares):
            yield from answers

    def _access(self, principal: str, witness: Request, session: Policy | None) -> Access:
        """The witness under the account's own policies, which were narrowed for the search."""
        stack = self.population.stack(principal, witness.resource, session)
        decision = evaluate(stack, witness)
        if decision.outcome is not Outcome.ALLOWED:
            raise InternalError(
                f"the search says that {principal} can make this request, the account's policies "
                f"say otherwise; please report it:\n{witness.to_json()}"
            )
        return Access(principal, witness, decision)


class _Chains:
    """Who can do something by assuming roles first: the shortest way for each.

    Backwards, from the roles that can: who may assume one of them, who may assume one of those, and
    so on. A role is looked at once, so that circles end. A session policy limits the first session
    only: roles that are assumed on the way have none, since nobody has to give one.
    """

    def __init__(
        self,
        question: _Question,
        scope: Scope,
        found: _Answers,
        starts: Sequence[str],
        session: Policy | None,
    ) -> None:
        self._question, self._starts, self._session = question, starts, session
        self._found = found
        self._of_roles = question.of_themselves(scope, question.population.roles, None)
        self._doubts = dict(self._of_roles.unknown)  # by role, why it is not known what it can do

    def followed(self, most: int) -> _Answers:
        """The answers, with up to so many roles assumed."""
        reached = self._of_roles.accesses  # by role, what it can do and how
        seen = set(reached)
        for _ in range(most):
            further: dict[str, Access] = {}
            for role, access in reached.items():
                self._assumed_by(role, access, further, seen)
            reached = further
        if not reached:  # all ways have been followed to their ends
            self._doubts = {arn: why for arn, why in self._doubts.items() if arn not in seen}
        self._follow_doubts(most)
        for arn in self._found.accesses:
            self._found.unknown.pop(arn, None)
        return self._found

    def _follow_doubts(self, most: int) -> None:
        """Whoever may assume a role of which it is not known what it can is not known either."""
        doubtful, seen = self._doubts, set(self._doubts)
        for _ in range(most):
            further: dict[str, str] = {}
            for role, why in doubtful.items():
                scope = _assuming(role)
                starts = [arn for arn in self._starts if arn not in self._found.accesses]
                for arn in self._may(scope, starts, self._session):
                    self._found.unknown.setdefault(arn, f"{role}: {why}")
                roles = [arn for arn in self._question.population.roles if arn not in seen]
                further |= dict.fromkeys(self._may(scope, roles, None), why)
            seen |= further.keys()
            doubtful = further

    def _may(
        self, scope: Scope, principals: Iterable[str], session: Policy | None
    ) -> Iterator[str]:
        """Those that can, and those of whom it is not known."""
        answers = self._question.of_themselves(scope, principals, session)
        yield from answers.accesses
        yield from answers.unknown

    def _assumed_by(
        self, role: str, access: Access, further: dict[str, Access], seen: set[str]
    ) -> None:
        """Note who may assume the role and so can what it can; roles among them, to go on with."""
        found = self._found
        scope = _assuming(role)
        starts = [arn for arn in self._starts if arn not in found.accesses]
        if self._session is None:  # else it can leave its session policy behind
            starts = [arn for arn in starts if arn != role]
        hops = self._question.of_themselves(scope, starts, self._session)
        for arn, hop in hops.accesses.items():
            found.accesses[arn] = _by_way_of(role, hop, access)
        for arn, why in hops.unknown.items():
            found.unknown.setdefault(arn, f"whether it may assume {role}: {why}")
        roles = [arn for arn in self._question.population.roles if arn not in seen]
        between = self._question.of_themselves(scope, roles, None)
        for arn, why in between.unknown.items():
            self._doubts.setdefault(arn, why)
        for arn, hop in between.accesses.items():
            seen.add(arn)
            further[arn] = _by_way_of(role, hop, access)


def _assuming(role: str) -> Scope:
    return Scope({"Action": "sts:AssumeRole", "Resource": role})


def _by_way_of(role: str, hop: Access, access: Access) -> Access:
    """The access of a role, for a principal that may assume it."""
    step = Hop(role, hop.witness, hop.decision)
    return replace(access, principal=hop.principal, path=(step, *access.path))
