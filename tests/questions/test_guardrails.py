"""Guardrails held against policies: who keeps them, who does not, and what that hinges on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

import iamlogic as il
from iamlogic.inputs.unresolved.embedded import TemplateDocument
from iamlogic.inputs.unresolved.placeholders import STAND_IN_ACCOUNT, Placeholders
from iamlogic.inputs.unresolved.placing import place_policy
from iamlogic.questions.guardrail import held_against, possible_types
from iamlogic.questions.review.openness import open_entries
from iamlogic.questions.review.placed import PlacedPolicy
from iamlogic.syntax.json_text import read_json_text

Json = dict[str, Any]

ORGANIZATION = "o-exampleorgid"
OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
INSIDE = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
PAYROLL = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll-*/*"}
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"


def guardrail(
    scope: Json,
    demand: il.Demand = il.Demand.NEVER,
    types: tuple[il.PolicyType, ...] = (),
) -> il.Guardrail:
    return il.Guardrail("one", demand, il.Scope(scope), "a message", types=types)


NEVER = guardrail(PAYROLL)
STAYS_INSIDE = guardrail({**PAYROLL, "Condition": OUTSIDE})
ALWAYS = guardrail(PAYROLL, il.Demand.ALWAYS)


def allow(resource: object = "*", action: object = "s3:*", **further: object) -> Json:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **further}


def deny(resource: object = "*", action: object = "s3:*", **further: object) -> Json:
    return {**allow(resource, action, **further), "Effect": "Deny"}


def share(resource: object, **further: object) -> Json:
    return allow(resource, "s3:GetObject", Principal="*", **further)


def parsed(*statements: Json) -> il.Policy:
    return il.parse({"Version": "2012-10-17", "Statement": list(statements)})


def placed(*statements: Json, file: str = "stack.json") -> PlacedPolicy:
    """A policy of a template; `<A>`, `<Bucket>`, … are its parameters, which nobody has set."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    names = Placeholders()
    for name in ("A", "Bucket", "Org", "User"):
        names.text(name, "a parameter without a default")
    if STAND_IN_ACCOUNT in text:
        names.account("AWS::AccountId")
    document = TemplateDocument(text, file)
    found = place_policy(read_json_text(text), document, names, name="P")
    assert isinstance(found, PlacedPolicy)
    return found


# Policies that are known as they are


@pytest.mark.parametrize(
    ("policy", "given", "is_kept"),
    [
        (parsed(share("arn:aws:s3:::payroll-1/*")), STAYS_INSIDE, False),
        (parsed(share("arn:aws:s3:::payroll-1/*", Condition=INSIDE)), STAYS_INSIDE, True),
        (parsed(share("arn:aws:s3:::logs/*")), STAYS_INSIDE, True),
        (parsed(allow(), deny("arn:aws:s3:::payroll-*")), NEVER, True),
        (parsed(allow(), deny("arn:aws:s3:::payroll-1/*")), NEVER, False),
        (parsed(allow()), ALWAYS, True),
        (parsed(allow(), deny("arn:aws:s3:::payroll-1/*")), ALWAYS, False),
        (parsed(), NEVER, True),
        (parsed(), ALWAYS, False),
    ],
)
def test_a_guardrail_is_kept_by_proof_or_broken_with_an_example(
    policy: il.Policy, given: il.Guardrail, *, is_kept: bool
) -> None:
    breaches = il.check_guardrails(policy, [given])
    assert (not breaches) is is_kept
    for breach in breaches:
        assert (breach.guardrail, breach.depends_on, breach.is_new) == (given, (), True)
        assert breach.answer.verdict is il.Verdict.FAILS
        assert breach.answer.witness is not None
        outcome = il.evaluate(policy, breach.answer.witness).outcome
        assert (outcome is il.Outcome.ALLOWED) is (given.demand is il.Demand.NEVER)


def test_what_is_not_known_is_no_pass() -> None:
    unseen = parsed(allow("*", "s3:GetObject", Principal={"CanonicalUser": CANONICAL}))
    (breach,) = il.check_guardrails(unseen, [NEVER])
    assert breach.answer.verdict is il.Verdict.UNKNOWN
    assert breach.answer.witness is None


def test_breaches_come_in_the_order_of_the_guardrails() -> None:
    given = [replace(NEVER, name=name) for name in ("c", "a", "b")]
    found = il.check_guardrails(parsed(allow()), given)
    assert [each.guardrail.name for each in found] == ["c", "a", "b"]


# Policies of another kind than the guardrail's author thought of


def test_an_identity_policy_says_what_it_says_to_whomever_it_is_attached_to() -> None:
    partner = guardrail({**PAYROLL, "Principal": {"AWS": "444455556666"}})
    (breach,) = il.check_guardrails(parsed(allow()), [partner])
    assert breach.answer.witness is not None
    assert breach.answer.witness.requester.account == "444455556666"
    nobody = guardrail({**PAYROLL, "Principal": {"Service": "logging.s3.amazonaws.com"}})
    assert il.check_guardrails(parsed(allow()), [nobody]) == ()  # no service has such a policy


def test_a_trust_policy_speaks_of_any_resource() -> None:
    trust = parsed({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    admin = guardrail({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/admin"})
    assert il.check_guardrails(trust, [admin])


# For which policies a guardrail is


@pytest.mark.parametrize(
    ("files", "except_files", "file", "is_for"),
    [
        ((), (), "any/where.json", True),
        (("policies/**/*.json",), (), "policies/a.json", True),
        (("policies/**/*.json",), (), "policies/b/c/a.json", True),
        (("policies/**/*.json",), (), "other/policies/a.json", False),
        (("policies/*.json",), (), "policies/b/a.json", False),
        (("*.json",), (), "deep/down/a.json", True),
        (("/*.json",), (), "deep/a.json", False),
        (("policies",), (), "policies/a.json", True),
        (("policies/",), ("policies/old/",), "policies/old/a.json", False),
        ((), ("**/break-glass.json",), "break-glass.json", False),
        ((), ("**/break-glass.json",), "a/other.json", True),
        (("a.json", "b.json"), (), "./b.json", True),
        (("nothing.json",), ("*",), "", True),
        (("policies/",), (), "/home/alice/policies/a.json", True),
        (("policies/",), ("*",), "../policies/a.json", True),
    ],
)
def test_globs_say_for_which_files_a_guardrail_is(
    files: tuple[str, ...], except_files: tuple[str, ...], file: str, *, is_for: bool
) -> None:
    given = replace(NEVER, files=files, except_files=except_files)
    assert given.is_for_file(file) is is_for
    assert bool(il.check_guardrails(parsed(allow()), [given], file=file)) is is_for


T = il.PolicyType
NAMELESS = {T.IDENTITY, T.BOUNDARY, T.SESSION, T.SCP}


@pytest.mark.parametrize(
    ("statement", "types"),
    [
        (allow(), NAMELESS),
        (share("*"), {T.RESOURCE, T.ENDPOINT}),
        (deny(Principal="*"), {T.RESOURCE, T.ENDPOINT, T.RCP}),
        (
            {"Effect": "Allow", "Principal": "*", "Action": "s3:*"},
            {T.RESOURCE, T.ENDPOINT, T.TRUST},
        ),
        ({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}, {T.ENDPOINT, T.TRUST}),
        (allow("*", "sts:AssumeRole", Principal="*"), {T.RESOURCE, T.ENDPOINT}),
    ],
)
def test_a_policy_counts_as_whatever_it_can_be(statement: Json, types: set[T]) -> None:
    policy = parsed(statement)
    where = il.Where()
    assert possible_types(PlacedPolicy("", "", where, policy, policy)) == types
    for type_ in T:
        given = guardrail({"Action": "*"}, il.Demand.ALWAYS, types=(type_,))
        assert bool(il.check_guardrails(policy, [given])) is (type_ in types)


@pytest.mark.parametrize("type_", T)
def test_a_policy_without_statements_may_be_of_any_type(type_: T) -> None:
    assert il.check_guardrails(parsed(), [replace(ALWAYS, types=(type_,))])


def test_a_policy_without_statements_is_about_everybody_unless_it_is_a_requester_s() -> None:
    service = {"Action": "*", "Principal": {"Service": "logging.s3.amazonaws.com"}}
    given = guardrail(service, il.Demand.ALWAYS)
    assert il.check_guardrails(parsed(), [given])
    assert il.check_guardrails(parsed(), [given], policy_type=T.RESOURCE)
    assert not il.check_guardrails(parsed(), [given], policy_type=T.IDENTITY)


def test_what_no_type_allows_exempts_a_policy_from_none() -> None:
    own = {"Version": "2012-10-17", "Id": "only-resource-policies-have-one", "Statement": [allow()]}
    given = replace(NEVER, types=(T.IDENTITY,))
    assert il.check_guardrails(il.parse(own), [given])


def test_the_place_of_a_policy_says_what_it_is() -> None:
    given = replace(NEVER, types=(T.SCP,))
    assert il.check_guardrails(parsed(allow()), [given])  # it may be one
    assert not il.check_guardrails(parsed(allow()), [given], policy_type=T.IDENTITY)
    assert il.check_guardrails(parsed(allow()), [given], policy_type=T.SCP)


# Policies with placeholders


@pytest.mark.parametrize(
    ("statements", "given"),
    [
        ([share("arn:aws:s3:::logs-<Bucket>/*")], STAYS_INSIDE),
        ([share("arn:aws:s3:::<Bucket>/*", Condition=INSIDE)], STAYS_INSIDE),
        ([allow("arn:aws:s3:::<Bucket>/*"), deny("arn:aws:s3:::payroll-*")], NEVER),
        ([allow(), allow("arn:aws:s3:::<Bucket>/*")], ALWAYS),
        ([allow(), deny("arn:aws:s3:::logs-<Bucket>/*")], ALWAYS),
    ],
)
def test_what_is_kept_with_all_values_is_kept(statements: list[Json], given: il.Guardrail) -> None:
    assert held_against(placed(*statements), [given]) == ()


BOTH = ["arn:aws:s3:::<Bucket>/*", "arn:aws:s3:::z/*"]
NOT_ACME = guardrail({"Action": "s3:*", "NotResource": "arn:aws:s3:::acme-*"})
ANY_BUCKET = guardrail({"Action": "s3:GetObject", "Condition": OUTSIDE})


@pytest.mark.parametrize(
    ("statements", "given"),
    [
        ([share("arn:aws:s3:::<Bucket>/*")], ANY_BUCKET),
        ([share(["arn:aws:s3:::<Bucket>/*", "arn:aws:s3:::payroll-1/*"])], STAYS_INSIDE),
        ([share("arn:aws:s3:::payroll-<Bucket>/*")], STAYS_INSIDE),
        ([allow("arn:aws:s3:::payroll-1/*"), deny("arn:aws:s3:::logs-<Bucket>/*")], NEVER),
        ([allow("arn:aws:s3:::logs-<Bucket>/*")], ALWAYS),
        ([allow(), deny("arn:aws:s3:::payroll-1/*"), deny("arn:aws:s3:::<Bucket>/*")], ALWAYS),
        ([allow("*", "s3:Put<A>")], ALWAYS),
        ([allow(each) for each in BOTH], NOT_ACME),
    ],
)
def test_what_is_broken_with_all_values_depends_on_none(
    statements: list[Json], given: il.Guardrail
) -> None:
    (breach,) = held_against(placed(*statements), [given])
    assert (breach.answer.verdict, breach.depends_on) == (il.Verdict.FAILS, ())
    assert breach.answer.witness is not None
    assert open_entries(breach.answer.witness) == ()


IS_ORG = {"StringEquals": {"aws:PrincipalOrgID": "<Org>"}}
NOT_ORG = {"StringNotEquals": {"aws:PrincipalOrgID": "<Org>"}}
ALL_BUT = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::<Bucket>/*"}
SHORT = guardrail({"Action": "s3:*", "Resource": "arn:aws:s3:::????????"})
NOT_HOME = guardrail({"Action": "s3:*", "NotResource": "arn:aws:s3:::home/${aws:username}"})
ALICE = {"StringEquals": {"aws:username": "<User>"}}


NEVER_ALICE = guardrail({**PAYROLL, "Condition": {"StringEquals": {"aws:username": "alice"}}})
BUT_OBJECTS = guardrail({"NotAction": "s3:GetObject"})
ANY_S3 = guardrail({"Action": "s3:*"})
A_BUT_X = {"StringEquals": {"s3:prefix": "<A>"}, "StringNotEquals": {"s3:prefix": "x"}}
LIKE_A = {"StringEqualsIgnoreCase": {"s3:prefix": "<A>"}}
NOT_X = guardrail({"Action": "s3:*", "Condition": {"StringNotEquals": {"s3:prefix": "x"}}})
TAGGED = {"StringEquals": {"aws:PrincipalTag/<A>": "v"}}
NOT_TAGGED = guardrail(
    {"Action": "s3:*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/x": "v"}}}
)
FROM = {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:<A>:111122223333:b"}}
FROM_S3 = guardrail(
    {"Action": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:b"}}}
)


@pytest.mark.parametrize(
    ("statements", "given", "names"),
    [
        ([share("arn:aws:s3:::<Bucket>/*")], STAYS_INSIDE, "Bucket"),
        ([share("arn:aws:s3:::payroll-1/*", Condition=IS_ORG)], STAYS_INSIDE, "Org"),
        (
            [share("arn:aws:s3:::payroll-1/*"), deny("*", "*", Principal="*", Condition=NOT_ORG)],
            STAYS_INSIDE,
            "Org",
        ),
        ([ALL_BUT], NEVER, "Bucket"),
        ([allow("arn:aws:s3:::payroll-1/*"), deny("arn:aws:s3:::<Bucket>/*")], NEVER, "Bucket"),
        ([allow("arn:aws:s3:::payroll-1/*"), deny("*", "s3:<A>")], NEVER, "A"),
        ([allow("arn:aws:s3:::payroll-1/*"), deny("*", Condition=ALICE)], NEVER_ALICE, "User"),
        ([allow("*", "s3:Get<A>")], BUT_OBJECTS, "A"),
        ([allow(Condition=LIKE_A)], NOT_X, "A"),
        ([allow(Condition=A_BUT_X)], ANY_S3, "A"),
        ([allow("arn:aws:s3:::<Bucket>"), deny("arn:aws:s3:::a*")], ANY_S3, "Bucket"),
        ([allow(Condition=TAGGED)], NOT_TAGGED, "A"),
        ([allow("<A>", "sqs:*")], guardrail({"Action": "*", "Resource": "arn:*"}), "A"),
        ([share("*", Condition=FROM)], FROM_S3, "A"),
        ([allow("arn:aws:s3:::<Bucket>/a")], NOT_ACME, "Bucket"),
        ([allow("arn:aws:s3:::<Bucket>")], SHORT, "Bucket"),
        ([allow("arn:aws:s3:::<Bucket>/*"), deny("arn:aws:s3:::*a*")], NOT_ACME, "Bucket"),
        ([allow("arn:aws:s3:::home/alice", Condition=ALICE)], NOT_HOME, "User"),
        ([allow(), deny("arn:aws:s3:::<Bucket>/*")], ALWAYS, "Bucket"),
        ([allow("arn:aws:s3:::<Bucket>/*")], ALWAYS, "Bucket"),
        ([allow(), {**ALL_BUT, "Effect": "Deny"}], ALWAYS, "Bucket"),
        ([allow("*", "s3:Get<A>"), deny("arn:aws:s3:::<Bucket>/*")], ALWAYS, "A, Bucket"),
    ],
)
def test_what_some_values_keep_depends_on_them(
    statements: list[Json], given: il.Guardrail, names: str
) -> None:
    (breach,) = held_against(placed(*statements), [given])
    assert breach.answer.verdict is il.Verdict.FAILS
    assert ", ".join(breach.depends_on) == names


def test_the_account_of_the_deployment_is_nobody_that_is_known() -> None:
    own = share("arn:aws:s3:::payroll-1/*")
    own["Principal"] = {"AWS": f"arn:aws:iam::{STAND_IN_ACCOUNT}:root"}
    outside = {
        **PAYROLL,
        "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
    }
    (breach,) = held_against(placed(own), [guardrail(outside)])
    assert breach.depends_on == ("AWS::AccountId",)


def test_unknown_of_a_template_hangs_on_all_that_it_leaves_open() -> None:
    unseen = share("arn:aws:s3:::payroll-1/*", Condition=IS_ORG)
    unseen["Principal"] = {"CanonicalUser": CANONICAL}
    (breach,) = held_against(placed(unseen), [NEVER])
    assert breach.answer.verdict is il.Verdict.UNKNOWN
    assert breach.depends_on == ("Org",)


# What is new


BROKEN = placed(share("arn:aws:s3:::payroll-1/*"))
POSSIBLE = placed(share("arn:aws:s3:::<Bucket>/*"))
KEPT = placed(share("arn:aws:s3:::logs/*"))
ELSEWHERE = replace(BROKEN, file="sandbox/stack.json")


@pytest.mark.parametrize(
    ("before", "after", "is_new"),
    [
        (None, BROKEN, True),
        (KEPT, BROKEN, True),
        (POSSIBLE, BROKEN, True),
        (BROKEN, BROKEN, False),
        (BROKEN, POSSIBLE, False),
        (POSSIBLE, POSSIBLE, False),
        (KEPT, POSSIBLE, True),
        (ELSEWHERE, BROKEN, True),
    ],
)
def test_a_breach_is_new_where_there_was_none_as_grave(
    before: PlacedPolicy | None, after: PlacedPolicy, *, is_new: bool
) -> None:
    given = replace(STAYS_INSIDE, except_files=("sandbox/",))
    (breach,) = held_against(after, [given], before)
    assert breach.is_new is is_new
