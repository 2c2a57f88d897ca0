"""`who_can` against questions about one principal and one resource at a time, and its laws.

The brute force knows nothing of narrowing, groups or examples that others are tried with: for each
principal, and for each policy that governs some resource (R-E25), it asks `can` of the whole stack.
`PLACES` has a resource for each that the drawn patterns tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hypothesis import assume, event, given
from hypothesis import strategies as st

import iamlogic as il
from iamlogic.questions.narrowing import Shelf
from iamlogic.semantics import can_send, with_usual_context
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.statements import statement_matches
from iamlogic.symbolic.lowering import lower
from iamlogic.syntax.letter_case import fold
from iamlogic.syntax.multivalued import multivalued_keys
from iamlogic.syntax.policy import Effect
from tests.differential.oracle import share
from tests.strategies.accounts import (
    HERE,
    PLACES,
    ROLES,
    ROOT,
    USERS,
    Asked,
    Case,
    Json,
    Words,
    cases,
    policy,
    words,
)

# What there is, once more


def everybody(account: il.Account) -> dict[str, il.Identity]:
    return {each.arn: each for each in (*account.identities, il.Identity(ROOT))}


def is_role(arn: str) -> bool:
    return arn.startswith(f"arn:aws:iam::{HERE}:role/")


def owner_of(resource: str) -> str:
    segments = resource.split(":")
    return segments[4] if len(segments) > 5 and len(segments[4]) == 12 else HERE


def governing(account: il.Account, resource: str) -> il.Policy | None:
    """R-E25: the policy of the longest ARN that the resource is, or lies below."""
    trusts = {each.arn: each.trust for each in account.identities if each.trust is not None}
    attached: Mapping[str, il.Policy] = {**account.resource_policies, **trusts}
    above = [
        arn for arn in attached if resource == arn or resource.startswith((f"{arn}/", f"{arn}:"))
    ]
    return attached[max(above, key=len)] if above else None


def stack_of(
    account: il.Account, identity: il.Identity, resource: str, session: il.Policy | None
) -> il.PolicySet:
    is_ours = owner_of(resource) == account.id
    return il.PolicySet(
        identity=identity.policies,
        boundary=identity.boundary,
        session=session if is_role(identity.arn) else None,
        resource=governing(account, resource),
        scps=account.scps,
        rcps=account.rcps if is_ours else (),
        management_account=account.management_account,
    )


def has_open_tags(identity: il.Identity) -> bool:
    """R-E25, for the trust policies that are drawn."""
    if identity.trust is None:
        return False
    tagging = {"sts:TagSession", "sts:*"}
    return any(
        statement.effect.value == "Allow"
        and tagging.intersection(action.text for action in statement.actions.patterns)
        for statement in identity.trust.statements
    )


def with_tags_of(document: Json, identity: il.Identity) -> Json:
    """The scope of requests with the tags of the identity, where a session can have no others.

    By operators that no drawn scope has beside these keys.
    """
    if has_open_tags(identity):
        return document
    tags = {fold(key): value for key, value in identity.tags}
    condition: Json = {name: dict(keys) for name, keys in document.get("Condition", {}).items()}
    for name in ("team", "site"):
        operator, value = ("ArnLike", "") if name in tags else ("Null", "true")
        if name in tags:
            operator, value = "StringLike", tags[name]
        keys = condition.setdefault(operator, {})
        given_there = keys.setdefault(f"aws:PrincipalTag/{name}", value)
        if given_there != value:
            raise AssertionError("the scope says something of the tag by that operator")
    return {**document, "Condition": condition}


def multivalued_in(account: il.Account, asked: Asked) -> frozenset[str]:
    """The keys that can have several values, by any policy of the account (R-K8)."""
    own = (p for each in account.identities for p in (*each.policies, each.boundary, each.trust))
    around = (p for level in (*account.scps, *account.rcps) for p in level)
    scope = il.Policy((asked.scope.statement,))
    every = (*own, *account.resource_policies.values(), *around, asked.session, scope)
    return multivalued_keys(each for each in every if each is not None)


def only_on(stack: il.PolicySet, places: Iterable[str], several: Iterable[str]) -> il.PolicySet:
    """The stack, with the resource's policy denying everything elsewhere.

    And something that nobody asks for, by a condition that says which keys have several values.
    """
    listed = [place for place in places if place != "*"]
    elsewhere: Json = {"NotResource": listed} if listed else {"Resource": "arn:*"}
    denial: Json = {"Effect": "Deny", "Principal": "*"}
    keys = dict.fromkeys(several, "none")
    further = policy(
        {**denial, "Action": "*", **elsewhere},
        {
            **denial,
            "Action": "none:none",
            "Resource": "arn:none:none:none:none:none",
            "Condition": {"ForAnyValue:StringEquals": keys},
        },
    )
    own = () if stack.resource is None else stack.resource.statements
    return replace(stack, resource=replace(further, statements=(*own, *further.statements)))


def brute_force(
    account: il.Account, identity: il.Identity, asked: Asked, further: Iterable[str] = ()
) -> il.Request | None:
    """A request of the scope that the principal can make for one of the places."""
    scope = il.Scope(with_tags_of(asked.document, identity))
    several = sorted(multivalued_in(account, asked))
    alike: dict[object, list[str]] = {}
    for place in dict.fromkeys([*PLACES, *further]):
        key = (id(governing(account, place)), owner_of(place), place == "*")
        alike.setdefault(key, []).append(place)
    for places in alike.values():
        owner = owner_of(places[0])
        stack = only_on(stack_of(account, identity, places[0], asked.session), places, several)
        answer = il.can(stack, scope, principal=identity.arn, resource_account=owner)
        assume(answer.verdict is not il.Verdict.UNKNOWN)
        if answer.verdict is il.Verdict.HOLDS:
            return answer.witness
    return None


# Against the brute force


@share(40)
@given(cases())
def test_the_principals_are_those_of_whom_one_resource_at_a_time_says_so(case: Case) -> None:
    found = case.who_can()
    shown = {access.principal: access.witness.resource for access in found}
    for arn, identity in everybody(case.account).items():
        further = [shown[arn]] if arn in shown else []
        witness = brute_force(case.account, identity, case.asked, further)
        assert (witness is not None) is (arn in shown), (arn, witness, further)
    event(f"{len(found)} of {len(everybody(case.account))}")


@share(40)
@given(st.data(), cases())
def test_a_request_that_is_allowed_proves_that_its_maker_is_listed(
    data: st.DataObject, case: Case
) -> None:
    listed = case.who_can().principals
    for arn, identity in everybody(case.account).items():
        for request in data.draw(st.lists(requests(identity), min_size=8, max_size=8)):
            if is_allowed(case.account, identity, case.asked, request):
                event("allowed")
                assert arn in listed, request


@share(40)
@given(cases())
def test_each_witness_is_a_request_that_its_principal_can_make(case: Case) -> None:
    identities = everybody(case.account)
    for access in case.who_can():
        identity, witness = identities[access.principal], access.witness
        stack = stack_of(case.account, identity, witness.resource, case.asked.session)
        assert is_made_by(witness, identity)
        assert access.decision == il.evaluate(stack, witness)
        assert access.decision.outcome is il.Outcome.ALLOWED
        for request in (witness, as_sent(witness)):
            assert statement_matches(case.asked.scope.statement, request)
        assert is_allowed(case.account, identity, case.asked, as_sent(witness))
        if not has_open_tags(identity):
            assert tags_of(witness).items() <= {(fold(key), v) for key, v in identity.tags}


def is_made_by(request: il.Request, identity: il.Identity) -> bool:
    if not is_role(identity.arn):
        return request.principal == identity.arn
    name = identity.arn.rpartition("/")[2]
    session = f"arn:aws:sts::{HERE}:assumed-role/{name}/"
    roles = request.values("aws:PrincipalArn")
    return request.principal.startswith(session) and roles == (identity.arn,)


def tags_of(request: il.Request) -> dict[str, str]:
    prefix = "aws:principaltag/"
    return {
        fold(key).removeprefix(prefix): request.values(key)[0]
        for key in request.context
        if fold(key).startswith(prefix)
    }


def as_sent(witness: il.Request) -> il.Request:
    """The witness with all that AWS sends beside what it shows."""
    return with_usual_context(witness, [fold(key) for key in witness.context])


def is_allowed(
    account: il.Account, identity: il.Identity, asked: Asked, request: il.Request
) -> bool:
    """Whether it is a request of the scope that AWS sends, and is allowed."""
    stack = stack_of(account, identity, request.resource, asked.session)
    return (
        can_send(request, multivalued_in(account, asked), to_stack=True)
        and statement_matches(asked.scope.statement, request)
        and il.evaluate(stack, request).outcome is il.Outcome.ALLOWED
    )


@st.composite
def requests(draw: st.DrawFn, identity: il.Identity) -> il.Request:
    """A request by the identity, with all that AWS sends, and perhaps what it does not send."""
    name = identity.arn.rpartition("/")[2]
    context: dict[str, ContextValue] = {}
    principal = identity.arn
    if is_role(identity.arn):
        principal = f"arn:aws:sts::{HERE}:assumed-role/{name}/{draw(st.sampled_from('as'))}"
        context["aws:PrincipalArn"] = identity.arn
    tags = dict(identity.tags)
    if has_open_tags(identity):
        tags = {"team": draw(st.sampled_from(["blue", "red"]))} if draw(st.booleans()) else {}
    context |= {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}
    context |= draw(st.fixed_dictionaries({}, optional=_OPTIONAL))
    resource = draw(st.sampled_from(PLACES))
    organization = draw(st.sampled_from([None, "o-a", "o-b"]))
    if organization is not None:
        context["aws:PrincipalOrgID"] = organization
        if owner_of(resource) == HERE and draw(st.booleans()):
            context["aws:ResourceOrgID"] = organization
    request = il.Request(
        principal=principal,
        action=draw(st.sampled_from(_CALLS)),
        resource=resource,
        resource_account=owner_of(resource),
        context=context,
    )
    return with_usual_context(request, [])


_CALLS = (
    "s3:GetObject",
    "s3:PutObject",
    "lambda:InvokeFunction",
    "kms:Decrypt",
    "sqs:SendMessage",
    "sts:AssumeRole",
    "ec2:RunInstances",
)
_OPTIONAL: dict[str, st.SearchStrategy[ContextValue]] = {
    "s3:prefix": st.sampled_from(["blue", "x", "y", "red", ["blue", "red"]]),
    "aws:SecureTransport": st.sampled_from(["true", "false"]),
    "aws:SourceIp": st.sampled_from(["203.0.113.5", "192.0.2.1"]),
    "aws:MultiFactorAuthPresent": st.just("true"),
    "aws:SourceIdentity": st.just("x"),
    "aws:FederatedProvider": st.just("accounts.google.com"),
}
"""Some of them only roles have; `is_allowed` leaves out what AWS does not send."""


# Narrowing


@share(100)
@given(st.data(), words().flatmap(lambda drawn: st.tuples(st.just(drawn), drawn.what())))
def test_what_is_left_of_a_policy_says_the_same_of_the_scope(
    data: st.DataObject, drawn: tuple[Words, Json]
) -> None:
    words, document = drawn
    kinds = words.own_policies() | words.resource_policies() | words.trust_policies()
    policies = data.draw(st.lists(kinds, min_size=1, max_size=4))
    scope = il.Scope(document).statement
    narrowed = Shelf(policies).narrowed(lower(scope))
    makers = st.sampled_from((ROOT, *USERS, *ROLES)).map(il.Identity)
    for request in data.draw(st.lists(makers.flatmap(requests), min_size=10, max_size=10)):
        if statement_matches(scope, request):
            for each in policies:
                left, whole = il.evaluate(narrowed(each), request), il.evaluate(each, request)
                event(whole.outcome.value)
                assert left.outcome is whole.outcome
                places = [statement.where for statement in whole.statements]
                assert [statement.where for statement in left.statements] == places


# Laws


@share(40)
@given(st.data(), cases())
def test_a_further_allow_takes_nothing_from_anybody(data: st.DataObject, case: Case) -> None:
    more = policy({**data.draw(case.words.what()), "Effect": "Allow"})
    identities = list(case.account.identities)
    at = data.draw(st.integers(0, len(identities) - 1))
    identities[at] = replace(identities[at], policies=(*identities[at].policies, more))
    before, after = (
        case.who_can(),
        case.who_can(replace(case.account, identities=tuple(identities))),
    )
    assert set(before.principals) <= set(after.principals)
    assert set(after.principals) - set(before.principals) <= {identities[at].arn}


@share(40)
@given(st.data(), cases())
def test_the_order_of_identities_policies_and_resources_does_not_matter(
    data: st.DataObject, case: Case
) -> None:
    def in_any_order(identity: il.Identity) -> il.Identity:
        policies = [
            replace(each, statements=tuple(data.draw(st.permutations(each.statements))))
            for each in data.draw(st.permutations(identity.policies))
        ]
        return replace(identity, policies=tuple(policies))

    account = case.account
    identities = map(in_any_order, data.draw(st.permutations(account.identities)))
    attached = data.draw(st.permutations(list(account.resource_policies.items())))
    other = replace(account, identities=tuple(identities), resource_policies=dict(attached))
    listed = case.who_can().principals
    assert case.who_can(other).principals == tuple(a for a in everybody(other) if a in listed)


@share(40)
@given(cases())
def test_the_answer_about_one_does_not_hang_on_who_else_is_asked_about(case: Case) -> None:
    listed = case.who_can().principals
    for arn in everybody(case.account):
        alone = case.who_can(principals=[arn])
        assert alone.principals == ((arn,) if arn in listed else ())


@share(40)
@given(cases())
def test_an_executor_finds_the_same(case: Case) -> None:
    with ThreadPoolExecutor(2) as executor:
        shared = case.who_can(executor=executor)
    assert shared.principals == case.who_can().principals


@share(40)
@given(cases())
def test_all_requests_are_more_than_those_that_aws_sends(case: Case) -> None:
    assert set(case.who_can().principals) <= set(case.who_can(all_requests=True).principals)


# What is not known


@share(40)
@given(st.data(), cases(), st.integers(0, 2))
def test_nobody_is_proved_unable_by_what_is_not_known(
    data: st.DataObject, case: Case, most: int
) -> None:
    """Some Allow statements get a condition that can be met, but that nobody can decide."""
    hard = tuple(
        made_hard(each) if data.draw(st.booleans()) else each for each in case.account.identities
    )
    truth = case.who_can(through_roles=most).principals
    found = il.who_can(
        replace(case.account, identities=hard),
        case.asked.scope,
        session=case.asked.session,
        through_roles=most,
    )
    unknown = {arn for arn, _ in found.unknown}
    event(f"unknown of {len(unknown)}")
    assert set(found.principals) <= set(truth) <= unknown.union(found.principals)
    assert unknown.isdisjoint(found.principals)


def made_hard(identity: il.Identity) -> il.Identity:
    policies = [
        replace(
            each,
            statements=tuple(
                replace(s, conditions=s.conditions + HARD) if s.effect is Effect.ALLOW else s
                for s in each.statements
            ),
        )
        for each in identity.policies
    ]
    return replace(identity, policies=tuple(policies))


HARD_VALUES = [f"${{s3:v{number}}}-{number}" for number in range(9)]
HARD = (
    policy(
        {
            "Effect": "Allow",
            "Action": "*",
            "Resource": "*",
            "Condition": {"ForAnyValue:StringLike": {"s3:k": HARD_VALUES}},
        }
    )
    .statements[0]
    .conditions
)
"""More variables in one condition than the solver tells apart."""


# Roles assumed on the way


@share(30)
@given(cases(), st.integers(1, 3))
def test_ways_through_roles_are_those_of_a_search_step_by_step(case: Case, most: int) -> None:
    found = case.who_can(through_roles=most)
    lengths = {access.principal: len(access.path) for access in found}
    assert lengths == shortest_ways(case.account, case.asked, most)
    event(f"at most {max(lengths.values(), default=0)} of {most} roles")
    identities = everybody(case.account)
    for access in found:
        makers = [access.principal, *(hop.role for hop in access.path)]
        witnesses = [*(hop.witness for hop in access.path), access.witness]
        decisions = [*(hop.decision for hop in access.path), access.decision]
        steps = zip(makers, witnesses, decisions, strict=True)
        for number, (maker, witness, decision) in enumerate(steps):
            session = case.asked.session if number == 0 else None
            stack = stack_of(case.account, identities[maker], witness.resource, session)
            assert is_made_by(witness, identities[maker])
            assert decision == il.evaluate(stack, witness)
            assert decision.outcome is il.Outcome.ALLOWED
        for hop in access.path:
            assert (hop.witness.action, hop.witness.resource) == ("sts:AssumeRole", hop.role)
        assert statement_matches(case.asked.scope.statement, access.witness)


def shortest_ways(account: il.Account, asked: Asked, most: int) -> dict[str, int]:
    """By principal that can, the least number of roles on the way, from steps by brute force.

    Who begins is limited by the session policy; sessions of roles on the way are not (R-E26).
    """
    identities = everybody(account)
    roles = [arn for arn in identities if is_role(arn)]

    def can(arn: str, asked: Asked) -> bool:
        return brute_force(account, identities[arn], asked) is not None

    def may_assume(arn: str, role: str, session: il.Policy | None) -> bool:
        return can(arn, Asked({"Action": "sts:AssumeRole", "Resource": role}, session))

    ends = [{arn for arn in roles if can(arn, Asked(asked.document))}]  # by what lies before them
    for _ in range(most - 1):
        before = {arn for arn in roles if any(may_assume(arn, role, None) for role in ends[-1])}
        ends.append(before)
    ways: dict[str, int] = {}
    for arn in identities:
        if can(arn, asked):
            ways[arn] = 0
            continue
        for number, reached in enumerate(ends):
            if any(may_assume(arn, role, asked.session) for role in reached):
                ways[arn] = number + 1
                break
    return ways
