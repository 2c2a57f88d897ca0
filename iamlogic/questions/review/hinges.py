"""What an answer about a policy with placeholders hinges on: nothing, or some of their values.

`certainly_allowed` and `certainly_refused` look for a request that is allowed, or is not, whatever
the values are. They ask of a policy that allows less, or more, than the real one does with any
values: of a bound. With the bounds there go no placeholders, but for those of plain Allows: what
`arn:aws:s3:::<Bucket>/*` allows is shown by a request with the same `<Bucket>` in it, if all that
decides about it is so for any text in that place. Where that is not certain, None is the answer,
and the answer hinges on the placeholders that `hinges` names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from iamlogic.questions.answer import Answer, Verdict
from iamlogic.questions.review.openness import is_guard, open_entries, what_of
from iamlogic.questions.review.placed import UNKNOWN_ARN, PlacedPolicy
from iamlogic.semantics.conditions import condition_holds
from iamlogic.semantics.evaluation import evaluate
from iamlogic.semantics.matching import actions_match, resources_match
from iamlogic.semantics.principals import Strength, principal_strength
from iamlogic.semantics.request import Request
from iamlogic.semantics.statements import statement_matches
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.operators import Family
from iamlogic.syntax.policy import Condition, Effect, Policy, Statement
from iamlogic.syntax.scope import Scope

Ask = Callable[[Policy], Answer]


def certainly_allowed(placed: PlacedPolicy, scope: Scope, ask: Ask) -> Answer | None:
    """A request of the scope that is allowed with all values; `ask` is `never_allows` of it."""
    denies = [_bare(each) for each in placed.for_any.statements if each.effect is Effect.DENY]
    allows = [each for each in placed.policy.statements if each.effect is Effect.ALLOW]
    plain = [each for each in allows if not _hangs(each, placed)]
    named = [each for each in allows if _is_uniform(each, placed)]
    for granting in ([plain] if plain else []) + ([named] if len(named) > len(plain) else []):
        answer = ask(replace(placed.policy, statements=(*granting, *denies)))
        witness = answer.witness
        if answer.verdict is not Verdict.FAILS or witness is None:
            continue
        shown = _Shown(placed, witness)
        if (
            shown.surely_matches(scope.statement)
            and any(map(shown.surely_matches, granting))
            and all(map(shown.surely_missed_by, denies))
        ):
            return _told(placed, answer)
    return None


def certainly_refused(placed: PlacedPolicy, ask: Ask) -> Answer | None:
    """A request of a scope that is not allowed with any values; `ask` is `always_allows` of it."""
    allows = [_bare(each) for each in placed.for_any.statements if each.effect is Effect.ALLOW]
    denies = [
        each
        for each in placed.policy.statements
        if each.effect is Effect.DENY and not _hangs(each, placed)
    ]
    answer = ask(replace(placed.policy, statements=(*allows, *denies)))
    return _told(placed, answer) if answer.verdict is Verdict.FAILS else None


def hinges(placed: PlacedPolicy, answer: Answer) -> tuple[str, ...]:
    """The names of the placeholders that decide about the witness; all, where there is none."""
    found = () if answer.witness is None else hinges_of(placed, answer.witness)
    return found or tuple(each.name for each in placed.placeholders)


def certain_outcome(placed: PlacedPolicy, request: Request) -> bool | None:
    """Whether a request is allowed, where that is so with all values; None if it hinges on them.

    The request may name placeholders: `arn:aws:s3:::<Bucket>/a` is an object of that bucket.
    """
    shown = _Shown(placed, request)
    allows = [each for each in placed.for_any.statements if each.effect is Effect.ALLOW]
    denies = [each for each in placed.for_any.statements if each.effect is Effect.DENY]
    if all(shown.surely_missed_by(_bare(each)) for each in allows):
        return False
    certain = [
        each
        for each in placed.policy.statements
        if not any(map(is_guard, each.conditions))
        and _is_uniform(each, placed)
        and shown.surely_matches(each)
    ]
    if any(each.effect is Effect.DENY for each in certain):
        return False
    if certain and all(shown.surely_missed_by(_bare(each)) for each in denies):
        return True
    return None


def hinges_of(placed: PlacedPolicy, request: Request) -> tuple[str, ...]:
    """The names of the placeholders that decide about a request; none: it is certain."""
    guarded = (
        what
        for statement in placed.for_any.statements
        if statement_matches(_bare(statement), request)
        for condition in statement.conditions
        if is_guard(condition)
        for what in what_of(condition)
    )
    texts = [*open_entries(request), *guarded, *_texts_of(request)]
    return _named(texts, placed)


def _told(placed: PlacedPolicy, answer: Answer) -> Answer:
    """The answer about the bound, told of the policy itself."""
    assert answer.witness is not None
    decision = evaluate(placed.policy, answer.witness)
    return replace(
        answer, reason=decision.reason, statements=decision.statements, decision=decision
    )


def _bare(statement: Statement) -> Statement:
    """The statement whatever its guards say: what it can come to match."""
    kept = tuple(each for each in statement.conditions if not is_guard(each))
    return replace(statement, conditions=kept)


def _is_uniform(statement: Statement, placed: PlacedPolicy) -> bool:
    """Whether it matches, with any values, what it matches with their names.

    A list that says what is not meant does not: whether it holds `<A>` hangs on what that is. A key
    `aws:PrincipalTag/<A>` may be any of its family.
    """
    keys = [each.key for each in statement.conditions]
    if any(map(is_guard, statement.conditions)) or _occurs(keys, placed):
        return False
    return not any(each.negated and _occurs(each.texts, placed) for each in _parts(statement))


def _hangs(statement: Statement, placed: PlacedPolicy) -> bool:
    """Whether anything of a statement hangs on a placeholder."""
    if any(map(is_guard, statement.conditions)):
        return True
    return any(_occurs(each.texts, placed) for each in _parts(statement))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a statement: its texts, whether they say what is not meant, whether it holds.

    `of` are the texts of a request that it is about. `is_glob` says that these are compared as a
    whole, with wildcards that take in any text.
    """

    texts: tuple[str, ...]
    negated: bool
    of: Callable[[Request], tuple[str, ...]]
    holds: Callable[[Request], bool]
    is_glob: bool = True


def _parts(statement: Statement) -> Iterator[_Part]:
    actions, resources, principals = statement.actions, statement.resources, statement.principals
    yield _Part(
        tuple(each.text for each in actions.patterns),
        actions.negated,
        lambda request: (request.action,),
        lambda request: actions_match(actions, request),
    )
    if resources is not None:
        yield _Part(
            tuple(each.text for each in resources.patterns),
            resources.negated,
            lambda request: (request.resource,),
            lambda request: resources_match(resources, request),
        )
    if principals is not None:
        yield _Part(
            tuple(each.text for each in principals.entries),
            principals.negated,
            lambda request: (request.principal, *request.values("aws:PrincipalArn")),
            lambda request: principal_strength(statement, request.requester) is not Strength.NONE,
        )
    yield from map(_condition, statement.conditions)


def _condition(condition: Condition) -> _Part:
    return _Part(
        (condition.key, *(value.text for value in condition.values)),
        condition.operator.base.negated,
        lambda request: (condition.key, *request.values(condition.key)),
        lambda request: condition_holds(condition, request),
        condition.operator.base.family in {Family.STRING, Family.NULL},
    )


def _occurs(texts: Iterable[str], placed: PlacedPolicy) -> bool:
    return bool(_named(texts, placed))


def _named(texts: Iterable[str], placed: PlacedPolicy) -> tuple[str, ...]:
    """The names of the placeholders in the texts; some are compared, and shown, without case."""
    joined = fold("\n".join(texts))
    return tuple(sorted({each.name for each in placed.placeholders if fold(each.text) in joined}))


def _texts_of(request: Request) -> list[str]:
    values = [text for key in request.context for text in (key, *request.values(key))]
    return [request.principal, request.action, request.resource, *values]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A request with names of placeholders in it, and what holds of it for all their values."""

    placed: PlacedPolicy
    request: Request

    def surely_matches(self, statement: Statement) -> bool:
        """Whether a statement matches with all values, by parts that mean the same with each.

        A name is a text that occurs nowhere else, so that only itself and wildcards take it in. `*`
        takes in any other text in its place; `?` does not, and a negated list may have it. A
        resource of which not even the service is known is any: `*` alone takes it in.
        """
        return all(
            part.holds(self.request) and (not self._is_open(part) or self._is_wide(part))
            for part in _parts(statement)
        )

    def _is_wide(self, part: _Part) -> bool:
        if part.negated or "?" in "".join(part.texts):
            return False
        if _occurs(part.texts, self.placed) or "*" in part.texts:
            return True
        return part.is_glob and not any(UNKNOWN_ARN in text for text in part.of(self.request))

    def surely_missed_by(self, statement: Statement) -> bool:
        """Whether some part misses the request that no value of a placeholder changes."""
        return any(
            not self._is_open(part) and not part.holds(self.request) for part in _parts(statement)
        )

    def _is_open(self, part: _Part) -> bool:
        """Whether what the part is about has the name of a placeholder in it.

        With a policy variable it is about the whole request.
        """
        about = _texts_of(self.request) if "${" in "".join(part.texts) else part.of(self.request)
        return _occurs(about, self.placed)
