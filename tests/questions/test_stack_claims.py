"""Questions about stacks, case by case: whom they range over, what they show, what they leave open.

Each claim is of one rule and of the smallest stack that shows it. Claims about all stacks are
properties: tests/differential/test_stacks.py.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import iamlogic as il
from iamlogic import PolicySet, Relation, Scope, Verdict

HERE, THERE = "111122223333", "444455556666"
ALICE = f"arn:aws:iam::{HERE}:user/alice"
ROLE = f"arn:aws:iam::{HERE}:role/R"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/R/s"
LINKED = f"arn:aws:iam::{HERE}:role/aws-service-role/es.amazonaws.com/R"
ROOT = f"arn:aws:iam::{HERE}:root"
EC2 = "ec2.amazonaws.com"
CANONICAL = "0123456789abcdef" * 4

READ = Scope({"Action": "s3:GetObject"})
Members = dict[str, object]


def allow(**members: object) -> Members:
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **members}


def deny(**members: object) -> Members:
    return allow(**members) | {"Effect": "Deny"}


def policy(*statements: Members) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


FULL, EMPTY = policy(allow()), policy()
SILENT, DENYING = policy(allow(Action="x:Y")), policy(deny())
TO_ALL = policy(allow(Principal="*"))
TO_EC2 = policy(allow(Principal={"Service": EC2}))
TO_CANONICAL = policy(allow(Principal={"CanonicalUser": CANONICAL}))
OF_ONE = policy(allow(Action="s3:GetObject", Resource="arn:aws:s3:::a"))


def by(**members: object) -> Scope:
    return Scope({"Action": "s3:GetObject", **members})


# Whom a question ranges over (R-E24)


def test_root_users_have_no_identity_policies() -> None:
    assert il.never_allows(PolicySet(identity=[SILENT]), READ)


def test_without_any_policy_the_root_user_alone_is_allowed() -> None:
    answer = il.can(PolicySet(), READ)
    assert answer
    assert answer.witness is not None
    assert answer.witness.principal == ROOT
    assert il.never_allows(PolicySet(), by(NotPrincipal={"AWS": [HERE, THERE]})).verdict is (
        Verdict.FAILS
    )  # of a third account


def test_a_root_user_in_its_account_needs_no_resource_policy() -> None:
    stack = PolicySet(resource=policy(allow(Principal="*", Action="x:Y")))
    assert il.never_allows(stack, READ)
    assert il.can(stack, READ, principal=ROOT, resource_account=HERE)
    assert not il.can(stack, READ, principal=ROOT, resource_account=THERE)


def test_root_users_of_other_accounts_are_asked_about() -> None:
    stack = PolicySet(resource=policy(allow(Principal={"AWS": THERE})))
    answer = il.can(stack, READ, resource_account=HERE)
    assert answer.witness is not None
    assert answer.witness.principal == f"arn:aws:iam::{THERE}:root"


def test_users_have_no_session_policy() -> None:
    stack = PolicySet(identity=[FULL], session=SILENT)
    assert il.never_allows(stack, READ)
    assert il.can(stack, READ, principal=ALICE)


@pytest.mark.parametrize("all_requests", [True, False])
def test_a_witness_is_by_one_whom_the_question_is_about(*, all_requests: bool) -> None:
    stack = PolicySet(identity=[FULL], session=OF_ONE)
    answer = il.always_allows(stack, READ, all_requests=all_requests)
    assert answer.verdict is Verdict.FAILS
    assert answer.witness is not None
    assert ":user/" not in answer.witness.principal


def test_federated_sessions_without_session_policy_need_a_resource_policy() -> None:
    own = by(Principal={"AWS": HERE})
    without = PolicySet(identity=[FULL])
    assert il.always_allows(without, own, resource_account=HERE)
    answer = il.always_allows(replace(without, resource=EMPTY), own, resource_account=HERE)
    assert answer.witness is not None
    assert ":federated-user/" in answer.witness.principal  # R-E14


def test_services_need_a_resource_policy() -> None:
    stack = PolicySet(identity=[SILENT])
    assert il.never_allows(stack, READ)
    answer = il.can(replace(stack, resource=TO_EC2), READ)
    assert answer.witness is not None
    assert answer.witness.principal == EC2


def test_where_nobody_else_is_in_scope_a_question_ranges_over_everybody() -> None:
    services = by(Principal={"Service": EC2})
    refused = il.never_allows(PolicySet(identity=[FULL]), services)
    assert refused.reason == "nothing allows a request of the scope"
    answer = il.always_allows(PolicySet(identity=[FULL]), services)
    assert answer.witness is not None
    assert answer.witness.principal == EC2
    linked = by(Condition={"ArnEquals": {"aws:PrincipalArn": LINKED}})
    assert il.can(PolicySet(identity=[FULL], scps=[[]]), linked)


IN_NOBODY_S_SCOPE = {
    "a root user": (PolicySet(identity=[FULL], scps=[[FULL]]), {"aws:PrincipalArn": ROOT}),
    "a user": (PolicySet(identity=[FULL], session=FULL), {"aws:PrincipalArn": ALICE}),
    "a service-linked role": (PolicySet(identity=[FULL], scps=[[]]), {"aws:PrincipalArn": LINKED}),
}


@pytest.mark.parametrize(("stack", "who"), IN_NOBODY_S_SCOPE.values(), ids=IN_NOBODY_S_SCOPE)
def test_so_does_a_comparison(stack: PolicySet, who: dict[str, str]) -> None:
    scope = by(Condition={"StringEquals": who})
    refused = replace(stack, resource=policy(deny(Principal="*")))
    assert il.can(stack, scope)
    comparison = il.compare(stack, refused, scope=scope)
    assert comparison.relation is Relation.LESS_PERMISSIVE
    assert comparison.complete
    assert comparison.lost


def test_scps_are_not_about_service_linked_roles() -> None:  # R-E23
    stack = PolicySet(identity=[FULL], scps=[[FULL, DENYING]])
    assert il.never_allows(stack, READ)
    assert il.never_allows(stack, READ, principal=SESSION)
    assert il.can(stack, READ, principal=LINKED)
    assert il.can(replace(stack, service_linked=True), READ, principal=ROLE)
    assert not il.can(replace(stack, service_linked=True), READ, principal=ALICE)


def test_an_endpoint_policy_is_about_requests_through_the_endpoint() -> None:  # R-K22
    elsewhere = by(Condition={"Null": {"aws:SourceVpce": True, "aws:SourceVpc": True}})
    directly = by(Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
    stack = PolicySet(identity=[FULL], vpc_endpoint=TO_ALL)
    assert il.can(stack, elsewhere)  # by aws:VpcSourceIp
    assert il.never_allows(stack, directly).reason == "the scope holds no request"
    assert il.can(stack, directly, all_requests=True)
    assert il.can(replace(stack, vpc_endpoint=None), directly)


def test_a_comparison_overlooks_no_policy_that_one_stack_has() -> None:
    before = PolicySet(identity=[SILENT])
    comparison = il.compare(before, replace(before, resource=TO_EC2))
    assert comparison.relation is Relation.MORE_PERMISSIVE
    assert [d.witness.principal for d in comparison.gained] == [EC2]


def test_a_session_is_asked_about_whatever_its_role_s_path() -> None:  # R-K2
    pathed = policy(allow(Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/p/*"}}))
    assert il.can(PolicySet(identity=[pathed]), READ, principal=SESSION)
    assert not il.can(PolicySet(identity=[pathed]), READ, principal=ROLE)


# Whose the resource is (R-K22)

TOPIC = "arn:aws:sns:us-east-1:{}:t"


def test_the_account_of_an_arn_is_the_resource_s() -> None:
    theirs = Scope({"Action": "sns:Publish", "Resource": TOPIC.format(THERE)})
    stack = PolicySet(identity=[FULL])
    assert not il.can(stack, theirs, principal=ALICE)
    empty = il.never_allows(stack, theirs, principal=ALICE, resource_account=HERE)
    assert empty.reason == "the scope holds no request"
    assert il.can(stack, theirs, principal=ALICE, resource_account=HERE, all_requests=True)


def test_a_scope_of_two_accounts_is_of_neither_alone() -> None:
    both = Scope({"Action": "sns:Publish", "Resource": [TOPIC.format(HERE), TOPIC.format(THERE)]})
    stack = PolicySet(identity=[FULL])
    answer = il.always_allows(stack, both, principal=ALICE)
    assert answer.witness is not None
    assert answer.witness.resource == TOPIC.format(THERE)
    assert il.can(stack, both, principal=ALICE)


def test_a_pattern_over_accounts_is_of_all_of_them() -> None:
    every = Scope({"Action": "sns:Publish", "Resource": TOPIC.format("*")})
    stack = PolicySet(identity=[FULL])
    assert il.can(stack, every, principal=ALICE)
    assert not il.always_allows(stack, every, principal=ALICE)
    assert il.always_allows(stack, every, principal=ALICE, resource_account=HERE)


# Canonical users (R-M8)


def test_an_answer_hangs_on_a_canonical_user_that_nothing_maps() -> None:
    stack = PolicySet(resource=TO_CANONICAL)
    assert il.can(stack, READ).verdict is Verdict.UNKNOWN
    assert il.compare(PolicySet(resource=EMPTY), stack).relation is Relation.UNKNOWN


def test_a_requester_that_is_fixed_is_no_canonical_user() -> None:
    stack = PolicySet(resource=TO_CANONICAL)
    assert il.never_allows(stack, READ, principal=ALICE)
    assert il.never_allows(stack, by(Principal={"AWS": ALICE}))
    assert il.compare(PolicySet(), stack, principal=ALICE).relation is Relation.EQUIVALENT


def test_a_canonical_user_that_is_mapped_is_an_account() -> None:
    stack = PolicySet(resource=TO_CANONICAL, canonical_users={CANONICAL: THERE})
    same = PolicySet(resource=policy(allow(Principal={"AWS": THERE})))
    assert il.compare(stack, same).relation is Relation.EQUIVALENT


# One policy changed, and what it means beside all the others

TO_HERE, TO_ALICE = (policy(allow(Principal={"AWS": each})) for each in (HERE, ALICE))
BUT_NOBODY = policy(allow(Principal="*"), deny(NotPrincipal="*"))
S3_DENIED = policy(deny(Action="s3:*"))
MORE_DENIED = policy(deny(Action=["s3:*", "ec2:*"]))
RELATIONS: dict[str, tuple[PolicySet, PolicySet, Relation]] = {
    "a level no longer allows what others do": (  # R-E4
        PolicySet(identity=[FULL], scps=[[FULL], [FULL]]),
        PolicySet(identity=[FULL], scps=[[FULL], [OF_ONE]]),
        Relation.LESS_PERMISSIVE,
    ),
    "a Deny moves to another level": (
        PolicySet(identity=[FULL], scps=[[FULL, S3_DENIED], [FULL]]),
        PolicySet(identity=[FULL], scps=[[FULL], [FULL, S3_DENIED]]),
        Relation.EQUIVALENT,
    ),
    "a Deny that spares all, but not those with a boundary": (  # R-M12
        PolicySet(identity=[FULL], boundary=FULL, resource=TO_ALL),
        PolicySet(identity=[FULL], boundary=FULL, resource=BUT_NOBODY),
        Relation.LESS_PERMISSIVE,
    ),
    "a Deny that spares all, where nobody has a boundary": (
        PolicySet(identity=[FULL], resource=TO_ALL),
        PolicySet(identity=[FULL], resource=BUT_NOBODY),
        Relation.EQUIVALENT,
    ),
    "a user instead of its account": (  # R-M8: fewer, but more strongly
        PolicySet(resource=TO_HERE),
        PolicySet(resource=TO_ALICE),
        Relation.INCOMPARABLE,
    ),
    "a user instead of its account, beside identity policies that allow all": (
        PolicySet(identity=[FULL], session=FULL, resource=TO_HERE),
        PolicySet(identity=[FULL], session=FULL, resource=TO_ALICE),
        Relation.LESS_PERMISSIVE,
    ),
    "a user instead of its account: it makes a federated session": (  # R-E14
        PolicySet(identity=[FULL], resource=TO_HERE),
        PolicySet(identity=[FULL], resource=TO_ALICE),
        Relation.INCOMPARABLE,
    ),
    "a session instead of its role, with a boundary": (
        PolicySet(resource=policy(allow(Principal={"AWS": ROLE})), boundary=EMPTY),
        PolicySet(resource=policy(allow(Principal={"AWS": SESSION})), boundary=EMPTY),
        Relation.MORE_PERMISSIVE,
    ),
    "more is denied by SCPs, but to a service-linked role": (
        PolicySet(identity=[FULL], scps=[[FULL, S3_DENIED]]),
        PolicySet(identity=[FULL], scps=[[FULL, MORE_DENIED]], service_linked=True),
        Relation.MORE_PERMISSIVE,
    ),
    "more is denied by SCPs, but in the management account": (
        PolicySet(identity=[FULL], scps=[[FULL, S3_DENIED]]),
        PolicySet(identity=[FULL], scps=[[FULL, MORE_DENIED]], management_account=True),
        Relation.MORE_PERMISSIVE,
    ),
}


@pytest.mark.parametrize(("before", "after", "relation"), RELATIONS.values(), ids=RELATIONS)
def test_the_relation_of_two_stacks(
    before: PolicySet, after: PolicySet, relation: Relation
) -> None:
    comparison = il.compare(before, after)
    assert comparison.relation is relation
    assert comparison.complete
    lost, gained = bool(comparison.lost), bool(comparison.gained)
    assert lost is (relation in (Relation.LESS_PERMISSIVE, Relation.INCOMPARABLE))
    assert gained is (relation in (Relation.MORE_PERMISSIVE, Relation.INCOMPARABLE))


def test_one_requester_is_granted_more_strongly() -> None:
    comparison = il.compare(
        PolicySet(resource=TO_HERE), PolicySet(resource=TO_ALICE), principal=ALICE
    )
    assert comparison.relation is Relation.MORE_PERMISSIVE


# What a comparison shows


def the_only(differences: tuple[il.Difference, ...]) -> il.Difference:
    (difference,) = differences
    return difference


NEW = {
    "an Allow of an SCP": (
        PolicySet(identity=[FULL], scps=[[FULL], [FULL]]),
        PolicySet(identity=[FULL], scps=[[FULL], [OF_ONE]]),
        il.PolicyType.SCP,
    ),
    "a Deny of an RCP": (
        PolicySet(resource=TO_ALL),
        PolicySet(resource=TO_ALL, rcps=[[policy(deny(Principal="*", Action="s3:*"))]]),
        il.PolicyType.RCP,
    ),
    "a level that is silent: what grants": (
        PolicySet(identity=[FULL], scps=[[FULL]]),
        PolicySet(identity=[FULL], scps=[[FULL], []]),
        il.PolicyType.IDENTITY,
    ),
    "NotPrincipal, once there is a boundary: what grants": (  # R-M12
        PolicySet(resource=policy(allow(Principal="*"), deny(NotPrincipal={"AWS": [ALICE, HERE]}))),
        PolicySet(
            boundary=FULL,
            resource=policy(allow(Principal="*"), deny(NotPrincipal={"AWS": [ALICE, HERE]})),
        ),
        il.PolicyType.RESOURCE,
    ),
}


@pytest.mark.parametrize(("before", "after", "type_"), NEW.values(), ids=NEW)
def test_a_difference_stands_in_what_makes_it(
    before: PolicySet, after: PolicySet, type_: il.PolicyType
) -> None:
    comparison = il.compare(before, after)
    assert comparison.relation is Relation.LESS_PERMISSIVE
    assert comparison.complete
    assert the_only(comparison.lost).type is type_


def test_a_root_user_s_difference_stands_in_no_policy() -> None:  # R-E13
    comparison = il.compare(PolicySet(), PolicySet(scps=[[]]))
    difference = the_only([d for d in comparison.lost if d.witness.principal == ROOT])
    assert difference.statement is None
    assert difference.refusal.reason


def test_whether_a_role_is_service_linked_makes_a_difference() -> None:
    before = PolicySet(identity=[FULL], scps=[[FULL, DENYING]])
    comparison = il.compare(before, replace(before, service_linked=True))
    assert comparison.relation is Relation.MORE_PERMISSIVE
    assert comparison.complete


def test_one_level_twice_is_one_level() -> None:
    before = PolicySet(identity=[FULL], scps=[[FULL, DENYING]])
    assert (
        il.compare(before, replace(before, scps=[*before.scps, *before.scps])).relation
        is Relation.EQUIVALENT
    )


def test_a_deny_is_a_difference() -> None:
    one = policy(deny(Action="s3:GetObject"))
    two = policy(deny(Action="s3:PutObject"))
    comparison = il.compare(
        PolicySet(identity=[FULL, one]), PolicySet(identity=[FULL], boundary=FULL, scps=[[two]])
    )
    assert comparison.relation is Relation.LESS_PERMISSIVE
    swapped = il.compare(PolicySet(identity=[FULL, one]), PolicySet(identity=[FULL, two]))
    assert swapped.relation is Relation.INCOMPARABLE


def test_a_relation_that_is_known_shows_an_example_when_time_is_up() -> None:
    comparison = il.compare(PolicySet(identity=[FULL]), PolicySet(identity=[FULL], boundary=OF_ONE))
    late = replace(comparison, _seconds_left=0.0)
    assert late.relation is Relation.LESS_PERMISSIVE
    assert not late.complete
    assert the_only(late.lost).statement is not None


# As values


def test_answers_and_stacks_can_be_pickled() -> None:
    stack = PolicySet(
        identity=[FULL],
        resource=TO_CANONICAL,
        scps=[[FULL], []],
        canonical_users={CANONICAL: HERE},
        file="stack.json",
    )
    again = pickle.loads(pickle.dumps(stack))  # noqa: S301
    assert again == stack
    assert (hash(again), again.file) == (hash(stack), "stack.json")
    answer = il.always_allows(stack, READ)
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301
    comparison = il.compare(stack, PolicySet(identity=[OF_ONE]))
    copied = pickle.loads(pickle.dumps(comparison))  # noqa: S301
    assert (copied, copied.lost, copied.gained) == (comparison, comparison.lost, comparison.gained)


QUESTIONS: list[Callable[[], object]] = [
    *(lambda: il.can(PolicySet(identity=[FULL], scps=[[OF_ONE]]), READ) for _ in range(4)),
    *(lambda: il.always_allows(PolicySet(resource=TO_ALL), READ) for _ in range(4)),
]


def test_questions_can_be_asked_on_threads() -> None:
    """Which witness is found can hang on what a thread was asked before; what it shows cannot."""
    alone = [ask() for ask in QUESTIONS]
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(lambda ask: ask(), QUESTIONS))
    assert [_verdict(each) for each in shared] == [_verdict(each) for each in alone]


def _verdict(answer: object) -> object:
    return getattr(answer, "verdict", None) or getattr(answer, "relation", None)


def test_a_comparison_can_be_shared_by_threads() -> None:
    comparison = il.compare(PolicySet(identity=[FULL]), PolicySet(identity=[OF_ONE]))
    with ThreadPoolExecutor(4) as pool:
        accounts = list(pool.map(lambda c: c.lost, [comparison] * 8))
    assert all(account == comparison.lost for account in accounts)
